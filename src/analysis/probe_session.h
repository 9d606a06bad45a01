// SPDX-License-Identifier: GPL-3.0-or-later
// probe_session: drives a frozen network with probe sequences, records what it did and measures every layer
#pragma once

#include <signal.h>

#include "analysis/probe.h"
#include "nn/record.h"

// Somebody who waits: told how many layers are measured, and able to say stop. Either member may be NULL.
typedef struct fhrl_probe_watch {
  void (*progress)(void *context, int layers);
  void *context;
  const volatile sig_atomic_t *stop; // set by a signal handler
} fhrl_probe_watch;

typedef struct fhrl_probe_session {
  fhrl_probe_plan plan;
  fhrl_gpt_config config;    // of the network, slot noise as trained
  int N;                     // sequences
  unsigned char *byte;       // owned; (N, T) what it was driven with
  fhrl_record record;        // owned; without slot noise
  double *wr;                // owned; (layers, d, d) reentry matrices; NULL where FH-RL's place is another's
  fhrl_probe_result *layer;  // owned; (layers)
  fhrl_probe_result mean;    // over layers
} fhrl_probe_session;

// Probe bytes (*N, T), owned by the caller (free), from plan->source: random, uniform below the vocabulary; contiguous
// bytes of the corpus at `path` ("": the one that comes with the program) from uniform starts; or the file at `path`,
// consecutive sequences of T bytes. FHRL_ARG if that is no whole number of sequences, or if the corpus is shorter than T;
// errors of the files.
fhrl_status fhrl_probe_session_bytes(const fhrl_probe_plan *plan, const char *path, int T, int vocabulary,
  unsigned char **byte, int *N, fhrl_err *err);

// Runs and measures. byte (N, T) is taken over by the session, also on failure. All metrics are taken without slot noise
// but those of the slots, which without it are equal by construction (theory 3h): U and V come from a second run with
// the network's sigma. Same result for any number of threads. watch may be NULL. FHRL_ARG for a byte outside the
// vocabulary or a bad plan, FHRL_NUMERIC if the network overflows, FHRL_INTERRUPT if watch->stop was set between two
// layers, FHRL_NOMEM, FHRL_LIMIT.
fhrl_status fhrl_probe_session_run(const fhrl_gpt *gpt, const fhrl_probe_plan *plan, unsigned char *byte, int N,
  int threads, const fhrl_probe_watch *watch, fhrl_probe_session *out, fhrl_err *err);
void fhrl_probe_session_free(fhrl_probe_session *s); // leaves it zeroed
