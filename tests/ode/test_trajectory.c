// SPDX-License-Identifier: GPL-3.0-or-later
// test_trajectory: the grid, what is recorded on it, stops and resumption
#include "ode/trajectory.h"

#include <math.h>
#include <string.h>

#include "support.h"

static fhrl_err err;

static fhrl_system *bind_lorenz(void)
{
  fhrl_system *s = NULL;
  const double p[] = {10.0, 28.0, 8.0 / 3.0};
  assert_ok(fhrl_system_bind(fhrl_system_find("lorenz"), p, NULL, &s, &err));
  return s;
}

static fhrl_solver every(double output_every, double t_end)
{
  return (fhrl_solver){.method = FHRL_METHOD_ADAMS, .rtol = 1e-8, .atol = 1e-10, .t_end = t_end, .output_every = output_every,
    .max_steps = 1000000};
}

static const double x0[] = {0.0, 1.0, 0.0};

START_TEST(the_grid_ends_at_t_end_and_does_not_creep)
{
  static const struct {
    double every, t_end;
    size_t points;
    double last_but_one;
  } grid[] = {{0.1, 100.0, 1001, 999 * 0.1}, {0.4, 1.0, 4, 0.8}, {5.0, 2.0, 2, 0.0}, {0.1, 0.3, 4, 0.2}};
  fhrl_system *s = bind_lorenz();
  for (size_t k = 0; k < sizeof grid / sizeof grid[0]; k++) {
    fhrl_trajectory tr;
    const fhrl_solver solver = every(grid[k].every, grid[k].t_end);
    assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
    ck_assert_uint_eq(tr.points, grid[k].points);
    ck_assert_double_eq(tr.t[tr.points - 1], grid[k].t_end);
    ck_assert_double_eq(tr.t[tr.points - 2], grid[k].last_but_one);
    fhrl_trajectory_free(&tr);
  }
  fhrl_trajectory tr = {0};
  fhrl_solver solver = every(1e-12, 100.0);
  assert_fails(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err), FHRL_LIMIT, &err, "raise output_every");
  solver = every(0.1, 3.0);
  assert_fails(fhrl_trajectory_init(&tr, s, &solver, 3.0, &err), FHRL_ARG, &err, "t_end = 3 is not after t = 3");
  solver = every(0.0, 3.0);
  assert_fails(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err), FHRL_ARG, &err, "output_every = 0 must be positive");
  fhrl_system_destroy(s);
}
END_TEST

// A slow rotation driven by a held input, x' = A x + B u, recorded far more often than it is stepped: within a token, where u
// holds, x = c + e^{A t} (x0 - c), c = -A^-1 B u.
static const fhrl_method methods[] = {
  FHRL_METHOD_ADAMS, FHRL_METHOD_BDF, FHRL_METHOD_DOP853, FHRL_METHOD_DOPRI5, FHRL_METHOD_VERNER};

START_TEST(points_between_steps_have_the_accuracy_of_the_steps)
{
  enum { TOKENS = 4, PER_TOKEN = 250 };
  const double A[] = {0.0, 1.0, -1.0, 0.0}, B[] = {0.0, 1.0}, p[] = {2, 1}, held[TOKENS] = {2.0, -1.0, 0.5, 3.0}, start[] = {0.25, 1.0};
  const double *const m[] = {A, B};
  fhrl_system *s;
  fhrl_input in;
  fhrl_integrator *it;
  fhrl_trajectory tr;
  fhrl_counters c;
  fhrl_solver solver = every(1.0 / PER_TOKEN, TOKENS);
  solver.method = methods[_i];
  assert_ok(fhrl_system_bind(fhrl_system_find("linear"), p, m, &s, &err));
  assert_ok(fhrl_input_hold(&in, TOKENS, 1, held, &err));
  assert_ok(fhrl_integrator_create(s, &in, &solver, 0.0, start, &it, &err));
  assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
  assert_ok(fhrl_trajectory_run(&tr, it, s, &in, NULL, &err));
  fhrl_integrator_counters(it, &c);
  ck_assert_uint_eq(tr.count, TOKENS * PER_TOKEN + 1);
  ck_assert_int_lt(c.steps, TOKENS * PER_TOKEN / 2);
  double from[2] = {start[0], start[1]}, worst = 0.0;
  for (int token = 0; token < TOKENS; token++) {
    const double u = held[token], dx = from[0] - u, dy = from[1]; // c = (u, 0)
    for (int k = 1; k <= PER_TOKEN; k++) {
      const double *x = tr.x + 2 * (size_t)(token * PER_TOKEN + k), t = tr.t[token * PER_TOKEN + k] - token;
      const double want[] = {u + dx * cos(t) + dy * sin(t), dy * cos(t) - dx * sin(t)};
      for (int i = 0; i < 2; i++) worst = fmax(worst, fabs(x[i] - want[i]));
      if (k == PER_TOKEN) memcpy(from, want, sizeof from);
    }
  }
  // the rotation keeps every error; seen at rtol 1e-8: 1.8e-7, 2.6e-7, 9e-10, 1e-8, 7e-9
  ck_assert_msg(worst < (methods[_i] <= FHRL_METHOD_BDF ? 1e-6 : 4e-8), "%g", worst);
  fhrl_trajectory_free(&tr);
  fhrl_integrator_destroy(it);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(states_inputs_and_observables_are_recorded)
{
  const double A[] = {-0.5}, B[] = {1.0}, p[] = {1, 1}, held[] = {2.0, -1.0}, start = 0.25;
  const double *const m[] = {A, B};
  fhrl_system *s;
  fhrl_input in;
  fhrl_integrator *it;
  fhrl_trajectory tr;
  const fhrl_solver solver = every(0.5, 2.0);
  assert_ok(fhrl_system_bind(fhrl_system_find("linear"), p, m, &s, &err));
  assert_ok(fhrl_input_hold(&in, 2, 1, held, &err));
  assert_ok(fhrl_integrator_create(s, &in, &solver, 0.0, &start, &it, &err));
  assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
  assert_ok(fhrl_trajectory_run(&tr, it, s, &in, NULL, &err));
  ck_assert_uint_eq(tr.count, 5);
  const double u[] = {2.0, 2.0, -1.0, -1.0, -1.0};
  double x[5], norm[5];
  for (int k = 0; k < 5; k++) { // x' = -x/2 + u: towards 4 for one unit of time, then towards -2
    const double one = 4.0 + (0.25 - 4.0) * exp(-0.5);
    x[k] = k < 3 ? 4.0 + (0.25 - 4.0) * exp(-0.25 * k) : -2.0 + (one + 2.0) * exp(-0.25 * (k - 2));
    norm[k] = fabs(x[k]);
  }
  assert_close("u", tr.u, u, 5, 0.0);
  assert_close("x", tr.x, x, 5, 1e-7);
  assert_close("norm", tr.obs, norm, 5, 1e-7);
  fhrl_trajectory_free(&tr);
  ck_assert_ptr_null(tr.t);
  fhrl_integrator_destroy(it);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

typedef struct stopper {
  volatile sig_atomic_t flag;
  double at, last;
  int calls;
} stopper;

static void note(void *context, double t, double t_end)
{
  stopper *w = context;
  ck_assert_double_eq(t_end, 20.0);
  ck_assert_double_gt(t, w->last);
  w->last = t;
  w->calls++;
  if (t >= w->at) w->flag = 1;
}

// Runs from what is recorded to the end or to a stop at time `at`.
static fhrl_status run(fhrl_system *s, fhrl_trajectory *tr, double at, stopper *w)
{
  const fhrl_solver solver = every(0.25, 20.0);
  fhrl_integrator *it;
  const size_t last = tr->count == 0 ? 0 : tr->count - 1;
  *w = (stopper){.at = at, .last = -1.0};
  const fhrl_trajectory_watch watch = {.progress = note, .context = w, .stop = &w->flag, .restart_every = 8};
  assert_ok(fhrl_integrator_create(s, NULL, &solver, tr->count == 0 ? 0.0 : tr->t[last],
    tr->count == 0 ? x0 : tr->x + 3 * last, &it, &err));
  const fhrl_status status = fhrl_trajectory_run(tr, it, s, NULL, &watch, &err);
  fhrl_integrator_destroy(it);
  return status;
}

START_TEST(a_stopped_run_resumed_from_a_restart_records_the_same_bits)
{
  fhrl_system *s = bind_lorenz();
  const fhrl_solver solver = every(0.25, 20.0);
  fhrl_trajectory whole, parts;
  stopper w;
  assert_ok(fhrl_trajectory_init(&whole, s, &solver, 0.0, &err));
  assert_ok(fhrl_trajectory_init(&parts, s, &solver, 0.0, &err));
  assert_ok(run(s, &whole, HUGE_VAL, &w));
  ck_assert_int_eq(w.calls, 80);
  assert_fails(run(s, &parts, 7.0, &w), FHRL_INTERRUPT, &err, "interrupted at t = 7");
  ck_assert_uint_eq(parts.count, 29);
  parts.count = 3 * 8 + 1; // back to the last restart, as one reads it from a file
  assert_ok(run(s, &parts, HUGE_VAL, &w));
  ck_assert_uint_eq(parts.count, whole.count);
  ck_assert_mem_eq(parts.t, whole.t, whole.points * 5 * sizeof(double));
  fhrl_trajectory_free(&whole);
  fhrl_trajectory_free(&parts);
  fhrl_system_destroy(s);
}
END_TEST

static int late_nan(const fhrl_system *s, double t, const double x[], double y[])
{
  y[0] = t > 1.0 ? NAN : 0.0;
  return 0;
}

START_TEST(what_came_before_a_failure_stays)
{
  fhrl_model model = *fhrl_system_find("lorenz");
  model.observe = late_nan;
  const double p[] = {10.0, 28.0, 8.0 / 3.0};
  fhrl_system *s;
  fhrl_integrator *it;
  fhrl_trajectory tr;
  fhrl_solver solver = every(0.25, 2.0);
  assert_ok(fhrl_system_bind(&model, p, NULL, &s, &err));
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err));
  assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
  assert_fails(fhrl_trajectory_run(&tr, it, s, NULL, NULL, &err), FHRL_NUMERIC, &err,
    "observable energy of lorenz is not finite at t = 1.25");
  ck_assert_uint_eq(tr.count, 5);
  assert_fails(fhrl_trajectory_end_early(&tr, it, s, NULL, &err), FHRL_NUMERIC, &err, "observable energy of lorenz is not finite");
  ck_assert_uint_eq(tr.points, 5);
  fhrl_trajectory_free(&tr);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(the_last_state_before_a_failure_becomes_the_last_point)
{
  const double p[] = {10.0, 28.0, 8.0 / 3.0};
  fhrl_system *s;
  fhrl_integrator *it;
  fhrl_trajectory tr;
  fhrl_solver solver = every(0.25, 2.0);
  solver.max_steps = 30;
  assert_ok(fhrl_system_bind(fhrl_system_find("lorenz"), p, NULL, &s, &err));
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err));
  assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
  assert_fails(fhrl_trajectory_run(&tr, it, s, NULL, NULL, &err), FHRL_LIMIT, &err, "max_steps = 30 are used up");
  const size_t before = tr.count;
  const double now = fhrl_integrator_now(it);
  ck_assert(now > tr.t[before - 1]);
  for (int again = 0; again < 2; again++) { // the second time it is there already
    assert_ok(fhrl_trajectory_end_early(&tr, it, s, NULL, &err));
    ck_assert_uint_eq(tr.count, before + 1);
    ck_assert_uint_eq(tr.points, before + 1);
  }
  ck_assert(tr.t[before] == now);
  ck_assert_mem_eq(tr.x + 3 * before, fhrl_integrator_state(it), 3 * sizeof(double));
  fhrl_trajectory_free(&tr);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/trajectory");
  TCase *t = tcase_create("trajectory");
  tcase_add_test(t, the_grid_ends_at_t_end_and_does_not_creep);
  tcase_add_loop_test(t, points_between_steps_have_the_accuracy_of_the_steps, 0, FHRL_COUNT(methods));
  tcase_add_test(t, states_inputs_and_observables_are_recorded);
  tcase_add_test(t, a_stopped_run_resumed_from_a_restart_records_the_same_bits);
  tcase_add_test(t, what_came_before_a_failure_stays);
  tcase_add_test(t, the_last_state_before_a_failure_becomes_the_last_point);
  suite_add_tcase(s, t);
  return run_suite(s);
}
