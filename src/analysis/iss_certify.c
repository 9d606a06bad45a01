// SPDX-License-Identifier: GPL-3.0-or-later
// iss_certify: which of the claims are proved, in ball arithmetic, of the argument in scalars (iss_reduced.h), and where
#include "analysis/iss_certify.h"

#include <math.h>
#include <string.h>

#include "analysis/iss_prove.h"
#include "analysis/metrics.h"

static const double vanishes = 1e-25; // an identity's residual is 2^-128 or so of its terms

static const fhrl_iss_prover *find(const char *id)
{
  const fhrl_iss_prover *const tables[] = {fhrl_iss_prove_chain, fhrl_iss_prove_practical, fhrl_iss_prove_rest};
  for (int i = 0; i < FHRL_COUNT(tables); i++)
    for (const fhrl_iss_prover *p = tables[i]; p->id; p++)
      if (strcmp(p->id, id) == 0) return p;
  return NULL;
}

fhrl_status fhrl_iss_certify(
  const fhrl_iss_frame *f, const fhrl_iss_ground *ground, const char *id, fhrl_iss_proof *out, fhrl_err *err)
{
  const fhrl_iss_view *v = f->v;
  const fhrl_iss_prover *prover = find(id);
  *out = (fhrl_iss_proof){.margin = FHRL_NAN, .residual = FHRL_NAN};
  if (prover == NULL || (!fhrl_iss_reduced_knows(v) && v->home != FHRL_ISS_HOME_LAYER)) return FHRL_OK;
  if (v->drive == FHRL_ISS_DRIVE_FASTWEIGHT && v->memory == FHRL_ISS_MEMORY_OUTER) return FHRL_OK;
  fhrl_iss_prove w = {.f = f, .ground = ground, .out = out};
  fhrl_reckon_init(&w.r);
  const fhrl_status status = prover->prove(&w, err);
  fhrl_reckon_free(&w.r);
  if (out->residual > vanishes) out->method = NULL; // balls too wide to tell
  return status;
}
