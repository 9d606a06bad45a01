// SPDX-License-Identifier: GPL-3.0-or-later
// test_surrogate: the nulls hold what they claim, are calibrated where they must be, and fail where they are known to
#include "analysis/surrogate.h"

#include <math.h>
#include <stdlib.h>

#include "support.h"

static fhrl_err err;
enum { VECTORS = 41, LENGTH = VECTORS - 1, SURROGATES = 200 };

// Independent normal vectors about (mean, 0, ..., 0); channel k has the standard deviation (k+1)^-decay.
static void draw(int n, int d, uint32_t seed, double mean, double decay, double h[])
{
  fhrl_random_normal((fhrl_random){.seed = seed, .stream = FHRL_STREAM_START}, 0, (size_t)n * d, h);
  for (int i = 0; i < n; i++)
    for (int k = 0; k < d; k++) h[i * d + k] = h[i * d + k] * pow(k + 1.0, -decay) + (k == 0 ? mean : 0.0);
}

static void bands_of(const fhrl_drift *w, int d, const double h[], fhrl_null null, uint32_t layer,
  fhrl_surrogate_bands *out)
{
  static double s[SURROGATES * LENGTH];
  fhrl_drift_peak peaks[SURROGATES];
  fhrl_surrogate source;
  assert_ok(fhrl_surrogate_init(&source, VECTORS, d, h, (size_t)d, &err));
  for (int m = 0; m < SURROGATES; m++)
    fhrl_surrogate_draw(&source, null,
      (fhrl_random){.seed = 9, .stream = FHRL_STREAM_NULL, .step = (uint32_t)m, .layer = layer}, s + m * LENGTH);
  fhrl_surrogate_free(&source);
  assert_ok(fhrl_surrogate_peaks(w, SURROGATES, s, peaks, NULL, &err));
  assert_ok(fhrl_surrogate_summary(SURROGATES, peaks, out, &err));
}

static int holds(fhrl_band band, double value) { return value >= band.low && value <= band.high; }

START_TEST(random_order_is_a_calibrated_null)
{
  // Under the null itself the interval must hold the observation in 95 % of cases: within 3 standard errors of 200
  // trials, 0.90 .. 1. The frequency takes only 20 values, which can only widen its interval.
  enum { D = 24, TRIALS = 200 };
  static const double decay[] = {0.0, 0.7}, mean[] = {0.0, 3.0};
  static double h[VECTORS * D];
  fhrl_drift w;
  double s[LENGTH], amplitude[LENGTH];
  int frequency = 0, magnitude = 0, centroid = 0;
  assert_ok(fhrl_drift_init(&w, LENGTH, &err));
  for (uint32_t trial = 0; trial < TRIALS; trial++) {
    fhrl_surrogate_bands bands;
    draw(VECTORS, D, 100 + trial, mean[_i], decay[_i], h);
    fhrl_drift_cosines(LENGTH, D, h, D, s);
    fhrl_drift_amplitude(&w, s, amplitude);
    const fhrl_drift_peak peak = fhrl_drift_find(&w, amplitude);
    bands_of(&w, D, h, FHRL_NULL_PERMUTED, trial, &bands);
    frequency += holds(bands.frequency, peak.frequency);
    magnitude += holds(bands.magnitude, peak.magnitude);
    centroid += holds(bands.centroid, peak.centroid);
  }
  ck_assert_int_ge(frequency, 180);
  ck_assert_int_ge(magnitude, 180);
  ck_assert_int_ge(centroid, 180);
  ck_assert_int_le(magnitude, 199);
  ck_assert_int_le(centroid, 199);
  fhrl_drift_free(&w);
}
END_TEST

START_TEST(random_order_rejects_a_sequence_with_a_period)
{
  enum { D = 24 };
  static double h[VECTORS * D];
  fhrl_drift w;
  fhrl_surrogate_bands bands;
  double s[LENGTH], amplitude[LENGTH];
  draw(VECTORS, D, 5, 0.0, 0.0, h);
  for (int i = 1; i < VECTORS; i += 2) // every second vector is near the one before it
    for (int k = 0; k < D; k++) h[i * D + k] = h[(i - 1) * D + k] + 0.3 * h[i * D + k];
  assert_ok(fhrl_drift_init(&w, LENGTH, &err));
  fhrl_drift_cosines(LENGTH, D, h, D, s);
  fhrl_drift_amplitude(&w, s, amplitude);
  bands_of(&w, D, h, FHRL_NULL_PERMUTED, 0, &bands);
  const fhrl_drift_peak peak = fhrl_drift_find(&w, amplitude);
  ck_assert_double_eq(peak.frequency, 0.5);
  ck_assert_double_gt(peak.magnitude, 2.0 * bands.magnitude.high);
  fhrl_drift_free(&w);
}
END_TEST

START_TEST(normal_surrogates_have_the_data_s_mean_and_covariance)
{
  // Many vectors in few dimensions: the law of the surrogate's cosine is that of the data.
  enum { D = 3, N = 400, DRAWS = 40 };
  static double h[N * D], s[N];
  fhrl_surrogate source;
  double data[2] = {0.0, 0.0}, drawn[2] = {0.0, 0.0};
  draw(N, D, 8, 1.0, 0.5, h);
  fhrl_drift_cosines(N - 1, D, h, D, s);
  for (int i = 0; i < N - 1; i++) {
    data[0] += s[i] / (N - 1);
    data[1] += s[i] * s[i] / (N - 1);
  }
  assert_ok(fhrl_surrogate_init(&source, N, D, h, D, &err));
  for (uint32_t m = 0; m < DRAWS; m++) {
    fhrl_surrogate_draw(&source, FHRL_NULL_GAUSSIAN, (fhrl_random){.seed = 2, .stream = FHRL_STREAM_NULL, .step = m}, s);
    for (int i = 0; i < N - 1; i++) {
      ck_assert_double_le(fabs(s[i]), 1.0 + 1e-12);
      drawn[0] += s[i] / (N - 1) / DRAWS;
      drawn[1] += s[i] * s[i] / (N - 1) / DRAWS;
    }
  }
  // the data's own 399 cosines scatter by 0.03 and 0.02; three of these
  ck_assert_double_eq_tol(drawn[0], data[0], 0.09);
  ck_assert_double_eq_tol(drawn[1], data[1], 0.06);
  fhrl_surrogate_free(&source);
}
END_TEST

START_TEST(the_normal_null_overstates_the_magnitude_where_channels_outnumber_vectors)
{
  enum { D = 192, TRIALS = 10 };
  static double h[VECTORS * D];
  fhrl_drift w;
  double ratio = 0.0;
  assert_ok(fhrl_drift_init(&w, LENGTH, &err));
  for (uint32_t trial = 0; trial < TRIALS; trial++) {
    fhrl_surrogate_bands normal, order;
    draw(VECTORS, D, 300 + trial, 0.0, 0.0, h);
    bands_of(&w, D, h, FHRL_NULL_GAUSSIAN, trial, &normal);
    bands_of(&w, D, h, FHRL_NULL_PERMUTED, trial, &order);
    ratio += normal.magnitude.mean / order.magnitude.mean / TRIALS;
  }
  // variance of a cosine: tr S^2 / (tr S)^2 with E tr S^2 = tr C^2 + (tr C)^2 / n, so a factor sqrt(1 + d/n) = 2.38
  ck_assert_double_eq_tol(ratio, sqrt(1.0 + (double)D / VECTORS), 0.15);
  fhrl_drift_free(&w);
}
END_TEST

START_TEST(permutation_keeps_the_vectors_and_white_noise_keeps_the_variance)
{
  enum { D = 5 };
  static double h[VECTORS * D];
  double s[LENGTH], observed[LENGTH], variance = 0.0, mean = 0.0;
  fhrl_surrogate source;
  draw(VECTORS, D, 31, 2.0, 0.3, h);
  assert_ok(fhrl_surrogate_init(&source, VECTORS, D, h, D, &err));
  fhrl_surrogate_draw(&source, FHRL_NULL_PERMUTED, (fhrl_random){.seed = 2, .stream = FHRL_STREAM_NULL}, s);
  for (int i = 0; i < LENGTH; i++) { // each similarity is the cosine of the two vectors that `order` names
    const double *pair[2] = {h + source.order[i] * D, h + source.order[i + 1] * D};
    double copy[2 * D], want;
    for (int k = 0; k < 2 * D; k++) copy[k] = pair[k / D][k % D];
    fhrl_drift_cosines(1, D, copy, D, &want);
    ck_assert_double_eq_tol(s[i], want, 1e-13);
  }
  fhrl_drift_cosines(LENGTH, D, h, D, observed);
  for (int i = 0; i < LENGTH; i++) mean += observed[i] / LENGTH;
  for (int i = 0; i < LENGTH; i++) variance += (observed[i] - mean) * (observed[i] - mean) / (LENGTH - 1);
  ck_assert_double_eq_tol(source.deviation, sqrt(variance), 1e-14);
  fhrl_surrogate_free(&source);
}
END_TEST

START_TEST(too_few_or_infinite_vectors_are_refused)
{
  double h[6] = {1.0, 2.0, -1.0, 0.5, (double)NAN, 1.0};
  fhrl_surrogate source;
  assert_fails(fhrl_surrogate_init(&source, 2, 2, h, 2, &err), FHRL_ARG, &err, "not 2");
  assert_fails(fhrl_surrogate_init(&source, 3, 2, h, 2, &err), FHRL_NUMERIC, &err, "not finite");
  ck_assert_ptr_null(source.gram);
  fhrl_surrogate_free(&source);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/surrogate");
  TCase *t = tcase_create("surrogate");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, random_order_is_a_calibrated_null, 0, 2);
  tcase_add_test(t, random_order_rejects_a_sequence_with_a_period);
  tcase_add_test(t, normal_surrogates_have_the_data_s_mean_and_covariance);
  tcase_add_test(t, the_normal_null_overstates_the_magnitude_where_channels_outnumber_vectors);
  tcase_add_test(t, permutation_keeps_the_vectors_and_white_noise_keeps_the_variance);
  tcase_add_test(t, too_few_or_infinite_vectors_are_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
