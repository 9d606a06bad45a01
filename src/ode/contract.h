// SPDX-License-Identifier: GPL-3.0-or-later
// contract: what every model promises, examined on a descriptor: by the tests on the program's own models, by
// `fhrl models MODEL --check` on anyone's
#pragma once

#include "ode/model.h"
#include "base/status.h"

// What can be seen without a callback but dims(): names, meanings and units are there, names unique, counts and tables
// agree, defaults are finite and in their ranges, callbacks stand where tables ask for them, dims() of the defaults makes
// sense. Safe on any bytes that are a fhrl_model at all: nothing else of the program has to expect less.
// FHRL_FORMAT naming table, entry and what is wrong with it.
fhrl_status fhrl_contract_table_check(const fhrl_model *model, fhrl_err *err);

typedef struct fhrl_contract_fact {
  const char *name;    // one word
  const char *meaning; // one line
} fhrl_contract_fact;

extern const fhrl_contract_fact fhrl_contract_facts[];
extern const int fhrl_contract_fact_count;

typedef enum fhrl_contract_verdict {
  FHRL_CONTRACT_HELD,
  FHRL_CONTRACT_BROKEN,
  FHRL_CONTRACT_EMPTY, // the model does not promise this: it has no jvp, no terms, ...
} fhrl_contract_verdict;

typedef struct fhrl_contract_finding {
  fhrl_contract_verdict verdict;
  int cases;    // parameter sets and points that were looked at
  fhrl_err why; // broken: the first case that breaks it, with the numbers; empty: what is missing
} fhrl_contract_finding;

// Examines one fact at every variant (variant.h) that the model accepts, at three points of growing spread. A fact beyond
// "tables" asks for a model that passes fhrl_contract_table_check. FHRL_NOMEM, FHRL_LIMIT (too many parameters).
fhrl_status fhrl_contract_examine(const fhrl_model *model, int fact, fhrl_contract_finding *out, fhrl_err *err);

// "held", "broken", "-"
const char *fhrl_contract_text(fhrl_contract_verdict verdict);
