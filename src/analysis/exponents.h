// SPDX-License-Identifier: GPL-3.0-or-later
// exponents: the first k Lyapunov exponents of a flow or a map, with standard errors, checks, and what was measured on
//
// lambda_i = lim 1/t ln R_ii(t), V(t) = Q R the tangents (exponents_tangent.h) that an orbit carries along, made
// orthonormal again every `every` units of time (Benettin, Galgani, Giorgilli, Strelcyn 1980; Shimada, Nagashima 1979). Errors: exponents_blocks.h.
//
// What comes before `transient` is discarded: in its first half the orbit finds its attractor, in the second the tangents
// their directions, and the time between two orthonormalizations is settled: so long that no vector, on
// average, grows or shrinks against another by more than e^3, which is what local errors of the tangents are multiplied by.
//
// Initialise / iterate / test: begin, step until done, finish; run does all of it.
#pragma once

#include <signal.h>

#include "analysis/exponents_blocks.h"
#include "analysis/exponents_tangent.h"
#include "base/config.h"

extern const fhrl_field fhrl_exponents_fields[]; // keys of [exponents]
extern const int fhrl_exponents_field_count;

enum { FHRL_EXPONENTS_REASON = 200, FHRL_EXPONENTS_ROWS = 700 };

typedef struct fhrl_exponents_plan {
  int k;            // exponents; 0: all of up to 8 states, else the first 3
  double se;        // stop once every standard error is at most this; 0: at t_end
  double transient; // discarded [model time]
  double every;     // time between two orthonormalizations; 0: as said above
  uint32_t seed;    // of the tangents' first directions
} fhrl_exponents_plan;

typedef enum fhrl_exponents_attractor {
  FHRL_EXPONENTS_UNDECIDED,
  FHRL_EXPONENTS_EQUILIBRIUM,
  FHRL_EXPONENTS_PERIODIC,
  FHRL_EXPONENTS_CHAOTIC,
} fhrl_exponents_attractor;

typedef enum fhrl_exponents_phase {
  FHRL_EXPONENTS_SETTLING, // the orbit alone
  FHRL_EXPONENTS_ALIGNING, // with tangents
  FHRL_EXPONENTS_MEASURING,
  FHRL_EXPONENTS_DONE,
} fhrl_exponents_phase;

typedef struct fhrl_exponents {
  fhrl_system *s;        // borrowed
  const fhrl_input *in;  // borrowed
  fhrl_solver solver;    // of the tangents: never `auto`
  fhrl_exponents_plan plan;
  int n, k;
  int driven;            // 1: u changes with time: the exponents are conditional on it
  int traced;            // 1: k = n, and the mean divergence is measured, too
  fhrl_exponents_phase phase;
  fhrl_exponents_tangent *tg; // owned
  double t_end, every, begun; // begun: where measuring began [model time]
  double trace_begun, trace_last; // its integral, at begun and now
  double norm_begun;     // |x| at begun
  fhrl_exponents_blocks blocks;
  double *share;         // owned: (k, n_state) means of the vectors' shares in each block of states, summed until finish
  double *growth;        // owned: (k), scratch
  double *row;           // owned: (rows, 1 + 3 k) running estimates: time measured, then mean, low, high of each exponent
  int rows, room;
  double next_look;
  double worst_se;       // the largest standard error at the last look; NaN before there is one
  fhrl_counters settled; // of the orbit alone
  // ---- from finish on
  fhrl_exponents_estimate *exponent; // owned: (k)
  double measured;       // time
  fhrl_exponents_estimate sum;
  double trace_mean;     // mean divergence, of a map mean ln |det J|; NaN unless traced
  double kaplan_yorke, kaplan_yorke_se;
  const char *kaplan_yorke_reason; // static: why it is NaN
  int zero_expected;     // 1: an autonomous flow off an equilibrium has a zero exponent
  const char *zero_reason; // static: why none is expected, or found
  int zero;              // the exponent closest to 0 by its error; -1
  fhrl_exponents_attractor attractor;
  char attractor_reason[FHRL_EXPONENTS_REASON];
  double period;         // NaN unless periodic
  double *eigenvalue;    // owned: (k) at an equilibrium Re of the Jacobian's eigenvalues (of a map ln |multiplier|), else NaN
  double eigenvalue_difference; // from the exponents, at most; NaN off an equilibrium
  int left;              // 1: the orbit has gone far away
  int switched;          // 1: exponents have changed on the way (between the halves, or to those of the equilibrium it ended on)
  int converged;
  char converged_reason[FHRL_EXPONENTS_REASON];
} fhrl_exponents;

typedef struct fhrl_exponents_watch {
  void (*progress)(void *context, const fhrl_exponents *e); // now and then; may be NULL
  void *context;
  const volatile sig_atomic_t *stop; // not 0: end before the next interval; may be NULL
} fhrl_exponents_watch;

// What is not said follows from what is, in the configuration itself, so that a saved one says everything: without
// solver.t_end the end is 1e5, and 1e6 with a given se; with solver.t_end alone se is 0; transient is at most a tenth of
// the end; rtol is 1e-9 and atol 1e-11, for local errors of tangents enter e^3 times; max_steps is 1e10.
// A recorded input ends at its end. FHRL_ARG if transient leaves nothing.
fhrl_status fhrl_exponents_resolve(fhrl_config *config, const fhrl_input *in, fhrl_err *err);
void fhrl_exponents_options(const fhrl_config *config, fhrl_exponents_plan *out); // from a resolved [exponents]

// From x0 (n) at t = 0; s and in are borrowed until free. FHRL_ARG for k > n, a model without J v, times of a map that are
// not whole; what fhrl_exponents_tangent_create says.
fhrl_status fhrl_exponents_begin(fhrl_exponents *e, fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  const fhrl_exponents_plan *plan, const double x0[], fhrl_err *err);
// One interval on. What fhrl_exponents_tangent_advance says; what was measured before stays.
fhrl_status fhrl_exponents_step(fhrl_exponents *e, fhrl_err *err);
// Evaluates what has been measured so far (nothing: FHRL_ARG). It looks where the orbit goes from here, on a copy.
fhrl_status fhrl_exponents_finish(fhrl_exponents *e, fhrl_err *err);
void fhrl_exponents_free(fhrl_exponents *e); // leaves it zeroed; also of one that never began, if zeroed

// begin, step to the end, finish. After FHRL_INTERRUPT (*stop), FHRL_NUMERIC, FHRL_LIMIT or FHRL_EVENT what was measured until then
// is evaluated: e->measured > 0 tells. watch may be NULL.
fhrl_status fhrl_exponents_run(fhrl_exponents *e, fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  const fhrl_exponents_plan *plan, const double x0[], const fhrl_exponents_watch *watch, fhrl_err *err);

const char *fhrl_exponents_attractor_text(fhrl_exponents_attractor attractor); // "chaotic", ...
// Mean and error of exponent i so far.
void fhrl_exponents_look(const fhrl_exponents *e, int i, fhrl_exponents_estimate *out);
// When it will be over if errors fall as 1/sqrt(t), and t_end at the latest.
double fhrl_exponents_expected_end(const fhrl_exponents *e);
