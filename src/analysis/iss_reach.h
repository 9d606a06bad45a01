// SPDX-License-Identifier: GPL-3.0-or-later
// iss_reach: the proved bounds beside what trajectories from a thousand starts do
//
//   ultimate  rho(t) <= exp(-(1+kappa) t) rho_0 + (1 - exp(-(1+kappa) t)) L,  L = (kappa (1+eps) + F)/(1+kappa)  [theory 3c]
//   gain      the same with the rate and the level of theory 3f, for the layer and for `gain` homeostasis
//   practical V(t) <= exp(-2 c t) V_0 + (1 - exp(-2 c t)) (c_0 + c_A A^2 + c_u u^2)/(2 c), A and u their sups   [theory 3d]
// every member against its own; a curve is drawn for the start that is farthest out.
#pragma once

#include "analysis/iss.h"

enum { FHRL_ISS_REACH_DRAWN = 60 };

typedef enum fhrl_iss_reach_column {
  FHRL_ISS_REACH_T,
  FHRL_ISS_REACH_LEAST, // of rho over the members, then quantiles
  FHRL_ISS_REACH_Q05,
  FHRL_ISS_REACH_MEDIAN,
  FHRL_ISS_REACH_Q95,
  FHRL_ISS_REACH_MOST,
  FHRL_ISS_REACH_V,     // largest V
  FHRL_ISS_REACH_BOUND, // on the largest rho: ultimate or gain; NaN: there is none
  FHRL_ISS_REACH_BOUND_V,
  FHRL_ISS_REACH_BOUND_TIGHT,
  FHRL_ISS_REACH_COLUMNS,
} fhrl_iss_reach_column;

typedef struct fhrl_iss_reach {
  long starts, failed; // 0 starts: it was not asked for
  int times, drawn;
  double *row;         // owned: (times, COLUMNS)
  double *path;        // within row: (times, drawn) rho of some members
  double t_end, rho_0_max;
  double rate, level;               // of the bound on rho; NaN
  const char *rule;                 // its id: "ultimate", "gain_bound"; NULL
  long above, above_V, above_tight; // members ever above their bound by more than the integration allows
  double tightness, tightness_V;    // largest rho, V at the end over what bounds it then; NaN
} fhrl_iss_reach;

// `starts` members (fewer where the system is large, see reach.starts) from radii spread over (0, rho_max], to solver->t_end,
// on `threads` threads: same bits for any. FHRL_NOMEM, FHRL_LIMIT, FHRL_INTERRUPT.
fhrl_status fhrl_iss_reach_find(fhrl_iss *iss, const fhrl_iss_sample *q, const fhrl_input *in, const fhrl_solver *solver,
  long starts, int threads, fhrl_iss_reach *out, fhrl_err *err);
void fhrl_iss_reach_free(fhrl_iss_reach *reach); // leaves it zeroed

// Quantiles and bounds, then a block of t, rho for every member drawn.
fhrl_status fhrl_iss_reach_save(const fhrl_iss_reach *reach, const char *path, fhrl_err *err);
