// SPDX-License-Identifier: GPL-3.0-or-later
// preview: a figure drawn in the terminal that the program runs in
#pragma once

#include "base/file.h"

// Draws with the script at the absolute path `script` (its ARG2, ARG3, ARG4: width and height of text or picture, and
// "ascii" where text may have no other characters) into `folder`, which must be there, and prints it on standard output:
// sixels where the terminal draws them, else text of its size. Fails as fhrl_figure_draw; FHRL_IO.
fhrl_status fhrl_preview_show(const char *script, const char *folder, fhrl_err *err);

// A new folder for what is drawn and not kept; remove deletes it with the files of these names (ends with NULL).
fhrl_status fhrl_preview_folder(char folder[FHRL_PATH_SIZE], fhrl_err *err);
void fhrl_preview_remove(const char *folder, const char *const names[]);
