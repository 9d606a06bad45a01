// SPDX-License-Identifier: GPL-3.0-or-later
// train: the training loop, resumable to the same bits
//
// state.safetensors holds all that the next step depends on, and what was measured so far; it is saved before the
// first step, after every checkpoint_every steps and at the end. checkpoint.safetensors (weights),
// checkpoint.previous.safetensors (those of the scheduled checkpoint before it), loss.tsv and training.tsv follow it.
// Batches, noise and learning rate are functions of (seed, step), so a run that is stopped at any instant and begun
// again ends in the same bytes; so does one whose `steps` were raised, unless the schedule depends on them.
#pragma once

#include <signal.h>

#include "base/file.h"
#include "nn/adamw.h"
#include "nn/corpus.h"
#include "nn/engine.h"
#include "nn/evaluate.h"
#include "nn/freeze.h"

// ---- configuration: the keys of [train], in the order of the table
enum {
  FHRL_TRAIN_CORPUS,
  FHRL_TRAIN_STEPS,
  FHRL_TRAIN_BATCH,
  FHRL_TRAIN_LR,
  FHRL_TRAIN_SCHEDULE,
  FHRL_TRAIN_WARMUP,
  FHRL_TRAIN_LR_END,
  FHRL_TRAIN_WEIGHT_DECAY,
  FHRL_TRAIN_OPTIMIZER,
  FHRL_TRAIN_MOMENTUM,
  FHRL_TRAIN_CLIP,
  FHRL_TRAIN_SEED,
  FHRL_TRAIN_SEEDS,
  FHRL_TRAIN_CHECKPOINT_EVERY,
  FHRL_TRAIN_EVAL_EVERY,
  FHRL_TRAIN_EVAL_ROWS,
  FHRL_TRAIN_HELD_OUT,
  FHRL_TRAIN_EVAL_CORPUS,
  FHRL_TRAIN_PROBE_EVERY,
  FHRL_TRAIN_INIT,
  FHRL_TRAIN_FREEZE,
  FHRL_TRAIN_KEY_COUNT
};
enum { FHRL_TRAIN_CONSTANT, FHRL_TRAIN_COSINE }; // schedule
enum { FHRL_TRAIN_ADAMW, FHRL_TRAIN_SGD };       // optimizer
extern const fhrl_field fhrl_train_fields[FHRL_TRAIN_KEY_COUNT];

typedef struct fhrl_train_config {
  double value[FHRL_TRAIN_KEY_COUNT]; // numbers, by the names above; entries of paths are not used
  char corpus[FHRL_PATH_SIZE];        // "": the one that comes with the program
  char eval_corpus[FHRL_PATH_SIZE];   // "": what held_out keeps from the corpus
  char init[FHRL_PATH_SIZE];          // checkpoint to start from; "": random weights
} fhrl_train_config;

fhrl_train_config fhrl_train_default(void);
// FHRL_ARG names the key, its value and what is allowed, or why keys cannot work together. `seeds` is the caller's
// affair: it trains that many times.
fhrl_status fhrl_train_validate(const fhrl_train_config *config, fhrl_err *err);

// Called after every step (counted from 1), on the caller's thread.
typedef void fhrl_train_progress(void *context, int step, double loss, double tokens_per_second);

// What is measured before the first step and after every probe_every steps, on the caller's thread: `columns` numbers
// for each of `blocks` (layers), which go to training.tsv.
struct fhrl_train;
typedef struct fhrl_train_observer {
  int blocks, columns;
  const char *const *names, *const *units; // (columns), borrowed
  // row (blocks, columns); an error ends the training
  fhrl_status (*observe)(void *context, const struct fhrl_train *train, double row[], fhrl_err *err);
  void *context;
} fhrl_train_observer;

typedef struct fhrl_train_job {
  fhrl_gpt_config model;
  fhrl_train_config train;
  const char *folder;                // where the files go, made if need be; NULL: no files. borrowed
  int threads;                       // >= 1; does not change a bit of the result
  const volatile sig_atomic_t
    *stop; // set by a signal handler: end after the step at hand; or NULL. borrowed
  fhrl_train_progress *progress;     // or NULL
  void *context;
  const fhrl_train_observer *observer; // or NULL: probe_every is then without effect. borrowed
} fhrl_train_job;

typedef struct fhrl_train {
  fhrl_train_job job;
  fhrl_gpt gpt;              // owned, the weights after `step` steps
  fhrl_engine engine;        // owned
  fhrl_corpus corpus;        // owned
  fhrl_evaluate evaluate;    // owned; the held-out rows
  fhrl_real *m, *v;          // (gpt.count) Adam's moments, or m the momentum of SGD and v zero, owned
  fhrl_real *clipped;        // (gpt.count) the gradient scaled; NULL without clipping; owned
  unsigned char *batch;      // (B, T + 1), owned
  // what was measured, zero where yet to come; owned
  double *loss;              // (steps) nats per byte of each step before its update
  double *norm;              // (steps) of its gradient, of what learns, before clipping
  double *held_loss;         // (steps / eval_every) nats per byte of the held-out rows after every eval_every steps
  double *seen;              // (1 + steps / probe_every, blocks, columns) what the observer said
  uint64_t corpus_print, held_print, init_print; // fingerprints of what the run began with
  fhrl_freeze_run *run;      // (runs) what learns, owned
  int runs;
  int step, steps;           // done, and in all
  int resumed;               // step at which this process took up a saved state; 0 if it began anew
  double entropy_floor;      // nats per byte, see corpus.h
  int floor_exact;           // 0: an upper bound of it
  double wall;               // seconds spent in steps by this process
} fhrl_train;

// Reads the corpus and the start, makes workspaces, and takes up folder/state.safetensors if there is one.
// FHRL_ARG if that state was made under another configuration or corpus (names the key), or for a bad
// configuration; errors of the files; FHRL_NOMEM. The job is copied, what it points to is borrowed. `out`
// is zeroed by free, which accepts {0}.
fhrl_status fhrl_train_init(const fhrl_train_job *job, fhrl_train *out, fhrl_err *err);
void fhrl_train_free(fhrl_train *train);

// One step, and the evaluation and observation that fall on it. FHRL_NUMERIC names tensor, index and step if the loss
// or a gradient is not finite: weights and files stay as they were.
fhrl_status fhrl_train_step(fhrl_train *train, fhrl_err *err);

// Steps until all are done, saving on the way. FHRL_INTERRUPT if *stop was set: the state of the last
// scheduled boundary is then on disk, and the message says which.
fhrl_status fhrl_train_run(fhrl_train *train, fhrl_err *err);

// Mean loss of the last 20 steps done (of all, if fewer); NaN before the first.
double fhrl_train_final_loss(const fhrl_train *train);
// Learning rate of step 0, 1, ...
double fhrl_train_lr(const fhrl_train *train, int step);
// The last loss on held-out bytes; NaN before the first.
double fhrl_train_held_loss(const fhrl_train *train);
// How many evaluations and observations belong to the first `step` steps; 0 without them.
int fhrl_train_evaluations(const fhrl_train *train, int step);
int fhrl_train_observations(const fhrl_train *train, int step);
// Tokens per second of this process's steps, evaluations and observations not counted; NaN before the first.
double fhrl_train_rate(const fhrl_train *train);
