// SPDX-License-Identifier: GPL-3.0-or-later
// safetensors: reading named tensors from a file that is not trusted
#include "io/safetensors.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "io/safetensors_header.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the data of safetensors are little-endian, and this machine is not"
#endif

enum { ALIGNMENT = 64, LENGTH_BYTES = 8 };

struct fhrl_safetensors {
  char path[FHRL_PATH_SIZE];
  fhrl_safetensors_header header;
  unsigned char *data; // owned; every tensor begins at a multiple of ALIGNMENT
};

static size_t aligned(size_t bytes) { return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

static size_t bytes_of(const fhrl_tensor *t) { return t->count * fhrl_safetensors_header_width(t->dtype); }

static fhrl_status read_exactly(FILE *stream, void *out, size_t size, fhrl_err *err)
{
  errno = 0;
  if (fread(out, 1, size, stream) == size) return FHRL_OK;
  return fhrl_fail(err, FHRL_IO, "cannot read: %s",
    ferror(stream) ? strerror(errno) : "the file became shorter while it was read");
}

// The header's length is compared with a limit and with the file before anything is allocated for it.
static fhrl_status read_header(FILE *stream, size_t size, fhrl_safetensors_header *out, fhrl_err *err)
{
  unsigned char raw[LENGTH_BYTES];
  uint64_t length = 0;
  if (size < LENGTH_BYTES)
    return fhrl_fail(err, FHRL_FORMAT, "%zu bytes are too few for a safetensors file", size);
  FHRL_TRY(read_exactly(stream, raw, LENGTH_BYTES, err));
  for (int i = LENGTH_BYTES - 1; i >= 0; i--) length = length << 8 | raw[i];
  if (length > FHRL_SAFETENSORS_HEADER_LIMIT)
    return fhrl_fail(err, FHRL_FORMAT, "a header of %ju bytes is above the limit of %d", (uintmax_t)length,
      FHRL_SAFETENSORS_HEADER_LIMIT);
  if (length > size - LENGTH_BYTES)
    return fhrl_fail(
      err, FHRL_FORMAT, "a header of %ju bytes does not fit into a file of %zu", (uintmax_t)length, size);
  char *text = malloc((size_t)length + 1);
  if (text == NULL)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for a header of %ju bytes", (uintmax_t)length);
  fhrl_status status = read_exactly(stream, text, (size_t)length, err);
  if (status == FHRL_OK)
    status = fhrl_safetensors_header_parse(
      text, (size_t)length, size - LENGTH_BYTES - (size_t)length, out, err);
  free(text);
  return status;
}

// The checked header says that the tensors follow each other without gaps: they are read one after the other.
static fhrl_status read_data(FILE *stream, fhrl_safetensors *f, fhrl_err *err)
{
  size_t total = ALIGNMENT;
  for (int i = 0; i < f->header.count; i++) total += aligned(bytes_of(&f->header.tensor[i]));
  f->data = aligned_alloc(ALIGNMENT, total);
  if (f->data == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %zu bytes of tensors", total);
  unsigned char *at = f->data;
  for (int i = 0; i < f->header.count; i++) {
    fhrl_tensor *t = &f->header.tensor[i];
    FHRL_TRY(read_exactly(stream, at, bytes_of(t), err));
    t->data = at;
    at += aligned(bytes_of(t));
  }
  return FHRL_OK;
}

fhrl_status fhrl_safetensors_open(const char *path, fhrl_safetensors **out, fhrl_err *err)
{
  FILE *stream;
  size_t size;
  FHRL_TRY(fhrl_file_open(path, &stream, &size, err));
  fhrl_safetensors *f = calloc(1, sizeof *f);
  if (f == NULL) {
    fclose(stream);
    return fhrl_fail(err, FHRL_NOMEM, "no memory to read %s", path);
  }
  snprintf(f->path, sizeof f->path, "%s", path);
  fhrl_status status = read_header(stream, size, &f->header, err);
  if (status == FHRL_OK) status = read_data(stream, f, err);
  fclose(stream);
  if (status != FHRL_OK) {
    fhrl_status_context(err, "%s", path);
    fhrl_safetensors_close(f);
    return status;
  }
  *out = f;
  return FHRL_OK;
}

void fhrl_safetensors_close(fhrl_safetensors *f)
{
  if (f == NULL) return;
  fhrl_safetensors_header_free(&f->header);
  free(f->data);
  free(f);
}

const char *fhrl_safetensors_path(const fhrl_safetensors *f) { return f->path; }

int fhrl_safetensors_count(const fhrl_safetensors *f) { return f->header.count; }

const fhrl_tensor *fhrl_safetensors_at(const fhrl_safetensors *f, int index)
{
  return index >= 0 && index < f->header.count ? &f->header.tensor[index] : NULL;
}

const fhrl_tensor *fhrl_safetensors_find(const fhrl_safetensors *f, const char *name)
{
  for (int i = 0; i < f->header.count; i++)
    if (strcmp(f->header.tensor[i].name, name) == 0) return &f->header.tensor[i];
  return NULL;
}

const char *fhrl_safetensors_metadata(const fhrl_safetensors *f, const char *key)
{
  for (const char *const *m = f->header.metadata; *m; m += 2)
    if (strcmp(m[0], key) == 0) return m[1];
  return NULL;
}

const char *fhrl_safetensors_metadata_at(const fhrl_safetensors *f, int index, const char **key)
{
  const char *const *m = f->header.metadata;
  for (; index > 0 && *m; index--) m += 2;
  if (*m == NULL) return NULL;
  *key = m[0];
  return m[1];
}

static void shape_text(int rank, const size_t shape[], char out[], size_t size)
{
  size_t used = (size_t)snprintf(out, size, "(");
  for (int i = 0; i < rank && used < size; i++)
    used += (size_t)snprintf(out + used, size - used, i ? ", %zu" : "%zu", shape[i]);
  if (used < size) snprintf(out + used, size - used, ")");
}

// Of a name that is not there, with those that are.
static fhrl_status no_tensor(const fhrl_safetensors *f, const char *name, fhrl_err *err)
{
  char list[400] = "";
  const int count = fhrl_safetensors_count(f);
  for (int i = 0; i < count; i++) {
    const fhrl_tensor *t = fhrl_safetensors_at(f, i);
    const size_t used = strlen(list);
    if (t) snprintf(list + used, sizeof list - used, " %s", t->name);
  }
  const int cut = strlen(list) + 1 == sizeof list;
  return fhrl_fail(err, FHRL_FORMAT, "%s: no tensor '%s'; it has%s%s%s", f->path, name, count > 0 ? ":" : " none", list, cut ? "..." : "");
}

// The tensor of that name, if it holds numbers of floating point in that shape.
static fhrl_status wanted(const fhrl_safetensors *f, const char *name, int rank, const size_t shape[],
  const fhrl_tensor **out, fhrl_err *err)
{
  const fhrl_tensor *t = fhrl_safetensors_find(f, name);
  if (t == NULL) return no_tensor(f, name, err);
  if (t->rank != rank || (rank > 0 && memcmp(t->shape, shape, (size_t)rank * sizeof *shape) != 0)) {
    char has[FHRL_TENSOR_RANK * 22], needs[FHRL_TENSOR_RANK * 22];
    shape_text(t->rank, t->shape, has, sizeof has);
    shape_text(rank, shape, needs, sizeof needs);
    return fhrl_fail(
      err, FHRL_FORMAT, "%s: tensor '%s' has shape %s where %s is needed", f->path, name, has, needs);
  }
  if (t->dtype != FHRL_F32 && t->dtype != FHRL_F64)
    return fhrl_fail(err, FHRL_FORMAT, "%s: tensor '%s' has dtype %s where F32 or F64 is needed", f->path,
      name, fhrl_safetensors_header_dtype(t->dtype));
  *out = t;
  return FHRL_OK;
}

fhrl_status fhrl_safetensors_expect(
  const fhrl_safetensors *f, const char *name, int rank, const size_t shape[], fhrl_err *err)
{
  const fhrl_tensor *t;
  return wanted(f, name, rank, shape, &t, err);
}

static double element(const fhrl_tensor *t, size_t i)
{
  return t->dtype == FHRL_F32 ? (double)((const float *)t->data)[i] : ((const double *)t->data)[i];
}

// bad: index of the first number that is not finite, or the count if all are
static fhrl_status verdict(const fhrl_safetensors *f, const fhrl_tensor *t, size_t bad, fhrl_err *err)
{
  if (bad == t->count) return FHRL_OK;
  return fhrl_fail(err, FHRL_NUMERIC, "%s: tensor '%s' is not finite at index %zu", f->path, t->name, bad);
}

fhrl_status fhrl_safetensors_read(
  const fhrl_safetensors *f, const char *name, int rank, const size_t shape[], double out[], fhrl_err *err)
{
  const fhrl_tensor *t;
  FHRL_TRY(wanted(f, name, rank, shape, &t, err));
  size_t bad = t->count;
  for (size_t i = t->count; i-- > 0;) {
    out[i] = element(t, i);
    if (!isfinite(out[i])) bad = i;
  }
  return verdict(f, t, bad, err);
}

fhrl_status fhrl_safetensors_read_float(
  const fhrl_safetensors *f, const char *name, int rank, const size_t shape[], float out[], fhrl_err *err)
{
  const fhrl_tensor *t;
  FHRL_TRY(wanted(f, name, rank, shape, &t, err));
  size_t bad = t->count;
  for (size_t i = t->count; i-- > 0;) {
    out[i] = (float)element(t, i); // a double beyond the range of float becomes infinite, and is told
    if (!isfinite(out[i])) bad = i;
  }
  return verdict(f, t, bad, err);
}
