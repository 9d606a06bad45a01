// SPDX-License-Identifier: GPL-3.0-or-later
// audited: a system with its view, constants and an open book, for tests that go into the parts of an audit
#include "audited.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/iss_ledger.h"
#include "support.h"

audited *audit(const char *model, const char *settings, int run)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = calloc(1, sizeof *a); // on the heap: its parts point to one another
  ck_assert_ptr_nonnull(a);
  a->g = given_system(model, settings, (fhrl_section){"iss", fhrl_iss_fields, fhrl_iss_field_count});
  fhrl_iss_options(&a->g.config, &a->plan);
  if (run) assert_ok(fhrl_iss_run(a->g.system, &a->g.input, &a->g.solver, &a->plan, a->g.x0, NULL, &a->iss, &err));
  else {
    double u[64] = {0};
    fhrl_input_at(&a->g.input, 0.0, u);
    assert_ok(fhrl_iss_view_init(&a->iss.view, a->g.system, &err));
    assert_ok(fhrl_iss_constants_find(
      &a->iss.view, &a->plan.choice, fhrl_norm(a->g.system->dims.n_u, u), &a->iss.constants, &err));
    assert_ok(fhrl_iss_ledger_open(&a->iss, &err));
  }
  fhrl_iss_sample_init(&a->q, &a->iss.view, &a->plan, &a->iss.constants, a->g.x0);
  return a;
}

void audit_free(audited *a)
{
  fhrl_iss_free(&a->iss);
  given_free(&a->g);
  free(a);
}

fhrl_iss_claim *audit_claim(audited *a, const char *id)
{
  const int i = fhrl_iss_rules_find(id);
  ck_assert_msg(i >= 0, "no claim %s", id);
  return &a->iss.claim[i];
}
