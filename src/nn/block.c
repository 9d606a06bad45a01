// SPDX-License-Identifier: GPL-3.0-or-later
// block: one pre-LN block: attention, FH-RL, MLP
#include "nn/block.h"

#include <string.h>

#include "nn/attention.h"
#include "nn/kernel.h"
#include "nn/linear.h"

void fhrl_block_forward(fhrl_tape *tape, int index, const fhrl_gpt_layer *w, const fhrl_fhrl_packed *packed,
  const fhrl_noise *noise, int first, fhrl_real *out)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const fhrl_gpt_config *c = &tape->config;
  const fhrl_tape_layer *l = &tape->layer[index];
  const int N = tape->N, C = c->d, F = C * c->mlp;
  const size_t whole = (size_t)N * C;
  k->rows_norm(N, C, l->h, w->ln1_w, w->ln1_b, l->a1, l->stat1);
  fhrl_linear_forward(N, C, 3 * C, l->a1, w->wq, w->bq, 0, l->qkv); // q, k, v at once
  fhrl_attention_forward(tape->B, c->T, C, c->heads, l->qkv, l->prob, l->mix);
  memcpy(l->h1, l->h, whole * sizeof *out);
  fhrl_linear_forward(N, C, C, l->mix, w->wo, w->bo, 1, l->h1);

  if (c->y_destination != FHRL_GPT_TO_NONE) { // else h2 is h1
    fhrl_memory_forward(tape, index, w, packed, noise, first);
    memcpy(l->h2, l->h1, whole * sizeof *out);
    k->rows_add(whole, l->y, l->h2);
  }

  k->rows_norm(N, C, l->h2, w->ln2_w, w->ln2_b, l->a2, l->stat2);
  fhrl_linear_forward(N, C, F, l->a2, w->fc1, w->b1, 0, l->slope);
  k->smooth_gelu((size_t)N * F, l->slope, l->act, l->slope);
  memcpy(out, l->h2, whole * sizeof *out);
  fhrl_linear_forward(N, F, C, l->act, w->fc2, w->b2, 1, out);
}

void fhrl_block_backward(fhrl_tape *tape, int index, const fhrl_gpt_layer *w,
  const fhrl_fhrl_packed *packed, const fhrl_gpt_layer *g)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const fhrl_gpt_config *c = &tape->config;
  const fhrl_tape_layer *l = &tape->layer[index];
  const int N = tape->N, C = c->d, F = C * c->mlp;
  fhrl_real *gh = tape->gh, *ga = tape->ga, *wide = tape->gwide;
  fhrl_linear_backward(N, F, C, l->act, w->fc2, gh, 0, wide, g->fc2, g->b2);
  k->rows_multiply((size_t)N * F, l->slope, wide);
  fhrl_linear_backward(N, C, F, l->a2, w->fc1, wide, 0, ga, g->fc1, g->b1);
  k->rows_norm_backward(N, C, l->h2, l->stat2, w->ln2_w, ga, gh, g->ln2_w, g->ln2_b);

  if (c->y_destination != FHRL_GPT_TO_NONE) fhrl_memory_backward(tape, index, w, packed, g);

  fhrl_linear_backward(N, C, C, l->mix, w->wo, gh, 0, ga, g->wo, g->bo);
  fhrl_attention_backward(tape->B, c->T, C, c->heads, l->qkv, l->prob, ga, tape->gscore, wide);
  fhrl_linear_backward(N, C, 3 * C, l->a1, w->wq, wide, 0, ga, g->wq, g->bq);
  k->rows_norm_backward(N, C, l->h, l->stat1, w->ln1_w, ga, gh, g->ln1_w, g->ln1_b);
}
