// SPDX-License-Identifier: GPL-3.0-or-later
// contraction_proof: contraction on a region, proved in ball arithmetic of a comparison system of norms of blocks
//
// |delta y|, |delta A| (or |delta U|, |delta V|) grow no faster than under
//   m  p        m = sup mu_2 of the block (y, y),  p, q = sups of the norms of the blocks off the diagonal,       (1)
//   q  -lambda
// so that the flow contracts at the rate -root of (1), in the norm of its Perron vector, if m < 0 and -m lambda > p q.
//
// `fhrl`: (y, y) = -1 + Dh + D (W + A), D = diag(1 - tanh^2) <= 1: with s = (rho-1)/(rho+eps), Dh of `radial` has the
// eigenvalues -kappa s across y and -kappa (rho^2 + 2 rho eps - eps)/(rho+eps)^2 along it, so that
//   m = sup max(-(1+kappa)(rho-rho*)/(rho+eps), -1 - kappa (...)) + |W| + |A|,  p = sup rho,  q = 2 eta sup rho.      (2)
// With f = 0 the first is 0 on the sphere rho*: neutral, never contracting. A region that is a ball and holds every
// orbit in the end is tried first; then the shell below rho_max that
// contracts at half the rate of its outer sphere, and that orbits may leave.
//
// `fhrl_layer` on rho <= R of iss_gain.h, rows of U, V <= 1, the input's own tokens, with G = sup |D (g(|w|) w)| = 1/(1-beta):
//   m = c (G r gamma |W_v W_r| - 1),  p_U = p_V = c G sqrt(r) sup|v|,  q_U = a sqrt(r) gamma |W_q W_r| / inf|W_q x + b_q|,   (3)
// likewise q_V, and p q = p_U q_U + p_V q_V.
#pragma once

#include "analysis/iss.h"

enum { FHRL_CONTRACTION_CONSTANTS = 12 };

typedef struct fhrl_contraction_proof {
  int proved;                 // 1: contracting on the region
  int invariant;              // 1: the region holds every orbit in the end
  double rate;                // proved lower bound of the rate; NaN
  double rho_min, rho_max, A_max; // region of `fhrl`; A_max NaN for the layer
  long boxes;
  char region[FHRL_ISS_REASON], reason[FHRL_ISS_REASON]; // where; why not
  int constants;
  struct {
    const char *name; // static text
    double value;
  } constant[FHRL_CONTRACTION_CONSTANTS];
} fhrl_contraction_proof;

// FHRL_NOMEM, FHRL_INTERRUPT, and what fhrl_verified_norm_product fails with.
fhrl_status fhrl_contraction_proof_find(fhrl_iss *iss, const fhrl_iss_plan *plan, const fhrl_input *in, fhrl_contraction_proof *out,
  fhrl_err *err);
