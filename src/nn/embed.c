// SPDX-License-Identifier: GPL-3.0-or-later
// embed: bytes and positions to channels
#include "nn/embed.h"

#include "nn/kernel.h"

void fhrl_embed_forward(int B, int T, int C, const unsigned char *byte, int stride, const fhrl_real *tok,
  const fhrl_real *pos, fhrl_real *h)
{
  for (int t = 0; t < T; t++)
    for (int b = 0; b < B; b++, h += C) {
      const fhrl_real *e = tok + (size_t)byte[(size_t)b * stride + t] * C, *p = pos + (size_t)t * C;
      for (int j = 0; j < C; j++) h[j] = e[j] + p[j];
    }
}

void fhrl_embed_backward(int B, int T, int C, const unsigned char *byte, int stride, const fhrl_real *gh,
  fhrl_real *gtok, fhrl_real *gpos)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  for (int t = 0; t < T; t++)
    for (int b = 0; b < B; b++, gh += C) {
      k->rows_add((size_t)C, gh, gtok + (size_t)byte[(size_t)b * stride + t] * C);
      k->rows_add((size_t)C, gh, gpos + (size_t)t * C);
    }
}
