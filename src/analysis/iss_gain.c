// SPDX-License-Identifier: GPL-3.0-or-later
// iss_gain: the input-to-state gain: the radius in the end against sup |u|, measured beside certified
#include "analysis/iss_gain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/branch.h"
#include "analysis/iss_reduced.h"
#include "analysis/metrics.h"
#include "base/random.h"
#include "io/table.h"

enum { DIRECTIONS = 6, TURNING_MOST = 64, SCAN = 2000, ROUNDS = 30, GAIN_LAYER = 5 };
static const double horizon = 40.0; // [model time] of an orbit: relaxation takes 1/lambda, a few units
static const double inflation = 1.0 + 1e-9;

// ---- certified

typedef struct fall {
  const fhrl_iss_frame *f;
  double A, u;
} fall;

// rho minus all that can hold it up: positive where rho falls.
static arb_srcptr fall_margin(const void *context, fhrl_reckon *r, const arb_struct x[])
{
  const fall *w = context;
  arb_srcptr drive = fhrl_iss_reduced_drive(w->f, r, &x[0], exactly(r, w->A), exactly(r, w->u));
  if (w->f->v->home == FHRL_ISS_HOME_GAIN || w->f->v->home == FHRL_ISS_HOME_NONE)
    return minus(r, minus(r, &x[0], fhrl_iss_reduced_home(w->f, r, &x[0])), drive);
  // radial, reentry: rho - kappa_rho (1 - rho) q, the two terms in rho together: (1 + q kappa_rho) rho - q kappa_rho
  arb_srcptr kappa = fhrl_iss_reduced_kappa(w->f->v, r, &x[0]);
  arb_srcptr q = w->f->v->home == FHRL_ISS_HOME_RADIAL ? exactly(r, 1.0) : between(r, w->f->k->mu, w->f->k->mu_high);
  arb_srcptr pull = product(r, product(r, q, kappa), minus(r, &x[0], exactly(r, 1.0)));
  return minus(r, plus(r, &x[0], pull), drive);
}

static double fall_at(const fall *w, double rho)
{
  fhrl_reckon r;
  fhrl_reckon_init(&r);
  arb_srcptr x = exactly(&r, rho);
  const double margin = fhrl_ball_low(fall_margin(w, &r, x));
  fhrl_reckon_free(&r);
  return margin;
}

// A radius that bounds every orbit in the end; NaN and a reason if there is none.
static double from_all_starts(const fhrl_iss_frame *f, double u, char reason[])
{
  const fhrl_iss_view *v = f->v;
  const fhrl_iss_constants *k = f->k;
  const int bounded = !isnan(k->drive_sup), fast = v->drive == FHRL_ISS_DRIVE_FASTWEIGHT;
  // |yhat'f| <= slope rho + offset
  const double slope = fast ? k->A_bar * fabs(v->gamma) * k->WvWr : 0.0,
               offset = fast ? k->A_bar * k->WvB * u : k->drive_sup;
  double rate = 1.0, rest = 0.0;
  if ((fast && !isfinite(k->A_bar)) || (!fast && !bounded)) {
    snprintf(reason, FHRL_ISS_REASON, "the drive has no bound: %s",
      k->sector_reason ? k->sector_reason : "its sector is not known");
    return FHRL_NAN;
  }
  if (v->home == FHRL_ISS_HOME_GAIN && v->beta > 1.0) {
    snprintf(reason, FHRL_ISS_REASON, "beta = %.6g > 1: the gain has a pole", v->beta);
    return FHRL_NAN;
  }
  if (v->home == FHRL_ISS_HOME_RADIAL) {
    rate = 1.0 + v->kappa;
    rest = v->kappa * (1.0 + v->epsilon);
  } else if (v->home == FHRL_ISS_HOME_GAIN) {
    rate = 2.0;
    rest = 1.0 / v->beta;
  } else if (v->home == FHRL_ISS_HOME_REENTRY) {
    rate = fmin(1.0, 1.0 + v->kappa * k->mu);
    rest = rate; // the bound is max(1, ...)
  }
  if (!(rate - slope > 0.0)) {
    snprintf(reason, FHRL_ISS_REASON,
      "the rate %.6g of the damping does not exceed %.6g, what the drive gains with rho", rate, slope);
    return FHRL_NAN;
  }
  return inflation * (rest + offset) / (rate - slope);
}

static double memory_of(const fhrl_iss_view *v, const fhrl_iss_constants *k, double R)
{
  if (v->n_A == 0) return 0.0;
  if (v->memory == FHRL_ISS_MEMORY_OUTER) return v->eta * R * R / v->lambda * inflation;
  return k->A_bar * inflation;
}

// The least R on a scan from the top down to which rho falls all the way, proved; top if nothing better is.
static fhrl_status descend(
  const fall *w, double top, long most, const volatile sig_atomic_t *stop, double *R, long *boxes, fhrl_err *err)
{
  double low = top;
  for (int i = SCAN - 1; i >= 0; i--) {
    const double rho = top * i / SCAN;
    if (!(fall_at(w, rho) > 1e-9)) break;
    low = rho;
  }
  double sure = low, not_sure = fmax(low - top / SCAN, 0.0); // the last step by halving
  for (int i = 0; i < 20 && sure > not_sure; i++) {
    const double middle = 0.5 * (sure + not_sure);
    if (fall_at(w, middle) > 1e-9) sure = middle;
    else not_sure = middle;
  }
  *R = top;
  for (double R_try = sure * (1.0 + 1e-9) + 1e-12, step = 1e-6; R_try < top && step < 1.0; step *= 10.0) {
    fhrl_branch b;
    FHRL_TRY(fhrl_branch_prove(fall_margin, w, 1, &R_try, &top, 1e-12, most, stop, &b, err));
    *boxes += b.boxes;
    if (b.end == FHRL_BRANCH_PROVED) {
      *R = R_try;
      return FHRL_OK;
    }
    R_try += step * top;
  }
  return FHRL_OK;
}

double fhrl_iss_gain_layer(const fhrl_iss_view *v, double value, double WvWr)
{
  enum { STEPS = 200 };
  double R = inflation / v->beta;
  fhrl_reckon r;
  if (v->beta == 1.0) return R; // G is 1 wherever it is defined
  fhrl_reckon_init(&r);
  for (int i = 0; i < STEPS; i++) {
    forget(&r);
    arb_srcptr one = exactly(&r, 1.0),
               loop = product(&r, product(&r, exactly(&r, fabs(v->gamma)), exactly(&r, WvWr)), exactly(&r, R));
    arb_srcptr s = product(&r, exactly(&r, v->r), plus(&r, exactly(&r, value), loop));
    arb_srcptr divisor = plus(&r, one, product(&r, exactly(&r, v->beta), minus(&r, s, one)));
    const double next = fhrl_ball_high(over(&r, s, divisor)) * inflation;
    const int done = !(next < R * (1.0 - 1e-9));
    R = fmin(R, next);
    if (done) break;
  }
  fhrl_reckon_free(&r);
  return R;
}

fhrl_status fhrl_iss_gain_radius(const fhrl_iss_frame *f, double u, long most, const volatile sig_atomic_t *stop,
  double *R, long *boxes, char reason[FHRL_ISS_REASON], fhrl_err *err)
{
  const fhrl_iss_view *v = f->v;
  *R = FHRL_NAN;
  *boxes = 0;
  reason[0] = '\0';
  if (v->home == FHRL_ISS_HOME_LAYER && v->beta > 1.0) {
    snprintf(reason, FHRL_ISS_REASON, "beta = %.6g > 1: the gain has a pole", v->beta);
    return FHRL_OK;
  }
  if (v->home == FHRL_ISS_HOME_LAYER) {
    *R = fhrl_iss_gain_layer(v, inflation * (f->k->Wv * u + f->k->bv), f->k->WvWr);
    return FHRL_OK;
  }
  if (!fhrl_iss_reduced_knows(v) || (v->n_A > 0 && !(v->lambda > 0.0))) {
    snprintf(reason, FHRL_ISS_REASON, "%s",
      v->n_A > 0 && !(v->lambda > 0.0) ? "lambda = 0: the memory has no bound"
                                       : "the terms of this model are not known in scalars");
    return FHRL_OK;
  }
  double top = from_all_starts(f, u, reason);
  if (isnan(top)) return FHRL_OK;
  for (int round = 0; round < ROUNDS; round++) {
    const fall w = {f, memory_of(v, f->k, top), u};
    double lower;
    FHRL_TRY(descend(&w, top, most, stop, &lower, boxes, err));
    const int done = lower > top * (1.0 - 1e-6);
    top = fmin(top, lower);
    if (done) break;
  }
  *R = top;
  return FHRL_OK;
}

// ---- measured

typedef struct probe {
  fhrl_iss *iss;
  const fhrl_iss_sample *q;
  fhrl_solver solver;
  fhrl_system *s;    // owned: what is integrated
  double *x, *u, *g; // owned; (n), (n_u) each
  double t_end;
} probe;

// A blow-up and a pole are answers, too.
static int ends_an_orbit(fhrl_status status)
{
  return status == FHRL_NUMERIC || status == FHRL_LIMIT || status == FHRL_EVENT;
}

// The direction of u (unit) in which yhat'f at state x grows most, by differences; the old one if there is none.
static fhrl_status turn(probe *w, const double x[], double size, fhrl_err *err)
{
  const int n_u = w->s->dims.n_u;
  const double h = 1e-5 * (1.0 + size);
  fhrl_iss_point p;
  for (int i = 0; i < n_u; i++) {
    double side[2];
    for (int k = 0; k < 2; k++) {
      const double before = w->u[i];
      w->u[i] += k ? -h : h;
      FHRL_TRY(fhrl_iss_view_look(&w->iss->view, 0.0, x, w->u, &p, err));
      side[k] = p.radial;
      w->u[i] = before;
    }
    w->g[i] = side[0] - side[1];
  }
  const double norm = fhrl_norm(n_u, w->g);
  for (int i = 0; i < n_u && norm > 0.0; i++) w->u[i] = size * w->g[i] / norm;
  return FHRL_OK;
}

// Largest rho over the second half of an orbit; the input held in direction number k, or turning every token.
static fhrl_status orbit(probe *w, int k, double size, double *most, fhrl_err *err)
{
  const fhrl_iss_view *v = &w->iss->view;
  const int n_u = w->s->dims.n_u, turning = k == DIRECTIONS;
  fhrl_err reason = {FHRL_OK, ""};
  fhrl_integrator *it = NULL;
  const fhrl_random at = {
    .seed = w->q->plan->seed, .stream = FHRL_STREAM_START, .step = (uint32_t)k, .layer = GAIN_LAYER};
  fhrl_random_normal(at, 0, (size_t)n_u, w->u);
  const double norm = fhrl_norm(n_u, w->u);
  for (int i = 0; i < n_u; i++) w->u[i] *= norm > 0.0 ? size / norm : 0.0;
  fhrl_iss_sample_start(w->q, 2 * k, k % 2 ? w->q->plan->rho_max : 0.3, w->x);
  w->s->u = w->u;
  fhrl_status status = fhrl_integrator_create(w->s, NULL, &w->solver, 0.0, w->x, &it, &reason);
  for (int i = 1; status == FHRL_OK && (double)(i - 1) < 2.0 * w->t_end; i++) {
    if (w->iss->watch.stop && *w->iss->watch.stop)
      status = fhrl_fail(&reason, FHRL_INTERRUPT, "interrupted within the gain curve");
    if (status == FHRL_OK) status = fhrl_integrator_advance(it, fmin(0.5 * i, w->t_end), &reason);
    const double *x = fhrl_integrator_state(it), rho = fhrl_norm(v->d, x + v->y);
    if (0.5 * i > 0.5 * w->t_end && rho > *most) *most = rho;
    if (!turning || i % 2 || status != FHRL_OK || !(size > 0.0)) continue;
    status = turn(w, x, size, &reason);
    if (status == FHRL_OK) status = fhrl_integrator_restart(it, x, &reason);
  }
  fhrl_integrator_destroy(it);
  if (ends_an_orbit(status)) {
    *most = HUGE_VAL;
    return FHRL_OK;
  }
  return status == FHRL_OK ? FHRL_OK : fhrl_fail(err, status, "%s", reason.msg);
}

// The recorded input, scaled: largest rho over the second half of its time.
static fhrl_status replay(probe *w, const fhrl_input *in, double scale, double *most, fhrl_err *err)
{
  const fhrl_iss_view *v = &w->iss->view;
  const size_t values = (size_t)in->tokens * in->n_u;
  fhrl_input scaled = {0};
  fhrl_integrator *it = NULL;
  fhrl_status status = FHRL_OK;
  double *value = malloc(values * sizeof *value);
  if (value == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for an input of %d tokens", in->tokens);
  for (size_t i = 0; i < values; i++) value[i] = scale * in->value[i];
  FHRL_DO(status, fhrl_input_hold(&scaled, in->tokens, in->n_u, value, err));
  FHRL_DO(status, fhrl_integrator_create(w->s, &scaled, &w->solver, 0.0, w->q->base, &it, err));
  for (int k = 1; (double)k <= w->t_end; k++) {
    if (w->iss->watch.stop && *w->iss->watch.stop)
      FHRL_DO(status, fhrl_fail(err, FHRL_INTERRUPT, "interrupted within the gain curve"));
    status = fhrl_integrator_advance(it, k, err);
    if (ends_an_orbit(status)) {
      *most = HUGE_VAL;
      status = FHRL_OK;
      goto done;
    }
    if (status != FHRL_OK) goto done;
    const double rho = fhrl_norm(v->d, fhrl_integrator_state(it) + v->y);
    if (k > 0.5 * w->t_end && rho > *most) *most = rho;
  }
done:
  fhrl_integrator_destroy(it);
  fhrl_input_free(&scaled);
  free(value);
  return status;
}

static fhrl_status measure(probe *w, const fhrl_input *in, double size, fhrl_iss_gain *out, double *most, fhrl_err *err)
{
  const int n_u = w->s->dims.n_u;
  *most = 0.0;
  if (in->kind == FHRL_INPUT_RECORDED) {
    out->inputs = 1;
    w->t_end = out->t_end = fmin(w->solver.t_end, fhrl_input_end(in));
    const double own = w->iss->constants.u_bar;
    return replay(w, in, own > 0.0 ? size / own : 0.0, most, err);
  }
  const int turns = n_u > 0 && n_u <= TURNING_MOST;
  out->inputs = DIRECTIONS + turns;
  for (int k = 0; k < DIRECTIONS + turns; k++) FHRL_TRY(orbit(w, k, size, most, err));
  return FHRL_OK;
}

fhrl_status fhrl_iss_gain_find(fhrl_iss *iss, const fhrl_iss_sample *q, const fhrl_input *in, const fhrl_solver *solver,
  int levels, fhrl_iss_gain *out, fhrl_err *err)
{
  fhrl_iss_gain g = {0};
  fhrl_status status = FHRL_OK;
  const fhrl_iss_frame f = {&iss->view, &iss->constants};
  const int n = iss->view.s->n, n_u = iss->view.s->dims.n_u;
  probe w = {.iss = iss, .q = q, .solver = *solver, .t_end = fmin(horizon, solver->t_end)};
  *out = g;
  if (levels < 1 || n_u == 0) return FHRL_OK;
  if (levels >= FHRL_ISS_GAIN_MAX) levels = FHRL_ISS_GAIN_MAX - 1;
  FHRL_DO(status, fhrl_system_clone(iss->view.s, &w.s, err));
  w.x = malloc(((size_t)n + 2 * (size_t)n_u) * sizeof *w.x);
  if (w.x == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d states", n));
  w.u = w.x + n;
  w.g = w.u + n_u;
  g.t_end = w.t_end;
  const double top = fmax(q->plan->u_max, iss->constants.u_bar);
  for (int k = 0; k <= levels; k++) {
    fhrl_iss_gain_level *l = &g.level[g.levels++];
    l->u = top * k / levels;
    FHRL_DO(
      status, fhrl_iss_gain_radius(&f, l->u, q->plan->boxes, iss->watch.stop, &l->certified, &l->boxes, g.reason, err));
    FHRL_DO(status, measure(&w, in, l->u, &g, &l->measured, err));
  }
done:
  fhrl_system_destroy(w.s);
  free(w.x);
  if (status == FHRL_OK) *out = g;
  return status;
}

fhrl_status fhrl_iss_gain_save(const fhrl_iss_gain *gain, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"u", "measured", "certified", "tightness"};
  static const char *const units[] = {"1", "1", "1", "1"};
  fhrl_table t;
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.iss.gain/1", names, units, FHRL_COUNT(names), err));
  for (int k = 0; k < gain->levels; k++) {
    const fhrl_iss_gain_level *l = &gain->level[k];
    const double row[] = {l->u, l->measured, l->certified, l->measured / l->certified};
    fhrl_table_row(&t, row);
  }
  return fhrl_table_commit(&t, err);
}
