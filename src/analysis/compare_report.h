// SPDX-License-Identifier: GPL-3.0-or-later
// compare_report: the JSON of `fhrl compare`, layer by layer
#pragma once

#include "analysis/compare.h"
#include "io/json.h"

// Adds `rate` and `layers[]` to the object; a NaN is null with its reason beside it, and so is c = infinity.
void fhrl_compare_report_json(const fhrl_compare_plan *plan, const fhrl_compare_layer results[], int count,
  fhrl_json *object);

// Takes slots.network of each result from a probe's metrics.json; they stay unknown where the file or its field is missing.
void fhrl_compare_report_probed(const char *path, fhrl_compare_layer results[], int count);
