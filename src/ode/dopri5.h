// SPDX-License-Identifier: GPL-3.0-or-later
// dopri5: the explicit Runge-Kutta pair 5(4) of Dormand and Prince as an engine
//
// Order 5 with 6 evaluations a step, an error estimate of order 4, dense output of order 4 without a further one. For loose
// tolerances, 1e-3 .. 1e-6, and right-hand sides of little smoothness.
// Source: Dormand and Prince, J. Comp. Appl. Math. 6 (1980) 19-26; dense output: Hairer, Norsett, Wanner, Solving Ordinary
// Differential Equations I, 2nd ed. 1993, II.6.
#pragma once

#include "ode/engine.h"

// Starts at (t0, problem->x); the problem is copied, what it points to borrowed. FHRL_NOMEM.
fhrl_status fhrl_dopri5_create(const fhrl_engine_problem *problem, double t0, fhrl_engine **out, fhrl_err *err);
