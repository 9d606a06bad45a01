// SPDX-License-Identifier: GPL-3.0-or-later
// ladder: the maps between a trained layer and its continuous limit (theory 2c)
//
// A token is cut into m = 1/h equal sub-steps, its input u held:
//   U' = U + sigma (1 n(W_q x)' - U),  V' likewise                (1)   x = u + gamma W_r y
//   y' = y + c h (g(|w|) w - y),  w = U'' (V' W_v x)              (2)   from the new U', V' and the old y
// with sigma = alpha h (rate `paper`) or 1 - (1-alpha)^h (`exact`). h = 1 and c = 1 is the network itself (Algorithm 1, noise
// off), h -> 0 the flow fhrl_layer. So a sub-step is that flow's right-hand side, taken first for U, V, then for y.
#pragma once

#include "base/status.h"
#include "ode/system.h"

typedef struct fhrl_ladder {
  fhrl_system *flow; // borrowed: a bound fhrl_layer; its u is set by the caller of step and jvp, by run itself
  int d;             // channels
  int m;             // sub-steps of a token
  double sigma;      // (1)
  double slot, out;  // factors of the flow's derivatives of U, V and of y: sigma/a and h
  double *work;      // owned (4 n)
} fhrl_ladder;

// Of a bound fhrl_layer: the rate a of U and V [1/token], and sigma of a step h, which need not be 1/m.
double fhrl_ladder_rate(const fhrl_system *flow);
double fhrl_ladder_share(const fhrl_system *flow, double h);

// m sub-steps a token of this flow, at its own alpha, rate and c. FHRL_ARG for m < 1, FHRL_NOMEM.
fhrl_status fhrl_ladder_init(fhrl_ladder *ladder, fhrl_system *flow, int m, fhrl_err *err);
void fhrl_ladder_free(fhrl_ladder *ladder); // leaves it zeroed

// One sub-step (1)-(2) of the state z = (y, U, V) of the flow; next (n) may be z itself.
void fhrl_ladder_step(const fhrl_ladder *ladder, const double z[], double next[]);

// The exact Jacobian of step at z times v (n); Jv (n) is neither.
void fhrl_ladder_jvp(const fhrl_ladder *ladder, const double z[], const double v[], double Jv[]);

// A sequence from z = 0: u (tokens, d) held over each token; y (tokens, d) at the tokens' ends.
// FHRL_NUMERIC names the token at which y is not finite.
fhrl_status fhrl_ladder_run(const fhrl_ladder *ladder, int tokens, const double u[], double y[], fhrl_err *err);
