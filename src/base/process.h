// SPDX-License-Identifier: GPL-3.0-or-later
// process: another program as a child with an argument vector: no shell, and what it says is kept
#pragma once

#include <stddef.h>

#include "base/status.h"

// Runs `program` (a path, or a name that is looked up in PATH) as argv[0] with argv[1] ... (argv ends with NULL), without
// standard input, standard output thrown away, and waits until it ends. SIGPIPE, which this program ignores, kills it as
// usual.
//   said[size]  what it wrote to standard error, as text; what exceeds the room is read and dropped, so that it never blocks
//   *code       its exit status, which may well be a failure of its own
// FHRL_IO "NAME not found" (NAME = argv[0]), if it cannot be started, or if a signal ended it; FHRL_INTERRUPT if that was
// SIGINT or SIGTERM.
fhrl_status fhrl_process_run(const char *program, const char *const argv[], char said[], size_t size, int *code,
  fhrl_err *err);

// 1 if `program` is a path to, or the name in PATH of, something executable; its path then goes to path[size].
int fhrl_process_find(const char *program, char path[], size_t size);
