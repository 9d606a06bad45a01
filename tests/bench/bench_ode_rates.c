// SPDX-License-Identifier: GPL-3.0-or-later
// bench_ode_rates: what this processor can do at most, by loops that do nothing else
#include "bench_ode.h"

#include <stdlib.h>
#include <unistd.h>

#include "ode/model.h"

enum { CHAINS = 12, LANES = 8, TURNS = 2000000, SUMS = 8 };

// Multiply-adds in chains that never leave the registers; fused from AVX2 on. What they give goes to `out`.
FHRL_CPU_INLINE void multiply_add_body(const int width, int turns, double out[])
{
  double x[CHAINS][LANES];
  for (int i = 0; i < CHAINS; i++)
    for (int l = 0; l < LANES; l++) x[i][l] = i + 0.1 * l;
  for (int t = 0; t < turns; t++)
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++)
      for (int l = 0; l < LANES; l++)
        x[i][l] = width > 2 ? __builtin_fma(x[i][l], 0.999, 1e-3) : x[i][l] * 0.999 + 1e-3;
  for (int i = 0; i < CHAINS; i++)
    for (int l = 0; l < LANES; l++) out[l] += x[i][l];
}

FHRL_WIDE_CLONES(fhrl_cpu_level(), multiply_add, (int turns, double out[]), (turns, out))

// The sum of a (n, a multiple of 8 SUMS) in as many chains as hide the latency of an addition.
FHRL_CPU_INLINE void sum_up_body(const int width, int n, const double *a, double out[])
{
  double x[SUMS][LANES] = {{0.0}};
  for (int i = 0; i < n; i += SUMS * LANES)
#pragma GCC unroll 8
    for (int k = 0; k < SUMS; k++)
      for (int l = 0; l < LANES; l++) x[k][l] += a[i + k * LANES + l];
  for (int k = 0; k < SUMS; k++)
    for (int l = 0; l < LANES; l++) out[l] += x[k][l];
}

FHRL_WIDE_CLONES(fhrl_cpu_level(), sum_up, (int n, const double *a, double out[]), (n, a, out))

double bench_ode_flops(void)
{
  double out[LANES] = {0.0}, best = 0.0;
  for (int k = 0; k < 5; k++) {
    const double begin = bench_ode_cpu();
    multiply_add(TURNS, out);
    const double rate = 2.0 * CHAINS * LANES * TURNS / (bench_ode_cpu() - begin);
    if (rate > best) best = rate;
  }
  return out[0] == 0.5 ? 0.0 : best; // the result is used
}

double bench_ode_l2(void)
{
  const long size = sysconf(_SC_LEVEL2_CACHE_SIZE), bytes = size > 0 ? size / 2 : 128 * 1024;
  const int n = (int)(bytes / (long)sizeof(double)) / (SUMS * LANES) * (SUMS * LANES);
  double *a = aligned_alloc(64, (size_t)n * sizeof *a), out[LANES] = {0.0}, best = 0.0;
  if (a == NULL) return 0.0;
  for (int i = 0; i < n; i++) a[i] = 1e-3 * i;
  for (int k = 0; k < 6; k++) { // the first one fills the cache
    const double begin = bench_ode_cpu();
    for (int turn = 0; turn < 400; turn++) sum_up(n, a, out);
    const double rate = 400.0 * n * sizeof *a / (bench_ode_cpu() - begin);
    if (rate > best) best = rate;
  }
  free(a);
  return out[0] == 0.5 ? 0.0 : best;
}
