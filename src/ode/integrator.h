// SPDX-License-Identifier: GPL-3.0-or-later
// integrator: a system carried through time to a stated tolerance, restarted wherever its input jumps
//
// Initialise / advance / look: the caller decides how far, prints and stops. No step crosses a jump of u(t).
#pragma once

#include <signal.h>

#include "base/config.h"
#include "ode/crossing.h"
#include "ode/input.h"
#include "ode/system.h"

extern const fhrl_field fhrl_integrator_fields[]; // keys of [solver]
extern const int fhrl_integrator_field_count;

// AUTO begins with DOP853 and goes over to BDF where stiffness holds the steps back (rule: integrator_choose.c).
// DOPRI5, VERNER and DOP853 are explicit Runge-Kutta methods of order 5, 6 and 8 (dopri5.h, verner.h, dop853.h).
typedef enum fhrl_method {
  FHRL_METHOD_AUTO,
  FHRL_METHOD_ADAMS,
  FHRL_METHOD_BDF,
  FHRL_METHOD_DOP853,
  FHRL_METHOD_DOPRI5,
  FHRL_METHOD_VERNER,
} fhrl_method;

typedef struct fhrl_solver {
  fhrl_method method;
  double rtol, atol;
  double t_end, output_every; // [model time]; what a caller advances by
  long max_steps;             // in total, before FHRL_LIMIT
  double max_seconds;         // of wall clock in advance, in total, before FHRL_LIMIT; 0: no limit
  double step;                // [model time] fixed step of a Runge-Kutta method; 0: as the tolerances ask
  long checkpoint_every;      // recorded points between two restarts from which a run can be repeated; 0: none
  const fhrl_crossing *crossing; // borrowed: (crossings) sections to watch; NULL
  int crossings;
  // Within advance, every 500 steps: not 0 ends it with FHRL_INTERRUPT; where it is. All may be NULL, as fhrl_integrator_options
  // leaves them.
  const volatile sig_atomic_t *stop;
  void (*progress)(void *context, double t);
  void *context;
} fhrl_solver;

typedef struct fhrl_counters {
  long steps, rhs_evals, jvp_evals, error_test_failures, restarts;
  long convergence_failures, corrector_iterations; // of implicit methods, as the next two
  long linear_iterations, jacobians;               // of GMRES; dense Jacobians
  double rhs_s; // seconds within the right-hand side, estimated from every 16th evaluation
} fhrl_counters;

// A located event: a sign change of function `index` of model->event[event], and the first time at which it has changed; or,
// from event = n_event on, a crossing of section event - n_event.
typedef struct fhrl_happening {
  double t;
  int event, index;
} fhrl_happening;

// What a run carries over a restart besides time, state and events.
typedef struct fhrl_integrator_past {
  int stiff; // auto has gone over to BDF
  char why[160];
  fhrl_counters counters;
} fhrl_integrator_past;

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
// FHRL_NUMERIC non-finite right-hand side (component, time, term), blow-up (estimated time), chattering at a jump of the right-hand
// side that would use up max_steps (integrator_chatter.c), or a solver's failure with the worst component; FHRL_LIMIT max_steps or max_seconds, which say so and name the other method if the system looks stiff;
// FHRL_INTERRUPT. FHRL_EVENT at a terminal event: state and now are those of the event.
fhrl_status fhrl_integrator_advance(fhrl_integrator *it, double t, fhrl_err *err);

// Goes on to exactly t[count - 1] as advance does, and hands the states at t[0 .. count - 1] (ascending, > now) to record: the
// steps are as long as they like, the states within them come from the method's dense output. A failure of record ends it.
typedef fhrl_status fhrl_integrator_record(void *context, double t, const double x[], fhrl_err *err);
fhrl_status fhrl_integrator_sweep(fhrl_integrator *it, const double t[], size_t count, fhrl_integrator_record *record,
  void *context, fhrl_err *err);

double fhrl_integrator_now(const fhrl_integrator *it);
const double *fhrl_integrator_state(const fhrl_integrator *it); // (n), borrowed, valid until the next advance
void fhrl_integrator_counters(const fhrl_integrator *it, fhrl_counters *out);
// The method in use now, such as "dop853", and why (both valid until the next advance; why may be NULL). What `auto`
// went over to outlasts restarts: to repeat the rest of a run, name that method.
const char *fhrl_integrator_method(const fhrl_integrator *it, const char **why);

// The events so far, in order of time (borrowed, valid until the next advance). Each is located to rounding within the
// step, between an even number of sign changes of which none is seen, and the integration restarts there.
const fhrl_happening *fhrl_integrator_events(const fhrl_integrator *it, long *count);
// The states (count, n) at those of them that are crossings (borrowed, likewise).
const double *fhrl_integrator_crossings(const fhrl_integrator *it, long *count);

// Puts another state x (n) at the present time and forgets the history (renormalised copies, events, checkpoints: a run
// that restarts from its own state at every checkpoint can be repeated from any of them bit by bit). x may be the state
// itself. FHRL_NUMERIC as for create.
fhrl_status fhrl_integrator_restart(fhrl_integrator *it, const double x[], fhrl_err *err);

// What there is to keep at a restart, every byte of it defined; and the other way: an integrator that was just created at the
// time and state of a restart takes over the past of it, its events (count) and crossings (crossings, n), both copied, and
// goes on as that one did. FHRL_FORMAT for events that it cannot have had.
void fhrl_integrator_remember(const fhrl_integrator *it, fhrl_integrator_past *out);
fhrl_status fhrl_integrator_resume(fhrl_integrator *it, const fhrl_integrator_past *past, const fhrl_happening happened[],
  long count, const double at[], long crossings, fhrl_err *err);

const char *fhrl_integrator_version(void); // of SUNDIALS
