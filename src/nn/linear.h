// SPDX-License-Identifier: GPL-3.0-or-later
// linear: y = x W^T + b on n rows
#pragma once

#include "nn/real.h"

// y (n, out) = x (n, in) W^T + b, or y += that if `add`; W (out, in); b (out) or NULL. Cannot fail.
void fhrl_linear_forward(int n, int in, int out, const fhrl_real *x, const fhrl_real *W, const fhrl_real *b,
  int add, fhrl_real *y);

// From gy (n, out): gx (n, in) = gy W, or += if `add` (gx NULL: not wanted); gW += gy^T x; gb += column
// sums (NULL:
// no bias). Cannot fail.
void fhrl_linear_backward(int n, int in, int out, const fhrl_real *x, const fhrl_real *W,
  const fhrl_real *gy, int add, fhrl_real *gx, fhrl_real *gW, fhrl_real *gb);
