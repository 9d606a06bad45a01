// SPDX-License-Identifier: GPL-3.0-or-later
// audited: a system with its view, constants and an open book, for tests that go into the parts of an audit
#pragma once

#include "analysis/iss.h"
#include "given.h"

typedef struct audited {
  given g;
  fhrl_iss_plan plan;
  fhrl_iss iss;
  fhrl_iss_sample q;
} audited;

// settings as of given_system; the book is open and empty unless run is 1: then everything has been tried.
// Owned by the caller.
audited *audit(const char *model, const char *settings, int run);
void audit_free(audited *a);

// A claim of the book by id; aborts the test if there is none.
fhrl_iss_claim *audit_claim(audited *a, const char *id);
