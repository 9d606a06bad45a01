// SPDX-License-Identifier: GPL-3.0-or-later
// engine: passes over many sequences on several threads, with the same bits for any number of them
//
// The sequences are cut into fixed chunks (tape.h). A chunk runs whole on one thread, its gradient goes to
// a buffer of its own, and the buffers are summed in the order of the chunks.
#pragma once

#include "nn/network.h"
#include "nn/team.h"

typedef struct fhrl_engine {
  fhrl_gpt_config config;
  int batch, chunks;      // sequences with gradient, and their chunks; 0: forward only
  size_t count;           // parameters
  fhrl_team *team;        // owned
  fhrl_tape *tape;        // one per thread, owned
  fhrl_fhrl_packed packed[FHRL_GPT_LAYERS_MAX];
  fhrl_real *packing;     // owned
  fhrl_real *buffer;      // (chunks, count) gradients, owned; buffer[0] ends as their sum
  double *loss;           // (chunks), owned
} fhrl_engine;

// batch: sequences of a gradient, 0 if none is wanted. Makes OpenBLAS single-threaded. FHRL_ARG, FHRL_NOMEM,
// FHRL_LIMIT; `out` is zeroed by fhrl_engine_free, which accepts a zeroed engine.
fhrl_status fhrl_engine_init(
  const fhrl_gpt_config *config, int batch, int threads, fhrl_engine *out, fhrl_err *err);
void fhrl_engine_free(fhrl_engine *engine);

// Mean loss in nats per byte over the batch's sequences (T + 1 bytes each; sequences->n must be `batch`),
// and its gradient in *grads (count; borrowed from the engine until the next call). FHRL_NUMERIC if the
// loss or a gradient is not finite, naming the tensor and the index; FHRL_ARG if a byte is outside the
// vocabulary.
fhrl_status fhrl_engine_gradient(fhrl_engine *engine, const fhrl_gpt *gpt, const fhrl_sequences *sequences,
  const fhrl_noise *noise, double *loss, const fhrl_real **grads, fhrl_err *err);

// Called with a chunk that has run forward: sequences first .. first + tape->B - 1. On any thread, several
// at once.
typedef void fhrl_engine_visit(void *context, const fhrl_tape *tape, int first);

// Forward pass of all sequences (T bytes each), any number of them. FHRL_ARG as above.
fhrl_status fhrl_engine_forward(fhrl_engine *engine, const fhrl_gpt *gpt, const fhrl_sequences *sequences,
  const fhrl_noise *noise, fhrl_engine_visit *visit, void *context, fhrl_err *err);
