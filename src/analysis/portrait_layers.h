// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_layers: what a portrait shows of the plane itself: directions, nullclines, level sets; and its equilibria
#pragma once

#include "analysis/portrait_plane.h"

// n x n arrows of one length on paper, coloured by the speed in the plane, at the lifted points. FHRL_NOMEM, as all below.
fhrl_status fhrl_portrait_layers_field(fhrl_portrait *p, const fhrl_portrait_plane *plane, int n, fhrl_err *err);

// The same along the orbits already drawn, one in 1.4/n of a side: where no point of the plane fixes a direction.
fhrl_status fhrl_portrait_layers_along(fhrl_portrait *p, int n, fhrl_err *err);

// Where either component of the velocity vanishes, traced on n x n points.
fhrl_status fhrl_portrait_layers_nullclines(fhrl_portrait *p, const fhrl_portrait_plane *plane, int n, fhrl_err *err);

fhrl_status fhrl_portrait_layers_rests(fhrl_portrait *p, const fhrl_portrait_plane *plane, fhrl_err *err);

// Level sets of an observable on n x n points: `levels` that lie evenly in the plane, those through its saddles, and the
// start's where it is not in the plane. `name` empty: energy or invariant, if the model has it and it does not rise along
// the flow anywhere in the plane or about it. Sets p->level. FHRL_ARG for a name that the model does not have.
fhrl_status fhrl_portrait_layers_levels(fhrl_portrait *p, const fhrl_portrait_plane *plane, const char *name, int levels,
  int n, const double x0[], fhrl_err *err);
