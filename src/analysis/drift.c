// SPDX-License-Identifier: GPL-3.0-or-later
// drift: recurrent drift of a sequence of states: its similarities, their amplitude spectrum and its peak
//   s_i  = h_i . h_{i+1} / (|h_i| |h_{i+1}|)                     (1)  [FH-RL eq. 22]
//   S(f) = sum_i (s_i - mean s) exp(-2 pi i f),  f = j/n         (2)  [FH-RL eq. 23]
//   peak = max over f > 0 of |S(f)|                              (3)  [FH-RL eq. 24]
// The sum is taken as it stands: n is 40 or 127, and a table of n angles makes it exact to rounding.
#include "analysis/drift.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/metrics.h"

static const double two_pi = 6.283185307179586476925286766559; // 2 pi

fhrl_status fhrl_drift_init(fhrl_drift *w, int n, fhrl_err *err)
{
  *w = (fhrl_drift){0};
  if (n < 2) return fhrl_fail(err, FHRL_ARG, "a spectrum needs 2 similarities or more, not %d", n);
  double *table = malloc(2 * (size_t)n * sizeof *table);
  if (!table) return fhrl_fail(err, FHRL_NOMEM, "no memory for a spectrum of %d similarities", n);
  *w = (fhrl_drift){.n = n, .bins = n / 2 + 1, .cosine = table, .sine = table + n};
  for (int k = 0; k < n; k++) {
    w->cosine[k] = cos(two_pi * k / n);
    w->sine[k] = sin(two_pi * k / n);
  }
  return FHRL_OK;
}

void fhrl_drift_free(fhrl_drift *w)
{
  free(w->cosine);
  *w = (fhrl_drift){0};
}

void fhrl_drift_cosines(int n, int d, const double h[], size_t stride, double s[])
{
  double before = FHRL_NAN; // |h_i|
  for (int i = 0; i <= n; i++) {
    const double *b = h + (size_t)i * stride, *a = i > 0 ? b - stride : b;
    double square = 0.0, product = 0.0;
    for (int j = 0; j < d; j++) {
      square += b[j] * b[j];
      product += a[j] * b[j];
    }
    const double norm = sqrt(square);
    if (i > 0) s[i - 1] = before > 0.0 && norm > 0.0 ? product / before / norm : FHRL_NAN; // (1)
    before = norm;
  }
}

void fhrl_drift_amplitude(const fhrl_drift *w, const double s[], double amplitude[])
{
  const int n = w->n;
  double mean = 0.0;
  for (int i = 0; i < n; i++) mean += s[i];
  mean /= n;
  for (int j = 0; j < w->bins; j++) {
    double re = 0.0, im = 0.0;
    for (int i = 0, angle = 0; i < n; i++, angle = angle + j < n ? angle + j : angle + j - n) {
      re += (s[i] - mean) * w->cosine[angle]; // angle = i j mod n, (2)
      im -= (s[i] - mean) * w->sine[angle];
    }
    amplitude[j] = hypot(re, im);
  }
}

fhrl_drift_peak fhrl_drift_find(const fhrl_drift *w, const double amplitude[])
{
  int peak = 1;
  double sum = 0.0, moment = 0.0;
  for (int j = 1; j < w->bins; j++) {
    sum += amplitude[j];
    moment += amplitude[j] * j;
    if (amplitude[j] > amplitude[peak]) peak = j; // (3)
  }
  if (isnan(sum)) return (fhrl_drift_peak){FHRL_NAN, FHRL_NAN, FHRL_NAN};
  if (sum == 0.0) return (fhrl_drift_peak){FHRL_NAN, 0.0, FHRL_NAN};
  return (fhrl_drift_peak){(double)peak / w->n, amplitude[peak], moment / sum / w->n};
}
