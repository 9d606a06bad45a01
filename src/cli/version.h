// SPDX-License-Identifier: GPL-3.0-or-later
// version: what this program is made of
#pragma once

#include <argp.h>
#include <stdio.h>

#include "io/manifest.h"

// argp's hook of --version: program, commit, compiler, flags and the version of each library.
void fhrl_version_print(FILE *stream, struct argp_state *state);

// The compiler, the flags and the libraries, each as its owner reports it, for run.json; static storage, *n entries.
const fhrl_library *fhrl_version_libraries(int *n);

// Commit, compiler and flags in one line: runs of one build give the same bits.
const char *fhrl_version_build(void);

// "0.1.0" and the commit ("unknown" outside a checkout).
const char *fhrl_version_text(void);
