// SPDX-License-Identifier: GPL-3.0-or-later
// tape: everything that one thread keeps of a chunk of sequences from the forward to the backward pass
//
// A chunk is B <= FHRL_TAPE_SEQUENCES sequences. Rows are ordered (T, B): row t * B + b, so that the rows
// of one token lie together for the scan, and N = T * B rows are one matrix for everything else.
#pragma once

#include "nn/gpt.h"

// Sequences of a chunk, fixed: gradients are summed chunk by chunk, so it belongs to the bits of a run.
enum { FHRL_TAPE_SEQUENCES = 4 };

typedef struct fhrl_tape_layer {
  fhrl_real *h;     // (N, C)          input of the block
  fhrl_real *a1;    // (N, C)          LN1 h
  fhrl_real *stat1; // (N, 2)          its mean and 1/std
  fhrl_real *qkv;   // (N, 3C)         attention's q, k, v
  fhrl_real *prob;  // (B, H, T, T)    attention's weights, zero above the diagonal
  fhrl_real *mix;   // (N, C)          heads' outputs, side by side
  fhrl_real *h1;    // (N, C)          h + attention
  fhrl_real *x_pre; // (N, C)          what FH-RL reads: h1 itself, or its layer norm
  fhrl_real *statx; // (N, 2)          of that norm; NULL without it
  fhrl_real *x;     // (N, C)          with reentry
  fhrl_real *fqkv;  // (N, 3C)         FH-RL's q, k, v
  fhrl_real *state; // (N, 2, R, C)    U and V after each token
  fhrl_real *note;  // (N, 3R + 1)     norms and matches, see kernel.h
  fhrl_real *z;     // (N, C)          g(|w|) w: y itself if ema is 1
  fhrl_real *y;     // (N, C)          output of FH-RL
  fhrl_real *kept;  // (N, ...)        what another kind of fast weights keeps (memory.h), whose x is h1; else NULL
  fhrl_real *h2;    // (N, C)          h1 + y; h1 itself without FH-RL, whose arrays are then NULL
  fhrl_real *a2;    // (N, C)          LN2 h2
  fhrl_real *stat2; // (N, 2)
  fhrl_real *slope; // (N, F)          gelu' of the MLP's inner sum
  fhrl_real *act;   // (N, F)          gelu of it
} fhrl_tape_layer;

typedef struct fhrl_tape {
  fhrl_gpt_config config;
  int B, N;               // of the chunk that the tape holds
  fhrl_tape_layer layer[FHRL_GPT_LAYERS_MAX];
  fhrl_real *h;           // (N, C)  output of the last block
  fhrl_real *af, *statf;  // (N, C), (N, 2)  final LN
  fhrl_real *logits;      // (N, V)  becomes dL/dlogits on the way back
  fhrl_real *noise;       // (B, 2, R, C)  slot noise of one token
  float *normal;          // (2, R, C)  one sequence's normals, owned
  fhrl_real *gh, *ga;     // (N, C)  dL/dh and a branch of it
  fhrl_real *gwide;       // (N, max(3C, F))
  fhrl_real *gscore;      // (T, T)
  fhrl_real *gx;          // (N, C)  dL/dx of FH-RL
  fhrl_real *carry;       // (B, 2, R, C)  dL/d(U, V) from later tokens
  fhrl_real *later;       // (B, C)  dL/dy from the moving average of later tokens; NULL if ema is 1
  fhrl_real *scratch;     // (2C)
  fhrl_real *block;       // owned
} fhrl_tape;

// A tape for chunks of at most B sequences. FHRL_NOMEM, FHRL_LIMIT.
fhrl_status fhrl_tape_init(const fhrl_gpt_config *config, int B, fhrl_tape *out, fhrl_err *err);
void fhrl_tape_free(fhrl_tape *tape);
