// SPDX-License-Identifier: GPL-3.0-or-later
// file: files that are old or new but never torn, folders, and paths
//
// Saving goes to one fixed temporary name in the same folder (PATH.tmp, opened with O_EXCL after a stale one is
// removed), is written in full, fsynced, closed, renamed, and the folder is fsynced: each step checked.
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "base/status.h"

enum { FHRL_PATH_SIZE = 4096 };

typedef struct fhrl_file {
  FILE *stream;              // write here; NULL when no save is under way
  char path[FHRL_PATH_SIZE]; // the final name
} fhrl_file;

// Begins a save of `path`; commit makes it visible, abandon removes the temporary (both NULL-stream-safe and
// leave f->stream NULL). A commit that fails has abandoned. FHRL_IO with the path and the system's reason, also
// for a path that is there but no regular file.
fhrl_status fhrl_file_begin(fhrl_file *f, const char *path, fhrl_err *err);
fhrl_status fhrl_file_commit(fhrl_file *f, fhrl_err *err);
void fhrl_file_abandon(fhrl_file *f);

// The last three steps for a library that writes PATH.tmp itself (NetCDF, gnuplot): fsync, rename, fsync folder.
// temporary[] receives the name to write to; a stale one is removed. A publish that fails has removed it too.
fhrl_status fhrl_file_temporary(const char *path, char temporary[FHRL_PATH_SIZE], fhrl_err *err);
fhrl_status fhrl_file_publish(const char *temporary, const char *path, fhrl_err *err);

// Opens a regular file for reading (anything else is refused without blocking) and tells its size in bytes.
// The stream is owned by the caller (fclose). FHRL_IO with the path and the system's reason.
fhrl_status fhrl_file_open(const char *path, FILE **stream, size_t *size, fhrl_err *err);

// Whole contents with a terminating NUL that *size does not count; owned by the caller (free).
// FHRL_LIMIT beyond `limit` bytes, FHRL_IO if it cannot be read or is no regular file.
fhrl_status fhrl_file_read(const char *path, size_t limit, char **data, size_t *size, fhrl_err *err);

// Makes the folder and its parents; an existing folder is fine, and "" is the working folder.
fhrl_status fhrl_file_folder(const char *path, fhrl_err *err);

int fhrl_file_exists(const char *path);    // 1 if anything is there
int fhrl_file_is_folder(const char *path); // 1 if it is a folder
int fhrl_file_is_alone(const char *path);  // 1 if it is there, and nothing else is in its folder

// out = folder "/" name (name alone if folder is "" or name is absolute). FHRL_LIMIT if it is too long.
fhrl_status fhrl_file_join(const char *folder, const char *name, char out[FHRL_PATH_SIZE], fhrl_err *err);

// out = absolute path of a file that need not exist (working folder + path; no links resolved).
fhrl_status fhrl_file_absolute(const char *path, char out[FHRL_PATH_SIZE], fhrl_err *err);

// out = path of a data file that comes with the program, such as "plots/style.gp": in $FHRL_DATADIR, else in the
// source folder if the program runs from its build tree, else in the installed pkgdatadir. FHRL_IO if it is absent.
fhrl_status fhrl_file_data(const char *name, char out[FHRL_PATH_SIZE], fhrl_err *err);

// out = the folder that `#include "ode/model.h"` of a user's model is found in: $FHRL_INCLUDEDIR, else src/ of the source
// folder if the program runs from its build tree, else the installed pkgincludedir. FHRL_IO if the header is not there.
fhrl_status fhrl_file_headers(char out[FHRL_PATH_SIZE], fhrl_err *err);
