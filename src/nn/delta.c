// SPDX-License-Identifier: GPL-3.0-or-later
// delta: an associative matrix that corrects what it answers
#include "nn/delta.h"

#include <math.h>
#include <string.h>

#include "nn/gemm.h"
#include "nn/kernel.h"
#include "nn/linear.h"
#include "nn/logistic.h"

// What the tape keeps of one layer, rows of all N tokens each.
typedef struct kept {
  fhrl_real *qkv;      // (N, 3C) f(q), f(k), v
  fhrl_real *slope;    // (N, 2C) elu'(q) and elu'(k), over the sums
  fhrl_real *e, *u, *o; // (N, C)
  fhrl_real *b;        // (N, H)
} kept;

size_t fhrl_delta_kept(const fhrl_gpt_config *c) { return 8 * (size_t)c->d + (size_t)c->heads; }

static kept cut(const fhrl_tape *tape, int index)
{
  const size_t NC = (size_t)tape->N * tape->config.d;
  fhrl_real *at = tape->layer[index].kept;
  return (kept){at, at + 3 * NC, at + 5 * NC, at + 6 * NC, at + 7 * NC, at + 8 * NC};
}

// f of one head in place; slope (hd) or NULL: the derivative of elu over the sum.
static void feature(int hd, fhrl_real *a, fhrl_real *slope)
{
  double sum = 0.0;
  for (int j = 0; j < hd; j++) {
    const double below = a[j] > 0 ? 1.0 : exp((double)a[j]); // elu'(a), and elu(a) + 1 where a <= 0
    if (slope) slope[j] = (fhrl_real)below;
    a[j] = a[j] > 0 ? a[j] + 1 : (fhrl_real)below;
    sum += (double)a[j];
  }
  const fhrl_real share = (fhrl_real)(1.0 / sum);
  for (int j = 0; j < hd; j++) {
    a[j] *= share;
    if (slope) slope[j] *= share;
  }
}

// From dL/df to dL/da of one head, in place.
static void feature_backward(int hd, const fhrl_real *f, const fhrl_real *slope, fhrl_real *g)
{
  double along = 0.0;
  for (int j = 0; j < hd; j++) along += (double)g[j] * (double)f[j];
  for (int j = 0; j < hd; j++) g[j] = (g[j] - (fhrl_real)along) * slope[j];
}

// Zeroes what lies above the diagonal of (T, T), and with `strict` the diagonal too.
static void lower(int T, int strict, fhrl_real *m)
{
  for (int t = 0; t < T; t++)
    memset(m + (size_t)t * T + t + !strict, 0, (size_t)(T - t - !strict) * sizeof *m);
}

// (1) for one sequence and head; K K^T strictly below the diagonal in score (T, T). ld, ldb: distances of rows.
static void solve(int T, int hd, const fhrl_real *score, const fhrl_real *v, int ldv, const fhrl_real *b, int ldb,
  fhrl_real *e, fhrl_real *u, int ld)
{
  for (int t = 0; t < T; t++) {
    fhrl_real *et = e + (size_t)t * ld, *ut = u + (size_t)t * ld;
    memcpy(et, v + (size_t)t * ldv, (size_t)hd * sizeof *et);
    for (int s = 0; s < t; s++) {
      const fhrl_real m = score[(size_t)t * T + s], *us = u + (size_t)s * ld;
      for (int j = 0; j < hd; j++) et[j] -= m * us[j];
    }
    for (int j = 0; j < hd; j++) ut[j] = b[(size_t)t * ldb] * et[j];
  }
}

void fhrl_delta_forward(fhrl_tape *tape, int index, const fhrl_gpt_layer *w)
{
  const fhrl_gpt_config *c = &tape->config;
  const fhrl_tape_layer *l = &tape->layer[index];
  const kept k = cut(tape, index);
  const int B = tape->B, N = tape->N, T = c->T, C = c->d, H = c->heads, hd = C / H, wide = B * 3 * C, ld = B * C;
  fhrl_real *score = tape->gscore;
  fhrl_linear_forward(N, C, 3 * C, l->h1, w->fq, NULL, 0, k.qkv);
  fhrl_linear_forward(N, C, H, l->h1, w->fs, NULL, 0, k.b);
  for (size_t i = 0; i < (size_t)N * H; i++) k.b[i] = fhrl_logistic(k.b[i]);
  for (int r = 0; r < N; r++)
    for (int i = 0; i < 2 * H; i++)
      feature(hd, k.qkv + (size_t)r * 3 * C + (size_t)i * hd, k.slope + (size_t)r * 2 * C + (size_t)i * hd);
  for (int b = 0; b < B; b++)
    for (int i = 0; i < H; i++) {
      const size_t at = (size_t)b * C + i * hd;
      const fhrl_real *Q = k.qkv + (size_t)b * 3 * C + i * hd, *K = Q + C, *V = K + C;
      fhrl_gemm(0, 1, T, T, hd, 1, K, wide, K, wide, 0, score, T);
      solve(T, hd, score, V, wide, k.b + (size_t)b * H + i, B * H, k.e + at, k.u + at, ld);
      fhrl_gemm(0, 1, T, T, hd, 1, Q, wide, K, wide, 0, score, T);
      lower(T, 0, score);
      fhrl_gemm(0, 0, T, hd, T, 1, score, T, k.u + at, ld, 0, k.o + at, ld); // (2)
    }
  fhrl_linear_forward(N, C, C, k.o, w->fo, NULL, 0, l->y);
}

// Against time: from gu = dL/du by way of o alone to dL/dv in gv and dL/db in gb; gu is used up.
static void solve_backward(int T, int hd, const fhrl_real *score, const fhrl_real *e, const fhrl_real *b, int ldb,
  fhrl_real *gu, int ld, fhrl_real *gv, int ldv, fhrl_real *gb)
{
  for (int t = T - 1; t >= 0; t--) {
    const fhrl_real *et = e + (size_t)t * ld, *g = gu + (size_t)t * ld, strength = b[(size_t)t * ldb];
    fhrl_real *v = gv + (size_t)t * ldv, sum = 0;
    for (int j = 0; j < hd; j++) {
      sum += g[j] * et[j];
      v[j] = strength * g[j];
    }
    gb[(size_t)t * ldb] = sum * strength * (1 - strength); // b is a logistic
    for (int s = 0; s < t; s++) {
      fhrl_real *us = gu + (size_t)s * ld;
      for (int j = 0; j < hd; j++) us[j] -= score[(size_t)t * T + s] * v[j];
    }
  }
}

// One sequence and head: gqkv gets dL/df(q), dL/df(k), dL/dv, gb dL/d(w.x), from go = dL/do.
static void head_backward(int T, int hd, const kept *k, size_t at, size_t at3, size_t atb, const int ld[3], fhrl_real *go,
  fhrl_real *gu, fhrl_real *score, fhrl_real *gqkv, fhrl_real *gb, int C)
{
  const int row = ld[0], wide = ld[1], ldb = ld[2];
  const fhrl_real *Q = k->qkv + at3, *K = Q + C, *u = k->u + at;
  fhrl_real *gQ = gqkv + at3, *gK = gQ + C, *gV = gK + C;
  fhrl_gemm(0, 1, T, T, hd, 1, Q, wide, K, wide, 0, score, T);
  lower(T, 0, score);
  fhrl_gemm(1, 0, T, hd, T, 1, score, T, go + at, row, 0, gu + at, row);
  fhrl_gemm(0, 1, T, T, hd, 1, go + at, row, u, row, 0, score, T); // dL/d(f(k_s).f(q_t))
  lower(T, 0, score);
  fhrl_gemm(0, 0, T, hd, T, 1, score, T, K, wide, 0, gQ, wide);
  fhrl_gemm(1, 0, T, hd, T, 1, score, T, Q, wide, 0, gK, wide);
  fhrl_gemm(0, 1, T, T, hd, 1, K, wide, K, wide, 0, score, T);
  solve_backward(T, hd, score, k->e + at, k->b + atb, ldb, gu + at, row, gV, wide, gb + atb);
  fhrl_gemm(0, 1, T, T, hd, -1, gV, wide, u, row, 0, score, T); // dL/d(f(k_s).f(k_t)) = -dL/de_t . u_s
  lower(T, 1, score);
  fhrl_gemm(0, 0, T, hd, T, 1, score, T, K, wide, 1, gK, wide);
  fhrl_gemm(1, 0, T, hd, T, 1, score, T, K, wide, 1, gK, wide);
}

void fhrl_delta_backward(fhrl_tape *tape, int index, const fhrl_gpt_layer *w, const fhrl_gpt_layer *g)
{
  const fhrl_gpt_config *c = &tape->config;
  const fhrl_tape_layer *l = &tape->layer[index];
  const kept k = cut(tape, index);
  const int B = tape->B, N = tape->N, T = c->T, C = c->d, H = c->heads, hd = C / H;
  const int ld[3] = {B * C, B * 3 * C, B * H};
  fhrl_real *go = tape->ga, *gu = tape->gx, *gqkv = tape->gwide;
  fhrl_linear_backward(N, C, C, k.o, w->fo, tape->gh, 0, go, g->fo, NULL);
  // e is not needed behind its own head, so dL/d(w.x) takes the place of b's head by head
  for (int b = 0; b < B; b++)
    for (int i = 0; i < H; i++)
      head_backward(T, hd, &k, (size_t)b * C + i * hd, (size_t)b * 3 * C + i * hd, (size_t)b * H + i, ld, go, gu,
        tape->gscore, gqkv, k.b, C);
  for (int r = 0; r < N; r++)
    for (int i = 0; i < 2 * H; i++)
      feature_backward(hd, k.qkv + (size_t)r * 3 * C + (size_t)i * hd, k.slope + (size_t)r * 2 * C + (size_t)i * hd,
        gqkv + (size_t)r * 3 * C + (size_t)i * hd);
  fhrl_linear_backward(N, C, H, l->h1, w->fs, k.b, 1, tape->gh, g->fs, NULL);
  fhrl_linear_backward(N, C, 3 * C, l->h1, w->fq, gqkv, 1, tape->gh, g->fq, NULL);
}

size_t fhrl_delta_carried(const fhrl_gpt_config *c) { return (size_t)c->d * (c->d / c->heads); }

void fhrl_delta_token(const fhrl_gpt_config *c, const fhrl_gpt_layer *w, const fhrl_real *x, fhrl_real *S,
  fhrl_real *scratch, fhrl_real *y)
{
  const int C = c->d, H = c->heads, hd = C / H;
  fhrl_real *qkv = scratch, *o = qkv + 3 * C, *b = o + C;
  fhrl_linear_forward(1, C, 3 * C, x, w->fq, NULL, 0, qkv);
  fhrl_linear_forward(1, C, H, x, w->fs, NULL, 0, b);
  for (int i = 0; i < 2 * H; i++) feature(hd, qkv + (size_t)i * hd, NULL);
  for (int i = 0; i < H; i++) {
    const fhrl_real *q = qkv + i * hd, *k = q + C, *v = k + C, strength = fhrl_logistic(b[i]);
    for (int a = 0; a < hd; a++) {
      fhrl_real *row = S + ((size_t)i * hd + a) * hd, answer = 0, sum = 0;
      for (int j = 0; j < hd; j++) answer += row[j] * k[j];
      for (int j = 0; j < hd; j++) {
        row[j] += strength * (v[a] - answer) * k[j];
        sum += row[j] * q[j];
      }
      o[i * hd + a] = sum;
    }
  }
  fhrl_linear_forward(1, C, C, o, w->fo, NULL, 0, y);
}
