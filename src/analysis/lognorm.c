// SPDX-License-Identifier: GPL-3.0-or-later
// lognorm: logarithmic norms of a matrix: how fast |x| can grow at most under dx/dt = J x
#include "analysis/lognorm.h"

#include <math.h>
#include <stdlib.h>

#include "base/dense.h"

enum { POWERS = 2000, FEW_POWERS = 100, MANY = 400 };

static double weight(const double w[], int i) { return w ? w[i] : 1.0; }

// Largest column sum of D J D^-1 (by_rows: row sum), the diagonal with its sign.
static double sum_norm(int by_rows, int n, const double J[], const double w[])
{
  double most = -HUGE_VAL;
  for (int k = 0; k < n; k++) {
    double sum = J[(size_t)k * n + k];
    for (int m = 0; m < n; m++) {
      if (m == k) continue;
      const double entry = by_rows ? J[(size_t)k * n + m] : J[(size_t)m * n + k];
      sum += fabs(entry) * (by_rows ? weight(w, k) / weight(w, m) : weight(w, m) / weight(w, k));
    }
    most = fmax(most, sum);
  }
  return most;
}

fhrl_status fhrl_lognorm_of(
  fhrl_lognorm_kind kind, int n, const double J[], const double w[], double scratch[], double *mu, fhrl_err *err)
{
  if (kind != FHRL_LOGNORM_2) {
    *mu = sum_norm(kind == FHRL_LOGNORM_INF, n, J, w);
    return FHRL_OK;
  }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      scratch[(size_t)i * n + j] =
        0.5 * (J[(size_t)i * n + j] * weight(w, i) / weight(w, j) + J[(size_t)j * n + i] * weight(w, j) / weight(w, i));
  double *values = malloc((size_t)n * sizeof *values);
  if (values == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d eigenvalues", n);
  const fhrl_status status = fhrl_dense_symmetric(n, scratch, values, NULL, err);
  if (status == FHRL_OK) *mu = values[0];
  free(values);
  return status;
}

void fhrl_lognorm_cover(int n, const double J[], double M[])
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      const size_t at = (size_t)i * n + j;
      M[at] = fmax(M[at], i == j ? J[at] : fabs(J[at]));
    }
}

// Perron's vector of M + shift (transposed: of its transpose), positive; returns the eigenvalue of M.
static double perron(int transposed, int n, const double M[], double floor, double shift, double x[], double y[])
{
  double value = 0.0, last = HUGE_VAL;
  const int powers = n > MANY ? FEW_POWERS : POWERS; // any positive weights are weights
  for (int i = 0; i < n; i++) x[i] = 1.0;
  for (int k = 0; k < powers && fabs(value - last) > 1e-12 * (fabs(value) + shift); k++) {
    double most = 0.0;
    for (int i = 0; i < n; i++) y[i] = shift * x[i];
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) {
        const double entry = i == j ? M[(size_t)i * n + j] : fmax(M[(size_t)i * n + j], floor);
        if (transposed) y[j] += entry * x[i];
        else y[i] += entry * x[j];
      }
    for (int i = 0; i < n; i++) most = fmax(most, y[i]);
    last = value;
    value = most - shift;
    for (int i = 0; i < n; i++) x[i] = fmax(y[i] / most, 1e-300);
  }
  return value;
}

fhrl_status fhrl_lognorm_weights(int n, const double M[], double w[], double *root, fhrl_err *err)
{
  double *left = malloc(3 * (size_t)n * sizeof *left), largest = 0.0, shift = 1e-300;
  if (left == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for vectors of %d", n);
  double *right = left + n, *scratch = right + n;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      if (i != j) largest = fmax(largest, M[(size_t)i * n + j]);
      else shift = fmax(shift, 1.0 - M[(size_t)i * n + j]); // the diagonal of M + shift is at least 1
    }
  const double floor = largest > 0.0 ? 1e-9 * largest : 1e-9;
  perron(1, n, M, floor, shift, left, scratch);
  *root = perron(0, n, M, floor, shift, right, scratch);
  for (int kind = 0; kind < FHRL_LOGNORM_KINDS; kind++) {
    double *v = w + (size_t)kind * n, most = 0.0;
    for (int i = 0; i < n; i++) {
      v[i] = kind == FHRL_LOGNORM_1 ? left[i] : kind == FHRL_LOGNORM_INF ? 1.0 / right[i] : sqrt(left[i] / right[i]);
      most = fmax(most, v[i]);
    }
    for (int i = 0; i < n; i++) v[i] /= most;
  }
  free(left);
  return FHRL_OK;
}
