// SPDX-License-Identifier: GPL-3.0-or-later
// corpus: the training text, its batches, and the lowest loss that it allows
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum {
  FHRL_CORPUS_MEMORY = 16 << 20, // bytes: a larger corpus stays on disk, and its rows are read when they are wanted
  FHRL_CORPUS_COUNTED = 4 << 20, // rows: of a larger corpus repetitions are not counted
};

struct fhrl_corpus_file;

typedef struct fhrl_corpus {
  unsigned char *byte;           // owned; all bytes, or NULL if they stay on disk
  size_t size;                   // bytes to train on
  size_t held;                   // bytes behind them, held out for evaluation
  struct fhrl_corpus_file *file; // owned; in order
  int files;
} fhrl_corpus;

// Opens the file, or the regular files of a folder in the order of their names (those that begin with a dot left
// out), one after the other, or experiments/corpus.txt that comes with the program if path is "". FHRL_IO, FHRL_ARG
// for a folder without files, FHRL_NOMEM. free leaves it zeroed.
fhrl_status fhrl_corpus_load(const char *path, fhrl_corpus *out, fhrl_err *err);
void fhrl_corpus_free(fhrl_corpus *corpus);

// Keeps the last floor(fraction * size) bytes from training.
void fhrl_corpus_hold_out(fhrl_corpus *corpus, double fraction);

// out (n) = bytes at .. at + n - 1 of size + held. FHRL_IO if a file cannot be read or became shorter.
fhrl_status fhrl_corpus_read(const fhrl_corpus *corpus, size_t at, size_t n, unsigned char out[], fhrl_err *err);

// FHRL_ARG unless there is at least one window of T + 1 bytes, also in what is held out if anything is, and every
// byte is below the vocabulary (names the byte). FHRL_IO.
fhrl_status fhrl_corpus_check(const fhrl_corpus *corpus, int T, int vocabulary, fhrl_err *err);

// out (B, T + 1): contiguous bytes from uniform starts 0 .. size - T - 1, stream DATA keyed (step, sequence). FHRL_IO.
fhrl_status fhrl_corpus_batch(const fhrl_corpus *corpus, int T, int B, uint32_t seed, uint32_t step,
  unsigned char out[], fhrl_err *err);

// Lowest possible mean loss of a batch row, in nats per byte, for a reader who knows the corpus but not
// the start:
// E log(count(first byte) / count(window)) / T over all windows of T + 1 bytes, counted exactly (*exact = 1). With
// more than FHRL_CORPUS_COUNTED windows, or on disk, every window is taken to be the only one of its kind: an upper
// bound (*exact = 0). FHRL_NOMEM, FHRL_IO.
fhrl_status fhrl_corpus_floor(const fhrl_corpus *corpus, int T, double *floor, int *exact, fhrl_err *err);

// FNV-1a of bytes, and of all bytes of a corpus (FHRL_IO): tells another one from this one.
uint64_t fhrl_corpus_fingerprint(const void *data, size_t size);
fhrl_status fhrl_corpus_print(const fhrl_corpus *corpus, uint64_t *print, fhrl_err *err);
