// SPDX-License-Identifier: GPL-3.0-or-later
// dataset: NetCDF-4 files of trajectories and recorded inputs, readable by xarray, ncdump and Octave
#pragma once

#include <stddef.h>

#include "base/status.h"

enum { FHRL_DATASET_RANK = 4, FHRL_DATASET_NUMBERS = 1 << 28 }; // of a variable; read at once: 2 GiB as doubles

// One variable to write: row-major double data over named dimensions (equal names share one dimension).
typedef struct fhrl_variable {
  const char *name, *unit, *meaning;
  int rank;
  const char *dimension[FHRL_DATASET_RANK];
  size_t size[FHRL_DATASET_RANK];
  const double *data; // borrowed
} fhrl_variable;

// Writes PATH atomically; attributes are global text attributes: key, value, ..., NULL.
// real32: store as float (recorded activations) instead of double.
fhrl_status fhrl_dataset_save(const char *path, const fhrl_variable variables[], int count, int real32,
  const char *const attributes[], fhrl_err *err);

// Shape of a variable of an existing file; FHRL_FORMAT if it has another rank than asked for.
fhrl_status fhrl_dataset_shape(const char *path, const char *variable, int rank, size_t size[], fhrl_err *err);

// Reads the hyperslab start[], count[] of a variable of floats or doubles as doubles. FHRL_IO/FHRL_FORMAT name path and variable;
// the latter also for another type, and for numbers that were never written.
fhrl_status fhrl_dataset_read(const char *path, const char *variable, int rank, const size_t start[],
  const size_t count[], double out[], fhrl_err *err);

// The same into room that is made for it: *out is the caller's (free). A file of a few kilobytes may say that it holds any number of
// numbers: FHRL_LIMIT beyond FHRL_DATASET_NUMBERS.
fhrl_status fhrl_dataset_load(const char *path, const char *variable, int rank, const size_t start[],
  const size_t count[], double **out, fhrl_err *err);

// A global text attribute, cut to size; FHRL_FORMAT if absent.
fhrl_status fhrl_dataset_attribute(const char *path, const char *key, char out[], size_t size, fhrl_err *err);

// Version of NetCDF, for --version.
const char *fhrl_dataset_version(void);
