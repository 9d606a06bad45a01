// SPDX-License-Identifier: GPL-3.0-or-later
// arnoldi: some eigenvalues of a large real matrix that is known by its products alone (ARPACK)
//
// Implicitly restarted Arnoldi [Sorensen 1992]. The start vector is drawn from a fixed seed: the same bits every time. One
// call at a time: ARPACK keeps its state in static memory.
#pragma once

#include "base/status.h"

typedef enum fhrl_arnoldi_which {
  FHRL_ARNOLDI_LARGEST_REAL,
  FHRL_ARNOLDI_SMALLEST_REAL,
  FHRL_ARNOLDI_LARGEST_MODULUS,
} fhrl_arnoldi_which;

// Av = A v; 0, or not 0 to give up.
typedef int fhrl_arnoldi_product(void *context, const double v[], double Av[]);

// The k (1 <= k <= n - 3) eigenvalues of A (n, n) at one end of its spectrum, to `tolerance` relative; one more where a
// conjugate pair would be cut. re, im (k + 1), descending real part, of a pair the positive imaginary part first; *found
// is how many there are: fewer than k if the others did not converge.
// FHRL_NUMERIC if none converged or a product failed, FHRL_ARG for such a k, FHRL_NOMEM.
fhrl_status fhrl_arnoldi_eigenvalues(int n, int k, fhrl_arnoldi_which which, fhrl_arnoldi_product *product, void *context,
  double tolerance, double re[], double im[], int *found, fhrl_err *err);
