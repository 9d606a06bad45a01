// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_orbit: orbits projected onto the plane of a portrait, in steps that the eye cannot tell from a curve
#pragma once

#include "analysis/portrait_plane.h"

// Beyond this many scales an orbit without a window is taken to leave for good.
enum { FHRL_PORTRAIT_ORBIT_FAR = 20 };

typedef struct fhrl_portrait_path {
  double t_end; // [model time]
  double arc;   // sides of the window; HUGE_VAL: no limit
  double scale; // of lengths, without a window
  double first; // [model time] first step of a path that leaves a saddle; 0: it does not
  int backward; // 1: the system runs backward; times are then shown negative
  double *last; // (n) receives the last state; NULL: nobody asks
} fhrl_portrait_path;

// From x0 (n), until the time or the arc is spent, or the projection has left the window by its own size. Where the solver
// gives up, or for a hundred points nothing has moved under a held input, the orbit ends. Without a window (low = high in
// p) lengths are measured by the extent that the orbit has shown, and it ends FAR scales from the origin. The plane looks
// under the input at that time (in = NULL: the plane's own), which is that of t = 0 again afterwards. FHRL_NOMEM, FHRL_ARG.
fhrl_status fhrl_portrait_orbit_draw(const fhrl_portrait *p, const fhrl_portrait_plane *plane, fhrl_system *run,
  const fhrl_input *in, const fhrl_solver *solver, const fhrl_portrait_path *path, const double x0[],
  fhrl_portrait_rows *rows, fhrl_err *err);
