// SPDX-License-Identifier: GPL-3.0-or-later
// json: results as JSON: 17 digits, and never a NaN
//
// A value that is not finite is written as null with a sibling KEY_reason. Setters on a NULL object do nothing;
// a failed allocation is remembered and reported by fhrl_json_save / fhrl_json_print (FHRL_NOMEM).
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "base/status.h"

typedef struct json_t fhrl_json; // jansson's value, reference-counted; opaque outside src/io

fhrl_json *fhrl_json_object(void); // new, owned by the caller until it is put into another value
fhrl_json *fhrl_json_array(void);
void fhrl_json_free(fhrl_json *value); // NULL-safe

// object[key] = value; put/add take ownership of the value. `reason` is what KEY_reason says for a value that is
// not finite (NULL: "not finite"). Elements of arrays that are not finite become null.
void fhrl_json_put(fhrl_json *object, const char *key, fhrl_json *value);
void fhrl_json_add(fhrl_json *array, fhrl_json *value);
void fhrl_json_real(fhrl_json *object, const char *key, double value, const char *reason);
void fhrl_json_int(fhrl_json *object, const char *key, long long value);
void fhrl_json_bool(fhrl_json *object, const char *key, int value);
void fhrl_json_text(fhrl_json *object, const char *key, const char *value); // NULL: null
void fhrl_json_null(fhrl_json *object, const char *key, const char *reason);  // null, and KEY_reason if reason
void fhrl_json_reals(fhrl_json *object, const char *key, const double values[], size_t n);
void fhrl_json_add_real(fhrl_json *array, double value);
void fhrl_json_add_text(fhrl_json *array, const char *value);

// Reading back what was written (for resume, compare, tests): borrowed value or NULL.
const fhrl_json *fhrl_json_get(const fhrl_json *object, const char *key);
const fhrl_json *fhrl_json_at(const fhrl_json *array, size_t index);
size_t fhrl_json_size(const fhrl_json *array);
double fhrl_json_number(const fhrl_json *value);       // NaN if it is no number
const char *fhrl_json_string(const fhrl_json *value);  // borrowed; NULL if it is no string
int fhrl_json_truth(const fhrl_json *value);           // 1 true, 0 false, -1 if it is neither
// What a path such as "layers[0].irr" or "layers.0.irr" leads to: names of objects' values and indices of arrays; NULL: nothing.
const fhrl_json *fhrl_json_path(const fhrl_json *value, const char *path);
// Calls back for every value of an object, in order.
typedef void fhrl_json_visit(void *context, const char *key, const fhrl_json *value);
void fhrl_json_each(const fhrl_json *object, fhrl_json_visit *visit, void *context);
// FHRL_FORMAT with line and column; duplicate keys are refused, files over 64 MiB or 4 Mi values are FHRL_LIMIT.
fhrl_status fhrl_json_load(const char *path, fhrl_json **out, fhrl_err *err);

// Indented, keys in order of insertion, final newline; save is atomic (base/file.h).
fhrl_status fhrl_json_save(const fhrl_json *value, const char *path, fhrl_err *err);
fhrl_status fhrl_json_print(const fhrl_json *value, FILE *stream, fhrl_err *err);

// Version of jansson, for --version.
const char *fhrl_json_version(void);
