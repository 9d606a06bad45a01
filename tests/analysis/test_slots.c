// SPDX-License-Identifier: GPL-3.0-or-later
// test_slots: effective rank of the fast memory against the d x d product and against known ranks
#include "analysis/slots.h"

#include <math.h>

#include "base/dense.h"
#include "base/random.h"
#include "support.h"

static fhrl_err err;
enum { R = 3, D = 12 };

static void draw(uint32_t seed, double X[R * D])
{
  fhrl_random_normal((fhrl_random){.seed = seed, .stream = FHRL_STREAM_START}, 0, R * D, X);
}

START_TEST(the_small_factors_have_the_singular_values_of_the_product)
{
  double U[R * D], V[R * D], A[D * D], sigma[D], sum = 0.0, entropy = 0.0;
  fhrl_slots out;
  draw(1, U);
  draw(2, V);
  for (int i = 0; i < D; i++)
    for (int j = 0; j < D; j++) {
      A[i * D + j] = 0.0;
      for (int k = 0; k < R; k++) A[i * D + j] += U[k * D + i] * V[k * D + j];
    }
  assert_ok(fhrl_dense_singular(D, D, A, sigma, NULL, &err));
  for (int i = 0; i < R; i++) sum += sigma[i];
  for (int i = 0; i < R; i++) entropy -= sigma[i] / sum * log(sigma[i] / sum);
  assert_ok(fhrl_slots_measure(R, D, U, V, &out, &err));
  ck_assert_double_eq_tol(out.effective_rank, exp(entropy), 1e-13);
  ck_assert_double_eq_tol(out.ratio, sigma[1] / sigma[0], 1e-13);
}
END_TEST

START_TEST(equal_slots_have_rank_one_and_orthogonal_ones_rank_r)
{
  double U[R * D], V[R * D];
  fhrl_slots out;
  draw(3, U);
  draw(4, V);
  for (int i = 1; i < R; i++)
    for (int k = 0; k < D; k++) {
      U[i * D + k] = U[k];
      V[i * D + k] = V[k];
    }
  assert_ok(fhrl_slots_measure(R, D, U, V, &out, &err));
  ck_assert_double_eq_tol(out.effective_rank, 1.0, 1e-12);
  ck_assert_double_le(out.ratio, 1e-15);
  for (int i = 0; i < R * D; i++) U[i] = V[i] = i / D == i % D ? 2.385 : 0.0;
  assert_ok(fhrl_slots_measure(R, D, U, V, &out, &err));
  ck_assert_double_eq_tol(out.effective_rank, R, 1e-13);
  ck_assert_double_eq_tol(out.ratio, 1.0, 1e-14);
}
END_TEST

START_TEST(small_second_singular_values_keep_their_digits)
{
  // U = V = (a, a + delta b), a and b orthonormal: eigenvalues of U'U sum to 2 + delta^2 and multiply to delta^2
  const double delta = 1e-7;
  double U[2 * D] = {0.0};
  fhrl_slots out;
  U[0] = U[D] = 1.0;
  U[D + 1] = delta;
  assert_ok(fhrl_slots_measure(2, D, U, U, &out, &err));
  ck_assert_double_eq_tol(out.ratio / (delta * delta / 4.0), 1.0, 1e-2); // 2.5e-15: a Gram matrix would lose it
}
END_TEST

START_TEST(an_empty_or_infinite_memory_is_told_apart)
{
  double U[R * D] = {0.0}, V[R * D];
  fhrl_slots out;
  draw(5, V);
  assert_ok(fhrl_slots_measure(R, D, U, V, &out, &err));
  ck_assert(isnan(out.effective_rank) && isnan(out.ratio));
  U[7] = (double)NAN;
  assert_fails(fhrl_slots_measure(R, D, U, V, &out, &err), FHRL_NUMERIC, &err, NULL);
  assert_ok(fhrl_slots_measure(1, D, V, V, &out, &err));
  ck_assert_double_eq(out.effective_rank, 1.0);
  ck_assert_double_eq(out.ratio, 0.0);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/slots");
  TCase *t = tcase_create("slots");
  tcase_add_test(t, the_small_factors_have_the_singular_values_of_the_product);
  tcase_add_test(t, equal_slots_have_rank_one_and_orthogonal_ones_rank_r);
  tcase_add_test(t, small_second_singular_values_keep_their_digits);
  tcase_add_test(t, an_empty_or_infinite_memory_is_told_apart);
  suite_add_tcase(s, t);
  return run_suite(s);
}
