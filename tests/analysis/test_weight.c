// SPDX-License-Identifier: GPL-3.0-or-later
// test_weight: statistics of W_r against an independent implementation; alignment and its value by chance
#include "analysis/weight.h"

#include <math.h>
#include <stdio.h>

#include "support.h"

static fhrl_err err;
enum { D = 12, TOKENS = 16, TOP = 4 };

START_TEST(statistics_of_a_matrix_equal_the_golden_values)
{
  golden g = golden_load(test_data("golden/E/expect.txt"));
  const double *W = golden_find(&g, "W")->value;
  double sigma[D], top[TOP * D], scratch[TOP * D];
  fhrl_weight m;
  assert_ok(fhrl_weight_measure(D, W, &m, sigma, &err));
  assert_close("svals_W", sigma, golden_find(&g, "svals_W")->value, D, 1e-9);
  assert_close("wr_fro", &m.frobenius, golden_find(&g, "wr_fro")->value, 1, 1e-9);
  assert_close("wr_aniso", &m.anisotropy, golden_find(&g, "wr_aniso")->value, 1, 1e-9);
  assert_close("wr_kappa", &m.kappa_sv, golden_find(&g, "wr_kappa")->value, 1, 1e-9);
  assert_ok(fhrl_weight_top(TOKENS, D, TOP, golden_find(&g, "E")->value, top, &err));
  const double alignment = fhrl_weight_alignment(D, TOP, W, top, scratch);
  assert_close("wr_align_topk", &alignment, golden_find(&g, "wr_align_topk")->value, 1, 1e-9);
  golden_free(&g);
}
END_TEST

START_TEST(statistics_of_networks_equal_the_golden_values)
{
  static const char *const network[] = {"A", "B", "C", "F"};
  char path[64];
  snprintf(path, sizeof path, "golden/%s/expect.txt", network[_i]);
  golden expect = golden_load(test_data(path));
  snprintf(path, sizeof path, "golden/%s/weights.txt", network[_i]);
  golden weights = golden_load(test_data(path));
  double top[TOP * D], scratch[TOP * D], mean[4] = {0.0};
  assert_ok(fhrl_weight_top(TOKENS, D, TOP, golden_find(&weights, "tok.weight")->value, top, &err));
  for (int l = 0; l < 2; l++) {
    char name[64];
    fhrl_weight m;
    snprintf(name, sizeof name, "blocks.%d.wr.weight", l);
    const double *W = golden_find(&weights, name)->value;
    assert_ok(fhrl_weight_measure(D, W, &m, NULL, &err));
    mean[0] += m.frobenius / 2.0;
    mean[1] += m.anisotropy / 2.0;
    mean[2] += m.kappa_sv / 2.0;
    mean[3] += fhrl_weight_alignment(D, TOP, W, top, scratch) / 2.0;
  }
  assert_close("wr_fro", &mean[0], golden_find(&expect, "wr_fro")->value, 1, 1e-9);
  assert_close("wr_aniso", &mean[1], golden_find(&expect, "wr_aniso")->value, 1, 1e-9);
  assert_close("wr_kappa", &mean[2], golden_find(&expect, "wr_kappa")->value, 1, 1e-9);
  assert_close("wr_align_topk", &mean[3], golden_find(&expect, "wr_align_topk")->value, 1, 1e-9);
  golden_free(&expect);
  golden_free(&weights);
}
END_TEST

START_TEST(a_matrix_within_the_subspace_is_fully_aligned_and_one_outside_is_not)
{
  double E[TOKENS * D], top[TOP * D], scratch[TOP * D], inside[D * D] = {0.0}, outside[D * D] = {0.0};
  fhrl_random_normal((fhrl_random){.seed = 6, .stream = FHRL_STREAM_MATRICES}, 0, TOKENS * D, E);
  for (int i = 0; i < TOKENS; i++)
    for (int j = TOP; j < D; j++) E[i * D + j] = 0.0; // the embedding lives in the first four channels
  assert_ok(fhrl_weight_top(TOKENS, D, TOP, E, top, &err));
  for (int i = 0; i < D; i++)
    for (int j = 0; j < D; j++) {
      if (i < TOP && j < TOP) inside[i * D + j] = 0.3 + i - 0.7 * j;
      if (i >= TOP || j >= TOP) outside[i * D + j] = 0.3 + i - 0.7 * j;
    }
  ck_assert_double_eq_tol(fhrl_weight_alignment(D, TOP, inside, top, scratch), 1.0, 1e-13);
  ck_assert_double_le(fhrl_weight_alignment(D, TOP, outside, top, scratch), 1e-13);
}
END_TEST

START_TEST(alignment_by_chance_is_k_over_d)
{
  enum { BIG = 64, K = 8 };
  static double top[K * BIG];
  fhrl_band chance;
  for (int i = 0; i < K; i++) top[i * BIG + 5 * i] = 1.0;
  assert_ok(fhrl_weight_chance(BIG, K, top, 200, (fhrl_random){.seed = 1, .stream = FHRL_STREAM_NULL}, &chance, &err));
  // the ratio's square is Beta(k^2/2, (d^2-k^2)/2): mean (k/d)^2; its scatter is 1/(k sqrt 2) of it
  ck_assert_double_eq_tol(chance.mean, (double)K / BIG, 3.0 * (double)K / BIG / (K * sqrt(2.0)) / sqrt(200.0) + 0.001);
  ck_assert_double_eq_tol(chance.high - chance.low, 2.0 * 1.96 * (double)K / BIG / (K * sqrt(2.0)), 0.008);
}
END_TEST

START_TEST(scale_matters_to_the_norm_alone)
{
  double W[D * D], scaled[D * D];
  fhrl_weight a, b;
  fhrl_random_normal((fhrl_random){.seed = 7, .stream = FHRL_STREAM_MATRICES}, 0, D * D, W);
  for (int i = 0; i < D * D; i++) scaled[i] = -2.385 * W[i];
  assert_ok(fhrl_weight_measure(D, W, &a, NULL, &err));
  assert_ok(fhrl_weight_measure(D, scaled, &b, NULL, &err));
  ck_assert_double_eq_tol(b.frobenius, 2.385 * a.frobenius, 1e-12);
  ck_assert_double_eq_tol(b.anisotropy, a.anisotropy, 1e-14);
  ck_assert_double_eq_tol(b.kappa_sv, D * a.anisotropy, 1e-13);
}
END_TEST

START_TEST(what_cannot_be_measured_is_refused_or_undefined)
{
  double zero[D * D] = {0.0}, E[TOKENS * D] = {0.0}, top[D * D], scratch[D * D];
  fhrl_weight m;
  assert_ok(fhrl_weight_measure(D, zero, &m, NULL, &err));
  ck_assert_double_eq(m.frobenius, 0.0);
  ck_assert(isnan(m.anisotropy) && isnan(m.kappa_sv));
  assert_fails(fhrl_weight_top(TOKENS, D, D, E, top, &err), FHRL_ARG, &err, "topk = 12");
  assert_fails(fhrl_weight_top(3, D, 4, E, top, &err), FHRL_ARG, &err, "1 .. 3");
  assert_fails(fhrl_weight_top(TOKENS, D, 0, E, top, &err), FHRL_ARG, &err, "topk = 0");
  assert_ok(fhrl_weight_top(TOKENS, D, TOP, E, top, &err));
  ck_assert(isnan(fhrl_weight_alignment(D, TOP, zero, top, scratch)));
  zero[17] = (double)NAN;
  assert_fails(fhrl_weight_measure(D, zero, &m, NULL, &err), FHRL_NUMERIC, &err, NULL);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/weight");
  TCase *t = tcase_create("weight");
  tcase_add_test(t, statistics_of_a_matrix_equal_the_golden_values);
  tcase_add_loop_test(t, statistics_of_networks_equal_the_golden_values, 0, 4);
  tcase_add_test(t, a_matrix_within_the_subspace_is_fully_aligned_and_one_outside_is_not);
  tcase_add_test(t, alignment_by_chance_is_k_over_d);
  tcase_add_test(t, scale_matters_to_the_norm_alone);
  tcase_add_test(t, what_cannot_be_measured_is_refused_or_undefined);
  suite_add_tcase(s, t);
  return run_suite(s);
}
