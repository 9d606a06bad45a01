// SPDX-License-Identifier: GPL-3.0-or-later
// notes: what is true of a run whatever its command, said in every result
#include "cli/notes.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void fhrl_notes_add(fhrl_notes *notes, const char *key, const char *text, const char *title, const char *line)
{
  if (notes == NULL) return;
  int i = 0;
  while (i < notes->count && strcmp(notes->item[i].key, key) != 0) i++;
  assert(i < FHRL_NOTES_MAX);
  if (i == notes->count) notes->count++;
  fhrl_note *note = &notes->item[i];
  note->key = key;
  note->title = title;
  snprintf(note->text, sizeof note->text, "%s", text);
  snprintf(note->line, sizeof note->line, "%s", line ? line : "");
}

void fhrl_notes_put(const fhrl_notes *notes, fhrl_json *o)
{
  for (int i = 0; notes && i < notes->count; i++) fhrl_json_text(o, notes->item[i].key, notes->item[i].text);
}
