// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz_state: state.safetensors, from which a training is resumed
//
// A state that is taken up has finite weights and moments, a loss for every step, and the next step is made or refused.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "nn/train.h"
#include "nn/train_state.h"

static fhrl_err err;
static fhrl_train train;
static char folder[] = "run";

static void setup(void)
{
  fhrl_train_job job = {.model = fhrl_gpt_default(), .train = fhrl_train_default(), .threads = 1};
  unsigned char corpus[64];
  for (int i = 0; i < 64; i++) corpus[i] = (unsigned char)(i * i / 3 % 2);
  fuzz_put("corpus", corpus, sizeof corpus);
  snprintf(job.train.corpus, sizeof job.train.corpus, "corpus");
  job.model.vocabulary = job.model.d = job.model.T = 2;
  job.model.heads = job.model.layers = job.model.mlp = job.model.r = 1;
  job.train.value[FHRL_TRAIN_STEPS] = 6;
  job.train.value[FHRL_TRAIN_BATCH] = 2;
  job.train.value[FHRL_TRAIN_WARMUP] = 0;
  job.train.value[FHRL_TRAIN_CHECKPOINT_EVERY] = 2;
  job.train.value[FHRL_TRAIN_HELD_OUT] = 0.25;
  job.train.value[FHRL_TRAIN_EVAL_EVERY] = 2;
  job.train.value[FHRL_TRAIN_EVAL_ROWS] = 1;
  fuzz_claim(fhrl_file_folder(folder, &err) == FHRL_OK && fhrl_train_init(&job, &train, &err) == FHRL_OK, "%s", err.msg);
  train.job.folder = folder;
}

static void seeds(fuzz_give *give)
{
  for (int step = 0; step <= 4; step += 2) {
    fuzz_claim(fhrl_train_state_save(&train, &err) == FHRL_OK, "%s", err.msg);
    fuzz_give_file(give, "run/state.safetensors");
    for (int i = 0; i < 2; i++) fuzz_claim(fhrl_train_step(&train, &err) == FHRL_OK, "%s", err.msg);
  }
}

static void finite_reals(const char *what, const fhrl_real x[], int not_negative)
{
  for (size_t i = 0; i < train.gpt.count; i++) {
    const double value = (double)x[i];
    fuzz_finite(what, &value, 1);
    fuzz_claim(!not_negative || value >= 0.0, "%s[%zu] = %g", what, i, value);
  }
}

static fhrl_status one(const unsigned char *data, size_t size)
{
  int found = 0;
  fuzz_put("run/state.safetensors", data, size);
  const fhrl_status status = fuzz_judge(fhrl_train_state_load(&train, &found, &err), &err, "run/state.safetensors");
  if (status != FHRL_OK) return status;
  fuzz_claim(found && train.step >= 0 && train.step <= train.steps, "step %d of %d", train.step, train.steps);
  finite_reals("weights", train.gpt.weights, 0);
  finite_reals("m", train.m, 0);
  finite_reals("v", train.v, 1);
  fuzz_finite("loss", train.loss, (size_t)train.step);
  fuzz_finite("norm", train.norm, (size_t)train.step);
  fuzz_finite("held_loss", train.held_loss, (size_t)fhrl_train_evaluations(&train, train.step));
  if (train.step < train.steps) fuzz_judge(fhrl_train_step(&train, &err), &err, "step");
  return status;
}

const fuzz_target fuzz_subject = {"state", .whole = 1, .flips = 300, .setup = setup, .seeds = seeds, .one = one};
