// SPDX-License-Identifier: GPL-3.0-or-later
// reckon: formulas in ball arithmetic that read as formulas
#include "analysis/reckon.h"

void fhrl_reckon_init(fhrl_reckon *r) { *r = (fhrl_reckon){.slot = _arb_vec_init(FHRL_RECKON_SLOTS)}; }

void fhrl_reckon_free(fhrl_reckon *r)
{
  if (r->slot) _arb_vec_clear(r->slot, FHRL_RECKON_SLOTS);
  *r = (fhrl_reckon){0};
}
