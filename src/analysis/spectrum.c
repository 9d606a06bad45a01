// SPDX-License-Identifier: GPL-3.0-or-later
// spectrum: eigenvalue spectra of covariances, and the drift of a spectrum between neighbouring times (ESRI)
//   C       = 1/(n-1) sum_i (x_i - m)(x_i - m)'               (1)  [FH-RL eq. 18]
//   Lambda  = eigenvalues of C, descending                    (2)  [FH-RL eq. 19]
//   ESRI_t  = 1 - cos(Lambda_t, Lambda_{t+1})                 (3)  [FH-RL eq. 20]
//   ESRI    = mean over t                                     (4)  [FH-RL eq. 21]
// C (d, d) and the Gram matrix of the centred vectors (n, n) share their nonzero eigenvalues, so the smaller of
// the two is taken: 64 x 64 or 32 x 32 instead of 192 x 192.
#include "analysis/spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dense.h"

void fhrl_spectrum_gram(int n, int d, const double x[], size_t stride, const double mean[], double gram[])
{
  enum { LANES = 8 }; // eight independent sums keep the adder busy
  for (int i = 0; i < n; i++) {
    const double *a = x + (size_t)i * stride;
    for (int j = 0; j <= i; j += LANES) {
      const double *b[LANES];
      double sum[LANES] = {0.0};
      for (int l = 0; l < LANES; l++) b[l] = x + (size_t)(j + l < n ? j + l : n - 1) * stride;
      for (int k = 0; k < d; k++) {
        const double m = mean ? mean[k] : 0.0;
        for (int l = 0; l < LANES; l++) sum[l] += (a[k] - m) * (b[l][k] - m);
      }
      for (int l = 0; l < LANES && j + l <= i; l++) {
        gram[(size_t)i * n + j + l] = sum[l];
        gram[(size_t)(j + l) * n + i] = sum[l];
      }
    }
  }
}

void fhrl_spectrum_mean(int n, int d, const double x[], size_t stride, double mean[])
{
  memset(mean, 0, (size_t)d * sizeof *mean);
  for (int i = 0; i < n; i++)
    for (int k = 0; k < d; k++) mean[k] += x[(size_t)i * stride + k] / n;
}

// C of (1), (d, d).
static void covariance(int n, int d, const double x[], size_t stride, const double mean[], double C[])
{
  memset(C, 0, (size_t)d * d * sizeof *C);
  for (int i = 0; i < n; i++) {
    const double *row = x + (size_t)i * stride;
    for (int j = 0; j < d; j++)
      for (int k = 0; k < d; k++) C[(size_t)j * d + k] += (row[j] - mean[j]) * (row[k] - mean[k]) / (n - 1.0);
  }
}

// Eigenvalues of the positive semidefinite S (m, m), descending; rounding below zero becomes zero.
static fhrl_status descending(int m, const double S[], double out[], fhrl_err *err)
{
  FHRL_TRY(fhrl_dense_symmetric(m, S, out, NULL, err));
  for (int i = 0; i < m; i++) out[i] = fmax(out[i], 0.0); // (2)
  return FHRL_OK;
}

// As fhrl_spectrum_covariance, with scratch of d + min(n, d)^2.
static fhrl_status spectrum_of(int n, int d, const double x[], size_t stride, double scratch[], double out[],
  fhrl_err *err)
{
  double *mean = scratch, *S = scratch + d;
  const int m = n < d ? n : d;
  fhrl_spectrum_mean(n, d, x, stride, mean);
  if (n < d) {
    fhrl_spectrum_gram(n, d, x, stride, mean, S);
    for (int i = 0; i < n * n; i++) S[i] /= n - 1.0;
  } else {
    covariance(n, d, x, stride, mean, S); // (1)
  }
  return descending(m, S, out, err);
}

fhrl_status fhrl_spectrum_covariance(int n, int d, const double x[], size_t stride, double out[], fhrl_err *err)
{
  if (n < 2) return fhrl_fail(err, FHRL_ARG, "a covariance needs 2 vectors or more, not %d", n);
  const size_t m = (size_t)(n < d ? n : d);
  double *scratch = malloc(((size_t)d + m * m) * sizeof *scratch);
  if (!scratch) return fhrl_fail(err, FHRL_NOMEM, "no memory for a covariance of %zu x %zu", m, m);
  const fhrl_status status = spectrum_of(n, d, x, stride, scratch, out, err);
  free(scratch);
  return status;
}

double fhrl_spectrum_distance(int na, const double a[], int nb, const double b[])
{
  double aa = 0.0, bb = 0.0, sum = 0.0;
  for (int i = 0; i < na; i++) aa += a[i] * a[i];
  for (int i = 0; i < nb; i++) bb += b[i] * b[i];
  if (!(aa > 0.0 && bb > 0.0)) return FHRL_NAN;
  aa = sqrt(aa);
  bb = sqrt(bb);
  // 1 - cos = |a/|a| - b/|b||^2 / 2 keeps its digits where the two nearly agree, and is never negative
  for (int i = 0; i < (na > nb ? na : nb); i++) {
    const double difference = (i < na ? a[i] / aa : 0.0) - (i < nb ? b[i] / bb : 0.0);
    sum += difference * difference;
  }
  return 0.5 * sum; // (3)
}

fhrl_status fhrl_spectrum_esri_batch(int N, int T, int d, const double h[], double esri_t[], double *out,
  fhrl_err *err)
{
  if (N < 2 || T < 2)
    return fhrl_fail(err, FHRL_ARG, "batch ESRI needs 2 sequences and 2 tokens or more, not %d and %d", N, T);
  const int m = N < d ? N : d;
  double *scratch = malloc(((size_t)d + (size_t)m * m + 2 * (size_t)m) * sizeof *scratch);
  if (!scratch) return fhrl_fail(err, FHRL_NOMEM, "no memory for a covariance of %d x %d", m, m);
  double *before = scratch + d + (size_t)m * m, *after = before + m, sum = 0.0;
  fhrl_status status = FHRL_OK;
  for (int t = 0; t < T; t++) {
    FHRL_DO(status, spectrum_of(N, d, h + (size_t)t * d, (size_t)T * d, scratch, after, err));
    if (t > 0) {
      const double esri = fhrl_spectrum_distance(m, before, m, after);
      if (esri_t) esri_t[t - 1] = esri;
      sum += esri;
    }
    memcpy(before, after, (size_t)m * sizeof *before);
  }
  *out = sum / (T - 1.0); // (4)
done:
  free(scratch);
  return status;
}

// Covariance spectrum of the tokens start .. start+w-1 from the Gram matrix G (T, T) of the trajectory: taking off the
// window's own mean is taking off the means of rows and columns.
static fhrl_status window_spectrum(int T, int start, int w, const double G[], double S[], double out[], fhrl_err *err)
{
  double total = 0.0;
  for (int i = 0; i < w; i++) {
    double row = 0.0;
    for (int j = 0; j < w; j++) row += G[(size_t)(start + i) * T + start + j];
    out[i] = row / w; // out serves as scratch for the means until the end
    total += row / w / w;
  }
  for (int i = 0; i < w; i++)
    for (int j = 0; j < w; j++)
      S[(size_t)i * w + j] = (G[(size_t)(start + i) * T + start + j] - out[i] - out[j] + total) / (w - 1.0);
  return descending(w, S, out, err);
}

fhrl_status fhrl_spectrum_esri_window(int T, int d, int window, const double h[], double *out, fhrl_err *err)
{
  if (window < 2 || window >= T)
    return fhrl_fail(err, FHRL_ARG, "a window of %d does not fit twice into %d tokens, one token apart", window, T);
  const size_t TT = (size_t)T * T, ww = (size_t)window * window;
  double *scratch = malloc((TT + ww + 2 * (size_t)window + (size_t)d) * sizeof *scratch);
  if (!scratch) return fhrl_fail(err, FHRL_NOMEM, "no memory for windows of %d tokens", window);
  double *G = scratch, *S = G + TT, *before = S + ww, *after = before + window, *mean = after + window, sum = 0.0;
  fhrl_status status = FHRL_OK;
  fhrl_spectrum_mean(T, d, h, (size_t)d, mean); // near to every window's mean: the differences below keep their digits
  fhrl_spectrum_gram(T, d, h, (size_t)d, mean, G);
  for (int start = 0; start + window <= T; start++) {
    FHRL_DO(status, window_spectrum(T, start, window, G, S, after, err));
    if (start > 0) sum += fhrl_spectrum_distance(window, before, window, after);
    memcpy(before, after, (size_t)window * sizeof *before);
  }
  *out = sum / (T - window);
done:
  free(scratch);
  return status;
}
