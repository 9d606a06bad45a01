// SPDX-License-Identifier: GPL-3.0-or-later
// real: the number type of the network: float, and double where tests compile the same sources again
#pragma once

#ifdef FHRL_NN_DOUBLE
typedef double fhrl_real;
#else
typedef float fhrl_real;
#endif
