// SPDX-License-Identifier: GPL-3.0-or-later
// lock: one process at a time, on one machine or on several that share a folder
//
// A lock is a symbolic link that leads nowhere: its target is text that says who holds it, "HOST:PID:STARTED:CHILD:STARTED:
// NAMESPACE", and `ls -l` shows it. To make it is one step, on network file systems too, so that it never exists without its
// holder's name, and nothing is left over. That a holder is dead can be told on its own machine alone; there its lock is taken
// over.
#pragma once

#include <signal.h>

#include "base/status.h"

enum { FHRL_LOCK_WHO_SIZE = 320 };

// *taken = 1 if the calling process holds it from now on; else 0, and who[] is "process PID on HOST" that does (may be NULL).
// FHRL_IO if the folder does not allow it.
fhrl_status fhrl_lock_try(const char *path, int *taken, char who[FHRL_LOCK_WHO_SIZE], fhrl_err *err);

// Tries until it is taken. FHRL_IO naming the holder and the file after `seconds`; FHRL_INTERRUPT once *stop (may be NULL) is set.
fhrl_status fhrl_lock_wait(const char *path, double seconds, const volatile sig_atomic_t *stop, fhrl_err *err);

// The calling process, a child of the holder, holds it too from now on: as long as either lives.
fhrl_status fhrl_lock_share(const char *path, fhrl_err *err);

void fhrl_lock_release(const char *path); // if it is the calling process' own
