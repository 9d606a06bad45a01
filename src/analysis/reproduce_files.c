// SPDX-License-Identifier: GPL-3.0-or-later
// reproduce_files: what `fhrl reproduce` leaves for programs: report.json and the tables that its figures are drawn from
#include "analysis/reproduce_files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/table.h"

enum { NUMBERS = FHRL_CLAIMS_NUMBER_COUNT, RECENT = 20, MAPS = 4 };

// Means over the seeds of a case, whose name no other case has.
static fhrl_claims_mean mean_of(const fhrl_reproduce *r, const fhrl_reproduce_case *c, int number)
{
  double value[FHRL_CLAIMS_SEEDS];
  int n = 0;
  for (int i = 0; i < r->done && n < FHRL_CLAIMS_SEEDS; i++)
    if (r->run[i].item == c) value[n++] = r->numbers[i].value[number];
  return fhrl_claims_mean_of(n, value);
}

// ---- JSON

static void put_mean(fhrl_json *o, const fhrl_claims_mean *m)
{
  fhrl_json_real(o, "value", m->value, "not measured, or not defined");
  fhrl_json_real(o, "error", m->error, "fewer than 2 values");
  fhrl_json_real(o, "low", m->low, "fewer than 2 values");
  fhrl_json_real(o, "high", m->high, "fewer than 2 values");
  fhrl_json_int(o, "n", m->n);
}

static fhrl_json *claims_json(const fhrl_claims_result results[])
{
  fhrl_json *all = fhrl_json_array();
  for (int i = 0; fhrl_claims_table[i].id; i++) {
    const fhrl_claims_claim *c = &fhrl_claims_table[i];
    fhrl_json *o = fhrl_json_object(), *measured = fhrl_json_array();
    fhrl_json_text(o, "id", c->id);
    fhrl_json_text(o, "claim", c->says);
    fhrl_json_text(o, "verdict", fhrl_claims_word(results[i].verdict));
    fhrl_json_text(o, "because", results[i].reason);
    fhrl_json_text(o, "method", c->measured);
    fhrl_json_text(o, "rule", c->rule);
    for (int k = 0; k < results[i].count; k++) {
      fhrl_json *m = fhrl_json_object();
      fhrl_json_text(m, "quantity", results[i].measured[k].name);
      fhrl_json_text(m, "unit", results[i].measured[k].unit);
      put_mean(m, &results[i].measured[k].mean);
      fhrl_json_add(measured, m);
    }
    fhrl_json_put(o, "measured", measured);
    fhrl_json_add(all, o);
  }
  return all;
}

static fhrl_json *cases_json(const fhrl_reproduce *r)
{
  fhrl_json *all = fhrl_json_array();
  for (int i = 0; i < r->plan.count; i++) {
    const fhrl_reproduce_case *c = &r->plan.item[i];
    fhrl_json *o = fhrl_json_object(), *means = fhrl_json_object();
    fhrl_json_text(o, "case", c->name);
    fhrl_json_text(o, "title", c->title);
    fhrl_json_real(o, "gamma", c->model.gamma, NULL);
    fhrl_json_int(o, "seeds", c->seeds);
    for (int k = 0; k < NUMBERS; k++) {
      const fhrl_claims_mean m = mean_of(r, c, k);
      fhrl_json *entry = fhrl_json_object();
      put_mean(entry, &m);
      fhrl_json_put(means, fhrl_claims_quantities[k].name, entry);
    }
    fhrl_json_put(o, "means", means);
    fhrl_json_add(all, o);
  }
  return all;
}

static fhrl_json *runs_json(const fhrl_reproduce *r)
{
  fhrl_json *all = fhrl_json_array();
  for (int i = 0; i < r->done; i++) {
    fhrl_json *o = fhrl_json_object(), *numbers = fhrl_json_object();
    fhrl_json_text(o, "case", r->run[i].item->name);
    fhrl_json_real(o, "gamma", r->numbers[i].gamma, NULL);
    fhrl_json_int(o, "seed", r->numbers[i].seed);
    for (int k = 0; k < NUMBERS; k++)
      fhrl_json_real(numbers, fhrl_claims_quantities[k].name, r->numbers[i].value[k], "not defined for this network, or it was not trained");
    if (r->run[i].failed) fhrl_json_text(o, "failed", r->run[i].failed);
    fhrl_json_put(o, "numbers", numbers);
    fhrl_json_add(all, o);
  }
  return all;
}

void fhrl_reproduce_files_json(const fhrl_reproduce *r, const fhrl_claims_result results[], fhrl_json *object)
{
  fhrl_json_put(object, "claims", claims_json(results));
  fhrl_json_put(object, "cases", cases_json(r));
  fhrl_json_put(object, "runs", runs_json(r));
}

// ---- tables

typedef struct header {
  const char *name[2 * NUMBERS + 8], *unit[2 * NUMBERS + 8];
  char error[NUMBERS][48];
  int count;
} header;

static void column(header *h, const char *name, const char *unit)
{
  h->name[h->count] = name;
  h->unit[h->count++] = unit;
}

static fhrl_status save_runs(const fhrl_reproduce *r, const char *path, fhrl_err *err)
{
  header h = {.count = 0};
  fhrl_table t;
  column(&h, "case", "");
  column(&h, "gamma", "1");
  column(&h, "seed", "1");
  for (int k = 0; k < NUMBERS; k++) column(&h, fhrl_claims_quantities[k].name, fhrl_claims_quantities[k].unit);
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.reproduce.runs/1", h.name, h.unit, h.count, err));
  for (int i = 0; i < r->done; i++) {
    fhrl_table_text(&t, r->run[i].item->name);
    fhrl_table_real(&t, r->numbers[i].gamma);
    fhrl_table_int(&t, r->numbers[i].seed);
    for (int k = 0; k < NUMBERS; k++) fhrl_table_real(&t, r->numbers[i].value[k]);
  }
  return fhrl_table_commit(&t, err);
}

static int is_gamma(const fhrl_reproduce_case *c) { return c->role == FHRL_CLAIMS_GAMMA || c->role == FHRL_CLAIMS_EXTENDED; }

// The case of the next larger gamma than `after`; NULL beyond the last.
static const fhrl_reproduce_case *next_gamma(const fhrl_reproduce *r, double after)
{
  const fhrl_reproduce_case *best = NULL;
  for (int i = 0; i < r->plan.count; i++) {
    const fhrl_reproduce_case *c = &r->plan.item[i];
    if (is_gamma(c) && c->model.gamma > after && (!best || c->model.gamma < best->model.gamma)) best = c;
  }
  return best;
}

static void put_case(fhrl_table *t, const fhrl_reproduce *r, const fhrl_reproduce_case *c)
{
  fhrl_table_text(t, c->name);
  fhrl_table_real(t, c->model.gamma);
  fhrl_table_int(t, c->seeds);
  fhrl_table_int(t, c->role == FHRL_CLAIMS_GAMMA);
  for (int k = 0; k < NUMBERS; k++) {
    const fhrl_claims_mean m = mean_of(r, c, k);
    fhrl_table_real(t, m.value);
    fhrl_table_real(t, m.error);
  }
}

static fhrl_status save_cases(const fhrl_reproduce *r, int gammas, const char *path, fhrl_err *err)
{
  header h = {.count = 0};
  fhrl_table t;
  column(&h, "case", "");
  column(&h, "gamma", "1");
  column(&h, "seeds", "1");
  column(&h, "in_range", "1");
  for (int k = 0; k < NUMBERS; k++) {
    snprintf(h.error[k], sizeof h.error[k], "%s_error", fhrl_claims_quantities[k].name);
    column(&h, fhrl_claims_quantities[k].name, fhrl_claims_quantities[k].unit);
    column(&h, h.error[k], fhrl_claims_quantities[k].unit);
  }
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.reproduce.cases/1", h.name, h.unit, h.count, err));
  if (gammas)
    for (const fhrl_reproduce_case *c = next_gamma(r, -1.0); c; c = next_gamma(r, c->model.gamma)) put_case(&t, r, c);
  else
    for (int i = 0; i < r->plan.count; i++)
      if (!is_gamma(&r->plan.item[i])) put_case(&t, r, &r->plan.item[i]);
  return fhrl_table_commit(&t, err);
}

// Mean over the seeds of a case at a step, and over the last 20 steps up to it.
static void curve_at(const fhrl_reproduce *r, const fhrl_reproduce_case *c, int step, double row[])
{
  double here[FHRL_CLAIMS_SEEDS], recent[FHRL_CLAIMS_SEEDS];
  int n = 0;
  for (int i = 0; i < r->done && n < FHRL_CLAIMS_SEEDS; i++) {
    const double *loss = r->run[i].loss;
    if (r->run[i].item != c || !loss) continue;
    const int first = step + 1 < RECENT ? 0 : step + 1 - RECENT;
    recent[n] = 0.0;
    for (int k = first; k <= step; k++) recent[n] += loss[k] / (step + 1 - first);
    here[n++] = loss[step];
  }
  const fhrl_claims_mean a = fhrl_claims_mean_of(n, here), b = fhrl_claims_mean_of(n, recent);
  row[2] = a.value;
  row[3] = b.value;
  row[4] = b.error;
}

static fhrl_status save_loss(const fhrl_reproduce *r, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"step", "gamma", "loss", "loss_20", "loss_20_error"};
  static const char *const units[] = {"1", "1", "nat/byte", "nat/byte", "nat/byte"};
  fhrl_table t;
  int blocks = 0;
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.reproduce.loss/1", names, units, 5, err));
  for (const fhrl_reproduce_case *c = next_gamma(r, -1.0); c; c = next_gamma(r, c->model.gamma)) {
    if (c->role != FHRL_CLAIMS_GAMMA) continue;
    if (blocks++ > 0) fhrl_table_break(&t);
    for (int step = 0; step < (int)c->train.value[FHRL_TRAIN_STEPS]; step++) {
      double row[5] = {step + 1.0, c->model.gamma};
      curve_at(r, c, step, row);
      fhrl_table_row(&t, row);
    }
  }
  return fhrl_table_commit(&t, err);
}

static fhrl_status save_map(const fhrl_reproduce_run *run, fhrl_table *t, fhrl_err *err)
{
  fhrl_gpt gpt = {.count = 0};
  FHRL_TRY(fhrl_gpt_load(run->folder, &gpt, err));
  const int d = gpt.config.d;
  const fhrl_real *w = gpt.params.layer[0].wr;
  for (int row = 0; row < d; row++)
    for (int k = 0; k < d; k++) fhrl_table_row(t, (const double[]){run->item->model.gamma, row, k, (double)*w++});
  fhrl_gpt_free(&gpt);
  return FHRL_OK;
}

static fhrl_status save_reentry(const fhrl_reproduce *r, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"gamma", "row", "column", "value"}, *const units[] = {"1", "channel", "channel", "1"};
  static const double wanted[MAPS] = {0.0, 0.1, 0.2, 0.3}; // figure 5 of the paper
  const fhrl_reproduce_run *chosen[MAPS];
  int n = 0;
  fhrl_table t;
  for (int m = 0; m < MAPS; m++) {
    const fhrl_reproduce_run *best = NULL;
    for (int i = 0; i < r->done; i++) {
      const fhrl_reproduce_run *run = &r->run[i];
      if (run->item->role != FHRL_CLAIMS_GAMMA || r->numbers[i].seed != r->plan.first) continue;
      if (!best || fabs(run->item->model.gamma - wanted[m]) < fabs(best->item->model.gamma - wanted[m])) best = run;
    }
    if (best && (n == 0 || chosen[n - 1] != best)) chosen[n++] = best;
  }
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.reproduce.reentry/1", names, units, 4, err));
  for (int m = 0; m < n; m++) {
    if (m > 0) fhrl_table_break(&t);
    const fhrl_status status = save_map(chosen[m], &t, err);
    if (status != FHRL_OK) {
      fhrl_table_abandon(&t);
      return status;
    }
  }
  return fhrl_table_commit(&t, err);
}

static fhrl_status save_claims(const fhrl_claims_result results[], const char *path, fhrl_err *err)
{
  static const char *const names[] = {"claim", "verdict", "quantity", "unit", "value", "error", "low", "high", "n"};
  static const char *const units[] = {"", "", "", "", "", "", "", "", "1"};
  fhrl_table t;
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.reproduce.claims/1", names, units, 9, err));
  for (int i = 0; fhrl_claims_table[i].id; i++)
    for (int k = 0; k < results[i].count; k++) {
      const fhrl_claims_measured *m = &results[i].measured[k];
      fhrl_table_text(&t, fhrl_claims_table[i].id);
      fhrl_table_text(&t, fhrl_claims_word(results[i].verdict));
      fhrl_table_text(&t, m->name);
      fhrl_table_text(&t, m->unit);
      fhrl_table_real(&t, m->mean.value);
      fhrl_table_real(&t, m->mean.error);
      fhrl_table_real(&t, m->mean.low);
      fhrl_table_real(&t, m->mean.high);
      fhrl_table_int(&t, m->mean.n);
    }
  return fhrl_table_commit(&t, err);
}

fhrl_status fhrl_reproduce_files_save(const fhrl_reproduce *r, const fhrl_claims_result results[], const char *folder, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_file_join(folder, "runs.tsv", path, err));
  FHRL_TRY(save_runs(r, path, err));
  FHRL_TRY(fhrl_file_join(folder, "gamma.tsv", path, err));
  FHRL_TRY(save_cases(r, 1, path, err));
  FHRL_TRY(fhrl_file_join(folder, "controls.tsv", path, err));
  FHRL_TRY(save_cases(r, 0, path, err));
  FHRL_TRY(fhrl_file_join(folder, "loss.tsv", path, err));
  FHRL_TRY(save_loss(r, path, err));
  FHRL_TRY(fhrl_file_join(folder, "reentry.tsv", path, err));
  FHRL_TRY(save_reentry(r, path, err));
  FHRL_TRY(fhrl_file_join(folder, "claims.tsv", path, err));
  return save_claims(results, path, err);
}
