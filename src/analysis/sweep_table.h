// SPDX-License-Identifier: GPL-3.0-or-later
// sweep_table: what the points of a sweep have given, a row each: sweep.tsv
//
// Columns: the axes by their keys, `status` (done or failed), the chosen numbers of each point's result, `reason` of a failure
// and `point`, the name of its folder. A column is the path of a number, a flag (1 or 0) or a text in the result, such as
// final_loss, mean.irr or exponents[0].value; where there is none it is NaN. So the bytes depend on the points alone, not on the
// order, the threads or the machines they were computed in.
#pragma once

#include "analysis/sweep.h"

enum { FHRL_SWEEP_TABLE_PATH = 128, FHRL_SWEEP_TABLE_PANELS = 4, FHRL_SWEEP_TABLE_ARGS = 4 + FHRL_SWEEP_TABLE_PANELS };

// What is known of a column after save.
typedef struct fhrl_sweep_known {
  long points, numbers; // that have it, and as a number
  double low, high;     // of the numbers
} fhrl_sweep_known;

typedef struct fhrl_sweep_table {
  char (*column)[FHRL_SWEEP_TABLE_PATH]; // owned; paths
  fhrl_sweep_known *known;               // owned; (columns), after save
  int columns;
  char result[64]; // name of the file that results are in; "" if no point is done
} fhrl_sweep_table;

// Reads the list "a, b.c, d[0].e". FHRL_ARG names what is no path; an empty list is not filled before fhrl_sweep_table_save.
fhrl_status fhrl_sweep_table_read(const char *columns, fhrl_sweep_table *t, fhrl_err *err);
void fhrl_sweep_table_free(fhrl_sweep_table *t); // leaves it zeroed

// Writes the table to `path`. Without columns it takes every number at the top of the results, of whichever point, but for the
// seed and those that depend on the clock or on interruptions (..._s, ..._per_second, resumed_from). Fails as files do:
// FHRL_IO, FHRL_FORMAT name the result that cannot be read.
fhrl_status fhrl_sweep_table_save(fhrl_sweep_table *t, const fhrl_sweep_job *job, const fhrl_sweep *s, const char *path, fhrl_err *err);

// Arguments of plots/sweep.gp for a table `name` that was saved: columns that vary, over the one axis of numbers that the plan
// has, or the two of them, axes with one value and that over `seed` (may be NULL) aside. Returns how many, 0 if it has another
// number of axes or nothing varies; args borrows from all of them.
int fhrl_sweep_table_figure(const fhrl_sweep_table *t, const fhrl_sweep_plan *plan, const char *seed, const char *name,
  const char *args[FHRL_SWEEP_TABLE_ARGS]);
