// SPDX-License-Identifier: GPL-3.0-or-later
// iss_prove_chain: proofs of the identities of the chain, of the radius and of the recentred function [theory 3b, 3c]
#include "analysis/iss_prove.h"

#include <math.h>
#include <stdio.h>

#include "analysis/branch.h"

static const double slack = 1e-9; // 3c: (1+kappa) rho/(rho+eps) >= (1 - slack) kappa~, whose margin vanishes at rho_min

// ---- identities: a polynomial in rho that has to vanish

// V'(rho) = rho - 1 of V = (rho-1)^2/2, multiplied out and differentiated: (rho^2/2 - rho + 1/2)'.
static fhrl_status s13(fhrl_iss_prove *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  arb_srcptr half = exactly(r, 0.5), two = exactly(r, 2.0), one = exactly(r, 1.0);
  const arb_srcptr p[] = {plus(r, negative(r, one), one), minus(r, product(r, two, half), one)};
  w->out->residual = fhrl_iss_prove_size(r, p, 1, w->ground->rho_max);
  fhrl_iss_prove_done(w, "identity", "V'(rho) - (rho - 1) = 0, so dV/dt = e d rho/dt with d rho/dt = yhat'dy/dt",
    fhrl_iss_prove_everywhere);
  return FHRL_OK;
}

static fhrl_status s14(fhrl_iss_prove *w, fhrl_err *err)
{
  if (!fhrl_iss_reduced_knows(w->f->v)) return FHRL_OK;
  w->out->residual = 0.0;
  fhrl_iss_prove_done(
    w, "identity", "d rho/dt = -rho + yhat'f + yhat'h, for yhat'(-y) = -rho", fhrl_iss_prove_everywhere);
  return FHRL_OK;
}

// radial: e (-kappa rho e) + kappa rho e^2, over rho + eps. reentry: the same with q <= mu_high, so q >= 1 is asked.
static fhrl_status s20(fhrl_iss_prove *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  const fhrl_iss_view *v = w->f->v;
  if (v->home == FHRL_ISS_HOME_RADIAL) {
    const fhrl_iss_letters l = fhrl_iss_prove_spell(w);
    arb_srcptr off = minus(r, l.kappa, l.kappa), two = exactly(r, 2.0);
    const arb_srcptr p[] = {l.zero, off, product(r, two, off), off};
    w->out->residual = fhrl_iss_prove_size(r, p, 3, w->ground->rho_max);
    fhrl_iss_prove_done(w, "identity", "e yhat'h = -kappa rho/(rho+eps) e^2", fhrl_iss_prove_everywhere);
  } else if (v->home == FHRL_ISS_HOME_REENTRY && w->f->k->mu >= 1.0) {
    w->out->margin = 0.0;
    fhrl_iss_prove_done(
      w, "factored", "rhs - lhs = kappa' e^2 (yhat'W_r yhat - 1) >= 0, for mu >= 1", fhrl_iss_prove_everywhere);
    fhrl_iss_prove_constant(w, "mu", w->f->k->mu);
  }
  return FHRL_OK;
}

static fhrl_status radius(fhrl_iss_prove *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  const fhrl_iss_letters l = fhrl_iss_prove_spell(w);
  // the first integral: eps (rho-rho*) - (eps+rho*) rho + rho* (rho+eps) = 0
  const arb_srcptr p[] = {minus(r, product(r, l.star, l.eps), product(r, l.eps, l.star)),
    plus(r, minus(r, l.eps, plus(r, l.eps, l.star)), l.star)};
  const double integral = fhrl_iss_prove_size(r, p, 1, w->ground->rho_max);
  w->out->residual = fmax(fhrl_iss_prove_recentring(w, &l), integral);
  fhrl_iss_prove_constant(w, "rho_star", w->f->k->rho_star);
  fhrl_iss_prove_done(w, "identity",
    "-(rho+eps) - kappa (rho-1) + (1+kappa)(rho-rho*) = 0; the first integral's derivative is that of "
    "(1+kappa) t: eps (rho-rho*) - (eps+rho*) rho + rho* (rho+eps) = 0",
    fhrl_iss_prove_everywhere);
  return FHRL_OK;
}

static fhrl_status recentred(fhrl_iss_prove *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  const fhrl_iss_letters l = fhrl_iss_prove_spell(w);
  const double off = fhrl_iss_prove_recentring(w, &l);
  arb_srcptr reach = plus(r, exactly(r, w->ground->rho_max), magnitude(r, l.star));
  w->out->residual = fhrl_ball_high(product(r, exactly(r, off), reach)); // times rho/(rho+eps) <= 1 and |rho - rho*|
  fhrl_iss_prove_constant(w, "rho_star", w->f->k->rho_star);
  fhrl_iss_prove_done(w, "identity",
    "(rho-rho*) rho/(rho+eps) [-(rho+eps) - kappa (rho-1) + (1+kappa)(rho-rho*)] = 0, for every yhat'f",
    fhrl_iss_prove_everywhere);
  return FHRL_OK;
}

// ---- 3c: the decay

typedef struct decay {
  const fhrl_iss_view *v;
  double rate;
} decay;

static arb_srcptr decay_margin(const void *context, fhrl_reckon *r, const arb_struct x[])
{
  const decay *d = context;
  arb_srcptr one = exactly(r, 1.0), eps = exactly(r, d->v->epsilon), all = plus(r, one, exactly(r, d->v->kappa));
  if (d->v->epsilon == 0.0) return minus(r, all, exactly(r, d->rate));
  return minus(r, product(r, all, minus(r, one, over(r, eps, plus(r, &x[0], eps)))), exactly(r, d->rate));
}

static fhrl_status recentred_decay(fhrl_iss_prove *w, fhrl_err *err)
{
  const fhrl_iss_view *v = w->f->v;
  const fhrl_iss_ground *g = w->ground;
  const double least = g->rho_min, full = (1.0 + v->kappa) * least / (least + v->epsilon);
  const decay d = {v, (1.0 - slack) * full};
  const double star = (v->kappa - v->epsilon) / (1.0 + v->kappa);
  fhrl_branch b;
  FHRL_TRY(fhrl_branch_prove(decay_margin, &d, 1, &least, &g->rho_max, 0.0, g->boxes, g->stop, &b, err));
  if (b.end != FHRL_BRANCH_PROVED || !(d.rate > 0.0)) return FHRL_OK;
  const fhrl_iss_letters l = fhrl_iss_prove_spell(w);
  char region[FHRL_ISS_PROOF_TEXT];
  const double inflow = full * (star - least), F = w->f->k->drive_sup;
  snprintf(region, sizeof region, "while %.6g <= rho <= %.6g%s", least, g->rho_max,
    F * (1.0 + slack) <= inflow &&
        F * (1.0 + slack) < (1.0 + v->kappa) * (g->rho_max - star) * g->rho_max / (g->rho_max + v->epsilon)
      ? "; rho stays there: F <= (1+kappa) rho_min (rho*-rho_min)/(rho_min+eps)"
      : "");
  w->out->boxes = b.boxes;
  w->out->margin = b.least;
  w->out->residual = fhrl_iss_prove_recentring(w, &l);
  fhrl_iss_prove_constant(w, "rho_min", least);
  fhrl_iss_prove_constant(w, "rho_max", g->rho_max);
  fhrl_iss_prove_constant(w, "kappa_tilde", d.rate);
  fhrl_iss_prove_constant(w, "drive_sup", F);
  fhrl_iss_prove_constant(w, "drive_sup_allowed", inflow); // up to it rho stays above rho_min
  fhrl_iss_prove_done(w, "branch and bound",
    "(1+kappa) rho/(rho+eps) - (1-1e-9) kappa~ >= 0, kappa~ = (1+kappa) rho_min/(rho_min+eps)", region);
  return FHRL_OK;
}

// F of (5) is no less than sqrt(d), in balls.
// kappa [(1+eps)(rho+eps) - rho (rho+eps) + rho (rho-1)] = kappa eps (1+eps)
static fhrl_status ultimate(fhrl_iss_prove *w, fhrl_err *err)
{
  fhrl_reckon *r = &w->r;
  const fhrl_iss_letters l = fhrl_iss_prove_spell(w);
  const int known = !isnan(w->f->k->drive_sup);
  if (known && !fhrl_iss_prove_drive(w)) return FHRL_OK;
  arb_srcptr soft = plus(r, l.one, l.eps), factor = product(r, product(r, l.kappa, l.eps), soft);
  const arb_srcptr p[] = {minus(r, product(r, l.kappa, product(r, soft, l.eps)), factor),
    product(r, l.kappa, minus(r, minus(r, soft, l.eps), l.one)), minus(r, l.kappa, l.kappa)};
  w->out->residual = fhrl_iss_prove_size(r, p, 2, w->ground->rho_max);
  if (!arb_is_nonnegative(factor)) return FHRL_OK;
  w->out->margin = fhrl_ball_low(factor);
  fhrl_iss_prove_constant(w, "drive_sup", w->f->k->drive_sup);
  fhrl_iss_prove_constant(w, "factor", w->out->margin);
  fhrl_iss_prove_done(w, "factored",
    "-(1+kappa) rho + kappa (1+eps) + F - d rho/dt = kappa eps (1+eps)/(rho+eps) + (F - yhat'f) >= 0",
    known ? fhrl_iss_prove_everywhere : "every state; F is that of the orbit");
  return FHRL_OK;
}

const fhrl_iss_prover fhrl_iss_prove_chain[] = {{"S13", s13}, {"S14", s14}, {"S20", s20}, {"radius", radius},
  {"recentred", recentred}, {"recentred_decay", recentred_decay}, {"ultimate", ultimate}, {NULL, NULL}};
