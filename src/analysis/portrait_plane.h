// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_plane: the plane of a portrait: states projected onto it, its points lifted to states
//
//   states  x_i, x_j; a point is lifted to the base with these two components set                       (1)
//   pca     e_1'(x - m), e_2'(x - m), m the mean; lifted to the base moved along e_1 and e_2            (2)
//   norms   |y|, |A|; lifted to y = rho yhat, A = a Ahat with the base's directions, the rest as there  (3)
//           d|y|/dt = yhat'dy/dt, d|A|/dt = <A, dA/dt>/|A|; with slots A = U'V and
//           <A, dA/dt> = sum_ij (U_i'dU_j)(V_j'V_i) + (U_i'U_j)(dV_j'V_i)
//   radial  |y|, v = yhat'dy/dt; no point fixes a state, but every rho lies on the base's ray          (4)
//           dv/dt = yhat'd2y/dt2 + (|dy/dt|^2 - v^2)/rho, d2y/dt2 from the Jacobian along the flow
#pragma once

#include "analysis/portrait.h"

typedef struct fhrl_portrait_plane {
  fhrl_portrait_kind kind; // a slice is opened as `states` of its own two-state flow
  fhrl_system *s;   // borrowed; its u points to the member below
  int component[2]; // (1)
  int y, d;         // block y; d = 0: there is none
  int A, n_A;       // block A; n_A = 0: none
  int U, V, r;      // slots (r, d); r = 0: none
  double *u;        // owned (n_u): input that one looks under
  double *base, *mean, *axis, *ray; // owned: (n), (n), (2, n), (n): unit directions of y and A
  double *x, *dx, *ddx;             // owned: scratch (n each)
} fhrl_portrait_plane;

// Names, labels and units go to p; FHRL_ARG as fhrl_portrait_make; FHRL_NOMEM. Base and mean are 0. s->u must not be used
// while the plane is open; free sets it to NULL. Free takes a plane that was not opened.
fhrl_status fhrl_portrait_plane_open(fhrl_portrait_plane *k, fhrl_system *s, const fhrl_portrait_plan *plan, fhrl_portrait *p,
  fhrl_err *err);
void fhrl_portrait_plane_free(fhrl_portrait_plane *k); // leaves it zeroed

// Takes the base point (n; copied) and the directions of (3) and (4) from it; where it has none, from x0.
void fhrl_portrait_plane_base(fhrl_portrait_plane *k, const double base[], const double x0[]);

int fhrl_portrait_plane_linear(const fhrl_portrait_plane *k); // 1 for (1) and (2)

void fhrl_portrait_plane_project(const fhrl_portrait_plane *k, double t, const double x[], double at[2]);

// 0 if no state lies there: a negative norm, or one that the model refuses to start from.
int fhrl_portrait_plane_lift(const fhrl_portrait_plane *k, const double at[2], double x[]);

// 1 if the model refuses x and all that rounding cannot tell from it: a line that it describes may end within a bit of it.
int fhrl_portrait_plane_refuses(const fhrl_portrait_plane *k, const double x[]);

// How fast the projection of x moves; NaN where the field is not finite.
void fhrl_portrait_plane_velocity(const fhrl_portrait_plane *k, const double x[], double v[2]);

// A direction v (n) of states, projected; (1) and (2) only.
void fhrl_portrait_plane_direction(const fhrl_portrait_plane *k, const double v[], double out[2]);
