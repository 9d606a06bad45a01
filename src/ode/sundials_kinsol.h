// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_kinsol: roots of large systems by KINSOL's Newton-Krylov method, and its linear solver (GMRES) alone
//
// No matrix is formed: the method asks for exact products J v.
#pragma once

#include "base/status.h"

typedef struct fhrl_sundials_kinsol fhrl_sundials_kinsol;

typedef struct fhrl_sundials_kinsol_problem {
  int n;
  int (*residual)(void *context, const double x[], double F[]); // 0, or not 0 where F is not defined
  int (*product)(void *context, const double x[], const double v[], double Jv[]); // F's Jacobian at x, times v
  void *context; // borrowed
} fhrl_sundials_kinsol_problem;

// The problem is copied, what it points to borrowed. FHRL_NOMEM.
fhrl_status fhrl_sundials_kinsol_create(const fhrl_sundials_kinsol_problem *problem, fhrl_sundials_kinsol **out,
  fhrl_err *err);
void fhrl_sundials_kinsol_destroy(fhrl_sundials_kinsol *k); // NULL-safe

// From x (n) towards a root, in place, by at most `steps` steps with line search; 1 if max |F| <= tolerance was reached. x
// is where it ended in either case.
int fhrl_sundials_kinsol_solve(fhrl_sundials_kinsol *k, double tolerance, int steps, double x[]);

// y (n) with |J(x) y - b| <= tolerance |b| (Euclidean), from y = 0 on; 1 if that was reached. b may not alias y.
int fhrl_sundials_kinsol_linear(fhrl_sundials_kinsol *k, const double x[], const double b[], double tolerance, double y[]);
