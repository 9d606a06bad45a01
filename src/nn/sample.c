// SPDX-License-Identifier: GPL-3.0-or-later
// sample: a network run byte by byte, with keys and values of attention kept and the reentry state carried along
#include "nn/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/arena.h"
#include "nn/gemm.h"
#include "nn/kernel.h"
#include "nn/linear.h"

const fhrl_field fhrl_sample_fields[] = {
  {"bytes", 512, "1", "bytes to write", .kind = FHRL_INT, .low = 1, .high = 16777216},
  {"temperature", 1, "1", "logits are divided by it; 0 takes the likeliest byte", .kind = FHRL_REAL, .low = 0, .high = 1000},
  {"top_k", 0, "1", "draw from so many of the likeliest bytes; 0: from all", .kind = FHRL_INT, .low = 0, .high = 256},
  {"seed", 1, "1", "seed of the draws", .kind = FHRL_INT, .low = 0, .high = 4294967295.0},
  {"prompt", 0, "", "what the network reads first; empty: a line end", .kind = FHRL_TEXT},
  {"carry", 1, "1", "U, V and y live on where the window of T bytes turns; else they begin anew with it", .kind = FHRL_FLAG},
};
const int fhrl_sample_field_count = (int)(sizeof fhrl_sample_fields / sizeof *fhrl_sample_fields);

static int remembers(const fhrl_gpt_config *c) { return c->y_destination != FHRL_GPT_TO_NONE; }

static size_t bind(fhrl_sample *s, fhrl_real *base)
{
  const fhrl_gpt_config *c = &s->gpt->config;
  const size_t C = (size_t)c->d, T = (size_t)c->T, F = C * (size_t)c->mlp;
  size_t at = 0;
  for (int i = 0; i < c->layers; i++) {
    fhrl_sample_layer *l = &s->layer[i];
    l->key = fhrl_arena_cut(base, &at, T * C);
    l->value = fhrl_arena_cut(base, &at, T * C);
    if (!remembers(c)) continue;
    fhrl_memory_bind(c, base, &at, &l->memory);
    l->before = fhrl_arena_cut(base, &at, l->memory.carried);
  }
  s->h = fhrl_arena_cut(base, &at, C);
  s->a = fhrl_arena_cut(base, &at, C);
  s->wide = fhrl_arena_cut(base, &at, F > 3 * C ? F : 3 * C);
  s->act = fhrl_arena_cut(base, &at, F);
  s->mix = fhrl_arena_cut(base, &at, C);
  s->prob = fhrl_arena_cut(base, &at, T);
  s->stat = fhrl_arena_cut(base, &at, 2);
  s->logits = fhrl_arena_cut(base, &at, (size_t)c->vocabulary);
  return at;
}

fhrl_status fhrl_sample_init(const fhrl_gpt *gpt, int carry, fhrl_sample *out, fhrl_err *err)
{
  fhrl_sample s = {.gpt = gpt, .carry = carry};
  fhrl_status status;
  fhrl_gemm_single_thread();
  s.window = malloc((size_t)gpt->config.T);
  s.layer = calloc((size_t)gpt->config.layers, sizeof *s.layer);
  FHRL_DO(status, s.window && s.layer ? FHRL_OK : fhrl_fail(err, FHRL_NOMEM, "no memory for a window"));
  FHRL_DO(status, fhrl_arena_new("keys, values and memory", bind(&s, NULL), &s.block, err));
  bind(&s, s.block);
  *out = s;
done:
  if (status != FHRL_OK) fhrl_sample_free(&s);
  return status;
}

void fhrl_sample_free(fhrl_sample *sample)
{
  free(sample->window);
  free(sample->layer);
  fhrl_arena_free(sample->block);
  memset(sample, 0, sizeof *sample);
}

// h += attention, with the key and value of token t added to those kept
static void attend(fhrl_sample *s, const fhrl_gpt_layer *w, const fhrl_sample_layer *l)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const fhrl_gpt_config *c = &s->gpt->config;
  const int C = c->d, hd = C / c->heads, t = s->t;
  const fhrl_real scale = (fhrl_real)(1.0 / sqrt(hd));
  k->rows_norm(1, C, s->h, w->ln1_w, w->ln1_b, s->a, s->stat);
  fhrl_linear_forward(1, C, 3 * C, s->a, w->wq, w->bq, 0, s->wide);
  memcpy(l->key + (size_t)t * C, s->wide + C, (size_t)C * sizeof *s->h);
  memcpy(l->value + (size_t)t * C, s->wide + 2 * C, (size_t)C * sizeof *s->h);
  for (int i = 0; i < c->heads; i++) {
    const int at = i * hd;
    fhrl_gemm(0, 1, 1, t + 1, hd, scale, s->wide + at, hd, l->key + at, C, 0, s->prob, t + 1);
    k->smooth_softmax(t + 1, s->prob);
    fhrl_gemm(0, 0, 1, hd, t + 1, 1, s->prob, t + 1, l->value + at, C, 0, s->mix + at, hd);
  }
  fhrl_linear_forward(1, C, C, s->mix, w->wo, w->bo, 1, s->h);
}

static void transform(fhrl_sample *s, const fhrl_gpt_layer *w)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const int C = s->gpt->config.d, F = C * s->gpt->config.mlp;
  k->rows_norm(1, C, s->h, w->ln2_w, w->ln2_b, s->a, s->stat);
  fhrl_linear_forward(1, C, F, s->a, w->fc1, w->b1, 0, s->wide);
  k->smooth_gelu((size_t)F, s->wide, s->act, s->wide);
  fhrl_linear_forward(1, F, C, s->act, w->fc2, w->b2, 1, s->h);
}

// The next token of the window, through all layers.
static void advance(fhrl_sample *s, unsigned char byte)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const fhrl_gpt_params *p = &s->gpt->params;
  const fhrl_gpt_config *c = &s->gpt->config;
  const int C = c->d, kept = c->T / 2;
  for (int j = 0; j < C; j++) s->h[j] = p->tok[(size_t)byte * C + j] + p->pos[(size_t)s->t * C + j];
  for (int i = 0; i < c->layers; i++) {
    const fhrl_sample_layer *l = &s->layer[i];
    attend(s, &p->layer[i], l);
    if (remembers(c)) {
      fhrl_memory_token(c, &p->layer[i], s->h, &l->memory);
      k->rows_add((size_t)C, l->memory.y, s->h);
    }
    transform(s, &p->layer[i]);
  }
  s->window[s->t++] = byte;
  for (int i = 0; i < c->layers && remembers(c) && s->t == c->T - kept; i++) {
    const fhrl_sample_layer *l = &s->layer[i];
    memcpy(l->before, l->memory.state, l->memory.carried * sizeof *s->h);
  }
}

// Makes room in a full window.
static void slide(fhrl_sample *s)
{
  const fhrl_gpt_config *c = &s->gpt->config;
  const int kept = c->T / 2;
  for (int i = 0; i < c->layers && remembers(c); i++) {
    const fhrl_sample_layer *l = &s->layer[i];
    if (!s->carry) memset(l->before, 0, l->memory.carried * sizeof *s->h);
    memcpy(l->memory.state, l->before, l->memory.carried * sizeof *s->h);
  }
  s->t = 0;
  for (int i = 0; i < kept; i++) advance(s, s->window[c->T - kept + i]);
}

fhrl_status fhrl_sample_feed(fhrl_sample *sample, unsigned char byte, fhrl_err *err)
{
  fhrl_sample *s = sample;
  const fhrl_gpt_config *c = &s->gpt->config;
  const fhrl_gpt_params *p = &s->gpt->params;
  if (byte >= c->vocabulary)
    return fhrl_fail(err, FHRL_ARG, "byte %d is outside the vocabulary of %d", byte, c->vocabulary);
  if (s->t == c->T) slide(s);
  advance(s, byte);
  fhrl_kernel_table()->rows_norm(1, c->d, s->h, p->lnf_w, p->lnf_b, s->a, s->stat);
  fhrl_linear_forward(1, c->d, c->vocabulary, s->a, c->tied ? p->tok : p->head, NULL, 0, s->logits);
  for (int v = 0; v < c->vocabulary; v++)
    if (!isfinite(s->logits[v])) return fhrl_fail(err, FHRL_NUMERIC, "logit %d is %g", v, (double)s->logits[v]);
  return FHRL_OK;
}

static int likeliest(int V, const fhrl_real logit[])
{
  int best = 0;
  for (int v = 1; v < V; v++)
    if (logit[v] > logit[best]) best = v;
  return best;
}

// How many bytes go before v where they are ordered by their logits.
static int rank_of(int V, const fhrl_real logit[], int v)
{
  int before = 0;
  for (int u = 0; u < V; u++) before += logit[u] > logit[v] || (logit[u] == logit[v] && u < v);
  return before;
}

unsigned char fhrl_sample_draw(
  const fhrl_sample *sample, double temperature, int top_k, fhrl_random at, size_t index)
{
  const int V = sample->gpt->config.vocabulary, best = likeliest(V, sample->logits);
  double weight[256], sum = 0.0, u;
  if (!(temperature > 0.0)) return (unsigned char)best;
  for (int v = 0; v < V; v++) {
    const int in = top_k <= 0 || top_k >= V || rank_of(V, sample->logits, v) < top_k;
    weight[v] = in ? exp(((double)sample->logits[v] - (double)sample->logits[best]) / temperature) : 0.0;
    sum += weight[v];
  }
  fhrl_random_uniform(at, index, 1, &u);
  double left = u * sum;
  int last = best; // where rounding leaves nothing for the last one
  for (int v = 0; v < V; v++) {
    if (weight[v] == 0.0) continue;
    last = v;
    left -= weight[v];
    if (left < 0.0) break;
  }
  return (unsigned char)last;
}

double fhrl_sample_surprise(const fhrl_sample *sample, unsigned char byte)
{
  const int V = sample->gpt->config.vocabulary;
  const double most = (double)sample->logits[likeliest(V, sample->logits)];
  double sum = 0.0;
  for (int v = 0; v < V; v++) sum += exp((double)sample->logits[v] - most);
  return log(sum) + most - (double)sample->logits[byte];
}
