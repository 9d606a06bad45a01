// SPDX-License-Identifier: GPL-3.0-or-later
// test_compare_sides: what network and flow share: integrators, equilibria, exponents, slots, signals, and the verdict on them
#include "analysis/compare.h"

#include "analysis/compare_atlas.h"
#include "analysis/compare_input.h"
#include "analysis/compare_verdict.h"
#include "analysis/ladder.h"
#include "golden_layer.h"
#include "ode/input.h"

enum { D = 10, T = 48, N = 3 };

static const fhrl_compare_plan plan = {.rate = FHRL_LAYER_PAPER, .sequences = 1, .metric_sequences = 1, .curve_sequences = 1,
  .exponent_sequences = N, .equilibria = 3, .window = 6, .rtol = 1e-9, .curve_rtol = 1e-3, .exponent_rtol = 1e-8, .limit = 0.1};

static fhrl_recording record(const fhrl_layer *l)
{
  fhrl_recording r = {.sequences = N, .tokens = T, .d = D, .x_pre = random_input(7, N * T, D)};
  fhrl_system *s;
  fhrl_ladder ladder;
  fhrl_err err = {0};
  r.y = malloc((size_t)N * T * D * sizeof *r.y);
  assert_ok(fhrl_layer_bind(l, 1.0, FHRL_LAYER_PAPER, &s, &err));
  assert_ok(fhrl_ladder_init(&ladder, s, 1, &err));
  for (int n = 0; n < N; n++) assert_ok(fhrl_ladder_run(&ladder, T, r.x_pre + n * T * D, r.y + n * T * D, &err));
  fhrl_ladder_free(&ladder);
  fhrl_system_destroy(s);
  return r;
}

static void run(double gamma, fhrl_compare_layer *out)
{
  fhrl_layer l = random_layer(3, D, 3, gamma, 1.3);
  fhrl_recording r = record(&l);
  fhrl_team *team;
  fhrl_err err = {0};
  assert_ok(fhrl_team_create(2, &team, &err));
  assert_ok(fhrl_compare_run(&plan, &l, &r, 1, team, NULL, out, &err));
  fhrl_team_destroy(team);
  fhrl_recording_free(&r);
  fhrl_layer_free(&l);
}

START_TEST(the_twin_is_what_two_other_integrators_say)
{
  fhrl_compare_layer out;
  run(0.6, &out);
  ck_assert_double_gt(out.twin_size, 0.01);
  for (int k = 0; k < FHRL_COMPARE_INTEGRATORS; k++) {
    ck_assert_double_gt(out.integrator_difference[k], 0.0); // they are not the same computation
    ck_assert_double_le(out.integrator_difference[k], plan.rtol * out.twin_size); // what was asked for, over the sequence
  }
  fhrl_compare_free(&out);
}
END_TEST

START_TEST(equilibria_belong_to_both_sides)
{
  fhrl_compare_layer out;
  run(_i ? 0.6 : 6.0, &out);
  double least = HUGE_VAL;
  ck_assert_int_eq(out.rests, 3);
  for (int k = 0; k < out.rests; k++) {
    const fhrl_compare_rest *r = &out.rest[k];
    ck_assert_int_eq(r->sequence, k);
    ck_assert_int_eq(r->token, T - 1 - k * T / 3);
    if (r->reason[0]) continue;
    ck_assert(r->shared);
    ck_assert_double_le(r->moved, 1e-9);
    if (!(r->growth < 0.0)) continue;
    // stable at h = 1 exactly if the step at which it is lost lies beyond; iteration agrees where it could tell
    ck_assert_int_eq(r->radius < 1.0, !(r->sequential.h_c <= 1.0));
    ck_assert_ptr_nonnull(r->sequential.bifurcation);
    if (r->sequential.unchecked == NULL) ck_assert(r->sequential.agrees);
    if (r->simultaneous.unchecked == NULL) ck_assert(r->simultaneous.agrees);
    least = fmin(least, r->sequential.h_c);
  }
  ck_assert_double_lt(least, HUGE_VAL);
  ck_assert_double_eq(out.h_c_sequential, least);
  fhrl_compare_free(&out);
}
END_TEST

// Without reentry slots relax at their own rate, which is the slowest: ln(1 - alpha) in the network, -alpha in the flow.
START_TEST(without_reentry_exponents_are_known)
{
  fhrl_compare_layer out;
  run(0.0, &out);
  ck_assert_int_eq(out.exponents.tokens, (N - 1) * T);
  // the share that y has of a tangent follows the input: what it was at the beginning and at the end, over 96 tokens
  ck_assert_double_eq_tol(out.exponents.side[0].mean, log(0.9), 5e-3);
  ck_assert_double_eq_tol(out.exponents.side[1].mean, -0.1, 5e-3);
  for (int k = 0; k < 2; k++) ck_assert_double_gt(out.exponents.side[k].standard_error, 0.0);
  fhrl_compare_free(&out);
}
END_TEST

// Differences of slots decay as (1 - alpha h)^(m T), in the flow as exp(-alpha T): those of U and V both enter sigma_2.
START_TEST(slots_collapse_as_they_should)
{
  fhrl_compare_layer out;
  run(0.6, &out);
  const fhrl_slots *s = out.slots.side;
  ck_assert_double_gt(out.slots.start.effective_rank, 2.0);
  for (int k = 0; k < FHRL_COMPARE_SLOTS_SIDES; k++) {
    const int m = 1 << k;
    const double left = k < FHRL_COMPARE_SLOTS_RUNGS ? pow(1.0 - 0.1 / m, m * T) : exp(-0.1 * T);
    ck_assert_double_le(s[k].effective_rank, 1.01);
    ck_assert_double_ge(s[k].effective_rank, 1.0 - 1e-12);
    // sigma_2 / sigma_1 is that of the slots' differences over what all have in common, which depends little on h
    ck_assert_double_eq_tol(s[k].ratio / (left * left), s[0].ratio / pow(0.9, 2 * T), 0.5 * s[0].ratio / pow(0.9, 2 * T));
  }
  ck_assert(isnan(out.slots.network.ratio)); // nobody has probed
  fhrl_compare_free(&out);
}
END_TEST

static void configure(fhrl_config *c, const char *const set[], int n)
{
  fhrl_err err = {0};
  fhrl_config_init(c);
  assert_ok(fhrl_config_add(c, "compare", fhrl_compare_fields, fhrl_compare_field_count, &err));
  assert_ok(fhrl_config_add(c, "input", fhrl_input_fields, fhrl_input_field_count, &err));
  for (int i = 0; i < n; i += 3) assert_ok(fhrl_config_set(c, set[i], set[i + 1], set[i + 2], "test", &err));
}

START_TEST(signals_drive_both_sides)
{
  fhrl_layer l = random_layer(3, D, 3, 0.6, 1.3);
  fhrl_recording r = record(&l), before = record(&l);
  fhrl_config c;
  fhrl_err err = {0};
  configure(&c, NULL, 0);
  assert_ok(fhrl_compare_input_apply(&c, &l, &r, 1, &err));
  assert_close("recorded", r.x_pre, before.x_pre, N * T * D, 0.0);
  fhrl_config_free(&c);
  configure(&c, (const char *[]){"compare", "input", "constant"}, 3);
  assert_ok(fhrl_compare_input_apply(&c, &l, &r, 1, &err));
  for (int s = 0; s < N; s++)
    for (int t = 1; t < T; t++) assert_close("held", r.x_pre + (s * T + t) * D, r.x_pre + s * T * D, D, 0.0);
  ck_assert_double_gt(fabs(r.x_pre[0] - r.x_pre[T * D]), 0.0); // sequences differ
  ck_assert_double_gt(fabs(r.y[T * D - 1]), 0.0);
  fhrl_config_free(&c);
  configure(&c, (const char *[]){"compare", "input", "sine", "input", "frequency", "0.25", "input", "seed", "9"}, 9);
  assert_ok(fhrl_compare_input_apply(&c, &l, &r, 1, &err));
  for (int i = 0; i < D; i++) {
    ck_assert_double_eq_tol(r.x_pre[i], 0.0, 1e-14);
    ck_assert_double_eq_tol(r.x_pre[3 * D + i], -r.x_pre[D + i], 1e-14); // a quarter and three quarters of a cycle
  }
  fhrl_config_free(&c);
  configure(&c, (const char *[]){"compare", "input", "sine", "input", "kind", "noise"}, 6);
  assert_fails(fhrl_compare_input_apply(&c, &l, &r, 1, &err), FHRL_ARG, &err, "input.kind = noise, but compare.input = sine");
  fhrl_config_free(&c);
  configure(&c, (const char *[]){"input", "file", "a.nc"}, 3);
  assert_fails(fhrl_compare_input_apply(&c, &l, &r, 1, &err), FHRL_ARG, &err, "compare.probe");
  fhrl_config_free(&c);
  fhrl_recording_free(&r);
  fhrl_recording_free(&before);
  fhrl_layer_free(&l);
}
END_TEST

// ---- the atlas

// Without reentry y follows by 1 - h, whatever the layer: at h = 1.9 both rest, at 2.5 the map has lost it by a flip.
START_TEST(cells_of_the_atlas_are_what_they_have_to_be)
{
  fhrl_layer l = random_layer(3, D, 1, 0.0, 1.3);
  double *u = random_input(7, 1, D);
  fhrl_compare_atlas_cell c = {.beta = 0.5, .h = 1.9};
  fhrl_err err = {0};
  assert_ok(fhrl_compare_atlas_look(&l, FHRL_LAYER_PAPER, u, &c, &err));
  ck_assert_int_eq(c.is, FHRL_COMPARE_ATLAS_SAME);
  ck_assert_double_gt(c.rho_flow, 0.0);
  ck_assert_double_eq_tol(c.rho_flow, c.rho_map, 1e-5 * (1.0 + c.rho_flow));
  c = (fhrl_compare_atlas_cell){.beta = 0.5, .h = 2.5};
  assert_ok(fhrl_compare_atlas_look(&l, FHRL_LAYER_EXACT, u, &c, &err));
  ck_assert_int_eq(c.is, FHRL_COMPARE_ATLAS_FLIP);
  ck_assert_double_eq_tol(c.re, -1.5, 1e-9);
  ck_assert_double_eq(c.im, 0.0);
  free(u);
  fhrl_layer_free(&l);
}
END_TEST

START_TEST(an_atlas_goes_on_from_its_part)
{
  enum { POINTS = 3, CELLS = 2 * POINTS * POINTS };
  fhrl_layer l = random_layer(3, D, 1, 0.6, 1.3);
  double *u = random_input(7, 1, D);
  char part[600], text[64];
  fhrl_compare_atlas a, b;
  fhrl_team *team;
  FILE *f;
  fhrl_err err = {0};
  snprintf(part, sizeof part, "%s/part", scratch("atlas"));
  assert_ok(fhrl_team_create(2, &team, &err));
  assert_ok(fhrl_compare_atlas_init(&a, &l, u, POINTS, 2.0, &err));
  assert_ok(fhrl_compare_atlas_run(&a, &l, FHRL_LAYER_PAPER, u, team, NULL, part, &err));
  for (int i = 0; i < CELLS; i++) ck_assert(a.cell[i].done);
  // a part that holds one cell, and a lie: what is there is believed, what is missing computed
  f = fopen(part, "w");
  ck_assert_ptr_nonnull(f);
  fprintf(f, "fhrl.compare.atlas/1 %d %a\n4 7 %a %a 0x1p+3 nan nan nan\n", POINTS, a.key, a.cell[4].gamma, a.cell[4].h);
  ck_assert_int_eq(fclose(f), 0);
  assert_ok(fhrl_compare_atlas_init(&b, &l, u, POINTS, 2.0, &err));
  assert_ok(fhrl_compare_atlas_run(&b, &l, FHRL_LAYER_PAPER, u, team, NULL, part, &err));
  ck_assert_int_eq(b.cell[4].is, FHRL_COMPARE_ATLAS_FAILED);
  ck_assert_double_eq(b.cell[4].rho_flow, 8.0);
  for (int i = 0; i < CELLS; i++)
    if (i != 4) {
      ck_assert_int_eq(a.cell[i].is, b.cell[i].is);
      ck_assert_mem_eq(&a.cell[i].rho_map, &b.cell[i].rho_map, sizeof a.cell[i].rho_map);
    }
  fhrl_compare_atlas_free(&b);
  u[0] += 1.0; // of another input it is no part
  assert_ok(fhrl_compare_atlas_init(&b, &l, u, POINTS, 2.0, &err));
  assert_ok(fhrl_compare_atlas_run(&b, &l, FHRL_LAYER_PAPER, u, team, NULL, part, &err));
  ck_assert_int_ne(b.cell[4].is, FHRL_COMPARE_ATLAS_FAILED);
  f = fopen(part, "r");
  ck_assert_ptr_nonnull(f);
  ck_assert_ptr_nonnull(fgets(text, sizeof text, f));
  ck_assert_int_eq(fclose(f), 0);
  ck_assert_ptr_nonnull(strstr(text, "fhrl.compare.atlas/1 3 "));
  fhrl_compare_atlas_free(&a);
  fhrl_compare_atlas_free(&b);
  fhrl_team_destroy(team);
  fhrl_layer_free(&l);
  free(u);
}
END_TEST

// ---- the verdict, on results made up for it

static fhrl_compare_layer made_up(double relative, fhrl_compare_rest *rest)
{
  fhrl_compare_layer r = {.rests = 1, .rest = rest, .h_c_sequential = rest->sequential.h_c, .exponents.tokens = 100};
  fhrl_compare_ladder *l = &r.ladder[FHRL_LAYER_PAPER];
  *l = (fhrl_compare_ladder){.sequences = 1, .flow_rms = 2.0, .relative_at_1 = relative, .order = 1.0};
  for (int k = 0; k < FHRL_COMPARE_RUNGS; k++) l->error_rms[k] = ldexp(2.0 * relative, -k);
  for (int k = 0; k < 2; k++) r.exponents.side[k] = (fhrl_exponents_estimate){.mean = -0.1, .standard_error = 0.01};
  return r;
}

START_TEST(a_verdict_needs_all_three)
{
  fhrl_compare_rest rest = {.shared = 1, .growth = -0.1, .radius = 0.9, .sequential.h_c = 1.5};
  fhrl_compare_verdict v;
  fhrl_compare_layer r = made_up(0.08, &rest);
  fhrl_compare_verdict_find(&plan, &r, 1, &v);
  ck_assert_int_eq(v.all, FHRL_COMPARE_YES);
  ck_assert_double_eq(v.h, 1.0);
  ck_assert_ptr_nonnull(strstr(v.headline, "The continuous theory describes this network: y is 8 % off"));
  r = made_up(0.8, &rest); // an error of order one: 10 % at an eighth of h = 1
  fhrl_compare_verdict_find(&plan, &r, 1, &v);
  ck_assert_int_eq(v.near_flow, FHRL_COMPARE_NO);
  ck_assert_int_eq(v.all, FHRL_COMPARE_NO);
  ck_assert_double_eq_tol(v.h, 0.125, 1e-12);
  r = made_up(0.5, &rest); // between two rungs
  fhrl_compare_verdict_find(&plan, &r, 1, &v);
  ck_assert_double_eq_tol(v.h, 0.2, 1e-12);
  r = made_up(100.0, &rest);
  fhrl_compare_verdict_find(&plan, &r, 1, &v);
  ck_assert_double_eq(v.h, 0.0);
  ck_assert_ptr_nonnull(strstr(v.headline, "even at h = 1/64"));
}
END_TEST

START_TEST(lost_equilibria_and_other_signs_are_told)
{
  fhrl_compare_rest rest = {.shared = 1, .growth = -0.1, .radius = 1.1, .sequential.h_c = 0.75};
  fhrl_compare_verdict v;
  fhrl_compare_layer r = made_up(0.08, &rest);
  fhrl_compare_verdict_find(&plan, &r, 1, &v);
  ck_assert_int_eq(v.stability, FHRL_COMPARE_NO);
  ck_assert_int_eq(v.all, FHRL_COMPARE_NO);
  ck_assert_double_eq(v.h, 0.75);
  ck_assert_ptr_nonnull(strstr(v.headline, "of 1 equilibria 1 are stable in the flow and 0 in the network"));
  fhrl_compare_rest good = {.shared = 1, .growth = -0.1, .radius = 0.9, .sequential.h_c = FHRL_NAN};
  r = made_up(0.08, &good);
  r.exponents.side[0].mean = 0.1;
  fhrl_compare_verdict_find(&plan, &r, 1, &v);
  ck_assert_int_eq(v.sign, FHRL_COMPARE_NO);
  ck_assert_int_eq(v.all, FHRL_COMPARE_NO);
  // what is said of steps is true beside that, and no contradiction
  ck_assert_ptr_nonnull(strstr(v.headline, "steps of up to h = 1 token stay near the flow and keep its equilibria"));
  ck_assert_ptr_eq(strstr(v.headline, "It describes"), NULL);
  r.exponents.side[0].mean = 0.015; // within two standard errors of zero
  fhrl_compare_verdict_find(&plan, &r, 1, &v);
  ck_assert_int_eq(v.all, FHRL_COMPARE_UNDECIDED);
  ck_assert_ptr_nonnull(strstr(v.headline, "undecided"));
  r.exponents.side[0].standard_error = FHRL_NAN; // too few tokens for an error
  r.exponents.side[0].mean = -0.1;
  fhrl_compare_verdict_find(&plan, &r, 1, &v);
  ck_assert_int_eq(v.sign, FHRL_COMPARE_UNDECIDED);
  r.exponents.side[0].mean = -HUGE_VAL; // of a singular Jacobian: a sign that needs no error
  fhrl_compare_verdict_find(&plan, &r, 1, &v);
  ck_assert_int_eq(v.sign, FHRL_COMPARE_YES);
  ck_assert_ptr_nonnull(strstr(v.headline, "(network -infinity, flow -0.1"));
  r.exponents.side[0].mean = FHRL_NAN;
  fhrl_compare_verdict_find(&plan, &r, 1, &v);
  ck_assert_ptr_nonnull(strstr(v.headline, "(network unknown, flow -0.1"));
  r.exponents.tokens = 0;
  fhrl_compare_verdict_find(&plan, &r, 1, &v);
  ck_assert_int_eq(v.sign, FHRL_COMPARE_UNDECIDED);
  ck_assert_ptr_nonnull(strstr(v.headline, "exponents were not measured"));
  // of two layers the one that says no decides
  fhrl_compare_layer two[2] = {made_up(0.05, &good), made_up(0.07, &good)};
  two[1].index = 1;
  two[1].exponents.side[1].mean = 0.2;
  fhrl_compare_verdict_find(&plan, two, 2, &v);
  ck_assert_int_eq(v.lambda_layer, 1);
  ck_assert_int_eq(v.relative_layer, 1);
  ck_assert_int_eq(v.all, FHRL_COMPARE_NO);
}
END_TEST

// One that the flow leaves may hold in the network: from which h on is not measured, so that no h is named.
START_TEST(stability_that_only_the_network_has_leaves_h_open)
{
  fhrl_compare_rest rest = {.shared = 1, .growth = 0.1, .radius = 0.9, .sequential.h_c = FHRL_NAN};
  fhrl_compare_verdict v;
  fhrl_compare_layer r = made_up(0.5, &rest);
  fhrl_compare_verdict_find(&plan, &r, 1, &v);
  ck_assert_int_eq(v.stability, FHRL_COMPARE_NO);
  ck_assert(isnan(v.h));
  ck_assert_double_eq_tol(v.h_near, 0.2, 1e-12);
  ck_assert_ptr_eq(strstr(v.headline, "steps of up to"), NULL);
  ck_assert_int_eq(v.headline[strlen(v.headline) - 1], '.'); // and the sentence ends
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/compare_sides");
  TCase *t = tcase_create("sides");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, the_twin_is_what_two_other_integrators_say);
  tcase_add_loop_test(t, equilibria_belong_to_both_sides, 0, 2);
  tcase_add_test(t, without_reentry_exponents_are_known);
  tcase_add_test(t, slots_collapse_as_they_should);
  tcase_add_test(t, signals_drive_both_sides);
  tcase_add_test(t, cells_of_the_atlas_are_what_they_have_to_be);
  tcase_add_test(t, an_atlas_goes_on_from_its_part);
  tcase_add_test(t, a_verdict_needs_all_three);
  tcase_add_test(t, lost_equilibria_and_other_signs_are_told);
  tcase_add_test(t, stability_that_only_the_network_has_leaves_h_open);
  suite_add_tcase(s, t);
  return run_suite(s);
}
