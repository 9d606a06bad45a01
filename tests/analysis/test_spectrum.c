// SPDX-License-Identifier: GPL-3.0-or-later
// test_spectrum: spectra and ESRI against an independent implementation, and what they must not depend on
#include "analysis/spectrum.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "support.h"

static fhrl_err err;

START_TEST(spectra_and_esri_equal_the_golden_values)
{
  golden g = golden_load(test_data("golden/E/expect.txt"));
  const double *H = golden_find(&g, "H")->value; // 7 sequences, 16 tokens, 5 channels
  double spectrum[5], esri, sum = 0.0;
  assert_ok(fhrl_spectrum_covariance(7, 5, H, 16 * 5, spectrum, &err));
  assert_close("spec_batch_t0", spectrum, golden_find(&g, "spec_batch_t0")->value, 5, 1e-9);
  assert_ok(fhrl_spectrum_esri_batch(7, 16, 5, H, NULL, &esri, &err));
  assert_close("esri_batch", &esri, golden_find(&g, "esri_batch")->value, 1, 1e-9);
  for (int i = 0; i < 7; i++) {
    assert_ok(fhrl_spectrum_esri_window(16, 5, 8, H + i * 16 * 5, &esri, &err));
    sum += esri / 7.0;
  }
  assert_close("esri_window8", &sum, golden_find(&g, "esri_window8")->value, 1, 1e-9);
  golden_free(&g);
}
END_TEST

START_TEST(esri_of_networks_equals_the_golden_values)
{
  static const char *const network[] = {"A", "B", "C", "F"};
  char path[64];
  snprintf(path, sizeof path, "golden/%s/expect.txt", network[_i]);
  golden g = golden_load(test_data(path));
  for (int l = 0; l < 2; l++) {
    char name[64];
    double esri, sum = 0.0;
    snprintf(name, sizeof name, "y.%d", l);
    const double *y = golden_find(&g, name)->value; // 2 sequences, 10 tokens, 12 channels
    assert_ok(fhrl_spectrum_esri_batch(2, 10, 12, y, NULL, &esri, &err));
    snprintf(name, sizeof name, "esri_batch.%d", l);
    assert_close(name, &esri, golden_find(&g, name)->value, 1, 1e-9);
    for (int i = 0; i < 2; i++) {
      assert_ok(fhrl_spectrum_esri_window(10, 12, 5, y + i * 10 * 12, &esri, &err));
      sum += esri / 2.0;
    }
    snprintf(name, sizeof name, "esri_window5.%d", l);
    assert_close(name, &sum, golden_find(&g, name)->value, 1, 1e-9);
  }
  golden_free(&g);
}
END_TEST

// A batch of random walks (n, t, d), away from the origin.
static void walks(int n, int t, int d, double h[])
{
  for (int i = 0; i < n; i++) {
    const fhrl_random at = {.seed = 3, .stream = FHRL_STREAM_START, .sequence = (uint32_t)i};
    fhrl_random_normal(at, 0, (size_t)t * d, h + (size_t)i * t * d);
    for (int j = d; j < t * d; j++) h[i * t * d + j] = 0.9 * h[i * t * d + j - d] + 0.4 * h[i * t * d + j] + 0.2;
  }
}

// h = scale h Q' + shift with Q a product of plane rotations.
static void move(int rows, int d, double scale, double shift, double h[])
{
  for (int i = 0; i < rows; i++) {
    double *x = h + (size_t)i * d;
    for (int a = 0; a < d; a++)
      for (int b = a + 1; b < d; b++) {
        const double angle = 0.3 + 0.7 * a + 0.11 * b, c = cos(angle), s = sin(angle), xa = x[a], xb = x[b];
        x[a] = c * xa - s * xb;
        x[b] = s * xa + c * xb;
      }
    for (int a = 0; a < d; a++) x[a] = scale * x[a] + shift * (1 + a);
  }
}

START_TEST(esri_does_not_depend_on_rotation_scale_or_origin)
{
  enum { N = 6, T = 20, D = 9 };
  static double h[N * T * D];
  double batch, window, moved;
  walks(N, T, D, h);
  assert_ok(fhrl_spectrum_esri_batch(N, T, D, h, NULL, &batch, &err));
  assert_ok(fhrl_spectrum_esri_window(T, D, 7, h, &window, &err));
  ck_assert_double_gt(batch, 1e-4);
  move(N * T, D, 2.385, -1.7, h);
  assert_ok(fhrl_spectrum_esri_batch(N, T, D, h, NULL, &moved, &err));
  ck_assert_double_eq_tol(moved, batch, 1e-13);
  assert_ok(fhrl_spectrum_esri_window(T, D, 7, h, &moved, &err));
  ck_assert_double_eq_tol(moved, window, 1e-12);
}
END_TEST

START_TEST(both_routes_to_a_spectrum_agree)
{
  // 9 vectors of 9 channels take the d x d route; of the same vectors with two channels of zeros, the n x n route
  enum { N = 9, D = 9 };
  double x[N * D], wide[N * (D + 2)] = {0.0}, a[D], b[N], trace = 0.0, sum = 0.0;
  walks(1, N, D, x);
  for (int i = 0; i < N; i++)
    for (int k = 0; k < D; k++) wide[i * (D + 2) + k] = x[i * D + k];
  assert_ok(fhrl_spectrum_covariance(N, D, x, D, a, &err));
  assert_ok(fhrl_spectrum_covariance(N, D + 2, wide, D + 2, b, &err));
  assert_close("spectrum", b, a, D, 1e-14);
  for (int k = 0; k < D; k++) { // the sum of the eigenvalues is the trace
    double mean = 0.0;
    for (int i = 0; i < N; i++) mean += x[i * D + k] / N;
    for (int i = 0; i < N; i++) trace += (x[i * D + k] - mean) * (x[i * D + k] - mean) / (N - 1.0);
    sum += a[k];
    if (k > 0) ck_assert_double_le(a[k], a[k - 1]);
  }
  ck_assert_double_eq_tol(sum, trace, 1e-13);
  ck_assert_double_le(a[D - 1], 1e-15); // n vectors span n-1 dimensions about their mean
}
END_TEST

START_TEST(the_window_takes_the_covariance_of_its_own_tokens)
{
  enum { T = 12, D = 4, W = 5 };
  double h[T * D], before[D] = {0.0}, after[D], esri, sum = 0.0;
  walks(1, T, D, h);
  for (int start = 0; start + W <= T; start++) {
    assert_ok(fhrl_spectrum_covariance(W, D, h + start * D, D, after, &err));
    if (start > 0) sum += fhrl_spectrum_distance(D, before, D, after);
    for (int i = 0; i < D; i++) before[i] = after[i];
  }
  assert_ok(fhrl_spectrum_esri_window(T, D, W, h, &esri, &err));
  ck_assert_double_eq_tol(esri, sum / (T - W), 1e-14);
}
END_TEST

START_TEST(distance_pads_with_zeros_and_keeps_small_differences)
{
  const double a[3] = {2.385, 0.4, 0.0}, b[2] = {2.385, 0.4}, c[2] = {2.385, 0.4 + 1e-9};
  ck_assert_double_eq(fhrl_spectrum_distance(3, a, 2, b), 0.0);
  // 1 - cos of an angle of 2.385e-9 / |a|^2: the plain formula would round to 0
  const double angle = 2.385e-9 / (2.385 * 2.385 + 0.16);
  ck_assert_double_eq_tol(fhrl_spectrum_distance(2, b, 2, c) / (0.5 * angle * angle), 1.0, 1e-5);
  const double zero[2] = {0.0, 0.0};
  ck_assert(isnan(fhrl_spectrum_distance(2, b, 2, zero)));
}
END_TEST

START_TEST(what_cannot_be_computed_is_refused_or_undefined)
{
  double h[24] = {0.0}, out = 1.5;
  assert_fails(fhrl_spectrum_covariance(1, 4, h, 4, &out, &err), FHRL_ARG, &err, "2 vectors or more, not 1");
  assert_fails(fhrl_spectrum_esri_batch(1, 6, 4, h, NULL, &out, &err), FHRL_ARG, &err, "not 1 and 6");
  assert_fails(fhrl_spectrum_esri_window(6, 4, 6, h, &out, &err), FHRL_ARG, &err, "window of 6");
  assert_fails(fhrl_spectrum_esri_window(6, 4, 1, h, &out, &err), FHRL_ARG, &err, "window of 1");
  ck_assert_double_eq(out, 1.5);
  assert_ok(fhrl_spectrum_esri_window(6, 4, 3, h, &out, &err)); // a state at rest has no spectrum
  ck_assert(isnan(out));
  h[7] = (double)INFINITY;
  assert_fails(fhrl_spectrum_esri_window(6, 4, 3, h, &out, &err), FHRL_NUMERIC, &err, NULL);
  assert_fails(fhrl_spectrum_esri_batch(2, 3, 4, h, NULL, &out, &err), FHRL_NUMERIC, &err, NULL);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/spectrum");
  TCase *t = tcase_create("spectrum");
  tcase_add_test(t, spectra_and_esri_equal_the_golden_values);
  tcase_add_loop_test(t, esri_of_networks_equals_the_golden_values, 0, 4);
  tcase_add_test(t, esri_does_not_depend_on_rotation_scale_or_origin);
  tcase_add_test(t, both_routes_to_a_spectrum_agree);
  tcase_add_test(t, the_window_takes_the_covariance_of_its_own_tokens);
  tcase_add_test(t, distance_pads_with_zeros_and_keeps_small_differences);
  tcase_add_test(t, what_cannot_be_computed_is_refused_or_undefined);
  suite_add_tcase(s, t);
  return run_suite(s);
}
