// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_window: how much of its plane a portrait shows
#pragma once

#include "analysis/portrait_plane.h"

// How large the start and the equilibria are in the plane: an orbit that goes far beyond is leaving for good. > 0.
double fhrl_portrait_window_scale(const fhrl_portrait *p, const fhrl_portrait_plane *plane, const double x0[]);

// p->low and high: what the plan fixes, else what holds the model's own orbit (already drawn), isolated equilibria
// (of more than a dozen the nearest) and spheres, the points `extra` (count, 2) and a margin that ends where the plane has no states.
void fhrl_portrait_window_choose(fhrl_portrait *p, const fhrl_portrait_plane *plane, const fhrl_portrait_plan *plan,
  double scale, const double extra[], int count);

// FHRL_ARG if a window of the plan is upside down.
fhrl_status fhrl_portrait_window_check(const fhrl_portrait_plan *plan, fhrl_err *err);

// Digits that tell the ends of a side of the window apart, at least 4.
int fhrl_portrait_window_digits(const fhrl_portrait *p, int axis);
