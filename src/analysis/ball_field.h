// SPDX-License-Identifier: GPL-3.0-or-later
// ball_field: right-hand sides of some models in jets of balls, for proofs about their equilibria
//
// A model's own rhs is in double and says nothing of its error. Here its formula is written once more, in the arithmetic of
// analysis/jet.h; tests set both side by side. Only a few variables can be covered by boxes, so states that an equilibrium
// gives away are eliminated: of `fhrl` the memory, A = Phi(y, u)/lambda.
#pragma once

#include "analysis/jet.h"
#include "ode/system.h"

typedef struct fhrl_ball_field {
  const fhrl_system *s; // borrowed, with its input
  int n;                // free states: the first n of the system's
  const struct fhrl_ball_field_model *model;
  const char *eliminated; // static: what the other states are at an equilibrium; NULL if none are left out
  const char *kink;       // static: how a kink or a jump at y = 0 is dealt with; NULL if there is none
  int jumps;              // 1: the field jumps at y = 0, where it is nobody's neighbour
} fhrl_ball_field;

// FHRL_ARG with the reason for a model that has no such form, too many free states or unsuitable parameters. s->u is read.
fhrl_status fhrl_ball_field_init(fhrl_ball_field *f, const fhrl_system *s, fhrl_err *err);

// F (n) and its Jacobian (as slopes) over the box of states x (n).
void fhrl_ball_field_value(const fhrl_ball_field *f, const arb_struct x[], fhrl_jet F[]);

// Where the field jumps: 1 if it surely has no zero in 0 < |y| <= radius.
int fhrl_ball_field_leaves_origin(const fhrl_ball_field *f, double radius);
