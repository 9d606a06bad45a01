// SPDX-License-Identifier: GPL-3.0-or-later
// iss_prove: what the proofs of single claims share: constants, identities, the drive's bound
#include "analysis/iss_prove.h"

#include <math.h>
#include <stdio.h>

const char fhrl_iss_prove_everywhere[] = "every state";

void fhrl_iss_prove_constant(fhrl_iss_prove *w, const char *name, double value)
{
  fhrl_iss_proof *p = w->out;
  if (p->constants == FHRL_ISS_PROOF_CONSTANTS || isnan(value)) return;
  p->constant[p->constants].name = name;
  p->constant[p->constants++].value = value;
}

void fhrl_iss_prove_done(fhrl_iss_prove *w, const char *method, const char *form, const char *region)
{
  w->out->method = method;
  snprintf(w->out->form, sizeof w->out->form, "%s", form);
  snprintf(w->out->region, sizeof w->out->region, "%s", region);
}

double fhrl_iss_prove_size(fhrl_reckon *r, const arb_srcptr p[], int degree, double most)
{
  arb_srcptr sum = exactly(r, 0.0);
  for (int k = degree; k >= 0; k--) sum = plus(r, product(r, sum, exactly(r, most)), magnitude(r, p[k]));
  return fhrl_ball_high(sum);
}

// kappa, eps, 1 + kappa, rho* = (kappa - eps)/(1 + kappa)
fhrl_iss_letters fhrl_iss_prove_spell(fhrl_iss_prove *w)
{
  fhrl_reckon *r = &w->r;
  fhrl_iss_letters l = {.zero = exactly(r, 0.0),
    .one = exactly(r, 1.0),
    .kappa = exactly(r, w->f->v->kappa),
    .eps = exactly(r, w->f->v->epsilon)};
  l.all = plus(r, l.one, l.kappa);
  l.star = over(r, minus(r, l.kappa, l.eps), l.all);
  return l;
}
double fhrl_iss_prove_recentring(fhrl_iss_prove *w, const fhrl_iss_letters *l)
{
  fhrl_reckon *r = &w->r;
  const arb_srcptr p[] = {
    minus(r, minus(r, l->kappa, l->eps), product(r, l->all, l->star)), minus(r, l->all, plus(r, l->one, l->kappa))};
  return fhrl_iss_prove_size(r, p, 1, w->ground->rho_max);
}

int fhrl_iss_prove_drive(fhrl_iss_prove *w)
{
  const fhrl_iss_view *v = w->f->v;
  if (v->drive != FHRL_ISS_DRIVE_TANH) return v->drive == FHRL_ISS_DRIVE_NONE;
  fhrl_reckon *r = &w->r;
  return arb_is_nonnegative(minus(r, square(r, exactly(r, w->f->k->drive_sup)), exactly(r, v->d)));
}
