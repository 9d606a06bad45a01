// SPDX-License-Identifier: GPL-3.0-or-later
// operand: MODEL on the command line: the name of a model of the program, or the path of one's own
#pragma once

#include "cli/command.h"
#include "ode/user_model.h"

// *model: the one that run->input names. A path is compiled and loaded into *user, which is the caller's to close, also
// after a failure, when nothing of the model is in use any more; otherwise *user is zeroed. What the compiler says goes
// to standard error, under its name.
// FHRL_ARG for an unknown name (with the list), else as fhrl_user_model_open.
fhrl_status fhrl_operand_model(const fhrl_run *run, fhrl_user_model *user, const fhrl_model **model, fhrl_err *err);

// FHRL_ARG unless model.name, as given by the settings (text), means the model of the operand: its name or, for a model
// of the user, a path to the same file, relative to the .ini that says so or, after --set, to the working folder. Nothing is
// loaded from there.
fhrl_status fhrl_operand_agrees(const fhrl_run *run, const fhrl_user_model *user, const fhrl_model *model, const char *text,
  fhrl_err *err);
