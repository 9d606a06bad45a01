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

double fhrl_portrait_window_scale(const fhrl_portrait *p, const fhrl_portrait_plane *plane, const double x0[])
{
  double at[2], scale = 0.0;
  fhrl_portrait_plane_project(plane, 0.0, x0, at);
  for (int a = 0; a < 2; a++) scale = fmax(scale, fabs(at[a])); // fmax passes over a NaN
  for (int i = 0; i < p->equilibria.count; i++) {
    if (!p->equilibria.item[i].isolated) continue;
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
  for (int i = 0; i < p->equilibria.count; i++) {
    double at[2];
    if (!p->equilibria.item[i].isolated) continue;
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
