// SPDX-License-Identifier: GPL-3.0-or-later
// step_limit: the step at which a map made of a flow loses an equilibrium, and what iterating it there shows (theory 2c)
//
// simultaneous  x' = x + h rhs(x)                                          (1)   every flow
// sequential    the ladder's step: slots first, then y with the new ones   (2)   fhrl_layer
// Both keep the flow's equilibria at every h, with multipliers that cross the unit circle at h_c: at -1 a flip, in a pair a
// Neimark-Sacker bifurcation; at +1, a fold, only where the Jacobian is singular, so never at an isolated equilibrium.
#pragma once

#include "analysis/equilibrium.h"
#include "analysis/ladder.h"
#include "io/json.h"

// One side of h_c: log growth per step of a small deviation, as the multipliers say and as iterated.
typedef struct fhrl_step_side {
  double h, predicted, seen;
} fhrl_step_side;

typedef struct fhrl_step_limit {
  double h_c;              // NaN where there is none: reason
  const char *bifurcation; // static; NULL without h_c
  const char *reason;      // static; NULL if none is needed
  fhrl_step_side below, above; // at 0.98 and 1.02 h_c; `seen` NaN where it was not iterated: unchecked says why
  const char *unchecked;   // static; NULL
  int agrees;              // 1: below it the deviation shrank, above it it grew
} fhrl_step_limit;

// Of (1), at an equilibrium under u and t, with the h_c and the eigenvalues that q holds. FHRL_NOMEM.
fhrl_status fhrl_step_limit_simultaneous(fhrl_system *flow, double t, const double u[], const fhrl_equilibrium *q,
  fhrl_step_limit *out, fhrl_err *err);

// Of (2), of a bound fhrl_layer (1: this is one). FHRL_NOMEM, FHRL_NUMERIC as analysis/ladder_stability.h.
int fhrl_step_limit_applies(const fhrl_system *flow);
fhrl_status fhrl_step_limit_sequential(fhrl_system *flow, const double u[], const fhrl_equilibrium *q, fhrl_step_limit *out,
  fhrl_err *err);

// The ladder's step of any h > 0 of a bound fhrl_layer, as a token of the returned map; the caller's to free. FHRL_NOMEM.
fhrl_status fhrl_step_limit_ladder(const fhrl_system *flow, double h, fhrl_ladder *ladder, fhrl_err *err);

// Puts it into a result: h_c and its bifurcation, and what iterating on both sides showed, under these three keys.
void fhrl_step_limit_json(const fhrl_step_limit *limit, const char *h_c, const char *bifurcation, const char *check,
  fhrl_json *o);
