// SPDX-License-Identifier: GPL-3.0-or-later
// pca: the directions along which a cloud of states spreads most
//
// C: the rows of x less their mean. Eigenvectors of C'C are those of CC' carried over by C': the smaller one is taken.
#include "analysis/pca.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dense.h"
#include "ode/model.h"

// C = x - mean, or its transpose; returns the sum of squares.
static double centre(int count, int n, const double x[], double mean[], int transposed, double C[])
{
  double sum = 0.0;
  memset(mean, 0, (size_t)n * sizeof *mean);
  for (int i = 0; i < count; i++)
    for (int j = 0; j < n; j++) mean[j] += x[(size_t)i * n + j] / count;
  for (int i = 0; i < count; i++)
    for (int j = 0; j < n; j++) {
      const double c = x[(size_t)i * n + j] - mean[j];
      C[transposed ? (size_t)j * count + i : (size_t)i * n + j] = c;
      sum += c * c;
    }
  return sum;
}

// Unit length, and the sign that makes the largest component positive: eigenvectors have none of their own.
static void normalize(int n, double v[])
{
  const double norm = fhrl_norm(n, v);
  int largest = 0;
  for (int i = 1; i < n; i++)
    if (fabs(v[i]) > fabs(v[largest])) largest = i;
  const double factor = v[largest] < 0.0 ? -1.0 / norm : 1.0 / norm;
  for (int i = 0; i < n; i++) v[i] *= factor;
}

fhrl_status fhrl_pca_find(int count, int n, const double x[], int k, double mean[], double axis[], double variance[],
  double *total, fhrl_err *err)
{
  const int wide = count < n, m = wide ? count : n; // size of the matrix whose eigenvectors are found
  double *C = malloc(((size_t)count * n + 2 * (size_t)m * m + (size_t)m) * sizeof *C);
  if (C == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the components of %d states of %d", count, n);
  double *G = C + (size_t)count * n, *vectors = G + (size_t)m * m, *values = vectors + (size_t)m * m;
  fhrl_status status = FHRL_OK;
  const double sum = centre(count, n, x, mean, !wide, C);
  fhrl_dense_multiply_rows(m, m, wide ? n : count, 1.0 / (count - 1), C, C, 0.0, G);
  FHRL_DO(status, fhrl_dense_symmetric(m, G, values, vectors, err));
  *total = sum / (count - 1);
  if (!(values[k - 1] > 1e-14 * fmax(values[0], 1e-300)))
    FHRL_DO(status, fhrl_fail(err, FHRL_NUMERIC, "%d states of %d components spread in fewer than %d directions", count, n, k));
  for (int a = 0; a < k; a++) {
    double *out = axis + (size_t)a * n;
    const double *v = vectors + (size_t)a * m;
    if (wide) fhrl_dense_multiply(1, n, count, 1.0, v, C, 0.0, out);
    else memcpy(out, v, (size_t)n * sizeof *out);
    normalize(n, out);
    variance[a] = values[a];
  }
done:
  free(C);
  return status;
}
