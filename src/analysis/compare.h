// SPDX-License-Identifier: GPL-3.0-or-later
// compare: a trained network against its continuous theory, layer by layer, on what it was recorded doing (theory 2b, 2c)
//
// The flow fhrl_layer is integrated under the recorded x_pre, held over each token; y is compared at the tokens' ends.
// All of it runs on layers with one slot, which are the same system (layer.h: collapse).
#pragma once

#include "analysis/ladder_stability.h"
#include "analysis/layer.h"
#include "analysis/metrics.h"
#include "analysis/recording.h"
#include "base/config.h"
#include "base/progress.h"
#include "nn/team.h"

enum {
  FHRL_COMPARE_RUNGS = 7,    // h = 1, 1/2, ... 1/64
  FHRL_COMPARE_SPEEDS = 13,  // c = 2^-1, ... 2^10, infinity
  FHRL_COMPARE_RATES = 2,    // fhrl_layer_rate
  FHRL_COMPARE_TWIN = 8,     // looks at a token of the twin
  FHRL_COMPARE_CHANNELS = 3, // channels of y that the twin keeps
  FHRL_COMPARE_METRICS = 3,  // irr, esri_window_y, rdp_t_frequency
};

extern const fhrl_field fhrl_compare_fields[]; // keys of [compare]
extern const int fhrl_compare_field_count;

typedef struct fhrl_compare_plan {
  fhrl_layer_rate rate;  // of ladder, twin, metrics and h_c; the curve over c has both
  int sequences;         // of the ladder's errors
  int metric_sequences;  // of the metrics
  int curve_sequences;   // of the curve over c
  int window;            // tokens of the window of ESRI
  double rtol, curve_rtol;
} fhrl_compare_plan;

fhrl_compare_plan fhrl_compare_options(const fhrl_config *config); // from [compare]
int fhrl_compare_sequences(const fhrl_compare_plan *plan);         // how many recorded sequences the plan wants

// A metric of y over sequences: of the recorded network, and of the flow.
typedef struct fhrl_compare_pair {
  fhrl_mean discrete, continuous;
} fhrl_compare_pair;
extern const char *const fhrl_compare_metric_names[FHRL_COMPARE_METRICS];

typedef struct fhrl_compare_layer {
  int index, sequences, tokens;
  double error_sup[FHRL_COMPARE_RUNGS], error_rms[FHRL_COMPARE_RUNGS]; // ladder less flow, of h = 2^-k
  double order;             // slope of log error_rms over the smallest four h; NaN where an error is zero
  double flow_rms;          // of y at the tokens' ends
  double relative_at_1;     // error_rms at h = 1 over flow_rms; NaN where that is zero
  double network_deviation; // largest |y of the rung h = 1 less the recorded y|, over the largest |y|
  double curve[FHRL_COMPARE_RATES][FHRL_COMPARE_SPEEDS]; // rms of flow at c less network, over the network's; NaN: why
  char curve_reason[FHRL_COMPARE_RATES][160];            // of the first NaN of the curve; "" if there is none
  double c_star;            // minimum of the plan's curve over log c, between its ends; NaN: why
  const char *c_star_reason;
  fhrl_ladder_stability stability; // under the last token of the first sequence
  char stability_reason[FHRL_ERR_SIZE]; // why its numbers are NaN; "" if none is
  fhrl_compare_pair metric[FHRL_COMPARE_METRICS];
  // the first sequence, on one axis of time; owned
  double *flow_twin; // (tokens * TWIN, 1 + CHANNELS): rho and the first channels of y at t = 1/TWIN, 2/TWIN, ...
  double *twin;      // (tokens, 1 + CHANNELS): of the recorded network at t = 1, 2, ...
} fhrl_compare_layer;

// c of the curve's point k; INFINITY for the last.
double fhrl_compare_speed(int k);

// Compares `count` layers with their recordings; results (count) are the caller's to free. Tasks run on the team, and the
// result does not depend on its size. progress (begun by the caller, who
// need not know the total) may be NULL. FHRL_ARG: a recording does not fit its layer; FHRL_NUMERIC: the flow at
// c = 1 cannot be integrated, with layer and sequence; FHRL_INTERRUPT; FHRL_NOMEM. Points of a curve that fail are NaN.
fhrl_status fhrl_compare_run(const fhrl_compare_plan *plan, const fhrl_layer layers[], const fhrl_recording recordings[],
  int count, fhrl_team *team, fhrl_progress *progress, fhrl_compare_layer results[], fhrl_err *err);
void fhrl_compare_free(fhrl_compare_layer *result); // leaves it zeroed
