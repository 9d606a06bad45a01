// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_return: does an orbit come back to where it is?
#include "analysis/exponents_return.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"

enum { RETURNS = 64, PIECES = 16 };
static const double come_back = 1e-5, tight = 1e-10;

static double distance(int n, const double a[], const double b[])
{
  double sum = 0.0;
  for (int i = 0; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt(sum);
}

// The system with one event more, the crossing of the plane.
typedef struct section {
  fhrl_system s; // first: the handle that callers hold
  fhrl_model model;
  fhrl_event event[FHRL_EVENT_MAX];
  fhrl_system *base;             // borrowed
  const double *origin, *normal; // borrowed; (n)
  int functions;                 // of the base's events
  double *extent;                // borrowed: largest distance from the origin of the plane so far
} section;

static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  const section *p = (const section *)s;
  *p->extent = fmax(*p->extent, distance(s->n, x, p->origin));
  p->base->u = s->u;
  return p->base->model->rhs(p->base, t, x, dx);
}

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const section *p = (const section *)s;
  p->base->u = s->u;
  return p->base->model->jvp(p->base, t, x, v, Jv);
}

static int events(const fhrl_system *s, double t, const double x[], double g[])
{
  const section *p = (const section *)s;
  double side = 0.0;
  for (int i = 0; i < s->n; i++) side += p->normal[i] * (x[i] - p->origin[i]);
  g[p->functions] = side;
  p->base->u = s->u;
  return p->functions > 0 ? p->base->model->events(p->base, t, x, g) : 0;
}

static int cut(section *p, fhrl_system *base, const double x[], const double normal[])
{
  static const fhrl_event back = {"return", 1, 1, "the plane through the start"};
  const fhrl_model *m = base->model;
  if (m->n_event == FHRL_EVENT_MAX) return 0;
  p->s = *base;
  p->base = base;
  p->origin = x;
  p->normal = normal;
  p->functions = 0;
  for (int i = 0; i < m->n_event; i++) {
    p->event[i] = m->event[i];
    p->event[i].terminal = 0;
    p->functions += base->dims.event[i];
  }
  p->event[m->n_event] = back;
  p->s.dims.event[m->n_event] = 1;
  p->model = *m;
  p->model.event = p->event;
  p->model.n_event = m->n_event + 1;
  p->model.rhs = rhs;
  p->model.jvp = jvp;
  p->model.split = NULL;
  p->model.events = events;
  p->s.model = &p->model;
  return 1;
}

// The time until the orbit is back, NaN if that was not seen.
static double follow(fhrl_integrator *it, int n, const double x[], double longest, const double *extent)
{
  const double piece = longest / PIECES;
  for (int returns = 0, k = 1; returns < RETURNS && k <= PIECES;) {
    const fhrl_status status = fhrl_integrator_advance(it, (double)k * piece, NULL);
    if (status == FHRL_EVENT) {
      if (distance(n, fhrl_integrator_state(it), x) <= come_back * *extent) return fhrl_integrator_now(it);
      returns++;
    } else if (status != FHRL_OK) break;
    else k++;
  }
  return FHRL_NAN;
}

fhrl_status fhrl_exponents_return_find(const fhrl_exponents *e, const double x[], double *period, fhrl_err *err)
{
  fhrl_integrator *it = NULL;
  double extent = 0.0;
  section p = {.extent = &extent};
  fhrl_solver solver = e->solver;
  double *normal = malloc((size_t)e->n * sizeof *normal);
  const double *u = e->s->u;
  if (normal == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d states", e->n);
  solver.rtol = fmin(solver.rtol, tight);
  solver.atol = fmin(solver.atol, 0.01 * tight);
  solver.step = 0.0;
  if (e->s->model->rhs(e->s, 0.0, x, normal) == 0 && cut(&p, e->s, x, normal) &&
      fhrl_integrator_create(&p.s, NULL, &solver, 0.0, x, &it, NULL) == FHRL_OK) {
    const double found = follow(it, e->n, x, 0.25 * e->measured, &extent);
    if (!isnan(found)) *period = found;
  }
  fhrl_integrator_destroy(it);
  e->s->u = u;
  free(normal);
  return FHRL_OK;
}
