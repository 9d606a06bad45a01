// SPDX-License-Identifier: GPL-3.0-or-later
// corpus: the training text, its batches, and the lowest loss that it allows
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct fhrl_corpus {
  unsigned char *byte; // owned
  size_t size;
} fhrl_corpus;

// Reads the file, or experiments/corpus.txt that comes with the program if path is "". At most 64 MiB.
// FHRL_IO, FHRL_LIMIT. free leaves it zeroed.
fhrl_status fhrl_corpus_load(const char *path, fhrl_corpus *out, fhrl_err *err);
void fhrl_corpus_free(fhrl_corpus *corpus);

// FHRL_ARG unless there is at least one window of T + 1 bytes and every byte is below the vocabulary
// (names the byte).
fhrl_status fhrl_corpus_check(const fhrl_corpus *corpus, int T, int vocabulary, fhrl_err *err);

// out (B, T + 1): contiguous bytes from uniform starts 0 .. size - T - 1, stream DATA keyed (step, sequence).
void fhrl_corpus_batch(
  const fhrl_corpus *corpus, int T, int B, uint32_t seed, uint32_t step, unsigned char out[]);

// Lowest possible mean loss of a batch row, in nats per byte, for a reader who knows the corpus but not
// the start:
// E log(count(first byte) / count(window)) / T over all windows of T + 1 bytes, counted exactly. FHRL_NOMEM.
fhrl_status fhrl_corpus_floor(const fhrl_corpus *corpus, int T, double *floor, fhrl_err *err);

// FNV-1a of the bytes: tells another corpus from this one.
uint64_t fhrl_corpus_fingerprint(const void *data, size_t size);
