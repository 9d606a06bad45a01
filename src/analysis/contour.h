// SPDX-License-Identifier: GPL-3.0-or-later
// contour: where a function on a grid vanishes, as polylines (marching squares)
#pragma once

#include "base/status.h"

typedef struct fhrl_contour {
  double *point; // owned; (points, 2); a pair of NaN ends each line
  int points;
} fhrl_contour;

// f (rows, columns) at x = column, y = row (in grid units), rows and columns >= 2. Lines run from border to border or
// close upon themselves; crossings are placed by linear interpolation; a cell with a value that is not finite is left
// out. Where two lines meet in one cell they are kept apart by the mean of its corners. FHRL_NOMEM.
fhrl_status fhrl_contour_zero(int rows, int columns, const double f[], fhrl_contour *out, fhrl_err *err);
void fhrl_contour_free(fhrl_contour *c); // leaves it zeroed
