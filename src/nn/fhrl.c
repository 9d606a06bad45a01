// SPDX-License-Identifier: GPL-3.0-or-later
// fhrl: the layer of fast weights, homeostasis and reentry
//
// The scan over tokens works on the B rows of the chunk at once, against packed weights that stay in the
// L2 cache.
// W_r y and then W x are computed one after the other: multiplying W W_r beforehand costs more than it saves.
// With y detached in the feedback nothing nonlinear runs backward in time, so dL/dx is one product over
// all tokens.
#include "nn/fhrl.h"

#include <string.h>

#include "nn/arena.h"
#include "nn/gemm.h"
#include "nn/kernel.h"
#include "nn/linear.h"

static int has_fhrl(const fhrl_gpt_config *c)
{
  return c->y_destination != FHRL_GPT_TO_NONE && c->fast_weights == FHRL_GPT_FHRL;
}

void fhrl_fhrl_bind(const fhrl_gpt_config *config, fhrl_real *base, size_t *cursor, fhrl_fhrl_packed *out)
{
  const int C = config->d, full = config->feedback_gradient == FHRL_GPT_FULL;
  *out = (fhrl_fhrl_packed){NULL};
  if (!has_fhrl(config)) return;
  out->wr = fhrl_arena_cut(base, cursor, fhrl_kernel_packed(C, C));
  out->wqkv = fhrl_arena_cut(base, cursor, fhrl_kernel_packed(C, 3 * C));
  out->wr_back = full ? fhrl_arena_cut(base, cursor, fhrl_kernel_packed(C, C)) : NULL;
  out->wqkv_back = full ? fhrl_arena_cut(base, cursor, fhrl_kernel_packed(3 * C, C)) : NULL;
}

// W_q, W_k, W_v lie one behind the other, so their common start stands for all three.
static const fhrl_real *projection(const fhrl_gpt_config *c, const fhrl_gpt_layer *l)
{
  return c->projections == FHRL_GPT_OWN ? l->fq : l->wq;
}

void fhrl_fhrl_pack(
  const fhrl_gpt_config *config, const fhrl_gpt_layer *weights, const fhrl_fhrl_packed *out)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const int C = config->d;
  if (!has_fhrl(config)) return;
  const fhrl_real *W = projection(config, weights), gamma = (fhrl_real)config->gamma;
  k->matmul_pack(C, C, weights->wr, 1, C, gamma, out->wr);
  k->matmul_pack(C, 3 * C, W, 1, C, 1, out->wqkv);
  if (config->feedback_gradient != FHRL_GPT_FULL) return;
  k->matmul_pack(C, C, weights->wr, C, 1, gamma, out->wr_back);
  k->matmul_pack(3 * C, C, W, C, 1, 1, out->wqkv_back);
}

// The share of z_t in y_t, and of a new row in a slot.
static fhrl_real step_of(const fhrl_gpt_config *c) { return (fhrl_real)c->ema; }
static fhrl_real rate_of(const fhrl_gpt_config *c) { return (fhrl_real)(c->alpha * c->ema); }

// y = (1-h) before + h z for the n channels of a token's rows; before NULL: zero
static void average(size_t n, fhrl_real h, const fhrl_real *z, const fhrl_real *before, fhrl_real *y)
{
  for (size_t i = 0; i < n; i++) y[i] = (before ? (1 - h) * before[i] : 0) + h * z[i];
}

void fhrl_fhrl_forward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights,
  const fhrl_fhrl_packed *packed, const fhrl_noise *noise, int first)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const fhrl_gpt_config *c = &tape->config;
  const fhrl_tape_layer *l = &tape->layer[index];
  const int B = tape->B, C = c->d, R = c->r;
  const size_t wide = 2 * (size_t)R * C, notes = 3 * (size_t)R + 1;
  const fhrl_real alpha = rate_of(c), beta = (fhrl_real)c->beta;
  const fhrl_real *bias = c->projections == FHRL_GPT_SHARED ? weights->bq : NULL;
  if (c->x_source == FHRL_GPT_LN)
    k->rows_norm(tape->N, C, l->h1, weights->lnx_w, weights->lnx_b, l->x_pre, l->statx);
  for (int t = 0; t < c->T; t++) {
    const size_t row = (size_t)t * B, last = row - (size_t)B;
    if (t == 0)
      memcpy(l->x, l->x_pre, (size_t)B * C * sizeof *l->x);
    else
      k->matmul(B, C, C, l->y + last * C, C, packed->wr, l->x_pre + row * C, C, l->x + row * C, C); // (8)
    k->matmul(B, C, 3 * C, l->x + row * C, C, packed->wqkv, bias, 0, l->fqkv + row * 3 * C, 3 * C);
    for (int b = 0; b < B; b++) { // (2), (3), (6), (7)
      const size_t i = row + (size_t)b;
      const fhrl_real *before = t == 0 ? NULL : l->state + (last + (size_t)b) * wide;
      k->slots_forward(C, R, alpha, beta, l->fqkv + i * 3 * C,
        fhrl_noise_row(noise, tape, index, first, b, t), before, l->state + i * wide, l->note + i * notes,
        l->z + i * C);
    }
    if (l->z != l->y)
      average((size_t)B * C, step_of(c), l->z + row * C, t == 0 ? NULL : l->y + last * C, l->y + row * C);
  }
}

// The rows of token t: gqkv from gy and the carry.
static void token_backward(
  fhrl_tape *tape, const fhrl_tape_layer *l, int t, const fhrl_real *gy, fhrl_real *gqkv)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const fhrl_gpt_config *c = &tape->config;
  const int B = tape->B, C = c->d, R = c->r;
  const size_t wide = 2 * (size_t)R * C, notes = 3 * (size_t)R + 1, row = (size_t)t * B;
  const fhrl_real alpha = rate_of(c),
                  keep = c->feedback_gradient == FHRL_GPT_STATE ? 0 : 1 - alpha;
  for (int b = 0; b < B; b++) {
    const size_t i = row + (size_t)b;
    const fhrl_real *before = t == 0 ? NULL : l->state + (i - (size_t)B) * wide;
    k->slots_backward(C, R, alpha, (fhrl_real)c->beta, keep, l->fqkv + i * 3 * C + 2 * C, before,
      l->state + i * wide, l->note + i * notes, l->z + i * C, gy + (size_t)b * C,
      tape->carry + (size_t)b * wide, gqkv + (size_t)b * 3 * C, tape->scratch);
  }
}

// From gy = dL/dy_t without the moving average to dL/dz_t in gz, by way of what later tokens carry back.
static void average_backward(fhrl_tape *tape, const fhrl_real *gy, fhrl_real *gz)
{
  const fhrl_gpt_config *c = &tape->config;
  const fhrl_real h = step_of(c), keep = c->feedback_gradient == FHRL_GPT_STATE ? 0 : 1 - h;
  for (size_t i = 0; i < (size_t)tape->B * c->d; i++) {
    const fhrl_real all = gy[i] + tape->later[i];
    tape->later[i] = keep * all;
    gz[i] = h * all;
  }
}

// gqkv, and for feedback_gradient = full gx, from dL/dy = tape->gh, against time.
static void scan_backward(fhrl_tape *tape, const fhrl_tape_layer *l, const fhrl_fhrl_packed *packed)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const fhrl_gpt_config *c = &tape->config;
  const int B = tape->B, C = c->d, full = c->feedback_gradient == FHRL_GPT_FULL;
  const size_t step = (size_t)B * C;
  fhrl_real *gqkv = tape->gwide, *gx = tape->gx;
  memset(tape->carry, 0, 2 * (size_t)c->r * step * sizeof *gx);
  if (tape->later) memset(tape->later, 0, step * sizeof *gx);
  for (int t = c->T - 1; t >= 0; t--) {
    const size_t at = (size_t)t * step;
    const fhrl_real *gy = tape->gh + at;
    if (full && t + 1 < c->T) { // y_t also reached x_{t+1}
      k->matmul(B, C, C, gx + at + step, C, packed->wr_back, gy, C, tape->ga, C);
      gy = tape->ga;
    }
    if (tape->later) {
      average_backward(tape, gy, tape->ga);
      gy = tape->ga;
    }
    token_backward(tape, l, t, gy, gqkv + 3 * at);
    if (full) k->matmul(B, 3 * C, C, gqkv + 3 * at, 3 * C, packed->wqkv_back, NULL, 0, gx + at, C);
  }
}

void fhrl_fhrl_backward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights,
  const fhrl_fhrl_packed *packed, const fhrl_gpt_layer *grads)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const fhrl_gpt_config *c = &tape->config;
  const fhrl_tape_layer *l = &tape->layer[index];
  const int B = tape->B, C = c->d, N = tape->N;
  const size_t step = (size_t)B * C;
  fhrl_real *gh = tape->gh, *gqkv = tape->gwide, *gx = tape->gx;
  scan_backward(tape, l, packed);
  if (c->feedback_gradient != FHRL_GPT_FULL)
    fhrl_gemm(0, 0, N, C, 3 * C, 1, gqkv, 3 * C, projection(c, weights), C, 0, gx, C);
  // a weight's gradient: sum over tokens, one product
  fhrl_real *gW = c->projections == FHRL_GPT_OWN ? grads->fq : grads->wq;
  fhrl_gemm(1, 0, 3 * C, C, N, 1, gqkv, 3 * C, l->x, C, 1, gW, C);
  if (c->projections == FHRL_GPT_SHARED && grads->bq) k->rows_sum(N, 3 * C, gqkv, 3 * C, grads->bq);
  fhrl_gemm(1, 0, C, C, N - B, (fhrl_real)c->gamma, gx + step, C, l->y, C, 1, grads->wr, C);
  if (c->x_source == FHRL_GPT_LN)
    k->rows_norm_backward(N, C, l->h1, l->statx, weights->lnx_w, gx, gh, grads->lnx_w, grads->lnx_b);
  else
    k->rows_add((size_t)N * C, gx, gh);
}

size_t fhrl_fhrl_carried(const fhrl_gpt_config *config) { return (2 * (size_t)config->r + 1) * (size_t)config->d; }

void fhrl_fhrl_memory_bind(
  const fhrl_gpt_config *config, fhrl_real *state, fhrl_real *base, size_t *cursor, fhrl_fhrl_memory *out)
{
  const size_t C = (size_t)config->d, R = (size_t)config->r;
  out->state = state;
  out->y = state ? state + 2 * R * C : NULL;
  out->x_pre = fhrl_arena_cut(base, cursor, C);
  out->x = fhrl_arena_cut(base, cursor, C);
  out->qkv = fhrl_arena_cut(base, cursor, 3 * C);
  out->next = fhrl_arena_cut(base, cursor, 2 * R * C);
  out->note = fhrl_arena_cut(base, cursor, 3 * R + 1);
  out->z = fhrl_arena_cut(base, cursor, C);
  out->stat = fhrl_arena_cut(base, cursor, 2);
}

void fhrl_fhrl_token(const fhrl_gpt_config *config, const fhrl_gpt_layer *weights, const fhrl_real *h1,
  const fhrl_fhrl_memory *memory)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const fhrl_fhrl_memory *m = memory;
  const int C = config->d, R = config->r;
  const fhrl_real *bias = config->projections == FHRL_GPT_SHARED ? weights->bq : NULL;
  if (config->x_source == FHRL_GPT_LN)
    k->rows_norm(1, C, h1, weights->lnx_w, weights->lnx_b, m->x_pre, m->stat);
  else
    memcpy(m->x_pre, h1, (size_t)C * sizeof *h1);
  memcpy(m->x, m->x_pre, (size_t)C * sizeof *h1);
  fhrl_gemm(0, 1, 1, C, C, (fhrl_real)config->gamma, m->y, C, weights->wr, C, 1, m->x, C); // (8)
  fhrl_linear_forward(1, C, 3 * C, m->x, projection(config, weights), bias, 0, m->qkv);
  k->slots_forward(
    C, R, rate_of(config), (fhrl_real)config->beta, m->qkv, NULL, m->state, m->next, m->note, m->z);
  memcpy(m->state, m->next, 2 * (size_t)R * C * sizeof *h1);
  average((size_t)C, step_of(config), m->z, m->y, m->y);
}
