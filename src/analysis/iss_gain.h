// SPDX-License-Identifier: GPL-3.0-or-later
// iss_gain: the input-to-state gain: the radius in the end against sup |u|, measured beside certified
//
// Certified: with the scalar form (iss_reduced.h), rho falls wherever
//   -rho + yhat'h + |yhat'f|(rho, |A|, |u|) < 0,                                                    (1)
// and if (1) is proved by branch and bound on [R, R_0], R_0 a bound from all starts [theory 3c-3g], no rho stays above R.
// |A| <= eta R_0^2/lambda (outer) or eta/lambda (normalized) in the end; a smaller R makes that smaller, and so on.
// The layer: |w| <= r (|W_v||u| + |b_v| + gamma |W_v W_r| rho), so that R = G(r (... R)), G(s) = s/(1 + beta (s-1)), from
// R = 1/beta down: every step is a bound.
// Measured: the largest rho over the second half of orbits under |u| held in several directions, and under an input that
// turns once a token to where it drives rho most.
#pragma once

#include "analysis/iss.h"

enum { FHRL_ISS_GAIN_MAX = 64 };

typedef struct fhrl_iss_gain_level {
  double u, measured, certified; // certified NaN: see reason
  long boxes;
} fhrl_iss_gain_level;

typedef struct fhrl_iss_gain {
  int levels;
  fhrl_iss_gain_level level[FHRL_ISS_GAIN_MAX];
  double t_end; // of the orbits
  int inputs;   // tried at each level
  char reason[FHRL_ISS_REASON]; // why nothing is certified; else empty
} fhrl_iss_gain;

// levels + 1 sizes from 0 to the larger of plan->u_max and the input's own. FHRL_NOMEM, FHRL_INTERRUPT, FHRL_NUMERIC.
fhrl_status fhrl_iss_gain_find(fhrl_iss *iss, const fhrl_iss_sample *q, const fhrl_input *in, const fhrl_solver *solver,
  int levels, fhrl_iss_gain *out, fhrl_err *err);

// The certified radius for |u| <= u; NaN and a reason where there is none.
fhrl_status fhrl_iss_gain_radius(const fhrl_iss_frame *f, double u, long most, const volatile sig_atomic_t *stop,
  double *R, long *boxes, char reason[FHRL_ISS_REASON], fhrl_err *err);

// The layer's radius where its values |W_v u + b_v| stay below `value`, proved; beta <= 1.
double fhrl_iss_gain_layer(const fhrl_iss_view *v, double value, double WvWr);

fhrl_status fhrl_iss_gain_save(const fhrl_iss_gain *gain, const char *path, fhrl_err *err);
