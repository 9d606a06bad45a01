// SPDX-License-Identifier: GPL-3.0-or-later
// sweep_table: what the points of a sweep have given, a row each: sweep.tsv
#include "analysis/sweep_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "io/json.h"
#include "io/table.h"

static fhrl_status add(fhrl_sweep_table *t, const char *path, fhrl_err *err)
{
  for (int i = 0; i < t->columns; i++)
    if (strcmp(t->column[i], path) == 0) return FHRL_OK;
  void *grown = realloc(t->column, (size_t)(t->columns + 1) * sizeof *t->column);
  if (grown == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d columns", t->columns + 1);
  t->column = grown;
  snprintf(t->column[t->columns++], FHRL_SWEEP_TABLE_PATH, "%s", path);
  return FHRL_OK;
}

// Names and indices joined by dots, or indices in brackets.
static int is_path(const char *s)
{
  for (int first = 1;; first = 0) {
    const int bracket = !first && *s == '[';
    if (!first && *s == '\0') return 1;
    if (!first && *s != '.' && *s != '[') return 0;
    s += !first;
    const size_t n = strcspn(s, ".[]");
    if (n == 0 || strcspn(s, " \t,;") < n) return 0;
    if (bracket && (strspn(s, "0123456789") != n || s[n] != ']')) return 0;
    s += n + (bracket ? 1 : 0);
  }
}

fhrl_status fhrl_sweep_table_read(const char *columns, fhrl_sweep_table *t, fhrl_err *err)
{
  memset(t, 0, sizeof *t);
  for (const char *at = columns; *(at += strspn(at, " \t"));) {
    char path[FHRL_SWEEP_TABLE_PATH];
    size_t n = strcspn(at, ",");
    const char *next = at + n + (at[n] == ',');
    while (n > 0 && (at[n - 1] == ' ' || at[n - 1] == '\t')) n--;
    snprintf(path, sizeof path, "%.*s", (int)(n < sizeof path ? n : sizeof path - 1), at);
    if (n >= sizeof path || !is_path(path))
      return fhrl_fail(err, FHRL_ARG, "sweep.columns: '%s' is no path; allowed: names such as final_loss, mean.irr, exponents[0].value", path);
    FHRL_TRY(add(t, path, err));
    at = next;
  }
  return FHRL_OK;
}

void fhrl_sweep_table_free(fhrl_sweep_table *t)
{
  free(t->column);
  free(t->known);
  memset(t, 0, sizeof *t);
}

// ---- results

// A point's result is its run.json, or the file that this names.
static fhrl_status load(fhrl_sweep_table *t, const fhrl_sweep_job *job, long k, fhrl_json **result, fhrl_err *err)
{
  char folder[FHRL_PATH_SIZE], path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_sweep_folder(job, k, folder, err));
  FHRL_TRY(fhrl_file_join(folder, "run.json", path, err));
  FHRL_TRY(fhrl_json_load(path, result, err));
  const char *file = fhrl_json_string(fhrl_json_get(*result, "result"));
  snprintf(t->result, sizeof t->result, "%s", file ? file : "run.json");
  if (file == NULL) return FHRL_OK;
  fhrl_json_free(*result);
  *result = NULL;
  FHRL_TRY(fhrl_file_join(folder, t->result, path, err));
  return fhrl_json_load(path, result, err);
}

typedef struct finder {
  fhrl_sweep_table *t;
  fhrl_status status;
  fhrl_err *err;
} finder;

static void find(void *context, const char *key, const fhrl_json *value)
{
  finder *f = context;
  if (f->status != FHRL_OK || isnan(fhrl_json_number(value)) || !is_path(key)) return;
  if (strcmp(key, "seed") == 0 || strcmp(key, "resumed_from") == 0 || fhrl_text_ends_with(key, "_s") || fhrl_text_ends_with(key, "_per_second")) return;
  f->status = add(f->t, key, f->err);
}

static fhrl_status find_columns(fhrl_sweep_table *t, const fhrl_sweep_job *job, const fhrl_sweep *s, fhrl_err *err)
{
  finder f = {t, FHRL_OK, err};
  for (long k = 0; k < job->plan->points && f.status == FHRL_OK; k++) {
    fhrl_json *result = NULL;
    if (s->state[k] != FHRL_SWEEP_DONE) continue;
    f.status = load(t, job, k, &result, err);
    if (f.status == FHRL_OK) fhrl_json_each(result, find, &f);
    fhrl_json_free(result);
  }
  return f.status;
}

// ---- the table

static void put(fhrl_table *table, const fhrl_json *value, fhrl_sweep_known *known)
{
  const int truth = fhrl_json_truth(value);
  const char *text = fhrl_json_string(value);
  const double number = fhrl_json_number(value);
  if (text) fhrl_table_text(table, text);
  else if (truth >= 0) fhrl_table_int(table, truth);
  else fhrl_table_real(table, number);
  known->points += text || truth >= 0 || !isnan(number);
  if (isnan(number)) return;
  if (known->numbers == 0 || number < known->low) known->low = number;
  if (known->numbers == 0 || number > known->high) known->high = number;
  known->numbers++;
}

static fhrl_status put_row(fhrl_sweep_table *t, fhrl_table *table, const fhrl_sweep_job *job, const fhrl_sweep *s, long k, fhrl_err *err)
{
  char name[FHRL_SWEEP_PLAN_NAME], reason[FHRL_ERR_SIZE];
  fhrl_json *result = NULL;
  if (s->state[k] == FHRL_SWEEP_DONE) FHRL_TRY(load(t, job, k, &result, err));
  for (int i = 0; i < job->plan->axes; i++)
    fhrl_table_text(table, job->plan->axis[i].value[fhrl_sweep_plan_at(job->plan, i, k)]);
  fhrl_table_text(table, s->state[k] == FHRL_SWEEP_DONE ? "done" : "failed");
  for (int i = 0; i < t->columns; i++) put(table, result ? fhrl_json_path(result, t->column[i]) : NULL, &t->known[i]);
  fhrl_json_free(result);
  fhrl_sweep_reason(job, k, reason);
  fhrl_table_text(table, *reason ? reason : "-");
  fhrl_sweep_plan_name(job->plan, k, name);
  fhrl_table_text(table, name);
  return FHRL_OK;
}

static fhrl_status put_rows(fhrl_sweep_table *t, fhrl_table *table, const fhrl_sweep_job *job, const fhrl_sweep *s, fhrl_err *err)
{
  for (long k = 0; k < job->plan->points; k++) FHRL_TRY(put_row(t, table, job, s, k, err));
  return fhrl_table_commit(table, err);
}

fhrl_status fhrl_sweep_table_save(fhrl_sweep_table *t, const fhrl_sweep_job *job, const fhrl_sweep *s, const char *path, fhrl_err *err)
{
  enum { FIXED = 3 };
  const int axes = job->plan->axes;
  fhrl_table table = {0};
  fhrl_status status = FHRL_OK;
  const char **names = NULL, **units;
  char unit[96];
  if (t->columns == 0) FHRL_DO(status, find_columns(t, job, s, err));
  for (long k = 0; k < job->plan->points && !*t->result; k++) { // which file it is, for the units
    fhrl_json *result = NULL;
    if (s->state[k] != FHRL_SWEEP_DONE) continue;
    status = load(t, job, k, &result, err);
    fhrl_json_free(result);
    if (status != FHRL_OK) goto done;
  }
  const int columns = axes + t->columns + FIXED;
  free(t->known);
  t->known = calloc((size_t)t->columns + 1, sizeof *t->known);
  names = calloc(2 * (size_t)columns, sizeof *names);
  if (!names || !t->known) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for a table of %d columns", columns));
  units = names + columns;
  snprintf(unit, sizeof unit, "as in %s", *t->result ? t->result : "run.json");
  for (int i = 0; i < columns; i++) {
    const int own = i - axes - 1;
    names[i] = i < axes ? job->plan->axis[i].key : own == -1 ? "status" : own < t->columns ? t->column[own] : own == t->columns ? "reason" : "point";
    units[i] = i < axes ? job->plan->axis[i].field->unit : own >= 0 && own < t->columns ? unit : "";
  }
  FHRL_DO(status, fhrl_table_begin(&table, path, "fhrl.sweep/1", names, units, columns, err));
  status = put_rows(t, &table, job, s, err);
  if (status != FHRL_OK) fhrl_table_abandon(&table);
done:
  free(names);
  return status;
}

// ---- the figure

// By more than a line that is drawn shows.
static int varies(const fhrl_sweep_known *k)
{
  return k->numbers > 1 && k->high - k->low > 1e-4 * fmax(fabs(k->low), fabs(k->high));
}

int fhrl_sweep_table_figure(const fhrl_sweep_table *t, const fhrl_sweep_plan *plan, const char *seed, const char *name,
  const char *args[FHRL_SWEEP_TABLE_ARGS])
{
  const fhrl_sweep_plan_axis *at[2] = {NULL, NULL};
  int axes = 0, n = 4;
  for (int i = 0; i < plan->axes; i++) {
    const fhrl_sweep_plan_axis *a = &plan->axis[i];
    if (a->count < 2 || (seed && strcmp(a->key, seed) == 0)) continue;
    if ((a->field->kind != FHRL_REAL && a->field->kind != FHRL_INT) || axes == 2) return 0;
    at[axes++] = a;
  }
  if (axes == 0) return 0;
  args[0] = name;
  args[1] = at[0]->key;
  args[2] = at[0]->field->unit;
  args[3] = axes == 2 ? at[1]->key : "-";
  for (int i = 0; i < t->columns && n < FHRL_SWEEP_TABLE_ARGS; i++)
    if (varies(&t->known[i])) args[n++] = t->column[i];
  return n > 4 ? n : 0;
}
