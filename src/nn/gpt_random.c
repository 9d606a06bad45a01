// SPDX-License-Identifier: GPL-3.0-or-later
// gpt_random: the weights that a training begins with
#include <math.h>

#include "base/random.h"
#include "nn/gpt.h"

static fhrl_random place_of(const fhrl_gpt_tensor *t, uint32_t seed)
{
  return (fhrl_random){.seed = seed, .stream = FHRL_STREAM_INIT, .layer = t->layer, .sequence = t->row};
}

static void fill(const fhrl_gpt_tensor *t, uint32_t seed, int normal, double scale, fhrl_real *w)
{
  enum { BLOCK = 256 };
  double z[BLOCK];
  const fhrl_random from = place_of(t, seed);
  for (size_t i = 0; i < t->count; i += BLOCK) {
    const size_t n = t->count - i < BLOCK ? t->count - i : BLOCK;
    if (normal)
      fhrl_random_normal(from, i, n, z);
    else
      fhrl_random_uniform(from, i, n, z);
    for (size_t j = 0; j < n; j++) w[i + j] = (fhrl_real)(normal ? scale * z[j] : scale * (2 * z[j] - 1));
  }
}

static void constant(const fhrl_gpt_tensor *t, fhrl_real value, fhrl_real *w)
{
  for (size_t i = 0; i < t->count; i++) w[i] = value;
}

// Gram-Schmidt on the rows of a normal matrix (n, n), each row freed twice of those above it: once leaves what
// round-off made of a row that was nearly among them.
static void orthogonal(const fhrl_gpt_tensor *t, uint32_t seed, fhrl_real *w)
{
  const size_t n = t->shape[1];
  fill(t, seed, 1, 1.0, w);
  for (size_t i = 0; i < n; i++) {
    fhrl_real *row = w + i * n;
    double square = 0.0;
    for (size_t k = 0; k < 2 * i; k++) {
      const fhrl_real *above = w + k % i * n;
      double along = 0.0;
      for (size_t j = 0; j < n; j++) along += (double)row[j] * (double)above[j];
      for (size_t j = 0; j < n; j++) row[j] = (fhrl_real)((double)row[j] - along * (double)above[j]);
    }
    for (size_t j = 0; j < n; j++) square += (double)row[j] * (double)row[j];
    for (size_t j = 0; j < n; j++) row[j] = (fhrl_real)((double)row[j] / sqrt(square));
  }
}

static void reentry(const fhrl_gpt_tensor *t, uint32_t seed, int wr_init, fhrl_real *w)
{
  switch (wr_init) {
  case FHRL_GPT_WR_UNIFORM: fill(t, seed, 0, 1.0 / sqrt((double)t->shape[1]), w); break;
  case FHRL_GPT_WR_NORMAL: fill(t, seed, 1, 0.02, w); break;
  case FHRL_GPT_WR_ORTHOGONAL: orthogonal(t, seed, w); break;
  default:
    constant(t, 0, w);
    for (size_t i = 0; wr_init == FHRL_GPT_WR_IDENTITY && i < t->count; i += t->shape[1] + 1) w[i] = 1;
  }
}

void fhrl_gpt_randomize(fhrl_gpt *gpt, uint32_t seed)
{
  fhrl_gpt_tensor tensor[FHRL_GPT_TENSORS_MAX];
  const int count = fhrl_gpt_layout(&gpt->config, tensor, NULL);
  for (int k = 0; k < count; k++) {
    const fhrl_gpt_tensor *t = &tensor[k];
    fhrl_real *w = gpt->weights + t->offset;
    switch (t->init) {
    case FHRL_GPT_ZERO: constant(t, 0, w); break;
    case FHRL_GPT_ONE: constant(t, 1, w); break;
    case FHRL_GPT_NORMAL: fill(t, seed, 1, 0.02, w); break;
    case FHRL_GPT_REENTRY: reentry(t, seed, gpt->config.wr_init, w); break;
    }
  }
}
