// SPDX-License-Identifier: GPL-3.0-or-later
// slots: how many of the r slots of the fast memory U'V differ
//   U' = Q_u R_u, V' = Q_v R_v:  U'V = Q_u (R_u R_v') Q_v'       (1)  so R_u R_v' (r, r) has its singular values
//   effective rank = exp(-sum p log p),  p = sigma / sum sigma   (2)
// Triangular factors and not Gram matrices: those would lose sigma_2 below 1e-8 sigma_1, and slots collapse further.
#include "analysis/slots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "base/dense.h"

// Triangle R (r, r), upper, of X' = Q R for the rows X (r, d), by modified Gram-Schmidt, whose R is as accurate as
// Householder's. X is destroyed.
static void triangle(int r, int d, double X[], double R[])
{
  memset(R, 0, (size_t)r * r * sizeof *R);
  for (int i = 0; i < r; i++) {
    double *q = X + (size_t)i * d, square = 0.0;
    for (int k = 0; k < d; k++) square += q[k] * q[k];
    const double norm = R[i * r + i] = sqrt(square);
    if (!(norm > 0.0)) continue;
    for (int k = 0; k < d; k++) q[k] /= norm;
    for (int j = i + 1; j < r; j++) {
      double *x = X + (size_t)j * d, product = 0.0;
      for (int k = 0; k < d; k++) product += q[k] * x[k];
      for (int k = 0; k < d; k++) x[k] -= product * q[k];
      R[i * r + j] = product;
    }
  }
}

fhrl_status fhrl_slots_values(int r, int d, const double U[], const double V[], double sigma[], fhrl_err *err)
{
  const size_t rd = (size_t)r * d, rr = (size_t)r * r;
  double *memory = malloc((rd + 3 * rr) * sizeof *memory);
  if (!memory) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d slots of %d channels", r, d);
  double *X = memory, *Ru = X + rd, *Rv = Ru + rr, *M = Rv + rr;
  memcpy(X, U, rd * sizeof *X);
  triangle(r, d, X, Ru);
  memcpy(X, V, rd * sizeof *X);
  triangle(r, d, X, Rv);
  fhrl_dense_multiply_rows(r, r, r, 1.0, Ru, Rv, 0.0, M); // (1)
  const fhrl_status status = fhrl_dense_singular(r, r, M, sigma, NULL, err);
  free(memory);
  return status;
}

fhrl_status fhrl_slots_measure(int r, int d, const double U[], const double V[], fhrl_slots *out, fhrl_err *err)
{
  double *sigma = malloc((size_t)r * sizeof *sigma), sum = 0.0, entropy = 0.0;
  if (!sigma) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d singular values", r);
  const fhrl_status status = fhrl_slots_values(r, d, U, V, sigma, err);
  if (status == FHRL_OK) {
    for (int i = 0; i < r; i++) sum += sigma[i];
    for (int i = 0; i < r; i++)
      if (sigma[i] > 0.0) entropy -= sigma[i] / sum * log(sigma[i] / sum); // (2)
    *out = (fhrl_slots){sum > 0.0 ? exp(entropy) : FHRL_NAN, sum > 0.0 ? (r > 1 ? sigma[1] / sigma[0] : 0.0) : FHRL_NAN};
  }
  free(sigma);
  return status;
}
