// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz: one reader of outside bytes, and what must hold whatever the bytes are
//
// Every fuzz_NAME.c defines fuzz_subject. It is linked twice: with replay.c, as a Check suite that `make check` runs (good
// files, all their truncations and bit flips, what once crashed), and with libFuzzer by `make fuzz`.
#pragma once

#include <stddef.h>

#include "base/file.h"

typedef void fuzz_give(const void *bytes, size_t size);

typedef struct fuzz_target {
  const char *name;
  int whole;    // 1: a file that lost its end is always refused
  size_t flips; // bytes at the front of a good file whose bits are flipped one by one
  void (*setup)(void);            // once; the working folder is a fresh one
  void (*seeds)(fuzz_give *give); // hands out good files, made by the program's own writers where it has them
  // Reads the bytes as a file. Ends the process (fuzz_judge, fuzz_claim) where the reader breaks a promise.
  fhrl_status (*one)(const unsigned char *data, size_t size);
} fuzz_target;

extern const fuzz_target fuzz_subject;

// ---- for targets

// Makes `path` a file of these bytes.
void fuzz_put(const char *path, const void *bytes, size_t size);
// Hands out a file that a writer made.
void fuzz_give_file(fuzz_give *give, const char *path);

// What a reader promises of its end: `status` is one that a file may cause (memory never runs out of a bad file), and
// the message is one line that names `part` (NULL: any). Returns status.
extern char fuzz_said[FHRL_ERR_SIZE]; // the last message that was judged
fhrl_status fuzz_judge(fhrl_status status, const fhrl_err *err, const char *part);

// Ends the process with the text unless `holds`.
void fuzz_claim(int holds, const char *format, ...) FHRL_PRINTF(2, 3);

// Fails unless every number is finite.
void fuzz_finite(const char *what, const double x[], size_t n);

// Takes numbers from the front of the bytes; zeros once there are no more.
typedef struct fuzz_bytes {
  const unsigned char *at;
  size_t left;
} fuzz_bytes;
unsigned fuzz_take(fuzz_bytes *bytes, unsigned below); // 0 .. below - 1, from one byte (two, if below > 256)

// ---- for replay.c

void fuzz_begin(const char *folder); // makes it the working folder and sets up the subject
