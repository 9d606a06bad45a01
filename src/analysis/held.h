// SPDX-License-Identifier: GPL-3.0-or-later
// held: a system carried along a recorded sequence, its input held over each token, and looked at on the way
#pragma once

#include "base/status.h"
#include "ode/integrator.h"

// Called with the state z (n) at sample k = 1 .. tokens * per_token, at time k / per_token [tokens]; s->u is the input
// that led there. Returning anything but FHRL_OK ends the run with it.
typedef fhrl_status fhrl_held_sample(void *context, int k, const fhrl_system *s, const double z[], fhrl_err *err);

// Integrates s from its start of zeros at t = 0 under u (tokens, n_u), restarting at every token; per_token samples at equal
// distances, the last at the token's end. FHRL_NUMERIC, FHRL_LIMIT, FHRL_NOMEM as the integrator. counters may be NULL.
fhrl_status fhrl_held_run(fhrl_system *s, int tokens, const double u[], const fhrl_solver *solver, int per_token,
  fhrl_held_sample *sample, void *context, fhrl_counters *counters, fhrl_err *err);
