// SPDX-License-Identifier: GPL-3.0-or-later
// ensemble_part: what a running ensemble has behind it, on the disk: ensemble.part
//
// A file of pieces (base/part.h) that grows by a record for every member that is done, in whatever order they are. What a member
// comes to depends on no other and on no thread: a run that takes over the members of the whole records and carries the rest
// ends in the same bits as one that never stopped.
//
//   head   = "fhrlmemb", identity (u64), n (u64)
//   record = member, way, stiff, steps, right-hand sides, code, length of the reason (u64 each), x (n), the reason
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "base/part.h"
#include "ode/ensemble.h"

typedef struct fhrl_ensemble_part {
  fhrl_part file; // owned; without a stream no file is kept
  pthread_mutex_t lock;
  int n; // states of a member; 0: not open
} fhrl_ensemble_part;

// What makes two ensembles the same: fhrl_trajectory_part_identity, the vector instructions in use, and every member's start
// and parameters.
uint64_t fhrl_ensemble_part_identity(const fhrl_ensemble *e, const fhrl_system *s, const fhrl_input *in,
  const fhrl_solver *solver, const char *build);

// Opens PATH, which must outlive *part, for e (initialised, nothing carried). The members of whole records of the same identity
// are done in e (fhrl_ensemble_take); a file of another identity, or no such file at all, is begun anew. FHRL_IO, FHRL_NOMEM.
fhrl_status fhrl_ensemble_part_open(fhrl_ensemble_part *part, const char *path, uint64_t identity, fhrl_ensemble *e, fhrl_err *err);

// The watch's `keep`, context a fhrl_ensemble_part: appends a record, from any thread. FHRL_IO.
fhrl_status fhrl_ensemble_part_keep(void *context, const fhrl_ensemble_done *done, const double x[], fhrl_err *err);

// Both are safe after a failed open, and on a zeroed part.
void fhrl_ensemble_part_close(fhrl_ensemble_part *part);  // the file stays, with all that was kept
void fhrl_ensemble_part_remove(fhrl_ensemble_part *part); // once the run's own files are written; closes, too
