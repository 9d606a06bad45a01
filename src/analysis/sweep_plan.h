// SPDX-License-Identifier: GPL-3.0-or-later
// sweep_plan: the points of a sweep: axes over keys of a command's configuration, and a name for each point
//
//   SECTION.KEY = ITEM, ITEM, ...   each ITEM a value or, of a number, start:step:stop (whole steps, stop included if it is met)
//
// Items are joined by ';' instead where one stands in the text, so that values may have commas. The points are the product of
// the axes, in the order written, the last one running fastest. Values are texts as they would stand in an .ini; those of a
// range have as many decimals as its ends, 0.1:0.1:0.5 gives 0.3 and not 0.30000000000000004.
#pragma once

#include "base/config.h"
#include "base/digest.h"

enum { FHRL_SWEEP_PLAN_AXES = 12, FHRL_SWEEP_PLAN_POINTS = 100000, FHRL_SWEEP_PLAN_KEY = 80, FHRL_SWEEP_PLAN_NAME = 224 };

typedef struct fhrl_sweep_plan_axis {
  char key[FHRL_SWEEP_PLAN_KEY];   // "model.gamma"
  char label[FHRL_SWEEP_PLAN_KEY]; // what names say of it: "gamma", or the key where two axes would have the same
  const fhrl_field *field;         // borrowed from the configuration
  char **value;                    // owned: (count) texts, each once
  char **piece;                    // owned: (count) what names say of them
  long count;
  char *text;                      // owned: as it was written, paths made absolute
  char *place;                     // owned: where it was written, path of the .ini or "--set"
  int line;                        // of the .ini, else 0
} fhrl_sweep_plan_axis;

typedef struct fhrl_sweep_plan {
  fhrl_sweep_plan_axis axis[FHRL_SWEEP_PLAN_AXES];
  int axes;
  long points; // 1 without an axis
} fhrl_sweep_plan;

void fhrl_sweep_plan_init(fhrl_sweep_plan *p);
void fhrl_sweep_plan_free(fhrl_sweep_plan *p); // leaves it empty

// Adds the axis that `written` (key: a full name) describes. The configuration, whose schema it has to fit, is changed: the key
// is left at one of the values. FHRL_ARG names place, key, value and what is allowed: an unknown key, a value that
// is not in its range, a step that leads nowhere, a value or an axis twice, more points than there may be; FHRL_NOMEM.
fhrl_status fhrl_sweep_plan_add(fhrl_sweep_plan *p, fhrl_config *config, const fhrl_setting *written, fhrl_err *err);

// Adds the axis KEY = s, s + 1, ... of `count` seeds, s being the value that the configuration has. place begins messages.
fhrl_status fhrl_sweep_plan_seeds(fhrl_sweep_plan *p, fhrl_config *config, const char *key, int count, const char *place,
  fhrl_err *err);

// Which value of an axis point k (0 ... points - 1) has.
long fhrl_sweep_plan_at(const fhrl_sweep_plan *p, int axis, long k);

// Name of its folder, "gamma=0.15,seed=2": another for every point; letters, digits and ,=.+-_ alone; "point" without an axis. A
// name that would be too long is cut and ends with a digest of the whole.
void fhrl_sweep_plan_name(const fhrl_sweep_plan *p, long k, char name[FHRL_SWEEP_PLAN_NAME]);

// What of *threads each of the points that are computed at once gets, and how many those are (*together), for `left` points:
// one thread each where there are many; more where few are left and `inside` says that threads help within one.
void fhrl_sweep_plan_spread(long left, int threads, int inside, int *together, int *each);
