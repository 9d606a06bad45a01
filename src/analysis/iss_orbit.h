// SPDX-License-Identifier: GPL-3.0-or-later
// iss_orbit: one orbit under the eyes of the ledger, until t_end, divergence or a pole
#pragma once

#include "analysis/iss.h"

// Integrates `run` (a clone of iss->view.s: the integrator writes to it) from x0 and enters every output. The path is
// added to iss->path, which has room for it. Failures of the solver end the orbit and are its path's reason.
// FHRL_NOMEM, FHRL_ARG, and what the ledger fails with.
fhrl_status fhrl_iss_orbit_run(fhrl_iss *iss, fhrl_system *run, const fhrl_input *in, const fhrl_solver *solver,
  double rho_limit, const double x0[], fhrl_err *err);
