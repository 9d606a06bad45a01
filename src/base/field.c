// SPDX-License-Identifier: GPL-3.0-or-later
// field: one described quantity: a configuration key, a model's parameter, a state or an observable
#include "base/field.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int bounded(const fhrl_field *f) { return f->low != 0.0 || f->high != 0.0; }

void fhrl_field_range(const fhrl_field *field, char out[], unsigned size)
{
  switch (field->kind) {
  case FHRL_CHOICE: snprintf(out, size, "%s", field->choices); return;
  case FHRL_FLAG: snprintf(out, size, "true|false"); return;
  case FHRL_TEXT: snprintf(out, size, "text"); return;
  case FHRL_PATH: snprintf(out, size, "a path"); return;
  case FHRL_REAL:
  case FHRL_INT: break;
  }
  const char *what = field->kind == FHRL_INT ? "whole number" : "number";
  if (!bounded(field))
    snprintf(out, size, "any %s", what);
  else if (isinf(field->high))
    snprintf(out, size, "%s %s %.10g", what, field->open & FHRL_OPEN_LOW ? ">" : ">=", field->low);
  else
    snprintf(out, size, "%s in %c%.10g, %.10g%c", what, field->open & FHRL_OPEN_LOW ? '(' : '[',
      field->low, field->high, field->open & FHRL_OPEN_HIGH ? ')' : ']');
}

const char *fhrl_field_word(const char *choices, int index, int *len)
{
  const char *word = choices;
  for (int i = 0; i < index && word; i++) {
    word = strchr(word, '|');
    if (word) word++;
  }
  if (word) *len = (int)strcspn(word, "|");
  return word;
}

int fhrl_field_choice(const char *choices, const char *word)
{
  int len;
  const char *w;
  for (int i = 0; (w = fhrl_field_word(choices, i, &len)); i++)
    if ((size_t)len == strlen(word) && memcmp(w, word, (size_t)len) == 0) return i;
  return -1;
}

void fhrl_field_default(const fhrl_field *field, char out[], unsigned size)
{
  int len = 0;
  const char *word;
  switch (field->kind) {
  case FHRL_TEXT:
  case FHRL_PATH: snprintf(out, size, "%s", field->text ? field->text : ""); return;
  case FHRL_FLAG: snprintf(out, size, "%s", field->value != 0.0 ? "true" : "false"); return;
  case FHRL_CHOICE:
    word = fhrl_field_word(field->choices, (int)field->value, &len);
    snprintf(out, size, "%.*s", len, word ? word : "");
    return;
  case FHRL_REAL:
  case FHRL_INT: break;
  }
  char number[32]; // gcc -O3 with the sanitizers warns of a null `out` in "%.*g"
  for (int digits = 6; digits <= 17; digits++) {
    snprintf(number, sizeof number, "%.*g", digits, field->value);
    if (strtod(number, NULL) == field->value) break;
  }
  snprintf(out, size, "%s", number);
}

int fhrl_field_admits(const fhrl_field *field, double value)
{
  if (!isfinite(value)) return 0; // high = INFINITY means unbounded, not that infinity is a value
  if (field->kind == FHRL_INT && !(value == floor(value) && fabs(value) <= 9007199254740992.0)) return 0;
  if (!bounded(field)) return 1;
  if (value < field->low || value > field->high) return 0;
  if ((field->open & FHRL_OPEN_LOW) && value == field->low) return 0;
  if ((field->open & FHRL_OPEN_HIGH) && value == field->high) return 0;
  return 1;
}
