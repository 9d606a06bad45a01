// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_vector: a serial N_Vector with arithmetic of our own, for src/ode/sundials_*.c alone
#pragma once

#include <nvector/nvector_serial.h>

// A vector over x (n), borrowed; clones of it own their data and have the same arithmetic. It must outlive its clones.
// NULL: no memory.
N_Vector fhrl_sundials_vector_wrap(int n, double x[], SUNContext context);

// The entries of such a vector. Between calls into the library only this sees them: sums may be held back (see the source).
double *fhrl_sundials_vector_data(N_Vector v);
