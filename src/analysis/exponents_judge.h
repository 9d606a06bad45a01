// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_judge: what the orbit lives on, and whether what was measured fits together
//
// Attractor, by the first that applies:
//   undecided    |x| has grown a thousandfold since measuring began: there is none
//   equilibrium  autonomous, and the orbit moves by less than 1e-7 of 1 + |x| in the time of its fastest exponent
//                (a map: step(x) = x to 1e-9 of 1 + |x|)
//                or it still approaches one: of an autonomous flow that stays bounded lambda_1 < 0 by its interval, and the time
//                measured has shrunk every vector by e^7
//   chaotic      lambda_1 > 0 by its interval, and the second half of the time measured has stretched by more than e^7: growth as a power
//                of t, which every exponent tends to 0 with, would need the tenth power of t
//   periodic     autonomous, and the orbit comes back to within 1e-5 of its extent in one of its next 64 returns through the
//                plane that it crosses now at right angles (a map: one of its next 4096 steps, to 1e-7 of 1 + |x|)
//   undecided    else
#pragma once

#include "analysis/exponents.h"

// Fills the fields from trace_mean on, for an e whose exponents and sum are there. FHRL_NOMEM.
fhrl_status fhrl_exponents_judge(fhrl_exponents *e, fhrl_err *err);
