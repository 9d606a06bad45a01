// SPDX-License-Identifier: GPL-3.0-or-later
// weight: what training made of the reentry matrix W_r: size, anisotropy, alignment with the token embedding
//   kappa_sv   = sigma_1 / mean sigma                              (1)
//   anisotropy = sigma_1 / sum sigma                               (2)
//   alignment  = |P W P|_F / |W|_F,  P = V_k V_k'                  (3)  V_k: top-k right singular vectors of E
// V_k has orthonormal columns, so |P W P|_F = |V_k' W V_k|_F: a k x k matrix.
#include "analysis/weight.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dense.h"

static double frobenius(size_t n, const double A[])
{
  double s = 0.0;
  for (size_t i = 0; i < n; i++) s += A[i] * A[i];
  return sqrt(s);
}

fhrl_status fhrl_weight_measure(int d, const double W[], fhrl_weight *out, double sigma[], fhrl_err *err)
{
  double *values = malloc((size_t)d * sizeof *values), sum = 0.0;
  if (!values) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d singular values", d);
  const fhrl_status status = fhrl_dense_singular(d, d, W, values, NULL, err);
  if (status == FHRL_OK) {
    for (int i = 0; i < d; i++) sum += values[i];
    out->frobenius = frobenius((size_t)d * d, W);
    out->kappa_sv = sum > 0.0 ? values[0] / (sum / d) : FHRL_NAN; // (1)
    out->anisotropy = sum > 0.0 ? values[0] / sum : FHRL_NAN;     // (2)
    if (sigma) memcpy(sigma, values, (size_t)d * sizeof *sigma);
  }
  free(values);
  return status;
}

fhrl_status fhrl_weight_top(int V, int d, int k, const double E[], double top[], fhrl_err *err)
{
  if (k < 1 || k >= d || k > V)
    return fhrl_fail(err, FHRL_ARG, "probe.topk = %d must lie in 1 .. %d for an embedding of %d x %d", k,
      V < d ? V : d - 1, V, d);
  const size_t m = (size_t)(V < d ? V : d);
  double *memory = malloc((m + m * (size_t)d) * sizeof *memory);
  if (!memory) return fhrl_fail(err, FHRL_NOMEM, "no memory for singular vectors of %d x %d", V, d);
  const fhrl_status status = fhrl_dense_singular(V, d, E, memory, memory + m, err);
  if (status == FHRL_OK) memcpy(top, memory + m, (size_t)k * d * sizeof *top);
  free(memory);
  return status;
}

double fhrl_weight_alignment(int d, int k, const double W[], const double top[], double scratch[])
{
  const double norm = frobenius((size_t)d * d, W);
  double square = 0.0;
  memset(scratch, 0, (size_t)k * d * sizeof *scratch);
  for (int i = 0; i < k; i++) {
    double *row = scratch + (size_t)i * d; // row i of V_k' W
    for (int a = 0; a < d; a++)
      for (int b = 0; b < d; b++) row[b] += top[(size_t)i * d + a] * W[(size_t)a * d + b];
    for (int j = 0; j < k; j++) {
      double entry = 0.0;
      for (int b = 0; b < d; b++) entry += row[b] * top[(size_t)j * d + b];
      square += entry * entry;
    }
  }
  return norm > 0.0 ? sqrt(square) / norm : FHRL_NAN; // (3)
}

fhrl_status fhrl_weight_chance(int d, int k, const double top[], int M, fhrl_random at, fhrl_band *out, fhrl_err *err)
{
  const size_t dd = (size_t)d * d;
  double *memory = malloc((dd + (size_t)k * d + (size_t)M) * sizeof *memory);
  if (!memory) return fhrl_fail(err, FHRL_NOMEM, "no memory for a random matrix of %d x %d", d, d);
  double *W = memory, *scratch = W + dd, *values = scratch + (size_t)k * d;
  for (int m = 0; m < M; m++) {
    at.step = (uint32_t)m;
    fhrl_random_normal(at, 0, dd, W);
    values[m] = fhrl_weight_alignment(d, k, W, top, scratch);
  }
  *out = fhrl_metrics_band(M, values);
  free(memory);
  return FHRL_OK;
}
