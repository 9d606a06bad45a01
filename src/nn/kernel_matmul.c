// SPDX-License-Identifier: GPL-3.0-or-later
// kernel_matmul: a few rows against packed weights, for the scan over tokens
//
// A library's matrix product loses a factor of three on 2-8 rows with weights stored (out, in). Here a
// tile of rows x one strip of a panel stays in registers while k runs, and the panel is read once, in
// order, from the L2 cache.
#include "nn/kernel_vector.h"

// a strip of a panel: rows x STRIP accumulators, and one broadcast, must fit the level's registers (32 or 16)
enum { STRIP = FHRL_KERNEL_BYTES == 64 ? 4 : 2, WIDTH = STRIP * LANES, TILE = 4 };
_Static_assert(FHRL_KERNEL_PANEL % WIDTH == 0, "strips fill a panel");

void KERNEL(matmul_pack)(
  int K, int N, const fhrl_real *w, int step_k, int step_j, fhrl_real scale, fhrl_real *out)
{
  for (int j0 = 0; j0 < N; j0 += FHRL_KERNEL_PANEL)
    for (int k = 0; k < K; k++, out += FHRL_KERNEL_PANEL) {
      const int width = N - j0 < FHRL_KERNEL_PANEL ? N - j0 : FHRL_KERNEL_PANEL;
      for (int j = 0; j < width; j++) out[j] = scale * w[(size_t)k * step_k + (size_t)(j0 + j) * step_j];
      for (int j = width; j < FHRL_KERNEL_PANEL; j++) out[j] = 0;
    }
}

// sum[i][:] = x[i][:] W[:, strip]
INLINE void tile(
  const int rows, int K, const fhrl_real *x, int ldx, const fhrl_real *w, fhrl_real sum[][WIDTH])
{
  vec acc[TILE][STRIP] = {{{0}}};
  for (int k = 0; k < K; k++, w += FHRL_KERNEL_PANEL) {
    vec b[STRIP];
    UNROLL for (int s = 0; s < STRIP; s++) b[s] = load(w + s * LANES);
    UNROLL for (int i = 0; i < rows; i++)
    {
      const vec a = splat(x[(size_t)i * ldx + k]);
      UNROLL for (int s = 0; s < STRIP; s++) acc[i][s] += a * b[s];
    }
  }
  UNROLL for (int i = 0; i < rows; i++)
  {
    UNROLL for (int s = 0; s < STRIP; s++) store(sum[i] + s * LANES, acc[i][s]);
  }
}

void KERNEL(matmul)(int rows, int K, int N, const fhrl_real *x, int ldx, const fhrl_real *packed,
  const fhrl_real *base, int ldbase, fhrl_real *y, int ldy)
{
  fhrl_real sum[TILE][WIDTH];
  for (int j = 0; j < N; j += WIDTH) {
    const fhrl_real *w =
      packed + (size_t)(j / FHRL_KERNEL_PANEL) * K * FHRL_KERNEL_PANEL + j % FHRL_KERNEL_PANEL;
    const int width = N - j < WIDTH ? N - j : WIDTH;
    for (int i0 = 0; i0 < rows; i0 += TILE) {
      const int height = rows - i0 < TILE ? rows - i0 : TILE;
      const fhrl_real *xi = x + (size_t)i0 * ldx;
      switch (
        height) { // constant heights let the accumulators be registers; a row's bits do not depend on it
      case 1: tile(1, K, xi, ldx, w, sum); break;
      case 2: tile(2, K, xi, ldx, w, sum); break;
      case 3: tile(3, K, xi, ldx, w, sum); break;
      default: tile(4, K, xi, ldx, w, sum); break;
      }
      for (int i = 0; i < height; i++) {
        const fhrl_real *from = base ? base + (size_t)(i0 + i) * ldbase + j : NULL;
        fhrl_real *to = y + (size_t)(i0 + i) * ldy + j;
        for (int l = 0; l < width; l++) to[l] = from ? from[l] + sum[i][l] : sum[i][l];
      }
    }
  }
}
