// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_return: does an orbit come back to where it is?
#pragma once

#include "analysis/exponents.h"

// From x (n), where e's orbit is now, through the plane that it crosses there at right angles, until it is back to within 1e-5 of
// its extent: *period is then the time that took, else it stays as it is (64 returns, a quarter of the time measured, or a
// failure of the integration). e->s->u holds the input. FHRL_NOMEM.
fhrl_status fhrl_exponents_return_find(const fhrl_exponents *e, const double x[], double *period, fhrl_err *err);
