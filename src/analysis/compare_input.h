// SPDX-License-Identifier: GPL-3.0-or-later
// compare_input: drives network and flow with a signal instead of recorded bytes
#pragma once

#include "analysis/layer.h"
#include "analysis/recording.h"
#include "base/config.h"

// compare.input of a configuration with [compare] and [input]: `recorded` leaves the recordings as they are. Any other is the
// kind of [input], sampled at the beginning of each token and held over it: x_pre of sequence s from seed input.seed + s, the
// same in all layers, and y what the network gives (the rung h = 1, slot noise off). FHRL_ARG: input.kind or input.file say
// something else; FHRL_NUMERIC, FHRL_NOMEM.
fhrl_status fhrl_compare_input_apply(const fhrl_config *config, const fhrl_layer layers[], fhrl_recording recordings[],
  int count, fhrl_err *err);
