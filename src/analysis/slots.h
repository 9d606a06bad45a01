// SPDX-License-Identifier: GPL-3.0-or-later
// slots: how many of the r slots of the fast memory U'V differ
#pragma once

#include "base/status.h"

typedef struct fhrl_slots {
  double effective_rank; // exp(entropy of sigma / sum sigma), 1 .. r
  double ratio;          // sigma_2 / sigma_1; 0 for r = 1
} fhrl_slots;

// Singular values sigma (r), descending, of U'V, U and V (r, d), from r x r factors: the d x d product is never formed.
// FHRL_NUMERIC if U or V is not finite.
fhrl_status fhrl_slots_values(int r, int d, const double U[], const double V[], double sigma[], fhrl_err *err);

// Both NaN for U'V = 0. Fails as values does.
fhrl_status fhrl_slots_measure(int r, int d, const double U[], const double V[], fhrl_slots *out, fhrl_err *err);
