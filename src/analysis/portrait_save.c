// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_save: a portrait as a table and a gnuplot script that draws it, both the reader's to keep and to change
#include "analysis/portrait_save.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/metrics.h"
#include "io/table.h"

enum { SCRIPT_LIMIT = 1 << 20 };

fhrl_status fhrl_portrait_save_table(const fhrl_portrait *p, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"x", "y", "dx", "dy", "value"}, *const units[] = {"", "", "", "", ""};
  static const double nothing[] = {FHRL_NAN, FHRL_NAN, FHRL_NAN, FHRL_NAN, FHRL_NAN};
  fhrl_table t;
  FHRL_TRY(fhrl_table_begin(&t, path,
    "fhrl.portrait/1: indices 0 directions (value: speed), 1 nullcline of x, 2 nullcline of y, 3 orbits (value: t), 4 orbit "
    "of the start, 5 equilibria (value: 0 stable, 1 unstable, 2 saddle, 3 centre, 4 degenerate), 6 circles (value: radius)",
    names, units, FHRL_PORTRAIT_COLUMNS, err));
  for (int k = 0; k < FHRL_PORTRAIT_LAYERS; k++) {
    const fhrl_portrait_rows *rows = &p->layer[k];
    if (k > 0) fhrl_table_break(&t);
    for (int i = 0; i < rows->count; i++) fhrl_table_row(&t, rows->value + (size_t)i * FHRL_PORTRAIT_COLUMNS);
    if (rows->count == 0) fhrl_table_row(&t, nothing);
  }
  return fhrl_table_commit(&t, err);
}

// 'text' as gnuplot reads it: nothing is special between single quotes but the quote.
static void quoted(FILE *f, const char *name, const char *text)
{
  fprintf(f, "%s = '", name);
  for (const char *c = text; *c; c++)
    if (*c == '\'') fputs("''", f);
    else if ((unsigned char)*c >= ' ') fputc(*c, f);
  fputs("'\n", f);
}

static void number(FILE *f, const char *name, double value)
{
  if (isfinite(value)) fprintf(f, "%s = %.17g\n", name, value);
  else fprintf(f, "%s = NaN\n", name);
}

static int count(const fhrl_portrait *p, int kind)
{
  const fhrl_portrait_rows *rows = &p->layer[FHRL_PORTRAIT_RESTS];
  int n = 0;
  for (int i = 0; i < rows->count; i++) n += rows->value[(size_t)i * FHRL_PORTRAIT_COLUMNS + 4] == kind;
  return n;
}

static void settings(const fhrl_portrait *p, FILE *f)
{
  static const char *const kind[] = {"n_stable", "n_unstable", "n_saddle", "n_centre", "n_degenerate"};
  static const char *const side[2][2] = {{"x_low", "x_high"}, {"y_low", "y_high"}};
  quoted(f, "portrait_title", p->title);
  quoted(f, "portrait_note", p->note);
  quoted(f, "x_name", p->name[0]);
  quoted(f, "y_name", p->name[1]);
  quoted(f, "x_unit", p->unit[0]);
  quoted(f, "y_unit", p->unit[1]);
  for (int axis = 0; axis < 2; axis++) {
    number(f, side[axis][0], p->low[axis]);
    number(f, side[axis][1], p->high[axis]);
  }
  fprintf(f, "to_scale = %d   # 1: both axes to one scale\n", p->alike);
  number(f, "rho_star", p->rho_star);
  // what fills the plane must not black it out
  fprintf(f, "own_width = %g\n", p->layer[FHRL_PORTRAIT_OWN].count > 3000 ? 0.6 : 2.0);
  fprintf(f, "n_orbits = %d\n", p->layer[FHRL_PORTRAIT_ORBITS].count > 0);
  for (int i = 0; i < FHRL_COUNT(kind); i++) fprintf(f, "%s = %d\n", kind[i], count(p, i));
}

static fhrl_status copy(FILE *f, const char *name, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE], *text;
  size_t size;
  FHRL_TRY(fhrl_file_data(name, path, err));
  FHRL_TRY(fhrl_file_read(path, SCRIPT_LIMIT, &text, &size, err));
  fprintf(f, "\n# ---- %s\n", name);
  fwrite(text, 1, size, f);
  free(text);
  return FHRL_OK;
}

fhrl_status fhrl_portrait_save_script(const fhrl_portrait *p, const char *path, fhrl_err *err)
{
  fhrl_file file = {0};
  FHRL_TRY(fhrl_file_begin(&file, path, err));
  FILE *f = file.stream;
  fprintf(f, "# Draws portrait.tsv, which lies beside it: edit, then\n"
             "#   gnuplot portrait.gp                draws portrait.svg\n"
             "#   gnuplot -c portrait.gp OUT.png     draws OUT.png (or .svg)\n\n# ---- this portrait\n");
  settings(p, f);
  fprintf(f, "\n# ---- where it is read from and drawn to\n"
             "here = \"\"\n"
             "do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq \"/\") { here = ARG0[1:i] } }\n"
             "figure = ARGC > 0 ? ARG1 : here . \"portrait.svg\"\n"
             "portrait = (here eq \"\" ? \"./\" : here) . \"portrait.tsv\"\n");
  fhrl_status status = copy(f, "plots/style.gp", err);
  if (status == FHRL_OK) status = copy(f, "plots/portrait.gp", err);
  if (status == FHRL_OK) return fhrl_file_commit(&file, err);
  fhrl_file_abandon(&file);
  return status;
}
