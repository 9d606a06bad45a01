// SPDX-License-Identifier: GPL-3.0-or-later
// compare_exponents: the largest Lyapunov exponent of a layer's flow and of its network, on the inputs they were recorded with
//
// u is the same for both: the recorded sequences end to end, as one of many tokens, so that there is a mean to speak of.
// Exponents are conditional on it: they tell whether two states under the same input approach each other.
#pragma once

#include "analysis/exponents_blocks.h"
#include "analysis/layer.h"
#include "base/status.h"

enum { FHRL_COMPARE_EXPONENTS_SIDES = 2 }; // network (h = 1), flow

typedef struct fhrl_compare_exponents {
  int tokens; // measured over; 0: not at all
  fhrl_exponents_estimate side[FHRL_COMPARE_EXPONENTS_SIDES]; // [1/token]
  char reason[FHRL_COMPARE_EXPONENTS_SIDES][160];             // why it is NaN; "" if it is not
} fhrl_compare_exponents;

// Side 0, the network, or 1, the flow, of a layer with one slot under u (sequences, T, d); the first sequence is
// discarded, unless there is no other: then its first half. tokens, estimate and reason of that side are set. A NaN with its
// reason is no failure. FHRL_INTERRUPT, FHRL_NOMEM.
fhrl_status fhrl_compare_exponents_measure(const fhrl_layer *layer, fhrl_layer_rate rate, int side, double rtol,
  int sequences, int T, const double u[], fhrl_compare_exponents *out, fhrl_err *err);
