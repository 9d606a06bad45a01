// SPDX-License-Identifier: GPL-3.0-or-later
// command: the table of commands, and what each of them is given
#pragma once

#include <argp.h>

#include "base/config.h"
#include "base/status.h"
#include "cli/notes.h"

enum { FHRL_REQUIRE_SIZE = 512, FHRL_COMMAND_OPTION_MAX = 40 };

// The command line after parsing.
typedef struct fhrl_run {
  const struct fhrl_command *command;
  const char *input;      // MODEL, RUN or FILE; NULL if none was given
  fhrl_settings settings; // files of -c first, then --set and the short options, in the order written
  const char *folder;     // of -o; NULL if not given
  const char *require;    // ids of --require; NULL
  int json, force, quiet;
  int preview;                // 1 after --preview
  int silent;             // 1: nothing on standard output, for a command that another one begins with
  int threads;            // >= 1
  int threads_given;      // 1 if --threads said so
  int undrawn;            // 1: figures are noted in run.json, for `fhrl plot`, but not drawn
  // If not NULL, all that is wanted is the configuration: fhrl_command_configure hands it over and ends the command.
  void (*look)(void *context, fhrl_config *config);
  void *context;          // of look
  fhrl_notes *notes;      // what the set-up has found and every result says; borrowed, NULL: nobody asks
} fhrl_run;

// A short option --NAME=VALUE that stands for --set KEY=VALUE; with key "model." it takes NAME=VALUE. One without an
// argument (NULL) sets KEY=true.
typedef struct fhrl_short {
  const char *option, *argument, *key, *meaning;
} fhrl_short;

// A section that a command reads; the count is a constant of the module that owns the fields.
typedef struct fhrl_keys {
  const char *section;
  const fhrl_field *field;
  const int *count;
} fhrl_keys;

typedef struct fhrl_command {
  const char *name;
  const char *input;   // its operand in usage: "RUN", "MODEL", "[MODEL]" or "" (brackets: may be absent)
  const char *summary; // one line
  const char *leaves;  // what it writes, one line
  fhrl_status (*run)(const fhrl_run *run, fhrl_err *err);
  const fhrl_short *shorts; // ends with a NULL option; NULL: none
  // Sections of its configuration, for --help and doc/options.md; ends with a NULL name; NULL: none. [model] of a
  // MODEL command is described by `fhrl models NAME`.
  const fhrl_keys *keys;
  int requires; // 1 if it takes --require
  int previews; // 1 if it takes --preview
  int sections; // 1 if it lists the crossings of solver.section
  int threaded; // 1 if it computes one result with several threads
  const char *seed; // the key that `sweep.seeds` counts up; NULL: none
} fhrl_command;

extern const fhrl_command fhrl_command_table[]; // ends with a NULL name

// Names of every section that some command knows.
extern const char *const fhrl_command_table_sections[];
extern const int fhrl_command_table_section_count;

// The last step of every command's configuration: applies the settings of the run. FHRL_ARG as fhrl_config_apply;
// FHRL_INTERRUPT after run->look was called.
fhrl_status fhrl_command_configure(const fhrl_run *run, fhrl_config *config, fhrl_err *err);

// The command of this name, NULL if there is none.
const fhrl_command *fhrl_command_find(const char *name);

// Every option of a command, ended by an empty one as argp wants it; returns how many.
int fhrl_command_options(const fhrl_command *command, struct argp_option options[FHRL_COMMAND_OPTION_MAX]);

// Parses argv (argp: prints help and usage itself, exit 0 or 2) and runs the command; returns the exit status.
int fhrl_command_main(int argc, char *argv[]);

fhrl_status fhrl_cmd_train(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_sample(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_probe(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_models(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_simulate(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_iss(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_equilibria(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_continue(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_portrait(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_compare(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_reproduce(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_exponents(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_sweep(const fhrl_run *run, fhrl_err *err);
fhrl_status fhrl_cmd_plot(const fhrl_run *run, fhrl_err *err);
