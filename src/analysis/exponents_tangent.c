// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_tangent: an orbit with k tangent vectors beside it, of a flow or of a map
#include "analysis/exponents_tangent.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/exponents_salt.h"
#include "base/dense.h"

enum { SINGULAR_STATES = 2000 }; // up to which ln |det J| of a map is formed

static const double dependent = 1e-13; // of a vector's length: what projection leaves of one that is a combination of others

// The extended system (1). The integrator sees a fhrl_system like any other.
typedef struct extended {
  fhrl_system s; // first: the handle that callers hold
  fhrl_model model;
  fhrl_field block[FHRL_BLOCK_MAX];
  fhrl_event event[FHRL_EVENT_MAX];
  fhrl_system *base; // borrowed
  int k, traced;
  double *unit, *column; // borrowed: (n) each
} extended;

struct fhrl_exponents_tangent {
  fhrl_system *s;       // borrowed
  const fhrl_input *in; // borrowed
  int n, k, traced;
  long size;              // n + k n + traced
  double *block;          // owned: the arrays below
  double *x;              // (size): state, vectors, q
  double *next;           // (size): of a map
  double *u, *scratch;    // (n_u), (6 n)
  double *J;              // owned: (n, n) and singular values (n), of a map that is traced
  const double *u_before; // what s->u was
  extended ext;
  fhrl_integrator *it; // owned; NULL: a map
  double now;
  long max_steps, saltations;
  fhrl_counters counters; // of a map
};

// ---- the extended system

static int evaluate(const extended *e, double t, const double x[], const double v[], double dx[], double dv[])
{
  const fhrl_model *m = e->base->model;
  const int n = e->base->n;
  e->base->u = e->s.u;
  if (dx) {
    const int failed = m->rhs(e->base, t, x, dx);
    if (failed) return failed;
  }
  for (int i = 0; i < e->k; i++) {
    const int failed = m->jvp(e->base, t, x, v + (size_t)i * n, dv + (size_t)i * n);
    if (failed) return failed;
  }
  return 0;
}

// tr J from n products
static int divergence(const extended *e, double t, const double x[], double *trace)
{
  const int n = e->base->n;
  double sum = 0.0;
  memset(e->unit, 0, (size_t)n * sizeof *e->unit);
  for (int j = 0; j < n; j++) {
    e->unit[j] = 1.0;
    const int failed = e->base->model->jvp(e->base, t, x, e->unit, e->column);
    if (failed) return failed;
    sum += e->column[j];
    e->unit[j] = 0.0;
  }
  *trace = sum;
  return 0;
}

static int extended_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  const extended *e = (const extended *)s;
  const int n = e->base->n;
  const int failed = evaluate(e, t, x, x + n, dx, dx + n);
  if (failed || !e->traced) return failed;
  return divergence(e, t, x, &dx[s->n - 1]);
}

// What the implicit methods iterate with: J of the base on every block.
static int extended_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const extended *e = (const extended *)s;
  const int n = e->base->n;
  e->base->u = e->s.u;
  const int failed = e->base->model->jvp(e->base, t, x, v, Jv);
  if (failed) return failed;
  if (e->traced) Jv[s->n - 1] = 0.0;
  return evaluate(e, t, x, v + n, NULL, Jv + n);
}

static int extended_split(const fhrl_system *s, int term, double t, const double x[], double dx[])
{
  const extended *e = (const extended *)s;
  memset(dx, 0, (size_t)s->n * sizeof *dx);
  e->base->u = e->s.u;
  return e->base->model->split(e->base, term, t, x, dx);
}

static int extended_events(const fhrl_system *s, double t, const double x[], double g[])
{
  const extended *e = (const extended *)s;
  e->base->u = e->s.u;
  return e->base->model->events(e->base, t, x, g);
}

static fhrl_status extend(fhrl_exponents_tangent *tg, fhrl_err *err)
{
  static const fhrl_field tangent = {"tangent", 0.0, "1", "tangent vectors"}, trace = {"trace", 0.0, "1", "integral of tr J"};
  extended *e = &tg->ext;
  const fhrl_model *m = tg->s->model;
  int blocks = m->n_state;
  if (blocks + 2 > FHRL_BLOCK_MAX)
    return fhrl_fail(err, FHRL_ARG, "%s has %d blocks of states, more than %d", m->name, blocks, FHRL_BLOCK_MAX - 2);
  e->s = *tg->s; // parameters, matrices, inputs, events are the base's
  e->base = tg->s;
  e->k = tg->k;
  e->traced = tg->traced;
  e->unit = tg->scratch;
  e->column = tg->scratch + tg->n;
  memcpy(e->block, m->state, (size_t)blocks * sizeof *e->block);
  if (tg->k > 0) {
    e->s.dims.state[blocks] = (fhrl_shape){tg->k, tg->n};
    e->block[blocks++] = tangent;
  }
  if (tg->traced) {
    e->s.dims.state[blocks] = (fhrl_shape){1, 1};
    e->block[blocks++] = trace;
  }
  // every event is looked at: whether the right-hand side jumps there
  for (int i = 0; i < m->n_event; i++) {
    e->event[i] = m->event[i];
    e->event[i].terminal = 1;
  }
  e->model = (fhrl_model){.name = m->name, .summary = m->summary, .reference = m->reference, .time_unit = m->time_unit,
    .state = e->block, .n_state = blocks, .param = m->param, .n_param = m->n_param, .matrix = m->matrix, .n_matrix = m->n_matrix,
    .term = m->term, .n_term = m->n_term, .event = e->event, .n_event = m->n_event, .rhs = extended_rhs, .jvp = extended_jvp,
    .split = m->split ? extended_split : NULL, .events = m->events ? extended_events : NULL};
  e->s.model = &e->model;
  e->s.n = (int)tg->size;
  return FHRL_OK;
}

// ---- making and destroying

static fhrl_status allocate(fhrl_exponents_tangent *tg, fhrl_err *err)
{
  const size_t size = (size_t)tg->size, n = (size_t)tg->n, n_u = (size_t)tg->s->dims.n_u;
  tg->block = calloc(2 * size + 6 * n + n_u, sizeof *tg->block);
  if (tg->traced && tg->s->model->rhs == NULL) tg->J = malloc((n * n + n) * sizeof *tg->J);
  if (tg->block == NULL || (tg->traced && tg->s->model->rhs == NULL && tg->J == NULL))
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %d tangents of %d states", tg->k, tg->n);
  tg->x = tg->block;
  tg->next = tg->x + size;
  tg->scratch = tg->next + size;
  tg->u = tg->scratch + 6 * n;
  return FHRL_OK;
}

static fhrl_status check(const fhrl_system *s, const fhrl_input *in, int k, int traced, fhrl_err *err)
{
  const fhrl_model *m = s->model;
  if (m->jvp == NULL) return fhrl_fail(err, FHRL_ARG, "%s has no Jacobian (jvp), which tangents need", m->name);
  if (k < 0 || k > s->n) return fhrl_fail(err, FHRL_ARG, "%d tangents: %s has %d states", k, m->name, s->n);
  if (in && in->n_u != s->dims.n_u)
    return fhrl_fail(err, FHRL_ARG, "%s takes %d inputs, not %d", m->name, s->dims.n_u, in->n_u);
  if (traced && m->rhs == NULL && s->n > SINGULAR_STATES)
    return fhrl_fail(err, FHRL_ARG, "ln |det J| of %d states is too large a matrix: at most %d", s->n, SINGULAR_STATES);
  if ((1.0 + k) * s->n + 1.0 > 2e9)
    return fhrl_fail(err, FHRL_ARG, "%d tangents of %d states are too many", k, s->n);
  return FHRL_OK;
}

fhrl_status fhrl_exponents_tangent_create(fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver, int k, int traced,
  double t0, const double x0[], const double v[], fhrl_exponents_tangent **out, fhrl_err *err)
{
  FHRL_TRY(check(s, in, k, traced, err));
  fhrl_status status = FHRL_OK;
  fhrl_exponents_tangent *tg = calloc(1, sizeof *tg);
  if (tg == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for tangents");
  tg->s = s;
  tg->in = in;
  tg->u_before = s->u;
  tg->n = s->n;
  tg->k = k;
  tg->traced = traced;
  tg->size = (long)s->n * (k + 1) + traced;
  tg->now = t0;
  tg->max_steps = solver->max_steps;
  FHRL_DO(status, allocate(tg, err));
  memcpy(tg->x, x0, (size_t)tg->n * sizeof *x0);
  if (v) memcpy(tg->x + tg->n, v, (size_t)k * (size_t)tg->n * sizeof *v);
  if (s->model->rhs) {
    FHRL_DO(status, extend(tg, err));
    FHRL_DO(status, fhrl_integrator_create(&tg->ext.s, in, solver, t0, tg->x, &tg->it, err));
  }
  *out = tg;
  return FHRL_OK;
done:
  fhrl_exponents_tangent_destroy(tg);
  return status;
}

void fhrl_exponents_tangent_destroy(fhrl_exponents_tangent *tg)
{
  if (tg == NULL) return;
  fhrl_integrator_destroy(tg->it);
  tg->s->u = tg->u_before;
  free(tg->J);
  free(tg->block);
  free(tg);
}

// ---- maps

static fhrl_status not_finite(const fhrl_exponents_tangent *tg, long i, fhrl_err *err)
{
  char name[64];
  const fhrl_model *m = tg->s->model;
  if (i >= tg->n)
    return fhrl_fail(err, FHRL_NUMERIC, "the Jacobian of %s is not finite at t = %.0f", m->name, tg->now);
  fhrl_system_component(tg->s, (int)i, name, sizeof name);
  return fhrl_fail(err, FHRL_NUMERIC, "%s of %s is %g after the step from t = %.0f, where it was %.9g", name, m->name, tg->next[i],
    tg->now, tg->x[i]);
}

// ln |det J| = sum of the logarithms of J's singular values
static fhrl_status log_determinant(fhrl_exponents_tangent *tg, double *out, fhrl_err *err)
{
  const int n = tg->n;
  double *sigma = tg->J + (size_t)n * n, sum = 0.0;
  if (fhrl_system_jacobian(tg->s, tg->now, tg->x, tg->scratch, tg->J) != 0)
    return fhrl_fail(err, FHRL_NUMERIC, "the Jacobian of %s cannot be evaluated at t = %.0f", tg->s->model->name, tg->now);
  FHRL_TRY(fhrl_dense_singular(n, n, tg->J, sigma, NULL, err));
  for (int i = 0; i < n; i++) sum += log(sigma[i] > DBL_EPSILON * n * sigma[0] ? sigma[i] : 0.0);
  *out = sum;
  return FHRL_OK;
}

static fhrl_status step(fhrl_exponents_tangent *tg, fhrl_err *err)
{
  fhrl_system *s = tg->s;
  const fhrl_model *m = s->model;
  const int n = tg->n;
  if (tg->counters.steps >= tg->max_steps)
    return fhrl_fail(err, FHRL_LIMIT, "max_steps = %ld are used up at t = %.0f", tg->max_steps, tg->now);
  if (tg->in) {
    fhrl_input_at(tg->in, tg->now, tg->u);
    s->u = tg->u;
  }
  double determinant = 0.0;
  if (tg->traced) FHRL_TRY(log_determinant(tg, &determinant, err));
  int failed = m->step(s, tg->now, tg->x, tg->next);
  for (int i = 1; i <= tg->k && !failed; i++)
    failed = m->jvp(s, tg->now, tg->x, tg->x + (size_t)i * n, tg->next + (size_t)i * n);
  if (failed)
    return fhrl_fail(err, FHRL_NUMERIC, "%s cannot be stepped from t = %.0f (code %d)", m->name, tg->now, failed);
  for (long i = 0; i < (long)n * (tg->k + 1); i++)
    if (!isfinite(tg->next[i])) return not_finite(tg, i, err);
  if (tg->traced) tg->next[tg->size - 1] = tg->x[tg->size - 1] + determinant;
  double *old = tg->x;
  tg->x = tg->next;
  tg->next = old;
  tg->now += 1.0;
  tg->counters.steps++;
  tg->counters.rhs_evals++;
  tg->counters.jvp_evals += tg->k;
  return FHRL_OK;
}

// ---- going on

// The orbit stands just past an event: tangents and q pass it.
static fhrl_status pass_event(fhrl_exponents_tangent *tg, int *over, fhrl_err *err)
{
  long count;
  const double t = fhrl_integrator_now(tg->it);
  const fhrl_happening *all = fhrl_integrator_events(tg->it, &count);
  int first = -1;
  *over = 0;
  for (long i = count - 1; i >= 0 && all[i].t == t; i--) { // those of this moment
    if (all[i].event >= tg->s->model->n_event) continue;   // none of the model's
    int function = all[i].index;
    for (int j = 0; j < all[i].event; j++) function += tg->s->dims.event[j];
    first = function;
    *over |= tg->s->model->event[all[i].event].terminal;
  }
  if (*over || tg->k + tg->traced == 0 || first < 0) return FHRL_OK;
  memcpy(tg->x, fhrl_integrator_state(tg->it), (size_t)tg->size * sizeof *tg->x);
  int salted = 0;
  const fhrl_exponents_salt_problem problem = {.s = tg->s, .u = tg->ext.s.u, .t = t, .function = first, .k = tg->k};
  FHRL_TRY(fhrl_exponents_salt_apply(&problem, tg->x, tg->traced ? tg->x + tg->size - 1 : NULL, &salted, err));
  if (!salted) return FHRL_OK;
  tg->saltations++;
  return fhrl_integrator_restart(tg->it, tg->x, err);
}

static fhrl_status integrate(fhrl_exponents_tangent *tg, double t, fhrl_err *err)
{
  fhrl_err reason = {FHRL_OK, ""};
  fhrl_status status = FHRL_OK;
  while (fhrl_integrator_now(tg->it) < t && status == FHRL_OK) {
    int over = 0;
    status = fhrl_integrator_advance(tg->it, t, &reason);
    if (status == FHRL_EVENT) {
      status = pass_event(tg, &over, &reason);
      if (status == FHRL_OK && over) status = FHRL_EVENT;
    }
  }
  tg->now = fhrl_integrator_now(tg->it);
  memcpy(tg->x, fhrl_integrator_state(tg->it), (size_t)tg->size * sizeof *tg->x);
  return status == FHRL_OK ? FHRL_OK : fhrl_fail(err, status, "%s", reason.msg);
}

fhrl_status fhrl_exponents_tangent_advance(fhrl_exponents_tangent *tg, double t, fhrl_err *err)
{
  if (tg->it) return integrate(tg, t, err);
  while (tg->now < t) FHRL_TRY(step(tg, err));
  return FHRL_OK;
}

void fhrl_exponents_tangent_gram_schmidt(int k, int n, double v[], double growth[])
{
  assert(k <= n);
  for (int i = 0; i < k; i++) {
    double *row = v + (size_t)i * n;
    int fresh = 0; // 1: the row has been replaced, by unit vectors in turn until one has a part of its own
    for (int next = 0;; next++) {
      const double before = fhrl_norm(n, row);
      for (int pass = 0; pass < 2; pass++) // twice is enough for orthogonality to rounding
        for (int j = 0; j < i; j++) {
          const double *q = v + (size_t)j * n, along = fhrl_dot(n, q, row);
          for (int l = 0; l < n; l++) row[l] -= along * q[l];
        }
      const double after = fhrl_norm(n, row);
      if (after > (fresh ? 1e-3 / sqrt(n) : dependent * before)) {
        growth[i] = fresh ? -HUGE_VAL : log(after);
        for (int l = 0; l < n; l++) row[l] /= after;
        break;
      }
      fresh = 1;
      memset(row, 0, (size_t)n * sizeof *row);
      row[next % n] = 1.0;
    }
  }
}

fhrl_status fhrl_exponents_tangent_orthonormalize(fhrl_exponents_tangent *tg, double growth[], fhrl_err *err)
{
  if (tg->k == 0) return FHRL_OK;
  fhrl_exponents_tangent_gram_schmidt(tg->k, tg->n, tg->x + tg->n, growth);
  return tg->it ? fhrl_integrator_restart(tg->it, tg->x, err) : FHRL_OK;
}

// ---- looking

double fhrl_exponents_tangent_now(const fhrl_exponents_tangent *tg) { return tg->now; }

const double *fhrl_exponents_tangent_state(const fhrl_exponents_tangent *tg) { return tg->x; }

const double *fhrl_exponents_tangent_vectors(const fhrl_exponents_tangent *tg) { return tg->x + tg->n; }

double fhrl_exponents_tangent_trace(const fhrl_exponents_tangent *tg)
{
  return tg->traced ? tg->x[tg->size - 1] : (double)NAN;
}

long fhrl_exponents_tangent_saltations(const fhrl_exponents_tangent *tg) { return tg->saltations; }

void fhrl_exponents_tangent_counters(const fhrl_exponents_tangent *tg, fhrl_counters *out)
{
  *out = tg->counters;
  if (tg->it == NULL) return;
  fhrl_integrator_counters(tg->it, out);
  out->jvp_evals += out->rhs_evals * (tg->k + (tg->traced ? tg->n : 0)); // every evaluation of (1) takes so many
}

const char *fhrl_exponents_tangent_method(const fhrl_exponents_tangent *tg)
{
  return tg->it ? fhrl_integrator_method(tg->it, NULL) : "map";
}
