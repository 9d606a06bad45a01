// SPDX-License-Identifier: GPL-3.0-or-later
// ensemble: many trajectories of one system from different starts, over threads
#pragma once

#include <signal.h>

#include "ode/integrator.h"

typedef enum fhrl_member {
  FHRL_MEMBER_BATCH,  // reached the end among others, one per lane (batch.h)
  FHRL_MEMBER_SINGLE, // reached it by an integrator of its own
  FHRL_MEMBER_FAILED, // did not reach it
} fhrl_member;

typedef struct fhrl_ensemble {
  long members;
  int n;
  double *x0;            // owned: (members, n) starts
  double *x;             // within x0: (members, n) states at the end or, of a failed member, where it stopped
  unsigned char *member; // owned: (members) a fhrl_member each
  long singles, failed;
  long steps, rhs_evals; // of all members
  fhrl_err first_failure; // of the failed member of the lowest number
  long first_failed;      // its number; -1
} fhrl_ensemble;

// Room for `members` starts of n states, all 0. FHRL_LIMIT beyond 8 GiB, FHRL_NOMEM.
fhrl_status fhrl_ensemble_init(fhrl_ensemble *e, long members, int n, fhrl_err *err);
void fhrl_ensemble_free(fhrl_ensemble *e);

// Carries every member from t = 0 to solver->t_end on `threads` threads. A held input and a model without events go through
// the batch when the method is auto or dop853 with free steps; members that are stiff or fail there, and everything else,
// go through an integrator (method auto as asked). The results do not depend on the number of threads. A member that
// fails is counted and described, and the others go on. FHRL_NOMEM, FHRL_INTERRUPT once *stop is not 0 (stop may be NULL).
fhrl_status fhrl_ensemble_run(fhrl_ensemble *e, const fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  int threads, const volatile sig_atomic_t *stop, fhrl_err *err);
