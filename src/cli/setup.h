// SPDX-License-Identifier: GPL-3.0-or-later
// setup: what every command on a MODEL begins with: its configuration, system, input, solver and start
#pragma once

#include "cli/command.h"
#include "ode/integrator.h"
#include "ode/system.h"
#include "ode/user_model.h"

extern const fhrl_field fhrl_setup_start_fields[]; // keys of [start]
extern const int fhrl_setup_start_field_count;
// The short options of every such command, for a table that adds its own.
#define FHRL_SETUP_SHORTS                                                                           \
    {"param", "NAME=VALUE", "model.", "Short for --set model.NAME=VALUE"},                          \
    {"x0", "A,B,...", "start.x0", "Short for --set start.x0=A,B,..."},                              \
    {"t-end", "T", "solver.t_end", "Short for --set solver.t_end=T"},                               \
    {"rtol", "X", "solver.rtol", "Short for --set solver.rtol=X"},                                  \
    {"atol", "X", "solver.atol", "Short for --set solver.atol=X"},                                  \
    {"method", "NAME", "solver.method", "Short for --set solver.method=NAME"}
extern const fhrl_short fhrl_setup_shorts[];       // --param, --x0, --t-end, --rtol, --atol, --method

typedef struct fhrl_setup {
  const fhrl_model *model;
  fhrl_user_model user; // owned: where the model comes from if it is no part of the program; else its model is NULL
  fhrl_field *fields;  // owned: the model's keys, as fhrl_system_fields gives them
  fhrl_field *keys;    // owned: all keys of [model]; their names may lie in fields
  fhrl_config config;
  fhrl_system *system; // owned
  fhrl_input input;
  fhrl_solver solver;  // its sections lie in `section`
  fhrl_crossing section[FHRL_CROSSING_MAX];
  int seed;            // of [model]
  double *x0;          // owned; (n) the start
} fhrl_setup;

// Opens MODEL = run->input, a name or the path of a user's own (operand.h), with sections [model] [input] [solver] [start] and `extra` (n_extra; may be 0). A model
// of a layer (fhrl_layer_fits) whose model.checkpoint is set takes its matrices and parameters from there; what the settings
// give explicitly wins. What every result has to say of the model (jvp; of a user's: model_source, model_sha256,
// model_compiler) goes to run->notes. Close is safe after a failed open.
fhrl_status fhrl_setup_open(fhrl_setup *s, const fhrl_run *run, const fhrl_section extra[], int n_extra, fhrl_err *err);

// What the numbers of a run depend on besides its configuration: the build of the program and a user's model; returns build.
enum { FHRL_SETUP_BUILD = 1024 };
const char *fhrl_setup_build(const fhrl_setup *s, char build[FHRL_SETUP_BUILD]);

void fhrl_setup_close(fhrl_setup *s);
