// SPDX-License-Identifier: GPL-3.0-or-later
// hebbian: a recurrent state that attends to its own past
#include "nn/hebbian.h"

#include <math.h>
#include <string.h>

#include "nn/gemm.h"
#include "nn/kernel.h"
#include "nn/linear.h"

static const double decay = 0.95, rate = 0.5; // of (3)

// What the tape keeps of one layer, rows of all N tokens each.
typedef struct kept {
  fhrl_real *z, *s;         // (N, C)
  fhrl_real *a, *h;         // (N, C) z_t + A s_t, and the state
  fhrl_real *stat_z, *stat_a; // (N, 2) of the norms
} kept;

size_t fhrl_hebbian_kept(const fhrl_gpt_config *c) { return 4 * (size_t)c->d + 4; }

static kept cut(const fhrl_tape *tape, int index)
{
  const size_t N = (size_t)tape->N, NC = N * tape->config.d;
  fhrl_real *at = tape->layer[index].kept;
  return (kept){at, at + NC, at + 2 * NC, at + 3 * NC, at + 4 * NC, at + 4 * NC + 2 * N};
}

static void rectify(size_t n, fhrl_real *x)
{
  for (size_t i = 0; i < n; i++) x[i] = x[i] > 0 ? x[i] : 0 * x[i]; // a NaN stays one
}

// g = 0 where the rectified x is 0
static void rectify_backward(size_t n, const fhrl_real *x, fhrl_real *g)
{
  for (size_t i = 0; i < n; i++) g[i] = x[i] > 0 ? g[i] : 0;
}

static fhrl_real fading(int age) { return (fhrl_real)(rate * pow(decay, age)); }

void fhrl_hebbian_forward(fhrl_tape *tape, int index, const fhrl_gpt_layer *w)
{
  const fhrl_kernel *f = fhrl_kernel_table();
  const fhrl_gpt_config *c = &tape->config;
  const fhrl_tape_layer *l = &tape->layer[index];
  const kept k = cut(tape, index);
  const int B = tape->B, N = tape->N, T = c->T, C = c->d;
  fhrl_linear_forward(N, C, C, l->h1, w->fx, NULL, 0, k.z);
  for (int t = 0; t < T; t++) {
    const size_t row = (size_t)t * B, at = row * C, one = (size_t)B * C;
    if (t > 0) fhrl_gemm(0, 1, B, C, C, 1, k.h + at - one, C, w->fh, C, 1, k.z + at, C); // (1)
    f->rows_norm(B, C, k.z + at, w->lnm_w, w->lnm_b, k.s + at, k.stat_z + 2 * row);
    rectify(one, k.s + at);
    memcpy(k.a + at, k.z + at, one * sizeof *k.a);
    for (int b = 0; b < B; b++) {
      const fhrl_real *s = k.s + at + (size_t)b * C;
      fhrl_real *a = k.a + at + (size_t)b * C;
      for (int u = 0; u < t; u++) {
        const fhrl_real *h = k.h + ((size_t)u * B + b) * C, coupling = fading(t - 1 - u) * f->rows_dot(C, h, s);
        for (int j = 0; j < C; j++) a[j] += coupling * h[j];
      }
    }
    f->rows_norm(B, C, k.a + at, w->lnm_w, w->lnm_b, k.h + at, k.stat_a + 2 * row); // (2)
    rectify(one, k.h + at);
  }
  fhrl_linear_forward(N, C, C, k.h, w->fo, NULL, 0, l->y);
}

// From ga = dL/da_t of one sequence's row: adds to gh of earlier rows (u < t, B rows apart) and fills gs = dL/ds_t.
static void recall_backward(const fhrl_tape *tape, const kept *k, int t, int b, const fhrl_real *ga, fhrl_real *gh,
  fhrl_real *gs)
{
  const fhrl_kernel *f = fhrl_kernel_table();
  const int B = tape->B, C = tape->config.d;
  const fhrl_real *s = k->s + ((size_t)t * B + b) * C;
  memset(gs, 0, (size_t)C * sizeof *gs);
  for (int u = 0; u < t; u++) {
    const size_t at = ((size_t)u * B + b) * C;
    const fhrl_real *h = k->h + at, fade = fading(t - 1 - u);
    const fhrl_real match = fade * f->rows_dot(C, h, s), along = fade * f->rows_dot(C, h, ga);
    fhrl_real *to = gh + at;
    for (int j = 0; j < C; j++) {
      to[j] += match * ga[j] + along * s[j];
      gs[j] += along * h[j];
    }
  }
}

void fhrl_hebbian_backward(fhrl_tape *tape, int index, const fhrl_gpt_layer *w, const fhrl_gpt_layer *g)
{
  const fhrl_kernel *f = fhrl_kernel_table();
  const fhrl_gpt_config *c = &tape->config;
  const fhrl_tape_layer *l = &tape->layer[index];
  const kept k = cut(tape, index);
  const int B = tape->B, N = tape->N, C = c->d;
  const size_t one = (size_t)B * C;
  fhrl_real *gh = tape->ga, *gz = tape->gx, *gs = tape->gwide; // gs: of one token's rows
  fhrl_linear_backward(N, C, C, k.h, w->fo, tape->gh, 0, gh, g->fo, NULL);
  memset(gz, 0, (size_t)N * C * sizeof *gz);
  for (int t = c->T - 1; t >= 0; t--) {
    const size_t row = (size_t)t * B, at = row * C;
    rectify_backward(one, k.h + at, gh + at);
    f->rows_norm_backward(B, C, k.a + at, k.stat_a + 2 * row, w->lnm_w, gh + at, gz + at, g->lnm_w, g->lnm_b);
    for (int b = 0; b < B; b++)
      recall_backward(tape, &k, t, b, gz + at + (size_t)b * C, gh, gs + (size_t)b * C);
    rectify_backward(one, k.s + at, gs);
    f->rows_norm_backward(B, C, k.z + at, k.stat_z + 2 * row, w->lnm_w, gs, gz + at, g->lnm_w, g->lnm_b);
    if (t > 0) fhrl_gemm(0, 0, B, C, C, 1, gz + at, C, w->fh, C, 1, gh + at - one, C);
  }
  fhrl_gemm(1, 0, C, C, N - B, 1, gz + one, C, k.h, C, 1, g->fh, C);
  fhrl_linear_backward(N, C, C, l->h1, w->fx, gz, 1, tape->gh, g->fx, NULL);
}

size_t fhrl_hebbian_carried(const fhrl_gpt_config *c) { return ((size_t)c->d + 1) * c->d; }

void fhrl_hebbian_token(const fhrl_gpt_config *c, const fhrl_gpt_layer *w, const fhrl_real *x, fhrl_real *state,
  fhrl_real *scratch, fhrl_real *y)
{
  const fhrl_kernel *f = fhrl_kernel_table();
  const int C = c->d;
  fhrl_real *A = state, *h = state + (size_t)C * C, *z = scratch, *s = z + C, *stat = s + C;
  fhrl_linear_forward(1, C, C, x, w->fx, NULL, 0, z);
  fhrl_gemm(0, 1, 1, C, C, 1, h, C, w->fh, C, 1, z, C);
  f->rows_norm(1, C, z, w->lnm_w, w->lnm_b, s, stat);
  rectify((size_t)C, s);
  fhrl_gemm(0, 1, 1, C, C, 1, s, C, A, C, 1, z, C); // A is symmetric
  f->rows_norm(1, C, z, w->lnm_w, w->lnm_b, h, stat);
  rectify((size_t)C, h);
  for (int i = 0; i < C; i++)
    for (int j = 0; j < C; j++)
      A[(size_t)i * C + j] = (fhrl_real)decay * A[(size_t)i * C + j] + (fhrl_real)rate * h[i] * h[j];
  fhrl_linear_forward(1, C, C, h, w->fo, NULL, 0, y);
}
