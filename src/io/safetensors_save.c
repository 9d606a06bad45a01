// SPDX-License-Identifier: GPL-3.0-or-later
// safetensors_save: writing named tensors, so that the reader accepts what was written
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "io/safetensors_header.h"

static fhrl_status no_memory(fhrl_err *err)
{
  return fhrl_fail(err, FHRL_NOMEM, "no memory for the header");
}

static fhrl_status check_name(const char *name, fhrl_err *err)
{
  if (fhrl_safetensors_header_name(name, NULL) == FHRL_OK) return FHRL_OK;
  return fhrl_fail(err, FHRL_ARG, "name '%.64s' is too long or holds a control character", name);
}

static fhrl_status put_metadata(json_t *root, const char *const metadata[], fhrl_err *err)
{
  if (metadata == NULL || metadata[0] == NULL) return FHRL_OK;
  json_t *object = json_object();
  if (object == NULL || json_object_set_new(root, "__metadata__", object) != 0) return no_memory(err);
  for (const char *const *m = metadata; *m; m += 2) {
    FHRL_TRY(check_name(m[0], err));
    if (json_object_get(object, m[0])) return fhrl_fail(err, FHRL_ARG, "metadata key '%s' twice", m[0]);
    json_t *value = json_string(m[1]);
    if (value == NULL || json_object_set_new(object, m[0], value) != 0)
      return fhrl_fail(err, FHRL_ARG, "metadata entry '%s' is not UTF-8", m[0]);
  }
  return FHRL_OK;
}

static fhrl_status put_tensor(json_t *root, const fhrl_tensor *t, size_t *at, fhrl_err *err)
{
  size_t count, bytes;
  FHRL_TRY(check_name(t->name, err));
  if (strcmp(t->name, "__metadata__") == 0)
    return fhrl_fail(err, FHRL_ARG, "a tensor may not be named %s", t->name);
  if (json_object_get(root, t->name)) return fhrl_fail(err, FHRL_ARG, "tensor '%s' twice", t->name);
  if (t->rank < 0 || t->rank > FHRL_TENSOR_RANK)
    return fhrl_fail(err, FHRL_ARG, "tensor '%s' has rank %d", t->name, t->rank);
  if (fhrl_safetensors_header_size(t, &count, &bytes, NULL) != FHRL_OK || count != t->count)
    return fhrl_fail(
      err, FHRL_ARG, "tensor '%s' has %zu elements, which is not its shape", t->name, t->count);
  json_t *shape = json_array();
  for (int i = 0; i < t->rank; i++)
    if (json_array_append_new(shape, json_integer((json_int_t)t->shape[i])) != 0) {
      json_decref(shape);
      return no_memory(err);
    }
  json_t *value = json_pack("{s:s, s:o, s:[I, I]}", "dtype", fhrl_safetensors_header_dtype(t->dtype),
    "shape", shape, "data_offsets", (json_int_t)*at, (json_int_t)(*at + bytes));
  if (value == NULL || json_object_set_new(root, t->name, value) != 0)
    return fhrl_fail(err, FHRL_ARG, "the name '%s' is not UTF-8", t->name);
  *at += bytes;
  return FHRL_OK;
}

// Owned text of the header.
static fhrl_status header_text(
  const fhrl_tensor tensors[], int count, const char *const metadata[], char **out, fhrl_err *err)
{
  size_t at = 0;
  fhrl_status status;
  if (count > FHRL_TENSOR_MAX)
    return fhrl_fail(err, FHRL_LIMIT, "%d tensors are more than %d", count, FHRL_TENSOR_MAX);
  json_t *root = json_object();
  if (root == NULL) return no_memory(err);
  FHRL_DO(status, put_metadata(root, metadata, err));
  for (int i = 0; i < count; i++) FHRL_DO(status, put_tensor(root, &tensors[i], &at, err));
  *out = json_dumps(root, JSON_COMPACT);
  if (*out == NULL) status = no_memory(err);
done:
  json_decref(root);
  return status;
}

fhrl_status fhrl_safetensors_save(
  const char *path, const fhrl_tensor tensors[], int count, const char *const metadata[], fhrl_err *err)
{
  char *text = NULL;
  fhrl_file f = {0};
  fhrl_status status = header_text(tensors, count, metadata, &text, err);
  const size_t length = text ? strlen(text) : 0;
  const size_t padded = (length + 7) / 8 * 8; // the data begin at a multiple of 8
  if (padded > FHRL_SAFETENSORS_HEADER_LIMIT)
    status = fhrl_fail(err, FHRL_LIMIT, "a header of %zu bytes is above the limit of %d", padded,
      FHRL_SAFETENSORS_HEADER_LIMIT);
  if (status != FHRL_OK) {
    free(text);
    fhrl_status_context(err, "%s", path);
    return status;
  }
  FHRL_DO(status, fhrl_file_begin(&f, path, err));
  for (int i = 0; i < 8; i++) putc((int)((uint64_t)padded >> (8 * i) & 0xff), f.stream);
  fprintf(f.stream, "%s%*s", text, (int)(padded - length), "");
  for (int i = 0; i < count; i++)
    fwrite(tensors[i].data, fhrl_safetensors_header_width(tensors[i].dtype), tensors[i].count, f.stream);
  status = fhrl_file_commit(&f, err);
done:
  free(text);
  return status;
}
