// SPDX-License-Identifier: GPL-3.0-or-later
// case: one golden case of tests/golden as a network with its inputs
#include "case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *file(const char *name, const char *part)
{
  char path[64];
  snprintf(path, sizeof path, "golden/%s/%s.txt", name, part);
  return test_data(path);
}

static fhrl_gpt_config read_config(const char *name, int *B)
{
  fhrl_gpt_config c = fhrl_gpt_default();
  FILE *f = fopen(file(name, "config"), "r");
  ck_assert_ptr_nonnull(f);
  char key[64], value[64];
  while (fscanf(f, "%63s %63s", key, value) == 2) {
    if (!strcmp(key, "vocab")) c.vocabulary = atoi(value);
    if (!strcmp(key, "d")) c.d = atoi(value);
    if (!strcmp(key, "heads")) c.heads = atoi(value);
    if (!strcmp(key, "layers")) c.layers = atoi(value);
    if (!strcmp(key, "T")) c.T = atoi(value);
    if (!strcmp(key, "ffn_mult")) c.mlp = atoi(value);
    if (!strcmp(key, "tied")) c.tied = !strcmp(value, "True");
    if (!strcmp(key, "qkv")) c.projections = !strcmp(value, "shared") ? FHRL_GPT_SHARED : FHRL_GPT_OWN;
    if (!strcmp(key, "r")) c.r = atoi(value);
    if (!strcmp(key, "alpha")) c.alpha = atof(value);
    if (!strcmp(key, "beta")) c.beta = atof(value);
    if (!strcmp(key, "gamma")) c.gamma = atof(value);
    if (!strcmp(key, "bias")) c.biases = !strcmp(value, "True");
    if (!strcmp(key, "x_src")) c.x_source = !strcmp(value, "ln") ? FHRL_GPT_LN : FHRL_GPT_STREAM;
    if (!strcmp(key, "y_dst")) c.y_destination = !strcmp(value, "none") ? FHRL_GPT_TO_NONE : FHRL_GPT_TO_STREAM;
    if (!strcmp(key, "ema")) c.ema = atof(value);
    if (!strcmp(key, "B")) *B = atoi(value);
  }
  fclose(f);
  c.sigma = 0.0; // noise is injected where a case has it
  return c;
}

static void read_weights(const char *name, fhrl_gpt *gpt)
{
  golden weights = golden_load(file(name, "weights"));
  fhrl_gpt_tensor *tensor = malloc(FHRL_GPT_TENSORS_MAX * sizeof *tensor);
  const int count = fhrl_gpt_layout(&gpt->config, tensor, NULL);
  ck_assert_int_eq(count, weights.count);
  for (int i = 0; i < count; i++) {
    const golden_record *r = golden_find(&weights, tensor[i].name);
    ck_assert_int_eq(r->rank, tensor[i].rank);
    ck_assert_uint_eq(r->count, tensor[i].count);
    for (size_t j = 0; j < r->count; j++) gpt->weights[tensor[i].offset + j] = (fhrl_real)r->value[j];
  }
  free(tensor);
  golden_free(&weights);
}

static fhrl_real *read_noise(const golden *inputs, const fhrl_gpt_config *c, int B)
{
  const size_t row = (size_t)c->r * c->d, tokens = (size_t)B * c->T;
  fhrl_real *eps = malloc((size_t)c->layers * tokens * 2 * row * sizeof *eps), *out = eps;
  for (int l = 0; l < c->layers; l++) {
    char U[24], V[24];
    snprintf(U, sizeof U, "eps_U.%d", l);
    snprintf(V, sizeof V, "eps_V.%d", l);
    const double *u = golden_find(inputs, U)->value, *v = golden_find(inputs, V)->value;
    for (size_t i = 0; i < tokens; i++, u += row, v += row) {
      for (size_t j = 0; j < row; j++) *out++ = (fhrl_real)u[j];
      for (size_t j = 0; j < row; j++) *out++ = (fhrl_real)v[j];
    }
  }
  return eps;
}

golden_case case_load(const char *name, int feedback_gradient)
{
  golden_case c = {.loss = 0};
  fhrl_err err;
  int B = 0;
  fhrl_gpt_config config = read_config(name, &B);
  config.feedback_gradient = feedback_gradient;
  assert_ok(fhrl_gpt_init(&config, &c.gpt, &err));
  read_weights(name, &c.gpt);
  golden inputs = golden_load(file(name, "inputs"));
  const double *tokens = golden_find(&inputs, "tokens")->value,
               *targets = golden_find(&inputs, "targets")->value;
  const int T = config.T;
  c.bytes = malloc((size_t)B * (T + 1));
  for (int b = 0; b < B; b++) {
    for (int t = 0; t < T; t++) c.bytes[b * (T + 1) + t] = (unsigned char)tokens[b * T + t];
    c.bytes[b * (T + 1) + T] = (unsigned char)targets[b * T + T - 1];
  }
  c.sequences = (fhrl_sequences){.byte = c.bytes, .n = B, .stride = T + 1};
  if (inputs.count > 2) c.eps = read_noise(&inputs, &config, B);
  c.noise = (fhrl_noise){.given = c.eps, .sequences = B};
  c.expect = golden_load(file(name, "expect"));
  c.loss = golden_find(&c.expect, "loss")->value[0];
  golden_free(&inputs);
  return c;
}

void case_free(golden_case *c)
{
  fhrl_gpt_free(&c->gpt);
  golden_free(&c->expect);
  free(c->bytes);
  free(c->eps);
}

double case_compare(
  const char *what, const fhrl_real got[], const golden_record *want, double scale, double bound)
{
  double worst = 0.0, most = scale;
  for (size_t i = 0; i < want->count; i++) {
    most = fmax(most, fabs(want->value[i]));
    const double difference = fabs((double)got[i] - want->value[i]);
    ck_assert_msg(isfinite(difference), "%s %s[%zu] is not finite", what, want->name, i);
    worst = fmax(worst, difference);
  }
  ck_assert_msg(
    worst <= bound * most, "%s %s: differs by %.3g relative to %.3g", what, want->name, worst / most, most);
  return worst / most;
}
