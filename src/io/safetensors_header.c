// SPDX-License-Identifier: GPL-3.0-or-later
// safetensors_header: the JSON header of a safetensors file, checked rule by rule
#include "io/safetensors_header.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  size_t width; // bytes
} dtypes[] = {
  [FHRL_F32] = {"F32", 4},
  [FHRL_F64] = {"F64", 8},
  [FHRL_I64] = {"I64", 8},
  [FHRL_U8] = {"U8", 1},
};
enum { N_DTYPE = sizeof dtypes / sizeof dtypes[0] };

static const char metadata_key[] = "__metadata__";
static const char *const fields[] = {"dtype", "shape", "data_offsets"};

// A tensor takes at most 12 values: with this many, the parsed header stays below some 200 MB.
enum { VALUES_MAX = 16 * FHRL_TENSOR_MAX };

typedef struct entry {
  fhrl_tensor tensor;
  size_t begin, end; // bytes, within the data
  int order;         // in the header
} entry;

size_t fhrl_safetensors_header_width(fhrl_dtype dtype) { return dtypes[dtype].width; }

const char *fhrl_safetensors_header_dtype(fhrl_dtype dtype) { return dtypes[dtype].name; }

fhrl_status fhrl_safetensors_header_name(const char *name, fhrl_err *err)
{
  const size_t length = strlen(name);
  if (length > FHRL_TENSOR_NAME)
    return fhrl_fail(err, FHRL_FORMAT, "a name of %zu bytes is longer than %d", length, FHRL_TENSOR_NAME);
  for (const unsigned char *c = (const unsigned char *)name; *c; c++)
    if (*c < 0x20 || *c == 0x7f || (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0))
      return fhrl_fail(err, FHRL_FORMAT, "name '%s' holds a control character", name);
  return FHRL_OK;
}

// What the parser would let pass or answer with much memory: "-0", which it reads as 0, and a flood of values.
static fhrl_status scan(const char *text, size_t size, fhrl_err *err)
{
  int in_string = 0;
  size_t commas = 0;
  for (size_t i = 0; i < size; i++) {
    if (text[i] == '"')
      in_string = !in_string;
    else if (in_string)
      i += text[i] == '\\';
    else if (text[i] == '-')
      return fhrl_fail(err, FHRL_FORMAT, "byte %zu of the header begins a negative number", i);
    else if (text[i] == ',' && ++commas > VALUES_MAX)
      return fhrl_fail(err, FHRL_FORMAT, "the header has more than %d values", VALUES_MAX);
  }
  return FHRL_OK;
}

static fhrl_status load(const char *text, size_t size, json_t **out, fhrl_err *err)
{
  json_error_t fault;
  json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &fault);
  if (root == NULL) {
    switch (json_error_code(&fault)) {
    case json_error_out_of_memory: return fhrl_fail(err, FHRL_NOMEM, "no memory for the header");
    case json_error_invalid_utf8:
      return fhrl_fail(err, FHRL_FORMAT, "the header is not UTF-8: %s", fault.text);
    case json_error_null_character:
    case json_error_null_byte_in_key:
      return fhrl_fail(err, FHRL_FORMAT, "a NUL in a name or text of the header");
    case json_error_numeric_overflow:
      return fhrl_fail(err, FHRL_FORMAT, "a number of the header is too large: %s", fault.text);
    default: return fhrl_fail(err, FHRL_FORMAT, "byte %d of the header: %s", fault.position, fault.text);
    }
  }
  for (size_t i = (size_t)fault.position; i < size; i++)
    if (text[i] != ' ') {
      json_decref(root);
      return fhrl_fail(err, FHRL_FORMAT, "byte %zu, behind the header's end, is no space", i);
    }
  *out = root;
  return FHRL_OK;
}

static fhrl_status whole_number(const json_t *value, const char *what, size_t *out, fhrl_err *err)
{
  if (!json_is_integer(value)) // a sign has been refused before
    return fhrl_fail(err, FHRL_FORMAT, "%s holds what is no plain non-negative integer", what);
  *out = (size_t)json_integer_value(value);
  return FHRL_OK;
}

static fhrl_status dtype_of(const char *name, fhrl_dtype *out, fhrl_err *err)
{
  if (name == NULL) return fhrl_fail(err, FHRL_FORMAT, "dtype is no text");
  for (int i = 0; i < N_DTYPE; i++)
    if (strcmp(name, dtypes[i].name) == 0) {
      *out = (fhrl_dtype)i;
      return FHRL_OK;
    }
  return fhrl_fail(err, FHRL_FORMAT, "dtype '%.32s' is none of F32, F64, I64, U8", name);
}

static fhrl_status check_fields(json_t *object, fhrl_err *err)
{
  const char *key;
  json_t *value;
  if (!json_is_object(object)) return fhrl_fail(err, FHRL_FORMAT, "its entry is no object");
  for (int i = 0; i < 3; i++)
    if (json_object_get(object, fields[i]) == NULL)
      return fhrl_fail(err, FHRL_FORMAT, "it has no field '%s'", fields[i]);
  json_object_foreach(object, key, value) {
    if (strcmp(key, fields[0]) != 0 && strcmp(key, fields[1]) != 0 && strcmp(key, fields[2]) != 0)
      return fhrl_fail(err, FHRL_FORMAT, "unknown field '%.64s'", key);
  }
  return FHRL_OK;
}

fhrl_status fhrl_safetensors_header_size(const fhrl_tensor *t, size_t *count, size_t *bytes, fhrl_err *err)
{
  size_t product = 1;
  for (int i = 0; i < t->rank; i++) {
    if (t->shape[i] != 0 && product > SIZE_MAX / t->shape[i])
      return fhrl_fail(err, FHRL_FORMAT, "the product of its shape overflows");
    product *= t->shape[i];
  }
  if (product > SIZE_MAX / dtypes[t->dtype].width)
    return fhrl_fail(err, FHRL_FORMAT, "its size in bytes overflows");
  *count = product;
  *bytes = product * dtypes[t->dtype].width;
  return FHRL_OK;
}

static fhrl_status parse_tensor(json_t *object, size_t data_size, entry *e, fhrl_err *err)
{
  fhrl_tensor *t = &e->tensor;
  size_t bytes = 0;
  FHRL_TRY(check_fields(object, err));
  FHRL_TRY(dtype_of(json_string_value(json_object_get(object, "dtype")), &t->dtype, err));
  const json_t *shape = json_object_get(object, "shape");
  const json_t *offsets = json_object_get(object, "data_offsets");
  if (!json_is_array(shape)) return fhrl_fail(err, FHRL_FORMAT, "shape is no array");
  if (json_array_size(shape) > FHRL_TENSOR_RANK)
    return fhrl_fail(err, FHRL_FORMAT, "rank %zu is above %d", json_array_size(shape), FHRL_TENSOR_RANK);
  t->rank = (int)json_array_size(shape);
  for (int i = 0; i < t->rank; i++)
    FHRL_TRY(whole_number(json_array_get(shape, (size_t)i), "shape", &t->shape[i], err));
  if (json_array_size(offsets) != 2) return fhrl_fail(err, FHRL_FORMAT, "data_offsets is no pair");
  FHRL_TRY(whole_number(json_array_get(offsets, 0), "data_offsets", &e->begin, err));
  FHRL_TRY(whole_number(json_array_get(offsets, 1), "data_offsets", &e->end, err));
  FHRL_TRY(fhrl_safetensors_header_size(t, &t->count, &bytes, err));
  if (e->begin > e->end)
    return fhrl_fail(err, FHRL_FORMAT, "its data begin at %zu, behind their end %zu", e->begin, e->end);
  if (e->end > data_size)
    return fhrl_fail(
      err, FHRL_FORMAT, "its data end at %zu, beyond the %zu bytes of the file's data", e->end, data_size);
  if (e->end - e->begin != bytes)
    return fhrl_fail(
      err, FHRL_FORMAT, "its data have %zu bytes where shape and dtype need %zu", e->end - e->begin, bytes);
  return FHRL_OK;
}

static fhrl_status parse_metadata(json_t *object, const char ***out, fhrl_err *err)
{
  const char *key;
  json_t *value;
  if (object != NULL && !json_is_object(object))
    return fhrl_fail(err, FHRL_FORMAT, "__metadata__ is no object");
  *out = calloc(2 * json_object_size(object) + 1, sizeof **out);
  if (*out == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the metadata");
  size_t n = 0;
  json_object_foreach(object, key, value) {
    FHRL_TRY(fhrl_safetensors_header_name(key, err));
    if (!json_is_string(value))
      return fhrl_fail(err, FHRL_FORMAT, "__metadata__ entry '%s' is no text", key);
    (*out)[n++] = key;
    (*out)[n++] = json_string_value(value);
  }
  return FHRL_OK;
}

static int by_place(const void *a, const void *b)
{
  const entry *p = a, *q = b;
  if (p->begin != q->begin) return p->begin < q->begin ? -1 : 1;
  if (p->end != q->end) return p->end < q->end ? -1 : 1; // empty tensors stand before the one that follows
  return p->order - q->order;
}

static fhrl_status check_places(const entry e[], int n, size_t data_size, fhrl_err *err)
{
  size_t at = 0;
  for (int i = 0; i < n; i++) {
    if (e[i].begin > at)
      return fhrl_fail(err, FHRL_FORMAT, "a gap before tensor '%s': bytes %zu to %zu belong to none",
        e[i].tensor.name, at, e[i].begin);
    if (e[i].begin < at)
      return fhrl_fail(err, FHRL_FORMAT, "tensor '%s' overlaps the one before it at byte %zu",
        e[i].tensor.name, e[i].begin);
    at = e[i].end;
  }
  if (at != data_size)
    return fhrl_fail(err, FHRL_FORMAT, "the tensors end at byte %zu of %zu bytes of data", at, data_size);
  return FHRL_OK;
}

static fhrl_status parse_entries(json_t *root, size_t data_size, entry e[], int *n, fhrl_err *err)
{
  const char *key;
  json_t *value;
  int count = 0;
  json_object_foreach(root, key, value) {
    if (strcmp(key, metadata_key) == 0) continue;
    FHRL_TRY(fhrl_safetensors_header_name(key, err));
    e[count] = (entry){.tensor = {.name = key}, .order = count};
    const fhrl_status status = parse_tensor(value, data_size, &e[count], err);
    if (status != FHRL_OK) {
      fhrl_status_context(err, "tensor '%s'", key);
      return status;
    }
    count++;
  }
  qsort(e, (size_t)count, sizeof *e, by_place);
  *n = count;
  return check_places(e, count, data_size, err);
}

fhrl_status fhrl_safetensors_header_parse(
  const char *text, size_t size, size_t data_size, fhrl_safetensors_header *out, fhrl_err *err)
{
  fhrl_safetensors_header h = {0};
  entry *e = NULL;
  fhrl_status status;
  if (size == 0 || text[0] != '{') return fhrl_fail(err, FHRL_FORMAT, "the header does not begin with '{'");
  FHRL_TRY(scan(text, size, err));
  FHRL_TRY(load(text, size, &h.json, err));
  json_t *metadata = json_object_get(h.json, metadata_key);
  const size_t tensors = json_object_size(h.json) - (metadata != NULL);
  FHRL_DO(status, parse_metadata(metadata, &h.metadata, err));
  if (tensors > FHRL_TENSOR_MAX) {
    status = fhrl_fail(err, FHRL_FORMAT, "%zu tensors are more than %d", tensors, FHRL_TENSOR_MAX);
    goto done;
  }
  e = calloc(tensors + 1, sizeof *e);
  h.tensor = calloc(tensors + 1, sizeof *h.tensor);
  if (e == NULL || h.tensor == NULL) {
    status = fhrl_fail(err, FHRL_NOMEM, "no memory for %zu tensors", tensors);
    goto done;
  }
  FHRL_DO(status, parse_entries(h.json, data_size, e, &h.count, err));
  for (int i = 0; i < h.count; i++) h.tensor[i] = e[i].tensor;
  *out = h;
  h = (fhrl_safetensors_header){0};
done:
  free(e);
  fhrl_safetensors_header_free(&h);
  return status;
}

void fhrl_safetensors_header_free(fhrl_safetensors_header *h)
{
  free(h->tensor);
  free(h->metadata);
  json_decref(h->json);
  *h = (fhrl_safetensors_header){0};
}
