// SPDX-License-Identifier: GPL-3.0-or-later
// probe_drift: the drift (RDP) of recorded states along probes and along tokens, each beside its nulls
//
// Along k the vectors are one state of each of K independent probes, along t the tokens of each probe in turn.
#pragma once

#include "analysis/surrogate.h"

typedef struct fhrl_probe_drift {
  int N, M, bins;          // probes along t (0 along k), surrogates (0: nothing was measured), bins of amplitude
  fhrl_drift_peak peak;    // along t: mean over probes
  fhrl_drift_peak error;   // its standard error; NaN along k
  fhrl_surrogate_bands band[FHRL_NULL_COUNT];
  fhrl_drift_peak *sample; // owned; (N) of each probe
  fhrl_drift_peak *null;   // owned; (FHRL_NULL_COUNT, M) of each surrogate
  double *amplitude;       // owned; (4, bins): observed |S(f)|, and mean, low and high end of the permuted null
} fhrl_probe_drift;

// K >= 3 vectors of d channels, `stride` doubles apart. `at` names the random numbers up to step and sequence.
fhrl_status fhrl_probe_drift_along_k(int K, int d, const double h[], size_t stride, int M, fhrl_random at,
  fhrl_probe_drift *out, fhrl_err *err);

// One probe's T >= 3 tokens of d channels: its peak, and null (FHRL_NULL_COUNT, M). The normal null is left NaN: it
// would cost T^2 per token and surrogate, and is a worse null than the permuted one.
fhrl_status fhrl_probe_drift_along_t(const fhrl_drift *w, int d, const double h[], int M, fhrl_random at,
  fhrl_drift_peak *peak, fhrl_drift_peak null[], fhrl_err *err);

// The N probes' results of along_t as one: sample (N), null (N, FHRL_NULL_COUNT, M). The bands are those of the mean
// over probes: surrogates are averaged one by one.
fhrl_status fhrl_probe_drift_gather(int N, int M, const fhrl_drift_peak sample[], const fhrl_drift_peak null[],
  fhrl_probe_drift *out, fhrl_err *err);

// The mean over layers, which share probes and surrogates: probe by probe and surrogate by surrogate.
fhrl_status fhrl_probe_drift_average(int layers, const fhrl_probe_drift *const drifts[], fhrl_probe_drift *out,
  fhrl_err *err);

void fhrl_probe_drift_free(fhrl_probe_drift *drift); // leaves it zeroed
