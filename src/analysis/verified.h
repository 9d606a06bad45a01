// SPDX-License-Identifier: GPL-3.0-or-later
// verified: bounds on norms and spectra of matrices that are proved, not only computed
//
// LAPACK's orthogonal vectors Q are taken as they are. In ball arithmetic G = Q'HQ and E = Q'Q are enclosed; as Q spans
// the space where |E - 1| < 1 (any norm), for every x = Q z
//   min_i (G_ii - sum_j |G_ij|) / E <= x'H x / x'x <= max_i (G_ii + sum_j |G_ij|) / E,
// E in 1 -+ |E - 1|_inf (Gershgorin's discs of the nearly diagonal G). Sharp to a few d roundings; three products of
// matrices, whatever the spectrum.
#pragma once

#include "base/status.h"

// *upper >= |M|_2 of M (rows, cols), row-major; 0 for an empty one. Fails as fhrl_dense_singular; FHRL_NUMERIC if the
// singular vectors are too far from orthogonal.
fhrl_status fhrl_verified_norm(int rows, int cols, const double M[], double *upper, fhrl_err *err);

// *upper >= |L R|_2, L (rows, inner), R (inner, cols): the product is enclosed, not rounded.
fhrl_status fhrl_verified_norm_product(int rows, int inner, int cols, const double L[], const double R[], double *upper,
  fhrl_err *err);

// *low <= every eigenvalue of (M + M')/2 <= *high, M (n, n).
fhrl_status fhrl_verified_symmetric(int n, const double M[], double *low, double *high, fhrl_err *err);

// *low <= every eigenvalue of P (1 + kappa W) + (1 + kappa W)'P, P symmetric, W (n, n).
fhrl_status fhrl_verified_lyapunov(int n, double kappa, const double W[], const double P[], double *low, fhrl_err *err);
