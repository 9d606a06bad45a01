// SPDX-License-Identifier: GPL-3.0-or-later
// continuation: branches of equilibria (of fixed points of a map) against a parameter, with their bifurcations
//
// Pseudo-arclength continuation (analysis/arc.h) from one equilibrium, in both directions; what crosses the stability
// boundary between two points is located by analysis/continuation_locate.h; at branch points the other branch is taken up.
// Labels number the special points and the ends: a branch can be restarted from any of them.
#pragma once

#include <signal.h>

#include "analysis/arc.h"
#include "base/config.h"

extern const fhrl_field fhrl_continuation_fields[]; // keys of [continue]
extern const int fhrl_continuation_field_count;

typedef enum fhrl_continuation_kind {
  FHRL_CONTINUATION_REGULAR,
  FHRL_CONTINUATION_START,  // of a branch
  FHRL_CONTINUATION_END,    // of a branch: at the range's end, or why says so
  FHRL_CONTINUATION_FOLD,
  FHRL_CONTINUATION_BRANCH, // pitchfork or transcritical: another branch crosses
  FHRL_CONTINUATION_HOPF,
  FHRL_CONTINUATION_FLIP,            // of a map: a multiplier -1
  FHRL_CONTINUATION_NEIMARK_SACKER,  // of a map: a pair on the unit circle
} fhrl_continuation_kind;

typedef struct fhrl_continuation_point {
  fhrl_continuation_kind kind;
  int label;         // from 1; 0: none
  int unstable;      // eigenvalues beyond the stability boundary; at a special point the smaller count of its two sides
  int stable;        // 1 stable, 0 unstable, 2 at the boundary between the two
  double *z;         // owned; (n + 1) state and q = p/P
  double *tangent;   // owned by z; (n + 1)
  double parameter;  // p
  double re, im;     // the eigenvalue that crosses; of a regular point the leading one
  double residual;   // max |F|
  double error;      // of a special point: estimated error of the parameter
  int again;         // label of the same branch point met before; 0
  const char *why;   // static: of an end
} fhrl_continuation_point;

typedef struct fhrl_continuation_branch {
  int parent; // label of the branch point that it began at; 0: the start
  fhrl_continuation_point *point; // owned, in the order of the curve
  int count, room;
} fhrl_continuation_branch;

typedef struct fhrl_continuation {
  int n;
  char parameter[64];
  double low, high; // its range
  fhrl_continuation_branch *branch; // owned
  int branches, labels;
  int sought;      // x0 led to no equilibrium: how many were found from other starts, the nearest of which is the start; else 0
  int interrupted; // 1: what is here was found until then
  int more;        // branch points whose other branch was not followed: the limit, or a kernel of more dimensions
} fhrl_continuation;

typedef struct fhrl_continuation_plan {
  const char *parameter; // borrowed from the configuration
  double low, high;
  double step, step_min, step_max; // of arclength: rms state and parameter over its range
  double bound;                    // largest |x| that is followed
  int points, branches, switching;
  fhrl_arc_plan arc;
} fhrl_continuation_plan;

// Where a branch begins: a state, perhaps with the tangent of a labelled point. A branch point: its other branch is taken.
typedef struct fhrl_continuation_start {
  const double *x, *tangent; // (n), (n + 1) or NULL; borrowed
  double parameter;
  int fork; // 1: the start is a branch point
} fhrl_continuation_start;

typedef struct fhrl_continuation_watch {
  void (*progress)(void *context, double points, double parameter); // may be NULL
  void *context;
  const volatile sig_atomic_t *stop; // may be NULL
} fhrl_continuation_watch;

// From a resolved [continue]. FHRL_ARG if the parameter or its range is not set.
fhrl_status fhrl_continuation_options(const fhrl_config *config, fhrl_continuation_plan *out, fhrl_err *err);

// Under u (n_u) at t. Where start->x (without a tangent) leads to no equilibrium, the nearest to it of those that other starts lead to
// is taken, and `sought` says so. FHRL_ARG as fhrl_arc_init, or for a start outside the range; FHRL_NUMERIC: no equilibrium at the
// start; FHRL_NOMEM. watch may be NULL.
fhrl_status fhrl_continuation_run(const fhrl_system *s, double t, const double u[], const fhrl_continuation_plan *plan,
  const fhrl_continuation_start *start, const fhrl_continuation_watch *watch, fhrl_continuation *out, fhrl_err *err);
void fhrl_continuation_free(fhrl_continuation *c); // leaves it zeroed

const char *fhrl_continuation_text(fhrl_continuation_kind kind); // "fold", "branch point", ...
