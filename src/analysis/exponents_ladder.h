// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_ladder: exponents of one layer at every step size, beside those of its flow (theory 2c)
//
// A token of fhrl_ladder is m sub-steps of h = 1/m, so an exponent per token is that of a sub-step over h, and
// lambda_map / h -> lambda_flow as h -> 0, with order 1 as the ladder itself.
#pragma once

#include "analysis/exponents.h"
#include "io/json.h"

enum { FHRL_EXPONENTS_LADDER_MAX = 12, FHRL_EXPONENTS_LADDER_SHOWN = 3 };

typedef struct fhrl_exponents_rung {
  int m;    // 0: the flow
  double h; // 1/m; of the flow 0
  fhrl_exponents_estimate exponent[FHRL_EXPONENTS_LADDER_SHOWN]; // [1/token]
  int converged;
} fhrl_exponents_rung;

typedef struct fhrl_exponents_ladder {
  fhrl_exponents_rung rung[FHRL_EXPONENTS_LADDER_MAX + 1]; // by falling h; the flow is the last
  int rungs, k; // k: exponents of each, at most FHRL_EXPONENTS_LADDER_SHOWN
  double order; // least-squares slope of ln |lambda_1(h) - lambda_1(flow)| over the smallest four h; NaN where those are not all > 0
} fhrl_exponents_ladder;

// 1 if the model is a ladder, whose flow is known.
int fhrl_exponents_ladder_fits(const fhrl_model *model);

// m = 1, 2, 4, ... (`rungs` of them) and the flow, with the matrices, the other parameters, input, seed and transient of a ladder
// that e has been measured on from x0 (n), for as long as that, but no longer than 1,000 tokens. FHRL_INTERRUPT after watch->stop, and
// what fhrl_exponents_run says; FHRL_NOMEM.
fhrl_status fhrl_exponents_ladder_climb(const fhrl_exponents *e, const fhrl_exponents_plan *plan, const double x0[], int rungs,
  const fhrl_exponents_watch *watch, fhrl_exponents_ladder *out, fhrl_err *err);

void fhrl_exponents_ladder_report(const fhrl_exponents_ladder *ladder, fhrl_json *o);
