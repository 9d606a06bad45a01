// SPDX-License-Identifier: GPL-3.0-or-later
// test_corpus: batches, the lowest loss, and corpora that will not do
#include "nn/corpus.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
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
  fhrl_corpus shipped, pattern = {.byte = malloc(300), .size = 300};
  double floor;
  int exact;
  for (int i = 0; i < 300; i++) pattern.byte[i] = (unsigned char)("abacabadabac"[i * i % 12]);
  static const int T[] = {2, 3, 17, 128, 299};
  for (int k = 0; k < 5; k++) {
    assert_ok(fhrl_corpus_floor(&pattern, T[k], &floor, &exact, &err));
    ck_assert_double_eq_tol(floor, plain_floor(&pattern, (size_t)T[k]), 1e-14);
  }
  fhrl_corpus_free(&pattern);
  assert_ok(fhrl_corpus_load("", &shipped, &err));
  ck_assert_uint_gt(shipped.size, 400);
  for (size_t i = 0; i < shipped.size; i++)
    ck_assert(shipped.byte[i] == '\n' || (shipped.byte[i] > 31 && shipped.byte[i] < 127));
  assert_ok(fhrl_corpus_floor(&shipped, 128, &floor, &exact, &err));
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
  const fhrl_corpus c = {.byte = byte, .size = 40};
  int seen[31] = {0};
  for (uint32_t step = 0; step < 40; step++) {
    assert_ok(fhrl_corpus_batch(&c, T, B, 1, step, rows[0], &err));
    for (int b = 0; b < B; b++) {
      ck_assert_int_le(rows[b][0], 30);
      seen[rows[b][0]]++;
      for (int t = 0; t <= T; t++) ck_assert_int_eq(rows[b][t], rows[b][0] + t);
    }
  }
  for (int i = 0; i < 31; i++) ck_assert_int_gt(seen[i], 30); // 64.5 expected
  assert_ok(fhrl_corpus_batch(&c, T, B / 2, 1, 39, again[0], &err));
  ck_assert_mem_eq(rows, again, sizeof rows / 2);
  assert_ok(fhrl_corpus_batch(&c, T, B, 2, 39, again[0], &err));
  ck_assert_mem_ne(rows, again, sizeof rows);
}
END_TEST

static void put(const char *folder, const char *name, const unsigned char *byte, size_t n)
{
  char path[700];
  fhrl_file f;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  assert_ok(fhrl_file_begin(&f, path, &err));
  ck_assert_uint_eq(fwrite(byte, 1, n, f.stream), n);
  assert_ok(fhrl_file_commit(&f, &err));
}

// A folder is its files in the order of their names, and rows on disk are the rows in memory.
START_TEST(folders_and_corpora_on_disk_read_like_one_file)
{
  enum { T = 20, B = 9, PART = 1000 };
  char folder[600];
  snprintf(folder, sizeof folder, "%s", scratch("corpus"));
  unsigned char all[3 * PART], rows[B * (T + 1)], again[B * (T + 1)];
  for (int i = 0; i < 3 * PART; i++) all[i] = (unsigned char)(i * i % 251);
  put(folder, "b", all + 7, PART);
  put(folder, "a", all, 7);
  put(folder, "c", all, 0);
  put(folder, "d", all + PART + 7, 2 * PART - 7);
  put(folder, ".hidden", all, 20);
  fhrl_corpus c;
  uint64_t print;
  assert_ok(fhrl_corpus_load(folder, &c, &err));
  ck_assert_uint_eq(c.size, 3 * PART);
  ck_assert_mem_eq(c.byte, all, 3 * PART);
  assert_ok(fhrl_corpus_print(&c, &print, &err));
  ck_assert(print == fhrl_corpus_fingerprint(all, sizeof all));
  fhrl_corpus_hold_out(&c, 0.25);
  ck_assert_uint_eq(c.size, 2250);
  ck_assert_uint_eq(c.held, 750);
  fhrl_corpus disk = c;
  disk.byte = NULL;
  for (uint32_t step = 0; step < 200; step++) {
    assert_ok(fhrl_corpus_batch(&c, T, B, 1, step, rows, &err));
    assert_ok(fhrl_corpus_batch(&disk, T, B, 1, step, again, &err));
    ck_assert_mem_eq(rows, again, sizeof rows);
  }
  double counted, bound;
  int exact;
  assert_ok(fhrl_corpus_floor(&c, T, &counted, &exact, &err));
  ck_assert_int_eq(exact, 1);
  assert_ok(fhrl_corpus_floor(&disk, T, &bound, &exact, &err));
  ck_assert_int_eq(exact, 0);
  ck_assert_double_ge(bound, counted);
  assert_fails(fhrl_corpus_check(&disk, T, 200, &err), FHRL_ARG, &err, "byte 225 at offset 15 ");
  c.held = T;
  assert_fails(fhrl_corpus_check(&c, T, 256, &err), FHRL_ARG, &err, "20 bytes are held out");
  put(folder, "d", all, 10);
  fhrl_status status = FHRL_OK;
  for (uint32_t step = 0; step < 50 && status == FHRL_OK; step++)
    status = fhrl_corpus_batch(&disk, T, B, 1, step, again, &err);
  assert_fails(status, FHRL_IO, &err, "became shorter");
  fhrl_corpus_free(&c);
  remove_scratch(folder);
}
END_TEST

START_TEST(large_corpora_stay_on_disk)
{
  const size_t size = FHRL_CORPUS_MEMORY + 1;
  char folder[600], path[700];
  unsigned char *all = malloc(size), row[30];
  for (size_t i = 0; i < size; i++) all[i] = (unsigned char)(i * 2654435761u >> 13);
  snprintf(folder, sizeof folder, "%s", scratch("large"));
  put(folder, "text", all, size);
  snprintf(path, sizeof path, "%s/text", folder);
  fhrl_corpus c;
  uint64_t print;
  assert_ok(fhrl_corpus_load(path, &c, &err));
  ck_assert_ptr_null(c.byte);
  assert_ok(fhrl_corpus_read(&c, size - 30, 30, row, &err));
  ck_assert_mem_eq(row, all + size - 30, 30);
  assert_ok(fhrl_corpus_print(&c, &print, &err));
  ck_assert(print == fhrl_corpus_fingerprint(all, size));
  fhrl_corpus_free(&c);
  free(all);
  remove_scratch(folder);
}
END_TEST

START_TEST(unusable_corpora_are_refused)
{
  fhrl_corpus c;
  assert_fails(fhrl_corpus_load("no/such/file", &c, &err), FHRL_IO, &err, "no/such/file");
  char folder[600];
  snprintf(folder, sizeof folder, "%s", scratch("empty"));
  assert_fails(fhrl_corpus_load(folder, &c, &err), FHRL_ARG, &err, "holds no file");
  remove_scratch(folder);
  unsigned char byte[] = "abcdefg\200";
  c = (fhrl_corpus){.byte = byte, .size = 8};
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
  tcase_add_test(t, folders_and_corpora_on_disk_read_like_one_file);
  tcase_add_test(t, large_corpora_stay_on_disk);
  tcase_add_test(t, unusable_corpora_are_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
