// SPDX-License-Identifier: GPL-3.0-or-later
// notes: what is true of a run whatever its command, said in every result: where its model and its J v come from
#pragma once

#include "io/json.h"

enum { FHRL_NOTES_MAX = 8, FHRL_NOTES_TEXT = 4096 };

typedef struct fhrl_note {
  const char *key;            // of run.json and of the result
  const char *title;          // of its line in the summary; NULL: none
  char text[FHRL_NOTES_TEXT]; // value of the key
  char line[256];             // of the summary
} fhrl_note;

typedef struct fhrl_notes {
  fhrl_note item[FHRL_NOTES_MAX];
  int count;
} fhrl_notes;

// Adds key = text, and to the summary "title line" (NULL: no line); what the key said before is replaced. The strings key
// and title are borrowed. NULL notes: nothing happens.
void fhrl_notes_add(fhrl_notes *notes, const char *key, const char *text, const char *title, const char *line);

// Adds the keys to a result.
void fhrl_notes_put(const fhrl_notes *notes, fhrl_json *o);
