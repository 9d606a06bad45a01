// SPDX-License-Identifier: GPL-3.0-or-later
// manifest: run.json: what ran, with which seed, version and libraries, and how long it took
//
// Apart from `started`, `wall_s` and `cpu_s` it says the same on every run of the same build.
#pragma once

#include <stdint.h>

#include "io/json.h"

typedef struct fhrl_library { // reported by the module that owns it
  const char *name, *version;
} fhrl_library;

typedef struct fhrl_manifest {
  fhrl_json *json;   // owned; the command adds `config`, counters, ... to it
  double wall, cpu;  // clocks at begin
} fhrl_manifest;

// Starts the clocks and writes schema "fhrl.<command>/1", version, seed, start time and libraries.
void fhrl_manifest_begin(fhrl_manifest *m, const char *command, uint32_t seed, const fhrl_library libraries[], int n);

// Adds the seconds used so far and saves; may be called again. FHRL_IO, FHRL_NOMEM.
fhrl_status fhrl_manifest_save(fhrl_manifest *m, const char *path, fhrl_err *err);

void fhrl_manifest_free(fhrl_manifest *m); // leaves it zeroed
