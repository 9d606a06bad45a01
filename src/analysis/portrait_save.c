// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_save: a portrait as a table and a gnuplot script that draws it, both the reader's to keep and to change
#include "analysis/portrait_save.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/metrics.h"
#include "io/table.h"

enum { SCRIPT_LIMIT = 1 << 20, VALUE = 4 };

// What a layer's table shows of its rows: x and y, the arrow dx, dy, and the value under a name of its own (NULL: none).
typedef struct layout {
  const char *what;
  int arrow;
  const char *value;
} layout;

static const layout layouts[FHRL_PORTRAIT_LAYERS] = {
  [FHRL_PORTRAIT_FIELD] = {"directions of the flow", 1, "speed"},
  [FHRL_PORTRAIT_NULL_ACROSS] = {"nullcline of the quantity across", 0, NULL},
  [FHRL_PORTRAIT_NULL_UP] = {"nullcline of the quantity up", 0, NULL},
  [FHRL_PORTRAIT_ORBITS] = {"orbits", 0, "t"},
  [FHRL_PORTRAIT_OWN] = {"orbit of the model's own start", 0, "t"},
  [FHRL_PORTRAIT_RESTS] = {"equilibria; kind: 0 stable, 1 unstable, 2 saddle, 3 centre, 4 degenerate, 5 of a continuum", 0, "kind"},
  [FHRL_PORTRAIT_SPHERES] = {"which: 0 rho = rho*, 1 rho = 1, 2 rho = its bound in the end, 3 |A| = its bound in the end", 0,
    "which"},
  [FHRL_PORTRAIT_UNSTABLE] = {"unstable manifolds of saddles", 0, "t"},
  [FHRL_PORTRAIT_STABLE] = {"stable manifolds of saddles", 0, "t"},
  [FHRL_PORTRAIT_DIRECTIONS] = {"eigenvectors of saddles", 1, "eigenvalue"},
  [FHRL_PORTRAIT_LEVELS] = {"level sets", 0, "level"},
  [FHRL_PORTRAIT_PROFILE] = {"over rho; which: 0 all of d rho/dt, 1 leak and homeostasis, 2 and 3 with the largest drive", 0,
    "which"},
};

// The cells of a row that its layer shows, into cell; returns how many.
static int select(const layout *l, const double row[], double cell[])
{
  int n = 0;
  for (int i = 0; i < FHRL_PORTRAIT_COLUMNS; i++)
    if (i < 2 || (i < VALUE && l->arrow) || (i == VALUE && l->value)) cell[n++] = row[i];
  return n;
}

// Rows under names of their own: the next block of the table.
static void layer(fhrl_table *t, int k, const fhrl_portrait_rows *rows, const char *names[])
{
  static const double nothing[] = {FHRL_NAN, FHRL_NAN, FHRL_NAN, FHRL_NAN, FHRL_NAN};
  const layout *l = &layouts[k];
  double cell[FHRL_PORTRAIT_COLUMNS];
  int n = 0;
  names[n++] = "x";
  names[n++] = "y";
  if (l->arrow) {
    names[n++] = "dx";
    names[n++] = "dy";
  }
  if (l->value) names[n++] = l->value;
  t->columns = n;
  fprintf(t->file.stream, "%s# index %d: %s", k ? "\n\n" : "", k, l->what);
  for (int i = 0; i < n; i++) fprintf(t->file.stream, "%s%s", i ? "\t" : "\n", names[i]);
  fputc('\n', t->file.stream);
  for (int i = 0; i < rows->count; i++) {
    select(l, rows->value + (size_t)i * FHRL_PORTRAIT_COLUMNS, cell);
    fhrl_table_row(t, cell);
  }
  if (rows->count == 0) fhrl_table_row(t, nothing);
}

fhrl_status fhrl_portrait_save_table(const fhrl_portrait *p, const char *path, fhrl_err *err)
{
  const char *names[FHRL_PORTRAIT_COLUMNS];
  fhrl_table t = {.names = names};
  FHRL_TRY(fhrl_file_begin(&t.file, path, err));
  fprintf(t.file.stream, "# fhrl.portrait/2: x is %s, y is %s\n", p->name[0], p->name[1]);
  for (int k = 0; k < FHRL_PORTRAIT_LAYERS; k++) layer(&t, k, &p->layer[k], names);
  return fhrl_table_commit(&t, err);
}

// ---- the script

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

static int inside(const fhrl_portrait *p, const double row[])
{
  return row[0] >= p->low[0] && row[0] <= p->high[0] && row[1] >= p->low[1] && row[1] <= p->high[1]; // no NaN
}

// Rows of that value within the window: what lies beyond needs no legend.
static int count(const fhrl_portrait *p, fhrl_portrait_layer layer, int value)
{
  const fhrl_portrait_rows *rows = &p->layer[layer];
  int n = 0;
  for (int i = 0; i < rows->count; i++) {
    const double *row = rows->value + (size_t)i * FHRL_PORTRAIT_COLUMNS;
    n += row[VALUE] == value && inside(p, row);
  }
  return n;
}

static int any_row(const fhrl_portrait *p, fhrl_portrait_layer layer)
{
  const fhrl_portrait_rows *rows = &p->layer[layer];
  for (int i = 0; i < rows->count; i++)
    if (inside(p, rows->value + (size_t)i * FHRL_PORTRAIT_COLUMNS)) return 1;
  return 0;
}

static double fastest(const fhrl_portrait *p)
{
  const fhrl_portrait_rows *rows = &p->layer[FHRL_PORTRAIT_FIELD];
  double speed = 0.0;
  for (int i = 0; i < rows->count; i++) speed = fmax(speed, rows->value[(size_t)i * FHRL_PORTRAIT_COLUMNS + VALUE]);
  return speed > 0.0 ? speed : 1.0;
}

static void window(const fhrl_portrait *p, FILE *f)
{
  static const char *const side[2][2] = {{"x_low", "x_high"}, {"y_low", "y_high"}};
  static const char *const name[2] = {"x_name", "y_name"}, *const label[2] = {"x_label", "y_label"};
  for (int axis = 0; axis < 2; axis++) {
    quoted(f, name[axis], p->name[axis]);
    quoted(f, label[axis], p->label[axis]);
    number(f, side[axis][0], p->low[axis]);
    number(f, side[axis][1], p->high[axis]);
  }
  fprintf(f, "to_scale = %d   # 1: both axes to one scale\n", p->alike);
}

// 1 if the orbit of the start fills the plane: what does must not black it out.
static int fills(const fhrl_portrait *p)
{
  enum { SIDE = 64, MANY = SIDE * SIDE / 8 };
  const fhrl_portrait_rows *rows = &p->layer[FHRL_PORTRAIT_OWN];
  char seen[SIDE * SIDE] = {0};
  int cells = 0;
  for (int i = 0; i < rows->count; i++) {
    const double *r = rows->value + (size_t)i * FHRL_PORTRAIT_COLUMNS;
    const double x = (r[0] - p->low[0]) / (p->high[0] - p->low[0]), y = (r[1] - p->low[1]) / (p->high[1] - p->low[1]);
    if (!(x >= 0.0 && x < 1.0 && y >= 0.0 && y < 1.0)) continue; // a NaN, too
    char *cell = &seen[(int)(y * SIDE) * SIDE + (int)(x * SIDE)];
    cells += !*cell;
    *cell = 1;
  }
  return cells > MANY;
}

// Legends of the nullclines.
static void nullclines(const fhrl_portrait *p, FILE *f)
{
  static const char *const norms[2] = {"dρ/dt = 0", "d‖A‖/dt = 0"};
  static const char *const variable[2] = {"null_x", "null_y"};
  for (int axis = 0; axis < 2; axis++) {
    const int any = any_row(p, FHRL_PORTRAIT_NULL_ACROSS + axis);
    char text[FHRL_PORTRAIT_NAME + 16] = "";
    if (any && (p->kind == FHRL_PORTRAIT_NORMS || p->kind == FHRL_PORTRAIT_RADIAL))
      snprintf(text, sizeof text, "%s", norms[axis]);
    else if (any)
      snprintf(text, sizeof text, "d%s/dt = 0", p->name[axis]);
    quoted(f, variable[axis], text);
  }
}

static void settings(const fhrl_portrait *p, FILE *f)
{
  static const char *const kind[] = {"n_stable", "n_unstable", "n_saddle", "n_centre", "n_degenerate", "n_continuum"};
  static const char *const curve[] = {"n_ray", "n_home", "n_drive"};
  static const struct {
    const char *name;
    fhrl_portrait_layer layer;
  } any[] = {{"n_field", FHRL_PORTRAIT_FIELD}, {"n_orbits", FHRL_PORTRAIT_ORBITS},
    {"n_unstable_manifold", FHRL_PORTRAIT_UNSTABLE}, {"n_stable_manifold", FHRL_PORTRAIT_STABLE}, {"n_directions", FHRL_PORTRAIT_DIRECTIONS}};
  quoted(f, "portrait_title", p->title);
  quoted(f, "portrait_note", p->note);
  quoted(f, "portrait_held", p->held);
  window(p, f);
  quoted(f, "speed_label", p->speed);
  number(f, "speed_max", fastest(p));
  fprintf(f, "colour = %d   # 1: arrows coloured by speed\n", p->colour);
  nullclines(p, f);
  quoted(f, "level_label", any_row(p, FHRL_PORTRAIT_LEVELS) ? p->level : "");
  number(f, "rho_star", count(p, FHRL_PORTRAIT_SPHERES, FHRL_PORTRAIT_RHO_STAR) ? p->rho_star : FHRL_NAN);
  number(f, "rho_bound", count(p, FHRL_PORTRAIT_SPHERES, FHRL_PORTRAIT_BOUND) ? p->bound : FHRL_NAN);
  number(f, "A_bound", count(p, FHRL_PORTRAIT_SPHERES, FHRL_PORTRAIT_A_BAR) ? p->A_bar : FHRL_NAN);
  fprintf(f, "n_unit = %d\n", count(p, FHRL_PORTRAIT_SPHERES, FHRL_PORTRAIT_UNIT));
  fprintf(f, "own_width = %g\n", fills(p) ? 0.6 : 2.0);
  for (int i = 0; i < (int)(sizeof any / sizeof *any); i++) fprintf(f, "%s = %d\n", any[i].name, any_row(p, any[i].layer));
  for (int i = 0; i < FHRL_COUNT(kind); i++) fprintf(f, "%s = %d\n", kind[i], count(p, FHRL_PORTRAIT_RESTS, i));
  for (int i = 0; i < 3; i++) fprintf(f, "%s = %d\n", curve[i], count(p, FHRL_PORTRAIT_PROFILE, i) > 0);
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
             "#   gnuplot portrait.gp                         draws portrait.svg\n"
             "#   gnuplot -c portrait.gp OUT.png              draws OUT.png (or .svg, .six)\n"
             "#   gnuplot -c portrait.gp OUT.txt 79 40 ascii  draws it in 79 columns and 40 rows of text\n\n"
             "# ---- this portrait\n");
  settings(p, f);
  fprintf(f, "\n# ---- where it is read from and drawn to\n"
             "here = \"\"\n"
             "do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq \"/\") { here = ARG0[1:i] } }\n"
             "figure = ARGC > 0 ? ARG1 : here . \"portrait.svg\"\n"
             "portrait = (here eq \"\" ? \"./\" : here) . \"portrait.tsv\"\n"
             "if (ARGC > 2) { figure_width = int(ARG2); figure_height = int(ARG3) }\n"
             "ascii = ARGC > 3\n");
  fhrl_status status = copy(f, "plots/style.gp", err);
  if (status == FHRL_OK) status = copy(f, "plots/portrait.gp", err);
  if (status == FHRL_OK) return fhrl_file_commit(&file, err);
  fhrl_file_abandon(&file);
  return status;
}
