// SPDX-License-Identifier: GPL-3.0-or-later
// table: tab-separated tables for gnuplot and people
//
// `#` lines (schema, units), then the column names, then rows of %.17g: gnuplot takes `using "t":"y[0]"`.
// Two blank lines separate blocks, and the names are repeated after them: gnuplot looks for them in every `index`.
// A NaN is written as NaN, which gnuplot leaves out.
#pragma once

#include "base/file.h"

typedef struct fhrl_table {
  fhrl_file file;
  int columns;              // of a row
  int column;               // next one
  const char *const *names; // borrowed
} fhrl_table;

// Begins PATH with `# schema`, the units and the names; names and units have n entries, and the names must outlive
// the table. Write errors show at commit.
fhrl_status fhrl_table_begin(fhrl_table *t, const char *path, const char *schema, const char *const names[],
  const char *const units[], int n, fhrl_err *err);
void fhrl_table_real(fhrl_table *t, double value);        // next cell of the row
void fhrl_table_int(fhrl_table *t, long long value);
void fhrl_table_text(fhrl_table *t, const char *value);   // tabs and line ends become spaces
void fhrl_table_row(fhrl_table *t, const double values[]); // a whole row
void fhrl_table_break(fhrl_table *t);                      // begins the next gnuplot index
fhrl_status fhrl_table_commit(fhrl_table *t, fhrl_err *err); // makes the file visible
void fhrl_table_abandon(fhrl_table *t);
