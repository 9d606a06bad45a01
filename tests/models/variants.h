// SPDX-License-Identifier: GPL-3.0-or-later
// variants: parameter sets of a model: every combination of its choices, at the defaults and away from them
#pragma once

#include "ode/system.h"

enum { VARIANT_PARAM = 64, VARIANT_MAX = 128 };

typedef struct variants {
  int count;                             // variant 0: the defaults
  double p[VARIANT_MAX][VARIANT_PARAM];
} variants;

// Combinations of choices (all of them up to VARIANT_MAX / 2, else each value once) and each flag turned over, each with the other
// parameters at their defaults and again with real ones scaled by .7 .. 1.3 and whole ones one larger.
void variants_make(const fhrl_model *model, variants *out);

// A system of these parameters with matrices drawn as for a user, and an input u (owned by the caller: free) of order one
// that it uses. NULL if the model refuses the parameters; fails the test if it refuses without a reason.
fhrl_system *variants_bind(const fhrl_model *model, const double p[], uint32_t seed, double **u);

// A point near the model's own start but not special in any component.
void variants_point(const fhrl_system *s, uint32_t seed, double spread, double x[]);
