// SPDX-License-Identifier: GPL-3.0-or-later
// attention: causal self-attention of H heads
//
// Per sequence and head, hd = C/H: P = softmax(Q K^T / sqrt(hd)) over s <= t; mix = P V; head i owns the
// columns i*hd .. (i+1)*hd - 1.
#pragma once

#include "nn/gpt.h"

// mix (T, B, C) and prob (B, H, T, T) from qkv (T, B, 3C). Cannot fail.
void fhrl_attention_forward(
  int B, int T, int C, int H, const fhrl_real *qkv, fhrl_real *prob, fhrl_real *mix);

// gqkv (T, B, 3C) from gmix (T, B, C); gscore (T, T) is scratch.
void fhrl_attention_backward(int B, int T, int C, int H, const fhrl_real *qkv, const fhrl_real *prob,
  const fhrl_real *gmix, fhrl_real *gscore, fhrl_real *gqkv);
