// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_window: how much of its plane a portrait shows
#include "analysis/portrait_window.h"

#include <math.h>

#include "analysis/portrait_orbit.h"

fhrl_status fhrl_portrait_window_check(const fhrl_portrait_plan *plan, fhrl_err *err)
{
  const double side[2][2] = {{plan->x_low, plan->x_high}, {plan->y_low, plan->y_high}};
  for (int a = 0; a < 2; a++)
    if (side[a][0] > side[a][1])
      return fhrl_fail(err, FHRL_ARG, "portrait.%c_low = %g lies above portrait.%c_high = %g; allowed: below, or equal for "
        "what is to be seen", "xy"[a], side[a][0], "xy"[a], side[a][1]);
  return FHRL_OK;
}

// How far off a box a point is, in sides of the box.
static double distance(const double low[2], const double high[2], const double at[2])
{
  double far = 0.0;
  for (int a = 0; a < 2; a++) {
    const double side = high[a] > low[a] ? high[a] - low[a] : 1.0;
    far = fmax(far, fmax(low[a] - at[a], at[a] - high[a]) / side);
  }
  return far;
}

// 1 if the equilibrium is to be seen: of a few all are, of many those nearest to the box. A pendulum has one at every turn.
static int is_seen(const fhrl_portrait *p, const fhrl_portrait_plane *plane, const double low[2], const double high[2], int i)
{
  enum { MANY = 12, NEAREST = 6 };
  const fhrl_equilibria *e = &p->equilibria;
  double at[2], mine;
  int isolated = 0, nearer = 0;
  if (!e->item[i].isolated) return 0;
  fhrl_portrait_plane_project(plane, 0.0, e->item[i].x, at);
  mine = distance(low, high, at);
  for (int k = 0; k < e->count; k++) {
    if (!e->item[k].isolated) continue;
    fhrl_portrait_plane_project(plane, 0.0, e->item[k].x, at);
    isolated++;
    nearer += distance(low, high, at) < mine;
  }
  return isolated <= MANY || nearer < NEAREST;
}

double fhrl_portrait_window_scale(const fhrl_portrait *p, const fhrl_portrait_plane *plane, const double x0[])
{
  double start[2], at[2], scale = 0.0;
  fhrl_portrait_plane_project(plane, 0.0, x0, start);
  for (int a = 0; a < 2; a++) scale = fmax(scale, fabs(start[a])); // fmax passes over a NaN
  for (int i = 0; i < p->equilibria.count; i++) {
    if (!is_seen(p, plane, start, start, i)) continue;
    fhrl_portrait_plane_project(plane, 0.0, p->equilibria.item[i].x, at);
    for (int a = 0; a < 2; a++) scale = fmax(scale, fabs(at[a]));
  }
  return scale > 0.0 && isfinite(scale) ? scale : 1.0;
}

static void include(fhrl_portrait *p, int axis, double value)
{
  if (!isfinite(value)) return;
  p->low[axis] = fmin(p->low[axis], value);
  p->high[axis] = fmax(p->high[axis], value);
}

static void include_orbit(fhrl_portrait *p, double scale)
{
  const fhrl_portrait_rows *orbit = &p->layer[FHRL_PORTRAIT_OWN];
  double farthest = 0.0;
  for (int i = 0; i < orbit->count; i++)
    for (int a = 0; a < 2; a++) farthest = fmax(farthest, fabs(orbit->value[(size_t)i * FHRL_PORTRAIT_COLUMNS + a]));
  const double seen = farthest < FHRL_PORTRAIT_ORBIT_FAR * scale ? farthest : 2.0 * scale;
  for (int i = 0; i < orbit->count; i++)
    for (int a = 0; a < 2; a++) {
      const double value = orbit->value[(size_t)i * FHRL_PORTRAIT_COLUMNS + a];
      if (fabs(value) <= seen) include(p, a, value);
    }
}

static void include_spheres(fhrl_portrait *p, const fhrl_portrait_plane *plane)
{
  if (plane->kind == FHRL_PORTRAIT_NORMS || plane->kind == FHRL_PORTRAIT_RADIAL) {
    include(p, 0, 0.0);
    if (plane->kind == FHRL_PORTRAIT_NORMS) include(p, 1, 0.0);
  }
  if (isnan(p->rho_star)) return;
  const double reach = p->bound < 1.6 ? fmax(1.0, p->bound) : 1.0; // a bound far out would make all else small
  include(p, 0, reach);
  if (!fhrl_portrait_plane_linear(plane)) return;
  for (int a = 0; a < 2; a++) {
    include(p, a, reach);
    include(p, a, -reach);
  }
}

// No margin on a side beyond which the plane has no states: populations and norms begin at 0.
static void cut_margins(fhrl_portrait *p, const fhrl_portrait_plane *plane, const double low[2], const double high[2])
{
  for (int a = 0; a < 2; a++)
    for (int end = 0; end < 2; end++) {
      double at[2] = {0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1])};
      if (!fhrl_portrait_plane_lift(plane, at, plane->dx)) continue;
      at[a] = end ? p->high[a] : p->low[a];
      if (fhrl_portrait_plane_lift(plane, at, plane->dx)) continue;
      if (end) p->high[a] = high[a];
      else p->low[a] = low[a];
    }
}

void fhrl_portrait_window_choose(fhrl_portrait *p, const fhrl_portrait_plane *plane, const fhrl_portrait_plan *plan,
  double scale, const double extra[], int count)
{
  for (int a = 0; a < 2; a++) {
    p->low[a] = HUGE_VAL;
    p->high[a] = -HUGE_VAL;
  }
  include_orbit(p, scale);
  const double orbit_low[2] = {p->low[0], p->low[1]}, orbit_high[2] = {p->high[0], p->high[1]};
  for (int i = 0; i < p->equilibria.count; i++) {
    double at[2];
    if (!is_seen(p, plane, orbit_low, orbit_high, i)) continue;
    fhrl_portrait_plane_project(plane, 0.0, p->equilibria.item[i].x, at);
    for (int a = 0; a < 2; a++) include(p, a, at[a]);
  }
  include_spheres(p, plane);
  for (int i = 0; i < 2 * count; i++) include(p, i % 2, extra[i]);
  double low[2], high[2], span[2];
  for (int a = 0; a < 2; a++) {
    if (!(p->low[a] <= p->high[a])) p->low[a] = p->high[a] = 0.0;
    low[a] = p->low[a];
    high[a] = p->high[a];
    span[a] = high[a] - low[a];
  }
  const double wide = fmax(span[0], span[1]);
  for (int a = 0; a < 2; a++) {
    double side = p->alike ? wide : span[a];
    if (!(side > 1e-9)) side = wide > 1e-9 ? wide : 2.0;
    p->low[a] = 0.5 * (low[a] + high[a]) - 0.6 * side;
    p->high[a] = 0.5 * (low[a] + high[a]) + 0.6 * side;
  }
  cut_margins(p, plane, low, high);
  const double fixed[2][2] = {{plan->x_low, plan->x_high}, {plan->y_low, plan->y_high}};
  for (int a = 0; a < 2; a++)
    if (fixed[a][0] < fixed[a][1]) {
      p->low[a] = fixed[a][0];
      p->high[a] = fixed[a][1];
    }
}

int fhrl_portrait_window_digits(const fhrl_portrait *p, int axis)
{
  const double size = fmax(fabs(p->low[axis]), fabs(p->high[axis])), span = p->high[axis] - p->low[axis];
  const double wanted = span > 0.0 ? 3.0 + ceil(log10(size / span)) : 4.0;
  return (int)fmin(fmax(wanted, 4.0), 17.0);
}
