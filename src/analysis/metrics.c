// SPDX-License-Identifier: GPL-3.0-or-later
// metrics: the reentry ratio, and means with their standard errors
//   IRR_t = |gamma W_r y_t| / |x_pre_t|                  (1)  [FH-RL eq. 16]
//   IRR   = mean over tokens of IRR_t                    (2)  [FH-RL eq. 17]
#include "analysis/metrics.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

static double norm_of(int d, const double x[])
{
  double s = 0.0;
  for (int j = 0; j < d; j++) s += x[j] * x[j];
  return sqrt(s);
}

void fhrl_metrics_reentry(int rows, int d, const double Wr[], const double y[], double norm[])
{
  enum { LANES = 8 }; // tokens at a time: eight independent sums keep the adder busy, and W_r is read once for all
  for (int i = 0; i < rows; i += LANES) {
    const double *row[LANES];
    double square[LANES] = {0.0};
    for (int l = 0; l < LANES; l++) row[l] = y + (size_t)(i + l < rows ? i + l : rows - 1) * d;
    for (int j = 0; j < d; j++) {
      const double *w = Wr + (size_t)j * d;
      double sum[LANES] = {0.0};
      for (int k = 0; k < d; k++)
        for (int l = 0; l < LANES; l++) sum[l] += w[k] * row[l][k];
      for (int l = 0; l < LANES; l++) square[l] += sum[l] * sum[l];
    }
    for (int l = 0; l < LANES && i + l < rows; l++) norm[i + l] = sqrt(square[l]);
  }
}

void fhrl_metrics_ratio(int rows, int d, const double norm[], const double x[], double ratio[])
{
  for (int i = 0; i < rows; i++) {
    const double size = norm_of(d, x + (size_t)i * d);
    ratio[i] = size > 0.0 ? norm[i] / size : FHRL_NAN; // (1)
  }
}

fhrl_mean fhrl_metrics_mean(int n, const double values[])
{
  if (n < 1) return (fhrl_mean){FHRL_NAN, FHRL_NAN};
  double sum = 0.0, square = 0.0;
  for (int i = 0; i < n; i++) sum += values[i];
  const double mean = sum / n; // (2)
  for (int i = 0; i < n; i++) square += (values[i] - mean) * (values[i] - mean);
  return (fhrl_mean){mean, n > 1 && !isnan(mean) ? sqrt(square / (n - 1.0) / n) : FHRL_NAN};
}

fhrl_mean fhrl_metrics_mean_by_sequence(int N, int T, const double values[])
{
  if (N < 1) return (fhrl_mean){FHRL_NAN, FHRL_NAN};
  double sum = 0.0, square = 0.0, shift = 0.0;
  for (int i = 0; i < N; i++) {
    const double m = fhrl_metrics_mean(T, values + (size_t)i * T).value;
    if (i == 0) shift = m; // one pass about the first value loses no digits when all are nearly equal
    sum += m - shift;
    square += (m - shift) * (m - shift);
  }
  const double variance = N > 1 ? fmax(square - sum * sum / N, 0.0) / (N - 1.0) : FHRL_NAN;
  return (fhrl_mean){shift + sum / N, sqrt(variance / N)};
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double quantile(int n, const double sorted[], double p)
{
  const double at = p * (n - 1);
  const int i = (int)at;
  return i + 1 < n ? sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

fhrl_band fhrl_metrics_band(int n, double values[])
{
  const double mean = fhrl_metrics_mean(n, values).value;
  if (isnan(mean)) return (fhrl_band){FHRL_NAN, FHRL_NAN, FHRL_NAN};
  qsort(values, (size_t)n, sizeof *values, ascending);
  return (fhrl_band){mean, quantile(n, values, 0.025), quantile(n, values, 0.975)};
}
