// SPDX-License-Identifier: GPL-3.0-or-later
// test_compare: the ladder's order, its lowest rung, the curve's limit, and one slot for r, on small random layers
#include "analysis/compare.h"

#include "analysis/held.h"
#include "analysis/ladder.h"
#include "analysis/slaved.h"
#include "golden_layer.h"

enum { D = 12, T = 16, N = 3 };

// A recording of what the network's rung gives, N sequences.
static fhrl_recording record(const fhrl_layer *l, uint32_t seed)
{
  fhrl_recording r = {.sequences = N, .tokens = T, .d = D, .x_pre = random_input(seed, N * T, D)};
  fhrl_system *s;
  fhrl_ladder ladder;
  fhrl_err err = {0};
  r.y = malloc((size_t)N * T * D * sizeof *r.y);
  assert_ok(fhrl_layer_bind(l, 1.0, FHRL_LAYER_PAPER, &s, &err));
  assert_ok(fhrl_ladder_init(&ladder, s, 1, &err));
  for (int n = 0; n < N; n++)
    assert_ok(fhrl_ladder_run(&ladder, T, r.x_pre + (size_t)n * T * D, r.y + (size_t)n * T * D, &err));
  fhrl_ladder_free(&ladder);
  fhrl_system_destroy(s);
  return r;
}

static const fhrl_compare_plan plan = {.rate = FHRL_LAYER_PAPER, .sequences = 2, .metric_sequences = 3,
  .rate_sequences = 2, .curve_sequences = 1, .exponent_sequences = 3, .equilibria = 2, .window = 6, .rtol = 1e-9,
  .curve_rtol = 1e-6, .exponent_rtol = 1e-7, .limit = 0.1};

static void run(const fhrl_compare_plan *how, double gamma, int threads, fhrl_compare_layer out[2])
{
  fhrl_layer layer[2] = {random_layer(3, D, 3, gamma, 1.2), random_layer(4, D, 3, gamma, 1.2)};
  fhrl_recording r[2] = {record(&layer[0], 7), record(&layer[1], 8)};
  fhrl_team *team;
  fhrl_err err = {0};
  layer[1].index = 1;
  assert_ok(fhrl_team_create(threads, &team, &err));
  assert_ok(fhrl_compare_run(how, layer, r, 2, team, NULL, out, &err));
  fhrl_team_destroy(team);
  for (int i = 0; i < 2; i++) {
    fhrl_recording_free(&r[i]);
    fhrl_layer_free(&layer[i]);
  }
}

START_TEST(the_ladder_converges_to_the_flow_with_order_one)
{
  fhrl_compare_plan how = plan;
  how.rate = _i ? FHRL_LAYER_EXACT : FHRL_LAYER_PAPER;
  fhrl_compare_layer out[2];
  run(&how, 0.6, 1, out);
  for (int i = 0; i < 2; i++) {
    for (int rate = 0; rate < FHRL_COMPARE_RATES; rate++) {
      const fhrl_compare_ladder *l = &out[i].ladder[rate];
      ck_assert_int_eq(l->sequences, 2);
      ck_assert_double_ge(l->order, 0.95);
      ck_assert_double_le(l->order, 1.05);
      for (int k = 1; k < FHRL_COMPARE_RUNGS; k++) {
        ck_assert_double_lt(l->error_rms[k], l->error_rms[k - 1]);
        ck_assert_double_le(l->error_rms[k], l->error_sup[k]);
      }
      ck_assert_double_gt(l->relative_at_1, 0.1); // far from the flow
    }
    ck_assert_double_le(out[i].network_deviation, 1e-12); // at either rate the lowest rung is the network
    fhrl_compare_free(&out[i]);
  }
}
END_TEST

// The two runs that have a rate in common, once as the plan's own and once as the other, see the same ladder.
START_TEST(the_other_rate_is_the_rate_of_the_other_plan)
{
  fhrl_compare_plan exact = plan;
  exact.rate = FHRL_LAYER_EXACT;
  fhrl_compare_layer a[2], b[2];
  run(&plan, 0.6, 1, a);
  run(&exact, 0.6, 1, b);
  for (int i = 0; i < 2; i++) {
    assert_close("rms", a[i].ladder[FHRL_LAYER_EXACT].error_rms, b[i].ladder[FHRL_LAYER_EXACT].error_rms, FHRL_COMPARE_RUNGS,
      1e-8); // of one twin there are eight looks a token, which shortens steps
    assert_close("sup", a[i].ladder[FHRL_LAYER_PAPER].error_sup, b[i].ladder[FHRL_LAYER_PAPER].error_sup, FHRL_COMPARE_RUNGS,
      1e-8);
    fhrl_compare_free(&a[i]);
    fhrl_compare_free(&b[i]);
  }
}
END_TEST

START_TEST(errors_by_token_add_up_to_those_of_the_ladder)
{
  fhrl_compare_layer out[2];
  run(&plan, 0.6, 2, out);
  for (int i = 0; i < 2; i++) {
    const fhrl_compare_ladder *l = &out[i].ladder[FHRL_LAYER_PAPER];
    for (int k = 0; k < FHRL_COMPARE_RUNGS; k++) {
      double square = 0.0, flow = 0.0, sup = 0.0;
      for (int t = 0; t < T; t++) {
        const double *row = out[i].token + t * (1 + 2 * FHRL_COMPARE_RUNGS);
        flow += row[0] * row[0] / T;
        square += row[1 + k] * row[1 + k] / T;
        sup = fmax(sup, row[1 + FHRL_COMPARE_RUNGS + k]);
      }
      ck_assert_double_eq_tol(sqrt(square), l->error_rms[k], 1e-14);
      ck_assert_double_eq_tol(sqrt(flow), l->flow_rms, 1e-14);
      ck_assert_double_eq(sup, l->error_sup[k]);
    }
    fhrl_compare_free(&out[i]);
  }
}
END_TEST

START_TEST(without_reentry_the_exact_rate_leaves_only_the_lag_of_y)
{
  fhrl_compare_layer out[2];
  run(&plan, 0.0, 1, out);
  for (int i = 0; i < 2; i++) {
    const double *exact = out[i].curve[FHRL_LAYER_EXACT], *paper = out[i].curve[FHRL_LAYER_PAPER];
    for (int k = 1; k < FHRL_COMPARE_SPEEDS; k++) ck_assert_double_lt(exact[k], exact[k - 1]);
    ck_assert_double_le(exact[FHRL_COMPARE_SPEEDS - 1], 1e-5); // theory 2b: nothing else is left
    ck_assert_double_ge(paper[FHRL_COMPARE_SPEEDS - 1], 1e-2);
    ck_assert(isnan(out[i].c_star) || out[i].c_star_reason == NULL);
    fhrl_compare_free(&out[i]);
  }
}
END_TEST

START_TEST(the_curve_ends_at_its_limit)
{
  fhrl_compare_layer out[2];
  run(&plan, 0.6, 1, out);
  for (int i = 0; i < 2; i++)
    for (int rate = 0; rate < 2; rate++) {
      const double *e = out[i].curve[rate];
      const int last = FHRL_COMPARE_SPEEDS - 1;
      ck_assert_double_le(fabs(e[last] - e[last - 1]), 0.02 * e[0]);
      // the distance to the limit halves with 1/c
      ck_assert_double_eq_tol((e[last - 2] - e[last]) / (e[last - 1] - e[last]), 2.0, 0.4);
    }
  for (int i = 0; i < 2; i++) fhrl_compare_free(&out[i]);
}
END_TEST

START_TEST(results_do_not_depend_on_the_number_of_threads)
{
  fhrl_compare_layer a[2], b[2];
  run(&plan, 0.6, 1, a);
  run(&plan, 0.6, 3, b);
  for (int i = 0; i < 2; i++) {
    for (int rate = 0; rate < FHRL_COMPARE_RATES; rate++)
      ck_assert_mem_eq(a[i].ladder[rate].error_rms, b[i].ladder[rate].error_rms, sizeof a[i].ladder[rate].error_rms);
    ck_assert_mem_eq(a[i].curve, b[i].curve, sizeof a[i].curve);
    ck_assert_mem_eq(a[i].metric, b[i].metric, sizeof a[i].metric);
    ck_assert_mem_eq(a[i].twin, b[i].twin, T * D * sizeof *a[i].twin);
    ck_assert_mem_eq(a[i].flow_twin, b[i].flow_twin, 8 * T * D * sizeof *a[i].twin);
    ck_assert_mem_eq(a[i].token, b[i].token, T * (1 + 2 * FHRL_COMPARE_RUNGS) * sizeof *a[i].token);
    ck_assert_mem_eq(a[i].slots.side, b[i].slots.side, sizeof a[i].slots.side);
    ck_assert_mem_eq(a[i].integrator_difference, b[i].integrator_difference, sizeof a[i].integrator_difference);
    ck_assert_double_eq(a[i].h_c_sequential, b[i].h_c_sequential);
    for (int k = 0; k < FHRL_COMPARE_EXPONENTS_SIDES; k++)
      ck_assert_double_eq(a[i].exponents.side[k].mean, b[i].exponents.side[k].mean);
    fhrl_compare_free(&a[i]);
    fhrl_compare_free(&b[i]);
  }
}
END_TEST

START_TEST(metrics_are_those_of_the_recording_or_null)
{
  fhrl_compare_layer out[2];
  run(&plan, 0.6, 2, out);
  for (int i = 0; i < 2; i++) {
    for (int side = 0; side < FHRL_COMPARE_SIDES; side++) {
      ck_assert_double_gt(out[i].metric[0][side].value, 0.0);
      ck_assert(isnan(out[i].metric[1][side].value)); // fewer than 12 sequences
      ck_assert_double_gt(out[i].metric[2][side].value, 0.0);
      ck_assert_double_le(out[i].metric[2][side].value, 0.5);
    }
    // the recorded network is the lowest rung, and the ladder goes over to the flow
    for (int m = 0; m < FHRL_COMPARE_METRICS; m += 5) {
      const fhrl_mean *of = out[i].metric[m];
      ck_assert_double_eq_tol(of[FHRL_COMPARE_NETWORK].value, of[FHRL_COMPARE_RUNG].value, 1e-12);
      ck_assert_double_lt(fabs(of[FHRL_COMPARE_RUNG + 3].value - of[FHRL_COMPARE_FLOW].value),
        fabs(of[FHRL_COMPARE_RUNG].value - of[FHRL_COMPARE_FLOW].value));
    }
    double rho = 0.0; // of the twin, by hand
    for (int t = 0; t < T; t++) rho += fhrl_norm(D, out[i].twin + t * D);
    ck_assert_double_gt(rho, 0.0);
    fhrl_compare_free(&out[i]);
  }
}
END_TEST

typedef struct last {
  int n;
  double *z; // (T, n)
} last;

static fhrl_status keep(void *context, int k, const fhrl_system *s, const double z[], fhrl_err *err)
{
  last *l = context;
  memcpy(l->z + (size_t)(k - 1) * l->n, z, (size_t)l->n * sizeof *z);
  return FHRL_OK;
}

// Theory 3h, 3f, 3g for the flow of r slots itself, and its equality with one slot.
START_TEST(the_flow_of_r_slots_is_that_of_one)
{
  enum { R = 4, BIG = D + 2 * R * D, SMALL = 3 * D };
  fhrl_layer l = random_layer(9, D, R, 0.9, 1.3), one;
  fhrl_system *many, *single;
  double *u = random_input(5, T, D);
  last a = {BIG, malloc(T * BIG * sizeof(double))}, b = {SMALL, malloc(T * SMALL * sizeof(double))};
  const fhrl_solver how = {.method = FHRL_METHOD_ADAMS, .rtol = 1e-10, .atol = 1e-13, .max_steps = 1000000};
  fhrl_err err = {0};
  assert_ok(fhrl_layer_collapse(&l, &one, &err));
  assert_ok(fhrl_layer_bind(&l, 1.0, FHRL_LAYER_PAPER, &many, &err));
  assert_ok(fhrl_layer_bind(&one, 1.0, FHRL_LAYER_PAPER, &single, &err));
  assert_ok(fhrl_held_run(many, T, u, &how, 1, keep, &a, NULL, &err));
  assert_ok(fhrl_held_run(single, T, u, &how, 1, keep, &b, NULL, &err));
  for (int t = 0; t < T; t++) {
    const double *big = a.z + (size_t)t * BIG, *small = b.z + (size_t)t * SMALL;
    assert_close("y", small, big, D, 1e-9);
    for (int i = 0; i < R; i++) {
      assert_close("U row", big + D + i * D, small + D, D, 1e-9);
      assert_close("V row", big + D + (R + i) * D, small + 2 * D, D, 1e-9);
    }
    ck_assert_double_le(fhrl_norm(D, big), (1 - exp(-(t + 1.0))) / l.beta + 1e-9); // 3f
    ck_assert_double_le(fhrl_norm(D, small + D), 1.0 + 1e-9);                      // 3g
  }
  fhrl_system_destroy(many);
  fhrl_system_destroy(single);
  fhrl_layer_free(&l);
  fhrl_layer_free(&one);
  free(a.z);
  free(b.z);
  free(u);
}
END_TEST

START_TEST(the_slaved_y_solves_its_equation)
{
  fhrl_layer l = random_layer(12, D, 1, 0.6, 1.4);
  fhrl_system *s, *flow;
  double z[3 * D], f[3 * D], *u = random_input(6, 1, D);
  fhrl_err err = {0};
  fhrl_random_normal((fhrl_random){.seed = 4, .stream = FHRL_STREAM_START}, 0, 2 * D, z + D);
  for (int i = D; i < 3 * D; i++) z[i] *= 0.4 * (_i - 2); // both signs, and zero
  l.beta = _i == 4 ? 1.0 : 0.5;
  assert_ok(fhrl_slaved_bind(&l, FHRL_LAYER_PAPER, &s, &err));
  assert_ok(fhrl_layer_bind(&l, 1.0, FHRL_LAYER_PAPER, &flow, &err));
  s->u = flow->u = u;
  const int solutions = fhrl_slaved_output(s, z + D, z);
  ck_assert(solutions >= 1 && solutions <= 3);
  flow->model->rhs(flow, 0.0, z, f);
  for (int i = 0; i < D; i++) ck_assert_double_le(fabs(f[i]), 1e-13); // y rests at c = 1
  l.r = 2;
  fhrl_system *none;
  assert_fails(fhrl_slaved_bind(&l, FHRL_LAYER_PAPER, &none, &err), FHRL_ARG, &err, "one slot");
  fhrl_system_destroy(s);
  fhrl_system_destroy(flow);
  fhrl_layer_free(&l);
  free(u);
}
END_TEST

START_TEST(a_recording_that_does_not_fit_is_refused)
{
  fhrl_layer l = random_layer(3, D + 1, 2, 0.3, 1.0), small = random_layer(3, D, 2, 0.3, 1.0);
  fhrl_recording r = record(&small, 7);
  fhrl_compare_layer out;
  fhrl_team *team;
  fhrl_err err = {0};
  assert_ok(fhrl_team_create(1, &team, &err));
  assert_fails(fhrl_compare_run(&plan, &l, &r, 1, team, NULL, &out, &err), FHRL_ARG, &err, "d = 13, its recording 12");
  fhrl_team_destroy(team);
  fhrl_recording_free(&r);
  fhrl_layer_free(&l);
  fhrl_layer_free(&small);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/compare");
  TCase *t = tcase_create("compare");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, the_ladder_converges_to_the_flow_with_order_one, 0, 2);
  tcase_add_test(t, the_other_rate_is_the_rate_of_the_other_plan);
  tcase_add_test(t, errors_by_token_add_up_to_those_of_the_ladder);
  tcase_add_test(t, without_reentry_the_exact_rate_leaves_only_the_lag_of_y);
  tcase_add_test(t, the_curve_ends_at_its_limit);
  tcase_add_test(t, results_do_not_depend_on_the_number_of_threads);
  tcase_add_test(t, metrics_are_those_of_the_recording_or_null);
  tcase_add_test(t, the_flow_of_r_slots_is_that_of_one);
  tcase_add_loop_test(t, the_slaved_y_solves_its_equation, 0, 5);
  tcase_add_test(t, a_recording_that_does_not_fit_is_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
