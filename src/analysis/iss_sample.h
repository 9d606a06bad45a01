// SPDX-License-Identifier: GPL-3.0-or-later
// iss_sample: the states at which the inequalities are compared: a grid of radii in several directions, then random
//
// A state is a pure function of (seed, index): Philox, stream START. Small radii are as frequent as large ones, for
// the argument fails at both ends.
#pragma once

#include "analysis/iss_constants.h"
#include "analysis/iss_view.h"

enum { FHRL_ISS_RADII = 64, FHRL_ISS_TEXT = 256 };

typedef struct fhrl_iss_plan {
  int samples, directions, trajectories; // random states; directions of the grid; orbits
  double rho_max, A_max, u_max;          // ranges of |y|, |A|_F, |u|
  int search, ascents;                   // Sobol points, ascents for every claim
  double rho_min;                        // of the certified decay (3c)
  long boxes;                            // most of one branch and bound
  long starts;                           // of iss_reach.h
  int gain_levels, pairs, map;           // of iss_gain.h, contraction.h, iss_map.h
  double rho_limit;                      // an orbit that grows beyond it diverges
  uint32_t seed;
  char radii[FHRL_ISS_TEXT]; // "a,b,...": radii of the orbits' starts; empty: spread over (0, rho_max]
  fhrl_iss_choice choice;
} fhrl_iss_plan;

typedef struct fhrl_iss_sample {
  const fhrl_iss_view *v;    // borrowed
  const fhrl_iss_plan *plan; // borrowed
  const double *base;        // (n) borrowed: what blocks other than y, A, U, V stay at
  double A_max, u_max;       // ranges in use
  double radius[FHRL_ISS_RADII]; // of the grid; 1/2 comes first
  int radii;
  long count; // states: kinds x directions x radii of the grid, then the random ones
} fhrl_iss_sample;

// u_bar: sup |u| of the input; an input that is 0 throughout is sampled as 0.
void fhrl_iss_sample_init(fhrl_iss_sample *q, const fhrl_iss_view *v, const fhrl_iss_plan *plan,
  const fhrl_iss_constants *k, const double base[]);

// State number index (0 <= index < count) and its input: x (n), u (n_u). The grid goes through radii fastest, then
// directions (the first is the first axis), then kinds: no memory and no input; memory along y; memory and input random.
void fhrl_iss_sample_state(const fhrl_iss_sample *q, long index, double x[], double u[]);

// Start number index of an orbit of that radius: direction random, memory zero (even index) or random (odd).
void fhrl_iss_sample_start(const fhrl_iss_sample *q, int index, double radius, double x[]);
