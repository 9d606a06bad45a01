// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_report: what was measured, as JSON and as a table
#pragma once

#include "analysis/exponents.h"
#include "io/json.h"

// Adds the fields of doc/results.md to an object. e has been finished.
void fhrl_exponents_report_json(const fhrl_exponents *e, fhrl_json *o);

// Running estimates: t (time measured), and of each exponent its mean and the ends of its 95 % interval; the last row is the
// result.
fhrl_status fhrl_exponents_report_running(const fhrl_exponents *e, const char *path, fhrl_err *err);

// A row per exponent: index, lambda, standard_error, low, high, and the share of its vector in each block of states.
fhrl_status fhrl_exponents_report_spectrum(const fhrl_exponents *e, const char *path, fhrl_err *err);
