// SPDX-License-Identifier: GPL-3.0-or-later
// evaluate: the loss on bytes that a network is not trained on
#pragma once

#include "nn/corpus.h"
#include "nn/engine.h"

typedef struct fhrl_evaluate {
  unsigned char *byte; // (rows, T + 1), owned
  double *loss;        // (rows), owned
  int rows, T;
} fhrl_evaluate;

// Takes `rows` windows of T + 1 bytes (fewer if there are not as many), their starts spread evenly over the
// corpus' bytes first .. first + size - 1, the ends included; size > T. FHRL_IO, FHRL_NOMEM; free leaves it zeroed.
fhrl_status fhrl_evaluate_init(const fhrl_corpus *corpus, size_t first, size_t size, int rows, int T,
  fhrl_evaluate *out, fhrl_err *err);
void fhrl_evaluate_free(fhrl_evaluate *evaluate);

// Mean loss over the windows in nats per byte, without slot noise; same bits for any number of threads.
// FHRL_NUMERIC if it is not finite, FHRL_ARG for a byte outside the vocabulary.
fhrl_status fhrl_evaluate_loss(
  fhrl_evaluate *evaluate, fhrl_engine *engine, const fhrl_gpt *gpt, double *loss, fhrl_err *err);
