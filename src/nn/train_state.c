// SPDX-License-Identifier: GPL-3.0-or-later
// train_state: the files of a training run
//
// state.safetensors: the weights by their names, Adam's moments as adam.m.NAME and adam.v.NAME, train.loss
// (steps), and as metadata format = "fhrl-state", state.step, model.*, train.* and the fingerprints of the
// corpus and of the start.
#include "nn/train_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/table.h"
#include "nn/metadata.h"

typedef struct names { // of the moments
  char m[48], v[48];
} names;

typedef struct sheet { // what save and load lay out alike
  fhrl_gpt_tensor *layout; // (count)
  names *name;             // (count)
  fhrl_tensor *tensor;     // (3 count + 1)
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

static fhrl_status describe_run(const fhrl_train *t, fhrl_metadata *m, fhrl_err *err)
{
  double model[FHRL_GPT_KEY_COUNT];
  char print[24];
  fhrl_gpt_values(&t->job.model, model);
  FHRL_TRY(fhrl_metadata_put(m, "format", "fhrl-state", err));
  FHRL_TRY(fhrl_metadata_fields(m, "model", fhrl_gpt_fields, FHRL_GPT_KEY_COUNT, model, err));
  FHRL_TRY(
    fhrl_metadata_fields(m, "train", fhrl_train_fields, FHRL_TRAIN_KEY_COUNT, t->job.train.value, err));
  snprintf(print, sizeof print, "%016" PRIx64, t->corpus_print);
  FHRL_TRY(fhrl_metadata_put(m, "train.corpus (fingerprint)", print, err));
  snprintf(print, sizeof print, "%016" PRIx64, t->init_print);
  return fhrl_metadata_put(m, "train.init (fingerprint of the first weights)", print, err);
}

static fhrl_status sheet_init(const fhrl_train *t, sheet *s, fhrl_err *err)
{
  *s = (sheet){.count = fhrl_gpt_layout(&t->job.model, NULL, NULL)};
  const size_t n = (size_t)s->count;
  s->layout = calloc(n, sizeof *s->layout);
  s->name = calloc(n, sizeof *s->name);
  s->tensor = calloc(3 * n + 1, sizeof *s->tensor);
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
  s->tensor[3 * n] = (fhrl_tensor){.name = "train.loss",
    .dtype = FHRL_F64,
    .rank = 1,
    .shape = {(size_t)t->steps},
    .count = (size_t)t->steps,
    .data = t->loss};
  return describe_run(t, s->metadata, err);
}

static fhrl_status save_state(const fhrl_train *t, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE], step[16];
  sheet s;
  fhrl_status status;
  snprintf(step, sizeof step, "%d", t->step);
  FHRL_DO(status, sheet_init(t, &s, err));
  FHRL_DO(status, fhrl_metadata_put(s.metadata, "state.step", step, err));
  FHRL_DO(status, fhrl_file_join(t->job.folder, "state.safetensors", path, err));
  FHRL_DO(status, fhrl_safetensors_save(path, s.tensor, 3 * s.count + 1, s.metadata->list, err));
done:
  sheet_free(&s);
  return status;
}

static fhrl_status save_losses(const fhrl_train *t, fhrl_err *err)
{
  static const char *const columns[] = {"step", "loss"}, *const units[] = {"1", "nat/byte"};
  char path[FHRL_PATH_SIZE];
  fhrl_table table;
  FHRL_TRY(fhrl_file_join(t->job.folder, "loss.tsv", path, err));
  FHRL_TRY(fhrl_table_begin(&table, path, "fhrl.loss/1", columns, units, 2, err));
  for (int i = 0; i < t->step; i++) {
    fhrl_table_int(&table, i + 1);
    fhrl_table_real(&table, t->loss[i]);
  }
  return fhrl_table_commit(&table, err);
}

fhrl_status fhrl_train_state_save(const fhrl_train *train, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  if (train->job.folder == NULL) return FHRL_OK;
  FHRL_TRY(save_state(train, err));
  if (train->step == 0) return FHRL_OK;
  FHRL_TRY(fhrl_file_join(train->job.folder, "checkpoint.safetensors", path, err));
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

static fhrl_status read_state(fhrl_train *t, const fhrl_safetensors *file, const sheet *s, fhrl_err *err)
{
  const char *path = fhrl_safetensors_path(file), *text = fhrl_safetensors_metadata(file, "state.step");
  char *end;
  if (fhrl_safetensors_count(file) != 3 * s->count + 1)
    return fhrl_fail(err, FHRL_FORMAT, "%s holds %d tensors, not %d", path, fhrl_safetensors_count(file),
      3 * s->count + 1);
  const long step = text ? strtol(text, &end, 10) : -1;
  if (text == NULL || *text == '\0' || *end != '\0' || step < 0 || step > t->steps)
    return fhrl_fail(
      err, FHRL_FORMAT, "%s: state.step = '%.40s' is not in 0 .. %d", path, text ? text : "", t->steps);
  for (int k = 0; k < s->count; k++) {
    const size_t offset = s->layout[k].offset;
    FHRL_TRY(read_real(file, &s->tensor[k], t->gpt.weights + offset, err));
    FHRL_TRY(read_real(file, &s->tensor[s->count + k], t->m + offset, err));
    FHRL_TRY(read_real(file, &s->tensor[2 * s->count + k], t->v + offset, err));
  }
  const size_t shape[1] = {(size_t)t->steps};
  FHRL_TRY(fhrl_safetensors_read(file, "train.loss", 1, shape, t->loss, err));
  t->step = (int)step;
  return FHRL_OK;
}

fhrl_status fhrl_train_state_load(fhrl_train *train, int *found, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_file_join(train->job.folder, "state.safetensors", path, err));
  *found = fhrl_file_exists(path);
  if (!*found) return FHRL_OK;
  fhrl_safetensors *file = NULL;
  sheet s;
  fhrl_status status;
  FHRL_DO(status, sheet_init(train, &s, err));
  FHRL_DO(status, fhrl_safetensors_open(path, &file, err));
  FHRL_DO(status, fhrl_metadata_compare(s.metadata, file, err));
  FHRL_DO(status, read_state(train, file, &s, err));
done:
  fhrl_safetensors_close(file);
  sheet_free(&s);
  return status;
}
