// SPDX-License-Identifier: GPL-3.0-or-later
// members: `fhrl simulate MODEL --members N`: an ensemble of starts
#pragma once

#include "cli/output.h"
#include "cli/setup.h"

extern const fhrl_field fhrl_members_fields[]; // keys of [ensemble]
extern const int fhrl_members_field_count;

// Carries the members of [ensemble] to the end of [solver], says how it went, and leaves ensemble.tsv and ensemble.nc.
fhrl_status fhrl_members_run(const fhrl_output *out, const fhrl_setup *s, int threads, fhrl_err *err);
