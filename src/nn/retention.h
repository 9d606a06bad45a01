// SPDX-License-Identifier: GPL-3.0-or-later
// retention: a decaying sum of outer products, read by queries (Sun et al. 2023, arXiv 2307.08621, eqs. 5-8)
//
// Per head i of hd = C/H channels, with g_i = 1 - 2^(-5-i):
//   S_t = g_i S_{t-1} + v_t k_t^T,  o_t = S_t q_t / sqrt(hd)        (1)   q, k, v = W_q x, W_k x, W_v x
//   n_t = (o_t - mean) / sqrt(variance + 1e-5) within each head      (2)
//   y_t = W_o (swish(W_g x_t) n_t),  swish(a) = a / (1 + e^-a)       (3)
// All tokens at once: O = D(Q K^T) V / sqrt(hd), D[t][s] = g_i^(t-s) for s <= t, else 0. Its rotation of q and k by
// position is left out: positions are learned here.
#pragma once

#include "nn/tape.h"

// Numbers per token that the tape keeps between the passes.
size_t fhrl_retention_kept(const fhrl_gpt_config *config);

// Fills y of layer `index` from h1.
void fhrl_retention_forward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights);
// Adds to tape->gh (dL/dh2 in, dL/dh1 out) and to grads.
void fhrl_retention_backward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights, const fhrl_gpt_layer *grads);

// One token: S (H, hd, hd) is carried, scratch (6C).
size_t fhrl_retention_carried(const fhrl_gpt_config *config);
void fhrl_retention_token(const fhrl_gpt_config *config, const fhrl_gpt_layer *weights, const fhrl_real *x,
  fhrl_real *S, fhrl_real *scratch, fhrl_real *y);
