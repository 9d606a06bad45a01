// SPDX-License-Identifier: GPL-3.0-or-later
// iss_reduced: the argument in scalars: what rho, |A|_F and |u| alone say about the terms of d rho/dt
//
//   d rho/dt = -rho + yhat'h + yhat'f                                                             (1)
//   yhat'h = -kappa_rho (rho - 1)      kappa_rho = kappa rho/(rho + eps), `radial` [FH-RL eq. S20]  (2)
//          = -kappa_rho (rho - 1) q    q = yhat'W_r yhat in [mu, mu_high], `reentry`              (3)
//          = rho/(1 + beta (rho - 1)) - rho, `gain`                                               (4)
//   |yhat'f| <= F tanh((|W| rho + |A| rho + |B||u|)/F), F = sqrt(d), `tanh`                       (5)
//            <= |A| (gamma |W_v W_r| rho + |W_v B||u|), `fastweight`                              (6)
// (5) is Jensen's inequality: tanh^2(sqrt(s)) is concave, so sum tanh^2(z_i) <= d tanh^2(|z|/sqrt(d)).
// What is proved is proved of (1)-(6) in ball arithmetic; that the model's own terms obey them is seen at every state that
// is looked at (gap), never assumed.
#pragma once

#include "analysis/iss_rules.h"
#include "analysis/reckon.h"

// 1 if (1)-(6) speak of this system.
int fhrl_iss_reduced_knows(const fhrl_iss_view *v);

// kappa rho/(rho + eps), written with rho once: sharp on a box.
arb_srcptr fhrl_iss_reduced_kappa(const fhrl_iss_view *v, fhrl_reckon *r, arb_srcptr rho);

// yhat'h; for `reentry` the ball of all that q may be.
arb_srcptr fhrl_iss_reduced_home(const fhrl_iss_frame *f, fhrl_reckon *r, arb_srcptr rho);

// The bound on |yhat'f|.
arb_srcptr fhrl_iss_reduced_drive(const fhrl_iss_frame *f, fhrl_reckon *r, arb_srcptr rho, arb_srcptr A, arb_srcptr u);

// By how much the model's terms at a state leave (1)-(6), beyond rounding; <= 0 if they do not.
double fhrl_iss_reduced_gap(const fhrl_iss_frame *f, const fhrl_iss_point *p);
