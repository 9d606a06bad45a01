// SPDX-License-Identifier: GPL-3.0-or-later
// attention: causal self-attention of H heads
//   S = Q K^T / sqrt(hd), P = softmax(S) over s <= t, mix = P V                               (1)
//   dV = P^T dmix, dP = dmix V^T, dS = P (dP - rowsum(P dP)) / sqrt(hd), dQ = dS K, dK = dS^T Q     (2)
//
// Rows of one sequence lie B rows apart, which the leading dimension of the products takes care of.
// Queries go in strips of STRIP, so that keys beyond the strip, all masked, cost nothing.
#include "nn/attention.h"

#include <math.h>
#include <string.h>

#include "nn/gemm.h"
#include "nn/kernel.h"

enum { STRIP = 64 };

void fhrl_attention_forward(
  int B, int T, int C, int H, const fhrl_real *qkv, fhrl_real *prob, fhrl_real *mix)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const int hd = C / H, ld = B * 3 * C;
  const fhrl_real scale = (fhrl_real)(1.0 / sqrt(hd));
  for (int b = 0; b < B; b++)
    for (int i = 0; i < H; i++, prob += (size_t)T * T) {
      const fhrl_real *Q = qkv + (size_t)b * 3 * C + i * hd, *K = Q + C, *V = K + C;
      fhrl_real *O = mix + (size_t)b * C + i * hd;
      for (int t0 = 0; t0 < T; t0 += STRIP) {
        const int rows = T - t0 < STRIP ? T - t0 : STRIP, end = t0 + rows;
        fhrl_real *P = prob + (size_t)t0 * T;
        fhrl_gemm(0, 1, rows, end, hd, scale, Q + (size_t)t0 * ld, ld, K, ld, 0, P, T);
        for (int t = t0; t < end; t++) {
          fhrl_real *row = prob + (size_t)t * T;
          k->smooth_softmax(t + 1, row);
          memset(row + t + 1, 0, (size_t)(T - t - 1) * sizeof *row);
        }
        fhrl_gemm(0, 0, rows, hd, end, 1, P, T, V, ld, 0, O + (size_t)t0 * B * C, B * C); // (1)
      }
    }
}

void fhrl_attention_backward(int B, int T, int C, int H, const fhrl_real *qkv, const fhrl_real *prob,
  const fhrl_real *gmix, fhrl_real *gscore, fhrl_real *gqkv)
{
  const fhrl_kernel *k = fhrl_kernel_table();
  const int hd = C / H, ld = B * 3 * C;
  const fhrl_real scale = (fhrl_real)(1.0 / sqrt(hd));
  for (int b = 0; b < B; b++)
    for (int i = 0; i < H; i++, prob += (size_t)T * T) {
      const size_t at = (size_t)b * 3 * C + i * hd;
      const fhrl_real *Q = qkv + at, *K = Q + C, *V = K + C, *gO = gmix + (size_t)b * C + i * hd;
      fhrl_real *gQ = gqkv + at, *gK = gQ + C, *gV = gK + C;
      for (int t0 = 0; t0 < T; t0 += STRIP) { // (2); the first strip overwrites gK and gV of its rows
        const int rows = T - t0 < STRIP ? T - t0 : STRIP, end = t0 + rows;
        const fhrl_real *P = prob + (size_t)t0 * T, *g = gO + (size_t)t0 * B * C;
        fhrl_gemm(0, 1, rows, end, hd, 1, g, B * C, V, ld, 0, gscore, T);
        for (int t = 0; t < rows; t++) {
          fhrl_real *row = gscore + (size_t)t * T;
          const fhrl_real *p = P + (size_t)t * T, sum = k->rows_dot(end, p, row);
          for (int s = 0; s < end; s++) row[s] = p[s] * (row[s] - sum) * scale;
        }
        fhrl_gemm(0, 0, rows, hd, end, 1, gscore, T, K, ld, 0, gQ + (size_t)t0 * ld, ld);
        fhrl_gemm(1, 0, t0, hd, rows, 1, gscore, T, Q + (size_t)t0 * ld, ld, 1, gK, ld);
        fhrl_gemm(
          1, 0, rows, hd, rows, 1, gscore + t0, T, Q + (size_t)t0 * ld, ld, 0, gK + (size_t)t0 * ld, ld);
        fhrl_gemm(1, 0, t0, hd, rows, 1, P, T, g, B * C, 1, gV, ld);
        fhrl_gemm(1, 0, rows, hd, rows, 1, P + t0, T, g, B * C, 0, gV + (size_t)t0 * ld, ld);
      }
    }
}
