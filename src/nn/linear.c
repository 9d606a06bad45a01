// SPDX-License-Identifier: GPL-3.0-or-later
// linear: y = x W^T + b on n rows
#include "nn/linear.h"

#include <string.h>

#include "nn/gemm.h"
#include "nn/kernel.h"

void fhrl_linear_forward(int n, int in, int out, const fhrl_real *x, const fhrl_real *W, const fhrl_real *b,
  int add, fhrl_real *y)
{
  if (b)
    for (int i = 0; i < n; i++) {
      fhrl_real *row = y + (size_t)i * out;
      if (add)
        fhrl_kernel_table()->rows_add((size_t)out, b, row);
      else
        memcpy(row, b, (size_t)out * sizeof *row);
    }
  fhrl_gemm(0, 1, n, out, in, 1, x, in, W, in, add || b ? 1 : 0, y, out);
}

void fhrl_linear_backward(int n, int in, int out, const fhrl_real *x, const fhrl_real *W,
  const fhrl_real *gy, int add, fhrl_real *gx, fhrl_real *gW, fhrl_real *gb)
{
  if (gx) fhrl_gemm(0, 0, n, in, out, 1, gy, out, W, in, add ? 1 : 0, gx, in);
  fhrl_gemm(1, 0, out, in, n, 1, gy, out, x, in, 1, gW, in);
  if (gb) fhrl_kernel_table()->rows_sum(n, out, gy, out, gb);
}
