// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_layers: what a portrait shows of the plane itself: directions, nullclines, level sets; and its equilibria
#include "analysis/portrait_layers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/contour.h"
#include "analysis/metrics.h"
#include "base/random.h"

enum { SADDLE = 2, CONTINUUM = 5 }; // of the layer RESTS

static double at(const fhrl_portrait *p, int axis, double part) { return p->low[axis] + part * (p->high[axis] - p->low[axis]); }

// ---- directions

// An arrow about the middle that looks as long as all others; none where there is no direction.
static fhrl_status arrow(fhrl_portrait *p, int n, const double middle[2], const double v[2], double speed, fhrl_err *err)
{
  const double seen = hypot(v[0] / (p->high[0] - p->low[0]), v[1] / (p->high[1] - p->low[1]));
  if (!(seen > 0.0) || !isfinite(seen)) return FHRL_OK;
  const double length = 0.7 / n / seen, step[2] = {v[0] * length, v[1] * length};
  return fhrl_portrait_add(&p->layer[FHRL_PORTRAIT_FIELD], middle[0] - 0.5 * step[0], middle[1] - 0.5 * step[1], step[0],
    step[1], speed, err);
}

fhrl_status fhrl_portrait_layers_field(fhrl_portrait *p, const fhrl_portrait_plane *plane, int n, fhrl_err *err)
{
  double *x = malloc((size_t)plane->s->n * sizeof *x);
  if (x == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a state of %d components", plane->s->n);
  fhrl_status status = FHRL_OK;
  for (int i = 0; i < n * n && status == FHRL_OK; i++) {
    const double middle[2] = {at(p, 0, (i % n + 0.5) / n), at(p, 1, (i / n + 0.5) / n)};
    double v[2];
    if (!fhrl_portrait_plane_lift(plane, middle, x)) continue;
    fhrl_portrait_plane_velocity(plane, x, v);
    status = arrow(p, n, middle, v, hypot(v[0], v[1]), err);
  }
  free(x);
  return status;
}

static int inside(const fhrl_portrait *p, const double point[2])
{
  int in = 1;
  for (int a = 0; a < 2; a++) in &= point[a] >= p->low[a] && point[a] <= p->high[a];
  return in;
}

fhrl_status fhrl_portrait_layers_along(fhrl_portrait *p, int n, fhrl_err *err)
{
  static const fhrl_portrait_layer from[] = {FHRL_PORTRAIT_OWN, FHRL_PORTRAIT_ORBITS};
  for (int k = 0; k < 2; k++) {
    const fhrl_portrait_rows *rows = &p->layer[from[k]];
    double gone = 0.0;
    for (int i = 0; i + 1 < rows->count; i++) {
      const double *a = rows->value + (size_t)i * FHRL_PORTRAIT_COLUMNS, *b = a + FHRL_PORTRAIT_COLUMNS;
      const double v[2] = {b[0] - a[0], b[1] - a[1]}, middle[2] = {0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])};
      const double way = hypot(v[0] / (p->high[0] - p->low[0]), v[1] / (p->high[1] - p->low[1]));
      if (!isfinite(way)) { // between two lines
        gone = 0.0;
        continue;
      }
      gone += way;
      if (gone < 1.4 / n || !inside(p, middle)) continue;
      FHRL_TRY(arrow(p, n, middle, v, hypot(v[0], v[1]) / (b[4] - a[4]), err));
      gone = 0.0;
    }
  }
  return FHRL_OK;
}

// ---- lines traced on a grid

static fhrl_status trace(fhrl_portrait *p, int n, const double f[], fhrl_contour_function *between, void *context,
  fhrl_portrait_rows *rows, double value, fhrl_err *err)
{
  fhrl_contour c;
  FHRL_TRY(fhrl_contour_zero_of(n, n, f, between, context, &c, err));
  fhrl_status status = FHRL_OK;
  for (int i = 0; status == FHRL_OK && i < c.points; i++) // a NaN pair stays one
    status = fhrl_portrait_add(rows, at(p, 0, c.point[2 * i] / (n - 1)), at(p, 1, c.point[2 * i + 1] / (n - 1)), FHRL_NAN,
      FHRL_NAN, value, err);
  fhrl_contour_free(&c);
  return status;
}

static void grid_point(const fhrl_portrait *p, int n, int i, double out[2])
{
  out[0] = at(p, 0, (double)(i % n) / (n - 1));
  out[1] = at(p, 1, (double)(i / n) / (n - 1));
}

typedef struct between {
  const fhrl_portrait *p;
  const fhrl_portrait_plane *plane;
  int n, axis; // of the grid; which velocity
  double *x;   // scratch (states)
} between;

static double velocity_between(void *context, double column, double row)
{
  const between *w = context;
  const double point[2] = {at(w->p, 0, column / (w->n - 1)), at(w->p, 1, row / (w->n - 1))};
  double v[2] = {FHRL_NAN, FHRL_NAN};
  if (fhrl_portrait_plane_lift(w->plane, point, w->x)) fhrl_portrait_plane_velocity(w->plane, w->x, v);
  return v[w->axis];
}

fhrl_status fhrl_portrait_layers_nullclines(fhrl_portrait *p, const fhrl_portrait_plane *plane, int n, fhrl_err *err)
{
  const size_t points = (size_t)n * n;
  double *f = malloc((2 * points + (size_t)plane->s->n) * sizeof *f), *x = f ? f + 2 * points : NULL;
  if (f == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a grid of %d x %d", n, n);
  fhrl_status status = FHRL_OK;
  for (int i = 0; i < n * n && status == FHRL_OK; i++) {
    double point[2], v[2] = {FHRL_NAN, FHRL_NAN};
    grid_point(p, n, i, point);
    if (fhrl_portrait_plane_lift(plane, point, x)) fhrl_portrait_plane_velocity(plane, x, v);
    for (int axis = 0; axis < 2; axis++) f[axis * points + (size_t)i] = v[axis];
    status = fhrl_portrait_stopped(p, err);
  }
  for (int axis = 0; axis < 2 && status == FHRL_OK; axis++) {
    between w = {.p = p, .plane = plane, .n = n, .axis = axis, .x = x};
    status = trace(p, n, f + (size_t)axis * points, velocity_between, &w, &p->layer[FHRL_PORTRAIT_NULL_ACROSS + axis],
      FHRL_NAN, err);
  }
  free(f);
  return status;
}

// ---- equilibria

// A saddle, whatever else turns there (saddle-centre): some orbits leave, some arrive.
static int saddle_like(const fhrl_equilibrium *q)
{
  int in = 0, out = 0;
  for (int i = 0; i < q->eigenvalues; i++) {
    const double tiny = 1e-8 * fmax(1.0, hypot(q->re[i], q->im[i]));
    in |= q->re[i] < -tiny;
    out |= q->re[i] > tiny;
  }
  return in && out;
}

fhrl_status fhrl_portrait_layers_rests(fhrl_portrait *p, const fhrl_portrait_plane *plane, fhrl_err *err)
{
  static const int mark[] = {[FHRL_EQUILIBRIUM_STABLE_NODE] = 0, [FHRL_EQUILIBRIUM_STABLE_FOCUS] = 0,
    [FHRL_EQUILIBRIUM_UNSTABLE_NODE] = 1, [FHRL_EQUILIBRIUM_UNSTABLE_FOCUS] = 1, [FHRL_EQUILIBRIUM_SADDLE] = SADDLE,
    [FHRL_EQUILIBRIUM_CENTRE] = 3, [FHRL_EQUILIBRIUM_DEGENERATE] = 4};
  for (int i = 0; i < p->equilibria.count; i++) {
    const fhrl_equilibrium *q = &p->equilibria.item[i];
    double point[2];
    if (!q->isolated) continue;
    fhrl_portrait_plane_project(plane, 0.0, q->x, point);
    if (plane->kind == FHRL_PORTRAIT_RADIAL) point[1] = 0.0; // by what it is, whatever rounding says
    const int kind = saddle_like(q) ? SADDLE : mark[q->kind];
    FHRL_TRY(fhrl_portrait_add(&p->layer[FHRL_PORTRAIT_RESTS], point[0], point[1], FHRL_NAN, FHRL_NAN, kind, err));
  }
  // a line of them in a flow of two states, where one velocity may vanish everywhere and leave no nullcline; those of more states
  // would be a cloud
  for (int i = 0; i < p->equilibria.count && plane->s->n == 2; i++) {
    const fhrl_equilibrium *q = &p->equilibria.item[i];
    double point[2];
    if (q->isolated) continue;
    fhrl_portrait_plane_project(plane, 0.0, q->x, point);
    FHRL_TRY(fhrl_portrait_add(&p->layer[FHRL_PORTRAIT_RESTS], point[0], point[1], FHRL_NAN, FHRL_NAN, CONTINUUM, err));
  }
  return FHRL_OK;
}

// ---- level sets

typedef struct survey {
  const fhrl_portrait_plane *plane;
  int index, all;               // of the observable; how many there are
  double *x, *dx, *other, *obs; // (n), (n), (n), (all)
} survey;

// The observable at x; NaN where it is not finite.
static double observed(const survey *w, const double x[])
{
  const fhrl_system *s = w->plane->s;
  if (s->model->observe(s, 0.0, x, w->obs) != 0 || !isfinite(w->obs[w->index])) return FHRL_NAN;
  return w->obs[w->index];
}

// Its change over a small way along v, from both sides.
static double change(const survey *w, const double v[], double step)
{
  const int n = w->plane->s->n;
  double ends[2];
  for (int k = 0; k < 2; k++) {
    for (int i = 0; i < n; i++) w->other[i] = w->x[i] + (k ? -step : step) * v[i];
    ends[k] = observed(w, w->other);
  }
  return ends[0] - ends[1];
}

// 1 if the flow climbs the observable nowhere on a coarse grid in and about the plane; *steady: 1 if it keeps it
// everywhere. Changes along the flow are compared with those along random directions of the same length.
static int descends(const survey *w, const fhrl_portrait *p, int *steady)
{
  enum { SIDE = 14 };
  const fhrl_system *s = w->plane->s;
  double most = 0.0, rise = 0.0, fall = 0.0;
  for (int i = 0; i < SIDE * SIDE; i++) {
    double point[2];
    grid_point(p, SIDE, i, point);
    if (!fhrl_portrait_plane_lift(w->plane, point, w->x)) continue;
    const double side = fmax(p->high[0] - p->low[0], p->high[1] - p->low[1]), step = 1e-5 * side;
    if (s->n > 2) { // all about the plane, too: within it a flow may descend what it climbs elsewhere
      fhrl_random_normal((fhrl_random){.stream = FHRL_STREAM_NULL, .step = (uint32_t)i, .layer = 1}, 0, (size_t)s->n, w->dx);
      for (int k = 0; k < s->n; k++) w->x[k] += 0.2 * side * w->dx[k];
    }
    if (s->model->rhs(s, 0.0, w->x, w->dx) != 0) continue;
    const double speed = fhrl_norm(s->n, w->dx);
    if (!(speed > 0.0) || !isfinite(speed)) continue;
    for (int k = 0; k < s->n; k++) w->dx[k] /= speed;
    const double along = change(w, w->dx, step);
    if (isnan(along)) continue;
    rise = fmax(rise, along);
    fall = fmax(fall, -along);
    fhrl_random_normal((fhrl_random){.stream = FHRL_STREAM_NULL, .step = (uint32_t)i}, 0, (size_t)s->n, w->dx);
    const double norm = fhrl_norm(s->n, w->dx);
    for (int k = 0; k < s->n; k++) w->dx[k] /= norm;
    const double across = change(w, w->dx, step);
    if (!isnan(across)) most = fmax(most, fabs(across));
  }
  *steady = fmax(rise, fall) <= 1e-6 * most;
  return most > 0.0 && rise <= 1e-6 * most;
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Distances from a minimum grow evenly with the root of the area within, so levels are taken at squares of even quantiles.
static int choose_levels(const fhrl_portrait *p, const survey *w, int levels, const double f[], size_t points, double sorted[],
  const double x0[], double out[])
{
  size_t count = 0;
  int n = 0;
  for (size_t i = 0; i < points; i++)
    if (isfinite(f[i])) sorted[count++] = f[i];
  qsort(sorted, count, sizeof *sorted, ascending);
  for (int k = 1; k <= levels && count > 0; k++) {
    const double part = (k - 0.5) / levels;
    out[n++] = sorted[(size_t)(part * part * (double)(count - 1))];
  }
  for (int i = 0; i < p->equilibria.count && n < levels + 16; i++) {
    const fhrl_equilibrium *q = &p->equilibria.item[i];
    const double level = observed(w, q->x);
    int known = isnan(level) || !saddle_like(q);
    for (int k = levels; k < n; k++) known |= fabs(out[k] - level) <= 1e-9 * (1.0 + fabs(level)); // its mirror image
    if (!known) out[n++] = level;
  }
  const double own = observed(w, x0);
  if (w->plane->s->n > 2 && !isnan(own)) out[n++] = own; // what its orbit is confined by
  return n;
}

static fhrl_status find_observable(const fhrl_model *m, const char *name, int *index, fhrl_err *err)
{
  char list[256] = "";
  *index = -1;
  for (int i = 0; i < m->n_obs && m->observe; i++) {
    const char *own = m->obs[i].name;
    if (*name ? strcmp(own, name) == 0 : strcmp(own, "energy") == 0 || strcmp(own, "invariant") == 0) *index = i;
    const size_t used = strlen(list);
    snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", own);
  }
  if (*name && *index < 0)
    return fhrl_fail(err, FHRL_ARG, "portrait.observable = %s: %s has no such observable; allowed: %s", name, m->name,
      *list ? list : "none, it has no observables");
  return FHRL_OK;
}

fhrl_status fhrl_portrait_layers_levels(fhrl_portrait *p, const fhrl_portrait_plane *plane, const char *name, int levels,
  int n, const double x0[], fhrl_err *err)
{
  const size_t points = (size_t)n * n, states = (size_t)plane->s->n;
  survey w = {.plane = plane, .all = plane->s->model->n_obs};
  fhrl_status status = FHRL_OK;
  int steady = 0;
  FHRL_TRY(find_observable(plane->s->model, name, &w.index, err));
  if (levels == 0 || w.index < 0 || !fhrl_portrait_plane_linear(plane)) return FHRL_OK;
  double *f = malloc((2 * points + 3 * states + (size_t)w.all + (size_t)levels + 17) * sizeof *f);
  if (f == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a grid of %d x %d", n, n);
  double *sorted = f + points, *level = sorted + points;
  w.x = level + levels + 17;
  w.dx = w.x + states;
  w.other = w.dx + states;
  w.obs = w.other + states;
  if (!descends(&w, p, &steady) && !*name) goto done; // no function that organises this flow
  for (int i = 0; i < n * n; i++) {
    double point[2];
    FHRL_DO(status, fhrl_portrait_stopped(p, err));
    grid_point(p, n, i, point);
    f[i] = fhrl_portrait_plane_lift(plane, point, w.x) ? observed(&w, w.x) : FHRL_NAN;
  }
  const int count = choose_levels(p, &w, levels, f, points, sorted, x0, level);
  for (int k = 0; k < count; k++) {
    for (size_t i = 0; i < points; i++) sorted[i] = f[i] - level[k]; // no longer needed in order
    FHRL_DO(status, trace(p, n, sorted, NULL, NULL, &p->layer[FHRL_PORTRAIT_LEVELS], level[k], err));
  }
  snprintf(p->level, sizeof p->level, "%s", plane->s->model->obs[w.index].name);
  p->level_kept = steady;
done:
  free(f);
  return status;
}
