// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_salt: what an event does to tangents where the right-hand side jumps (the saltation matrix)
//
// At an event g(x) = 0 that the orbit crosses from f- to f+, neighbours cross it a little earlier or later, so
//   v+ = S v-,  S = I + (f+ - f-) grad g' / (grad g . f-),  det S = (grad g . f+) / (grad g . f-)      (1)
// and S = I if f+ = f-. Source: Leine and Nijmeijer, Dynamics and Bifurcations of Non-Smooth Mechanical Systems (2004), 7.
// f- and f+ are the right-hand sides a little before and behind along the orbit, grad g . v a central difference of the
// model's event functions. Where several functions cross at one time, as mirror images do, the first stands for all.
#pragma once

#include "ode/system.h"

typedef struct fhrl_exponents_salt_problem {
  fhrl_system *s;  // borrowed: the orbit's own
  const double *u; // borrowed: its input here
  double t;
  int function; // of the model's event functions, the one that crossed
  int k;
} fhrl_exponents_salt_problem;

// x (n + k n): the state at the event, then the tangents, which (1) is applied to; *trace (NULL: none) takes ln |det S|.
// *salted: 1 if the right-hand side jumps; else nothing is changed. FHRL_NUMERIC if the orbit does not cross but touches,
// FHRL_NOMEM.
fhrl_status fhrl_exponents_salt_apply(const fhrl_exponents_salt_problem *problem, double x[], double *trace, int *salted,
  fhrl_err *err);
