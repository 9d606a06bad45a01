// SPDX-License-Identifier: GPL-3.0-or-later
// trained: what every command on a RUN's network begins with: its weights, and [model] as trained and as now wanted
#pragma once

#include "cli/command.h"
#include "nn/gpt.h"

// Loads the checkpoint at `path` into *gpt (to be freed by the caller, also after a failure). [model] of `config`, which
// must have it, begins with the checkpoint's own values, then takes the run's settings, which may change only what no
// shape depends on: FHRL_ARG names the key.
fhrl_status fhrl_trained_open(
  const fhrl_run *run, const char *path, fhrl_config *config, fhrl_gpt *gpt, fhrl_err *err);
