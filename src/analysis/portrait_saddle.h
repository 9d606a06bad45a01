// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_saddle: eigenvectors of saddles, and the manifolds that leave them or end in them
//
// A manifold that is a curve belongs to one real eigenvalue lambda, alone on its side of 0. It is followed from
// x* +- delta v, J v = lambda v, forward where lambda > 0 and backward where lambda < 0; delta is the largest power of ten
// at which the field is still linear to 1e-5: |f(x* + delta v) - lambda delta v| <= 1e-5 |lambda| delta. It then lies
// closer than 1e-5 delta to the manifold, which attracts what is followed.
#pragma once

#include "analysis/portrait_plane.h"

// Layers DIRECTIONS (real eigenvectors of every saddle that lie well in a linear plane; of more than three states only
// those of manifolds that are curves), UNSTABLE and STABLE (`reach`
// sides of the window), and the counts p->curves and p->surfaces. run: a system like the plane's own, under the plane's
// input at t = 0. FHRL_NOMEM, FHRL_NUMERIC as fhrl_dense_solve.
fhrl_status fhrl_portrait_saddle_draw(fhrl_portrait *p, const fhrl_portrait_plane *plane, fhrl_system *run,
  const fhrl_solver *solver, double reach, fhrl_err *err);

// v (n): unit eigenvector of J (n, n) of the real eigenvalue lambda by inverse iteration, largest component positive;
// work (n, n). FHRL_NUMERIC if it does not settle.
fhrl_status fhrl_portrait_saddle_vector(int n, const double J[], double lambda, double work[], double v[], fhrl_err *err);
