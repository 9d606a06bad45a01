// SPDX-License-Identifier: GPL-3.0-or-later
// compare_files: what `fhrl compare` leaves: its JSON, and the tables that its figures are drawn from
#include "analysis/compare_files.h"

#include <math.h>
#include <stdio.h>

#include "io/table.h"

static const char *const rates[FHRL_COMPARE_RATES] = {[FHRL_LAYER_PAPER] = "paper", [FHRL_LAYER_EXACT] = "exact"};

// ---- JSON

static fhrl_json *ladder(const fhrl_compare_layer *r)
{
  fhrl_json *array = fhrl_json_array();
  for (int k = 0; k < FHRL_COMPARE_RUNGS; k++) {
    fhrl_json *o = fhrl_json_object();
    fhrl_json_real(o, "h", ldexp(1.0, -k), NULL);
    fhrl_json_real(o, "error_sup", r->error_sup[k], NULL);
    fhrl_json_real(o, "error_rms", r->error_rms[k], NULL);
    fhrl_json_add(array, o);
  }
  return array;
}

static fhrl_json *curve(const fhrl_compare_layer *r)
{
  fhrl_json *array = fhrl_json_array();
  for (int rate = 0; rate < FHRL_COMPARE_RATES; rate++)
    for (int k = 0; k < FHRL_COMPARE_SPEEDS; k++) {
      fhrl_json *o = fhrl_json_object();
      fhrl_json_text(o, "rate", rates[rate]);
      fhrl_json_real(o, "c", fhrl_compare_speed(k), "infinite: y solves y = g(|w|) w at once");
      fhrl_json_real(o, "relative_rms", r->curve[rate][k], r->curve_reason[rate]);
      fhrl_json_add(array, o);
    }
  return array;
}

static void put_stability(const fhrl_compare_layer *r, fhrl_json *o)
{
  const fhrl_ladder_stability *s = &r->stability;
  fhrl_json *e = fhrl_json_object();
  fhrl_json_real(o, "h_c_simultaneous", s->simultaneous, r->stability_reason);
  fhrl_json_real(o, "h_c_sequential", s->sequential, r->stability_reason);
  fhrl_json_put(o, "equilibrium", e); // under x_pre of this token, held for ever
  fhrl_json_int(e, "sequence", 0);
  fhrl_json_int(e, "token", r->tokens - 1);
  fhrl_json_real(e, "rho", s->rho, r->stability_reason);
  fhrl_json_real(e, "residual", s->residual, r->stability_reason);
  fhrl_json_real(e, "largest_real_part", s->growth, r->stability_reason);
}

static fhrl_json *metrics(const fhrl_compare_layer *r)
{
  static const char *const reason[FHRL_COMPARE_METRICS] = {"x_pre is zero at some token",
    "fewer than 12 sequences, or the window does not fit into one", "fewer than 3 tokens, or y is zero at one"};
  fhrl_json *o = fhrl_json_object(), *side[2] = {fhrl_json_object(), fhrl_json_object()};
  fhrl_json_put(o, "discrete", side[0]);
  fhrl_json_put(o, "continuous", side[1]);
  for (int m = 0; m < FHRL_COMPARE_METRICS; m++)
    for (int i = 0; i < 2; i++) {
      const fhrl_mean mean = i ? r->metric[m].continuous : r->metric[m].discrete;
      char name[64];
      fhrl_json_real(side[i], fhrl_compare_metric_names[m], mean.value, reason[m]);
      snprintf(name, sizeof name, "%s_error", fhrl_compare_metric_names[m]);
      fhrl_json_real(side[i], name, mean.error, reason[m]);
    }
  return o;
}

void fhrl_compare_files_json(const fhrl_compare_plan *plan, const fhrl_compare_layer results[], int count,
  fhrl_json *object)
{
  fhrl_json *layers = fhrl_json_array();
  fhrl_json_text(object, "rate", rates[plan->rate]);
  fhrl_json_put(object, "layers", layers);
  for (int i = 0; i < count; i++) {
    const fhrl_compare_layer *r = &results[i];
    fhrl_json *o = fhrl_json_object();
    fhrl_json_add(layers, o);
    fhrl_json_int(o, "layer", r->index);
    fhrl_json_int(o, "tokens", r->tokens);
    fhrl_json_real(o, "network_deviation", r->network_deviation, "the recorded y is zero");
    fhrl_json_put(o, "ladder", ladder(r));
    fhrl_json_real(o, "order", r->order, "an error of the ladder is zero");
    fhrl_json_real(o, "flow_rms", r->flow_rms, NULL);
    fhrl_json_real(o, "relative_at_1", r->relative_at_1, "the flow is zero");
    fhrl_json_put(o, "c_curve", curve(r));
    fhrl_json_real(o, "c_star", r->c_star, r->c_star_reason);
    put_stability(r, o);
    fhrl_json_put(o, "metrics", metrics(r));
  }
}

// ---- tables

static fhrl_status save_ladder(const fhrl_compare_layer results[], int count, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"layer", "h", "error_rms", "error_sup", "relative_rms"};
  static const char *const units[] = {"1", "token", "1", "1", "1"};
  fhrl_table t = {0};
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.compare.ladder/1", names, units, 5, err));
  for (int i = 0; i < count; i++) {
    const fhrl_compare_layer *r = &results[i];
    if (i > 0) fhrl_table_break(&t);
    for (int k = 0; k < FHRL_COMPARE_RUNGS; k++)
      fhrl_table_row(&t, (const double[]){r->index, ldexp(1.0, -k), r->error_rms[k], r->error_sup[k],
        r->error_rms[k] / r->flow_rms});
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
  const int per_token = network ? 1 : FHRL_COMPARE_TWIN, columns = 1 + FHRL_COMPARE_CHANNELS;
  const double *row = network ? r->twin : r->flow_twin;
  for (int k = 1; k <= r->tokens * per_token; k++, row += columns) {
    fhrl_table_int(t, r->index);
    fhrl_table_int(t, network);
    fhrl_table_real(t, (double)k / per_token);
    for (int i = 0; i < columns; i++) fhrl_table_real(t, row[i]);
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

fhrl_status fhrl_compare_files_save(const fhrl_compare_layer results[], int count, const char *folder, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_file_join(folder, "compare.tsv", path, err));
  FHRL_TRY(save_ladder(results, count, path, err));
  FHRL_TRY(fhrl_file_join(folder, "compare_c.tsv", path, err));
  FHRL_TRY(save_curve(results, count, path, err));
  FHRL_TRY(fhrl_file_join(folder, "compare_twin.tsv", path, err));
  return save_twin(results, count, path, err);
}
