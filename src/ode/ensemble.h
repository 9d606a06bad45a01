// SPDX-License-Identifier: GPL-3.0-or-later
// ensemble: many trajectories of one system from different starts, at different parameters, over threads
#pragma once

#include <signal.h>

#include "ode/integrator.h"

typedef enum fhrl_member {
  FHRL_MEMBER_BATCH,  // reached the end among others, one per lane (batch.h)
  FHRL_MEMBER_SINGLE, // reached it by an integrator of its own
  FHRL_MEMBER_FAILED, // did not reach it
  FHRL_MEMBER_OPEN,   // has not been carried yet
} fhrl_member;

enum { FHRL_FAILURES = 16 }; // failed members that are described

typedef struct fhrl_failure {
  long member;
  fhrl_err err;
} fhrl_failure;

// What is known of a member that is done, besides where it ended.
typedef struct fhrl_ensemble_done {
  long member;
  fhrl_member way;
  int stiff; // 1: it left a batch because it is stiff
  long steps, rhs_evals;
  fhrl_err err; // why it failed; else code FHRL_OK
} fhrl_ensemble_done;

typedef struct fhrl_ensemble {
  long members;
  int n, n_param;
  double *x0;            // owned: (members, n) starts
  double *x;             // within x0: (members, n) states at the end or, of a failed member, where it stopped
  double *p;             // owned: (members, n_param) parameters; NULL: all have those of the system
  unsigned char *member; // owned: (members) a fhrl_member each
  long before; // of them, done by an earlier run (fhrl_ensemble_take)
  long singles, failed;
  long stiff;            // members that left a batch because they are stiff
  long steps, rhs_evals; // of all members
  fhrl_failure failure[FHRL_FAILURES]; // of the failed members of the lowest numbers, in order
  int failures;
} fhrl_ensemble;

typedef struct fhrl_ensemble_watch {
  void (*progress)(void *context, long done, long members); // now and then, on the calling thread; NULL
  void *context;
  const volatile sig_atomic_t *stop; // not 0: end with FHRL_INTERRUPT; NULL
  // After every member, on whatever thread, several at a time: x (n) is where it ended. Its failure ends the run when the members
  // under way are done. NULL
  fhrl_status (*keep)(void *context, const fhrl_ensemble_done *done, const double x[], fhrl_err *err);
  void *keep_context;
} fhrl_ensemble_watch;

// Room for `members` starts of n states, all 0 and open, and, unless n_param is 0, their parameters. FHRL_LIMIT beyond 8 GiB,
// FHRL_NOMEM.
fhrl_status fhrl_ensemble_init(fhrl_ensemble *e, long members, int n, int n_param, fhrl_err *err);
void fhrl_ensemble_free(fhrl_ensemble *e);

// All members are open again and nothing is counted: the ensemble may be run once more, from what x0 holds by then.
void fhrl_ensemble_reopen(fhrl_ensemble *e);

// Member done->member, which is open, is done: an earlier run of the same ensemble carried it to x (n), and the next will not
// carry it again.
void fhrl_ensemble_take(fhrl_ensemble *e, const fhrl_ensemble_done *done, const double x[]);

// Carries every open member from t = 0 to solver->t_end on `threads` threads. A held input and a model without events go through
// the batch when the method is auto or dop853 with free steps (beyond 512 states without a right-hand side for lanes:
// through dop853 one by one); members that are stiff or fail there, and everything else, go through an integrator (method
// auto as asked). The parameters must leave the shapes of s (fhrl_vary_at). The results
// do not depend on the number of threads. A member that fails, or that the model lets not start, is counted and
// described, and the others go on. watch may be NULL. FHRL_NOMEM; FHRL_INTERRUPT after a stop, or what keep said: nothing in
// e is of use.
fhrl_status fhrl_ensemble_run(fhrl_ensemble *e, const fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  int threads, const fhrl_ensemble_watch *watch, fhrl_err *err);
