// SPDX-License-Identifier: GPL-3.0-or-later
// compare_verdict: may one reason about this network with its continuous theory, and up to which step h?
//
// Three criteria, each to be met in every layer at h = 1, the network itself, at the plan's rate and c = 1:
//   near       rms of y, network less flow, at most `limit` of the flow's rms                            (1)
//   stability  every equilibrium found under a frozen input is one of both, and stable in both or in none  (2)
//   sign       lambda_max of network and flow have the same sign, each beyond two standard errors          (3)
// The step up to which the theory may be used is that up to which the ladder meets (1), between its rungs by a straight line
// of log error over log h, and loses no equilibrium that is stable in the flow; (3) is measured at h = 1 alone. It is unknown
// where the network has gained stability that the flow does not have.
#pragma once

#include "analysis/compare.h"
#include "io/json.h"

typedef enum fhrl_compare_answer { FHRL_COMPARE_UNDECIDED = -1, FHRL_COMPARE_NO, FHRL_COMPARE_YES } fhrl_compare_answer;

typedef struct fhrl_compare_verdict {
  fhrl_compare_answer near_flow, stability, sign, all;
  double limit, relative; // (1): the largest relative_at_1, and its layer
  int relative_layer;
  int found, sought, shared, same, flow_stable, network_stable, gained; // (2): equilibria; gained: in the network alone
  double lambda[FHRL_COMPARE_EXPONENTS_SIDES], error[FHRL_COMPARE_EXPONENTS_SIDES]; // (3): of the layer that decides
  int lambda_layer;      // -1: not measured
  double h_near;         // up to which (1) holds in every layer; 0: not even at the smallest h; NaN: unknown
  double h_c;            // the least at which a layer's ladder loses an equilibrium; NaN: none does
  double h;              // the smaller of both, at most 1; NaN: unknown
  char headline[800];
} fhrl_compare_verdict;

void fhrl_compare_verdict_find(const fhrl_compare_plan *plan, const fhrl_compare_layer results[], int count,
  fhrl_compare_verdict *out);

// Adds `headline` and `verdict`.
void fhrl_compare_verdict_report(const fhrl_compare_verdict *verdict, fhrl_json *object);
