// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_cvode: CVODE as an engine
//
// Adams with fixed-point iteration, or BDF with Newton: dense (LAPACK) up to FHRL_SUNDIALS_DENSE states, GMRES with exact
// products J v above. GMRES has no preconditioner, so what it costs is a matter of the spectrum. Milliseconds at rtol 1e-6 by
// n = 16, 64, 128, 256, 512 with dense factors | GMRES | the library's own dense solver, unoptimised as distributed:
//   diffusion on n points, t = 10               .32  1.6  5.5  27  177 |  .55  2.5  7.5  35  174 |  .60  4.7  19   81  325
//   decay at n rates from 1 to 1e6, coupled     1.3  3.5   11  46      |  4.3  119  350 801      |  1.4   11  29  112
//   random_rnn (not stiff), t = 20 (n = 32 ..)  .61  2.2  7.3  40  229 |  .74  1.9  3.9  13   38
// BDF is there for the first two kinds, so the bound is where the most that the third can lose is a factor of three.
#pragma once

#include "ode/engine.h"

enum { FHRL_SUNDIALS_DENSE = 256 };

// Starts at (t0, problem->x); the problem is copied, what it points to borrowed. stiff: BDF. FHRL_NOMEM.
fhrl_status fhrl_sundials_cvode_create(const fhrl_engine_problem *problem, int stiff, double t0, fhrl_engine **out,
  fhrl_err *err);

const char *fhrl_sundials_cvode_version(void);
