// SPDX-License-Identifier: GPL-3.0-or-later
// continuation_locate: what happens on a branch between two of its points, and where
//
// Test functions, with g_k the k-th largest growth (real part; of a map modulus - 1) and t_q the tangent's parameter part:
//   fold        t_q, where one g crosses 0 as well                                          (1)
//   branch      g_k of a real eigenvalue (of a map: near +1); t_q, if it turns where no g crosses     (2)
//   Hopf        g_k of a pair; of a map Neimark-Sacker, or a flip for a multiplier near -1  (3)
// They are smooth along the curve, but Newton's method is badly conditioned at a branch point itself. So they are taken at
// Chebyshev points of the bracket, with the state and the parameter, and the root is that of the interpolating polynomial;
// leaving out two points gives its error, and a bracket is cut until that is small.
#pragma once

#include "analysis/continuation.h"

// A point of a branch as it is being followed: all owned by one block.
typedef struct fhrl_continuation_locate_point {
  double *z, *tangent; // (n + 1)
  double *re, *im;     // (values) by descending growth
  int values, unstable;
} fhrl_continuation_locate_point;

fhrl_status fhrl_continuation_locate_make(const fhrl_arc *a, fhrl_continuation_locate_point *out, fhrl_err *err);
void fhrl_continuation_locate_drop(fhrl_continuation_locate_point *p); // leaves it zeroed

// Tangent (with <tangent, along> > 0), spectrum and count of the root p->z. 0 with a status of FHRL_OK if there is no tangent.
fhrl_status fhrl_continuation_locate_complete(fhrl_arc *a, const double along[], fhrl_continuation_locate_point *p, int *ok,
  fhrl_err *err);

// Is called with each special point in turn, from `from` to `to`; z and tangent are to be copied.
typedef fhrl_status fhrl_continuation_locate_found(void *context, const fhrl_continuation_point *special, fhrl_err *err);

// Everything between two neighbours of a branch: what happens together is cut apart as far as that goes.
fhrl_status fhrl_continuation_locate_between(fhrl_arc *a, const fhrl_continuation_locate_point *from,
  const fhrl_continuation_locate_point *to, fhrl_continuation_locate_found *found, void *context, fhrl_err *err);
