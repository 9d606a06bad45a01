// SPDX-License-Identifier: GPL-3.0-or-later
// reference: the network's loss written down as slowly and plainly as possible, for finite differences
#pragma once

#include "nn/engine.h"

// What a run of the loss may hold fixed: the feedback and the carried state of another run.
typedef struct reference_past {
  double *y;     // (layers, B, T, C), owned
  double *state; // (layers, B, T, 2, R, C), owned
} reference_past;

// Records the past of the unperturbed network.
reference_past reference_record(
  const fhrl_gpt *gpt, const fhrl_sequences *sequences, const fhrl_noise *noise);
void reference_free(reference_past *past);

// Mean loss. feedback_gradient of the configuration says what is taken from `past` instead of being computed:
// detached: y_{t-1} in the reentry; state: U_{t-1}, V_{t-1} too; full: nothing. noise->given or none.
double reference_loss(const fhrl_gpt *gpt, const fhrl_sequences *sequences, const fhrl_noise *noise,
  const reference_past *past);
