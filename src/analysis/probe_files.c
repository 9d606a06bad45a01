// SPDX-License-Identifier: GPL-3.0-or-later
// probe_files: what `fhrl probe` leaves: tables for people and gnuplot, recordings for other programs
#include "analysis/probe_files.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "io/dataset.h"
#include "io/table.h"

static const char *source_of(const fhrl_probe_session *s)
{
  static const char *const word[] = {"random", "corpus", "bytes"};
  return word[s->plan.source];
}

// ---- JSON

static void put_number(void *object, const char *name, const char *unit, const char *meaning, double value,
  const char *reason)
{
  fhrl_json_real(object, name, value, reason);
}

void fhrl_probe_files_json(const fhrl_probe_session *s, fhrl_json *object)
{
  fhrl_json *layers = fhrl_json_array(), *mean = fhrl_json_object();
  fhrl_json_int(object, "sequences", s->N);
  fhrl_json_text(object, "source", source_of(s));
  for (int i = 0; i < s->config.layers; i++) {
    fhrl_json *layer = fhrl_json_object();
    fhrl_json_int(layer, "layer", i);
    fhrl_probe_each(&s->layer[i], put_number, layer);
    fhrl_json_add(layers, layer);
  }
  fhrl_probe_each(&s->mean, put_number, mean);
  fhrl_json_put(object, "layers", layers);
  fhrl_json_put(object, "mean", mean);
}

// ---- tables

enum { COLUMNS = 256, NAME = 64 };
typedef struct header {
  char text[COLUMNS][NAME];
  const char *name[COLUMNS], *unit[COLUMNS];
  int count;
} header;

static void add_column(void *context, const char *name, const char *unit, const char *meaning, double value,
  const char *reason)
{
  header *h = context;
  if (h->count == COLUMNS) return;
  snprintf(h->text[h->count], NAME, "%s", name);
  h->name[h->count] = h->text[h->count];
  h->unit[h->count++] = unit;
}

static void add_cell(void *context, const char *name, const char *unit, const char *meaning, double value,
  const char *reason)
{
  fhrl_table_real(context, value);
}

static fhrl_status save_metrics(const fhrl_probe_session *s, const char *path, fhrl_err *err)
{
  header *h = calloc(1, sizeof *h);
  if (!h) return fhrl_fail(err, FHRL_NOMEM, "no memory for the columns of %s", path);
  fhrl_table t;
  add_column(h, "layer", "1", "", 0.0, "");
  fhrl_probe_each(&s->mean, add_column, h);
  fhrl_status status = fhrl_table_begin(&t, path, "fhrl.probe.metrics/1", h->name, h->unit, h->count, err);
  if (status == FHRL_OK) {
    for (int i = 0; i < s->config.layers; i++) {
      fhrl_table_int(&t, i);
      fhrl_probe_each(&s->layer[i], add_cell, &t);
    }
    fhrl_table_text(&t, "mean");
    fhrl_probe_each(&s->mean, add_cell, &t);
    status = fhrl_table_commit(&t, err);
  }
  free(h);
  return status;
}

static fhrl_status save_tokens(const fhrl_probe_session *s, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"t", "irr", "irr_error", "esri_out", "esri_x", "esri_y"};
  static const char *const units[] = {"token", "1", "1", "1", "1", "1"};
  const int T = s->config.T, N = s->N;
  double *column = malloc((size_t)N * sizeof *column);
  if (!column) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d probes", N);
  fhrl_table t;
  fhrl_status status = fhrl_table_begin(&t, path, "fhrl.probe.irr/1", names, units, 6, err);
  if (status == FHRL_OK) {
    for (int i = 0; i < s->config.layers; i++) {
      const fhrl_probe_result *r = &s->layer[i];
      if (i > 0) fhrl_table_break(&t);
      for (int token = 0; token < T; token++) {
        for (int n = 0; n < N; n++) column[n] = r->irr_t[(size_t)n * T + token];
        const fhrl_mean irr = fhrl_metrics_mean(N, column);
        const double row[] = {token + 1.0, irr.value, irr.error, r->esri_t[token], r->esri_t[T + token],
          r->esri_t[2 * T + token]};
        fhrl_table_row(&t, row);
      }
    }
    status = fhrl_table_commit(&t, err);
  }
  free(column);
  return status;
}

static fhrl_status save_spectra(const fhrl_probe_session *s, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"f", "amplitude", "null_mean", "null_low", "null_high", "surrogates"};
  static const char *const units[] = {"1/sample", "1", "1", "1", "1", "1"};
  fhrl_table t;
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.probe.rdp/1", names, units, 6, err));
  for (int i = 0; i < s->config.layers; i++) {
    const fhrl_probe_drift *d = &s->layer[i].drift[FHRL_PROBE_K];
    const double *a = d->amplitude;
    const int bins = d->bins, n = s->plan.perturbations - 1;
    if (i > 0) fhrl_table_break(&t);
    for (int j = 1; j < bins; j++) // the amplitude at f = 0 is zero: the mean has been taken off
      fhrl_table_row(&t, (const double[]){(double)j / n, a[j], a[bins + j], a[2 * bins + j], a[3 * bins + j], d->M});
    if (d->M == 0) fhrl_table_row(&t, (const double[]){0.5, FHRL_NAN, FHRL_NAN, FHRL_NAN, FHRL_NAN, 0.0});
  }
  return fhrl_table_commit(&t, err);
}

static fhrl_status save_reentry(const fhrl_probe_session *s, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"row", "column", "value"};
  static const char *const units[] = {"channel", "channel", "1"};
  const int d = s->config.d;
  const double *W = s->wr;
  fhrl_table t;
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.probe.wr/1", names, units, 3, err));
  for (int i = 0; i < s->config.layers; i++) {
    if (i > 0) fhrl_table_break(&t);
    for (int row = 0; row < d; row++)
      for (int column = 0; column < d; column++) fhrl_table_row(&t, (const double[]){row, column, *W++});
  }
  return fhrl_table_commit(&t, err);
}

static fhrl_status save_singular(const fhrl_probe_session *s, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"index", "sigma"};
  static const char *const units[] = {"1", "1"};
  fhrl_table t;
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.probe.wr_spectrum/1", names, units, 2, err));
  for (int i = 0; i < s->config.layers; i++) {
    if (i > 0) fhrl_table_break(&t);
    for (int k = 0; k < s->config.d; k++) fhrl_table_row(&t, (const double[]){k + 1.0, s->layer[i].sigma[k]});
  }
  return fhrl_table_commit(&t, err);
}

// ---- recordings

typedef struct store {
  double *next, *first; // first: owned
} store;

static const double *widen(store *to, size_t n, const fhrl_real from[])
{
  double *out = to->next;
  for (size_t i = 0; i < n; i++) out[i] = (double)from[i];
  to->next += n;
  return out;
}

static fhrl_status save_layer(const fhrl_probe_session *s, int i, const char *path, const char *const attributes[],
  store *to, fhrl_err *err)
{
  const fhrl_record_layer *r = &s->record.layer[i];
  const size_t N = (size_t)s->N, T = (size_t)s->config.T, d = (size_t)s->config.d, slots = (size_t)s->config.r;
  to->next = to->first;
#define STATE(label, text) {label, "1", text, 3, {"probe", "token", "channel"}, {N, T, d}, NULL}
#define SLOTS(label, text) {label, "1", text, 3, {"probe", "slot", "channel"}, {N, slots, d}, NULL}
  fhrl_variable v[] = {
    STATE("x_pre", "input of FH-RL: the residual stream after attention"),
    STATE("x", "input with reentry"),
    STATE("y", "output of FH-RL"),
    SLOTS("U", "fast memory after the last token, without slot noise"),
    SLOTS("V", "fast memory after the last token, without slot noise"),
  };
#undef STATE
#undef SLOTS
  int count = 0; // fewer where the layer is of another kind, or there is none
  v[count++].data = widen(to, N * T * d, r->x_pre);
  v[count++].data = widen(to, N * T * d, r->x);
  if (r->y) v[count++].data = widen(to, N * T * d, r->y);
  if (r->U) {
    v[count++].data = widen(to, N * slots * d, r->U);
    v[count++].data = widen(to, N * slots * d, r->V);
  }
  return fhrl_dataset_save(path, v, count, 1, attributes, err);
}

static fhrl_status save_logits(const fhrl_probe_session *s, const char *path, const char *const attributes[], store *to,
  fhrl_err *err)
{
  const size_t N = (size_t)s->N, T = (size_t)s->config.T, V = (size_t)s->config.vocabulary;
  to->next = to->first;
  fhrl_variable v[] = {
    {"logits", "1", "output of the head", 3, {"probe", "token", "byte"}, {N, T, V}, NULL},
    {"bytes", "1", "what the network was driven with", 2, {"probe", "token"}, {N, T}, NULL},
  };
  v[0].data = widen(to, N * T * V, s->record.logits);
  v[1].data = to->next;
  for (size_t j = 0; j < N * T; j++) to->next[j] = s->byte[j];
  return fhrl_dataset_save(path, v, 2, 1, attributes, err);
}

static fhrl_status save_recordings(const fhrl_probe_session *s, const char *folder, const char *version, fhrl_err *err)
{
  const size_t rows = (size_t)s->N * s->config.T, layer = rows * 3 * (size_t)s->config.d +
    2 * (size_t)s->N * s->config.r * s->config.d, logits = rows * ((size_t)s->config.vocabulary + 1);
  char gamma[40], seed[16], index[16], name[32], path[FHRL_PATH_SIZE];
  snprintf(gamma, sizeof gamma, "%.17g", s->config.gamma);
  snprintf(seed, sizeof seed, "%u", (unsigned)s->plan.seed);
  const char *const attributes[] = {"model", "fhrl_layer", "gamma", gamma, "seed", seed, "version", version, "source",
    source_of(s), "layer", index, NULL};
  const char *const without_layer[] = {"model", "gpt", "gamma", gamma, "seed", seed, "version", version, "source",
    source_of(s), NULL};
  store to = {NULL, malloc((layer > logits ? layer : logits) * sizeof *to.first)};
  if (!to.first) return fhrl_fail(err, FHRL_NOMEM, "no memory for the recordings of %d probes", s->N);
  fhrl_status status = FHRL_OK;
  for (int i = 0; i < s->config.layers; i++) {
    snprintf(index, sizeof index, "%d", i);
    snprintf(name, sizeof name, "layer%d.nc", i);
    FHRL_DO(status, fhrl_file_join(folder, name, path, err));
    FHRL_DO(status, save_layer(s, i, path, attributes, &to, err));
  }
  FHRL_DO(status, fhrl_file_join(folder, "logits.nc", path, err));
  status = save_logits(s, path, without_layer, &to, err);
done:
  free(to.first);
  return status;
}

fhrl_status fhrl_probe_files_save(const fhrl_probe_session *s, const char *folder, const char *version, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_file_join(folder, "metrics.tsv", path, err));
  FHRL_TRY(save_metrics(s, path, err));
  FHRL_TRY(fhrl_file_join(folder, "probe_irr.tsv", path, err));
  FHRL_TRY(save_tokens(s, path, err));
  FHRL_TRY(fhrl_file_join(folder, "probe_rdp.tsv", path, err));
  FHRL_TRY(save_spectra(s, path, err));
  if (s->wr) {
    FHRL_TRY(fhrl_file_join(folder, "wr.tsv", path, err));
    FHRL_TRY(save_reentry(s, path, err));
    FHRL_TRY(fhrl_file_join(folder, "wr_spectrum.tsv", path, err));
    FHRL_TRY(save_singular(s, path, err));
  }
  return save_recordings(s, folder, version, err);
}
