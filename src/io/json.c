// SPDX-License-Identifier: GPL-3.0-or-later
// json: results as JSON: 17 digits, and never a NaN
#include "io/json.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { LAYOUT = JSON_INDENT(2) | JSON_REAL_PRECISION(17), LOAD_LIMIT = 64 << 20, VALUES_MAX = 4 << 20 }; // bytes of a file; values in it

// Set once a value could not be allocated. One flag for the program, never cleared: a value that is missing somewhere
// must not be saved as if it were whole, whichever thread built it and whichever saves it.
static atomic_int incomplete;

static json_t *kept(json_t *value)
{
  if (value == NULL) atomic_store(&incomplete, 1);
  return value;
}

fhrl_json *fhrl_json_object(void) { return kept(json_object()); }

fhrl_json *fhrl_json_array(void) { return kept(json_array()); }

void fhrl_json_free(fhrl_json *value) { json_decref(value); }

void fhrl_json_put(fhrl_json *object, const char *key, fhrl_json *value)
{
  assert(object == NULL || json_is_object(object));
  if (object == NULL)
    json_decref(value);
  else if (json_object_set_new(object, key, value) != 0)
    kept(NULL);
}

void fhrl_json_add(fhrl_json *array, fhrl_json *value)
{
  assert(array == NULL || json_is_array(array));
  if (array == NULL)
    json_decref(value);
  else if (json_array_append_new(array, value) != 0)
    kept(NULL);
}

// JSON is UTF-8, but a path may hold any bytes: those of a text that is not UTF-8 become '?'.
static json_t *text_value(const char *text)
{
  if (text == NULL) return json_null();
  json_t *value = json_string(text);
  if (value != NULL) return value;
  char *ascii = malloc(strlen(text) + 1);
  if (ascii == NULL) return kept(NULL);
  strcpy(ascii, text);
  for (char *c = ascii; *c; c++)
    if ((unsigned char)*c >= 0x80) *c = '?';
  value = kept(json_string(ascii));
  free(ascii);
  return value;
}

static json_t *real_value(double value) { return isfinite(value) ? kept(json_real(value)) : json_null(); }

void fhrl_json_text(fhrl_json *object, const char *key, const char *value)
{
  if (object) fhrl_json_put(object, key, text_value(value));
}

void fhrl_json_null(fhrl_json *object, const char *key, const char *reason)
{
  if (object == NULL) return;
  fhrl_json_put(object, key, json_null());
  if (reason == NULL) return;
  const size_t length = strlen(key);
  char *sibling = malloc(length + sizeof "_reason");
  if (sibling == NULL) {
    kept(NULL);
    return;
  }
  memcpy(sibling, key, length);
  strcpy(sibling + length, "_reason");
  fhrl_json_text(object, sibling, reason);
  free(sibling);
}

void fhrl_json_real(fhrl_json *object, const char *key, double value, const char *reason)
{
  if (object == NULL) return;
  if (isfinite(value))
    fhrl_json_put(object, key, real_value(value));
  else
    fhrl_json_null(object, key, reason ? reason : "not finite");
}

void fhrl_json_int(fhrl_json *object, const char *key, long long value)
{
  if (object) fhrl_json_put(object, key, kept(json_integer(value)));
}

void fhrl_json_bool(fhrl_json *object, const char *key, int value)
{
  if (object) fhrl_json_put(object, key, json_boolean(value));
}

void fhrl_json_reals(fhrl_json *object, const char *key, const double values[], size_t n)
{
  if (object == NULL) return;
  fhrl_json *array = fhrl_json_array();
  for (size_t i = 0; i < n; i++) fhrl_json_add_real(array, values[i]);
  fhrl_json_put(object, key, array);
}

void fhrl_json_add_real(fhrl_json *array, double value)
{
  if (array) fhrl_json_add(array, real_value(value));
}

void fhrl_json_add_text(fhrl_json *array, const char *value)
{
  if (array) fhrl_json_add(array, text_value(value));
}

const fhrl_json *fhrl_json_get(const fhrl_json *object, const char *key)
{
  return json_object_get(object, key);
}

const fhrl_json *fhrl_json_at(const fhrl_json *array, size_t index) { return json_array_get(array, index); }

size_t fhrl_json_size(const fhrl_json *array) { return json_array_size(array); }

double fhrl_json_number(const fhrl_json *value)
{
  return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

const char *fhrl_json_string(const fhrl_json *value) { return json_string_value(value); }

int fhrl_json_truth(const fhrl_json *value) { return json_is_true(value) ? 1 : json_is_false(value) ? 0 : -1; }

const fhrl_json *fhrl_json_path(const fhrl_json *value, const char *path)
{
  char step[256];
  while (value && *path) {
    const size_t length = strcspn(path, ".[]");
    if (length == 0 || length >= sizeof step) return NULL;
    memcpy(step, path, length);
    step[length] = '\0';
    if (json_is_array(value)) {
      char *end;
      const unsigned long index = strtoul(step, &end, 10);
      value = *end || step[0] == '-' ? NULL : json_array_get(value, index);
    } else
      value = json_object_get(value, step);
    path += length;
    path += *path == ']';
    path += *path == '.' || *path == '[';
  }
  return value;
}

void fhrl_json_each(const fhrl_json *object, fhrl_json_visit *visit, void *context)
{
  json_t *own;
  memcpy(&own, &object, sizeof own); // jansson's iterators want a value that may be changed, and change none
  for (void *at = json_object_iter(own); at; at = json_object_iter_next(own, at))
    visit(context, json_object_iter_key(at), json_object_iter_value(at));
}

// An empty array is two bytes of a file and more than a hundred of memory: it is the values that have to be bounded. Commas and
// brackets within texts count, too.
static int has_too_many(const char *text, size_t size)
{
  size_t values = 0;
  for (size_t i = 0; i < size; i++) values += text[i] == ',' || text[i] == '[' || text[i] == '{';
  return values > VALUES_MAX;
}

fhrl_status fhrl_json_load(const char *path, fhrl_json **out, fhrl_err *err)
{
  char *text;
  size_t size;
  FHRL_TRY(fhrl_file_read(path, LOAD_LIMIT, &text, &size, err));
  if (has_too_many(text, size)) {
    free(text);
    return fhrl_fail(err, FHRL_LIMIT, "%s has more than %d values", path, VALUES_MAX);
  }
  json_error_t fault;
  json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, &fault);
  free(text);
  if (value == NULL && json_error_code(&fault) == json_error_out_of_memory)
    return fhrl_fail(err, FHRL_NOMEM, "no memory to read %s", path);
  if (value == NULL)
    return fhrl_fail(err, FHRL_FORMAT, "%s:%d:%d: %s", path, fault.line, fault.column, fault.text);
  *out = value;
  return FHRL_OK;
}

fhrl_status fhrl_json_print(const fhrl_json *value, FILE *stream, fhrl_err *err)
{
  if (value == NULL || atomic_load(&incomplete))
    return fhrl_fail(err, FHRL_NOMEM, "no memory for a result");
  errno = 0;
  const int failed = json_dumpf(value, stream, LAYOUT) != 0;
  if (failed && !ferror(stream)) return fhrl_fail(err, FHRL_NOMEM, "no memory to write a result");
  if (failed || putc('\n', stream) == EOF || fflush(stream) != 0)
    return fhrl_fail(err, FHRL_IO, "cannot write a result: %s", errno ? strerror(errno) : "a write failed");
  return FHRL_OK;
}

fhrl_status fhrl_json_save(const fhrl_json *value, const char *path, fhrl_err *err)
{
  fhrl_file file;
  FHRL_TRY(fhrl_file_begin(&file, path, err));
  const fhrl_status status = fhrl_json_print(value, file.stream, err);
  if (status == FHRL_OK) return fhrl_file_commit(&file, err);
  fhrl_file_abandon(&file);
  fhrl_status_context(err, "%s", path);
  return status;
}

const char *fhrl_json_version(void) { return jansson_version_str(); }
