// SPDX-License-Identifier: GPL-3.0-or-later
// contract_field: what a model's callbacks promise at one parameter set and one state
#include "ode/contract_field.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "ode/difference.h"

enum { GUARD = 16, ARRAYS = 8 };
static const double word = -8.5316e-77; // no result of any formula
static const double when = 0.25;

static int events_of(const fhrl_system *s)
{
  int count = 0;
  for (int i = 0; i < s->model->n_event; i++) count += s->dims.event[i];
  return count;
}

size_t fhrl_contract_field_room(const fhrl_system *s)
{
  const size_t wide = (size_t)s->n + (size_t)s->model->n_obs + (size_t)events_of(s);
  return ARRAYS * (wide + 2 * GUARD) + (size_t)s->dims.n_work + 2 * GUARD;
}

// The dynamics: rhs of a flow, step of a map.
static int dynamics(const fhrl_contract_case *c, const double x[], double out[])
{
  return (c->model->rhs ? c->model->rhs : c->model->step)(c->s, when, x, out);
}

static fhrl_status refused(const char *what, int code, fhrl_err *err)
{
  return fhrl_fail(err, FHRL_NUMERIC, "%s returns %d", what, code);
}

// what[i] for component i of the state
static fhrl_status finite(const fhrl_contract_case *c, const char *what, int n, const double a[], fhrl_err *err)
{
  char name[64];
  for (int i = 0; i < n; i++) {
    if (isfinite(a[i])) continue;
    if (n == c->s->n) fhrl_system_component(c->s, i, name, sizeof name);
    else snprintf(name, sizeof name, "entry %d", i);
    return fhrl_fail(err, FHRL_NUMERIC, "%s: %s is %g", what, name, isnan(a[i]) ? fabs(a[i]) : a[i]); // no "-nan"
  }
  return FHRL_OK;
}

static fhrl_status near(const fhrl_contract_case *c, const char *what, const double got[], const double want[], double bound,
  fhrl_err *err)
{
  char name[64];
  for (int i = 0; i < c->s->n; i++) {
    if (fabs(got[i] - want[i]) <= bound) continue; // a NaN is not
    fhrl_system_component(c->s, i, name, sizeof name);
    return fhrl_fail(err, FHRL_NUMERIC, "%s, component %s: %.12g instead of %.12g, differs by %.2g > %.2g", what, name, got[i],
      want[i], fabs(got[i] - want[i]), bound);
  }
  return FHRL_OK;
}

static void draw(uint32_t seed, int n, double v[]) { fhrl_random_normal((fhrl_random){.seed = seed}, 0, (size_t)n, v); }

fhrl_status fhrl_contract_field_finite(const fhrl_contract_case *c, fhrl_err *err)
{
  const fhrl_model *m = c->model;
  const int n = c->s->n;
  double *dx = c->room, *again = dx + n, *obs = again + n, *g = obs + m->n_obs;
  const char *name = m->rhs ? "rhs" : "step";
  for (int i = 0; i < n; i++) again[i] = word; // what it leaves must not depend on what was there
  int code = dynamics(c, c->x, dx);
  if (code == 0) code = dynamics(c, c->x, again);
  if (code != 0) return refused(name, code, err);
  FHRL_TRY(finite(c, name, n, dx, err));
  if (memcmp(dx, again, (size_t)n * sizeof *dx) != 0)
    return fhrl_fail(err, FHRL_NUMERIC, "%s gives something else when asked again: does it keep or leave something?", name);
  if (m->observe) {
    if ((code = m->observe(c->s, when, c->x, obs)) != 0) return refused("observe", code, err);
    for (int i = 0; i < m->n_obs; i++)
      if (!isfinite(obs[i])) return fhrl_fail(err, FHRL_NUMERIC, "the observable %s is %g", m->obs[i].name, obs[i]);
  }
  if (m->events) {
    if ((code = m->events(c->s, when, c->x, g)) != 0) return refused("events", code, err);
    FHRL_TRY(finite(c, "events", events_of(c->s), g, err));
  }
  return FHRL_OK;
}

fhrl_status fhrl_contract_field_linear(const fhrl_contract_case *c, fhrl_err *err)
{
  const int n = c->s->n;
  const double a = 1.75, b = -0.6;
  double *v = c->room, *w = v + n, *sum = w + n, *Jv = sum + n, *Jw = Jv + n, *Js = Jw + n;
  draw(3, n, v);
  draw(4, n, w);
  for (int i = 0; i < n; i++) sum[i] = a * v[i] + b * w[i];
  int code = c->model->jvp(c->s, when, c->x, v, Jv);
  if (code == 0) code = c->model->jvp(c->s, when, c->x, w, Jw);
  if (code == 0) code = c->model->jvp(c->s, when, c->x, sum, Js);
  if (code != 0) return refused("jvp", code, err);
  // rounding alone: some n terms of the size of the products
  const double bound = 1e-13 * (1.0 + n) * (fhrl_norm_max(n, Jv) + fhrl_norm_max(n, Jw));
  for (int i = 0; i < n; i++) Jv[i] = a * Jv[i] + b * Jw[i];
  return near(c, "J(av + bw)", Js, Jv, bound, err);
}

fhrl_status fhrl_contract_field_derivative(const fhrl_contract_case *c, fhrl_err *err)
{
  const int n = c->s->n;
  double *v = c->room, *Jv = v + n, *forward = Jv + n, *back = forward + n, *at = back + n;
  draw(5, n, v);
  for (int i = 0; i < n; i++) v[i] *= 0.1 + fabs(c->x[i]); // components of different size move alike
  int code = c->model->jvp(c->s, when, c->x, v, Jv);
  if (code != 0) return refused("jvp", code, err);
  // the error of a central difference, h^2 f''' / 6 + 1e-16 f / h, is least, some 1e-11 f, near h = 1e-5
  const double h = 1e-5;
  for (int i = 0; i < n; i++) at[i] = c->x[i] + h * v[i];
  code = dynamics(c, at, forward);
  for (int i = 0; i < n; i++) at[i] = c->x[i] - h * v[i];
  if (code == 0) code = dynamics(c, at, back);
  if (code != 0) return refused(c->model->rhs ? "rhs" : "step", code, err);
  const double bound = 1e-8 * (fhrl_norm_max(n, forward) + fhrl_norm_max(n, Jv) + fhrl_norm_max(n, c->x));
  for (int i = 0; i < n; i++) forward[i] = (forward[i] - back[i]) / (2.0 * h);
  return near(c, "J v against differences", Jv, forward, bound, err);
}

fhrl_status fhrl_contract_field_terms(const fhrl_contract_case *c, fhrl_err *err)
{
  const fhrl_model *m = c->model;
  const int n = c->s->n;
  double *dx = c->room, *sum = dx + n, *part = sum + n, scale = 0.0;
  int code = dynamics(c, c->x, dx);
  if (code != 0) return refused("rhs", code, err);
  for (int i = 0; i < n; i++) sum[i] = 0.0;
  for (int k = 0; k < m->n_term; k++) {
    for (int i = 0; i < n; i++) part[i] = 1e300; // a term writes all components, also those it does not touch
    if ((code = m->split(c->s, k, when, c->x, part)) != 0) return refused(m->term[k].name, code, err);
    FHRL_TRY(finite(c, m->term[k].name, n, part, err));
    scale += fhrl_norm_max(n, part);
    for (int i = 0; i < n; i++) sum[i] += part[i];
  }
  return near(c, "the sum of the terms against rhs", sum, dx, 1e-14 * (1.0 + m->n_term) * scale, err);
}

fhrl_status fhrl_contract_field_nan(const fhrl_contract_case *c, fhrl_err *err)
{
  const fhrl_model *m = c->model;
  const int n = c->s->n;
  double *bad = c->room, *e = bad + n, *dx = e + n, *obs = dx + n, *g = obs + m->n_obs;
  char name[64];
  for (int i = 0; i < n; i++) e[i] = 0.0;
  for (int k = 0; k < n; k++) { // a component that matters, by its column of the Jacobian, shows that it is NaN
    e[k] = 1.0;
    const int code = c->s->model->jvp(c->s, when, c->x, e, dx);
    if (code != 0) return refused("jvp", code, err);
    e[k] = 0.0;
    const int matters = fhrl_norm_max(n, dx) > 0.0;
    memcpy(bad, c->x, (size_t)n * sizeof *bad);
    bad[k] = (double)NAN;
    int seen = dynamics(c, bad, dx) != 0;
    for (int i = 0; i < n; i++) seen |= !isfinite(dx[i]);
    fhrl_system_component(c->s, k, name, sizeof name);
    if (matters && !seen) return fhrl_fail(err, FHRL_NUMERIC, "%s = NaN gives finite rates", name);
    bad[k] = HUGE_VAL; // may well be finite, as tanh(inf) is, but must not crash
    dynamics(c, bad, dx);
  }
  for (int i = 0; i < n; i++) bad[i] = (double)NAN;
  if (m->observe) m->observe(c->s, when, bad, obs);
  if (m->events) m->events(c->s, when, bad, g);
  c->s->model->jvp(c->s, when, bad, bad, dx);
  return FHRL_OK;
}

// ---- memory

typedef struct guarded {
  const char *what;
  int n;
  double *a; // (n) between guard words
} guarded;

// The next array of n from *next, all words.
static guarded guard(const char *what, int n, double **next)
{
  for (int i = 0; i < n + 2 * GUARD; i++) (*next)[i] = word;
  const guarded g = {what, n, *next + GUARD};
  *next += n + 2 * GUARD;
  return g;
}

static fhrl_status intact(const guarded *g, fhrl_err *err)
{
  for (int i = -GUARD; i < g->n + GUARD; i = i == -1 ? g->n : i + 1)
    if (g->a[i] != word)
      return fhrl_fail(err, FHRL_NUMERIC, "a callback writes entry %d of %s, which has %d", i, g->what, g->n);
  return FHRL_OK;
}

static fhrl_status written(const char *by, const guarded *g, fhrl_err *err)
{
  for (int i = 0; i < g->n; i++)
    if (g->a[i] == word) return fhrl_fail(err, FHRL_NUMERIC, "%s does not write entry %d of %d", by, i, g->n);
  return FHRL_OK;
}

static void wipe(guarded *g)
{
  for (int i = 0; i < g->n; i++) g->a[i] = word;
}

// Every callback into arrays of exactly its size.
static fhrl_status call_all(const fhrl_contract_case *c, guarded *out, guarded *obs, guarded *g, const double state[],
  const double v[], fhrl_err *err)
{
  const fhrl_model *m = c->model;
  fhrl_system *s = c->s;
  int code = dynamics(c, state, out->a);
  if (code != 0) return refused(m->rhs ? "rhs" : "step", code, err);
  FHRL_TRY(written(m->rhs ? "rhs" : "step", out, err));
  if (m->rhs && m->step && (code = m->step(s, when, state, out->a)) != 0) return refused("step", code, err);
  if (m->jvp) {
    wipe(out);
    if ((code = m->jvp(s, when, state, v, out->a)) != 0) return refused("jvp", code, err);
    FHRL_TRY(written("jvp", out, err));
  }
  for (int k = 0; k < m->n_term; k++)
    if ((code = m->split(s, k, when, state, out->a)) != 0) return refused(m->term[k].name, code, err);
  if (m->observe && (code = m->observe(s, when, state, obs->a)) != 0) return refused("observe", code, err);
  FHRL_TRY(written("observe", obs, err));
  if (m->events && (code = m->events(s, when, state, g->a)) != 0) return refused("events", code, err);
  FHRL_TRY(written("events", g, err));
  if (m->start == NULL) return FHRL_OK;
  wipe(out);
  m->start(s, v, out->a);
  return written("start", out, err);
}

fhrl_status fhrl_contract_field_arrays(const fhrl_contract_case *c, fhrl_err *err)
{
  fhrl_system *s = c->s;
  const int n = s->n;
  double *next = c->room, *before = s->work;
  guarded all[] = {guard("s->work", s->dims.n_work, &next), guard("its result", n, &next),
    guard("the observables", c->model->n_obs, &next), guard("the functions of events", events_of(s), &next),
    guard("the state", n, &next), guard("the tangent", n, &next)};
  memcpy(all[4].a, c->x, (size_t)n * sizeof *c->x);
  memcpy(all[5].a, c->x, (size_t)n * sizeof *c->x);
  for (int i = 0; i < s->dims.n_work; i++) all[0].a[i] = 0.0; // as fhrl_system_bind hands it out
  s->work = all[0].a;
  const fhrl_status status = call_all(c, &all[1], &all[2], &all[3], all[4].a, all[5].a, err);
  s->work = before;
  for (int i = 0; i < FHRL_COUNT(all); i++) FHRL_TRY(intact(&all[i], err)); // explains the rest, so it goes first
  FHRL_TRY(status);
  for (int i = 4; i < 6; i++) // what is to be read only stays as it is
    if (memcmp(all[i].a, c->x, (size_t)n * sizeof *c->x) != 0)
      return fhrl_fail(err, FHRL_NUMERIC, "a callback writes to %s, which is to be read", all[i].what);
  return FHRL_OK;
}

// ---- facts

fhrl_status fhrl_contract_field_divergence(const fhrl_contract_case *c, fhrl_err *err)
{
  const int n = c->s->n;
  double *e = c->room, *column = e + n, trace = 0.0, size = 0.0;
  int wanted = 0;
  for (int k = 0; k < c->model->n_check; k++) wanted |= c->model->check[k].kind == FHRL_CHECK_DIVERGENCE;
  for (int i = 0; i < n; i++) e[i] = 0.0;
  for (int j = 0; wanted && j < n; j++) {
    e[j] = 1.0;
    const int code = c->s->model->jvp(c->s, when, c->x, e, column);
    if (code != 0) return refused("jvp", code, err);
    e[j] = 0.0;
    trace += column[j];
    size += fhrl_norm_max(n, column) * fmax(1.0, fabs(c->x[j]));
  }
  const double blur = fhrl_difference_used(c->model) ? 1e-8 * size : 0.0; // what differences cannot tell
  for (int k = 0; k < c->model->n_check; k++) {
    const fhrl_check *f = &c->model->check[k];
    if (f->kind == FHRL_CHECK_DIVERGENCE && !(fabs(trace - f->value) <= f->tol + blur))
      return fhrl_fail(err, FHRL_NUMERIC, "the divergence is %.12g instead of %.12g, but: %s", trace, f->value, f->why);
  }
  return FHRL_OK;
}

fhrl_status fhrl_contract_field_equilibrium(const fhrl_contract_case *c, fhrl_err *err)
{
  const int n = c->s->n;
  double *x = c->room, *dx = x + n;
  char name[64];
  for (int k = 0; k < c->model->n_check; k++) {
    const fhrl_check *f = &c->model->check[k];
    if (f->kind != FHRL_CHECK_EQUILIBRIUM) continue;
    for (int i = 0; i < n; i++) x[i] = i < FHRL_CHECK_MAX ? f->x[i] : 0.0;
    const int code = dynamics(c, x, dx);
    if (code != 0) return refused(c->model->rhs ? "rhs" : "step", code, err);
    for (int i = 0; i < n; i++) {
      const double rest = c->model->rhs ? dx[i] : dx[i] - x[i];
      fhrl_system_component(c->s, i, name, sizeof name);
      if (!(fabs(rest) <= f->tol))
        return fhrl_fail(err, FHRL_NUMERIC, "component %s moves by %.3g > %.2g, but: %s", name, rest, f->tol, f->why);
    }
  }
  return FHRL_OK;
}
