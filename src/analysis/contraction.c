// SPDX-License-Identifier: GPL-3.0-or-later
// contraction: whether neighbours approach, how fast, and what of it is proved
#include "analysis/contraction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"

enum { ORBITS = 4, POINTS = 40, STEPS = 400 };
// States: up to SMALL the weights are improved, beyond LARGE few states are looked at, beyond TOO_LARGE none.
enum { SMALL = 20, LARGE = 100, VERY_LARGE = 400, TOO_LARGE = 2000 };
static const double horizon = 40.0; // [model time] within which two copies are followed

typedef struct work {
  fhrl_iss *iss;
  const fhrl_iss_sample *q;
  const fhrl_input *in;
  const fhrl_solver *solver;
  double t_end;
  double *x, *u, *e, *scratch; // owned as x: (n), (n_u), (2 n), (n, n)
  double *J;                   // owned; (states, n, n)
} work;

static int interrupted(const work *w) { return w->iss->watch.stop && *w->iss->watch.stop; }

static fhrl_status jacobian(work *w, double t, const double x[], double J[], fhrl_err *err)
{
  fhrl_system *s = w->iss->view.s;
  fhrl_input_at(w->in, t, w->u);
  s->u = w->u;
  const int bad = fhrl_system_jacobian(s, t, x, w->e, J);
  s->u = w->iss->view.u;
  return bad ? fhrl_fail(err, FHRL_NUMERIC, "no Jacobian at t = %g", t) : FHRL_OK;
}

// Jacobians at `points` times along one orbit.
static fhrl_status along(work *w, fhrl_system *run, int points, fhrl_contraction *c, fhrl_err *err)
{
  const size_t square = (size_t)c->n * c->n;
  fhrl_integrator *it = NULL;
  fhrl_err reason = {FHRL_OK, ""};
  fhrl_status status = fhrl_integrator_create(run, w->in, w->solver, 0.0, w->x, &it, &reason);
  for (int i = 1; i <= points && status == FHRL_OK; i++) {
    if (interrupted(w)) status = fhrl_fail(&reason, FHRL_INTERRUPT, "interrupted among the Jacobians");
    if (status == FHRL_OK) status = fhrl_integrator_advance(it, w->t_end * i / points, &reason);
    if (status == FHRL_OK)
      status = jacobian(w, fhrl_integrator_now(it), fhrl_integrator_state(it), w->J + c->states * square, &reason);
    c->states += status == FHRL_OK;
  }
  fhrl_integrator_destroy(it);
  if (status == FHRL_INTERRUPT || status == FHRL_NOMEM) return fhrl_fail(err, status, "%s", reason.msg);
  return FHRL_OK; // an orbit that ends early is looked at as far as it goes
}

// Largest mu over `states` Jacobians (those of `order`, NULL: all), which of them has it, and the mean.
static fhrl_status worst(work *w, const fhrl_contraction *c, fhrl_lognorm_kind kind, const double weights[],
  const int order[], int states, double *most, double *mean, int *which, fhrl_err *err)
{
  *most = -HUGE_VAL;
  *mean = 0.0;
  for (int k = 0; k < states; k++) {
    const int at = order ? order[k] : k;
    double mu;
    FHRL_TRY(fhrl_lognorm_of(kind, c->n, w->J + (size_t)at * c->n * c->n, weights, w->scratch, &mu, err));
    if (mu > *most) *which = at;
    *most = fmax(*most, mu);
    *mean += mu / states;
  }
  return FHRL_OK;
}

// Coordinate steps in ln w as long as the worst of the states in `order` falls.
static fhrl_status improve(work *w, const fhrl_contraction *c, fhrl_lognorm_kind kind, const int order[], int states,
  double weights[], double *best, fhrl_err *err)
{
  double mean;
  int which;
  FHRL_TRY(worst(w, c, kind, weights, order, states, best, &mean, &which, err));
  for (double step = 0.5; step > 0.05;) {
    int moved = 0;
    for (int i = 0; i < c->n; i++)
      for (int sign = -1; sign <= 1; sign += 2) {
        const double before = weights[i];
        double now;
        weights[i] = before * exp(sign * step);
        FHRL_TRY(worst(w, c, kind, weights, order, states, &now, &mean, &which, err));
        if (now < *best - 1e-6 * fabs(*best)) {
          *best = now;
          moved = 1;
        } else weights[i] = before;
      }
    if (!moved) step *= 0.5;
  }
  return FHRL_OK;
}

// The weights of the cover, or none where they serve no better; where the system is small they are improved on a few states,
// to which the worst of all is added as long as it is none of them.
static fhrl_status weigh(work *w, fhrl_contraction *c, fhrl_lognorm_kind kind, fhrl_err *err)
{
  enum { ACTIVE = 16 };
  fhrl_contraction_norm *m = &c->norm[kind];
  double *weights = c->weights + (size_t)kind * c->n, best;
  int order[ACTIVE], states = 0, which = 0;
  FHRL_TRY(worst(w, c, kind, NULL, NULL, c->states, &m->worst, &m->mean, &which, err));
  order[states++] = which;
  FHRL_TRY(worst(w, c, kind, weights, NULL, c->states, &m->weighted, &m->w_mean, &which, err));
  if (!(m->weighted < m->worst)) {
    for (int i = 0; i < c->n; i++) weights[i] = 1.0;
    m->weighted = m->worst;
    m->w_mean = m->mean;
  }
  while (c->n <= SMALL && states < ACTIVE) {
    FHRL_TRY(improve(w, c, kind, order, states, weights, &best, err));
    FHRL_TRY(worst(w, c, kind, weights, NULL, c->states, &m->weighted, &m->w_mean, &which, err));
    if (m->weighted <= best + 1e-3 * fabs(best)) break;
    order[states++] = which;
  }
  if (m->weighted <= m->worst) return FHRL_OK;
  for (int i = 0; i < c->n; i++) weights[i] = 1.0;
  m->weighted = m->worst;
  m->w_mean = m->mean;
  return FHRL_OK;
}

static fhrl_status jacobians(work *w, fhrl_contraction *c, fhrl_err *err)
{
  const size_t n = (size_t)c->n, square = n * n, n_u = (size_t)w->iss->view.s->dims.n_u;
  const int orbits = c->n > VERY_LARGE ? 1 : ORBITS, points = c->n > VERY_LARGE ? 1 : c->n > LARGE ? 3 : POINTS;
  fhrl_system *run = NULL;
  fhrl_status status = FHRL_OK;
  double root, *cover = NULL;
  c->weights = malloc(FHRL_LOGNORM_KINDS * n * sizeof *c->weights);
  w->x = malloc((square + 3 * n + n_u + 1) * sizeof *w->x);
  w->J = malloc((size_t)orbits * points * square * sizeof *w->J);
  cover = malloc(square * sizeof *cover);
  if (c->weights == NULL || w->x == NULL || w->J == NULL || cover == NULL)
    FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for Jacobians of %d states", c->n));
  w->scratch = w->x + n;
  w->e = w->scratch + square;
  w->u = w->e + 2 * n;
  FHRL_DO(status, fhrl_system_clone(w->iss->view.s, &run, err));
  for (int k = 0; k < orbits; k++) {
    if (k > 0) fhrl_iss_sample_start(w->q, k, w->q->plan->rho_max * (k + 0.5) / orbits, w->x);
    else memcpy(w->x, w->q->base, n * sizeof *w->x);
    FHRL_DO(status, along(w, run, points, c, err));
  }
  if (c->states == 0) goto done;
  for (size_t i = 0; i < square; i++) cover[i] = i % (n + 1) == 0 ? -HUGE_VAL : 0.0;
  for (int k = 0; k < c->states; k++) fhrl_lognorm_cover(c->n, w->J + (size_t)k * square, cover);
  FHRL_DO(status, fhrl_lognorm_weights(c->n, cover, c->weights, &root, err));
  for (int kind = 0; kind < FHRL_LOGNORM_KINDS; kind++) FHRL_DO(status, weigh(w, c, (fhrl_lognorm_kind)kind, err));
done:
  free(cover);
  fhrl_system_destroy(run);
  return status;
}

// ---- two copies

// Slope of ln d against t by least squares over the later half of the points above what the integrator resolves: the
// earlier half is the transient's.
static double slope(const double t[], const double d[], int n, double floor)
{
  double count = 0.0, st = 0.0, sl = 0.0, stt = 0.0, stl = 0.0;
  int end = 0;
  while (end < n && d[end] > floor) end++;
  for (int i = end / 2; i < end; i++) {
    const double l = log(d[i]);
    count += 1.0;
    st += t[i];
    sl += l;
    stt += t[i] * t[i];
    stl += t[i] * l;
  }
  const double spread = count * stt - st * st;
  return count >= 8.0 && spread > 0.0 ? (count * stl - st * sl) / spread : FHRL_NAN;
}

static fhrl_status follow(work *w, int k, fhrl_contraction_pair *p, fhrl_err *err)
{
  const fhrl_iss_view *v = &w->iss->view;
  const size_t n = (size_t)v->s->n;
  double t[STEPS + 1], d[STEPS + 1];
  int count = 0;
  fhrl_err reason = {FHRL_OK, ""};
  fhrl_system *run[2] = {NULL, NULL};
  fhrl_integrator *it[2] = {NULL, NULL};
  fhrl_status status = FHRL_OK;
  *p = (fhrl_contraction_pair){.rate = FHRL_NAN};
  double *x = malloc(n * sizeof *x);
  if (x == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d states", v->s->n);
  for (int i = 0; i < 2; i++) {
    fhrl_iss_sample_start(w->q, 2 * k + i + 100, w->q->plan->rho_max * (i ? 0.75 : 0.25), x);
    FHRL_DO(status, fhrl_system_clone(v->s, &run[i], &reason));
    FHRL_DO(status, fhrl_integrator_create(run[i], w->in, w->solver, 0.0, x, &it[i], &reason));
  }
  for (int j = 0; j <= STEPS; j++) {
    double sum = 0.0;
    if (interrupted(w)) FHRL_DO(status, fhrl_fail(&reason, FHRL_INTERRUPT, "interrupted between two copies"));
    t[j] = w->t_end * j / STEPS;
    for (int i = 0; i < 2; i++) FHRL_DO(status, fhrl_integrator_advance(it[i], t[j], &reason));
    const double *a = fhrl_integrator_state(it[0]), *b = fhrl_integrator_state(it[1]);
    for (size_t m = 0; m < n; m++) sum += (a[m] - b[m]) * (a[m] - b[m]);
    d[j] = sqrt(sum);
    count = j + 1;
  }
done:
  for (int i = 0; i < 2; i++) {
    fhrl_integrator_destroy(it[i]);
    fhrl_system_destroy(run[i]);
  }
  free(x);
  if (count > 0) {
    p->d_0 = d[0];
    p->d_end = d[count - 1];
    p->t_end = t[count - 1];
    p->rate = -slope(t, d, count, 1e3 * (w->solver->rtol + w->solver->atol));
  }
  if (status == FHRL_INTERRUPT || status == FHRL_NOMEM) return fhrl_fail(err, status, "%s", reason.msg);
  return FHRL_OK; // a copy that stops early is followed as far as it went
}

fhrl_status fhrl_contraction_find(fhrl_iss *iss, const fhrl_iss_sample *q, const fhrl_input *in,
  const fhrl_solver *solver, int pairs, fhrl_contraction *out, fhrl_err *err)
{
  fhrl_contraction c = {.n = iss->view.s->n, .rate_least = FHRL_NAN, .rate_most = FHRL_NAN};
  work w = {
    .iss = iss, .q = q, .in = in, .solver = solver, .t_end = fmin(fmin(horizon, solver->t_end), fhrl_input_end(in))};
  fhrl_status status = FHRL_OK;
  *out = c;
  if (pairs < 1) return FHRL_OK;
  if (c.n > LARGE) pairs = 1;
  if (c.n <= TOO_LARGE) FHRL_DO(status, jacobians(&w, &c, err));
  for (; c.pairs < pairs && c.pairs < FHRL_CONTRACTION_PAIRS; c.pairs++) {
    FHRL_DO(status, follow(&w, c.pairs, &c.pair[c.pairs], err));
    c.rate_least = fmin(c.rate_least, c.pair[c.pairs].rate); // fmin leaves a NaN out
    c.rate_most = fmax(c.rate_most, c.pair[c.pairs].rate);
  }
  FHRL_DO(status, fhrl_contraction_proof_find(iss, q->plan, in, &c.proof, err));
done:
  free(w.x);
  free(w.J);
  if (status == FHRL_OK) *out = c;
  else fhrl_contraction_free(&c);
  return status;
}

void fhrl_contraction_free(fhrl_contraction *c)
{
  free(c->weights);
  *c = (fhrl_contraction){0};
}
