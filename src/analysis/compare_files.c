// SPDX-License-Identifier: GPL-3.0-or-later
// compare_files: the tables that `fhrl compare` leaves, and the twin's trajectories
#include "analysis/compare_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/dataset.h"
#include "io/table.h"
#include "ode/model.h"

static fhrl_status save_ladder(const fhrl_compare_plan *plan, const fhrl_compare_layer results[], int count, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"layer", "h", "error_rms", "error_sup", "relative_rms", "other_error_rms",
    "other_error_sup", "other_relative_rms"};
  static const char *const units[] = {"1", "token", "1", "1", "1", "1", "1", "1"};
  fhrl_table t = {0};
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.compare.ladder/1", names, units, 8, err));
  for (int i = 0; i < count; i++) {
    const fhrl_compare_ladder *a = &results[i].ladder[plan->rate], *b = &results[i].ladder[fhrl_compare_other(plan)];
    const double hole = b->sequences > 0 ? 0.0 : FHRL_NAN; // not measured: leave the cells empty
    if (i > 0) fhrl_table_break(&t);
    for (int k = 0; k < FHRL_COMPARE_RUNGS; k++)
      fhrl_table_row(&t, (const double[]){results[i].index, ldexp(1.0, -k), a->error_rms[k], a->error_sup[k],
        a->error_rms[k] / a->flow_rms, hole + b->error_rms[k], hole + b->error_sup[k], hole + b->error_rms[k] / b->flow_rms});
  }
  return fhrl_table_commit(&t, err);
}

// The limit is no point on a logarithmic axis: it stands in columns of its own, in every row.
static fhrl_status save_curve(const fhrl_compare_layer results[], int count, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"layer", "c", "paper", "exact", "paper_limit", "exact_limit"};
  static const char *const units[] = {"1", "1/token", "1", "1", "1", "1"};
  const int last = FHRL_COMPARE_SPEEDS - 1;
  fhrl_table t = {0};
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.compare.c/1", names, units, 6, err));
  for (int i = 0; i < count; i++) {
    const double *paper = results[i].curve[FHRL_LAYER_PAPER], *exact = results[i].curve[FHRL_LAYER_EXACT];
    if (i > 0) fhrl_table_break(&t);
    for (int k = 0; k < last; k++)
      fhrl_table_row(&t, (const double[]){results[i].index, fhrl_compare_speed(k), paper[k], exact[k], paper[last],
        exact[last]});
  }
  return fhrl_table_commit(&t, err);
}

static void add_twin(fhrl_table *t, const fhrl_compare_layer *r, int network)
{
  const int per_token = network ? 1 : FHRL_COMPARE_TWIN;
  const double *y = network ? r->twin : r->flow_twin;
  for (int k = 1; k <= r->tokens * per_token; k++, y += r->d) {
    fhrl_table_int(t, r->index);
    fhrl_table_int(t, network);
    fhrl_table_real(t, (double)k / per_token);
    fhrl_table_real(t, fhrl_norm(r->d, y));
    for (int i = 0; i < FHRL_COMPARE_CHANNELS; i++) fhrl_table_real(t, i < r->d ? y[i] : FHRL_NAN);
  }
}

static fhrl_status save_twin(const fhrl_compare_layer results[], int count, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"layer", "network", "t", "rho", "y[0]", "y[1]", "y[2]"};
  static const char *const units[] = {"1", "1", "token", "1", "1", "1", "1"};
  fhrl_table t = {0};
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.compare.twin/1", names, units, 4 + FHRL_COMPARE_CHANNELS, err));
  for (int i = 0; i < 2 * count; i++) {
    if (i > 0) fhrl_table_break(&t);
    add_twin(&t, &results[i / 2], i % 2);
  }
  return fhrl_table_commit(&t, err);
}

// A row per token: the flow's rms, and for h = 1, 1/2, ... the errors over channels and sequences.
static fhrl_status save_tokens(const fhrl_compare_layer results[], int count, const char *path, fhrl_err *err)
{
  enum { FIXED = 3, COLUMNS = FIXED + 2 * FHRL_COMPARE_RUNGS };
  const char *names[COLUMNS] = {"layer", "token", "flow_rms"}, *units[COLUMNS] = {"1", "1", "1"};
  char text[2 * FHRL_COMPARE_RUNGS][32];
  for (int k = 0; k < FHRL_COMPARE_RUNGS; k++)
    for (int sup = 0; sup < 2; sup++) {
      const int at = k + sup * FHRL_COMPARE_RUNGS;
      snprintf(text[at], sizeof text[at], "%s[%d]", sup ? "error_sup" : "error_rms", 1 << k); // by m = 1/h
      names[FIXED + at] = text[at];
      units[FIXED + at] = "1";
    }
  fhrl_table t = {0};
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.compare.token/1", names, units, COLUMNS, err));
  for (int i = 0; i < count; i++) {
    const double *row = results[i].token;
    if (i > 0) fhrl_table_break(&t);
    for (int token = 0; token < results[i].tokens; token++) {
      fhrl_table_int(&t, results[i].index);
      fhrl_table_int(&t, token);
      for (int k = 0; k < COLUMNS - 2; k++) fhrl_table_real(&t, *row++);
    }
  }
  return fhrl_table_commit(&t, err);
}

// The network as recorded stands at h = 1 with `recorded` 1; then the rungs, and the flow at h = 0.
static fhrl_status save_metrics(const fhrl_compare_layer results[], int count, const char *path, fhrl_err *err)
{
  enum { FIXED = 3, COLUMNS = FIXED + 2 * FHRL_COMPARE_METRICS + 2 };
  const char *names[COLUMNS] = {"layer", "recorded", "h"}, *units[COLUMNS] = {"1", "1", "token"};
  char text[FHRL_COMPARE_METRICS][64];
  for (int m = 0; m < FHRL_COMPARE_METRICS; m++) {
    snprintf(text[m], sizeof text[m], "%s_error", fhrl_compare_metric_names[m]);
    names[FIXED + 2 * m] = fhrl_compare_metric_names[m];
    names[FIXED + 2 * m + 1] = text[m];
  }
  names[COLUMNS - 2] = "effective_rank";
  names[COLUMNS - 1] = "sigma_ratio";
  for (int i = FIXED; i < COLUMNS; i++) units[i] = "1";
  units[FIXED + 4] = units[FIXED + 5] = units[FIXED + 8] = units[FIXED + 9] = "1/token"; // rdp's frequency and centroid
  fhrl_table t = {0};
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.compare.metrics/1", names, units, COLUMNS, err));
  for (int i = 0; i < count; i++) {
    const fhrl_compare_layer *r = &results[i];
    if (i > 0) fhrl_table_break(&t);
    for (int side = 0; side < FHRL_COMPARE_SIDES; side++) {
      const fhrl_slots *slots = side == FHRL_COMPARE_NETWORK ? &r->slots.network : &r->slots.side[side - FHRL_COMPARE_RUNG];
      fhrl_table_int(&t, r->index);
      fhrl_table_int(&t, side == FHRL_COMPARE_NETWORK);
      fhrl_table_real(&t, side == FHRL_COMPARE_NETWORK ? 1.0 : side == FHRL_COMPARE_FLOW ? 0.0 : ldexp(1.0, FHRL_COMPARE_RUNG - side));
      for (int m = 0; m < FHRL_COMPARE_METRICS; m++) {
        fhrl_table_real(&t, r->metric[m][side].value);
        fhrl_table_real(&t, r->metric[m][side].error);
      }
      fhrl_table_real(&t, slots->effective_rank);
      fhrl_table_real(&t, slots->ratio);
    }
  }
  return fhrl_table_commit(&t, err);
}

// ---- the twin: both sides on one axis of time

// network (layer, time, channel) from the twins: NaN between tokens' ends, where a map has no state.
static void spread(const fhrl_compare_layer *r, double network[])
{
  const size_t rows = (size_t)r->tokens * FHRL_COMPARE_TWIN, d = (size_t)r->d;
  for (size_t i = 0; i < rows * d; i++) network[i] = FHRL_NAN;
  for (size_t t = 0; t < (size_t)r->tokens; t++)
    memcpy(network + ((t + 1) * FHRL_COMPARE_TWIN - 1) * d, r->twin + t * d, d * sizeof *network);
}

static fhrl_status save_trajectories(const fhrl_compare_layer results[], int count, const char *path, fhrl_err *err)
{
  const size_t rows = (size_t)results[0].tokens * FHRL_COMPARE_TWIN, d = (size_t)results[0].d, size = rows * d;
  double *flow = malloc((2 * (size_t)count * size + rows + (size_t)count) * sizeof *flow);
  if (flow == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the twins of %d layers", count);
  double *network = flow + (size_t)count * size, *time = network + (size_t)count * size, *index = time + rows;
  for (size_t k = 0; k < rows; k++) time[k] = (double)(k + 1) / FHRL_COMPARE_TWIN;
  for (int i = 0; i < count; i++) {
    memcpy(flow + (size_t)i * size, results[i].flow_twin, size * sizeof *flow);
    spread(&results[i], network + (size_t)i * size);
    index[i] = results[i].index;
  }
  const fhrl_variable v[] = {
    {"time", "token", "time since the sequence began; one token is one unit", 1, {"time"}, {rows}, time},
    {"layer", "1", "layer of the network", 1, {"layer"}, {(size_t)count}, index},
    {"flow_y", "1", "y of the flow, c = 1", 3, {"layer", "time", "channel"}, {(size_t)count, rows, d}, flow},
    {"network_y", "1", "y of the network at tokens' ends; not a number between them", 3, {"layer", "time", "channel"},
      {(size_t)count, rows, d}, network},
  };
  const char *const attributes[] = {"title", "a network and its flow under the same input, first sequence", "schema",
    "fhrl.compare.twin/1", NULL};
  const fhrl_status status = fhrl_dataset_save(path, v, 4, 0, attributes, err);
  free(flow);
  return status;
}

fhrl_status fhrl_compare_files_save(const fhrl_compare_plan *plan, const fhrl_compare_layer results[], int count,
  const char *folder, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_file_join(folder, "compare.tsv", path, err));
  FHRL_TRY(save_ladder(plan, results, count, path, err));
  FHRL_TRY(fhrl_file_join(folder, "compare_c.tsv", path, err));
  FHRL_TRY(save_curve(results, count, path, err));
  FHRL_TRY(fhrl_file_join(folder, "compare_token.tsv", path, err));
  FHRL_TRY(save_tokens(results, count, path, err));
  FHRL_TRY(fhrl_file_join(folder, "compare_metrics.tsv", path, err));
  FHRL_TRY(save_metrics(results, count, path, err));
  FHRL_TRY(fhrl_file_join(folder, "compare_twin.tsv", path, err));
  FHRL_TRY(save_twin(results, count, path, err));
  FHRL_TRY(fhrl_file_join(folder, "twin.nc", path, err));
  return save_trajectories(results, count, path, err);
}
