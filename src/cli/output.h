// SPDX-License-Identifier: GPL-3.0-or-later
// output: the folder that a command leaves, and its result: JSON for programs, a summary for people
#pragma once

#include "base/file.h"
#include "cli/command.h"
#include "io/json.h"
#include "io/manifest.h"

enum { FHRL_OUTPUT_ARGS = 8 }; // of a figure

typedef struct fhrl_output {
  const fhrl_run *run;         // borrowed
  const fhrl_config *config;   // borrowed
  const char *file;            // name of the result's own file, NULL: the result is run.json; borrowed
  char folder[FHRL_PATH_SIZE]; // "" if the command writes no files
  fhrl_manifest manifest;      // owned: run.json
  fhrl_json *result;           // schema, version, seed, config; the command adds its own fields. Part of manifest if
                               // file is NULL, else owned
  fhrl_json *figures;          // owned until they go into run.json at the end
  int begun;                   // 1 while the only trace of this run is the config.ini that it wrote
  int replaced;                // 1 if --force let this run into a folder with another configuration
} fhrl_output;

// Opens the command's folder: that of -o, else `fallback` (NULL: none). A folder whose config.ini resolves to another
// configuration is refused without --force (FHRL_ARG naming the key and both values). Writes config.ini.
fhrl_status fhrl_output_open(fhrl_output *out, const fhrl_run *run, const char *fallback, const char *file,
  const fhrl_config *config, long long seed, fhrl_err *err);

int fhrl_output_has_folder(const fhrl_output *out);
// path = FOLDER/name.
fhrl_status fhrl_output_path(const fhrl_output *out, const char *name, char path[FHRL_PATH_SIZE], fhrl_err *err);

// Draws FOLDER/NAME.svg and NAME.png with plots/NAME.gp from FOLDER's tables, named in args (n), and says where. What a
// command found is worth keeping without its picture: a figure that cannot be drawn is a warning on standard error. run.json
// says how it is drawn, in `figures`. draw_own: by FOLDER/NAME.gp, which takes no arguments.
void fhrl_output_draw(const fhrl_output *out, const char *name, const char *const args[], int n);
void fhrl_output_draw_own(const fhrl_output *out, const char *name);

// The drawing alone; own: 1 for FOLDER/NAME.gp. Fails as fhrl_figure_draw; FHRL_ARG for more than FHRL_OUTPUT_ARGS arguments.
fhrl_status fhrl_output_figure(const fhrl_output *out, const char *name, const char *const args[], int n, int own, fhrl_err *err);

// Writes FOLDER/file (the result) and FOLDER/run.json, and prints the result on standard output after --json; without a
// folder only the latter. Closing frees; it is safe after a failed open. A config.ini that this run wrote and nothing came of,
// because it failed, goes again, so that the next attempt with another configuration is not refused; not after an interruption.
fhrl_status fhrl_output_finish(fhrl_output *out, fhrl_err *err);
void fhrl_output_close(fhrl_output *out);

// printf to standard output, unless --json has claimed it.
void fhrl_output_say(const fhrl_output *out, const char *format, ...) FHRL_PRINTF(2, 3);

// Puts before the reason of an interruption, in a folder, `what` ("to resume") and the command that goes on from there.
void fhrl_output_resume(const fhrl_output *out, const char *what, fhrl_err *err);

// Where progress goes: standard error, NULL after --quiet.
FILE *fhrl_output_progress(const fhrl_output *out);
