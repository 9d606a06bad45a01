// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz_recording: recorded inputs in NetCDF files of any making
//
// The bytes describe a file that NetCDF itself writes: our reading of it is looked at, not that of the libraries, whose
// readers are known not to bear damage.
#include "analysis/recording.h"

#include <netcdf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "io/dataset.h"
#include "ode/input.h"

enum { VARIABLES = 3, RANKS = 6, NUMBERS = 64 };
static fhrl_err err;
static fhrl_config config;

static void setup(void)
{
  fhrl_config_init(&config);
  fuzz_claim(fhrl_config_add(&config, "input", fhrl_input_fields, fhrl_input_field_count, &err) == FHRL_OK &&
               fhrl_config_set(&config, "input", "file", "a.nc", "--set", &err) == FHRL_OK &&
               fhrl_config_set(&config, "input", "kind", "recorded", "--set", &err) == FHRL_OK, "%s", err.msg);
}

// format, attribute, sizes, of each variable: name, type, rank, dimensions, filled; then data
static void seeds(fuzz_give *give)
{
  static const char a[] = "\x00\x00\x02\x03\x02\x01" "\x00\x00\x03\x00\x01\x02\x01" "\x01\x00\x03\x00\x01\x02\x01" "\x02\x00\x01\x00\x01"
    "twelve bytes and some more of them";
  static const char b[] = "\x00\x00\x01\x04\x02\x01" "\x00\x01\x03\x00\x01\x02\x01" "\x01\x01\x03\x00\x01\x02\x01" "\x02\x00\x01\x00\x01";
  static const char c[] = "\x02\x00\x02\x02\x02\x01" "\x00\x00\x03\x00\x01\x02\x01" "\x01\x00\x03\x00\x01\x02\x01" "\x02\x00\x01\x00\x01";
  give(a, sizeof a - 1);
  give(b, sizeof b - 1);
  give(c, sizeof c - 1);
}

typedef struct file {
  int id, dim[RANKS];
  size_t size[RANKS];
  fuzz_bytes in;
} file;

// Numbers from the bytes: mostly small ones, and now and then the eight bytes as they are.
static void draw(fuzz_bytes *in, size_t n, double out[])
{
  for (size_t i = 0; i < n; i++) {
    out[i] = fuzz_take(in, 256) / 16.0 - 8.0;
    if (out[i] == 7.9375 && in->left >= 8) {
      memcpy(&out[i], in->at, 8);
      in->at += 8;
      in->left -= 8;
    }
  }
}

typedef struct variable {
  int id, rank, dims[RANKS];
  size_t count;
  unsigned filled; // 0: nothing is written, 1: all, 2: the first number alone
} variable;

static int add_variable(file *f, variable *v)
{
  static const char *const names[] = {"x_pre", "y", "x", "x_pre/y"};
  static const nc_type types[] = {NC_DOUBLE, NC_FLOAT, NC_INT, NC_CHAR, NC_STRING, NC_UBYTE, NC_INT64, NC_SHORT};
  const char *name = names[fuzz_take(&f->in, 4)];
  const nc_type type = types[fuzz_take(&f->in, 8)];
  v->rank = (int)fuzz_take(&f->in, RANKS);
  v->count = 1;
  for (int i = 0; i < v->rank; i++) {
    const unsigned which = fuzz_take(&f->in, RANKS);
    v->dims[i] = f->dim[which];
    v->count *= f->size[which] ? f->size[which] : 1;
    if (v->count > NUMBERS) v->count = NUMBERS + 1;
  }
  v->filled = fuzz_take(&f->in, 3);
  return nc_def_var(f->id, name, type, v->rank, v->dims, &v->id) == NC_NOERR;
}

static void fill_variable(file *f, const variable *v)
{
  const size_t start[RANKS] = {0};
  size_t all[RANKS];
  double data[NUMBERS];
  if (v->filled == 0 || v->count > NUMBERS) return;
  draw(&f->in, v->count, data);
  for (int i = 0; i < v->rank; i++) {
    nc_inq_dimlen(f->id, v->dims[i], &all[i]);
    if (all[i] == 0) all[i] = 1; // a first record
  }
  if (v->filled == 1)
    nc_put_vara_double(f->id, v->id, start, all, data);
  else
    nc_put_var1_double(f->id, v->id, start, data);
}

static int write_file(const unsigned char *data, size_t size)
{
  static const int formats[] = {NC_NETCDF4, NC_NETCDF4 | NC_CLASSIC_MODEL, 0, NC_64BIT_DATA};
  static const size_t huge[] = {1000000, 2147483647, 4294967297, 1152921504606846976};
  file f = {.in = {data, size}};
  char name[16];
  const int format = formats[fuzz_take(&f.in, 4)];
  if (nc_create("a.nc", format | NC_CLOBBER, &f.id) != NC_NOERR) return 0;
  const unsigned attribute = fuzz_take(&f.in, 4);
  const double number = 1.5;
  if (attribute == 0) nc_put_att_text(f.id, NC_GLOBAL, "schema", 7, "fhrl.x/");
  if (attribute == 1) nc_put_att_double(f.id, NC_GLOBAL, "schema", NC_DOUBLE, 1, &number);
  if (attribute == 2) nc_put_att_text(f.id, NC_GLOBAL, "schema", 0, "");
  for (int i = 0; i < RANKS; i++) {
    const unsigned n = i < 4 ? fuzz_take(&f.in, 32) : i == 4 ? 1 : 2;
    f.size[i] = n < 24 ? n : n < 28 ? NC_UNLIMITED : huge[n - 28];
    snprintf(name, sizeof name, "d%d", i);
    if (nc_def_dim(f.id, name, f.size[i], &f.dim[i]) != NC_NOERR) {
      f.size[i] = 1;
      snprintf(name, sizeof name, "e%d", i);
      if (nc_def_dim(f.id, name, 1, &f.dim[i]) != NC_NOERR) f.dim[i] = 0;
    }
  }
  nc_set_fill(f.id, NC_FILL, NULL);
  variable v[VARIABLES];
  int there[VARIABLES];
  for (int i = 0; i < VARIABLES; i++) there[i] = add_variable(&f, &v[i]);
  nc_enddef(f.id);
  for (int i = 0; i < VARIABLES; i++)
    if (there[i]) fill_variable(&f, &v[i]);
  return nc_close(f.id) == NC_NOERR;
}

static void try_input(int n_u)
{
  fhrl_input in = {0};
  if (fuzz_judge(fhrl_input_init(&in, &config, n_u, &err), &err, "a.nc") == FHRL_OK) {
    fuzz_claim(in.tokens >= 1 && in.n_u == n_u, "%d tokens of %d channels", in.tokens, in.n_u);
    fuzz_finite("u", in.value, (size_t)in.tokens * (size_t)in.n_u);
  }
  fhrl_input_free(&in);
}

static fhrl_status one(const unsigned char *data, size_t size)
{
  fhrl_recording r = {0};
  char text[16];
  unlink("a.nc");
  if (!write_file(data, size)) return FHRL_FORMAT;
  const fhrl_status status = fuzz_judge(fhrl_recording_load("a.nc", 2, &r, &err), &err, "a.nc");
  if (status == FHRL_OK) {
    fuzz_claim(r.sequences >= 1 && r.sequences <= 2 && r.tokens >= 1 && r.d >= 1, "%d x %d x %d", r.sequences, r.tokens, r.d);
    fuzz_finite("x_pre", r.x_pre, (size_t)r.sequences * (size_t)r.tokens * (size_t)r.d);
    fuzz_finite("y", r.y, (size_t)r.sequences * (size_t)r.tokens * (size_t)r.d);
  }
  fhrl_recording_free(&r);
  for (int n_u = 0; n_u <= 3; n_u += n_u < 2 ? 2 : 1) try_input(n_u);
  if (fuzz_judge(fhrl_dataset_attribute("a.nc", "schema", text, sizeof text, &err), &err, "a.nc") == FHRL_OK)
    fuzz_claim(strlen(text) < sizeof text, "an attribute without an end");
  return status;
}

const fuzz_target fuzz_subject = {"recording", .flips = 16, .setup = setup, .seeds = seeds, .one = one};
