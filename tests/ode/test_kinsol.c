// SPDX-License-Identifier: GPL-3.0-or-later
// test_kinsol: roots by Newton-Krylov and linear systems by GMRES, where both are known
#include "ode/sundials_kinsol.h"

#include <math.h>

#include "support.h"

enum { N = 50 };

// Discrete Bratu problem -x_{i-1} + 2 x_i - x_{i+1} = h^2 c exp(x_i) with zero ends: c = 1, lower solution, x(1/2) = 0.14053921
// in the limit; F and J of it.
static int bratu(void *context, const double x[], double F[])
{
  const double h = 1.0 / (N + 1);
  ++*(int *)context;
  for (int i = 0; i < N; i++)
    F[i] = 2 * x[i] - (i > 0 ? x[i - 1] : 0) - (i < N - 1 ? x[i + 1] : 0) - h * h * exp(x[i]);
  return 0;
}

static int bratu_product(void *context, const double x[], const double v[], double Jv[])
{
  const double h = 1.0 / (N + 1);
  for (int i = 0; i < N; i++)
    Jv[i] = 2 * v[i] - (i > 0 ? v[i - 1] : 0) - (i < N - 1 ? v[i + 1] : 0) - h * h * exp(x[i]) * v[i];
  return 0;
}

START_TEST(a_boundary_value_problem_is_solved)
{
  int calls = 0;
  fhrl_err err = {FHRL_OK, ""};
  fhrl_sundials_kinsol *k = NULL;
  const fhrl_sundials_kinsol_problem problem = {N, bratu, bratu_product, &calls};
  double x[N] = {0}, F[N];
  assert_ok(fhrl_sundials_kinsol_create(&problem, &k, &err));
  ck_assert_int_eq(fhrl_sundials_kinsol_solve(k, 1e-13, 50, x), 1);
  ck_assert_int_gt(calls, 1);
  bratu(&calls, x, F);
  for (int i = 0; i < N; i++) ck_assert_double_le(fabs(F[i]), 1e-13);
  // x(1/2) of the continuous problem: theta = 2 sqrt(2)... cosh: 0.1405392; second-order differences at h = 1/51
  ck_assert_double_eq_tol(0.5 * (x[N / 2 - 1] + x[N / 2]), 0.1405392, 2e-4);
  fhrl_sundials_kinsol_destroy(k);
}
END_TEST

START_TEST(a_linear_system_is_solved_without_its_matrix)
{
  int calls = 0;
  fhrl_err err = {FHRL_OK, ""};
  fhrl_sundials_kinsol *k = NULL;
  const fhrl_sundials_kinsol_problem problem = {N, bratu, bratu_product, &calls};
  double x[N], b[N], y[N], back[N];
  for (int i = 0; i < N; i++) {
    x[i] = 0.1 * sin(i);
    b[i] = cos(2.385 * i);
  }
  assert_ok(fhrl_sundials_kinsol_create(&problem, &k, &err));
  ck_assert_int_eq(fhrl_sundials_kinsol_linear(k, x, b, 1e-12, y), 1);
  bratu_product(&calls, x, y, back);
  assert_close("J y", back, b, N, 1e-10); // 1e-12 of |b|, which is about 5
  for (int i = 0; i < N; i++) b[i] = 0;
  ck_assert_int_eq(fhrl_sundials_kinsol_linear(k, x, b, 1e-12, y), 1);
  for (int i = 0; i < N; i++) ck_assert_double_eq(y[i], 0);
  fhrl_sundials_kinsol_destroy(k);
}
END_TEST

// F = 1 + x^2 has no root, and one that is never defined has none either.
static int rootless(void *context, const double x[], double F[])
{
  F[0] = 1 + x[0] * x[0];
  F[1] = x[1];
  return 0;
}

static int rootless_product(void *context, const double x[], const double v[], double Jv[])
{
  Jv[0] = 2 * x[0] * v[0];
  Jv[1] = v[1];
  return 0;
}

static int undefined(void *context, const double x[], double F[]) { return -1; }

START_TEST(where_there_is_no_root_none_is_found)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_sundials_kinsol *k = NULL;
  fhrl_sundials_kinsol_problem problem = {2, rootless, rootless_product, NULL};
  double x[2] = {0.7, 0.3};
  assert_ok(fhrl_sundials_kinsol_create(&problem, &k, &err));
  ck_assert_int_eq(fhrl_sundials_kinsol_solve(k, 1e-10, 50, x), 0);
  fhrl_sundials_kinsol_destroy(k);
  problem.residual = undefined;
  assert_ok(fhrl_sundials_kinsol_create(&problem, &k, &err));
  ck_assert_int_eq(fhrl_sundials_kinsol_solve(k, 1e-10, 50, x), 0);
  fhrl_sundials_kinsol_destroy(k);
  fhrl_sundials_kinsol_destroy(NULL);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/kinsol");
  TCase *t = tcase_create("newton-krylov");
  tcase_add_test(t, a_boundary_value_problem_is_solved);
  tcase_add_test(t, a_linear_system_is_solved_without_its_matrix);
  tcase_add_test(t, where_there_is_no_root_none_is_found);
  suite_add_tcase(s, t);
  return run_suite(s);
}
