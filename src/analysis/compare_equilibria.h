// SPDX-License-Identifier: GPL-3.0-or-later
// compare_equilibria: equilibria of flow and network under an input frozen at one recorded token (theory 2c)
//
// Both have the same ones, which is tested by a step of the network; their stability is not the same.
#pragma once

#include "analysis/layer.h"
#include "analysis/recording.h"
#include "analysis/step_born.h"

typedef struct fhrl_compare_rest {
  int sequence, token; // whose x_pre is held
  double rho;          // |y| there
  double residual;     // |g(|w|) w - y| of the flow
  double moved;        // largest component of one step of the network from there, less where it began
  int shared;          // 1: that is rounding
  double growth;       // largest real part of the flow's eigenvalues [1/token]
  double radius;       // largest modulus of the network's multipliers, h = 1
  double re, im;       // the network's leading multiplier, im >= 0
  fhrl_step_limit simultaneous, sequential;
  fhrl_step_born born; // beyond the limit of the ladder, sequential
  char reason[160];    // why there is none: all numbers are then NaN; "" if there is one
} fhrl_compare_rest;

// Sample k of `count` of a recording: sequences in turn, tokens from the last one backwards.
void fhrl_compare_equilibria_place(const fhrl_recording *recording, int sequences, int k, int count, int *sequence,
  int *token);

// Of a layer with one slot, from the recorded y (d) of the token whose x_pre (d) is held; *out's place is the caller's. No
// equilibrium found is no failure. FHRL_NOMEM, FHRL_NUMERIC if LAPACK fails.
fhrl_status fhrl_compare_equilibria_find(const fhrl_layer *layer, fhrl_layer_rate rate, const double x_pre[],
  const double y[], fhrl_compare_rest *out, fhrl_err *err);

// The one that the ladder loses at the smallest step; -1 if it loses none.
int fhrl_compare_equilibria_first(const fhrl_compare_rest rest[], int count);
