// SPDX-License-Identifier: GPL-3.0-or-later
// terminal: what the terminal that somebody looks at can show
#pragma once

typedef struct fhrl_terminal {
  int terminal;      // 1 if the output is one
  int columns, rows; // of text; 79 x 40 if nobody says (COLUMNS and LINES do)
  int width, height; // [pixels] of a picture that fits; 0: not known
  int sixel;         // 1 if it says that it draws sixels
  int utf8;          // 1 if the locale's character set is UTF-8
} fhrl_terminal;

// Looks at `out` and, where both are terminals and in the foreground, asks through them whether it draws sixels: the
// primary device attributes (ESC [ c), which name them as 4. Waits 0.3 s at most for the answer; the settings of the
// terminal are as before afterwards. Cannot fail.
void fhrl_terminal_look(int in, int out, fhrl_terminal *t);
