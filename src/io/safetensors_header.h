// SPDX-License-Identifier: GPL-3.0-or-later
// safetensors_header: the JSON header of a safetensors file, checked rule by rule; used by safetensors*.c only
#pragma once

#include "io/json.h"
#include "io/safetensors.h"

enum { FHRL_SAFETENSORS_HEADER_LIMIT = 16 << 20 }; // bytes

typedef struct fhrl_safetensors_header {
  fhrl_json *json;       // owned; keeps names and metadata alive
  fhrl_tensor *tensor;   // owned (count), in order of data, which follow each other without gaps; data is NULL
  const char **metadata; // owned list of borrowed strings: key, value, ..., NULL
  int count;
} fhrl_safetensors_header;

// Parses text[size], the header of a file that holds data_size bytes behind it. FHRL_FORMAT without the path.
fhrl_status fhrl_safetensors_header_parse(const char *text, size_t size, size_t data_size,
  fhrl_safetensors_header *out, fhrl_err *err);
void fhrl_safetensors_header_free(fhrl_safetensors_header *header); // leaves it zeroed

// Bytes per element, and the name in the file, of a dtype.
size_t fhrl_safetensors_header_width(fhrl_dtype dtype);
const char *fhrl_safetensors_header_dtype(fhrl_dtype dtype);

// FHRL_FORMAT if a name is too long or holds control characters.
fhrl_status fhrl_safetensors_header_name(const char *name, fhrl_err *err);

// *count = product of shape and *bytes = what that takes; FHRL_FORMAT if either overflows.
fhrl_status fhrl_safetensors_header_size(const fhrl_tensor *tensor, size_t *count, size_t *bytes, fhrl_err *err);
