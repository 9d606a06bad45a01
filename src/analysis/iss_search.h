// SPDX-License-Identifier: GPL-3.0-or-later
// iss_search: looks for states that violate a claim: Sobol points over the stated box, then local ascent from the best
//
// A state is a point z of the unit cube: radius rho_max z_0^2, sizes A_max z_1 and u_max z_2, and directions from
// normal quantiles of the rest; beyond 40 coordinates (GSL's Sobol sequence ends there) directions are random and stay
// fixed. The ascent is a compass search in z: deterministic, without derivatives, and never leaves the box.
#pragma once

#include "analysis/iss.h"

// Enters every state looked at into the ledger, and adds their number to iss->searched. Identities are not searched: their
// differences are rounding. FHRL_NOMEM, and what the ledger fails with.
fhrl_status fhrl_iss_search(fhrl_iss *iss, const fhrl_iss_sample *q, fhrl_err *err);
