// SPDX-License-Identifier: GPL-3.0-or-later
// iss_lab: what lies beyond single claims: the front of constants, bounds beside trajectories, gain, contraction, map
#pragma once

#include "analysis/contraction.h"
#include "analysis/iss.h"
#include "analysis/iss_gain.h"
#include "analysis/iss_map.h"
#include "analysis/iss_reach.h"
#include "io/json.h"

typedef struct fhrl_iss_lab {
  fhrl_iss_map map;
  fhrl_iss_reach reach;
  fhrl_iss_gain gain;
  fhrl_contraction contraction;
  double radius; // certified under the input's own size; NaN [iss_gain.h]
} fhrl_iss_lab;

// After fhrl_iss_run on the same system, input, solver, plan and start; the book is left as it is. Same bits for any number
// of threads. FHRL_NOMEM, FHRL_INTERRUPT, FHRL_NUMERIC.
fhrl_status fhrl_iss_lab_run(fhrl_iss *iss, const fhrl_input *in, const fhrl_solver *solver, const fhrl_iss_plan *plan,
  const double x0[], int threads, fhrl_iss_lab *out, fhrl_err *err);
void fhrl_iss_lab_free(fhrl_iss_lab *lab); // leaves it zeroed

// front, reentry, bounded, trajectories, gain, contraction: put into `result`.
void fhrl_iss_lab_json(const fhrl_iss *iss, const fhrl_iss_lab *lab, fhrl_json *result);

// 1 if the flow is certified bounded: the id of the claim that proves it, or "gain", and what rho is below in the end.
int fhrl_iss_lab_bounded(const fhrl_iss *iss, const fhrl_iss_lab *lab, const char **id, double *rho);

// 1 if (S10) diverges: 1 + kappa min Re lambda(W_r) < 0, and orbits did.
int fhrl_iss_lab_divergent(const fhrl_iss *iss);

// The front of constants as a table.
fhrl_status fhrl_iss_lab_save_front(const fhrl_iss *iss, const char *path, fhrl_err *err);
