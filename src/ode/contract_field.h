// SPDX-License-Identifier: GPL-3.0-or-later
// contract_field: what a model's callbacks promise at one parameter set and one state; for contract.c alone
#pragma once

#include "ode/system.h"

typedef struct fhrl_contract_case {
  const fhrl_model *model; // as written: s->model may have been given a jvp
  fhrl_system *s;          // bound, with its input
  const double *x;         // (n) the state
  double *room;            // scratch of fhrl_contract_field_room(s) doubles
} fhrl_contract_case;

size_t fhrl_contract_field_room(const fhrl_system *s);

// Each returns FHRL_OK or, with the numbers in err, FHRL_NUMERIC (what the case breaks).
typedef fhrl_status fhrl_contract_claim(const fhrl_contract_case *c, fhrl_err *err);
// Rates, observables, events and the model's own start are finite, and the same when asked again.
fhrl_contract_claim fhrl_contract_field_finite;
// jvp is linear in v, and the derivative of rhs (step).
fhrl_contract_claim fhrl_contract_field_linear, fhrl_contract_field_derivative;
// The terms sum to rhs.
fhrl_contract_claim fhrl_contract_field_terms;
// A NaN in a component that matters shows; NaN and infinity do not crash.
fhrl_contract_claim fhrl_contract_field_nan;
// Callbacks write all of what they are to write and nothing else.
fhrl_contract_claim fhrl_contract_field_arrays;
// FHRL_CHECK_DIVERGENCE facts hold.
fhrl_contract_claim fhrl_contract_field_divergence;
// FHRL_CHECK_EQUILIBRIUM facts hold; stated at the defaults and without input, whatever x is.
fhrl_contract_claim fhrl_contract_field_equilibrium;
