// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_salt: what an event does to tangents where the right-hand side jumps (the saltation matrix)
#include "analysis/exponents_salt.h"

#include <math.h>
#include <stdlib.h>

static const double apart = 1e-6;  // of 1 + |x|: how far before and behind the event f- and f+ are looked at
static const double jump = 1e-5;   // of |f|: smaller differences are a kink's
static const double smooth = 50.0; // times what f changes by over the same distance on either side: no jump, a steep place

typedef struct place {
  const fhrl_exponents_salt_problem *p;
  int n, functions;
  double *f[4];   // at -2, -1, 1, 2 distances along the orbit; (n) each
  double *at, *g; // (n), (functions)
} place;

// f a distance of `by` along dx from x
static int field(const place *w, const double x[], const double dx[], double by, double f[])
{
  for (int i = 0; i < w->n; i++) w->at[i] = x[i] + by * dx[i];
  return w->p->s->model->rhs(w->p->s, w->p->t, w->at, f);
}

static double apart_by(int n, const double a[], const double b[])
{
  double sum = 0.0;
  for (int i = 0; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt(sum);
}

// grad g . v
static int slope(const place *w, const double x[], const double v[], double *out)
{
  const fhrl_exponents_salt_problem *p = w->p;
  const double norm = fhrl_norm(w->n, v);
  double value[2];
  *out = 0.0;
  if (norm == 0.0) return 0;
  const double by = 1e-6 * (1.0 + fhrl_norm(w->n, x)) / norm; // a central difference: error of order 1e-11
  for (int side = 0; side < 2; side++) {
    for (int i = 0; i < w->n; i++) w->at[i] = x[i] + (side ? by : -by) * v[i];
    const int failed = p->s->model->events(p->s, p->t, w->at, w->g);
    if (failed) return failed;
    value[side] = w->g[p->function];
  }
  *out = (value[1] - value[0]) / (2.0 * by);
  return 0;
}

// 1 if f jumps: it changes by far more across the event than over the same distance beside it.
static int jumps(const place *w)
{
  const double across = apart_by(w->n, w->f[1], w->f[2]), beside = apart_by(w->n, w->f[0], w->f[1]) + apart_by(w->n, w->f[2], w->f[3]);
  return across > jump * (fhrl_norm(w->n, w->f[1]) + fhrl_norm(w->n, w->f[2])) && across > smooth * beside;
}

static int look(const place *w, const double x[], double dx[])
{
  static const double distance[4] = {-2.0, -1.0, 1.0, 2.0};
  int failed = w->p->s->model->rhs(w->p->s, w->p->t, x, dx);
  const double speed = fhrl_norm(w->n, dx), unit = speed > 0.0 ? apart * (1.0 + fhrl_norm(w->n, x)) / speed : 0.0;
  for (int i = 0; i < 4 && !failed; i++) failed = field(w, x, dx, distance[i] * unit, w->f[i]);
  return failed;
}

static int apply(const place *w, double x[], double *trace, double *before, double *behind)
{
  const int n = w->n;
  int failed = slope(w, x, w->f[1], before);
  if (!failed) failed = slope(w, x, w->f[2], behind);
  if (failed || !(*before * *behind > 0.0)) return failed;
  for (int k = 0; k < w->p->k; k++) {
    double *v = x + (size_t)(k + 1) * n, along = 0.0;
    failed = slope(w, x, v, &along);
    if (failed) return failed;
    for (int i = 0; i < n; i++) v[i] += (w->f[2][i] - w->f[1][i]) * (along / *before); // (1)
  }
  if (trace) *trace += log(*behind / *before);
  return 0;
}

fhrl_status fhrl_exponents_salt_apply(const fhrl_exponents_salt_problem *problem, double x[], double *trace, int *salted,
  fhrl_err *err)
{
  const fhrl_model *m = problem->s->model;
  place w = {.p = problem, .n = problem->s->n};
  for (int i = 0; i < m->n_event; i++) w.functions += problem->s->dims.event[i];
  const size_t n = (size_t)w.n;
  double *store = malloc((6 * n + (size_t)w.functions) * sizeof *store), before = 1.0, behind = 1.0;
  if (store == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory at an event of %d states", w.n);
  for (int i = 0; i < 4; i++) w.f[i] = store + (size_t)i * n;
  w.at = store + 4 * n;
  w.g = store + 6 * n;
  problem->s->u = problem->u;
  int failed = look(&w, x, store + 5 * n);
  *salted = !failed && jumps(&w);
  if (*salted) failed = apply(&w, x, trace, &before, &behind);
  free(store);
  if (failed) return fhrl_fail(err, FHRL_NUMERIC, "%s cannot be evaluated beside its event at t = %.9g", m->name, problem->t);
  if (!(before * behind > 0.0))
    return fhrl_fail(err, FHRL_NUMERIC, "%s touches or slides along its event at t = %.9g, where the right-hand side jumps: tangents cannot pass",
      m->name, problem->t);
  return FHRL_OK;
}
