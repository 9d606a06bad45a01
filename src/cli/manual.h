// SPDX-License-Identifier: GPL-3.0-or-later
// manual: manual pages and completion, made from the table of commands
#pragma once

#include <stdio.h>

#include "cli/command.h"

// The page of a command, or of the program itself (command = NULL), as roff for man(1).
void fhrl_manual_page(const fhrl_command *command, FILE *f);

// Completion for bash: commands, their options, models, and the keys of --set.
void fhrl_manual_completion(FILE *f);
