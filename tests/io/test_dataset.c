// SPDX-License-Identifier: GPL-3.0-or-later
// test_dataset: a round trip, the same bytes twice, whole files or none, and messages that name path and variable
#include "io/dataset.h"

#include <math.h>
#include <netcdf.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "support.h"

static fhrl_err err;
static char folder[512], path[FHRL_PATH_SIZE];

static void setup(void)
{
  snprintf(folder, sizeof folder, "%s", scratch("dataset"));
  snprintf(path, sizeof path, "%s/a.nc", folder);
  err = (fhrl_err){FHRL_OK, ""};
}

static void teardown(void) { remove_scratch(folder); }

static double t_data[5] = {0.0, 0.1, 0.25, 0.3, 2.385}, x_data[10], scalar = -7.5;
static const fhrl_variable variables[] = {
  {"time",  "s",     "model time",     1, {"time"},          {5},    t_data },
  {"x",     "rad/s", "\xce\xb8 dot", 2, {"time", "state"}, {5, 2}, x_data },
  {"gamma", NULL,    NULL,             0, {NULL},            {0},    &scalar},
};
static const char *const attributes[] = {"model", "hopf", "config", "[model]\nmu = 0.25\n", "empty", "", NULL};

static void save(const char *to, int real32)
{
  for (int i = 0; i < 10; i++) x_data[i] = sin(i + 0.1);
  x_data[3] = NAN;
  x_data[4] = -INFINITY;
  assert_ok(fhrl_dataset_save(to, variables, 3, real32, attributes, &err));
}

START_TEST(what_is_written_is_read_back)
{
  size_t size[2];
  double x[10], one;
  char text[100];
  save(path, 0);
  assert_ok(fhrl_dataset_shape(path, "x", 2, size, &err));
  ck_assert_uint_eq(size[0], 5);
  ck_assert_uint_eq(size[1], 2);
  assert_ok(fhrl_dataset_read(path, "x", 2, (const size_t[]){0, 0}, size, x, &err));
  ck_assert_mem_eq(x, x_data, sizeof x);
  assert_ok(fhrl_dataset_read(path, "x", 2, (const size_t[]){1, 1}, (const size_t[]){3, 1}, x, &err));
  for (int i = 0; i < 3; i++) ck_assert_mem_eq(&x[i], &x_data[2 * (1 + i) + 1], sizeof *x);
  assert_ok(fhrl_dataset_read(path, "gamma", 0, NULL, NULL, &one, &err));
  ck_assert_double_eq(one, scalar);
  assert_ok(fhrl_dataset_attribute(path, "config", text, sizeof text, &err));
  ck_assert_str_eq(text, attributes[3]);
  assert_ok(fhrl_dataset_attribute(path, "model", text, 3, &err));
  ck_assert_str_eq(text, "ho");
  assert_ok(fhrl_dataset_attribute(path, "empty", text, sizeof text, &err));
  ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(float_files_hold_the_rounded_numbers)
{
  double x[10];
  save(path, 1);
  assert_ok(fhrl_dataset_read(path, "x", 2, (const size_t[]){0, 0}, (const size_t[]){5, 2}, x, &err));
  for (int i = 0; i < 10; i++) {
    const double want = (double)(float)x_data[i];
    ck_assert(x[i] == want || (isnan(x[i]) && isnan(want)));
  }
}
END_TEST

START_TEST(units_and_meanings_are_attributes_of_the_variables)
{
  int id, v, n;
  char text[100] = "";
  save(path, 0);
  ck_assert_int_eq(nc_open(path, NC_NOWRITE, &id), NC_NOERR);
  ck_assert_int_eq(nc_inq_format(id, &n), NC_NOERR);
  ck_assert_int_eq(n, NC_FORMAT_NETCDF4);
  ck_assert_int_eq(nc_inq_varid(id, "x", &v), NC_NOERR);
  ck_assert_int_eq(nc_get_att_text(id, v, "units", text), NC_NOERR);
  ck_assert_str_eq(text, "rad/s");
  memset(text, 0, sizeof text);
  ck_assert_int_eq(nc_get_att_text(id, v, "long_name", text), NC_NOERR);
  ck_assert_str_eq(text, variables[1].meaning);
  ck_assert_int_eq(nc_inq_varid(id, "gamma", &v), NC_NOERR);
  ck_assert_int_eq(nc_inq_varnatts(id, v, &n), NC_NOERR);
  ck_assert_int_eq(n, 0);
  ck_assert_int_eq(nc_inq_ndims(id, &n), NC_NOERR);
  ck_assert_int_eq(n, 2); // time is shared
  nc_close(id);
}
END_TEST

START_TEST(the_same_content_gives_the_same_bytes)
{
  char other[FHRL_PATH_SIZE], *a, *b;
  size_t size_a, size_b;
  snprintf(other, sizeof other, "%s/a longer name.nc", folder);
  save(path, 0);
  nanosleep(&(struct timespec){1, 100000000}, NULL); // a time stamp would differ
  save(other, 0);
  assert_ok(fhrl_file_read(path, 1 << 24, &a, &size_a, &err));
  assert_ok(fhrl_file_read(other, 1 << 24, &b, &size_b, &err));
  ck_assert_uint_eq(size_a, size_b);
  ck_assert_mem_eq(a, b, size_a);
  free(a);
  free(b);
}
END_TEST

START_TEST(bad_variables_are_refused_before_a_file_appears)
{
  const struct {
    fhrl_variable variable;
    const char *says;
  } bad[] = {
    {{"y", "1", "", 1, {"time"}, {4}, x_data},      "dimension 'time' has size 5, but 4 in 'y'"},
    {{"y", "1", "", 1, {"none"}, {0}, x_data},      "dimension 'none' of 'y' is empty"         },
    {{"time", "1", "", 1, {"time"}, {5}, x_data},   "time: NetCDF: String match to name in use"},
    {{"a/b", "1", "", 1, {"time"}, {5}, x_data},    "a/b: NetCDF: Name contains illegal"       },
    {{"y", "1", "", 1, {"d\x01m"}, {5}, x_data},    "NetCDF: Name contains illegal"            },
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    const fhrl_variable both[] = {variables[0], bad[i].variable};
    const fhrl_status status = fhrl_dataset_save(path, both, 2, 0, NULL, &err);
    ck_assert(status == FHRL_ARG || status == FHRL_FORMAT);
    assert_fails(status, status, &err, bad[i].says);
    ck_assert_ptr_nonnull(strstr(err.msg, path));
  }
  ck_assert(!fhrl_file_exists(path));
}
END_TEST

START_TEST(a_full_disk_keeps_the_old_file)
{
  enum { N = 100000 };
  static double big[N];
  const fhrl_variable v = {"big", "1", "", 1, {"n"}, {N}, big};
  struct rlimit was, now;
  char temporary[FHRL_PATH_SIZE + 4];
  size_t size;
  save(path, 0);
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
  signal(SIGXFSZ, SIG_IGN);
  now = was;
  now.rlim_cur = 65536;
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &now), 0);
  assert_fails(fhrl_dataset_save(path, &v, 1, 0, NULL, &err), FHRL_IO, &err, path);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
  assert_ok(fhrl_dataset_shape(path, "time", 1, &size, &err));
  snprintf(temporary, sizeof temporary, "%s.tmp", path);
  ck_assert(!fhrl_file_exists(temporary));
}
END_TEST

START_TEST(what_does_not_fit_is_told_with_path_and_name)
{
  size_t size[2] = {77, 77};
  double x[10];
  char text[10];
  save(path, 0);
  const size_t zero[2] = {0, 0}, many[2] = {3, 2}, late[2] = {3, 0};
  assert_fails(fhrl_dataset_shape(path, "absent", 1, size, &err), FHRL_FORMAT, &err, "absent: NetCDF: Variable not found");
  assert_fails(fhrl_dataset_shape(path, "x", 1, size, &err), FHRL_FORMAT, &err, "'x' has rank 2 where 1 is needed");
  ck_assert_uint_eq(size[0], 77);
  assert_fails(fhrl_dataset_read(path, "absent", 2, zero, many, x, &err), FHRL_FORMAT, &err, "absent");
  assert_fails(fhrl_dataset_read(path, "x", 2, late, many, x, &err), FHRL_FORMAT, &err,
    "'x' has 5 entries along dimension 0, too few for 3 from 3 on");
  assert_fails(fhrl_dataset_attribute(path, "absent", text, sizeof text, &err), FHRL_FORMAT, &err, "absent: NetCDF:");
  ck_assert_ptr_nonnull(strstr(err.msg, path));
}
END_TEST

START_TEST(other_files_are_refused)
{
  size_t size;
  char *bytes, pipe[FHRL_PATH_SIZE];
  assert_fails(fhrl_dataset_shape(path, "x", 1, &size, &err), FHRL_IO, &err, "No such file");
  assert_fails(fhrl_dataset_shape(folder, "x", 1, &size, &err), FHRL_IO, &err, "no regular file");
  assert_fails(fhrl_dataset_shape("http://localhost:1/x.nc", "x", 1, &size, &err), FHRL_IO, &err, "No such file");
  snprintf(pipe, sizeof pipe, "%s/pipe", folder);
  ck_assert_int_eq(mkfifo(pipe, 0600), 0);
  assert_fails(fhrl_dataset_shape(pipe, "x", 1, &size, &err), FHRL_IO, &err, "no regular file");
  save(path, 0);
  assert_ok(fhrl_file_read(path, 1 << 24, &bytes, &size, &err));
  for (size_t n = 0; n < 3000; n += 97) {
    FILE *s = fopen(path, "wb");
    fwrite(bytes, 1, n, s);
    fclose(s);
    assert_fails(fhrl_dataset_attribute(path, "model", pipe, sizeof pipe, &err), FHRL_FORMAT, &err, path);
  }
  free(bytes);
}
END_TEST

START_TEST(odd_names_are_taken_as_they_are)
{
  char here[FHRL_PATH_SIZE];
  size_t size;
  ck_assert_ptr_nonnull(getcwd(here, sizeof here));
  ck_assert_int_eq(chdir(folder), 0);
  static const char *const odd[] = {"a b#mode=zarr.nc", "[x]y.nc", "a:b.nc", "file:x.nc", "caf\xe9.nc"};
  for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
    save(odd[i], 0);
    assert_ok(fhrl_dataset_shape(odd[i], "time", 1, &size, &err));
    ck_assert_uint_eq(size, 5);
  }
  save("a\\b.nc", 0);
  assert_fails(fhrl_dataset_shape("a\\b.nc", "time", 1, &size, &err), FHRL_ARG, &err, "backslash");
  ck_assert_int_eq(chdir(here), 0);
}
END_TEST

static void *worker(void *argument)
{
  char own[FHRL_PATH_SIZE];
  double x[5];
  fhrl_err e = {FHRL_OK, ""};
  snprintf(own, sizeof own, "%s/%d.nc", folder, *(int *)argument);
  for (int i = 0; i < 20; i++)
    if (fhrl_dataset_save(own, variables, 3, 0, attributes, &e) != FHRL_OK ||
        fhrl_dataset_read(own, "time", 1, (const size_t[]){0}, (const size_t[]){5}, x, &e) != FHRL_OK)
      return argument;
  return NULL;
}

START_TEST(threads_may_save_and_read_at_once_and_print_nothing)
{
  const int kept = dup(STDERR_FILENO);
  snprintf(path, sizeof path, "%s/stderr", folder);
  ck_assert_ptr_nonnull(freopen(path, "w", stderr));
  pthread_t thread[4];
  int number[4] = {0, 1, 2, 3};
  for (int i = 0; i < 4; i++) ck_assert_int_eq(pthread_create(&thread[i], NULL, worker, &number[i]), 0);
  for (int i = 0; i < 4; i++) {
    void *failed;
    pthread_join(thread[i], &failed);
    ck_assert_ptr_null(failed);
  }
  fflush(stderr);
  dup2(kept, STDERR_FILENO);
  char *printed;
  size_t size;
  assert_ok(fhrl_file_read(path, 1 << 24, &printed, &size, &err));
  ck_assert_str_eq(printed, "");
  free(printed);
}
END_TEST

START_TEST(the_version_is_a_number)
{
  ck_assert_int_ge(atoi(fhrl_dataset_version()), 4);
  ck_assert_ptr_null(strchr(fhrl_dataset_version(), ' '));
}
END_TEST

int main(void)
{
  Suite *s = suite_create("io/dataset");
  TCase *t = tcase_create("dataset");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, what_is_written_is_read_back);
  tcase_add_test(t, float_files_hold_the_rounded_numbers);
  tcase_add_test(t, units_and_meanings_are_attributes_of_the_variables);
  tcase_add_test(t, the_same_content_gives_the_same_bytes);
  tcase_add_test(t, bad_variables_are_refused_before_a_file_appears);
  tcase_add_test(t, a_full_disk_keeps_the_old_file);
  tcase_add_test(t, what_does_not_fit_is_told_with_path_and_name);
  tcase_add_test(t, other_files_are_refused);
  tcase_add_test(t, odd_names_are_taken_as_they_are);
  tcase_add_test(t, threads_may_save_and_read_at_once_and_print_nothing);
  tcase_add_test(t, the_version_is_a_number);
  suite_add_tcase(s, t);
  return run_suite(s);
}
