// SPDX-License-Identifier: GPL-3.0-or-later
// test_metrics: the reentry ratio against an independent implementation, means and quantiles against closed forms
#include "analysis/metrics.h"

#include <math.h>
#include <stdio.h>

#include "support.h"

// Cases of tests/golden with one network each: B = 2 sequences, T = 10 tokens, d = 12 channels, two layers, gamma = 0.6.
static const char *const network[] = {"A", "B", "C", "F"};
enum { N = 2, T = 10, D = 12, LAYERS = 2 };

static golden load(const char *name, const char *file)
{
  char path[64];
  snprintf(path, sizeof path, "golden/%s/%s.txt", name, file);
  return golden_load(test_data(path));
}

static const golden_record *find(const golden *g, const char *name, int layer)
{
  char full[64];
  snprintf(full, sizeof full, "%s.%d", name, layer);
  return golden_find(g, full);
}

START_TEST(irr_equals_the_golden_values)
{
  golden expect = load(network[_i], "expect"), weights = load(network[_i], "weights");
  const double gamma = 0.6;
  for (int l = 0; l < LAYERS; l++) {
    char wr[64];
    snprintf(wr, sizeof wr, "blocks.%d.wr.weight", l);
    double norm[N * T], irr[N * T];
    fhrl_metrics_reentry(N * T, D, golden_find(&weights, wr)->value, find(&expect, "y", l)->value, norm);
    fhrl_metrics_ratio(N * T, D, norm, find(&expect, "x_pre", l)->value, irr);
    const double mean = fhrl_metrics_mean_by_sequence(N, T, irr).value;
    assert_close("irr_wr", &mean, find(&expect, "irr_wr", l)->value, 1, 1e-9);
    for (int i = 0; i < N * T; i++) irr[i] *= gamma;
    assert_close("irr_t", irr, find(&expect, "irr_t", l)->value, N * T, 1e-9);
    const double scaled = gamma * mean;
    assert_close("irr", &scaled, find(&expect, "irr", l)->value, 1, 1e-9);
  }
  golden_free(&expect);
  golden_free(&weights);
}
END_TEST

START_TEST(the_ratio_to_a_zero_vector_is_not_a_number_and_spoils_the_mean)
{
  const double Wr[4] = {1.5, 0.25, -0.75, 2.0}, y[6] = {0.3, -0.4, 1.1, 0.7, -0.2, 0.9};
  const double x[6] = {2.385, 0.1, 0.0, 0.0, -1.0, 0.5};
  double norm[3], ratio[3];
  fhrl_metrics_reentry(3, 2, Wr, y, norm);
  ck_assert_double_eq_tol(norm[0], hypot(1.5 * 0.3 - 0.25 * 0.4, -0.75 * 0.3 - 2.0 * 0.4), 1e-15);
  fhrl_metrics_ratio(3, 2, norm, x, ratio);
  ck_assert_double_eq_tol(ratio[0], norm[0] / hypot(2.385, 0.1), 1e-15);
  ck_assert(isnan(ratio[1]));
  ck_assert(!isnan(ratio[2]));
  ck_assert(isnan(fhrl_metrics_mean(3, ratio).value));
  ck_assert(isnan(fhrl_metrics_mean_by_sequence(3, 1, ratio).value));
}
END_TEST

START_TEST(means_carry_the_error_of_independent_values)
{
  const double v[5] = {2.385, 1.71, -0.4, 3.02, 0.9};
  const fhrl_mean m = fhrl_metrics_mean(5, v);
  double mean = 0.0, square = 0.0;
  for (int i = 0; i < 5; i++) mean += v[i] / 5.0;
  for (int i = 0; i < 5; i++) square += (v[i] - mean) * (v[i] - mean);
  ck_assert_double_eq_tol(m.value, mean, 1e-15);
  ck_assert_double_eq_tol(m.error, sqrt(square / 4.0 / 5.0), 1e-15);
  const fhrl_mean one = fhrl_metrics_mean(1, v);
  ck_assert_double_eq(one.value, v[0]);
  ck_assert(isnan(one.error));
  ck_assert(isnan(fhrl_metrics_mean(0, v).value));
}
END_TEST

START_TEST(tokens_of_one_sequence_count_as_one_value)
{
  double v[4 * 25], each[4];
  for (int i = 0; i < 4; i++) {
    each[i] = 1e8 + 0.37 * i * i; // a large common part costs the error no digits
    for (int t = 0; t < 25; t++) v[i * 25 + t] = each[i];
  }
  const fhrl_mean a = fhrl_metrics_mean_by_sequence(4, 25, v), b = fhrl_metrics_mean(4, each);
  ck_assert_double_eq_tol(a.value, b.value, 1e-7);
  ck_assert_double_eq_tol(a.error, b.error, 1e-7);
}
END_TEST

START_TEST(the_band_holds_the_middle_95_percent)
{
  double v[201];
  for (int i = 0; i < 201; i++) v[i] = (i * 77) % 201; // a permutation of 0 .. 200
  const fhrl_band band = fhrl_metrics_band(201, v);
  ck_assert_double_eq_tol(band.mean, 100.0, 1e-12);
  ck_assert_double_eq_tol(band.low, 5.0, 1e-12);
  ck_assert_double_eq_tol(band.high, 195.0, 1e-12);
  double w[2] = {1.0, (double)NAN};
  ck_assert(isnan(fhrl_metrics_band(2, w).low));
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/metrics");
  TCase *t = tcase_create("metrics");
  tcase_add_loop_test(t, irr_equals_the_golden_values, 0, 4);
  tcase_add_test(t, the_ratio_to_a_zero_vector_is_not_a_number_and_spoils_the_mean);
  tcase_add_test(t, means_carry_the_error_of_independent_values);
  tcase_add_test(t, tokens_of_one_sequence_count_as_one_value);
  tcase_add_test(t, the_band_holds_the_middle_95_percent);
  suite_add_tcase(s, t);
  return run_suite(s);
}
