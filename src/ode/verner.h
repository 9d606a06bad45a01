// SPDX-License-Identifier: GPL-3.0-or-later
// verner: Verner's explicit Runge-Kutta pair 6(5) as an engine
//
// Order 6 with 8 evaluations a step, an error estimate of order 5, dense output of order 5 (3 evaluations more, only where
// asked for). For tolerances between those of dopri5 and dop853.
// Source: Verner, SIAM J. Numer. Anal. 15 (1978) 772-790. His later pair with 9 stages (Numer. Algorithms 53 (2010) 383-396,
// "most efficient") was tried: its weights of 208 and 176 cancel, which leaves errors of 1e-11 .. 1e-10 on the Kepler problem
// however small the step, where this one and dop853 reach 1e-14.
#pragma once

#include "ode/engine.h"

// Starts at (t0, problem->x); the problem is copied, what it points to borrowed. FHRL_NOMEM.
fhrl_status fhrl_verner_create(const fhrl_engine_problem *problem, double t0, fhrl_engine **out, fhrl_err *err);
