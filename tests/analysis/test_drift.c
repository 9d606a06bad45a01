// SPDX-License-Identifier: GPL-3.0-or-later
// test_drift: similarities, amplitudes and peaks against an independent implementation, Parseval, known tones
#include "analysis/drift.h"

#include <math.h>
#include <stdio.h>

#include "base/random.h"
#include "support.h"

static fhrl_err err;
enum { LONGEST = 128 };

// Checks one sequence of n+1 vectors against the records NAME_s, NAME_absS and the given peak records.
static void check(const golden *g, int n, int d, const double h[], size_t stride, const char *s_name,
  const char *S_name, const char *frequency, const char *magnitude, const char *centroid)
{
  fhrl_drift w;
  double s[LONGEST], amplitude[LONGEST];
  assert_ok(fhrl_drift_init(&w, n, &err));
  fhrl_drift_cosines(n, d, h, stride, s);
  assert_close(s_name, s, golden_find(g, s_name)->value, (size_t)n, 1e-9);
  fhrl_drift_amplitude(&w, s, amplitude);
  ck_assert_uint_eq(golden_find(g, S_name)->count, (size_t)w.bins);
  assert_close(S_name, amplitude, golden_find(g, S_name)->value, (size_t)w.bins, 1e-9);
  const fhrl_drift_peak peak = fhrl_drift_find(&w, amplitude);
  assert_close(frequency, &peak.frequency, golden_find(g, frequency)->value, 1, 1e-9);
  assert_close(magnitude, &peak.magnitude, golden_find(g, magnitude)->value, 1, 1e-9);
  if (centroid) assert_close(centroid, &peak.centroid, golden_find(g, centroid)->value, 1, 1e-9);
  fhrl_drift_free(&w);
}

START_TEST(drift_along_probes_and_tokens_equals_the_golden_values)
{
  golden g = golden_load(test_data("golden/E/expect.txt"));
  const double *H = golden_find(&g, "H")->value; // 7 sequences, 16 tokens, 5 channels
  check(&g, 6, 5, H + 15 * 5, 16 * 5, "rdp_k_s", "rdp_k_absS", "rdp_k_fpeak", "rdp_k_mag", "rdp_k_fcent_amp");
  check(&g, 15, 5, H, 5, "rdp_t_s", "rdp_t_absS", "rdp_t_fpeak", "rdp_t_mag", "rdp_t_fcent_amp");
  golden_free(&g);
}
END_TEST

START_TEST(drift_of_networks_equals_the_golden_values)
{
  static const char *const network[] = {"A", "B", "C", "F"};
  char path[64];
  snprintf(path, sizeof path, "golden/%s/expect.txt", network[_i]);
  golden g = golden_load(test_data(path));
  for (int l = 0; l < 2; l++)
    for (int i = 0; i < 2; i++) { // 2 sequences, 10 tokens, 12 channels
      char y[64], name[4][64];
      static const char *const kind[4] = {"s", "absS", "fpeak", "mag"};
      snprintf(y, sizeof y, "y.%d", l);
      for (int k = 0; k < 4; k++) snprintf(name[k], sizeof name[k], "rdp_%s.%d.%d", kind[k], l, i);
      check(&g, 9, 12, golden_find(&g, y)->value + i * 10 * 12, 12, name[0], name[1], name[2], name[3], NULL);
    }
  golden_free(&g);
}
END_TEST

START_TEST(amplitudes_keep_the_power_of_the_similarities)
{
  static const int length[] = {2, 3, 40, 127};
  const int n = length[_i];
  fhrl_drift w;
  double s[LONGEST], amplitude[LONGEST], mean = 0.0, power = 0.0, spectral = 0.0;
  fhrl_random_normal((fhrl_random){.seed = 4, .stream = FHRL_STREAM_START}, 0, (size_t)n, s);
  assert_ok(fhrl_drift_init(&w, n, &err));
  fhrl_drift_amplitude(&w, s, amplitude);
  for (int i = 0; i < n; i++) mean += s[i] / n;
  for (int i = 0; i < n; i++) power += (s[i] - mean) * (s[i] - mean);
  for (int j = 0; j < w.bins; j++) // frequencies above 1/2 mirror those below; 0 and 1/2 have no mirror
    spectral += (j == 0 || 2 * j == n ? 1.0 : 2.0) * amplitude[j] * amplitude[j] / n;
  ck_assert_double_eq_tol(spectral, power, 1e-13 * n);
  ck_assert_double_le(amplitude[0], 1e-13 * n);
  fhrl_drift_free(&w);
}
END_TEST

START_TEST(a_tone_is_found_at_its_frequency_with_its_magnitude)
{
  enum { N = 40 };
  fhrl_drift w;
  double s[N], amplitude[N];
  for (int i = 0; i < N; i++) s[i] = 0.8 + 0.03 * cos(2.0 * 3.14159265358979323846 * 9.0 / N * i + 0.4);
  assert_ok(fhrl_drift_init(&w, N, &err));
  fhrl_drift_amplitude(&w, s, amplitude);
  const fhrl_drift_peak peak = fhrl_drift_find(&w, amplitude);
  ck_assert_double_eq(peak.frequency, 0.225);
  ck_assert_double_eq_tol(peak.magnitude, 0.03 * N / 2.0, 1e-13);
  ck_assert_double_eq_tol(peak.centroid, 0.225, 1e-12);
  fhrl_drift_free(&w);
}
END_TEST

START_TEST(what_has_no_direction_or_no_change_is_undefined)
{
  const double h[8] = {1.0, 2.0, 0.0, 0.0, 3.0, -1.0, 0.5, 0.25};
  double s[3], amplitude[3];
  fhrl_drift w;
  fhrl_drift_cosines(3, 2, h, 2, s);
  ck_assert(isnan(s[0]) && isnan(s[1]) && !isnan(s[2]));
  assert_fails(fhrl_drift_init(&w, 1, &err), FHRL_ARG, &err, "not 1");
  assert_ok(fhrl_drift_init(&w, 3, &err));
  fhrl_drift_amplitude(&w, s, amplitude);
  ck_assert(isnan(fhrl_drift_find(&w, amplitude).frequency));
  const double constant[3] = {0.5, 0.5, 0.5};
  fhrl_drift_amplitude(&w, constant, amplitude);
  const fhrl_drift_peak peak = fhrl_drift_find(&w, amplitude);
  ck_assert(isnan(peak.frequency) && isnan(peak.centroid));
  ck_assert_double_eq(peak.magnitude, 0.0);
  fhrl_drift_free(&w);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/drift");
  TCase *t = tcase_create("drift");
  tcase_add_test(t, drift_along_probes_and_tokens_equals_the_golden_values);
  tcase_add_loop_test(t, drift_of_networks_equals_the_golden_values, 0, 4);
  tcase_add_loop_test(t, amplitudes_keep_the_power_of_the_similarities, 0, 4);
  tcase_add_test(t, a_tone_is_found_at_its_frequency_with_its_magnitude);
  tcase_add_test(t, what_has_no_direction_or_no_change_is_undefined);
  suite_add_tcase(s, t);
  return run_suite(s);
}
