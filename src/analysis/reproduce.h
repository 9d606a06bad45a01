// SPDX-License-Identifier: GPL-3.0-or-later
// reproduce: the paper's experiments over again: networks over gamma and seeds, and controls, trained and probed
//
// Every run has a folder FOLDER/runs/<case>/seed<k> with checkpoint.safetensors, loss.tsv, config.ini and, once it is
// finished, result.json. A run that was stopped goes on where it was, to the same bytes; a finished one is not redone.
#pragma once

#include <signal.h>

#include "analysis/claims.h"
#include "analysis/probe.h"
#include "base/file.h"
#include "io/json.h"
#include "nn/train.h"

// ---- configuration: the keys of [reproduce]
extern const fhrl_field fhrl_reproduce_plan_fields[];
extern const int fhrl_reproduce_plan_field_count;
// With quick = true, keys that nobody has set take these values: {section, key, value}, ended by a NULL section.
extern const char *const fhrl_reproduce_plan_quick[][3];

// ---- what is to be run
enum { FHRL_REPRODUCE_CASES = 80 };

typedef struct fhrl_reproduce_case {
  char name[48];     // of its folder: "gamma0.05", "frozen"
  const char *title; // for people
  fhrl_claims_role role;
  fhrl_gpt_config model;
  fhrl_train_config train; // seed and all; not used by FHRL_CLAIMS_UNTRAINED
  int seeds;               // first .. first + seeds - 1
} fhrl_reproduce_case;

typedef struct fhrl_reproduce_plan {
  fhrl_reproduce_case item[FHRL_REPRODUCE_CASES];
  int count;
  fhrl_probe_plan probe;
  int first;  // seed
  int runs;   // of all cases
} fhrl_reproduce_plan;

// From [model] and [train] (what all cases share), [probe] and [reproduce]. FHRL_ARG names the key.
fhrl_status fhrl_reproduce_plan_make(const fhrl_config *config, const fhrl_gpt_config *model, const fhrl_train_config *train,
  fhrl_reproduce_plan *out, fhrl_err *err);

// ---- running it
// What one run has given, beside its numbers.
typedef struct fhrl_reproduce_run {
  const fhrl_reproduce_case *item;
  char folder[FHRL_PATH_SIZE];
  double *loss;    // owned; (steps), NULL if it was not trained
  char *failed;    // owned; why it came to no number (a loss that is not finite), NULL if it did not fail
} fhrl_reproduce_run;

typedef struct fhrl_reproduce {
  fhrl_reproduce_plan plan;
  fhrl_reproduce_run *run;  // owned; (plan.runs) seed by seed, in each the cases in order
  fhrl_claims_run *numbers; // owned; (plan.runs)
  int done;                 // of the runs
  int found;                // of those, finished before this process
  int failed;               // of those that are done
} fhrl_reproduce;

typedef struct fhrl_reproduce_job {
  const char *folder;                // borrowed
  int threads;
  const volatile sig_atomic_t *stop; // or NULL; borrowed
  // Called with the work done, of `total`, in steps of training (a probe counts as some), and what is being done;
  // `first`: what was done before this process. NULL: nobody asks.
  void (*progress)(void *context, double done, double total, double first, const char *note);
  void *context;
} fhrl_reproduce_job;

// Runs what is missing. The plan is copied. Same result for any number of threads. FHRL_INTERRUPT if *stop was set: what
// is there is kept. A run whose numbers cease to be finite is done, and has failed: its numbers are NaN. Errors of files name the
// run. free leaves it zeroed.
fhrl_status fhrl_reproduce_go(const fhrl_reproduce_plan *plan, const fhrl_reproduce_job *job, fhrl_reproduce *out,
  fhrl_err *err);
void fhrl_reproduce_free(fhrl_reproduce *r);

// The runs as the claims see them; borrows from r.
fhrl_claims_study fhrl_reproduce_study(const fhrl_reproduce *r);
