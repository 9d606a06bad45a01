// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_vector: a serial N_Vector with arithmetic of our own
//
// Distributions ship SUNDIALS compiled without optimisation, and its vector loops are then nearly all of an
// integration's time. The operations that CVODE calls in every step are replaced by loops that are compiled twice, for every
// machine and for AVX2. Sums run over eight partial sums in fixed order: fast, and the same bits from every compiler and at
// either level.
//
// CVODE predicts by Pascal's triangle: with z_q .. z_0 its history, q (q + 1) / 2 calls z_{j-1} += z_j, row by row. One at a
// time they would be a quarter of a step. So such calls are held back while they go on as a triangle does, and a whole one
// is one pass over its vectors, with the same sums in the same order. Whatever else is asked for, of any of the vectors,
// first has done what is held back: every operation here, and fhrl_sundials_vector_data.
#include "ode/sundials_vector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"

enum {
  LANES = 8,
  LINE = 64,     // bytes of a cache line
  ORDER_MAX = 12 // of CVODE's Adams formulas
};

// z[k] is z_{q-k}. Row r of the triangle is z[k] += z[k-1] for k = 1 .. q - r + 1; held back are all up to k = `at` of row
// `row`. While row = 1 is not left q is not known: it goes on as long as there are new vectors.
typedef struct triangle {
  N_Vector z[ORDER_MAX + 1];
  int count; // vectors; 0: nothing is held back
  int row, at;
} triangle;

// What stands behind a vector. The first member is the library's, so that its own operations go on working.
typedef struct content {
  struct _N_VectorContent_Serial serial;
  triangle *held; // of the vector that this one descends from by cloning, which outlives it
  triangle own;
} content;

FHRL_CPU_INLINE content *inside(N_Vector v) { return v->content; }

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
  if (a == 1.0 && b == 1.0)
    for (int i = 0; i < n; i++) z[i] += y[i];
  else if (a == 1.0)
    for (int i = 0; i < n; i++) z[i] += b * y[i];
  else
    for (int i = 0; i < n; i++) z[i] = a * z[i] + b * y[i];
}

FHRL_CPU_INLINE void add(int n, double a, const double *restrict x, double b, const double *restrict y, double *restrict z)
{
  for (int i = 0; i < n; i++) z[i] = a * x[i] + b * y[i];
}

// ---- Pascal's triangle

// All of it, for q a constant of the caller.
FHRL_CPU_INLINE void whole(const int q, int n, const triangle *t)
{
  double *z[ORDER_MAX + 1];
  for (int k = 0; k <= q; k++) z[k] = NV_DATA_S(t->z[k]);
#ifndef __clang__ // which has another word for it, and warns where it does not follow it
#pragma GCC ivdep
#endif
  for (int i = 0; i < n; i++) {
    double a[ORDER_MAX + 1];
#pragma GCC unroll 13
    for (int k = 0; k <= q; k++) a[k] = z[k][i];
#pragma GCC unroll 13
    for (int row = 1; row <= q; row++) {
#pragma GCC unroll 13
      for (int k = 1; k <= q - row + 1; k++) a[k] += a[k - 1];
    }
#pragma GCC unroll 13
    for (int k = 1; k <= q; k++) z[k][i] = a[k];
  }
}

FHRL_CPU_INLINE void pascal(triangle *t)
{
  const int n = length(t->z[0]), q = t->count - 1;
  t->count = 0;
  switch (q) {
#define FHRL_CASE(q) case q: whole(q, n, t); break;
    FHRL_CASE(1) FHRL_CASE(2) FHRL_CASE(3) FHRL_CASE(4) FHRL_CASE(5) FHRL_CASE(6) FHRL_CASE(7) FHRL_CASE(8) FHRL_CASE(9)
    FHRL_CASE(10) FHRL_CASE(11) FHRL_CASE(12)
#undef FHRL_CASE
  default: break;
  }
}

// Does what is held back, which is no whole triangle.
static __attribute__((noinline, cold)) void give_up(triangle *t)
{
  const int n = length(t->z[0]), q = t->count - 1;
  t->count = 0;
  for (int row = 1; row <= t->row; row++)
    for (int k = 1; k <= (row == t->row ? t->at : q - row + 1); k++)
      add_to(n, 1.0, NV_DATA_S(t->z[k]), 1.0, NV_DATA_S(t->z[k - 1]));
}

FHRL_CPU_INLINE void settle(N_Vector v)
{
  triangle *t = inside(v)->held;
  if (t->count > 0) give_up(t);
}

// Holds back x += y. Returns 1 if a triangle is whole by that.
static int hold(triangle *t, N_Vector x, N_Vector y)
{
  const int q = t->count - 1;
  if (q > 0 && t->row > 1 && x == t->z[t->at + 1] && y == t->z[t->at]) {
    t->at++;
  } else if (q > 0 && t->row == 1 && y == t->z[q] && q < ORDER_MAX) {
    t->z[t->count++] = x;
    t->at++;
    return 0;
  } else if (q > 1 && t->row == 1 && x == t->z[1] && y == t->z[0]) {
    t->row = 2;
    t->at = 1;
  } else {
    if (t->count > 0) give_up(t);
    t->z[0] = y;
    t->z[1] = x;
    t->count = 2;
    t->row = t->at = 1;
    return 0;
  }
  if (t->at == q - t->row + 1) {
    t->row++;
    t->at = 0;
  }
  return t->row > q;
}

// ---- operations

FHRL_CPU_INLINE void linear_sum(sunrealtype a, N_Vector x, sunrealtype b, N_Vector y, N_Vector z)
{
  const int n = length(x);
  settle(x);
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

FHRL_CPU_INLINE double weighted_square(const double a[], const double b[], int i) { return (a[i] * b[i]) * (a[i] * b[i]); }

// The partial sums of fewer entries than there are sums, in registers: 0 where there is none.
FHRL_CPU_INLINE double small_sum(int n, const double a[], const double b[])
{
#define FHRL_PART(i) (i < n ? weighted_square(a, b, i) : 0.0)
  return ((FHRL_PART(0) + FHRL_PART(1)) + (FHRL_PART(2) + FHRL_PART(3))) +
         ((FHRL_PART(4) + FHRL_PART(5)) + (FHRL_PART(6) + FHRL_PART(7)));
#undef FHRL_PART
}

FHRL_CPU_INLINE sunrealtype wrms_norm(N_Vector x, N_Vector w)
{
  const int n = length(x);
  const double *a = NV_DATA_S(x), *b = NV_DATA_S(w);
  double part[LANES] = {0.0};
  int i = 0;
  if (n < LANES) return sqrt(small_sum(n, a, b) / n);
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; k++) part[k] += weighted_square(a, b, i + k);
  for (int k = 0; i + k < n; k++) part[k] += weighted_square(a, b, i + k);
  return sqrt(total(part) / n);
}

enum { STRIP = 1024 }; // entries of x that stay in the first cache while every z has its turn

// z_k = a_k x + y_k
FHRL_CPU_INLINE int scale_add_multi(int count, sunrealtype a[], N_Vector x, N_Vector y[], N_Vector z[])
{
  const int n = length(x);
  const double *from = NV_DATA_S(x);
  for (int start = 0; start < n; start += STRIP) {
    const int m = n - start < STRIP ? n - start : STRIP;
    for (int k = 0; k < count; k++)
      if (y[k] == z[k])
        add_to(m, 1.0, NV_DATA_S(z[k]) + start, a[k], from + start);
      else
        add(m, a[k], from + start, 1.0, NV_DATA_S(y[k]) + start, NV_DATA_S(z[k]) + start);
  }
  return 0;
}

// z = sum of c_k x_k, in that order. Only x_0 may be z.
FHRL_CPU_INLINE int linear_combination(int count, sunrealtype c[], N_Vector x[], N_Vector z)
{
  const int n = length(z);
  double *to = NV_DATA_S(z);
  for (int start = 0; start < n; start += STRIP) {
    const int m = n - start < STRIP ? n - start : STRIP;
    const double *first = NV_DATA_S(x[0]) + start;
    if (first == to + start)
      for (int i = 0; i < m; i++) to[start + i] *= c[0];
    else
      for (int i = 0; i < m; i++) to[start + i] = c[0] * first[i];
    for (int k = 1; k < count; k++) add_to(m, 1.0, to + start, c[k], NV_DATA_S(x[k]) + start);
  }
  return 0;
}

// The operations compiled for one level, and their entry into a vector's table. linear_sum settles for itself.
#define LEVEL(level, target)                                                                       \
  target static void scale_##level(sunrealtype c, N_Vector x, N_Vector z)                          \
  {                                                                                                \
    settle(x);                                                                                     \
    scale(c, x, z);                                                                                \
  }                                                                                                \
  target static __attribute__((noinline)) void pascal_##level(triangle *t) { pascal(t); }          \
  target static __attribute__((noinline)) void any_sum_##level(                                    \
    sunrealtype a, N_Vector x, sunrealtype b, N_Vector y, N_Vector z)                              \
  {                                                                                                \
    linear_sum(a, x, b, y, z);                                                                     \
  }                                                                                                \
  static void linear_sum_##level(sunrealtype a, N_Vector x, sunrealtype b, N_Vector y, N_Vector z) \
  {                                                                                                \
    if (a != 1.0 || b != 1.0 || z != x || x == y)                                                  \
      any_sum_##level(a, x, b, y, z);                                                              \
    else if (hold(inside(x)->held, x, y))                                                          \
      pascal_##level(inside(x)->held);                                                             \
  }                                                                                                \
  target static void constant_##level(sunrealtype c, N_Vector z)                                   \
  {                                                                                                \
    settle(z);                                                                                     \
    constant(c, z);                                                                                \
  }                                                                                                \
  target static sunrealtype dot_##level(N_Vector x, N_Vector y)                                    \
  {                                                                                                \
    settle(x);                                                                                     \
    return dot(x, y);                                                                              \
  }                                                                                                \
  target static sunrealtype wrms_norm_##level(N_Vector x, N_Vector w)                              \
  {                                                                                                \
    settle(x);                                                                                     \
    return wrms_norm(x, w);                                                                        \
  }                                                                                                \
  target static int scale_add_multi_##level(int count, sunrealtype *a, N_Vector x, N_Vector *y, N_Vector *z) \
  {                                                                                                \
    settle(x);                                                                                     \
    return scale_add_multi(count, a, x, y, z);                                                     \
  }                                                                                                \
  target static int linear_combination_##level(int count, sunrealtype *c, N_Vector *x, N_Vector z) \
  {                                                                                                \
    settle(z);                                                                                     \
    return linear_combination(count, c, x, z);                                                     \
  }                                                                                                \
  static void install_##level(N_Vector_Ops ops)                                                    \
  {                                                                                                \
    ops->nvscale = scale_##level;                                                                  \
    ops->nvlinearsum = linear_sum_##level;                                                         \
    ops->nvconst = constant_##level;                                                               \
    ops->nvdotprod = dot_##level;                                                                  \
    ops->nvwrmsnorm = wrms_norm_##level;                                                           \
    ops->nvscaleaddmulti = scale_add_multi_##level;                                                \
    ops->nvlinearcombination = linear_combination_##level;                                         \
  }

LEVEL(base, )
#if defined(__x86_64__)
LEVEL(avx2, __attribute__((target("avx2,fma"))))
#endif

// ---- operations that are the library's own, but for what is held back

static void absolute(N_Vector x, N_Vector z)
{
  settle(x);
  N_VAbs_Serial(x, z);
}

static void inverse(N_Vector x, N_Vector z)
{
  settle(x);
  N_VInv_Serial(x, z);
}

static void product(N_Vector x, N_Vector y, N_Vector z)
{
  settle(x);
  N_VProd_Serial(x, y, z);
}

static void quotient(N_Vector x, N_Vector y, N_Vector z)
{
  settle(x);
  N_VDiv_Serial(x, y, z);
}

static void add_constant(N_Vector x, sunrealtype b, N_Vector z)
{
  settle(x);
  N_VAddConst_Serial(x, b, z);
}

static sunrealtype max_norm(N_Vector x)
{
  settle(x);
  return N_VMaxNorm_Serial(x);
}

static sunrealtype weighted_norm(N_Vector x, N_Vector w)
{
  settle(x);
  return N_VWL2Norm_Serial(x, w);
}

static sunrealtype least(N_Vector x)
{
  settle(x);
  return N_VMin_Serial(x);
}

// ---- making and destroying

static void destroy(N_Vector v)
{
  if (v == NULL) return;
  if (v->content) {
    settle(v); // nothing that is held back outlives its vectors
    if (NV_OWN_DATA_S(v)) free(NV_DATA_S(v));
    free(v->content);
    v->content = NULL;
  }
  N_VFreeEmpty(v);
}

// A vector without operations, over data, or over an array of its own if that is NULL.
static N_Vector make(SUNContext context, sunindextype n, double *data, triangle *held)
{
  const size_t size = ((size_t)n * sizeof(double) + LINE - 1) / LINE * LINE;
  N_Vector v = N_VNewEmpty(context);
  content *c = v ? calloc(1, sizeof *c) : NULL;
  if (c) c->serial.data = data ? data : aligned_alloc(LINE, size);
  if (c == NULL || c->serial.data == NULL) {
    free(c);
    if (v) N_VFreeEmpty(v);
    return NULL;
  }
  c->serial.length = n;
  c->serial.own_data = data == NULL;
  c->held = held ? held : &c->own;
  v->content = c;
  return v;
}

static N_Vector clone(N_Vector v)
{
  N_Vector other = make(v->sunctx, NV_LENGTH_S(v), NULL, inside(v)->held);
  if (other == NULL || N_VCopyOps(v, other) == 0) return other;
  destroy(other);
  return NULL;
}

// What CVODE, KINSOL and their solvers call. Nothing else is there: an operation of the library would not see what is held back.
static void install(N_Vector_Ops ops)
{
  ops->nvgetvectorid = N_VGetVectorID_Serial;
  ops->nvspace = N_VSpace_Serial;
  ops->nvgetlength = N_VGetLength_Serial;
  ops->nvclone = clone;
  ops->nvdestroy = destroy;
  ops->nvgetarraypointer = fhrl_sundials_vector_data;
  ops->nvabs = absolute;
  ops->nvinv = inverse;
  ops->nvprod = product;
  ops->nvdiv = quotient;
  ops->nvaddconst = add_constant;
  ops->nvmaxnorm = max_norm;
  ops->nvmin = least;
  ops->nvwl2norm = weighted_norm;
  install_base(ops);
#if defined(__x86_64__)
  if (fhrl_cpu_level() >= FHRL_CPU_AVX2) install_avx2(ops); // AVX-512 gained nothing: memory is the bound
#endif
}

double *fhrl_sundials_vector_data(N_Vector v)
{
  settle(v);
  return NV_DATA_S(v);
}

N_Vector fhrl_sundials_vector_wrap(int n, double x[], SUNContext context)
{
  N_Vector v = make(context, n, x, NULL);
  if (v) install(v->ops);
  return v;
}
