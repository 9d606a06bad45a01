// SPDX-License-Identifier: GPL-3.0-or-later
// vary: parameter points of one model: axes of a grid, and ranges that every member draws from
//
//   NAME = ITEM, ITEM, ...     an axis: each ITEM a value, or start:step:stop (whole steps, stop included if it is met)
//   NAME = uniform LOW HIGH    every member draws its own value in [LOW, HIGH)
//   NAME = log LOW HIGH        likewise, uniform in the logarithm, LOW > 0
// joined by `;`. The points are the product of the axes, the last one running fastest. Parameters are those of the
// model's table: numbers, words of a choice, flags; matrices and the number of states are the same at every point.
#pragma once

#include "ode/system.h"

enum { FHRL_VARY_AXES = 8, FHRL_VARY_VALUES = 1000000 }; // most axes; most values of one

typedef enum fhrl_vary_kind { FHRL_VARY_GRID, FHRL_VARY_UNIFORM, FHRL_VARY_LOG } fhrl_vary_kind;

typedef struct fhrl_vary_axis {
  int param; // in the model's table
  fhrl_vary_kind kind;
  double *value; // owned: (count) of a grid
  long count;    // of a grid; 1 of a range
  double low, high;
} fhrl_vary_axis;

typedef struct fhrl_vary {
  fhrl_vary_axis axis[FHRL_VARY_AXES];
  int axes, random; // random: how many of them are ranges
  long points;      // of the grid; 1 without one
} fhrl_vary;

// From text for the system s, whose own parameters are the others. place begins every message ("run.ini:7", "--set").
// FHRL_ARG names the value and what is allowed: unknown or repeated names, values out of range, steps that lead nowhere,
// values that the model refuses or that would change its shapes; FHRL_LIMIT, FHRL_NOMEM. An empty text has no axis.
fhrl_status fhrl_vary_parse(fhrl_vary *v, const fhrl_system *s, const char *text, const char *place, fhrl_err *err);
void fhrl_vary_free(fhrl_vary *v); // leaves it empty

// Parameters p (n_param) of member k (0, 1, ...) at a point. The member's draws depend on seed and k alone. FHRL_ARG where
// the model refuses them together.
fhrl_status fhrl_vary_at(const fhrl_vary *v, const fhrl_system *s, uint32_t seed, long point, long k, double p[],
  fhrl_err *err);
