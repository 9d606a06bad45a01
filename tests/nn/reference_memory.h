// SPDX-License-Identifier: GPL-3.0-or-later
// reference_memory: the other fast weights, token by token as their papers write them
#pragma once

#include "nn/gpt.h"

enum { REFERENCE_MOST = 64 }; // tokens, channels and bytes of a test's network

// h (T, C) += the layer's output.
void reference_memory(const fhrl_gpt_config *config, const fhrl_gpt_layer *weights, double h[][REFERENCE_MOST]);
