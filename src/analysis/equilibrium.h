// SPDX-License-Identifier: GPL-3.0-or-later
// equilibrium: rest states of a flow, rhs(x) = 0, or fixed points of a map, step(x) = x, under a held input
//
// Newton's method from many starts, first plainly, then with what was found deflated (analysis/newton.h); what several
// starts reach is kept once, and so is a continuum (analysis/continuum.h; of the dense method). All that it can find, then, and no proof that there are no more (analysis/prove.h has that).
#pragma once

#include <signal.h>
#include <stdint.h>

#include "analysis/newton.h"
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
  double *re, *im;  // owned by x; (eigenvalues) of the Jacobian (of a map: multipliers), by descending real part
  int eigenvalues;  // n, or fewer of a large system: those at the ends of the spectrum
  double residual;  // max |rhs| or max |step(x) - x|
  double condition; // of the Newton matrix, infinity norm; NaN where that is never formed
  fhrl_equilibrium_kind kind;
  int stable, isolated; // isolated: the Newton matrix is regular there
  int dimension;        // of the continuum of equilibria that this one stands for (continuum.h); 0: none that was recognised
  int attracts;         // 1: stable or, on a continuum, stable across it
  int reached;          // starts that ended here or on its continuum
  double h_c; // largest stable step of simultaneous Euler, min -2 Re/|lambda|^2 [theory 2c]; NaN unless a stable flow
  const char *bifurcation; // what happens at h_c: "flip" or "Neimark-Sacker"; NULL without h_c
} fhrl_equilibrium;

typedef struct fhrl_equilibria {
  fhrl_equilibrium *item; // owned; by distance from the origin
  int count, n;
  int starts, converged;  // Newton iterations begun, and those that ended at a root
  int deflated;           // of the roots, those that only deflation found
  int more;               // 1 if there are more than `limit`
  int phases;             // components of the state that count modulo 2 pi, and are given within [-pi, pi]
  int interrupted;        // 1 if the watch stopped it: what is here was found until then
} fhrl_equilibria;

typedef enum fhrl_equilibrium_method {
  FHRL_EQUILIBRIUM_AUTO, // Krylov above FHRL_EQUILIBRIUM_NEWTON states
  FHRL_EQUILIBRIUM_DENSE,
  FHRL_EQUILIBRIUM_KRYLOV,
} fhrl_equilibrium_method;
enum { FHRL_EQUILIBRIUM_NEWTON = 300 };

typedef struct fhrl_equilibrium_plan {
  int starts, limit; // random starts; most roots kept
  int deflated;      // starts with the roots found deflated
  double spread;     // standard deviation of the starts, times 1/4, 1, 4, 16 in turn
  double tolerance;  // of the residual, times 1 + max |x|
  double distinct;   // roots closer than that times 1 + max |x| are one
  fhrl_equilibrium_method method;
  int dense;         // states up to which all eigenvalues are computed; 0: always
  int leading;       // above that: how many from each end
  uint32_t seed;
} fhrl_equilibrium_plan;

typedef struct fhrl_equilibrium_watch {
  void (*progress)(void *context, double done, double total); // starts; may be NULL
  void *context;
  const volatile sig_atomic_t *stop; // may be NULL
} fhrl_equilibrium_watch;

void fhrl_equilibrium_options(const fhrl_config *config, fhrl_equilibrium_plan *out); // from a resolved [equilibria]

// Under u (n_u; NULL for none) at time t. Starts: x0 (n; NULL: none), the origin, then random ones (stream START). watch
// may be NULL. FHRL_ARG for a model without jvp, FHRL_NOMEM, FHRL_NUMERIC as fhrl_dense_eigenvalues and
// fhrl_arnoldi_eigenvalues.
fhrl_status fhrl_equilibrium_find(fhrl_system *s, double t, const double u[], const fhrl_equilibrium_plan *plan,
  const double x0[], const fhrl_equilibrium_watch *watch, fhrl_equilibria *out, fhrl_err *err);
void fhrl_equilibrium_free(fhrl_equilibria *all); // leaves it zeroed

const char *fhrl_equilibrium_text(fhrl_equilibrium_kind kind); // "stable node", ...
