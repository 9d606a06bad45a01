// SPDX-License-Identifier: GPL-3.0-or-later
// prove: a complete list of the equilibria in a box, by ball arithmetic
//
// A box of states is left alone once one of these holds over the whole of it, with m its middle and Y near the inverse of J:
//   0 not in F(X), or not in Y F(m) + Y J(X) (X - m): there is no root in X               (1)
//   K = m - Y F(m) + (1 - Y J(X)) (X - m) inside X: there is exactly one [Krawczyk 1969]  (2)
//   X inside a box of which (2) is known: the one there has been counted                  (3)
// and cut in two otherwise. The boxes of (3) are grown first around what Newton's method found, so roots may lie where cuts
// fall. Complete: nothing is left over.
#pragma once

#include <signal.h>
#include <stdint.h>

#include "analysis/ball_field.h"
#include "base/config.h"

extern const fhrl_field fhrl_prove_fields[]; // keys of [proof]
extern const int fhrl_prove_field_count;

typedef struct fhrl_prove_plan {
  double low[FHRL_JET_MAX], high[FHRL_JET_MAX]; // the box
  long boxes;                                   // most boxes looked at
  double width;                                 // narrowest box that is cut, over that of the whole
  const volatile sig_atomic_t *stop;            // may be NULL
  const char *hopeless;                         // static: why no cover is worth trying; NULL
} fhrl_prove_plan;

typedef struct fhrl_prove_root {
  double x[FHRL_JET_MAX];                       // within `radius` of the root, in every component
  double radius;
  double low[FHRL_JET_MAX], high[FHRL_JET_MAX]; // box in which it is the only one
  int given;    // index of the start it was found from; -1: the cover itself came upon it
  int position; // 1: inside the plan's box, 0: outside, -1: on its border, as far as this can tell
} fhrl_prove_root;

typedef struct fhrl_prove {
  fhrl_prove_root *root; // owned
  int roots, inside;     // inside: of those, in the plan's box
  long boxes, undecided;
  double doubt[FHRL_JET_MAX]; // middle of one of the undecided boxes
  double kink_radius;         // of the ball around a jump at y = 0; 0: none
  int complete;
  const char *reason; // static: why it is not complete; NULL
} fhrl_prove;

// The box that [proof] names, as "low,high" for all components or "low,high;low,high;..."; empty: twice the farthest of the
// starts (count, stride), and at least [-2, 2]. FHRL_ARG for a malformed one.
fhrl_status fhrl_prove_options(const fhrl_config *config, const fhrl_ball_field *field, const double *const start[],
  int count, fhrl_prove_plan *out, fhrl_err *err);

// start: (count) pointers to states near roots, of which the field's free ones are read. FHRL_NOMEM. What is not decided
// is in out->undecided, complete = 0: no error.
fhrl_status fhrl_prove_run(const fhrl_ball_field *field, const fhrl_prove_plan *plan, const double *const start[],
  int count, fhrl_prove *out, fhrl_err *err);
void fhrl_prove_free(fhrl_prove *p); // leaves it zeroed
