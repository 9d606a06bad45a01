// SPDX-License-Identifier: GPL-3.0-or-later
// variant: parameter sets of a model: every combination of its choices, at the defaults and away from them
//
// What a contract about "every parameter and state" is examined at.
#pragma once

#include "ode/system.h"

enum { FHRL_VARIANT_PARAM = 64, FHRL_VARIANT_MAX = 128 };

typedef struct fhrl_variants {
  int count; // variant 0: the defaults
  double p[FHRL_VARIANT_MAX][FHRL_VARIANT_PARAM];
} fhrl_variants;

// Combinations of choices (all of them up to FHRL_VARIANT_MAX / 2, else each value once) and each flag turned over, each
// with the other parameters at their defaults and again with real ones scaled by .7 .. 1.3 and whole ones one larger.
// FHRL_LIMIT for a model of more than FHRL_VARIANT_PARAM parameters.
fhrl_status fhrl_variant_make(const fhrl_model *model, fhrl_variants *out, fhrl_err *err);

// A system of these parameters with matrices drawn as for a user, and an input *u (owned by the caller: free) of order
// one that it uses. *s = NULL if the model refuses the parameters. Fails as fhrl_system_bind does.
fhrl_status fhrl_variant_bind(const fhrl_model *model, const double p[], uint32_t seed, fhrl_system **s, double **u,
  fhrl_err *err);

// A point x (n) near the model's own start but not special in any component: x0 exp(spread N(0, 1)), or spread N(0, 1)
// where x0 is 0. Fails as fhrl_system_start does.
fhrl_status fhrl_variant_point(const fhrl_system *s, uint32_t seed, double spread, double x[], fhrl_err *err);
