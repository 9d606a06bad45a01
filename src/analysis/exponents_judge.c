// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_judge: what the orbit lives on, and whether what was measured fits together
#include "analysis/exponents_judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/exponents_return.h"
#include "analysis/metrics.h"
#include "base/dense.h"

enum { EIGENVALUE_STATES = 500, MAP_PERIOD_MAX = 4096 };
static const double still = 1e-7, still_map = 1e-9, come_back_map = 1e-7, gone = 1e3, stretched = 7.0, found = 10.0;
static const double errors = 3.0, rounding = 1e-6; // what exponents may be off eigenvalues by; the latter times the fastest
static const double switch_t = 6.5;    // Student's t of 14 degrees of freedom: one in 1e5 by chance
static const double switch_part = 0.02; // of the fastest exponent: smaller differences are slow convergence

// ---- helpers

static double fastest(const fhrl_exponents *e)
{
  double rate = 0.0;
  for (int i = 0; i < e->k; i++)
    if (isfinite(e->exponent[i].mean)) rate = fmax(rate, fabs(e->exponent[i].mean));
  return rate;
}

// |x| of an orbit that may be so far away that its square overflows
static double length(int n, const double x[])
{
  double largest = 0.0, square = 0.0;
  for (int i = 0; i < n; i++) largest = fmax(largest, fabs(x[i]));
  for (int i = 0; i < n && largest > 0.0; i++) square += (x[i] / largest) * (x[i] / largest);
  return largest * sqrt(square);
}

static double combination(const fhrl_exponents *e, const double c[], fhrl_exponents_estimate *out)
{
  fhrl_exponents_blocks_estimate(&e->blocks, c, out);
  return out->mean;
}

// Coefficients of exponent i alone.
static const double *only(fhrl_exponents *e, int i)
{
  for (int j = 0; j < e->k; j++) e->growth[j] = i == j;
  return e->growth;
}

// ---- the attractor

static fhrl_status eigenvalues(fhrl_exponents *e, const double x[], fhrl_err *err)
{
  const size_t n = (size_t)e->n;
  if (e->n > EIGENVALUE_STATES) return FHRL_OK;
  fhrl_status status = FHRL_OK;
  double *J = malloc((n * n + 4 * n) * sizeof *J);
  if (J == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the eigenvalues of %d states", e->n);
  double *re = J + n * n, *im = re + n, *scratch = im + n;
  if (fhrl_system_jacobian(e->s, fhrl_exponents_tangent_now(e->tg), x, scratch, J) != 0) goto done;
  FHRL_DO(status, fhrl_dense_eigenvalues(e->n, J, re, im, err));
  if (e->s->model->rhs == NULL)
    for (size_t i = 0; i < n; i++) re[i] = log(hypot(re[i], im[i]));
  for (size_t i = 1; i < n; i++) // descending, which multipliers need not be by their moduli
    for (size_t j = i; j > 0 && re[j] > re[j - 1]; j--) {
      const double swap = re[j];
      re[j] = re[j - 1];
      re[j - 1] = swap;
    }
  e->eigenvalue_difference = 0.0;
  for (int i = 0; i < e->k; i++) {
    e->eigenvalue[i] = re[i];
    if (isfinite(e->exponent[i].mean) && isfinite(re[i]))
      e->eigenvalue_difference = fmax(e->eigenvalue_difference, fabs(e->exponent[i].mean - re[i]));
  }
done:
  free(J);
  return status;
}

// How far x is from resting, as a part of what may pass for rest; below 1: it rests.
static double motion(fhrl_exponents *e, const double x[], double next[])
{
  const fhrl_model *m = e->s->model;
  const double t = fhrl_exponents_tangent_now(e->tg), size = 1.0 + fhrl_norm(e->n, x), rate = fastest(e);
  if ((m->rhs ? m->rhs : m->step)(e->s, t, x, next) != 0) return HUGE_VAL;
  if (m->rhs) return fhrl_norm(e->n, next) / (still * size * (rate > 0.0 ? rate : 1.0));
  for (int i = 0; i < e->n; i++) next[i] -= x[i];
  return fhrl_norm(e->n, next) / (still_map * size);
}

static void find_period_of_map(fhrl_exponents *e, const double x[], double at[], double next[])
{
  const size_t size = (size_t)e->n * sizeof *x;
  memcpy(at, x, size);
  for (int p = 1; p <= MAP_PERIOD_MAX; p++) {
    if (e->s->model->step(e->s, fhrl_exponents_tangent_now(e->tg) + p - 1, at, next) != 0) return;
    double square = 0.0;
    for (int i = 0; i < e->n; i++) square += (next[i] - x[i]) * (next[i] - x[i]);
    memcpy(at, next, size);
    if (!(sqrt(square) <= come_back_map * (1.0 + fhrl_norm(e->n, x)))) continue;
    e->period = p;
    return;
  }
}

static int chaotic(fhrl_exponents *e)
{
  double mean[2], t;
  if (!(e->exponent[0].low > 0.0)) return 0;
  fhrl_exponents_blocks_halves(&e->blocks, only(e, 0), mean, &t);
  return mean[1] * 0.5 * e->measured > stretched;
}

static fhrl_status attractor(fhrl_exponents *e, const double x[], double scratch[], fhrl_err *err)
{
  char *why = e->attractor_reason;
  const size_t room = sizeof e->attractor_reason;
  const double norm = length(e->n, x), moved = motion(e, x, scratch);
  e->attractor = FHRL_EXPONENTS_UNDECIDED;
  if (norm > gone * (1.0 + e->norm_begun)) {
    e->left = 1;
    snprintf(why, room, "the orbit leaves: |x| has grown from %.3g to %.3g", e->norm_begun, norm);
  } else if (!e->driven && moved <= 1.0) {
    e->attractor = FHRL_EXPONENTS_EQUILIBRIUM;
    FHRL_TRY(eigenvalues(e, x, err));
    snprintf(why, room, "the orbit rests%s", e->eigenvalue[0] > 0.0 ? ", on an unstable equilibrium" : "");
  } else if (!e->driven && e->s->model->rhs && e->exponent[0].high < 0.0 && e->exponent[0].mean * e->measured < -stretched) {
    e->attractor = FHRL_EXPONENTS_EQUILIBRIUM;
    snprintf(why, room, "the orbit approaches rest: all exponents are negative");
  } else if (chaotic(e)) {
    e->attractor = FHRL_EXPONENTS_CHAOTIC;
    snprintf(why, room, "the largest exponent is positive%s", e->driven ? ", under this input" : "");
  } else if (e->driven) {
    snprintf(why, room, e->exponent[0].high < 0.0 ? "driven: orbits from different starts meet, and follow the input"
                                                   : "driven, and the largest exponent is not positive beyond doubt");
  } else {
    if (e->s->model->rhs == NULL) find_period_of_map(e, x, scratch, scratch + e->n);
    else FHRL_TRY(fhrl_exponents_return_find(e, x, &e->period, err));
    if (isnan(e->period)) snprintf(why, room, "neither at rest, nor back at its start, nor clearly chaotic");
    else {
      e->attractor = FHRL_EXPONENTS_PERIODIC;
      snprintf(why, room, "the orbit comes back after %.9g", e->period);
    }
  }
  return FHRL_OK;
}

// ---- checks

static void find_zero(fhrl_exponents *e)
{
  e->zero = -1;
  e->zero_reason = NULL;
  e->zero_expected = 0;
  if (e->s->model->rhs == NULL) e->zero_reason = "a map has none";
  else if (e->driven) e->zero_reason = "driven by u(t): time is no direction of the state";
  else if (e->attractor == FHRL_EXPONENTS_EQUILIBRIUM) e->zero_reason = "at an equilibrium the orbit has no direction";
  else if (e->left) e->zero_reason = "an orbit that leaves need not have one";
  else e->zero_expected = 1;
  if (!e->zero_expected) return;
  for (int i = 0; i < e->k; i++)
    if (isfinite(e->exponent[i].mean) && (e->zero < 0 || fabs(e->exponent[i].mean) < fabs(e->exponent[e->zero].mean))) e->zero = i;
  const fhrl_exponents_estimate *last = &e->exponent[e->k - 1];
  if (e->k < e->n && e->zero == e->k - 1 && last->low > 0.0) {
    e->zero = -1;
    e->zero_reason = "it is not among so few: all of them are positive";
  }
}

// Kaplan and Yorke: j + (lambda_1 + ... + lambda_j) / |lambda_{j+1}|, j the last with a sum that is not negative; a largest
// exponent that is known to be 0 counts as 0, whatever its last digits say.
static void kaplan_yorke(fhrl_exponents *e)
{
  const int neutral = e->zero_expected && e->zero == 0 && (e->attractor == FHRL_EXPONENTS_PERIODIC || e->exponent[0].high >= 0.0);
  double sum = 0.0;
  int j = 0;
  e->kaplan_yorke = e->kaplan_yorke_se = FHRL_NAN;
  e->kaplan_yorke_reason = NULL;
  for (; j < e->k; j++) {
    const double value = neutral && j == 0 ? 0.0 : e->exponent[j].mean;
    if (isnan(value)) {
      e->kaplan_yorke_reason = "an exponent is unknown";
      return;
    }
    if (sum + value < 0.0) break;
    sum += value;
  }
  if (j == e->k && e->k < e->n) {
    e->kaplan_yorke_reason = "the sum of so few exponents is not negative: raise exponents.k";
    return;
  }
  if (j == e->k) { // volume does not shrink
    e->kaplan_yorke = e->n;
    e->kaplan_yorke_se = 0.0;
    return;
  }
  const double next = e->exponent[j].mean;
  fhrl_exponents_estimate gradient;
  for (int i = 0; i < e->k; i++)
    e->growth[i] = i > j || (neutral && i == 0) || !isfinite(next) ? 0.0 : i < j ? -1.0 / next : sum / (next * next);
  combination(e, e->growth, &gradient);
  e->kaplan_yorke = j - sum / next;
  e->kaplan_yorke_se = gradient.standard_error;
}

static void find_switch(fhrl_exponents *e)
{
  const double rate = fastest(e);
  e->switched = 0;
  for (int i = 0; i < e->k; i++) {
    double mean[2], t;
    fhrl_exponents_blocks_halves(&e->blocks, only(e, i), mean, &t);
    if (isfinite(mean[0]) && isfinite(mean[1]) && t > switch_t && fabs(mean[1] - mean[0]) > switch_part * rate) e->switched = 1;
  }
  // tangents that find their directions do not change growth by more than e^10
  if (fabs(e->exponent[0].mean - e->eigenvalue[0]) * e->measured > found) e->switched = 1;
}

// The first exponent that is off its eigenvalue by more than its error allows, -1 if none is.
static int off_eigenvalue(const fhrl_exponents *e)
{
  const double least = rounding * fmax(1.0, fastest(e));
  for (int i = 0; i < e->k; i++) {
    const fhrl_exponents_estimate *x = &e->exponent[i];
    const double allowed = fmax(errors * x->standard_error, 0.5 * (x->high - x->low)); // the latter of few degrees of freedom
    if (fabs(x->mean - e->eigenvalue[i]) > fmax(allowed, least)) return i;
  }
  return -1;
}

static void find_convergence(fhrl_exponents *e)
{
  char *why = e->converged_reason;
  const size_t room = sizeof e->converged_reason;
  int unknown = 0, wide = -1;
  for (int i = 0; i < e->k; i++) {
    const fhrl_exponents_estimate *x = &e->exponent[i];
    if (!isfinite(x->mean)) continue;
    if (isnan(x->standard_error)) unknown = 1;
    else if (e->plan.se > 0.0 && x->standard_error > e->plan.se && wide < 0) wide = i;
  }
  e->converged = 0;
  if (e->phase != FHRL_EXPONENTS_DONE) snprintf(why, room, "it ended before its time");
  else if (unknown) snprintf(why, room, "%d blocks are too few for a standard error", e->blocks.count);
  else if (e->switched) snprintf(why, room, "exponents have changed on the way: the orbit has found its attractor late, or left it");
  else if (e->attractor == FHRL_EXPONENTS_CHAOTIC && e->exponent[0].correlated)
    snprintf(why, room, "growth is correlated for longer than its error can see");
  else if (wide >= 0)
    snprintf(why, room, "the standard error of exponent %d is %.2g, not %.2g", wide + 1, e->exponent[wide].standard_error, e->plan.se);
  else if (off_eigenvalue(e) >= 0)
    snprintf(why, room, "exponent %d is not yet what the eigenvalues at the equilibrium say, %.6g", off_eigenvalue(e) + 1,
      e->eigenvalue[off_eigenvalue(e)]);
  else {
    e->converged = 1;
    snprintf(why, room, "%s", e->plan.se > 0.0 ? "every standard error is as small as asked for" : "measured to the end");
  }
}

fhrl_status fhrl_exponents_judge(fhrl_exponents *e, fhrl_err *err)
{
  fhrl_system *s = e->s;
  const size_t n = (size_t)e->n, n_u = (size_t)s->dims.n_u;
  fhrl_status status = FHRL_OK;
  double *x = malloc((3 * n + n_u) * sizeof *x), *u = x ? x + 3 * n : NULL;
  const double *before = s->u;
  if (x == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d states", e->n);
  memcpy(x, fhrl_exponents_tangent_state(e->tg), n * sizeof *x);
  if (e->in) {
    fhrl_input_at(e->in, fhrl_exponents_tangent_now(e->tg), u);
    s->u = u;
  }
  e->trace_mean = (e->trace_last - e->trace_begun) / e->measured;
  e->period = e->eigenvalue_difference = FHRL_NAN;
  for (int i = 0; i < e->k; i++) e->eigenvalue[i] = FHRL_NAN;
  FHRL_DO(status, attractor(e, x, x + n, err));
  find_zero(e);
  kaplan_yorke(e);
  find_switch(e);
  find_convergence(e);
done:
  s->u = before;
  free(x);
  return status;
}
