// SPDX-License-Identifier: GPL-3.0-or-later
// given: a bound system with its input, solver and start, from settings as after --set
#pragma once

#include "ode/integrator.h"
#include "ode/system.h"

typedef struct given {
  fhrl_field *fields; // owned
  fhrl_config config;
  fhrl_system *system; // owned
  fhrl_input input;
  fhrl_solver solver;
  double *x0; // owned; (n)
} given;

// settings: space-separated section.key=value (a value may not hold a space: matrices as "diag" are written diag_a, and
// rows as a_b;c_d). `section` (its name NULL: none) is added to [model] [input] [solver]. Aborts the test on failure.
given given_system(const char *model, const char *settings, fhrl_section section);
void given_free(given *g);
