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
// Value at a place of the grid that need not be one of its points; NaN where there is none.
typedef double fhrl_contour_function(void *context, double column, double row);

fhrl_status fhrl_contour_zero(int rows, int columns, const double f[], fhrl_contour *out, fhrl_err *err);
// The same of a function that can be asked between the points: where it changes sign at a pole, or at the edge of where it has
// values, it does not vanish, and no line is drawn; a jump across zero is one. FHRL_NOMEM.
fhrl_status fhrl_contour_zero_of(int rows, int columns, const double f[], fhrl_contour_function *value, void *context,
  fhrl_contour *out, fhrl_err *err);
void fhrl_contour_free(fhrl_contour *c); // leaves it zeroed
