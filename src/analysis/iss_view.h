// SPDX-License-Identifier: GPL-3.0-or-later
// iss_view: a system as the Lyapunov argument sees it: radius, radial parts of its terms, memory, slots
//
// Everything is asked of the model's own split and rhs; no formula of a model is written a second time.
//   rho = |y|, yhat = y/rho, e = rho - 1, V = e^2/2, dV/dt = e yhat'dy/dt   [FH-RL eqs. S12, S13]
#pragma once

#include "base/status.h"
#include "ode/system.h"

typedef enum fhrl_iss_drive { FHRL_ISS_DRIVE_OTHER, FHRL_ISS_DRIVE_NONE, FHRL_ISS_DRIVE_TANH, FHRL_ISS_DRIVE_FASTWEIGHT }
  fhrl_iss_drive;
typedef enum fhrl_iss_home {
  FHRL_ISS_HOME_OTHER,
  FHRL_ISS_HOME_NONE,
  FHRL_ISS_HOME_RADIAL,
  FHRL_ISS_HOME_REENTRY,
  FHRL_ISS_HOME_GAIN,
  FHRL_ISS_HOME_LAYER, // the layer flow: dy/dt = c (g(|w|) w - y)
} fhrl_iss_home;
typedef enum fhrl_iss_memory { FHRL_ISS_MEMORY_OTHER, FHRL_ISS_MEMORY_OUTER, FHRL_ISS_MEMORY_NORMALIZED }
  fhrl_iss_memory;

typedef struct fhrl_iss_view {
  fhrl_system *s; // borrowed; u and work are written to
  int y, d;       // first component and length of block y
  int A, n_A;     // block A of the fast weights; n_A = 0 if there is none
  int U, V, r;    // blocks U, V (r, d) of the slots; r = 0 if there are none
  int leak, term_drive, term_home, term_memory; // indices of terms, -1 if the model does not name them
  fhrl_iss_drive drive;
  fhrl_iss_home home;
  fhrl_iss_memory memory;
  double kappa, epsilon, lambda, eta, beta, gamma; // NaN where the model has no such parameter
  double rate, c;                                  // of the layer flow: a of dU/dt, c of dy/dt
  double *u;    // owned (n_u); s->u points to it
  double *work; // owned: dx, part (n each), slots
} fhrl_iss_view;

// One state seen. At y = 0, which has no direction, `radial` is |dy/dt| and `drive` |f|: what it is left with.
typedef struct fhrl_iss_point {
  const double *x, *u; // (n), (n_u) borrowed
  double t;            // [model time]
  double rho, e, V, V_dot;
  double radial, speed;     // yhat'dy/dt, |dy/dt|
  double leak, drive, home; // yhat' of the terms; NaN without them
  double drive_size, home_size; // |f|, |h|: what rounding of the products above scales with
  double A, Phi, u_norm;        // Frobenius norms; A = Phi = 0 without fast weights
  double step;                  // dV/dt by a complex step through V itself (S13's other side)
} fhrl_iss_point;

// Slots of the layer flow [theory 3h]: rows U_i = Umean + D_i.
typedef struct fhrl_iss_slots {
  double spread;         // max |U_i - Umean|, |V_i - Vmean|
  double cross;          // |D_U' D_V|_2, which bounds sigma_2(U'V)
  double sigma1, sigma2; // of U'V
  double row_U, row_V;   // largest row norms
} fhrl_iss_slots;

// Sees a flow with a block y and a term `leak`; FHRL_ARG for any other model; FHRL_NOMEM.
fhrl_status fhrl_iss_view_init(fhrl_iss_view *v, fhrl_system *s, fhrl_err *err);
void fhrl_iss_view_free(fhrl_iss_view *v); // leaves it zeroed

// Looks at state x under input u (both must outlive the point). FHRL_NUMERIC if rhs is not finite.
fhrl_status fhrl_iss_view_look(fhrl_iss_view *v, double t, const double x[], const double u[], fhrl_iss_point *p,
  fhrl_err *err);

// Slots of state x; fails as fhrl_slots_values. Only where r > 0.
fhrl_status fhrl_iss_view_slots(fhrl_iss_view *v, const double x[], fhrl_iss_slots *out, fhrl_err *err);
