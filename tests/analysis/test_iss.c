// SPDX-License-Identifier: GPL-3.0-or-later
// test_iss: what the Lyapunov argument gives and does not give, on systems where the answer is known
#include "analysis/iss.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/init.h"
#include "analysis/iss_report.h"
#include "given.h"
#include "support.h"

static const char quick[] = "solver.t_end=10 iss.samples=1000 iss.trajectories=6 ";

// Tries every rule on a model under these settings; its system lives as long as the process.
static fhrl_iss tried(const char *model, const char *settings)
{
  fhrl_err err = {FHRL_OK, ""};
  char all[1024];
  snprintf(all, sizeof all, "%s%s", quick, settings);
  given g = given_system(model, all, (fhrl_section){"iss", fhrl_iss_fields, fhrl_iss_field_count});
  fhrl_iss_plan plan;
  fhrl_iss iss;
  fhrl_iss_options(&g.config, &plan);
  assert_ok(fhrl_iss_run(g.system, &g.input, &g.solver, &plan, g.x0, NULL, &iss, &err));
  g.system = NULL; // kept: witnesses are read against it
  given_free(&g);
  return iss;
}

static void done(fhrl_iss *iss)
{
  fhrl_system *s = iss->view.s;
  fhrl_iss_free(iss);
  fhrl_system_destroy(s);
}

static const fhrl_iss_claim *claim(const fhrl_iss *iss, const char *id)
{
  const fhrl_iss_claim *c = fhrl_iss_claim_of(iss, id);
  ck_assert_msg(c != NULL, "no claim %s", id);
  return c;
}

static void expect(const fhrl_iss *iss, const char *id, fhrl_iss_verdict want)
{
  const fhrl_iss_claim *c = claim(iss, id);
  ck_assert_msg(c->verdict == want, "%s is %s instead of %s: margin %.3g, allowance %.3g, %s; worst rho %.17g: %.17g, %.17g", id,
    fhrl_iss_verdict_text(c->verdict), fhrl_iss_verdict_text(want), c->margin, c->allowance, c->reason,
    c->worst.x ? c->worst.rho : (double)NAN, c->worst.lhs, c->worst.rhs);
  ck_assert_int_eq(c->witness.x != NULL, want == FHRL_ISS_VIOLATED);
}

START_TEST(s15_is_violated_at_one_half_and_the_recentred_function_holds)
{
  fhrl_iss iss = tried("fhrl", "model.drive=none model.kappa=1");
  expect(&iss, "S15", FHRL_ISS_VIOLATED);
  const fhrl_iss_claim *c = claim(&iss, "S15");
  ck_assert_double_eq(c->witness.rho, 0.5);
  ck_assert_double_eq(c->witness.lhs, 0.25);
  ck_assert_double_eq(c->witness.rhs, -0.25);
  ck_assert_double_lt(c->worst.rho, 1e-3); // lhs - rhs = 1 - rho
  ck_assert_double_eq(c->margin, c->worst.rhs - c->worst.lhs);
  static const char *const held[] = {"S13", "S14", "S16", "S17", "S20", "radius", "recentred", "recentred_decay",
    "ultimate", "practical", "memory"};
  for (size_t i = 0; i < sizeof held / sizeof *held; i++) expect(&iss, held[i], FHRL_ISS_HELD);
  expect(&iss, "S21", FHRL_ISS_VIOLATED);
  expect(&iss, "gain_bound", FHRL_ISS_OPEN);
  expect(&iss, "reentry_spectral", FHRL_ISS_OPEN);
  expect(&iss, "slots", FHRL_ISS_OPEN);
  ck_assert_double_eq_tol(iss.constants.rho_star, 0.5, 1e-6);
  ck_assert_double_le(iss.S22_allowed, 0.0); // between rho* and 1 V grows: no c > 0 at all
  done(&iss);
}
END_TEST

START_TEST(s22_is_violated_near_the_origin_however_large_kappa)
{
  static const double kappa[] = {1, 10, 100};
  char settings[128];
  snprintf(settings, sizeof settings, "model.drive=none model.epsilon=0.01 model.kappa=%g", kappa[_i]);
  fhrl_iss iss = tried("fhrl", settings);
  expect(&iss, "S22", FHRL_ISS_VIOLATED);
  ck_assert_double_le(claim(&iss, "S22")->worst.rho, 1e-4);
  double x[6] = {1e-6}, u[2] = {0};
  fhrl_err err = {FHRL_OK, ""};
  fhrl_iss_point p;
  assert_ok(fhrl_iss_view_look(&iss.view, 0.0, x, u, &p, &err));
  ck_assert_double_eq_tol(p.V_dot, -1e-4 * kappa[_i], 0.02 * 1e-4 * kappa[_i]); // theory 3a
  done(&iss);
}
END_TEST

START_TEST(recentred_identity_is_exact_along_every_orbit)
{
  fhrl_iss iss = tried("fhrl", "model.d=3 model.epsilon=0 model.kappa=2.385 model.seed=5");
  expect(&iss, "recentred", FHRL_ISS_HELD);
  ck_assert_int_gt(claim(&iss, "recentred")->compared, 1500);
  ck_assert_double_ge(claim(&iss, "recentred")->margin, -1e-10);
  expect(&iss, "recentred_decay", FHRL_ISS_HELD);
  expect(&iss, "ultimate", FHRL_ISS_HELD);
  expect(&iss, "S20", FHRL_ISS_HELD);
  expect(&iss, "S17", FHRL_ISS_VIOLATED); // near rho = 1 a constant is missing
  ck_assert_double_eq_tol(claim(&iss, "S17")->worst.rho, 1.0, 0.5);
  done(&iss);
}
END_TEST

START_TEST(radius_follows_its_closed_form)
{
  static const char *const settings[] = {"model.epsilon=0 model.kappa=1.7", "model.epsilon=0.1 model.kappa=1.7",
    "model.epsilon=0.6 model.kappa=0.35", "model.epsilon=0.4 model.kappa=0.4"};
  char all[256];
  snprintf(all, sizeof all, "model.drive=none solver.rtol=1e-12 solver.atol=1e-14 %s", settings[_i]);
  fhrl_iss iss = tried("fhrl", all);
  expect(&iss, "radius", FHRL_ISS_HELD);
  ck_assert_double_ge(claim(&iss, "radius")->margin, -1e-8);
  done(&iss);
}
END_TEST

START_TEST(closed_form_of_the_radius_solves_its_equation)
{
  static const double at[][3] = {{1.3, 0.0, 2.385}, {1.3, 0.2, 2.385}, {1.3, 0.2, 0.011}, {0.3, 0.9, 1.7}, {0.5, 0.5, 1.7}};
  for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
    const double kappa = at[i][0], eps = at[i][1], h = 1e-5, t = 0.77;
    const double rho = fhrl_iss_rules_radius(kappa, eps, at[i][2], t), star = (kappa - eps) / (1 + kappa);
    const double slope = (fhrl_iss_rules_radius(kappa, eps, at[i][2], t + h) - fhrl_iss_rules_radius(kappa, eps, at[i][2], t - h)) / (2 * h);
    ck_assert_double_eq_tol(slope, -(1 + kappa) * rho * (rho - star) / (rho + eps), 1e-9);
    ck_assert_double_eq_tol(fhrl_iss_rules_radius(kappa, eps, at[i][2], 0.0), at[i][2], 1e-12);
  }
  ck_assert_double_eq_tol(fhrl_iss_rules_radius(1.0, 0.0, 2.0, 1.0), 0.5 + 1.5 * exp(-2.0), 1e-15);
}
END_TEST

START_TEST(negative_reentry_diverges_from_above_its_threshold_only)
{
  const double rho_c = (1 * 2 + 0.1) / (1 * 2 - 1);
  char settings[256];
  snprintf(settings, sizeof settings, "model.drive=none model.homeostasis=reentry model.W_r=diag_-2 model.epsilon=0.1 "
    "solver.t_end=12 iss.rho_limit=1e3 iss.radii=%.17g,%.17g", 0.99 * rho_c, 1.01 * rho_c);
  fhrl_iss iss = tried("fhrl", settings);
  ck_assert_double_eq_tol(iss.constants.rho_c, rho_c, 1e-14);
  ck_assert_double_eq(iss.constants.mu, -2.0);
  ck_assert_double_eq(iss.constants.re_min, -2.0);
  ck_assert_int_eq(iss.paths, 2);
  ck_assert_int_eq(iss.path[0].diverged, 0);
  ck_assert_int_eq(iss.path[1].diverged, 1);
  const double *last = iss.row + (size_t)(iss.path[0].first + iss.path[0].rows - 1) * (size_t)iss.columns;
  ck_assert_double_le(last[1], 1e-9); // rho fell towards 0
  expect(&iss, "reentry_spectral", FHRL_ISS_HELD);
  expect(&iss, "reentry_dissipative", FHRL_ISS_OPEN);
  ck_assert(isnan(iss.constants.rho_star) && iss.constants.rho_star_reason != NULL);
  done(&iss);
  iss = tried("fhrl", "model.drive=none model.homeostasis=reentry model.W_r=diag_-2 model.epsilon=0.1 solver.t_end=12 "
    "solver.rtol=1e-12 iss.radii=2.121");
  const double *end = iss.row + (size_t)(iss.path[0].rows - 1) * (size_t)iss.columns, rho = end[1];
  ck_assert_double_eq_tol(rho, 2745.73, 0.5); // its first integral holds where the orbit stands
  ck_assert_double_eq_tol((22 * log((2.1 - rho) / (2.1 - 2.121)) - log(rho / 2.121)) / 21, end[0], 1e-7);
  done(&iss);
}
END_TEST

START_TEST(a_radius_that_vanishes_breaks_no_identity)
{
  fhrl_iss iss = tried("fhrl", "model.drive=none model.homeostasis=reentry model.memory=normalized solver.t_end=18");
  double least = 1.0;
  for (int i = 0; i < iss.profile; i++) least = fmin(least, iss.row[(size_t)i * (size_t)iss.columns + 1]);
  ck_assert_double_lt(least, 1e-140); // the case in point: squares of such a radius underflow
  expect(&iss, "S13", FHRL_ISS_HELD);
  expect(&iss, "S14", FHRL_ISS_HELD);
  done(&iss);
}
END_TEST

START_TEST(triangular_reentry_stays_bounded_though_not_dissipative)
{
  fhrl_iss iss = tried("fhrl", "model.homeostasis=reentry model.W_r=0_10;0_0 iss.radii=10000,300,4,0.5");
  ck_assert_double_eq_tol(1.0 + iss.constants.mu, -4.0, 1e-12);
  ck_assert_double_eq_tol(1.0 + iss.constants.re_min, 1.0, 1e-7);
  expect(&iss, "reentry_dissipative", FHRL_ISS_OPEN);
  expect(&iss, "reentry_spectral", FHRL_ISS_HELD);
  for (int i = 0; i < iss.paths; i++) ck_assert_int_eq(iss.path[i].diverged, 0);
  done(&iss);
}
END_TEST

START_TEST(dissipative_reentry_is_bounded_as_stated)
{
  fhrl_iss iss = tried("fhrl", "model.d=3 model.homeostasis=reentry model.kappa=0.6 model.W_r=diag_-0.7");
  expect(&iss, "reentry_dissipative", FHRL_ISS_HELD);
  expect(&iss, "reentry_spectral", FHRL_ISS_HELD);
  expect(&iss, "S20", FHRL_ISS_VIOLATED); // (S20) is without the W_r of (S10)
  done(&iss);
}
END_TEST

START_TEST(normalized_memory_is_bounded_and_bounds_the_fastweight_drive)
{
  fhrl_iss iss = tried("fhrl", "model.d=3 model.drive=fastweight model.memory=normalized model.eta=0.23 model.seed=4");
  expect(&iss, "memory", FHRL_ISS_HELD);
  expect(&iss, "S16", FHRL_ISS_HELD);
  expect(&iss, "practical", FHRL_ISS_HELD);
  ck_assert_double_eq_tol(iss.constants.A_bar, 0.46, 1e-12);
  ck_assert_double_eq(iss.constants.b_A, 0.0);
  done(&iss);
  iss = tried("fhrl", "model.d=3 model.drive=fastweight model.memory=outer model.seed=4");
  expect(&iss, "S16", FHRL_ISS_OPEN);
  expect(&iss, "memory", FHRL_ISS_HELD);
  done(&iss);
}
END_TEST

START_TEST(practical_stability_holds_on_random_systems)
{
  char settings[512];
  snprintf(settings, sizeof settings, "model.seed=%d model.d=%d model.w_scale=0.3 model.kappa=%g model.epsilon=%g "
    "input.seed=%d iss.seed=%d iss.samples=3000 iss.A_max=6 iss.u_max=3 iss.trajectories=3",
    _i + 1, 1 + _i % 5, 2.0 + 0.7 * (_i % 3), _i % 2 ? 1e-6 : 0.13, _i, _i + 7);
  fhrl_iss iss = tried("fhrl", settings);
  ck_assert_double_gt(iss.constants.c, 0.0);
  expect(&iss, "S16", FHRL_ISS_HELD);
  expect(&iss, "practical", FHRL_ISS_HELD);
  expect(&iss, "memory", FHRL_ISS_HELD);
  expect(&iss, "ultimate", FHRL_ISS_HELD);
  expect(&iss, "recentred", FHRL_ISS_HELD);
  expect(&iss, "S15", FHRL_ISS_VIOLATED);
  expect(&iss, "S22", FHRL_ISS_VIOLATED);
  // and with the constants of the sector, whatever the bounded drive gave
  const double a_f = iss.constants.W + 0.3, b_A = sqrt(1 + _i % 5) / 1.2, b_u = iss.constants.B;
  const size_t len = strlen(settings);
  snprintf(settings + len, sizeof settings - len, " iss.sector=given iss.a_f=%.17g iss.b_A=%.17g iss.b_u=%.17g", a_f, b_A, b_u);
  done(&iss);
  iss = tried("fhrl", settings);
  ck_assert_int_eq(iss.constants.bounded, 0);
  expect(&iss, "S16", FHRL_ISS_HELD);
  expect(&iss, "practical", FHRL_ISS_HELD);
  done(&iss);
}
END_TEST

START_TEST(naive_sector_constants_are_violated)
{
  fhrl_iss iss = tried("fhrl", "model.W=diag_0.1 iss.sector=naive");
  expect(&iss, "S16", FHRL_ISS_VIOLATED);
  ck_assert_double_eq_tol(iss.constants.a_f, 0.1, 1e-15);
  ck_assert_double_eq(iss.constants.b_A, 1.0);
  done(&iss);
  iss = tried("fhrl", "model.W=diag_0.1");
  expect(&iss, "S16", FHRL_ISS_HELD);
  done(&iss);
}
END_TEST

START_TEST(sector_and_young_constants_minimise_the_ultimate_bound)
{
  fhrl_iss iss = tried("fhrl", "model.W=diag_0.3 model.B=diag_0.8 model.kappa=2.385 model.epsilon=0.1");
  const fhrl_iss_constants *k = &iss.constants;
  const double damping = 2.385 / 1.1, best = (k->c_0 + k->c_A * k->A_bar * k->A_bar + k->c_u * k->u_bar * k->u_bar) / k->c;
  const double reach = (2.385 * 1.1 + sqrt(2.0)) / 3.385;
  ck_assert_double_eq_tol(k->A_bar, 0.1 * reach * reach / 0.5, 1e-12);
  double least = HUGE_VAL;
  for (double delta = 1e-3; delta < 6; delta *= 1.001) { // a bounded drive
    const double c = 1 + damping - delta / 2, c_0 = pow(1 + sqrt(2.0), 2) / (2 * delta) + damping;
    if (c > 0 && c_0 / c < least) least = c_0 / c;
  }
  for (double s = 1e-3; s < 3; s *= 1.01)
    for (double delta = 1e-3; delta < 3; delta *= 1.01) {
      const double a_f = 0.3 + s, c = 1 + damping - a_f - 1.5 * delta, b_A = sqrt(2.0) / (4 * s);
      const double all = pow(1 + a_f, 2) / (2 * delta) + damping + pow(b_A * k->A_bar, 2) / (2 * delta) +
                         pow(0.8 * k->u_bar, 2) / (2 * delta);
      if (c > 0 && all / c < least) least = all / c;
    }
  ck_assert_double_eq_tol(best / least, 1.0, 1e-3);
  done(&iss);
}
END_TEST

START_TEST(a_bounded_drive_is_practically_stable_for_every_w)
{
  fhrl_iss iss = tried("fhrl", "model.W=diag_3");
  expect(&iss, "practical", FHRL_ISS_HELD);
  ck_assert_int_eq(iss.constants.bounded, 1);
  ck_assert_double_eq(iss.constants.c_A, 0.0);
  done(&iss);
  iss = tried("fhrl", "model.W=diag_3 iss.sector=given iss.a_f=3.5 iss.b_A=1 iss.b_u=2"); // the sector alone leaves no rate
  expect(&iss, "practical", FHRL_ISS_OPEN);
  expect(&iss, "ultimate", FHRL_ISS_HELD);
  ck_assert_ptr_nonnull(strstr(claim(&iss, "practical")->reason, "a_f = 3.5"));
  done(&iss);
}
END_TEST

START_TEST(gain_and_layer_obey_their_bounds)
{
  fhrl_iss iss = tried("fhrl", "model.d=3 model.homeostasis=gain model.beta=0.75");
  expect(&iss, "gain_bound", FHRL_ISS_HELD);
  expect(&iss, "gain_pole", FHRL_ISS_HELD);
  expect(&iss, "S21", FHRL_ISS_OPEN);
  ck_assert_double_eq_tol(iss.constants.rho_star, 1.0 / 3.0, 1e-15);
  done(&iss);
  iss = tried("fhrl_layer", "model.d=7 model.r=3 model.alpha=0.17 model.rate=exact model.c=1.7 model.beta=1");
  static const char *const held[] = {"S13", "gain_bound", "gain_pole", "memory", "slots_spread", "slots"};
  for (size_t i = 0; i < sizeof held / sizeof *held; i++) expect(&iss, held[i], FHRL_ISS_HELD);
  ck_assert_double_eq(iss.path[0].rho_0, 0.0); // the network's own start
  ck_assert_double_eq_tol(iss.slots.effective_rank, 1.0, 1e-9);
  expect(&iss, "S15", FHRL_ISS_OPEN);
  done(&iss);
}
END_TEST

START_TEST(required_claims_decide_the_status)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_iss iss = tried("fhrl", "model.drive=none");
  assert_ok(fhrl_iss_require(&iss, "recentred,radius", &err));
  assert_fails(fhrl_iss_require(&iss, "recentred,S15", &err), FHRL_CLAIM, &err, "S15 is violated");
  assert_fails(fhrl_iss_require(&iss, "slots", &err), FHRL_CLAIM, &err, "slots is open");
  assert_fails(fhrl_iss_require(&iss, "S99", &err), FHRL_ARG, &err, "'S99'");
  done(&iss);
}
END_TEST

START_TEST(json_and_tables_say_what_was_found)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_iss iss = tried("fhrl", "model.drive=none model.kappa=1");
  fhrl_json *result = fhrl_json_object();
  fhrl_iss_report_json(&iss, result);
  ck_assert_double_eq_tol(fhrl_json_number(fhrl_json_get(result, "rho_star")), 0.5, 1e-6);
  const fhrl_json *all = fhrl_json_get(result, "inequalities"), *s15 = NULL;
  ck_assert_int_eq((int)fhrl_json_size(all), fhrl_iss_rules_count);
  for (size_t i = 0; i < fhrl_json_size(all); i++)
    if (strcmp(fhrl_json_string(fhrl_json_get(fhrl_json_at(all, i), "id")), "S15") == 0) s15 = fhrl_json_at(all, i);
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(s15, "verdict")), "violated");
  const fhrl_json *w = fhrl_json_get(s15, "witness"), *y = fhrl_json_get(fhrl_json_get(w, "state"), "y");
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(w, "lhs")), 0.25);
  ck_assert_double_eq(fhrl_json_number(fhrl_json_at(y, 0)), 0.5);
  ck_assert_uint_eq(fhrl_json_size(fhrl_json_get(fhrl_json_get(w, "state"), "A")), 2);
  fhrl_json_free(result);
  char path[600];
  snprintf(path, sizeof path, "%s/iss.tsv", scratch("iss"));
  assert_ok(fhrl_iss_report_orbits(&iss, path, &err));
  assert_ok(fhrl_iss_report_profile(&iss, path, &err));
  done(&iss);
}
END_TEST

START_TEST(what_cannot_be_audited_is_refused)
{
  fhrl_err err = {FHRL_OK, ""};
  given g = given_system("lorenz", "", (fhrl_section){"iss", fhrl_iss_fields, fhrl_iss_field_count});
  fhrl_iss_plan plan;
  fhrl_iss iss;
  fhrl_iss_options(&g.config, &plan);
  assert_fails(fhrl_iss_run(g.system, &g.input, &g.solver, &plan, g.x0, NULL, &iss, &err), FHRL_ARG, &err, "state block y");
  given_free(&g);
  g = given_system("fhrl", "iss.radii=1,2x", (fhrl_section){"iss", fhrl_iss_fields, fhrl_iss_field_count});
  fhrl_iss_options(&g.config, &plan);
  assert_fails(fhrl_iss_run(g.system, &g.input, &g.solver, &plan, g.x0, NULL, &iss, &err), FHRL_ARG, &err, "1,2x");
  given_free(&g);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/iss");
  TCase *t = tcase_create("claims");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, s15_is_violated_at_one_half_and_the_recentred_function_holds);
  tcase_add_loop_test(t, s22_is_violated_near_the_origin_however_large_kappa, 0, 3);
  tcase_add_test(t, recentred_identity_is_exact_along_every_orbit);
  tcase_add_loop_test(t, radius_follows_its_closed_form, 0, 4);
  tcase_add_test(t, closed_form_of_the_radius_solves_its_equation);
  tcase_add_test(t, negative_reentry_diverges_from_above_its_threshold_only);
  tcase_add_test(t, a_radius_that_vanishes_breaks_no_identity);
  tcase_add_test(t, triangular_reentry_stays_bounded_though_not_dissipative);
  tcase_add_test(t, dissipative_reentry_is_bounded_as_stated);
  tcase_add_test(t, normalized_memory_is_bounded_and_bounds_the_fastweight_drive);
  tcase_add_loop_test(t, practical_stability_holds_on_random_systems, 0, 20);
  tcase_add_test(t, naive_sector_constants_are_violated);
  tcase_add_test(t, sector_and_young_constants_minimise_the_ultimate_bound);
  tcase_add_test(t, a_bounded_drive_is_practically_stable_for_every_w);
  tcase_add_test(t, gain_and_layer_obey_their_bounds);
  tcase_add_test(t, required_claims_decide_the_status);
  tcase_add_test(t, json_and_tables_say_what_was_found);
  tcase_add_test(t, what_cannot_be_audited_is_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
