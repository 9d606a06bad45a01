// SPDX-License-Identifier: GPL-3.0-or-later
// newton: roots of F(x) = rhs(x) of a flow, or step(x) - x of a map, under a held input
//
// Damped Newton's method with the dense Jacobian, or KINSOL's Newton-Krylov method with exact products J v. Roots found
// already can be deflated: instead of F the function m F is solved, with
//   m(x) = prod_k (1 + 1/|x - x_k|^2)                                                     (1)
// which has the same other roots, but grows without bound towards each x_k [Brown, Gearhart 1971; Farrell et al. 2015].
#pragma once

#include "base/status.h"
#include "ode/sundials_kinsol.h"
#include "ode/system.h"

typedef struct fhrl_newton {
  fhrl_system *s;            // borrowed; its input is held as it stands
  double t, tolerance;       // a root: max |F| <= tolerance (1 + max |x|)
  int map;                   // 1: F = step(x) - x
  int deflated;              // how many roots are deflated
  const double *const *root; // borrowed: (deflated) pointers to them, (n) each
  double *F;                 // (n) F at the last root, or where the method ended
  double *block, *trial, *G, *step, *e, *J; // owned block; (n) each, e (2 n), J (n, n) of the dense method alone
  fhrl_sundials_kinsol *krylov;             // owned; NULL: dense
} fhrl_newton;

// FHRL_ARG for a model without jvp, FHRL_NOMEM. Free is safe after a failed init. What it points to must not move.
fhrl_status fhrl_newton_init(fhrl_newton *w, fhrl_system *s, double t, double tolerance, int krylov, fhrl_err *err);
void fhrl_newton_free(fhrl_newton *w); // leaves it zeroed

// From x (n) to a root, in place; 1 if it got there.
int fhrl_newton_solve(fhrl_newton *w, double x[]);

// F (n) at x; its Euclidean norm, not finite where F cannot be had.
double fhrl_newton_residual(const fhrl_newton *w, const double x[], double F[]);

// F's Jacobian at x times v (n): 0, or what jvp returned.
int fhrl_newton_product(const fhrl_newton *w, const double x[], const double v[], double Jv[]);

// F's Jacobian J (n, n) at x, of a dense method; 0 if it is not finite.
int fhrl_newton_matrix(const fhrl_newton *w, const double x[], double J[]);
