// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz_checkpoint: a checkpoint, read as a network and as a layer of one
//
// What loads has finite weights, and neither takes more memory than some times the file.
#include <stdlib.h>

#include "analysis/layer.h"
#include "fuzz/fuzz.h"
#include "nn/gpt.h"

static fhrl_err err;

static void give_network(fuzz_give *give, int fast_weights, int shared)
{
  fhrl_gpt_config c = fhrl_gpt_default();
  fhrl_gpt gpt;
  c.vocabulary = 2;
  c.d = 2;
  c.heads = c.layers = c.mlp = c.r = 1;
  c.T = 2;
  c.fast_weights = fast_weights;
  c.projections = shared;
  fuzz_claim(fhrl_gpt_init(&c, &gpt, &err) == FHRL_OK, "%s", err.msg);
  fhrl_gpt_randomize(&gpt, 1);
  fuzz_claim(fhrl_gpt_save(&gpt, "good.safetensors", &err) == FHRL_OK, "%s", err.msg);
  fhrl_gpt_free(&gpt);
  fuzz_give_file(give, "good.safetensors");
}

static void seeds(fuzz_give *give)
{
  give_network(give, FHRL_GPT_FHRL, FHRL_GPT_OWN);
  give_network(give, FHRL_GPT_FHRL, FHRL_GPT_SHARED);
  give_network(give, FHRL_GPT_DELTA, FHRL_GPT_OWN);
}

static fhrl_status one(const unsigned char *data, size_t size)
{
  fhrl_gpt gpt = {.count = 0};
  fhrl_layer layer = {0};
  fuzz_put("a.safetensors", data, size);
  const fhrl_status status = fuzz_judge(fhrl_gpt_load("a.safetensors", &gpt, &err), &err, "a.safetensors");
  if (status == FHRL_OK) {
    fuzz_claim(gpt.count <= size, "%zu weights from %zu bytes", gpt.count, size);
    for (size_t i = 0; i < gpt.count; i++) {
      const double weight = (double)gpt.weights[i];
      fuzz_finite("weight", &weight, 1);
    }
  }
  const fhrl_status of_layer = fuzz_judge(fhrl_layer_load("a.safetensors", 0, &layer, &err), &err, "a.safetensors");
  if (of_layer == FHRL_OK) fuzz_finite("the layer's store", layer.store, 4 * (size_t)layer.d * layer.d + 3 * (size_t)layer.d);
  fhrl_layer_free(&layer);
  fhrl_gpt_free(&gpt);
  return status;
}

const fuzz_target fuzz_subject = {"checkpoint", .whole = 1, .flips = 400, .seeds = seeds, .one = one};
