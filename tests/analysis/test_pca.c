// SPDX-License-Identifier: GPL-3.0-or-later
// test_pca: clouds of states whose covariance is known
#include "analysis/pca.h"

#include <math.h>

#include "analysis/init.h"
#include "support.h"

enum { LARGE = 9 };

// +-a e and +-b f about m, e and f orthonormal: variances 2 a^2/(count - 1) and 2 b^2/(count - 1), along e and f.
static void cross(int n, double a, double b, const double m[], const double e[], const double f[], double x[])
{
  for (int i = 0; i < n; i++) {
    x[i] = m[i] + a * e[i];
    x[n + i] = m[i] - a * e[i];
    x[2 * n + i] = m[i] + b * f[i];
    x[3 * n + i] = m[i] - b * f[i];
  }
}

static void check(int n)
{
  fhrl_err err = {FHRL_OK, ""};
  double m[LARGE], e[LARGE], f[LARGE], x[4 * LARGE], mean[LARGE], axis[2 * LARGE], variance[2], total, along = 0.0;
  for (int i = 0; i < n; i++) {
    m[i] = 0.3 * i - 1.7;
    e[i] = cos(1.1 * i + 0.3);
    f[i] = sin(0.7 * i * i + 1.0);
  }
  for (int pass = 0; pass < 2; pass++) { // Gram and Schmidt
    double norm = 0.0;
    for (int i = 0; i < n; i++) along += pass ? e[i] * f[i] : 0.0;
    for (int i = 0; i < n; i++) f[i] -= along * e[i];
    for (int i = 0; i < n; i++) norm += pass ? f[i] * f[i] : e[i] * e[i];
    for (int i = 0; i < n; i++) (pass ? f : e)[i] /= sqrt(norm);
  }
  cross(n, 2.5, 0.8, m, e, f, x);
  assert_ok(fhrl_pca_find(4, n, x, 2, mean, axis, variance, &total, &err));
  assert_close("mean", mean, m, (size_t)n, 1e-14);
  ck_assert_double_eq_tol(variance[0], 2 * 2.5 * 2.5 / 3, 1e-13);
  ck_assert_double_eq_tol(variance[1], 2 * 0.8 * 0.8 / 3, 1e-13);
  ck_assert_double_eq_tol(total, variance[0] + variance[1], 1e-13);
  for (int k = 0; k < 2; k++) {
    const double *want = k ? f : e;
    double dot = 0.0, largest = 0.0;
    for (int i = 0; i < n; i++) {
      dot += want[i] * axis[k * n + i];
      if (fabs(axis[k * n + i]) > fabs(largest)) largest = axis[k * n + i];
    }
    ck_assert_double_eq_tol(fabs(dot), 1.0, 1e-13);
    ck_assert_double_gt(largest, 0.0);
  }
}

START_TEST(components_of_few_states_are_those_of_their_covariance) { check(3); }
END_TEST

START_TEST(components_of_large_states_come_from_their_products) { check(LARGE); }
END_TEST

START_TEST(a_cloud_on_a_line_has_no_plane)
{
  fhrl_err err = {FHRL_OK, ""};
  const double x[9] = {0, 0, 0, 1, 2, 3, -2, -4, -6};
  double mean[3], axis[6], variance[2], total;
  assert_ok(fhrl_pca_find(3, 3, x, 1, mean, axis, variance, &total, &err));
  ck_assert_double_eq_tol(axis[2], 3 / sqrt(14.0), 1e-14);
  assert_fails(fhrl_pca_find(3, 3, x, 2, mean, axis, variance, &total, &err), FHRL_NUMERIC, &err, "fewer than 2 directions");
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/pca");
  TCase *t = tcase_create("clouds");
  tcase_add_test(t, components_of_few_states_are_those_of_their_covariance);
  tcase_add_test(t, components_of_large_states_come_from_their_products);
  tcase_add_test(t, a_cloud_on_a_line_has_no_plane);
  suite_add_tcase(s, t);
  return run_suite(s);
}
