// SPDX-License-Identifier: GPL-3.0-or-later
// delta: an associative matrix that corrects what it answers (Schlag, Irie and Schmidhuber 2021, arXiv 2102.11174)
//
// Per head of hd = C/H channels, f(a) = (elu(a) + 1) / its sum, b_t = sigma(w . x_t):
//   e_t = v_t - S_{t-1} f(k_t)                                       (1)   what the answer to k_t lacks
//   S_t = S_{t-1} + b_t e_t f(k_t)^T,  o_t = S_t f(q_t),  y = W_o o  (2)   q, k, v = W_q x, W_k x, W_v x
// All tokens at once, u_t = b_t e_t: e_t = v_t - sum_{s<t} (f(k_s).f(k_t)) u_s is solved forward, and
// o_t = sum_{s<=t} (f(k_s).f(q_t)) u_s.
#pragma once

#include "nn/tape.h"

// Numbers per token that the tape keeps between the passes.
size_t fhrl_delta_kept(const fhrl_gpt_config *config);

// Fills y of layer `index` from h1.
void fhrl_delta_forward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights);
// Adds to tape->gh (dL/dh2 in, dL/dh1 out) and to grads.
void fhrl_delta_backward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights, const fhrl_gpt_layer *grads);

// One token: S (H, hd, hd) is carried, scratch (5C).
size_t fhrl_delta_carried(const fhrl_gpt_config *config);
void fhrl_delta_token(const fhrl_gpt_config *config, const fhrl_gpt_layer *weights, const fhrl_real *x, fhrl_real *S,
  fhrl_real *scratch, fhrl_real *y);
