// SPDX-License-Identifier: GPL-3.0-or-later
// test_ensemble: many trajectories at once give what each gives alone, for any number of threads
#include "ode/ensemble.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/random.h"
#include "ode/batch.h"
#include "support.h"

static fhrl_err err;

// The model with its defaults and matrices drawn from a seed; in: its constant input.
static fhrl_system *bind(const char *name, const char *key, const char *value, fhrl_input *in)
{
  const fhrl_model *m = fhrl_system_find(name);
  fhrl_config c;
  fhrl_field *fields;
  fhrl_system *s = NULL;
  int count;
  fhrl_config_init(&c);
  assert_ok(fhrl_system_fields(m, &fields, &count, &err));
  assert_ok(fhrl_config_add(&c, "model", fields, count, &err));
  assert_ok(fhrl_config_add(&c, "input", fhrl_input_fields, fhrl_input_field_count, &err));
  if (strcmp(name, "fhrl") == 0) assert_ok(fhrl_config_set(&c, "model", "seed", "5", "test", &err)); // one that keeps moving
  if (key) assert_ok(fhrl_config_set(&c, "model", key, value, "test", &err));
  assert_ok(fhrl_system_create(m, &c, &s, &err));
  assert_ok(fhrl_input_init(in, &c, s->dims.n_u, &err));
  fhrl_config_free(&c);
  free(fields);
  return s;
}

static void make(fhrl_ensemble *e, const fhrl_system *s, long members)
{
  assert_ok(fhrl_ensemble_init(e, members, s->n, &err));
  for (long k = 0; k < members; k++)
    assert_ok(fhrl_system_start(s, (uint32_t)k + 1, "", e->x0 + k * s->n, &err));
}

static const fhrl_solver solver = {.rtol = 1e-8, .atol = 1e-10, .t_end = 20.0, .max_steps = 100000};

START_TEST(the_right_hand_side_for_lanes_is_the_models)
{
  fhrl_input in;
  const char *const d[] = {"1", "2", "3", "8"};
  fhrl_system *s = bind("fhrl", "d", d[_i], &in);
  double *x = malloc((size_t)s->n * FHRL_BATCH_LANES * sizeof *x), *dx = calloc((size_t)s->n * FHRL_BATCH_LANES, sizeof *dx);
  double one[72], want[72], u[8];
  fhrl_input_at(&in, 0.0, u);
  s->u = u;
  fhrl_random_normal((fhrl_random){.seed = 7}, 0, (size_t)s->n * FHRL_BATCH_LANES, x);
  for (int i = 0; i < s->n; i++) x[i * FHRL_BATCH_LANES + 3] *= 50.0; // beyond where tanh is 1
  for (int i = 0; i < s->n; i++) x[i * FHRL_BATCH_LANES + 4] *= 1e-9;
  for (int i = 0; i < s->n; i++) x[i * FHRL_BATCH_LANES + 5] = NAN;
  ck_assert_int_eq(fhrl_batch_field(s, x, dx), 1);
  for (int l = 0; l < FHRL_BATCH_LANES; l++) {
    for (int i = 0; i < s->n; i++) one[i] = x[i * FHRL_BATCH_LANES + l];
    ck_assert_int_eq(s->model->rhs(s, 0.0, one, want), 0);
    for (int i = 0; i < s->n; i++) {
      const double got = dx[i * FHRL_BATCH_LANES + l];
      if (l == 5)
        ck_assert(isnan(got));
      else
        ck_assert_double_le(fabs(got - want[i]), 4e-14 * (1.0 + fabs(want[i]))); // sums of 16 terms in another order
    }
  }
  free(x), free(dx);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(members_end_where_an_integrator_of_their_own_ends)
{
  static const struct {
    const char *name, *key, *value;
  } models[] = {{"fhrl", NULL, NULL}, {"fhrl", "d", "5"}, {"fhrl", "homeostasis", "gain"}, {"linear", "n", "4"}};
  fhrl_input in;
  fhrl_ensemble e;
  fhrl_system *s = bind(models[_i].name, models[_i].key, models[_i].value, &in);
  make(&e, s, 53); // no multiple of the lanes
  assert_ok(fhrl_ensemble_run(&e, s, &in, &solver, 2, NULL, &err));
  ck_assert_int_eq(e.failed + e.singles, 0);
  fhrl_solver tight = solver;
  tight.rtol = 1e-12, tight.atol = 1e-14, tight.method = FHRL_METHOD_DOP853;
  for (long k = 0; k < e.members; k++) {
    fhrl_integrator *it;
    assert_ok(fhrl_integrator_create(s, &in, &tight, 0.0, e.x0 + k * s->n, &it, &err));
    assert_ok(fhrl_integrator_advance(it, tight.t_end, &err));
    const double *want = fhrl_integrator_state(it);
    double size = 1.0;
    for (int i = 0; i < s->n; i++) size = fmax(size, fabs(want[i]));
    assert_close("end", e.x + k * s->n, want, s->n, 1e-7 * size);
    fhrl_integrator_destroy(it);
  }
  fhrl_ensemble_free(&e);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(threads_and_neighbours_change_no_bit)
{
  fhrl_input in;
  fhrl_ensemble one, many, few;
  fhrl_system *s = bind("fhrl", NULL, NULL, &in);
  make(&one, s, 100);
  make(&many, s, 100);
  make(&few, s, 7);
  assert_ok(fhrl_ensemble_run(&one, s, &in, &solver, 1, NULL, &err));
  assert_ok(fhrl_ensemble_run(&many, s, &in, &solver, 5, NULL, &err));
  assert_ok(fhrl_ensemble_run(&few, s, &in, &solver, 2, NULL, &err));
  ck_assert_mem_eq(one.x, many.x, 100 * (size_t)s->n * sizeof *one.x);
  ck_assert_mem_eq(one.x, few.x, 7 * (size_t)s->n * sizeof *one.x);
  ck_assert_int_eq(one.steps, many.steps);
  ck_assert_int_eq(one.rhs_evals, many.rhs_evals);
  fhrl_ensemble_free(&one);
  fhrl_ensemble_free(&many);
  fhrl_ensemble_free(&few);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(stiff_members_go_to_an_integrator_of_their_own_and_failures_are_counted)
{
  const double A[] = {-1e6, 0.0, 0.0, -1.0}, B[] = {0.0};
  const double p[] = {2, 0};
  const double *const m[] = {A, B};
  const fhrl_input none = {.kind = FHRL_INPUT_NONE};
  fhrl_system *s = NULL;
  fhrl_ensemble e;
  assert_ok(fhrl_system_bind(fhrl_system_find("linear"), p, m, &s, &err));
  make(&e, s, 20);
  e.x0[2 * 13] = NAN; // cannot even start
  assert_ok(fhrl_ensemble_run(&e, s, &none, &solver, 2, NULL, &err));
  ck_assert_int_eq(e.singles, 19);
  ck_assert_int_eq(e.failed, 1);
  ck_assert_int_eq(e.first_failed, 13);
  ck_assert_ptr_nonnull(strstr(e.first_failure.msg, "x[0] is nan"));
  for (int k = 0; k < 20; k++)
    if (k != 13) ck_assert_double_eq_tol(e.x[2 * k + 1], e.x0[2 * k + 1] * exp(-20.0), 1e-8);
  fhrl_ensemble_free(&e);
  fhrl_system_destroy(s);
  assert_fails(fhrl_ensemble_init(&e, 2000000000, 6, &err), FHRL_LIMIT, &err, "more than 8");
  assert_fails(fhrl_ensemble_init(&e, 0, 6, &err), FHRL_ARG, &err, "0 members");
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/ensemble");
  TCase *t = tcase_create("ensemble");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, the_right_hand_side_for_lanes_is_the_models, 0, 4);
  tcase_add_loop_test(t, members_end_where_an_integrator_of_their_own_ends, 0, 4);
  tcase_add_test(t, threads_and_neighbours_change_no_bit);
  tcase_add_test(t, stiff_members_go_to_an_integrator_of_their_own_and_failures_are_counted);
  suite_add_tcase(s, t);
  return run_suite(s);
}
