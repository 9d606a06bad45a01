// SPDX-License-Identifier: GPL-3.0-or-later
// test_table: the bytes of a table, and that it is saved whole or not at all
#include "io/table.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "support.h"

static fhrl_err err;
static char folder[512], path[FHRL_PATH_SIZE];
static const char *const names[] = {"t", "y[0]", "kind"}, *const units[] = {"s", "1", ""};

static void setup(void)
{
  snprintf(folder, sizeof folder, "%s", scratch("table"));
  snprintf(path, sizeof path, "%s/a.tsv", folder);
  err = (fhrl_err){FHRL_OK, ""};
}

static void teardown(void) { remove_scratch(folder); }

START_TEST(a_table_has_schema_units_names_and_rows)
{
  fhrl_table t;
  assert_ok(fhrl_table_begin(&t, path, "fhrl.test/1", names, units, 3, &err));
  fhrl_table_real(&t, 0.1);
  fhrl_table_int(&t, -3);
  fhrl_table_text(&t, "a\tb\nc");
  fhrl_table_break(&t);
  fhrl_table_row(&t, (const double[]){1.0, -NAN, INFINITY});
  assert_ok(fhrl_table_commit(&t, &err));
  char *text;
  size_t size;
  assert_ok(fhrl_file_read(path, 1000, &text, &size, &err));
  ck_assert_str_eq(text, "# fhrl.test/1\n# units: s\t1\t\nt\ty[0]\tkind\n0.10000000000000001\t-3\ta b c\n"
                         "\n\nt\ty[0]\tkind\n1\tNaN\tinf\n");
  free(text);
}
END_TEST

START_TEST(an_abandoned_table_leaves_nothing)
{
  fhrl_table t;
  assert_ok(fhrl_table_begin(&t, path, "fhrl.test/1", names, units, 3, &err));
  fhrl_table_abandon(&t);
  ck_assert(!fhrl_file_exists(path));
  snprintf(path, sizeof path, "%s/absent/a.tsv", folder);
  assert_fails(fhrl_table_begin(&t, path, "fhrl.test/1", names, units, 3, &err), FHRL_IO, &err, path);
  fhrl_table_abandon(&t);
}
END_TEST

START_TEST(a_full_disk_is_seen_at_the_end)
{
  struct rlimit was, now;
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
  signal(SIGXFSZ, SIG_IGN);
  now = was;
  now.rlim_cur = 20000;
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &now), 0);
  fhrl_table t;
  assert_ok(fhrl_table_begin(&t, path, "fhrl.test/1", names, units, 3, &err));
  for (int i = 0; i < 5000; i++) fhrl_table_row(&t, (const double[]){i, 0.1, 0.2});
  assert_fails(fhrl_table_commit(&t, &err), FHRL_IO, &err, "a.tsv");
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
  ck_assert(!fhrl_file_exists(path));
}
END_TEST

int main(void)
{
  Suite *s = suite_create("io/table");
  TCase *t = tcase_create("table");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_table_has_schema_units_names_and_rows);
  tcase_add_test(t, an_abandoned_table_leaves_nothing);
  tcase_add_test(t, a_full_disk_is_seen_at_the_end);
  suite_add_tcase(s, t);
  return run_suite(s);
}
