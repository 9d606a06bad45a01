// SPDX-License-Identifier: GPL-3.0-or-later
// equilibrium_kind: eigenvalues of an equilibrium and what follows from them: kind, stability, h_c
#pragma once

#include "analysis/equilibrium.h"

// Makes *q of the root x (n) of w: everything but `residual`. The spectrum whole up to plan->dense states (0: always), else
// plan->leading eigenvalues of largest and of smallest real part and of largest modulus. q->x is owned by the caller
// (free). h_c of a spectrum that is not whole is confirmed by the largest multipliers of 1 + h_c J themselves.
fhrl_status fhrl_equilibrium_kind_find(fhrl_newton *w, const fhrl_equilibrium_plan *plan, const double x[],
  fhrl_equilibrium *q, fhrl_err *err);

// Kind, stability, isolation, h_c and its bifurcation, from the eigenvalues that q holds.
void fhrl_equilibrium_kind_classify(fhrl_equilibrium *q, int map);
