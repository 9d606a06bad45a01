// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_orbit: orbits projected onto the plane of a portrait, in steps that the eye cannot tell from a curve
#pragma once

#include "analysis/portrait.h"

// Beyond this many scales an orbit without a window is taken to leave for good.
enum { FHRL_PORTRAIT_ORBIT_FAR = 20 };

// From x0 (n) for solver->t_end, or until the projection has gone `arc` sides of the window (HUGE_VAL: no limit) or
// left it by its own size. Where the solver gives up the orbit ends. Without a window (low = high in p) lengths are
// measured by the extent that the orbit has shown, and it ends FAR scales from the origin. FHRL_NOMEM, FHRL_ARG.
fhrl_status fhrl_portrait_orbit_draw(const fhrl_portrait *p, fhrl_system *run, const fhrl_input *in,
  const fhrl_solver *solver, double arc, double scale, const double x0[], fhrl_portrait_rows *rows, fhrl_err *err);
