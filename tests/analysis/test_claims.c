// SPDX-License-Identifier: GPL-3.0-or-later
// test_claims: every rule gives every verdict that it can, from numbers made up to deserve it
#include "analysis/claims.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "support.h"

enum { RUNS = 400, STEPS = 100 };

static const double gammas[] = {0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3}, extended[] = {0.5, 1.0, 3.0, 5.0};
static fhrl_claims_run run[RUNS];
static double curve[RUNS][STEPS];
static fhrl_claims_study study;
static fhrl_claims_result got;

static void add(fhrl_claims_role role, double gamma, int seed)
{
  fhrl_claims_run *r = &run[study.runs];
  *r = (fhrl_claims_run){.role = role, .gamma = gamma, .seed = seed};
  for (int i = 0; i < FHRL_CLAIMS_NUMBER_COUNT; i++) r->value[i] = FHRL_NAN;
  for (int i = 0; i < STEPS; i++) curve[study.runs][i] = 5.0 * exp(-0.05 * i) + 0.05;
  r->loss = curve[study.runs++];
  r->steps = STEPS;
}

// A study of so many seeds whose numbers are all undefined.
static void blank(int seeds)
{
  study = (fhrl_claims_study){.run = run, .d = 8, .vocabulary = 16, .r = 4};
  for (int seed = 1; seed <= seeds; seed++) {
    for (size_t i = 0; i < sizeof gammas / sizeof *gammas; i++) add(FHRL_CLAIMS_GAMMA, gammas[i], seed);
    for (size_t i = 0; i < sizeof extended / sizeof *extended; i++) add(FHRL_CLAIMS_EXTENDED, extended[i], seed);
    add(FHRL_CLAIMS_UNTRAINED, 0.15, seed);
    add(FHRL_CLAIMS_SGD, 0.05, seed);
    add(FHRL_CLAIMS_SGD, 0.3, seed);
    add(FHRL_CLAIMS_NONE, 0.15, seed);
    add(FHRL_CLAIMS_QUIET, 0.15, seed);
  }
}

// In [-1, 1), different from run to run and from seed to seed.
static double noise(int i, int seed) { return 2.0 * fmod(fabs(sin(12.9898 * i + 78.233 * seed) * 43758.5453), 1.0) - 1.0; }

// The number of every network over gamma, with a scatter among seeds that differs from gamma to gamma.
static void put(int number, double (*f)(double gamma), double scatter)
{
  for (int i = 0; i < study.runs; i++)
    if (run[i].role <= FHRL_CLAIMS_EXTENDED) run[i].value[number] = f(run[i].gamma) + scatter * noise(i, run[i].seed);
}

static void put_role(fhrl_claims_role role, double gamma, int number, double value)
{
  for (int i = 0; i < study.runs; i++)
    if (run[i].role == role && run[i].gamma == gamma) run[i].value[number] = value;
}

static void judge(const char *id)
{
  int i = 0;
  while (fhrl_claims_table[i].id && strcmp(fhrl_claims_table[i].id, id) != 0) i++;
  ck_assert_msg(fhrl_claims_table[i].id != NULL, "no claim %s", id);
  fhrl_claims_judge(&fhrl_claims_table[i], &study, &got);
  ck_assert_msg(got.reason[0] != '\0', "%s gives no reason", id);
}

static void assert_verdict(const char *id, fhrl_claims_verdict want)
{
  judge(id);
  ck_assert_msg(got.verdict == want, "%s: %s (%s), expected %s", id, fhrl_claims_word(got.verdict), got.reason, fhrl_claims_word(want));
}

static double hump(double g) { return 8.0 + g / 0.05 * exp(1.0 - g / 0.05); }         // largest at 0.05, over at 5
static double late_hump(double g) { return 8.0 + g / 0.15 * exp(1.0 - g / 0.15); }    // largest at 0.15
static double rising(double g) { return 8.0 + g; }
static double falling(double g) { return 8.0 - g; }
static double staying(double g) { return 8.0 + fmin(g / 0.05, 1.0) - 0.01 * g; }      // rises and stays
static double plain_irr(double g) { return 0.28 / 0.3 * g; }
static double weak_irr(double g) { return 0.085 / 0.3 * g; }
static double bent_irr(double g) { return 0.28 * (1.0 - exp(-g / 0.02)); }
static double level(double g) { return 0.047; }
static double high_level(double g) { return 0.07; }
static double thousandth(double g) { return g <= 0.3 ? 1e-3 : 2e-4; }
static double sinking(double g) { return 1e-3 * exp(-2.0 * g / 0.3); }
static double even(double g) { return 1e-3; }
static double one(double g) { return 1.0; }
static double two(double g) { return 2.0; }
static double three(double g) { return 3.0; }
static double near_225(double g) { return 0.225; }
static double scattered(double g) { return 0.225 + 0.15 * sin(40.0 * g + 1.0); }
static double best_at_quarter(double g) { return fabs(g - 0.25) < 1e-9 ? 0.04 : 0.05; }
static double best_at_tenth(double g) { return g == 0.1 ? 0.03 : best_at_quarter(g); }
static double bowl(double g) { return g < 0.2 ? 0.06 : g <= 1.0 ? 0.05 : 0.07; }
static double band_bump(double g) { return g > 0.09 && g < 0.21 ? 1.0 : 0.5; }

START_TEST(without_numbers_nothing_is_decided)
{
  blank(5);
  for (int i = 0; i < study.runs; i++) run[i].loss = NULL;
  for (int i = 0; fhrl_claims_table[i].id; i++) assert_verdict(fhrl_claims_table[i].id, FHRL_CLAIMS_UNDECIDED);
  study.runs = 0;
  for (int i = 0; fhrl_claims_table[i].id; i++) assert_verdict(fhrl_claims_table[i].id, FHRL_CLAIMS_UNDECIDED);
}
END_TEST

START_TEST(one_seed_does_not_decide)
{
  blank(1);
  put(FHRL_CLAIMS_LOSS, level, 0.0);
  put(FHRL_CLAIMS_IRR, plain_irr, 0.0);
  put(FHRL_CLAIMS_IRR_WR, hump, 0.0);
  put(FHRL_CLAIMS_NORM, hump, 0.0);
  put(FHRL_CLAIMS_ANISOTROPY, hump, 0.0);
  put(FHRL_CLAIMS_ESRI_OUT, even, 0.0);
  put(FHRL_CLAIMS_RANK, one, 0.0);
  static const char *const ids[] = {"loss-overlap", "loss-level", "irr-linear", "irr-wr", "wr-norm", "wr-anisotropy", "esri-flat",
    "esri-collapse", "band", "slots", "s1-three", "loss-lowest", "s2-irr", "s2-irr-wr"};
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
    assert_verdict(ids[i], FHRL_CLAIMS_UNDECIDED);
    ck_assert_int_gt(got.count, 0); // but shows its numbers
    ck_assert_msg(strstr(got.reason, "nan") == NULL, "%s: %s", ids[i], got.reason);
  }
}
END_TEST

START_TEST(means_leave_out_what_is_undefined)
{
  const fhrl_claims_mean m = fhrl_claims_mean_of(4, (const double[]){1.0, FHRL_NAN, 2.0, 4.5});
  ck_assert_int_eq(m.n, 3);
  ck_assert_double_eq_tol(m.value, 2.5, 1e-15);
  ck_assert_double_eq_tol(m.error, sqrt(6.5 / 2.0 / 3.0), 1e-15);
  ck_assert_double_eq_tol(m.high - m.value, 4.302652729749464 * m.error, 1e-10); // Student's 97.5 % point of 2 degrees
  ck_assert(isnan(fhrl_claims_mean_of(0, NULL).value));
  ck_assert(isnan(fhrl_claims_mean_of(1, (const double[]){1.0}).low));
}
END_TEST

START_TEST(loss)
{
  blank(5);
  assert_verdict("loss-overlap", FHRL_CLAIMS_REPRODUCED);
  for (int i = 0; i < study.runs; i++)
    for (int k = 0; k < STEPS; k++) curve[i][k] *= 1.0 + (2.0 + 0.01 * run[i].seed) * run[i].gamma * (k > 10);
  assert_verdict("loss-overlap", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_LOSS, level, 1e-3);
  put(FHRL_CLAIMS_FLOOR, level, 0.0);
  assert_verdict("loss-level", FHRL_CLAIMS_REPRODUCED);
  put(FHRL_CLAIMS_LOSS, high_level, 1e-3);
  assert_verdict("loss-level", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_LOSS, level, 0.1);
  assert_verdict("loss-level", FHRL_CLAIMS_UNDECIDED);
  assert_verdict("loss-lowest", FHRL_CLAIMS_UNDECIDED);
  put(FHRL_CLAIMS_LOSS, best_at_quarter, 1e-3);
  assert_verdict("loss-lowest", FHRL_CLAIMS_REPRODUCED);
  put(FHRL_CLAIMS_LOSS, best_at_tenth, 1e-4);
  assert_verdict("loss-lowest", FHRL_CLAIMS_NOT_REPRODUCED);
  ck_assert_ptr_nonnull(strstr(got.reason, "gamma = 0.1"));
  put(FHRL_CLAIMS_LOSS, level, 1e-4);
  assert_verdict("loss-lowest", FHRL_CLAIMS_NOT_REPRODUCED);
}
END_TEST

START_TEST(reentry)
{
  blank(5);
  put(FHRL_CLAIMS_IRR, plain_irr, 1e-4);
  assert_verdict("irr-linear", FHRL_CLAIMS_REPRODUCED);
  put(FHRL_CLAIMS_IRR, weak_irr, 1e-4);
  assert_verdict("irr-linear", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_C_IRR_ATTENTION, plain_irr, 1e-4);
  assert_verdict("irr-linear", FHRL_CLAIMS_ILL_DEFINED);
  ck_assert_ptr_nonnull(strstr(got.reason, "attention's output, corpus bytes"));
  put(FHRL_CLAIMS_C_IRR_ATTENTION, plain_irr, 0.1);
  assert_verdict("irr-linear", FHRL_CLAIMS_UNDECIDED);
  put(FHRL_CLAIMS_IRR, bent_irr, 1e-4);
  assert_verdict("irr-linear", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_IRR_WR, hump, 1e-3);
  assert_verdict("irr-wr", FHRL_CLAIMS_REPRODUCED);
  put(FHRL_CLAIMS_IRR_WR, rising, 1e-3);
  assert_verdict("irr-wr", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_IRR_WR, hump, 5.0);
  assert_verdict("irr-wr", FHRL_CLAIMS_UNDECIDED);
}
END_TEST

START_TEST(supplement)
{
  blank(5);
  put(FHRL_CLAIMS_IRR, plain_irr, 1e-4);
  assert_verdict("s2-irr", FHRL_CLAIMS_REPRODUCED);
  put(FHRL_CLAIMS_IRR, hump, 1e-4);
  assert_verdict("s2-irr", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_IRR, level, 1e-3);
  put_role(FHRL_CLAIMS_GAMMA, 0.0, FHRL_CLAIMS_IRR, 0.0);
  for (int i = 0; i < study.runs; i++) run[i].value[FHRL_CLAIMS_IRR] += run[i].seed % 2 ? 0.0 : run[i].gamma; // level in some, rising in others
  assert_verdict("s2-irr", FHRL_CLAIMS_UNDECIDED);
  put(FHRL_CLAIMS_IRR_WR, falling, 1e-3);
  assert_verdict("s2-irr-wr", FHRL_CLAIMS_REPRODUCED);
  put(FHRL_CLAIMS_IRR_WR, rising, 1e-3);
  assert_verdict("s2-irr-wr", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_IRR_WR, level, 1.0);
  assert_verdict("s2-irr-wr", FHRL_CLAIMS_UNDECIDED);
}
END_TEST

START_TEST(norm)
{
  blank(5);
  put(FHRL_CLAIMS_NORM, hump, 1e-3);
  assert_verdict("wr-norm", FHRL_CLAIMS_REPRODUCED);
  put_role(FHRL_CLAIMS_UNTRAINED, 0.15, FHRL_CLAIMS_NORM, 8.0);
  put_role(FHRL_CLAIMS_SGD, 0.05, FHRL_CLAIMS_NORM, 8.0001);
  put_role(FHRL_CLAIMS_SGD, 0.3, FHRL_CLAIMS_NORM, 8.0002);
  assert_verdict("wr-norm", FHRL_CLAIMS_REPRODUCED); // W_r hardly moved: it says nothing
  ck_assert_ptr_nonnull(strstr(got.reason, "moves too little"));
  put_role(FHRL_CLAIMS_SGD, 0.05, FHRL_CLAIMS_NORM, 8.1);
  put_role(FHRL_CLAIMS_SGD, 0.3, FHRL_CLAIMS_NORM, 8.6);
  assert_verdict("wr-norm", FHRL_CLAIMS_ARTEFACT);
  put_role(FHRL_CLAIMS_SGD, 0.05, FHRL_CLAIMS_NORM, 8.7);
  assert_verdict("wr-norm", FHRL_CLAIMS_REPRODUCED);
  put(FHRL_CLAIMS_NORM, rising, 1e-4);
  assert_verdict("wr-norm", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_NORM, falling, 1e-4);
  assert_verdict("wr-norm", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_NORM, staying, 1e-5);
  assert_verdict("wr-norm", FHRL_CLAIMS_NOT_REPRODUCED); // it does not return
  put(FHRL_CLAIMS_NORM, hump, 3.0);
  assert_verdict("wr-norm", FHRL_CLAIMS_UNDECIDED);
}
END_TEST

START_TEST(anisotropy_and_alignment)
{
  blank(5);
  put(FHRL_CLAIMS_ANISOTROPY, hump, 1e-3);
  assert_verdict("wr-anisotropy", FHRL_CLAIMS_REPRODUCED);
  put(FHRL_CLAIMS_ANISOTROPY, late_hump, 1e-3);
  assert_verdict("wr-anisotropy", FHRL_CLAIMS_NOT_REPRODUCED);
  ck_assert_ptr_nonnull(strstr(got.reason, "gamma = 0.15"));
  put(FHRL_CLAIMS_ANISOTROPY, rising, 1e-4);
  assert_verdict("wr-anisotropy", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_ANISOTROPY, hump, 3.0);
  assert_verdict("wr-anisotropy", FHRL_CLAIMS_UNDECIDED);
  put(FHRL_CLAIMS_ALIGN, level, 1e-4);
  put(FHRL_CLAIMS_TOKEN, level, 0.0);
  assert_verdict("wr-align", FHRL_CLAIMS_ILL_DEFINED);
  study.vocabulary = 4; // fewer tokens than channels: the subspace is one
  assert_verdict("wr-align", FHRL_CLAIMS_REPRODUCED);
  put(FHRL_CLAIMS_ALIGN, one, 1e-2);
  assert_verdict("wr-align", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_ALIGN, level, 0.1);
  assert_verdict("wr-align", FHRL_CLAIMS_UNDECIDED);
}
END_TEST

START_TEST(spectra)
{
  blank(5);
  put(FHRL_CLAIMS_ESRI_OUT, thousandth, 1e-5);
  put_role(FHRL_CLAIMS_NONE, 0.15, FHRL_CLAIMS_ESRI_OUT, 1.1e-3);
  assert_verdict("esri-flat", FHRL_CLAIMS_REPRODUCED);
  ck_assert_ptr_nonnull(strstr(got.reason, "without such layers"));
  assert_verdict("esri-collapse", FHRL_CLAIMS_REPRODUCED);
  put(FHRL_CLAIMS_ESRI_OUT, even, 1e-5);
  assert_verdict("esri-flat", FHRL_CLAIMS_REPRODUCED);
  assert_verdict("esri-collapse", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_ESRI_OUT, sinking, 1e-6);
  assert_verdict("esri-flat", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_ESRI_OUT, one, 1e-2);
  assert_verdict("esri-flat", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_ESRI_WINDOW_Y, thousandth, 1e-5);
  assert_verdict("esri-flat", FHRL_CLAIMS_ILL_DEFINED);
  ck_assert_ptr_nonnull(strstr(got.reason, "y, over a window"));
  assert_verdict("esri-collapse", FHRL_CLAIMS_ILL_DEFINED);
  put(FHRL_CLAIMS_ESRI_WINDOW_Y, one, 1e-2);
  put(FHRL_CLAIMS_ESRI_OUT, even, 9e-4);
  assert_verdict("esri-collapse", FHRL_CLAIMS_UNDECIDED);
}
END_TEST

// Chance gives centroids of 0.2 to 0.25 about `centre`.
static void chance(double centre)
{
  for (int i = 0; i < study.runs; i++) {
    run[i].value[FHRL_CLAIMS_RDP_LOW] = 0.02;
    run[i].value[FHRL_CLAIMS_RDP_HIGH] = 0.48;
    run[i].value[FHRL_CLAIMS_CENTROID_NULL] = centre;
    run[i].value[FHRL_CLAIMS_CENTROID_LOW] = centre - 0.025;
    run[i].value[FHRL_CLAIMS_CENTROID_HIGH] = centre + 0.025;
  }
}

START_TEST(drift)
{
  blank(3);
  chance(0.225);
  put(FHRL_CLAIMS_RDP, near_225, 1e-4);
  put(FHRL_CLAIMS_CENTROID, near_225, 1e-4);
  assert_verdict("rdp-225", FHRL_CLAIMS_ARTEFACT);
  put(FHRL_CLAIMS_RDP, scattered, 0.0);
  assert_verdict("rdp-225", FHRL_CLAIMS_ARTEFACT);
  chance(0.4);
  assert_verdict("rdp-225", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_RDP, near_225, 1e-4);
  assert_verdict("rdp-225", FHRL_CLAIMS_REPRODUCED);
}
END_TEST

START_TEST(band_and_slots)
{
  static const int metrics[] = {FHRL_CLAIMS_LOSS, FHRL_CLAIMS_IRR_WR, FHRL_CLAIMS_NORM, FHRL_CLAIMS_ANISOTROPY, FHRL_CLAIMS_ESRI_OUT,
    FHRL_CLAIMS_CENTROID};
  blank(5);
  for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) put(metrics[i], rising, 1e-4);
  assert_verdict("band", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_CENTROID, near_225, 0.1); // noise without a feature
  assert_verdict("band", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_NORM, band_bump, 1e-3);
  assert_verdict("band", FHRL_CLAIMS_REPRODUCED);
  ck_assert_ptr_nonnull(strstr(got.reason, "wr_frobenius"));
  put(FHRL_CLAIMS_RANK, one, 0.01);
  assert_verdict("slots", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_RANK, three, 0.1);
  assert_verdict("slots", FHRL_CLAIMS_REPRODUCED);
  put(FHRL_CLAIMS_RANK, two, 3.0);
  assert_verdict("slots", FHRL_CLAIMS_UNDECIDED);
}
END_TEST

START_TEST(three_tendencies)
{
  blank(5);
  put(FHRL_CLAIMS_IRR, plain_irr, 1e-4);
  put(FHRL_CLAIMS_NORM, hump, 1e-3);
  put(FHRL_CLAIMS_LOSS, bowl, 1e-4);
  assert_verdict("s1-three", FHRL_CLAIMS_REPRODUCED);
  put(FHRL_CLAIMS_NORM, staying, 1e-5);
  assert_verdict("s1-three", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_NORM, hump, 1e-3);
  put(FHRL_CLAIMS_LOSS, rising, 1e-4);
  assert_verdict("s1-three", FHRL_CLAIMS_NOT_REPRODUCED);
  put(FHRL_CLAIMS_LOSS, bowl, 0.1);
  assert_verdict("s1-three", FHRL_CLAIMS_UNDECIDED);
}
END_TEST

START_TEST(differences_are_of_one_seed)
{
  blank(3);
  for (int i = 0; i < study.runs; i++)
    run[i].value[FHRL_CLAIMS_LOSS] = 10.0 * run[i].seed * run[i].seed + (run[i].role == FHRL_CLAIMS_NONE ? 1.0 : 0.0);
  const fhrl_claims_mean m = fhrl_claims_difference(&study, FHRL_CLAIMS_NONE, 0.15, FHRL_CLAIMS_LOSS);
  ck_assert_int_eq(m.n, 3);
  ck_assert_double_eq(m.value, 1.0);
  ck_assert_double_eq(m.error, 0.0);
  ck_assert_int_eq(fhrl_claims_difference(&study, FHRL_CLAIMS_NONE, 0.2, FHRL_CLAIMS_LOSS).n, 0);
}
END_TEST

START_TEST(gammas_are_sorted_and_counted_once)
{
  double out[FHRL_CLAIMS_GAMMAS];
  blank(2);
  ck_assert_int_eq(fhrl_claims_gammas(&study, 0.3, out), 7);
  ck_assert_int_eq(fhrl_claims_gammas(&study, HUGE_VAL, out), 11);
  for (int i = 1; i < 11; i++) ck_assert_double_gt(out[i], out[i - 1]);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/claims");
  TCase *t = tcase_create("claims");
  tcase_add_test(t, without_numbers_nothing_is_decided);
  tcase_add_test(t, one_seed_does_not_decide);
  tcase_add_test(t, means_leave_out_what_is_undefined);
  tcase_add_test(t, loss);
  tcase_add_test(t, reentry);
  tcase_add_test(t, supplement);
  tcase_add_test(t, norm);
  tcase_add_test(t, anisotropy_and_alignment);
  tcase_add_test(t, spectra);
  tcase_add_test(t, drift);
  tcase_add_test(t, band_and_slots);
  tcase_add_test(t, three_tendencies);
  tcase_add_test(t, differences_are_of_one_seed);
  tcase_add_test(t, gammas_are_sorted_and_counted_once);
  suite_add_tcase(s, t);
  return run_suite(s);
}
