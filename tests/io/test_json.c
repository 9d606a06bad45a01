// SPDX-License-Identifier: GPL-3.0-or-later
// test_json: numbers survive to the last bit, NaN becomes null with a reason, bad files are named by line and column
#include "io/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "support.h"

static fhrl_err err;
static char folder[512], path[FHRL_PATH_SIZE];

static void setup(void)
{
  snprintf(folder, sizeof folder, "%s", scratch("json"));
  snprintf(path, sizeof path, "%s/a.json", folder);
  err = (fhrl_err){FHRL_OK, ""};
}

static void teardown(void) { remove_scratch(folder); }

static void saved_as(fhrl_json *value, const char *want)
{
  char *text;
  size_t size;
  assert_ok(fhrl_json_save(value, path, &err));
  assert_ok(fhrl_file_read(path, 1 << 20, &text, &size, &err));
  ck_assert_str_eq(text, want);
  free(text);
  fhrl_json_free(value);
}

static void put(const char *text, size_t size)
{
  FILE *s = fopen(path, "wb");
  fwrite(text, 1, size, s);
  fclose(s);
}

START_TEST(keys_keep_their_order_and_reals_stay_reals)
{
  fhrl_json *o = fhrl_json_object(), *a = fhrl_json_array();
  fhrl_json_real(o, "z", 1.0, NULL);
  fhrl_json_real(o, "minus_zero", -0.0, NULL);
  fhrl_json_real(o, "tenth", 0.1, NULL);
  fhrl_json_int(o, "a", -9007199254740993LL);
  fhrl_json_bool(o, "yes", 3);
  fhrl_json_text(o, "text", "tab\t\"\xc3\xa9\"");
  fhrl_json_text(o, "nothing", NULL);
  fhrl_json_add_real(a, 1e22);
  fhrl_json_add_text(a, "x");
  fhrl_json_add(a, fhrl_json_object());
  fhrl_json_put(o, "array", a);
  saved_as(o, "{\n  \"z\": 1.0,\n  \"minus_zero\": -0.0,\n  \"tenth\": 0.10000000000000001,\n"
              "  \"a\": -9007199254740993,\n  \"yes\": true,\n  \"text\": \"tab\\t\\\"\xc3\xa9\\\"\",\n"
              "  \"nothing\": null,\n  \"array\": [\n    1e22,\n    \"x\",\n    {}\n  ]\n}\n");
}
END_TEST

START_TEST(numbers_that_are_not_finite_become_null_with_a_reason)
{
  fhrl_json *o = fhrl_json_object();
  fhrl_json_real(o, "a", NAN, "no token moved");
  fhrl_json_real(o, "b", -INFINITY, NULL);
  fhrl_json_null(o, "c", NULL);
  fhrl_json_reals(o, "d", (const double[]){0.5, NAN}, 2);
  saved_as(o, "{\n  \"a\": null,\n  \"a_reason\": \"no token moved\",\n  \"b\": null,\n"
              "  \"b_reason\": \"not finite\",\n  \"c\": null,\n  \"d\": [\n    0.5,\n    null\n  ]\n}\n");
}
END_TEST

static void note_key(void *context, const char *key, const fhrl_json *value)
{
  char *keys = context;
  strcat(keys, key);
  strcat(keys, fhrl_json_truth(value) == 1 ? "+" : fhrl_json_truth(value) == 0 ? "-" : " ");
}

START_TEST(paths_lead_to_values_and_values_come_in_order)
{
  fhrl_json *o = fhrl_json_object(), *list = fhrl_json_array(), *mean = fhrl_json_object();
  char keys[64] = "";
  fhrl_json_add_real(list, 0.25);
  fhrl_json_add(list, mean);
  fhrl_json_real(mean, "irr", 2.385, NULL);
  fhrl_json_put(o, "z", list);
  fhrl_json_bool(o, "yes", 1);
  fhrl_json_bool(o, "no", 0);
  ck_assert(fhrl_json_number(fhrl_json_path(o, "z[0]")) == 0.25);
  ck_assert(fhrl_json_number(fhrl_json_path(o, "z.0")) == 0.25);
  ck_assert(fhrl_json_number(fhrl_json_path(o, "z[1].irr")) == 2.385);
  ck_assert_ptr_eq(fhrl_json_path(o, ""), o);
  static const char *const nowhere[] = {"y", "z[2]", "z[-1]", "z.irr", "yes.x", "z[1].irr.x", ".z", "z[99999999999999999999]"};
  for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) ck_assert_msg(fhrl_json_path(o, nowhere[i]) == NULL, "%s", nowhere[i]);
  fhrl_json_each(o, note_key, keys);
  ck_assert_str_eq(keys, "z yes+no-");
  fhrl_json_free(o);
}
END_TEST

START_TEST(every_bit_of_a_double_survives)
{
  static const double value[] = {0.1, 1.0 / 3.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
    -123456789.12345678, 9007199254740993.0};
  enum { N = sizeof value / sizeof value[0] };
  fhrl_json *o = fhrl_json_object(), *back;
  fhrl_json_reals(o, "v", value, N);
  assert_ok(fhrl_json_save(o, path, &err));
  assert_ok(fhrl_json_load(path, &back, &err));
  const fhrl_json *v = fhrl_json_get(back, "v");
  ck_assert_uint_eq(fhrl_json_size(v), N);
  for (size_t i = 0; i < N; i++) {
    const double got = fhrl_json_number(fhrl_json_at(v, i));
    ck_assert_mem_eq(&got, &value[i], sizeof got);
  }
  fhrl_json_free(o);
  fhrl_json_free(back);
}
END_TEST

START_TEST(values_are_read_back_and_absent_ones_are_harmless)
{
  static const char text[] = "{\"i\": 7, \"t\": \"word\", \"n\": null, \"o\": {\"x\": [1.5]}}\n";
  put(text, strlen(text));
  fhrl_json *o;
  assert_ok(fhrl_json_load(path, &o, &err));
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(o, "i")), 7.0);
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(o, "t")), "word");
  ck_assert_double_eq(fhrl_json_number(fhrl_json_at(fhrl_json_get(fhrl_json_get(o, "o"), "x"), 0)), 1.5);
  ck_assert(isnan(fhrl_json_number(fhrl_json_get(o, "t"))));
  ck_assert(isnan(fhrl_json_number(fhrl_json_get(o, "absent"))));
  ck_assert_ptr_null(fhrl_json_string(fhrl_json_get(o, "n")));
  ck_assert_ptr_null(fhrl_json_get(fhrl_json_get(o, "absent"), "deeper"));
  ck_assert_ptr_null(fhrl_json_at(fhrl_json_get(o, "t"), 3));
  ck_assert_uint_eq(fhrl_json_size(NULL), 0);
  fhrl_json_free(o);
  fhrl_json_free(NULL);
}
END_TEST

START_TEST(bad_files_are_refused_by_line_and_column)
{
  static const struct {
    const char *text, *says;
  } bad[] = {
    {"{\"a\": 1,\n \"a\": 2}",   ":2:4: duplicate object key"},
    {"{\"a\": {\"b\": 1, \"b\": 2}}", "duplicate object key"  },
    {"{\"a\": NaN}",             ":1:9: invalid token"      },
    {"{\"a\": 1e999}",           "real number overflow"     },
    {"{\"a\": \"\xff\"}",        "unable to decode byte"    },
    {"{} x",                     "end of file expected"     },
    {"",                         "expected near end of file"},
    {"7",                        "expected"                 },
  };
  fhrl_json *o = NULL;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    put(bad[i].text, strlen(bad[i].text));
    assert_fails(fhrl_json_load(path, &o, &err), FHRL_FORMAT, &err, bad[i].says);
    ck_assert_ptr_nonnull(strstr(err.msg, path));
  }
  ck_assert_ptr_null(o);
  FILE *s = fopen(path, "wb");
  ck_assert_int_eq(fseek(s, 64L << 20, SEEK_SET), 0); // sparse: one byte more than the limit
  putc('x', s);
  fclose(s);
  assert_fails(fhrl_json_load(path, &o, &err), FHRL_LIMIT, &err, "the limit is 67108864");
}
END_TEST

START_TEST(a_text_that_is_not_utf8_is_still_written)
{
  fhrl_json *o = fhrl_json_object();
  fhrl_json_text(o, "file", "caf\xe9.txt");
  saved_as(o, "{\n  \"file\": \"caf?.txt\"\n}\n");
}
END_TEST

START_TEST(write_errors_are_reported)
{
  fhrl_json *o = fhrl_json_object();
  FILE *full = fopen("/dev/full", "w");
  assert_fails(fhrl_json_print(o, full, &err), FHRL_IO, &err, "cannot write a result: No space left");
  fclose(full);
  snprintf(path, sizeof path, "%s/absent/a.json", folder);
  assert_fails(fhrl_json_save(o, path, &err), FHRL_IO, &err, path);
  fhrl_json_free(o);
}
END_TEST

static void *no_memory(size_t size) { return NULL; }

// Last, because the loss is remembered for the rest of the program.
START_TEST(a_failed_allocation_is_remembered)
{
  fhrl_json *o = fhrl_json_object(), *whole = fhrl_json_object();
  json_malloc_t allocate;
  json_free_t release;
  json_get_alloc_funcs(&allocate, &release);
  json_set_alloc_funcs(no_memory, release);
  fhrl_json *lost = fhrl_json_object();
  ck_assert_ptr_null(lost);
  fhrl_json_real(lost, "x", 1.0, NULL); // a setter on NULL does nothing
  fhrl_json_reals(lost, "x", NULL, 0);
  fhrl_json_put(o, "lost", lost);
  fhrl_json_real(o, "y", 1.0, NULL);
  json_set_alloc_funcs(allocate, release);
  fhrl_json_put(NULL, "freed", whole);
  assert_fails(fhrl_json_save(o, path, &err), FHRL_NOMEM, &err, path);
  ck_assert(!fhrl_file_exists(path));
  fhrl_json_free(o);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("io/json");
  TCase *t = tcase_create("json");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, keys_keep_their_order_and_reals_stay_reals);
  tcase_add_test(t, numbers_that_are_not_finite_become_null_with_a_reason);
  tcase_add_test(t, every_bit_of_a_double_survives);
  tcase_add_test(t, values_are_read_back_and_absent_ones_are_harmless);
  tcase_add_test(t, bad_files_are_refused_by_line_and_column);
  tcase_add_test(t, a_text_that_is_not_utf8_is_still_written);
  tcase_add_test(t, paths_lead_to_values_and_values_come_in_order);
  tcase_add_test(t, write_errors_are_reported);
  tcase_add_test(t, a_failed_allocation_is_remembered);
  suite_add_tcase(s, t);
  return run_suite(s);
}
