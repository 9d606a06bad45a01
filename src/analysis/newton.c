// SPDX-License-Identifier: GPL-3.0-or-later
// newton: roots of F(x) = rhs(x) of a flow, or step(x) - x of a map, under a held input
#include "analysis/newton.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dense.h"

enum { STEPS = 100, KRYLOV_STEPS = 40, HALVINGS = 30 };

static double size_of(size_t n, const double v[])
{
  double size = 0.0;
  for (size_t i = 0; i < n; i++)
    if (!(fabs(v[i]) <= size)) size = fabs(v[i]); // a NaN comes through
  return size;
}

double fhrl_newton_residual(const fhrl_newton *w, const double x[], double F[])
{
  const fhrl_system *s = w->s;
  if ((w->map ? s->model->step : s->model->rhs)(s, w->t, x, F) != 0) return HUGE_VAL;
  for (int i = 0; w->map && i < s->n; i++) F[i] -= x[i];
  return fhrl_norm(s->n, F);
}

int fhrl_newton_product(const fhrl_newton *w, const double x[], const double v[], double Jv[])
{
  const int failed = w->s->model->jvp(w->s, w->t, x, v, Jv);
  for (int i = 0; w->map && i < w->s->n; i++) Jv[i] -= v[i];
  return failed;
}

int fhrl_newton_matrix(const fhrl_newton *w, const double x[], double J[])
{
  const size_t n = (size_t)w->s->n;
  if (fhrl_system_jacobian(w->s, w->t, x, w->e, J) != 0) return 0;
  for (size_t i = 0; w->map && i < n; i++) J[i * n + i] -= 1.0;
  return isfinite(size_of(n * n, J));
}

// ---- deflation

// m of (1); not finite at a deflated root.
static double deflation(const fhrl_newton *w, const double x[])
{
  double m = 1.0;
  for (int k = 0; k < w->deflated; k++) {
    double square = 0.0;
    for (int i = 0; i < w->s->n; i++) square += (x[i] - w->root[k][i]) * (x[i] - w->root[k][i]);
    m *= 1.0 + 1.0 / square;
  }
  return m;
}

// Derivative of ln m along v.
static double deflation_slope(const fhrl_newton *w, const double x[], const double v[])
{
  double slope = 0.0;
  for (int k = 0; k < w->deflated; k++) {
    double square = 0.0, along = 0.0;
    for (int i = 0; i < w->s->n; i++) {
      const double off = x[i] - w->root[k][i];
      square += off * off;
      along += off * v[i];
    }
    slope -= 2.0 * along / (square * (square + 1.0));
  }
  return slope;
}

// m F and its derivative m (J v + F (ln m)' v), for the Krylov method
static int krylov_residual(void *context, const double x[], double F[])
{
  const fhrl_newton *w = context;
  const double norm = fhrl_newton_residual(w, x, F), m = deflation(w, x);
  if (!isfinite(norm) || !isfinite(m)) return 1;
  for (int i = 0; i < w->s->n; i++) F[i] *= m;
  return 0;
}

static int krylov_product(void *context, const double x[], const double v[], double Jv[])
{
  const fhrl_newton *w = context;
  if (fhrl_newton_product(w, x, v, Jv) != 0) return 1;
  if (w->deflated == 0) return 0;
  if (!isfinite(fhrl_newton_residual(w, x, w->G))) return 1;
  const double m = deflation(w, x), slope = deflation_slope(w, x, v);
  for (int i = 0; i < w->s->n; i++) Jv[i] = m * (Jv[i] + w->G[i] * slope);
  return 0;
}

// ---- the two methods

fhrl_status fhrl_newton_init(fhrl_newton *w, fhrl_system *s, double t, double tolerance, int krylov, fhrl_err *err)
{
  const size_t n = (size_t)s->n;
  *w = (fhrl_newton){.s = s, .t = t, .tolerance = tolerance, .map = s->model->rhs == NULL};
  if (s->model->jvp == NULL)
    return fhrl_fail(err, FHRL_ARG, "model %s has no jvp, which Newton's method needs", s->model->name);
  w->block = malloc((6 * n + (krylov ? 0 : n * n)) * sizeof *w->block);
  if (w->block == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for Newton's method on %zu states", n);
  w->F = w->block;
  w->trial = w->F + n;
  w->G = w->trial + n;
  w->step = w->G + n;
  w->e = w->step + n;
  if (!krylov) {
    w->J = w->e + 2 * n;
    return FHRL_OK;
  }
  const fhrl_sundials_kinsol_problem problem = {s->n, krylov_residual, krylov_product, w};
  return fhrl_sundials_kinsol_create(&problem, &w->krylov, err);
}

void fhrl_newton_free(fhrl_newton *w)
{
  fhrl_sundials_kinsol_destroy(w->krylov);
  free(w->block);
  *w = (fhrl_newton){0};
}

// step = F/J; a singular J is moved off its singularity by a little of the identity.
static int newton_step(const fhrl_newton *w, const double x[])
{
  const size_t n = (size_t)w->s->n;
  if (w->krylov) return fhrl_sundials_kinsol_linear(w->krylov, x, w->F, 1e-10, w->step);
  if (!fhrl_newton_matrix(w, x, w->J)) return 0;
  if (fhrl_dense_solve(w->s->n, w->J, w->F, w->step, NULL) == FHRL_OK) return 1;
  const double shift = -1e-8 * (1.0 + size_of(n * n, w->J));
  for (size_t i = 0; i < n; i++) w->J[i * n + i] += shift;
  return fhrl_dense_solve(w->s->n, w->J, w->F, w->step, NULL) == FHRL_OK;
}

static int is_root(const fhrl_newton *w, const double x[])
{
  return size_of((size_t)w->s->n, w->F) <= w->tolerance * (1.0 + size_of((size_t)w->s->n, x));
}

// At most `steps` Newton steps from x, each halved until |m F| falls. A step of m F is one of F times 1/(1 + (ln m)' step),
// by the formula of Sherman and Morrison.
static int descend(fhrl_newton *w, int steps, double x[])
{
  const int n = w->s->n;
  double norm = fhrl_newton_residual(w, x, w->F) * deflation(w, x);
  int polished = 0; // one more step after the tolerance is met is nearly free and squares the error
  for (int k = 0; k < steps && isfinite(norm); k++) {
    const int root = is_root(w, x);
    if (root && polished++) return 1;
    if (!newton_step(w, x)) return root;
    double part = w->deflated ? 1.0 / (1.0 + deflation_slope(w, x, w->step)) : 1.0, found = HUGE_VAL;
    if (!isfinite(part)) part = 1.0;
    double taken = 1.0;
    for (int h = 0; h < HALVINGS && !(found < norm * (1.0 - 1e-4 * taken)); h++, part *= 0.5, taken *= 0.5) {
      for (int i = 0; i < n; i++) w->trial[i] = x[i] - part * w->step[i];
      found = fhrl_newton_residual(w, w->trial, w->G) * deflation(w, w->trial);
    }
    if (!(found < norm)) return root;
    memcpy(x, w->trial, (size_t)n * sizeof *x);
    memcpy(w->F, w->G, (size_t)n * sizeof *w->F);
    norm = found;
  }
  return isfinite(norm) && is_root(w, x);
}

int fhrl_newton_solve(fhrl_newton *w, double x[])
{
  if (w->krylov == NULL) return descend(w, STEPS, x);
  // KINSOL to the tolerance, then the polish
  fhrl_sundials_kinsol_solve(w->krylov, w->tolerance * (1.0 + size_of((size_t)w->s->n, x)), KRYLOV_STEPS, x);
  if (!isfinite(fhrl_newton_residual(w, x, w->F)) || !is_root(w, x)) return 0;
  const int deflated = w->deflated;
  w->deflated = 0;
  descend(w, 2, x);
  w->deflated = deflated;
  return is_root(w, x);
}
