// SPDX-License-Identifier: GPL-3.0-or-later
// difference: J v of a model that has no jvp, by central differences of its right-hand side (or step)
//
// fhrl_system_bind gives this jvp to every model that lacks one, so that implicit methods, equilibria, portraits and
// exponents ask a bound system for J v without asking where it comes from.
//
//   J v ~ (f(x + h v) - f(x - h v)) / 2h
//
// The error is h^2 |f'''| / 6 from the curve and eps |f| / h from rounding, least, some eps^(2/3) = 4e-11 of f, where h
// moves x by eps^(1/3) = 6e-6 of its own scale. That scale is known for each component alone: the larger of |x_i| and of
// what its block calls typical, the default of the state table (1 if that is 0). So h is the largest power of two at which
// no component moves by more than eps^(1/3) of its scale; with a power of two, x + h e_j and the division are mostly exact.
// Where one of the two sides cannot be evaluated or is not finite (the edge of a domain), the other one and f(x) make a
// one-sided difference, whose error is some eps^(1/3).
#pragma once

#include "ode/model.h"

// The jvp of the model interface. Uses 2 n doubles behind the n_work of s->work, which fhrl_system_bind has made room
// for. 2 right-hand sides, 3 at an edge. J 0 = 0 exactly. Returns what the model returned.
int fhrl_difference_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[]);

// 1 if J v of this model is (bound) or will be (unbound) made by differences.
int fhrl_difference_used(const fhrl_model *model);
// "differences" or "exact", for results.
const char *fhrl_difference_text(const fhrl_model *model);
