// SPDX-License-Identifier: GPL-3.0-or-later
// reference_memory: the other fast weights, token by token as their papers write them
#include "reference_memory.h"

#include <math.h>
#include <string.h>

enum { MOST = REFERENCE_MOST };

static void product(int in, int out, const double *x, const fhrl_real *W, double *y)
{
  for (int o = 0; o < out; o++) {
    y[o] = 0;
    for (int i = 0; i < in; i++) y[o] += (double)W[o * in + i] * x[i];
  }
}

static void standard(int n, const double *x, double *y)
{
  double mean = 0, variance = 0;
  for (int i = 0; i < n; i++) mean += x[i] / n;
  for (int i = 0; i < n; i++) variance += (x[i] - mean) * (x[i] - mean) / n;
  for (int i = 0; i < n; i++) y[i] = (x[i] - mean) / sqrt(variance + 1e-5);
}

static void answer(int C, const double *o, const fhrl_gpt_layer *w, double *h)
{
  double y[MOST];
  product(C, C, o, w->fo, y);
  for (int j = 0; j < C; j++) h[j] += y[j];
}

static void positive(int C, const double *x, const fhrl_gpt_layer *w, double *y)
{
  standard(C, x, y);
  for (int j = 0; j < C; j++) y[j] = fmax(y[j] * (double)w->lnm_w[j] + (double)w->lnm_b[j], 0);
}

static void hebbian(const fhrl_gpt_config *c, const fhrl_gpt_layer *w, double h[][MOST])
{
  const int C = c->d;
  double A[MOST][MOST] = {{0}}, state[MOST] = {0};
  for (int t = 0; t < c->T; t++) {
    double in[MOST] = {0}, back[MOST], s[MOST];
    product(C, C, h[t], w->fx, in);
    product(C, C, state, w->fh, back);
    for (int j = 0; j < C; j++) in[j] += back[j];
    positive(C, in, w, s);
    for (int i = 0; i < C; i++)
      for (int j = 0; j < C; j++) in[i] += A[i][j] * s[j];
    positive(C, in, w, state);
    for (int i = 0; i < C; i++)
      for (int j = 0; j < C; j++) A[i][j] = 0.95 * A[i][j] + 0.5 * state[i] * state[j];
    answer(C, state, w, h[t]);
  }
}

static void feature(int n, double *a)
{
  double sum = 0;
  for (int j = 0; j < n; j++) sum += a[j] = a[j] > 0 ? a[j] + 1 : exp(a[j]);
  for (int j = 0; j < n; j++) a[j] /= sum;
}

static void delta(const fhrl_gpt_config *c, const fhrl_gpt_layer *w, double h[][MOST])
{
  const int C = c->d, H = c->heads, n = C / H;
  double S[8][MOST][MOST] = {{{0}}};
  for (int t = 0; t < c->T; t++) {
    double q[MOST], k[MOST], v[MOST], b[8], o[MOST] = {0};
    product(C, C, h[t], w->fq, q);
    product(C, C, h[t], w->fk, k);
    product(C, C, h[t], w->fv, v);
    product(C, H, h[t], w->fs, b);
    for (int i = 0; i < H; i++) {
      feature(n, q + i * n);
      feature(n, k + i * n);
      for (int a = 0; a < n; a++) {
        double known = 0;
        for (int j = 0; j < n; j++) known += S[i][a][j] * k[i * n + j];
        for (int j = 0; j < n; j++) S[i][a][j] += (v[i * n + a] - known) * k[i * n + j] / (1 + exp(-b[i]));
        for (int j = 0; j < n; j++) o[i * n + a] += S[i][a][j] * q[i * n + j];
      }
    }
    answer(C, o, w, h[t]);
  }
}

static void retention(const fhrl_gpt_config *c, const fhrl_gpt_layer *w, double h[][MOST])
{
  const int C = c->d, H = c->heads, n = C / H;
  double S[8][MOST][MOST] = {{{0}}};
  for (int t = 0; t < c->T; t++) {
    double q[MOST], k[MOST], v[MOST], gate[MOST], o[MOST] = {0};
    product(C, C, h[t], w->fq, q);
    product(C, C, h[t], w->fk, k);
    product(C, C, h[t], w->fv, v);
    product(C, C, h[t], w->fg, gate);
    for (int i = 0; i < H; i++) {
      for (int a = 0; a < n; a++)
        for (int j = 0; j < n; j++) {
          S[i][a][j] = (1 - pow(2, -5 - i)) * S[i][a][j] + v[i * n + a] * k[i * n + j];
          o[i * n + a] += S[i][a][j] * q[i * n + j] / sqrt(n);
        }
      standard(n, o + i * n, o + i * n);
    }
    for (int j = 0; j < C; j++) o[j] *= gate[j] / (1 + exp(-gate[j]));
    answer(C, o, w, h[t]);
  }
}

void reference_memory(const fhrl_gpt_config *c, const fhrl_gpt_layer *w, double h[][MOST])
{
  if (c->fast_weights == FHRL_GPT_HEBBIAN) hebbian(c, w, h);
  if (c->fast_weights == FHRL_GPT_DELTA) delta(c, w, h);
  if (c->fast_weights == FHRL_GPT_RETENTION) retention(c, w, h);
}
