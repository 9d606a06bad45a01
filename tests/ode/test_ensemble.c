// SPDX-License-Identifier: GPL-3.0-or-later
// test_ensemble: many trajectories at once give what each gives alone, for any number of threads
#include "ode/ensemble.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cpu.h"
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
  assert_ok(fhrl_ensemble_init(e, members, s->n, 0, &err));
  for (long k = 0; k < members; k++)
    assert_ok(fhrl_system_start(s, (uint32_t)k + 1, "", e->x0 + k * s->n, &err));
}

static const fhrl_solver solver = {.rtol = 1e-8, .atol = 1e-10, .t_end = 20.0, .max_steps = 100000};

START_TEST(members_end_where_an_integrator_of_their_own_ends)
{
  static const struct {
    const char *name, *key, *value;
  } models[] = {{"fhrl", NULL, NULL}, {"fhrl", "d", "5"}, {"fhrl", "d", "10"}, {"fhrl", "homeostasis", "gain"}, {"linear", "n", "4"},
    {"kuramoto_ring", NULL, NULL}, {"ltc", NULL, NULL}, {"hopf", "mu", "0.4"}, {"random_rnn", "n", "10"},
    {"hebbian_rnn", "n", "33"}}; // without lanes, 1122 states: one by one
  fhrl_input in;
  fhrl_ensemble e;
  fhrl_system *s = bind(models[_i].name, models[_i].key, models[_i].value, &in);
  make(&e, s, 53); // no multiple of the lanes
  assert_ok(fhrl_ensemble_run(&e, s, &in, &solver, 2, NULL, &err));
  ck_assert_int_eq(e.singles, s->n > 512 ? 53 : 0);
  ck_assert_int_eq(e.failed + e.stiff, 0);
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
  static const char *const models[] = {"fhrl", "kuramoto_ring", "ltc", "hebbian_rnn", "fhrl_layer"}; // the last lane by lane
  fhrl_input in;
  fhrl_ensemble one, many, few;
  const int network = _i % 5 == 3;
  fhrl_system *s = bind(models[_i % 5], network ? "n" : NULL, "12", &in);
  fhrl_cpu_limit((fhrl_cpu)(_i / 5)); // every level that the machine has
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
  ck_assert_int_eq(e.stiff, 19);
  ck_assert_int_eq(e.failures, 1);
  ck_assert_int_eq(e.failure[0].member, 13);
  ck_assert_ptr_nonnull(strstr(e.failure[0].err.msg, "x[0] is nan"));
  for (int k = 0; k < 20; k++)
    if (k != 13) ck_assert_double_eq_tol(e.x[2 * k + 1], e.x0[2 * k + 1] * exp(-20.0), 1e-8);
  fhrl_ensemble_free(&e);
  fhrl_system_destroy(s);
  assert_fails(fhrl_ensemble_init(&e, 2000000000, 6, 0, &err), FHRL_LIMIT, &err, "more than 8");
  assert_fails(fhrl_ensemble_init(&e, 0, 6, 0, &err), FHRL_ARG, &err, "0 members");
}
END_TEST

// An ensemble over one parameter at the values v (count), each from its own start.
static void make_over(fhrl_ensemble *e, const fhrl_system *s, const char *param, const double v[], long count)
{
  const int n_param = s->model->n_param, at = fhrl_system_param(s->model, param);
  fhrl_system here = *s;
  assert_ok(fhrl_ensemble_init(e, count, s->n, n_param, &err));
  for (long k = 0; k < count; k++) {
    memcpy(e->p + k * n_param, s->p, (size_t)n_param * sizeof *e->p);
    e->p[k * n_param + at] = v[k];
    here.p = e->p + k * n_param;
    assert_ok(fhrl_system_start(&here, (uint32_t)k + 1, "", e->x0 + k * s->n, &err));
  }
}

// Where member k ends by a tight integration of a system bound to its parameters.
static void tight_end(const fhrl_ensemble *e, const fhrl_system *s, const fhrl_input *in, long k, fhrl_method method, double t_end,
  double x[])
{
  const fhrl_solver tight = {.method = method, .rtol = 1e-12, .atol = 1e-14, .t_end = t_end, .max_steps = 100000000};
  fhrl_system *own = NULL;
  fhrl_integrator *it;
  assert_ok(fhrl_system_bind(s->model, e->p + k * e->n_param, s->m, &own, &err));
  assert_ok(fhrl_integrator_create(own, in, &tight, 0.0, e->x0 + k * e->n, &it, &err));
  assert_ok(fhrl_integrator_advance(it, t_end, &err));
  memcpy(x, fhrl_integrator_state(it), (size_t)e->n * sizeof *x);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(own);
}

START_TEST(every_member_has_its_own_parameters)
{
  static const struct {
    const char *name, *param;
    double low, high;
  } over[] = {{"lorenz", "r", 5.0, 20.0}, {"rossler", "c", 1.0, 3.0}, {"lotka_volterra", "b", 0.3, 0.7}, {"hopf", "mu", -0.5, 1.0},
    {"henon_heiles", "lambda", 0.0, 0.5}, {"deep_linear", "s", 0.5, 2.0}, {"kuramoto_ring", "K", -1.0, 1.0},
    {"ltc", "tau", 0.2, 5.0}, {"fhrl", "kappa", 0.0, 3.0}, {"dense_hopfield", "b", 1.0, 16.0},
    {"hebbian_rnn", "p", 0.5, 5.0}, {"random_rnn", "g", 0.5, 1.5}};
  double v[40], want[300];
  fhrl_input in;
  fhrl_ensemble e;
  const int network = strstr(over[_i].name, "_rnn") != NULL;
  fhrl_system *s = bind(over[_i].name, network ? "n" : NULL, "10", &in);
  for (int k = 0; k < 40; k++) v[k] = over[_i].low + (over[_i].high - over[_i].low) * k / 39.0;
  make_over(&e, s, over[_i].param, v, 40);
  assert_ok(fhrl_ensemble_run(&e, s, &in, &solver, 2, NULL, &err));
  ck_assert_int_eq(e.failed + e.singles, 0);
  for (long k = 0; k < e.members; k++) {
    double size = 1.0;
    tight_end(&e, s, &in, k, FHRL_METHOD_DOP853, solver.t_end, want);
    for (int i = 0; i < s->n; i++) size = fmax(size, fabs(want[i]));
    assert_close(over[_i].name, e.x + k * s->n, want, (size_t)s->n, 2e-6 * size); // the best part of them far less
  }
  fhrl_ensemble_free(&e);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(only_the_stiff_members_of_van_der_pol_leave_the_batch)
{
  static const double mu[] = {0.1, 1000.0, 1.0, 3.0, 300.0, 10.0, 5.0, 100.0, 3000.0, 0.5};
  enum { MEMBERS = FHRL_COUNT(mu) };
  fhrl_solver far = solver;
  fhrl_input in;
  fhrl_ensemble one, many;
  fhrl_system *s = bind("van_der_pol", NULL, NULL, &in);
  far.t_end = 500.0;
  make_over(&one, s, "mu", mu, MEMBERS);
  make_over(&many, s, "mu", mu, MEMBERS);
  assert_ok(fhrl_ensemble_run(&one, s, &in, &far, 1, NULL, &err));
  assert_ok(fhrl_ensemble_run(&many, s, &in, &far, 3, NULL, &err));
  ck_assert_mem_eq(one.x, many.x, 2 * MEMBERS * sizeof *one.x);
  ck_assert_mem_eq(one.member, many.member, MEMBERS);
  ck_assert_int_eq(one.rhs_evals, many.rhs_evals);
  ck_assert_int_eq(one.failed, 0);
  for (int k = 0; k < MEMBERS; k++) {
    double want[2];
    ck_assert_msg(one.member[k] == (mu[k] >= 100.0 ? FHRL_MEMBER_SINGLE : FHRL_MEMBER_BATCH), "mu = %g: %d", mu[k], one.member[k]);
    tight_end(&one, s, &in, k, mu[k] >= 100.0 ? FHRL_METHOD_BDF : FHRL_METHOD_DOP853, far.t_end, want);
    ck_assert_double_le(fabs(one.x[2 * k] - want[0]), 1e-5);
    ck_assert_double_le(fabs(one.x[2 * k + 1] - want[1]), 1e-5 * (1.0 + fabs(want[1])));
  }
  ck_assert_int_eq(one.stiff, 4);
  ck_assert_int_eq(one.singles, 4);
  ck_assert_int_lt(one.rhs_evals, 500000); // explicit steps would take 1e7
  fhrl_ensemble_free(&one);
  fhrl_ensemble_free(&many);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(many_steps_alone_are_not_stiff)
{
  fhrl_solver far = solver;
  fhrl_input in;
  fhrl_ensemble e;
  fhrl_system *s = bind("lorenz", NULL, NULL, &in);
  make(&e, s, 3);
  far.t_end = 5000.0; // some 1e5 steps
  far.max_steps = 10000000;
  for (int k = 0; k < 3; k++) e.x0[3 * k] += k;
  assert_ok(fhrl_ensemble_run(&e, s, &in, &far, 1, NULL, &err));
  ck_assert_int_eq(e.singles + e.failed, 0);
  ck_assert_int_gt(e.steps, 300000);
  fhrl_ensemble_free(&e);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(choices_that_the_lanes_do_not_serve_are_members_like_others)
{
  fhrl_input in;
  fhrl_ensemble e;
  double v[35], want[6];
  fhrl_system *s = bind("fhrl", NULL, NULL, &in);
  for (int k = 0; k < 35; k++) v[k] = k % 4 == 1 ? 3 : k % 2 * 2; // radial, none, radial, gain
  make_over(&e, s, "homeostasis", v, 35);
  assert_ok(fhrl_ensemble_run(&e, s, &in, &solver, 2, NULL, &err));
  ck_assert_int_eq(e.failed + e.singles, 0);
  for (long k = 0; k < 35; k++) {
    tight_end(&e, s, &in, k, FHRL_METHOD_DOP853, solver.t_end, want);
    assert_close("end", e.x + 6 * k, want, 6, 1e-6);
  }
  fhrl_ensemble_free(&e);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(members_that_may_not_start_or_blow_up_are_named_in_order)
{
  fhrl_input in;
  fhrl_ensemble e;
  fhrl_system *s = bind("lotka_volterra", NULL, NULL, &in);
  make(&e, s, 90);
  for (int k = 40; k >= 4; k -= 2) e.x0[2 * k] = -1.0;
  for (int threads = 1; threads <= 3; threads += 2) {
    e.failed = e.failures = 0;
    e.singles = e.steps = e.rhs_evals = 0;
    memset(e.member, FHRL_MEMBER_OPEN, 90);
    assert_ok(fhrl_ensemble_run(&e, s, &in, &solver, threads, NULL, &err));
    ck_assert_int_eq(e.failed, 19);
    ck_assert_int_eq(e.failures, FHRL_FAILURES);
    for (int f = 0; f < FHRL_FAILURES; f++) {
      ck_assert_int_eq(e.failure[f].member, 4 + 2 * f);
      ck_assert_ptr_nonnull(strstr(e.failure[f].err.msg, "populations must be positive"));
    }
  }
  ck_assert_double_eq(e.x[2 * 4], -1.0);
  fhrl_ensemble_free(&e);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
  s = bind("deep_linear", NULL, NULL, &in); // da/dt = 2 a (3 - a) from -1: 1 + 3/a -> 0 after ln(4)/6 = .231
  make(&e, s, 30);
  for (int k = 0; k < 30; k += 10) e.x0[k] = -1.0;
  assert_ok(fhrl_ensemble_run(&e, s, &in, &solver, 2, NULL, &err));
  ck_assert_int_eq(e.failed, 3);
  for (int f = 0; f < e.failures; f++) {
    ck_assert_int_eq(e.failure[f].member, 10 * f);
    ck_assert_ptr_nonnull(strstr(e.failure[f].err.msg, "blows up near t = 0.231"));
  }
  ck_assert_double_eq_tol(e.x[1], 3.0, 1e-8);
  fhrl_ensemble_free(&e);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

static long shown_last, shown_times;
static volatile sig_atomic_t flag;
static int context;

static void show(void *given, long done, long members)
{
  ck_assert_ptr_eq(given, &context);
  ck_assert(done > shown_last && done <= members);
  shown_last = done;
  if (++shown_times == 3) flag = 1;
}

static void *soon(void *unused)
{
  nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
  flag = 1;
  return unused;
}

START_TEST(an_ensemble_tells_how_far_it_is_and_stops_when_told)
{
  const fhrl_ensemble_watch watch = {.progress = show, .context = &context, .stop = &flag};
  static const fhrl_method method[] = {FHRL_METHOD_AUTO, FHRL_METHOD_ADAMS}; // a batch; integrators
  fhrl_solver far = solver;
  fhrl_input in;
  fhrl_ensemble e;
  fhrl_system *s = bind("van_der_pol", NULL, NULL, &in);
  make(&e, s, 5000);
  assert_fails(fhrl_ensemble_run(&e, s, &in, &solver, 2, &watch, &err), FHRL_INTERRUPT, &err, "of 5000 members");
  ck_assert_int_eq(shown_times, 3);
  ck_assert_int_lt(shown_last, 4000);
  fhrl_ensemble_free(&e);
  make(&e, s, 4);
  far.t_end = 1e12; // would take for ever
  far.max_steps = 1000000000000000;
  for (int m = 0; m < 2; m++) {
    pthread_t thread;
    flag = 0;
    far.method = method[m];
    ck_assert_int_eq(pthread_create(&thread, NULL, soon, NULL), 0);
    assert_fails(fhrl_ensemble_run(&e, s, &in, &far, 2, &watch, &err), FHRL_INTERRUPT, &err, "interrupted");
    pthread_join(thread, NULL);
  }
  fhrl_ensemble_free(&e);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/ensemble");
  TCase *t = tcase_create("ensemble");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, members_end_where_an_integrator_of_their_own_ends, 0, 10);
  tcase_add_loop_test(t, threads_and_neighbours_change_no_bit, 0, 15);
  tcase_add_test(t, stiff_members_go_to_an_integrator_of_their_own_and_failures_are_counted);
  tcase_add_loop_test(t, every_member_has_its_own_parameters, 0, 12);
  tcase_add_test(t, only_the_stiff_members_of_van_der_pol_leave_the_batch);
  tcase_add_test(t, many_steps_alone_are_not_stiff);
  tcase_add_test(t, choices_that_the_lanes_do_not_serve_are_members_like_others);
  tcase_add_test(t, members_that_may_not_start_or_blow_up_are_named_in_order);
  tcase_add_test(t, an_ensemble_tells_how_far_it_is_and_stops_when_told);
  suite_add_tcase(s, t);
  return run_suite(s);
}
