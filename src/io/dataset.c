// SPDX-License-Identifier: GPL-3.0-or-later
// dataset: NetCDF-4 files of trajectories and recorded inputs
//
// A file is built in memory and written by base/file: HDF5 1.10 crashes when the disk is full while it closes a file.
#include "io/dataset.h"

#include <assert.h>
#include <dlfcn.h>
#include <netcdf.h>
#include <netcdf_mem.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

// Neither NetCDF nor HDF5 may be entered by two threads at once.
static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;

// HDF5 prints every error to stderr, even those that NetCDF expects. NetCDF turns that off in the first thread that
// enters it; a thread-safe HDF5 has the switch per thread. The function is looked up in the HDF5 that NetCDF brought
// along, because linking with -lhdf5 may bring another one (serial, MPI) into the program.
static void enter(void)
{
  typedef int set_auto(int64_t stack, void *function, void *data);
  pthread_mutex_lock(&library);
  void *program = dlopen(NULL, RTLD_LAZY);
  void *found = program ? dlsym(program, "H5Eset_auto2") : NULL;
  if (found) {
    set_auto *silence;
    memcpy(&silence, &found, sizeof silence); // ISO C has no cast from an object's to a function's address
    silence(0, NULL, NULL);
  }
  if (program) dlclose(program);
}

static void leave(void) { pthread_mutex_unlock(&library); }

// NetCDF's codes are negative, those of the system positive.
static fhrl_status failed(int code, const char *path, const char *what, fhrl_err *err)
{
  const fhrl_status status = code == NC_ENOMEM ? FHRL_NOMEM : code > 0 ? FHRL_IO : FHRL_FORMAT;
  return fhrl_fail(err, status, "%s: %s: %s", path, what, nc_strerror(code));
}

#define NC_TRY(call, path, what)                                                                   \
  do {                                                                                             \
    const int nc_try_ = (call);                                                                    \
    if (nc_try_ != NC_NOERR) return failed(nc_try_, path, what, err);                              \
  } while (0)

static fhrl_status define_dimension(
  int id, const char *path, const fhrl_variable *v, int axis, int *out, fhrl_err *err)
{
  const char *name = v->dimension[axis];
  size_t size;
  if (v->size[axis] == 0) // NetCDF would take it for a dimension without limit
    return fhrl_fail(err, FHRL_ARG, "%s: dimension '%s' of '%s' is empty", path, name, v->name);
  if (nc_inq_dimid(id, name, out) != NC_NOERR) {
    NC_TRY(nc_def_dim(id, name, v->size[axis], out), path, name);
    return FHRL_OK;
  }
  NC_TRY(nc_inq_dimlen(id, *out, &size), path, name);
  if (size == v->size[axis]) return FHRL_OK;
  return fhrl_fail(err, FHRL_ARG, "%s: dimension '%s' has size %zu, but %zu in '%s'", path, name, size,
    v->size[axis], v->name);
}

static fhrl_status put_text(
  int id, int variable, const char *path, const char *key, const char *text, fhrl_err *err)
{
  NC_TRY(nc_put_att_text(id, variable, key, strlen(text), text), path, key);
  return FHRL_OK;
}

static fhrl_status define(
  int id, const char *path, const fhrl_variable *v, int real32, int *out, fhrl_err *err)
{
  int dimension[FHRL_DATASET_RANK];
  assert(v->rank >= 0 && v->rank <= FHRL_DATASET_RANK);
  for (int i = 0; i < v->rank; i++) FHRL_TRY(define_dimension(id, path, v, i, &dimension[i], err));
  NC_TRY(nc_def_var(id, v->name, real32 ? NC_FLOAT : NC_DOUBLE, v->rank, dimension, out), path, v->name);
  if (v->unit) FHRL_TRY(put_text(id, *out, path, "units", v->unit, err));
  if (v->meaning) FHRL_TRY(put_text(id, *out, path, "long_name", v->meaning, err));
  return FHRL_OK;
}

static fhrl_status put_data(
  int id, const char *path, const fhrl_variable *v, int real32, int variable, fhrl_err *err)
{
  if (!real32) {
    NC_TRY(nc_put_var_double(id, variable, v->data), path, v->name);
    return FHRL_OK;
  }
  size_t n = 1;
  for (int i = 0; i < v->rank; i++) n *= v->size[i];
  float *narrow = malloc(n * sizeof *narrow);
  if (narrow == NULL)
    return fhrl_fail(err, FHRL_NOMEM, "%s: no memory for %zu numbers of '%s'", path, n, v->name);
  for (size_t i = 0; i < n; i++)
    narrow[i] = (float)v->data[i]; // NetCDF's own conversion refuses an infinity
  const int code = nc_put_var_float(id, variable, narrow);
  free(narrow);
  NC_TRY(code, path, v->name);
  return FHRL_OK;
}

static fhrl_status fill(int id, const char *path, const fhrl_variable variables[], int count, int real32,
  const char *const attributes[], fhrl_err *err)
{
  int *variable = malloc(((size_t)count + 1) * sizeof *variable);
  fhrl_status status = FHRL_OK;
  if (variable == NULL) return fhrl_fail(err, FHRL_NOMEM, "%s: no memory for %d variables", path, count);
  nc_set_fill(id, NC_NOFILL, NULL); // everything is written: no need to fill it before
  for (const char *const *a = attributes; a && *a; a += 2)
    FHRL_DO(status, put_text(id, NC_GLOBAL, path, a[0], a[1], err));
  for (int i = 0; i < count; i++)
    FHRL_DO(status, define(id, path, &variables[i], real32, &variable[i], err));
  const int code = nc_enddef(id);
  if (code != NC_NOERR) {
    status = failed(code, path, "definitions", err);
    goto done;
  }
  for (int i = 0; i < count; i++)
    FHRL_DO(status, put_data(id, path, &variables[i], real32, variable[i], err));
done:
  free(variable);
  return status;
}

// The image of a whole file, owned by the caller (image->memory).
static fhrl_status build(const char *path, const fhrl_variable variables[], int count, int real32,
  const char *const attributes[], NC_memio *image, fhrl_err *err)
{
  int id;
  NC_TRY(nc_create_mem("image", NC_NETCDF4, 0, &id), path, "new file");
  const fhrl_status status = fill(id, path, variables, count, real32, attributes, err);
  if (status != FHRL_OK) {
    nc_abort(id);
    return status;
  }
  NC_TRY(nc_close_memio(id, image), path, "new file");
  return FHRL_OK;
}

fhrl_status fhrl_dataset_save(const char *path, const fhrl_variable variables[], int count, int real32,
  const char *const attributes[], fhrl_err *err)
{
  NC_memio image = {0};
  fhrl_file f;
  enter();
  fhrl_status status = build(path, variables, count, real32, attributes, &image, err);
  leave();
  if (status != FHRL_OK) return status;
  FHRL_DO(status, fhrl_file_begin(&f, path, err));
  fwrite(image.memory, 1, image.size, f.stream);
  status = fhrl_file_commit(&f, err);
done:
  free(image.memory);
  return status;
}

// NetCDF takes a name like http://... to the network: it gets the absolute path of a regular file, and nothing else.
static fhrl_status open_file(const char *path, int *id, fhrl_err *err)
{
  char absolute[FHRL_PATH_SIZE];
  FILE *stream;
  size_t size;
  FHRL_TRY(fhrl_file_open(path, &stream, &size, err));
  fclose(stream);
  FHRL_TRY(fhrl_file_absolute(path, absolute, err));
  if (strchr(absolute, '\\')) // NetCDF would take it for a slash
    return fhrl_fail(err, FHRL_ARG, "%s: NetCDF cannot open a path with a backslash", path);
  NC_TRY(nc_open(absolute, NC_NOWRITE, id), path, "cannot open");
  return FHRL_OK;
}

static fhrl_status shape_of(
  int id, const char *path, const char *name, int rank, int *variable, size_t size[], fhrl_err *err)
{
  int has, dimension[FHRL_DATASET_RANK];
  assert(rank >= 0 && rank <= FHRL_DATASET_RANK);
  NC_TRY(nc_inq_varid(id, name, variable), path, name);
  NC_TRY(nc_inq_varndims(id, *variable, &has), path, name);
  if (has != rank)
    return fhrl_fail(err, FHRL_FORMAT, "%s: '%s' has rank %d where %d is needed", path, name, has, rank);
  NC_TRY(nc_inq_vardimid(id, *variable, dimension), path, name);
  for (int i = 0; i < rank; i++) NC_TRY(nc_inq_dimlen(id, dimension[i], &size[i]), path, name);
  return FHRL_OK;
}

fhrl_status fhrl_dataset_shape(
  const char *path, const char *variable, int rank, size_t size[], fhrl_err *err)
{
  int id, v;
  size_t found[FHRL_DATASET_RANK];
  enter();
  fhrl_status status = open_file(path, &id, err);
  if (status == FHRL_OK) {
    status = shape_of(id, path, variable, rank, &v, found, err);
    nc_close(id);
  }
  leave();
  for (int i = 0; status == FHRL_OK && i < rank; i++) size[i] = found[i];
  return status;
}

// What was never written reads as the variable's fill value, which is a number like any other; in a file that is written without
// fill values, as ours are, it cannot be told.
static fhrl_status check_written(int id, const char *path, const char *variable, int v, nc_type type, size_t n, const double x[],
  fhrl_err *err)
{
  int off;
  float narrow = 0.0f;
  double fill = 0.0;
  NC_TRY(nc_inq_var_fill(id, v, &off, type == NC_FLOAT ? (void *)&narrow : (void *)&fill), path, variable);
  if (off) return FHRL_OK;
  if (type == NC_FLOAT) fill = (double)narrow;
  for (size_t i = 0; i < n; i++)
    if (x[i] == fill)
      return fhrl_fail(err, FHRL_FORMAT, "%s: '%s' was never written at index %zu of what is read: it holds the fill value %g", path,
        variable, i, fill);
  return FHRL_OK;
}

static fhrl_status read_slab(int id, const char *path, const char *variable, int rank, const size_t start[],
  const size_t count[], double out[], fhrl_err *err)
{
  int v;
  size_t size[FHRL_DATASET_RANK], n = 1;
  nc_type type;
  FHRL_TRY(shape_of(id, path, variable, rank, &v, size, err));
  NC_TRY(nc_inq_vartype(id, v, &type), path, variable);
  if (type != NC_FLOAT && type != NC_DOUBLE)
    return fhrl_fail(err, FHRL_FORMAT, "%s: '%s' does not hold floating-point numbers", path, variable);
  for (int i = 0; i < rank; i++) {
    if (start[i] > size[i] || count[i] > size[i] - start[i])
      return fhrl_fail(err, FHRL_FORMAT,
        "%s: '%s' has %zu entries along dimension %d, too few for %zu from %zu on", path, variable, size[i],
        i, count[i], start[i]);
    n *= count[i];
  }
  NC_TRY(nc_get_vara_double(id, v, start, count, out), path, variable);
  return check_written(id, path, variable, v, type, n, out, err);
}

fhrl_status fhrl_dataset_read(const char *path, const char *variable, int rank, const size_t start[],
  const size_t count[], double out[], fhrl_err *err)
{
  int id;
  enter();
  fhrl_status status = open_file(path, &id, err);
  if (status == FHRL_OK) {
    status = read_slab(id, path, variable, rank, start, count, out, err);
    nc_close(id);
  }
  leave();
  return status;
}

fhrl_status fhrl_dataset_load(const char *path, const char *variable, int rank, const size_t start[],
  const size_t count[], double **out, fhrl_err *err)
{
  size_t n = 1;
  for (int i = 0; i < rank; i++) {
    if (count[i] > 0 && n > FHRL_DATASET_NUMBERS / count[i])
      return fhrl_fail(err, FHRL_LIMIT, "%s: more than %d numbers of '%s' are wanted at once", path, FHRL_DATASET_NUMBERS, variable);
    n *= count[i];
  }
  double *data = malloc((n ? n : 1) * sizeof *data);
  if (data == NULL) return fhrl_fail(err, FHRL_NOMEM, "%s: no memory for %zu numbers of '%s'", path, n, variable);
  const fhrl_status status = fhrl_dataset_read(path, variable, rank, start, count, data, err);
  if (status == FHRL_OK)
    *out = data;
  else
    free(data);
  return status;
}

static fhrl_status read_text(
  int id, const char *path, const char *key, char out[], size_t size, fhrl_err *err)
{
  nc_type type;
  size_t length;
  NC_TRY(nc_inq_att(id, NC_GLOBAL, key, &type, &length), path, key);
  if (type != NC_CHAR) return fhrl_fail(err, FHRL_FORMAT, "%s: attribute '%s' is no text", path, key);
  char *text = malloc(length + 1);
  if (text == NULL) return fhrl_fail(err, FHRL_NOMEM, "%s: no memory for attribute '%s'", path, key);
  const int code = nc_get_att_text(id, NC_GLOBAL, key, text);
  text[length] = '\0';
  if (code == NC_NOERR) snprintf(out, size, "%s", text);
  free(text);
  NC_TRY(code, path, key);
  return FHRL_OK;
}

fhrl_status fhrl_dataset_attribute(
  const char *path, const char *key, char out[], size_t size, fhrl_err *err)
{
  int id;
  enter();
  fhrl_status status = open_file(path, &id, err);
  if (status == FHRL_OK) {
    status = read_text(id, path, key, out, size, err);
    nc_close(id);
  }
  leave();
  return status;
}

const char *fhrl_dataset_version(void)
{
  static char version[32];
  pthread_mutex_lock(&library);
  if (version[0] == '\0')
    snprintf(version, sizeof version, "%.*s", (int)strcspn(nc_inq_libvers(), " "), nc_inq_libvers());
  pthread_mutex_unlock(&library);
  return version;
}
