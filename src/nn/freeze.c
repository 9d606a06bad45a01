// SPDX-License-Identifier: GPL-3.0-or-later
// freeze: which weights a training leaves as they began
#include "nn/freeze.h"

#include <string.h>

// "blocks.0.fq.weight" belongs to the layer; "blocks.0.fc1.weight" does not.
static int of_layer(const fhrl_gpt_tensor *t)
{
  static const char *const parts[] = {"wr", "fq", "fk", "fv", "fh", "fx", "lnm", "fs", "fg", "fo", "lnf"};
  if (t->layer == UINT32_MAX) return 0;
  const char *part = strchr(strchr(t->name, '.') + 1, '.') + 1, *end = strchr(part, '.');
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strlen(parts[i]) == (size_t)(end - part) && strncmp(part, parts[i], (size_t)(end - part)) == 0) return 1;
  return 0;
}

static int learns(const fhrl_gpt_tensor *t, int freeze)
{
  switch (freeze) {
  case FHRL_FREEZE_WR: return strstr(t->name, ".wr.") == NULL;
  case FHRL_FREEZE_LAYER: return !of_layer(t);
  case FHRL_FREEZE_REST: return of_layer(t);
  default: return 1;
  }
}

int fhrl_freeze_runs(const fhrl_gpt_config *config, int freeze, fhrl_freeze_run runs[FHRL_FREEZE_RUNS_MAX])
{
  fhrl_gpt_tensor tensor[FHRL_GPT_TENSORS_MAX];
  const int count = fhrl_gpt_layout(config, tensor, NULL);
  int n = 0;
  for (int k = 0; k < count; k++) {
    const fhrl_gpt_tensor *t = &tensor[k];
    if (!learns(t, freeze)) continue;
    if (n > 0 && runs[n - 1].first + runs[n - 1].count == t->offset)
      runs[n - 1].count += t->count;
    else
      runs[n++] = (fhrl_freeze_run){t->offset, t->count};
  }
  return n;
}
