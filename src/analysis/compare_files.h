// SPDX-License-Identifier: GPL-3.0-or-later
// compare_files: what `fhrl compare` leaves: its JSON, and the tables that its figures are drawn from
#pragma once

#include "analysis/compare.h"
#include "io/json.h"

// Adds `rate` and `layers[]` to the object; a NaN is null with its reason beside it, and so is c = infinity.
void fhrl_compare_files_json(const fhrl_compare_plan *plan, const fhrl_compare_layer results[], int count,
  fhrl_json *object);

// Writes into the folder:
//   compare.tsv        error of the ladder against h, a block per layer
//   compare_c.tsv      relative error of the flow against c at both rates, and its limits, a block per layer
//   compare_twin.tsv   rho and y over time of the first sequence: per layer a block of the flow, a block of the network
// FHRL_IO, FHRL_NOMEM.
fhrl_status fhrl_compare_files_save(const fhrl_compare_layer results[], int count, const char *folder, fhrl_err *err);
