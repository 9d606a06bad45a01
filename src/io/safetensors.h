// SPDX-License-Identifier: GPL-3.0-or-later
// safetensors: named tensors in one file: 8 bytes little-endian header length, a JSON header, the data
//
// Reading trusts nothing: every length is compared with the file's size before it is used, and every rule of
// the format has its own message. The file is read, never mapped, into memory bounded by its own size.
#pragma once

#include <stddef.h>

#include "base/status.h"

enum { FHRL_TENSOR_RANK = 8, FHRL_TENSOR_NAME = 512, FHRL_TENSOR_MAX = 65536 };

typedef enum fhrl_dtype { FHRL_F32, FHRL_F64, FHRL_I64, FHRL_U8 } fhrl_dtype;

typedef struct fhrl_tensor {
  const char *name;               // borrowed from the file object (reading) or the caller (writing)
  fhrl_dtype dtype;
  int rank;
  size_t shape[FHRL_TENSOR_RANK];
  size_t count;                   // product of shape
  const void *data;               // count elements, aligned to 64 bytes when read
} fhrl_tensor;

typedef struct fhrl_safetensors fhrl_safetensors; // one opened file; opaque

// *out is owned by the caller (close). FHRL_IO, FHRL_FORMAT (which rule is broken) and FHRL_NOMEM name the path.
fhrl_status fhrl_safetensors_open(const char *path, fhrl_safetensors **out, fhrl_err *err);
void fhrl_safetensors_close(fhrl_safetensors *file); // NULL-safe
const char *fhrl_safetensors_path(const fhrl_safetensors *file);
int fhrl_safetensors_count(const fhrl_safetensors *file);
const fhrl_tensor *fhrl_safetensors_at(const fhrl_safetensors *file, int index);         // in order of data
const fhrl_tensor *fhrl_safetensors_find(const fhrl_safetensors *file, const char *name); // NULL if absent
// __metadata__ entries: value of a key (NULL if absent), and the whole list by index (NULL past the end).
const char *fhrl_safetensors_metadata(const fhrl_safetensors *file, const char *key);
const char *fhrl_safetensors_metadata_at(const fhrl_safetensors *file, int index, const char **key);

// Whether a tensor of that name, of floating point and exactly this shape is there, before any room is made for it; FHRL_FORMAT
// as for read.
fhrl_status fhrl_safetensors_expect(const fhrl_safetensors *file, const char *name, int rank, const size_t shape[],
  fhrl_err *err);

// Copies a tensor into out[] with conversion from F32 or F64; it must have exactly this shape.
// FHRL_FORMAT names the file, the tensor and both shapes; FHRL_NUMERIC the first index that is not finite: out[] is
// then filled all the same, so that a caller may warn and go on.
fhrl_status fhrl_safetensors_read(const fhrl_safetensors *file, const char *name, int rank,
  const size_t shape[], double out[], fhrl_err *err);
fhrl_status fhrl_safetensors_read_float(const fhrl_safetensors *file, const char *name, int rank,
  const size_t shape[], float out[], fhrl_err *err);

// Writes tensors in the given order; metadata: key, value, key, value, ..., NULL, or NULL for none. Atomic, and the
// same arguments give the same bytes. FHRL_ARG names a tensor or key that the reader would refuse.
fhrl_status fhrl_safetensors_save(const char *path, const fhrl_tensor tensors[], int count,
  const char *const metadata[], fhrl_err *err);
