// SPDX-License-Identifier: GPL-3.0-or-later
// equilibrium: rest states of a flow, rhs(x) = 0, or fixed points of a map, step(x) = x, under a held input
//
// Damped Newton with the dense Jacobian from many starts; what several starts reach is kept once. All that it can
// find, then, and no proof that there are no more.
#pragma once

#include <stdint.h>

#include "base/config.h"
#include "ode/system.h"

extern const fhrl_field fhrl_equilibrium_fields[]; // keys of [equilibria]
extern const int fhrl_equilibrium_field_count;

typedef enum fhrl_equilibrium_kind {
  FHRL_EQUILIBRIUM_STABLE_NODE,
  FHRL_EQUILIBRIUM_STABLE_FOCUS,
  FHRL_EQUILIBRIUM_SADDLE,
  FHRL_EQUILIBRIUM_UNSTABLE_NODE,
  FHRL_EQUILIBRIUM_UNSTABLE_FOCUS,
  FHRL_EQUILIBRIUM_CENTRE,     // every eigenvalue on the stability boundary, none at it with speed 0
  FHRL_EQUILIBRIUM_DEGENERATE, // some eigenvalue on the boundary: its linear part does not decide, or it is not isolated
} fhrl_equilibrium_kind;

typedef struct fhrl_equilibrium {
  double *x;        // owned; (n)
  double *re, *im;  // owned; (n) eigenvalues of the Jacobian (of a map: multipliers), by descending real part
  double residual;  // max |rhs| or max |step(x) - x|
  fhrl_equilibrium_kind kind;
  int stable, isolated; // isolated: the Newton matrix is regular there
  double h_c; // largest stable step of simultaneous Euler, min -2 Re/|lambda|^2 [theory 2c]; NaN unless a stable flow
  const char *bifurcation; // what happens at h_c: "flip" or "Neimark-Sacker"; NULL without h_c
} fhrl_equilibrium;

typedef struct fhrl_equilibria {
  fhrl_equilibrium *item; // owned; by distance from the origin
  int count, n;
  int starts, converged;  // Newton iterations begun, and those that ended at a root
  int more;               // 1 if `limit` was reached: probably a continuum
} fhrl_equilibria;

typedef struct fhrl_equilibrium_plan {
  int starts, limit; // random starts; most roots kept
  double spread;     // their standard deviation, times 1/4, 1, 4, 16 in turn
  double tolerance;  // of the residual, times 1 + max |x|
  double distinct;   // roots closer than that times 1 + max |x| are one
  uint32_t seed;
} fhrl_equilibrium_plan;

void fhrl_equilibrium_options(const fhrl_config *config, fhrl_equilibrium_plan *out); // from a resolved [equilibria]

// Under u (n_u; NULL for none) at time t. Starts: x0 (n; NULL: none), the origin, then random ones (stream START).
// FHRL_ARG for a model without jvp, FHRL_NOMEM, FHRL_NUMERIC as fhrl_dense_eigenvalues.
fhrl_status fhrl_equilibrium_find(fhrl_system *s, double t, const double u[], const fhrl_equilibrium_plan *plan,
  const double x0[], fhrl_equilibria *out, fhrl_err *err);
void fhrl_equilibrium_free(fhrl_equilibria *all); // leaves it zeroed

const char *fhrl_equilibrium_text(fhrl_equilibrium_kind kind); // "stable node", ...
