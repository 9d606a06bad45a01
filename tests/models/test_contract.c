// SPDX-License-Identifier: GPL-3.0-or-later
// test_contract: what every model of the registry promises, checked on each of them unasked
#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "ode/iteration.h"
#include "support.h"
#include "variants.h"

static fhrl_err err;
static variants all;
static const char *who = ""; // model and variant, for messages

static const fhrl_model *model_of(int index)
{
  const fhrl_model *model = fhrl_system_model(index);
  ck_assert_ptr_nonnull(model);
  variants_make(model, &all);
  return model;
}

// Runs a claim on every variant that the model accepts, at three points of growing spread.
typedef void claim(fhrl_system *s, const double x[]);

static void on_every_variant(int index, claim *check)
{
  const fhrl_model *model = model_of(index);
  char text[128];
  int accepted = 0;
  for (int k = 0; k < all.count; k++) {
    double *u;
    fhrl_system *s = variants_bind(model, all.p[k], (uint32_t)k + 1, &u);
    if (s == NULL) {
      ck_assert_msg(k > 0, "%s refuses its own defaults", model->name);
      continue;
    }
    accepted++;
    double *x = malloc((size_t)s->n * sizeof *x);
    for (int point = 0; point < 3; point++) {
      snprintf(text, sizeof text, "%s, variant %d, point %d", model->name, k, point);
      who = text;
      variants_point(s, (uint32_t)(10 * k + point), 0.1 * pow(3.0, point), x);
      check(s, x);
    }
    free(x);
    free(u);
    fhrl_system_destroy(s);
  }
  ck_assert_int_ge(accepted, 2);
}

// The dynamics: rhs of a flow, step of a map.
static int dynamics(const fhrl_system *s, const double x[], double out[])
{
  return (s->model->rhs ? s->model->rhs : s->model->step)(s, 0.25, x, out);
}

static double largest(int n, const double a[])
{
  double m = 0.0;
  for (int i = 0; i < n; i++) m = fmax(m, fabs(a[i]));
  return m;
}

static double *space(int n)
{
  double *a = calloc((size_t)n + 1, sizeof *a);
  ck_assert_ptr_nonnull(a);
  return a;
}

static void finite(const char *what, int n, const double a[])
{
  for (int i = 0; i < n; i++) ck_assert_msg(isfinite(a[i]), "%s: %s[%d] is %g", who, what, i, a[i]);
}

static void near(const char *what, int n, const double got[], const double want[], double bound)
{
  for (int i = 0; i < n; i++)
    ck_assert_msg(fabs(got[i] - want[i]) <= bound, "%s: %s[%d] is %.17g instead of %.17g (bound %.3g)", who, what, i, got[i],
      want[i], bound);
}

// ---- tables

static void proper_name(const char *what, const char *name)
{
  ck_assert_msg(name && isalpha((unsigned char)name[0]), "%s: %s '%s'", who, what, name ? name : "(null)");
  for (const char *c = name; *c; c++)
    ck_assert_msg(isalnum((unsigned char)*c) || *c == '_', "%s: %s '%s'", who, what, name);
}

static void described(const char *what, const fhrl_field *f, int count)
{
  for (int i = 0; i < count; i++) {
    proper_name(what, f[i].name);
    ck_assert_msg(f[i].meaning && *f[i].meaning && f[i].unit, "%s: %s %s has no meaning or unit", who, what, f[i].name);
    for (int j = 0; j < i; j++)
      ck_assert_msg(strcmp(f[i].name, f[j].name) != 0, "%s: %s %s twice", who, what, f[i].name);
  }
}

START_TEST(tables_are_complete_and_names_unique)
{
  const fhrl_model *m = model_of(_i);
  fhrl_field *keys;
  int n;
  who = m->name;
  proper_name("model", m->name);
  ck_assert(m->summary && *m->summary && m->reference && *m->reference && m->time_unit && *m->time_unit);
  ck_assert(m->rhs || m->step);
  ck_assert(m->jvp != NULL);
  ck_assert_int_gt(m->n_state, 0);
  ck_assert_int_le(m->n_state, FHRL_BLOCK_MAX);
  ck_assert_int_le(m->n_matrix, FHRL_MATRIX_MAX);
  ck_assert((m->n_obs > 0) == (m->observe != NULL));
  ck_assert((m->n_term > 0) == (m->split != NULL));
  described("state", m->state, m->n_state);
  described("observable", m->obs, m->n_obs);
  for (int i = 0; i < m->n_state; i++) { // all of them are variables of one file, beside time and the input
    ck_assert_str_ne(m->state[i].name, "time");
    ck_assert_str_ne(m->state[i].name, "u");
    for (int j = 0; j < m->n_obs; j++)
      ck_assert_msg(strcmp(m->state[i].name, m->obs[j].name) != 0, "%s: %s is a state and an observable", who, m->obs[j].name);
  }
  assert_ok(fhrl_system_fields(m, &keys, &n, &err));
  described("key", keys, n); // common keys, matrices with their scales, and parameters
  free(keys);
  for (int i = 0; i < m->n_term; i++) {
    ck_assert(*m->term[i].name && *m->term[i].meaning);
    for (int j = 0; j < i; j++) ck_assert_str_ne(m->term[i].name, m->term[j].name);
  }
}
END_TEST

START_TEST(defaults_lie_in_their_ranges)
{
  const fhrl_model *m = model_of(_i);
  for (int i = 0; i < m->n_param; i++) {
    const fhrl_field *f = &m->param[i];
    int len;
    switch (f->kind) {
    case FHRL_REAL:
    case FHRL_INT: ck_assert_msg(fhrl_field_admits(f, f->value), "%s: %s = %g", m->name, f->name, f->value); break;
    case FHRL_CHOICE: ck_assert_ptr_nonnull(fhrl_field_word(f->choices, (int)f->value, &len)); break;
    case FHRL_FLAG: ck_assert(f->value == 0.0 || f->value == 1.0); break;
    default: ck_abort_msg("%s: parameter %s is no number", m->name, f->name);
    }
  }
}
END_TEST

START_TEST(every_file_of_models_is_registered)
{
  char name[256];
  int files = 0, registered = 0;
  DIR *folder = opendir(test_data("../models"));
  ck_assert_ptr_nonnull(folder);
  for (struct dirent *entry; (entry = readdir(folder));) {
    const size_t len = strlen(entry->d_name);
    if (len < 3 || len >= sizeof name || strcmp(entry->d_name + len - 2, ".c") != 0) continue;
    snprintf(name, sizeof name, "%.*s", (int)(len - 2), entry->d_name);
    ck_assert_msg(fhrl_system_find(name) != NULL, "models/%s is not in models.def", entry->d_name);
    files++;
  }
  closedir(folder);
  while (fhrl_system_model(registered)) registered++;
  ck_assert_int_eq(files, registered);
}
END_TEST

// ---- dynamics

static void components_have_names(fhrl_system *s, const double x[])
{
  char name[64], before[64] = "";
  int total = 0;
  fhrl_shape shape;
  for (int b = 0; b < s->model->n_state; b++) {
    ck_assert_int_eq(fhrl_system_block(s, s->model->state[b].name, &shape), total);
    total += shape.rows * shape.cols;
  }
  ck_assert_int_eq(total, s->n);
  for (int i = 0; i < s->n; i++) {
    fhrl_system_component(s, i, name, sizeof name);
    ck_assert_str_ne(name, before);
    memcpy(before, name, sizeof before);
  }
}

static void dynamics_are_finite(fhrl_system *s, const double x[])
{
  double *dx = space(s->n), *again = space(s->n), *obs = space(s->model->n_obs);
  ck_assert_int_eq(dynamics(s, x, dx), 0);
  finite("rhs", s->n, dx);
  ck_assert_int_eq(dynamics(s, x, again), 0);
  ck_assert_msg(memcmp(dx, again, (size_t)s->n * sizeof *dx) == 0, "%s: a second evaluation differs", who);
  if (s->model->observe) {
    ck_assert_int_eq(s->model->observe(s, 0.25, x, obs), 0);
    finite("observable", s->model->n_obs, obs);
  }
  free(dx);
  free(again);
  free(obs);
}

static void jvp_is_linear(fhrl_system *s, const double x[])
{
  const int n = s->n;
  const double a = 1.75, b = -0.6;
  double *v = space(n), *w = space(n), *sum = space(n), *Jv = space(n), *Jw = space(n), *Js = space(n);
  fhrl_random_normal((fhrl_random){.seed = 3}, 0, (size_t)n, v);
  fhrl_random_normal((fhrl_random){.seed = 4}, 0, (size_t)n, w);
  for (int i = 0; i < n; i++) sum[i] = a * v[i] + b * w[i];
  ck_assert_int_eq(s->model->jvp(s, 0.25, x, v, Jv), 0);
  ck_assert_int_eq(s->model->jvp(s, 0.25, x, w, Jw), 0);
  ck_assert_int_eq(s->model->jvp(s, 0.25, x, sum, Js), 0);
  // rounding alone: some n terms of the size of the products
  const double bound = 1e-13 * (1.0 + n) * (largest(n, Jv) + largest(n, Jw));
  for (int i = 0; i < n; i++) Jv[i] = a * Jv[i] + b * Jw[i];
  near("J(av + bw)", n, Js, Jv, bound);
  free(v), free(w), free(sum), free(Jv), free(Jw), free(Js);
}

static void jvp_is_the_derivative(fhrl_system *s, const double x[])
{
  const int n = s->n;
  double *v = space(n), *Jv = space(n), *forward = space(n), *back = space(n), *at = space(n);
  fhrl_random_normal((fhrl_random){.seed = 5}, 0, (size_t)n, v);
  for (int i = 0; i < n; i++) v[i] *= 0.1 + fabs(x[i]); // components of different size move alike
  ck_assert_int_eq(s->model->jvp(s, 0.25, x, v, Jv), 0);
  // the error of a central difference, h^2 f''' / 6 + 1e-16 f / h, is least, some 1e-11 f, near h = 1e-5
  const double h = 1e-5;
  for (int i = 0; i < n; i++) at[i] = x[i] + h * v[i];
  ck_assert_int_eq(dynamics(s, at, forward), 0);
  for (int i = 0; i < n; i++) at[i] = x[i] - h * v[i];
  ck_assert_int_eq(dynamics(s, at, back), 0);
  const double bound = 1e-8 * (largest(n, forward) + largest(n, Jv) + largest(n, x));
  for (int i = 0; i < n; i++) forward[i] = (forward[i] - back[i]) / (2.0 * h);
  near("Jv", n, Jv, forward, bound);
  free(v), free(Jv), free(forward), free(back), free(at);
}

static void terms_sum_to_the_right_hand_side(fhrl_system *s, const double x[])
{
  const int n = s->n;
  double *dx = space(n), *sum = space(n), *part = space(n), scale = 0.0;
  if (s->model->split) {
    ck_assert_int_eq(dynamics(s, x, dx), 0);
    for (int k = 0; k < s->model->n_term; k++) {
      for (int i = 0; i < n; i++) part[i] = 1e300; // a term writes all components, also those it does not touch
      ck_assert_int_eq(s->model->split(s, k, 0.25, x, part), 0);
      finite(s->model->term[k].name, n, part);
      scale += largest(n, part);
      for (int i = 0; i < n; i++) sum[i] += part[i];
    }
    near("sum of the terms", n, sum, dx, 1e-14 * (1.0 + s->model->n_term) * scale);
  }
  free(dx), free(sum), free(part);
}

static void nan_is_never_hidden(fhrl_system *s, const double x[])
{
  const int n = s->n;
  double *bad = space(n), *e = space(n), *dx = space(n), *obs = space(s->model->n_obs);
  for (int k = 0; k < n; k++) { // a component that matters, by its column of the Jacobian, shows that it is NaN
    memset(e, 0, (size_t)n * sizeof *e);
    e[k] = 1.0;
    ck_assert_int_eq(s->model->jvp(s, 0.25, x, e, dx), 0);
    const int matters = largest(n, dx) > 0.0;
    memcpy(bad, x, (size_t)n * sizeof *bad);
    bad[k] = NAN;
    int seen = dynamics(s, bad, dx) != 0;
    for (int i = 0; i < n; i++) seen |= !isfinite(dx[i]);
    ck_assert_msg(seen || !matters, "%s: x[%d] = NaN gives a finite right-hand side", who, k);
    bad[k] = INFINITY; // may well be finite, as tanh(inf) is, but must not crash
    dynamics(s, bad, dx);
  }
  for (int i = 0; i < n; i++) bad[i] = NAN;
  if (s->model->observe) s->model->observe(s, 0.25, bad, obs);
  s->model->jvp(s, 0.25, bad, bad, dx);
  free(bad), free(e), free(dx), free(obs);
}

// ---- memory

enum { GUARD = 16 };
static const double word = -8.5316e-77; // no result of any formula

// An array of n between guard words, filled with them.
static double *guarded(int n)
{
  double *whole = malloc((size_t)(n + 2 * GUARD) * sizeof *whole);
  ck_assert_ptr_nonnull(whole);
  for (int i = 0; i < n + 2 * GUARD; i++) whole[i] = word;
  return whole + GUARD;
}

static void release_guarded(const char *what, int n, double *a)
{
  for (int i = -GUARD; i < 0; i++) ck_assert_msg(a[i] == word, "%s: %s[%d] is written", who, what, i);
  for (int i = n; i < n + GUARD; i++) ck_assert_msg(a[i] == word, "%s: %s[%d] is written", who, what, i);
  free(a - GUARD);
}

static void all_written(const char *what, int n, const double a[])
{
  for (int i = 0; i < n; i++) ck_assert_msg(a[i] != word, "%s: %s[%d] is not written", who, what, i);
}

static void callbacks_stay_within_their_arrays(fhrl_system *s, const double x[])
{
  const fhrl_model *m = s->model;
  const int n = s->n;
  double *before = s->work, *work = guarded(s->dims.n_work), *out = guarded(n), *obs = guarded(m->n_obs);
  double *state = guarded(n), *v = guarded(n);
  memcpy(state, x, (size_t)n * sizeof *x);
  memcpy(v, x, (size_t)n * sizeof *x);
  s->work = work;
  ck_assert_int_eq(dynamics(s, state, out), 0);
  all_written("rhs", n, out);
  if (m->rhs && m->step) ck_assert_int_eq(m->step(s, 0.25, state, out), 0);
  for (int i = 0; i < n; i++) out[i] = word;
  ck_assert_int_eq(m->jvp(s, 0.25, state, v, out), 0);
  all_written("jvp", n, out);
  for (int k = 0; k < m->n_term; k++) ck_assert_int_eq(m->split(s, k, 0.25, state, out), 0);
  if (m->observe) ck_assert_int_eq(m->observe(s, 0.25, state, obs), 0);
  all_written("observables", m->n_obs, obs);
  if (m->start) {
    for (int i = 0; i < n; i++) out[i] = word;
    m->start(s, v, out);
    all_written("start", n, out);
  }
  near("the state", n, state, x, 0.0); // and what is to be read only stays as it is
  near("the tangent", n, v, x, 0.0);
  s->work = before;
  release_guarded("work", s->dims.n_work, work);
  release_guarded("out", n, out);
  release_guarded("obs", m->n_obs, obs);
  release_guarded("state", n, state);
  release_guarded("v", n, v);
}

// ---- facts

static void divergence_at(fhrl_system *s, const double x[])
{
  const int n = s->n;
  double *e = space(2 * n), *J = space(n * n), trace = 0.0;
  ck_assert_int_eq(fhrl_system_jacobian(s, 0.25, x, e, J), 0);
  for (int i = 0; i < n; i++) trace += J[i * n + i];
  for (int k = 0; k < s->model->n_check; k++) {
    const fhrl_check *c = &s->model->check[k];
    if (c->kind == FHRL_CHECK_DIVERGENCE)
      ck_assert_msg(fabs(trace - c->value) <= c->tol, "%s: divergence %.17g, but %s", who, trace, c->why);
  }
  free(e), free(J);
}

START_TEST(check_facts_hold)
{
  const fhrl_model *m = model_of(_i);
  double *u;
  fhrl_system *s = variants_bind(m, all.p[0], 1, &u);
  who = m->name;
  double *x = space(s->n), *dx = space(s->n), *zero = space(s->dims.n_u);
  for (int point = 0; point < 5; point++) {
    variants_point(s, (uint32_t)point, 0.5, x);
    divergence_at(s, x);
  }
  s->u = zero; // facts are stated without input
  for (int k = 0; k < m->n_check; k++) {
    const fhrl_check *c = &m->check[k];
    ck_assert_msg(c->why && *c->why && c->tol > 0.0, "%s: fact %d has no reason or tolerance", who, k);
    if (c->kind != FHRL_CHECK_EQUILIBRIUM) continue;
    for (int i = 0; i < s->n; i++) x[i] = i < FHRL_CHECK_MAX ? c->x[i] : 0.0;
    ck_assert_int_eq(dynamics(s, x, dx), 0);
    for (int i = 0; i < s->n; i++) {
      const double rest = m->rhs ? dx[i] : dx[i] - x[i];
      ck_assert_msg(fabs(rest) <= c->tol, "%s: rest %g in component %d, but %s", who, rest, i, c->why);
    }
  }
  free(x), free(dx), free(zero), free(u);
  fhrl_system_destroy(s);
}
END_TEST

// As a user runs it who gives nothing but the name; the input is of order one.
START_TEST(it_runs_from_its_own_start)
{
  const fhrl_model *m = model_of(_i);
  const fhrl_solver solver = {.method = FHRL_METHOD_AUTO, .rtol = 1e-8, .atol = 1e-10, .t_end = 5.0, .output_every = 1.0,
    .max_steps = 100000};
  fhrl_trajectory tr;
  fhrl_integrator *it = NULL;
  fhrl_counters count = {0};
  double *u;
  fhrl_system *s = variants_bind(m, all.p[0], 1, &u);
  double *x0 = space(s->n);
  assert_ok(fhrl_system_start(s, 1, NULL, x0, &err));
  assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
  if (m->rhs) {
    assert_fails(fhrl_iteration_run(&tr, s, NULL, x0, 1000, NULL, &count, &err), FHRL_ARG, &err, "is a flow");
    assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err));
    assert_ok(fhrl_trajectory_run(&tr, it, s, NULL, NULL, &err));
  } else {
    assert_fails(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err), FHRL_ARG, &err, "is a map");
    assert_ok(fhrl_iteration_run(&tr, s, NULL, x0, 1000, NULL, &count, &err));
    ck_assert_int_eq(count.steps, 5);
  }
  ck_assert_uint_eq(tr.count, 6);
  fhrl_integrator_destroy(it);
  fhrl_trajectory_free(&tr);
  free(x0), free(u);
  fhrl_system_destroy(s);
}
END_TEST

#define CLAIM(name)                                                                                \
  START_TEST(test_##name) { on_every_variant(_i, name); }                                          \
  END_TEST

CLAIM(components_have_names)
CLAIM(dynamics_are_finite)
CLAIM(jvp_is_linear)
CLAIM(jvp_is_the_derivative)
CLAIM(terms_sum_to_the_right_hand_side)
CLAIM(nan_is_never_hidden)
CLAIM(callbacks_stay_within_their_arrays)

int main(void)
{
  Suite *s = suite_create("models/contract");
  TCase *t = tcase_create("contract");
  int models = 0;
  while (fhrl_system_model(models)) models++;
  tcase_set_timeout(t, 120);
  tcase_add_test(t, every_file_of_models_is_registered);
  tcase_add_loop_test(t, tables_are_complete_and_names_unique, 0, models);
  tcase_add_loop_test(t, defaults_lie_in_their_ranges, 0, models);
  tcase_add_loop_test(t, check_facts_hold, 0, models);
  tcase_add_loop_test(t, it_runs_from_its_own_start, 0, models);
  tcase_add_loop_test(t, test_components_have_names, 0, models);
  tcase_add_loop_test(t, test_dynamics_are_finite, 0, models);
  tcase_add_loop_test(t, test_jvp_is_linear, 0, models);
  tcase_add_loop_test(t, test_jvp_is_the_derivative, 0, models);
  tcase_add_loop_test(t, test_terms_sum_to_the_right_hand_side, 0, models);
  tcase_add_loop_test(t, test_nan_is_never_hidden, 0, models);
  tcase_add_loop_test(t, test_callbacks_stay_within_their_arrays, 0, models);
  suite_add_tcase(s, t);
  return run_suite(s);
}
