// SPDX-License-Identifier: GPL-3.0-or-later
// field: one described quantity: a configuration key, a model's parameter, a state or an observable
//
// Tables of fields are the only place where a name, its default, its range and its meaning are written;
// configuration, --help, file headers, the manual and the contract tests all read them.
#pragma once

typedef enum fhrl_kind {
  FHRL_REAL,   // a number
  FHRL_INT,    // a whole number
  FHRL_CHOICE, // one word of a list; its value is the word's index
  FHRL_FLAG,   // true or false
  FHRL_TEXT,   // any text
  FHRL_PATH,   // a file; relative to the .ini that names it, or to the working folder after --set
} fhrl_kind;

enum { FHRL_OPEN_LOW = 1, FHRL_OPEN_HIGH = 2 }; // ends that do not belong to the range

// The order serves the common case {"mu", 0.25, "1/s", "distance from onset"}; low = high = 0 means no bounds.
typedef struct fhrl_field {
  const char *name;
  double value;        // default of a number, a flag (0, 1) or a choice (index)
  const char *unit;    // "1" for a pure number, "" where no unit makes sense
  const char *meaning; // one line
  fhrl_kind kind;
  double low, high;    // allowed range, ends included unless `open` says otherwise
  unsigned open;       // FHRL_OPEN_LOW | FHRL_OPEN_HIGH
  const char *choices; // "word|word|word" of a choice
  const char *text;    // default of a text or path; NULL is ""
} fhrl_field;

// Writes the allowed values of a field, such as "(0, 1]", "adams|bdf" or "true|false", into out[size].
void fhrl_field_range(const fhrl_field *field, char out[], unsigned size);

// Writes the default as it would stand in an .ini: the shortest text that reads back as the same value.
enum { FHRL_FIELD_TEXT = 256 };
void fhrl_field_default(const fhrl_field *field, char out[], unsigned size);

// Index of `word` in "a|b|c", -1 if it is not there; and the other way round (len: its length; not terminated).
int fhrl_field_choice(const char *choices, const char *word);
const char *fhrl_field_word(const char *choices, int index, int *len);

// 1 if the number lies in the field's range (and is finite, and whole for FHRL_INT).
int fhrl_field_admits(const fhrl_field *field, double value);
