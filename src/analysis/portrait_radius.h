// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_radius: what homeostasis says about |y|, drawn: the sphere rho*, the paper's rho = 1, the bound in the end
//
// The bound is the least of those that hold here, F = sup yhat'f:
//   radial    rho <= (kappa (1 + eps) + F)/(1 + kappa)        theory 3c
//             rho <= 1 + sqrt(2 V), V the ultimate bound       theory 3d
//   reentry   rho <= max(1, F/min(1, 1 + kappa mu))            theory 3e, where 1 + kappa mu > 0
//   gain      rho <= (1/beta + F)/2                            theory 3f
//   none      rho <= F                                         since d rho/dt <= F - rho
//   layer     rho <= 1/beta                                    theory 3f
#pragma once

#include "analysis/portrait_plane.h"

typedef struct fhrl_portrait_radius {
  int y, d;                       // block y; d = 0: no model with homeostasis, and all below is NaN
  double rho_star, bound, A_bar;  // NaN where there is none; A_bar of |A|_F [theory 3g]
  double drive;                   // F; of the layer the largest |c g(|w|) w|; NaN if there is none
} fhrl_portrait_radius;

// u_bar: sup |u|, infinite if it is not known. FHRL_NOMEM, FHRL_NUMERIC as fhrl_iss_constants_find.
fhrl_status fhrl_portrait_radius_find(const fhrl_system *s, double u_bar, fhrl_portrait_radius *out, fhrl_err *err);

// 1 if the plane shows |y|: two components of y, the components of an ensemble, norms, radial. component (2): of the whole
// system.
int fhrl_portrait_radius_shown(const fhrl_portrait_plane *plane, const fhrl_portrait_radius *r, const int component[2]);

// Layer SPHERES of the numbers in p: circles, or lines in planes of norms, or traced on the grid. base (of the whole
// system): where a plane of two components cuts. FHRL_NOMEM.
fhrl_status fhrl_portrait_radius_draw(fhrl_portrait *p, const fhrl_portrait_plane *plane, const fhrl_portrait_radius *r,
  const double base[], const int component[2], int grid, fhrl_err *err);

// d rho/dt at rho on the base's ray: of leak and homeostasis, and of all. Either is NaN where it is not known. s: a clone
// of the plane's system. FHRL_NOMEM.
fhrl_status fhrl_portrait_radius_profile(fhrl_portrait *p, const fhrl_portrait_plane *plane, const fhrl_portrait_radius *r,
  double low, double high, int points, fhrl_portrait_rows *rows, fhrl_err *err);
