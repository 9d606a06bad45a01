// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_dense: dense matrices and a direct solver for Newton's iteration, for src/ode/sundials_*.c alone
#pragma once

#include <sundials/sundials_linearsolver.h>
#include <sunmatrix/sunmatrix_dense.h>

// An n x n matrix, as SUNDenseMatrix but with our own arithmetic, as have clones of it. NULL: no memory.
SUNMatrix fhrl_sundials_dense_matrix(int n, SUNContext context);

// A solver of systems with such a matrix of n columns: LU factors by LAPACK. NULL: no memory.
SUNLinearSolver fhrl_sundials_dense_solver(int n, SUNContext context);
