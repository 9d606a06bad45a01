// SPDX-License-Identifier: GPL-3.0-or-later
// compare_measure: the pieces of work of a comparison: a sequence on every rung, a point of the curve over c, the flow again
//
// A sequence: x_pre, y (T, d) as recorded, T tokens of d channels. Sums are over tokens and channels.
#pragma once

#include "analysis/compare.h"

typedef struct fhrl_compare_sequence {
  double sup[FHRL_COMPARE_RUNGS], squares[FHRL_COMPARE_RUNGS]; // |ladder - flow|: largest, sum of squares
  double flow_squares;                                        // of the flow's y
  double deviation, largest;                                  // |rung h = 1 - recorded y|, |recorded y|
  double metric[FHRL_COMPARE_SIDES][FHRL_COMPARE_METRICS];    // NaN where not wanted
} fhrl_compare_sequence;

// What is wanted of a sequence.
typedef struct fhrl_compare_wanted {
  fhrl_layer_rate rate;
  int rungs;         // the lowest of the ladder, 1 .. FHRL_COMPARE_RUNGS
  int metrics;       // 1: of the network, the flow, and the rungs of FHRL_COMPARE_SIDES
  double *flow_twin; // (T * TWIN, d): y of the flow on the way; NULL
  double *token;     // (T, 1 + 2 RUNGS): per token sum of squares of the flow, of the errors, and the largest errors; NULL
} fhrl_compare_wanted;

// Flow at c = 1 and ladder of a layer with one slot. FHRL_NUMERIC, FHRL_LIMIT, FHRL_INTERRUPT, FHRL_NOMEM.
fhrl_status fhrl_compare_measure_sequence(const fhrl_compare_plan *plan, const fhrl_layer *layer,
  const fhrl_compare_wanted *wanted, int T, const double x_pre[], const double y[], fhrl_compare_sequence *out, fhrl_err *err);

// The flow at c = 1 and the plan's rate once more, by integrator k of fhrl_compare_integrators: y (T, d) at tokens' ends.
fhrl_status fhrl_compare_measure_again(const fhrl_compare_plan *plan, const fhrl_layer *layer, int k, int T,
  const double x_pre[], double y[], fhrl_err *err);

// Sums of squares of (flow at c less network) and of the network's y, the network being the rung h = 1; c may be INFINITY.
// FHRL_NUMERIC also where y slaved to the slots is not unique.
fhrl_status fhrl_compare_measure_speed(const fhrl_compare_plan *plan, const fhrl_layer *layer, fhrl_layer_rate rate,
  double c, int T, const double x_pre[], double *error_squares, double *network_squares, fhrl_err *err);
