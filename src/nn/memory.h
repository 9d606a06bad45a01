// SPDX-License-Identifier: GPL-3.0-or-later
// memory: the layer of fast weights behind attention, of the kind that model.fast_weights names
//
// fhrl is this project's subject (fhrl.h). The others stand in its place as controls, on the same stream and with the
// same tokens: which effects are FH-RL's own? Each is the paper's rule with an output matrix W_o: y = W_o o.
//   hebbian    a recurrent state that attends to its own past (hebbian.h)     Ba et al. 2016, arXiv 1610.06258
//   delta      an associative matrix that corrects what it answers (delta.h)  Schlag et al. 2021, arXiv 2102.11174
//   retention  a decaying sum of outer products (retention.h)                 Sun et al. 2023, arXiv 2307.08621
#pragma once

#include "nn/fhrl.h"

// Numbers that a control keeps per token and channel-wide row between its passes, for the tape.
size_t fhrl_memory_kept(const fhrl_gpt_config *config);

// As fhrl_fhrl_forward and _backward (fhrl.h), for every kind.
void fhrl_memory_forward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights,
  const fhrl_fhrl_packed *packed, const fhrl_noise *noise, int first);
void fhrl_memory_backward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights,
  const fhrl_fhrl_packed *packed, const fhrl_gpt_layer *grads);

// ---- token by token, for one sequence
typedef struct fhrl_memory {
  fhrl_real *state;       // what is carried from token to token, `carried` numbers; zeros begin a sequence
  size_t carried;
  fhrl_real *y;           // (C) the layer's output; fhrl carries it too, within state
  fhrl_fhrl_memory fhrl;  // of that kind
  fhrl_real *scratch;     // of the others
} fhrl_memory;

// Cuts the arrays of one layer from an arena (nn/arena.h). Cannot fail.
void fhrl_memory_bind(const fhrl_gpt_config *config, fhrl_real *base, size_t *cursor, fhrl_memory *out);

// One token without slot noise: from h1 (C) to memory->y, the state moved on. What the forward pass computes, to rounding.
void fhrl_memory_token(
  const fhrl_gpt_config *config, const fhrl_gpt_layer *weights, const fhrl_real *h1, const fhrl_memory *memory);
