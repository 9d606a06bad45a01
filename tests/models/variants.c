// SPDX-License-Identifier: GPL-3.0-or-later
// variants: ode/variant.h for tests: what fails there fails the test
#include "variants.h"

#include <string.h>

#include "support.h"

static fhrl_err err;

void variants_make(const fhrl_model *model, variants *out) { assert_ok(fhrl_variant_make(model, out, &err)); }

fhrl_system *variants_bind(const fhrl_model *model, const double p[], uint32_t seed, double **u)
{
  fhrl_system *s;
  const char *why = model->refuse ? model->refuse(p) : NULL;
  const fhrl_status status = fhrl_variant_bind(model, p, seed, &s, u, &err);
  ck_assert_msg(status == FHRL_OK, "%s: %s", model->name, err.msg);
  ck_assert((s == NULL) == (why != NULL));
  if (why) ck_assert_uint_gt(strlen(why), 10);
  return s;
}

void variants_point(const fhrl_system *s, uint32_t seed, double spread, double x[])
{
  assert_ok(fhrl_variant_point(s, seed, spread, x, &err));
}
