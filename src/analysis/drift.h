// SPDX-License-Identifier: GPL-3.0-or-later
// drift: recurrent drift of a sequence of states: its similarities, their amplitude spectrum and its peak
//
// "Rhythm": h_0 ... h_n may be the tokens of one sequence (along t) or one vector of each of n+1 probes (along k).
#pragma once

#include <stddef.h>

#include "base/status.h"

// Tables of the discrete Fourier transform of length n, made once per length.
typedef struct fhrl_drift {
  int n;                 // similarities
  int bins;              // n/2 + 1: frequencies 0, 1/n, ... up to 1/2
  double *cosine, *sine; // owned; (n) of 2 pi k/n
} fhrl_drift;

typedef struct fhrl_drift_peak {
  double frequency; // of the largest amplitude over f > 0, cycles per sample, in (0, 1/2]; the lowest of equals
  double magnitude; // that amplitude, not divided by n [FH-RL eq. 24]
  double centroid;  // mean frequency over f > 0, weighted by amplitude
} fhrl_drift_peak;

// n >= 2, else FHRL_ARG.
fhrl_status fhrl_drift_init(fhrl_drift *w, int n, fhrl_err *err);
void fhrl_drift_free(fhrl_drift *w); // leaves it zeroed

// s[i] = cos(h_i, h_{i+1}), i = 0 .. n-1, of n+1 vectors of d channels, `stride` doubles apart
// [FH-RL eq. 22]; NaN beside a zero vector.
void fhrl_drift_cosines(int n, int d, const double h[], size_t stride, double s[]);

// amplitude[j] = |S(j/n)| of s without its mean; (bins) [FH-RL eq. 23].
void fhrl_drift_amplitude(const fhrl_drift *w, const double s[], double amplitude[]);

// All NaN if an amplitude is NaN; frequency and centroid NaN where all of f > 0 is exactly zero.
fhrl_drift_peak fhrl_drift_find(const fhrl_drift *w, const double amplitude[]);
