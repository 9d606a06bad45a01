// SPDX-License-Identifier: GPL-3.0-or-later
// lognorm: logarithmic norms of a matrix: how fast |x| can grow at most under dx/dt = J x
//
//   mu_1 = max_j (J_jj + sum_i |J_ij|),  mu_inf = max_i (J_ii + sum_j |J_ij|),  mu_2 = largest eigenvalue of (J + J')/2   (1)
// (sums over i != j). With weights w > 0 the norm is |D x|, D = diag(w), and J becomes D J D^-1. A matrix M with J_ii <= M_ii
// and |J_ij| <= M_ij bounds all three by its largest eigenvalue (Perron), in the norms with the weights
//   p = 1: w = l;  p = inf: w = 1/r;  p = 2: w = sqrt(l/r)                                                      (2)
// of its left and right eigenvectors l, r: the best that diagonal weights can do for all such J [Metzler].
#pragma once

#include "base/status.h"

typedef enum fhrl_lognorm_kind { FHRL_LOGNORM_1, FHRL_LOGNORM_2, FHRL_LOGNORM_INF, FHRL_LOGNORM_KINDS } fhrl_lognorm_kind;

// (1) of J (n, n) with weights w (n; NULL: ones); scratch (n, n) where kind is 2. Fails as fhrl_dense_symmetric.
fhrl_status fhrl_lognorm_of(fhrl_lognorm_kind kind, int n, const double J[], const double w[], double scratch[], double *mu,
  fhrl_err *err);

// M (n, n) := elementwise the larger of itself and the bound that J is for itself (J_ii, |J_ij|).
void fhrl_lognorm_cover(int n, const double J[], double M[]);

// Weights (2) of M for each norm, w (KINDS, n), with largest entry 1; *root its largest eigenvalue, an estimate. Entries off
// the diagonal that are 0 are raised by 1e-9 of the largest, which makes M irreducible. FHRL_NOMEM.
fhrl_status fhrl_lognorm_weights(int n, const double M[], double w[], double *root, fhrl_err *err);
