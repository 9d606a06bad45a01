// SPDX-License-Identifier: GPL-3.0-or-later
// step_born: what a map of a layer has in place of an equilibrium that it lost, just beyond the step at which it did (theory 2c)
//
// The ladder's step is iterated from near the equilibrium at h a little above h_c; what it settles on is told by its period.
// Nearer to h_c it is smaller, as the root of h - h_c, if it grows out of the equilibrium (supercritical). If it does not, the map
// jumps to what lies elsewhere (subcritical), which may be there below h_c as well.
// Beyond c h = 2 y itself grows without bound, whatever the slots do, so h stays below that where h_c does.
#pragma once

#include "analysis/step_limit.h"

typedef enum fhrl_step_born_kind {
  FHRL_STEP_BORN_UNKNOWN,
  FHRL_STEP_BORN_CYCLE,       // of `period` steps, 2 after a flip
  FHRL_STEP_BORN_APERIODIC,   // an invariant curve, or chaos: no period up to 16
  FHRL_STEP_BORN_EQUILIBRIUM, // it goes to rest elsewhere
  FHRL_STEP_BORN_NOTHING,     // it runs away
} fhrl_step_born_kind;

typedef struct fhrl_step_born {
  fhrl_step_born_kind kind;
  int period;          // of a cycle; else 0
  int jump;            // 1: it does not shrink towards h_c
  double h;            // where it was looked for; NaN: nowhere
  double size;         // largest |y - y*| on it; NaN likewise
  const char *reason;  // static: why it is unknown; NULL
} fhrl_step_born;

// Of an equilibrium z (n) of a bound fhrl_layer under u with the limit of its ladder, fhrl_step_limit_sequential. FHRL_NOMEM.
fhrl_status fhrl_step_born_find(fhrl_system *flow, const double u[], const double z[], const fhrl_step_limit *limit,
  fhrl_step_born *out, fhrl_err *err);

const char *fhrl_step_born_text(const fhrl_step_born *born); // "cycle", ...; NULL if unknown

// Puts `born` into a result.
void fhrl_step_born_json(const fhrl_step_born *born, fhrl_json *o);
