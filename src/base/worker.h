// SPDX-License-Identifier: GPL-3.0-or-later
// worker: part of the work in a child process of this program, so that a crash takes nothing else with it
//
// The child is a copy of the process as it is (fork): nothing has to be written out for it. The caller has to be single-threaded.
// It is a process group of its own, so that Ctrl-C reaches the parent alone, who passes it on; if the parent dies, the child gets
// SIGTERM.
#pragma once

#include <sys/types.h>

#include "base/status.h"

typedef struct fhrl_worker {
  pid_t pid;
  int ear; // read end of the pipe that the child speaks into
} fhrl_worker;

// The work; its status, and err where it fails, go back to the parent.
typedef fhrl_status fhrl_worker_body(void *context, fhrl_err *err);

// Starts body(context) without standard input; standard output and standard error go to the file `said`, which is begun anew.
// FHRL_IO if that cannot be done.
fhrl_status fhrl_worker_start(fhrl_worker *w, fhrl_worker_body *body, void *context, const char *said, fhrl_err *err);

// Waits at most `seconds`, until one of the n workers has ended or a signal comes: index of one that has, or -1.
int fhrl_worker_wait(const fhrl_worker w[], int n, double seconds);

// Takes leave of a worker that has ended, or waits for it: *err is its own, code FHRL_OK if it did its work. One that crashed:
// FHRL_IO with the name of the signal; that somebody else stopped by SIGINT or SIGTERM: FHRL_INTERRUPT.
void fhrl_worker_end(fhrl_worker *w, fhrl_err *err);

void fhrl_worker_stop(const fhrl_worker *w); // SIGTERM, once
