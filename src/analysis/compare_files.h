// SPDX-License-Identifier: GPL-3.0-or-later
// compare_files: the tables that `fhrl compare` leaves, from which its figures are drawn, and the twin's trajectories
#pragma once

#include "analysis/compare.h"

// Writes into the folder:
//   compare.tsv          error of the ladder against h at the plan's and (`other_`) at the other rate, a block per layer
//   compare_token.tsv    the same at the plan's rate for every token: error_rms[m], error_sup[m] of h = 1/m
//   compare_c.tsv        relative error of the flow against c at both rates, and its limits, a block per layer
//   compare_metrics.tsv  metrics of the recorded network, of the ladder at h = 1 ... 1/8 and of the flow (h = 0)
//   compare_twin.tsv     rho and y over time of the first sequence: per layer a block of the flow, a block of the network
//   twin.nc              y of both, all channels, on one axis of time
// Layers have the same tokens and channels. FHRL_IO, FHRL_NOMEM.
fhrl_status fhrl_compare_files_save(const fhrl_compare_plan *plan, const fhrl_compare_layer results[], int count,
  const char *folder, fhrl_err *err);
