// SPDX-License-Identifier: GPL-3.0-or-later
// crossing: sections that a user asks for, such as "z = 27 up": where a state or an observable passes a level
#pragma once

#include "ode/system.h"

enum { FHRL_CROSSING_MAX = 8, FHRL_CROSSING_TEXT = 80 };

typedef struct fhrl_crossing {
  char text[FHRL_CROSSING_TEXT]; // as it was asked for
  int observable;                // 1: `index` is that of an observable, else of a state
  int index;
  double level;
  int direction; // 1: only where it rises, -1: where it falls, 0: both
} fhrl_crossing;

// Reads "NAME = LEVEL [up|down|both]; ...": NAME is a component as fhrl_system_component has it, or an observable. At most
// FHRL_CROSSING_MAX; *count: how many ("": none). FHRL_ARG names the section, and what is wrong with it.
fhrl_status fhrl_crossing_read(const fhrl_system *s, const char *text, fhrl_crossing out[FHRL_CROSSING_MAX], int *count,
  fhrl_err *err);

// Value less level at (t, x), by the observables obs (n_obs) of that moment if it is one of them.
static inline double fhrl_crossing_value(const fhrl_crossing *c, const double x[], const double obs[])
{
  return (c->observable ? obs : x)[c->index] - c->level;
}
