// SPDX-License-Identifier: GPL-3.0-or-later
// test_progress: lines in a file, a bar on a terminal that never wraps, silence when asked for
#define _XOPEN_SOURCE 700 // pseudo-terminals
#include "base/progress.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "support.h"

// The tests pretend that the work began this long ago: then the seconds a busy machine adds do not show in the rates.
static const double ago = 1e5;

static char *text;
static size_t size;
static FILE *memory;

static void setup(void) { memory = open_memstream(&text, &size); }

static void teardown(void)
{
  fclose(memory);
  free(text);
}

START_TEST(a_file_gets_lines)
{
  fhrl_progress p;
  fhrl_progress_begin(&p, memory, "train", 600, "steps");
  ck_assert(!p.terminal);
  ck_assert_double_eq(p.interval, 10.0);
  fhrl_progress_update(&p, 1, "loss 5.5"); // too early to be shown
  fflush(memory);
  ck_assert_uint_eq(size, 0);
  p.interval = 0.0;
  p.begun -= ago;
  fhrl_progress_update(&p, 200, "loss 2.5");
  ck_assert_ptr_eq(strstr(text, "train: 200/600 steps  0.002 steps/s  55:33:"), text);
  ck_assert_str_eq(text + size - 16, " left  loss 2.5\n");
  fhrl_progress_update(&p, 600, NULL);
  fhrl_progress_end(&p);
  ck_assert_ptr_nonnull(strstr(text, "\ntrain: 600/600 steps  0.006 steps/s  in 27:46:"));
  const size_t before = size;
  fhrl_progress_update(&p, 601, NULL); // after the end: nothing
  fhrl_progress_end(&p);
  fflush(memory);
  ck_assert_uint_eq(size, before);
}
END_TEST

START_TEST(a_resumed_run_has_the_rate_of_its_own_part)
{
  fhrl_progress p;
  fhrl_progress_begin(&p, memory, "simulate", 7201.5, "s");
  p.first = 1.5;
  p.interval = 0.0;
  p.begun -= ago;
  fhrl_progress_update(&p, 101.5, NULL);
  ck_assert_ptr_eq(strstr(text, "simulate: 101.5/7202 s  0.001 s/s  1972:"), text);
  fhrl_progress_end(&p);
}
END_TEST

START_TEST(an_unknown_total_has_no_end_in_sight)
{
  fhrl_progress p;
  fhrl_progress_begin(&p, memory, "search", 0, "starts");
  p.interval = 0.0;
  p.begun -= ago;
  fhrl_progress_update(&p, 300, NULL);
  ck_assert_str_eq(text, "search: 300 starts  0.003 starts/s\n");
  fhrl_progress_end(&p);
}
END_TEST

START_TEST(quiet_is_quiet)
{
  fhrl_progress p;
  fhrl_progress_begin(&p, NULL, "train", 600, "steps");
  fhrl_progress_update(&p, 100, "loss 1");
  fhrl_progress_end(&p);
}
END_TEST

// A bare chroot may have no pseudo-terminals to test with.
static int have_terminals(void)
{
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master >= 0) close(master);
  else puts("skipped: the claims about a terminal (there is no pseudo-terminal here)");
  return master >= 0;
}

// What a terminal of this width shows of a run; read from its other side.
static void on_terminal(unsigned short width, double total, const char *note, char out[], size_t room)
{
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  ck_assert_int_ge(master, 0);
  ck_assert_int_eq(grantpt(master), 0);
  ck_assert_int_eq(unlockpt(master), 0);
  const int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  ck_assert_int_ge(slave, 0);
  const struct winsize window = {.ws_row = 24, .ws_col = width};
  ck_assert_int_eq(ioctl(slave, TIOCSWINSZ, &window), 0);
  FILE *terminal = fdopen(slave, "w");
  fhrl_progress p;
  fhrl_progress_begin(&p, terminal, "train", total, "steps");
  ck_assert(p.terminal);
  ck_assert_double_eq(p.interval, 0.1);
  p.interval = 0.0;
  p.begun -= ago;
  fhrl_progress_update(&p, 300, "a note that is longer");
  fhrl_progress_update(&p, 300, note);
  fhrl_progress_end(&p);
  size_t got = 0;
  do { // a terminal hands over what it has: until the end of the line
    const ssize_t n = read(master, out + got, room - 1 - got);
    ck_assert_int_gt(n, 0);
    got += (size_t)n;
  } while (out[got - 1] != '\n');
  out[got] = '\0';
  fclose(terminal);
  close(master);
}

START_TEST(a_terminal_gets_a_bar)
{
  char out[4096];
  on_terminal(100, 600, "loss 1.5", out, sizeof out);
  ck_assert_ptr_nonnull(strstr(out, "\rtrain  50% [#########..........] 300/600 steps  0.003 steps/s  27:46:"));
  ck_assert_ptr_nonnull(strstr(out, "left  a note that is longer\rtrain  50% [################................] 300/"));
  ck_assert_ptr_nonnull(strstr(out, " left  loss 1.5\rtrain  50% ["));
  ck_assert_str_eq(out + strlen(out) - 2, "\r\n");
  on_terminal(100, 0, "loss 1.5", out, sizeof out);
  ck_assert_ptr_nonnull(strstr(out, "\rtrain 300 steps  0.003 steps/s  loss 1.5             ")); // the longer one is gone
}
END_TEST

START_TEST(a_bar_never_wraps)
{
  for (unsigned short width = 1; width < 140; width++) {
    char out[4096];
    on_terminal(width, 600, "\xce\xb3 \xce\xb3\xce\xb3\xce\xb3\xce\xb3\xce\xb3\xce\xb3", out, sizeof out);
    for (char *line = strtok(out, "\r\n"); line; line = strtok(NULL, "\r\n")) {
      ck_assert_uint_le(strlen(line), (size_t)width - 1);
      const size_t n = strlen(line); // cut between characters: the last byte ends one
      ck_assert(n == 0 || (unsigned char)line[n - 1] != 0xce);
    }
  }
}
END_TEST

START_TEST(without_a_window_the_environment_gives_the_width)
{
  char out[4096];
  setenv("COLUMNS", "30", 1);
  on_terminal(0, 600, "loss 1.5", out, sizeof out);
  ck_assert_ptr_nonnull(strstr(out, "\rtrain  50% 300/600 steps  0.0\r")); // 29 columns
  unsetenv("COLUMNS");
  on_terminal(0, 600, "x", out, sizeof out);
  ck_assert_ptr_nonnull(strstr(out, " left  x"));
}
END_TEST

int main(void)
{
  Suite *s = suite_create("base/progress");
  TCase *t = tcase_create("progress");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_file_gets_lines);
  tcase_add_test(t, a_resumed_run_has_the_rate_of_its_own_part);
  tcase_add_test(t, an_unknown_total_has_no_end_in_sight);
  tcase_add_test(t, quiet_is_quiet);
  if (have_terminals()) {
    tcase_add_test(t, a_terminal_gets_a_bar);
    tcase_add_test(t, a_bar_never_wraps);
    tcase_add_test(t, without_a_window_the_environment_gives_the_width);
  }
  suite_add_tcase(s, t);
  return run_suite(s);
}
