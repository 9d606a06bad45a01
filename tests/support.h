// SPDX-License-Identifier: GPL-3.0-or-later
// support: what every test program shares: the runner, tolerances that print, a scratch folder, golden files
#pragma once

#include <check.h>
#pragma GCC diagnostic ignored "-Wdouble-promotion" // Check's float macros
#include <stddef.h>

#include "base/status.h"

// Runs one suite and returns the exit status for main: 0 only if every check passed.
int run_suite(Suite *suite);

// Fails with name, index, both values and the bound unless max |a - b| <= bound. Returns the largest difference.
double assert_close(const char *name, const double got[], const double want[], size_t n, double bound);

// Fails unless call returned `want` and the message contains `part` (NULL: any message).
void assert_fails(fhrl_status got, fhrl_status want, const fhrl_err *err, const char *part);

// Fails with the message unless the call returned FHRL_OK.
#define assert_ok(call)                                                                            \
  do {                                                                                             \
    const fhrl_status ok_ = (call);                                                                \
    ck_assert_msg(ok_ == FHRL_OK, "%s: %s", #call, err.msg);                                       \
  } while (0)

// A fresh folder below the build tree, to be removed with all it holds by remove_scratch; static storage.
const char *scratch(const char *name);
void remove_scratch(const char *folder);

// Path of a file below tests/ of the source tree; static storage, valid until the next call.
const char *test_data(const char *name);

// A text file of records `name ndim dims...` newline, values (tests/golden/README.md).
typedef struct golden_record {
  char name[64];
  int rank;
  size_t shape[8], count;
  double *value; // owned by the file
} golden_record;
typedef struct golden {
  golden_record *record; // owned
  int count;
} golden;
golden golden_load(const char *path); // aborts the test if the file is unreadable
const golden_record *golden_find(const golden *g, const char *name); // aborts the test if it is absent
void golden_free(golden *g);
