// SPDX-License-Identifier: GPL-3.0-or-later
// embed: bytes and positions to channels
#pragma once

#include "nn/gpt.h"

// h (T, B, C) = tok[byte] + pos[t]; byte[b * stride + t] < vocabulary. Cannot fail.
void fhrl_embed_forward(int B, int T, int C, const unsigned char *byte, int stride, const fhrl_real *tok,
  const fhrl_real *pos, fhrl_real *h);

// gtok (V, C) and gpos (T, C) += from gh (T, B, C).
void fhrl_embed_backward(int B, int T, int C, const unsigned char *byte, int stride, const fhrl_real *gh,
  fhrl_real *gtok, fhrl_real *gpos);
