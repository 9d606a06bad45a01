// SPDX-License-Identifier: GPL-3.0-or-later
// batch: DOP853 on many trajectories at once, one per lane of the vector unit, each with its own step size
//
// The state is a structure of arrays, (n, FHRL_BATCH_LANES). Nothing passes between lanes: what a trajectory gives does not
// depend on its neighbours, its lane, or the thread. A lane that is done takes the next trajectory.
#pragma once

#include "ode/system.h"

enum { FHRL_BATCH_LANES = 16 };

typedef enum fhrl_batch_outcome {
  FHRL_BATCH_DONE,
  FHRL_BATCH_STIFF,  // explicit steps would be very many
  FHRL_BATCH_FAILED, // no step size will do, or the right-hand side is not finite
} fhrl_batch_outcome;

typedef struct fhrl_batch_work {
  fhrl_system *s; // borrowed, of this thread alone; autonomous: its u is held
  double rtol, atol, t_end;
  long max_steps; // of one trajectory
  // The start of the next trajectory goes to x (n); returns its number, or -1 if there is none left.
  long (*next)(void *context, double x[]);
  // Where trajectory k ended: at t_end or, if not DONE, before.
  void (*done)(void *context, long k, fhrl_batch_outcome outcome, const double x[], long steps, long rhs_evals);
  void *context;
} fhrl_batch_work;

// Runs until `next` has none left, from t = 0. Models with a right-hand side for lanes (fhrl with its default drive,
// homeostasis and memory) use it, others theirs lane by lane. FHRL_NOMEM.
fhrl_status fhrl_batch_run(const fhrl_batch_work *work, fhrl_err *err);

// dx/dt for all lanes: x, dx (n, lanes). 1 if the model has a right-hand side for lanes (for tests and reports).
int fhrl_batch_field(const fhrl_system *s, const double x[], double dx[]);
