// SPDX-License-Identifier: GPL-3.0-or-later
// reference: the network's loss written down as slowly and plainly as possible, for finite differences
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference_memory.h"

enum { MOST = REFERENCE_MOST };

typedef struct run {
  const fhrl_gpt *gpt;
  const reference_past *use; // NULL: compute everything
  reference_past *keep;      // NULL: record nothing
  const fhrl_noise *noise;
  int B, b;                  // sequences, and the one at hand
} run;

static void linear(int in, int out, const double *x, const fhrl_real *W, const fhrl_real *bias, double *y)
{
  for (int o = 0; o < out; o++) {
    y[o] = bias ? (double)bias[o] : 0.0;
    for (int i = 0; i < in; i++) y[o] += (double)W[o * in + i] * x[i];
  }
}

static void layer_norm(int C, const double *x, const fhrl_real *w, const fhrl_real *b, double *y)
{
  double mean = 0, variance = 0;
  for (int i = 0; i < C; i++) mean += x[i] / C;
  for (int i = 0; i < C; i++) variance += (x[i] - mean) * (x[i] - mean) / C;
  for (int i = 0; i < C; i++) y[i] = (x[i] - mean) / sqrt(variance + 1e-5) * (double)w[i] + (double)b[i];
}

// h (T, C) += attention
static void attend(const fhrl_gpt_config *c, const fhrl_gpt_layer *w, double h[][MOST])
{
  const int T = c->T, C = c->d, H = c->heads, hd = C / H;
  double q[MOST][MOST], k[MOST][MOST], v[MOST][MOST];
  for (int t = 0; t < T; t++) {
    double a[MOST];
    layer_norm(C, h[t], w->ln1_w, w->ln1_b, a);
    linear(C, C, a, w->wq, w->bq, q[t]);
    linear(C, C, a, w->wk, w->bk, k[t]);
    linear(C, C, a, w->wv, w->bv, v[t]);
  }
  for (int t = 0; t < T; t++) {
    double mix[MOST] = {0}, out[MOST];
    for (int i = 0; i < H; i++) {
      double e[MOST], sum = 0;
      for (int s = 0; s <= t; s++) {
        double score = 0;
        for (int j = i * hd; j < (i + 1) * hd; j++) score += q[t][j] * k[s][j];
        sum += e[s] = exp(score / sqrt(hd));
      }
      for (int s = 0; s <= t; s++)
        for (int j = i * hd; j < (i + 1) * hd; j++) mix[j] += e[s] / sum * v[s][j];
    }
    linear(C, C, mix, w->wo, w->bo, out);
    for (int j = 0; j < C; j++) h[t][j] += out[j];
  }
}

// row = (1-alpha) old + alpha n(z + eps)
static void remember(
  int C, double alpha, const double *old, const double *z, const fhrl_real *eps, double *row)
{
  double sum = 0;
  for (int j = 0; j < C; j++) sum += pow(z[j] + (eps ? (double)eps[j] : 0.0), 2);
  for (int j = 0; j < C; j++)
    row[j] = (1 - alpha) * old[j] + alpha * (z[j] + (eps ? (double)eps[j] : 0.0)) / fmax(sqrt(sum), 1e-12);
}

// h (T, C) += FH-RL
static void reenter(const run *r, int layer, double h[][MOST])
{
  const fhrl_gpt_config *c = &r->gpt->config;
  const fhrl_gpt_layer *w = &r->gpt->params.layer[layer];
  const int C = c->d, R = c->r, own = c->projections == FHRL_GPT_OWN;
  const double alpha = c->alpha * c->ema;
  double y[MOST] = {0}, fed[MOST], state[2][8][MOST] = {{{0}}};
  for (int t = 0; t < c->T; t++) {
    const size_t token = ((size_t)layer * r->B + r->b) * c->T + t, size = 2 * (size_t)R * C;
    double pre[MOST], x[MOST], back[MOST], z[3][MOST], w_t[MOST] = {0}, v_dot;
    const fhrl_real *eps = r->noise->given ? r->noise->given + token * size : NULL;
    memcpy(fed, y, sizeof fed);
    if (t > 0 && r->use && c->feedback_gradient != FHRL_GPT_FULL)
      memcpy(fed, r->use->y + (token - 1) * C, C * sizeof *y);
    if (t > 0 && r->use && c->feedback_gradient == FHRL_GPT_STATE) {
      memcpy(y, fed, sizeof y);
      for (int s = 0; s < 2 * R; s++)
        memcpy(state[s / R][s % R], r->use->state + (token - 1) * size + (size_t)s * C, C * sizeof *y);
    }
    linear(C, C, fed, w->wr, NULL, back);
    if (c->x_source == FHRL_GPT_LN)
      layer_norm(C, h[t], w->lnx_w, w->lnx_b, pre);
    else
      memcpy(pre, h[t], sizeof pre);
    for (int j = 0; j < C; j++) x[j] = pre[j] + c->gamma * back[j];
    linear(C, C, x, own ? w->fq : w->wq, own ? NULL : w->bq, z[0]);
    linear(C, C, x, own ? w->fk : w->wk, own ? NULL : w->bk, z[1]);
    linear(C, C, x, own ? w->fv : w->wv, own ? NULL : w->bv, z[2]);
    for (int i = 0; i < R; i++) {
      for (int s = 0; s < 2; s++)
        remember(C, alpha, state[s][i], z[s], eps ? eps + (size_t)(s * R + i) * C : NULL, state[s][i]);
      v_dot = 0;
      for (int j = 0; j < C; j++) v_dot += state[1][i][j] * z[2][j];
      for (int j = 0; j < C; j++) w_t[j] += state[0][i][j] * v_dot;
    }
    double norm = 0;
    for (int j = 0; j < C; j++) norm += w_t[j] * w_t[j];
    for (int j = 0; j < C; j++)
      y[j] = (1 - c->ema) * y[j] + c->ema * w_t[j] / (1 + c->beta * (sqrt(norm) - 1));
    for (int j = 0; j < C; j++) h[t][j] += y[j];
    if (r->keep == NULL) continue;
    memcpy(r->keep->y + token * C, y, C * sizeof *y);
    for (int s = 0; s < 2 * R; s++)
      memcpy(r->keep->state + token * size + (size_t)s * C, state[s / R][s % R], C * sizeof *y);
  }
}

static void transform(const fhrl_gpt_config *c, const fhrl_gpt_layer *w, double h[][MOST])
{
  const int C = c->d, F = C * c->mlp;
  for (int t = 0; t < c->T; t++) {
    double a[MOST], inner[4 * MOST], out[MOST];
    layer_norm(C, h[t], w->ln2_w, w->ln2_b, a);
    linear(C, F, a, w->fc1, w->b1, inner);
    for (int j = 0; j < F; j++) inner[j] *= 0.5 * (1 + erf(inner[j] / sqrt(2.0)));
    linear(F, C, inner, w->fc2, w->b2, out);
    for (int j = 0; j < C; j++) h[t][j] += out[j];
  }
}

static double sequence_loss(const run *r, const unsigned char *byte)
{
  const fhrl_gpt_config *c = &r->gpt->config;
  const fhrl_gpt_params *p = &r->gpt->params;
  double h[MOST][MOST], loss = 0;
  for (int t = 0; t < c->T; t++)
    for (int j = 0; j < c->d; j++)
      h[t][j] = (double)p->tok[byte[t] * c->d + j] + (double)p->pos[t * c->d + j];
  for (int l = 0; l < c->layers; l++) {
    attend(c, &p->layer[l], h);
    if (c->y_destination != FHRL_GPT_TO_NONE && c->fast_weights == FHRL_GPT_FHRL) reenter(r, l, h);
    if (c->y_destination != FHRL_GPT_TO_NONE) reference_memory(c, &p->layer[l], h);
    transform(c, &p->layer[l], h);
  }
  for (int t = 0; t < c->T; t++) {
    double a[MOST], logit[MOST], sum = 0;
    layer_norm(c->d, h[t], p->lnf_w, p->lnf_b, a);
    linear(c->d, c->vocabulary, a, c->tied ? p->tok : p->head, NULL, logit);
    for (int v = 0; v < c->vocabulary; v++) sum += exp(logit[v]);
    loss += log(sum) - logit[byte[t + 1]];
  }
  return loss;
}

static double mean_loss(run *r, const fhrl_sequences *s)
{
  double sum = 0;
  for (r->b = 0; r->b < s->n; r->b++) sum += sequence_loss(r, s->byte + (size_t)r->b * s->stride);
  return sum / s->n / r->gpt->config.T;
}

reference_past reference_record(
  const fhrl_gpt *gpt, const fhrl_sequences *sequences, const fhrl_noise *noise)
{
  const fhrl_gpt_config *c = &gpt->config;
  const size_t tokens = (size_t)c->layers * sequences->n * c->T;
  reference_past past = {
    calloc(tokens * c->d, sizeof(double)), calloc(tokens * 2 * c->r * c->d, sizeof(double))};
  run r = {.gpt = gpt, .keep = &past, .noise = noise, .B = sequences->n};
  mean_loss(&r, sequences);
  return past;
}

void reference_free(reference_past *past)
{
  free(past->y);
  free(past->state);
}

double reference_loss(const fhrl_gpt *gpt, const fhrl_sequences *sequences, const fhrl_noise *noise,
  const reference_past *past)
{
  run r = {.gpt = gpt, .use = past, .noise = noise, .B = sequences->n};
  return mean_loss(&r, sequences);
}
