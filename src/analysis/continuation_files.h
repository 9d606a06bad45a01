// SPDX-License-Identifier: GPL-3.0-or-later
// continuation_files: what a continuation leaves: fields of its result, the table of its branches, and labels to restart from
#pragma once

#include "analysis/continuation.h"
#include "io/json.h"

// Fields of doc/results.md into a result.
void fhrl_continuation_files_json(const fhrl_continuation *c, const fhrl_system *s, fhrl_json *result);

// branch.tsv: a block per branch, a row per point. `show` is a component's index, or -1 for |x|: the column `shown`.
fhrl_status fhrl_continuation_files_table(const fhrl_continuation *c, const fhrl_system *s, int show, const char *path,
  fhrl_err *err);

// Component by name, -1 for "norm", the first for "". FHRL_ARG for any other.
fhrl_status fhrl_continuation_files_shown(const fhrl_system *s, const char *name, int *show, fhrl_err *err);

// The labelled point "FILE:LABEL" of a branch.json (or of a folder with one). *start points into *block, owned by the
// caller (free). The tangent is NULL if it was followed in another parameter than `parameter`: start->parameter is then
// NaN, for the model's own value stands. FHRL_FORMAT, FHRL_IO, FHRL_ARG: no such file, label or number of states.
fhrl_status fhrl_continuation_files_start(const char *from, const fhrl_system *s, const char *parameter, double scale,
  fhrl_continuation_start *start, double **block, fhrl_err *err);
