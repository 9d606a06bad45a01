// SPDX-License-Identifier: GPL-3.0-or-later
// network: forward and backward pass of the whole network on one chunk of sequences
#pragma once

#include "nn/block.h"

// Bytes of n sequences: sequence s is byte[s * stride] onwards, T of them, and T + 1 where targets are
// needed.
typedef struct fhrl_sequences {
  const unsigned char *byte; // borrowed; every one below the vocabulary
  int n, stride;
} fhrl_sequences;

// Sequences first .. first + B - 1 into the tape, up to tape->logits. B <= what the tape was made for.
// Cannot fail.
void fhrl_network_forward(fhrl_tape *tape, const fhrl_gpt_params *params, const fhrl_fhrl_packed packed[],
  const fhrl_sequences *sequences, const fhrl_noise *noise, int first, int B);

// After a forward pass of the same chunk: adds the gradient of weight * (sum of the rows' losses) to grads
// and returns the sum of the losses. Uses up tape->logits.
double fhrl_network_backward(fhrl_tape *tape, const fhrl_gpt_params *params,
  const fhrl_fhrl_packed packed[], const fhrl_sequences *sequences, int first, double weight,
  const fhrl_gpt_params *grads);
