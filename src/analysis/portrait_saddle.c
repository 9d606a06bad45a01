// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_saddle: eigenvectors of saddles, and the manifolds that leave them or end in them
#include "analysis/portrait_saddle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "analysis/portrait_flow.h"
#include "analysis/portrait_orbit.h"
#include "base/dense.h"

enum { FEW = 3 }; // states

fhrl_status fhrl_portrait_saddle_vector(int n, const double J[], double lambda, double work[], double v[], fhrl_err *err)
{
  // off the eigenvalue by what leaves the matrix regular: each step then shrinks all else by that over the distance
  const double shift = lambda + 1e-9 * fmax(fhrl_norm_max(n * n, J), fabs(lambda));
  memcpy(work, J, (size_t)n * n * sizeof *work);
  for (int i = 0; i < n; i++) work[(size_t)i * n + i] -= shift;
  for (int i = 0; i < n; i++) v[i] = 1.0 + 0.1 * (i % 7); // no eigenvector of anything in particular
  for (int k = 0; k < 6; k++) {
    FHRL_TRY(fhrl_dense_solve(n, work, v, v, err));
    int top = 0;
    for (int i = 1; i < n; i++)
      if (fabs(v[i]) > fabs(v[top]) * (1.0 + 1e-9)) top = i;
    const double factor = (v[top] < 0.0 ? -1.0 : 1.0) / fhrl_norm(n, v);
    for (int i = 0; i < n; i++) v[i] *= factor;
  }
  return FHRL_OK;
}

typedef struct saddle {
  fhrl_portrait *p;
  const fhrl_portrait_plane *plane;
  fhrl_portrait_flow back;
  fhrl_system *run;
  const fhrl_solver *solver;
  double reach;
  double *J, *work, *v, *x, *e, *dx; // (n, n) twice, (n), (n), (2 n), (n)
} saddle;

// An eigenvalue of which eigenvectors and manifolds are drawn: real, off zero, no other near it.
static int is_simple(const fhrl_equilibrium *q, int i)
{
  const int n = q->eigenvalues;
  const double size = fmax(fhrl_norm_max(n, q->re), fhrl_norm_max(n, q->im)), tiny = 1e-8 * fmax(1.0, size);
  if (fabs(q->re[i]) <= tiny || fabs(q->im[i]) > tiny) return 0;
  for (int j = 0; j < n; j++)
    if (j != i && hypot(q->re[j] - q->re[i], q->im[j]) <= 1e-6 * size) return 0;
  return 1;
}

static int count_side(const fhrl_equilibrium *q, double sign)
{
  const int n = q->eigenvalues;
  const double tiny = 1e-8 * fmax(1.0, fmax(fhrl_norm_max(n, q->re), fhrl_norm_max(n, q->im)));
  int count = 0;
  for (int i = 0; i < n; i++) count += sign * q->re[i] > tiny;
  return count;
}

// 1 if on that side of the saddle, along v, there is nothing that the model describes.
static int beyond(const saddle *k, const fhrl_equilibrium *q, int sign)
{
  const int n = k->plane->s->n;
  const double step = 1e-3 * (1.0 + fhrl_norm_max(n, q->x));
  for (int i = 0; i < n; i++) k->dx[i] = q->x[i] + sign * step * k->v[i];
  return fhrl_portrait_plane_refuses(k->plane, k->dx);
}

// Arrows along +-v, outward where the eigenvalue is positive, of a length that is the same on paper for all.
static fhrl_status draw_directions(const saddle *k, const fhrl_equilibrium *q, double lambda, fhrl_err *err)
{
  enum { ACROSS, UP };
  double at[2], v[2];
  if (!fhrl_portrait_plane_linear(k->plane)) return FHRL_OK;
  fhrl_portrait_plane_project(k->plane, 0.0, q->x, at);
  fhrl_portrait_plane_direction(k->plane, k->v, v);
  if (hypot(v[ACROSS], v[UP]) < 0.2) return FHRL_OK; // it points out of the plane
  const fhrl_portrait *p = k->p;
  const double seen = hypot(v[ACROSS] / (p->high[ACROSS] - p->low[ACROSS]), v[UP] / (p->high[UP] - p->low[UP]));
  for (int sign = -1; sign <= 1; sign += 2) {
    if (beyond(k, q, sign)) continue;
    const double head[2] = {sign * 0.055 / seen * v[ACROSS], sign * 0.055 / seen * v[UP]};
    const double from = lambda > 0.0 ? 0.0 : 1.0, way = lambda > 0.0 ? 1.0 : -1.0;
    FHRL_TRY(fhrl_portrait_add(&k->p->layer[FHRL_PORTRAIT_DIRECTIONS], at[ACROSS] + from * head[ACROSS],
      at[UP] + from * head[UP], way * head[ACROSS], way * head[UP], lambda, err));
  }
  return FHRL_OK;
}

// The largest power of ten, relative to the state, at which the field along v is linear; 0 if there is none.
static double linear_reach(const saddle *k, const fhrl_equilibrium *q, double lambda)
{
  const fhrl_system *s = k->plane->s;
  const double size = 1.0 + fhrl_norm_max(s->n, q->x);
  for (double delta = 1e-3 * size; delta > 1e-13 * size; delta *= 0.1) {
    double worst = 0.0;
    for (int sign = -1; sign <= 1; sign += 2) {
      for (int i = 0; i < s->n; i++) k->x[i] = q->x[i] + sign * delta * k->v[i];
      if (s->model->rhs(s, 0.0, k->x, k->dx) != 0) return 0.0;
      for (int i = 0; i < s->n; i++) worst = fmax(worst, fabs(k->dx[i] - lambda * sign * delta * k->v[i]));
    }
    if (worst <= 1e-5 * fabs(lambda) * delta) return delta;
  }
  return 0.0;
}

static fhrl_status draw_curve(saddle *k, const fhrl_equilibrium *q, double lambda, fhrl_err *err)
{
  const double delta = linear_reach(k, q, lambda);
  const int n = k->plane->s->n, backward = lambda < 0.0;
  if (delta == 0.0) return FHRL_OK; // its neighbourhood is smaller than rounding: nothing to start from
  const fhrl_portrait_path path = {.t_end = fmax(k->solver->t_end, 60.0 / fabs(lambda)), .arc = k->reach,
    .first = 0.2 / fabs(lambda), .backward = backward};
  fhrl_portrait_rows *rows = &k->p->layer[backward ? FHRL_PORTRAIT_STABLE : FHRL_PORTRAIT_UNSTABLE];
  double at[2];
  for (int sign = -1; sign <= 1; sign += 2) {
    for (int i = 0; i < n; i++) k->x[i] = q->x[i] + sign * delta * k->v[i];
    if (beyond(k, q, sign)) continue;
    fhrl_portrait_plane_project(k->plane, 0.0, q->x, at);
    FHRL_TRY(fhrl_portrait_add(rows, at[0], at[1], FHRL_NAN, FHRL_NAN, FHRL_NAN, err));
    FHRL_TRY(fhrl_portrait_orbit_draw(k->p, k->plane, backward ? &k->back.system : k->run, NULL, k->solver, &path, k->x, rows,
      err));
  }
  k->p->curves++;
  return FHRL_OK;
}

static fhrl_status draw_saddle(saddle *k, const fhrl_equilibrium *q, fhrl_err *err)
{
  const fhrl_system *s = k->plane->s;
  const int n = s->n, out = count_side(q, 1.0), in = count_side(q, -1.0);
  if (fhrl_system_jacobian(s, 0.0, q->x, k->e, k->J) != 0) return FHRL_OK;
  for (int i = 0; i < q->eigenvalues; i++) {
    const double lambda = q->re[i];
    if (!is_simple(q, i)) continue;
    if (fhrl_portrait_saddle_vector(n, k->J, lambda, k->work, k->v, NULL) != FHRL_OK) continue;
    const int alone = (lambda > 0.0 ? out : in) == 1;
    if (alone || n <= FEW) FHRL_TRY(draw_directions(k, q, lambda, err)); // of many they would hide their saddle
    if (alone) FHRL_TRY(draw_curve(k, q, lambda, err));
  }
  k->p->surfaces += (out > 1) + (in > 1);
  return FHRL_OK;
}

// A saddle in the window or not farther from it than a side.
static int is_drawn(const saddle *k, const fhrl_equilibrium *q)
{
  const fhrl_portrait *p = k->p;
  double at[2];
  if (!q->isolated || count_side(q, 1.0) == 0 || count_side(q, -1.0) == 0) return 0;
  fhrl_portrait_plane_project(k->plane, 0.0, q->x, at);
  for (int a = 0; a < 2; a++)
    if (at[a] < 2.0 * p->low[a] - p->high[a] || at[a] > 2.0 * p->high[a] - p->low[a]) return 0;
  return 1;
}

fhrl_status fhrl_portrait_saddle_draw(fhrl_portrait *p, const fhrl_portrait_plane *plane, fhrl_system *run,
  const fhrl_solver *solver, double reach, fhrl_err *err)
{
  const size_t n = (size_t)plane->s->n;
  saddle k = {.p = p, .plane = plane, .run = run, .solver = solver, .reach = reach};
  int saddles = 0;
  for (int i = 0; i < p->equilibria.count; i++) saddles += is_drawn(&k, &p->equilibria.item[i]);
  if (saddles == 0) return FHRL_OK;
  k.J = malloc((2 * n * n + 5 * n) * sizeof *k.J);
  if (k.J == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the eigenvectors of %zu states", n);
  k.work = k.J + n * n;
  k.v = k.work + n * n;
  k.x = k.v + n;
  k.e = k.x + n;
  k.dx = k.e + 2 * n;
  fhrl_status status = fhrl_portrait_flow_reverse(&k.back, run, err);
  k.run->u = k.back.system.u = plane->u;
  for (int i = 0; i < p->equilibria.count && status == FHRL_OK; i++) {
    const fhrl_equilibrium *q = &p->equilibria.item[i];
    if (is_drawn(&k, q)) status = draw_saddle(&k, q, err);
  }
  fhrl_portrait_flow_free(&k.back);
  free(k.J);
  return status;
}
