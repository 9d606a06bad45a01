// SPDX-License-Identifier: GPL-3.0-or-later
// block: one pre-LN block: attention, FH-RL, MLP
//
//   h1 = h + W_o Attention(LN1 h) + b_o,  h2 = h1 + FHRL(h1) (memory.h),  out = h2 + W_2 gelu(W_1 LN2 h2 + b_1) + b_2
// y_destination = none: h2 = h1. biases = false: the b are absent.
#pragma once

#include "nn/memory.h"

// From tape->layer[index].h to `out` (N, C). `first` as in fhrl.h. Cannot fail.
void fhrl_block_forward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights,
  const fhrl_fhrl_packed *packed, const fhrl_noise *noise, int first, fhrl_real *out);

// tape->gh: dL/dout in, dL/dh out; adds to grads.
void fhrl_block_backward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights,
  const fhrl_fhrl_packed *packed, const fhrl_gpt_layer *grads);
