// SPDX-License-Identifier: GPL-3.0-or-later
// part: what a running computation has behind it, on the disk: a file that grows by pieces, each with a checksum
//
// A run ends in files that are written whole, so an interrupted one leaves this instead. Whatever kill or failure of power ends
// it, the pieces that are whole are found by their checksums, and the rest is cut off:
//
//   file  = head (the caller's: who reads it, and of which run it is), piece ...     all in the byte order of the machine
//   piece = anything, checksum of it (u64)
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/status.h"

typedef struct fhrl_part {
  FILE *stream;     // owned; NULL: no file is kept
  const char *path; // borrowed
  uint64_t sum;     // of the piece that is being read or written
  double opened, spent, kept, synced; // clock of open; seconds spent on keeping; when it last was kept, and was on the disk
} fhrl_part;

// Checksum of more bytes, by words of eight (after FNV-1a), begun with seed: enough against tearing, none against intent.
uint64_t fhrl_part_seed(void);
uint64_t fhrl_part_mix(uint64_t sum, const void *data, size_t size);

// Opens PATH, which must outlive *part. Where it begins with head (size), *found is its size in bytes, and what follows the
// head can be read; any other file, or none, is begun anew with it, and *found is 0. FHRL_IO, also where PATH is no regular
// file; *part can be closed then, too.
fhrl_status fhrl_part_open(fhrl_part *part, const char *path, const void *head, size_t size, uint64_t *found, fhrl_err *err);

// The next bytes of a piece, begin before its first and end after its last: get and put say 0 if they were not all there,
// or could not be written.
void fhrl_part_begin(fhrl_part *part);
int fhrl_part_get(fhrl_part *part, void *data, size_t size);
int fhrl_part_put(fhrl_part *part, const void *data, size_t size);
int fhrl_part_get_end(fhrl_part *part); // 1: the piece is as it was written
int fhrl_part_put_end(fhrl_part *part);

// Where the stream stands; cuts off what follows `end` and goes there, to write. FHRL_IO.
uint64_t fhrl_part_at(const fhrl_part *part);
fhrl_status fhrl_part_cut(fhrl_part *part, uint64_t end, fhrl_err *err);

// Hands the pieces put so far to the system, where the end of this process leaves them; once a second also to the disk,
// against a failure of power. `good` = 0: something could not be put. FHRL_IO.
fhrl_status fhrl_part_keep(fhrl_part *part, int good, fhrl_err *err);

// The same for pieces that may come faster than a system can take them: while that costs more than a hundredth of the time,
// five times a second will do, and a kill costs no more than what was put since.
fhrl_status fhrl_part_keep_some(fhrl_part *part, int good, fhrl_err *err);

void fhrl_part_close(fhrl_part *part);  // the file stays; leaves *part zeroed
void fhrl_part_remove(fhrl_part *part); // once the run's own files are written; closes, too
