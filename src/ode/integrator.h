// SPDX-License-Identifier: GPL-3.0-or-later
// integrator: a system carried through time to a stated tolerance, restarted wherever its input jumps
//
// Initialise / advance / look: the caller decides how far, prints and stops. No step crosses a jump of u(t).
#pragma once

#include <signal.h>

#include "base/config.h"
#include "ode/input.h"
#include "ode/system.h"

extern const fhrl_field fhrl_integrator_fields[]; // keys of [solver]
extern const int fhrl_integrator_field_count;

// AUTO begins with Adams and goes over to BDF where stiffness holds the steps back (rule: integrator_choose.c).
// DOP853 is an explicit Runge-Kutta method of order 8 (dop853.h).
typedef enum fhrl_method {
  FHRL_METHOD_AUTO,
  FHRL_METHOD_ADAMS,
  FHRL_METHOD_BDF,
  FHRL_METHOD_DOP853,
} fhrl_method;

typedef struct fhrl_solver {
  fhrl_method method;
  double rtol, atol;
  double t_end, output_every; // [model time]; what a caller advances by
  long max_steps;             // in total, before FHRL_LIMIT
  double step;                // [model time] fixed step of dop853; 0: as the tolerances ask
  const volatile sig_atomic_t *stop; // not 0: end with FHRL_INTERRUPT within 500 steps; NULL
} fhrl_solver;

typedef struct fhrl_counters {
  long steps, rhs_evals, jvp_evals, error_test_failures, restarts;
  double rhs_s; // seconds within the right-hand side, estimated from every 16th evaluation
} fhrl_counters;

// A located event: a sign change of function `index` of model->event[event], and the first time at which it has changed.
typedef struct fhrl_happening {
  double t;
  int event, index;
} fhrl_happening;

typedef struct fhrl_integrator fhrl_integrator; // opaque: around an engine (engine.h)

void fhrl_integrator_options(const fhrl_config *config, fhrl_solver *out); // from [solver]

// At (t0, x0); s and in are borrowed (s->u and s->work are written to; s->u is put back by destroy). in = NULL: u stays
// as it stands in s. f(t0, x0) is evaluated first: FHRL_NUMERIC names component, time and term if it is not finite.
// FHRL_ARG for a map, an input of another width, a tolerance that is not positive; FHRL_NOMEM.
fhrl_status fhrl_integrator_create(fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver, double t0,
  const double x0[], fhrl_integrator **out, fhrl_err *err);
void fhrl_integrator_destroy(fhrl_integrator *it); // NULL-safe

// Carries the state to exactly t (>= now; t = now does nothing). No evaluation lies beyond t, so what happens later
// cannot spoil what is asked for. On failure the state is the last one accepted and `now` its time:
// FHRL_NUMERIC non-finite right-hand side (component, time, term), blow-up (estimated time), or a solver's failure with
// the worst component; FHRL_LIMIT max_steps. FHRL_EVENT at a terminal event: state and now are those of the event. A method that only looks stiff says so and names the other one.
fhrl_status fhrl_integrator_advance(fhrl_integrator *it, double t, fhrl_err *err);

double fhrl_integrator_now(const fhrl_integrator *it);
const double *fhrl_integrator_state(const fhrl_integrator *it); // (n), borrowed, valid until the next advance
void fhrl_integrator_counters(const fhrl_integrator *it, fhrl_counters *out);
// The method in use now, such as "adams", and why (both valid until the next advance; why may be NULL). What `auto`
// went over to outlasts restarts: to repeat the rest of a run, name that method.
const char *fhrl_integrator_method(const fhrl_integrator *it, const char **why);

// The events so far, in order of time (borrowed, valid until the next advance). Each is located to rounding within the
// step, between an even number of sign changes of which none is seen, and the integration restarts there.
const fhrl_happening *fhrl_integrator_events(const fhrl_integrator *it, long *count);

// Puts another state x (n) at the present time and forgets the history (renormalised copies, events, checkpoints: a run
// that restarts from its own state at every checkpoint can be repeated from any of them bit by bit). x may be the state
// itself. FHRL_NUMERIC as for create.
fhrl_status fhrl_integrator_restart(fhrl_integrator *it, const double x[], fhrl_err *err);

const char *fhrl_integrator_version(void); // of SUNDIALS
