// SPDX-License-Identifier: GPL-3.0-or-later
// team: a fixed number of threads that share out numbered tasks
#pragma once

#include "base/status.h"

typedef struct fhrl_team fhrl_team; // opaque

// One task: number 0 .. tasks-1, worked on by thread 0 .. threads-1 (a thread does one task at a time).
typedef void fhrl_team_task(void *context, int task, int thread);

// threads >= 1, the caller included; threads - 1 are started. FHRL_ARG, FHRL_NOMEM, FHRL_LIMIT if none can
// start.
fhrl_status fhrl_team_create(int threads, fhrl_team **out, fhrl_err *err);
void fhrl_team_destroy(fhrl_team *team); // NULL-safe; ends the threads

int fhrl_team_size(const fhrl_team *team);

// Runs every task and returns when all are done. Which thread gets which task is left open: results must not
// depend on it. Not to be called from within a task.
void fhrl_team_run(fhrl_team *team, int tasks, fhrl_team_task *task, void *context);

// Processors that are online: a sensible number of threads.
int fhrl_team_processors(void);
