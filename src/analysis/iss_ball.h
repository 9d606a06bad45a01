// SPDX-License-Identifier: GPL-3.0-or-later
// iss_ball: a witness looked at again in ball arithmetic: 128 bits and a proved error, from the state to both sides
//
// The terms of the model `fhrl` are written a second time here, in balls; that they are the same terms is tested. The
// state, the input, the matrices and the constants of a claim are doubles, and exact.
#pragma once

#include "analysis/iss_rules.h"
#include "analysis/reckon.h"

// One state seen in balls: fields as in fhrl_iss_point.
typedef struct fhrl_iss_ball {
  fhrl_reckon r; // owned
  arb_srcptr rho, e, leak, drive, home, A, u;
} fhrl_iss_ball;

// 1 if the terms of this system are known here.
int fhrl_iss_ball_knows(const fhrl_iss_view *v);

// Looks at state x (n) under input u (n_u): only where it knows the terms. Always to be freed.
void fhrl_iss_ball_look(const fhrl_iss_view *v, const double x[], const double u[], fhrl_iss_ball *out);
void fhrl_iss_ball_free(fhrl_iss_ball *b); // leaves it zeroed

// Both sides of a claim (fhrl_iss_rule id) at that state; 0 if the claim is none about a single state.
int fhrl_iss_ball_sides(const fhrl_iss_frame *f, fhrl_iss_ball *b, const char *id, arb_srcptr *lhs, arb_srcptr *rhs);
