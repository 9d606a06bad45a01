// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_report: what was measured, as JSON and as a table
#include "analysis/exponents_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/table.h"

enum { NAME = 64 };
static const char singular[] = "the Jacobian is singular: -infinity", few[] = "too few blocks: fewer than 32";
_Static_assert(FHRL_EXPONENTS_BLOCKS_MIN == 32, "the reason above says how many");
static const char off[] = "the orbit does not rest at an equilibrium of up to 500 states";

static fhrl_json *estimate(const fhrl_exponents_estimate *x)
{
  fhrl_json *one = fhrl_json_object();
  fhrl_json_real(one, "value", x->mean, singular);
  fhrl_json_real(one, "standard_error", x->standard_error, isfinite(x->mean) ? few : singular);
  fhrl_json_real(one, "low", x->low, isfinite(x->mean) ? few : singular);
  fhrl_json_real(one, "high", x->high, isfinite(x->mean) ? few : singular);
  return one;
}

static void add_exponents(const fhrl_exponents *e, fhrl_json *o)
{
  const fhrl_model *m = e->s->model;
  fhrl_json *all = fhrl_json_array();
  fhrl_json_put(o, "exponents", all);
  for (int i = 0; i < e->k; i++) {
    const fhrl_exponents_estimate *x = &e->exponent[i];
    fhrl_json *one = estimate(x), *share = fhrl_json_object();
    fhrl_json_add(all, one);
    fhrl_json_real(one, "diffusion", x->D, few);
    fhrl_json_real(one, "seam_variance", x->v, few);
    fhrl_json_real(one, "freedom", isnan(x->standard_error) ? (double)NAN : x->freedom, few);
    fhrl_json_bool(one, "correlated", x->correlated);
    fhrl_json_real(one, "eigenvalue", e->eigenvalue[i], off);
    fhrl_json_put(one, "share", share);
    for (int b = 0; b < m->n_state; b++) fhrl_json_real(share, m->state[b].name, e->share[i * m->n_state + b], NULL);
  }
}

static void add_zero(const fhrl_exponents *e, fhrl_json *o)
{
  fhrl_json *zero = fhrl_json_object();
  fhrl_json_put(o, "zero_exponent", zero);
  fhrl_json_bool(zero, "expected", e->zero_expected);
  fhrl_json_text(zero, "reason", e->zero_reason);
  if (e->zero < 0) {
    fhrl_json_null(zero, "index", e->zero_reason);
    fhrl_json_null(zero, "value", e->zero_reason);
    fhrl_json_null(zero, "standard_error", e->zero_reason);
    return;
  }
  fhrl_json_int(zero, "index", e->zero + 1);
  fhrl_json_real(zero, "value", e->exponent[e->zero].mean, NULL);
  fhrl_json_real(zero, "standard_error", e->exponent[e->zero].standard_error, few);
}

static void add_work(const fhrl_exponents *e, fhrl_json *o)
{
  fhrl_counters c;
  fhrl_exponents_tangent_counters(e->tg, &c);
  fhrl_json_text(o, "method", fhrl_exponents_tangent_method(e->tg));
  fhrl_json_int(o, "steps", c.steps + e->settled.steps);
  fhrl_json_int(o, "rhs_evals", c.rhs_evals + e->settled.rhs_evals);
  fhrl_json_int(o, "jvp_evals", c.jvp_evals + e->settled.jvp_evals);
  fhrl_json_int(o, "saltations", fhrl_exponents_tangent_saltations(e->tg));
}

void fhrl_exponents_report_json(const fhrl_exponents *e, fhrl_json *o)
{
  static const char untraced[] = "it is measured where all exponents are";
  fhrl_json *blocks = fhrl_json_object();
  fhrl_json_text(o, "time_unit", e->s->model->time_unit);
  fhrl_json_real(o, "time", e->measured, NULL);
  fhrl_json_real(o, "begun", e->begun, NULL);
  fhrl_json_real(o, "t_end", e->begun + e->measured, NULL);
  fhrl_json_real(o, "every", e->every, NULL);
  fhrl_json_put(o, "blocks", blocks);
  fhrl_json_int(blocks, "count", e->exponent[0].blocks);
  fhrl_json_real(blocks, "length", e->exponent[0].block_length, NULL);
  add_exponents(e, o);
  fhrl_json_real(o, "sum", e->sum.mean, singular);
  fhrl_json_real(o, "sum_standard_error", e->sum.standard_error, isfinite(e->sum.mean) ? few : singular);
  fhrl_json_real(o, "trace_mean", e->trace_mean, e->traced ? singular : untraced);
  fhrl_json_real(o, "trace_difference", e->sum.mean - e->trace_mean, e->traced ? singular : untraced);
  add_zero(e, o);
  fhrl_json_real(o, "kaplan_yorke", e->kaplan_yorke, e->kaplan_yorke_reason);
  fhrl_json_real(o, "kaplan_yorke_standard_error", e->kaplan_yorke_se, e->kaplan_yorke_reason ? e->kaplan_yorke_reason : few);
  fhrl_json_text(o, "attractor", fhrl_exponents_attractor_text(e->attractor));
  fhrl_json_text(o, "attractor_reason", e->attractor_reason);
  fhrl_json_real(o, "period", e->period, "no period was seen");
  fhrl_json_real(o, "eigenvalue_difference", e->eigenvalue_difference, off);
  fhrl_json_bool(o, "driven", e->driven);
  fhrl_json_bool(o, "switched", e->switched);
  fhrl_json_bool(o, "converged", e->converged);
  fhrl_json_text(o, "converged_reason", e->converged_reason);
  add_work(e, o);
}

// ---- tables

static void unit_of(const fhrl_exponents *e, char unit[NAME])
{
  snprintf(unit, NAME, strcmp(e->s->model->time_unit, "1") ? "1/%s" : "%s", e->s->model->time_unit);
}

fhrl_status fhrl_exponents_report_running(const fhrl_exponents *e, const char *path, fhrl_err *err)
{
  static const char *const part[3] = {"lambda", "low", "high"};
  const int columns = 1 + 3 * e->k;
  fhrl_table table = {0};
  fhrl_status status = FHRL_OK;
  char(*store)[NAME] = calloc((size_t)columns, sizeof *store), unit[NAME];
  const char **name = calloc(2 * (size_t)columns, sizeof *name), **units = name ? name + columns : NULL;
  if (store == NULL || name == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for a table of %d columns", columns));
  unit_of(e, unit);
  for (int c = 0; c < columns; c++) {
    if (c == 0) snprintf(store[c], NAME, "t");
    else snprintf(store[c], NAME, "%s[%d]", part[(c - 1) % 3], 1 + (c - 1) / 3);
    name[c] = store[c];
    units[c] = c == 0 ? e->s->model->time_unit : unit;
  }
  FHRL_DO(status, fhrl_table_begin(&table, path, "fhrl.exponents/1", name, units, columns, err));
  for (int r = 0; r < e->rows; r++) fhrl_table_row(&table, e->row + (size_t)r * (size_t)columns);
  status = fhrl_table_commit(&table, err);
done:
  free(store);
  free(name);
  return status;
}

fhrl_status fhrl_exponents_report_spectrum(const fhrl_exponents *e, const char *path, fhrl_err *err)
{
  enum { FIXED = 5 };
  static const char *const fixed[FIXED] = {"index", "lambda", "standard_error", "low", "high"};
  const fhrl_model *m = e->s->model;
  const char *name[FIXED + FHRL_BLOCK_MAX], *units[FIXED + FHRL_BLOCK_MAX];
  char store[FHRL_BLOCK_MAX][NAME], unit[NAME];
  fhrl_table table = {0};
  unit_of(e, unit);
  for (int c = 0; c < FIXED; c++) {
    name[c] = fixed[c];
    units[c] = c == 0 ? "1" : unit;
  }
  for (int b = 0; b < m->n_state; b++) {
    snprintf(store[b], NAME, "share_%s", m->state[b].name);
    name[FIXED + b] = store[b];
    units[FIXED + b] = "1";
  }
  FHRL_TRY(fhrl_table_begin(&table, path, "fhrl.exponents_spectrum/1", name, units, FIXED + m->n_state, err));
  for (int i = 0; i < e->k; i++) {
    const fhrl_exponents_estimate *x = &e->exponent[i];
    fhrl_table_int(&table, i + 1);
    fhrl_table_real(&table, isfinite(x->mean) ? x->mean : (double)NAN);
    fhrl_table_real(&table, x->standard_error);
    fhrl_table_real(&table, x->low);
    fhrl_table_real(&table, x->high);
    for (int b = 0; b < m->n_state; b++) fhrl_table_real(&table, e->share[i * m->n_state + b]);
  }
  return fhrl_table_commit(&table, err);
}
