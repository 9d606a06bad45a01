// SPDX-License-Identifier: GPL-3.0-or-later
// version: what this program is made of
#pragma once

#include <argp.h>
#include <stdio.h>

#include "io/json.h"

// argp's hook of --version: program, commit, compiler, flags and the version of each library.
void fhrl_version_print(FILE *stream, struct argp_state *state);

// The same as an object: {"fhrl": ..., "commit": ..., library: version, ...}; owned by the caller.
fhrl_json *fhrl_version_json(void);

// "0.1.0" and the commit ("unknown" outside a checkout).
const char *fhrl_version_text(void);
