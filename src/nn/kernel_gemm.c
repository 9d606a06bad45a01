// SPDX-License-Identifier: GPL-3.0-or-later
// kernel_gemm: general matrix products, for everything but the scan
//
// A tile of TILE rows x WIDTH columns stays in registers while k runs over a block of DEPTH; the block of B is
// copied beforehand into a panel that fits the caches, in the order in which the tile reads it. Rows of A
// are read where they are: each element serves a whole row of the tile. The order of the sums depends on k alone.
#include "nn/kernel_vector.h"

// TILE x STRIP accumulators, STRIP of B and one broadcast must fit the level's registers (32 or 16), with some to spare
// for gcc, which otherwise keeps accumulators on the stack
enum {
  WIDE = FHRL_KERNEL_BYTES == 64,
  STRIP = WIDE ? 4 : 2,
  WIDTH = STRIP * LANES,
  TILE = WIDE ? 6 : 5,
  DEPTH = 256
};

// panel[k][j] = B[k][j] for a block (depth, width), zeros beyond width
static void copy_rows(int depth, int width, const fhrl_real *B, int ldb, fhrl_real *panel)
{
  for (int k = 0; k < depth; k++, B += ldb, panel += WIDTH)
    if (width == WIDTH) { // by vectors: gcc would make a string copy of a loop
      UNROLL for (int s = 0; s < STRIP; s++) store(panel + s * LANES, load(B + s * LANES));
    } else {
      for (int j = 0; j < WIDTH; j++) panel[j] = j < width ? B[j] : 0;
    }
}

// panel[k][j] = B[j][k], by squares that the compiler transposes in registers
static void copy_columns(int depth, int width, const fhrl_real *B, int ldb, fhrl_real *panel)
{
  enum { SQUARE = LANES };
  int k = 0;
  for (; k + SQUARE <= depth && width == WIDTH; k += SQUARE)
    for (int j = 0; j < WIDTH; j += SQUARE) {
      const fhrl_real *from = B + (size_t)j * ldb + k;
      fhrl_real *to = panel + (size_t)k * WIDTH + j;
      UNROLL for (int a = 0; a < SQUARE; a++)
      {
        UNROLL for (int b = 0; b < SQUARE; b++) to[a * WIDTH + b] = from[(size_t)b * ldb + a];
      }
    }
  for (; k < depth; k++)
    for (int j = 0; j < WIDTH; j++) panel[(size_t)k * WIDTH + j] = j < width ? B[(size_t)j * ldb + k] : 0;
}

// C[i][:] = alpha A[i][:] panel + beta C[i][:] for `rows` rows; row_step, k_step: distances within A
INLINE void tile(const int rows, int depth, int width, fhrl_real alpha, const fhrl_real *A, size_t row_step,
  size_t k_step, const fhrl_real *panel, fhrl_real beta, fhrl_real *C, int ldc)
{
  vec acc[TILE][STRIP] = {{{0}}};
  for (int k = 0; k < depth; k++, panel += WIDTH, A += k_step) {
    vec b[STRIP];
    UNROLL for (int s = 0; s < STRIP; s++) b[s] = load(panel + s * LANES);
    UNROLL for (int i = 0; i < rows; i++)
    {
      const vec a = splat(A[i * row_step]);
      UNROLL for (int s = 0; s < STRIP; s++) acc[i][s] += a * b[s];
    }
  }
  UNROLL for (int i = 0; i < rows; i++)
  {
    fhrl_real row[WIDTH], *to = C + (size_t)i * ldc;
    UNROLL for (int s = 0; s < STRIP; s++) acc[i][s] *= splat(alpha);
    if (width == WIDTH && beta == 0) {
      UNROLL for (int s = 0; s < STRIP; s++) store(to + s * LANES, acc[i][s]);
    } else if (width == WIDTH) {
      UNROLL for (int s = 0; s < STRIP; s++)
        store(to + s * LANES, acc[i][s] + splat(beta) * load(to + s * LANES));
    } else {
      UNROLL for (int s = 0; s < STRIP; s++) store(row + s * LANES, acc[i][s]);
      for (int j = 0; j < width; j++) to[j] = beta == 0 ? row[j] : row[j] + beta * to[j];
    }
  }
}

// Constant heights and, for rows of A that are contiguous, a constant step let the tile be registers.
#define HEIGHT(rows)                                                                               \
  case rows:                                                                                       \
    if (k_step == 1)                                                                               \
      tile(rows, depth, width, alpha, A, row_step, 1, panel, beta, C, ldc);                        \
    else                                                                                           \
      tile(rows, depth, width, alpha, A, 1, k_step, panel, beta, C, ldc);                          \
    break;

static void rows_of(int m, int depth, int width, fhrl_real alpha, const fhrl_real *A, size_t row_step,
  size_t k_step, const fhrl_real *panel, fhrl_real beta, fhrl_real *C, int ldc)
{
  for (int i = 0; i < m; i += TILE, A += TILE * row_step, C += (size_t)TILE * ldc)
    switch (m - i) {
      HEIGHT(1)
      HEIGHT(2)
      HEIGHT(3)
      HEIGHT(4)
      HEIGHT(5)
    default:
      if (k_step == 1)
        tile(TILE, depth, width, alpha, A, row_step, 1, panel, beta, C, ldc);
      else
        tile(TILE, depth, width, alpha, A, 1, k_step, panel, beta, C, ldc);
    }
}

void KERNEL(gemm)(int flip_a, int flip_b, int m, int n, int k, fhrl_real alpha, const fhrl_real *A, int lda,
  const fhrl_real *B, int ldb, fhrl_real beta, fhrl_real *C, int ldc)
{
  fhrl_real panel[DEPTH * WIDTH] __attribute__((aligned(64)));
  const size_t row_step = flip_a ? 1 : (size_t)lda, k_step = flip_a ? (size_t)lda : 1;
  for (int j = 0; j < n; j += WIDTH) {
    const int width = n - j < WIDTH ? n - j : WIDTH;
    int k0 = 0;
    do { // once for k = 0 too: C still becomes beta C
      const int depth = k - k0 < DEPTH ? k - k0 : DEPTH;
      if (flip_b)
        copy_columns(depth, width, B + (size_t)j * ldb + k0, ldb, panel);
      else
        copy_rows(depth, width, B + (size_t)k0 * ldb + j, ldb, panel);
      rows_of(m, depth, width, alpha, A + k0 * k_step, row_step, k_step, panel, k0 ? 1 : beta, C + j, ldc);
      k0 += depth;
    } while (k0 < k);
  }
}
