// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_vector: a serial N_Vector with arithmetic of our own
//
// Distributions ship SUNDIALS compiled without optimisation, and its vector loops are then nearly all of an
// integration's time. The container stays SUNDIALS' own; only the operations that CVODE calls in every step are
// replaced. Sums run over eight partial sums in fixed order: fast, and the same bits from every compiler.
#include "ode/sundials_vector.h"

#include <math.h>

enum { LANES = 8 };

static int length(N_Vector v) { return (int)NV_LENGTH_S(v); }

// z = a x + b y, where z may be x or y. The in-place forms are loops of their own: a compiler cannot vectorise a
// loop whose arrays may overlap.
static void add_to(int n, double a, double *restrict z, double b, const double *restrict y)
{
  if (a == 1.0)
    for (int i = 0; i < n; i++) z[i] += b * y[i];
  else
    for (int i = 0; i < n; i++) z[i] = a * z[i] + b * y[i];
}

static void add(int n, double a, const double *restrict x, double b, const double *restrict y, double *restrict z)
{
  for (int i = 0; i < n; i++) z[i] = a * x[i] + b * y[i];
}

static void scale(sunrealtype c, N_Vector x, N_Vector z)
{
  const int n = length(x);
  const double *from = NV_DATA_S(x);
  double *to = NV_DATA_S(z);
  if (from == to)
    for (int i = 0; i < n; i++) to[i] *= c;
  else
    for (int i = 0; i < n; i++) to[i] = c * from[i];
}

static void linear_sum(sunrealtype a, N_Vector x, sunrealtype b, N_Vector y, N_Vector z)
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

static void constant(sunrealtype c, N_Vector z)
{
  const int n = length(z);
  double *to = NV_DATA_S(z);
  for (int i = 0; i < n; i++) to[i] = c;
}

static double total(const double part[LANES])
{
  return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

static sunrealtype dot(N_Vector x, N_Vector y)
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

static sunrealtype wrms_norm(N_Vector x, N_Vector w)
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

static sunrealtype max_norm(N_Vector x)
{
  const int n = length(x);
  const double *a = NV_DATA_S(x);
  double largest = 0.0;
  for (int i = 0; i < n; i++) largest = fabs(a[i]) > largest ? fabs(a[i]) : largest;
  return largest;
}

N_Vector fhrl_sundials_vector_wrap(int n, double x[], SUNContext context)
{
  N_Vector v = N_VMake_Serial(n, x, context);
  if (v == NULL) return NULL;
  v->ops->nvscale = scale;
  v->ops->nvlinearsum = linear_sum;
  v->ops->nvconst = constant;
  v->ops->nvdotprod = dot;
  v->ops->nvwrmsnorm = wrms_norm;
  v->ops->nvmaxnorm = max_norm;
  return v;
}
