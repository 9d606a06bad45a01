// SPDX-License-Identifier: GPL-3.0-or-later
// iss_prove: what the proofs of single claims share: constants, identities, the drive's bound
//
// A proof is a function that fills its fhrl_iss_proof if it succeeds and leaves it alone if it does not; they stand in tables by
// the section of theory 3 that they belong to, and iss_certify calls them.
#pragma once

#include "analysis/iss_certify.h"
#include "analysis/iss_reduced.h"

typedef struct fhrl_iss_prove {
  const fhrl_iss_frame *f;       // borrowed
  const fhrl_iss_ground *ground; // borrowed
  fhrl_reckon r;
  fhrl_iss_proof *out; // borrowed
} fhrl_iss_prove;

typedef struct fhrl_iss_prover {
  const char *id; // of the claim; NULL ends a table
  fhrl_status (*prove)(fhrl_iss_prove *w, fhrl_err *err);
} fhrl_iss_prover;

extern const fhrl_iss_prover fhrl_iss_prove_chain[];     // S13, S14, S20, 3b, 3c
extern const fhrl_iss_prover fhrl_iss_prove_practical[]; // S16, S17, 3d
extern const fhrl_iss_prover fhrl_iss_prove_rest[];      // 3e, 3f, 3g

extern const char fhrl_iss_prove_everywhere[]; // a region: "every state"

// Notes a constant of the proof; a NaN is none.
void fhrl_iss_prove_constant(fhrl_iss_prove *w, const char *name, double value);

// It is proved: method (static text), what was shown, and where.
void fhrl_iss_prove_done(fhrl_iss_prove *w, const char *method, const char *form, const char *region);

// Upper bound of |p(rho)| for 0 <= rho <= most, p of that degree, coefficients from the constant one up.
double fhrl_iss_prove_size(fhrl_reckon *r, const arb_srcptr p[], int degree, double most);

// kappa, eps, all = 1 + kappa, star = (kappa - eps)/(1 + kappa)
typedef struct fhrl_iss_letters {
  arb_srcptr zero, one, kappa, eps, all, star;
} fhrl_iss_letters;
fhrl_iss_letters fhrl_iss_prove_spell(fhrl_iss_prove *w);

// Size of -(rho+eps) - kappa (rho-1) + (1+kappa)(rho-rho*), which is 0: so (2) of iss_reduced.h is the right side of 3b.
double fhrl_iss_prove_recentring(fhrl_iss_prove *w, const fhrl_iss_letters *l);

// 1 if the drive's bound F is proved: no less than sqrt(d) for `tanh`, 0 without a drive.
int fhrl_iss_prove_drive(fhrl_iss_prove *w);
