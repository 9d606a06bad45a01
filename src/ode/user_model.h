// SPDX-License-Identifier: GPL-3.0-or-later
// user_model: a model that is no part of the program: its C file is compiled, kept, loaded and looked over
//
// mine.c has the form of a file of models/ and defines `const fhrl_model fhrl_model_mine`. It is compiled with the
// compiler that configure found ($CC replaces it) into $XDG_CACHE_HOME/fhrl/models or ~/.cache/fhrl/models, under a name
// made of the SHA-256 of everything that goes in: the source, the model's headers, the command, the compiler's own file.
// So a second run does not compile. The 64 libraries used last are kept, and any that a process has in use. A file that includes others of its own is compiled every time: what they hold is not
// part of that name. Where no such folder can be had, or others may write to it, a private temporary folder serves and is
// removed at once.
//
// To open a model is to run its code. Nothing does so but the command line's MODEL: a configuration, a checkpoint or a
// result that names a path never leads here.
#pragma once

#include "base/digest.h"
#include "base/file.h"
#include "ode/model.h"

typedef struct fhrl_user_model {
  const fhrl_model *model;       // in the library; NULL if none is open
  void *library;                 // owned: what dlopen gave
  char source[FHRL_PATH_SIZE];   // absolute path of the .c (or the ready .so)
  char digest[FHRL_DIGEST_SIZE]; // SHA-256 of that file
  // What tells this model from others of its name: the digest or, where the file includes others of its own, SHA-256 of the
  // library that was compiled from all of them.
  char identity[FHRL_DIGEST_SIZE];
  char *command;                 // owned: the compiler's command line but for -o FILE -lm; NULL for a ready .so
  char *said;                    // owned: what the compiler wrote, warnings too; NULL if it did not run or was silent
  int held;                      // descriptor that holds the library in the cache (user_model_cache.h); -1: none
  int alone;                     // 1: the source includes nothing but the model's header and the system's
  int compiled;                  // 1 if the compiler ran, 0 if the library was there
} fhrl_user_model;

// 1 if MODEL means a file: it contains a '/' or ends in ".c" or ".so".
int fhrl_user_model_is_path(const char *operand);

// FHRL_ARG unless a model of the user may have this name: a C identifier that no model of the program has.
fhrl_status fhrl_user_model_name(const char *name, fhrl_err *err);

// Opens it; *out is the caller's to close, also after a failure (said then holds the compiler's messages). A ready .so has to
// be compiled with -DFHRL_USER_MODEL.
//   FHRL_ARG    the file's name is no C identifier, ends in neither .c nor .so, or is that of a model of the program
//   FHRL_IO     no such file, no compiler, no header, no room
//   FHRL_FORMAT it does not compile or load, has no descriptor of the file's name, was compiled for another interface,
//               or its tables are not what they must be (ode/contract.h)
fhrl_status fhrl_user_model_open(const char *path, fhrl_user_model *out, fhrl_err *err);
void fhrl_user_model_close(fhrl_user_model *u); // leaves it zeroed; the model and its texts are gone

// ---- for user_model.c alone

// Compiles the source (text[size] as read) or finds it compiled: library[] is the path to load. *folder is "" or that of a
// private temporary folder, to be removed after loading. again = 1: what lies in the cache under this name is no good.
fhrl_status fhrl_user_model_build(fhrl_user_model *u, const char *path, const char *stem, const char *text, size_t size,
  int again, char library[FHRL_PATH_SIZE], char folder[FHRL_PATH_SIZE], fhrl_err *err);
