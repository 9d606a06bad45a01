// SPDX-License-Identifier: GPL-3.0-or-later
// reproduce_files: what `fhrl reproduce` leaves for programs: report.json and the tables that its figures are drawn from
#pragma once

#include "analysis/reproduce.h"

// Adds `claims[]`, `cases[]` (means over seeds) and `runs[]` to the object: every number, undefined ones null. results: one
// for each claim of fhrl_claims_table.
void fhrl_reproduce_files_json(const fhrl_reproduce *r, const fhrl_claims_result results[], fhrl_json *object);

// Writes into the folder:
//   runs.tsv      a row per run, a column per number
//   gamma.tsv     means over seeds and their standard errors, a row per gamma, ascending
//   controls.tsv  the same, a row per control
//   loss.tsv      training curves, means over seeds, a block per gamma of the paper's range
//   reentry.tsv   W_r of layer 0 entry by entry, first seed, a block for each of at most four gammas
//   claims.tsv    verdicts, a row per quantity that was measured for them
// FHRL_IO, FHRL_NOMEM, and errors of the checkpoints.
fhrl_status fhrl_reproduce_files_save(const fhrl_reproduce *r, const fhrl_claims_result results[], const char *folder,
  fhrl_err *err);
