// SPDX-License-Identifier: GPL-3.0-or-later
// orbit: systems by name and values, carried through time tightly, and their Lyapunov exponents
#pragma once

#include "ode/iteration.h"

typedef struct orbit_value {
  const char *name; // of a parameter
  double value;
} orbit_value;

// The model at its defaults but for these values (ended by a name NULL; may be NULL), its matrices drawn from the seed and
// an input drawn, too: *u is the caller's to free. Aborts the test if it is refused.
fhrl_system *orbit_bind(const char *model, const orbit_value values[], uint32_t seed, double **u);

void orbit_start(const fhrl_system *s, uint32_t seed, double x[]); // the model's own start

// Carries x from t = 0 by T at rtol = 1e-12 with its input as it stands.
void orbit_carry(fhrl_system *s, double T, double x[]);

// The trajectory from x, recorded every `every` at rtol; freed by fhrl_trajectory_free.
fhrl_trajectory orbit_record(fhrl_system *s, const fhrl_input *in, const double x[], double every, double T, double rtol);

// The k largest exponents from x over T by Runge-Kutta steps h of the state and k orthonormal tangents; x is carried along.
// mean_divergence, unless NULL: that of the vector field along it.
void orbit_exponents(fhrl_system *s, double x[], int k, double T, double h, double exponent[], double *mean_divergence);
