// SPDX-License-Identifier: GPL-3.0-or-later
// fhrl: the layer of fast weights, homeostasis and reentry
//
//   x_t = x_pre_t + gamma W_r y_{t-1},  y_0 = 0                                     [FH-RL eq. 8]
//   U_t[i] = (1-alpha) U_{t-1}[i] + alpha n(W_q x_t + eps_U[t,i]),  i = 1..R        [FH-RL eq. 2]
//   V_t[i] = (1-alpha) V_{t-1}[i] + alpha n(W_k x_t + eps_V[t,i])                   [FH-RL eq. 3]
//   w_t = U_t^T (V_t W_v x_t)                                                       [FH-RL eq. 6]
//   y_t = w_t / (1 + beta (|w_t| - 1))                                              [FH-RL eq. 7]
// x_pre is the stream after attention, or (x_source = ln) a layer norm of it with weights of its own.
// ema = h < 1 is a step of the ladder between this map and its flow: alpha h for alpha in (2), (3), and
//   y_t = (1-h) y_{t-1} + h z_t,  z_t = the right side of (7).
// n(v) = v / max(|v|, 1e-12). (8) is read as "the next token's own input receives the feedback".
#pragma once

#include "nn/noise.h"

// The layers' weights in the packed form of kernel.h; made anew whenever the weights change.
typedef struct fhrl_fhrl_packed {
  fhrl_real *wr;       // gamma W_r^T: y -> feedback
  fhrl_real *wqkv;     // [W_q; W_k; W_v]^T: x -> q, k, v
  fhrl_real *wr_back;  // gamma W_r: dL/dx -> dL/dy; only for feedback_gradient = full, else NULL
  fhrl_real *wqkv_back; // [W_q; W_k; W_v]: dL/d(q, k, v) -> dL/dx; likewise
} fhrl_fhrl_packed;

// Cuts the arrays of one layer from an arena (nn/arena.h), and fills them. Cannot fail.
void fhrl_fhrl_bind(const fhrl_gpt_config *config, fhrl_real *base, size_t *cursor, fhrl_fhrl_packed *out);
void fhrl_fhrl_pack(
  const fhrl_gpt_config *config, const fhrl_gpt_layer *weights, const fhrl_fhrl_packed *out);

// Fills x_pre, statx, x, fqkv, state, note, z, y of layer `index` from h1; `first`: the chunk's first sequence, which names
// its noise.
void fhrl_fhrl_forward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights,
  const fhrl_fhrl_packed *packed, const fhrl_noise *noise, int first);

// tape->gh holds dL/dh2 = dL/dy + what passes by; on return dL/dh1. Gradients of the weights are added to
// grads.
// feedback_gradient: detached cuts y_{t-1} in (8), state also cuts what is carried by moving averages (U_{t-1} and
// V_{t-1} in (2)-(3), y_{t-1} in that of y), full nothing.
void fhrl_fhrl_backward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights,
  const fhrl_fhrl_packed *packed, const fhrl_gpt_layer *grads);

// One sequence's memory between two tokens, for a network that is run token by token; the rest is scratch.
typedef struct fhrl_fhrl_memory {
  fhrl_real *state; // (2, R, C)  U and V, and behind them y: all that is carried
  fhrl_real *y;     // (C)
  fhrl_real *x_pre, *x, *qkv, *next, *note, *z, *stat;
} fhrl_fhrl_memory;
size_t fhrl_fhrl_carried(const fhrl_gpt_config *config);
// Around a given state of that many numbers; the scratch is cut from the arena.
void fhrl_fhrl_memory_bind(
  const fhrl_gpt_config *config, fhrl_real *state, fhrl_real *base, size_t *cursor, fhrl_fhrl_memory *out);

// One token without slot noise: from h1 (C) to memory->y, U and V moved on. Zeroed memory begins a sequence. What
// fhrl_fhrl_forward computes, to rounding: here W_r y and W x are products of a library.
void fhrl_fhrl_token(const fhrl_gpt_config *config, const fhrl_gpt_layer *weights, const fhrl_real *h1,
  const fhrl_fhrl_memory *memory);
