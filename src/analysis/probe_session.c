// SPDX-License-Identifier: GPL-3.0-or-later
// probe_session: drives a frozen network with probe sequences, records what it did and measures every layer
#include "analysis/probe_session.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "nn/corpus.h"

enum { BYTES_LIMIT = 1 << 28 };

// ---- what the network is driven with

static fhrl_status read_bytes(const char *path, int T, unsigned char **byte, int *N, fhrl_err *err)
{
  char *data;
  size_t size;
  FHRL_TRY(fhrl_file_read(path, BYTES_LIMIT, &data, &size, err));
  if (size == 0 || size % (size_t)T != 0) {
    free(data);
    return fhrl_fail(err, FHRL_ARG, "%s holds %zu bytes, which is no whole number of sequences of T = %d", path, size, T);
  }
  *byte = (unsigned char *)data;
  *N = (int)(size / (size_t)T);
  return FHRL_OK;
}

fhrl_status fhrl_probe_session_bytes(const fhrl_probe_plan *plan, const char *path, int T, int vocabulary,
  unsigned char **byte, int *N, fhrl_err *err)
{
  if (plan->source == FHRL_PROBE_BYTES) return read_bytes(path, T, byte, N, err);
  fhrl_corpus text = {0};
  if (plan->source == FHRL_PROBE_CORPUS) {
    FHRL_TRY(fhrl_corpus_load(path, &text, err));
    if (text.size < (size_t)T) {
      const size_t size = text.size;
      fhrl_corpus_free(&text);
      return fhrl_fail(err, FHRL_ARG, "the corpus %s holds %zu bytes, fewer than T = %d", path, size, T);
    }
  }
  unsigned char *out = malloc((size_t)plan->sequences * T);
  const size_t all = text.size - (size_t)T + 1, starts = all < UINT32_MAX ? all : UINT32_MAX; // of a corpus
  fhrl_status status = FHRL_OK;
  for (int n = 0; out && n < plan->sequences && status == FHRL_OK; n++) {
    const fhrl_random at = {
      .seed = plan->seed, .stream = FHRL_STREAM_PROBE, .step = (uint32_t)plan->source, .sequence = (uint32_t)n};
    unsigned char *row = out + (size_t)n * T;
    if (plan->source == FHRL_PROBE_CORPUS)
      status = fhrl_corpus_read(&text, fhrl_random_below(at, 0, starts), (size_t)T, row, err);
    else
      for (int t = 0; t < T; t++) row[t] = (unsigned char)fhrl_random_below(at, (size_t)t, (uint64_t)vocabulary);
  }
  fhrl_corpus_free(&text);
  if (!out) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d sequences of %d bytes", plan->sequences, T);
  if (status != FHRL_OK) {
    free(out);
    return status;
  }
  *byte = out;
  *N = plan->sequences;
  return FHRL_OK;
}

// ---- from the network's numbers to doubles

static const double *widen(size_t n, const fhrl_real from[], double **to)
{
  double *out = *to;
  if (from == NULL) return NULL; // what this kind of layer does not have
  for (size_t i = 0; i < n; i++) out[i] = (double)from[i];
  *to += n;
  return out;
}

// U and V of every layer after the last token, with the slot noise of training: (layers, 2, N, r, d).
static fhrl_status run_noisy(const fhrl_gpt *gpt, const fhrl_sequences *sequences, uint32_t seed, int threads,
  fhrl_real memory[], fhrl_err *err)
{
  const size_t count = (size_t)sequences->n * gpt->config.r * gpt->config.d;
  const fhrl_noise noise = {.seed = seed};
  fhrl_record record;
  FHRL_TRY(fhrl_record_run(gpt, sequences, &noise, threads, &record, err));
  for (int i = 0; i < gpt->config.layers; i++) {
    memcpy(memory + (size_t)i * 2 * count, record.layer[i].U, count * sizeof *memory);
    memcpy(memory + ((size_t)i * 2 + 1) * count, record.layer[i].V, count * sizeof *memory);
  }
  fhrl_record_free(&record);
  return FHRL_OK;
}

static fhrl_status measure_layers(const fhrl_gpt *gpt, const fhrl_real memory[], fhrl_team *team,
  const fhrl_probe_watch *watch, fhrl_probe_session *s, fhrl_err *err)
{
  const fhrl_gpt_config *c = &gpt->config;
  const size_t wide = (size_t)s->N * c->T * c->d, slots = (size_t)s->N * c->r * c->d, dd = (size_t)c->d * c->d;
  const size_t embedding = (size_t)c->vocabulary * c->d, layer_size = 5 * wide + 2 * slots;
  fhrl_probe_subspace subspace = {0};
  fhrl_status status = FHRL_OK;
  double *store = malloc((layer_size > embedding ? layer_size : embedding) * sizeof *store), *at = store;
  if (!store) return fhrl_fail(err, FHRL_NOMEM, "no memory for a layer of %d probes", s->N);
  const double *E = widen(embedding, gpt->params.tok, &at);
  FHRL_DO(status, fhrl_probe_embed(&s->plan, c->vocabulary, c->d, E, &subspace, err));
  for (int i = 0; i < c->layers; i++) {
    const fhrl_record_layer *r = &s->record.layer[i];
    if (watch && watch->stop && *watch->stop)
      FHRL_DO(status, fhrl_fail(err, FHRL_INTERRUPT, "interrupted after %d of %d layers", i, c->layers));
    fhrl_probe_layer layer = {.N = s->N, .T = c->T, .d = c->d, .r = c->r, .gamma = c->gamma};
    at = store;
    layer.x_pre = widen(wide, r->x_pre, &at);
    layer.x = widen(wide, r->x, &at);
    layer.y = widen(wide, r->y, &at);
    layer.attention = widen(wide, r->attention, &at);
    layer.out = widen(wide, r->h_out, &at);
    layer.U = widen(slots, memory ? memory + (size_t)i * 2 * slots : r->U, &at);
    layer.V = widen(slots, memory ? memory + ((size_t)i * 2 + 1) * slots : r->V, &at);
    at = s->wr ? s->wr + (size_t)i * dd : NULL;
    layer.Wr = widen(dd, gpt->params.layer[i].wr, &at);
    status = fhrl_probe_measure(&s->plan, &layer, &subspace, team, &s->layer[i], err);
    if (status != FHRL_OK) {
      fhrl_status_context(err, "layer %d", i);
      goto done;
    }
    if (watch && watch->progress) watch->progress(watch->context, i + 1);
  }
  status = fhrl_probe_average(c->layers, s->layer, &s->mean, err);
done:
  fhrl_probe_forget(&subspace);
  free(store);
  return status;
}

fhrl_status fhrl_probe_session_run(const fhrl_gpt *gpt, const fhrl_probe_plan *plan, unsigned char *byte, int N,
  int threads, const fhrl_probe_watch *watch, fhrl_probe_session *out, fhrl_err *err)
{
  *out = (fhrl_probe_session){.plan = *plan, .config = gpt->config, .N = N, .byte = byte};
  const fhrl_sequences sequences = {.byte = byte, .n = N, .stride = gpt->config.T};
  const fhrl_noise none = {.seed = 0};
  fhrl_gpt quiet = *gpt; // shares the weights
  quiet.config.sigma = 0.0;
  fhrl_real *memory = NULL;
  fhrl_team *team = NULL;
  fhrl_status status = FHRL_OK;
  out->layer = calloc((size_t)gpt->config.layers, sizeof *out->layer);
  const int reentry = gpt->params.layer[0].wr != NULL;
  if (reentry) out->wr = malloc((size_t)gpt->config.layers * gpt->config.d * gpt->config.d * sizeof *out->wr);
  if (!out->layer || (reentry && !out->wr)) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d layers", gpt->config.layers));
  if (gpt->config.sigma > 0.0 && gpt->params.layer[0].wr) {
    memory = malloc((size_t)gpt->config.layers * 2 * N * gpt->config.r * gpt->config.d * sizeof *memory);
    if (!memory) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for the slots of %d probes", N));
    FHRL_DO(status, run_noisy(gpt, &sequences, plan->seed, threads, memory, err));
  }
  FHRL_DO(status, fhrl_record_run(&quiet, &sequences, &none, threads, &out->record, err));
  FHRL_DO(status, fhrl_team_create(threads, &team, err));
  status = measure_layers(gpt, memory, team, watch, out, err);
done:
  fhrl_team_destroy(team);
  free(memory);
  if (status != FHRL_OK) fhrl_probe_session_free(out);
  return status;
}

void fhrl_probe_session_free(fhrl_probe_session *s)
{
  for (int i = 0; s->layer && i < s->config.layers; i++) fhrl_probe_free(&s->layer[i]);
  fhrl_probe_free(&s->mean);
  free(s->layer);
  free(s->wr);
  fhrl_record_free(&s->record);
  free(s->byte);
  *s = (fhrl_probe_session){0};
}
