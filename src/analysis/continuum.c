// SPDX-License-Identifier: GPL-3.0-or-later
// continuum: equilibria that are not alone: along a null direction of the Jacobian, or whole turns of a phase away
#include "analysis/continuum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dense.h"
#include "base/random.h"

enum { CORRECTIONS = 20, WALK = 200, HALVINGS = 8, TRIES = 3 };
static const double turn = 2.0 * FHRL_PI;
static const double singular = 1e-8; // of sigma, times max(1, sigma_1): as equilibrium_kind.c takes an eigenvalue for 0
static const double beside = 0.05;   // times 1 + max |x|: how far away a neighbour is looked for
static const double arrived = 1e-5;  // times 1 + max |x|: from one root to the other

// ---- phases

// 1 if F is the same a whole turn of component i away from some points where nothing is special.
static int is_phase(fhrl_continuum *c, int i)
{
  const int n = c->w->s->n;
  for (int k = 0; k < TRIES; k++) {
    fhrl_random_normal((fhrl_random){.seed = 1, .stream = FHRL_STREAM_START, .step = (uint32_t)k, .sequence = 5}, 0, (size_t)n, c->x);
    if (!isfinite(fhrl_newton_residual(c->w, c->x, c->F))) return 0;
    c->x[i] += turn;
    if (!isfinite(fhrl_newton_residual(c->w, c->x, c->d))) return 0;
    const double rounding = 1e-12 * (1.0 + fhrl_norm_max(n, c->F));
    for (int j = 0; j < n; j++)
      if (fabs(c->d[j] - c->F[j]) > rounding) return 0;
  }
  return 1;
}

fhrl_status fhrl_continuum_init(fhrl_continuum *c, const fhrl_newton *w, fhrl_err *err)
{
  const size_t n = (size_t)w->s->n;
  *c = (fhrl_continuum){.w = w, .block = malloc((6 * n + 2 * n * n) * sizeof *c->block), .phase = calloc(n, 1)};
  if (c->block == NULL || c->phase == NULL) {
    fhrl_continuum_free(c);
    return fhrl_fail(err, FHRL_NOMEM, "no memory to look beside equilibria of %zu states", n);
  }
  c->x = c->block;
  c->trial = c->x + n;
  c->F = c->trial + n;
  c->d = c->F + n;
  c->step = c->d + n;
  c->sigma = c->step + n;
  c->J = c->sigma + n;
  c->right = c->J + n * n;
  for (size_t i = 0; i < n; i++) c->phases += c->phase[i] = (char)is_phase(c, (int)i);
  return FHRL_OK;
}

void fhrl_continuum_free(fhrl_continuum *c)
{
  free(c->block);
  free(c->phase);
  *c = (fhrl_continuum){0};
}

// d = y - x; phases into [middle - pi, middle + pi].
static void difference(const fhrl_continuum *c, const double x[], const double y[], double middle, double d[])
{
  for (int i = 0; i < c->w->s->n; i++) {
    d[i] = y[i] - x[i];
    if (c->phase[i]) d[i] -= turn * round((d[i] - middle) / turn);
  }
}

double fhrl_continuum_distance(const fhrl_continuum *c, const double x[], const double y[])
{
  double size = 0.0;
  for (int i = 0; i < c->w->s->n; i++) {
    const double d = y[i] - x[i];
    size = fmax(size, fabs(c->phase[i] ? d - turn * round(d / turn) : d));
  }
  return size;
}

void fhrl_continuum_unwind(const fhrl_continuum *c, double x[])
{
  for (int i = 0; i < c->w->s->n; i++)
    if (c->phase[i]) x[i] -= turn * round(x[i] / turn);
}

// ---- along null directions

// J's singular values and right vectors at x; 0 if they cannot be had.
static int decompose(fhrl_continuum *c, const double x[])
{
  const int n = c->w->s->n;
  return fhrl_newton_matrix(c->w, x, c->J) && fhrl_dense_singular(n, n, c->J, c->sigma, c->right, NULL) == FHRL_OK;
}

// x to a root by Gauss-Newton steps of rank n - m: each leaves the m directions that J is smallest in. 1 if it got there.
static int correct(fhrl_continuum *c, int m, double x[])
{
  const int n = c->w->s->n;
  for (int k = 0; k < CORRECTIONS; k++) {
    if (!isfinite(fhrl_newton_residual(c->w, x, c->F))) return 0;
    if (fhrl_norm_max(n, c->F) <= c->w->tolerance * (1.0 + fhrl_norm_max(n, x))) return 1;
    if (!decompose(c, x)) return 0;
    for (int j = 0; j < n - m; j++) {
      const double *v = c->right + (size_t)j * (size_t)n;
      if (!(c->sigma[j] > 0.0) || fhrl_newton_product(c->w, x, v, c->step) != 0) return 0;
      const double part = fhrl_dot(n, c->step, c->F) / (c->sigma[j] * c->sigma[j]); // u . F/sigma, as J v = sigma u
      for (int i = 0; i < n; i++) x[i] -= part * v[i];
    }
  }
  return 0;
}

// 1 if there is a root at about `off` from x along v (n).
static int neighbour(fhrl_continuum *c, int m, const double x[], const double v[], double off)
{
  const int n = c->w->s->n;
  for (int i = 0; i < n; i++) c->trial[i] = x[i] + off * v[i];
  if (!correct(c, m, c->trial)) return 0;
  for (int i = 0; i < n; i++) c->trial[i] -= x[i];
  const double along = fhrl_dot(n, c->trial, v) / off;
  return along > 0.5 && along < 2.0;
}

int fhrl_continuum_dimension(fhrl_continuum *c, const double x[])
{
  const int n = c->w->s->n;
  if (!decompose(c, x)) return 0;
  const double nothing = singular * fmax(1.0, c->sigma[0]);
  int m = 0;
  while (m < n && c->sigma[n - 1 - m] <= nothing) m++;
  if (m == 0) return 0;
  double *null = malloc((size_t)m * (size_t)n * sizeof *null); // correct() decomposes anew
  if (null == NULL) return 0;
  memcpy(null, c->right + (size_t)(n - m) * (size_t)n, (size_t)m * (size_t)n * sizeof *null);
  const double off = beside * (1.0 + fhrl_norm_max(n, x));
  int all = 1;
  for (int k = 0; k < m && all; k++)
    all = neighbour(c, m, x, null + (size_t)k * (size_t)n, off) && neighbour(c, m, x, null + (size_t)k * (size_t)n, -off);
  free(null);
  return all ? m : 0;
}

// One walk from x towards y, with phases seen from `middle`: every step is the part of what is left that lies in the null space.
static int walk(fhrl_continuum *c, int m, const double x[], const double y[], double middle)
{
  const int n = c->w->s->n;
  const double near = arrived * (1.0 + fhrl_norm_max(n, y));
  double *at = c->x, left = HUGE_VAL;
  memcpy(at, x, (size_t)n * sizeof *at);
  for (int k = 0; k < WALK; k++) {
    difference(c, at, y, middle, c->d);
    left = fhrl_norm(n, c->d);
    if (left <= near || fhrl_continuum_distance(c, at, y) <= near) return 1;
    if (!decompose(c, at)) return 0;
    memset(c->step, 0, (size_t)n * sizeof *c->step);
    for (int j = n - m; j < n; j++) {
      const double *v = c->right + (size_t)j * (size_t)n, part = fhrl_dot(n, v, c->d);
      for (int i = 0; i < n; i++) c->step[i] += part * v[i];
    }
    if (fhrl_norm(n, c->step) < 1e-3 * left) return 0; // as near as it gets
    double taken = 1.0, after = HUGE_VAL;
    memcpy(c->d, c->step, (size_t)n * sizeof *c->d); // correct() uses step
    for (int h = 0; h < HALVINGS && !(after < left); h++, taken *= 0.5) {
      for (int i = 0; i < n; i++) c->trial[i] = at[i] + taken * c->d[i];
      if (!correct(c, m, c->trial)) continue;
      difference(c, c->trial, y, middle, c->step);
      after = fhrl_norm(n, c->step);
    }
    if (!(after < left)) return 0;
    memcpy(at, c->trial, (size_t)n * sizeof *at);
  }
  return 0;
}

int fhrl_continuum_leads(fhrl_continuum *c, int m, const double x[], const double y[])
{
  // two cuts of the circle: where one cuts between phases that belong together, the other does not
  return walk(c, m, x, y, 0.0) || (c->phases > 0 && walk(c, m, x, y, 1.0));
}
