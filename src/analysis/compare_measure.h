// SPDX-License-Identifier: GPL-3.0-or-later
// compare_measure: the two pieces of work of a comparison: one sequence on every rung, and one point of the curve over c
//
// A sequence: x_pre, y (T, d) as recorded, T tokens of d channels. Sums are over tokens and channels.
#pragma once

#include "analysis/compare.h"

typedef struct fhrl_compare_sequence {
  double sup[FHRL_COMPARE_RUNGS], squares[FHRL_COMPARE_RUNGS]; // |ladder - flow|: largest, sum of squares
  double flow_squares;                                        // of the flow's y
  double deviation, largest;                                  // |rung h = 1 - recorded y|, |recorded y|
  double metric[2][FHRL_COMPARE_METRICS];                     // of recorded y, of the flow
} fhrl_compare_sequence;

// Flow at c = 1 and the lowest `rungs` of the ladder (1 or FHRL_COMPARE_RUNGS) of a layer with one slot. flow_twin, twin
// as in compare.h, or NULL. FHRL_NUMERIC, FHRL_LIMIT, FHRL_INTERRUPT, FHRL_NOMEM.
fhrl_status fhrl_compare_measure_sequence(const fhrl_compare_plan *plan, const fhrl_layer *layer, int T,
  const double x_pre[], const double y[], int rungs, double flow_twin[], double twin[], fhrl_compare_sequence *out,
  fhrl_err *err);

// Sums of squares of (flow at c less network) and of the network's y, the network being the rung h = 1; c may be INFINITY.
// FHRL_NUMERIC also where y slaved to the slots is not unique.
fhrl_status fhrl_compare_measure_speed(const fhrl_compare_plan *plan, const fhrl_layer *layer, fhrl_layer_rate rate,
  double c, int T, const double x_pre[], double *error_squares, double *network_squares, fhrl_err *err);
