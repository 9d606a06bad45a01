// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_vector: a serial N_Vector with arithmetic of our own, for src/ode/sundials_*.c alone
#pragma once

#include <nvector/nvector_serial.h>

// A vector over x (n), borrowed; clones of it own their data and have the same arithmetic. NULL: no memory.
N_Vector fhrl_sundials_vector_wrap(int n, double x[], SUNContext context);
