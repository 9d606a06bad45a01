// SPDX-License-Identifier: GPL-3.0-or-later
// test_terminal: a terminal is asked what it can show, and left as it was; what is none is not asked
#define _XOPEN_SOURCE 700 // pseudo-terminals
#include "base/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "support.h"

// What a program in a terminal of 100 x 30 finds that answers its question with `answer` (NULL: never).
static fhrl_terminal seen(const char *answer, int *asked, int *unchanged)
{
  fhrl_terminal t = {0};
  int report[2];
  struct {
    fhrl_terminal t;
    int unchanged;
  } found = {{0}, 0};
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  ck_assert_int_ge(master, 0);
  ck_assert_int_eq(grantpt(master), 0);
  ck_assert_int_eq(unlockpt(master), 0);
  ck_assert_int_eq(pipe(report), 0);
  char name[128];
  snprintf(name, sizeof name, "%s", ptsname(master));
  const pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (child == 0) {
    setsid(); // so that the terminal becomes its own
    const int slave = open(name, O_RDWR);
    struct termios before, after;
    const struct winsize size = {.ws_row = 30, .ws_col = 100, .ws_xpixel = 1000, .ws_ypixel = 600};
    ioctl(slave, TIOCSCTTY, 0);
    ioctl(slave, TIOCSWINSZ, &size);
    tcgetattr(slave, &before);
    setenv("TERM", "xterm", 1);
    fhrl_terminal_look(slave, slave, &found.t);
    tcgetattr(slave, &after);
    found.unchanged = before.c_lflag == after.c_lflag && memcmp(before.c_cc, after.c_cc, sizeof before.c_cc) == 0;
    _exit(write(report[1], &found, sizeof found) == (ssize_t)sizeof found ? 0 : 1);
  }
  close(report[1]);
  char question[64] = "";
  size_t n = 0;
  *asked = 0;
  struct pollfd ready = {.fd = master, .events = POLLIN};
  while (!*asked && n + 1 < sizeof question && poll(&ready, 1, 5000) > 0 && read(master, question + n, 1) == 1) {
    question[++n] = '\0';
    *asked = strcmp(question, "\033[c") == 0;
  }
  if (answer) ck_assert_int_eq(write(master, answer, strlen(answer)), (int)strlen(answer));
  ck_assert_int_eq(read(report[0], &found, sizeof found), (int)sizeof found);
  waitpid(child, NULL, 0);
  close(report[0]);
  close(master);
  t = found.t;
  *unchanged = found.unchanged;
  return t;
}

START_TEST(a_terminal_that_names_sixels_has_them)
{
  int asked, unchanged;
  fhrl_terminal t = seen("\033[?63;1;2;4;22c", &asked, &unchanged);
  ck_assert_int_eq(asked, 1);
  ck_assert_int_eq(t.terminal, 1);
  ck_assert_int_eq(t.sixel, 1);
  ck_assert_int_eq(t.columns, 100);
  ck_assert_int_eq(t.rows, 30);
  ck_assert_int_eq(t.width, 1000);
  ck_assert_int_eq(unchanged, 1);
  t = seen("\033[?4c", &asked, &unchanged);
  ck_assert_int_eq(t.sixel, 1);
}
END_TEST

START_TEST(one_that_does_not_or_that_keeps_silent_has_none)
{
  int asked, unchanged;
  ck_assert_int_eq(seen("\033[?64;14;24;42c", &asked, &unchanged).sixel, 0); // digits of other numbers are no 4
  ck_assert_int_eq(seen("typed ahead", &asked, &unchanged).sixel, 0);
  ck_assert_int_eq(seen(NULL, &asked, &unchanged).sixel, 0);
  ck_assert_int_eq(asked, 1);
  ck_assert_int_eq(unchanged, 1);
}
END_TEST

START_TEST(a_pipe_is_not_asked)
{
  int ends[2];
  fhrl_terminal t;
  ck_assert_int_eq(pipe(ends), 0);
  setenv("COLUMNS", "132", 1);
  setenv("LINES", "lots", 1);
  setenv("LC_ALL", "C.UTF-8", 1);
  fhrl_terminal_look(ends[0], ends[1], &t);
  ck_assert_int_eq(t.terminal, 0);
  ck_assert_int_eq(t.sixel, 0);
  ck_assert_int_eq(t.columns, 132);
  ck_assert_int_eq(t.rows, 40);
  ck_assert_int_eq(t.utf8, 1);
  setenv("LC_ALL", "C", 1);
  fhrl_terminal_look(ends[0], ends[1], &t);
  ck_assert_int_eq(t.utf8, 0);
  struct pollfd ready = {.fd = ends[0], .events = POLLIN};
  ck_assert_int_eq(poll(&ready, 1, 0), 0); // nothing was written
  close(ends[0]);
  close(ends[1]);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("base/terminal");
  TCase *t = tcase_create("terminals");
  tcase_set_timeout(t, 30);
  tcase_add_test(t, a_terminal_that_names_sixels_has_them);
  tcase_add_test(t, one_that_does_not_or_that_keeps_silent_has_none);
  tcase_add_test(t, a_pipe_is_not_asked);
  suite_add_tcase(s, t);
  return run_suite(s);
}
