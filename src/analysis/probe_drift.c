// SPDX-License-Identifier: GPL-3.0-or-later
// probe_drift: the drift (RDP) of recorded states along probes and along tokens, each beside its nulls
#include "analysis/probe_drift.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const fhrl_drift_peak undefined = {FHRL_NAN, FHRL_NAN, FHRL_NAN};

static fhrl_status make(int N, int M, int bins, fhrl_probe_drift *out, fhrl_err *err)
{
  *out = (fhrl_probe_drift){.N = N, .M = M, .bins = bins, .error = undefined};
  out->sample = malloc((N > 0 ? (size_t)N : 1) * sizeof *out->sample);
  out->null = malloc((size_t)M * FHRL_NULL_COUNT * sizeof *out->null);
  out->amplitude = malloc((bins > 0 ? 4 * (size_t)bins : 1) * sizeof *out->amplitude);
  if (out->sample && out->null && out->amplitude) return FHRL_OK;
  fhrl_probe_drift_free(out);
  return fhrl_fail(err, FHRL_NOMEM, "no memory for the drift of %d surrogates", M);
}

void fhrl_probe_drift_free(fhrl_probe_drift *drift)
{
  free(drift->sample);
  free(drift->null);
  free(drift->amplitude);
  *drift = (fhrl_probe_drift){0};
}

static fhrl_status bands(fhrl_probe_drift *drift, fhrl_err *err)
{
  for (int null = 0; null < FHRL_NULL_COUNT; null++)
    FHRL_TRY(fhrl_surrogate_summary(drift->M, drift->null + (size_t)null * drift->M, &drift->band[null], err));
  return FHRL_OK;
}

// M sequences of similarities s (M, n) of one null. Every null has random numbers of its own.
static void draw(fhrl_surrogate *source, fhrl_null null, int n, int M, fhrl_random at, double s[])
{
  at.layer = (uint32_t)null;
  for (int m = 0; m < M; m++) {
    at.step = (uint32_t)m;
    fhrl_surrogate_draw(source, null, at, s + (size_t)m * n);
  }
}

fhrl_status fhrl_probe_drift_along_k(int K, int d, const double h[], size_t stride, int M, fhrl_random at,
  fhrl_probe_drift *out, fhrl_err *err)
{
  const int n = K - 1;
  fhrl_drift w = {0};
  fhrl_surrogate source = {0};
  *out = (fhrl_probe_drift){0};
  fhrl_status status = FHRL_OK;
  double *s = malloc((size_t)n * M * sizeof *s);
  if (!s) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d surrogates of %d similarities", M, n));
  FHRL_DO(status, fhrl_drift_init(&w, n, err));
  FHRL_DO(status, fhrl_surrogate_init(&source, K, d, h, stride, err));
  FHRL_DO(status, make(0, M, w.bins, out, err));
  fhrl_drift_cosines(n, d, h, stride, s);
  fhrl_drift_amplitude(&w, s, out->amplitude);
  out->peak = fhrl_drift_find(&w, out->amplitude);
  for (int null = 0; null < FHRL_NULL_COUNT; null++) {
    draw(&source, (fhrl_null)null, n, M, at, s);
    double *amplitude = null == FHRL_NULL_PERMUTED ? out->amplitude + out->bins : NULL;
    FHRL_DO(status, fhrl_surrogate_peaks(&w, M, s, out->null + (size_t)null * M, amplitude, err));
  }
  status = bands(out, err);
done:
  if (status != FHRL_OK) fhrl_probe_drift_free(out);
  fhrl_surrogate_free(&source);
  fhrl_drift_free(&w);
  free(s);
  return status;
}

fhrl_status fhrl_probe_drift_along_t(const fhrl_drift *w, int d, const double h[], int M, fhrl_random at,
  fhrl_drift_peak *peak, fhrl_drift_peak null[], fhrl_err *err)
{
  const int n = w->n;
  fhrl_surrogate source = {0};
  fhrl_status status = FHRL_OK;
  double *s = malloc(((size_t)n * M + (size_t)w->bins) * sizeof *s);
  if (!s) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d surrogates of %d similarities", M, n);
  double *amplitude = s + (size_t)n * M;
  FHRL_DO(status, fhrl_surrogate_init(&source, n + 1, d, h, (size_t)d, err));
  fhrl_drift_cosines(n, d, h, (size_t)d, s);
  fhrl_drift_amplitude(w, s, amplitude);
  *peak = fhrl_drift_find(w, amplitude);
  for (int k = 0; k < FHRL_NULL_COUNT; k++) {
    fhrl_drift_peak *of = null + (size_t)k * M;
    if (k == FHRL_NULL_GAUSSIAN) {
      for (int m = 0; m < M; m++) of[m] = undefined;
      continue;
    }
    draw(&source, (fhrl_null)k, n, M, at, s);
    FHRL_DO(status, fhrl_surrogate_peaks(w, M, s, of, NULL, err));
  }
done:
  fhrl_surrogate_free(&source);
  free(s);
  return status;
}

static void add(fhrl_drift_peak *sum, fhrl_drift_peak p, double weight)
{
  sum->frequency += weight * p.frequency;
  sum->magnitude += weight * p.magnitude;
  sum->centroid += weight * p.centroid;
}

// peak and error from the samples, bands from the nulls.
static fhrl_status summarise(fhrl_probe_drift *drift, fhrl_err *err)
{
  const int N = drift->N;
  double *value = malloc(3 * (size_t)N * sizeof *value);
  if (!value) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d probes", N);
  for (int i = 0; i < N; i++) {
    value[i] = drift->sample[i].frequency;
    value[N + i] = drift->sample[i].magnitude;
    value[2 * N + i] = drift->sample[i].centroid;
  }
  const fhrl_mean f = fhrl_metrics_mean(N, value), m = fhrl_metrics_mean(N, value + N),
                  c = fhrl_metrics_mean(N, value + 2 * N);
  free(value);
  drift->peak = (fhrl_drift_peak){f.value, m.value, c.value};
  drift->error = (fhrl_drift_peak){f.error, m.error, c.error};
  return bands(drift, err);
}

fhrl_status fhrl_probe_drift_gather(int N, int M, const fhrl_drift_peak sample[], const fhrl_drift_peak null[],
  fhrl_probe_drift *out, fhrl_err *err)
{
  FHRL_TRY(make(N, M, 0, out, err));
  memcpy(out->sample, sample, (size_t)N * sizeof *sample);
  for (int i = 0; i < FHRL_NULL_COUNT * M; i++) {
    out->null[i] = (fhrl_drift_peak){0.0, 0.0, 0.0};
    for (int n = 0; n < N; n++) add(&out->null[i], null[(size_t)n * FHRL_NULL_COUNT * M + i], 1.0 / N);
  }
  const fhrl_status status = summarise(out, err);
  if (status != FHRL_OK) fhrl_probe_drift_free(out);
  return status;
}

fhrl_status fhrl_probe_drift_average(int layers, const fhrl_probe_drift *const drifts[], fhrl_probe_drift *out,
  fhrl_err *err)
{
  const int N = drifts[0]->N, M = drifts[0]->M;
  *out = (fhrl_probe_drift){0};
  if (M == 0) return FHRL_OK;
  FHRL_TRY(make(N, M, 0, out, err));
  memset(out->sample, 0, (size_t)N * sizeof *out->sample);
  memset(out->null, 0, (size_t)FHRL_NULL_COUNT * M * sizeof *out->null);
  for (int l = 0; l < layers; l++) {
    add(&out->peak, drifts[l]->peak, 1.0 / layers);
    for (int n = 0; n < N; n++) add(&out->sample[n], drifts[l]->sample[n], 1.0 / layers);
    for (int i = 0; i < FHRL_NULL_COUNT * M; i++) add(&out->null[i], drifts[l]->null[i], 1.0 / layers);
  }
  const fhrl_status status = N > 0 ? summarise(out, err) : bands(out, err);
  if (status != FHRL_OK) fhrl_probe_drift_free(out);
  return status;
}
