// SPDX-License-Identifier: GPL-3.0-or-later
// replay: a fuzz target without a fuzzer: good files, what they become when they are cut or a bit is flipped, and what once
// went wrong
//
// `PROGRAM --seeds FOLDER` writes the good files there, for libFuzzer to begin with.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "support.h"

enum { SEEDS_MAX = 32, CUTS_MAX = 600 };

typedef struct seed {
  unsigned char *bytes;
  size_t size;
} seed;

static seed good[SEEDS_MAX];
static int seeds;
static char corpus[FHRL_PATH_SIZE], folder[FHRL_PATH_SIZE];

static void keep(const void *bytes, size_t size)
{
  fuzz_claim(seeds < SEEDS_MAX, "more than %d good files", SEEDS_MAX);
  good[seeds] = (seed){malloc(size + 1), size};
  fuzz_claim(good[seeds].bytes != NULL, "no memory for a good file");
  memcpy(good[seeds++].bytes, bytes, size);
}

// Thousands of files are written here: in memory, if there is a disk for that.
static void make_folder(void)
{
  fhrl_err err;
  snprintf(folder, sizeof folder, "/dev/shm/fhrl-fuzz.%s.%ld", fuzz_subject.name, (long)getpid());
  if (mkdir(folder, 0777) != 0)
    fuzz_claim(fhrl_file_absolute(scratch("fuzz"), folder, &err) == FHRL_OK, "%s", err.msg);
  fuzz_begin(folder);
}

static void setup(void)
{
  make_folder();
  fuzz_subject.seeds(keep);
}

static void teardown(void)
{
  for (int i = 0; i < seeds; i++) free(good[i].bytes);
  seeds = 0;
  ck_assert_int_eq(chdir("/"), 0);
  remove_scratch(folder);
}

// What the target is told lies in a block of exactly its size, so that a sanitizer sees a look beyond the end.
static fhrl_status run(const unsigned char *bytes, size_t size)
{
  unsigned char *exact = malloc(size ? size : 1);
  ck_assert_ptr_nonnull(exact);
  memcpy(exact, bytes, size);
  const fhrl_status status = fuzz_subject.one(exact, size);
  free(exact);
  return status;
}

START_TEST(a_good_file_is_read)
{
  ck_assert_int_gt(seeds, 0);
  for (int i = 0; i < seeds; i++)
    ck_assert_msg(run(good[i].bytes, good[i].size) == FHRL_OK, "good file %d was refused: %s", i, fuzz_said);
}
END_TEST

START_TEST(every_cut_is_answered)
{
  for (int i = 0; i < seeds; i++) {
    const size_t size = good[i].size, step = size / CUTS_MAX + 1; // all of a small file, and the ends of a large one
    for (size_t n = 0; n < size; n += n < 64 || size - n <= 64 ? 1 : step) {
      const fhrl_status status = run(good[i].bytes, n);
      ck_assert_msg(!fuzz_subject.whole || status != FHRL_OK, "good file %d was taken although only %zu of its %zu bytes were there", i, n,
        size);
    }
  }
}
END_TEST

START_TEST(every_flipped_bit_is_answered)
{
  for (int i = 0; i < seeds; i++) {
    seed *s = &good[i];
    for (size_t bit = 0; bit < 8 * s->size && bit < 8 * fuzz_subject.flips; bit++) {
      s->bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
      run(s->bytes, s->size);
      s->bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
  }
}
END_TEST

START_TEST(what_once_went_wrong_is_answered)
{
  DIR *open = opendir(corpus);
  ck_assert_msg(open != NULL || errno == ENOENT, "cannot open %s", corpus);
  for (const struct dirent *e = open ? readdir(open) : NULL; e; e = readdir(open)) {
    char path[FHRL_PATH_SIZE], *bytes;
    size_t size;
    fhrl_err err;
    if (e->d_name[0] == '.') continue;
    assert_ok(fhrl_file_join(corpus, e->d_name, path, &err));
    assert_ok(fhrl_file_read(path, (size_t)1 << 24, &bytes, &size, &err));
    run((const unsigned char *)bytes, size);
    free(bytes);
  }
  if (open) closedir(open);
}
END_TEST

static void write_seed(const void *bytes, size_t size)
{
  char name[FHRL_PATH_SIZE + 32];
  snprintf(name, sizeof name, "%s/seed%02d", corpus, seeds++);
  fuzz_put(name, bytes, size);
}

static int write_seeds(const char *to)
{
  fhrl_err err;
  if (fhrl_file_absolute(to, corpus, &err) != FHRL_OK) return EXIT_FAILURE;
  make_folder();
  fuzz_subject.seeds(write_seed);
  if (chdir("..") == 0) remove_scratch(folder);
  return seeds > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char *argv[])
{
  fhrl_err err;
  char name[64];
  if (argc == 3 && strcmp(argv[1], "--seeds") == 0) return write_seeds(argv[2]);
  snprintf(name, sizeof name, "fuzz/corpus/%s", fuzz_subject.name);
  if (fhrl_file_absolute(test_data(name), corpus, &err) != FHRL_OK) return EXIT_FAILURE;
  Suite *suite = suite_create(fuzz_subject.name);
  TCase *t = tcase_create(fuzz_subject.name);
  tcase_set_timeout(t, 300);
  tcase_add_unchecked_fixture(t, setup, teardown);
  tcase_add_test(t, a_good_file_is_read);
  tcase_add_test(t, every_cut_is_answered);
  tcase_add_test(t, every_flipped_bit_is_answered);
  tcase_add_test(t, what_once_went_wrong_is_answered);
  suite_add_tcase(suite, t);
  return run_suite(suite);
}
