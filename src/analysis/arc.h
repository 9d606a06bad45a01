// SPDX-License-Identifier: GPL-3.0-or-later
// arc: equilibria of a flow (fixed points of a map) as curves z = (x, q) in the space of states and one parameter p = P q
//
//   F(x, q) = 0                    rhs, or step - x                                       (1)
//   <c, z - z_0> = sigma           a hyperplane across the curve at distance sigma        (2)   pseudo-arclength
//   <a, b> = a_x . b_x/n + a_q b_q, with P the width of the parameter's range             (3)   one step length fits all n
// Newton's method solves (1)-(2), with the bordered matrix [J F_q; c] dense, or by GMRES with exact products J v. F_q is a
// central difference: it steers Newton's method and the tangent, and does not enter what is a root.
#pragma once

#include "ode/sundials_kinsol.h"
#include "ode/system.h"

typedef struct fhrl_arc_plan {
  int dense;        // states up to which matrices are formed
  int leading;      // eigenvalues computed above that
  double tolerance; // of max |F|, times 1 + max |x|
} fhrl_arc_plan;

typedef struct fhrl_arc {
  fhrl_system *s; // owned: a copy of the system whose parameter may be set
  double *p;      // owned: its parameters
  double *u;      // owned: its input
  int n, index;   // states; the parameter's place in the model's table
  const fhrl_field *field;
  double low, high, scale, t; // P = scale = high - low
  int map, dense;
  fhrl_arc_plan plan;
  double *block;                    // owned: all that follows
  double *Fq, *c, *at, *border[2];  // (n) F_q; (n + 2) row and point of the system being solved; of the second direction
  double *rhs, *step, *trial, *e, *M; // (n + 2) each, e (2 n), M (n + 2, n + 2) and J before it, if dense
  fhrl_sundials_kinsol *krylov[2];  // owned; n + 1 and n + 2 unknowns; NULL: dense
} fhrl_arc;

// Of s under u (n_u; copied) at time t, in the real parameter `name` between low < high. FHRL_ARG: no such parameter (those
// there are are named), one that is no real number, a range that it does not allow, no jvp; FHRL_NOMEM.
fhrl_status fhrl_arc_init(fhrl_arc *a, const fhrl_system *s, double t, const double u[], const char *name, double low,
  double high, const fhrl_arc_plan *plan, fhrl_err *err);
void fhrl_arc_free(fhrl_arc *a); // leaves it zeroed

// <a, b> of (3), (n + 1) each.
double fhrl_arc_dot(const fhrl_arc *a, const double x[], const double y[]);

// max |F| at z (n + 1).
double fhrl_arc_residual(fhrl_arc *a, const double z[]);

// z (n + 1) to the root of (1)-(2), in place; the number of Newton steps to the tolerance, or -1.
int fhrl_arc_correct(fhrl_arc *a, const double z0[], const double c[], double sigma, double z[]);

// Unit tangent (n + 1) at the root z, with <tangent, along> > 0; 0 if the bordered matrix is singular.
int fhrl_arc_tangent(fhrl_arc *a, const double z[], const double along[], double tangent[]);

// At a branch point z with the tangent t1: the unit direction t2 (n + 1) that completes the kernel of [J F_q], <t1, t2> = 0.
int fhrl_arc_second(fhrl_arc *a, const double z[], const double t1[], double t2[]);

// Eigenvalues (multipliers) at z by descending growth (real part; modulus): all n, or the `leading` of them and one more
// where a pair would be cut; re, im of fhrl_arc_values entries. FHRL_NUMERIC as base/dense.h and analysis/arnoldi.h.
int fhrl_arc_values(const fhrl_arc *a);
fhrl_status fhrl_arc_spectrum(fhrl_arc *a, const double z[], double re[], double im[], int *count, fhrl_err *err);
