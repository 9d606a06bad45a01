// SPDX-License-Identifier: GPL-3.0-or-later
// surrogate: what the drift of independent vectors looks like, since a largest amplitude always lies somewhere
//   x = m + sum_k z_k (x_k - m) / sqrt(n-1),  z ~ N(0, I)       (1)  mean m and exactly the covariance of the data
//   x_i . x_j = |m|^2 + c . z_i + c . z_j + z_i' G z_j          (2)  c = cross, G = gram: no vector is ever formed
#include "analysis/surrogate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/spectrum.h"

static double dot(int n, const double a[], const double b[])
{
  double s = 0.0;
  for (int i = 0; i < n; i++) s += a[i] * b[i];
  return s;
}

fhrl_status fhrl_surrogate_init(fhrl_surrogate *w, int n, int d, const double h[], size_t stride, fhrl_err *err)
{
  *w = (fhrl_surrogate){0};
  if (n < 3) return fhrl_fail(err, FHRL_ARG, "surrogates need 3 vectors or more, not %d", n);
  const size_t N = (size_t)n;
  double *memory = malloc((2 * N * N + 3 * N + (size_t)d) * sizeof *memory);
  int *order = malloc(N * sizeof *order);
  if (!memory || !order) {
    free(memory);
    free(order);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for surrogates of %d vectors", n);
  }
  *w = (fhrl_surrogate){.n = n, .gram = memory, .normal = memory + N * N, .cross = memory + 2 * N * N, .order = order};
  w->product = w->cross + N;
  double *mean = w->product + 2 * N, *s = w->product;
  fhrl_spectrum_mean(n, d, h, stride, mean);
  fhrl_spectrum_gram(n, d, h, stride, mean, w->gram);
  w->square = dot(d, mean, mean);
  for (int i = 0; i < n; i++) {
    w->cross[i] = (dot(d, mean, h + (size_t)i * stride) - w->square) / sqrt(n - 1.0);
    for (int j = 0; j < n; j++) w->gram[(size_t)i * n + j] /= n - 1.0;
    if (isfinite(w->gram[(size_t)i * n + i]) && isfinite(w->cross[i])) continue;
    fhrl_surrogate_free(w);
    return fhrl_fail(err, FHRL_NUMERIC, "vector %d of a sequence is not finite", i);
  }
  fhrl_drift_cosines(n - 1, d, h, stride, s);
  w->deviation = fhrl_metrics_mean(n - 1, s).error * sqrt(n - 1.0);
  return FHRL_OK;
}

void fhrl_surrogate_free(fhrl_surrogate *w)
{
  free(w->gram);
  free(w->order);
  *w = (fhrl_surrogate){0};
}

// Similarities of successive vectors (1) from their inner products (2).
static void draw_gaussian(fhrl_surrogate *w, fhrl_random at, double s[])
{
  const int n = w->n;
  double before = 0.0;
  fhrl_random_normal(at, 0, (size_t)n * n, w->normal);
  for (int i = 0; i < n; i++) {
    const double *z = w->normal + (size_t)i * n, *last = z - n;
    double *Gz = w->product + (i % 2) * n, *Glast = w->product + (1 - i % 2) * n;
    memset(Gz, 0, (size_t)n * sizeof *Gz);
    for (int k = 0; k < n; k++)
      for (int j = 0; j < n; j++) Gz[j] += z[k] * w->gram[(size_t)k * n + j];
    const double c = dot(n, w->cross, z), norm = sqrt(fmax(w->square + 2.0 * c + dot(n, z, Gz), 0.0));
    if (i > 0) {
      const double product = w->square + c + dot(n, w->cross, last) + dot(n, z, Glast); // (2)
      s[i - 1] = norm > 0.0 && before > 0.0 ? product / norm / before : FHRL_NAN;
    }
    before = norm;
  }
}

static void draw_permuted(fhrl_surrogate *w, fhrl_random at, double s[])
{
  const int n = w->n;
  int *order = w->order;
  for (int i = 0; i < n; i++) order[i] = i;
  for (int i = n - 1; i > 0; i--) { // Fisher and Yates
    const int j = (int)fhrl_random_below(at, (size_t)i, (uint64_t)i + 1);
    const int swap = order[i];
    order[i] = order[j];
    order[j] = swap;
  }
  const double root = sqrt(n - 1.0);
  double before = 0.0;
  for (int i = 0; i < n; i++) {
    const int a = order[i], b = order[i > 0 ? i - 1 : 0];
    const double own = w->square + 2.0 * root * w->cross[a] + (n - 1.0) * w->gram[(size_t)a * n + a];
    const double norm = sqrt(fmax(own, 0.0));
    const double product =
      w->square + root * (w->cross[a] + w->cross[b]) + (n - 1.0) * w->gram[(size_t)a * n + b];
    if (i > 0) s[i - 1] = norm > 0.0 && before > 0.0 ? product / norm / before : FHRL_NAN;
    before = norm;
  }
}

void fhrl_surrogate_draw(fhrl_surrogate *w, fhrl_null null, fhrl_random at, double s[])
{
  switch (null) {
  case FHRL_NULL_GAUSSIAN: draw_gaussian(w, at, s); return;
  case FHRL_NULL_PERMUTED: draw_permuted(w, at, s); return;
  case FHRL_NULL_WHITE:
    fhrl_random_normal(at, 0, (size_t)w->n - 1, s);
    for (int i = 0; i < w->n - 1; i++) s[i] *= w->deviation;
    return;
  }
}

fhrl_status fhrl_surrogate_peaks(const fhrl_drift *w, int M, const double s[], fhrl_drift_peak peaks[],
  double amplitude[], fhrl_err *err)
{
  const size_t m = (size_t)M, bins = (size_t)w->bins;
  double *one = malloc((bins + (amplitude ? bins * m : 0)) * sizeof *one), *all = one + bins; // all (bins, M)
  if (!one) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d surrogates", M);
  for (size_t i = 0; i < m; i++) {
    fhrl_drift_amplitude(w, s + i * (size_t)w->n, one);
    peaks[i] = fhrl_drift_find(w, one);
    for (size_t j = 0; amplitude && j < bins; j++) all[j * m + i] = one[j];
  }
  for (size_t j = 0; amplitude && j < bins; j++) {
    const fhrl_band band = fhrl_metrics_band(M, all + j * m);
    amplitude[j] = band.mean;
    amplitude[bins + j] = band.low;
    amplitude[2 * bins + j] = band.high;
  }
  free(one);
  return FHRL_OK;
}

fhrl_status fhrl_surrogate_summary(int M, const fhrl_drift_peak peaks[], fhrl_surrogate_bands *out, fhrl_err *err)
{
  double *value = malloc((size_t)M * sizeof *value);
  if (!value) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d surrogates", M);
  for (int i = 0; i < M; i++) value[i] = peaks[i].frequency;
  out->frequency = fhrl_metrics_band(M, value);
  for (int i = 0; i < M; i++) value[i] = peaks[i].magnitude;
  out->magnitude = fhrl_metrics_band(M, value);
  for (int i = 0; i < M; i++) value[i] = peaks[i].centroid;
  out->centroid = fhrl_metrics_band(M, value);
  free(value);
  return FHRL_OK;
}
