// SPDX-License-Identifier: GPL-3.0-or-later
// test_figure: figures are whole or absent, gnuplot's complaint reaches the user, and no name becomes a command
#include "io/figure.h"

#include <config.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/table.h"
#include "support.h"

static fhrl_err err;
static char folder[512], svg[FHRL_PATH_SIZE], png[FHRL_PATH_SIZE], tsv[FHRL_PATH_SIZE], shipped[FHRL_PATH_SIZE];

static void put(const char *name, const char *text)
{
  char path[FHRL_PATH_SIZE];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *s = fopen(path, "w");
  ck_assert_ptr_nonnull(s);
  fputs(text, s);
  fclose(s);
}

// Own scripts stand in folder/plots from here on.
static void use_own_scripts(void) { setenv("FHRL_DATADIR", folder, 1); }

static void setup(void)
{
  snprintf(folder, sizeof folder, "%s", scratch("figure"));
  snprintf(svg, sizeof svg, "%s/a.svg", folder);
  snprintf(png, sizeof png, "%s/a.png", folder);
  snprintf(tsv, sizeof tsv, "%s/loss.tsv", folder);
  snprintf(shipped, sizeof shipped, "%s", getenv("FHRL_DATADIR") ? getenv("FHRL_DATADIR") : FHRL_SRCDIR);
  err = (fhrl_err){FHRL_OK, ""};
  char plots[FHRL_PATH_SIZE];
  snprintf(plots, sizeof plots, "%s/plots", folder);
  ck_assert_int_eq(mkdir(plots, 0777), 0);
  fhrl_table t;
  assert_ok(fhrl_table_begin(&t, tsv, "fhrl.loss/1", (const char *const[]){"step", "loss"},
    (const char *const[]){"1", "nat/byte"}, 2, &err));
  for (int i = 1; i <= 50; i++) fhrl_table_row(&t, (const double[]){i, 1.4 + 4.1 / i});
  assert_ok(fhrl_table_commit(&t, &err));
}

static void teardown(void)
{
  setenv("FHRL_DATADIR", shipped, 1);
  unsetenv("GNUPLOT");
  remove_scratch(folder);
}

static int temporary_left(void)
{
  char path[2][FHRL_PATH_SIZE];
  snprintf(path[0], sizeof path[0], "%s/a.tmp.svg", folder);
  snprintf(path[1], sizeof path[1], "%s/a.tmp.png", folder);
  return fhrl_file_exists(path[0]) || fhrl_file_exists(path[1]);
}

START_TEST(the_loss_is_drawn_as_svg_and_png)
{
  const char *const args[] = {tsv, "1.3863"};
  char *bytes;
  size_t size;
  put("a.tmp.svg", "stale");
  assert_ok(fhrl_figure_draw("loss.gp", svg, args, 2, &err));
  assert_ok(fhrl_figure_draw("loss.gp", png, args, 2, &err));
  assert_ok(fhrl_file_read(svg, 1 << 24, &bytes, &size, &err));
  ck_assert_ptr_nonnull(strstr(bytes, "entropy floor 1.3863"));
  ck_assert_ptr_nonnull(strstr(bytes, "loss [nat/byte]"));
  free(bytes);
  assert_ok(fhrl_file_read(png, 1 << 24, &bytes, &size, &err));
  ck_assert_mem_eq(bytes, "\x89PNG\r\n\x1a\n", 8);
  free(bytes);
  ck_assert(!temporary_left());
}
END_TEST

START_TEST(the_same_data_give_the_same_svg)
{
  const char *const args[] = {tsv, "1.3863"};
  char *a, *b;
  size_t size_a, size_b;
  assert_ok(fhrl_figure_draw("loss.gp", svg, args, 2, &err));
  assert_ok(fhrl_file_read(svg, 1 << 24, &a, &size_a, &err));
  assert_ok(fhrl_figure_draw("loss.gp", svg, args, 2, &err));
  assert_ok(fhrl_file_read(svg, 1 << 24, &b, &size_b, &err));
  ck_assert_uint_eq(size_a, size_b);
  ck_assert_mem_eq(a, b, size_a);
  free(a);
  free(b);
}
END_TEST

START_TEST(a_broken_script_is_told_in_gnuplots_words)
{
  use_own_scripts();
  put("plots/undefined.gp", "set terminal svg\nset output ARG1\nplot nothing\n");
  put("a.svg", "old");
  assert_fails(fhrl_figure_draw("undefined.gp", svg, NULL, 0, &err), FHRL_IO, &err,
    "plots/undefined.gp\" line 3: undefined variable: nothing");
  ck_assert_msg(strncmp(err.msg, svg, strlen(svg)) == 0, "%s", err.msg);
  put("plots/empty.gp", "");
  assert_fails(fhrl_figure_draw("empty.gp", svg, NULL, 0, &err), FHRL_IO, &err,
    "gnuplot left no whole figure: it gave no reason");
  put("plots/half.gp", "set terminal svg\nset output ARG1\nplot x\nset output\nset print ARG1\nprint '<svg>'\n");
  assert_fails(fhrl_figure_draw("half.gp", svg, NULL, 0, &err), FHRL_IO, &err, "gnuplot left no whole figure");
  assert_fails(fhrl_figure_draw("half.gp", png, NULL, 0, &err), FHRL_IO, &err, "gnuplot left no whole figure");
  put("plots/chatty.gp", "do for [i = 1:5000] { printerr 'many words on standard error, which nobody may wait for' }\n");
  assert_fails(fhrl_figure_draw("chatty.gp", svg, NULL, 0, &err), FHRL_IO, &err, "many words");
  assert_fails(fhrl_figure_draw("absent.gp", svg, NULL, 0, &err), FHRL_IO, &err, "no data file plots/absent.gp");
  char *bytes;
  size_t size;
  assert_ok(fhrl_file_read(svg, 100, &bytes, &size, &err));
  ck_assert_str_eq(bytes, "old");
  free(bytes);
  ck_assert(!temporary_left());
}
END_TEST

START_TEST(a_full_disk_leaves_no_torn_figure)
{
  const char *const args[] = {tsv, "1.3863"};
  struct rlimit was, now;
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
  signal(SIGXFSZ, SIG_IGN);
  now = was;
  now.rlim_cur = 8192;
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &now), 0);
  assert_fails(fhrl_figure_draw("loss.gp", svg, args, 2, &err), FHRL_IO, &err, "gnuplot");
  assert_fails(fhrl_figure_draw("loss.gp", png, args, 2, &err), FHRL_IO, &err, "gnuplot");
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
  ck_assert(!fhrl_file_exists(svg) && !fhrl_file_exists(png) && !temporary_left());
}
END_TEST

START_TEST(a_missing_or_killed_gnuplot_is_told)
{
  const char *const args[] = {tsv, "1.3863"};
  char own[FHRL_PATH_SIZE];
  setenv("GNUPLOT", "/nowhere/gnuplot", 1);
  assert_fails(fhrl_figure_draw("loss.gp", svg, args, 2, &err), FHRL_IO, &err, "gnuplot not found");
  put("killed", "#!/bin/sh\nkill -9 $$\n");
  snprintf(own, sizeof own, "%s/killed", folder);
  setenv("GNUPLOT", own, 1);
  assert_fails(fhrl_figure_draw("loss.gp", svg, args, 2, &err), FHRL_IO, &err, "cannot start gnuplot: Permission denied");
  ck_assert_int_eq(chmod(own, 0700), 0);
  put("killed", "#!/bin/sh\nexit 127\n");
  assert_fails(fhrl_figure_draw("loss.gp", svg, args, 2, &err), FHRL_IO, &err, "gnuplot not found");
  put("killed", "#!/bin/sh\nkill -9 $$\n");
  assert_fails(fhrl_figure_draw("loss.gp", svg, args, 2, &err), FHRL_IO, &err, "gnuplot was ended by signal 9");
}
END_TEST

START_TEST(no_name_becomes_a_command)
{
  char here[FHRL_PATH_SIZE];
  ck_assert_ptr_nonnull(getcwd(here, sizeof here));
  ck_assert_int_eq(chdir(folder), 0);
  ck_assert_int_eq(rename("loss.tsv", "<touch ran.tsv"), 0);
  const char *const odd[] = {"<touch ran.tsv", "1.3863"}, *const command[] = {"<touch ran; cat loss", "1"};
  assert_ok(fhrl_figure_draw("loss.gp", "|touch ran;.svg", odd, 2, &err));
  ck_assert(fhrl_file_exists("|touch ran;.svg"));
  assert_ok(fhrl_figure_draw("loss.gp", "`touch ran`.svg", odd, 2, &err));
  assert_fails(fhrl_figure_draw("loss.gp", "b.svg", command, 2, &err), FHRL_ARG, &err, "looks like a command");
  ck_assert(!fhrl_file_exists("ran") && !fhrl_file_exists("ran.tsv"));
  ck_assert_int_eq(chdir(here), 0);
}
END_TEST

START_TEST(bad_arguments_are_refused)
{
  const char *const many[9] = {"1", "2", "3", "4", "5", "6", "7", "8", "9"}, *const absent[] = {"absent.tsv", "1"};
  assert_fails(fhrl_figure_draw("loss.gp", "a.pdf", NULL, 0, &err), FHRL_ARG, &err, "ends in .svg, .png, .txt or .six");
  assert_fails(fhrl_figure_draw("loss.gp", ".svg", NULL, 0, &err), FHRL_ARG, &err, "ends in .svg, .png, .txt or .six");
  assert_fails(fhrl_figure_draw("loss.gp", svg, many, 9, &err), FHRL_ARG, &err, "at most 8");
  assert_fails(fhrl_figure_draw("loss.gp", svg, absent, 2, &err), FHRL_IO, &err, "no data file absent.tsv");
  ck_assert_int_eq(mkdir(svg, 0777), 0);
  const char *const args[] = {tsv, "1.3863"};
  assert_fails(fhrl_figure_draw("loss.gp", svg, args, 2, &err), FHRL_IO, &err, "no regular file");
}
END_TEST

int main(void)
{
  if (access(FHRL_GNUPLOT, X_OK) != 0) {
    fputs("skipped: gnuplot is not installed\n", stderr);
    return 77;
  }
  Suite *s = suite_create("io/figure");
  TCase *t = tcase_create("figure");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, the_loss_is_drawn_as_svg_and_png);
  tcase_add_test(t, the_same_data_give_the_same_svg);
  tcase_add_test(t, a_broken_script_is_told_in_gnuplots_words);
  tcase_add_test(t, a_full_disk_leaves_no_torn_figure);
  tcase_add_test(t, a_missing_or_killed_gnuplot_is_told);
  tcase_add_test(t, no_name_becomes_a_command);
  tcase_add_test(t, bad_arguments_are_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
