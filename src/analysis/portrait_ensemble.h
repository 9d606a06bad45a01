// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_ensemble: where the orbits of a portrait start, and the plane in which an ensemble of them spreads most
#pragma once

#include "analysis/portrait_plane.h"

// Start of member k (0 ...) of the ensemble; 0 if the model refuses it. x0, x (n).
int fhrl_portrait_ensemble_member(const fhrl_system *s, const fhrl_portrait_plan *plan, const double x0[], int k, double x[]);

// Place k (0 ...) in the unit square, both coordinates within (0, 1): spread evenly, or random.
void fhrl_portrait_ensemble_point(const fhrl_portrait_plan *plan, int k, double out[2]);

// Turns y (d) into a random direction, keeping its length.
void fhrl_portrait_ensemble_turn(uint32_t seed, int k, int d, double y[]);

// The next pair of "a b; c d; ..." at *at, which moves on; *more = 0 at the end. FHRL_ARG names the pair (index k).
fhrl_status fhrl_portrait_ensemble_next(const char **at, double out[2], int *more, int k, fhrl_err *err);

// Integrates x0 and the members to the end of the horizon, and sets mean and axes of the plane, shares and labels of p;
// the recorded states, projected, go to *cloud (owned by the caller; (*points, 2)). FHRL_NUMERIC if they do not spread in
// two directions; FHRL_NOMEM.
fhrl_status fhrl_portrait_ensemble_plane(fhrl_portrait *p, fhrl_portrait_plane *plane, fhrl_system *run, const fhrl_input *in,
  const fhrl_solver *solver, const fhrl_portrait_plan *plan, const double x0[], double **cloud, int *points, fhrl_err *err);
