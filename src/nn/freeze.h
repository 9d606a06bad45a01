// SPDX-License-Identifier: GPL-3.0-or-later
// freeze: which weights a training leaves as they began
#pragma once

#include "nn/gpt.h"

enum { FHRL_FREEZE_NONE, FHRL_FREEZE_WR, FHRL_FREEZE_LAYER, FHRL_FREEZE_REST }; // the words of train.freeze

// Elements first .. first + count - 1 of an arena of weights.
typedef struct fhrl_freeze_run {
  size_t first, count;
} fhrl_freeze_run;
enum { FHRL_FREEZE_RUNS_MAX = FHRL_GPT_TENSORS_MAX };

// The stretches that do learn, in order and as long as they go; returns how many. FREEZE_WR holds W_r, LAYER every
// weight of the fast weights' layer, REST all others. 0 if nothing is left to learn.
int fhrl_freeze_runs(const fhrl_gpt_config *config, int freeze, fhrl_freeze_run runs[FHRL_FREEZE_RUNS_MAX]);
