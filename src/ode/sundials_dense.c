// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_dense: dense matrices and a direct solver for Newton's iteration
//
// The library's own are compiled without optimisation in distributions, and its factorisation has no blocks. The matrix stays
// SUNDIALS' own by its storage; what Newton's iteration does to it is replaced: J is copied, J := I - gamma J, LU = J (LAPACK).
#include "ode/sundials_dense.h"

#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>

#include "base/dense.h"
#include "ode/sundials_vector.h"

// ---- the matrix

static size_t bytes(SUNMatrix A) { return (size_t)SM_LDATA_D(A) * sizeof(double); }

static int zero(SUNMatrix A)
{
  memset(SM_DATA_D(A), 0, bytes(A));
  return 0;
}

static int copy(SUNMatrix A, SUNMatrix B)
{
  memcpy(SM_DATA_D(B), SM_DATA_D(A), bytes(A));
  return 0;
}

// A := c A + I
static int scale_add_identity(sunrealtype c, SUNMatrix A)
{
  const size_t size = (size_t)SM_LDATA_D(A), n = (size_t)SM_COLUMNS_D(A);
  double *a = SM_DATA_D(A);
  for (size_t k = 0; k < size; k++) a[k] *= c;
  for (size_t i = 0; i < n; i++) a[i * n + i] += 1.0;
  return 0;
}

static SUNMatrix clone(SUNMatrix A) { return fhrl_sundials_dense_matrix((int)SM_COLUMNS_D(A), A->sunctx); }

SUNMatrix fhrl_sundials_dense_matrix(int n, SUNContext context)
{
  SUNMatrix A = SUNDenseMatrix(n, n, context);
  if (A == NULL) return NULL;
  A->ops->clone = clone;
  A->ops->zero = zero;
  A->ops->copy = copy;
  A->ops->scaleaddi = scale_add_identity;
  return A;
}

// ---- the solver

typedef struct factors {
  int n;
  int singular; // 1 + the column without a pivot
  int pivot[];  // (n)
} factors;

static SUNLinearSolver_Type type(SUNLinearSolver S) { return SUNLINEARSOLVER_DIRECT; }

// > 0: another gamma may help.
static int setup(SUNLinearSolver S, SUNMatrix A)
{
  factors *f = S->content;
  f->singular = fhrl_dense_factor(f->n, SM_DATA_D(A), f->pivot);
  return f->singular;
}

static int solve(SUNLinearSolver S, SUNMatrix A, N_Vector x, N_Vector b, sunrealtype tolerance)
{
  const factors *f = S->content;
  double *to = fhrl_sundials_vector_data(x);
  if (x != b) memcpy(to, fhrl_sundials_vector_data(b), (size_t)f->n * sizeof(double));
  fhrl_dense_substitute(f->n, SM_DATA_D(A), f->pivot, to);
  return 0;
}

static int release(SUNLinearSolver S)
{
  free(S->content);
  S->content = NULL;
  SUNLinSolFreeEmpty(S);
  return 0;
}

SUNLinearSolver fhrl_sundials_dense_solver(int n, SUNContext context)
{
  factors *f = malloc(sizeof *f + (size_t)n * sizeof f->pivot[0]);
  SUNLinearSolver S = SUNLinSolNewEmpty(context);
  if (f == NULL || S == NULL) {
    free(f);
    if (S) SUNLinSolFreeEmpty(S);
    return NULL;
  }
  f->n = n;
  f->singular = 0;
  S->content = f;
  S->ops->gettype = type;
  S->ops->setup = setup;
  S->ops->solve = solve;
  S->ops->free = release;
  return S;
}
