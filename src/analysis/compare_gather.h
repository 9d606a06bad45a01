// SPDX-License-Identifier: GPL-3.0-or-later
// compare_gather: the tasks of a comparison, and how their sums become its results
//
// A task writes to places of its own; what they found is put together in a fixed order, whichever thread was there first.
#pragma once

#include <stdatomic.h>

#include "analysis/compare_measure.h"

typedef enum fhrl_compare_kind {
  FHRL_COMPARE_EQUILIBRIUM,
  FHRL_COMPARE_EXPONENT,
  FHRL_COMPARE_POINT, // of the curve over c
  FHRL_COMPARE_AGAIN, // the flow by another integrator
  FHRL_COMPARE_SEQUENCE,
  FHRL_COMPARE_OTHER, // a sequence at the other rate
  FHRL_COMPARE_SLOT,
} fhrl_compare_kind;

typedef struct fhrl_compare_task {
  fhrl_compare_kind kind;
  int layer;
  int k;        // of what there are several of a layer: sequence, side, sample, integrator, point of the curve
  int rate;     // of a point
  int sequence; // of a point
  double error, network; // of a point: sums of squares
} fhrl_compare_task;

typedef struct fhrl_compare_work {
  const fhrl_compare_plan *plan;
  const fhrl_layer *layer;          // (layers), as they are
  fhrl_layer *one;                  // owned (layers), one slot each
  const fhrl_recording *recording;  // (layers)
  fhrl_compare_layer *result;       // (layers)
  int layers, sequences, others;    // others: at the other rate
  int tasks, room;
  fhrl_compare_task *task;          // owned (room)
  fhrl_compare_sequence *sequence;  // owned (layers, sequences)
  fhrl_compare_sequence *other;     // owned (layers, others + 1), at the other rate
  double **token;                   // owned (layers * sequences) sums by token, owned each; NULL where not wanted
  double **again;                   // owned (layers * INTEGRATORS) y (T, d), owned each
  fhrl_compare_exponents *exponent; // owned (layers * SIDES): a task writes to none but its own
  fhrl_status *status;              // owned (tasks)
  fhrl_err *err;                    // owned (tasks)
  fhrl_progress *progress;
  atomic_int done;                  // tasks
} fhrl_compare_work;

// From the tasks, all of them run, to the results. The first failure in order is the comparison's, but for a point of a curve,
// which leaves a hole in it; FHRL_NOMEM.
fhrl_status fhrl_compare_gather_all(fhrl_compare_work *w, fhrl_err *err);
