// SPDX-License-Identifier: GPL-3.0-or-later
// continuation_files: what a continuation leaves: fields of its result, the table of its branches, and labels to restart from
#include "analysis/continuation_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "io/table.h"

// ---- the result

static int located(const fhrl_continuation_point *p)
{
  return p->kind != FHRL_CONTINUATION_REGULAR && p->kind != FHRL_CONTINUATION_START && p->kind != FHRL_CONTINUATION_END;
}

static fhrl_json *point_json(const fhrl_continuation *c, int branch, const fhrl_continuation_point *p)
{
  fhrl_json *o = fhrl_json_object(), *value = fhrl_json_array();
  fhrl_json_text(o, "kind", fhrl_continuation_text(p->kind));
  fhrl_json_int(o, "label", p->label);
  fhrl_json_int(o, "branch", branch);
  fhrl_json_real(o, "parameter", p->parameter, NULL);
  fhrl_json_reals(o, "state", p->z, (size_t)c->n);
  fhrl_json_add_real(value, p->re);
  fhrl_json_add_real(value, p->im);
  fhrl_json_put(o, "eigenvalue", value);
  fhrl_json_real(o, "residual", p->residual, NULL);
  return o;
}

void fhrl_continuation_files_json(const fhrl_continuation *c, const fhrl_system *s, fhrl_json *result)
{
  fhrl_json *special = fhrl_json_array(), *labels = fhrl_json_array(), *branches = fhrl_json_array();
  int points = 0;
  for (int k = 0; k < c->branches; k++) {
    const fhrl_continuation_branch *b = &c->branch[k];
    fhrl_json *branch = fhrl_json_object();
    points += b->count;
    fhrl_json_int(branch, "points", b->count);
    fhrl_json_int(branch, "parent", b->parent);
    fhrl_json_text(branch, "first", b->count ? b->point[0].why : NULL);
    fhrl_json_text(branch, "last", b->count ? b->point[b->count - 1].why : NULL);
    fhrl_json_add(branches, branch);
    for (int i = 0; i < b->count; i++) {
      const fhrl_continuation_point *p = &b->point[i];
      if (p->label == 0) continue;
      fhrl_json *o = point_json(c, k, p);
      fhrl_json_reals(o, "tangent", p->tangent, (size_t)c->n + 1);
      fhrl_json_add(labels, o);
      if (!located(p) || p->again) continue;
      o = point_json(c, k, p);
      fhrl_json_real(o, "error", p->error, NULL);
      fhrl_json_int(o, "unstable", p->unstable);
      fhrl_json_add(special, o);
    }
  }
  fhrl_json_text(result, "parameter", c->parameter);
  fhrl_json_real(result, "low", c->low, NULL);
  fhrl_json_real(result, "high", c->high, NULL);
  fhrl_json_int(result, "points", points);
  fhrl_json_put(result, "special", special);
  fhrl_json_put(result, "branches", branches);
  fhrl_json_put(result, "labels", labels);
  fhrl_json_int(result, "sought", c->sought);
  fhrl_json_int(result, "not_followed", c->more);
  fhrl_json_bool(result, "interrupted", c->interrupted);
}

// ---- the table

enum { FIXED = 11 };

fhrl_status fhrl_continuation_files_shown(const fhrl_system *s, const char *name, int *show, fhrl_err *err)
{
  char component[64], list[512];
  *show = strcmp(name, "norm") == 0 ? -1 : 0;
  if (*name == '\0' || *show < 0) return FHRL_OK;
  for (*show = 0; *show < s->n; ++*show) {
    fhrl_system_component(s, *show, component, sizeof component);
    if (strcmp(component, name) == 0) return FHRL_OK;
  }
  fhrl_system_components(s, list, sizeof list);
  return fhrl_fail(err, FHRL_ARG, "continue.show = %.100s: %s has no such component; allowed: norm%s", name, s->model->name, list);
}

fhrl_status fhrl_continuation_files_table(const fhrl_continuation *c, const fhrl_system *s, int show, const char *path,
  fhrl_err *err)
{
  static const char *const head[FIXED] = {"branch", "label", "kind", "code", "parameter", "shown", "stable", "unstable", "re",
    "im", "norm"};
  const int columns = FIXED + s->n;
  const char **names = malloc(2 * (size_t)columns * sizeof *names), **units = names + columns;
  char(*text)[FHRL_SYSTEM_NAME] = malloc((size_t)s->n * sizeof *text), schema[256];
  fhrl_status status = FHRL_OK;
  fhrl_table t = {0};
  if (names == NULL || text == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d columns", columns));
  for (int i = 0; i < columns; i++) units[i] = i < FIXED ? "" : "state";
  memcpy(names, head, sizeof head);
  fhrl_system_columns(s, s->n, text, names + FIXED, NULL);
  snprintf(schema, sizeof schema, "fhrl.continue/1: parameter %s, shown %s; stable: 1, 0, or 2 between the two; code: 3 fold, "
    "4 branch point, 5 Hopf, 6 flip, 7 Neimark-Sacker", c->parameter, show < 0 ? "norm" : text[show]);
  FHRL_DO(status, fhrl_table_begin(&t, path, schema, names, units, columns, err));
  for (int k = 0; k < c->branches; k++) {
    if (k > 0) fhrl_table_break(&t);
    for (int i = 0; i < c->branch[k].count; i++) {
      const fhrl_continuation_point *p = &c->branch[k].point[i];
      const double norm = fhrl_norm(s->n, p->z);
      fhrl_table_int(&t, k);
      fhrl_table_int(&t, p->label);
      fhrl_table_text(&t, p->kind == FHRL_CONTINUATION_REGULAR ? "-" : fhrl_continuation_text(p->kind));
      fhrl_table_int(&t, p->kind);
      fhrl_table_real(&t, p->parameter);
      fhrl_table_real(&t, show < 0 ? norm : p->z[show]);
      fhrl_table_int(&t, p->stable);
      fhrl_table_int(&t, p->unstable);
      fhrl_table_real(&t, p->re);
      fhrl_table_real(&t, p->im);
      fhrl_table_real(&t, norm);
      for (int j = 0; j < s->n; j++) fhrl_table_real(&t, p->z[j]);
    }
  }
  status = fhrl_table_commit(&t, err);
done:
  free(names);
  free(text);
  return status;
}

// ---- restarting

// FILE and LABEL of "FILE:LABEL"; a folder stands for its branch.json.
static fhrl_status split(const char *from, char path[FHRL_PATH_SIZE], int *label, fhrl_err *err)
{
  const char *colon = strrchr(from, ':');
  char *end = NULL, file[FHRL_PATH_SIZE];
  const long value = colon ? strtol(colon + 1, &end, 10) : 0;
  if (colon == NULL || end == colon + 1 || *end || value < 1 || value > 1000000 || colon - from >= FHRL_PATH_SIZE)
    return fhrl_fail(err, FHRL_ARG, "continue.from = %.200s: write FILE:LABEL, with a label from 1 on", from);
  snprintf(file, sizeof file, "%.*s", (int)(colon - from), from);
  *label = (int)value;
  if (fhrl_file_is_folder(file)) return fhrl_file_join(file, "branch.json", path, err);
  return fhrl_file_join("", file, path, err);
}

static const fhrl_json *find_label(const fhrl_json *labels, int label)
{
  for (size_t i = 0; labels && i < fhrl_json_size(labels); i++) {
    const fhrl_json *p = fhrl_json_at(labels, i);
    if (fhrl_json_number(fhrl_json_get(p, "label")) == label) return p;
  }
  return NULL;
}

// (n) finite numbers
static int read_numbers(const fhrl_json *array, size_t n, double out[])
{
  if (array == NULL || fhrl_json_size(array) != n) return 0;
  for (size_t i = 0; i < n; i++) {
    out[i] = fhrl_json_number(fhrl_json_at(array, i));
    if (!isfinite(out[i])) return 0;
  }
  return 1;
}

static fhrl_status read_point(const char *path, const fhrl_json *file, int label, const fhrl_system *s,
  const char *parameter, double scale, fhrl_continuation_start *start, double block[], fhrl_err *err)
{
  const size_t n = (size_t)s->n;
  const char *of = fhrl_json_string(fhrl_json_get(file, "parameter"));
  const fhrl_json *labels = fhrl_json_get(file, "labels"), *p = find_label(labels, label);
  if (of == NULL || labels == NULL) return fhrl_fail(err, FHRL_FORMAT, "%s: no result of fhrl continue", path);
  if (p == NULL)
    return fhrl_fail(err, FHRL_ARG, "%s has no label %d; allowed: 1 to %zu", path, label, fhrl_json_size(labels));
  const char *kind = fhrl_json_string(fhrl_json_get(p, "kind"));
  const double value = fhrl_json_number(fhrl_json_get(p, "parameter"));
  if (!read_numbers(fhrl_json_get(p, "state"), n, block))
    return fhrl_fail(err, FHRL_ARG, "%s: the state of label %d is not one of the %d states of %s", path, label, s->n,
      s->model->name);
  if (kind == NULL || !isfinite(value) || !read_numbers(fhrl_json_get(p, "tangent"), n + 1, block + n))
    return fhrl_fail(err, FHRL_FORMAT, "%s: label %d is not whole", path, label);
  *start = (fhrl_continuation_start){.x = block, .parameter = FHRL_NAN};
  if (strcmp(of, parameter) != 0) {
    const int index = fhrl_system_param(s->model, of);
    if (index < 0 || fabs(s->p[index] - value) > 1e-9 * (1.0 + fabs(value)))
      return fhrl_fail(err, FHRL_ARG, "%s: label %d has %s = %.17g; to go on in %s from there, --param %s=%.17g", path, label, of,
        value, parameter, of, value);
    return FHRL_OK;
  }
  const double before = fhrl_json_number(fhrl_json_get(file, "high")) - fhrl_json_number(fhrl_json_get(file, "low"));
  block[2 * n] *= isfinite(before) ? before / scale : 1.0; // the direction, in the units of this range
  start->tangent = block + n;
  start->parameter = value;
  start->fork = strcmp(kind, fhrl_continuation_text(FHRL_CONTINUATION_BRANCH)) == 0;
  return FHRL_OK;
}

fhrl_status fhrl_continuation_files_start(const char *from, const fhrl_system *s, const char *parameter, double scale,
  fhrl_continuation_start *start, double **block, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  int label = 0;
  fhrl_json *file = NULL;
  FHRL_TRY(split(from, path, &label, err));
  FHRL_TRY(fhrl_json_load(path, &file, err));
  fhrl_status status = FHRL_OK;
  *block = malloc((2 * (size_t)s->n + 1) * sizeof **block);
  if (*block == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d states", s->n));
  status = read_point(path, file, label, s, parameter, scale, start, *block, err);
done:
  fhrl_json_free(file);
  if (status != FHRL_OK) {
    free(*block);
    *block = NULL;
  }
  return status;
}
