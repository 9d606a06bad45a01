// SPDX-License-Identifier: GPL-3.0-or-later
// compare: a trained network against its continuous theory, layer by layer, on what it was recorded doing (theory 2b, 2c)
//
// The flow fhrl_layer is integrated under the recorded x_pre, held over each token; y is compared at the tokens' ends.
// All of it runs on layers with one slot, which are the same system (layer.h: collapse), but for the rank of the slots.
#pragma once

#include "analysis/compare_equilibria.h"
#include "analysis/compare_exponents.h"
#include "analysis/compare_slots.h"
#include "analysis/layer.h"
#include "analysis/metrics.h"
#include "analysis/recording.h"
#include "base/config.h"
#include "base/progress.h"
#include "nn/team.h"

enum {
  FHRL_COMPARE_RUNGS = 7,      // h = 1, 1/2, ... 1/64
  FHRL_COMPARE_SPEEDS = 13,    // c = 2^-1, ... 2^10, infinity
  FHRL_COMPARE_RATES = 2,      // fhrl_layer_rate
  FHRL_COMPARE_TWIN = 8,       // looks at a token of the twin
  FHRL_COMPARE_CHANNELS = 3,   // channels of y that the twin's table shows
  FHRL_COMPARE_METRICS = 6,    // irr, esri_window_y, rdp_t_frequency, rdp_t_magnitude, rdp_t_centroid, rho
  FHRL_COMPARE_INTEGRATORS = 2, // that the flow is integrated with once more: bdf, dop853
};

// Whose metrics: the recorded network, the rungs h = 1 ... 1/8 of the ladder, the flow.
enum {
  FHRL_COMPARE_NETWORK,
  FHRL_COMPARE_RUNG,
  FHRL_COMPARE_FLOW = FHRL_COMPARE_RUNG + FHRL_COMPARE_SLOTS_RUNGS,
  FHRL_COMPARE_SIDES,
};

extern const fhrl_field fhrl_compare_fields[]; // keys of [compare]
extern const int fhrl_compare_field_count;

typedef struct fhrl_compare_plan {
  fhrl_layer_rate rate;  // of twin, metrics, equilibria and exponents; ladder and curve over c have both
  int sequences;         // of the ladder's errors
  int rate_sequences;    // of the ladder's errors at the other rate; 0: none
  int metric_sequences;  // of the metrics
  int curve_sequences;   // of the curve over c
  int exponent_sequences; // of the exponents, end to end; 0: none
  int equilibria;        // tokens whose input is frozen
  int window;            // tokens of the window of ESRI
  double rtol, curve_rtol, exponent_rtol;
  double limit;          // of relative_at_1, below which the network is near its flow
} fhrl_compare_plan;

fhrl_compare_plan fhrl_compare_options(const fhrl_config *config); // from [compare]
int fhrl_compare_sequences(const fhrl_compare_plan *plan);         // how many recorded sequences the plan wants
int fhrl_compare_other(const fhrl_compare_plan *plan);             // the rate that is not the plan's

extern const char *const fhrl_compare_metric_names[FHRL_COMPARE_METRICS];
extern const char *const fhrl_compare_integrators[FHRL_COMPARE_INTEGRATORS]; // their names

// The ladder at one rate against its flow; sums are over sequences, tokens' ends and channels of y.
typedef struct fhrl_compare_ladder {
  int sequences; // 0: not measured
  double error_sup[FHRL_COMPARE_RUNGS], error_rms[FHRL_COMPARE_RUNGS]; // ladder less flow, of h = 2^-k
  double order;         // slope of log error_rms over the smallest four h; NaN where an error is zero
  double flow_rms;      // of y at the tokens' ends
  double relative_at_1; // error_rms at h = 1 over flow_rms; NaN where that is zero
} fhrl_compare_ladder;

typedef struct fhrl_compare_layer {
  int index, sequences, tokens, d;
  fhrl_compare_ladder ladder[FHRL_COMPARE_RATES];
  const char *rate_reason;  // static: why there is no ladder at the other rate, if there is none
  double network_deviation; // largest |y of the rung h = 1 less the recorded y|, over the largest |y|
  double curve[FHRL_COMPARE_RATES][FHRL_COMPARE_SPEEDS]; // rms of flow at c less network, over the network's; NaN: why
  char curve_reason[FHRL_COMPARE_RATES][160];            // of the first NaN of the curve; "" if there is none
  double c_star;            // minimum of the plan's curve over log c, between its ends; NaN: why
  const char *c_star_reason;
  fhrl_mean metric[FHRL_COMPARE_METRICS][FHRL_COMPARE_SIDES];
  fhrl_compare_slots slots;
  fhrl_compare_exponents exponents;
  int rests;
  fhrl_compare_rest *rest;  // owned: (rests); the first of the last token of the first sequence
  double h_c_simultaneous, h_c_sequential; // the least of them; NaN: none has one
  // largest |y| of the first sequence at tokens' ends, and the largest difference of the twin integrated by another method
  double twin_size, integrator_difference[FHRL_COMPARE_INTEGRATORS];
  double *token;     // owned: (tokens, 1 + 2 RUNGS) rms of the flow, rms and sup of ladder less flow at h = 2^-k, by token
  double *flow_twin; // owned: (tokens * TWIN, d): y of the first sequence at t = 1/TWIN, 2/TWIN, ...
  double *twin;      // owned: (tokens, d): of the recorded network at t = 1, 2, ...
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
