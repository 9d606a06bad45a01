// SPDX-License-Identifier: GPL-3.0-or-later
// test_verified: bounds that are proved lie on the right side of the truth, and close to it
#include "analysis/verified.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/branch.h"
#include "analysis/init.h"
#include "base/dense.h"
#include "base/random.h"
#include "support.h"

static double *drawn(int rows, int cols, uint32_t seed)
{
  double *M = malloc((size_t)rows * cols * sizeof *M);
  ck_assert_ptr_nonnull(M);
  fhrl_random_normal((fhrl_random){.seed = seed, .stream = FHRL_STREAM_MATRICES}, 0, (size_t)rows * cols, M);
  return M;
}

START_TEST(norm_is_bounded_above_and_sharply)
{
  static const int shape[][2] = {{1, 1}, {2, 2}, {5, 3}, {3, 7}, {40, 40}};
  fhrl_err err = {FHRL_OK, ""};
  for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
    const int m = shape[i][0], n = shape[i][1];
    double *M = drawn(m, n, (uint32_t)(i + 5)), sigma[40], upper;
    assert_ok(fhrl_dense_singular(m, n, M, sigma, NULL, &err));
    assert_ok(fhrl_verified_norm(m, n, M, &upper, &err));
    ck_assert_double_ge(upper, sigma[0] * (1 - 1e-14)); // LAPACK's own error
    ck_assert_double_le(upper, sigma[0] * (1 + 1e-12));
    // no vector is stretched further, the best one almost as far
    double x[40], best = 0.0;
    for (uint32_t k = 0; k < 200; k++) {
      double y[40], a = 0.0, b = 0.0;
      fhrl_random_normal((fhrl_random){.seed = k, .stream = FHRL_STREAM_START}, 0, (size_t)n, x);
      fhrl_dense_multiply(m, 1, n, 1.0, M, x, 0.0, y);
      for (int j = 0; j < n; j++) a += x[j] * x[j];
      for (int j = 0; j < m; j++) b += y[j] * y[j];
      best = fmax(best, sqrt(b / a));
    }
    ck_assert_double_ge(upper, best * (1 - 1e-15));
    free(M);
  }
  const double nilpotent[] = {0, 10, 0, 0}, scalar[] = {-2, 0, 0, -2};
  double upper;
  assert_ok(fhrl_verified_norm(2, 2, nilpotent, &upper, &err));
  ck_assert_double_eq(upper, 10.0); // exact vectors, exact products
  assert_ok(fhrl_verified_norm(2, 2, scalar, &upper, &err));
  ck_assert_double_eq(upper, 2.0);
}
END_TEST

START_TEST(norm_of_a_product_encloses_the_product)
{
  fhrl_err err = {FHRL_OK, ""};
  double *L = drawn(6, 4, 11), *R = drawn(4, 9, 12), P[54], sigma[6], upper;
  fhrl_dense_multiply(6, 9, 4, 1.0, L, R, 0.0, P);
  assert_ok(fhrl_dense_singular(6, 9, P, sigma, NULL, &err));
  assert_ok(fhrl_verified_norm_product(6, 4, 9, L, R, &upper, &err));
  ck_assert_double_ge(upper, sigma[0] * (1 - 1e-14));
  ck_assert_double_le(upper, sigma[0] * (1 + 1e-12));
  free(R);
  free(L);
}
END_TEST

START_TEST(symmetric_part_is_bounded_on_both_sides)
{
  fhrl_err err = {FHRL_OK, ""};
  const int n = 17;
  double *M = drawn(n, n, 3), S[17 * 17], value[17], low, high;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) S[i * n + j] = 0.5 * (M[i * n + j] + M[j * n + i]);
  assert_ok(fhrl_dense_symmetric(n, S, value, NULL, &err));
  assert_ok(fhrl_verified_symmetric(n, M, &low, &high, &err));
  ck_assert_double_le(low, value[n - 1] + 1e-13);
  ck_assert_double_ge(low, value[n - 1] - 1e-11);
  ck_assert_double_ge(high, value[0] - 1e-13);
  ck_assert_double_le(high, value[0] + 1e-11);
  const double nilpotent[] = {0, 10, 0, 0};
  assert_ok(fhrl_verified_symmetric(2, nilpotent, &low, &high, &err));
  ck_assert_double_le(low, -5.0);
  ck_assert_double_ge(low, -5.0 - 1e-13);
  ck_assert_double_ge(high, 5.0);
  free(M);
}
END_TEST

// x^2 - 2 x y + 2 y^2 + c: its least value is c, at 0.
static arb_srcptr bowl(const void *context, fhrl_reckon *r, const arb_struct x[])
{
  const double *c = context;
  arb_srcptr cross = product(r, exactly(r, 2.0), product(r, &x[0], &x[1])),
             tall = product(r, exactly(r, 2.0), square(r, &x[1]));
  return plus(
    r, plus(r, minus(r, square(r, &x[0]), cross), tall), exactly(r, *c)); // not as squares: boxes have to be small
}

START_TEST(branch_and_bound_proves_refutes_and_gives_up)
{
  fhrl_err err = {FHRL_OK, ""};
  const double low[] = {-1.3, -0.7}, high[] = {2.1, 1.9};
  fhrl_branch b;
  double c = 0.01;
  assert_ok(fhrl_branch_prove(bowl, &c, 2, low, high, 0.0, 100000, NULL, &b, &err));
  ck_assert_int_eq(b.end, FHRL_BRANCH_PROVED);
  ck_assert_double_ge(b.least, 0.0);
  ck_assert_double_le(b.least, 0.01);
  ck_assert_int_gt(b.boxes, 1);
  c = -0.01;
  assert_ok(fhrl_branch_prove(bowl, &c, 2, low, high, 0.0, 100000, NULL, &b, &err));
  ck_assert_int_eq(b.end, FHRL_BRANCH_REFUTED);
  const double value = (b.at[0] - b.at[1]) * (b.at[0] - b.at[1]) + b.at[1] * b.at[1] + c;
  ck_assert_double_lt(value, 0.0);
  c = 0.01;
  assert_ok(fhrl_branch_prove(bowl, &c, 2, low, high, 0.0, 20, NULL, &b, &err));
  ck_assert_int_eq(b.end, FHRL_BRANCH_TIRED);
  const volatile sig_atomic_t stop = 1;
  ck_assert_int_eq(fhrl_branch_prove(bowl, &c, 2, low, high, 0.0, 20, &stop, &b, &err), FHRL_INTERRUPT);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/verified");
  TCase *t = tcase_create("bounds");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, norm_is_bounded_above_and_sharply);
  tcase_add_test(t, norm_of_a_product_encloses_the_product);
  tcase_add_test(t, symmetric_part_is_bounded_on_both_sides);
  tcase_add_test(t, branch_and_bound_proves_refutes_and_gives_up);
  suite_add_tcase(s, t);
  return run_suite(s);
}
