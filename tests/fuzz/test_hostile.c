// SPDX-License-Identifier: GPL-3.0-or-later
// test_hostile: what fuzzing and a search by hand found, by name: files that promise more than they hold, or what cannot be
#include <math.h>
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "analysis/recording.h"
#include "base/settings.h"
#include "io/dataset.h"
#include "io/json.h"
#include "nn/train.h"
#include "nn/train_state.h"
#include "ode/integrator.h"
#include "support.h"

static fhrl_err err;
static char folder[512], path[FHRL_PATH_SIZE];

static void setup(void)
{
  snprintf(folder, sizeof folder, "%s", scratch("hostile"));
  err = (fhrl_err){FHRL_OK, ""};
}

static void teardown(void) { remove_scratch(folder); }

static void name_file(const char *name) { snprintf(path, sizeof path, "%s/%s", folder, name); }

static long peak_memory(void) // kB
{
  struct rusage used;
  ck_assert_int_eq(getrusage(RUSAGE_SELF, &used), 0);
  return used.ru_maxrss;
}

// The file's name stands in front of every message.
static void refused(fhrl_status got, fhrl_status want, const char *says)
{
  assert_fails(got, want, &err, says);
  ck_assert_msg(strncmp(err.msg, path, strlen(path)) == 0, "message '%s' does not begin with the path", err.msg);
}

// ---- text

START_TEST(an_ini_has_a_bounded_number_of_settings)
{
  fhrl_settings s = {NULL, 0};
  name_file("a.ini");
  FILE *f = fopen(path, "w");
  ck_assert_ptr_nonnull(f);
  fprintf(f, "[a]\n");
  for (int i = 0; i < 4097; i++) fprintf(f, "k%d=\n", i);
  fclose(f);
  refused(fhrl_settings_read(path, &s, &err), FHRL_LIMIT, ":4098: more than 4096 settings");
  fhrl_settings_free(&s);
}
END_TEST

START_TEST(json_of_very_many_small_values_takes_no_gigabytes)
{
  enum { ARRAYS = 5000000 };
  fhrl_json *value = NULL;
  name_file("a.json");
  FILE *f = fopen(path, "w");
  ck_assert_ptr_nonnull(f);
  fputs("[[]", f);
  for (int i = 0; i < ARRAYS; i++) fputs(",[]", f);
  fputs("]", f);
  fclose(f);
  const long before = peak_memory();
  refused(fhrl_json_load(path, &value, &err), FHRL_LIMIT, "values");
  ck_assert_int_lt(peak_memory() - before, 200000);
}
END_TEST

START_TEST(a_message_of_a_file_is_one_line)
{
  fhrl_gpt gpt;
  name_file("a.safetensors");
  assert_ok(fhrl_safetensors_save(path, NULL, 0, (const char *const[]){"model.d", "12\nfhrl: all is well", NULL}, &err));
  refused(fhrl_gpt_load(path, &gpt, &err), FHRL_FORMAT, "model.d = '12?fhrl: all is well'");
}
END_TEST

// ---- checkpoints

START_TEST(a_checkpoint_that_promises_a_network_of_gigabytes_gets_no_memory)
{
  static const char *const promise[] = {"model.d", "1024", "model.layers", "15", "model.heads", "1", NULL};
  fhrl_gpt gpt;
  name_file("a.safetensors");
  assert_ok(fhrl_safetensors_save(path, NULL, 0, promise, &err));
  const long before = peak_memory();
  refused(fhrl_gpt_load(path, &gpt, &err), FHRL_FORMAT, "tensor tok.weight is missing");
  ck_assert_int_lt(peak_memory() - before, 200000);
}
END_TEST

// ---- the state of a training

static const fhrl_train_job *tiny_job(void)
{
  static fhrl_train_job job;
  job = (fhrl_train_job){.model = fhrl_gpt_default(), .train = fhrl_train_default(), .threads = 1, .folder = folder};
  job.model.d = job.model.heads = job.model.T = 2;
  job.model.layers = job.model.mlp = job.model.r = 1;
  job.train.value[FHRL_TRAIN_STEPS] = 4;
  job.train.value[FHRL_TRAIN_BATCH] = 2;
  job.train.value[FHRL_TRAIN_CHECKPOINT_EVERY] = 2;
  return &job;
}

// The state after two steps, with one tensor replaced (data NULL: as it is), or another state.step.
static void put_state(const char *name, size_t rows, const double data[], const char *step)
{
  fhrl_train t;
  fhrl_safetensors *f;
  const char *metadata[256] = {NULL}, *key, *value;
  fhrl_tensor tensor[256];
  assert_ok(fhrl_train_init(tiny_job(), &t, &err));
  while (t.step < 2) assert_ok(fhrl_train_step(&t, &err));
  assert_ok(fhrl_train_state_save(&t, &err));
  fhrl_train_free(&t);
  name_file("state.safetensors");
  assert_ok(fhrl_safetensors_open(path, &f, &err));
  const int n = fhrl_safetensors_count(f);
  ck_assert_int_le(n, 256);
  for (int i = 0; i < n; i++) {
    tensor[i] = *fhrl_safetensors_at(f, i);
    if (data == NULL || strcmp(tensor[i].name, name) != 0) continue;
    tensor[i].data = data;
    tensor[i].count = rows;
    tensor[i].shape[0] = rows;
  }
  for (int i = 0; (value = fhrl_safetensors_metadata_at(f, i, &key)); i++) {
    ck_assert_int_lt(2 * i + 2, 256);
    metadata[2 * i] = key;
    metadata[2 * i + 1] = strcmp(key, "state.step") == 0 ? step : value;
  }
  assert_ok(fhrl_safetensors_save(path, tensor, n, metadata, &err));
  fhrl_safetensors_close(f);
}

START_TEST(a_state_whose_counts_and_numbers_cannot_be_is_refused)
{
  static const double good[4] = {5.0, 5.0, 0.0, 0.0}, bad[4] = {5.0, NAN, 0.0, 0.0};
  static const float negative[2] = {1e-6f, -1e-6f};
  fhrl_train t;
  put_state("train.loss", 4, good, "2");
  assert_ok(fhrl_train_init(tiny_job(), &t, &err));
  ck_assert_int_eq(t.resumed, 2);
  fhrl_train_free(&t);
  remove(path);
  put_state("train.loss", 1, good, "2");
  refused(fhrl_train_init(tiny_job(), &t, &err), FHRL_FORMAT, "train.loss is missing, or not 4 x 1");
  remove(path);
  put_state("train.gradient_norm", 4, bad, "2");
  refused(fhrl_train_init(tiny_job(), &t, &err), FHRL_NUMERIC, "train.gradient_norm is not finite at index 1");
  remove(path);
  put_state("train.loss", 4, good, "5");
  refused(fhrl_train_init(tiny_job(), &t, &err), FHRL_FORMAT, "state.step = '5' is not in 0 .. 4");
  remove(path);
  put_state("adam.v.lnf.bias", 2, (const double *)(const void *)negative, "2");
  refused(fhrl_train_init(tiny_job(), &t, &err), FHRL_FORMAT, "'adam.v.lnf.bias' is negative at index 1");
}
END_TEST

// ---- recordings

// x_pre and y of these sizes, of which nothing is written but, if size is small, `data` to x_pre.
static void put_recording(const size_t size[3], nc_type type, const double *data)
{
  static const char *const names[] = {"x_pre", "y"}, *const axes[] = {"probe", "token", "channel"};
  int id, dim[3], v[2];
  name_file("a.nc");
  ck_assert_int_eq(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &id), NC_NOERR);
  for (int i = 0; i < 3; i++) ck_assert_int_eq(nc_def_dim(id, axes[i], size[i], &dim[i]), NC_NOERR);
  for (int i = 0; i < 2; i++) {
    ck_assert_int_eq(nc_def_var(id, names[i], type, 3, dim, &v[i]), NC_NOERR);
    ck_assert_int_eq(nc_def_var_chunking(id, v[i], NC_CHUNKED, (const size_t[]){1, 1, 1}), NC_NOERR);
  }
  ck_assert_int_eq(nc_enddef(id), NC_NOERR);
  if (data) ck_assert_int_eq(nc_put_var_double(id, v[0], data), NC_NOERR);
  ck_assert_int_eq(nc_close(id), NC_NOERR);
}

START_TEST(a_recording_that_promises_more_than_it_holds_is_refused)
{
  static const double data[8] = {0.5};
  fhrl_recording r;
  const long before = peak_memory();
  put_recording((const size_t[]){2000000, 2000000, 2000000}, NC_DOUBLE, NULL); // 2^63 numbers overflow, and so does the memory
  refused(fhrl_recording_load(path, 2000000, &r, &err), FHRL_LIMIT, "numbers of 'x_pre' are wanted at once");
  put_recording((const size_t[]){4, 16384, 16384}, NC_FLOAT, NULL); // 4 GiB
  refused(fhrl_recording_load(path, 4, &r, &err), FHRL_LIMIT, "numbers of 'x_pre' are wanted at once");
  ck_assert_int_lt(peak_memory() - before, 200000);
  put_recording((const size_t[]){2, 2, 2}, NC_DOUBLE, data);
  refused(fhrl_recording_load(path, 2, &r, &err), FHRL_FORMAT, "'y' was never written at index 0");
  put_recording((const size_t[]){2, 2, 2}, NC_FLOAT, NULL);
  refused(fhrl_recording_load(path, 2, &r, &err), FHRL_FORMAT, "'x_pre' was never written at index 0");
  put_recording((const size_t[]){2, 2, 2}, NC_INT, data);
  refused(fhrl_recording_load(path, 2, &r, &err), FHRL_FORMAT, "'x_pre' does not hold floating-point numbers");
}
END_TEST

START_TEST(a_recording_without_its_end_is_refused)
{
  static const double x[8] = {0.5, 1.0, -2.0, 3.0, 4.0, 5.0, 6.0, 7.0};
  static const char *const axes[] = {"probe", "token", "channel"}, *const none[] = {NULL};
  fhrl_variable v[2] = {{.name = "x_pre", .rank = 3, .size = {2, 2, 2}, .data = x}, {.name = "y", .rank = 3, .size = {2, 2, 2}, .data = x}};
  fhrl_recording r;
  char *bytes;
  size_t size;
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < 3; k++) v[i].dimension[k] = axes[k];
  name_file("a.nc");
  assert_ok(fhrl_dataset_save(path, v, 2, 0, none, &err));
  assert_ok(fhrl_recording_load(path, 2, &r, &err));
  fhrl_recording_free(&r);
  assert_ok(fhrl_file_read(path, 1 << 20, &bytes, &size, &err));
  while (size > 0 && bytes[size - 1] == 0) size--; // what follows is room that NetCDF did not use
  for (size_t n = 0; n < size; n += n < 100 ? 1 : 61) {
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    fclose(f);
    const fhrl_status status = fhrl_recording_load(path, 2, &r, &err);
    ck_assert_msg(status == FHRL_FORMAT || status == FHRL_IO, "%zu of %zu bytes: %s", n, size, fhrl_status_text(status));
    ck_assert_msg(strncmp(err.msg, path, strlen(path)) == 0, "message '%s' does not begin with the path", err.msg);
  }
  free(bytes);
}
END_TEST

// ---- numbers at the end of their range

START_TEST(a_held_input_of_tiny_intervals_ends)
{
  static const double hold[] = {1e-300, 1e-17, 1e-9, 0.1};
  fhrl_config c;
  fhrl_config_init(&c);
  assert_ok(fhrl_config_add(&c, "input", fhrl_input_fields, fhrl_input_field_count, &err));
  assert_ok(fhrl_config_set(&c, "input", "kind", "held", "--set", &err));
  for (size_t i = 0; i < sizeof hold / sizeof *hold; i++) {
    fhrl_input in;
    char text[32];
    double u;
    snprintf(text, sizeof text, "%g", hold[i]);
    assert_ok(fhrl_config_set(&c, "input", "hold", text, "--set", &err));
    assert_ok(fhrl_input_init(&in, &c, 1, &err));
    for (double t = 0.25; t < 1e12; t *= 16.0) {
      fhrl_input_at(&in, t, &u);
      ck_assert(isfinite(u));
      ck_assert_double_gt(fhrl_input_break(&in, t), t); // an integrator would stand still
    }
    fhrl_input_free(&in);
  }
  fhrl_config_free(&c);
}
END_TEST

// An integrator takes only such events and crossings as it can have found, whoever wrote trajectory.part.
START_TEST(forged_events_are_not_resumed)
{
  static const fhrl_happening good = {0.0, 0, 0};
  fhrl_config c;
  fhrl_field *fields;
  int count;
  fhrl_system *s;
  fhrl_integrator *it;
  fhrl_solver solver;
  fhrl_crossing section[FHRL_CROSSING_MAX];
  const double x0[3] = {1.0, 1.0, 1.0}, at[3] = {1.0, 1.0, 27.0};
  const fhrl_model *m = fhrl_system_find("lorenz");
  const fhrl_integrator_past past = {.stiff = 0};
  fhrl_config_init(&c);
  assert_ok(fhrl_system_fields(m, &fields, &count, &err));
  assert_ok(fhrl_config_add(&c, "model", fields, count, &err));
  assert_ok(fhrl_config_add(&c, "solver", fhrl_integrator_fields, fhrl_integrator_field_count, &err));
  assert_ok(fhrl_system_create(m, &c, &s, &err));
  fhrl_integrator_options(&c, &solver);
  assert_ok(fhrl_crossing_read(s, "z = 27", section, &solver.crossings, &err));
  solver.crossing = section;
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err));
  const fhrl_happening wrong[] = {{0.0, 1, 0}, {0.0, -1, 0}, {0.5, 0, 0}, {(double)NAN, 0, 0}, {0.0, 0, -1}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_fails(fhrl_integrator_resume(it, &past, &wrong[i], 1, at, 1, &err), FHRL_FORMAT, &err, "event 1 (number ");
  assert_fails(fhrl_integrator_resume(it, &past, &good, 1, at, 0, &err), FHRL_FORMAT, &err, "but there are 0 states of crossings");
  assert_ok(fhrl_integrator_resume(it, &past, &good, 1, at, 1, &err));
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
  fhrl_config_free(&c);
  free(fields);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("hostile");
  TCase *t = tcase_create("hostile");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, an_ini_has_a_bounded_number_of_settings);
  tcase_add_test(t, json_of_very_many_small_values_takes_no_gigabytes);
  tcase_add_test(t, a_message_of_a_file_is_one_line);
  tcase_add_test(t, a_checkpoint_that_promises_a_network_of_gigabytes_gets_no_memory);
  tcase_add_test(t, a_state_whose_counts_and_numbers_cannot_be_is_refused);
  tcase_add_test(t, a_recording_that_promises_more_than_it_holds_is_refused);
  tcase_add_test(t, a_recording_without_its_end_is_refused);
  tcase_add_test(t, a_held_input_of_tiny_intervals_ends);
  tcase_add_test(t, forged_events_are_not_resumed);
  suite_add_tcase(s, t);
  return run_suite(s);
}
