// SPDX-License-Identifier: GPL-3.0-or-later
// golden_layer: layers of the golden networks and random layers, for the tests of what is built on a layer
#pragma once

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/layer.h"
#include "base/random.h"
#include "io/safetensors.h"
#include "support.h"

// Saves the weights of a golden case as a checkpoint in `folder`; projections: "own" or "shared".
static inline void save_golden(const char *folder, char letter, const char *projections)
{
  char name[64], path[600];
  snprintf(name, sizeof name, "golden/%c/weights.txt", letter);
  golden g = golden_load(test_data(name));
  fhrl_tensor *t = calloc((size_t)g.count, sizeof *t);
  ck_assert_ptr_nonnull(t);
  for (int i = 0; i < g.count; i++) {
    t[i] = (fhrl_tensor){.name = g.record[i].name, .dtype = FHRL_F64, .rank = g.record[i].rank,
      .count = g.record[i].count, .data = g.record[i].value};
    memcpy(t[i].shape, g.record[i].shape, sizeof t[i].shape);
  }
  const char *const metadata[] = {"format", "fhrl", "model.d", "12", "model.layers", "2", "model.r", "3", "model.alpha",
    "0.3", "model.beta", "0.5", "model.gamma", "0.6", "model.projections", projections, NULL};
  fhrl_err err = {0};
  snprintf(path, sizeof path, "%s/checkpoint.safetensors", folder);
  assert_ok(fhrl_safetensors_save(path, t, g.count, metadata, &err));
  free(t);
  golden_free(&g);
}

// A layer like a trained one in kind: W N(0, scale^2/d), W_r uniform in +-1/sqrt(d).
static inline fhrl_layer random_layer(uint32_t seed, int d, int r, double gamma, double scale)
{
  fhrl_layer l = {.layers = 1, .d = d, .r = r, .alpha = 0.1, .beta = 0.5, .gamma = gamma};
  const size_t block = (size_t)d * d;
  l.store = calloc(4 * block + 3 * (size_t)d, sizeof *l.store);
  ck_assert_ptr_nonnull(l.store);
  fhrl_random at = {.seed = seed, .stream = FHRL_STREAM_MATRICES};
  fhrl_random_normal(at, 0, 3 * block, l.store);
  for (size_t i = 0; i < 3 * block; i++) l.store[i] *= scale / sqrt(d);
  at.layer = 1;
  fhrl_random_uniform(at, 0, block, l.store + 3 * block);
  for (size_t i = 3 * block; i < 4 * block; i++) l.store[i] = (2 * l.store[i] - 1) / sqrt(d);
  l.W_q = l.store;
  l.W_k = l.W_q + block;
  l.W_v = l.W_k + block;
  l.W_r = l.W_v + block;
  l.b_q = l.W_r + block;
  l.b_k = l.b_q + d;
  l.b_v = l.b_k + d;
  return l;
}

// Inputs (tokens, d) of a random layer: independent N(0, 1).
static inline double *random_input(uint32_t seed, int tokens, int d)
{
  double *u = malloc((size_t)tokens * d * sizeof *u);
  ck_assert_ptr_nonnull(u);
  fhrl_random_normal((fhrl_random){.seed = seed, .stream = FHRL_STREAM_INPUT}, 0, (size_t)tokens * d, u);
  return u;
}
