// SPDX-License-Identifier: GPL-3.0-or-later
// dense: linear algebra of full real matrices in double (LAPACK, BLAS)
//
// LAPACK is column-major, so it is given a row-major A as A', of which it has the same eigenvalues and singular values;
// where more is asked for, the roles of left and right (or of A and A') are exchanged. No transposed copies are made.
#include "base/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <cblas.h>
#include <lapacke.h>
#pragma GCC diagnostic pop

// A copy that LAPACK may overwrite; refuses entries that are not finite. *copy is owned by the caller (free).
static fhrl_status checked_copy(int rows, int cols, const double A[], double **copy, fhrl_err *err)
{
  const size_t count = (size_t)rows * cols;
  for (size_t i = 0; i < count; i++)
    if (!isfinite(A[i]))
      return fhrl_fail(err, FHRL_NUMERIC, "entry (%zu, %zu) of a %d x %d matrix is %g", i / (size_t)cols,
        i % (size_t)cols, rows, cols, A[i]);
  *copy = malloc((count ? count : 1) * sizeof **copy);
  if (*copy == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a %d x %d matrix", rows, cols);
  memcpy(*copy, A, count * sizeof **copy);
  return FHRL_OK;
}

// What a driver of LAPACK returned: an illegal argument cannot be (the callers check), so < 0 is its scratch.
static fhrl_status outcome(int info, const char *what, int rows, int cols, fhrl_err *err)
{
  if (info == 0) return FHRL_OK;
  if (info < 0) return fhrl_fail(err, FHRL_NOMEM, "no scratch for the %s of a %d x %d matrix", what, rows, cols);
  return fhrl_fail(err, FHRL_NUMERIC, "the %s of a %d x %d matrix did not converge", what, rows, cols);
}

typedef struct root {
  double re, im;
} root;

static int by_real_part(const void *a, const void *b)
{
  const root *p = a, *q = b;
  if (p->re != q->re) return p->re < q->re ? 1 : -1;
  return (p->im < q->im) - (p->im > q->im);
}

fhrl_status fhrl_dense_eigenvalues(int n, const double A[], double re[], double im[], fhrl_err *err)
{
  double *a = NULL;
  FHRL_TRY(checked_copy(n, n, A, &a, err));
  root *roots = malloc((size_t)n * sizeof *roots);
  fhrl_status status = FHRL_OK;
  if (roots == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d eigenvalues", n));
  const int info = LAPACKE_dgeev(LAPACK_COL_MAJOR, 'N', 'N', n, a, n, re, im, NULL, 1, NULL, 1);
  FHRL_DO(status, outcome(info, "eigenvalue iteration", n, n, err));
  for (int i = 0; i < n; i++) roots[i] = (root){re[i], im[i]};
  qsort(roots, (size_t)n, sizeof *roots, by_real_part);
  for (int i = 0; i < n; i++) {
    re[i] = roots[i].re;
    im[i] = roots[i].im;
  }
done:
  free(roots);
  free(a);
  return status;
}

static void reverse_rows(int rows, int cols, double A[])
{
  for (int i = 0; i < rows / 2; i++)
    for (int j = 0; j < cols; j++) {
      const double x = A[(size_t)i * cols + j];
      A[(size_t)i * cols + j] = A[(size_t)(rows - 1 - i) * cols + j];
      A[(size_t)(rows - 1 - i) * cols + j] = x;
    }
}

fhrl_status fhrl_dense_symmetric(int n, const double A[], double values[], double vectors[], fhrl_err *err)
{
  double *a = NULL;
  FHRL_TRY(checked_copy(n, n, A, &a, err));
  // the row-major lower triangle is the column-major upper one; eigenvector i is column i, our row i
  const int info = LAPACKE_dsyevd(LAPACK_COL_MAJOR, vectors ? 'V' : 'N', 'U', n, a, n, values);
  const fhrl_status status = outcome(info, "symmetric eigenvalue iteration", n, n, err);
  if (status == FHRL_OK) {
    reverse_rows(n, 1, values); // LAPACK's order is ascending
    if (vectors) {
      reverse_rows(n, n, a);
      memcpy(vectors, a, (size_t)n * n * sizeof *a);
    }
  }
  free(a);
  return status;
}

fhrl_status fhrl_dense_singular(int rows, int cols, const double A[], double sigma[], double right[], fhrl_err *err)
{
  const int k = rows < cols ? rows : cols;
  double *a = NULL;
  FHRL_TRY(checked_copy(rows, cols, A, &a, err));
  fhrl_status status = FHRL_OK;
  int info;
  if (right == NULL) {
    info = LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'N', cols, rows, a, cols, sigma, NULL, 1, NULL, 1);
  } else {
    double *left = malloc((size_t)rows * k * sizeof *left); // dgesdd gives both sides or none
    if (left == NULL) {
      free(a);
      return fhrl_fail(err, FHRL_NOMEM, "no memory for singular vectors of a %d x %d matrix", rows, cols);
    }
    // the right vectors of A are the left ones of A': columns of (cols, k), our rows of (k, cols)
    info = LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'S', cols, rows, a, cols, sigma, right, cols, left, k);
    free(left);
  }
  status = outcome(info, "singular value iteration", rows, cols, err);
  free(a);
  return status;
}

// LU factors in place, with the reciprocal condition number in the 1-norm; 0 of a singular matrix.
static double factor(int n, double a[], int pivot[])
{
  double reciprocal = 0.0;
  const double norm = LAPACKE_dlange(LAPACK_COL_MAJOR, '1', n, n, a, n);
  if (LAPACKE_dgetrf(LAPACK_COL_MAJOR, n, n, a, n, pivot) == 0)
    LAPACKE_dgecon(LAPACK_COL_MAJOR, '1', n, a, n, norm, &reciprocal);
  return reciprocal;
}

fhrl_status fhrl_dense_condition(int n, const double A[], double *condition, fhrl_err *err)
{
  double *a = NULL;
  FHRL_TRY(checked_copy(n, n, A, &a, err));
  int *pivot = malloc((size_t)n * sizeof *pivot);
  const fhrl_status status = pivot ? FHRL_OK : fhrl_fail(err, FHRL_NOMEM, "no memory for %d pivots", n);
  if (pivot) {
    const double reciprocal = factor(n, a, pivot); // of the transpose in its 1-norm: of A in the infinity norm
    *condition = reciprocal > 0.0 ? 1.0 / reciprocal : HUGE_VAL;
  }
  free(pivot);
  free(a);
  return status;
}

fhrl_status fhrl_dense_solve(int n, const double A[], const double b[], double x[], fhrl_err *err)
{
  double *a = NULL, *rhs = NULL;
  fhrl_status status = checked_copy(n, 1, b, &rhs, err);
  if (status != FHRL_OK) return status;
  FHRL_DO(status, checked_copy(n, n, A, &a, err));
  int *pivot = malloc((size_t)n * sizeof *pivot);
  if (pivot == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d pivots", n));
  const double reciprocal = factor(n, a, pivot);
  if (reciprocal < 1e-15) {
    status = fhrl_fail(err, FHRL_NUMERIC, "a %d x %d matrix is singular (reciprocal condition number %.3g)", n, n,
      reciprocal);
  } else {
    LAPACKE_dgetrs(LAPACK_COL_MAJOR, 'T', n, 1, a, n, pivot, rhs, n);
    memcpy(x, rhs, (size_t)n * sizeof *x);
  }
  free(pivot);
done:
  free(rhs);
  free(a);
  return status;
}

int fhrl_dense_factor(int n, double A[], int pivot[]) { return LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, n, n, A, n, pivot); }

void fhrl_dense_substitute(int n, const double factors[], const int pivot[], double x[])
{
  LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'N', n, 1, factors, n, pivot, x, n);
}

void fhrl_dense_multiply(int m, int n, int k, double a, const double A[], const double B[], double b, double C[])
{
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, a, A, k, B, n, b, C, n);
}

void fhrl_dense_multiply_rows(int m, int n, int k, double a, const double A[], const double B[], double b, double C[])
{
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, a, A, k, B, k, b, C, n);
}

void fhrl_dense_init(void) { openblas_set_num_threads(1); }

const char *fhrl_dense_version(void) { return openblas_get_config(); }
