// SPDX-License-Identifier: GPL-3.0-or-later
// kernel: the inner loops of the network, built once per vector level and picked at run time
//
// Nothing here allocates or fails. n: elements or rows, C: channels, R: rank slots, ld*: distance of rows.
// Sums run in a fixed order that depends on the level but on nothing else; arrays need no alignment.
#pragma once

#include <stddef.h>

#include "nn/real.h"

// ---- small matrix products against packed weights (kernel_matmul.c)
enum { FHRL_KERNEL_PANEL = 64 }; // columns of one panel

// Elements that the packed form of W (K, N) needs: ceil(N/64) panels of (K, 64), the last filled with zeros.
static inline size_t fhrl_kernel_packed(int K, int N)
{
  return (size_t)((N + FHRL_KERNEL_PANEL - 1) / FHRL_KERNEL_PANEL) * K * FHRL_KERNEL_PANEL;
}
// out = packed form of W, W[k][j] = scale * w[k * step_k + j * step_j]: either orientation of a stored
// matrix.
typedef void fhrl_matmul_pack_fn(
  int K, int N, const fhrl_real *w, int step_k, int step_j, fhrl_real scale, fhrl_real *out);
// y (rows, N) = base (rows, N) + x (rows, K) W. base may be y, one row for all (ldbase 0), or NULL for zero.
typedef void fhrl_matmul_fn(int rows, int K, int N, const fhrl_real *x, int ldx, const fhrl_real *packed,
  const fhrl_real *base, int ldbase, fhrl_real *y, int ldy);

// ---- large products (kernel_gemm.c): C = alpha op(A) op(B) + beta C, as in gemm.h
typedef void fhrl_gemm_fn(int flip_a, int flip_b, int m, int n, int k, fhrl_real alpha, const fhrl_real *A,
  int lda, const fhrl_real *B, int ldb, fhrl_real beta, fhrl_real *C, int ldc);

// ---- one token of the fast-weight memory (kernel_slots.c); equations in fhrl.h
// qkv (3C); noise (2, R, C) or NULL; before, after (2, R, C): U, V at t-1 (NULL: zero) and t; y (C);
// note (3R + 1) keeps for the way back: norms of q + noise, of k + noise, V_i.v, and |w|.
typedef void fhrl_slots_forward_fn(int C, int R, fhrl_real alpha, fhrl_real beta, const fhrl_real *qkv,
  const fhrl_real *noise, const fhrl_real *before, fhrl_real *after, fhrl_real *note, fhrl_real *y);
// gy (C): all of dL/dy_t. carry (2, R, C): (1-alpha) dL/d(U, V)_{t+1} through later tokens in, the same
// for t-1 out, times keep (1-alpha, or 0 where the carried state is detached). gqkv (3C) is written;
// scratch (2C).
typedef void fhrl_slots_backward_fn(int C, int R, fhrl_real alpha, fhrl_real beta, fhrl_real keep,
  const fhrl_real *v, const fhrl_real *before, const fhrl_real *after, const fhrl_real *note,
  const fhrl_real *y, const fhrl_real *gy, fhrl_real *carry, fhrl_real *gqkv, fhrl_real *scratch);

// ---- smooth functions (kernel_smooth.c); exp and gelu give the same bits at every level
// x = exp(x), to 2 ulp, for x <= 0; below -87: exp(-87).
typedef void fhrl_smooth_exp_fn(int n, fhrl_real *x);
// y = gelu(x) = x Phi(x) (exact, by erf) and slope = gelu'(x); slope may be x.
typedef void fhrl_smooth_gelu_fn(size_t n, const fhrl_real *x, fhrl_real *y, fhrl_real *slope);
// x = exp(x - max) / sum; returns log sum exp of the given x.
typedef double fhrl_smooth_softmax_fn(int n, fhrl_real *x);

// ---- rows and flat arrays (kernel_rows.c)
// y = sum a b
typedef fhrl_real fhrl_rows_dot_fn(int n, const fhrl_real *a, const fhrl_real *b);
// y = (x - mean) / sqrt(variance + 1e-5) * w + b for n rows of C; stat (n, 2): mean, 1 / sqrt(variance +
// 1e-5).
typedef void fhrl_rows_norm_fn(int n, int C, const fhrl_real *x, const fhrl_real *w, const fhrl_real *b,
  fhrl_real *y, fhrl_real *stat);
// gx += dL/dx, gw += dL/dw, gb += dL/db from gy = dL/dy.
typedef void fhrl_rows_norm_backward_fn(int n, int C, const fhrl_real *x, const fhrl_real *stat,
  const fhrl_real *w, const fhrl_real *gy, fhrl_real *gx, fhrl_real *gw, fhrl_real *gb);
// out[j] += sum over n rows of x[i * ld + j]
typedef void fhrl_rows_sum_fn(int n, int C, const fhrl_real *x, int ld, fhrl_real *out);
// y[i] = scale x[i], from float in either build: slot noise
typedef void fhrl_rows_scale_fn(size_t n, double scale, const float *x, fhrl_real *y);
// y += x; y *= x
typedef void fhrl_rows_add_fn(size_t n, const fhrl_real *x, fhrl_real *y);
typedef void fhrl_rows_multiply_fn(size_t n, const fhrl_real *x, fhrl_real *y);
// Index of the first element that is not finite, n if there is none.
typedef size_t fhrl_rows_infinite_fn(size_t n, const fhrl_real *x);
// One AdamW step on n elements: p *= decay; m, v updated; p -= rate m / (sqrt(v / correction) + eps),
// where rate is lr / (1 - b1^t) and correction 1 - b2^t.
typedef void fhrl_rows_adamw_fn(size_t n, double decay, double rate, double correction, double b1,
  double b2, double eps, const fhrl_real *g, fhrl_real *p, fhrl_real *m, fhrl_real *v);

#define FHRL_KERNELS(K)                                                                            \
  K(gemm) K(matmul_pack) K(matmul) K(slots_forward) K(slots_backward) K(smooth_exp) K(smooth_gelu) K(smooth_softmax)    \
  K(rows_dot) K(rows_norm) K(rows_norm_backward) K(rows_sum) K(rows_scale) K(rows_add) K(rows_multiply)       \
  K(rows_infinite) K(rows_adamw)

typedef struct fhrl_kernel {
#define K(name) fhrl_##name##_fn *name;
  FHRL_KERNELS(K)
#undef K
} fhrl_kernel;

// The kernels for this machine (base/cpu.h); static storage.
const fhrl_kernel *fhrl_kernel_table(void);
