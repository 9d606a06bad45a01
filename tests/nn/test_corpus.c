// SPDX-License-Identifier: GPL-3.0-or-later
// test_corpus: batches, the lowest loss, and corpora that will not do
#include "nn/corpus.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static fhrl_err err;

// The definition, by counting every window against every other.
static double plain_floor(const fhrl_corpus *c, size_t T)
{
  const size_t starts = c->size - T;
  double sum = 0;
  for (size_t i = 0; i < starts; i++) {
    double first = 0, window = 0;
    for (size_t j = 0; j < starts; j++) {
      first += c->byte[j] == c->byte[i];
      window += memcmp(c->byte + j, c->byte + i, T + 1) == 0;
    }
    sum += log(first / window);
  }
  return sum / (double)starts / (double)T;
}

START_TEST(floor_is_counted_exactly)
{
  fhrl_corpus shipped, pattern = {malloc(300), 300};
  double floor;
  for (int i = 0; i < 300; i++) pattern.byte[i] = (unsigned char)("abacabadabac"[i * i % 12]);
  static const int T[] = {2, 3, 17, 128, 299};
  for (int k = 0; k < 5; k++) {
    assert_ok(fhrl_corpus_floor(&pattern, T[k], &floor, &err));
    ck_assert_double_eq_tol(floor, plain_floor(&pattern, (size_t)T[k]), 1e-14);
  }
  fhrl_corpus_free(&pattern);
  assert_ok(fhrl_corpus_load("", &shipped, &err));
  ck_assert_uint_gt(shipped.size, 400);
  for (size_t i = 0; i < shipped.size; i++)
    ck_assert(shipped.byte[i] == '\n' || (shipped.byte[i] > 31 && shipped.byte[i] < 127));
  assert_ok(fhrl_corpus_floor(&shipped, 128, &floor, &err));
  printf("%zu bytes, floor %.4f nat/byte\n", shipped.size, floor);
  ck_assert_double_eq_tol(floor, plain_floor(&shipped, 128), 1e-14);
  fhrl_corpus_free(&shipped);
}
END_TEST

START_TEST(rows_are_windows_that_depend_on_step_and_sequence_alone)
{
  enum { T = 9, B = 50 };
  unsigned char byte[40], rows[B][T + 1], again[B][T + 1];
  for (int i = 0; i < 40; i++) byte[i] = (unsigned char)i;
  const fhrl_corpus c = {byte, 40};
  int seen[31] = {0};
  for (uint32_t step = 0; step < 40; step++) {
    fhrl_corpus_batch(&c, T, B, 1, step, rows[0]);
    for (int b = 0; b < B; b++) {
      ck_assert_int_le(rows[b][0], 30);
      seen[rows[b][0]]++;
      for (int t = 0; t <= T; t++) ck_assert_int_eq(rows[b][t], rows[b][0] + t);
    }
  }
  for (int i = 0; i < 31; i++) ck_assert_int_gt(seen[i], 30); // 64.5 expected
  fhrl_corpus_batch(&c, T, B / 2, 1, 39, again[0]);
  ck_assert_mem_eq(rows, again, sizeof rows / 2);
  fhrl_corpus_batch(&c, T, B, 2, 39, again[0]);
  ck_assert_mem_ne(rows, again, sizeof rows);
}
END_TEST

START_TEST(unusable_corpora_are_refused)
{
  fhrl_corpus c;
  assert_fails(fhrl_corpus_load("no/such/file", &c, &err), FHRL_IO, &err, "no/such/file");
  unsigned char byte[] = "abcdefg\200";
  c = (fhrl_corpus){byte, 8};
  assert_ok(fhrl_corpus_check(&c, 7, 256, &err));
  assert_fails(fhrl_corpus_check(&c, 8, 256, &err), FHRL_ARG, &err, "8 bytes");
  assert_fails(fhrl_corpus_check(&c, 7, 128, &err), FHRL_ARG, &err, "byte 128 at offset 7");
}
END_TEST

int main(void)
{
  Suite *s = suite_create("nn/corpus");
  TCase *t = tcase_create("corpus");
  tcase_add_test(t, floor_is_counted_exactly);
  tcase_add_test(t, rows_are_windows_that_depend_on_step_and_sequence_alone);
  tcase_add_test(t, unusable_corpora_are_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
