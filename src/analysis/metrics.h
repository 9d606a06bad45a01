// SPDX-License-Identifier: GPL-3.0-or-later
// metrics: the reentry ratio, and means with their standard errors
//
// Rows are tokens of one or more sequences, d channels each, row-major: x[i*d + j].
#pragma once

#include <math.h>

#define FHRL_NAN ((double)NAN) // NAN is a float: in a conditional it would be promoted with a warning

// A mean over independent things (probes, draws) and its standard error, NaN where there are fewer than two.
typedef struct fhrl_mean {
  double value, error;
} fhrl_mean;

// A statistic under a null hypothesis: its mean and the interval that holds 95 % of it.
typedef struct fhrl_band {
  double mean, low, high;
} fhrl_band;

// norm[i] = |W_r y_i|: what the reentry would add at gamma = 1. W_r (d, d), y (rows, d), norm (rows).
void fhrl_metrics_reentry(int rows, int d, const double Wr[], const double y[], double norm[]);

// ratio[i] = norm[i] / |x_i|: IRR_t / gamma with x = x_pre [FH-RL eq. 16]. NaN where x_i = 0. x (rows, d).
void fhrl_metrics_ratio(int rows, int d, const double norm[], const double x[], double ratio[]);

// Mean of n values and its standard error; (NaN, NaN) for n = 0 or where a value is NaN [FH-RL eq. 17].
fhrl_mean fhrl_metrics_mean(int n, const double values[]);

// The mean over each sequence's T tokens, then over the N sequences: values (N, T). The error is that of N
// independent sequences, since tokens of one sequence are not.
fhrl_mean fhrl_metrics_mean_by_sequence(int N, int T, const double values[]);

// Mean, 2.5 % and 97.5 % quantile (linear between order statistics); sorts values. All NaN if one is.
fhrl_band fhrl_metrics_band(int n, double values[]);
