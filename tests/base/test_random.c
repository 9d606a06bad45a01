// SPDX-License-Identifier: GPL-3.0-or-later
// test_random: known answers, independence of how a sequence is cut, moments
#include "base/random.h"

#include <math.h>
#include <stdlib.h>

#include "base/cpu.h"
#include "support.h"

START_TEST(blocks_equal_the_published_known_answers)
{
  // Random123's kat_vectors for philox4x32-10: all zeros, all ones, digits of pi
  static const uint32_t kat[3][10] = {
    {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
    {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e,
     0xa20bc7c6, 0x6d5451fd},
    {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb,
     0x5001e420, 0x24126ea1},
  };
  for (int k = 0; k < 3; k++) {
    uint32_t out[4];
    fhrl_random_block(&kat[k][4], &kat[k][0], out);
    for (int i = 0; i < 4; i++) ck_assert_uint_eq(out[i], kat[k][6 + i]);
  }
}
END_TEST

START_TEST(numbers_do_not_depend_on_how_the_sequence_is_cut)
{
  const fhrl_random at = {.seed = 7, .stream = FHRL_STREAM_NOISE, .step = 3, .layer = 2, .sequence = 5};
  double whole[501], part[501];
  fhrl_random_normal(at, 0, 501, whole);
  fhrl_random_normal(at, 0, 36, part);
  fhrl_random_normal(at, 36, 321, part + 36); // leaves off within a pair, more than a block later
  fhrl_random_normal(at, 356, 145, part + 356);
  ck_assert_mem_eq(whole, part, sizeof whole);
  fhrl_random_uniform(at, 0, 501, whole);
  fhrl_random_uniform(at, 0, 33, part);
  fhrl_random_uniform(at, 33, 468, part + 33);
  ck_assert_mem_eq(whole, part, sizeof whole);
}
END_TEST

START_TEST(streams_differ_and_normals_have_unit_moments)
{
  enum { N = 200000 };
  static double a[N], b[N];
  fhrl_random at = {.seed = 1, .stream = FHRL_STREAM_INIT};
  fhrl_random_normal(at, 0, N, a);
  at.stream = FHRL_STREAM_START;
  fhrl_random_normal(at, 0, N, b);
  double m1 = 0, m2 = 0, m4 = 0, cross = 0;
  for (int i = 0; i < N; i++) {
    m1 += a[i] / N;
    m2 += a[i] * a[i] / N;
    m4 += a[i] * a[i] * a[i] * a[i] / N;
    cross += a[i] * b[i] / N;
  }
  const double se = 1.0 / sqrt(N); // 5 standard errors; the seed is fixed, so the test cannot flicker
  ck_assert_double_le(fabs(m1), 5 * se);
  ck_assert_double_le(fabs(m2 - 1), 5 * sqrt(2.0) * se);
  ck_assert_double_le(fabs(m4 - 3), 5 * sqrt(96.0) * se);
  ck_assert_double_le(fabs(cross), 5 * se);
}
END_TEST

// What fhrl_random_normal promises, from the published generator and the C library.
static void box_muller(fhrl_random at, size_t first, size_t n, double out[])
{
  for (size_t i = 0; i < n; i += 2) {
    double u[2];
    fhrl_random_uniform(at, first + i, 2, u);
    const double radius = sqrt(-2.0 * log(1.0 - u[0])), angle = 6.283185307179586476925286766559 * u[1];
    out[i] = radius * cos(angle);
    out[i + 1] = radius * sin(angle);
  }
}

START_TEST(normals_are_box_muller_of_the_published_generator)
{
  enum { N = 400000 };
  double *got = malloc(N * sizeof *got), *want = malloc(N * sizeof *want);
  const fhrl_random at = {.seed = 0xfedcba98u, .stream = FHRL_STREAM_NOISE, .step = 77, .layer = 2, .sequence = 9};
  const size_t first = ((size_t)1 << 32) - 100; // the pair's number passes 2^31
  fhrl_random_normal(at, first, N, got);
  box_muller(at, first, N, want);
  assert_close("normal", got, want, N, 4e-15); // radius < 8.6, error 1.5 ulp of 1 times the radius
  free(got);
  free(want);
}
END_TEST

START_TEST(normals_have_the_same_bits_on_every_vector_level)
{
  enum { N = 5001 };
  static double best[N], other[N];
  const fhrl_random at = {.seed = 3, .stream = FHRL_STREAM_NOISE, .sequence = 1};
  fhrl_random_normal(at, 0, N, best);
  fhrl_cpu_limit((fhrl_cpu)_i);
  fhrl_random_normal(at, 0, N, other);
  fhrl_cpu_limit(FHRL_CPU_AVX512);
  ck_assert_mem_eq(best, other, sizeof best);
}
END_TEST

START_TEST(float_normals_are_box_muller_of_the_published_generator)
{
  enum { N = 300000, LANES = 64 };
  float *got = malloc(N * sizeof *got);
  const fhrl_random at = {.seed = 0xfedcba98u, .stream = FHRL_STREAM_NOISE, .step = 77, .layer = 2, .sequence = 9};
  const uint32_t key[2] = {at.seed, (uint32_t)at.stream};
  double m1 = 0, m2 = 0, m4 = 0;
  fhrl_random_normal_float(at, 0, N, got);
  for (uint32_t i = 0; i < N; i++) {
    uint32_t w[4];
    const uint32_t p = i / (2 * LANES) % 2, counter[4] = {at.step, at.layer, at.sequence, i / (4 * LANES) * LANES + i % LANES};
    fhrl_random_block(key, counter, w);
    const double radius = sqrt(-2.0 * log(((double)(w[2 * p] & ~1u) + 0.5) * 0x1p-32));
    const double angle = 6.283185307179586476925286766559 * w[2 * p + 1] * 0x1p-32, x = (double)got[i];
    // u is rounded to float: an error of 2^-24 in its logarithm, half the radius' square
    const double want = radius * (i / LANES % 2 ? sin(angle) : cos(angle));
    ck_assert_double_le(fabs(x - want), fmin(5e-7 * (1 + radius) + 1.2e-7 / radius, 1e-3));
    m1 += x / N, m2 += x * x / N, m4 += x * x * x * x / N;
  }
  ck_assert_double_le(fabs(m1), 5 / sqrt(N));
  ck_assert_double_le(fabs(m2 - 1), 5 * sqrt(2.0 / N));
  ck_assert_double_le(fabs(m4 - 3), 5 * sqrt(96.0 / N));
  free(got);
}
END_TEST

START_TEST(float_normals_have_the_same_bits_for_every_cut_and_vector_level)
{
  enum { N = 2001 };
  static float best[N], other[N];
  const fhrl_random at = {.seed = 3, .stream = FHRL_STREAM_NOISE, .sequence = 1};
  fhrl_random_normal_float(at, 0, N, best);
  fhrl_cpu_limit((fhrl_cpu)_i);
  for (size_t i = 0, n = 1; i < N; i += n, n = n * 3 % 701) {
    if (n > N - i) n = N - i;
    fhrl_random_normal_float(at, i, n, other + i);
  }
  fhrl_cpu_limit(FHRL_CPU_AVX512);
  ck_assert_mem_eq(best, other, sizeof best);
}
END_TEST

START_TEST(whole_numbers_stay_below_their_bound_and_cover_it)
{
  const fhrl_random at = {.seed = 9, .stream = FHRL_STREAM_PROBE};
  int seen[257] = {0};
  for (size_t i = 0; i < 20000; i++) {
    const uint32_t k = fhrl_random_below(at, i, 257);
    ck_assert_uint_lt(k, 257);
    seen[k]++;
  }
  for (int k = 0; k < 257; k++) ck_assert_int_gt(seen[k], 0);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("base/random");
  TCase *t = tcase_create("philox");
  tcase_add_test(t, blocks_equal_the_published_known_answers);
  tcase_add_test(t, numbers_do_not_depend_on_how_the_sequence_is_cut);
  tcase_add_test(t, normals_are_box_muller_of_the_published_generator);
  tcase_add_loop_test(t, normals_have_the_same_bits_on_every_vector_level, FHRL_CPU_BASE, FHRL_CPU_AVX512);
  tcase_add_test(t, float_normals_are_box_muller_of_the_published_generator);
  tcase_add_loop_test(
    t, float_normals_have_the_same_bits_for_every_cut_and_vector_level, FHRL_CPU_BASE, FHRL_CPU_AVX512 + 1);
  tcase_add_test(t, streams_differ_and_normals_have_unit_moments);
  tcase_add_test(t, whole_numbers_stay_below_their_bound_and_cover_it);
  suite_add_tcase(s, t);
  return run_suite(s);
}
