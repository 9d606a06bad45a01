// SPDX-License-Identifier: GPL-3.0-or-later
// members: `fhrl simulate MODEL --members N --vary AXES`: an ensemble of starts and parameter points
#pragma once

#include "cli/output.h"
#include "cli/setup.h"
#include "ode/vary.h"

extern const fhrl_field fhrl_members_fields[]; // keys of [ensemble]
extern const int fhrl_members_field_count;

typedef struct fhrl_members {
  fhrl_vary vary;
  long starts;  // per parameter point; 0: no ensemble is asked for
  long members; // in all
  fhrl_err lost; // after a run: the first failure if every member failed, else FHRL_OK
} fhrl_members;

// What [ensemble] asks for, before any file is written; FHRL_ARG names the place of a bad ensemble.vary.
fhrl_status fhrl_members_plan(fhrl_members *m, const fhrl_run *run, const fhrl_setup *s, fhrl_err *err);
void fhrl_members_free(fhrl_members *m);

// Carries the members to the end of [solver], says how it went, and leaves ensemble.tsv and ensemble.nc. Until they are there
// the members that are done are kept in ensemble.part: a run that was interrupted goes on from them, to the same bytes.
fhrl_status fhrl_members_run(fhrl_members *m, const fhrl_output *out, const fhrl_setup *s, int threads, fhrl_err *err);
