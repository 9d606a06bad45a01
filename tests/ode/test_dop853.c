// SPDX-License-Identifier: GPL-3.0-or-later
// test_dop853: the coefficients of DOP853 against the order conditions of every rooted tree, and its dense output
#include "ode/dop853.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "ode/dop853_table.h"
#include "support.h"
#include "trees.h"

static void setup(void) { plant(fhrl_dop853_a, FHRL_DOP853_DENSE); }

START_TEST(there_are_two_hundred_trees_up_to_order_eight)
{
  const int number[] = {1, 1, 2, 4, 9, 20, 48, 115}; // Cayley
  int seen[ORDER] = {0};
  ck_assert_int_eq(count, TREES);
  for (int k = 0; k < count; k++) seen[trees[k].order - 1]++;
  for (int k = 0; k < ORDER; k++) ck_assert_int_eq(seen[k], number[k]);
}
END_TEST

// Coefficients up to 44 and weights near 1: rounding leaves some 1e-14.
START_TEST(the_step_meets_every_condition_of_order_eight)
{
  ck_assert_double_le(residue(A[12], 1.0, 8), 1e-13);
  for (int s = 0; s < STAGES; s++) {
    double sum = 0.0;
    for (int j = 0; j < STAGES; j++) sum += A[s][j];
    ck_assert_double_eq_tol(sum, fhrl_dop853_c[s], 1e-13);
  }
}
END_TEST

START_TEST(the_error_estimates_are_of_order_five_and_three)
{
  double e5[STAGES], b3[STAGES], b5[STAGES];
  read_row(fhrl_dop853_e5, e5);
  read_row(fhrl_dop853_b3, b3);
  for (int i = 0; i < STAGES; i++) b5[i] = A[12][i] - e5[i];
  ck_assert_double_le(residue(b5, 1.0, 5), 1e-13);
  ck_assert_double_gt(residue(b5, 1.0, 6), 1e-6); // an estimate of higher order would not see the error
  ck_assert_double_le(residue(b3, 1.0, 3), 1e-13);
  ck_assert_double_gt(residue(b3, 1.0, 4), 1e-6);
}
END_TEST

// The dense output as weights b(s) of the 16 stages, from the same nested form as in the source.
START_TEST(the_dense_output_meets_every_condition_of_order_seven)
{
  double d[4][STAGES];
  for (int j = 0; j < 4; j++) read_row(fhrl_dop853_d[j], d[j]);
  for (double s = 0.125; s < 1.01; s += 0.125) {
    double b[STAGES];
    for (int i = 0; i < STAGES; i++) {
      const double rise = A[12][i], bend = (i == 0) - rise, turn = rise - (i == 12) - bend, r = 1.0 - s;
      b[i] = s * (rise + r * (bend + s * (turn + r * (d[0][i] + s * (d[1][i] + r * (d[2][i] + s * d[3][i]))))));
    }
    ck_assert_msg(residue(b, s, 7) <= 1e-12, "s = %g: %g", s, residue(b, s, 7));
  }
}
END_TEST

// ---- the engine alone, on dx/dt = (y, -x) cos t: x = sin(sin t), y = cos(sin t)

static int rhs(void *context, double t, const double x[], double dx[])
{
  dx[0] = x[1] * cos(t);
  dx[1] = -x[0] * cos(t);
  ++*(long *)context;
  return 0;
}

START_TEST(the_state_between_steps_is_of_order_seven)
{
  double error[4];
  for (int k = 0; k < 4; k++) {
    double x[] = {0.0, 1.0}, at[2], now;
    long calls = 0;
    const double h = 0.5 * pow(2.0, -0.5 * k);
    const fhrl_engine_problem problem = {.n = 2, .rtol = 1e-8, .atol = 1e-8, .step = h, .x = x, .rhs = rhs, .context = &calls};
    fhrl_engine *e;
    fhrl_err err;
    assert_ok(fhrl_dop853_create(&problem, 0.3, &e, &err));
    x[0] = sin(sin(0.3));
    x[1] = cos(sin(0.3));
    ck_assert_int_eq(e->kind->run(e, 10.0, 1, &now), FHRL_ENGINE_PAUSED);
    ck_assert_double_eq(now, 0.3 + h);
    ck_assert_int_eq(calls, 13);
    error[k] = 0.0;
    for (double s = 0.05; s < 1.0; s += 0.1) {
      ck_assert_int_eq(e->kind->dense(e, 0.3 + s * h, at), 0);
      error[k] = fmax(error[k], fabs(at[0] - sin(sin(0.3 + s * h))));
    }
    ck_assert_int_eq(calls, 16); // three more, once
    e->kind->destroy(e);
  }
  const double slope = log(error[0] / error[3]) / log(pow(2.0, 1.5)); // the local error of order 7 goes as h^8
  ck_assert_msg(slope > 7.5 && slope < 8.6, "error within a step goes as h^%.2f", slope);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/dop853");
  TCase *t = tcase_create("dop853");
  tcase_add_unchecked_fixture(t, setup, NULL);
  tcase_add_test(t, there_are_two_hundred_trees_up_to_order_eight);
  tcase_add_test(t, the_step_meets_every_condition_of_order_eight);
  tcase_add_test(t, the_error_estimates_are_of_order_five_and_three);
  tcase_add_test(t, the_dense_output_meets_every_condition_of_order_seven);
  tcase_add_test(t, the_state_between_steps_is_of_order_seven);
  suite_add_tcase(s, t);
  return run_suite(s);
}
