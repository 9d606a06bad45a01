// SPDX-License-Identifier: GPL-3.0-or-later
// test_manifest: run.json names what ran; only its times differ from run to run
#include "io/manifest.h"

#include <config.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "io/dataset.h"
#include "support.h"

static fhrl_err err;
static char folder[512], path[FHRL_PATH_SIZE];

static void setup(void)
{
  snprintf(folder, sizeof folder, "%s", scratch("manifest"));
  snprintf(path, sizeof path, "%s/run.json", folder);
  err = (fhrl_err){FHRL_OK, ""};
}

static void teardown(void) { remove_scratch(folder); }

START_TEST(a_run_is_described)
{
  const fhrl_library libraries[] = {{"jansson", fhrl_json_version()}, {"netcdf", fhrl_dataset_version()}};
  fhrl_manifest m;
  fhrl_json *back;
  fhrl_manifest_begin(&m, "train", 4294967295u, libraries, 2);
  fhrl_json_int(m.json, "steps", 600);
  assert_ok(fhrl_manifest_save(&m, path, &err));
  assert_ok(fhrl_manifest_save(&m, path, &err)); // again, later
  fhrl_manifest_free(&m);
  ck_assert_ptr_null(m.json);
  fhrl_manifest_free(&m);
  assert_ok(fhrl_json_load(path, &back, &err));
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(back, "schema")), "fhrl.train/1");
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(back, "version")), PACKAGE_VERSION);
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(back, "seed")), 4294967295.0);
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(back, "steps")), 600.0);
  ck_assert_uint_eq(strlen(fhrl_json_string(fhrl_json_get(back, "started"))), 20);
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(fhrl_json_get(back, "libraries"), "jansson")), fhrl_json_version());
  ck_assert_double_ge(fhrl_json_number(fhrl_json_get(back, "wall_s")), 0.0);
  ck_assert_double_ge(fhrl_json_number(fhrl_json_get(back, "cpu_s")), 0.0);
  fhrl_json_free(back);
}
END_TEST

START_TEST(a_manifest_that_cannot_be_saved_is_told)
{
  fhrl_manifest m;
  fhrl_manifest_begin(&m, "probe", 1, NULL, 0);
  snprintf(path, sizeof path, "%s/absent/run.json", folder);
  assert_fails(fhrl_manifest_save(&m, path, &err), FHRL_IO, &err, path);
  fhrl_manifest_free(&m);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("io/manifest");
  TCase *t = tcase_create("manifest");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, a_run_is_described);
  tcase_add_test(t, a_manifest_that_cannot_be_saved_is_told);
  suite_add_tcase(s, t);
  return run_suite(s);
}
