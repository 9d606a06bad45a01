// SPDX-License-Identifier: GPL-3.0-or-later
// retention: a decaying sum of outer products, read by queries
#include "nn/retention.h"

#include <math.h>
#include <string.h>

#include "nn/gemm.h"
#include "nn/kernel.h"
#include "nn/linear.h"
#include "nn/logistic.h"

// What the tape keeps of one layer, rows of all N tokens each.
typedef struct kept {
  fhrl_real *qkv;  // (N, 3C)
  fhrl_real *n;    // (N, C) normalised o
  fhrl_real *gate; // (N, C) W_g x
  fhrl_real *mix;  // (N, C) swish(gate) n
  fhrl_real *rate; // (N, H) 1 / sqrt(variance + 1e-5)
} kept;

size_t fhrl_retention_kept(const fhrl_gpt_config *c) { return 6 * (size_t)c->d + (size_t)c->heads; }

static kept cut(const fhrl_tape *tape, int index)
{
  const size_t NC = (size_t)tape->N * tape->config.d;
  fhrl_real *at = tape->layer[index].kept;
  return (kept){at, at + 3 * NC, at + 4 * NC, at + 5 * NC, at + 6 * NC};
}

static double decay_of(int head) { return 1.0 - ldexp(1.0, -5 - head); }

// score (T, T) *= D; scale stands before it.
static void decay(int T, int head, fhrl_real scale, fhrl_real *score)
{
  const double g = decay_of(head);
  for (int t = 0; t < T; t++) {
    double d = (double)scale;
    for (int s = t; s >= 0; s--, d *= g) score[(size_t)t * T + s] *= (fhrl_real)d;
    memset(score + (size_t)t * T + t + 1, 0, (size_t)(T - t - 1) * sizeof *score);
  }
}

// (2) of one row's H heads, in place.
static void normalise(int H, int hd, fhrl_real *o, fhrl_real *rate)
{
  for (int i = 0; i < H; i++, o += hd) {
    double mean = 0.0, square = 0.0;
    for (int j = 0; j < hd; j++) mean += (double)o[j] / hd;
    for (int j = 0; j < hd; j++) square += ((double)o[j] - mean) * ((double)o[j] - mean) / hd;
    rate[i] = (fhrl_real)(1.0 / sqrt(square + 1e-5));
    for (int j = 0; j < hd; j++) o[j] = (fhrl_real)(((double)o[j] - mean)) * rate[i];
  }
}

// From dL/dn to dL/do of one row, in place.
static void normalise_backward(int H, int hd, const fhrl_real *n, const fhrl_real *rate, fhrl_real *g)
{
  for (int i = 0; i < H; i++, n += hd, g += hd) {
    double mean = 0.0, along = 0.0;
    for (int j = 0; j < hd; j++) {
      mean += (double)g[j] / hd;
      along += (double)g[j] * (double)n[j] / hd;
    }
    for (int j = 0; j < hd; j++) g[j] = (fhrl_real)((double)g[j] - mean - along * (double)n[j]) * rate[i];
  }
}

void fhrl_retention_forward(fhrl_tape *tape, int index, const fhrl_gpt_layer *w)
{
  const fhrl_gpt_config *c = &tape->config;
  const fhrl_tape_layer *l = &tape->layer[index];
  const kept k = cut(tape, index);
  const int B = tape->B, N = tape->N, T = c->T, C = c->d, H = c->heads, hd = C / H, wide = B * 3 * C;
  fhrl_real *score = tape->gscore;
  fhrl_linear_forward(N, C, 3 * C, l->h1, w->fq, NULL, 0, k.qkv);
  fhrl_linear_forward(N, C, C, l->h1, w->fg, NULL, 0, k.gate);
  for (int b = 0; b < B; b++)
    for (int i = 0; i < H; i++) { // (1)
      const fhrl_real *Q = k.qkv + (size_t)b * 3 * C + i * hd;
      fhrl_gemm(0, 1, T, T, hd, 1, Q, wide, Q + C, wide, 0, score, T);
      decay(T, i, (fhrl_real)(1.0 / sqrt(hd)), score);
      fhrl_gemm(0, 0, T, hd, T, 1, score, T, Q + 2 * C, wide, 0, k.n + (size_t)b * C + i * hd, B * C);
    }
  for (int r = 0; r < N; r++) normalise(H, hd, k.n + (size_t)r * C, k.rate + (size_t)r * H);
  for (size_t j = 0; j < (size_t)N * C; j++) k.mix[j] = k.gate[j] * fhrl_logistic(k.gate[j]) * k.n[j]; // (3)
  fhrl_linear_forward(N, C, C, k.mix, w->fo, NULL, 0, l->y);
}

void fhrl_retention_backward(fhrl_tape *tape, int index, const fhrl_gpt_layer *w, const fhrl_gpt_layer *g)
{
  const fhrl_gpt_config *c = &tape->config;
  const fhrl_tape_layer *l = &tape->layer[index];
  const kept k = cut(tape, index);
  const int B = tape->B, N = tape->N, T = c->T, C = c->d, H = c->heads, hd = C / H, wide = B * 3 * C;
  fhrl_real *gn = tape->ga, *ggate = tape->gx, *gqkv = tape->gwide, *score = tape->gscore;
  const fhrl_real scale = (fhrl_real)(1.0 / sqrt(hd));
  fhrl_linear_backward(N, C, C, k.mix, w->fo, tape->gh, 0, gn, g->fo, NULL);
  for (size_t j = 0; j < (size_t)N * C; j++) {
    const fhrl_real s = fhrl_logistic(k.gate[j]), a = k.gate[j];
    ggate[j] = gn[j] * k.n[j] * s * (1 + a * (1 - s));
    gn[j] *= a * s;
  }
  for (int r = 0; r < N; r++) normalise_backward(H, hd, k.n + (size_t)r * C, k.rate + (size_t)r * H, gn + (size_t)r * C);
  for (int b = 0; b < B; b++)
    for (int i = 0; i < H; i++) {
      const size_t at = (size_t)b * 3 * C + i * hd;
      const fhrl_real *Q = k.qkv + at, *K = Q + C, *V = K + C, *go = gn + (size_t)b * C + i * hd;
      fhrl_gemm(0, 1, T, T, hd, 1, Q, wide, K, wide, 0, score, T); // dL/dV = P^T dL/dO
      decay(T, i, scale, score);
      fhrl_gemm(1, 0, T, hd, T, 1, score, T, go, B * C, 0, gqkv + at + 2 * C, wide);
      fhrl_gemm(0, 1, T, T, hd, 1, go, B * C, V, wide, 0, score, T); // dL/dQ K^T = D(dL/dO V^T)
      decay(T, i, scale, score);
      fhrl_gemm(0, 0, T, hd, T, 1, score, T, K, wide, 0, gqkv + at, wide);
      fhrl_gemm(1, 0, T, hd, T, 1, score, T, Q, wide, 0, gqkv + at + C, wide);
    }
  fhrl_linear_backward(N, C, C, l->h1, w->fg, ggate, 1, tape->gh, g->fg, NULL);
  fhrl_linear_backward(N, C, 3 * C, l->h1, w->fq, gqkv, 1, tape->gh, g->fq, NULL);
}

size_t fhrl_retention_carried(const fhrl_gpt_config *c) { return (size_t)c->d * (c->d / c->heads); }

void fhrl_retention_token(const fhrl_gpt_config *c, const fhrl_gpt_layer *w, const fhrl_real *x, fhrl_real *S,
  fhrl_real *scratch, fhrl_real *y)
{
  const int C = c->d, H = c->heads, hd = C / H;
  fhrl_real *qkv = scratch, *gate = qkv + 3 * C, *o = gate + C, *rate = o + C;
  fhrl_linear_forward(1, C, 3 * C, x, w->fq, NULL, 0, qkv);
  fhrl_linear_forward(1, C, C, x, w->fg, NULL, 0, gate);
  for (int i = 0; i < H; i++) {
    const fhrl_real *q = qkv + i * hd, *k = q + C, *v = k + C, g = (fhrl_real)decay_of(i);
    for (int a = 0; a < hd; a++) {
      fhrl_real *row = S + ((size_t)i * hd + a) * hd, sum = 0;
      for (int b = 0; b < hd; b++) {
        row[b] = g * row[b] + v[a] * k[b];
        sum += row[b] * q[b];
      }
      o[i * hd + a] = sum * (fhrl_real)(1.0 / sqrt(hd));
    }
  }
  normalise(H, hd, o, rate);
  for (int j = 0; j < C; j++) o[j] *= gate[j] * fhrl_logistic(gate[j]);
  fhrl_linear_forward(1, C, C, o, w->fo, NULL, 0, y);
}
