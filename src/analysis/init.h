// SPDX-License-Identifier: GPL-3.0-or-later
// init: puts the numerical libraries into the state that fhrl relies on
#pragma once

// Call first in main and in test programs: GSL returns its errors instead of aborting, OpenBLAS runs single-threaded
// (its results change bits with its number of threads; fhrl threads around it).
void fhrl_init_libraries(void);

const char *fhrl_init_gsl_version(void);
