// SPDX-License-Identifier: GPL-3.0-or-later
// training: what is watched of a network's layers while it is trained: few and cheap numbers, of the same probes each time
#pragma once

#include "base/status.h"
#include "nn/gpt.h"

// Columns of training.tsv and their units.
extern const char *const fhrl_training_names[], *const fhrl_training_units[];
extern const int fhrl_training_count;

// row (layers, fhrl_training_count): each layer driven with 41 sequences of random bytes, without slot noise. NaN where
// a quantity is not defined. Same numbers for any number of threads. FHRL_ARG for a network without FH-RL layers,
// FHRL_NUMERIC if something is not finite, FHRL_NOMEM, FHRL_LIMIT.
fhrl_status fhrl_training_measure(const fhrl_gpt *gpt, int threads, double row[], fhrl_err *err);
