// SPDX-License-Identifier: GPL-3.0-or-later
// test_exponents_blocks: standard errors of correlated growths, made up and of the Lorenz system: do their intervals cover?
#include "analysis/exponents_blocks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/exponents.h"
#include "analysis/init.h"
#include "base/random.h"
#include "given.h"
#include "support.h"

// Growths with (1) of exponents_blocks.h: independent parts of variance D dt, and seams of variance v.
static void feed(fhrl_exponents_blocks *b, long intervals, double rate, double D, double v, uint32_t seed)
{
  double before = 0.0, normal[2];
  const fhrl_random at = {.seed = seed, .stream = FHRL_STREAM_NULL};
  for (long l = 0; l < intervals; l++) {
    fhrl_random_normal(at, 2 * (size_t)l, 2, normal);
    const double seam = sqrt(v) * normal[1], growth = rate * b->interval + sqrt(D * b->interval) * normal[0] + seam - before;
    fhrl_exponents_blocks_add(b, &growth);
    before = seam;
  }
}

START_TEST(interval_covers_in_95_of_100_where_growths_are_anti_correlated)
{
  // 2 v / D is 100 units of time, longer than the blocks; a binomial of 200 at .95 lies in 179 .. 199 with probability .9995
  static const fhrl_err none = {FHRL_OK, ""};
  static const double D[] = {0.02, 0.02, 1.0, 1.0}, v[] = {1.0, 0.0, 0.01, 50.0};
  static const long intervals[] = {4000, 4000, 3000, 8000};
  const double one = 1.0;
  fhrl_err err = none;
  int covered = 0;
  for (uint32_t seed = 1; seed <= 200; seed++) {
    fhrl_exponents_blocks b;
    fhrl_exponents_estimate x;
    assert_ok(fhrl_exponents_blocks_init(&b, 1, 1.0, &err));
    feed(&b, intervals[_i], 0.7, D[_i], v[_i], seed);
    fhrl_exponents_blocks_estimate(&b, &one, &x);
    covered += x.low <= 0.7 && 0.7 <= x.high;
    fhrl_exponents_blocks_free(&b);
  }
  ck_assert_msg(covered >= 179 && covered <= 199, "covered in %d of 200", covered);
}
END_TEST

START_TEST(diffusion_and_seams_are_told_apart)
{
  fhrl_err err = {FHRL_OK, ""};
  const double one = 1.0;
  fhrl_exponents_blocks b;
  fhrl_exponents_estimate x;
  assert_ok(fhrl_exponents_blocks_init(&b, 1, 0.5, &err));
  feed(&b, 200000, -0.3, 0.05, 2.0, 7);
  fhrl_exponents_blocks_estimate(&b, &one, &x);
  ck_assert_double_eq_tol(x.mean, -0.3, 4.0 * x.standard_error);
  ck_assert_double_eq_tol(x.D, 0.05, 0.05 * 4.0 * sqrt(2.0 / x.freedom)); // relative error sqrt(2 / freedom)
  // Var S of blocks of 50 to 100 is D B + 2 v = 6.5 to 9, of relative error sqrt(2 / 1024): v within 4 of its errors, and D's
  ck_assert_double_eq_tol(x.v, 2.0, 4.0 * 0.5 * (9.0 * sqrt(2.0 / 1024.0) + 5.0 * sqrt(2.0 / x.freedom)));
  ck_assert_double_eq(fhrl_exponents_blocks_time(&b), 1e5);
  ck_assert_int_ge(x.blocks, 1024);
  fhrl_exponents_blocks_free(&b);
}
END_TEST

START_TEST(error_without_diffusion_falls_as_one_over_time)
{
  fhrl_err err = {FHRL_OK, ""};
  const double one = 1.0;
  double error[2];
  for (int i = 0; i < 2; i++) {
    fhrl_exponents_blocks b;
    fhrl_exponents_estimate x;
    assert_ok(fhrl_exponents_blocks_init(&b, 1, 1.0, &err));
    feed(&b, i ? 64000 : 4000, 0.25, 0.0, 1.0, 3);
    fhrl_exponents_blocks_estimate(&b, &one, &x);
    ck_assert_double_eq_tol(x.mean, 0.25, 4.0 * x.standard_error);
    error[i] = x.standard_error;
    fhrl_exponents_blocks_free(&b);
  }
  ck_assert_double_le(error[1], 2.0 * error[0] / 16.0); // 1/sqrt(t) would leave a quarter
}
END_TEST

START_TEST(long_correlations_are_seen)
{
  fhrl_err err = {FHRL_OK, ""};
  const double one = 1.0, keep = exp(-1.0 / 400.0); // correlation time 400 of 2000: the spectrum bends below the fit's 64 frequencies
  fhrl_exponents_blocks b;
  fhrl_exponents_estimate x;
  double state = 0.0, normal[2];
  assert_ok(fhrl_exponents_blocks_init(&b, 1, 1.0, &err));
  for (size_t l = 0; l < 2000; l++) {
    fhrl_random_normal((fhrl_random){.seed = 5, .stream = FHRL_STREAM_NULL}, 2 * l, 2, normal);
    state = keep * state + sqrt(1.0 - keep * keep) * normal[0];
    fhrl_exponents_blocks_add(&b, &state);
  }
  fhrl_exponents_blocks_estimate(&b, &one, &x);
  ck_assert_int_eq(x.correlated, 1);
  ck_assert_double_ge(x.standard_error, 0.2); // sqrt(2 . 400 / 2000) = .63 is what it would be over many runs; naive: .02
  fhrl_exponents_blocks_free(&b);
}
END_TEST

// Of the Lorenz system's first exponent, over fixed seeds: 40 of T = 1,000, in which a binomial at .95 is 33 or more with probability
// .9993; with FHRL_COVER=full (make check-long) the experiment of the issue, 200 of T = 20,000: 183 .. 198 with probability .9875
// (and 188 when it was made).
START_TEST(intervals_of_lorenz_cover_its_exponent)
{
  const char *how = getenv("FHRL_COVER");
  const int full = how && strcmp(how, "full") == 0, seeds = full ? 200 : 40;
  const double T = full ? 20000.0 : 1000.0, known = 0.90563;
  const fhrl_solver solver = {.method = FHRL_METHOD_DOP853, .rtol = 1e-6, .atol = 1e-8, .t_end = T + 100.0, .max_steps = 100000000};
  fhrl_err err = {FHRL_OK, ""};
  given g = given_system("lorenz", "", (fhrl_section){NULL, NULL, 0});
  int covered = 0;
  double square = 0.0;
  for (int seed = 1; seed <= seeds; seed++) {
    const fhrl_exponents_plan plan = {.k = 1, .transient = 100.0, .seed = (uint32_t)seed};
    fhrl_exponents e = {0};
    double x0[4];
    fhrl_random_normal((fhrl_random){.seed = (uint32_t)seed, .stream = FHRL_STREAM_START}, 0, 4, x0);
    for (int i = 0; i < 3; i++) x0[i] = 5.0 * x0[i] + (i == 2 ? 25.0 : 0.0);
    assert_ok(fhrl_exponents_run(&e, g.system, &g.input, &solver, &plan, x0, NULL, &err));
    covered += e.exponent[0].low <= known && known <= e.exponent[0].high;
    square += pow((e.exponent[0].mean - known) / e.exponent[0].standard_error, 2.0);
    fhrl_exponents_free(&e);
  }
  given_free(&g);
  const int least = full ? 183 : 33, most = full ? 198 : 40;
  ck_assert_msg(covered >= least && covered <= most, "covered in %d of %d, not %d .. %d", covered, seeds, least, most);
  ck_assert_double_eq_tol(square / seeds, 1.0, full ? 0.4 : 0.9); // 4 errors sqrt(2 / seeds)
  printf("lambda_1 of lorenz covered in %d of %d, errors %.3f of those stated\n", covered, seeds, sqrt(square / seeds));
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *suite = suite_create("exponents_blocks");
  TCase *errors = tcase_create("errors"), *cover = tcase_create("cover");
  tcase_set_timeout(errors, 60);
  tcase_set_timeout(cover, 1200); // in full a minute or two
  tcase_add_loop_test(errors, interval_covers_in_95_of_100_where_growths_are_anti_correlated, 0, 4);
  tcase_add_test(errors, diffusion_and_seams_are_told_apart);
  tcase_add_test(errors, error_without_diffusion_falls_as_one_over_time);
  tcase_add_test(errors, long_correlations_are_seen);
  tcase_add_test(cover, intervals_of_lorenz_cover_its_exponent);
  suite_add_tcase(suite, errors);
  suite_add_tcase(suite, cover);
  return run_suite(suite);
}
