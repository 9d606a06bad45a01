// SPDX-License-Identifier: GPL-3.0-or-later
// sample: a network run byte by byte, with keys and values of attention kept and the reentry state carried along
//
// The first T bytes are those of the full forward pass, to rounding. Positions are learned, so there are T of them:
// when the window is full, its last T/2 bytes are read again as its first, which makes room for T - T/2 new ones.
// With `carry` they are read with the U, V and y that stood before them, so that every byte enters the memory once and
// what is older than the window lives on in it; without, from zero, as in training, and then the logits are always
// those of the full forward pass of the window.
#pragma once

#include "base/random.h"
#include "nn/memory.h"

// The keys of [sample]: what whoever draws may ask for.
extern const fhrl_field fhrl_sample_fields[];
extern const int fhrl_sample_field_count;

typedef struct fhrl_sample_layer {
  fhrl_real *key, *value;  // (T, C)  of attention
  fhrl_memory memory;
  fhrl_real *before;       // (memory.carried)  the memory as it was before the bytes that will be read again
} fhrl_sample_layer;

typedef struct fhrl_sample {
  const fhrl_gpt *gpt;     // borrowed
  int carry;
  int t;                   // bytes in the window
  unsigned char *window;   // (T), owned
  fhrl_sample_layer *layer; // (layers), owned
  fhrl_real *h, *a, *wide, *act, *mix, *prob, *stat; // scratch of one token
  fhrl_real *logits;       // (V) of the next byte; zero before the first
  fhrl_real *block;        // owned; all arrays lie in it
} fhrl_sample;

// An empty window. Makes OpenBLAS single-threaded. The network must not change while it is in use. FHRL_NOMEM,
// FHRL_LIMIT; free leaves it zeroed.
fhrl_status fhrl_sample_init(const fhrl_gpt *gpt, int carry, fhrl_sample *out, fhrl_err *err);
void fhrl_sample_free(fhrl_sample *sample);

// Reads one byte, and leaves the logits of the next. FHRL_ARG if it is outside the vocabulary, FHRL_NUMERIC if a logit
// is not finite.
fhrl_status fhrl_sample_feed(fhrl_sample *sample, unsigned char byte, fhrl_err *err);

// A byte from softmax(logits / temperature) over the top_k likeliest (0: all; of equals the lower byte), by number
// `index` of the random sequence `at`; temperature 0 takes the likeliest. Cannot fail.
unsigned char fhrl_sample_draw(
  const fhrl_sample *sample, double temperature, int top_k, fhrl_random at, size_t index);

// -log of the network's probability of `byte` to come next, in nats.
double fhrl_sample_surprise(const fhrl_sample *sample, unsigned char byte);
