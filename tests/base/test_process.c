// SPDX-License-Identifier: GPL-3.0-or-later
// test_process: children get their arguments as they are, are waited for, and what they say is kept
#include "base/process.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static fhrl_err err;
static char said[64];
static int code;

static fhrl_status shell(const char *script)
{
  const char *const argv[] = {"sh", "-c", script, "name", "a b", "$HOME;`id`", NULL};
  return fhrl_process_run("sh", argv, said, sizeof said, &code, &err);
}

START_TEST(arguments_arrive_as_they_are)
{
  assert_ok(shell("printf '%s|%s|%s' \"$#\" \"$1\" \"$2\" >&2"));
  ck_assert_str_eq(said, "2|a b|$HOME;`id`");
  ck_assert_int_eq(code, 0);
}
END_TEST

START_TEST(the_status_is_the_childs_own)
{
  assert_ok(shell("exit 3"));
  ck_assert_int_eq(code, 3);
  ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(what_exceeds_the_room_is_dropped_without_blocking)
{
  assert_ok(shell("i=0; while [ $i -lt 9000 ]; do echo 0123456789; i=$((i+1)); done >&2"));
  ck_assert_uint_eq(strlen(said), sizeof said - 1);
  assert_ok(shell("printf 'a\\0b' >&2"));
  ck_assert_str_eq(said, "a?b");
}
END_TEST

START_TEST(there_is_no_input_and_no_output)
{
  assert_ok(shell("read x; echo \"read: $?\" >&2; echo unseen"));
  ck_assert_str_eq(said, "read: 1\n");
}
END_TEST

START_TEST(a_broken_pipe_kills_the_child_although_this_program_ignores_it)
{
  signal(SIGPIPE, SIG_IGN);
  assert_fails(shell("kill -PIPE $$"), FHRL_IO, &err, "sh was ended by signal 13");
  signal(SIGPIPE, SIG_DFL);
}
END_TEST

START_TEST(an_interrupted_child_is_an_interruption)
{
  assert_fails(shell("kill -INT $$"), FHRL_INTERRUPT, &err, "sh was ended by signal 2");
  assert_fails(shell("kill -KILL $$"), FHRL_IO, &err, "sh was ended by signal 9");
}
END_TEST

START_TEST(a_program_that_is_not_there_is_named)
{
  const char *const argv[] = {"the-compiler", NULL};
  assert_fails(fhrl_process_run("/nowhere/cc", argv, said, sizeof said, &code, &err), FHRL_IO, &err, "the-compiler not found");
  assert_fails(fhrl_process_run("/etc/passwd", argv, said, sizeof said, &code, &err), FHRL_IO, &err, "the-compiler");
}
END_TEST

START_TEST(programs_are_found_as_the_shell_finds_them)
{
  char path[4096];
  ck_assert(fhrl_process_find("sh", path, sizeof path));
  ck_assert_ptr_nonnull(strstr(path, "/sh"));
  ck_assert(fhrl_process_find("/bin/sh", path, sizeof path));
  ck_assert_str_eq(path, "/bin/sh");
  ck_assert(!fhrl_process_find("no-such-program-anywhere", path, sizeof path));
  ck_assert(!fhrl_process_find("/etc/passwd", path, sizeof path)); // not executable
  ck_assert(!fhrl_process_find("/bin", path, sizeof path));
  ck_assert(!fhrl_process_find("", path, sizeof path));
  setenv("PATH", "/nowhere:/bin", 1);
  ck_assert(fhrl_process_find("sh", path, sizeof path));
  ck_assert_str_eq(path, "/bin/sh");
  setenv("PATH", "", 1);
  ck_assert(!fhrl_process_find("sh", path, sizeof path));
}
END_TEST

int main(void)
{
  Suite *s = suite_create("base/process");
  TCase *t = tcase_create("process");
  tcase_add_test(t, arguments_arrive_as_they_are);
  tcase_add_test(t, the_status_is_the_childs_own);
  tcase_add_test(t, what_exceeds_the_room_is_dropped_without_blocking);
  tcase_add_test(t, there_is_no_input_and_no_output);
  tcase_add_test(t, a_broken_pipe_kills_the_child_although_this_program_ignores_it);
  tcase_add_test(t, an_interrupted_child_is_an_interruption);
  tcase_add_test(t, a_program_that_is_not_there_is_named);
  tcase_add_test(t, programs_are_found_as_the_shell_finds_them);
  suite_add_tcase(s, t);
  return run_suite(s);
}
