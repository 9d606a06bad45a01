// SPDX-License-Identifier: GPL-3.0-or-later
// hebbian: a recurrent state that attends to its own past (Ba et al. 2016, arXiv 1610.06258, eqs. 1-2)
//
//   z_t = W_h h_{t-1} + W_x x_t,  s_t = relu(LN z_t)                 (1)   h_0 = 0
//   h_t = relu(LN(z_t + A_{t-1} s_t)),  y_t = W_o h_t                 (2)   one inner step, the same LN twice
//   A_t = 0.95 A_{t-1} + 0.5 h_t h_t^T,  A_0 = 0                      (3)
// A is never formed over a whole sequence: A_{t-1} s_t = sum_{u<t} c_tu h_u, c_tu = 0.5 0.95^(t-1-u) (h_u . s_t).
// Gradients go through the whole recurrence.
#pragma once

#include "nn/tape.h"

// Numbers per token that the tape keeps between the passes.
size_t fhrl_hebbian_kept(const fhrl_gpt_config *config);

// Fills y of layer `index` from h1.
void fhrl_hebbian_forward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights);
// Adds to tape->gh (dL/dh2 in, dL/dh1 out) and to grads.
void fhrl_hebbian_backward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights, const fhrl_gpt_layer *grads);

// One token: A (C, C) and h (C) are carried, scratch (3C + 2).
size_t fhrl_hebbian_carried(const fhrl_gpt_config *config);
void fhrl_hebbian_token(const fhrl_gpt_config *config, const fhrl_gpt_layer *weights, const fhrl_real *x,
  fhrl_real *state, fhrl_real *scratch, fhrl_real *y);
