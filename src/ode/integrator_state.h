// SPDX-License-Identifier: GPL-3.0-or-later
// integrator_state: what stands behind fhrl_integrator, for src/ode/integrator*.c alone
#pragma once

#include "ode/engine.h"
#include "ode/integrator.h"

// Evaluations in a row that may fail before the method is told to give up: each makes the step 4 times smaller.
enum { FHRL_INTEGRATOR_BAD_MAX = 8 };

// Steps between two looks at whether `auto` should go over to BDF.
enum { FHRL_INTEGRATOR_WINDOW = 100 };

// The evaluation that failed earliest in time, since the integration last got past it.
typedef struct fhrl_integrator_bad {
  int count;
  int code;     // what the callback returned; 0: a value that is not finite
  int jacobian; // 1: it was a product J v
  double t;
  double *x; // (n)
} fhrl_integrator_bad;

// Signs of the model's event functions, and what has happened.
typedef struct fhrl_integrator_watch {
  int count;        // functions of all events
  signed char *sign; // owned: (count) the last sign that was not 0; 0 before there was one
  double *g, *x;     // owned, g holds both: (count), (n)
  fhrl_happening *happened; // owned
  long happenings, room;
} fhrl_integrator_watch;

// Sections that were asked for, and the states at which they were crossed.
typedef struct fhrl_integrator_cross {
  int count; // sections
  signed char sign[FHRL_CROSSING_MAX]; // the last sign that was not 0; 0 before there was one
  double *x, *obs; // owned, x holds both: (n), (n_obs)
  double *at;      // owned: (crossings, n)
  long crossings, room;
} fhrl_integrator_cross;

// Times at which somebody wants the state, while the integration goes on past them.
typedef struct fhrl_integrator_grid {
  const double *t; // borrowed: (count) ascending; NULL: nobody
  size_t count, next;
  fhrl_integrator_record *record;
  void *context;
  double *x; // (n)
} fhrl_integrator_grid;

// What tells whether it slides along a jump of the right-hand side.
typedef struct fhrl_integrator_sliding {
  long steps; // at the last look
  double t;
  int looks;  // in a row that had the signs of it
} fhrl_integrator_sliding;

struct fhrl_integrator {
  fhrl_system *s;       // borrowed
  const fhrl_input *in; // borrowed; NULL: u as it stands in s
  const double *u_before; // what s->u was
  fhrl_solver solver;
  fhrl_engine *engine; // owned
  double *block;               // owned: the arrays below
  double *x, *u, *scratch;     // (n), (n_u), (2 n)
  double origin;               // time of create
  double begun;                // clock of create, if there is a limit of it
  double start, start_norm;    // when and how large the state was at the last create or restart
  double now;
  double from, until; // the present piece of u: no evaluation uses another one's
  int stale;          // 1: the engine has to restart before it goes on
  int stiff;          // 1: BDF
  char why[160];
  fhrl_engine_count mark; // of the engine when it was last looked at for stiffness
  double mark_t;
  long look_at; // steps at which stop, clock and progress are looked at next
  int held; // looks in a row at which fast decay explains the step size
  fhrl_integrator_sliding chatter;
  fhrl_integrator_bad bad;
  fhrl_integrator_watch watch;
  fhrl_integrator_cross cross;
  fhrl_integrator_grid grid;
  fhrl_counters counters; // rhs_evals, jvp_evals, restarts, and what earlier engines counted
};

// dx/dt at (t, x) with the input of the present piece; 0, or what the model returned.
int fhrl_integrator_rhs(fhrl_integrator *it, double t, const double x[], double dx[]);
// J v at (t, x); likewise.
int fhrl_integrator_jvp(fhrl_integrator *it, double t, const double x[], const double v[], double Jv[]);

// The first choice between an explicit method and BDF; fills it->stiff and it->why.
void fhrl_integrator_choose(fhrl_integrator *it);
// Begins to count what the next choice is made from.
void fhrl_integrator_choose_mark(fhrl_integrator *it);
// 1 if `auto` now goes over to BDF: it->stiff and it->why have changed, and the engine has to follow.
int fhrl_integrator_choose_again(fhrl_integrator *it);
// 1 if steps of size h look as if a mode that decays at *rate held them back.
int fhrl_integrator_choose_stiff(fhrl_integrator *it, double h, double *rate);

// u at t as the present piece has it goes where the callbacks find it.
void fhrl_integrator_input(fhrl_integrator *it, double t);

// Makes the watch over the model's events, if it has any; takes their signs at (now, x); frees it.
fhrl_status fhrl_integrator_event_create(fhrl_integrator *it, fhrl_err *err);
fhrl_status fhrl_integrator_event_begin(fhrl_integrator *it, fhrl_err *err);
void fhrl_integrator_event_destroy(fhrl_integrator *it);
// FHRL_FORMAT unless these events are ones that this integrator can have found by now, and as many of them crossings.
fhrl_status fhrl_integrator_event_check(const fhrl_integrator *it, const fhrl_happening happened[], long count, long crossings,
  fhrl_err *err);
// Puts earlier events (count, copied) before those to come.
fhrl_status fhrl_integrator_event_restore(fhrl_integrator *it, const fhrl_happening happened[], long count, fhrl_err *err);
// Looks at the step of the engine that led from `before` to now. At the earliest event within it, state and time are put
// back to there, and the engine is stale. FHRL_EVENT if it is terminal, FHRL_NUMERIC if a function is not finite,
// FHRL_LIMIT beyond a million events.
fhrl_status fhrl_integrator_event_look(fhrl_integrator *it, double before, fhrl_err *err);

// Adds an event, or a crossing (event = n_event of the model + section), in its order of time.
fhrl_status fhrl_integrator_event_note(fhrl_integrator *it, double t, int event, int index, fhrl_err *err);
// The state x (n) at t within the last step of the engine.
fhrl_status fhrl_integrator_event_dense(fhrl_integrator *it, double t, double x[], fhrl_err *err);

// As for events, of the sections of the solver. `look` comes after that of the events, which may have put now back.
fhrl_status fhrl_integrator_crossing_create(fhrl_integrator *it, fhrl_err *err);
fhrl_status fhrl_integrator_crossing_begin(fhrl_integrator *it, fhrl_err *err);
void fhrl_integrator_crossing_destroy(fhrl_integrator *it);
fhrl_status fhrl_integrator_crossing_restore(fhrl_integrator *it, const double at[], long count, fhrl_err *err);
fhrl_status fhrl_integrator_crossing_look(fhrl_integrator *it, double before, fhrl_err *err);

// After so many steps in all, on the way to t: FHRL_NUMERIC if, by every sign, the integration slides along a jump of the right-hand
// side (component, term, and what to change), which would use up max_steps.
fhrl_status fhrl_integrator_chatter_look(fhrl_integrator *it, long steps, double t, fhrl_err *err);

// Why the integration ended here: fills err.
fhrl_status fhrl_integrator_failure(fhrl_integrator *it, fhrl_engine_end end, fhrl_err *err);
