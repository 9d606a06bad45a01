// SPDX-License-Identifier: GPL-3.0-or-later
// test_safetensors: what is written is read back; every broken rule has its own message; no bytes crash the reader
#include "io/safetensors.h"

#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "support.h"

static fhrl_err err;
static char folder[512], path[FHRL_PATH_SIZE];

static void setup(void)
{
  snprintf(folder, sizeof folder, "%s", scratch("safetensors"));
  snprintf(path, sizeof path, "%s/a.safetensors", folder);
  err = (fhrl_err){FHRL_OK, ""};
}

static void teardown(void) { remove_scratch(folder); }

static void put(const void *bytes, size_t size)
{
  FILE *s = fopen(path, "wb");
  ck_assert_ptr_nonnull(s);
  ck_assert_uint_eq(fwrite(bytes, 1, size, s), size);
  ck_assert_int_eq(fclose(s), 0);
}

// A file with this header (of `size` bytes) and `data` bytes of zeros.
static void put_header(const char *header, size_t size, size_t data)
{
  char *bytes = calloc(1, 8 + size + data);
  for (int i = 0; i < 8; i++) bytes[i] = (char)((uint64_t)size >> (8 * i) & 0xff);
  memcpy(bytes + 8, header, size);
  put(bytes, 8 + size + data);
  free(bytes);
}

static void refused(const char *says)
{
  fhrl_safetensors *f = NULL;
  assert_fails(fhrl_safetensors_open(path, &f, &err), FHRL_FORMAT, &err, says);
  ck_assert_ptr_null(f);
  ck_assert_msg(strncmp(err.msg, path, strlen(path)) == 0, "message '%s' does not begin with the path", err.msg);
}

static const float a_data[6] = {0.5f, -1.5f, 2.385f, 3e38f, -0.0f, 1e-45f};
static const double b_data[2] = {0.1, -1e300};
static const int64_t c_data[1] = {-9007199254740993};
static const unsigned char d_data[3] = {0, 127, 255};
static const fhrl_tensor good[] = {
  {"tok_emb",     FHRL_F32, 2, {2, 3},    6, a_data},
  {"b/\xc3\xa9\"", FHRL_F64, 1, {2},       2, b_data},
  {"empty",       FHRL_F32, 3, {4, 0, 2}, 0, a_data},
  {"step",        FHRL_I64, 0, {0},       1, c_data},
  {"bytes",       FHRL_U8,  1, {3},       3, d_data},
};
enum { N_GOOD = sizeof good / sizeof good[0] };
static const char *const metadata[] = {"model.d", "192", "a", "line\nend \xe2\x82\xac", NULL};

START_TEST(what_is_written_is_read_back)
{
  fhrl_safetensors *f;
  const char *key = NULL;
  assert_ok(fhrl_safetensors_save(path, good, N_GOOD, metadata, &err));
  assert_ok(fhrl_safetensors_open(path, &f, &err));
  ck_assert_str_eq(fhrl_safetensors_path(f), path);
  ck_assert_int_eq(fhrl_safetensors_count(f), N_GOOD);
  for (int i = 0; i < N_GOOD; i++) {
    const fhrl_tensor *t = fhrl_safetensors_at(f, i);
    ck_assert_str_eq(t->name, good[i].name); // in order of data, which is the order of writing
    ck_assert_ptr_eq(fhrl_safetensors_find(f, good[i].name), t);
    ck_assert_int_eq(t->dtype, good[i].dtype);
    ck_assert_int_eq(t->rank, good[i].rank);
    ck_assert_mem_eq(t->shape, good[i].shape, (size_t)t->rank * sizeof t->shape[0]);
    ck_assert_uint_eq(t->count, good[i].count);
    ck_assert_uint_eq((uintptr_t)t->data % 64, 0);
  }
  ck_assert_mem_eq(fhrl_safetensors_at(f, 0)->data, a_data, sizeof a_data);
  ck_assert_mem_eq(fhrl_safetensors_at(f, 1)->data, b_data, sizeof b_data);
  ck_assert_mem_eq(fhrl_safetensors_at(f, 3)->data, c_data, sizeof c_data);
  ck_assert_mem_eq(fhrl_safetensors_at(f, 4)->data, d_data, sizeof d_data);
  ck_assert_ptr_null(fhrl_safetensors_at(f, N_GOOD));
  ck_assert_ptr_null(fhrl_safetensors_at(f, -1));
  ck_assert_ptr_null(fhrl_safetensors_find(f, "absent"));
  ck_assert_str_eq(fhrl_safetensors_metadata(f, "a"), metadata[3]);
  ck_assert_ptr_null(fhrl_safetensors_metadata(f, "b"));
  ck_assert_str_eq(fhrl_safetensors_metadata_at(f, 0, &key), "192");
  ck_assert_str_eq(key, "model.d");
  ck_assert_str_eq(fhrl_safetensors_metadata_at(f, 1, &key), metadata[3]);
  ck_assert_ptr_null(fhrl_safetensors_metadata_at(f, 2, &key));
  fhrl_safetensors_close(f);
  fhrl_safetensors_close(NULL);
}
END_TEST

START_TEST(the_bytes_of_a_file_are_known)
{
  static const char header[] = "{\"__metadata__\":{\"k\":\"v\"},\"x\":{\"dtype\":\"U8\",\"shape\":[3],"
                               "\"data_offsets\":[0,3]}}"; // 80 bytes
  const fhrl_tensor x = {"x", FHRL_U8, 1, {3}, 3, d_data};
  char *bytes, want[100] = {0};
  size_t size;
  assert_ok(fhrl_safetensors_save(path, &x, 1, (const char *const[]){"k", "v", NULL}, &err));
  assert_ok(fhrl_file_read(path, 1000, &bytes, &size, &err));
  const size_t padded = (sizeof header - 1 + 7) / 8 * 8;
  want[0] = (char)padded;
  memset(want + 8, ' ', padded);
  memcpy(want + 8, header, sizeof header - 1);
  memcpy(want + 8 + padded, d_data, 3);
  ck_assert_uint_eq(size, 8 + padded + 3);
  ck_assert_mem_eq(bytes, want, size);
  free(bytes);
}
END_TEST

START_TEST(tensors_are_converted_and_checked_against_a_shape)
{
  fhrl_safetensors *f;
  double b[2], a[6];
  float narrow[6];
  assert_ok(fhrl_safetensors_save(path, good, N_GOOD, NULL, &err));
  assert_ok(fhrl_safetensors_open(path, &f, &err));
  assert_ok(fhrl_safetensors_read(f, "tok_emb", 2, (const size_t[]){2, 3}, a, &err));
  for (int i = 0; i < 6; i++) ck_assert_double_eq(a[i], (double)a_data[i]);
  assert_ok(fhrl_safetensors_read_float(f, "tok_emb", 2, (const size_t[]){2, 3}, narrow, &err));
  ck_assert_mem_eq(narrow, a_data, sizeof narrow);
  assert_ok(fhrl_safetensors_read(f, good[1].name, 1, (const size_t[]){2}, b, &err));
  ck_assert_mem_eq(b, b_data, sizeof b);
  assert_fails(fhrl_safetensors_read_float(f, good[1].name, 1, (const size_t[]){2}, narrow, &err), FHRL_NUMERIC, &err,
    "is not finite at index 1"); // 1e300 is no float
  assert_fails(fhrl_safetensors_read(f, "tok_emb", 2, (const size_t[]){3, 2}, a, &err), FHRL_FORMAT, &err,
    "tensor 'tok_emb' has shape (2, 3) where (3, 2) is needed");
  assert_fails(fhrl_safetensors_read(f, "tok_emb", 0, NULL, a, &err), FHRL_FORMAT, &err, "where () is needed");
  assert_fails(fhrl_safetensors_read(f, "absent", 0, NULL, a, &err), FHRL_FORMAT, &err, "no tensor 'absent'; it has: tok_emb ");
  assert_fails(fhrl_safetensors_read(f, "step", 0, NULL, a, &err), FHRL_FORMAT, &err, "dtype I64 where F32 or F64");
  ck_assert_ptr_nonnull(strstr(err.msg, path));
  fhrl_safetensors_close(f);
}
END_TEST

START_TEST(numbers_that_are_not_finite_are_told_but_delivered)
{
  const float x[4] = {1.0f, NAN, 2.0f, INFINITY};
  const fhrl_tensor t = {"x", FHRL_F32, 1, {4}, 4, x};
  double out[4] = {0};
  fhrl_safetensors *f;
  assert_ok(fhrl_safetensors_save(path, &t, 1, NULL, &err));
  assert_ok(fhrl_safetensors_open(path, &f, &err));
  assert_fails(fhrl_safetensors_read(f, "x", 1, (const size_t[]){4}, out, &err), FHRL_NUMERIC, &err,
    "tensor 'x' is not finite at index 1");
  ck_assert_double_eq(out[2], 2.0);
  ck_assert(isinf(out[3]));
  fhrl_safetensors_close(f);
}
END_TEST

START_TEST(a_file_without_tensors_is_fine)
{
  fhrl_safetensors *f;
  assert_ok(fhrl_safetensors_save(path, NULL, 0, NULL, &err));
  assert_ok(fhrl_safetensors_open(path, &f, &err));
  ck_assert_int_eq(fhrl_safetensors_count(f), 0);
  fhrl_safetensors_close(f);
}
END_TEST

// ---- what the reader refuses: one header per rule; the text is a part of the message
#define T(name, dtype, shape, begin, end)                                                          \
  "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":[" shape "],\"data_offsets\":[" #begin "," #end "]}"
#define HEADER(text) text, sizeof text - 1
static const struct {
  const char *header;
  size_t size, data;
  const char *says;
} broken[] = {
  {HEADER(""), 0, "does not begin with '{'"},
  {HEADER(" {}"), 0, "does not begin with '{'"},
  {HEADER("[]"), 0, "does not begin with '{'"},
  {HEADER("{"), 0, "byte 1 of the header"},
  {HEADER("{\"a\" 1}"), 0, "of the header: ':' expected"},
  {HEADER("{\"\xff\":1}"), 0, "the header is not UTF-8"},
  {HEADER("{\"a\xed\xa0\x80\":1}"), 0, "the header is not UTF-8"},
  {HEADER("{\"a\x01\":1}"), 0, "control character 0x1"},
  {HEADER("{\"a\0b\":1}"), 0, "control character 0x0"},
  {HEADER("{\"a\\u0000\":1}"), 0, "a NUL in a name"},
  {HEADER("{\"__metadata__\":{\"a\":\"\\u0000\"}}"), 0, "a NUL in a name or text"},
  {HEADER("{" T("a\\u0001", "F32", "1", 0, 4) "}"), 4, "name 'a?' holds a control character"},
  {HEADER("{" T("a\\u007f", "F32", "1", 0, 4) "}"), 4, "name 'a?' holds a control character"},
  {HEADER("{" T("a\\u009b", "F32", "1", 0, 4) "}"), 4, "name 'a?\?' holds a control character"},
  {HEADER("{\"__metadata__\":{\"a\\n\":\"x\"}}"), 0, "holds a control character"},
  {HEADER("{}  x"), 0, "byte 4, behind the header's end, is no space"},
  {HEADER("{}\n"), 0, "byte 2, behind the header's end, is no space"},
  {HEADER("{}\0"), 0, "byte 2, behind the header's end, is no space"},
  {HEADER("{" T("a", "F32", "1", 0, 4) "," T("a", "F32", "1", 0, 4) "}"), 4, "duplicate object key"},
  {HEADER("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F64\"}}"), 4, "duplicate object key"},
  {HEADER("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}"), 0, "duplicate object key"},
  {HEADER("{" T("a", "F32", "-0", 0, 0) "}"), 0, "begins a negative number"},
  {HEADER("{" T("a", "F32", "-1", 0, 4) "}"), 4, "begins a negative number"},
  {HEADER("{" T("a", "F32", "1.0", 0, 4) "}"), 4, "shape holds what is no plain non-negative integer"},
  {HEADER("{" T("a", "F32", "1e0", 0, 4) "}"), 4, "shape holds what is no plain non-negative integer"},
  {HEADER("{" T("a", "F32", "true", 0, 4) "}"), 4, "shape holds what is no plain non-negative integer"},
  {HEADER("{" T("a", "F32", "\"1\"", 0, 4) "}"), 4, "shape holds what is no plain non-negative integer"},
  {HEADER("{" T("a", "F32", "01", 0, 4) "}"), 4, "byte 30 of the header"},
  {HEADER("{" T("a", "F32", "9223372036854775808", 0, 4) "}"), 4, "a number of the header is too large"},
  {HEADER("{" T("a", "F32", "1", 0.0, 4) "}"), 4, "data_offsets holds what is no plain non-negative integer"},
  {HEADER("{" T("a", "F32", "1", 0, 4.0) "}"), 4, "data_offsets holds what is no plain non-negative integer"},
  {HEADER("{" T("a", "F32", "1,1,1,1,1,1,1,1,1", 0, 4) "}"), 4, "tensor 'a': rank 9 is above 8"},
  {HEADER("{" T("a", "F32", "4294967296,4294967296,4294967296", 0, 4) "}"), 4, "the product of its shape overflows"},
  {HEADER("{" T("a", "F32", "4294967296,1073741824", 0, 0) "}"), 0, "its size in bytes overflows"},
  {HEADER("{" T("a", "BF16", "2", 0, 4) "}"), 4, "dtype 'BF16' is none of F32, F64, I64, U8"},
  {HEADER("{\"a\":{\"dtype\":3,\"shape\":[1],\"data_offsets\":[0,4]}}"), 4, "dtype is no text"},
  {HEADER("{" T("a", "F32", "1", 4, 0) "}"), 4, "its data begin at 4, behind their end 0"},
  {HEADER("{" T("a", "F32", "1", 0, 4) "," T("b", "F32", "1", 8, 12) "}"), 12, "a gap before tensor 'b': bytes 4 to 8"},
  {HEADER("{" T("a", "F32", "1", 4, 8) "}"), 8, "a gap before tensor 'a': bytes 0 to 4"},
  {HEADER("{" T("a", "F32", "2", 0, 8) "," T("b", "F32", "1", 4, 8) "}"), 8, "'b' overlaps the one before it at byte 4"},
  {HEADER("{" T("a", "F32", "2", 0, 8) "," T("b", "F32", "0", 4, 4) "}"), 8, "'b' overlaps the one before it at byte 4"},
  {HEADER("{" T("a", "F32", "1", 0, 4) "}"), 3, "its data end at 4, beyond the 3 bytes of the file's data"},
  {HEADER("{" T("a", "F32", "3", 0, 8) "}"), 8, "its data have 8 bytes where shape and dtype need 12"},
  {HEADER("{" T("a", "F32", "1", 0, 4) "}"), 5, "the tensors end at byte 4 of 5 bytes of data"},
  {HEADER("{}"), 1, "the tensors end at byte 0 of 1 bytes of data"},
  {HEADER("{\"__metadata__\":{\"k\":1}}"), 0, "__metadata__ entry 'k' is no text"},
  {HEADER("{\"__metadata__\":[]}"), 0, "__metadata__ is no object"},
  {HEADER("{\"a\":[]}"), 0, "tensor 'a': its entry is no object"},
  {HEADER("{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}"), 4, "tensor 'a': it has no field 'dtype'"},
  {HEADER("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}"), 4, "it has no field 'shape'"},
  {HEADER("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}"), 4, "it has no field 'data_offsets'"},
  {HEADER("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}"), 4, "unknown field 'x'"},
  {HEADER("{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}"), 4, "shape is no array"},
  {HEADER("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}"), 4, "data_offsets is no pair"},
  {HEADER("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":4}}"), 4, "data_offsets is no pair"},
};
enum { N_BROKEN = sizeof broken / sizeof broken[0] };

START_TEST(every_rule_of_the_format_is_enforced)
{
  put_header(broken[_i].header, broken[_i].size, broken[_i].data);
  refused(broken[_i].says);
}
END_TEST

START_TEST(the_length_of_the_header_is_checked_before_it_is_used)
{
  put("1234567", 7);
  refused("7 bytes are too few");
  put("", 0);
  refused("0 bytes are too few");
  put("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10);
  refused("a header of 18446744073709551615 bytes is above the limit");
  put("\x01\0\0\x01\0\0\0\0{}", 10);
  refused("a header of 16777217 bytes is above the limit of 16777216");
  put("\x03\0\0\0\0\0\0\0{}", 10);
  refused("a header of 3 bytes does not fit into a file of 10");
}
END_TEST

START_TEST(floods_are_refused)
{
  enum { SIZE = 3 << 20, LONG = 600 };
  char *text = malloc(SIZE), *p = text;
  p += sprintf(p, "{");
  for (int i = 0; i <= FHRL_TENSOR_MAX; i++) p += sprintf(p, "%s\"%d\":0", i ? "," : "", i);
  p += sprintf(p, "}");
  put_header(text, (size_t)(p - text), 0);
  refused("65537 tensors are more than 65536");
  p = text + sprintf(text, "{\"a\":[0");
  while (p < text + SIZE - 10) p += sprintf(p, ",0");
  p += sprintf(p, "]}");
  put_header(text, (size_t)(p - text), 0);
  refused("the header has more than 1048576 values");
  memset(text, '[', SIZE);
  memcpy(text, "{\"a\":", 5);
  put_header(text, SIZE, 0);
  refused("maximum parsing depth");
  p = text + sprintf(text, "{\"");
  for (int i = 0; i < LONG; i++) *p++ = 'x';
  p += sprintf(p, "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}");
  put_header(text, (size_t)(p - text), 0);
  refused("a name of 600 bytes is longer than 512");
  free(text);
}
END_TEST

START_TEST(every_truncation_is_refused)
{
  char *bytes;
  size_t size;
  assert_ok(fhrl_safetensors_save(path, good, N_GOOD, metadata, &err));
  assert_ok(fhrl_file_read(path, 10000, &bytes, &size, &err));
  for (size_t n = 0; n < size; n++) {
    put(bytes, n);
    refused(NULL);
  }
  free(bytes);
}
END_TEST

START_TEST(no_flipped_bit_crashes_the_reader)
{
  char *bytes;
  size_t size;
  int taken = 0, rejected = 0;
  assert_ok(fhrl_safetensors_save(path, good, N_GOOD, metadata, &err));
  assert_ok(fhrl_file_read(path, 10000, &bytes, &size, &err));
  const size_t header = 8 + (size_t)(unsigned char)bytes[0] + 256 * (size_t)(unsigned char)bytes[1];
  FILE *s = fopen(path, "r+b");
  setvbuf(s, NULL, _IONBF, 0);
  for (size_t bit = 0; bit < 8 * header; bit++) {
    fhrl_safetensors *f = NULL;
    const char flipped = (char)(bytes[bit / 8] ^ (1 << bit % 8));
    fseek(s, (long)(bit / 8), SEEK_SET);
    putc(flipped, s);
    if (fhrl_safetensors_open(path, &f, &err) == FHRL_OK) {
      volatile unsigned char sum = 0; // every byte that is offered can be read
      for (int i = 0; i < fhrl_safetensors_count(f); i++) {
        const fhrl_tensor *t = fhrl_safetensors_at(f, i);
        const size_t width = t->dtype == FHRL_U8 ? 1 : t->dtype == FHRL_F32 ? 4 : 8;
        for (size_t k = 0; k < width * t->count; k++) sum ^= ((const unsigned char *)t->data)[k];
      }
      (void)sum;
      taken++;
    } else {
      ck_assert_int_eq(err.code, FHRL_FORMAT);
      rejected++;
    }
    fhrl_safetensors_close(f);
    fseek(s, (long)(bit / 8), SEEK_SET);
    putc(bytes[bit / 8], s);
  }
  fclose(s);
  free(bytes);
  ck_assert_int_gt(taken, 0); // letters of names and metadata
  ck_assert_int_gt(rejected, taken);
}
END_TEST

START_TEST(tensors_may_stand_in_any_order_and_empty_ones_anywhere)
{
  static const char header[] = "{" T("b", "F32", "1", 4, 8) "," T("e", "F32", "0", 4, 4) "," T("z", "U8", "0", 8, 8)
    "," T("a", "F32", "1", 0, 4) "}   ";
  fhrl_safetensors *f;
  put_header(header, sizeof header - 1, 8);
  assert_ok(fhrl_safetensors_open(path, &f, &err));
  ck_assert_str_eq(fhrl_safetensors_at(f, 0)->name, "a");
  ck_assert_str_eq(fhrl_safetensors_at(f, 1)->name, "e");
  ck_assert_str_eq(fhrl_safetensors_at(f, 2)->name, "b");
  ck_assert_str_eq(fhrl_safetensors_at(f, 3)->name, "z");
  fhrl_safetensors_close(f);
}
END_TEST

START_TEST(only_regular_files_are_opened)
{
  fhrl_safetensors *f = NULL;
  assert_fails(fhrl_safetensors_open(folder, &f, &err), FHRL_IO, &err, "no regular file");
  assert_fails(fhrl_safetensors_open(path, &f, &err), FHRL_IO, &err, "No such file");
  ck_assert_ptr_null(f);
}
END_TEST

START_TEST(the_writer_refuses_what_the_reader_would)
{
  static char name[FHRL_TENSOR_NAME + 2];
  memset(name, 'x', sizeof name - 1);
  const struct {
    fhrl_tensor tensor;
    const char *says;
  } bad[] = {
    {{name, FHRL_F32, 1, {6}, 6, a_data},                                    "too long"                              },
    {{"a\tb", FHRL_F32, 1, {6}, 6, a_data},                                  "control character"                     },
    {{"\xff", FHRL_F32, 1, {6}, 6, a_data},                                  "not UTF-8"                             },
    {{"__metadata__", FHRL_F32, 1, {6}, 6, a_data},                          "may not be named"                      },
    {{"first", FHRL_F32, 1, {6}, 6, a_data},                                 "tensor 'first' twice"                  },
    {{"a", FHRL_F32, 9, {1, 1, 1, 1, 1, 1, 1, 1}, 1, a_data},                "tensor 'a' has rank 9"                 },
    {{"a", FHRL_F32, 1, {6}, 5, a_data},                                     "tensor 'a' has 5 elements"             },
    {{"a", FHRL_F32, 2, {(size_t)1 << 33, (size_t)1 << 33}, 5, a_data},      "tensor 'a' has 5 elements"             },
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    const fhrl_tensor both[] = {{"first", FHRL_F32, 1, {6}, 6, a_data}, bad[i].tensor};
    assert_fails(fhrl_safetensors_save(path, both, 2, NULL, &err), FHRL_ARG, &err, bad[i].says);
    ck_assert_ptr_nonnull(strstr(err.msg, path));
  }
  assert_fails(fhrl_safetensors_save(path, good, 1, (const char *const[]){"k", "\xff", NULL}, &err), FHRL_ARG, &err,
    "'k' is not UTF-8");
  assert_fails(fhrl_safetensors_save(path, good, 1, (const char *const[]){"k", "1", "k", "2", NULL}, &err), FHRL_ARG,
    &err, "'k' twice");
  assert_fails(fhrl_safetensors_save(path, good, FHRL_TENSOR_MAX + 1, NULL, &err), FHRL_LIMIT, &err, "more than 65536");
  const size_t big = (16 << 20) + 1;
  char *value = malloc(big + 1);
  memset(value, 'x', big);
  value[big] = '\0';
  assert_fails(fhrl_safetensors_save(path, good, 1, (const char *const[]){"k", value, NULL}, &err), FHRL_LIMIT, &err,
    "above the limit");
  free(value);
  ck_assert(!fhrl_file_exists(path));
}
END_TEST

START_TEST(a_full_disk_keeps_the_old_file)
{
  enum { N = 100000 };
  static double big[N];
  const fhrl_tensor t = {"big", FHRL_F64, 1, {N}, N, big};
  struct rlimit was, now;
  char temporary[FHRL_PATH_SIZE + 4];
  fhrl_safetensors *f;
  assert_ok(fhrl_safetensors_save(path, good, N_GOOD, metadata, &err));
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
  signal(SIGXFSZ, SIG_IGN);
  now = was;
  now.rlim_cur = 65536;
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &now), 0);
  assert_fails(fhrl_safetensors_save(path, &t, 1, NULL, &err), FHRL_IO, &err, path);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
  assert_ok(fhrl_safetensors_open(path, &f, &err));
  ck_assert_int_eq(fhrl_safetensors_count(f), N_GOOD);
  fhrl_safetensors_close(f);
  snprintf(temporary, sizeof temporary, "%s.tmp", path);
  ck_assert(!fhrl_file_exists(temporary));
}
END_TEST

int main(void)
{
  Suite *s = suite_create("io/safetensors");
  TCase *t = tcase_create("safetensors");
  tcase_set_timeout(t, 60);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, what_is_written_is_read_back);
  tcase_add_test(t, the_bytes_of_a_file_are_known);
  tcase_add_test(t, tensors_are_converted_and_checked_against_a_shape);
  tcase_add_test(t, numbers_that_are_not_finite_are_told_but_delivered);
  tcase_add_test(t, a_file_without_tensors_is_fine);
  tcase_add_loop_test(t, every_rule_of_the_format_is_enforced, 0, N_BROKEN);
  tcase_add_test(t, the_length_of_the_header_is_checked_before_it_is_used);
  tcase_add_test(t, floods_are_refused);
  tcase_add_test(t, every_truncation_is_refused);
  tcase_add_test(t, no_flipped_bit_crashes_the_reader);
  tcase_add_test(t, tensors_may_stand_in_any_order_and_empty_ones_anywhere);
  tcase_add_test(t, only_regular_files_are_opened);
  tcase_add_test(t, the_writer_refuses_what_the_reader_would);
  tcase_add_test(t, a_full_disk_keeps_the_old_file);
  suite_add_tcase(s, t);
  return run_suite(s);
}
