// SPDX-License-Identifier: GPL-3.0-or-later
// jet: a ball together with its derivatives by n variables, each of them a ball (forward differentiation)
//
// One formula written in jets gives a right-hand side and its Jacobian over a whole box of states at once. Outputs may be
// inputs unless said otherwise. n <= FHRL_JET_MAX everywhere.
#pragma once

#include "analysis/ball.h"

enum { FHRL_JET_MAX = 4 };

typedef struct fhrl_jet {
  arb_t value;
  arb_t slope[FHRL_JET_MAX];
} fhrl_jet;

void fhrl_jet_init(fhrl_jet *x); // 0
void fhrl_jet_clear(fhrl_jet *x);
void fhrl_jet_inits(int count, fhrl_jet x[]);
void fhrl_jet_clears(int count, fhrl_jet x[]);

void fhrl_jet_constant(fhrl_jet *out, double value);
void fhrl_jet_variable(fhrl_jet *out, const arb_t value, int index); // variable number `index` of the n

void fhrl_jet_add(int n, fhrl_jet *out, const fhrl_jet *a, const fhrl_jet *b);
void fhrl_jet_shift(fhrl_jet *out, double c);                                  // out += c
void fhrl_jet_add_scaled(int n, fhrl_jet *out, double c, const fhrl_jet *a);   // out += c a
void fhrl_jet_scale(int n, fhrl_jet *out, double c, const fhrl_jet *a);        // c a
void fhrl_jet_multiply(int n, fhrl_jet *out, const fhrl_jet *a, const fhrl_jet *b);
void fhrl_jet_divide(int n, fhrl_jet *out, const fhrl_jet *a, const fhrl_jet *b);
void fhrl_jet_tanh(int n, fhrl_jet *out, const fhrl_jet *a);
void fhrl_jet_logistic(int n, fhrl_jet *out, const fhrl_jet *a); // 1/(1 + exp(-a))

// |x| of d jets. At x = 0, where it has a kink, its derivatives are those of the generalised gradient, all of |g| <= 1:
// the mean value theorem holds with them [Clarke 1983, theorem 2.3.7]. out is none of x.
void fhrl_jet_norm(int n, int d, const fhrl_jet x[], fhrl_jet *out);

// out (rows) = A x of x (cols); A (rows, cols) row-major, its entries exact. out is none of x.
void fhrl_jet_matvec(int n, int rows, int cols, const double A[], const fhrl_jet x[], fhrl_jet out[]);
