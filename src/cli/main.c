// SPDX-License-Identifier: GPL-3.0-or-later
// main: prepares the libraries, runs the command, and makes sure that what was printed arrived
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/init.h"
#include "base/signals.h"
#include "cli/command.h"

// Output that never reached a full disk must not look like success, also where argp exits by itself. A reader that
// went away (EPIPE) ends quietly.
static void close_stdout(void)
{
  errno = 0;
  const int lost = ferror(stdout);
  if (lost) { // of an earlier write, whose reason is gone: one more has it again
    clearerr(stdout);
    putchar('\n');
  }
  const int closed = fclose(stdout) == 0;
  if ((closed && !lost) || errno == EPIPE) return;
  fprintf(stderr, "fhrl: cannot write to standard output: %s\n", errno ? strerror(errno) : "a write failed");
  _exit(1);
}

int main(int argc, char *argv[])
{
  atexit(close_stdout);
  setenv("HDF5_PLUGIN_PRELOAD", "::", 1); // HDF5 must not load code that a file names
  fhrl_signals_install();
  fhrl_init_libraries();
  return fhrl_command_main(argc, argv);
}
