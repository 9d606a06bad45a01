// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz_corpus: a folder of training text, and the bytes of a probe
//
// The first bytes say how they are split into files and what is asked of them: T, vocabulary, what is held out.
#include "nn/corpus.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/probe_session.h"
#include "fuzz/fuzz.h"

enum { FILES = 4, ROWS = 3 };
static fhrl_err err;

static void setup(void) { fuzz_claim(fhrl_file_folder("corpus", &err) == FHRL_OK, "%s", err.msg); }

static void seeds(fuzz_give *give)
{
  static const char a[] = "\x04\xfe\x00\x01\x05some text to learn from, and some more of it, and more"; // T, vocabulary, held, files - 1
  static const char b[] = "\x01\xfe\x00\x19the quick brown fox jumps over the lazy dog";
  static const char c[] = "\x07\xfe\x02\x32\x00\x10\x00\xff\xfe\x80 any bytes at all will do, and these will too, will they not?";
  give(a, sizeof a - 1);
  give(b, sizeof b - 1);
  give(c, sizeof c - 1);
}

static void try_probe(int T, int vocabulary)
{
  static const int source[] = {FHRL_PROBE_BYTES, FHRL_PROBE_CORPUS};
  for (int i = 0; i < 2; i++) {
    unsigned char *byte = NULL;
    int N = 0;
    const fhrl_probe_plan plan = {.sequences = ROWS, .seed = 1, .source = source[i]};
    const char *path = source[i] == FHRL_PROBE_BYTES ? "corpus/f0" : "corpus";
    if (fuzz_judge(fhrl_probe_session_bytes(&plan, path, T, vocabulary, &byte, &N, &err), &err, "corpus") != FHRL_OK) continue;
    unsigned sum = 0;
    for (int k = 0; k < N * T; k++) sum += byte[k];
    fuzz_claim(N >= 1 && sum + 1 > 0, "%d sequences", N);
    free(byte);
  }
}

static fhrl_status one(const unsigned char *data, size_t size)
{
  fuzz_bytes in = {data, size};
  const int T = 1 + (int)fuzz_take(&in, 16), vocabulary = 2 + (int)fuzz_take(&in, 255), files = 1 + (int)fuzz_take(&in, 64) % FILES;
  const double held = fuzz_take(&in, 100) / 100.0;
  unsigned char row[ROWS * 32];
  fhrl_corpus c = {NULL};
  uint64_t print;
  double floor;
  int exact;
  for (int i = 0; i < FILES; i++) {
    char name[32];
    const size_t part = i + 1 < files ? fuzz_take(&in, 64) : in.left, n = part < in.left ? part : in.left;
    snprintf(name, sizeof name, "corpus/f%d", i);
    if (i < files)
      fuzz_put(name, in.at, n);
    else
      unlink(name);
    if (i < files) in.at += n, in.left -= n;
  }
  try_probe(T, vocabulary);
  fhrl_status status = fuzz_judge(fhrl_corpus_load("corpus", &c, &err), &err, "corpus");
  fuzz_claim(status == FHRL_OK, "a folder with files was refused: %s", err.msg);
  fhrl_corpus_hold_out(&c, held);
  status = fuzz_judge(fhrl_corpus_check(&c, T, vocabulary, &err), &err, NULL);
  if (status == FHRL_OK) {
    fuzz_claim(fhrl_corpus_floor(&c, T, &floor, &exact, &err) == FHRL_OK && isfinite(floor) && floor >= -1e-12, "floor %g", floor);
    fuzz_claim(fhrl_corpus_print(&c, &print, &err) == FHRL_OK, "%s", err.msg);
    for (uint32_t step = 0; step < 4; step++) {
      fuzz_claim(fhrl_corpus_batch(&c, T, ROWS, 1, step, row, &err) == FHRL_OK, "%s", err.msg);
      for (int i = 0; i < ROWS * (T + 1); i++) fuzz_claim(row[i] < vocabulary, "byte %d of %d", row[i], vocabulary);
    }
    free(c.byte); // the same from the disk
    c.byte = NULL;
    fuzz_claim(fhrl_corpus_batch(&c, T, ROWS, 1, 0, row, &err) == FHRL_OK, "%s", err.msg);
  }
  fhrl_corpus_free(&c);
  return status;
}

const fuzz_target fuzz_subject = {"corpus", .flips = 64, .setup = setup, .seeds = seeds, .one = one};
