// SPDX-License-Identifier: GPL-3.0-or-later
// case: one golden case of tests/golden as a network with its inputs
#pragma once

#include "nn/engine.h"
#include "support.h"

typedef struct golden_case {
  fhrl_gpt gpt;
  fhrl_sequences sequences;
  fhrl_noise noise;
  golden expect;
  unsigned char *bytes; // owned
  fhrl_real *eps;       // owned, NULL without noise
  double loss;          // of config.txt's case, from expect.txt
} golden_case;

// Loads case "A".. with this feedback_gradient; aborts the test if a file or a record is missing.
golden_case case_load(const char *name, int feedback_gradient);
void case_free(golden_case *c);

// A record as the gradient's or a recorded tensor's reference: fails unless max |got - want| <= bound *
// max(max |want|, scale), and returns max |got - want| / max(max |want|, scale).
double case_compare(
  const char *what, const fhrl_real got[], const golden_record *want, double scale, double bound);
