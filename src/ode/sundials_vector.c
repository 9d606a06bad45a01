// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_vector: a serial N_Vector with arithmetic of our own
//
// Distributions ship SUNDIALS compiled without optimisation, and its vector loops are then nearly all of an
// integration's time. The container stays SUNDIALS' own; only the operations that CVODE calls in every step are
// replaced, by loops that are compiled twice, for every machine and for AVX2. Sums run over eight partial sums in fixed
// order: fast, and the same bits from every compiler and at either level.
#include "ode/sundials_vector.h"

#include <math.h>

#include "base/cpu.h"

enum { LANES = 8 };

FHRL_CPU_INLINE int length(N_Vector v) { return (int)NV_LENGTH_S(v); }

FHRL_CPU_INLINE void scale(sunrealtype c, N_Vector x, N_Vector z)
{
  const int n = length(x);
  const double *from = NV_DATA_S(x);
  double *to = NV_DATA_S(z);
  if (from == to)
    for (int i = 0; i < n; i++) to[i] *= c;
  else
    for (int i = 0; i < n; i++) to[i] = c * from[i];
}

// z = a z + b y. In-place forms are loops of their own: a compiler cannot vectorise one whose arrays may overlap.
FHRL_CPU_INLINE void add_to(int n, double a, double *restrict z, double b, const double *restrict y)
{
  if (a == 1.0 && b == 1.0) // the predictor calls it q (q + 1) / 2 times a step
    for (int i = 0; i < n; i++) z[i] += y[i];
  else
    for (int i = 0; i < n; i++) z[i] = a * z[i] + b * y[i];
}

FHRL_CPU_INLINE void add(
  int n, double a, const double *restrict x, double b, const double *restrict y, double *restrict z)
{
  for (int i = 0; i < n; i++) z[i] = a * x[i] + b * y[i];
}

FHRL_CPU_INLINE void linear_sum(sunrealtype a, N_Vector x, sunrealtype b, N_Vector y, N_Vector z)
{
  const int n = length(x);
  if (x == y)
    scale(a + b, x, z);
  else if (z == x)
    add_to(n, a, NV_DATA_S(z), b, NV_DATA_S(y));
  else if (z == y)
    add_to(n, b, NV_DATA_S(z), a, NV_DATA_S(x));
  else
    add(n, a, NV_DATA_S(x), b, NV_DATA_S(y), NV_DATA_S(z));
}

FHRL_CPU_INLINE void constant(sunrealtype c, N_Vector z)
{
  const int n = length(z);
  double *to = NV_DATA_S(z);
  for (int i = 0; i < n; i++) to[i] = c;
}

FHRL_CPU_INLINE double total(const double part[LANES])
{
  return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

FHRL_CPU_INLINE sunrealtype dot(N_Vector x, N_Vector y)
{
  const int n = length(x);
  const double *a = NV_DATA_S(x), *b = NV_DATA_S(y);
  double part[LANES] = {0.0};
  int i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) part[k] += a[i + k] * b[i + k];
  for (int k = 0; i + k < n; k++) part[k] += a[i + k] * b[i + k];
  return total(part);
}

FHRL_CPU_INLINE sunrealtype wrms_norm(N_Vector x, N_Vector w)
{
  const int n = length(x);
  const double *a = NV_DATA_S(x), *b = NV_DATA_S(w);
  double part[LANES] = {0.0};
  int i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) part[k] += (a[i + k] * b[i + k]) * (a[i + k] * b[i + k]);
  for (int k = 0; i + k < n; k++) part[k] += (a[i + k] * b[i + k]) * (a[i + k] * b[i + k]);
  return sqrt(total(part) / n);
}

// The operations compiled for one level, and their entry into a vector's table.
#define LEVEL(level, target)                                                                       \
  target static void scale_##level(sunrealtype c, N_Vector x, N_Vector z) { scale(c, x, z); }      \
  target static void linear_sum_##level(                                                           \
    sunrealtype a, N_Vector x, sunrealtype b, N_Vector y, N_Vector z)                              \
  {                                                                                                \
    linear_sum(a, x, b, y, z);                                                                     \
  }                                                                                                \
  target static void constant_##level(sunrealtype c, N_Vector z) { constant(c, z); }               \
  target static sunrealtype dot_##level(N_Vector x, N_Vector y) { return dot(x, y); }              \
  target static sunrealtype wrms_norm_##level(N_Vector x, N_Vector w) { return wrms_norm(x, w); }  \
  static void install_##level(N_Vector_Ops ops)                                                    \
  {                                                                                                \
    ops->nvscale = scale_##level;                                                                  \
    ops->nvlinearsum = linear_sum_##level;                                                         \
    ops->nvconst = constant_##level;                                                               \
    ops->nvdotprod = dot_##level;                                                                  \
    ops->nvwrmsnorm = wrms_norm_##level;                                                           \
  }

LEVEL(base, )
#if defined(__x86_64__)
LEVEL(avx2, __attribute__((target("avx2,fma"))))
#endif

N_Vector fhrl_sundials_vector_wrap(int n, double x[], SUNContext context)
{
  N_Vector v = N_VMake_Serial(n, x, context);
  if (v == NULL) return NULL;
  install_base(v->ops);
#if defined(__x86_64__)
  if (fhrl_cpu_level() >= FHRL_CPU_AVX2)
    install_avx2(v->ops); // AVX-512 gained nothing: memory is the bound
#endif
  return v;
}
