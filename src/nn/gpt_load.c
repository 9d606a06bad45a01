// SPDX-License-Identifier: GPL-3.0-or-later
// gpt_load: a network from a checkpoint that may come from anywhere
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "nn/gpt.h"
#include "nn/metadata.h"

// The file must hold the tensors of the configuration, in their shapes, and no others.
static fhrl_status check_tensors(
  const fhrl_safetensors *file, const fhrl_gpt_tensor tensor[], int count, fhrl_err *err)
{
  const int found = fhrl_safetensors_count(file);
  const char *path = fhrl_safetensors_path(file);
  for (int k = 0; k < count; k++) {
    if (fhrl_safetensors_find(file, tensor[k].name) == NULL)
      return fhrl_fail(err, FHRL_FORMAT, "%s: tensor %s is missing", path, tensor[k].name);
    FHRL_TRY(fhrl_safetensors_expect(file, tensor[k].name, tensor[k].rank, tensor[k].shape, err));
  }
  for (int i = 0; i < found && found != count; i++) {
    const char *name = fhrl_safetensors_at(file, i)->name;
    int k = 0;
    while (k < count && strcmp(name, tensor[k].name) != 0) k++;
    if (k == count)
      return fhrl_fail(err, FHRL_FORMAT,
        "%s: tensor %.80s does not belong to the network that model.* describes", path, name);
  }
  return FHRL_OK;
}

// Room is made only for weights that the file has: its metadata may promise a network of gigabytes.
static fhrl_status read_weights(const fhrl_safetensors *file, const fhrl_gpt_config *config, fhrl_gpt *gpt, fhrl_err *err)
{
  fhrl_gpt_tensor *tensor = malloc(FHRL_GPT_TENSORS_MAX * sizeof *tensor);
  if (tensor == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the table of tensors");
  const int count = fhrl_gpt_layout(config, tensor, NULL);
  fhrl_status status;
  FHRL_DO(status, check_tensors(file, tensor, count, err));
  FHRL_DO(status, fhrl_gpt_init(config, gpt, err));
  for (int k = 0; k < count; k++) {
    const fhrl_gpt_tensor *t = &tensor[k];
#ifdef FHRL_NN_DOUBLE
    FHRL_DO(status, fhrl_safetensors_read(file, t->name, t->rank, t->shape, gpt->weights + t->offset, err));
#else
    FHRL_DO(
      status, fhrl_safetensors_read_float(file, t->name, t->rank, t->shape, gpt->weights + t->offset, err));
#endif
  }
done:
  free(tensor);
  return status;
}

fhrl_status fhrl_gpt_load(const char *path, fhrl_gpt *out, fhrl_err *err)
{
  char joined[FHRL_PATH_SIZE];
  if (fhrl_file_is_folder(path)) {
    FHRL_TRY(fhrl_file_join(path, "checkpoint.safetensors", joined, err));
    path = joined;
  }
  fhrl_safetensors *file = NULL;
  fhrl_gpt gpt = {.weights = NULL};
  fhrl_gpt_config config;
  double value[FHRL_GPT_KEY_COUNT];
  fhrl_status status;
  FHRL_DO(status, fhrl_safetensors_open(path, &file, err));
  const char *format = fhrl_safetensors_metadata(file, "format");
  if (format && strcmp(format, "fhrl") != 0) {
    status = fhrl_fail(err, FHRL_FORMAT, "%s: metadata format = '%.80s', not 'fhrl'", path, format);
    goto done;
  }
  FHRL_DO(status, fhrl_metadata_read(file, "model", fhrl_gpt_fields, FHRL_GPT_KEY_COUNT, value, err));
  status = fhrl_gpt_configure(value, &config, err);
  if (status != FHRL_OK) {
    fhrl_status_context(err, "%s", path);
    if (err) err->code = FHRL_FORMAT; // the file's fault, not the user's
    status = FHRL_FORMAT;
    goto done;
  }
  FHRL_DO(status, read_weights(file, &config, &gpt, err));
  const char *step = fhrl_safetensors_metadata(file, "train.step"); // for messages only: any number will do
  const long number = step ? strtol(step, NULL, 10) : 0;
  gpt.step = number > 0 && number < INT_MAX ? (int)number : 0;
  *out = gpt;
done:
  if (status != FHRL_OK) fhrl_gpt_free(&gpt);
  fhrl_safetensors_close(file);
  return status;
}
