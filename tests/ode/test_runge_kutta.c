// SPDX-License-Identifier: GPL-3.0-or-later
// test_runge_kutta: the pairs dopri5 and verner against their order conditions, and every explicit engine by itself
#include "ode/runge_kutta.h"

#include <math.h>
#include <string.h>

#include "ode/dop853.h"
#include "ode/dopri5.h"
#include "ode/dopri5_table.h"
#include "ode/verner.h"
#include "ode/verner_table.h"
#include "support.h"
#include "trees.h"

static fhrl_err err;

typedef fhrl_status create(const fhrl_engine_problem *problem, double t0, fhrl_engine **out, fhrl_err *err);

static const struct {
  create *create;
  int order, evaluations, dense; // evaluations of a step but the first; those of the dense output
} method[] = {{fhrl_dopri5_create, 5, 6, 0}, {fhrl_verner_create, 6, 8, 3}, {fhrl_dop853_create, 8, 12, 3}};

// ---- coefficients

static const struct {
  const fhrl_runge_kutta_row *a;
  const double *c;
  const fhrl_runge_kutta_term *e;
  int last, order;
} pair[] = {{fhrl_dopri5_a, fhrl_dopri5_c, fhrl_dopri5_e, 6, 5}, {fhrl_verner_a, fhrl_verner_c, fhrl_verner_e, 8, 6}};
static const double rounding = 2e-14; // weights up to 30, in products of up to five

START_TEST(a_pair_meets_every_condition_of_its_two_orders_and_no_more)
{
  const int last = pair[_i].last, order = pair[_i].order;
  double b[STAGES], e[STAGES], lower[STAGES];
  plant(pair[_i].a, last + 1);
  memcpy(b, A[last], sizeof b);
  read_row(pair[_i].e, e);
  for (int i = 0; i < STAGES; i++) lower[i] = b[i] - e[i];
  ck_assert_msg(residue(b, 1.0, order) <= rounding, "%g", residue(b, 1.0, order));
  ck_assert_double_gt(residue(b, 1.0, order + 1), 1e-6);
  ck_assert_msg(residue(lower, 1.0, order - 1) <= rounding, "%g", residue(lower, 1.0, order - 1));
  ck_assert_double_gt(residue(lower, 1.0, order), 1e-6); // an estimate of higher order would not see the error
  for (int s = 0; s <= last; s++) {
    double sum = 0.0;
    for (int j = 0; j < STAGES; j++) sum += A[s][j];
    ck_assert_double_eq_tol(sum, pair[_i].c[s], rounding);
  }
}
END_TEST

// The dense output of dopri5 as weights of its stages, from the nested form (2) of the header.
START_TEST(the_dense_output_of_dopri5_meets_every_condition_of_order_four)
{
  double d[STAGES];
  plant(fhrl_dopri5_a, FHRL_DOPRI5_STAGES);
  read_row(fhrl_dopri5_d, d);
  for (double s = 0.125; s < 1.01; s += 0.125) {
    double b[STAGES];
    for (int i = 0; i < STAGES; i++) {
      const double rise = A[6][i], bend = (i == 0) - rise, turn = rise - (i == 6) - bend, r = 1.0 - s;
      b[i] = s * (rise + r * (bend + s * (turn + r * d[i])));
    }
    ck_assert_msg(residue(b, s, 4) <= 1e-14, "s = %g: %g", s, residue(b, s, 4));
  }
}
END_TEST

// ---- the engines, on dx/dt = (y, -x) cos t: x = sin(sin t), y = cos(sin t)

typedef struct watch {
  long calls, fail_from, fail_to; // evaluations fail_from .. fail_to - 1 fail, recoverably
} watch;

static int rhs(void *context, double t, const double x[], double dx[])
{
  watch *w = context;
  w->calls++;
  dx[0] = x[1] * cos(t);
  dx[1] = -x[0] * cos(t);
  if (w->calls < w->fail_from || w->calls >= w->fail_to) return 0;
  dx[0] = dx[1] = NAN;
  return 1;
}

static void exact(double t, double x[2])
{
  x[0] = sin(sin(t));
  x[1] = cos(sin(t));
}

static double distance(double t, const double x[2])
{
  double want[2];
  exact(t, want);
  return fmax(fabs(x[0] - want[0]), fabs(x[1] - want[1]));
}

// Local errors of a dense output of order q go as h^(q + 1), q = 4, 5, 7; it is one less than the method's order, so that
// an event located once in it and restarted from spoils no order.
START_TEST(the_state_between_steps_is_one_order_below_the_step)
{
  double error[4];
  for (int k = 0; k < 4; k++) {
    double x[2], at[2], now;
    watch w = {0};
    const double h = 0.5 * pow(2.0, -0.5 * k);
    const fhrl_engine_problem problem = {.n = 2, .rtol = 1e-8, .atol = 1e-8, .step = h, .x = x, .rhs = rhs, .context = &w};
    fhrl_engine *e;
    exact(0.3, x);
    assert_ok(method[_i].create(&problem, 0.3, &e, &err));
    ck_assert_int_eq(e->kind->run(e, 10.0, 1, &now), FHRL_ENGINE_PAUSED);
    ck_assert_double_eq(now, 0.3 + h);
    ck_assert_int_eq(w.calls, method[_i].evaluations + 1);
    error[k] = 0.0;
    for (double s = 0.05; s < 1.0; s += 0.1) {
      ck_assert_int_eq(e->kind->dense(e, 0.3 + s * h, at), 0);
      error[k] = fmax(error[k], distance(0.3 + s * h, at));
    }
    ck_assert_int_eq(w.calls, method[_i].evaluations + 1 + method[_i].dense); // once
    e->kind->destroy(e);
  }
  const double slope = log(error[0] / error[3]) / log(pow(2.0, 1.5)), want = method[_i].order;
  ck_assert_msg(slope > want - 0.5 && slope < want + 0.6, "error within a step goes as h^%.2f", slope);
}
END_TEST

// What ARKODE's ERKStep does not hold (runge_kutta.h): after evaluations that fail, time and state still belong together, and
// the run ends with the accuracy of one without failures. Provoked at every single evaluation of the first ten steps.
START_TEST(a_failure_at_any_evaluation_leaves_a_state_of_its_time)
{
  const long evaluations = 10 * method[_i].evaluations;
  for (long at = 3; at < evaluations; at++) { // 1, 2: the start, where nothing smaller can be tried
    double x[2] = {0.0, 1.0}, now = 0.0;
    watch w = {.fail_from = at, .fail_to = at + 1 + at % 3};
    const fhrl_engine_problem problem = {.n = 2, .rtol = 1e-6, .atol = 1e-6, .x = x, .rhs = rhs, .context = &w};
    fhrl_engine *e;
    assert_ok(method[_i].create(&problem, 0.0, &e, &err));
    fhrl_engine_end end = FHRL_ENGINE_PAUSED;
    while (end == FHRL_ENGINE_PAUSED) {
      end = e->kind->run(e, 4.0, 1, &now);
      // steps after a failure are short: the error is never more than that of the run without one (seen: 8e-6)
      ck_assert_msg(distance(now, x) <= 1e-5, "failure at evaluation %ld: error %g at t = %g", at, distance(now, x), now);
    }
    ck_assert_int_eq(end, FHRL_ENGINE_REACHED);
    ck_assert_double_eq(now, 4.0);
    e->kind->destroy(e);
  }
}
END_TEST

START_TEST(a_fixed_step_that_cannot_be_evaluated_ends_with_the_last_state)
{
  double x[2] = {0.0, 1.0}, now = 0.0;
  watch w = {.fail_from = 40, .fail_to = 41};
  const fhrl_engine_problem problem = {
    .n = 2, .rtol = 1e-6, .atol = 1e-6, .step = 0.125, .x = x, .rhs = rhs, .context = &w};
  fhrl_engine *e;
  assert_ok(method[_i].create(&problem, 0.0, &e, &err));
  ck_assert_int_eq(e->kind->run(e, 4.0, 1000, &now), FHRL_ENGINE_RHS);
  ck_assert_double_eq(now, 0.125 * (double)((40 - 2) / method[_i].evaluations));
  ck_assert_double_le(distance(now, x), 1e-7);
  e->kind->destroy(e);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/runge_kutta");
  TCase *t = tcase_create("runge_kutta");
  tcase_add_loop_test(t, a_pair_meets_every_condition_of_its_two_orders_and_no_more, 0, 2);
  tcase_add_test(t, the_dense_output_of_dopri5_meets_every_condition_of_order_four);
  tcase_add_loop_test(t, the_state_between_steps_is_one_order_below_the_step, 0, 3);
  tcase_add_loop_test(t, a_failure_at_any_evaluation_leaves_a_state_of_its_time, 0, 3);
  tcase_add_loop_test(t, a_fixed_step_that_cannot_be_evaluated_ends_with_the_last_state, 0, 3);
  suite_add_tcase(s, t);
  return run_suite(s);
}
