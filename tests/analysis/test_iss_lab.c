// SPDX-License-Identifier: GPL-3.0-or-later
// test_iss_lab: bounds beside trajectories, gain, contraction and map, on systems where the answer is known
#include "analysis/iss_lab.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/init.h"
#include "audited.h"
#include "base/dense.h"
#include "base/random.h"
#include "support.h"

static const char few[] = "solver.t_end=20 iss.samples=100 iss.trajectories=2 iss.search=0 ";

static audited *tried(const char *model, const char *settings)
{
  char all[1024];
  snprintf(all, sizeof all, "%s%s", few, settings);
  return audit(model, all, 1);
}

// ---- logarithmic norms

START_TEST(logarithmic_norms_of_a_known_matrix)
{
  fhrl_err err = {FHRL_OK, ""};
  const double J[] = {-1, 2, 0, -3}, want[] = {-1.0, -2.0 + sqrt(2), 1.0}; // mu_2: of (-1, 1; 1, -3)
  double scratch[4], w[3 * 2], M[4] = {-HUGE_VAL, 0, 0, -HUGE_VAL}, root;
  fhrl_lognorm_cover(2, J, M);
  assert_ok(fhrl_lognorm_weights(2, M, w, &root, &err));
  ck_assert_double_eq_tol(root, -1.0, 1e-4); // 0 stands for 1e-9 of the largest entry
  for (int kind = 0; kind < FHRL_LOGNORM_KINDS; kind++) {
    double mu;
    assert_ok(fhrl_lognorm_of((fhrl_lognorm_kind)kind, 2, J, NULL, scratch, &mu, &err));
    ck_assert_double_eq_tol(mu, want[kind], 1e-14);
    assert_ok(fhrl_lognorm_of((fhrl_lognorm_kind)kind, 2, J, w + 2 * kind, scratch, &mu, &err));
    ck_assert_double_eq_tol(mu, -1.0, 1e-3); // no norm can be below the spectrum, and weights reach it
  }
}
END_TEST

START_TEST(weights_bring_all_three_norms_to_the_perron_root)
{
  enum { N = 9 };
  fhrl_err err = {FHRL_OK, ""};
  double M[N * N], scratch[N * N], w[3 * N], re[N], im[N], root;
  fhrl_random_uniform((fhrl_random){.seed = 7, .stream = FHRL_STREAM_MATRICES}, 0, N * N, M);
  for (int i = 0; i < N; i++) M[i * N + i] -= 5.0;
  assert_ok(fhrl_dense_eigenvalues(N, M, re, im, &err));
  assert_ok(fhrl_lognorm_weights(N, M, w, &root, &err));
  ck_assert_double_eq_tol(root, re[0], 1e-9);
  for (int kind = 0; kind < FHRL_LOGNORM_KINDS; kind++) {
    double mu, plain;
    assert_ok(fhrl_lognorm_of((fhrl_lognorm_kind)kind, N, M, w + N * kind, scratch, &mu, &err));
    assert_ok(fhrl_lognorm_of((fhrl_lognorm_kind)kind, N, M, NULL, scratch, &plain, &err));
    ck_assert_double_eq_tol(mu, re[0], 1e-8);
    ck_assert_double_ge(plain, mu - 1e-12);
  }
}
END_TEST

// ---- contraction

START_TEST(without_drive_the_sphere_is_neutral_and_never_contracts)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = tried("fhrl", "model.d=3 model.drive=none model.epsilon=0 model.kappa=1.7 input.kind=none iss.pairs=3");
  const double star = 1.7 / 2.7;
  double x[12] = {star * 0.48, star * 0.6, star * 0.64}, u[3] = {0}, e[24], J[144], block[9], value[3];
  a->g.system->u = u;
  ck_assert_int_eq(fhrl_system_jacobian(a->g.system, 0.0, x, e, J), 0);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) block[3 * i + j] = 0.5 * (J[12 * i + j] + J[12 * j + i]);
  assert_ok(fhrl_dense_symmetric(3, block, value, NULL, &err));
  ck_assert_double_eq_tol(value[0], 0.0, 1e-14); // across y
  ck_assert_double_eq_tol(value[1], 0.0, 1e-14);
  ck_assert_double_eq_tol(value[2], -2.7, 1e-13); // along y: -(1+kappa)
  fhrl_contraction c;
  assert_ok(fhrl_contraction_find(&a->iss, &a->q, &a->g.input, &a->g.solver, a->plan.pairs, &c, &err));
  ck_assert_double_ge(c.norm[FHRL_LOGNORM_2].weighted, -1e-6);
  for (int i = 0; i < c.pairs; i++) {
    ck_assert_double_gt(c.pair[i].d_end, 0.01);         // they stay apart
    ck_assert_double_eq_tol(c.pair[i].rate, 0.0, 0.02); // what is left of A's own approach, exp(-t/2) of it
  }
  if (c.proof.proved) { // a shell that leaves the sphere out, and nothing that orbits stay in
    ck_assert_double_gt(c.proof.rho_min, star);
    ck_assert_int_eq(c.proof.invariant, 0);
  }
  fhrl_contraction_free(&c);
  audit_free(a);
}
END_TEST

START_TEST(no_pair_approaches_more_slowly_than_certified)
{
  static const char *const settings[] = {"model.homeostasis=none", "model.homeostasis=gain model.beta=0.2",
    "model.homeostasis=none model.d=4", "model.homeostasis=radial model.kappa=0.1 model.epsilon=0.5",
    "model.homeostasis=none model.d=1"};
  fhrl_err err = {FHRL_OK, ""};
  char all[300];
  snprintf(
    all, sizeof all, "%s model.w_scale=0.15 model.eta=0.03 model.seed=%d input.seed=%d", settings[_i], _i + 4, _i);
  audited *a = tried("fhrl", all);
  fhrl_contraction c;
  assert_ok(fhrl_contraction_find(&a->iss, &a->q, &a->g.input, &a->g.solver, 4, &c, &err));
  ck_assert_msg(c.proof.proved && c.proof.invariant, "%s", c.proof.reason);
  ck_assert_double_ge(c.rate_least, c.proof.rate);
  fhrl_contraction_free(&c);
  audit_free(a);
}
END_TEST

START_TEST(a_weak_drive_is_certified_contracting_and_does_contract)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = tried("fhrl", "model.homeostasis=none model.w_scale=0.2 model.eta=0.02 model.seed=3");
  fhrl_contraction c;
  assert_ok(fhrl_contraction_find(&a->iss, &a->q, &a->g.input, &a->g.solver, 3, &c, &err));
  ck_assert_int_eq(c.proof.proved, 1);
  ck_assert_int_eq(c.proof.invariant, 1);
  ck_assert_double_gt(c.proof.rate, 0.1);
  ck_assert_double_ge(c.rate_least, c.proof.rate); // no pair approaches more slowly than is proved
  ck_assert_double_lt(c.norm[FHRL_LOGNORM_2].weighted, 0.0);
  fhrl_contraction_free(&c);
  audit_free(a);
  a = tried("fhrl", "model.homeostasis=none model.W=diag_3"); // bistable
  assert_ok(fhrl_contraction_find(&a->iss, &a->q, &a->g.input, &a->g.solver, 1, &c, &err));
  ck_assert_int_eq(c.proof.proved, 0);
  ck_assert_ptr_nonnull(strstr(c.proof.reason, "mu_2"));
  fhrl_contraction_free(&c);
  audit_free(a);
}
END_TEST

START_TEST(the_layer_contracts_as_certified_while_reentry_is_weak)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = tried("fhrl_layer", "model.d=5 model.r=2 model.gamma=0.002 model.w_r_scale=0.5 iss.A_max=1");
  fhrl_contraction c;
  assert_ok(fhrl_contraction_find(&a->iss, &a->q, &a->g.input, &a->g.solver, 2, &c, &err));
  ck_assert_msg(c.proof.proved, "%s", c.proof.reason);
  ck_assert_double_ge(c.rate_least, c.proof.rate);
  double limit = 0.0;
  for (int i = 0; i < c.proof.constants; i++)
    if (strcmp(c.proof.constant[i].name, "gamma_contracting") == 0) limit = c.proof.constant[i].value;
  ck_assert_double_gt(limit, 0.002);
  fhrl_contraction_free(&c);
  audit_free(a);
  char settings[200];
  snprintf(settings, sizeof settings, "model.d=5 model.r=2 model.w_r_scale=0.5 model.gamma=%.17g", limit * 1.001);
  a = tried("fhrl_layer", settings);
  assert_ok(fhrl_contraction_proof_find(&a->iss, &a->plan, &a->g.input, &c.proof, &err));
  ck_assert_int_eq(c.proof.proved, 0);
  audit_free(a);
}
END_TEST

// ---- gain

START_TEST(the_gain_is_sharp_without_drive)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = tried("fhrl", "model.drive=none model.epsilon=0.2 model.kappa=1.4 solver.rtol=1e-10 solver.atol=1e-12");
  fhrl_iss_gain g;
  assert_ok(fhrl_iss_gain_find(&a->iss, &a->q, &a->g.input, &a->g.solver, 2, &g, &err));
  ck_assert_int_eq(g.levels, 3);
  for (int i = 0; i < g.levels; i++) {
    ck_assert_double_ge(g.level[i].certified, 0.5); // rho* = (1.4 - 0.2)/2.4
    ck_assert_double_le(g.level[i].certified, 0.5 * (1 + 1e-7));
    ck_assert_double_eq_tol(g.level[i].measured, 0.5, 1e-7);
  }
  audit_free(a);
}
END_TEST

START_TEST(no_orbit_exceeds_the_certified_gain)
{
  static const char *const settings[] = {"", "model.w_scale=0.2 model.kappa=2",
    "model.drive=fastweight model.memory=normalized", "model.homeostasis=gain model.beta=0.8",
    "model.homeostasis=none model.w_scale=0.3", "model.homeostasis=reentry model.kappa=0.6 model.W_r=diag_-0.7",
    "model.d=3 model.drive=fastweight model.memory=normalized model.gamma=1"};
  fhrl_err err = {FHRL_OK, ""};
  audited *a = tried("fhrl", settings[_i]);
  fhrl_iss_gain g;
  assert_ok(fhrl_iss_gain_find(&a->iss, &a->q, &a->g.input, &a->g.solver, 3, &g, &err));
  ck_assert_str_eq(g.reason, "");
  for (int i = 0; i < g.levels; i++) {
    ck_assert_double_le(g.level[i].measured, g.level[i].certified + 2e-3); // what is left of rho_0 = 4 after t = 10
    if (i > 0) ck_assert_double_ge(g.level[i].certified, g.level[i - 1].certified * (1 - 1e-6));
  }
  if (_i == 0) ck_assert_double_lt(g.level[0].certified, 1.2); // sharper than all that |f| <= sqrt(2) gives, 1.2071
  const char *id;
  double rho;
  fhrl_iss_lab lab = {.radius = g.level[3].certified};
  ck_assert_int_eq(fhrl_iss_lab_bounded(&a->iss, &lab, &id, &rho), 1);
  ck_assert_str_eq(id, "gain");
  audit_free(a);
}
END_TEST

START_TEST(the_layer_has_a_gain_below_that_of_its_pole)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = tried("fhrl_layer", "model.d=5 model.r=2 model.w_v_scale=0.1 iss.A_max=1");
  fhrl_iss_gain g;
  assert_ok(fhrl_iss_gain_find(&a->iss, &a->q, &a->g.input, &a->g.solver, 2, &g, &err));
  for (int i = 1; i < g.levels; i++) {
    ck_assert_double_lt(g.level[i].certified, 2.0); // 1/beta
    ck_assert_double_gt(g.level[i].measured, 0.0);
    ck_assert_double_le(g.level[i].measured, g.level[i].certified);
  }
  audit_free(a);
}
END_TEST

START_TEST(an_unbounded_system_has_no_certified_gain)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = tried("fhrl", "model.drive=fastweight model.memory=outer");
  fhrl_iss_gain g;
  assert_ok(fhrl_iss_gain_find(&a->iss, &a->q, &a->g.input, &a->g.solver, 1, &g, &err));
  ck_assert(isnan(g.level[0].certified));
  ck_assert_ptr_nonnull(strstr(g.reason, "no bound"));
  const char *id;
  double rho;
  const fhrl_iss_lab lab = {.radius = g.level[0].certified};
  ck_assert_int_eq(fhrl_iss_lab_bounded(&a->iss, &lab, &id, &rho), 0);
  fhrl_contraction_proof p;
  assert_ok(fhrl_contraction_proof_find(&a->iss, &a->plan, &a->g.input, &p, &err));
  ck_assert_int_eq(p.proved, 0);
  audit_free(a);
}
END_TEST

// ---- trajectories, map

START_TEST(a_thousand_trajectories_stay_below_their_bounds)
{
  static const char *const settings[] = {"", "model.drive=none model.kappa=1",
    "model.w_scale=0.2 model.kappa=3 model.epsilon=0.1", "model.homeostasis=gain",
    "input.kind=sine input.frequency=0.3"};
  fhrl_err err = {FHRL_OK, ""};
  audited *a = tried("fhrl", settings[_i]);
  fhrl_iss_reach one, three;
  const long starts = _i == 4 ? 100 : 1000;
  assert_ok(fhrl_iss_reach_find(&a->iss, &a->q, &a->g.input, &a->g.solver, starts, 1, &one, &err));
  assert_ok(fhrl_iss_reach_find(&a->iss, &a->q, &a->g.input, &a->g.solver, starts, 3, &three, &err));
  ck_assert_int_eq(one.starts, starts);
  ck_assert_int_eq(one.failed, 0);
  ck_assert_int_eq(one.above + one.above_V + one.above_tight, 0);
  ck_assert_double_gt(one.tightness, 0.1);
  ck_assert_double_le(one.tightness, 1.0 + 1e-5);
  ck_assert_int_eq(one.times, three.times);
  ck_assert_mem_eq(
    one.row, three.row, (size_t)one.times * (FHRL_ISS_REACH_COLUMNS + (size_t)one.drawn) * sizeof *one.row);
  const double *last = one.row + (size_t)(one.times - 1) * FHRL_ISS_REACH_COLUMNS;
  ck_assert_double_eq(last[FHRL_ISS_REACH_T], 20.0);
  for (int k = FHRL_ISS_REACH_LEAST; k < FHRL_ISS_REACH_MOST; k++) ck_assert_double_le(last[k], last[k + 1]);
  fhrl_iss_reach_free(&one);
  fhrl_iss_reach_free(&three);
  audit_free(a);
}
END_TEST

START_TEST(bounds_that_are_too_low_are_seen_to_be_exceeded)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = tried("fhrl", "");
  fhrl_iss_reach r;
  a->iss.constants.drive_sup = 0.1; // it is sqrt(2)
  a->iss.constants.tight.c_0 *= 0.05;
  assert_ok(fhrl_iss_reach_find(&a->iss, &a->q, &a->g.input, &a->g.solver, 200, 1, &r, &err));
  ck_assert_int_gt(r.above, 50);
  ck_assert_int_gt(r.above_tight, 50);
  fhrl_iss_reach_free(&r);
  audit_free(a);
}
END_TEST

START_TEST(the_map_shows_where_s15_fails)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = tried("fhrl", "iss.rho_max=2");
  fhrl_iss_map m;
  assert_ok(fhrl_iss_map_find(&a->iss, &a->q, 20, &m, &err));
  ck_assert_int_eq(m.radii, 20);
  int S22 = 0;
  for (int i = 0; i < m.radii; i++)
    for (int j = 0; j < m.sizes; j++) {
      const double *gap = m.gap + ((size_t)i * m.sizes + j) * FHRL_ISS_MAP_RULES;
      ck_assert_double_eq_tol(gap[0], 1.0 - m.rho[i], 1e-14);
      ck_assert_double_le(gap[4], 0.0); // practical_tight is proved
      S22 += gap[3] > 0.0;
    }
  ck_assert_int_gt(S22, 5);
  ck_assert_int_lt(S22, m.radii * m.sizes / 2);
  fhrl_iss_map_free(&m);
  audit_free(a);
}
END_TEST

START_TEST(json_holds_every_part)
{
  fhrl_err err = {FHRL_OK, ""};
  audited *a = tried(
    "fhrl", "model.homeostasis=reentry model.W_r=0_10;0_0 iss.starts=50 iss.gain_levels=2 iss.pairs=1 iss.map=10");
  fhrl_iss_lab lab;
  assert_ok(fhrl_iss_lab_run(&a->iss, &a->g.input, &a->g.solver, &a->plan, a->g.x0, 1, &lab, &err));
  fhrl_json *r = fhrl_json_object();
  fhrl_iss_lab_json(&a->iss, &lab, r);
  ck_assert_double_eq_tol(fhrl_json_number(fhrl_json_get(fhrl_json_get(r, "reentry"), "dissipative")), -4.0, 1e-12);
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(fhrl_json_get(r, "reentry"), "spectral_sign")), 1.0);
  ck_assert_double_gt(fhrl_json_number(fhrl_json_get(fhrl_json_get(r, "bounded"), "rho_ultimate")), 10.0);
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(fhrl_json_get(r, "bounded"), "by")), "reentry_spectral");
  ck_assert_uint_eq(fhrl_json_size(fhrl_json_get(fhrl_json_get(r, "gain"), "levels")), 3);
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(fhrl_json_get(r, "trajectories"), "starts")), 50.0);
  ck_assert_uint_eq(fhrl_json_size(fhrl_json_get(fhrl_json_get(r, "contraction"), "pairs")), 1);
  fhrl_json_free(r);
  fhrl_iss_lab_free(&lab);
  audit_free(a);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/iss_lab");
  TCase *t = tcase_create("laboratory");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, logarithmic_norms_of_a_known_matrix);
  tcase_add_test(t, weights_bring_all_three_norms_to_the_perron_root);
  tcase_add_test(t, without_drive_the_sphere_is_neutral_and_never_contracts);
  tcase_add_loop_test(t, no_pair_approaches_more_slowly_than_certified, 0, 5);
  tcase_add_test(t, a_weak_drive_is_certified_contracting_and_does_contract);
  tcase_add_test(t, the_layer_contracts_as_certified_while_reentry_is_weak);
  tcase_add_test(t, the_gain_is_sharp_without_drive);
  tcase_add_loop_test(t, no_orbit_exceeds_the_certified_gain, 0, 7);
  tcase_add_test(t, the_layer_has_a_gain_below_that_of_its_pole);
  tcase_add_test(t, an_unbounded_system_has_no_certified_gain);
  tcase_add_loop_test(t, a_thousand_trajectories_stay_below_their_bounds, 0, 5);
  tcase_add_test(t, bounds_that_are_too_low_are_seen_to_be_exceeded);
  tcase_add_test(t, the_map_shows_where_s15_fails);
  tcase_add_test(t, json_holds_every_part);
  suite_add_tcase(s, t);
  return run_suite(s);
}
