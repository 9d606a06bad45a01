// SPDX-License-Identifier: GPL-3.0-or-later
// text: pieces of text that people write: words between blanks, numbers, ranges; and what a text ends with
#pragma once

#include <stddef.h>

// 1 if the text ends with `ending` and has something before it.
int fhrl_text_ends_with(const char *text, const char *ending);

// Copies [begin, end) without the blanks around it, which may leave nothing; 0 if that does not fit.
int fhrl_text_cut(const char *begin, const char *end, char out[], size_t size);

// 1 if the whole text is a finite number.
int fhrl_text_number(const char *text, double *value);

// Shortest text, of 6 digits or more, that reads back as the same number.
void fhrl_text_shortest(double value, char out[], size_t size);

// start:step:stop, blanks around each allowed.
typedef struct fhrl_text_steps {
  double start, step, stop;
  double count; // whole steps until stop, which one that falls short of it by rounding reaches; below 0 or NaN: it never gets there
  int decimals; // behind the point of start and step as they are written, the more of both: 2 of 0.25, 7 of 2.5e-6
} fhrl_text_steps;

enum { FHRL_TEXT_DECIMALS = 40 }; // of more than that, one more is said

// 0 if it is not three finite numbers.
int fhrl_text_steps_read(const char *text, fhrl_text_steps *out);
