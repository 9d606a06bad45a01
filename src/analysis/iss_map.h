// SPDX-License-Identifier: GPL-3.0-or-later
// iss_map: where the paper's inequalities fail, over the plane of rho and |A|_F
//
// At every point of a grid the worst of a few states of that radius and that size of memory counts: y along the first axis
// and at random, A = +-|A| yhat yhat' and at random, no input.
#pragma once

#include "analysis/iss.h"

enum { FHRL_ISS_MAP_RULES = 5 };
extern const char *const fhrl_iss_map_rules[FHRL_ISS_MAP_RULES]; // ids: S15, S17, S21, S22, practical_tight

typedef struct fhrl_iss_map {
  int radii, sizes; // of the grid; 0: there is none
  double *rho, *A;  // owned: (radii), (sizes)
  double *gap;      // within rho: (radii, sizes, FHRL_ISS_MAP_RULES) largest lhs - rhs; NaN where the claim is silent
} fhrl_iss_map;

// Nothing (radii 0) for a system without fast weights, or where points is 0. iss: its view is looked through; the book is
// left alone. FHRL_NOMEM; FHRL_NUMERIC if rhs is not finite; FHRL_INTERRUPT.
fhrl_status fhrl_iss_map_find(fhrl_iss *iss, const fhrl_iss_sample *q, int points, fhrl_iss_map *out, fhrl_err *err);
void fhrl_iss_map_free(fhrl_iss_map *map); // leaves it zeroed

// One block a radius: rho, A, and the gaps under their ids.
fhrl_status fhrl_iss_map_save(const fhrl_iss_map *map, const char *path, fhrl_err *err);
