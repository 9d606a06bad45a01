// SPDX-License-Identifier: GPL-3.0-or-later
// engine: what the integrator asks of a method of integration, whoever implements it
//
// An engine steps dx/dt = rhs(t, x) from where it stands and knows nothing of inputs, events or messages: those belong to
// the integrator, and hold for every method alike.
#pragma once

#include "base/status.h"

typedef struct fhrl_engine_problem {
  int n;
  double rtol, atol;
  double step; // 0: as the tolerances ask; else fixed (Runge-Kutta only), but for a last one that meets its end
  double *x;   // (n) borrowed: the state, written by run
  // 0; > 0: try a smaller step; < 0: give up
  int (*rhs)(void *context, double t, const double x[], double dx[]);
  int (*jvp)(void *context, double t, const double x[], const double v[], double Jv[]); // of implicit methods only
  void *context;
} fhrl_engine_problem;

typedef enum fhrl_engine_end {
  FHRL_ENGINE_REACHED,
  FHRL_ENGINE_PAUSED,    // after the given number of steps
  FHRL_ENGINE_STALLED,   // likewise, but with steps that no longer move t
  FHRL_ENGINE_ERROR,     // the error test failed repeatedly
  FHRL_ENGINE_CORRECTOR, // the corrector did not converge, or its linear solver failed
  FHRL_ENGINE_RHS,       // a callback gave up, or failed at every step size
  FHRL_ENGINE_OTHER,
  FHRL_ENGINE_LATE, // of the integrator, not of a method: its wall-clock limit
} fhrl_engine_end;

// What the method was doing, for reports.
typedef struct fhrl_engine_look {
  double h;            // the step that was tried
  int order;
  int worst;           // component with the largest local error
  double worst_ratio;  // of its local error to what the tolerances allow
  const char *message; // the library's own words, or ""; borrowed
} fhrl_engine_look;

typedef struct fhrl_engine_count {
  long steps, error_test_failures, convergence_failures; // since create
  long corrector_iterations, linear_iterations, jacobians; // of implicit methods
} fhrl_engine_count;

typedef struct fhrl_engine fhrl_engine;

// Every engine's first member is a fhrl_engine.
struct fhrl_engine {
  const struct fhrl_engine_kind *kind;
};

typedef struct fhrl_engine_kind {
  const char *name; // "adams"
  void (*destroy)(fhrl_engine *e);
  // Forgets the history and starts again at (t0, x) with the x of the problem.
  void (*restart)(fhrl_engine *e, double t0);
  // Goes to exactly t (later than now by more than rounding), in no more than `steps` steps; no evaluation lies beyond
  // t. *now and x: the last accepted state.
  fhrl_engine_end (*run)(fhrl_engine *e, double t, long steps, double *now);
  // The state x (n) at t within the last accepted step, to the method's own accuracy. 0, or what rhs returned.
  int (*dense)(fhrl_engine *e, double t, double x[]);
  void (*look)(fhrl_engine *e, fhrl_engine_look *out);
  fhrl_engine_count (*count)(fhrl_engine *e);
} fhrl_engine_kind;
