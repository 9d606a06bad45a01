// SPDX-License-Identifier: GPL-3.0-or-later
// train_state: the files of a training run
//
// state.safetensors: the weights by their names, Adam's moments as adam.m.NAME and adam.v.NAME, what was measured as
// train.loss, train.gradient_norm, train.eval_loss and train.probe (train.h), and as metadata format = "fhrl-state",
// state.step, model.*, train.* and the fingerprints of the corpora and of the start.
#include "nn/train_state.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/table.h"
#include "nn/metadata.h"

typedef struct names { // of the moments
  char m[48], v[48];
} names;

enum { HISTORIES = 4 };
typedef struct history { // one of the measured series
  const char *name;
  double *data;
  size_t width;         // numbers of one entry
  size_t (*length)(const fhrl_train *t, int step);
} history;

typedef struct sheet { // what save and load lay out alike
  fhrl_gpt_tensor *layout; // (count)
  names *name;             // (count)
  fhrl_tensor *tensor;     // (3 count + HISTORIES)
  history history[HISTORIES];
  fhrl_metadata *metadata; // without state.step
  int count;
} sheet;

static void sheet_free(sheet *s)
{
  free(s->layout);
  free(s->name);
  free(s->tensor);
  free(s->metadata);
}

static size_t each_step(const fhrl_train *t, int step) { return (size_t)step; }
static size_t each_evaluation(const fhrl_train *t, int step) { return (size_t)fhrl_train_evaluations(t, step); }
static size_t each_observation(const fhrl_train *t, int step) { return (size_t)fhrl_train_observations(t, step); }

// steps: those of the run that is described, which may be fewer than are wanted now.
static fhrl_status describe_run(const fhrl_train *t, int steps, fhrl_metadata *m, fhrl_err *err)
{
  double train[FHRL_TRAIN_KEY_COUNT], model[FHRL_GPT_KEY_COUNT];
  char print[24];
  fhrl_gpt_values(&t->job.model, model);
  memcpy(train, t->job.train.value, sizeof train);
  train[FHRL_TRAIN_STEPS] = steps;
  FHRL_TRY(fhrl_metadata_put(m, "format", "fhrl-state", err));
  FHRL_TRY(fhrl_metadata_fields(m, "model", fhrl_gpt_fields, FHRL_GPT_KEY_COUNT, model, err));
  FHRL_TRY(fhrl_metadata_fields(m, "train", fhrl_train_fields, FHRL_TRAIN_KEY_COUNT, train, err));
  snprintf(print, sizeof print, "%016" PRIx64, t->corpus_print);
  FHRL_TRY(fhrl_metadata_put(m, "train.corpus (fingerprint)", print, err));
  snprintf(print, sizeof print, "%016" PRIx64, t->held_print);
  FHRL_TRY(fhrl_metadata_put(m, "train.eval_corpus (fingerprint)", print, err));
  snprintf(print, sizeof print, "%016" PRIx64, t->init_print);
  return fhrl_metadata_put(m, "train.init (fingerprint of the first weights)", print, err);
}

static fhrl_status sheet_init(const fhrl_train *t, int steps, sheet *s, fhrl_err *err)
{
  *s = (sheet){.count = fhrl_gpt_layout(&t->job.model, NULL, NULL)};
  const size_t n = (size_t)s->count;
  s->layout = calloc(n, sizeof *s->layout);
  s->name = calloc(n, sizeof *s->name);
  s->tensor = calloc(3 * n + HISTORIES, sizeof *s->tensor);
  s->metadata = calloc(1, sizeof *s->metadata);
  if (!s->layout || !s->name || !s->tensor || !s->metadata)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for the table of %zu tensors", n);
  fhrl_gpt_layout(&t->job.model, s->layout, NULL);
  for (int k = 0; k < s->count; k++) {
    const fhrl_gpt_tensor *at = &s->layout[k];
    snprintf(s->name[k].m, sizeof s->name[k].m, "adam.m.%s", at->name);
    snprintf(s->name[k].v, sizeof s->name[k].v, "adam.v.%s", at->name);
    s->tensor[k] = fhrl_gpt_describe(at, at->name, t->gpt.weights);
    s->tensor[s->count + k] = fhrl_gpt_describe(at, s->name[k].m, t->m);
    s->tensor[2 * s->count + k] = fhrl_gpt_describe(at, s->name[k].v, t->v);
  }
  const fhrl_train_observer *o = t->job.observer;
  const history all[HISTORIES] = {{"train.loss", t->loss, 1, each_step},
    {"train.gradient_norm", t->norm, 1, each_step},
    {"train.eval_loss", t->held_loss, 1, each_evaluation},
    {"train.probe", t->seen, o ? (size_t)o->blocks * o->columns : 0, each_observation}};
  for (int k = 0; k < HISTORIES; k++) {
    const size_t length = all[k].length(t, t->steps);
    s->history[k] = all[k];
    s->tensor[3 * n + (size_t)k] = (fhrl_tensor){.name = all[k].name,
      .dtype = FHRL_F64,
      .rank = 2,
      .shape = {length, all[k].width},
      .count = length * all[k].width,
      .data = all[k].data};
  }
  return describe_run(t, steps, s->metadata, err);
}

static fhrl_status save_state(const fhrl_train *t, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE], step[16];
  sheet s;
  fhrl_status status;
  snprintf(step, sizeof step, "%d", t->step);
  FHRL_DO(status, sheet_init(t, t->steps, &s, err));
  FHRL_DO(status, fhrl_metadata_put(s.metadata, "state.step", step, err));
  FHRL_DO(status, fhrl_file_join(t->job.folder, "state.safetensors", path, err));
  FHRL_DO(status, fhrl_safetensors_save(path, s.tensor, 3 * s.count + HISTORIES, s.metadata->list, err));
done:
  sheet_free(&s);
  return status;
}

static fhrl_status save_losses(const fhrl_train *t, fhrl_err *err)
{
  static const char *const columns[] = {"step", "loss", "lr", "gradient_norm", "eval_loss"};
  static const char *const units[] = {"1", "nat/byte", "1", "nat/byte", "nat/byte"};
  char path[FHRL_PATH_SIZE];
  fhrl_table table;
  FHRL_TRY(fhrl_file_join(t->job.folder, "loss.tsv", path, err));
  FHRL_TRY(fhrl_table_begin(&table, path, "fhrl.loss/2", columns, units, 5, err));
  for (int i = 0; i < t->step; i++) {
    const int n = fhrl_train_evaluations(t, i + 1);
    fhrl_table_int(&table, i + 1);
    fhrl_table_real(&table, t->loss[i]);
    fhrl_table_real(&table, fhrl_train_lr(t, i));
    fhrl_table_real(&table, t->norm[i]);
    fhrl_table_real(&table, n > fhrl_train_evaluations(t, i) ? t->held_loss[n - 1] : (double)NAN);
  }
  return fhrl_table_commit(&table, err);
}

// training.tsv: a block for each of the observer's.
static fhrl_status save_observations(const fhrl_train *t, fhrl_err *err)
{
  enum { COLUMNS = 32 };
  const fhrl_train_observer *o = t->job.observer;
  const int count = fhrl_train_observations(t, t->step), every = (int)t->job.train.value[FHRL_TRAIN_PROBE_EVERY];
  const char *label[COLUMNS + 1] = {"step"}, *units[COLUMNS + 1] = {"1"};
  char path[FHRL_PATH_SIZE];
  fhrl_table table;
  if (count == 0) return FHRL_OK;
  if (o->columns > COLUMNS) return fhrl_fail(err, FHRL_LIMIT, "%d columns of training.tsv", o->columns);
  memcpy(label + 1, o->names, (size_t)o->columns * sizeof *label);
  memcpy(units + 1, o->units, (size_t)o->columns * sizeof *units);
  FHRL_TRY(fhrl_file_join(t->job.folder, "training.tsv", path, err));
  FHRL_TRY(fhrl_table_begin(&table, path, "fhrl.training/1", label, units, o->columns + 1, err));
  for (int b = 0; b < o->blocks; b++) {
    if (b > 0) fhrl_table_break(&table);
    for (int i = 0; i < count; i++) {
      const double *row = t->seen + ((size_t)i * o->blocks + b) * (size_t)o->columns;
      fhrl_table_int(&table, (long long)i * every);
      for (int k = 0; k < o->columns; k++) fhrl_table_real(&table, row[k]);
    }
  }
  return fhrl_table_commit(&table, err);
}

// The checkpoint that is about to be replaced stays as the previous one, if it was a scheduled one: what remains does
// then not depend on where a run was stopped or how often it was prolonged. A copy, because checkpoint.safetensors
// must be there at every instant.
static fhrl_status keep_previous(const fhrl_train *t, const char *checkpoint, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE], *data;
  size_t size;
  fhrl_safetensors *old;
  if (!fhrl_file_exists(checkpoint) || fhrl_safetensors_open(checkpoint, &old, NULL) != FHRL_OK) return FHRL_OK;
  const char *text = fhrl_safetensors_metadata(old, "train.step");
  const long step = text ? strtol(text, NULL, 10) : 0, every = (long)t->job.train.value[FHRL_TRAIN_CHECKPOINT_EVERY];
  fhrl_safetensors_close(old);
  if (step <= 0 || step >= t->step || step % every != 0) return FHRL_OK;
  FHRL_TRY(fhrl_file_join(t->job.folder, "checkpoint.previous.safetensors", path, err));
  FHRL_TRY(fhrl_file_read(checkpoint, SIZE_MAX - 1, &data, &size, err));
  fhrl_file file;
  fhrl_status status = fhrl_file_begin(&file, path, err);
  if (status == FHRL_OK) {
    fwrite(data, 1, size, file.stream); // what fails shows at commit
    status = fhrl_file_commit(&file, err);
  }
  free(data);
  return status;
}

fhrl_status fhrl_train_state_save(const fhrl_train *train, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  if (train->job.folder == NULL) return FHRL_OK;
  FHRL_TRY(save_state(train, err));
  FHRL_TRY(save_observations(train, err));
  if (train->step == 0) return FHRL_OK;
  FHRL_TRY(fhrl_file_join(train->job.folder, "checkpoint.safetensors", path, err));
  FHRL_TRY(keep_previous(train, path, err));
  FHRL_TRY(fhrl_gpt_save(&train->gpt, path, err));
  return save_losses(train, err);
}

static fhrl_status read_real(
  const fhrl_safetensors *file, const fhrl_tensor *t, fhrl_real *out, fhrl_err *err)
{
#ifdef FHRL_NN_DOUBLE
  return fhrl_safetensors_read(file, t->name, t->rank, t->shape, out, err);
#else
  return fhrl_safetensors_read_float(file, t->name, t->rank, t->shape, out, err);
#endif
}

// A series has the length of a run of `steps`: shorter than the one now wanted where that is prolonged.
static fhrl_status read_history(const fhrl_train *t, const fhrl_safetensors *file, int steps, const history *h, fhrl_err *err)
{
  const fhrl_tensor *found = fhrl_safetensors_find(file, h->name);
  const size_t length = h->length(t, steps), known = h->data == t->seen ? 0 : h->length(t, t->step);
  if (found == NULL || found->rank != 2 || found->shape[0] != length || found->shape[1] != h->width)
    return fhrl_fail(err, FHRL_FORMAT, "%s: %s is missing, or not %zu x %zu", fhrl_safetensors_path(file), h->name, length,
      h->width);
  const fhrl_status status = fhrl_safetensors_read(file, h->name, 2, found->shape, h->data, err);
  if (status != FHRL_OK && status != FHRL_NUMERIC) return status;
  for (size_t i = 0; i < known; i++) // what an observer said may be NaN: a quantity was not defined
    if (!isfinite(h->data[i]))
      return fhrl_fail(err, FHRL_NUMERIC, "%s: %s is not finite at index %zu", fhrl_safetensors_path(file), h->name, i);
  return FHRL_OK;
}

static fhrl_status read_step(const fhrl_safetensors *file, int steps, int *out, fhrl_err *err)
{
  const char *text = fhrl_safetensors_metadata(file, "state.step");
  char *end;
  const long step = text ? strtol(text, &end, 10) : -1;
  if (text == NULL || *text == '\0' || *end != '\0' || step < 0 || step > steps)
    return fhrl_fail(err, FHRL_FORMAT, "%s: state.step = '%.40s' is not in 0 .. %d", fhrl_safetensors_path(file), text ? text : "",
      steps);
  *out = (int)step;
  return FHRL_OK;
}

// steps: those that the saved run was to make.
static fhrl_status read_state(fhrl_train *t, const fhrl_safetensors *file, int steps, const sheet *s, fhrl_err *err)
{
  const char *path = fhrl_safetensors_path(file);
  if (fhrl_safetensors_count(file) != 3 * s->count + HISTORIES)
    return fhrl_fail(err, FHRL_FORMAT, "%s holds %d tensors, not %d", path, fhrl_safetensors_count(file),
      3 * s->count + HISTORIES);
  FHRL_TRY(read_step(file, steps, &t->step, err));
  t->gpt.step = t->step;
  for (int k = 0; k < s->count; k++) {
    const size_t offset = s->layout[k].offset;
    FHRL_TRY(read_real(file, &s->tensor[k], t->gpt.weights + offset, err));
    FHRL_TRY(read_real(file, &s->tensor[s->count + k], t->m + offset, err));
    FHRL_TRY(read_real(file, &s->tensor[2 * s->count + k], t->v + offset, err));
    for (size_t i = 0; i < s->layout[k].count; i++) // a mean of squares
      if (t->v[offset + i] < 0)
        return fhrl_fail(err, FHRL_FORMAT, "%s: tensor '%s' is negative at index %zu", path, s->name[k].v, i);
  }
  for (int k = 0; k < HISTORIES; k++) FHRL_TRY(read_history(t, file, steps, &s->history[k], err));
  return FHRL_OK;
}

// *steps = those that the saved run was to make, if it may be prolonged to the ones now wanted; else the latter.
static fhrl_status steps_of(const fhrl_train *t, const fhrl_safetensors *file, int *steps, fhrl_err *err)
{
  const char *text = fhrl_safetensors_metadata(file, "train.steps");
  const double saved = text ? strtod(text, NULL) : 0.0;
  *steps = t->steps;
  if (!(saved >= 1.0 && saved < t->steps)) return FHRL_OK;
  if (t->job.train.value[FHRL_TRAIN_SCHEDULE] != FHRL_TRAIN_CONSTANT)
    return fhrl_fail(err, FHRL_ARG,
      "%s was made with train.steps = %.40s, not %d: only a run with schedule = constant may be prolonged",
      fhrl_safetensors_path(file), text, t->steps);
  *steps = (int)saved;
  return FHRL_OK;
}

fhrl_status fhrl_train_state_load(fhrl_train *train, int *found, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_file_join(train->job.folder, "state.safetensors", path, err));
  *found = fhrl_file_exists(path);
  if (!*found) return FHRL_OK;
  fhrl_safetensors *file = NULL;
  sheet s = {.count = 0};
  int steps;
  fhrl_status status;
  FHRL_DO(status, fhrl_safetensors_open(path, &file, err));
  FHRL_DO(status, steps_of(train, file, &steps, err));
  FHRL_DO(status, sheet_init(train, steps, &s, err));
  FHRL_DO(status, fhrl_metadata_compare(s.metadata, file, err));
  FHRL_DO(status, read_state(train, file, steps, &s, err));
done:
  fhrl_safetensors_close(file);
  sheet_free(&s);
  return status;
}
