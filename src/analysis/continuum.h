// SPDX-License-Identifier: GPL-3.0-or-later
// continuum: equilibria that are not alone: along a null direction of the Jacobian, or whole turns of a phase away
//
// A root x of F with J(x) of rank n - m lies on a continuum of m dimensions if next to x, both ways along each of m null
// directions, there are roots, too. Two roots lie on one continuum if it leads from one to the other: always towards it, within
// the null space, and back onto the roots by Newton's steps in the directions that are left (Gauss-Newton of rank n - m).
// Components that whole turns of change nothing about F are phases; they are found by trying, not by name.
#pragma once

#include "analysis/newton.h"

typedef struct fhrl_continuum {
  const fhrl_newton *w;   // borrowed: F, of a dense method
  double *block;          // owned: what follows
  double *x, *trial, *F, *d, *step, *J, *sigma, *right; // (n), J and right (n, n)
  char *phase;            // owned: (n) 1 of a component that counts modulo 2 pi
  int phases;
} fhrl_continuum;

// w must be of the dense method. FHRL_NOMEM. Free is safe after a failed init.
fhrl_status fhrl_continuum_init(fhrl_continuum *c, const fhrl_newton *w, fhrl_err *err);
void fhrl_continuum_free(fhrl_continuum *c); // leaves it zeroed

// Dimension of the continuum of roots that the root x (n) lies on; 0: x is alone, or all that is known is that J is singular.
int fhrl_continuum_dimension(fhrl_continuum *c, const double x[]);

// 1 if the continuum of m dimensions that the root x lies on leads to the root y, up to turns of phases.
int fhrl_continuum_leads(fhrl_continuum *c, int m, const double x[], const double y[]);

// Largest |x_i - y_i|, of phases up to whole turns; phases of x into [-pi, pi].
double fhrl_continuum_distance(const fhrl_continuum *c, const double x[], const double y[]);
void fhrl_continuum_unwind(const fhrl_continuum *c, double x[]);
