// SPDX-License-Identifier: GPL-3.0-or-later
// engine: passes over many sequences on several threads, with the same bits for any number of them
#include "nn/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/arena.h"
#include "nn/gemm.h"
#include "nn/kernel.h"

enum {
  CHUNK = FHRL_TAPE_SEQUENCES,
  SLICES = 64
}; // slices: tasks that a sweep over all parameters is cut into

static int chunks_of(int sequences) { return (sequences + CHUNK - 1) / CHUNK; }

fhrl_status fhrl_engine_init(
  const fhrl_gpt_config *config, int batch, int threads, fhrl_engine *out, fhrl_err *err)
{
  FHRL_TRY(fhrl_gpt_validate(config, err));
  if (batch < 0) return fhrl_fail(err, FHRL_ARG, "a batch of %d sequences", batch);
  fhrl_engine e = {.config = *config, .batch = batch, .chunks = chunks_of(batch)};
  fhrl_status status = FHRL_OK;
  size_t packing = 0;
  fhrl_gpt_layout(config, NULL, &e.count);
  fhrl_gemm_single_thread();
  FHRL_DO(status, fhrl_team_create(threads, &e.team, err));
  e.tape = calloc((size_t)threads, sizeof *e.tape);
  e.loss = calloc((size_t)e.chunks + 1, sizeof *e.loss);
  if (e.tape == NULL || e.loss == NULL) {
    status = fhrl_fail(err, FHRL_NOMEM, "no memory for %d workspaces", threads);
    goto done;
  }
  for (int i = 0; i < threads; i++)
    FHRL_DO(status, fhrl_tape_init(config, CHUNK, &e.tape[i], err));
  for (int i = 0; i < config->layers; i++) fhrl_fhrl_bind(config, NULL, &packing, &e.packed[i]);
  FHRL_DO(status, fhrl_arena_new("packed weights", packing, &e.packing, err));
  packing = 0;
  for (int i = 0; i < config->layers; i++) fhrl_fhrl_bind(config, e.packing, &packing, &e.packed[i]);
  if (batch > 0) FHRL_DO(status, fhrl_arena_new("gradients", (size_t)e.chunks * e.count, &e.buffer, err));
  *out = e;
done:
  if (status != FHRL_OK) fhrl_engine_free(&e);
  return status;
}

void fhrl_engine_free(fhrl_engine *engine)
{
  if (engine->tape)
    for (int i = 0; i < fhrl_team_size(engine->team); i++) fhrl_tape_free(&engine->tape[i]);
  fhrl_team_destroy(engine->team);
  free(engine->tape);
  free(engine->loss);
  fhrl_arena_free(engine->packing);
  fhrl_arena_free(engine->buffer);
  memset(engine, 0, sizeof *engine);
}

typedef struct job {
  fhrl_engine *engine;
  const fhrl_gpt *gpt;
  const fhrl_sequences *sequences;
  const fhrl_noise *noise;
  fhrl_engine_visit *visit; // forward only
  void *context;
  double weight;            // of one row's loss
  size_t infinite[SLICES];  // per slice: index of a gradient that is not finite, or count
} job;

static void pack_layer(void *context, int task, int thread)
{
  const job *j = context;
  fhrl_fhrl_pack(&j->engine->config, &j->gpt->params.layer[task], &j->engine->packed[task]);
}

static int forward_chunk(const job *j, int chunk, fhrl_tape *tape)
{
  const int first = chunk * CHUNK, left = j->sequences->n - first;
  fhrl_network_forward(tape, &j->gpt->params, j->engine->packed, j->sequences, j->noise, first,
    left < CHUNK ? left : CHUNK);
  return first;
}

static void visit_chunk(void *context, int chunk, int thread)
{
  const job *j = context;
  fhrl_tape *tape = &j->engine->tape[thread];
  const int first = forward_chunk(j, chunk, tape);
  j->visit(j->context, tape, first);
}

static void gradient_chunk(void *context, int chunk, int thread)
{
  const job *j = context;
  fhrl_engine *e = j->engine;
  fhrl_tape *tape = &e->tape[thread];
  fhrl_real *buffer = e->buffer + (size_t)chunk * e->count;
  fhrl_gpt_params grads;
  memset(buffer, 0, e->count * sizeof *buffer);
  fhrl_gpt_bind(&e->config, buffer, &grads);
  const int first = forward_chunk(j, chunk, tape);
  e->loss[chunk] =
    fhrl_network_backward(tape, &j->gpt->params, e->packed, j->sequences, first, j->weight, &grads);
}

static void sum_slice(void *context, int slice, int thread)
{
  job *j = context;
  const fhrl_engine *e = j->engine;
  const fhrl_kernel *k = fhrl_kernel_table();
  const size_t from = e->count * (size_t)slice / SLICES, to = e->count * ((size_t)slice + 1) / SLICES;
  for (int c = 1; c < e->chunks; c++)
    k->rows_add(to - from, e->buffer + (size_t)c * e->count + from, e->buffer + from);
  const size_t bad = k->rows_infinite(to - from, e->buffer + from);
  j->infinite[slice] = bad < to - from ? from + bad : e->count;
}

static fhrl_status check_bytes(const fhrl_engine *e, const fhrl_sequences *s, int length, fhrl_err *err)
{
  for (int i = 0; i < s->n; i++)
    for (int t = 0; t < length; t++) {
      const int byte = s->byte[(size_t)i * s->stride + t];
      if (byte >= e->config.vocabulary)
        return fhrl_fail(err, FHRL_ARG,
          "byte %d at position %d of sequence %d is outside the vocabulary of %d", byte, t, i,
          e->config.vocabulary);
    }
  return FHRL_OK;
}

fhrl_status fhrl_engine_gradient(fhrl_engine *engine, const fhrl_gpt *gpt, const fhrl_sequences *sequences,
  const fhrl_noise *noise, double *loss, const fhrl_real **grads, fhrl_err *err)
{
  const fhrl_gpt_config *c = &engine->config;
  if (sequences->n != engine->batch || engine->batch == 0)
    return fhrl_fail(err, FHRL_ARG, "%d sequences instead of %d", sequences->n, engine->batch);
  FHRL_TRY(check_bytes(engine, sequences, c->T + 1, err));
  job j = {.engine = engine, .gpt = gpt, .sequences = sequences, .noise = noise};
  const double rows = (double)engine->batch * c->T;
  j.weight = 1.0 / rows;
  fhrl_team_run(engine->team, c->layers, pack_layer, &j);
  fhrl_team_run(engine->team, engine->chunks, gradient_chunk, &j);
  double sum = 0.0;
  for (int i = 0; i < engine->chunks; i++) sum += engine->loss[i];
  if (!isfinite(sum)) return fhrl_fail(err, FHRL_NUMERIC, "the loss is not finite (%g)", sum / rows);
  fhrl_team_run(engine->team, SLICES, sum_slice, &j);
  for (int i = 0; i < SLICES; i++) {
    if (j.infinite[i] == engine->count) continue;
    const fhrl_gpt_tensor t = fhrl_gpt_locate(c, j.infinite[i]);
    return fhrl_fail(
      err, FHRL_NUMERIC, "the gradient of %s[%zu] is not finite", t.name, j.infinite[i] - t.offset);
  }
  *loss = sum / rows;
  *grads = engine->buffer;
  return FHRL_OK;
}

fhrl_status fhrl_engine_forward(fhrl_engine *engine, const fhrl_gpt *gpt, const fhrl_sequences *sequences,
  const fhrl_noise *noise, fhrl_engine_visit *visit, void *context, fhrl_err *err)
{
  FHRL_TRY(check_bytes(engine, sequences, engine->config.T, err));
  job j = {.engine = engine,
    .gpt = gpt,
    .sequences = sequences,
    .noise = noise,
    .visit = visit,
    .context = context};
  fhrl_team_run(engine->team, engine->config.layers, pack_layer, &j);
  fhrl_team_run(engine->team, chunks_of(sequences->n), visit_chunk, &j);
  return FHRL_OK;
}
