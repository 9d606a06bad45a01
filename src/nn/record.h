// SPDX-License-Identifier: GPL-3.0-or-later
// record: what a frozen network does when it is driven with given bytes
//
// N sequences of T bytes; rows are (sequence, token), so a sequence's trajectory lies in one piece.
#pragma once

#include "nn/engine.h"

typedef struct fhrl_record_layer {
  fhrl_real *x_pre;     // (N, T, C)  the input u(t) of FH-RL: stream after attention, or its layer norm
  fhrl_real *x;         // (N, T, C)  with reentry; x_pre again where there is none
  fhrl_real *y;         // (N, T, C)  output of FH-RL or what stands in its place; NULL if nothing does
  fhrl_real *attention; // (N, T, C)  attention's output before it is added to the stream
  fhrl_real *h_out;     // (N, T, C)  output of the block
  fhrl_real *U, *V;     // (N, R, C)  after the last token; NULL without FH-RL
} fhrl_record_layer;

typedef struct fhrl_record {
  fhrl_gpt_config config; // of the network, for the sizes
  int N;
  fhrl_record_layer layer[FHRL_GPT_LAYERS_MAX];
  fhrl_real *logits;      // (N, T, V)
  fhrl_real *block;       // owned; all arrays lie in it
} fhrl_record;

// Runs sequences (T bytes each) through the network on `threads` threads; same bits for any number. noise:
// {0} draws from seed 0 if the network's sigma > 0; for the metrics set gpt->config.sigma = 0 first.
// FHRL_ARG for a byte outside the vocabulary, N < 1, FHRL_NUMERIC if a logit is not finite, FHRL_NOMEM,
// FHRL_LIMIT.
fhrl_status fhrl_record_run(const fhrl_gpt *gpt, const fhrl_sequences *sequences, const fhrl_noise *noise,
  int threads, fhrl_record *out, fhrl_err *err);
void fhrl_record_free(fhrl_record *record); // leaves it zeroed; accepts {0}
