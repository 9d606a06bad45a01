// SPDX-License-Identifier: GPL-3.0-or-later
// continuation_locate: what happens on a branch between two of its points, and where
#include "analysis/continuation_locate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 8, CUTS = 24, DEPTH = 14, TURNS = 4 };
static const double wanted = 1e-10; // error of the parameter, over its range

static double growth(const fhrl_arc *a, const fhrl_continuation_locate_point *p, int k)
{
  return a->map ? hypot(p->re[k], p->im[k]) - 1.0 : p->re[k];
}

fhrl_status fhrl_continuation_locate_make(const fhrl_arc *a, fhrl_continuation_locate_point *out, fhrl_err *err)
{
  const size_t n = (size_t)a->n + 1, k = (size_t)fhrl_arc_values(a) + 1;
  double *block = calloc(2 * n + 2 * k, sizeof *block);
  if (block == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a point of a branch");
  *out = (fhrl_continuation_locate_point){block, block + n, block + 2 * n, block + 2 * n + k, 0, 0};
  return FHRL_OK;
}

void fhrl_continuation_locate_drop(fhrl_continuation_locate_point *p)
{
  free(p->z);
  *p = (fhrl_continuation_locate_point){0};
}

// Eigenvalues that stay on the boundary, as those along a continuum do, are not to be counted by their rounding errors.
static int count_unstable(const fhrl_arc *a, const fhrl_continuation_locate_point *p)
{
  double size = 1.0;
  int count = 0;
  for (int k = 0; k < p->values; k++) size = fmax(size, hypot(p->re[k], p->im[k]));
  for (int k = 0; k < p->values; k++) count += growth(a, p, k) > 1e-11 * size;
  return count;
}

fhrl_status fhrl_continuation_locate_complete(fhrl_arc *a, const double along[], fhrl_continuation_locate_point *p, int *ok,
  fhrl_err *err)
{
  *ok = fhrl_arc_tangent(a, p->z, along, p->tangent);
  if (!*ok) return FHRL_OK;
  FHRL_TRY(fhrl_arc_spectrum(a, p->z, p->re, p->im, &p->values, err));
  p->unstable = count_unstable(a, p);
  return FHRL_OK;
}

// ---- points between two points

typedef struct bracket {
  const fhrl_continuation_locate_point *from, *to;
  double *chord; // (n + 1) unit
  double length;
} bracket;

static void span(const fhrl_arc *a, bracket *b)
{
  for (int i = 0; i <= a->n; i++) b->chord[i] = b->to->z[i] - b->from->z[i];
  b->length = sqrt(fhrl_arc_dot(a, b->chord, b->chord));
  for (int i = 0; i <= a->n; i++) b->chord[i] /= b->length;
}

// The point of the curve at distance sigma along the chord, predicted by the cubic through both ends and their tangents.
static fhrl_status point_at(fhrl_arc *a, const bracket *b, double sigma, fhrl_continuation_locate_point *p, int *ok,
  fhrl_err *err)
{
  const double s = sigma / b->length, h00 = (1.0 + 2.0 * s) * (1.0 - s) * (1.0 - s), h10 = s * (1.0 - s) * (1.0 - s);
  const double h01 = s * s * (3.0 - 2.0 * s), h11 = -s * s * (1.0 - s);
  const double at_from = b->length / fhrl_arc_dot(a, b->from->tangent, b->chord);
  const double at_to = b->length / fhrl_arc_dot(a, b->to->tangent, b->chord);
  for (int i = 0; i <= a->n; i++)
    p->z[i] = h00 * b->from->z[i] + h10 * at_from * b->from->tangent[i] + h01 * b->to->z[i] + h11 * at_to * b->to->tangent[i];
  *ok = fhrl_arc_correct(a, b->from->z, b->chord, sigma, p->z) >= 0;
  if (!*ok) return FHRL_OK;
  return fhrl_continuation_locate_complete(a, b->chord, p, ok, err);
}

// ---- what is between

typedef struct event {
  fhrl_continuation_kind kind;
  int index; // k of the test function g_k; -1: t_q
} event;

// Nature of eigenvalue k where it crosses.
static fhrl_continuation_kind crossing(const fhrl_arc *a, const fhrl_continuation_locate_point *p, int k)
{
  const int pair = fabs(p->im[k]) > 1e-9 * (1.0 + hypot(p->re[k], p->im[k]));
  if (!a->map) return pair ? FHRL_CONTINUATION_HOPF : FHRL_CONTINUATION_BRANCH;
  if (pair) return FHRL_CONTINUATION_NEIMARK_SACKER;
  return p->re[k] < 0.0 ? FHRL_CONTINUATION_FLIP : FHRL_CONTINUATION_BRANCH;
}

// 0: nothing; 1: one event, in *out; 2: more than one, or none that is known.
static int pattern(const fhrl_arc *a, const fhrl_continuation_locate_point *from, const fhrl_continuation_locate_point *to,
  event *out)
{
  const int crossed = abs(to->unstable - from->unstable), turned = from->tangent[a->n] * to->tangent[a->n] < 0.0;
  const int k = from->unstable < to->unstable ? from->unstable : to->unstable;
  if (crossed == 0 && !turned) return 0;
  if (crossed == 0) {
    *out = (event){FHRL_CONTINUATION_BRANCH, -1};
    return 1;
  }
  const fhrl_continuation_kind kind = crossing(a, from, k), other = crossing(a, to, k);
  const int pair = kind == FHRL_CONTINUATION_HOPF || kind == FHRL_CONTINUATION_NEIMARK_SACKER;
  *out = (event){turned ? FHRL_CONTINUATION_FOLD : kind, turned ? -1 : k};
  if (kind != other || crossed != (pair ? 2 : 1)) return 2;
  return turned && kind != FHRL_CONTINUATION_BRANCH ? 2 : 1;
}

static double test_value(const fhrl_arc *a, const fhrl_continuation_locate_point *p, const event *e)
{
  return e->index < 0 ? p->tangent[a->n] : growth(a, p, e->index);
}

// ---- interpolation in Chebyshev points of [0, 1]

static double node(int j, int count) { return 0.5 - 0.5 * cos((j + 0.5) * FHRL_PI / count); }

// Barycentric interpolation of values over the nodes of which `use` is set.
static double interpolate(const double x[], const double values[], const int use[], double at)
{
  double top = 0.0, bottom = 0.0;
  for (int j = 0; j < NODES; j++) {
    if (!use[j]) continue;
    if (at == x[j]) return values[j];
    double weight = 1.0;
    for (int k = 0; k < NODES; k++)
      if (use[k] && k != j) weight /= 4.0 * (x[j] - x[k]);
    top += weight / (at - x[j]) * values[j];
    bottom += weight / (at - x[j]);
  }
  return top / bottom;
}

// The root of the interpolant within [0, 1], by bisection; -1 if it has the same sign at both ends. An end that is a root but
// for rounding is one: a branch may have been started on it.
static double interpolated_root(const double x[], const double values[], const int use[])
{
  double low = 0.0, high = 1.0;
  const double at_low = interpolate(x, values, use, low), at_high = interpolate(x, values, use, high);
  if (fabs(at_low) < 1e-11 * fabs(at_high)) return 0.0;
  if (!(at_low * at_high <= 0.0)) return -1.0;
  for (int k = 0; k < 60; k++) {
    const double middle = 0.5 * (low + high);
    if (interpolate(x, values, use, middle) * at_low > 0.0) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

// What a search works with: a row of points, of which the last two are the moving ends of the bracket.
typedef struct search {
  fhrl_arc *a;
  fhrl_continuation_locate_point node[NODES], end[2];
  double *chord;
  double sigma[NODES], psi[NODES], q[NODES], component[NODES];
  fhrl_continuation_locate_found *found;
  void *context;
} search;

static void copy(const fhrl_arc *a, fhrl_continuation_locate_point *to, const fhrl_continuation_locate_point *from)
{
  const size_t n = (size_t)a->n + 1, k = (size_t)fhrl_arc_values(a) + 1;
  memcpy(to->z, from->z, (2 * n + 2 * k) * sizeof *to->z);
  to->values = from->values;
  to->unstable = from->unstable;
}

// Fills the nodes of a bracket; ok = 0 if one could not be had.
static fhrl_status fill(search *w, const bracket *b, const event *e, int *ok, fhrl_err *err)
{
  for (int j = 0; j < NODES; j++) {
    w->sigma[j] = node(j, NODES);
    FHRL_TRY(point_at(w->a, b, w->sigma[j] * b->length, &w->node[j], ok, err));
    if (!*ok || (e->index >= 0 && e->index >= w->node[j].values)) {
      *ok = 0;
      return FHRL_OK;
    }
    w->psi[j] = test_value(w->a, &w->node[j], e);
    w->q[j] = w->node[j].z[w->a->n];
  }
  return FHRL_OK;
}

// The special point at `at` of [0, 1], interpolated; its eigenvalue is that of index k at the nearest node, carried to there.
static fhrl_status report(search *w, const bracket *b, const event *e, double at, double error, fhrl_err *err)
{
  static const int all[NODES] = {1, 1, 1, 1, 1, 1, 1, 1};
  fhrl_arc *a = w->a;
  fhrl_continuation_locate_point *p = &w->end[0]; // no longer needed as an end
  const int k = b->from->unstable < b->to->unstable ? b->from->unstable : b->to->unstable;
  fhrl_continuation_point special = {.kind = e->kind, .error = error, .unstable = k};
  special.stable = k == 0 ? (b->from->unstable == b->to->unstable ? 1 : 2) : 0;
  for (int i = 0; i <= a->n; i++) {
    for (int j = 0; j < NODES; j++) w->component[j] = w->node[j].z[i];
    p->z[i] = interpolate(w->sigma, w->component, all, at);
  }
  for (int i = 0; i <= a->n; i++) {
    for (int j = 0; j < NODES; j++) w->component[j] = w->node[j].tangent[i];
    p->tangent[i] = interpolate(w->sigma, w->component, all, at);
  }
  for (int part = 0; part < 2 && k < w->node[0].values; part++) {
    for (int j = 0; j < NODES; j++) w->component[j] = part ? fabs(w->node[j].im[k]) : w->node[j].re[k];
    *(part ? &special.im : &special.re) = interpolate(w->sigma, w->component, all, at);
  }
  int nearest = 0; // by rank the crossing eigenvalue may have been another one farther off
  for (int j = 1; j < NODES; j++)
    if (fabs(w->sigma[j] - at) < fabs(w->sigma[nearest] - at)) nearest = j;
  if (e->index >= 0) special.kind = crossing(a, &w->node[nearest], e->index);
  special.z = p->z;
  special.tangent = p->tangent;
  special.parameter = a->scale * p->z[a->n];
  special.residual = fhrl_arc_residual(a, p->z);
  return w->found(w->context, &special, err);
}

// One event between from and to: the bracket is halved until the interpolant's root is certain.
static fhrl_status locate(search *w, const fhrl_continuation_locate_point *from, const fhrl_continuation_locate_point *to,
  const event *e, fhrl_err *err)
{
  static const int all[NODES] = {1, 1, 1, 1, 1, 1, 1, 1}, most[NODES] = {1, 1, 0, 1, 1, 0, 1, 1};
  fhrl_arc *a = w->a;
  copy(a, &w->end[0], from);
  copy(a, &w->end[1], to);
  double best = HUGE_VAL;
  for (int cut = 0;; cut++) {
    bracket b = {&w->end[0], &w->end[1], w->chord, 0.0};
    int ok;
    span(a, &b);
    FHRL_TRY(fill(w, &b, e, &ok, err));
    if (ok) {
      const double at = interpolated_root(w->sigma, w->psi, all), rough = interpolated_root(w->sigma, w->psi, most);
      if (at >= 0.0 && rough >= 0.0)
        best = fabs(interpolate(w->sigma, w->q, all, at) - interpolate(w->sigma, w->q, all, rough)) + 1e-15;
      const int last = cut == CUTS || b.length < 1e-7;
      if (at >= 0.0 && (best < wanted || last)) return report(w, &b, e, at, best * a->scale, err);
      if (last) return FHRL_OK; // its sign does not change after all: rounding
    } else if (cut == CUTS || b.length < 1e-9) return FHRL_OK;
    const double middle = (ok ? 0.5 : 0.45) * b.length; // off a node that could not be had
    FHRL_TRY(point_at(a, &b, middle, &w->node[0], &ok, err));
    if (!ok) return FHRL_OK;
    const double left = test_value(a, &w->end[0], e), here = test_value(a, &w->node[0], e);
    copy(a, &w->end[left * here > 0.0 ? 0 : 1], &w->node[0]);
  }
}

// Cuts between two neighbours until every part holds one event at most.
static fhrl_status part(search *w, const fhrl_continuation_locate_point *from, const fhrl_continuation_locate_point *to,
  int depth, fhrl_err *err)
{
  fhrl_arc *a = w->a;
  event e;
  const int what = pattern(a, from, to, &e);
  if (what == 0) return FHRL_OK;
  // cut to be sure that it is one, and not a fold beside another crossing that undoes its count
  if (what == 1 && depth >= (e.kind == FHRL_CONTINUATION_BRANCH && e.index < 0 ? TURNS : 1)) return locate(w, from, to, &e, err);
  if (depth == DEPTH) { // several cross together, as symmetry makes them
    e.index = from->unstable < to->unstable ? from->unstable : to->unstable;
    e.kind = crossing(a, from, e.index);
    return locate(w, from, to, &e, err);
  }
  fhrl_continuation_locate_point middle;
  bracket b = {from, to, w->chord, 0.0};
  int ok;
  fhrl_status status = FHRL_OK;
  span(a, &b);
  FHRL_TRY(fhrl_continuation_locate_make(a, &middle, err));
  FHRL_DO(status, point_at(a, &b, 0.5 * b.length, &middle, &ok, err));
  if (!ok) FHRL_DO(status, point_at(a, &b, 0.4 * b.length, &middle, &ok, err));
  if (!ok) {
    if (what == 1) status = locate(w, from, to, &e, err);
    goto done;
  }
  FHRL_DO(status, part(w, from, &middle, depth + 1, err));
  FHRL_DO(status, part(w, &middle, to, depth + 1, err));
done:
  fhrl_continuation_locate_drop(&middle);
  return status;
}

fhrl_status fhrl_continuation_locate_between(fhrl_arc *a, const fhrl_continuation_locate_point *from,
  const fhrl_continuation_locate_point *to, fhrl_continuation_locate_found *found, void *context, fhrl_err *err)
{
  event e;
  if (pattern(a, from, to, &e) == 0) return FHRL_OK;
  search w = {.a = a, .found = found, .context = context};
  fhrl_status status = FHRL_OK;
  w.chord = malloc((size_t)(a->n + 1) * sizeof *w.chord);
  if (w.chord == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a bifurcation of %d states", a->n);
  for (int j = 0; j < NODES; j++) FHRL_DO(status, fhrl_continuation_locate_make(a, &w.node[j], err));
  for (int j = 0; j < 2; j++) FHRL_DO(status, fhrl_continuation_locate_make(a, &w.end[j], err));
  status = part(&w, from, to, 0, err);
done:
  for (int j = 0; j < NODES; j++) fhrl_continuation_locate_drop(&w.node[j]);
  for (int j = 0; j < 2; j++) fhrl_continuation_locate_drop(&w.end[j]);
  free(w.chord);
  return status;
}
