// SPDX-License-Identifier: GPL-3.0-or-later
// iss_front: the tightest constants of dV/dt <= -c e^2 + c_0 + c_A |A|^2 + c_u |u|^2: a Pareto front over c
//
// With (1), (2) of iss_reduced.h and the sector |yhat'f| <= a_f rho + b_A |A| + b_u |u|, e = rho - 1, for any delta_A, delta_u > 0
//   c_A = b_A^2/(2 delta_A),  c_u = b_u^2/(2 delta_u),
//   c_0 = sup over e >= -1 of  -e + a_f |e| (1+e) - (1 + kappa_rho - c - (delta_A+delta_u)/2) e^2,       (1)
// or, for a drive with |f| <= F, c_A = c_u = 0 and
//   c_0 = sup over e >= -1 of  -e + F |e| - (1 + kappa_rho - c) e^2.                                     (2)
// Theory 3d bounds the same expressions by |e| <= ...: (1) and (2) are what is left if e is kept with its sign. c_0 is
// computed here, and proved by branch and bound in iss_certify.
#pragma once

#include "analysis/iss_constants.h"

// Fills k->front and k->tight, its member with the least bound on V in the end. Only for `radial` homeostasis whose sector
// or drive_sup is known; nothing is found (front_count 0) where no c > 0 is left.
void fhrl_iss_front_find(const fhrl_iss_view *v, const fhrl_iss_choice *choice, fhrl_iss_constants *k);

// (1) with D = delta_A + delta_u, or (2) where t->bounded, without the sup: what c_0 has to exceed at e.
double fhrl_iss_front_excess(const fhrl_iss_view *v, const fhrl_iss_constants *k, const fhrl_iss_tight *t, double e);
