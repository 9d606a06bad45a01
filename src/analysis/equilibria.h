// SPDX-License-Identifier: GPL-3.0-or-later
// equilibria: all that `fhrl equilibria` finds out: rest states, the steps at which maps lose them, the proof, and its files
#pragma once

#include "analysis/equilibrium.h"
#include "analysis/prove.h"
#include "analysis/step_limit.h"
#include "io/json.h"

typedef struct fhrl_equilibria_report {
  fhrl_equilibria found;
  fhrl_step_limit *simultaneous, *sequential; // owned; (found.count) each; sequential NULL unless it applies
  int *root;               // owned; (found.count) index of the proved root, -1: none
  int sought;              // 1: a proof was sought
  fhrl_ball_field field;   // of the proof, like all that follows
  fhrl_prove_plan plan;
  fhrl_prove proof;
  int missed;              // roots in the box that only the proof came upon
} fhrl_equilibria_report;

// Finds them under u (n_u) at time t, checks every h_c by iteration, and covers the box of [proof] if `seek` is 1. s->u is u
// afterwards. FHRL_ARG for a model or a box that cannot be proved, before any other work; else as fhrl_equilibrium_find.
fhrl_status fhrl_equilibria_run(fhrl_system *s, double t, const double u[], const fhrl_equilibrium_plan *plan,
  const fhrl_config *config, const double x0[], const fhrl_equilibrium_watch *watch, fhrl_equilibria_report *out,
  fhrl_err *err);
void fhrl_equilibria_free(fhrl_equilibria_report *r); // leaves it zeroed

// Fields of doc/results.md into a result; the table equilibria.tsv.
void fhrl_equilibria_json(const fhrl_equilibria_report *r, const fhrl_system *s, fhrl_json *result);
fhrl_status fhrl_equilibria_table(const fhrl_equilibria_report *r, const fhrl_system *s, const char *path, fhrl_err *err);
