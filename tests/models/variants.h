// SPDX-License-Identifier: GPL-3.0-or-later
// variants: ode/variant.h for tests: what fails there fails the test
#pragma once

#include "ode/variant.h"

enum { VARIANT_PARAM = FHRL_VARIANT_PARAM, VARIANT_MAX = FHRL_VARIANT_MAX };
typedef fhrl_variants variants;

void variants_make(const fhrl_model *model, variants *out);

// A system of these parameters and an input u (owned by the caller: free) that it uses. NULL if the model refuses the
// parameters; fails the test if it refuses without a reason.
fhrl_system *variants_bind(const fhrl_model *model, const double p[], uint32_t seed, double **u);

void variants_point(const fhrl_system *s, uint32_t seed, double spread, double x[]);
