// SPDX-License-Identifier: GPL-3.0-or-later
// ladder_stability: equilibria of a layer under a frozen input, and the step at which the ladder loses them (theory 2c)
#include "analysis/ladder_stability.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/ladder.h"
#include "base/dense.h"

enum { NEWTON_MAX = 40, HALVINGS = 12, SETTLE_TOKENS = 400, SETTLE_STEPS = 4 };
static const double tolerance = 1e-11; // of the residual, relative to 1 + |y|
static const double step_max = 64.0;   // the largest h at which the ladder is tried

static double parameter(const fhrl_system *s, const char *name) { return s->p[fhrl_system_param(s->model, name)]; }
static int channels(const fhrl_system *s) { return (int)parameter(s, "d"); }

// Puts the slots of z where they rest for its y, and F = g(|w|) w - y for them; f: scratch (n). Returns |F|.
static double residual(const fhrl_system *s, double z[], double F[], double f[])
{
  const int d = channels(s);
  const double a = fhrl_ladder_rate(s), c = parameter(s, "c");
  for (int i = d; i < s->n; i++) z[i] = 0.0;
  s->model->rhs(s, 0.0, z, f); // of empty slots: a times their target
  for (int i = d; i < s->n; i++) z[i] = f[i] / a;
  s->model->rhs(s, 0.0, z, f);
  for (int i = 0; i < d; i++) F[i] = f[i] / c;
  return fhrl_norm(d, F);
}

fhrl_status fhrl_ladder_stability_blocks(fhrl_system *s, const double u[], const double z[], double S[], double K[],
  fhrl_err *err)
{
  const int d = channels(s), n = s->n;
  const double a = fhrl_ladder_rate(s), c = parameter(s, "c");
  double *v = calloc(2 * (size_t)n, sizeof *v);
  if (v == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the Jacobian of %d states", n);
  double *Jv = v + n;
  s->u = u;
  for (int j = 0; j < d; j++) {
    memset(v, 0, (size_t)n * sizeof *v);
    v[j] = 1.0;
    s->model->jvp(s, 0.0, z, v, Jv);
    for (int i = 0; i < d; i++) K[(size_t)i * d + j] = Jv[i] / c + (i == j);
    v[j] = 0.0;
    for (int i = d; i < n; i++) v[i] = Jv[i] / a; // how the slots' targets follow y_j ...
    s->model->jvp(s, 0.0, z, v, Jv);
    for (int i = 0; i < d; i++) S[(size_t)i * d + j] = Jv[i] / c; // ... and y's target the slots
  }
  free(v);
  return FHRL_OK;
}

// Damped Newton's method for F(y) = 0; work (2d^2 + n + 4d). *best is the residual that was reached.
static fhrl_status newton(fhrl_system *s, const double u[], double z[], double work[], double *best, fhrl_err *err)
{
  const int d = channels(s);
  double *S = work, *K = S + (size_t)d * d, *f = K + (size_t)d * d, *F = f + s->n, *y = F + d, *step = y + d;
  *best = residual(s, z, F, f);
  for (int k = 0; k < NEWTON_MAX && *best > tolerance * (1.0 + fhrl_norm(d, z)); k++) {
    FHRL_TRY(fhrl_ladder_stability_blocks(s, u, z, S, K, err));
    for (int i = 0; i < d * d; i++) S[i] = (i % (d + 1) == 0) - S[i] - K[i]; // -dF/dy
    FHRL_TRY(fhrl_dense_solve(d, S, F, step, err));
    memcpy(y, z, (size_t)d * sizeof *y);
    double scale = 1.0, now = HUGE_VAL;
    for (int halving = 0; halving < HALVINGS && !(now < *best); halving++, scale *= 0.5) {
      for (int i = 0; i < d; i++) z[i] = y[i] + scale * step[i];
      now = residual(s, z, F, f);
    }
    if (!(now < *best)) break;
    *best = now;
  }
  if (*best <= tolerance * (1.0 + fhrl_norm(d, z))) return FHRL_OK;
  return fhrl_fail(err, FHRL_NUMERIC, "no equilibrium found: Newton's method stopped at a residual of %.3g", *best);
}

fhrl_status fhrl_ladder_stability_equilibrium(fhrl_system *s, const double u[], double z[], double *best, fhrl_err *err)
{
  const size_t d = (size_t)channels(s);
  fhrl_ladder ladder = {0};
  fhrl_status status = FHRL_OK;
  double *work = malloc((2 * d * d + (size_t)s->n + 5 * d) * sizeof *work);
  if (work == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for an equilibrium of %d states", s->n);
  double *start = work + 2 * d * d + (size_t)s->n + 4 * d;
  s->u = u;
  memcpy(start, z, d * sizeof *start);
  if (newton(s, u, z, work, best, err) == FHRL_OK) goto done;
  FHRL_DO(status, fhrl_ladder_init(&ladder, s, SETTLE_STEPS, err));
  memcpy(z, start, d * sizeof *z);
  residual(s, z, work, work + d);
  for (int k = 0; k < SETTLE_TOKENS; k++) fhrl_ladder_token(&ladder, u, z);
  FHRL_DO(status, newton(s, u, z, work, best, err));
done:
  fhrl_ladder_free(&ladder);
  free(work);
  return status;
}

fhrl_status fhrl_ladder_stability_eigenvalues(const fhrl_system *s, const double S[], const double K[], double re[],
  double im[], fhrl_err *err)
{
  const int d = channels(s), n = 2 * d;
  const double a = fhrl_ladder_rate(s), c = parameter(s, "c");
  double *M = calloc((size_t)n * n, sizeof *M);
  if (M == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a %d x %d matrix", n, n);
  for (int i = 0; i < d; i++) {
    double *z = M + (size_t)i * n, *y = M + (size_t)(i + d) * n;
    for (int j = 0; j < d; j++) {
      z[d + j] = a * S[(size_t)i * d + j];
      y[d + j] = c * K[(size_t)i * d + j];
    }
    z[i] = -a;
    y[i] = c;
    y[d + i] -= c;
  }
  const fhrl_status status = fhrl_dense_eigenvalues(n, M, re, im, err); // (1)
  free(M);
  return status;
}

fhrl_status fhrl_ladder_stability_leading(const fhrl_system *s, const double S[], const double K[], double h, double *re_out,
  double *im_out, fhrl_err *err)
{
  const int d = channels(s), n = 2 * d;
  const double sigma = fhrl_ladder_share(s, h), ch = parameter(s, "c") * h;
  double *M = calloc((size_t)n * n + 2 * (size_t)n, sizeof *M);
  if (M == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a %d x %d matrix", n, n);
  double *re = M + (size_t)n * n, *im = re + n;
  for (int i = 0; i < d; i++) {
    double *z = M + (size_t)i * n, *y = M + (size_t)(i + d) * n;
    for (int j = 0; j < d; j++) {
      const size_t at = (size_t)i * d + j;
      z[d + j] = sigma * S[at];
      y[d + j] = ch * (sigma * S[at] + K[at]);
    }
    z[i] = 1.0 - sigma;
    y[i] = ch * (1.0 - sigma);
    y[d + i] += 1.0 - ch;
  }
  const fhrl_status status = fhrl_dense_eigenvalues(n, M, re, im, err); // (2)
  if (status == FHRL_OK) {
    *re_out = 1.0 - sigma; // of the slots
    *im_out = 0.0;
    for (int i = 0; i < n; i++)
      if (hypot(re[i], im[i]) > hypot(*re_out, *im_out)) {
        *re_out = re[i];
        *im_out = fabs(im[i]);
      }
  }
  free(M);
  return status;
}

fhrl_status fhrl_ladder_stability_radius(const fhrl_system *s, const double S[], const double K[], double h,
  double *radius, fhrl_err *err)
{
  double re, im;
  FHRL_TRY(fhrl_ladder_stability_leading(s, S, K, h, &re, &im, err));
  *radius = hypot(re, im);
  return FHRL_OK;
}

// Regula falsi with the Illinois weights, and a bisection every fourth time: a radius may have corners.
fhrl_status fhrl_ladder_stability_limit(const fhrl_system *s, const double S[], const double K[], double start, double *out,
  fhrl_err *err)
{
  double low = 0.0, high = start, below = 0.0, above = 0.0, radius = 0.0;
  for (;; high *= 1.4) {
    if (high > step_max) {
      *out = (double)NAN;
      return FHRL_OK;
    }
    FHRL_TRY(fhrl_ladder_stability_radius(s, S, K, high, &radius, err));
    above = radius - 1.0;
    if (above >= 0.0) break;
    low = high;
    below = above;
  }
  int side = 0;
  for (int k = 1; k < 100 && high - low > 1e-9 * high && above > 0.0; k++) {
    const double middle = k % 4 == 0 || low == 0.0 ? 0.5 * (low + high) : (low * above - high * below) / (above - below);
    FHRL_TRY(fhrl_ladder_stability_radius(s, S, K, middle, &radius, err));
    if (radius >= 1.0) {
      high = middle;
      above = radius - 1.0;
      if (side > 0) below *= 0.5;
      side = 1;
    } else {
      low = middle;
      below = radius - 1.0;
      if (side < 0) above *= 0.5;
      side = -1;
    }
    if (fabs(radius - 1.0) < 1e-13) {
      *out = middle;
      return FHRL_OK;
    }
  }
  *out = above > 0.0 ? 0.5 * (low + high) : high;
  return FHRL_OK;
}

fhrl_status fhrl_ladder_stability_find(fhrl_system *s, const double u[], const double y[], fhrl_ladder_stability *out,
  fhrl_err *err)
{
  const size_t d = (size_t)channels(s), n = (size_t)s->n;
  fhrl_ladder_stability r = {.simultaneous = (double)NAN, .sequential = (double)NAN};
  fhrl_status status = FHRL_OK;
  double *z = malloc((n + 2 * d * d + 4 * d) * sizeof *z);
  if (z == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the stability of %d states", s->n);
  double *S = z + n, *K = S + d * d, *re = K + d * d, *im = re + 2 * d;
  memcpy(z, y, d * sizeof *z);
  FHRL_DO(status, fhrl_ladder_stability_equilibrium(s, u, z, &r.residual, err));
  r.rho = fhrl_norm((int)d, z);
  FHRL_DO(status, fhrl_ladder_stability_blocks(s, u, z, S, K, err));
  FHRL_DO(status, fhrl_ladder_stability_eigenvalues(s, S, K, re, im, err));
  const double a = fhrl_ladder_rate(s);
  r.growth = fmax(re[0], -a);
  if (r.growth >= 0.0) {
    r.reason = "the flow's equilibrium is itself unstable";
  } else {
    r.simultaneous = 2.0 / a; // of the n - 2d eigenvalues -a
    for (size_t i = 0; i < 2 * d; i++)
      r.simultaneous = fmin(r.simultaneous, -2.0 * re[i] / (re[i] * re[i] + im[i] * im[i]));
    FHRL_DO(status, fhrl_ladder_stability_limit(s, S, K, 0.25 * fmin(r.simultaneous, 1.0), &r.sequential, err));
    if (isnan(r.sequential)) r.reason = "the ladder is stable at every step up to 64 tokens";
  }
  *out = r;
done:
  free(z);
  return status;
}
