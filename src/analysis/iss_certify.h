// SPDX-License-Identifier: GPL-3.0-or-later
// iss_certify: which of the claims are proved, in ball arithmetic, of the argument in scalars (iss_reduced.h), and where
//
// Three ways. `branch and bound`: the least of rhs - lhs over a region of rho (and, through completed squares, every |A| and
// |u|) is bounded below. `factored`: rhs - lhs, which has no margin, is a product whose factors have a proved sign for
// every state; that it is that product is an identity. `identity`: the coefficients of lhs - rhs as a polynomial in rho are
// enclosed, and with them all that lhs and rhs can differ by.
#pragma once

#include <signal.h>

#include "analysis/iss_rules.h"

enum { FHRL_ISS_PROOF_CONSTANTS = 8, FHRL_ISS_PROOF_TEXT = 256 };

typedef struct fhrl_iss_proof {
  const char *method; // static text; NULL: nothing is proved
  char form[FHRL_ISS_PROOF_TEXT], region[FHRL_ISS_PROOF_TEXT];
  long boxes;         // of branch and bound
  double margin;      // proved lower bound of rhs - lhs on the region (branch and bound), of the factor (factored); NaN
  double residual;    // proved upper bound of |lhs - rhs| of an identity for rho <= rho_max; NaN
  int constants;
  struct {
    const char *name; // static text
    double value;
  } constant[FHRL_ISS_PROOF_CONSTANTS];
} fhrl_iss_proof;

typedef struct fhrl_iss_ground {
  double rho_min, rho_max;           // region of radii, where a proof needs one
  long boxes;                        // at most so many
  const volatile sig_atomic_t *stop; // NULL: nobody stops it
} fhrl_iss_ground;

// Tries to prove the claim `id`. Nothing is proved of systems whose terms are not known here, nor of `fastweight` with
// `outer` memory, which may blow up in finite time. FHRL_INTERRUPT, FHRL_NOMEM.
fhrl_status fhrl_iss_certify(const fhrl_iss_frame *f, const fhrl_iss_ground *ground, const char *id, fhrl_iss_proof *out,
  fhrl_err *err);
