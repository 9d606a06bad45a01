// SPDX-License-Identifier: GPL-3.0-or-later
// test_idp_hopfield: the cycle of the input-driven Hopfield network, its period and its events
#include <math.h>
#include <string.h>

#include "ode/integrator.h"
#include "support.h"

static fhrl_err err;

static const struct {
  double epsilon, period; // of one switch; an independent integrator at rtol 1e-10
} known[] = {{1e-1, 1.82617}, {1e-2, 1.38240}, {1e-3, 1.30578}};

static fhrl_system *bind(double epsilon)
{
  const fhrl_model *m = fhrl_system_find("idp_hopfield");
  double p[8];
  fhrl_system *s = NULL;
  for (int i = 0; i < m->n_param; i++) p[i] = m->param[i].value;
  p[fhrl_system_param(m, "epsilon")] = epsilon;
  assert_ok(fhrl_system_bind(m, p, NULL, &s, &err));
  return s;
}

// Times of the event `switch` to t = 50; what memory was left behind.
static int switches(fhrl_system *s, fhrl_method method, double t[], int memory[], int room)
{
  const fhrl_solver solver = {.method = method, .rtol = 1e-10, .atol = 1e-12, .max_steps = 10000000};
  fhrl_integrator *it = NULL;
  double x0[64];
  long count;
  int found = 0;
  assert_ok(fhrl_system_start(s, 1, "", x0, &err));
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err));
  assert_ok(fhrl_integrator_advance(it, 50.0, &err));
  const fhrl_happening *happened = fhrl_integrator_events(it, &count);
  for (long k = 0; k < count; k++) {
    if (k > 0) ck_assert_double_ge(happened[k].t, happened[k - 1].t);
    if (strcmp(s->model->event[happened[k].event].name, "switch") != 0) continue;
    ck_assert_int_lt(found, room);
    t[found] = happened[k].t;
    memory[found++] = happened[k].index;
  }
  ck_assert_int_gt(count, 8L * found); // the neurons that turn over pass two kinks each
  fhrl_integrator_destroy(it);
  return found;
}

START_TEST(the_periods_are_those_of_an_independent_integrator)
{
  double t[64];
  int memory[64];
  fhrl_system *s = bind(known[_i / 2].epsilon);
  const int found = switches(s, _i % 2 ? FHRL_METHOD_ADAMS : FHRL_METHOD_DOP853, t, memory, 64);
  for (int k = 0; k < found; k++) ck_assert_int_eq(memory[k], k % 4); // in their cyclic order
  const double period = (t[found - 1] - t[found - 5]) / 4.0, want = known[_i / 2].period;
  ck_assert_msg(fabs(period - want) <= 1e-5 * want, "epsilon %g: period %.8g instead of %g", known[_i / 2].epsilon, period, want);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(the_memories_are_orthogonal_and_held_at_the_start)
{
  fhrl_system *s = bind(1e-2);
  double x0[64], overlap, dx[64];
  assert_ok(fhrl_system_start(s, 1, "", x0, &err));
  ck_assert_int_eq(s->model->observe(s, 0.0, x0, &overlap), 0);
  ck_assert_double_eq(overlap, 1.0);
  ck_assert_int_eq(s->model->rhs(s, 0.0, x0, dx), 0);
  ck_assert_double_eq_tol(dx[16], -x0[16], 1e-12); // memory 1 is called by memory P, which is not held
  ck_assert_double_eq_tol(dx[17], 5.0, 1e-12);     // and calls memory 2
  ck_assert_double_eq_tol(dx[18], 0.0, 1e-12);
  fhrl_system_destroy(s);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("models/idp_hopfield");
  TCase *t = tcase_create("idp_hopfield");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, the_periods_are_those_of_an_independent_integrator, 0, 2 * FHRL_COUNT(known));
  tcase_add_test(t, the_memories_are_orthogonal_and_held_at_the_start);
  suite_add_tcase(s, t);
  return run_suite(s);
}
