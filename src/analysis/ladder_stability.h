// SPDX-License-Identifier: GPL-3.0-or-later
// ladder_stability: equilibria of a layer under a frozen input, and the step at which the ladder loses them (theory 2c)
//
// At an equilibrium only z := dw-target through (dU, dV) acts on y, so with the d x d blocks S (slow) and K (fast)
//   dz/dt = -a z + a S y,   dy/dt = c (z + (K - I) y)                                   (1)
// has, for any r, all eigenvalues of the flow's Jacobian of n = d + 2rd states but n - 2d that are exactly -a (slots that
// move without moving y: among them all differences of rows, theory 3h). Likewise the ladder's sequential step has
//   z' = (1 - sigma) z + sigma S y,   y' = y + c h (z' + (K - I) y)                     (2)
// and n - 2d multipliers 1 - sigma. The equilibria of flow and ladder are the same, for every h.
#pragma once

#include "base/status.h"
#include "ode/system.h"

typedef struct fhrl_ladder_stability {
  double residual;      // |g(|w|) w - y| at the equilibrium
  double rho;           // |y| there
  double growth;        // largest real part of the flow's eigenvalues [1/token]
  double simultaneous;  // h_c = min -2 Re l/|l|^2: Euler's step of all states at once; NaN where growth >= 0
  double sequential;    // h_c of the ladder's own step; NaN where growth >= 0, or stable up to h = 64
  const char *reason;   // static: why a NaN above; NULL if none is
} fhrl_ladder_stability;

// The equilibrium of a bound fhrl_layer under u (d): Newton's method in y from the y (d) in z (n), and where that fails
// from what the ladder reaches in 400 tokens. z is the state on return, slots at their targets; flow->u is set to u.
// FHRL_NUMERIC if none was found: best residual named; z is then undefined.
fhrl_status fhrl_ladder_stability_equilibrium(fhrl_system *flow, const double u[], double z[], double *residual,
  fhrl_err *err);

// The blocks S and K (d, d) of (1) at an equilibrium z (n), from products with the flow's exact Jacobian.
fhrl_status fhrl_ladder_stability_blocks(fhrl_system *flow, const double u[], const double z[], double S[], double K[],
  fhrl_err *err);

// Equilibrium from the guess y (d) and both h_c. FHRL_NUMERIC as above, FHRL_NOMEM.
fhrl_status fhrl_ladder_stability_find(fhrl_system *flow, const double u[], const double y[], fhrl_ladder_stability *out,
  fhrl_err *err);

// Largest modulus of the multipliers of the ladder's step h, from (2).
fhrl_status fhrl_ladder_stability_radius(const fhrl_system *flow, const double S[], const double K[], double h,
  double *radius, fhrl_err *err);

// That multiplier itself, re + i im with im >= 0.
fhrl_status fhrl_ladder_stability_leading(const fhrl_system *flow, const double S[], const double K[], double h, double *re,
  double *im, fhrl_err *err);

// The smallest h at which that radius is 1, to 1e-9 relative: upward from `start` in factors of 1.4, so start has to lie
// well below it. NaN if the ladder is stable at every step up to 64 tokens.
fhrl_status fhrl_ladder_stability_limit(const fhrl_system *flow, const double S[], const double K[], double start,
  double *h, fhrl_err *err);

// Eigenvalues of the flow's (1): re, im (2d), descending real parts.
fhrl_status fhrl_ladder_stability_eigenvalues(const fhrl_system *flow, const double S[], const double K[], double re[],
  double im[], fhrl_err *err);
