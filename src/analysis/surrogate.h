// SPDX-License-Identifier: GPL-3.0-or-later
// surrogate: what the drift of independent vectors looks like, since a largest amplitude always lies somewhere
//
// Successive cosines share a vector, so even iid vectors give a coloured sequence (MA(1)), not white noise. Random
// order of the data's own vectors is the null to judge by: it is exact for exchangeable vectors. The normal null fitted
// to n vectors in d >= n dimensions is not: its covariance has rank n-1, so its cosines scatter too much, by
// sqrt(1 + d/n) for zero mean and equal variances (2.4 for 41 vectors of 192 channels).
#pragma once

#include <stddef.h>

#include "analysis/drift.h"
#include "analysis/metrics.h"
#include "base/random.h"
#include "base/status.h"

typedef enum fhrl_null {
  FHRL_NULL_PERMUTED, // cosines of the data's own vectors in random order
  FHRL_NULL_GAUSSIAN, // cosines of successive iid normal vectors with the data's mean and covariance
  FHRL_NULL_WHITE,    // independent normal similarities with the data's variance
} fhrl_null;
enum { FHRL_NULL_COUNT = 3 };

// Inner products of n data vectors: all that surrogates of their similarities depend on.
typedef struct fhrl_surrogate {
  int n;
  double *gram;             // owned; (n, n) of the centred vectors, over n-1
  double *cross;            // (n) mean . (x_i - mean) / sqrt(n-1)
  double square;            // |mean|^2
  double deviation;         // standard deviation of the n-1 similarities in the given order
  int *order;               // owned; (n) scratch of permutations
  double *normal, *product; // scratch: (n, n) and (2, n)
} fhrl_surrogate;

// h: n vectors of d channels, `stride` doubles apart; n >= 3, else FHRL_ARG; FHRL_NUMERIC if one is not finite.
fhrl_status fhrl_surrogate_init(fhrl_surrogate *w, int n, int d, const double h[], size_t stride, fhrl_err *err);
void fhrl_surrogate_free(fhrl_surrogate *w); // leaves it zeroed

// One sequence of n-1 similarities drawn under the null; `at` names the random numbers (stream FHRL_STREAM_NULL).
void fhrl_surrogate_draw(fhrl_surrogate *w, fhrl_null null, fhrl_random at, double s[]);

// What M sequences s (M, n) of similarities give under the transform w: peaks (M), and amplitude (3, bins; NULL: not
// wanted): the mean, the low and the high end of the band of each |S(f)|.
fhrl_status fhrl_surrogate_peaks(const fhrl_drift *w, int M, const double s[], fhrl_drift_peak peaks[],
  double amplitude[], fhrl_err *err);

typedef struct fhrl_surrogate_bands {
  fhrl_band frequency, magnitude, centroid;
} fhrl_surrogate_bands;

// Bands of M peaks.
fhrl_status fhrl_surrogate_summary(int M, const fhrl_drift_peak peaks[], fhrl_surrogate_bands *out, fhrl_err *err);
