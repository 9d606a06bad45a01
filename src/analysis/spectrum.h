// SPDX-License-Identifier: GPL-3.0-or-later
// spectrum: eigenvalue spectra of covariances, and the drift of a spectrum between neighbouring times (ESRI)
//
// N sequences of T tokens of d channels: h (N, T, d), row-major. A covariance divides by n-1.
#pragma once

#include <stddef.h>

#include "analysis/metrics.h"
#include "base/status.h"

// mean (d) of n vectors of d channels, `stride` doubles apart.
void fhrl_spectrum_mean(int n, int d, const double x[], size_t stride, double mean[]);

// gram[i*n + j] = x_i . x_j of n vectors of d channels, `stride` doubles apart; mean[d] (NULL: none) is taken off first.
void fhrl_spectrum_gram(int n, int d, const double x[], size_t stride, const double mean[], double gram[]);

// Eigenvalues of the covariance of n vectors of d channels, `stride` doubles apart, sorted descending:
// out (min(n, d)); the d - n that are missing where n < d are zero [FH-RL eq. 18-19].
// FHRL_ARG for n < 2, FHRL_NUMERIC if x is not finite or LAPACK fails.
fhrl_status fhrl_spectrum_covariance(int n, int d, const double x[], size_t stride, double out[], fhrl_err *err);

// 1 - cos(a, b) of two spectra [FH-RL eq. 20]; the shorter one is continued by zeros. NaN beside a zero spectrum.
double fhrl_spectrum_distance(int na, const double a[], int nb, const double b[]);

// ESRI of a batch: covariance over the N sequences at each token; esri_t (T-1; NULL: not wanted) and their mean
// [FH-RL eq. 20-21]. *out is NaN where a spectrum is zero. FHRL_ARG for N < 2 or T < 2.
fhrl_status fhrl_spectrum_esri_batch(int N, int T, int d, const double h[], double esri_t[], double *out,
  fhrl_err *err);

// ESRI of one trajectory h (T, d): covariance over `window` successive tokens, moved by one token each time; the
// mean over the T - window neighbouring pairs. NaN where a spectrum is zero. FHRL_ARG unless 2 <= window < T.
fhrl_status fhrl_spectrum_esri_window(int T, int d, int window, const double h[], double *out, fhrl_err *err);
