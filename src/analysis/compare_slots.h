// SPDX-License-Identifier: GPL-3.0-or-later
// compare_slots: how many slots differ after a sequence, on the ladder and in the flow, where they began apart (theory 3h)
//
// The network begins with equal slots, which then stay equal, for every h: the effective rank of U'V is 1. So the slots
// begin here at random instead, rows N(0, 1/d), and what is left of their differences is measured. They decay as
// (1 - share)^m a token, in the flow as exp(-a).
#pragma once

#include "analysis/layer.h"
#include "analysis/slots.h"

enum { FHRL_COMPARE_SLOTS_RUNGS = 4, FHRL_COMPARE_SLOTS_SIDES = FHRL_COMPARE_SLOTS_RUNGS + 1 }; // h = 1 ... 1/8, flow

typedef struct fhrl_compare_slots {
  fhrl_slots start;                           // as they begin
  fhrl_slots side[FHRL_COMPARE_SLOTS_SIDES]; // after the last token
  fhrl_slots network;                         // of the network with its slot noise, as the probe measured it; NaN: unknown
} fhrl_compare_slots;

// Sets start and side; x_pre (T, d), the layer has all its slots. FHRL_NUMERIC, FHRL_LIMIT, FHRL_INTERRUPT, FHRL_NOMEM.
fhrl_status fhrl_compare_slots_measure(const fhrl_layer *layer, fhrl_layer_rate rate, double rtol, int T,
  const double x_pre[], fhrl_compare_slots *out, fhrl_err *err);
