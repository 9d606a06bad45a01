// SPDX-License-Identifier: GPL-3.0-or-later
// branch: proves that a function of a few real variables is positive on a box, by branch and bound in ball arithmetic
//
// A box on which the enclosure of the function lies at or above `floor` is done with; another one is halved along its
// widest side, relative to the whole. The order is fixed, and so is every count.
#pragma once

#include <signal.h>

#include "analysis/reckon.h"
#include "base/status.h"

enum { FHRL_BRANCH_MAX = 4 }; // variables

// The function on a box x (n balls), written with r (forgotten before every call).
typedef arb_srcptr fhrl_branch_form(const void *context, fhrl_reckon *r, const arb_struct x[]);

typedef enum fhrl_branch_end {
  FHRL_BRANCH_PROVED,
  FHRL_BRANCH_REFUTED, // `at`: there the function is surely below the floor
  FHRL_BRANCH_TIRED,   // too many boxes
} fhrl_branch_end;

typedef struct fhrl_branch {
  fhrl_branch_end end;
  long boxes;                 // evaluated
  double least;               // proved: lower bound of the function on the whole box
  double at[FHRL_BRANCH_MAX]; // refuted: where; tired: middle of the box that was left
} fhrl_branch;

// f >= floor on low[i] <= x[i] <= high[i], i < n? At most `most` boxes. FHRL_INTERRUPT once *stop is not 0 (stop may be
// NULL), FHRL_NOMEM.
fhrl_status fhrl_branch_prove(fhrl_branch_form *f, const void *context, int n, const double low[], const double high[],
  double floor, long most, const volatile sig_atomic_t *stop, fhrl_branch *out, fhrl_err *err);
