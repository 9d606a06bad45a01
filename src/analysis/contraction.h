// SPDX-License-Identifier: GPL-3.0-or-later
// contraction: whether neighbours approach, how fast, and what of it is proved
//
// Along trajectories the logarithmic norms of the Jacobian (lognorm.h) bound how fast |D (x - x')| grows between
// neighbours; beside them the rate at which two copies of the system under the same input really approach. What holds on a
// whole region is proved of a comparison system of block norms [contraction_proof.h].
#pragma once

#include "analysis/contraction_proof.h"
#include "analysis/iss.h"
#include "analysis/lognorm.h"

enum { FHRL_CONTRACTION_PAIRS = 64 };

typedef struct fhrl_contraction_norm {
  double worst, mean;       // mu over the states looked at, plain
  double weighted, w_mean;  // with the weights
} fhrl_contraction_norm;

typedef struct fhrl_contraction_pair {
  double d_0, d_end;   // |x - x'| at the start, at the end
  double rate;         // d ~ exp(-rate t), least squares; NaN where it fell too fast or not at all to tell
  double t_end;
} fhrl_contraction_pair;

typedef struct fhrl_contraction {
  int n, states;       // Jacobians looked at; 0: none (of more than 2000 states)
  fhrl_contraction_norm norm[FHRL_LOGNORM_KINDS];
  double *weights;     // owned: (KINDS, n)
  int pairs;
  fhrl_contraction_pair pair[FHRL_CONTRACTION_PAIRS];
  double rate_least, rate_most; // of the pairs that have one; NaN
  fhrl_contraction_proof proof;
} fhrl_contraction;

// pairs: two copies each. Where the system is large, few states are looked at. FHRL_NOMEM, FHRL_INTERRUPT, FHRL_NUMERIC.
fhrl_status fhrl_contraction_find(fhrl_iss *iss, const fhrl_iss_sample *q, const fhrl_input *in, const fhrl_solver *solver,
  int pairs, fhrl_contraction *out, fhrl_err *err);
void fhrl_contraction_free(fhrl_contraction *c); // leaves it zeroed
