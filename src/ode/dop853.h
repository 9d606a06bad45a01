// SPDX-License-Identifier: GPL-3.0-or-later
// dop853: the explicit Runge-Kutta method DOP853 as an engine
//
// Order 8 with 12 evaluations a step, errors of order 5 and 3 for the step size, dense output of order 7 (3 evaluations
// more, only where asked for). For smooth, non-stiff systems at tight tolerances it takes more evaluations than Adams and less time:
// its own arithmetic is one pass over the state per stage.
// Source: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, 2nd ed. 1993, II.4-II.6, II.10.
#pragma once

#include "ode/engine.h"

// Starts at (t0, problem->x); the problem is copied, what it points to borrowed. FHRL_NOMEM.
fhrl_status fhrl_dop853_create(const fhrl_engine_problem *problem, double t0, fhrl_engine **out, fhrl_err *err);
