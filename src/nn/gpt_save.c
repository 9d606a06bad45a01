// SPDX-License-Identifier: GPL-3.0-or-later
// gpt_save: the weights of a network as a checkpoint
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/gpt.h"
#include "nn/metadata.h"

fhrl_status fhrl_gpt_save(const fhrl_gpt *gpt, const char *path, fhrl_err *err)
{
  fhrl_gpt_tensor *layout = malloc(FHRL_GPT_TENSORS_MAX * sizeof *layout);
  fhrl_tensor *tensor = calloc(FHRL_GPT_TENSORS_MAX, sizeof *tensor);
  fhrl_metadata *metadata = calloc(1, sizeof *metadata);
  double value[FHRL_GPT_KEY_COUNT];
  char step[16];
  fhrl_status status = FHRL_OK;
  if (layout == NULL || tensor == NULL || metadata == NULL) {
    status = fhrl_fail(err, FHRL_NOMEM, "no memory to write %s", path);
    goto done;
  }
  fhrl_gpt_values(&gpt->config, value);
  FHRL_DO(status, fhrl_metadata_put(metadata, "format", "fhrl", err));
  FHRL_DO(status, fhrl_metadata_fields(metadata, "model", fhrl_gpt_fields, FHRL_GPT_KEY_COUNT, value, err));
  snprintf(step, sizeof step, "%d", gpt->step);
  if (gpt->step > 0) FHRL_DO(status, fhrl_metadata_put(metadata, "train.step", step, err));
  const int count = fhrl_gpt_layout(&gpt->config, layout, NULL);
  for (int k = 0; k < count; k++)
    tensor[k] = fhrl_gpt_describe(&layout[k], layout[k].name, gpt->weights);
  FHRL_DO(status, fhrl_safetensors_save(path, tensor, count, metadata->list, err));
done:
  free(metadata);
  free(tensor);
  free(layout);
  return status;
}
