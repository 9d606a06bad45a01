// SPDX-License-Identifier: GPL-3.0-or-later
// text: pieces of text that people write: words between blanks, numbers, ranges; and what a text ends with
#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 64 };

int fhrl_text_ends_with(const char *text, const char *ending)
{
  const size_t n = strlen(text), m = strlen(ending);
  return n > m && strcmp(text + n - m, ending) == 0;
}

int fhrl_text_cut(const char *begin, const char *end, char out[], size_t size)
{
  while (begin < end && isspace((unsigned char)*begin)) begin++;
  while (end > begin && isspace((unsigned char)end[-1])) end--;
  if ((size_t)(end - begin) >= size) return 0;
  memcpy(out, begin, (size_t)(end - begin));
  out[end - begin] = '\0';
  return 1;
}

int fhrl_text_number(const char *text, double *value)
{
  char *end;
  *value = strtod(text, &end);
  return end != text && *end == '\0' && isfinite(*value);
}

void fhrl_text_shortest(double value, char out[], size_t size)
{
  for (int digits = 6; digits <= 17; digits++) {
    snprintf(out, size, "%.*g", digits, value);
    if (strtod(out, NULL) == value) return;
  }
}

static int decimals(const char *text)
{
  const char *point = strchr(text, '.'), *e = strpbrk(text, "eE");
  const size_t digits = point ? strspn(point + 1, "0123456789") : 0;
  const double n = (double)digits - (e ? strtod(e + 1, NULL) : 0.0);
  return n < 0.0 ? 0 : n > FHRL_TEXT_DECIMALS ? FHRL_TEXT_DECIMALS + 1 : (int)n;
}

int fhrl_text_steps_read(const char *text, fhrl_text_steps *out)
{
  double *const value[] = {&out->start, &out->step, &out->stop};
  const char *at = text;
  char piece[WORD];
  out->decimals = 0;
  for (int k = 0; k < 3; k++) {
    const char *end = k < 2 ? strchr(at, ':') : at + strlen(at);
    if (end == NULL || !fhrl_text_cut(at, end, piece, sizeof piece) || !fhrl_text_number(piece, value[k])) return 0;
    if (k < 2 && decimals(piece) > out->decimals) out->decimals = decimals(piece);
    at = end + 1;
  }
  out->count = floor((out->stop - out->start) / out->step + 1e-9); // 0.1:0.1:1 is meant to reach 1
  if (out->step == 0.0) out->count = -1.0;
  return 1;
}
