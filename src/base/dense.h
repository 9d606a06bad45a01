// SPDX-License-Identifier: GPL-3.0-or-later
// dense: linear algebra of full real matrices in double (LAPACK, BLAS)
//
// Matrices are row-major, A[i * cols + j]. Inputs are never changed and never alias outputs. Every function that can
// fail checks its input for entries that are not finite (FHRL_NUMERIC with their place), for LAPACK may not return on
// a NaN; FHRL_NUMERIC too if an iteration does not converge, FHRL_NOMEM if scratch cannot be had.
#pragma once

#include "base/status.h"

// Eigenvalues re[i] + i im[i] (n each) of A (n, n), by descending real part; of a conjugate pair the one with the
// positive imaginary part comes first. Balanced QR algorithm (dgeev).
fhrl_status fhrl_dense_eigenvalues(int n, const double A[], double re[], double im[], fhrl_err *err);

// Eigenvalues (n), descending, of the symmetric A (n, n), of which only the lower triangle is read; vectors (n, n), one
// unit eigenvector a row in the same order, or NULL where they are not wanted.
fhrl_status fhrl_dense_symmetric(int n, const double A[], double values[], double vectors[], fhrl_err *err);

// Singular values (k = min(rows, cols)), descending, of A (rows, cols); right (k, cols), one unit right singular vector
// a row in the same order, or NULL where they are not wanted.
fhrl_status fhrl_dense_singular(int rows, int cols, const double A[], double sigma[], double right[], fhrl_err *err);

// x (n) with A x = b, A (n, n), b (n); b and x may be the same array. FHRL_NUMERIC if A is singular to working precision
// (reciprocal condition number below 1e-15).
fhrl_status fhrl_dense_solve(int n, const double A[], const double b[], double x[], fhrl_err *err);

// The factors P L U of A (n, n), here given by columns, A[j * n + i], in place; pivot (n). 0, or 1 + the index of a pivot that
// is 0. Neither this nor the next one looks for entries that are not finite, allocates or fails otherwise: they are called
// within steps.
int fhrl_dense_factor(int n, double A[], int pivot[]);
// x (n) := the solution of A x = x from the factors.
void fhrl_dense_substitute(int n, const double factors[], const int pivot[], double x[]);
// Condition number |A| |1/A| of A (n, n) in the infinity norm, as LU and a few solves estimate it; HUGE_VAL if A is singular.
fhrl_status fhrl_dense_condition(int n, const double A[], double *condition, fhrl_err *err);

// C (m, n) = a A B + b C with A (m, k), B (k, n). Where b is 0, C need not be set. Cannot fail.
void fhrl_dense_multiply(int m, int n, int k, double a, const double A[], const double B[], double b, double C[]);

// C (m, n) = a A B' + b C with A (m, k), B (n, k): the product of rows, as in x W' of a batch of rows x. Cannot fail.
void fhrl_dense_multiply_rows(int m, int n, int k, double a, const double A[], const double B[], double b, double C[]);

// Lets BLAS use one thread only: its results change with their number, and our own threads fill the machine.
void fhrl_dense_init(void);

const char *fhrl_dense_version(void); // of OpenBLAS, with the kernel chosen for this processor
