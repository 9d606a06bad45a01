// SPDX-License-Identifier: GPL-3.0-or-later
// user_template: the file that a model of one's own begins with
#pragma once

#include "base/status.h"

// The shipped models/template/my_model.c with `name` for my_model: *text is the caller's (free). It compiles without
// warnings, keeps the contract and runs under every command. FHRL_ARG for a name that fhrl_user_model_name refuses.
fhrl_status fhrl_user_template_text(const char *name, char **text, fhrl_err *err);

// Writes it to FOLDER/NAME.c, whose path goes to path. FHRL_ARG if that is there already, FHRL_IO.
fhrl_status fhrl_user_template_save(const char *name, const char *folder, char path[], fhrl_err *err);
