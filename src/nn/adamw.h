// SPDX-License-Identifier: GPL-3.0-or-later
// adamw: the optimiser (Loshchilov and Hutter 2019), in PyTorch's order
//
//   p <- (1 - lr decay) p                                  every tensor decays
//   m <- b1 m + (1-b1) g,  v <- b2 v + (1-b2) g^2
//   p <- p - lr / (1-b1^t) m / (sqrt(v / (1-b2^t)) + eps)  eps outside the root
#pragma once

#include <stddef.h>

#include "nn/real.h"
#include "nn/team.h"

typedef struct fhrl_adamw {
  double lr, decay, b1, b2, eps;
} fhrl_adamw;

// Step t >= 1 on n parameters p with gradient g and moments m, v (n each, zero before step 1), shared out
// over the team; the bits do not depend on its size. Cannot fail.
void fhrl_adamw_step(const fhrl_adamw *adam, fhrl_team *team, int t, size_t n, const fhrl_real *g,
  fhrl_real *p, fhrl_real *m, fhrl_real *v);
