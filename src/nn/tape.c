// SPDX-License-Identifier: GPL-3.0-or-later
// tape: everything that one thread keeps of a chunk of sequences from the forward to the backward pass
#include "nn/tape.h"

#include <stdlib.h>
#include <string.h>

#include "nn/arena.h"
#include "nn/memory.h"

// The arrays of FH-RL, or of what stands in its place.
static void bind_memory(const fhrl_gpt_config *c, size_t N, fhrl_real *base, size_t *at, fhrl_tape_layer *l)
{
  const size_t C = (size_t)c->d, R = (size_t)c->r;
  const int ln = c->x_source == FHRL_GPT_LN, average = c->ema < 1.0;
  l->y = fhrl_arena_cut(base, at, N * C);
  l->z = average ? fhrl_arena_cut(base, at, N * C) : l->y;
  l->h2 = fhrl_arena_cut(base, at, N * C);
  if (c->fast_weights != FHRL_GPT_FHRL) {
    l->x_pre = l->x = l->h1;
    l->kept = fhrl_arena_cut(base, at, N * fhrl_memory_kept(c));
    return;
  }
  l->x_pre = ln ? fhrl_arena_cut(base, at, N * C) : l->h1;
  l->statx = ln ? fhrl_arena_cut(base, at, N * 2) : NULL;
  l->x = fhrl_arena_cut(base, at, N * C);
  l->fqkv = fhrl_arena_cut(base, at, N * 3 * C);
  l->state = fhrl_arena_cut(base, at, N * 2 * R * C);
  l->note = fhrl_arena_cut(base, at, N * (3 * R + 1));
}

static void bind_layer(const fhrl_gpt_config *c, size_t B, fhrl_real *base, size_t *at, fhrl_tape_layer *l)
{
  const size_t T = (size_t)c->T, N = B * T, C = (size_t)c->d, F = C * (size_t)c->mlp;
  l->h = fhrl_arena_cut(base, at, N * C);
  l->a1 = fhrl_arena_cut(base, at, N * C);
  l->stat1 = fhrl_arena_cut(base, at, N * 2);
  l->qkv = fhrl_arena_cut(base, at, N * 3 * C);
  l->prob = fhrl_arena_cut(base, at, B * (size_t)c->heads * T * T);
  l->mix = fhrl_arena_cut(base, at, N * C);
  l->h1 = fhrl_arena_cut(base, at, N * C);
  l->h2 = l->h1;
  if (c->y_destination != FHRL_GPT_TO_NONE) bind_memory(c, N, base, at, l);
  l->a2 = fhrl_arena_cut(base, at, N * C);
  l->stat2 = fhrl_arena_cut(base, at, N * 2);
  l->slope = fhrl_arena_cut(base, at, N * F);
  l->act = fhrl_arena_cut(base, at, N * F);
}

static size_t bind(const fhrl_gpt_config *c, size_t B, fhrl_real *base, fhrl_tape *t)
{
  const size_t T = (size_t)c->T, N = B * T, C = (size_t)c->d, F = C * (size_t)c->mlp, R = (size_t)c->r;
  size_t at = 0;
  for (int k = 0; k < c->layers; k++) bind_layer(c, B, base, &at, &t->layer[k]);
  t->h = fhrl_arena_cut(base, &at, N * C);
  t->af = fhrl_arena_cut(base, &at, N * C);
  t->statf = fhrl_arena_cut(base, &at, N * 2);
  t->logits = fhrl_arena_cut(base, &at, N * (size_t)c->vocabulary);
  t->noise = fhrl_arena_cut(base, &at, B * 2 * R * C);
  t->gh = fhrl_arena_cut(base, &at, N * C);
  t->ga = fhrl_arena_cut(base, &at, N * C);
  t->gwide = fhrl_arena_cut(base, &at, N * (F > 3 * C ? F : 3 * C));
  t->gscore = fhrl_arena_cut(base, &at, T * T);
  t->gx = fhrl_arena_cut(base, &at, N * C);
  t->carry = fhrl_arena_cut(base, &at, B * 2 * R * C);
  t->later = c->ema < 1.0 ? fhrl_arena_cut(base, &at, B * C) : NULL;
  t->scratch = fhrl_arena_cut(base, &at, 2 * C);
  return at;
}

fhrl_status fhrl_tape_init(const fhrl_gpt_config *config, int B, fhrl_tape *out, fhrl_err *err)
{
  fhrl_tape tape = {.config = *config};
  const size_t n = bind(config, (size_t)B, NULL, &tape), z = 2 * (size_t)config->r * (size_t)config->d;
  FHRL_TRY(fhrl_arena_new("a thread's workspace", n, &tape.block, err));
  tape.normal = malloc(z * sizeof *tape.normal);
  if (tape.normal == NULL) {
    fhrl_arena_free(tape.block);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %zu numbers of slot noise", z);
  }
  bind(config, (size_t)B, tape.block, &tape);
  *out = tape;
  return FHRL_OK;
}

void fhrl_tape_free(fhrl_tape *tape)
{
  fhrl_arena_free(tape->block);
  free(tape->normal);
  memset(tape, 0, sizeof *tape);
}
