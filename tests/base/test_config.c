// SPDX-License-Identifier: GPL-3.0-or-later
// test_config: settings are checked against their tables, and every refusal names place, key, value and range
#include "base/config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

static const fhrl_field network[] = {
  {"d", 192, "1", "channels", .kind = FHRL_INT, .low = 1, .high = 4096},
  {"beta", 0.5, "1", "homeostatic gain", .low = 0, .high = 1, .open = FHRL_OPEN_LOW},
  {"drive", 0, "", "drive", .kind = FHRL_CHOICE, .choices = "tanh|fastweight|none"},
  {"tied", 0, "", "tied head", .kind = FHRL_FLAG},
  {"corpus", 0, "", "training bytes", .kind = FHRL_PATH},
};
static const fhrl_field solver[] = {
  {"rtol", 1e-8, "1", "relative tolerance", .low = 0, .high = INFINITY, .open = FHRL_OPEN_LOW},
  {"shift", 0, "1", "any number"},
};

static fhrl_err err;
static fhrl_config config;
static fhrl_settings settings;

static void setup(void)
{
  fhrl_config_init(&config);
  assert_ok(fhrl_config_add(&config, "model", network, 5, &err));
  assert_ok(fhrl_config_add(&config, "solver", solver, 2, &err));
}

static void teardown(void)
{
  fhrl_config_free(&config);
  fhrl_settings_free(&settings);
}

static const char *ini(const char *text)
{
  static char path[600];
  if (*path == '\0') snprintf(path, sizeof path, "%s/a.ini", scratch("config"));
  FILE *f = fopen(path, "w");
  ck_assert_ptr_nonnull(f);
  fputs(text, f);
  fclose(f);
  return path;
}

static fhrl_status apply(const char *text)
{
  static const char *const others[] = {"train"};
  const fhrl_status status = fhrl_settings_read(ini(text), &settings, &err);
  return status == FHRL_OK ? fhrl_config_apply(&config, &settings, others, 1, &err) : status;
}

START_TEST(defaults_hold_until_set_and_later_settings_win)
{
  ck_assert_int_eq(fhrl_config_int(&config, "model.d"), 192);
  ck_assert(!fhrl_config_is_set(&config, "model.d"));
  assert_ok(apply("# comment\n\n[model]\n  d = 12\nbeta=0.25\n drive = none \n[train]\nsteps = 9\n[solver]\nrtol = 1e-6"));
  assert_ok(fhrl_settings_assign("model.d=48", &settings, &err));
  assert_ok(fhrl_config_apply(&config, &settings, (const char *const[]){"train"}, 1, &err));
  ck_assert_int_eq(fhrl_config_int(&config, "model.d"), 48);
  ck_assert(fhrl_config_is_set(&config, "model.d"));
  ck_assert_double_eq(fhrl_config_real(&config, "model.beta"), 0.25);
  ck_assert_int_eq(fhrl_config_int(&config, "model.drive"), 2);
  ck_assert_str_eq(fhrl_config_text(&config, "model.drive"), "none");
  ck_assert_double_eq(fhrl_config_real(&config, "solver.rtol"), 1e-6);
}
END_TEST

static const struct {
  const char *text, *message;
} bad[] = {
  {"[model]\nd = 12\nwidth = 3\n", "a.ini:3: unknown key model.width = '3'; allowed in [model]: d beta drive tied corpus"},
  {"[model]\nd = 0\n", "a.ini:2: model.d = '0' is not allowed; allowed: whole number in [1, 4096]"},
  {"[model]\nd = 2.5\n", "model.d = '2.5' is not allowed"},
  {"[model]\nbeta = 0\n", "allowed: number in (0, 1]"},
  {"[model]\nbeta = 0.5x\n", "model.beta = '0.5x' is not allowed"},
  {"[model]\nbeta = nan\n", "model.beta = 'nan' is not allowed"},
  {"[solver]\nrtol = inf\n", "allowed: number > 0"},
  {"[solver]\nshift = inf\n", "allowed: any number"},
  {"[solver]\nshift = 1e999\n", "solver.shift = '1e999'"},
  {"[model]\ndrive = tan\n", "a.ini:2: model.drive = 'tan' is not allowed; allowed: tanh|fastweight|none"},
  {"[model]\ntied = maybe\n", "allowed: true|false"},
  {"[modle]\nd = 3\n", "a.ini:2: no section [modle] here; allowed: [model] [solver]"},
  {"d = 3\n", "a.ini:1: key 'd' stands before any [section]"},
  {"[model]\nd = 3\n\nd = 4\n", "a.ini:4: key 'd' of [model] is given twice, first in line 2"},
  {"[model\nd = 3\n", "a.ini:1: '[model' is no section"},
  {"[model] d = 3\n", "is no section"},
  {"[model]\nd\n", "a.ini:2: 'd' is no setting; write key = value"},
  {"[model]\nd e = 4\n", "a.ini:2: 'd e' is no key"},
  {"[model]\nd.beta = 4\n", "a.ini:2: unknown key model.d.beta = '4'; allowed in [model]"},
  {"[model]\nd..beta = 4\n", "a.ini:2: 'd..beta' is no key"},
  {"[model]\n.d = 4\n", "a.ini:2: '.d' is no key"},
  {"[model]\nd. = 4\n", "a.ini:2: 'd.' is no key"},
};

START_TEST(refusals_name_place_key_value_and_range)
{
  assert_fails(apply(bad[_i].text), FHRL_ARG, &err, bad[_i].message);
}
END_TEST

START_TEST(a_section_of_another_command_is_an_error_after_set)
{
  assert_ok(fhrl_settings_assign("train.steps=4", &settings, &err));
  assert_fails(fhrl_config_apply(&config, &settings, (const char *const[]){"train"}, 1, &err), FHRL_ARG, &err,
    "--set: no section [train] here");
  assert_fails(fhrl_settings_assign("train", &settings, &err), FHRL_ARG, &err, "write section.key=value");
  assert_fails(fhrl_settings_assign("a=b.c", &settings, &err), FHRL_ARG, &err, "write section.key=value");
}
END_TEST

START_TEST(paths_of_a_file_are_relative_to_it)
{
  assert_ok(apply("[model]\ncorpus = words.txt\n"));
  char cwd[2000], want[4096];
  ck_assert_ptr_nonnull(getcwd(cwd, sizeof cwd));
  const char *folder = ini("");
  snprintf(want, sizeof want, "%s/%.*s/words.txt", cwd, (int)(strrchr(folder, '/') - folder), folder);
  ck_assert_str_eq(fhrl_config_text(&config, "model.corpus"), want);
  assert_ok(fhrl_config_set(&config, "model", "corpus", "words.txt", "--set", &err));
  snprintf(want, sizeof want, "%s/words.txt", cwd);
  ck_assert_str_eq(fhrl_config_text(&config, "model.corpus"), want);
}
END_TEST

START_TEST(the_resolved_file_reads_back_as_the_same_values)
{
  assert_ok(apply("[model]\nbeta = 0.30000000000000004\nd=7\ntied=yes\n"));
  char path[700];
  snprintf(path, sizeof path, "%s.saved.ini", ini(""));
  assert_ok(fhrl_config_save(&config, path, "test", &err));
  assert_ok(fhrl_config_same(&config, path, &err));
  fhrl_settings again = {NULL, 0};
  fhrl_config other;
  fhrl_config_init(&other);
  assert_ok(fhrl_config_add(&other, "model", network, 5, &err));
  assert_ok(fhrl_config_add(&other, "solver", solver, 2, &err));
  assert_ok(fhrl_settings_read(path, &again, &err));
  assert_ok(fhrl_config_apply(&other, &again, NULL, 0, &err));
  ck_assert_double_eq(fhrl_config_real(&other, "model.beta"), 0.30000000000000004);
  ck_assert_int_eq(fhrl_config_int(&other, "model.tied"), 1);
  assert_ok(fhrl_config_set(&other, "model", "d", "8", "--set", &err));
  assert_fails(fhrl_config_same(&other, path, &err), FHRL_ARG, &err, "has model.d = '7', now it is '8'");
  fhrl_settings_free(&again);
  fhrl_config_free(&other);
}
END_TEST

START_TEST(a_file_that_is_no_text_is_refused)
{
  FILE *f = fopen(ini(""), "w");
  ck_assert_ptr_nonnull(f);
  fwrite("[a]\0b", 1, 5, f);
  fclose(f);
  char path[700];
  snprintf(path, sizeof path, "%s", ini("x")); // the path; then the bytes again
  f = fopen(path, "w");
  ck_assert_ptr_nonnull(f);
  fwrite("[a]\0b", 1, 5, f);
  fclose(f);
  assert_fails(fhrl_settings_read(path, &settings, &err), FHRL_ARG, &err, "NUL byte");
  assert_fails(fhrl_settings_read("no/such.ini", &settings, &err), FHRL_IO, &err, "no/such.ini");
}
END_TEST

int main(void)
{
  Suite *s = suite_create("base/config");
  TCase *t = tcase_create("config");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, defaults_hold_until_set_and_later_settings_win);
  tcase_add_loop_test(t, refusals_name_place_key_value_and_range, 0, sizeof bad / sizeof *bad);
  tcase_add_test(t, a_section_of_another_command_is_an_error_after_set);
  tcase_add_test(t, paths_of_a_file_are_relative_to_it);
  tcase_add_test(t, the_resolved_file_reads_back_as_the_same_values);
  tcase_add_test(t, a_file_that_is_no_text_is_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
