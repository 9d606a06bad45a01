// SPDX-License-Identifier: GPL-3.0-or-later
// test_metadata: configurations in files of tensors, of this version and of earlier ones
#include "nn/metadata.h"

#include <stdio.h>
#include <stdlib.h>

#include "support.h"

// States of earlier versions know nothing of later keys.
START_TEST(a_key_that_a_state_lacks_had_its_default)
{
  char folder[512], path[700];
  static const fhrl_field field[] = {{"old", 1, "1", ""}, {"new", 2, "1", ""}};
  static const double usual[] = {5, 2}, other[] = {5, 3};
  const char *const saved[] = {"train.old", "5", NULL};
  const double data[] = {1.0};
  const fhrl_tensor tensor = {.name = "x", .dtype = FHRL_F64, .rank = 1, .shape = {1}, .count = 1, .data = data};
  fhrl_safetensors *file;
  fhrl_metadata *m = calloc(2, sizeof *m);
  fhrl_err err;
  snprintf(folder, sizeof folder, "%s", scratch("metadata"));
  snprintf(path, sizeof path, "%s/old.safetensors", folder);
  assert_ok(fhrl_safetensors_save(path, &tensor, 1, saved, &err));
  assert_ok(fhrl_safetensors_open(path, &file, &err));
  assert_ok(fhrl_metadata_fields(&m[0], "train", field, 2, usual, &err));
  assert_ok(fhrl_metadata_compare(&m[0], file, &err));
  assert_ok(fhrl_metadata_fields(&m[1], "train", field, 2, other, &err));
  assert_fails(fhrl_metadata_compare(&m[1], file, &err), FHRL_ARG, &err, "train.new = (none), not 3");
  fhrl_safetensors_close(file);
  free(m);
  remove_scratch(folder);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("nn/metadata");
  TCase *t = tcase_create("metadata");
  tcase_add_test(t, a_key_that_a_state_lacks_had_its_default);
  suite_add_tcase(s, t);
  return run_suite(s);
}
