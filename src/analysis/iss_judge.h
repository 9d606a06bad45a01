// SPDX-License-Identifier: GPL-3.0-or-later
// iss_judge: from what was compared to verdicts: witnesses confirmed in ball arithmetic, claims certified, the rest said
#pragma once

#include "analysis/iss.h"

// After all states and orbits are in the book. A violation counts only if the ball of lhs - rhs at its state lies above 0;
// one that no ball confirms leaves its claim open. What held and is proved is certified. u (n_u) is scratch.
// FHRL_NUMERIC where a claim is both proved and violated, which would be a mistake of ours; FHRL_NOMEM, FHRL_INTERRUPT.
fhrl_status fhrl_iss_judge(fhrl_iss *iss, const fhrl_iss_plan *plan, const fhrl_input *in, double u[], fhrl_err *err);
