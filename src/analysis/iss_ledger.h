// SPDX-License-Identifier: GPL-3.0-or-later
// iss_ledger: the book of claims while states come in: margins, violations, witnesses, rows of the tables
#pragma once

#include "analysis/iss.h"

// Opens a claim for every rule: `open` with its reason where the rule is silent, else `held` until something speaks
// against it. iss->view and iss->constants are in place. FHRL_NOMEM.
fhrl_status fhrl_iss_ledger_open(fhrl_iss *iss, fhrl_err *err);

// Compares every rule at the point (orbit: NULL for a state that no orbit led to) and, if keep, adds a row to the
// tables. Where y has vanished there is nothing to compare. FHRL_NOMEM; FHRL_NUMERIC if a side is not a
// number; FHRL_INTERRUPT.
fhrl_status fhrl_iss_ledger_enter(fhrl_iss *iss, const fhrl_iss_point *p, const fhrl_iss_orbit *orbit, int keep,
  fhrl_err *err);

// Notes a violation that no comparison of a single state shows: the state, and the two sides given.
fhrl_status fhrl_iss_ledger_violate(fhrl_iss *iss, fhrl_iss_claim *c, const fhrl_iss_point *p, fhrl_iss_pair pair,
  fhrl_err *err);
