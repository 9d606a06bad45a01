// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_radius: what homeostasis says about |y|, drawn: the sphere rho*, the paper's rho = 1, the bound in the end
#include "analysis/portrait_radius.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/contour.h"
#include "analysis/iss_constants.h"
#include "analysis/metrics.h"

static double bound_of(const fhrl_iss_view *v, const fhrl_iss_constants *k)
{
  const double F = k->drive_sup, m = fmin(1.0, 1.0 + v->kappa * k->mu);
  const double V = 0.5 * (k->c_0 + (k->c_A > 0.0 ? k->c_A * k->A_bar * k->A_bar : 0.0) +
                           (k->c_u > 0.0 ? k->c_u * k->u_bar * k->u_bar : 0.0)) / k->c;
  double bound = FHRL_NAN;
  switch (v->home) {
  case FHRL_ISS_HOME_RADIAL:
    bound = fmin((v->kappa * (1.0 + v->epsilon) + F) / (1.0 + v->kappa), 1.0 + sqrt(2.0 * V)); // fmin passes over a NaN
    break;
  case FHRL_ISS_HOME_REENTRY: bound = m > 0.0 ? fmax(1.0, F / m) : FHRL_NAN; break;
  case FHRL_ISS_HOME_GAIN: bound = 0.5 * (1.0 / v->beta + F); break;
  case FHRL_ISS_HOME_NONE: bound = F; break;
  case FHRL_ISS_HOME_LAYER: bound = v->beta <= 1.0 ? 1.0 / v->beta : FHRL_NAN; break;
  default: break;
  }
  return isnan(F) && v->home == FHRL_ISS_HOME_REENTRY ? FHRL_NAN : bound;
}

fhrl_status fhrl_portrait_radius_find(const fhrl_system *s, double u_bar, fhrl_portrait_radius *out, fhrl_err *err)
{
  const double none = FHRL_NAN;
  fhrl_portrait_radius r = {.rho_star = none, .bound = none, .A_bar = none, .drive = none};
  fhrl_iss_view v;
  fhrl_iss_constants k;
  const fhrl_iss_choice choice = {.sector = FHRL_ISS_SECTOR_BEST};
  fhrl_system *own = NULL;
  *out = r;
  FHRL_TRY(fhrl_system_clone(s, &own, err));
  if (fhrl_iss_view_init(&v, own, NULL) != FHRL_OK) { // no block y, or no homeostasis
    fhrl_system_destroy(own);
    return FHRL_OK;
  }
  const fhrl_status status = fhrl_iss_constants_find(&v, &choice, u_bar, &k, err);
  if (status == FHRL_OK) {
    r.y = v.y;
    r.d = v.d;
    if (k.rho_star > 0.0) r.rho_star = k.rho_star;
    const double bound = bound_of(&v, &k);
    if (isfinite(bound) && bound > 0.0) r.bound = bound;
    if (isfinite(k.A_bar) && k.A_bar > 0.0) r.A_bar = k.A_bar;
    r.drive = v.home == FHRL_ISS_HOME_LAYER ? v.c / v.beta : k.drive_sup;
    *out = r;
  }
  fhrl_iss_view_free(&v);
  fhrl_system_destroy(own);
  return status;
}

int fhrl_portrait_radius_shown(const fhrl_portrait_plane *plane, const fhrl_portrait_radius *r, const int component[2])
{
  if (r->d == 0) return 0;
  if (plane->kind != FHRL_PORTRAIT_STATES) return 1;
  int inside = 1;
  for (int a = 0; a < 2; a++) inside &= component[a] >= r->y && component[a] < r->y + r->d;
  return inside;
}

// ---- spheres

// |y| = radius in the plane of two components of y, the others as in base.
static fhrl_status circle(fhrl_portrait *p, const fhrl_portrait_radius *r, double radius, const double base[],
  const int component[2], int which, fhrl_err *err)
{
  enum { CORNERS = 180 };
  fhrl_portrait_rows *rows = &p->layer[FHRL_PORTRAIT_SPHERES];
  double beyond = 0.0;
  for (int i = r->y; i < r->y + r->d; i++)
    if (i != component[0] && i != component[1]) beyond += base[i] * base[i];
  const double cut = radius * radius - beyond;
  if (!(cut > 0.0)) return FHRL_OK;
  for (int i = 0; i <= CORNERS; i++) {
    const double angle = 2.0 * FHRL_PI * i / CORNERS;
    FHRL_TRY(fhrl_portrait_add(rows, sqrt(cut) * cos(angle), sqrt(cut) * sin(angle), FHRL_NAN, FHRL_NAN, which, err));
  }
  return fhrl_portrait_end(rows, err);
}

// axis = 0: the first coordinate stays at `value`.
static fhrl_status line(fhrl_portrait *p, int axis, double value, int which, fhrl_err *err)
{
  fhrl_portrait_rows *rows = &p->layer[FHRL_PORTRAIT_SPHERES];
  for (int end = 0; end < 2; end++) {
    const double along = end ? p->high[1 - axis] : p->low[1 - axis];
    FHRL_TRY(fhrl_portrait_add(rows, axis ? along : value, axis ? value : along, FHRL_NAN, FHRL_NAN, which, err));
  }
  return fhrl_portrait_end(rows, err);
}

// |y| = radius of the lifted points.
static fhrl_status trace(fhrl_portrait *p, const fhrl_portrait_plane *plane, double radius, int n, int which, fhrl_err *err)
{
  double *f = malloc(((size_t)n * n + (size_t)plane->s->n) * sizeof *f), *x = f ? f + (size_t)n * n : NULL;
  if (f == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a grid of %d x %d", n, n);
  for (int i = 0; i < n * n; i++) {
    const int index[2] = {i % n, i / n};
    double at[2];
    for (int a = 0; a < 2; a++) at[a] = p->low[a] + (p->high[a] - p->low[a]) * index[a] / (n - 1);
    f[i] = fhrl_portrait_plane_lift(plane, at, x) ? fhrl_norm(plane->d, x + plane->y) - radius : FHRL_NAN;
  }
  fhrl_contour c;
  fhrl_status status = fhrl_contour_zero(n, n, f, &c, err);
  free(f);
  FHRL_TRY(status);
  for (int i = 0; status == FHRL_OK && i < c.points; i++)
    status = fhrl_portrait_add(&p->layer[FHRL_PORTRAIT_SPHERES],
      p->low[0] + (p->high[0] - p->low[0]) * c.point[2 * i] / (n - 1),
      p->low[1] + (p->high[1] - p->low[1]) * c.point[2 * i + 1] / (n - 1), FHRL_NAN, FHRL_NAN, which, err);
  fhrl_contour_free(&c);
  return status;
}

fhrl_status fhrl_portrait_radius_draw(fhrl_portrait *p, const fhrl_portrait_plane *plane, const fhrl_portrait_radius *r,
  const double base[], const int component[2], int grid, fhrl_err *err)
{
  if (!fhrl_portrait_radius_shown(plane, r, component)) return FHRL_OK;
  const double radius[3] = {p->rho_star, 1.0, p->bound};
  for (int which = FHRL_PORTRAIT_RHO_STAR; which <= FHRL_PORTRAIT_BOUND; which++) {
    if (isnan(radius[which])) continue;
    if (plane->kind == FHRL_PORTRAIT_STATES) FHRL_TRY(circle(p, r, radius[which], base, component, which, err));
    else if (plane->kind == FHRL_PORTRAIT_PCA) FHRL_TRY(trace(p, plane, radius[which], grid, which, err));
    else FHRL_TRY(line(p, 0, radius[which], which, err));
  }
  if (plane->kind == FHRL_PORTRAIT_NORMS && !isnan(p->A_bar)) FHRL_TRY(line(p, 1, p->A_bar, FHRL_PORTRAIT_A_BAR, err));
  return FHRL_OK;
}

// ---- the profile

static fhrl_status curves(const fhrl_portrait_plane *plane, const fhrl_portrait_radius *r, fhrl_iss_view *v, double low,
  double high, int points, fhrl_portrait_rows *rows, double x[], fhrl_err *err)
{
  for (int which = FHRL_PORTRAIT_RAY; which <= FHRL_PORTRAIT_BELOW; which++) {
    for (int i = 0; i < points; i++) {
      // closer together at small radii, where homeostasis turns within epsilon
      const double part = (double)i / (points - 1), at[2] = {low + (high - low) * part * part, 0.0};
      fhrl_iss_point q;
      if (!fhrl_portrait_plane_lift(plane, at, x) || at[0] <= 0.0) continue;
      if (fhrl_iss_view_look(v, 0.0, x, plane->u, &q, NULL) != FHRL_OK) continue;
      const double home = q.leak + (isnan(q.home) ? 0.0 : q.home);
      const double value = which == FHRL_PORTRAIT_RAY     ? q.radial
                           : which == FHRL_PORTRAIT_HOME  ? home
                           : which == FHRL_PORTRAIT_ABOVE ? home + r->drive
                                                          : home - r->drive;
      if (isfinite(value)) FHRL_TRY(fhrl_portrait_add(rows, at[0], value, FHRL_NAN, FHRL_NAN, which, err));
    }
    FHRL_TRY(fhrl_portrait_end(rows, err));
  }
  return FHRL_OK;
}

fhrl_status fhrl_portrait_radius_profile(fhrl_portrait *p, const fhrl_portrait_plane *plane, const fhrl_portrait_radius *r,
  double low, double high, int points, fhrl_portrait_rows *rows, fhrl_err *err)
{
  fhrl_system *own = NULL;
  fhrl_iss_view v;
  if (r->d == 0) return FHRL_OK;
  double *x = malloc((size_t)plane->s->n * sizeof *x);
  if (x == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a profile of %d states", plane->s->n);
  fhrl_status status = fhrl_system_clone(plane->s, &own, err);
  if (status == FHRL_OK) status = fhrl_iss_view_init(&v, own, err);
  if (status == FHRL_OK) {
    status = curves(plane, r, &v, low, high, points, rows, x, err);
    fhrl_iss_view_free(&v);
  }
  fhrl_system_destroy(own);
  free(x);
  return status;
}
