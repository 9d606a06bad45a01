// SPDX-License-Identifier: GPL-3.0-or-later
// sweep: computes the points of a plan, each in a process and a folder of its own; several sweeps may share the work
//
// FOLDER/points/NAME is a point's folder. What its command leaves lies there, `said.txt` (what it said), and once it is settled
// `point.json`: done or failed, why, and a fingerprint of the configuration that it belongs to. While it is being computed
// `point.lock` says by whom (base/lock.h). So a sweep that was stopped redoes what is missing alone, and any number of processes,
// on any number of machines that see the folder, take points until none is left.
#pragma once

#include <signal.h>

#include "analysis/sweep_plan.h"
#include "base/file.h"
#include "base/rank.h"

typedef enum fhrl_sweep_state { FHRL_SWEEP_MISSING, FHRL_SWEEP_DONE, FHRL_SWEEP_FAILED } fhrl_sweep_state;

typedef struct fhrl_sweep_job {
  const fhrl_sweep_plan *plan; // borrowed, as all that follows
  const char *folder;
  const char *shared; // digest of what all points have in common: the command, its input, its configuration
  int threads;        // of this process, for all its points
  int inside;         // 1 if threads help within a point
  int retry;          // 1: points that have failed are computed again, once
  fhrl_rank rank;
  const volatile sig_atomic_t *stop; // or NULL
  // Computes point k in `folder`, with so many threads; called in a process of its own.
  fhrl_status (*compute)(void *context, long k, const char *folder, int threads, fhrl_err *err);
  // Called when something has changed; `first`: settled before this process. NULL: nobody asks.
  void (*progress)(void *context, long settled, long first, long failed, const char *note);
  void *context;
} fhrl_sweep_job;

typedef struct fhrl_sweep {
  unsigned char *state;  // owned; (points) of fhrl_sweep_state
  long done, failed;     // of the points; the rest is missing
  long found;            // of those, settled before this process
  int together, each;    // points computed at once by this process, threads of each
} fhrl_sweep;

// What is there. The folder need not exist. free leaves it zeroed.
fhrl_status fhrl_sweep_look(const fhrl_sweep_job *job, fhrl_sweep *s, fhrl_err *err);
void fhrl_sweep_free(fhrl_sweep *s);

// Computes what is missing after fhrl_sweep_look, and waits for points that others compute. Points that fail are recorded and
// stop nothing. FHRL_INTERRUPT once *stop is set, or if a point was interrupted by somebody else; FHRL_IO where a folder, a
// lock or a record cannot be written. What is settled by then is kept.
fhrl_status fhrl_sweep_run(const fhrl_sweep_job *job, fhrl_sweep *s, fhrl_err *err);

// FOLDER/points/NAME of point k.
fhrl_status fhrl_sweep_folder(const fhrl_sweep_job *job, long k, char path[FHRL_PATH_SIZE], fhrl_err *err);

// Why a point has failed; "" of another.
void fhrl_sweep_reason(const fhrl_sweep_job *job, long k, char reason[FHRL_ERR_SIZE]);
