// SPDX-License-Identifier: GPL-3.0-or-later
// exponential: matrix exponential of small matrices by scaling, Taylor series and squaring
#pragma once

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void matrix_product(int n, const double *a, const double *b, double *out)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double sum = 0.0;
      for (int k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      out[i * n + j] = sum;
    }
}

// E = exp(t A). A is scaled to a norm below 1/2, where 20 terms reach the last bit; 2^s squarings undo the scaling.
static void matrix_exponential(int n, const double *A, double t, double *E)
{
  const size_t size = (size_t)n * (size_t)n;
  double *term = malloc(size * sizeof *term), *next = malloc(size * sizeof *next),
         *a = malloc(size * sizeof *a);
  double norm = 0.0;
  for (int i = 0; i < n; i++) {
    double row = 0.0;
    for (int j = 0; j < n; j++) row += fabs(t * A[i * n + j]);
    norm = fmax(norm, row);
  }
  int squarings = 0;
  while (ldexp(norm, -squarings) > 0.5) squarings++;
  for (size_t i = 0; i < size; i++) a[i] = ldexp(t * A[i], -squarings);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) E[i * n + j] = term[i * n + j] = i == j ? 1.0 : 0.0;
  for (int k = 1; k <= 20; k++) {
    matrix_product(n, term, a, next);
    for (size_t i = 0; i < size; i++) {
      term[i] = next[i] / k;
      E[i] += term[i];
    }
  }
  for (int s = 0; s < squarings; s++) {
    matrix_product(n, E, E, next);
    memcpy(E, next, size * sizeof *E);
  }
  free(term);
  free(next);
  free(a);
}
