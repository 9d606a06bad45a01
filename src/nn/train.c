// SPDX-License-Identifier: GPL-3.0-or-later
// train: the training loop, resumable to the same bits
#include "nn/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nn/arena.h"
#include "nn/train_state.h"

const fhrl_field fhrl_train_fields[FHRL_TRAIN_KEY_COUNT] = {
  [FHRL_TRAIN_CORPUS] = {"corpus", 0, "", "training text; empty: experiments/corpus.txt", FHRL_PATH, 0, 0,
    0, NULL, NULL},
  [FHRL_TRAIN_STEPS] = {"steps", 400, "1", "optimisation steps", FHRL_INT, 1, 1e8, 0, NULL, NULL},
  [FHRL_TRAIN_BATCH] = {"batch", 16, "1", "sequences of a step", FHRL_INT, 1, 4096, 0, NULL, NULL},
  [FHRL_TRAIN_LR] = {"lr", 3e-4, "1", "learning rate", FHRL_REAL, 0, 10, FHRL_OPEN_LOW, NULL, NULL},
  [FHRL_TRAIN_WEIGHT_DECAY] = {"weight_decay", 0.01, "1", "decay of every tensor, times the learning rate",
    FHRL_REAL, 0, 10, 0, NULL, NULL},
  [FHRL_TRAIN_OPTIMIZER] = {"optimizer", 0, "1", "how weights follow gradients", FHRL_CHOICE, 0, 0, 0,
    "adamw", NULL},
  [FHRL_TRAIN_SEED] = {"seed", 1, "1", "of initial weights, batches and slot noise", FHRL_INT, 0,
    4294967295.0, 0, NULL, NULL},
  [FHRL_TRAIN_CHECKPOINT_EVERY] = {"checkpoint_every", 100, "1", "steps between saved states", FHRL_INT, 1,
    1e8, 0, NULL, NULL},
  [FHRL_TRAIN_INIT] = {"init", 0, "", "checkpoint to start from; empty: random weights", FHRL_PATH, 0, 0, 0,
    NULL, NULL},
};

fhrl_train_config fhrl_train_default(void)
{
  fhrl_train_config config = {.corpus = "", .init = ""};
  for (int i = 0; i < FHRL_TRAIN_KEY_COUNT; i++) config.value[i] = fhrl_train_fields[i].value;
  return config;
}

fhrl_status fhrl_train_validate(const fhrl_train_config *config, fhrl_err *err)
{
  for (int i = 0; i < FHRL_TRAIN_KEY_COUNT; i++) {
    const fhrl_field *f = &fhrl_train_fields[i];
    if (f->kind == FHRL_PATH) continue;
    if (f->kind == FHRL_CHOICE ? config->value[i] == 0 : fhrl_field_admits(f, config->value[i])) continue;
    char range[96];
    fhrl_field_range(f, range, sizeof range);
    return fhrl_fail(
      err, FHRL_ARG, "train.%s = %.17g is not allowed: %s", f->name, config->value[i], range);
  }
  return FHRL_OK;
}

static uint32_t seed_of(const fhrl_train *t) { return (uint32_t)t->job.train.value[FHRL_TRAIN_SEED]; }
static int batch_of(const fhrl_train *t) { return (int)t->job.train.value[FHRL_TRAIN_BATCH]; }

// Weights before the first step: random, or those of a checkpoint whose tensors are the same ones.
static fhrl_status start_weights(fhrl_train *t, fhrl_err *err)
{
  const char *path = t->job.train.init;
  FHRL_TRY(fhrl_gpt_init(&t->job.model, &t->gpt, err));
  if (path[0] == '\0') {
    fhrl_gpt_randomize(&t->gpt, seed_of(t));
    return FHRL_OK;
  }
  fhrl_gpt from;
  FHRL_TRY(fhrl_gpt_load(path, &from, err));
  fhrl_gpt_config alike = t->job.model; // what the shapes depend on has to agree, the rest is ours
  alike.heads = from.config.heads;
  alike.r = from.config.r;
  alike.alpha = from.config.alpha;
  alike.beta = from.config.beta;
  alike.gamma = from.config.gamma;
  alike.sigma = from.config.sigma;
  alike.feedback_gradient = from.config.feedback_gradient;
  alike.wr_init = from.config.wr_init;
  alike.ema = from.config.ema;
  double ours[FHRL_GPT_KEY_COUNT], theirs[FHRL_GPT_KEY_COUNT];
  fhrl_gpt_values(&alike, ours);
  fhrl_gpt_values(&from.config, theirs);
  fhrl_status status = FHRL_OK;
  for (int i = 0; i < FHRL_GPT_KEY_COUNT && status == FHRL_OK; i++)
    if (ours[i] != theirs[i])
      status = fhrl_fail(err, FHRL_ARG, "train.init = %s has model.%s = %g, not %g", path,
        fhrl_gpt_fields[i].name, theirs[i], ours[i]);
  if (status == FHRL_OK) memcpy(t->gpt.weights, from.weights, t->gpt.count * sizeof *t->gpt.weights);
  fhrl_gpt_free(&from);
  return status;
}

static fhrl_status prepare(fhrl_train *t, fhrl_err *err)
{
  const fhrl_gpt_config *c = &t->job.model;
  FHRL_TRY(fhrl_train_validate(&t->job.train, err));
  FHRL_TRY(fhrl_gpt_validate(c, err));
  t->steps = (int)t->job.train.value[FHRL_TRAIN_STEPS];
  FHRL_TRY(fhrl_corpus_load(t->job.train.corpus, &t->corpus, err));
  FHRL_TRY(fhrl_corpus_check(&t->corpus, c->T, c->vocabulary, err));
  FHRL_TRY(fhrl_corpus_floor(&t->corpus, c->T, &t->entropy_floor, err));
  FHRL_TRY(start_weights(t, err));
  t->corpus_print = fhrl_corpus_fingerprint(t->corpus.byte, t->corpus.size);
  t->init_print = fhrl_corpus_fingerprint(t->gpt.weights, t->gpt.count * sizeof *t->gpt.weights);
  FHRL_TRY(fhrl_arena_new("Adam's moments", t->gpt.count, &t->m, err));
  FHRL_TRY(fhrl_arena_new("Adam's moments", t->gpt.count, &t->v, err));
  t->loss = calloc((size_t)t->steps, sizeof *t->loss);
  t->batch = malloc((size_t)batch_of(t) * (c->T + 1));
  if (t->loss == NULL || t->batch == NULL)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for the batch and its losses");
  return fhrl_engine_init(c, batch_of(t), t->job.threads, &t->engine, err);
}

fhrl_status fhrl_train_init(const fhrl_train_job *job, fhrl_train *out, fhrl_err *err)
{
  fhrl_train *t = out;
  int found = 0;
  fhrl_status status;
  memset(t, 0, sizeof *t);
  t->job = *job;
  FHRL_DO(status, prepare(t, err));
  if (job->folder) {
    FHRL_DO(status, fhrl_file_folder(job->folder, err));
    FHRL_DO(status, fhrl_train_state_load(t, &found, err));
    t->resumed = t->step;
    // a state taken up is written again with what follows it: the process may have ended between the files
    FHRL_DO(status, fhrl_train_state_save(t, err));
  }
done:
  if (status != FHRL_OK) fhrl_train_free(t);
  return status;
}

void fhrl_train_free(fhrl_train *train)
{
  fhrl_gpt_free(&train->gpt);
  fhrl_engine_free(&train->engine);
  fhrl_corpus_free(&train->corpus);
  fhrl_arena_free(train->m);
  fhrl_arena_free(train->v);
  free(train->loss);
  free(train->batch);
  memset(train, 0, sizeof *train);
}

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

fhrl_status fhrl_train_step(fhrl_train *train, fhrl_err *err)
{
  fhrl_train *t = train;
  const double begin = now();
  const int B = batch_of(t), T = t->job.model.T;
  const fhrl_sequences sequences = {.byte = t->batch, .n = B, .stride = T + 1};
  const fhrl_noise noise = {.seed = seed_of(t), .step = (uint32_t)t->step};
  const fhrl_real *grads;
  double loss;
  fhrl_corpus_batch(&t->corpus, T, B, seed_of(t), (uint32_t)t->step, t->batch);
  const fhrl_status status =
    fhrl_engine_gradient(&t->engine, &t->gpt, &sequences, &noise, &loss, &grads, err);
  if (status != FHRL_OK) {
    fhrl_status_context(err, "step %d", t->step + 1);
    return status;
  }
  const fhrl_adamw adam = {.lr = t->job.train.value[FHRL_TRAIN_LR],
    .decay = t->job.train.value[FHRL_TRAIN_WEIGHT_DECAY],
    .b1 = 0.9,
    .b2 = 0.999,
    .eps = 1e-8};
  fhrl_adamw_step(&adam, t->engine.team, t->step + 1, t->gpt.count, grads, t->gpt.weights, t->m, t->v);
  t->loss[t->step++] = loss;
  t->wall += now() - begin;
  return FHRL_OK;
}

fhrl_status fhrl_train_run(fhrl_train *train, fhrl_err *err)
{
  fhrl_train *t = train;
  const int every = (int)t->job.train.value[FHRL_TRAIN_CHECKPOINT_EVERY];
  int saved = t->step; // init left the state of this step on disk
  while (t->step < t->steps) {
    if (t->job.stop && *t->job.stop)
      return fhrl_fail(
        err, FHRL_INTERRUPT, "interrupted after step %d; the state of step %d is saved", t->step, saved);
    FHRL_TRY(fhrl_train_step(t, err));
    if (t->job.progress) t->job.progress(t->job.context, t->step, t->loss[t->step - 1], fhrl_train_rate(t));
    if (t->step % every != 0 && t->step != t->steps) continue;
    FHRL_TRY(fhrl_train_state_save(t, err));
    saved = t->step;
  }
  return FHRL_OK;
}

double fhrl_train_final_loss(const fhrl_train *train)
{
  const int n = train->step < 20 ? train->step : 20;
  double sum = 0.0;
  for (int i = train->step - n; i < train->step; i++) sum += train->loss[i];
  return n > 0 ? sum / n : (double)NAN;
}

double fhrl_train_rate(const fhrl_train *train)
{
  const double steps = train->step - train->resumed, tokens = (double)batch_of(train) * train->job.model.T;
  return steps > 0 ? steps * tokens / train->wall : (double)NAN;
}
