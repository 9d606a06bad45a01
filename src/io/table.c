// SPDX-License-Identifier: GPL-3.0-or-later
// table: tab-separated tables for gnuplot and people
#include "io/table.h"

#include <assert.h>
#include <math.h>

// Tabs and line ends would break the table: they become spaces.
static void put_text(FILE *stream, const char *text)
{
  for (; *text; text++) putc(*text == '\t' || *text == '\n' || *text == '\r' ? ' ' : *text, stream);
}

static void put_line(FILE *stream, const char *const words[], int n)
{
  for (int i = 0; i < n; i++) {
    if (i) putc('\t', stream);
    put_text(stream, words[i]);
  }
  putc('\n', stream);
}

fhrl_status fhrl_table_begin(fhrl_table *t, const char *path, const char *schema, const char *const names[],
  const char *const units[], int n, fhrl_err *err)
{
  assert(n > 0);
  *t = (fhrl_table){.columns = n, .names = names};
  FHRL_TRY(fhrl_file_begin(&t->file, path, err));
  fputs("# ", t->file.stream);
  put_text(t->file.stream, schema);
  fputs("\n# units: ", t->file.stream);
  put_line(t->file.stream, units, n);
  put_line(t->file.stream, names, n);
  return FHRL_OK;
}

// The separator before a cell; after it the stream is where the cell goes.
static FILE *cell(fhrl_table *t)
{
  assert(t->column < t->columns);
  if (t->column > 0) putc('\t', t->file.stream);
  return t->file.stream;
}

static void cell_done(fhrl_table *t)
{
  t->column = (t->column + 1) % t->columns;
  if (t->column == 0) putc('\n', t->file.stream);
}

void fhrl_table_real(fhrl_table *t, double value)
{
  FILE *stream = cell(t);
  if (isnan(value))
    fputs("NaN", stream); // printf says "nan" or "-nan", as the sign bit has it
  else
    fprintf(stream, "%.17g", value);
  cell_done(t);
}

void fhrl_table_int(fhrl_table *t, long long value)
{
  fprintf(cell(t), "%lld", value);
  cell_done(t);
}

void fhrl_table_text(fhrl_table *t, const char *value)
{
  put_text(cell(t), value);
  cell_done(t);
}

void fhrl_table_row(fhrl_table *t, const double values[])
{
  assert(t->column == 0);
  for (int i = 0; i < t->columns; i++) fhrl_table_real(t, values[i]);
}

void fhrl_table_break(fhrl_table *t)
{
  assert(t->column == 0);
  fputs("\n\n", t->file.stream);
  put_line(t->file.stream, t->names, t->columns);
}

fhrl_status fhrl_table_commit(fhrl_table *t, fhrl_err *err)
{
  assert(t->column == 0);
  return fhrl_file_commit(&t->file, err);
}

void fhrl_table_abandon(fhrl_table *t) { fhrl_file_abandon(&t->file); }
