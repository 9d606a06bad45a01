// SPDX-License-Identifier: GPL-3.0-or-later
// progress: how far a long computation is: a bar on a terminal, a line now and then elsewhere
#pragma once

#include <stdio.h>

typedef struct fhrl_progress {
  FILE *stream;      // borrowed; NULL is quiet
  const char *what;  // borrowed: "train"
  const char *unit;  // borrowed: "steps"
  double total;      // in units; 0 if unknown
  double first;      // where the work began, in units: a resumed computation may set it after begin
  double interval;   // least seconds between two updates shown: 0.1 on a terminal, 10 elsewhere
  double begun, shown, done; // clock at begin, clock of the last update shown, units done
  int terminal;      // draws a bar
  int drawn;         // columns of the bar that stands on the terminal
  char note[64];     // the caller's, such as "loss 1.234"
} fhrl_progress;

// stream: where to write (main passes stderr), NULL for quiet. One thread reports at a time. Cannot fail: what cannot
// be shown is not.
void fhrl_progress_begin(fhrl_progress *p, FILE *stream, const char *what, double total, const char *unit);
void fhrl_progress_update(fhrl_progress *p, double done, const char *note); // note may be NULL
void fhrl_progress_end(fhrl_progress *p); // shows the last state, with the time taken
