// SPDX-License-Identifier: GPL-3.0-or-later
// ladder: the maps between a trained layer and its continuous limit (theory 2c)
//
// The map itself is the model fhrl_ladder: a token cut into m = 1/h sub-steps, its input held. Here it takes its weights and
// parameters from a flow fhrl_layer and is run along sequences.
#pragma once

#include "base/status.h"
#include "ode/system.h"

typedef struct fhrl_ladder {
  fhrl_system *map; // owned: a bound fhrl_ladder; its states are those of the flow
  double *work;     // owned: (2 n)
} fhrl_ladder;

// m sub-steps a token of this flow, at its own alpha, rate and c, and with its matrices, all copied. FHRL_ARG for m < 1,
// FHRL_NOMEM.
fhrl_status fhrl_ladder_init(fhrl_ladder *ladder, const fhrl_system *flow, int m, fhrl_err *err);
void fhrl_ladder_free(fhrl_ladder *ladder); // leaves it zeroed

// One token under u (d), in place: z = (y, U, V) of the flow.
void fhrl_ladder_token(const fhrl_ladder *ladder, const double u[], double z[]);

// A sequence from z = 0: u (tokens, d) held over each token; y (tokens, d) at the tokens' ends.
// FHRL_NUMERIC names the token at which y is not finite.
fhrl_status fhrl_ladder_run(const fhrl_ladder *ladder, int tokens, const double u[], double y[], fhrl_err *err);
