// SPDX-License-Identifier: GPL-3.0-or-later
// sundials_cvode: CVODE behind an interface without any of its types; the integrator is its only user
//
// Adams with fixed-point iteration, or BDF with Newton: dense up to FHRL_SUNDIALS_DENSE states, GMRES with exact
// products J v above.
#pragma once

#include "base/status.h"

enum { FHRL_SUNDIALS_DENSE = 64 };

typedef struct fhrl_sundials_problem {
  int n, stiff; // stiff: BDF
  double rtol, atol;
  double *x; // (n) borrowed: the state, written by run
  // 0; > 0: try a smaller step; < 0: give up
  int (*rhs)(void *context, double t, const double x[], double dx[]);
  int (*jvp)(
    void *context, double t, const double x[], const double v[], double Jv[]); // of BDF only
  void *context;
} fhrl_sundials_problem;

typedef enum fhrl_sundials_end {
  FHRL_SUNDIALS_REACHED,
  FHRL_SUNDIALS_PAUSED,    // after the given number of steps
  FHRL_SUNDIALS_STALLED,   // likewise, but with steps that no longer move t
  FHRL_SUNDIALS_ERROR,     // the error test failed repeatedly
  FHRL_SUNDIALS_CORRECTOR, // the corrector did not converge, or its linear solver failed
  FHRL_SUNDIALS_RHS,       // a callback gave up, or failed at every step size
  FHRL_SUNDIALS_OTHER,
} fhrl_sundials_end;

// What the method was doing, for reports.
typedef struct fhrl_sundials_look {
  double h; // the step that was tried
  int order;
  int worst;           // component with the largest local error
  double worst_ratio;  // of its local error to what the tolerances allow
  const char *message; // CVODE's own words; borrowed
} fhrl_sundials_look;

typedef struct fhrl_sundials_count {
  long steps, error_test_failures, convergence_failures; // since create
} fhrl_sundials_count;

typedef struct fhrl_sundials_cvode fhrl_sundials_cvode;

// Starts at (t0, problem->x); the problem is copied, what it points to borrowed. FHRL_NOMEM.
fhrl_status fhrl_sundials_cvode_create(
  const fhrl_sundials_problem *problem, double t0, fhrl_sundials_cvode **out, fhrl_err *err);
void fhrl_sundials_cvode_destroy(fhrl_sundials_cvode *e); // NULL-safe

// Forgets the history and starts again at (t0, x) with the x of the problem.
void fhrl_sundials_cvode_restart(fhrl_sundials_cvode *e, double t0);

// Goes to exactly t (later than now by more than rounding), in no more than `steps` steps; no evaluation lies beyond t.
// *now and x: the last accepted state.
fhrl_sundials_end fhrl_sundials_cvode_run(
  fhrl_sundials_cvode *e, double t, long steps, double *now);

void fhrl_sundials_cvode_look(fhrl_sundials_cvode *e, fhrl_sundials_look *out);
fhrl_sundials_count fhrl_sundials_cvode_count(fhrl_sundials_cvode *e);
const char *fhrl_sundials_cvode_version(void);
