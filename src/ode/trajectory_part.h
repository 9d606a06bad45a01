// SPDX-License-Identifier: GPL-3.0-or-later
// trajectory_part: what a running simulation has behind it, on the disk: trajectory.part
//
// A file of pieces (base/part.h) that grows by a block at every scheduled boundary (solver.checkpoint_every points), where an
// integrator also restarts from its own state, whether anybody keeps the file or not: a run that goes on from the last whole block
// therefore does what one that never stopped does, bit by bit.
//
//   head  = "fhrlpart", identity (u64), row (u64: doubles a row)
//   block = rows, events, crossings (u64 each), rows of t, x (n), u (n_u), observables, events as (t, event, index), crossings
//           as x (n), fhrl_integrator_past
#pragma once

#include <stdint.h>

#include "base/part.h"
#include "ode/trajectory.h"

typedef struct fhrl_trajectory_part {
  fhrl_part file;     // owned; without a stream no file is kept
  size_t rows;        // of the trajectory that are in the file
  long events, crossings; // likewise
  fhrl_integrator_past past;   // at the end of the last block
  fhrl_happening *happened;    // owned: (events), of the blocks that were found
  double *at;                  // owned: (crossings, n), likewise
} fhrl_trajectory_part;

// What makes two runs the same: model, parameters, matrices, input, solver, start x0 (n) and `build` (a version). Not the
// names of files but what was read from them.
uint64_t fhrl_trajectory_part_identity(const fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver, const double x0[],
  const char *build);

// Opens PATH for the trajectory that tr will hold (initialised, nothing recorded). Whole blocks of the same identity go into
// tr, `past` and `happened`; a file of another identity, or no such file at all, is begun anew. FHRL_IO, FHRL_NOMEM;
// FHRL_FORMAT for a whole block that no run can have written. The part is to be closed, also after a failure.
fhrl_status fhrl_trajectory_part_open(fhrl_trajectory_part *part, const char *path, uint64_t identity, fhrl_trajectory *tr, fhrl_err *err);

// Appends what tr has recorded since the last block, with what the integrator carries on; nothing if no file is kept. FHRL_IO;
// FHRL_FORMAT if the blocks before hold events that the run does not know.
fhrl_status fhrl_trajectory_part_append(fhrl_trajectory_part *part, const fhrl_trajectory *tr,
  const fhrl_trajectory_kept *kept, fhrl_err *err);

void fhrl_trajectory_part_close(fhrl_trajectory_part *part); // the file stays
void fhrl_trajectory_part_remove(fhrl_trajectory_part *part); // once the run's own files are written; closes, too
