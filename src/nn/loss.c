// SPDX-License-Identifier: GPL-3.0-or-later
// loss: cross-entropy of the next byte, in nats
#include "nn/loss.h"

#include "nn/kernel.h"

double fhrl_loss_backward(int B, int T, int V, const unsigned char *target, int stride, double weight,
  fhrl_real *logits)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const fhrl_real share = (fhrl_real)weight;
  double sum = 0.0;
  for (int t = 0; t < T; t++)
    for (int b = 0; b < B; b++, logits += V) {
      const int hit = target[(size_t)b * stride + t];
      const double score = (double)logits[hit];
      sum += k->smooth_softmax(V, logits) - score;
      for (int j = 0; j < V; j++) logits[j] *= share;
      logits[hit] -= share;
    }
  return sum;
}
