// SPDX-License-Identifier: GPL-3.0-or-later
// optimizer: what surrounds the step of AdamW: the size of a gradient, the learning rate over time, and plain descent
#pragma once

#include <stddef.h>

#include "nn/real.h"
#include "nn/team.h"

// Euclidean norm of g (n), summed in double in an order that does not depend on the team.
double fhrl_optimizer_norm(fhrl_team *team, size_t n, const fhrl_real *g);

// out (n) = scale g
void fhrl_optimizer_scale(fhrl_team *team, size_t n, double scale, const fhrl_real *g, fhrl_real *out);

typedef struct fhrl_optimizer_schedule {
  double lr, end;    // at its height, and (cosine) after the last step
  int cosine;        // 0: constant
  int warmup, steps; // steps of the linear rise, and in all
} fhrl_optimizer_schedule;

// Learning rate of step 0, 1, ...: rises linearly over the warm-up, then stays, or falls as half a cosine.
double fhrl_optimizer_rate(const fhrl_optimizer_schedule *schedule, int step);

// Stochastic gradient descent: p <- (1 - lr decay) p, m <- momentum m + g, p <- p - lr m. p, m, g (n).
void fhrl_optimizer_descend(fhrl_team *team, double lr, double decay, double momentum, size_t n,
  const fhrl_real *g, fhrl_real *p, fhrl_real *m);
