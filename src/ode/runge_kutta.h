// SPDX-License-Identifier: GPL-3.0-or-later
// runge_kutta: the frame of the explicit Runge-Kutta engines, for src/ode/{dopri5,verner,dop853}.c alone
//
//   k_s = f(t + c_s h, x + h sum_j a_sj k_j),  x' = x + h sum_j a_Sj k_j      (1)   s = 0 .. S - 1
//
// k_S = f(t + h, x') is the next step's k_0 (first same as last). The step size follows an estimate of the local error;
// a step that cannot be evaluated is tried again with a quarter of it from the last accepted state, which nothing has
// touched. Between t and t + h the state is, with s in [0, 1], r = 1 - s and polynomials P_j that the method prepares,
//   x + s (rise + r (bend + s (turn + r (P_0 + s (P_1 + r (P_2 + s P_3)))))),                (2)
//   rise = x' - x, bend = h k_0 - rise, turn = rise - h k_S - bend:
// with P = 0 the cubic of Hermite.
//
// ARKODE offers such methods, too (ERKStep, SUNDIALS 6.4.1). It was measured and not taken: its Verner table converges
// with order 3.00 instead of 6 and misses tolerances by factors of 24 .. 12,000 (it takes any method with c_S-1 = 1 for
// first-same-as-last); a right-hand side that fails recoverably ends the integration, with the time of the stage beside the
// state of the step's start (an error of .12 on a problem of size 1); and between steps it has Hermite's interpolant of
// degree 4 at most for order 5. Dormand-Prince at rtol 1e-8 on Lorenz, t = 100: 16.5 ms there, 2.6 ms here.
#pragma once

#include "ode/engine.h"

enum { FHRL_RUNGE_KUTTA_STAGES = 16, FHRL_RUNGE_KUTTA_POLYNOMIALS = 4 };

typedef struct fhrl_runge_kutta_term {
  int stage;
  double weight;
} fhrl_runge_kutta_term;

// The nonzero entries of one row, ended by a stage of -1.
typedef fhrl_runge_kutta_term fhrl_runge_kutta_row[13];

typedef struct fhrl_runge_kutta fhrl_runge_kutta;

typedef struct fhrl_runge_kutta_method {
  const char *name;
  int order;
  double exponent; // the error estimate goes as h^(1 / exponent)
  int last;        // S of (1)
  int stages;      // in all: S + 1, and those that only the dense output has
  int uses_last;   // 1: the error estimate contains k_S
  const double *c;                // (stages)
  const fhrl_runge_kutta_row *a;  // (stages); row S is the new state
  const fhrl_runge_kutta_term *e; // a row: the estimate of the local error over h
  double (*error)(fhrl_runge_kutta *e, double h); // of a step h over its tolerance, <= 1 is accepted; without uses_last it
                                                  // makes next = x' as well, which may share its pass over the stages
  int (*prepare)(fhrl_runge_kutta *e);                  // k of the dense stages and the P_j of the last step; what rhs returned
} fhrl_runge_kutta_method;

struct fhrl_runge_kutta {
  fhrl_engine base; // first: the handle that callers hold
  const fhrl_runge_kutta_method *method;
  fhrl_engine_problem problem;
  double t;
  double h;            // the step that the error test asks for next
  double t_old, h_old; // the last accepted step
  int started;         // k[0] and h belong to (t, x)
  int dense_ready;     // the dense stages and `poly` belong to the last step
  double *block;       // owned: the arrays below, (n) each, on their own cache lines
  double *k[FHRL_RUNGE_KUTTA_STAGES];
  double *x, *old, *next, *stage; // at t, before the last step, after the one that is tried, of a stage; problem.x gets x
  double *poly[FHRL_RUNGE_KUTTA_POLYNOMIALS];
  fhrl_engine_count count;
};

// An engine of the method at (t0, problem->x); the problem is copied, what it points to borrowed. kind: the method's entry in
// the engine's table, from FHRL_RUNGE_KUTTA_KIND. FHRL_NOMEM.
fhrl_status fhrl_runge_kutta_create(const fhrl_runge_kutta_method *method, const fhrl_engine_kind *kind,
  const fhrl_engine_problem *problem, double t0, fhrl_engine **out, fhrl_err *err);

// out = x + h sum of the row; x and out are (n) and distinct.
void fhrl_runge_kutta_combine(const fhrl_runge_kutta *e, const fhrl_runge_kutta_term row[], double h, const double *x, double *out);
// The state (2) at s within the last step; within prepare, with the P_j that it has set so far (they begin as 0).
void fhrl_runge_kutta_between(const fhrl_runge_kutta *e, double s, double x[]);
// k[stage] = f at the state (2) of s, within prepare; what rhs returned.
int fhrl_runge_kutta_sample(fhrl_runge_kutta *e, double s, int stage);
// `error` of an embedded pair: root mean square of h times the row e over the tolerance of the larger of x and next.
double fhrl_runge_kutta_embedded(fhrl_runge_kutta *e, double h);

// ---- entries of fhrl_engine_kind
void fhrl_runge_kutta_destroy(fhrl_engine *e);
void fhrl_runge_kutta_restart(fhrl_engine *e, double t0);
fhrl_engine_end fhrl_runge_kutta_run(fhrl_engine *e, double t, long steps, double *now);
int fhrl_runge_kutta_dense(fhrl_engine *e, double t, double x[]);
void fhrl_runge_kutta_look(fhrl_engine *e, fhrl_engine_look *out);
fhrl_engine_count fhrl_runge_kutta_counted(fhrl_engine *e);
#define FHRL_RUNGE_KUTTA_KIND(name)                                                                \
  {name, fhrl_runge_kutta_destroy, fhrl_runge_kutta_restart, fhrl_runge_kutta_run, fhrl_runge_kutta_dense, \
   fhrl_runge_kutta_look, fhrl_runge_kutta_counted}
