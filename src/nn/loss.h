// SPDX-License-Identifier: GPL-3.0-or-later
// loss: cross-entropy of the next byte, in nats
#pragma once

#include "nn/gpt.h"

// Sum over the T x B rows of logits (T, B, V) of -log softmax(logits)[target], target[b * stride + t]; the
// logits become weight * (softmax - one-hot), the gradient of weight times that sum. Cannot fail; NaN
// shows in the sum.
double fhrl_loss_backward(int B, int T, int V, const unsigned char *target, int stride, double weight,
  fhrl_real *logits);
