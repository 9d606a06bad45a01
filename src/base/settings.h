// SPDX-License-Identifier: GPL-3.0-or-later
// settings: what a user wrote, in .ini files and after --set, each with its place
#pragma once

#include "base/file.h"

typedef struct fhrl_setting {
  char *section, *key, *value; // owned
  char *place;                 // owned: path of the .ini, or "--set"
  int line;                    // of the .ini; 0 after --set
} fhrl_setting;

typedef struct fhrl_settings {
  fhrl_setting *item; // owned; later ones win
  int count;
} fhrl_settings;

// Reads `[section]`, `key = value`, comments that begin a line with # or ;. Leading and trailing blanks go. A key may be a
// full name, `section.key`.
// FHRL_ARG with file:line for anything else, a key twice in one file, a key before any section, a control character
// in a value; FHRL_LIMIT over 1 MiB or 4096 keys.
fhrl_status fhrl_settings_read(const char *path, fhrl_settings *settings, fhrl_err *err);

// Adds one "section.key=value", as after --set.
fhrl_status fhrl_settings_assign(const char *assignment, fhrl_settings *settings, fhrl_err *err);

// Adds a copy of one, with its place.
fhrl_status fhrl_settings_add(const fhrl_setting *item, fhrl_settings *settings, fhrl_err *err);

// The last value written for a key, NULL if there is none; borrowed.
const char *fhrl_settings_written(const fhrl_settings *settings, const char *section, const char *key);

// Where that was written, "file.ini:12" or "--set": what a message about it begins with; "section.key" if it was not.
void fhrl_settings_place(const fhrl_settings *settings, const char *section, const char *key, char *place, size_t size);

void fhrl_settings_free(fhrl_settings *settings); // leaves it empty
