// SPDX-License-Identifier: GPL-3.0-or-later
// test_signals: the first signal asks, the second ends, and a closed pipe is an error like any other
#include "base/signals.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

// How a process ends that gets these two signals (0: none).
static int fate(int first, int second)
{
  int status;
  const pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (child == 0) {
    fhrl_signals_install();
    if (*fhrl_signals_flag() != 0) _exit(1);
    raise(first);
    if (*fhrl_signals_flag() != first) _exit(2);
    if (second) raise(second);
    _exit(3);
  }
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  return status;
}

START_TEST(the_first_signal_sets_the_flag)
{
  const int signals[] = {SIGINT, SIGTERM};
  for (int i = 0; i < 2; i++) {
    const int status = fate(signals[i], 0);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 3);
  }
}
END_TEST

START_TEST(the_second_signal_ends_the_process)
{
  const int pairs[][2] = {{SIGINT, SIGINT}, {SIGTERM, SIGTERM}, {SIGTERM, SIGINT}};
  for (int i = 0; i < 3; i++) {
    const int status = fate(pairs[i][0], pairs[i][1]);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), pairs[i][1]);
  }
}
END_TEST

START_TEST(a_closed_pipe_and_a_full_quota_are_errors)
{
  int ends[2];
  fhrl_signals_install();
  ck_assert_int_eq(pipe(ends), 0);
  close(ends[0]);
  ck_assert_int_eq(write(ends[1], "x", 1), -1);
  ck_assert_int_eq(errno, EPIPE);
  close(ends[1]);
  raise(SIGXFSZ);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("base/signals");
  TCase *t = tcase_create("signals");
  tcase_add_test(t, the_first_signal_sets_the_flag);
  tcase_add_test(t, the_second_signal_ends_the_process);
  tcase_add_test(t, a_closed_pipe_and_a_full_quota_are_errors);
  suite_add_tcase(s, t);
  return run_suite(s);
}
