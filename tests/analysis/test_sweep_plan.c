// SPDX-License-Identifier: GPL-3.0-or-later
// test_sweep_plan: axes read as they are meant, points named apart, threads spread; and columns of tables
#include "analysis/sweep_plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/sweep_table.h"
#include "ode/model.h"
#include "support.h"

static fhrl_err err;
static const fhrl_field model[] = {
  {"gamma", 0.15, "1", "reentry", .low = -10.0, .high = 10.0},
  {"d", 8, "1", "channels", .kind = FHRL_INT, .low = 1, .high = 64},
  {"rate", 0, "", "which", .kind = FHRL_CHOICE, .choices = "paper|exact"},
  {"tied", 0, "", "tied", .kind = FHRL_FLAG},
  {"x0", 0, "", "a start", .kind = FHRL_TEXT},
  {"file", 0, "", "a file", .kind = FHRL_PATH},
  {"seed", 1, "1", "a seed", .kind = FHRL_INT, .low = 0, .high = 100},
};
static const fhrl_field solver[] = {{"gamma", 1.0, "1", "another of the name"}, {"rtol", 1e-6, "1", "tolerance", .high = 1.0, .open = FHRL_OPEN_LOW}};
static fhrl_config config;
static fhrl_sweep_plan plan;

static void begin(void)
{
  fhrl_config_init(&config);
  fhrl_sweep_plan_init(&plan);
  assert_ok(fhrl_config_add(&config, "model", model, FHRL_COUNT(model), &err));
  assert_ok(fhrl_config_add(&config, "solver", solver, FHRL_COUNT(solver), &err));
}

static void end(void)
{
  fhrl_sweep_plan_free(&plan);
  fhrl_config_free(&config);
}

static fhrl_status add(const char *key, const char *text)
{
  char section[] = "sweep", place[] = "dir/a.ini", k[80], v[400];
  snprintf(k, sizeof k, "%s", key);
  snprintf(v, sizeof v, "%s", text);
  const fhrl_setting x = {section, k, v, place, 7};
  return fhrl_sweep_plan_add(&plan, &config, &x, &err);
}

// Values of the last axis, joined.
static const char *values(void)
{
  static char text[2000];
  const fhrl_sweep_plan_axis *a = &plan.axis[plan.axes - 1];
  text[0] = '\0';
  for (long i = 0; i < a->count; i++) snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "|" : "", a->value[i]);
  return text;
}

static const struct {
  const char *key, *text, *values;
} good[] = {
  {"model.gamma", "0, 0.15 ,1e-3", "0|0.15|0.001"},
  {"model.gamma", "0.1:0.1:0.5", "0.1|0.2|0.3|0.4|0.5"},
  {"model.gamma", "-1, 0.5:-0.25:0", "-1|0.5|0.25|0"},
  {"model.gamma", "0:0.3:1", "0|0.3|0.6|0.9"},
  {"model.gamma", "2:1:2", "2"},
  {"solver.rtol", "1e-9:1e-9:3e-9, 1e-6", "1e-09|2e-09|3e-09|1e-06"},
  {"model.d", "1:2:7", "1|3|5|7"},
  {"model.rate", "exact, paper", "exact|paper"},
  {"model.tied", "yes, false", "true|false"},
  {"model.x0", "1,2,3; 2,3,4", "1,2,3|2,3,4"},
  {"model.file", "/a/b.nc, /c/b.nc", "/a/b.nc|/c/b.nc"},
};

START_TEST(axes_are_read_as_they_are_meant)
{
  assert_ok(add(good[_i].key, good[_i].text));
  ck_assert_str_eq(values(), good[_i].values);
  ck_assert_int_eq(plan.points, plan.axis[0].count);
}
END_TEST

static const struct {
  const char *key, *text, *message;
} bad[] = {
  {"model.gama", "1", "dir/a.ini:7: unknown key model.gama = '1'; allowed in [model]: gamma d"},
  {"train.lr", "1", "dir/a.ini:7: no section [train] here; allowed: [model] [solver]"},
  {"model.gamma", "1, 11", "dir/a.ini:7: model.gamma = '11' is not allowed; allowed: number in [-10, 10]"},
  {"model.gamma", "8:1:12", "model.gamma = '11' is not allowed"},
  {"model.gamma", "1, x", "model.gamma = 'x' is not allowed"},
  {"model.gamma", "1, , 2", "dir/a.ini:7: model.gamma = '1, , 2' lacks a value"},
  {"model.gamma", "", "lacks a value"},
  {"model.gamma", "1:2", "is no range; allowed: start:step:stop"},
  {"model.gamma", "1:2:3:4", "is no range"},
  {"model.gamma", "1:nan:3", "is no range"},
  {"model.gamma", "1:0:3", "never gets from 1 to 3; allowed: a step towards the end"},
  {"model.gamma", "1:-1:3", "never gets from 1 to 3"},
  {"model.gamma", "0:1e-9:1", "allowed: 100000 points in all"},
  {"model.gamma", "0.5, 0.50", "dir/a.ini:7: model.gamma has the value '0.5' twice; allowed: each once"},
  {"model.gamma", "0.1:0.1:0.4, 0.3", "has the value '0.3' twice"},
  {"model.d", "1:0.5:3", "model.d = '1.5' is not allowed; allowed: whole number in [1, 64]"},
  {"model.rate", "paper, other", "allowed: paper|exact"},
  {"gamma", "1", "dir/a.ini:7: 'gamma' is no axis; allowed: full names such as model.gamma"},
};

START_TEST(refusals_name_place_key_value_and_what_is_allowed)
{
  assert_fails(add(bad[_i].key, bad[_i].text), FHRL_ARG, &err, bad[_i].message);
}
END_TEST

START_TEST(an_axis_is_added_once_and_points_are_limited)
{
  assert_ok(add("model.gamma", "0:0.01:9.99"));
  assert_fails(add("model.gamma", "1"), FHRL_ARG, &err, "dir/a.ini:7: there is another axis over model.gamma; allowed: one");
  assert_fails(add("solver.rtol", "1e-4:1e-4:0.0101"), FHRL_ARG, &err, "with solver.rtol there are 101000 points; allowed: 100000");
}
END_TEST

START_TEST(the_last_axis_runs_fastest_and_names_say_where)
{
  char name[FHRL_SWEEP_PLAN_NAME];
  fhrl_sweep_plan_name(&plan, 0, name);
  ck_assert_str_eq(name, "point");
  assert_ok(add("model.gamma", "0, 0.15"));
  assert_ok(add("model.d", "2, 4, 8"));
  ck_assert_int_eq(plan.points, 6);
  ck_assert_int_eq(fhrl_sweep_plan_at(&plan, 0, 4), 1);
  ck_assert_int_eq(fhrl_sweep_plan_at(&plan, 1, 4), 1);
  fhrl_sweep_plan_name(&plan, 4, name);
  ck_assert_str_eq(name, "gamma=0.15,d=4");
  assert_ok(add("solver.gamma", "7"));
  fhrl_sweep_plan_name(&plan, 4, name);
  ck_assert_str_eq(name, "model.gamma=0.15,d=4,solver.gamma=7");
}
END_TEST

// Values that would look alike, and a name too long for a file system.
START_TEST(names_are_different_and_safe)
{
  char name[8][FHRL_SWEEP_PLAN_NAME], text[300] = "";
  assert_ok(add("model.file", "/a/b.nc, /c/b.nc"));
  assert_ok(add("model.x0", "1 2; 1,2; ../1=2; 1/2"));
  for (int k = 0; k < 8; k++) {
    fhrl_sweep_plan_name(&plan, k, name[k]);
    ck_assert_msg(strspn(name[k], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,=.+-_") == strlen(name[k]), "%s", name[k]);
    ck_assert(name[k][0] != '.');
    for (int j = 0; j < k; j++) ck_assert_str_ne(name[j], name[k]);
  }
  fhrl_sweep_plan_free(&plan);
  memset(text, 'x', 299);
  text[150] = ';';
  for (int i = 0; i < 3; i++) {
    static const char *const key[] = {"model.x0", "model.rate", "model.gamma"};
    assert_ok(add(key[i], i == 0 ? text : i == 1 ? "paper, exact" : "1, 2"));
  }
  for (int i = 0; i < plan.axes; i++) memset(plan.axis[i].label, 'l', 79);
  for (int k = 0; k < 8; k++) {
    fhrl_sweep_plan_name(&plan, k, name[k]);
    ck_assert_uint_eq(strlen(name[k]), FHRL_SWEEP_PLAN_NAME - 1);
    for (int j = 0; j < k; j++) ck_assert_str_ne(name[j], name[k]);
  }
}
END_TEST

START_TEST(seeds_count_up_from_that_of_the_configuration)
{
  assert_ok(fhrl_config_set(&config, "model", "seed", "5", "--set", &err));
  assert_ok(fhrl_sweep_plan_seeds(&plan, &config, "model.seed", 3, "a.ini:2", &err));
  ck_assert_str_eq(values(), "5|6|7");
  fhrl_sweep_plan_free(&plan);
  assert_ok(fhrl_config_set(&config, "model", "seed", "99", "--set", &err));
  assert_fails(fhrl_sweep_plan_seeds(&plan, &config, "model.seed", 3, "a.ini:2", &err), FHRL_ARG, &err,
    "a.ini:2: model.seed = '101' is not allowed");
}
END_TEST

START_TEST(threads_go_to_points_where_there_are_many_and_inside_where_there_are_few)
{
  static const int cases[][5] = {// points, threads, do they help inside, together, each
    {100, 8, 1, 8, 1}, {8, 8, 1, 8, 1}, {1, 8, 1, 1, 8}, {2, 8, 1, 2, 4}, {3, 2, 1, 1, 2}, {10, 8, 1, 4, 2}, {10, 8, 0, 8, 1},
    {3, 2, 0, 2, 1}, {3, 8, 0, 3, 2}, {5, 1, 1, 1, 1}, {0, 4, 1, 1, 4}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int together, each;
    fhrl_sweep_plan_spread(cases[i][0], cases[i][1], cases[i][2], &together, &each);
    ck_assert_msg(together == cases[i][3] && each == cases[i][4], "case %zu: %d of %d", i, together, each);
    ck_assert_int_le(together * each, cases[i][1]);
  }
}
END_TEST

START_TEST(columns_are_paths)
{
  fhrl_sweep_table t;
  assert_ok(fhrl_sweep_table_read(" final_loss, mean.irr ,exponents[0].value,a.3.b,final_loss", &t, &err));
  ck_assert_int_eq(t.columns, 4); // each once
  ck_assert_str_eq(t.column[1], "mean.irr");
  ck_assert_str_eq(t.column[2], "exponents[0].value");
  fhrl_sweep_table_free(&t);
  static const char *const wrong[] = {"a..b", ".a", "a.", "a[", "a[x]", "a[0", "a b", "[0]", "a[0]b", "a,,b"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    assert_fails(fhrl_sweep_table_read(wrong[i], &t, &err), FHRL_ARG, &err, "is no path; allowed: names such as final_loss");
    fhrl_sweep_table_free(&t);
  }
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/sweep_plan");
  TCase *t = tcase_create("sweep_plan");
  tcase_add_checked_fixture(t, begin, end);
  tcase_add_loop_test(t, axes_are_read_as_they_are_meant, 0, FHRL_COUNT(good));
  tcase_add_loop_test(t, refusals_name_place_key_value_and_what_is_allowed, 0, FHRL_COUNT(bad));
  tcase_add_test(t, an_axis_is_added_once_and_points_are_limited);
  tcase_add_test(t, the_last_axis_runs_fastest_and_names_say_where);
  tcase_add_test(t, names_are_different_and_safe);
  tcase_add_test(t, seeds_count_up_from_that_of_the_configuration);
  tcase_add_test(t, threads_go_to_points_where_there_are_many_and_inside_where_there_are_few);
  tcase_add_test(t, columns_are_paths);
  suite_add_tcase(s, t);
  return run_suite(s);
}
