// SPDX-License-Identifier: GPL-3.0-or-later
// trajectory: an integration recorded on a grid of times: states, inputs and observables
#pragma once

#include <signal.h>
#include <stddef.h>

#include "ode/integrator.h"

enum { FHRL_TRAJECTORY_GIB = 8 }; // what a trajectory may take in memory

typedef struct fhrl_trajectory {
  size_t points;        // of the grid: t0, t0 + every, ..., t_end (always the last, however long its interval)
  size_t count;         // recorded so far
  int n, n_u, n_obs;
  double *t;            // owned: (points)
  double *x, *u, *obs;  // within t: (points, n), (points, n_u), (points, n_obs)
} fhrl_trajectory;

// What an integrator has to be given to go on as it did (fhrl_integrator_resume); of a map the counters alone. Borrowed.
typedef struct fhrl_trajectory_kept {
  const fhrl_integrator_past *past;
  const fhrl_happening *happened; // (events)
  long events;
  const double *at; // (crossings, n)
  long crossings;
} fhrl_trajectory_kept;

typedef struct fhrl_trajectory_watch {
  void (*progress)(void *context, double t, double t_end); // after every point; may be NULL
  void *context;
  const volatile sig_atomic_t *stop; // not 0: end before the next point; may be NULL
  size_t restart_every;              // points between two restarts of the integrator; 0: never
  // After each of those restarts, with what was recorded and what the integrator carries over it; may be NULL. Its failure
  // ends the run.
  fhrl_status (*boundary)(void *context, const fhrl_trajectory *tr, const fhrl_trajectory_kept *kept, fhrl_err *err);
} fhrl_trajectory_watch;

// The grid of solver->output_every from t0 to solver->t_end for a system, nothing recorded yet. A map's times are its steps:
// an output_every below 1 stands for every step, other fractions are FHRL_ARG.
// FHRL_ARG if t_end <= t0, FHRL_LIMIT beyond FHRL_TRAJECTORY_GIB, FHRL_NOMEM.
fhrl_status fhrl_trajectory_init(fhrl_trajectory *tr, const fhrl_system *s, const fhrl_solver *solver, double t0,
  fhrl_err *err);
void fhrl_trajectory_free(fhrl_trajectory *tr);

// Records the state x (n) at the next time of the grid, with the input of that time and the observables; in = NULL: u as it
// stands in s. FHRL_NUMERIC names an observable that is not finite.
fhrl_status fhrl_trajectory_record(fhrl_trajectory *tr, const double x[], fhrl_system *s, const fhrl_input *in,
  fhrl_err *err);

// Records the present state if nothing is recorded, and goes on to the end of the grid. s and in are those of `it`, which
// stands at the last recorded time (of count > 0). Only a restart makes a step end at a point: between them the points come from
// the method's dense output. watch may be NULL. What is recorded before a failure stays:
// A terminal event becomes the last point and
// shortens `points` to it. FHRL_INTERRUPT after a stop, FHRL_NUMERIC for an observable that is not finite, else what advance says.
// With restart_every = k a run that begins anew from any k-th point records the same bits. A restart costs some 5 right-hand
// sides with a Runge-Kutta method, 12 with bdf and 50 with adams (Lorenz and fhrl, d = 16).
fhrl_status fhrl_trajectory_run(fhrl_trajectory *tr, fhrl_integrator *it, fhrl_system *s, const fhrl_input *in,
  const fhrl_trajectory_watch *watch, fhrl_err *err);

// After an event or a failure: the present state of `it` becomes the last point if it lies behind the points that are
// recorded, and `points` is shortened to them. FHRL_NUMERIC for an observable that is not finite there: then without it.
fhrl_status fhrl_trajectory_end_early(fhrl_trajectory *tr, const fhrl_integrator *it, fhrl_system *s, const fhrl_input *in,
  fhrl_err *err);
