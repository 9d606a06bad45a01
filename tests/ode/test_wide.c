// SPDX-License-Identifier: GPL-3.0-or-later
// test_wide: the inner loops in vector instructions against plain ones, at every level that this machine has
#include "ode/model.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "support.h"

enum { D_MAX = 37 };
static double W[D_MAX * D_MAX], A[D_MAX * D_MAX], dA[D_MAX * D_MAX], vectors[6][D_MAX], plus[D_MAX];

static void numbers(void)
{
  double *const all[] = {W, A, dA};
  for (uint32_t k = 0; k < 3; k++) fhrl_random_normal((fhrl_random){.seed = k}, 0, D_MAX * D_MAX, all[k]);
  fhrl_random_normal((fhrl_random){.seed = 3}, 0, 6 * D_MAX, vectors[0]);
  fhrl_random_normal((fhrl_random){.seed = 4}, 0, D_MAX, plus);
}

// Everything that one call can give, for each level: out is z, dz (d), and the matrices dA and out (d, d).
enum { OUT = 6 * D_MAX + 2 * D_MAX * D_MAX + 1 };

FHRL_CPU_INLINE void everything_body(const int width, int d, const double *weights, const double *offset, double out[])
{
  double *z = out, *dz = z + D_MAX, *t = dz + D_MAX, *slope = t + D_MAX, *product = slope + D_MAX, *again = product + D_MAX;
  double *change = again + D_MAX, *tangent = change + D_MAX * D_MAX;
  const double *y = vectors[0], *dy = vectors[1], *a = vectors[2], *da = vectors[3], *b = vectors[4], *db = vectors[5];
  fhrl_wide_memory(width, d, weights, A, y, a, b, 0.37, offset, z, change);
  fhrl_wide_memory_tangent(width, d, weights, A, dA, y, dy, a, da, b, db, 0.37, offset, again, dz, tangent);
  fhrl_wide_tanh(width, d, z, t, slope);
  fhrl_wide_matvec(width, d, d, A, y, product);
  out[OUT - 1] = fhrl_wide_dot(width, d, y, a);
}

static fhrl_cpu level;
FHRL_WIDE_CLONES(level, everything, (int d, const double *weights, const double *offset, double out[]), (d, weights, offset, out))

START_TEST(every_level_gives_the_same_bits)
{
  static double base[OUT], wide[OUT];
  numbers();
  for (int d = 1; d <= D_MAX; d++)
    for (int weighted = 0; weighted < 2; weighted++) {
      level = FHRL_CPU_BASE;
      everything(d, weighted ? W : NULL, weighted ? plus : NULL, base);
      for (level = FHRL_CPU_AVX2; level <= fhrl_cpu_level(); level++) {
        everything(d, weighted ? W : NULL, weighted ? plus : NULL, wide);
        ck_assert_msg(memcmp(base, wide, sizeof base) == 0, "d = %d at the level %s", d, fhrl_cpu_name(level));
      }
    }
}
END_TEST

// What the header promises, as plain loops.
START_TEST(a_memory_is_read_and_changed_as_the_formulas_say)
{
  static double out[OUT];
  const double *y = vectors[0], *dy = vectors[1], *a = vectors[2], *da = vectors[3], *b = vectors[4], *db = vectors[5];
  const double *z = out, *dz = z + D_MAX, *again = out + 5 * D_MAX, *change = again + D_MAX, *tangent = change + D_MAX * D_MAX;
  numbers();
  for (level = FHRL_CPU_BASE; level <= fhrl_cpu_level(); level++)
    for (int d = 1; d <= D_MAX; d++)
      for (int weighted = 0; weighted < 2; weighted++) {
        everything(d, weighted ? W : NULL, weighted ? plus : NULL, out);
        for (int i = 0; i < d; i++) {
          double sum = weighted ? plus[i] : 0.0, dsum = 0.0;
          for (int j = 0; j < d; j++) {
            const int at = i * d + j;
            const double both = A[at] + (weighted ? W[at] : 0.0);
            sum += both * y[j];
            dsum += both * dy[j] + dA[at] * y[j];
            ck_assert_double_eq_tol(change[at], a[i] * b[j] - 0.37 * A[at], 1e-15); // entries are below 10
            ck_assert_double_eq_tol(tangent[at], da[i] * b[j] + a[i] * db[j] - 0.37 * dA[at], 1e-14);
          }
          ck_assert_double_eq_tol(z[i], sum, 1e-14 * d); // d terms of order one in another order
          ck_assert_double_eq_tol(dz[i], dsum, 2e-14 * d);
          ck_assert_double_eq(again[i], z[i]);
        }
      }
}
END_TEST

START_TEST(sums_are_those_of_the_plain_helpers_bit_for_bit)
{
  static double out[OUT], product[D_MAX];
  numbers();
  for (level = FHRL_CPU_BASE; level <= fhrl_cpu_level(); level++)
    for (int d = 1; d <= D_MAX; d++) {
      everything(d, NULL, NULL, out);
      fhrl_matvec(d, d, A, vectors[0], product);
      ck_assert_mem_eq(out + 4 * D_MAX, product, (size_t)d * sizeof *product);
      ck_assert_double_eq(out[OUT - 1], fhrl_dot(d, vectors[0], vectors[2]));
    }
}
END_TEST

FHRL_CPU_INLINE void finite_body(const int width, int n, const double a[], int *out) { *out = fhrl_wide_finite(width, n, a); }
FHRL_WIDE_CLONES(level, finite, (int n, const double a[], int *out), (n, a, out))

START_TEST(what_is_not_finite_is_found_wherever_it_stands)
{
  const double bad[] = {INFINITY, -INFINITY, NAN, -NAN}, good[] = {DBL_MAX, -DBL_MAX, 0.0, -0.0, 5e-324, -3.7};
  double a[D_MAX];
  int answer;
  for (level = FHRL_CPU_BASE; level <= fhrl_cpu_level(); level++)
    for (int n = 1; n <= D_MAX; n++) {
      for (int i = 0; i < n; i++) a[i] = good[i % 6];
      finite(n, a, &answer);
      ck_assert_int_eq(answer, 1);
      for (int i = 0; i < n; i++) {
        a[i] = bad[i % 4];
        finite(n, a, &answer);
        ck_assert_msg(!answer, "entry %d of %d at the level %s", i, n, fhrl_cpu_name(level));
        a[i] = 1.0;
      }
    }
}
END_TEST

// ---- tanh

enum { BLOCK = 64 };

FHRL_CPU_INLINE void tanh_of_body(const int width, int n, const double x[], double t[], double slope[])
{
  fhrl_wide_tanh(width, n, x, t, slope);
}

FHRL_WIDE_CLONES(level, tanh_of, (int n, const double x[], double t[], double slope[]), (n, x, t, slope))

// |got - want| in units of the last place of want
static double ulps(double got, long double want)
{
  int exponent;
  frexpl(want, &exponent);
  return (double)(fabsl((long double)got - want) / ldexpl(1.0L, exponent - 53));
}

typedef struct worst {
  double tanh, slope; // [ulp]
} worst;

// Against long double, whose own error is below 1/1000 ulp of a double.
static void sweep(const double x[BLOCK], worst *w)
{
  double t[BLOCK], slope[BLOCK];
  tanh_of(BLOCK, x, t, slope);
  for (int i = 0; i < BLOCK; i++) {
    const long double cosh_x = coshl((long double)x[i]);
    w->tanh = fmax(w->tanh, ulps(t[i], tanhl((long double)x[i])));
    if (fabs(x[i]) < 340.0) w->slope = fmax(w->slope, ulps(slope[i], 1.0L / (cosh_x * cosh_x)));
  }
}

START_TEST(tanh_is_within_2_ulp_and_its_slope_within_4)
{
  double x[BLOCK];
  worst w = {0.0, 0.0};
  level = fhrl_cpu_level();
  for (int k = 0; k < 40000; k++) { // evenly over +-22, beyond which tanh is 1
    for (int i = 0; i < BLOCK; i++) x[i] = -22.0 + 44.0 * (k * BLOCK + i + 0.417) / (40000.0 * BLOCK);
    sweep(x, &w);
  }
  for (int k = 0; k < 20000; k++) { // and over the exponents, from 2^-60 to 2^10
    for (int i = 0; i < BLOCK; i++) x[i] = exp2(-60.0 + 70.0 * (k * BLOCK + i + 0.237) / (20000.0 * BLOCK));
    sweep(x, &w);
  }
  ck_assert_msg(w.tanh <= 2.0, "tanh is off by %.3f ulp", w.tanh); // 1.50 when this was written
  ck_assert_msg(w.slope <= 4.0, "its slope is off by %.3f ulp", w.slope); // 3.95
  ck_assert_msg(w.tanh >= 0.5, "%.3f ulp is better than a double can be", w.tanh); // the sweep does look
}
END_TEST

START_TEST(tanh_keeps_signs_and_what_is_not_finite)
{
  const double x[] = {0.0, -0.0, INFINITY, -INFINITY, NAN, 5e-324, -5e-324, 1e300, 0.3, -0.3};
  enum { COUNT = sizeof x / sizeof *x };
  double t[COUNT], slope[COUNT];
  for (level = FHRL_CPU_BASE; level <= fhrl_cpu_level(); level++) {
    tanh_of(COUNT, x, t, slope);
    ck_assert(t[0] == 0.0 && !signbit(t[0]));
    ck_assert(t[1] == 0.0 && signbit(t[1]));
    ck_assert(t[2] == 1.0 && t[3] == -1.0 && t[7] == 1.0);
    ck_assert(isnan(t[4]) && isnan(slope[4]));
    ck_assert(t[5] == 5e-324 && t[6] == -5e-324);
    ck_assert(t[8] == -t[9] && slope[8] == slope[9]);
    ck_assert(slope[0] == 1.0 && slope[2] >= 0.0 && slope[2] < 1e-300);
  }
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/wide");
  TCase *t = tcase_create("wide");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, every_level_gives_the_same_bits);
  tcase_add_test(t, a_memory_is_read_and_changed_as_the_formulas_say);
  tcase_add_test(t, sums_are_those_of_the_plain_helpers_bit_for_bit);
  tcase_add_test(t, what_is_not_finite_is_found_wherever_it_stands);
  tcase_add_test(t, tanh_is_within_2_ulp_and_its_slope_within_4);
  tcase_add_test(t, tanh_keeps_signs_and_what_is_not_finite);
  suite_add_tcase(s, t);
  return run_suite(s);
}
