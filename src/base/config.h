// SPDX-License-Identifier: GPL-3.0-or-later
// config: settings checked against tables of fields
//
// Two stages, because the keys of [model] depend on model.name: settings (base/settings.h) are what the user wrote, each
// with its place; a config is a schema (sections of fields) with a checked value for every key.
#pragma once

#include <stddef.h>

#include "base/field.h"
#include "base/settings.h"

typedef struct fhrl_section {
  const char *name;
  const fhrl_field *field; // borrowed
  int count;
} fhrl_section;

enum { FHRL_SECTION_MAX = 16 };

typedef struct fhrl_config {
  fhrl_section section[FHRL_SECTION_MAX];
  int sections;
  struct fhrl_value *value; // owned; one per field, sections in order
} fhrl_config;

// Every key at its default. Sections are added with add; their fields must outlive the config.
void fhrl_config_init(fhrl_config *c);
fhrl_status fhrl_config_add(fhrl_config *c, const char *name, const fhrl_field fields[], int count, fhrl_err *err);
void fhrl_config_free(fhrl_config *c);

// Applies the settings in order. A section in `others` (n_others names) is known to the program but not used here: it is
// passed over when it comes from a file. FHRL_ARG names place:line, key, value and what is allowed.
fhrl_status fhrl_config_apply(fhrl_config *c, const fhrl_settings *settings, const char *const others[], int n_others,
  fhrl_err *err);

// Sets one value from text (place: what an error message begins with).
fhrl_status fhrl_config_set(fhrl_config *c, const char *section, const char *key, const char *text, const char *place,
  fhrl_err *err);

// Values by "section.key"; asking for a key that the schema does not have is a programmer's error (assert).
double fhrl_config_real(const fhrl_config *c, const char *name); // of a real, int, flag or choice (index)
int fhrl_config_int(const fhrl_config *c, const char *name);
const char *fhrl_config_text(const fhrl_config *c, const char *name); // of any kind: as it would be written
int fhrl_config_is_set(const fhrl_config *c, const char *name);       // 1 if a setting gave it
int fhrl_config_has(const fhrl_config *c, const char *name);          // 1 if the schema has the key

// Calls back for every key in order, for run.json and --json.
typedef void fhrl_config_visit(void *context, const char *section, const fhrl_field *field, const char *text, double value);
void fhrl_config_each(const fhrl_config *c, fhrl_config_visit *visit, void *context);

// Writes the resolved configuration with units, ranges and meanings as comments; feeding it back reproduces it.
fhrl_status fhrl_config_save(const fhrl_config *c, const char *path, const char *title, fhrl_err *err);

// FHRL_OK if the saved .ini at `path` resolves to the same values; FHRL_ARG naming the first key that differs, both
// values and, through `name`, "section.key" (name may be NULL).
fhrl_status fhrl_config_same(const fhrl_config *c, const char *path, fhrl_err *err);
