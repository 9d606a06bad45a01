// SPDX-License-Identifier: GPL-3.0-or-later
// pca: the directions along which a cloud of states spreads most
#pragma once

#include "base/status.h"

// Principal components of x (count, n), count >= 2, 1 <= k <= min(count, n): mean (n); axis (k, n), orthonormal rows by
// descending variance, the largest component of each positive; variance (k) along them and their sum over all directions,
// both with the divisor count - 1. Costs min(count, n)^3: of many states the few differences span the same directions.
// FHRL_NUMERIC if x is not finite or has fewer than k directions to rounding; FHRL_NOMEM.
fhrl_status fhrl_pca_find(int count, int n, const double x[], int k, double mean[], double axis[], double variance[],
  double *total, fhrl_err *err);
