// SPDX-License-Identifier: GPL-3.0-or-later
// sweep_wishes: what FILE.ini and the command line ask a sweep for: command, input, configuration of the points, axes
#pragma once

#include "analysis/sweep_table.h"
#include "cli/command.h"

extern const fhrl_field fhrl_sweep_wishes_fields[]; // keys of [sweep] that are no axes
extern const int fhrl_sweep_wishes_field_count;
enum { FHRL_SWEEP_WISHES_KEPT = 5 }; // the first of them, which belong to the folder's configuration; the rest is of this run alone

typedef struct fhrl_sweep_wishes {
  const fhrl_run *run;         // borrowed
  const fhrl_command *command; // of the points
  char input[FHRL_PATH_SIZE];  // of the points; "" if they take none
  char folder[FHRL_PATH_SIZE]; // of the sweep
  fhrl_settings all;           // owned: FILE, then what the command line says
  fhrl_settings wished, base;  // lists are owned, their items are of `all`: [sweep] without axes; what the points share
  fhrl_config config;          // [sweep] without axes
  fhrl_sweep_table table;      // its columns
  // after fhrl_sweep_wishes_plan
  fhrl_sweep_plan plan;
  int axes;                      // of the plan, the one that sweep.seeds adds aside
  long long seed;                // of the command
  char shared[FHRL_DIGEST_SIZE]; // digest of what all points share
  fhrl_config kept;              // what the folder's config.ini holds: the keys that were given, and [sweep] with the axes
  fhrl_field *field, own[FHRL_SWEEP_WISHES_KEPT + FHRL_SWEEP_PLAN_AXES]; // of kept; field is owned
} fhrl_sweep_wishes;

// From run->input and run->settings. FHRL_ARG names file, line, key and what is allowed. Free also after a failure.
fhrl_status fhrl_sweep_wishes_read(fhrl_sweep_wishes *w, const fhrl_run *run, fhrl_err *err);
void fhrl_sweep_wishes_free(fhrl_sweep_wishes *w);

// Makes the plan by the configuration of the points' command, which has taken w->base and is changed. It has to last as
// long as w is used. FHRL_ARG for axes that it does not take (fhrl_sweep_plan_add).
fhrl_status fhrl_sweep_wishes_plan(fhrl_sweep_wishes *w, fhrl_config *config, fhrl_err *err);

// Appends the settings of point k: those that all share, and the values of the axes.
fhrl_status fhrl_sweep_wishes_point(const fhrl_sweep_wishes *w, long k, fhrl_settings *out, fhrl_err *err);

// FHRL_ARG if the config.ini at `path` is of another sweep: of another command, input or configuration of the points. Other
// values of the axes, seeds and columns are the same sweep, grown or cut: points that it has are taken over.
fhrl_status fhrl_sweep_wishes_same(const fhrl_sweep_wishes *w, const char *path, fhrl_err *err);
