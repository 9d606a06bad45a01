// SPDX-License-Identifier: GPL-3.0-or-later
// test_file: a save is whole or absent, reading is bounded, paths and folders
#include "base/file.h"

#include <config.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static fhrl_err err;
static char folder[FHRL_PATH_SIZE];

static void setup(void)
{
  snprintf(folder, sizeof folder, "%s", scratch("file"));
  err = (fhrl_err){FHRL_OK, ""};
}

static void teardown(void) { remove_scratch(folder); }

// Static storage, a slot per call parity: two paths may be alive at once.
static const char *in(const char *name)
{
  static char path[2][FHRL_PATH_SIZE];
  static int slot;
  slot = 1 - slot;
  assert_ok(fhrl_file_join(folder, name, path[slot], &err));
  return path[slot];
}

static void put(const char *path, const char *text)
{
  fhrl_file f;
  assert_ok(fhrl_file_begin(&f, path, &err));
  fputs(text, f.stream);
  assert_ok(fhrl_file_commit(&f, &err));
  ck_assert_ptr_null(f.stream);
}

static void holds(const char *path, const char *text)
{
  char *data;
  size_t size;
  assert_ok(fhrl_file_read(path, 1 << 20, &data, &size, &err));
  ck_assert_str_eq(data, text);
  ck_assert_uint_eq(size, strlen(text));
  free(data);
}

START_TEST(a_save_is_invisible_until_committed)
{
  put(in("a"), "old");
  fhrl_file f;
  assert_ok(fhrl_file_begin(&f, in("a"), &err));
  fputs("new", f.stream);
  fflush(f.stream);
  holds(in("a"), "old");
  ck_assert(fhrl_file_exists(in("a.tmp")));
  assert_ok(fhrl_file_commit(&f, &err));
  holds(in("a"), "new");
  ck_assert(!fhrl_file_exists(in("a.tmp")));
  assert_ok(fhrl_file_commit(&f, &err)); // nothing is under way: nothing happens
}
END_TEST

START_TEST(an_abandoned_save_leaves_no_trace)
{
  put(in("a"), "old");
  fhrl_file f;
  assert_ok(fhrl_file_begin(&f, in("a"), &err));
  fputs("new", f.stream);
  fhrl_file_abandon(&f);
  fhrl_file_abandon(&f);
  holds(in("a"), "old");
  ck_assert(!fhrl_file_exists(in("a.tmp")));
}
END_TEST

START_TEST(a_stale_temporary_is_replaced_even_if_it_is_a_link)
{
  put(in("victim"), "untouched");
  ck_assert_int_eq(symlink("victim", in("a.tmp")), 0);
  put(in("a"), "new");
  holds(in("a"), "new");
  holds(in("victim"), "untouched");
  ck_assert(!fhrl_file_exists(in("a.tmp")));
}
END_TEST

START_TEST(a_full_disk_keeps_the_old_file_and_no_temporary)
{
  put(in("a"), "old");
  struct rlimit was, now;
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
  signal(SIGXFSZ, SIG_IGN);
  now = was;
  now.rlim_cur = 20000;
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &now), 0);
  for (int big = 0; big < 2; big++) { // through the buffer, and past it
    static const char block[40000];
    const size_t step = big ? sizeof block : 100;
    fhrl_file f;
    assert_ok(fhrl_file_begin(&f, in("a"), &err));
    for (size_t i = 0; i < sizeof block; i += step) fwrite(block, 1, step, f.stream);
    assert_fails(fhrl_file_commit(&f, &err), FHRL_IO, &err, in("a"));
    ck_assert_ptr_null(f.stream);
    ck_assert(!fhrl_file_exists(in("a.tmp")));
  }
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
  holds(in("a"), "old");
}
END_TEST

START_TEST(devices_folders_and_absent_folders_are_refused)
{
  fhrl_file f;
  assert_fails(fhrl_file_begin(&f, "/dev/full", &err), FHRL_IO, &err, "/dev/full: it is no regular file");
  ck_assert_ptr_null(f.stream);
  assert_fails(fhrl_file_begin(&f, folder, &err), FHRL_IO, &err, "no regular file");
  assert_fails(fhrl_file_begin(&f, in("absent/a"), &err), FHRL_IO, &err, "No such file");
  assert_fails(fhrl_file_begin(&f, "", &err), FHRL_ARG, &err, "empty");
  ck_assert_int_eq(mkdir(in("b.tmp"), 0777), 0);
  assert_fails(fhrl_file_begin(&f, in("b"), &err), FHRL_IO, &err, "stale");
  rmdir(in("b.tmp"));
  char name[FHRL_PATH_SIZE + 10];
  memset(name, 'x', sizeof name);
  name[FHRL_PATH_SIZE - 2] = '\0'; // fits, but not with its .tmp
  assert_fails(fhrl_file_begin(&f, name, &err), FHRL_LIMIT, &err, "too long");
}
END_TEST

START_TEST(publish_moves_a_foreign_file_into_place)
{
  char temporary[FHRL_PATH_SIZE];
  assert_ok(fhrl_file_temporary(in("a"), temporary, &err));
  FILE *s = fopen(temporary, "w");
  fputs("foreign", s);
  fclose(s);
  assert_ok(fhrl_file_publish(temporary, in("a"), &err));
  holds(in("a"), "foreign");
  ck_assert(!fhrl_file_exists(temporary));
  assert_fails(fhrl_file_publish(temporary, in("a"), &err), FHRL_IO, &err, "cannot open");
  ck_assert_int_eq(mkdir(in("f"), 0777), 0);
  assert_fails(fhrl_file_publish(in("a"), in("f"), &err), FHRL_IO, &err, "no regular file");
  ck_assert(!fhrl_file_exists(in("a"))); // the source of a failed publish is removed
  rmdir(in("f"));
}
END_TEST

START_TEST(reading_is_bounded_and_only_of_regular_files)
{
  char *data = NULL;
  size_t size = 7;
  put(in("a"), "12345");
  assert_fails(fhrl_file_read(in("a"), 4, &data, &size, &err), FHRL_LIMIT, &err, "has 5 bytes; the limit is 4");
  assert_fails(fhrl_file_read(folder, 4, &data, &size, &err), FHRL_IO, &err, "no regular file");
  assert_fails(fhrl_file_read(in("absent"), 4, &data, &size, &err), FHRL_IO, &err, "No such file");
  ck_assert_int_eq(mkfifo(in("pipe"), 0600), 0);
  assert_fails(fhrl_file_read(in("pipe"), 4, &data, &size, &err), FHRL_IO, &err, "no regular file");
  // a size of 0 that is not the truth, as in /proc
  assert_fails(fhrl_file_read("/proc/self/stat", 4, &data, &size, &err), FHRL_IO, &err, "longer");
  ck_assert_ptr_null(data); // results are untouched on failure
  ck_assert_uint_eq(size, 7);
  put(in("empty"), "");
  assert_ok(fhrl_file_read(in("empty"), 0, &data, &size, &err));
  ck_assert_uint_eq(size, 0);
  ck_assert_str_eq(data, "");
  free(data);
}
END_TEST

START_TEST(folders_are_made_with_their_parents)
{
  assert_ok(fhrl_file_folder(in("x//y/z/"), &err));
  ck_assert(fhrl_file_is_folder(in("x/y/z")));
  assert_ok(fhrl_file_folder(in("x/y/z"), &err));
  assert_ok(fhrl_file_folder("", &err));
  assert_ok(fhrl_file_folder("/", &err));
  put(in("file"), "");
  ck_assert(fhrl_file_exists(in("file")) && !fhrl_file_is_folder(in("file")));
  assert_fails(fhrl_file_folder(in("file"), &err), FHRL_IO, &err, "a file of that name is there");
  assert_fails(fhrl_file_folder(in("file/below"), &err), FHRL_IO, &err, "file");
  char name[FHRL_PATH_SIZE + 10];
  memset(name, 'x', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  assert_fails(fhrl_file_folder(name, &err), FHRL_LIMIT, &err, "too long");
}
END_TEST

START_TEST(paths_are_joined_and_made_absolute)
{
  char out[FHRL_PATH_SIZE], here[FHRL_PATH_SIZE], want[2 * FHRL_PATH_SIZE];
  assert_ok(fhrl_file_join("a", "b", out, &err));
  ck_assert_str_eq(out, "a/b");
  assert_ok(fhrl_file_join("a/", "b", out, &err));
  ck_assert_str_eq(out, "a/b");
  assert_ok(fhrl_file_join("", "b", out, &err));
  ck_assert_str_eq(out, "b");
  assert_ok(fhrl_file_join("a", "/b", out, &err));
  ck_assert_str_eq(out, "/b");
  assert_ok(fhrl_file_absolute("/b", out, &err));
  ck_assert_str_eq(out, "/b");
  assert_ok(fhrl_file_absolute("<cat x", out, &err));
  ck_assert_ptr_nonnull(getcwd(here, sizeof here));
  snprintf(want, sizeof want, "%s/<cat x", here);
  ck_assert_str_eq(out, want);
  memset(want, 'x', FHRL_PATH_SIZE);
  want[FHRL_PATH_SIZE] = '\0';
  assert_fails(fhrl_file_join("a", want, out, &err), FHRL_LIMIT, &err, "too long");
}
END_TEST

START_TEST(data_files_come_from_the_environment_or_the_source_tree)
{
  char out[FHRL_PATH_SIZE], was[FHRL_PATH_SIZE] = "";
  if (getenv("FHRL_DATADIR")) snprintf(was, sizeof was, "%s", getenv("FHRL_DATADIR"));
  ck_assert_int_eq(setenv("FHRL_DATADIR", folder, 1), 0);
  assert_fails(fhrl_file_data("plots/style.gp", out, &err), FHRL_IO, &err, "FHRL_DATADIR");
  put(in("thing"), "");
  assert_ok(fhrl_file_data("thing", out, &err));
  ck_assert_str_eq(out, in("thing"));
  unsetenv("FHRL_DATADIR"); // this program runs from its build tree
  assert_ok(fhrl_file_data("src/base/status.def", out, &err));
  ck_assert_str_eq(out, FHRL_SRCDIR "/src/base/status.def");
  if (was[0]) setenv("FHRL_DATADIR", was, 1);
}
END_TEST

START_TEST(messages_cannot_steer_a_terminal)
{
  fhrl_fail(&err, FHRL_FORMAT, "%s", "a\x1b[2J\x7f\xc2\x9b\xc3\xa9\tb\nc");
  ck_assert_str_eq(err.msg, "a?[2J???\xc3\xa9\tb?c");
  fhrl_status_context(&err, "in %s", "\x07");
  ck_assert_str_eq(err.msg, "in ?: a?[2J???\xc3\xa9\tb?c");
}
END_TEST

int main(void)
{
  Suite *s = suite_create("base/file");
  TCase *t = tcase_create("file");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_save_is_invisible_until_committed);
  tcase_add_test(t, an_abandoned_save_leaves_no_trace);
  tcase_add_test(t, a_stale_temporary_is_replaced_even_if_it_is_a_link);
  tcase_add_test(t, a_full_disk_keeps_the_old_file_and_no_temporary);
  tcase_add_test(t, devices_folders_and_absent_folders_are_refused);
  tcase_add_test(t, publish_moves_a_foreign_file_into_place);
  tcase_add_test(t, reading_is_bounded_and_only_of_regular_files);
  tcase_add_test(t, folders_are_made_with_their_parents);
  tcase_add_test(t, paths_are_joined_and_made_absolute);
  tcase_add_test(t, data_files_come_from_the_environment_or_the_source_tree);
  tcase_add_test(t, messages_cannot_steer_a_terminal);
  suite_add_tcase(s, t);
  return run_suite(s);
}
