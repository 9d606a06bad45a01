// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_cvode: CVODE as an engine
//
// Adams with fixed-point iteration, or BDF with Newton: dense up to FHRL_SUNDIALS_DENSE states, GMRES with exact
// products J v above.
#pragma once

#include "ode/engine.h"

enum { FHRL_SUNDIALS_DENSE = 64 };

// Starts at (t0, problem->x); the problem is copied, what it points to borrowed. stiff: BDF. FHRL_NOMEM.
fhrl_status fhrl_sundials_cvode_create(const fhrl_engine_problem *problem, int stiff, double t0, fhrl_engine **out,
  fhrl_err *err);

const char *fhrl_sundials_cvode_version(void);
