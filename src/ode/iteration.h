// SPDX-License-Identifier: GPL-3.0-or-later
// iteration: a map stepped from its start and recorded; its time is the number of steps done
#pragma once

#include "ode/trajectory.h"

// Records x0 (n) if nothing is recorded, and steps s from the last recorded state to the end of tr's grid, which
// fhrl_trajectory_init made of whole steps for a map. The step from t to t + 1 sees u(t); in = NULL: u stays as it stands
// in s. watch may be NULL (a map has nothing to restart: any recorded state continues to the same bits).
// counters: steps, rhs_evals and rhs_s, added to what is there before the call; NULL: not wanted. What is recorded before a failure stays.
// FHRL_ARG for a flow or an input of another width, FHRL_LIMIT beyond max_steps, FHRL_INTERRUPT after a stop,
// FHRL_NUMERIC for a step that cannot be taken, or a component or an observable that is not finite.
fhrl_status fhrl_iteration_run(fhrl_trajectory *tr, fhrl_system *s, const fhrl_input *in,
                               const double x0[], long max_steps,
                               const fhrl_trajectory_watch *watch, fhrl_counters *counters,
                               fhrl_err *err);
