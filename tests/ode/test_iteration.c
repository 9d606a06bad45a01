// SPDX-License-Identifier: GPL-3.0-or-later
// test_iteration: maps stepped on a grid of whole steps: values, inputs, stops, resumption and refusals
#include "ode/iteration.h"

#include <math.h>
#include <string.h>

#include "support.h"

static fhrl_err err;

static fhrl_solver every(double output_every, double t_end)
{
  return (fhrl_solver){.rtol = 1e-8,
                       .atol = 1e-10,
                       .t_end = t_end,
                       .output_every = output_every,
                       .max_steps = 1000000};
}

static fhrl_system *bind_saliency(double kappa)
{
  fhrl_system *s = NULL;
  assert_ok(fhrl_system_bind(fhrl_system_find("idp_saliency"), &kappa, NULL, &s, &err));
  return s;
}

START_TEST(the_grid_of_a_map_is_made_of_whole_steps)
{
  static const struct {
    double every, t_end;
    size_t points;
    double last_but_one;
  } grid[] = {{0.1, 7.0, 8, 6.0}, {1.0, 7.0, 8, 6.0}, {3.0, 7.0, 4, 6.0}, {100.0, 7.0, 2, 0.0}};
  fhrl_system *s = bind_saliency(5.0);
  fhrl_trajectory tr;
  for (size_t k = 0; k < sizeof grid / sizeof grid[0]; k++) {
    const fhrl_solver solver = every(grid[k].every, grid[k].t_end);
    assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
    ck_assert_uint_eq(tr.points, grid[k].points);
    ck_assert_double_eq(tr.t[tr.points - 1], grid[k].t_end);
    ck_assert_double_eq(tr.t[tr.points - 2], grid[k].last_but_one);
    fhrl_trajectory_free(&tr);
  }
  fhrl_solver solver = every(1.0, 2.5);
  assert_fails(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err), FHRL_ARG, &err, "whole steps");
  solver = every(1.5, 3.0);
  assert_fails(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err), FHRL_ARG, &err,
               "output_every = 1.5");
  fhrl_system_destroy(s);
}
END_TEST

// x' = x/2 + u(t), a map in this file
static int halve(const fhrl_system *s, double t, const double x[], double out[])
{
  out[0] = 0.5 * x[0] + s->u[0];
  return t >= 5.0 && x[0] < -100.0 ? -3 : 0;
}

static int square(const fhrl_system *s, double t, const double x[], double y[])
{
  y[0] = x[0] * x[0] + s->u[0];
  return 0;
}

static void one_input(const double p[], fhrl_dims *out) { out->n_u = 1; }

static fhrl_model halving(void)
{
  static const fhrl_field state[] = {{"x", 0.0, "1", "x"}},
                          obs[] = {{"square", 0.0, "1", "x^2 + u"}};
  return (fhrl_model){.name = "halving",
                      .state = state,
                      .n_state = 1,
                      .obs = obs,
                      .n_obs = 1,
                      .dims = one_input,
                      .step = halve,
                      .observe = square};
}

START_TEST(a_step_sees_the_input_at_its_beginning)
{
  const fhrl_model model = halving();
  const double held[] = {2.0, -1.0}, x0 = 4.0, x[] = {4.0, 4.0, 1.0, -0.5},
               u[] = {2.0, -1.0, -1.0, -1.0};
  fhrl_system *s;
  fhrl_input in;
  fhrl_trajectory tr;
  fhrl_counters count = {0};
  const fhrl_solver solver = every(1.0, 3.0);
  assert_ok(fhrl_system_bind(&model, NULL, NULL, &s, &err));
  assert_ok(fhrl_input_hold(&in, 2, 1, held, &err));
  assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
  const double *before = s->u;
  assert_ok(fhrl_iteration_run(&tr, s, &in, &x0, 100, NULL, &count, &err));
  ck_assert_ptr_eq(s->u, before);
  ck_assert_uint_eq(tr.count, 4);
  assert_close("x", tr.x, x, 4, 0.0);
  assert_close("u", tr.u, u, 4, 0.0);
  for (int k = 0; k < 4; k++) ck_assert_double_eq(tr.obs[k], x[k] * x[k] + u[k]);
  ck_assert_int_eq(count.steps, 3);
  ck_assert_int_eq(count.rhs_evals, 3);
  fhrl_trajectory_free(&tr);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

typedef struct stopper {
  volatile sig_atomic_t flag;
  double at;
} stopper;

static void note(void *context, double t, double t_end)
{
  stopper *w = context;
  if (t >= w->at) w->flag = 1;
}

START_TEST(a_stopped_run_goes_on_to_the_same_bits)
{
  fhrl_system *s = bind_saliency(4.3);
  const fhrl_solver solver = every(4.0, 50.0);
  const double x0 = 1.9;
  stopper w = {.at = 20.0};
  fhrl_trajectory whole, parts;
  fhrl_trajectory_watch watch = {.progress = note, .context = &w, .stop = &w.flag};
  assert_ok(fhrl_trajectory_init(&whole, s, &solver, 0.0, &err));
  assert_ok(fhrl_trajectory_init(&parts, s, &solver, 0.0, &err));
  assert_ok(fhrl_iteration_run(&whole, s, NULL, &x0, 1000, NULL, NULL, &err));
  assert_fails(fhrl_iteration_run(&parts, s, NULL, &x0, 1000, &watch, NULL, &err), FHRL_INTERRUPT,
               &err, "at t = 20");
  ck_assert_uint_eq(parts.count, 6);
  assert_ok(fhrl_iteration_run(&parts, s, NULL, NULL, 1000, NULL, NULL, &err));
  ck_assert_uint_eq(parts.count, whole.count);
  ck_assert_mem_eq(parts.t, whole.t, whole.points * 3 * sizeof(double));
  fhrl_trajectory_free(&whole);
  fhrl_trajectory_free(&parts);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(failures_are_named_and_what_came_before_stays)
{
  fhrl_system *s = bind_saliency(5.0), *flow = NULL;
  const fhrl_solver solver = every(1.0, 10.0);
  const double one = 1.0, two = 2.0, lorenz[] = {10.0, 28.0, 8.0 / 3.0}, u[] = {1.0};
  fhrl_input in;
  fhrl_trajectory tr;
  assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
  assert_fails(
    fhrl_iteration_run(&tr, s, NULL, &one, 100, NULL, NULL, &err), FHRL_NUMERIC, &err,
    "Z of idp_saliency is -inf after the step from t = 1, where it was 0"); // 1 -> 0 -> -inf
  ck_assert_uint_eq(tr.count, 2);
  tr.count = 0;
  assert_fails(fhrl_iteration_run(&tr, s, NULL, &two, 4, NULL, NULL, &err), FHRL_LIMIT, &err,
               "max_steps = 4");
  ck_assert_uint_eq(tr.count, 5);
  assert_ok(fhrl_input_hold(&in, 1, 1, u, &err));
  assert_fails(fhrl_iteration_run(&tr, s, &in, &two, 4, NULL, NULL, &err), FHRL_ARG, &err,
               "takes 0 inputs, not 1");
  fhrl_trajectory_free(&tr);
  assert_ok(fhrl_system_bind(fhrl_system_find("lorenz"), lorenz, NULL, &flow, &err));
  assert_ok(fhrl_trajectory_init(&tr, flow, &solver, 0.0, &err));
  assert_fails(fhrl_iteration_run(&tr, flow, NULL, lorenz, 4, NULL, NULL, &err), FHRL_ARG, &err,
               "lorenz is a flow");
  fhrl_trajectory_free(&tr);
  fhrl_system_destroy(flow);
  fhrl_system_destroy(s);
  const fhrl_model model = halving();
  const double far = -1e5;
  assert_ok(fhrl_system_bind(&model, NULL, NULL, &s, &err));
  assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
  assert_fails(fhrl_iteration_run(&tr, s, NULL, &far, 100, NULL, NULL, &err), FHRL_NUMERIC, &err,
               "halving cannot be stepped from t = 5 (code -3)");
  ck_assert_uint_eq(tr.count, 6);
  fhrl_trajectory_free(&tr);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/iteration");
  TCase *t = tcase_create("iteration");
  tcase_add_test(t, the_grid_of_a_map_is_made_of_whole_steps);
  tcase_add_test(t, a_step_sees_the_input_at_its_beginning);
  tcase_add_test(t, a_stopped_run_goes_on_to_the_same_bits);
  tcase_add_test(t, failures_are_named_and_what_came_before_stays);
  suite_add_tcase(s, t);
  return run_suite(s);
}
