// SPDX-License-Identifier: GPL-3.0-or-later
// kernel_rows: sums, norms and the optimiser's update on rows and flat arrays
#include <math.h>
#include <tgmath.h>

#include "nn/kernel_vector.h"

fhrl_real KERNEL(rows_dot)(int n, const fhrl_real *a, const fhrl_real *b)
{
  vec sum = {0};
  int i = 0;
  for (; i + LANES <= n; i += LANES) sum += load(a + i) * load(b + i);
  fhrl_real result = total(sum);
  for (; i < n; i++) result += a[i] * b[i];
  return result;
}

void KERNEL(rows_norm)(
  int n, int C, const fhrl_real *x, const fhrl_real *w, const fhrl_real *b, fhrl_real *y, fhrl_real *stat)
{
  for (int i = 0; i < n; i++, x += C, y += C, stat += 2) {
    const fhrl_real mean = total_of(C, x) / (fhrl_real)C;
    for (int j = 0; j < C; j++) y[j] = x[j] - mean;
    const fhrl_real variance = KERNEL(rows_dot)(C, y, y) / (fhrl_real)C;
    const fhrl_real overflow = variance - variance; // 0, or NaN where the row would otherwise pass as zero
    const fhrl_real scale = 1 / sqrt(variance + (fhrl_real)1e-5) + overflow;
    for (int j = 0; j < C; j++) y[j] = y[j] * scale * w[j] + b[j];
    stat[0] = mean;
    stat[1] = scale;
  }
}

void KERNEL(rows_norm_backward)(int n, int C, const fhrl_real *x, const fhrl_real *stat, const fhrl_real *w,
  const fhrl_real *gy, fhrl_real *gx, fhrl_real *gw, fhrl_real *gb)
{
  for (int i = 0; i < n; i++, x += C, gy += C, gx += C, stat += 2) {
    const fhrl_real mean = stat[0], scale = stat[1];
    vec one = {0}, two = {0};
    fhrl_real sum = 0, along = 0; // of g = gy w, and of g xhat
    int j = 0;
    for (; j + LANES <= C; j += LANES) {
      const vec g = load(gy + j) * load(w + j), hat = (load(x + j) - splat(mean)) * splat(scale);
      one += g;
      two += g * hat;
    }
    for (; j < C; j++) {
      sum += gy[j] * w[j];
      along += gy[j] * w[j] * (x[j] - mean) * scale;
    }
    sum = (sum + total(one)) / (fhrl_real)C;
    along = (along + total(two)) / (fhrl_real)C;
    for (j = 0; j < C; j++) {
      const fhrl_real hat = (x[j] - mean) * scale;
      gw[j] += gy[j] * hat;
      gb[j] += gy[j];
      gx[j] += scale * (gy[j] * w[j] - sum - hat * along);
    }
  }
}

void KERNEL(rows_sum)(int n, int C, const fhrl_real *x, int ld, fhrl_real *out)
{
  for (int i = 0; i < n; i++, x += ld)
    for (int j = 0; j < C; j++) out[j] += x[j];
}

void KERNEL(rows_scale)(size_t n, double scale, const float *x, fhrl_real *y)
{
  const fhrl_real by = (fhrl_real)scale;
  for (size_t i = 0; i < n; i++) y[i] = by * (fhrl_real)x[i];
}

void KERNEL(rows_add)(size_t n, const fhrl_real *x, fhrl_real *y)
{
  for (size_t i = 0; i < n; i++) y[i] += x[i];
}

void KERNEL(rows_multiply)(size_t n, const fhrl_real *x, fhrl_real *y)
{
  for (size_t i = 0; i < n; i++) y[i] *= x[i];
}

size_t KERNEL(rows_infinite)(size_t n, const fhrl_real *x)
{
  enum { BLOCK = 1024 }; // a branch per block: x * 0 is 0 for finite x and NaN otherwise
  for (size_t at = 0; at < n; at += BLOCK) {
    const size_t end = at + BLOCK < n ? at + BLOCK : n;
    vec zero = {0};
    fhrl_real rest = 0;
    size_t i = at;
    for (; i + LANES <= end; i += LANES) zero += load(x + i) * 0;
    for (; i < end; i++) rest += x[i] * 0;
    if (total(zero) + rest == 0) continue;
    for (i = at; i < end; i++)
      if (!(x[i] * 0 == 0)) return i;
  }
  return n;
}

void KERNEL(rows_adamw)(size_t n, double decay, double rate, double correction, double b1, double b2,
  double eps, const fhrl_real *restrict g, fhrl_real *restrict p, fhrl_real *restrict m,
  fhrl_real *restrict v)
{
  const fhrl_real keep = (fhrl_real)decay, step = (fhrl_real)rate, bias = (fhrl_real)(1 / sqrt(correction));
  const fhrl_real m0 = (fhrl_real)b1, m1 = (fhrl_real)(1 - b1), v0 = (fhrl_real)b2,
                  v1 = (fhrl_real)(1 - b2);
  const fhrl_real small = (fhrl_real)eps;
  for (size_t i = 0; i < n; i++) {
    m[i] = m0 * m[i] + m1 * g[i];
    v[i] = v0 * v[i] + v1 * g[i] * g[i];
    p[i] = keep * p[i] - step * m[i] / (sqrt(v[i]) * bias + small);
  }
}
