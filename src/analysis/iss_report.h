// SPDX-License-Identifier: GPL-3.0-or-later
// iss_report: verdicts as JSON, orbits as tables
#pragma once

#include "analysis/iss.h"
#include "io/json.h"

enum { FHRL_ISS_REPORT_NAME = 32 };

// Columns of iss->row: t, rho, V, V_dot, yhat_f, A, u, then ID_lhs and ID_rhs of every rule.
int fhrl_iss_report_columns(void);
void fhrl_iss_report_column(int i, char name[FHRL_ISS_REPORT_NAME], const char **unit);

// rho_star, constants, inequalities, orbits: put into `result`.
void fhrl_iss_report_json(const fhrl_iss *iss, fhrl_json *result);

// The orbits, one block each, and the profile over rho.
fhrl_status fhrl_iss_report_orbits(const fhrl_iss *iss, const char *path, fhrl_err *err);
fhrl_status fhrl_iss_report_profile(const fhrl_iss *iss, const char *path, fhrl_err *err);
