// SPDX-License-Identifier: GPL-3.0-or-later
// test_arnoldi: ends of spectra against the whole of them
#include "analysis/arnoldi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dense.h"
#include "base/random.h"
#include "support.h"

enum { N = 120, K = 6 };

typedef struct matrix {
  double a[N * N];
  int products, most; // fails after `most`, if that is not 0
} matrix;

static int multiply(void *context, const double v[], double Av[])
{
  matrix *m = context;
  if (m->most && m->products >= m->most) return -1;
  m->products++;
  fhrl_dense_multiply(N, 1, N, 1.0, m->a, v, 0.0, Av);
  return 0;
}

static matrix *random_matrix(uint32_t seed)
{
  matrix *m = calloc(1, sizeof *m);
  ck_assert_ptr_nonnull(m);
  fhrl_random_normal((fhrl_random){.seed = seed, .stream = FHRL_STREAM_MATRICES}, 0, N * N, m->a);
  for (int i = 0; i < N * N; i++) m->a[i] /= sqrt(N);
  return m;
}

static double measure(fhrl_arnoldi_which which, double re, double im)
{
  return which == FHRL_ARNOLDI_LARGEST_REAL ? re : which == FHRL_ARNOLDI_SMALLEST_REAL ? -re : hypot(re, im);
}

START_TEST(the_ends_of_a_spectrum_are_found)
{
  const fhrl_arnoldi_which which = (fhrl_arnoldi_which)(_i % 3);
  fhrl_err err = {FHRL_OK, ""};
  matrix *m = random_matrix((uint32_t)(3 + _i));
  double re[K + 1], im[K + 1], all_re[N], all_im[N];
  int found;
  assert_ok(fhrl_arnoldi_eigenvalues(N, K, which, multiply, m, 1e-12, re, im, &found, &err));
  assert_ok(fhrl_dense_eigenvalues(N, m->a, all_re, all_im, &err));
  ck_assert_int_ge(found, K);
  ck_assert_int_lt(m->products, 40 * N);
  double least = HUGE_VAL;
  for (int k = 0; k < found; k++) {
    double off = HUGE_VAL;
    for (int i = 0; i < N; i++) off = fmin(off, hypot(re[k] - all_re[i], im[k] - all_im[i]));
    ck_assert_double_le(off, 1e-9); // 1e-12 of modulus 1, times the condition of an eigenvalue
    least = fmin(least, measure(which, re[k], im[k]));
    if (k > 0) ck_assert_double_ge(re[k - 1], re[k]);
  }
  int beyond = 0; // none farther out was missed
  for (int i = 0; i < N; i++) beyond += measure(which, all_re[i], all_im[i]) > least + 1e-9;
  ck_assert_int_le(beyond, found);
  ck_assert_int_ge(beyond, found - 2); // the last pair is as far out as itself
  free(m);
}
END_TEST

START_TEST(the_same_bits_come_every_time)
{
  fhrl_err err = {FHRL_OK, ""};
  matrix *m = random_matrix(2);
  double re[2][K + 1], im[2][K + 1];
  int found[2];
  for (int k = 0; k < 2; k++)
    assert_ok(fhrl_arnoldi_eigenvalues(N, K, FHRL_ARNOLDI_LARGEST_REAL, multiply, m, 1e-12, re[k], im[k], &found[k], &err));
  ck_assert_int_eq(found[0], found[1]);
  ck_assert_mem_eq(re[0], re[1], (size_t)found[0] * sizeof(double));
  ck_assert_mem_eq(im[0], im[1], (size_t)found[0] * sizeof(double));
  free(m);
}
END_TEST

START_TEST(what_fails_is_said)
{
  fhrl_err err = {FHRL_OK, ""};
  matrix *m = random_matrix(1);
  double re[N], im[N];
  int found;
  assert_fails(fhrl_arnoldi_eigenvalues(N, N - 2, FHRL_ARNOLDI_LARGEST_REAL, multiply, m, 1e-12, re, im, &found, &err),
    FHRL_ARG, &err, "at most 117");
  m->most = 10;
  assert_fails(fhrl_arnoldi_eigenvalues(N, K, FHRL_ARNOLDI_LARGEST_REAL, multiply, m, 1e-12, re, im, &found, &err),
    FHRL_NUMERIC, &err, "product");
  free(m);
}
END_TEST

int main(void)
{
  fhrl_dense_init();
  Suite *s = suite_create("analysis/arnoldi");
  TCase *t = tcase_create("spectrum");
  tcase_add_loop_test(t, the_ends_of_a_spectrum_are_found, 0, 6);
  tcase_add_test(t, the_same_bits_come_every_time);
  tcase_add_test(t, what_fails_is_said);
  suite_add_tcase(s, t);
  return run_suite(s);
}
