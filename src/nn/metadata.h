// SPDX-License-Identifier: GPL-3.0-or-later
// metadata: configuration keys as the text entries of a safetensors file: "model.d" = "192"
#pragma once

#include "base/field.h"
#include "base/status.h"
#include "io/safetensors.h"

enum { FHRL_METADATA_MAX = 64, FHRL_METADATA_POOL = 8192 };

// Entries under way to a file; start with {0}. Holds pointers into itself: not to be copied.
typedef struct fhrl_metadata {
  const char *list[2 * FHRL_METADATA_MAX + 1]; // key, value, ..., NULL: what fhrl_safetensors_save takes
  unsigned char usual[FHRL_METADATA_MAX];      // 1: the value is its field's default
  int count;
  size_t used;
  char pool[FHRL_METADATA_POOL];
} fhrl_metadata;

// Appends one entry, or one per field of a table but texts and paths: SECTION.name = value[i], with as few
// digits as read back to the same number. FHRL_LIMIT if there is no room.
fhrl_status fhrl_metadata_put(fhrl_metadata *m, const char *key, const char *value, fhrl_err *err);
fhrl_status fhrl_metadata_fields(fhrl_metadata *m, const char *section, const fhrl_field fields[],
  int count, const double value[], fhrl_err *err);

// value[i] = the file's SECTION.name, or the field's default if it is absent. FHRL_FORMAT names file, key
// and value if one cannot be read or the section has a key that the table does not know.
fhrl_status fhrl_metadata_read(const fhrl_safetensors *file, const char *section, const fhrl_field fields[],
  int count, double value[], fhrl_err *err);

// FHRL_ARG unless every entry of m is in the file with the same text, or absent there (it was made before there was
// such a key) and the field's default here: names the key and both values.
fhrl_status fhrl_metadata_compare(const fhrl_metadata *m, const fhrl_safetensors *file, fhrl_err *err);
