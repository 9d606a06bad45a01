// SPDX-License-Identifier: GPL-3.0-or-later
// corpus: the training text, its batches, and the lowest loss that it allows
#include "nn/corpus.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/random.h"

fhrl_status fhrl_corpus_load(const char *path, fhrl_corpus *out, fhrl_err *err)
{
  char shipped[FHRL_PATH_SIZE], *data;
  size_t size;
  if (path[0] == '\0') {
    FHRL_TRY(fhrl_file_data("experiments/corpus.txt", shipped, err));
    path = shipped;
  }
  FHRL_TRY(fhrl_file_read(path, (size_t)64 << 20, &data, &size, err));
  *out = (fhrl_corpus){.byte = (unsigned char *)data, .size = size};
  return FHRL_OK;
}

void fhrl_corpus_free(fhrl_corpus *corpus)
{
  free(corpus->byte);
  memset(corpus, 0, sizeof *corpus);
}

fhrl_status fhrl_corpus_check(const fhrl_corpus *corpus, int T, int vocabulary, fhrl_err *err)
{
  if (corpus->size < (size_t)T + 1)
    return fhrl_fail(
      err, FHRL_ARG, "the corpus has %zu bytes, but a row takes model.T + 1 = %d", corpus->size, T + 1);
  for (size_t i = 0; i < corpus->size; i++)
    if (corpus->byte[i] >= vocabulary)
      return fhrl_fail(err, FHRL_ARG,
        "byte %d at offset %zu of the corpus is outside model.vocabulary = %d", corpus->byte[i], i,
        vocabulary);
  return FHRL_OK;
}

void fhrl_corpus_batch(
  const fhrl_corpus *corpus, int T, int B, uint32_t seed, uint32_t step, unsigned char out[])
{
  fhrl_random at = {.seed = seed, .stream = FHRL_STREAM_DATA, .step = step};
  for (int b = 0; b < B; b++) {
    at.sequence = (uint32_t)b;
    const size_t start = fhrl_random_below(at, 0, corpus->size - (size_t)T);
    memcpy(out + (size_t)b * (T + 1), corpus->byte + start, (size_t)T + 1);
  }
}

typedef struct window {
  size_t start; // of its first occurrence
  size_t count; // 0: free
} window;

fhrl_status fhrl_corpus_floor(const fhrl_corpus *corpus, int T, double *floor, fhrl_err *err)
{
  const unsigned char *byte = corpus->byte;
  const size_t length = (size_t)T + 1, starts = corpus->size - (size_t)T;
  const uint64_t base = 0x100000001b3u; // a rolling polynomial hash modulo 2^64
  uint64_t leading = 1, hash = 0;
  size_t slots = 1, first[256] = {0};
  while (slots < 2 * starts) slots *= 2;
  window *table = calloc(slots, sizeof *table);
  if (table == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %zu windows of the corpus", slots);
  for (size_t i = 0; i < length; i++) {
    hash = hash * base + byte[i];
    if (i > 0) leading *= base;
  }
  for (size_t i = 0; i < starts; i++) {
    if (i > 0) hash = (hash - leading * byte[i - 1]) * base + byte[i + length - 1];
    size_t slot = (size_t)((hash * 0x9E3779B97F4A7C15u) >> 20) & (slots - 1);
    while (table[slot].count && memcmp(byte + table[slot].start, byte + i, length) != 0)
      slot = (slot + 1) & (slots - 1);
    if (table[slot].count++ == 0) table[slot].start = i;
    first[byte[i]]++;
  }
  double sum = 0.0;
  for (size_t s = 0; s < slots; s++)
    if (table[s].count)
      sum += (double)table[s].count * log((double)first[byte[table[s].start]] / (double)table[s].count);
  free(table);
  *floor = sum / (double)starts / T;
  return FHRL_OK;
}

uint64_t fhrl_corpus_fingerprint(const void *data, size_t size)
{
  const unsigned char *byte = data;
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < size; i++) hash = (hash ^ byte[i]) * 0x100000001b3u;
  return hash;
}
