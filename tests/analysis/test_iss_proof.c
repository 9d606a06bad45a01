// SPDX-License-Identifier: GPL-3.0-or-later
// test_iss_proof: what counts as violated is confirmed in balls, what is certified is true and says where, nothing else is
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/init.h"
#include "analysis/iss_ball.h"
#include "analysis/iss_judge.h"
#include "analysis/iss_ledger.h"
#include "analysis/iss_reduced.h"
#include "analysis/iss_search.h"
#include "audited.h"
#include "support.h"

static const char quick[] = "solver.t_end=10 iss.samples=500 iss.trajectories=4 ";

static audited *tried(const char *settings)
{
  char all[1024];
  snprintf(all, sizeof all, "%s%s", quick, settings);
  return audit("fhrl", all, 1);
}

static void expect(audited *a, const char *id, fhrl_iss_verdict want)
{
  const fhrl_iss_claim *c = audit_claim(a, id);
  ck_assert_msg(c->verdict == want, "%s is %s instead of %s: %s", id, fhrl_iss_verdict_text(c->verdict),
    fhrl_iss_verdict_text(want), c->reason);
  ck_assert_int_eq(c->proof.method != NULL, want == FHRL_ISS_CERTIFIED);
}

static double constant(const fhrl_iss_claim *c, const char *name)
{
  for (int i = 0; i < c->proof.constants; i++)
    if (strcmp(c->proof.constant[i].name, name) == 0) return c->proof.constant[i].value;
  ck_abort_msg("%s: no constant %s", c->rule->id, name);
}

// ---- balls

START_TEST(balls_see_the_terms_that_the_model_has)
{
  static const char *const drives[] = {"tanh", "fastweight", "none"},
                           *const homes[] = {"radial", "reentry", "gain", "none"};
  fhrl_err err = {FHRL_OK, ""};
  char settings[256];
  snprintf(settings, sizeof settings,
    "model.d=3 model.epsilon=0.07 model.kappa=1.3 model.beta=0.7 model.seed=5 model.memory=%s "
    "model.drive=%s model.homeostasis=%s",
    _i % 2 ? "normalized" : "outer", drives[_i % 3], homes[_i % 4]);
  audited *a = audit("fhrl", settings, 0);
  const fhrl_iss_frame f = {&a->iss.view, &a->iss.constants};
  ck_assert_int_eq(fhrl_iss_ball_knows(&a->iss.view), 1);
  for (int i = 100; i < 160; i++) {
    double x[12], u[3];
    fhrl_iss_point p;
    fhrl_iss_ball b;
    fhrl_iss_sample_state(&a->q, i, x, u);
    assert_ok(fhrl_iss_view_look(&a->iss.view, 0.0, x, u, &p, &err));
    fhrl_iss_ball_look(&a->iss.view, x, u, &b);
    const struct {
      arb_srcptr ball;
      double value;
    } pair[] = {
      {b.rho, p.rho}, {b.e, p.e}, {b.leak, p.leak}, {b.drive, p.drive}, {b.home, p.home}, {b.A, p.A}, {b.u, p.u_norm}};
    for (int k = 0; k < FHRL_COUNT(pair);
         k++) { // a few roundings of the terms; the gain is steep where its divisor is small
      const double tol = 1e-13 * (1.0 + p.rho + p.A * p.rho + fabs(pair[k].value)), low = fhrl_ball_low(pair[k].ball);
      ck_assert_double_eq_tol(low, pair[k].value, tol);
      ck_assert_double_le(fhrl_ball_high(pair[k].ball) - low, 1e-15 * (1.0 + fabs(low)));
    }
    for (int k = 0; k < fhrl_iss_rules_count; k++) {
      fhrl_iss_pair both;
      arb_srcptr lhs, rhs;
      const fhrl_iss_rule *rule = &fhrl_iss_rules_table[k];
      b.r.used = 40; // what look() left; the sides of one claim after the other need not fit together
      if (a->iss.claim[k].verdict == FHRL_ISS_OPEN || !rule->compare(&f, &p, NULL, &both)) continue;
      if (!fhrl_iss_ball_sides(&f, &b, rule->id, &lhs, &rhs)) continue;
      const double tol = 1e-12 * (1.0 + fabs(both.lhs) + fabs(both.rhs)) + both.allowance;
      ck_assert_double_eq_tol(fhrl_ball_low(lhs), both.lhs, tol);
      ck_assert_double_eq_tol(fhrl_ball_high(rhs), both.rhs, tol);
    }
    ck_assert_double_le(fhrl_iss_reduced_gap(&f, &p), 0.0); // the scalar form holds there
    p.leak += 1e-9;                                         // and would not be believed if it did not
    ck_assert_double_gt(fhrl_iss_reduced_gap(&f, &p), 0.0);
    fhrl_iss_ball_free(&b);
  }
  audit_free(a);
}
END_TEST

START_TEST(every_violation_of_a_state_is_confirmed)
{
  static const char *const settings[] = {"model.drive=none model.kappa=1", "", "model.d=3 model.homeostasis=reentry",
    "model.drive=fastweight model.memory=normalized", "model.W=diag_0.1 iss.sector=naive"};
  audited *a = tried(settings[_i]);
  int violated = 0;
  for (int i = 0; i < fhrl_iss_rules_count; i++) {
    const fhrl_iss_claim *c = &a->iss.claim[i];
    if (c->verdict != FHRL_ISS_VIOLATED) continue;
    violated++;
    ck_assert_int_eq(c->witness.verified, 1);
    ck_assert_double_gt(c->witness.gap_low, 0.0);
    ck_assert_double_eq_tol(
      c->witness.gap_low, c->witness.lhs - c->witness.rhs, 1e-12 * (1 + fabs(c->witness.lhs) + fabs(c->witness.rhs)));
    if (c->worst.verified) ck_assert_double_le(c->witness.gap_low, c->worst.gap_low * (1 + 1e-12));
  }
  ck_assert_int_ge(violated, 3);
  expect(a, "S15", FHRL_ISS_VIOLATED);
  ck_assert_double_le(audit_claim(a, "S15")->witness.gap_low, 0.5); // at rho = 1/2 exactly 1 - rho
  ck_assert_double_ge(audit_claim(a, "S15")->witness.gap_low, 0.5 * (1 - 1e-15));
  audit_free(a);
}
END_TEST

START_TEST(a_violation_that_no_ball_confirms_does_not_count)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = audit("fhrl", "", 0);
  double x[6] = {0.3, 0.4}, u[2] = {0.1, 0.0};
  fhrl_iss_point p;
  assert_ok(fhrl_iss_view_look(&a->iss.view, 0.0, x, u, &p, &err));
  assert_ok(fhrl_iss_ledger_enter(&a->iss, &p, NULL, 0, &err));
  assert_ok(fhrl_iss_ledger_violate(&a->iss, audit_claim(a, "S17"), &p, (fhrl_iss_pair){.lhs = 2.0, .rhs = 1.0}, &err));
  assert_ok(fhrl_iss_judge(&a->iss, &a->plan, &a->g.input, u, &err));
  expect(a, "S17", FHRL_ISS_OPEN);
  ck_assert_ptr_nonnull(strstr(audit_claim(a, "S17")->reason, "does not confirm"));
  ck_assert_ptr_null(audit_claim(a, "S17")->witness.x);
  expect(a, "S15", FHRL_ISS_VIOLATED); // at the same state
  audit_free(a);
}
END_TEST

// ---- the search

START_TEST(search_alone_finds_what_is_false)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = audit("fhrl", "model.W=diag_0.1 iss.sector=naive model.seed=3", 0);
  assert_ok(fhrl_iss_search(&a->iss, &a->q, &err));
  static const char *const wrong[] = {"S15", "S16", "S17", "S21", "S22"};
  for (int i = 0; i < FHRL_COUNT(wrong); i++) expect(a, wrong[i], FHRL_ISS_VIOLATED);
  const fhrl_iss_claim *s16 = audit_claim(a, "S16");
  const double *x = s16->worst.x;
  ck_assert_double_le(fhrl_norm(2, x), a->plan.rho_max * (1 + 1e-12)); // within the box
  ck_assert_double_le(fhrl_norm(4, x + 2), a->plan.A_max * (1 + 1e-12));
  // |yhat'f| <= sqrt(2), so that the excess is at most that; the ascent comes close to what a fine scan of A = a yhat yhat' finds
  double best = 0.0;
  for (double rho = 0.01; rho <= 4; rho += 0.01)
    for (double s = 0.01; s <= 2; s += 0.01)
      best = fmax(best, sqrt(2) * tanh((0.1 + s) * rho / sqrt(2)) - 0.1 * rho - s);
  ck_assert_double_ge(-s16->margin, 0.95 * best);
  audit_free(a);
}
END_TEST

START_TEST(ascent_leads_up)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = audit("fhrl", "model.seed=4 iss.ascents=0", 0), *b = audit("fhrl", "model.seed=4 iss.ascents=8", 0);
  assert_ok(fhrl_iss_search(&a->iss, &a->q, &err));
  assert_ok(fhrl_iss_search(&b->iss, &b->q, &err));
  ck_assert_int_eq(a->iss.searched, 512);
  ck_assert_int_gt(b->iss.searched, 512);
  ck_assert_double_lt(audit_claim(b, "S17")->margin, 1.02 * audit_claim(a, "S17")->margin); // both negative
  ck_assert_double_le(audit_claim(b, "S22")->margin, audit_claim(a, "S22")->margin);
  audit_free(a);
  audit_free(b);
}
END_TEST

// ---- certificates

START_TEST(certificates_say_their_region_and_constants)
{
  audited *a = tried("model.drive=none model.kappa=1 model.epsilon=0.1 iss.rho_min=0.2 iss.rho_max=3");
  static const char *const proved[] = {"S13", "S14", "S16", "S17", "S20", "radius", "recentred", "recentred_decay",
    "ultimate", "practical", "practical_tight", "memory"};
  for (int i = 0; i < FHRL_COUNT(proved); i++) expect(a, proved[i], FHRL_ISS_CERTIFIED);
  const fhrl_iss_claim *c = audit_claim(a, "recentred_decay");
  ck_assert_str_eq(c->proof.method, "branch and bound");
  ck_assert_double_eq_tol(constant(c, "kappa_tilde"), 2.0 * 0.2 / 0.3, 1e-8);
  ck_assert_double_eq(constant(c, "rho_max"), 3.0);
  ck_assert_ptr_nonnull(strstr(c->proof.region, "rho stays there"));
  ck_assert_int_ge(c->proof.boxes, 1);
  ck_assert_double_gt(c->proof.margin, 0.0);
  ck_assert_double_le(c->proof.margin, 2e-9); // 1e-9 of kappa~ is all there is at rho_min
  ck_assert_double_le(audit_claim(a, "recentred")->proof.residual, 1e-30);
  ck_assert_double_eq_tol(constant(audit_claim(a, "ultimate"), "factor"), 0.11, 1e-15); // kappa eps (1+eps)
  for (int i = 0; i < 2; i++) { // what is proved is no more than what is seen
    const fhrl_iss_claim *p = audit_claim(a, i ? "practical_tight" : "practical");
    ck_assert_double_ge(p->proof.margin, 0.0);
    ck_assert_double_le(p->proof.margin, p->margin + 1e-9);
  }
  audit_free(a);
}
END_TEST

static fhrl_iss_proof proof_with(audited *a, const char *id, const fhrl_iss_constants *k)
{
  fhrl_err err = {FHRL_OK, ""};
  const fhrl_iss_frame f = {&a->iss.view, k};
  const fhrl_iss_ground ground = {a->plan.rho_min, a->plan.rho_max, a->plan.boxes, NULL};
  fhrl_iss_proof out;
  assert_ok(fhrl_iss_certify(&f, &ground, id, &out, &err));
  return out;
}

START_TEST(constants_that_are_too_small_are_not_certified)
{
  audited *a = audit("fhrl", "model.w_scale=0.2 model.seed=2", 0);
  fhrl_iss_constants k = a->iss.constants;
  ck_assert_ptr_nonnull(proof_with(a, "S16", &k).method);
  k.b_A *= 1 - 1e-12;
  ck_assert_ptr_null(proof_with(a, "S16", &k).method);
  k = a->iss.constants;
  k.b_u *= 1 - 1e-12;
  ck_assert_ptr_null(proof_with(a, "S16", &k).method);
  k = a->iss.constants;
  ck_assert_ptr_nonnull(proof_with(a, "practical_tight", &k).method);
  k.tight.c_0 *= 1 - 1e-4; // beyond the 1e-6 that it is raised by
  ck_assert_ptr_null(proof_with(a, "practical_tight", &k).method);
  k = a->iss.constants;
  ck_assert_int_eq(k.bounded, 1);
  k.drive_sup = sqrt(2) * (1 - 1e-15);
  ck_assert_ptr_null(proof_with(a, "ultimate", &k).method);
  ck_assert_ptr_null(proof_with(a, "practical", &k).method);
  audit_free(a);
  a = tried("model.w_scale=0.3 iss.sector=given iss.a_f=0.1 iss.b_A=0.1 iss.b_u=0.1 model.seed=2");
  expect(a, "S16", FHRL_ISS_VIOLATED);
  audit_free(a);
}
END_TEST

START_TEST(tight_constants_are_tighter_and_cannot_be_tightened)
{
  char settings[200];
  snprintf(settings, sizeof settings, "model.w_scale=%g model.kappa=%g model.epsilon=%g model.seed=%d",
    0.1 + 0.2 * (_i % 3), 1.0 + _i, _i % 2 ? 1e-6 : 0.2, _i + 1);
  audited *a = audit("fhrl", settings, 0);
  const fhrl_iss_constants *k = &a->iss.constants;
  const double plain = (k->c_0 + k->c_A * k->A_bar * k->A_bar + k->c_u * k->u_bar * k->u_bar) / (2 * k->c);
  ck_assert_int_gt(k->front_count, 10);
  ck_assert_double_le(k->tight.V_ultimate, plain * (1 + 1e-9));
  for (int i = 0; i < k->front_count; i++) ck_assert_double_ge(k->front[i].V_ultimate, k->tight.V_ultimate);
  for (int i = 1; i < k->front_count; i++) ck_assert_double_gt(k->front[i].c, k->front[i - 1].c);
  ck_assert_ptr_nonnull(proof_with(a, "practical_tight", k).method);
  audit_free(a);
}
END_TEST

START_TEST(bounded_memory_is_asked_for_before_anything_is_certified)
{
  static const char *const homes[] = {"radial", "reentry", "gain", "none"};
  char settings[200];
  snprintf(settings, sizeof settings, "model.drive=fastweight model.memory=outer model.homeostasis=%s", homes[_i]);
  audited *a = tried(settings);
  for (int i = 0; i < fhrl_iss_rules_count; i++) ck_assert_int_ne(a->iss.claim[i].verdict, FHRL_ISS_CERTIFIED);
  audit_free(a);
  snprintf(settings, sizeof settings, "model.drive=fastweight model.memory=normalized model.homeostasis=%s", homes[_i]);
  a = tried(settings);
  expect(a, "memory", FHRL_ISS_CERTIFIED);
  expect(a, "S16", FHRL_ISS_CERTIFIED);
  audit_free(a);
}
END_TEST

START_TEST(reentry_is_certified_bounded_by_its_spectrum_or_divergent)
{
  audited *a = tried("model.homeostasis=reentry model.W_r=0_10;0_0 iss.radii=3000,4,0.5 solver.t_end=30");
  expect(a, "reentry_spectral", FHRL_ISS_CERTIFIED);
  expect(a, "reentry_dissipative", FHRL_ISS_OPEN);
  const fhrl_iss_claim *c = audit_claim(a, "reentry_spectral");
  for (int i = 0; i < a->iss.paths; i++) { // rho(t) <= stretch max(rho_0, R)
    ck_assert_int_eq(a->iss.path[i].diverged, 0);
    ck_assert_double_le(a->iss.path[i].rho_max, constant(c, "stretch") * fmax(a->iss.path[i].rho_0, constant(c, "R")));
  }
  ck_assert_double_gt(a->iss.path[0].rho_max, 1.5 * 3000); // it does grow first: V = |y|^2 would not do
  audit_free(a);
  a = tried("model.drive=none model.homeostasis=reentry model.W_r=diag_-2 model.epsilon=0.1 iss.radii=2.079,2.121 "
            "solver.t_end=12 "
            "iss.rho_limit=1000");
  expect(a, "reentry_spectral", FHRL_ISS_CERTIFIED);
  ck_assert_double_eq_tol(constant(audit_claim(a, "reentry_spectral"), "rho_c"), 2.1, 1e-15);
  ck_assert_int_eq(a->iss.path[0].diverged, 0);
  ck_assert_int_eq(a->iss.path[1].diverged, 1);
  audit_free(a);
  a = tried(
    "model.homeostasis=reentry model.W_r=diag_-2 iss.radii=1 iss.rho_limit=1e9"); // no start that diverges was tried
  expect(a, "reentry_spectral", FHRL_ISS_OPEN);
  audit_free(a);
}
END_TEST

START_TEST(the_layer_is_certified_bounded_and_its_pole_excluded)
{
  // at beta = 1 the gain jumps at w = 0; one of the orbits comes to slide along that at t = 3.5, in steps of 1e-8
  audited *a = audit("fhrl_layer",
    "model.d=7 model.r=3 model.beta=1 model.gamma=2.5 solver.t_end=3 iss.samples=300 iss.trajectories=2", 1);
  expect(a, "gain_bound", FHRL_ISS_CERTIFIED);
  expect(a, "gain_pole", FHRL_ISS_CERTIFIED);
  expect(a, "memory", FHRL_ISS_CERTIFIED);
  ck_assert_double_eq_tol(constant(audit_claim(a, "gain_bound"), "rho_ultimate"), 1.0, 1e-15);
  audit_free(a);
}
END_TEST

START_TEST(a_region_upside_down_is_refused)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = audit("fhrl", "iss.rho_min=5", 0);
  fhrl_iss iss;
  assert_fails(fhrl_iss_run(a->g.system, &a->g.input, &a->g.solver, &a->plan, a->g.x0, NULL, &iss, &err), FHRL_ARG,
    &err, "iss.rho_min = 5");
  audit_free(a);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/iss_proof");
  TCase *t = tcase_create("proofs");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, balls_see_the_terms_that_the_model_has, 0, 12);
  tcase_add_loop_test(t, every_violation_of_a_state_is_confirmed, 0, 5);
  tcase_add_test(t, a_violation_that_no_ball_confirms_does_not_count);
  tcase_add_test(t, search_alone_finds_what_is_false);
  tcase_add_test(t, ascent_leads_up);
  tcase_add_test(t, certificates_say_their_region_and_constants);
  tcase_add_test(t, constants_that_are_too_small_are_not_certified);
  tcase_add_loop_test(t, tight_constants_are_tighter_and_cannot_be_tightened, 0, 6);
  tcase_add_loop_test(t, bounded_memory_is_asked_for_before_anything_is_certified, 0, 4);
  tcase_add_test(t, reentry_is_certified_bounded_by_its_spectrum_or_divergent);
  tcase_add_test(t, the_layer_is_certified_bounded_and_its_pole_excluded);
  tcase_add_test(t, a_region_upside_down_is_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
