// SPDX-License-Identifier: GPL-3.0-or-later
// test_worker: children of this program do their work, say why they failed, crash alone, and stop when asked
#include "base/worker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/signals.h"
#include "support.h"

static fhrl_err err, ended;
static const char *folder;
static char said[700];

static void begin(void)
{
  folder = scratch("worker");
  snprintf(said, sizeof said, "%s/said.txt", folder);
}

static void end(void) { remove_scratch(folder); }

static fhrl_status body(void *context, fhrl_err *e)
{
  const char *what = context;
  if (strcmp(what, "speak") == 0) {
    printf("out\n");
    fprintf(stderr, "err %d\n", getchar());
    return FHRL_OK;
  }
  if (strcmp(what, "fail") == 0) return fhrl_fail(e, FHRL_NUMERIC, "x[3] is not finite at t = 2.385");
  if (strcmp(what, "crash") == 0) raise(SIGKILL);
  if (strcmp(what, "leave") == 0) _exit(7);
  fhrl_signals_install();
  while (!*fhrl_signals_flag()) pause();
  return fhrl_fail(e, FHRL_INTERRUPT, "interrupted");
}

static fhrl_worker start(const char *what)
{
  static char word[16];
  fhrl_worker w;
  snprintf(word, sizeof word, "%s", what);
  assert_ok(fhrl_worker_start(&w, body, word, said, &err));
  return w;
}

static void run(const char *what)
{
  fhrl_worker w = start(what);
  ck_assert_int_eq(fhrl_worker_wait(&w, 1, 20.0), 0);
  fhrl_worker_end(&w, &ended);
}

START_TEST(what_it_says_is_kept_and_it_reads_nothing)
{
  char *text;
  size_t size;
  run("speak");
  ck_assert_int_eq(ended.code, FHRL_OK);
  assert_ok(fhrl_file_read(said, 1000, &text, &size, &err));
  ck_assert(strcmp(text, "out\nerr -1\n") == 0 || strcmp(text, "err -1\nout\n") == 0); // standard output waits, standard error does not
  free(text);
}
END_TEST

START_TEST(why_it_failed_arrives)
{
  run("fail");
  assert_fails(ended.code, FHRL_NUMERIC, &ended, "x[3] is not finite at t = 2.385");
}
END_TEST

START_TEST(a_crash_is_its_own)
{
  run("crash");
  assert_fails(ended.code, FHRL_IO, &ended, "crashed or was ended by signal 9");
  run("leave");
  assert_fails(ended.code, FHRL_IO, &ended, "ended with status 7 before it was done");
}
END_TEST

START_TEST(the_one_that_has_ended_is_found)
{
  fhrl_worker w[2] = {start("wait"), {0}};
  w[1] = start("speak");
  ck_assert_int_eq(fhrl_worker_wait(w, 2, 20.0), 1);
  fhrl_worker_end(&w[1], &ended);
  ck_assert_int_eq(ended.code, FHRL_OK);
  ck_assert_int_eq(fhrl_worker_wait(w, 1, 0.01), -1);
  for (int i = 0; i < 200 && fhrl_worker_wait(w, 1, 0.05) < 0; i++) fhrl_worker_stop(&w[0]);
  fhrl_worker_end(&w[0], &ended);
  ck_assert_int_eq(ended.code, FHRL_INTERRUPT);
}
END_TEST

START_TEST(where_nothing_can_be_said_nothing_is_done)
{
  snprintf(said, sizeof said, "/nowhere/said.txt");
  run("speak");
  assert_fails(ended.code, FHRL_IO, &ended, "cannot write /nowhere/said.txt");
}
END_TEST

int main(void)
{
  Suite *s = suite_create("base/worker");
  TCase *t = tcase_create("worker");
  tcase_add_checked_fixture(t, begin, end);
  tcase_add_test(t, what_it_says_is_kept_and_it_reads_nothing);
  tcase_add_test(t, why_it_failed_arrives);
  tcase_add_test(t, a_crash_is_its_own);
  tcase_add_test(t, the_one_that_has_ended_is_found);
  tcase_add_test(t, where_nothing_can_be_said_nothing_is_done);
  suite_add_tcase(s, t);
  return run_suite(s);
}
