// SPDX-License-Identifier: GPL-3.0-or-later
// kernel_slots: one token of the fast-weight memory, forward and backward (equations in fhrl.h)
//
// The normalised rows n(q + noise) are not stored: the way back recovers them from the state,
// alpha n = U_t - (1-alpha) U_{t-1}. So the noise need not be kept or drawn twice.
#include <math.h>
#include <tgmath.h>

#include "nn/kernel_vector.h"

static const fhrl_real smallest = (fhrl_real)1e-12; // n(v) = v / max(|v|, 1e-12)

INLINE fhrl_real dot(int n, const fhrl_real *restrict a, const fhrl_real *restrict b)
{
  vec even = {0}, odd = {0}; // two chains hide the latency of the additions
  int j = 0;
  for (; j + 2 * LANES <= n; j += 2 * LANES) {
    even += load(a + j) * load(b + j);
    odd += load(a + j + LANES) * load(b + j + LANES);
  }
  fhrl_real sum = total(even + odd);
  for (; j < n; j++) sum += a[j] * b[j];
  return sum;
}

// 0 for a finite norm. A finite vector whose norm overflows would pass as zero when divided by it: let it
// show as NaN.
INLINE fhrl_real overflow(fhrl_real size) { return size - size; }

// One slot of one side: row = (1-alpha) before + alpha n(z + noise). Returns |z + noise|.
INLINE fhrl_real remember(int C, fhrl_real alpha, const fhrl_real *restrict z,
  const fhrl_real *restrict noise, const fhrl_real *restrict before, fhrl_real *restrict row)
{
  if (noise)
    for (int j = 0; j < C; j++) row[j] = z[j] + noise[j];
  else
    for (int j = 0; j < C; j++) row[j] = z[j];
  const fhrl_real size = sqrt(dot(C, row, row));
  const fhrl_real gain = alpha / (size > smallest ? size : smallest) + overflow(size), stay = 1 - alpha;
  if (before)
    for (int j = 0; j < C; j++) row[j] = stay * before[j] + gain * row[j];
  else
    for (int j = 0; j < C; j++) row[j] = gain * row[j];
  return size;
}

void KERNEL(slots_forward)(int C, int R, fhrl_real alpha, fhrl_real beta, const fhrl_real *qkv,
  const fhrl_real *noise, const fhrl_real *before, fhrl_real *after, fhrl_real *note, fhrl_real *y)
{
  for (int s = 0; s < 2 * R; s++) { // slots of U from q, then of V from k: [FH-RL eq. 2], [FH-RL eq. 3]
    const size_t at = (size_t)s * C;
    note[s] = remember(C, alpha, s < R ? qkv : qkv + C, noise ? noise + at : NULL,
      before ? before + at : NULL, after + at);
  }
  const fhrl_real *U = after, *V = after + (size_t)R * C, *v = qkv + 2 * (size_t)C;
  fhrl_real *match = note + 2 * R;
  for (int j = 0; j < C; j++) y[j] = 0;
  for (int i = 0; i < R; i++) { // w = U^T (V v): [FH-RL eq. 6]
    match[i] = dot(C, V + (size_t)i * C, v);
    for (int j = 0; j < C; j++) y[j] += match[i] * U[(size_t)i * C + j];
  }
  const fhrl_real size = sqrt(dot(C, y, y));
  const fhrl_real gain =
    (size > 0 ? 1 / (1 + beta * (size - 1)) : 0) + overflow(size); // [FH-RL eq. 7]; y = 0 if w = 0
  for (int j = 0; j < C; j++) y[j] *= gain;
  match[R] = size;
}

// From carry = all of dL/drow_t to gz += dL/dz, with dn/dz = (1 - n n^T) / |z|; then carry *= keep.
INLINE void recall(int C, fhrl_real alpha, fhrl_real keep, fhrl_real size, const fhrl_real *restrict before,
  const fhrl_real *restrict row, fhrl_real *restrict carry, fhrl_real *restrict gz, fhrl_real *restrict n)
{
  const fhrl_real stay = 1 - alpha, whole = 1 / alpha;
  if (before)
    for (int j = 0; j < C; j++) n[j] = (row[j] - stay * before[j]) * whole;
  else
    for (int j = 0; j < C; j++) n[j] = row[j] * whole;
  const fhrl_real along = size > smallest ? dot(C, n, carry) : 0;
  const fhrl_real gain = alpha / (size > smallest ? size : smallest);
  for (int j = 0; j < C; j++) {
    gz[j] += gain * (carry[j] - along * n[j]);
    carry[j] *= keep;
  }
}

// One slot's share of w = U^T (V v), from gw = dL/dw: added to dL/dU, dL/dV and dL/dv. Its own function because only
// there restrict tells gcc that the seven rows are apart; otherwise the loop stays scalar.
INLINE void reply(int C, fhrl_real match, const fhrl_real *restrict U, const fhrl_real *restrict V,
  const fhrl_real *restrict v, const fhrl_real *restrict gw, fhrl_real *restrict gU, fhrl_real *restrict gV,
  fhrl_real *restrict gv)
{
  const fhrl_real gmatch = dot(C, U, gw);
  for (int j = 0; j < C; j++) {
    gU[j] += match * gw[j];
    gV[j] += gmatch * v[j];
    gv[j] += gmatch * V[j];
  }
}

void KERNEL(slots_backward)(int C, int R, fhrl_real alpha, fhrl_real beta, fhrl_real keep,
  const fhrl_real *v, const fhrl_real *before, const fhrl_real *after, const fhrl_real *note,
  const fhrl_real *y, const fhrl_real *gy, fhrl_real *carry, fhrl_real *gqkv, fhrl_real *scratch)
{
  const size_t side = (size_t)R * C;
  const fhrl_real *match = note + 2 * R, size = match[R];
  fhrl_real *gw = scratch, *n = scratch + C;
  // y = g(|w|) w, g' = -beta g^2: dL/dw = g gy - beta (y.gy) / |w| y
  const fhrl_real gain = size > 0 ? 1 / (1 + beta * (size - 1)) : beta < 1 ? 1 / (1 - beta) : 0;
  const fhrl_real radial = size > 0 ? beta * dot(C, y, gy) / size : 0;
  for (int j = 0; j < C; j++) gw[j] = gain * gy[j] - radial * y[j];
  for (int j = 0; j < 3 * C; j++) gqkv[j] = 0;
  for (int i = 0; i < R; i++) {
    const size_t at = (size_t)i * C;
    reply(C, match[i], after + at, after + side + at, v, gw, carry + at, carry + side + at, gqkv + 2 * (size_t)C);
  }
  for (int s = 0; s < 2 * R; s++) {
    const size_t at = (size_t)s * C;
    recall(C, alpha, keep, note[s], before ? before + at : NULL, after + at, carry + at,
      s < R ? gqkv : gqkv + C, n);
  }
}
