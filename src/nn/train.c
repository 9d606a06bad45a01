// SPDX-License-Identifier: GPL-3.0-or-later
// train: the training loop, resumable to the same bits
#include "nn/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nn/arena.h"
#include "nn/optimizer.h"
#include "nn/train_state.h"

const fhrl_field fhrl_train_fields[FHRL_TRAIN_KEY_COUNT] = {
  [FHRL_TRAIN_CORPUS] = {"corpus", 0, "", "training text: a file, or a folder of files; empty: experiments/corpus.txt",
    FHRL_PATH, 0, 0, 0, NULL, NULL},
  [FHRL_TRAIN_STEPS] = {"steps", 400, "1", "optimisation steps; may be raised for a run that is there, under a constant schedule",
    FHRL_INT, 1, 1e8, 0, NULL, NULL},
  [FHRL_TRAIN_BATCH] = {"batch", 16, "1", "sequences of a step", FHRL_INT, 1, 4096, 0, NULL, NULL},
  [FHRL_TRAIN_LR] = {"lr", 3e-4, "1", "learning rate", FHRL_REAL, 0, 10, FHRL_OPEN_LOW, NULL, NULL},
  [FHRL_TRAIN_SCHEDULE] = {"schedule", FHRL_TRAIN_CONSTANT, "1", "learning rate after the warm-up: constant, or half a cosine to lr_end",
    FHRL_CHOICE, 0, 0, 0, "constant|cosine", NULL},
  [FHRL_TRAIN_WARMUP] = {"warmup", 0, "1", "steps over which the learning rate rises linearly to lr", FHRL_INT, 0, 1e8, 0,
    NULL, NULL},
  [FHRL_TRAIN_LR_END] = {"lr_end", 0, "1", "learning rate at which the cosine ends", FHRL_REAL, 0, 10, 0, NULL, NULL},
  [FHRL_TRAIN_WEIGHT_DECAY] = {"weight_decay", 0.01, "1", "decay of every tensor, times the learning rate",
    FHRL_REAL, 0, 10, 0, NULL, NULL},
  [FHRL_TRAIN_OPTIMIZER] = {"optimizer", FHRL_TRAIN_ADAMW, "1", "how weights follow gradients", FHRL_CHOICE, 0, 0, 0,
    "adamw|sgd", NULL},
  [FHRL_TRAIN_MOMENTUM] = {"momentum", 0, "1", "of sgd", FHRL_REAL, 0, 1, FHRL_OPEN_HIGH, NULL, NULL},
  [FHRL_TRAIN_CLIP] = {"clip", 0, "nat/byte", "largest norm of a gradient, a larger one is scaled to it; 0: off", FHRL_REAL,
    0, 1e9, 0, NULL, NULL},
  [FHRL_TRAIN_SEED] = {"seed", 1, "1", "of initial weights, batches and slot noise", FHRL_INT, 0,
    4294967295.0, 0, NULL, NULL},
  [FHRL_TRAIN_SEEDS] = {"seeds", 1, "1", "runs with seed, seed + 1, ..., in folders seed<k> below that of -o", FHRL_INT, 1,
    1000, 0, NULL, NULL},
  [FHRL_TRAIN_CHECKPOINT_EVERY] = {"checkpoint_every", 100, "1", "steps between saved states", FHRL_INT, 1,
    1e8, 0, NULL, NULL},
  [FHRL_TRAIN_EVAL_EVERY] = {"eval_every", 0, "1", "steps between evaluations on held-out bytes; 0: none", FHRL_INT, 0,
    1e8, 0, NULL, NULL},
  [FHRL_TRAIN_EVAL_ROWS] = {"eval_rows", 64, "1", "held-out sequences, spread evenly", FHRL_INT, 1, 65536, 0, NULL, NULL},
  [FHRL_TRAIN_HELD_OUT] = {"held_out", 0, "1", "share of the corpus, at its end, that is kept for evaluation", FHRL_REAL, 0,
    0.9, 0, NULL, NULL},
  [FHRL_TRAIN_EVAL_CORPUS] = {"eval_corpus", 0, "", "a file or folder to evaluate on instead", FHRL_PATH, 0, 0, 0, NULL,
    NULL},
  [FHRL_TRAIN_PROBE_EVERY] = {"probe_every", 0, "1", "steps between probes of the layers (training.tsv); 0: none", FHRL_INT,
    0, 1e8, 0, NULL, NULL},
  [FHRL_TRAIN_INIT] = {"init", 0, "", "checkpoint to start from; empty: random weights", FHRL_PATH, 0, 0, 0,
    NULL, NULL},
  [FHRL_TRAIN_FREEZE] = {"freeze", FHRL_FREEZE_NONE, "1", "what stays as it began: W_r, the whole layer of fast weights, or all "
    "but that layer (controls)", FHRL_CHOICE, 0, 0, 0, "none|wr|layer|rest", NULL},
};

fhrl_train_config fhrl_train_default(void)
{
  fhrl_train_config config = {.corpus = "", .eval_corpus = "", .init = ""};
  for (int i = 0; i < FHRL_TRAIN_KEY_COUNT; i++) config.value[i] = fhrl_train_fields[i].value;
  return config;
}

// Keys that are allowed each by itself.
static fhrl_status check_together(const fhrl_train_config *config, fhrl_err *err)
{
  const double *v = config->value;
  const int held = v[FHRL_TRAIN_HELD_OUT] > 0.0, other = config->eval_corpus[0] != '\0';
  if (v[FHRL_TRAIN_EVAL_EVERY] > 0.0 && !held && !other)
    return fhrl_fail(err, FHRL_ARG, "train.eval_every = %g has nothing to evaluate on: set train.held_out or train.eval_corpus",
      v[FHRL_TRAIN_EVAL_EVERY]);
  if (held && other)
    return fhrl_fail(err, FHRL_ARG, "train.held_out = %g and train.eval_corpus both say what to evaluate on",
      v[FHRL_TRAIN_HELD_OUT]);
  if (v[FHRL_TRAIN_MOMENTUM] > 0.0 && v[FHRL_TRAIN_OPTIMIZER] != FHRL_TRAIN_SGD)
    return fhrl_fail(err, FHRL_ARG, "train.momentum = %g belongs to train.optimizer = sgd", v[FHRL_TRAIN_MOMENTUM]);
  if (v[FHRL_TRAIN_SCHEDULE] == FHRL_TRAIN_COSINE && v[FHRL_TRAIN_WARMUP] >= v[FHRL_TRAIN_STEPS])
    return fhrl_fail(err, FHRL_ARG, "train.warmup = %g leaves no step of train.steps = %g for the cosine",
      v[FHRL_TRAIN_WARMUP], v[FHRL_TRAIN_STEPS]);
  return FHRL_OK;
}

fhrl_status fhrl_train_validate(const fhrl_train_config *config, fhrl_err *err)
{
  for (int i = 0; i < FHRL_TRAIN_KEY_COUNT; i++) {
    const fhrl_field *f = &fhrl_train_fields[i];
    const double value = config->value[i];
    int length;
    if (f->kind == FHRL_PATH) continue;
    if (f->kind == FHRL_CHOICE ? value >= 0 && value < 1e3 && fhrl_field_word(f->choices, (int)value, &length) != NULL
                               : fhrl_field_admits(f, value))
      continue;
    char range[96];
    fhrl_field_range(f, range, sizeof range);
    return fhrl_fail(err, FHRL_ARG, "train.%s = %.17g is not allowed: %s", f->name, value, range);
  }
  return check_together(config, err);
}

// A key that is a whole number.
static int whole(const fhrl_train *t, int key) { return (int)t->job.train.value[key]; }
static uint32_t seed_of(const fhrl_train *t) { return (uint32_t)t->job.train.value[FHRL_TRAIN_SEED]; }
static int batch_of(const fhrl_train *t) { return whole(t, FHRL_TRAIN_BATCH); }

int fhrl_train_evaluations(const fhrl_train *train, int step)
{
  const int every = whole(train, FHRL_TRAIN_EVAL_EVERY);
  return every > 0 ? step / every : 0;
}

int fhrl_train_observations(const fhrl_train *train, int step)
{
  const int every = whole(train, FHRL_TRAIN_PROBE_EVERY);
  return every > 0 && train->job.observer ? 1 + step / every : 0;
}

// train.init was trained with another value of a key that shapes depend on: words are named as they are written.
static fhrl_status differs(const char *path, const fhrl_field *f, double theirs, double ours, fhrl_err *err)
{
  const double value[2] = {theirs, ours};
  char text[2][64];
  for (int i = 0; i < 2; i++) {
    int len = 0;
    const char *word = f->kind == FHRL_CHOICE ? fhrl_field_word(f->choices, (int)value[i], &len) : NULL;
    if (word) snprintf(text[i], sizeof text[i], "%.*s", len, word);
    else if (f->kind == FHRL_FLAG) snprintf(text[i], sizeof text[i], "%s", value[i] != 0.0 ? "true" : "false");
    else snprintf(text[i], sizeof text[i], "%.17g", value[i]);
  }
  return fhrl_fail(err, FHRL_ARG, "train.init = %s has model.%s = %s, not %s", path, f->name, text[0], text[1]);
}

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
    if (ours[i] != theirs[i]) status = differs(path, &fhrl_gpt_fields[i], theirs[i], ours[i], err);
  if (status == FHRL_OK) memcpy(t->gpt.weights, from.weights, t->gpt.count * sizeof *t->gpt.weights);
  fhrl_gpt_free(&from);
  return status;
}

static fhrl_status open_corpora(fhrl_train *t, fhrl_err *err)
{
  const fhrl_gpt_config *c = &t->job.model;
  const fhrl_train_config *train = &t->job.train;
  const int rows = whole(t, FHRL_TRAIN_EVAL_ROWS);
  FHRL_TRY(fhrl_corpus_load(train->corpus, &t->corpus, err));
  fhrl_corpus_hold_out(&t->corpus, train->value[FHRL_TRAIN_HELD_OUT]);
  FHRL_TRY(fhrl_corpus_check(&t->corpus, c->T, c->vocabulary, err));
  FHRL_TRY(fhrl_corpus_floor(&t->corpus, c->T, &t->entropy_floor, &t->floor_exact, err));
  FHRL_TRY(fhrl_corpus_print(&t->corpus, &t->corpus_print, err));
  if (train->eval_corpus[0] == '\0' && t->corpus.held == 0) return FHRL_OK;
  if (train->eval_corpus[0] == '\0')
    return fhrl_evaluate_init(&t->corpus, t->corpus.size, t->corpus.held, rows, c->T, &t->evaluate, err);
  fhrl_corpus other = {NULL};
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_corpus_load(train->eval_corpus, &other, err));
  FHRL_DO(status, fhrl_corpus_check(&other, c->T, c->vocabulary, err));
  FHRL_DO(status, fhrl_corpus_print(&other, &t->held_print, err));
  FHRL_DO(status, fhrl_evaluate_init(&other, 0, other.size, rows, c->T, &t->evaluate, err));
done:
  if (status != FHRL_OK) fhrl_status_context(err, "train.eval_corpus");
  fhrl_corpus_free(&other);
  return status;
}

static fhrl_status make_room(fhrl_train *t, fhrl_err *err)
{
  const fhrl_train_observer *o = t->job.observer;
  const size_t steps = (size_t)t->steps, width = o ? (size_t)o->blocks * o->columns : 0;
  FHRL_TRY(fhrl_arena_new("Adam's moments", t->gpt.count, &t->m, err));
  FHRL_TRY(fhrl_arena_new("Adam's moments", t->gpt.count, &t->v, err));
  if (t->job.train.value[FHRL_TRAIN_CLIP] > 0.0)
    FHRL_TRY(fhrl_arena_new("the clipped gradient", t->gpt.count, &t->clipped, err));
  t->loss = calloc(steps, sizeof *t->loss);
  t->norm = calloc(steps, sizeof *t->norm);
  t->held_loss = calloc((size_t)fhrl_train_evaluations(t, t->steps) + 1, sizeof *t->held_loss);
  t->seen = calloc((size_t)fhrl_train_observations(t, t->steps) * width + 1, sizeof *t->seen);
  t->batch = malloc((size_t)batch_of(t) * (t->job.model.T + 1));
  if (!t->loss || !t->norm || !t->held_loss || !t->seen || !t->batch)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for the batch and its losses");
  return FHRL_OK;
}

static fhrl_status prepare(fhrl_train *t, fhrl_err *err)
{
  FHRL_TRY(fhrl_train_validate(&t->job.train, err));
  FHRL_TRY(fhrl_gpt_validate(&t->job.model, err));
  t->steps = whole(t, FHRL_TRAIN_STEPS);
  FHRL_TRY(open_corpora(t, err));
  FHRL_TRY(start_weights(t, err));
  t->run = malloc(FHRL_FREEZE_RUNS_MAX * sizeof *t->run);
  if (t->run == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a list of weights");
  t->runs = fhrl_freeze_runs(&t->job.model, whole(t, FHRL_TRAIN_FREEZE), t->run);
  if (t->runs == 0)
    return fhrl_fail(err, FHRL_ARG, "train.freeze = rest leaves nothing to learn: model.y_destination = none");
  t->init_print = fhrl_corpus_fingerprint(t->gpt.weights, t->gpt.count * sizeof *t->gpt.weights);
  FHRL_TRY(make_room(t, err));
  return fhrl_engine_init(&t->job.model, batch_of(t), t->job.threads, &t->engine, err);
}

static fhrl_status observe(fhrl_train *t, fhrl_err *err)
{
  const fhrl_train_observer *o = t->job.observer;
  const size_t at = (size_t)fhrl_train_observations(t, t->step) - 1;
  return o->observe(o->context, t, t->seen + at * (size_t)o->blocks * (size_t)o->columns, err);
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
    if (!found && fhrl_train_observations(t, 0) > 0) FHRL_DO(status, observe(t, err));
    // a state taken up is written again with what follows it: the process may have ended between the files
    FHRL_DO(status, fhrl_train_state_save(t, err));
  } else if (fhrl_train_observations(t, 0) > 0)
    FHRL_DO(status, observe(t, err));
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
  fhrl_arena_free(train->clipped);
  fhrl_evaluate_free(&train->evaluate);
  free(train->run);
  free(train->loss);
  free(train->norm);
  free(train->held_loss);
  free(train->seen);
  free(train->batch);
  memset(train, 0, sizeof *train);
}

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double fhrl_train_lr(const fhrl_train *train, int step)
{
  const double *v = train->job.train.value;
  const fhrl_optimizer_schedule schedule = {.lr = v[FHRL_TRAIN_LR],
    .end = v[FHRL_TRAIN_LR_END],
    .cosine = v[FHRL_TRAIN_SCHEDULE] == FHRL_TRAIN_COSINE,
    .warmup = (int)v[FHRL_TRAIN_WARMUP],
    .steps = train->steps};
  return fhrl_optimizer_rate(&schedule, step);
}

// The norm of what learns.
static double norm_of(const fhrl_train *t, const fhrl_real *grads)
{
  if (t->runs == 1) return fhrl_optimizer_norm(t->engine.team, t->run[0].count, grads + t->run[0].first);
  double square = 0.0;
  for (int i = 0; i < t->runs; i++) {
    const double norm = fhrl_optimizer_norm(t->engine.team, t->run[i].count, grads + t->run[i].first);
    square += norm * norm;
  }
  return sqrt(square);
}

static void update(fhrl_train *t, const fhrl_real *grads, double norm)
{
  const double *v = t->job.train.value, lr = fhrl_train_lr(t, t->step), clip = v[FHRL_TRAIN_CLIP];
  const fhrl_adamw adam = {.lr = lr, .decay = v[FHRL_TRAIN_WEIGHT_DECAY], .b1 = 0.9, .b2 = 0.999, .eps = 1e-8};
  fhrl_team *team = t->engine.team;
  if (clip > 0.0 && norm > clip) {
    fhrl_optimizer_scale(team, t->gpt.count, clip / norm, grads, t->clipped);
    grads = t->clipped;
  }
  for (int i = 0; i < t->runs; i++) {
    const size_t at = t->run[i].first, n = t->run[i].count;
    fhrl_real *weights = t->gpt.weights + at;
    if (v[FHRL_TRAIN_OPTIMIZER] == FHRL_TRAIN_SGD)
      fhrl_optimizer_descend(team, lr, v[FHRL_TRAIN_WEIGHT_DECAY], v[FHRL_TRAIN_MOMENTUM], n, grads + at, weights, t->m + at);
    else
      fhrl_adamw_step(&adam, team, t->step + 1, n, grads + at, weights, t->m + at, t->v + at);
  }
}

// What falls on the step that was just made.
static fhrl_status look(fhrl_train *t, fhrl_err *err)
{
  const int evaluations = fhrl_train_evaluations(t, t->step);
  if (evaluations > fhrl_train_evaluations(t, t->step - 1))
    FHRL_TRY(fhrl_evaluate_loss(&t->evaluate, &t->engine, &t->gpt, &t->held_loss[evaluations - 1], err));
  if (fhrl_train_observations(t, t->step) > fhrl_train_observations(t, t->step - 1)) FHRL_TRY(observe(t, err));
  return FHRL_OK;
}

static fhrl_status gradient(fhrl_train *t, double *loss, const fhrl_real **grads, fhrl_err *err)
{
  const int B = batch_of(t), T = t->job.model.T;
  const fhrl_sequences sequences = {.byte = t->batch, .n = B, .stride = T + 1};
  const fhrl_noise noise = {.seed = seed_of(t), .step = (uint32_t)t->step};
  FHRL_TRY(fhrl_corpus_batch(&t->corpus, T, B, seed_of(t), (uint32_t)t->step, t->batch, err));
  return fhrl_engine_gradient(&t->engine, &t->gpt, &sequences, &noise, loss, grads, err);
}

fhrl_status fhrl_train_step(fhrl_train *train, fhrl_err *err)
{
  fhrl_train *t = train;
  const double begin = now();
  const fhrl_real *grads;
  double loss;
  fhrl_status status = gradient(t, &loss, &grads, err);
  if (status == FHRL_OK) {
    t->norm[t->step] = norm_of(t, grads);
    update(t, grads, t->norm[t->step]);
    t->loss[t->step++] = loss;
    t->gpt.step = t->step;
    t->wall += now() - begin;
    status = look(t, err);
    if (status != FHRL_OK) fhrl_status_context(err, "after step %d", t->step);
  } else
    fhrl_status_context(err, "step %d", t->step + 1);
  return status;
}

fhrl_status fhrl_train_run(fhrl_train *train, fhrl_err *err)
{
  fhrl_train *t = train;
  const int every = whole(t, FHRL_TRAIN_CHECKPOINT_EVERY);
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

double fhrl_train_held_loss(const fhrl_train *train)
{
  const int n = fhrl_train_evaluations(train, train->step);
  return n > 0 ? train->held_loss[n - 1] : (double)NAN;
}

double fhrl_train_rate(const fhrl_train *train)
{
  const double steps = train->step - train->resumed, tokens = (double)batch_of(train) * train->job.model.T;
  return steps > 0 ? steps * tokens / train->wall : (double)NAN;
}
