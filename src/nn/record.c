// SPDX-License-Identifier: GPL-3.0-or-later
// record: what a frozen network does when it is driven with given bytes
#include "nn/record.h"

#include <string.h>

#include "nn/arena.h"
#include "nn/kernel.h"

static int has_layer(const fhrl_gpt_config *c) { return c->y_destination != FHRL_GPT_TO_NONE; }
static int has_slots(const fhrl_gpt_config *c) { return has_layer(c) && c->fast_weights == FHRL_GPT_FHRL; }

static size_t bind(fhrl_record *r, fhrl_real *base)
{
  const fhrl_gpt_config *c = &r->config;
  const size_t rows = (size_t)r->N * c->T, wide = rows * (size_t)c->d, state = (size_t)r->N * c->r * c->d;
  size_t at = 0;
  for (int i = 0; i < c->layers; i++) {
    fhrl_record_layer *l = &r->layer[i];
    l->x_pre = fhrl_arena_cut(base, &at, wide);
    l->x = fhrl_arena_cut(base, &at, wide);
    if (has_layer(c)) l->y = fhrl_arena_cut(base, &at, wide);
    l->attention = fhrl_arena_cut(base, &at, wide);
    l->h_out = fhrl_arena_cut(base, &at, wide);
    if (!has_slots(c)) continue;
    l->U = fhrl_arena_cut(base, &at, state);
    l->V = fhrl_arena_cut(base, &at, state);
  }
  r->logits = fhrl_arena_cut(base, &at, rows * (size_t)c->vocabulary);
  return at;
}

// Rows (T, B, n) of the tape to (N, T, n).
static void turn(const fhrl_tape *tape, int first, int n, const fhrl_real *from, fhrl_real *to)
{
  const int T = tape->config.T, B = tape->B;
  for (int b = 0; b < B; b++)
    for (int t = 0; t < T; t++)
      memcpy(
        to + ((size_t)(first + b) * T + t) * n, from + ((size_t)t * B + b) * n, (size_t)n * sizeof *to);
}

static void visit(void *context, const fhrl_tape *tape, int first)
{
  const fhrl_record *r = context;
  const fhrl_gpt_config *c = &r->config;
  const int C = c->d, B = tape->B;
  const size_t side = (size_t)c->r * C;
  for (int i = 0; i < c->layers; i++) {
    const fhrl_tape_layer *l = &tape->layer[i];
    const fhrl_record_layer *to = &r->layer[i];
    turn(tape, first, C, l->h1, to->attention);
    turn(tape, first, C, l->h, to->x_pre);
    turn(tape, first, C, has_layer(c) ? l->x : l->h1, to->x);
    if (has_layer(c)) turn(tape, first, C, l->y, to->y);
    turn(tape, first, C, i + 1 < c->layers ? tape->layer[i + 1].h : tape->h, to->h_out);
    fhrl_real *a = to->attention + (size_t)first * c->T * C, *h = to->x_pre + (size_t)first * c->T * C;
    for (size_t j = 0; j < (size_t)B * c->T * C; j++) a[j] -= h[j]; // the tape keeps only the sum
    turn(tape, first, C, has_layer(c) ? l->x_pre : l->h1, to->x_pre);
    if (!has_slots(c)) continue;
    const fhrl_real *last = l->state + (size_t)(tape->N - B) * 2 * side;
    for (int b = 0; b < B; b++) {
      memcpy(to->U + (size_t)(first + b) * side, last + (size_t)b * 2 * side, side * sizeof *last);
      memcpy(to->V + (size_t)(first + b) * side, last + ((size_t)b * 2 + 1) * side, side * sizeof *last);
    }
  }
  turn(tape, first, c->vocabulary, tape->logits, r->logits);
}

fhrl_status fhrl_record_run(const fhrl_gpt *gpt, const fhrl_sequences *sequences, const fhrl_noise *noise,
  int threads, fhrl_record *out, fhrl_err *err)
{
  if (sequences->n < 1) return fhrl_fail(err, FHRL_ARG, "%d sequences to record", sequences->n);
  fhrl_record r = {.config = gpt->config, .N = sequences->n};
  fhrl_engine engine = {.batch = 0};
  fhrl_status status;
  FHRL_DO(status, fhrl_arena_new("the recorded activations", bind(&r, NULL), &r.block, err));
  bind(&r, r.block);
  FHRL_DO(status, fhrl_engine_init(&gpt->config, 0, threads, &engine, err));
  FHRL_DO(status, fhrl_engine_forward(&engine, gpt, sequences, noise, visit, &r, err));
  const size_t n = (size_t)r.N * gpt->config.T * gpt->config.vocabulary;
  const size_t bad = fhrl_kernel_table()->rows_infinite(n, r.logits);
  if (bad < n)
    status = fhrl_fail(err, FHRL_NUMERIC, "logit %zu of token %zu of sequence %zu is not finite",
      bad % gpt->config.vocabulary, bad / gpt->config.vocabulary % gpt->config.T,
      bad / gpt->config.vocabulary / gpt->config.T);
done:
  fhrl_engine_free(&engine);
  if (status == FHRL_OK)
    *out = r;
  else
    fhrl_record_free(&r);
  return status;
}

void fhrl_record_free(fhrl_record *record)
{
  fhrl_arena_free(record->block);
  memset(record, 0, sizeof *record);
}
