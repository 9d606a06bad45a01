// SPDX-License-Identifier: GPL-3.0-or-later
// iss_judge: from what was compared to verdicts: witnesses confirmed in ball arithmetic, claims certified, the rest said
#include "analysis/iss_judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/iss_ball.h"
#include "analysis/iss_ledger.h"
#include "analysis/metrics.h"

// The orbits as a whole decide what no single state can [theory 3e].
static fhrl_status judge_spectral(
  fhrl_iss *iss, const fhrl_iss_plan *plan, const fhrl_input *in, double u[], fhrl_err *err)
{
  fhrl_iss_claim *c = &iss->claim[fhrl_iss_rules_find("reentry_spectral")];
  if (c->verdict == FHRL_ISS_OPEN) return FHRL_OK;
  const double sign = 1.0 + iss->view.kappa * iss->constants.re_min;
  const fhrl_iss_path *first = NULL;
  int diverged = 0;
  double largest = 0.0;
  for (int i = 0; i < iss->paths; i++) {
    if (iss->path[i].diverged && first == NULL) first = &iss->path[i];
    diverged += iss->path[i].diverged;
    largest = fmax(largest, iss->path[i].rho_max);
  }
  c->compared = iss->paths;
  c->margin = plan->rho_limit - largest;
  c->allowance = 0.0;
  char start[64] = "";
  if (first) snprintf(start, sizeof start, ", first from rho_0 = %.6g", first->rho_0);
  c->of_orbits = 1;
  snprintf(c->reason, sizeof c->reason, "1 + kappa min Re lambda(W_r) = %.6g; %d of %d orbits diverged%s%s", sign,
    diverged, iss->paths, start, sign < 0.0 && first == NULL ? ": no start that diverges was found" : "");
  if (iss->paths == 0 || fabs(sign) < 1e-9 || (sign < 0.0 && first == NULL)) {
    c->verdict = FHRL_ISS_OPEN;
    return FHRL_OK;
  }
  if (sign < 0.0 || first == NULL) return FHRL_OK;
  fhrl_input_at(in, first->t_end, u);
  const fhrl_iss_point p = {.x = first->last, .u = u, .t = first->t_end, .rho = first->rho_max};
  return fhrl_iss_ledger_violate(iss, c, &p, (fhrl_iss_pair){.lhs = p.rho, .rhs = plan->rho_limit}, err);
}

// What the comparisons of single states leave to be said.
static void judge_rest(fhrl_iss *iss)
{
  fhrl_iss_claim *s17 = &iss->claim[fhrl_iss_rules_find("S17")], *s22 = &iss->claim[fhrl_iss_rules_find("S22")];
  if (s17->verdict == FHRL_ISS_VIOLATED && !isnan(iss->S17_needed))
    snprintf(s17->reason, sizeof s17->reason, "at A = 0, u = 0 no c_f below %.4g would do", iss->S17_needed);
  if (s22->verdict == FHRL_ISS_VIOLATED && !isnan(iss->S22_allowed))
    snprintf(s22->reason, sizeof s22->reason,
      iss->S22_allowed > 0.0 ? "at A = 0, u = 0 no c above %.4g would do"
                             : "at A = 0, u = 0 no c > 0 would do (least -V_dot/e^2: %.4g)",
      iss->S22_allowed);
  if (s22->verdict == FHRL_ISS_HELD && iss->constants.S22_c <= 0.0) {
    s22->verdict = FHRL_ISS_OPEN;
    snprintf(s22->reason, sizeof s22->reason,
      "1 + kappa/(1+eps) - c_f = %.6g: kappa is not large enough for the argument", iss->constants.S22_c);
  }
  fhrl_iss_claim *s15 = &iss->claim[fhrl_iss_rules_find("S15")];
  if (s15->verdict == FHRL_ISS_VIOLATED)
    snprintf(s15->reason, sizeof s15->reason, "rhs - lhs = rho - 1: true for rho >= 1 alone");
  for (int i = 0; i < fhrl_iss_rules_count; i++) {
    fhrl_iss_claim *c = &iss->claim[i];
    if (c->verdict == FHRL_ISS_HELD && c->compared == 0) {
      c->verdict = FHRL_ISS_OPEN;
      snprintf(c->reason, sizeof c->reason, "nothing that was looked at falls under it (orbits: %d)", iss->paths);
    }
    if (c->verdict == FHRL_ISS_OPEN) c->margin = c->allowance = FHRL_NAN;
  }
}

// ---- witnesses

// Lower bound of lhs - rhs (of |lhs - rhs| for an identity) at the witness, proved; NaN where no ball can tell.
static double confirmed(const fhrl_iss *iss, const fhrl_iss_claim *c, const fhrl_iss_witness *w)
{
  const fhrl_iss_frame f = {&iss->view, &iss->constants};
  if (w->x == NULL || !fhrl_iss_ball_knows(&iss->view)) return FHRL_NAN;
  fhrl_iss_ball b;
  arb_srcptr lhs, rhs;
  double low = FHRL_NAN;
  fhrl_iss_ball_look(&iss->view, w->x, w->u, &b);
  if (fhrl_iss_ball_sides(&f, &b, c->rule->id, &lhs, &rhs)) {
    arb_srcptr gap = minus(&b.r, lhs, rhs);
    low = fhrl_ball_low(w->equal ? magnitude(&b.r, gap) : gap);
  }
  fhrl_iss_ball_free(&b);
  return low;
}

// The pole of the layer's gain asks for beta alone.
static double confirmed_anyway(const fhrl_iss *iss, const fhrl_iss_claim *c, const fhrl_iss_witness *w)
{
  if (iss->view.home == FHRL_ISS_HOME_LAYER &&
    c->rule->compare == iss->claim[fhrl_iss_rules_find("gain_pole")].rule->compare)
    return iss->view.beta - 1.0 > 0.0 ? iss->view.beta - 1.0 : FHRL_NAN; // exact: beta < 2^53
  return confirmed(iss, c, w);
}

static void swap(fhrl_iss_witness *a, fhrl_iss_witness *b)
{
  const fhrl_iss_witness keep = *a;
  *a = *b;
  *b = keep;
}

static void forget_witness(fhrl_iss_witness *w)
{
  free(w->x);
  free(w->u);
  *w = (fhrl_iss_witness){0};
}

static void confirm(fhrl_iss *iss, fhrl_iss_claim *c)
{
  if (c->of_orbits)
    return; // no single state shows it: lhs and rhs are the orbit's, and what it allows for is its error
  c->witness.gap_low = confirmed_anyway(iss, c, &c->witness);
  c->worst.gap_low = confirmed_anyway(iss, c, &c->worst);
  c->witness.verified = c->witness.gap_low > 0.0;
  c->worst.verified = c->worst.gap_low > 0.0;
  if (!c->witness.verified && c->worst.verified) swap(&c->witness, &c->worst);
  if (c->witness.verified) return;
  c->verdict = FHRL_ISS_OPEN;
  snprintf(c->reason, sizeof c->reason, "in double precision %.9g against %.9g at rho = %.9g, which ball arithmetic %s",
    c->witness.lhs, c->witness.rhs, c->witness.rho,
    fhrl_iss_ball_knows(&iss->view) ? "does not confirm"
                                    : "cannot confirm for this model: its terms are not known to it");
  forget_witness(&c->witness);
  forget_witness(&c->worst);
}

// ---- certificates

static fhrl_status certify(fhrl_iss *iss, fhrl_iss_claim *c, const fhrl_iss_plan *plan, fhrl_err *err)
{
  const fhrl_iss_frame f = {&iss->view, &iss->constants};
  const fhrl_iss_ground ground = {plan->rho_min, plan->rho_max, plan->boxes, iss->watch.stop};
  fhrl_iss_proof proof;
  FHRL_TRY(fhrl_iss_certify(&f, &ground, c->rule->id, &proof, err));
  if (proof.method == NULL || iss->reduced_gap > 0.0)
    return FHRL_OK; // the model's terms are not those that were proved of
  if (c->verdict == FHRL_ISS_VIOLATED)
    return fhrl_fail(err, FHRL_NUMERIC, "%s is proved (%s) and violated at rho = %.17g: %.17g against %.17g",
      c->rule->id, proof.form, c->witness.rho, c->witness.lhs, c->witness.rhs);
  c->proof = proof;
  c->verdict = FHRL_ISS_CERTIFIED;
  return FHRL_OK;
}

fhrl_status fhrl_iss_judge(fhrl_iss *iss, const fhrl_iss_plan *plan, const fhrl_input *in, double u[], fhrl_err *err)
{
  FHRL_TRY(judge_spectral(iss, plan, in, u, err));
  for (int i = 0; i < fhrl_iss_rules_count; i++) {
    fhrl_iss_claim *c = &iss->claim[i];
    if (c->verdict == FHRL_ISS_VIOLATED) confirm(iss, c);
    if (c->verdict != FHRL_ISS_OPEN) FHRL_TRY(certify(iss, c, plan, err));
  }
  judge_rest(iss);
  return FHRL_OK;
}
