// SPDX-License-Identifier: GPL-3.0-or-later
// reproduce_page: report.html: verdicts, figures beside the paper's values, controls; one file that needs no other
#pragma once

#include "analysis/reproduce.h"

// Writes FOLDER/report.html with the figures that FOLDER holds (fig2.svg ...; one that is not there is said to be missing).
// results: one for each claim of fhrl_claims_table. version: of the program. FHRL_IO, FHRL_FORMAT.
fhrl_status fhrl_reproduce_page_save(const fhrl_reproduce *r, const fhrl_claims_result results[], const char *folder,
  const char *version, fhrl_err *err);
