// SPDX-License-Identifier: GPL-3.0-or-later
// test_matrices: matrices of a model from literals, from a file, or drawn
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/random.h"
#include "io/safetensors.h"
#include "ode/system.h"
#include "support.h"

static fhrl_err err;

// A system of the model from "key=value" settings of [model], or the failure to make it.
static fhrl_status make(
  const fhrl_model *model, const char *const settings[], int count, fhrl_system **out)
{
  fhrl_field *fields;
  int n;
  fhrl_config c;
  assert_ok(fhrl_system_fields(model, &fields, &n, &err));
  fhrl_config_init(&c);
  assert_ok(fhrl_config_add(&c, "model", fields, n, &err));
  for (int i = 0; i < count; i++) {
    char key[64];
    const char *equals = strchr(settings[i], '=');
    snprintf(key, sizeof key, "%.*s", (int)(equals - settings[i]), settings[i]);
    assert_ok(fhrl_config_set(&c, "model", key, equals + 1, "--set", &err));
  }
  const fhrl_status status = fhrl_system_create(model, &c, out, &err);
  fhrl_config_free(&c);
  free(fields);
  return status;
}

static fhrl_system *linear(const char *const settings[], int count)
{
  fhrl_system *s = NULL;
  assert_ok(make(fhrl_system_find("linear"), settings, count, &s));
  return s;
}

START_TEST(literals_are_rows_a_flat_vector_or_a_diagonal)
{
  static const char *const settings[] = {"n=2", "inputs=1", "A= 1 -2.5;3e-1\t4 ", "B=7 8"};
  const double A[] = {1.0, -2.5, 0.3, 4.0}, B[] = {7.0, 8.0}, D[] = {-0.5, 0.0, 0.0, -0.5};
  fhrl_system *s = linear(settings, 4);
  assert_close("A", s->m[0], A, 4, 0.0);
  assert_close("B", s->m[1], B, 2, 0.0);
  fhrl_system_destroy(s);
  static const char *const diagonal[] = {"n=2", "inputs=1", "A=diag -0.5", "B=7;8"};
  s = linear(diagonal, 4);
  assert_close("A", s->m[0], D, 4, 0.0);
  assert_close("B", s->m[1], B, 2, 0.0);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(drawn_matrices_have_their_own_sequence_and_scale)
{
  static const char *const settings[] = {"n=3", "inputs=2", "seed=5", "a_scale=1.5"};
  fhrl_system *s = linear(settings, 4);
  double A[9], B[6];
  fhrl_random_normal((fhrl_random){.seed = 5, .stream = FHRL_STREAM_MATRICES, .layer = 0}, 0, 9, A);
  fhrl_random_normal((fhrl_random){.seed = 5, .stream = FHRL_STREAM_MATRICES, .layer = 1}, 0, 6, B);
  for (int i = 0; i < 9; i++) A[i] *= 1.5 / sqrt(3.0); // N(0, scale^2 / columns)
  for (int i = 0; i < 6; i++) B[i] *= 1.0 / sqrt(2.0);
  assert_close("A", s->m[0], A, 9, 1e-16);
  assert_close("B", s->m[1], B, 6, 1e-16);
  fhrl_system_destroy(s);
}
END_TEST

static const struct {
  const char *literal, *message;
} bad[] = {
  {"A=1 2; 3", "matrix A, row 2: 1 numbers instead of 2"},
  {"A=1 2 3; 4 5", "matrix A, row 1: 3 numbers instead of 2"},
  {"A=1 2", "matrix A: 1 rows instead of 2"},
  {"A=1 2; 3 4; 5 6", "matrix A: 3 rows instead of 2"},
  {"A=1 2; 3 4;", "matrix A: 3 rows instead of 2"},
  {"A=1 x; 3 4", "matrix A, row 1, column 2: 'x' is no finite number"},
  {"A=1 2; nan 4", "matrix A, row 2, column 1: 'nan' is no finite number"},
  {"A=1,2; 3,4", "matrix A, row 1, column 1: '1,2' is no finite number"},
  {"A=diag", "matrix A: one finite number must follow 'diag', not ''"},
  {"A=diag 1 2", "matrix A: one finite number must follow 'diag'"},
  {"A=diagonal", "matrix A: one finite number must follow 'diag', not 'onal'"},
  {"B=diag 1", "matrix B is 2 x 1: 'diag' needs a square one"},
  {"B=1 2 3", "matrix B, row 1: 3 numbers instead of 2"},
};

START_TEST(malformed_literals_are_refused_with_their_place)
{
  const char *const settings[] = {"n=2", "inputs=1", bad[_i].literal};
  fhrl_system *s = NULL;
  assert_fails(
    make(fhrl_system_find("linear"), settings, 3, &s), FHRL_FORMAT, &err, bad[_i].message);
  ck_assert_ptr_null(s);
}
END_TEST

START_TEST(a_file_gives_what_literals_leave_open)
{
  const char *folder = scratch("matrices");
  char path[FHRL_PATH_SIZE], setting[FHRL_PATH_SIZE + 16];
  assert_ok(fhrl_file_join(folder, "m.safetensors", path, &err));
  snprintf(setting, sizeof setting, "matrices=%s", path);
  const double A[] = {1.5, 2.5, 3.5, 4.5};
  const float B[] = {0.25f, -0.75f};
  const fhrl_tensor tensors[] = {
    {.name = "A", .dtype = FHRL_F64, .rank = 2, .shape = {2, 2}, .count = 4, .data = A},
    {.name = "B",
      .dtype = FHRL_F32,
      .rank = 1,
      .shape = {2},
      .count = 2,
      .data = B}, // a vector of rank 1
  };
  static const char *const none[] = {NULL};
  assert_ok(fhrl_safetensors_save(path, tensors, 2, none, &err));
  const double want_B[] = {0.25, -0.75}, D[] = {2.0, 0.0, 0.0, 2.0};
  const char *const both[] = {"n=2", "inputs=1", setting},
                    *const literal[] = {"n=2", "inputs=1", setting, "A=diag 2"};
  fhrl_system *s = linear(both, 3);
  assert_close("A", s->m[0], A, 4, 0.0);
  assert_close("B", s->m[1], want_B, 2, 0.0);
  fhrl_system_destroy(s);
  s = linear(literal, 4);
  assert_close("A", s->m[0], D, 4, 0.0);
  fhrl_system_destroy(s);

  s = NULL;
  const char *const larger[] = {"n=3", "inputs=1", setting};
  assert_fails(make(fhrl_system_find("linear"), larger, 3, &s), FHRL_FORMAT, &err, "m.safetensors");

  assert_ok(fhrl_safetensors_save(path, tensors, 1, none, &err)); // without B
  assert_fails(make(fhrl_system_find("linear"), both, 3, &s), FHRL_FORMAT, &err, "B");
  ck_assert_ptr_null(s);
  const char *const scaled[] = {"n=2", "inputs=1", setting, "b_scale=0"};
  const double zero[] = {0.0, 0.0};
  s = linear(scaled, 4);
  assert_close("B", s->m[1], zero, 2, 0.0);
  fhrl_system_destroy(s);

  const char *const absent[] = {"n=2", "inputs=1", "matrices=/nowhere/m.safetensors"};
  assert_fails(
    make(fhrl_system_find("linear"), absent, 3, &s), FHRL_IO, &err, "/nowhere/m.safetensors");
  remove_scratch(folder);
}
END_TEST

START_TEST(scalar_parameters_arrive_in_table_order)
{
  static const char *const settings[] = {"r=24.5", "sigma=16"};
  fhrl_system *s = NULL;
  assert_ok(make(fhrl_system_find("lorenz"), settings, 2, &s));
  const double p[] = {16.0, 24.5, 8.0 / 3.0};
  assert_close("p", s->p, p, 3, 0.0);
  fhrl_system_destroy(s);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/matrices");
  TCase *t = tcase_create("matrices");
  tcase_add_test(t, literals_are_rows_a_flat_vector_or_a_diagonal);
  tcase_add_test(t, drawn_matrices_have_their_own_sequence_and_scale);
  tcase_add_loop_test(t, malformed_literals_are_refused_with_their_place, 0, FHRL_COUNT(bad));
  tcase_add_test(t, a_file_gives_what_literals_leave_open);
  tcase_add_test(t, scalar_parameters_arrive_in_table_order);
  suite_add_tcase(s, t);
  return run_suite(s);
}
