// SPDX-License-Identifier: GPL-3.0-or-later
// noise: the slot noise of one token: given, drawn, or none
#pragma once

#include <stdint.h>

#include "nn/tape.h"

// eps(layer, sequence)[t][side][slot][channel], side 0 for q (U) and 1 for k (V)  [FH-RL eq. 2], [FH-RL
// eq. 3].
typedef struct fhrl_noise {
  const fhrl_real
    *given; // (layers, sequences, T, 2, R, C), borrowed; NULL: drawn N(0, sigma^2) if sigma > 0
  int sequences;          // of `given`
  uint32_t seed, step;    // of the draw: stream NOISE keyed (step, layer, sequence)
  int off;                // 1: none, whatever sigma is
} fhrl_noise;

// Row (2, R, C) for token t of sequence b of the chunk that begins at sequence `first`; NULL: no noise.
// What is returned is borrowed from `given` or from the tape. Cannot fail.
const fhrl_real *fhrl_noise_row(
  const fhrl_noise *noise, fhrl_tape *tape, int layer, int first, int b, int t);
