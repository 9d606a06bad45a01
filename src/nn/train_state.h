// SPDX-License-Identifier: GPL-3.0-or-later
// train_state: the files of a training run
#pragma once

#include "nn/train.h"

// Writes state.safetensors, then training.tsv (if something is observed), checkpoint.previous.safetensors,
// checkpoint.safetensors and loss.tsv (these three not before the first step) into job.folder; each is old or new, never torn. Nothing if the folder is NULL.
fhrl_status fhrl_train_state_save(const fhrl_train *train, fhrl_err *err);

// Takes up folder/state.safetensors into weights, moments, loss and step, if it exists (*found). FHRL_ARG
// if it was made under another configuration, FHRL_FORMAT, FHRL_IO; the training is then to be freed.
fhrl_status fhrl_train_state_load(fhrl_train *train, int *found, fhrl_err *err);
