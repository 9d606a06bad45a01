// SPDX-License-Identifier: GPL-3.0-or-later
// test_learning: memories and learning: closed forms, an energy that falls, and the map of saliencies
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "orbit.h"
#include "support.h"

START_TEST(deep_linear_learns_as_in_closed_form)
{
  const double s_mode = 2.5, tau = 1.7, a0 = 1e-3;
  double *u, x = a0;
  fhrl_system *s =
    orbit_bind("deep_linear", (orbit_value[]){{"s", s_mode}, {"tau", tau}, {NULL}}, 1, &u);
  fhrl_trajectory tr = orbit_record(s, NULL, &x, 0.1, 10.0, 1e-13);
  for (size_t k = 0; k < tr.count; k++) {
    const double a = s_mode / (1.0 + (s_mode / a0 - 1.0) * exp(-2.0 * s_mode * tr.t[k] / tau));
    ck_assert_double_eq_tol(tr.x[k], a, 1e-9);
    ck_assert_double_eq_tol(tr.obs[k], 0.5 * (s_mode - a) * (s_mode - a), 1e-8);
  }
  fhrl_trajectory_free(&tr);
  free(u);
  fhrl_system_destroy(s);
}
END_TEST

enum { DIM = 16, PATTERNS = 4 };

static fhrl_system *memory(double b, uint32_t seed, double **u)
{
  return orbit_bind("dense_hopfield",
                    (orbit_value[]){{"n", DIM}, {"patterns", PATTERNS}, {"b", b}, {NULL}}, seed, u);
}

START_TEST(the_energy_of_dense_hopfield_never_increases)
{
  const double b = 0.5 * (1 << _i);
  for (uint32_t seed = 1; seed <= 10; seed++) {
    double *u, x[DIM], dx[DIM], shifted[DIM], ahead[2], behind[2];
    fhrl_system *s = memory(b, seed, &u);
    orbit_start(s, seed, x);
    // dx/dt = -grad E: along any v, here every axis, E changes by -v . dx/dt
    s->model->rhs(s, 0.0, x, dx);
    for (int i = 0; i < DIM; i++) {
      memcpy(shifted, x, sizeof shifted);
      shifted[i] += 1e-5;
      s->model->observe(s, 0.0, shifted, ahead);
      shifted[i] -= 2e-5;
      s->model->observe(s, 0.0, shifted, behind);
      ck_assert_double_eq_tol((ahead[0] - behind[0]) / 2e-5, -dx[i],
                              1e-6); // h^2 b^2, and rounding over h
    }
    fhrl_trajectory tr = orbit_record(s, NULL, x, 0.05, 20.0, 1e-10);
    for (size_t k = 1; k < tr.count; k++)
      ck_assert_double_le(tr.obs[2 * k], tr.obs[2 * k - 2] + 1e-10); // what the integration errs by
    ck_assert_double_lt(tr.obs[2 * tr.count - 2], tr.obs[0] - 0.01);
    fhrl_trajectory_free(&tr);
    free(u);
    fhrl_system_destroy(s);
  }
}
END_TEST

// Ramsauer et al. 2021, theorem 4: a pattern misses its fixed point by at most 2 M (P-1) exp(-b D), with M the largest norm
// and D how much more it overlaps with itself than with any other.
START_TEST(patterns_are_fixed_up_to_an_exponentially_small_error)
{
  double last = HUGE_VAL;
  for (double b = 4.0; b <= 64.0; b *= 2.0) {
    double *u, dx[DIM], worst = 0.0, largest = 0.0;
    fhrl_system *s = memory(b, 3, &u);
    const double *X = s->m[0];
    for (int k = 0; k < PATTERNS; k++) largest = fmax(largest, fhrl_norm(DIM, X + k * DIM));
    for (int k = 0; k < PATTERNS; k++) {
      const double *pattern = X + k * DIM;
      double margin = HUGE_VAL;
      for (int j = 0; j < PATTERNS; j++)
        if (j != k)
          margin =
            fmin(margin, fhrl_dot(DIM, pattern, pattern) - fhrl_dot(DIM, pattern, X + j * DIM));
      ck_assert_double_gt(margin, 0.1);
      s->model->rhs(s, 0.0, pattern, dx);
      const double miss = fhrl_norm(DIM, dx);
      ck_assert_double_le(miss, 2.0 * largest * (PATTERNS - 1) * exp(-b * margin));
      worst = fmax(worst, miss);
    }
    ck_assert_double_lt(worst, last);
    last = worst;
    free(u);
    fhrl_system_destroy(s);
  }
  ck_assert_double_lt(last, 1e-6);
}
END_TEST

static fhrl_system *saliency(double kappa)
{
  double *u;
  fhrl_system *s = orbit_bind("idp_saliency", (orbit_value[]){{"kappa", kappa}, {NULL}}, 1, &u);
  free(u);
  return s;
}

START_TEST(saliency_has_two_fixed_points_beyond_four)
{
  static const double kappa[] = {4.01, 4.5, 5.0, 8.0};
  const double K = kappa[_i], root = sqrt(K * K - 4.0 * K), upper = 0.5 * (K + root),
               lower = 0.5 * (K - root), one = 1.0;
  fhrl_system *s = saliency(K);
  double next, slope_up, slope_low, x = K;
  s->model->step(s, 0.0, &upper, &next);
  ck_assert_double_eq_tol(next, upper, 1e-14);
  s->model->step(s, 0.0, &lower, &next);
  ck_assert_double_eq_tol(next, lower, 1e-14);
  s->model->jvp(s, 0.0, &upper, &one, &slope_up);
  s->model->jvp(s, 0.0, &lower, &one, &slope_low);
  ck_assert(slope_up < 1.0 && slope_low > 1.0);
  ck_assert_double_eq_tol(slope_up * slope_low, 1.0, 1e-12); // kappa^2/(Z+ Z-)^2, and Z+ Z- = kappa
  fhrl_trajectory tr = orbit_record(s, NULL, &x, 1.0, 400.0, 1e-8);
  ck_assert_double_eq_tol(tr.x[400], upper, 1e-12);
  ck_assert_double_eq_tol(tr.obs[400], log(upper), 1e-12);
  if (K == 5.0) ck_assert_double_eq_tol(tr.obs[400], 1.28593, 5e-6);
  fhrl_trajectory_free(&tr);
  x = lower - 1e-3; // just below the lower one the chain of memories breaks
  tr = orbit_record(s, NULL, &x, 1.0, 200.0, 1e-8);
  double least = HUGE_VAL;
  for (size_t k = 0; k < tr.count; k++) least = fmin(least, tr.x[k]);
  ck_assert_double_le(least, 1.0);
  fhrl_trajectory_free(&tr);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(below_four_no_chain_of_memories_lasts)
{
  static const double kappa[] = {0.5, 2.0, 3.5, 3.999};
  fhrl_system *s = saliency(kappa[_i]);
  for (double start = 1.1; start < 20.0; start *= 1.3) {
    double x = start, next;
    int turns = 0;
    for (; x > 1.0 && turns < 1000; turns++, x = next) s->model->step(s, 0.0, &x, &next);
    ck_assert_int_lt(turns, 1000); // near 4 it lingers for some pi/sqrt(1 - kappa/4) turns
  }
  fhrl_system_destroy(s);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("models/learning");
  TCase *t = tcase_create("learning");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, deep_linear_learns_as_in_closed_form);
  tcase_add_loop_test(t, the_energy_of_dense_hopfield_never_increases, 0, 6);
  tcase_add_test(t, patterns_are_fixed_up_to_an_exponentially_small_error);
  tcase_add_loop_test(t, saliency_has_two_fixed_points_beyond_four, 0, 4);
  tcase_add_loop_test(t, below_four_no_chain_of_memories_lasts, 0, 4);
  suite_add_tcase(s, t);
  return run_suite(s);
}
