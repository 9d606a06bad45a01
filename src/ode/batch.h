// SPDX-License-Identifier: GPL-3.0-or-later
// batch: DOP853 on many trajectories at once, one per lane of the vector unit, each with its own parameters and step size
//
// The state is a structure of arrays, (n, FHRL_LANES). Nothing passes between lanes: what a trajectory gives does not
// depend on its neighbours, its lane, or the thread. A lane that is done takes the next trajectory.
#pragma once

#include <signal.h>

#include "ode/system.h"

typedef enum fhrl_batch_outcome {
  FHRL_BATCH_DONE,
  FHRL_BATCH_STIFF,  // stability holds the steps back, and very many are still to come
  FHRL_BATCH_FAILED, // no step size will do, the right-hand side is not finite, or max_steps are used up or will be by far
} fhrl_batch_outcome;

typedef struct fhrl_batch_work {
  fhrl_system *s; // borrowed, of this thread alone; its u is held; s->p is changed during the run
  int lanes;      // 1: by the model's right-hand side for lanes; 0: by rhs, lane by lane
  double rtol, atol, t_end;
  long max_steps; // of one trajectory
  const volatile sig_atomic_t *stop; // not 0: end after this step, nothing more is done; NULL
  // The start of the next trajectory goes to x (n), where its parameters (n_param) lie to *p (borrowed until it is done);
  // returns its number, or -1 if there is none left.
  long (*next)(void *context, double x[], const double **p);
  // Where trajectory k ended: at t_end or, if not DONE, before. It may use s, and put back its u.
  void (*done)(void *context, long k, fhrl_batch_outcome outcome, const double x[], long steps, long rhs_evals);
  void *context;
} fhrl_batch_work;

// Runs until `next` has none left, from t = 0. FHRL_NOMEM.
fhrl_status fhrl_batch_run(const fhrl_batch_work *work, fhrl_err *err);
