// SPDX-License-Identifier: GPL-3.0-or-later
// lanes: a right-hand side written once, for one state and for a row of trajectories side by side
//
// In lanes an array (rows) becomes (rows, lanes): entry i of lane l is a[i * lanes + l], so that a loop over the lanes of
// a row becomes vector instructions. A model writes its equations in `field` as such loops, with a width that is a
// constant wherever field is used:
//   FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
//   {
//     for (int l = 0; l < w.lanes; l++) FHRL_AT(dx, X) = FHRL_AT(s->p, MU) * FHRL_AT(x, X);
//   }
//   FHRL_RHS_OF(field)   // rhs: one lane
//   FHRL_LANES_OF(field) // lanes: FHRL_LANES of them, compiled for each level of base/cpu.h
// A loop over lanes inside one over rows needs `#pragma GCC unroll 1` before it: gcc would take its few repetitions apart
// before it looks for vectors. In lanes s->p is (n_param, lanes), each trajectory having its own, and s->work (n_work, lanes); t is (lanes); matrices
// and u are the same for all. Nothing may pass between lanes. What cannot be evaluated has to become a NaN.
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/cpu.h"

enum { FHRL_LANES = 16, FHRL_LEVELS = 3 }; // lanes of a row; levels of fhrl_cpu

typedef struct fhrl_width {
  int lanes; // 1 or FHRL_LANES
  int fused; // 1: the code is for a level that has a fused multiply-add
} fhrl_width;

#define FHRL_INLINE  FHRL_CPU_INLINE
#define FHRL_AT(a, i) (a)[(i)*w.lanes + l]

#define FHRL_RHS_OF(field)                                                                         \
  static int rhs(const fhrl_system *s, double t, const double x[], double dx[])                    \
  {                                                                                                \
    field(s, &t, x, dx, (fhrl_width){1, 0});                                                       \
    return 0;                                                                                      \
  }
#define FHRL_LANES_BODY(field, fused)                                                              \
  (const fhrl_system *s, const double t[], const double x[], double dx[])                          \
  {                                                                                                \
    field(s, t, x, dx, (fhrl_width){FHRL_LANES, fused});                                           \
  }
#if defined(__x86_64__)
#define FHRL_LANES_OF(field)                                                                       \
  static void lanes_base FHRL_LANES_BODY(field, 0)                                                 \
  __attribute__((target("avx2,fma"))) static void lanes_avx2 FHRL_LANES_BODY(field, 1)             \
  __attribute__((target(FHRL_CPU_AVX512_TARGET))) static void lanes_avx512 FHRL_LANES_BODY(field, 1) \
  static fhrl_model_lanes *const lanes[FHRL_LEVELS] = {lanes_base, lanes_avx2, lanes_avx512};
#else
#define FHRL_LANES_OF(field)                                                                       \
  static void lanes_base FHRL_LANES_BODY(field, 0)                                                 \
  static fhrl_model_lanes *const lanes[FHRL_LEVELS] = {lanes_base, lanes_base, lanes_base};
#endif

// ---- elementary functions without a branch, so that a loop of them becomes vector instructions

// a b + c, rounded once where that costs nothing
FHRL_INLINE double fhrl_lane_madd(fhrl_width w, double a, double b, double c)
{
  return w.fused ? __builtin_fma(a, b, c) : a * b + c;
}

// exp(x) = 2^k (1 + q), q = exp(r) - 1, r in +-ln 2 / 2: k as the low bits of *shifted, and q from a Taylor series
// to r^13, whose rest is below 1e-17. |x| <= 1e5.
FHRL_INLINE double fhrl_lane_exp_parts(fhrl_width w, double x, double *shifted)
{
  const double ln2_high = 0x1.62e42fefa0000p-1, ln2_low = 0x1.cf79abc9e3b3ap-40, inverse = 0x1.71547652b82fep+0;
  const double round = 0x1.8p52;
  *shifted = fhrl_lane_madd(w, x, inverse, round);
  const double k = *shifted - round, r = fhrl_lane_madd(w, -k, ln2_low, fhrl_lane_madd(w, -k, ln2_high, x));
  double p = 1.0 / 6227020800.0;
  p = fhrl_lane_madd(w, p, r, 1.0 / 479001600.0);
  p = fhrl_lane_madd(w, p, r, 1.0 / 39916800.0);
  p = fhrl_lane_madd(w, p, r, 1.0 / 3628800.0);
  p = fhrl_lane_madd(w, p, r, 1.0 / 362880.0);
  p = fhrl_lane_madd(w, p, r, 1.0 / 40320.0);
  p = fhrl_lane_madd(w, p, r, 1.0 / 5040.0);
  p = fhrl_lane_madd(w, p, r, 1.0 / 720.0);
  p = fhrl_lane_madd(w, p, r, 1.0 / 120.0);
  p = fhrl_lane_madd(w, p, r, 1.0 / 24.0);
  p = fhrl_lane_madd(w, p, r, 1.0 / 6.0);
  p = fhrl_lane_madd(w, p, r, 0.5);
  return fhrl_lane_madd(w, p * r, r, r);
}

// 2^k for -1022 <= k <= 1023 in the low bits
FHRL_INLINE double fhrl_lane_power(uint64_t k)
{
  const uint64_t bits = (k + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return power;
}

// exp x, within 2 ulp; 0 and infinity where they belong, subnormal numbers within 1e-323
FHRL_INLINE double fhrl_lane_exp(fhrl_width w, double x)
{
  const double high = x > 720.0 ? 720.0 : x, y = high < -760.0 ? -760.0 : high; // a NaN stays one
  double shifted;
  const double q = fhrl_lane_exp_parts(w, y, &shifted);
  int64_t k;
  memcpy(&k, &shifted, sizeof k);
  k = (int64_t)((uint64_t)k << 12) >> 12; // sign of the 52 low bits
  const int64_t half = k >> 1;           // one power may lie beyond what a double holds
  return fhrl_lane_power((uint64_t)half) * (1.0 + q) * fhrl_lane_power((uint64_t)(k - half));
}

// tanh x = m / (m + 2), m = exp(2 |x|) - 1 = 2^k q + (2^k - 1); within 3 ulp
FHRL_INLINE double fhrl_lane_tanh(fhrl_width w, double x)
{
  const double size = fabs(x) > 20.0 ? 20.0 : fabs(x); // a NaN stays one
  double shifted;
  const double q = fhrl_lane_exp_parts(w, 2.0 * size, &shifted);
  uint64_t k;
  memcpy(&k, &shifted, sizeof k);
  const double power = fhrl_lane_power(k), m = fhrl_lane_madd(w, power, q, power - 1.0);
  return copysign(m / (m + 2.0), x);
}

// sin of x + quarter pi/2, from Taylor series on +-pi/4 whose rests are below 1e-18; within 3 ulp for |x| <= 1e6, beyond as
// if x were off by one ulp, up to |x| = 1e15
FHRL_INLINE double fhrl_lane_turn(fhrl_width w, double x, uint64_t quarter)
{
  const double half_pi_1 = 0x1.921fb544p+0, half_pi_2 = 0x1.0b4611a6p-34, half_pi_3 = 0x1.3198a2e037073p-69; // 33, 33, 53 bits
  const double round = 0x1.8p52, shifted = fhrl_lane_madd(w, x, 0x1.45f306dc9c883p-1, round), k = shifted - round;
  const double r = fhrl_lane_madd(w, -k, half_pi_3, fhrl_lane_madd(w, -k, half_pi_2, fhrl_lane_madd(w, -k, half_pi_1, x)));
  const double z = r * r;
  double s = 1.0 / 355687428096000.0, c = 1.0 / 20922789888000.0;
  s = fhrl_lane_madd(w, s, z, -1.0 / 1307674368000.0);
  s = fhrl_lane_madd(w, s, z, 1.0 / 6227020800.0);
  s = fhrl_lane_madd(w, s, z, -1.0 / 39916800.0);
  s = fhrl_lane_madd(w, s, z, 1.0 / 362880.0);
  s = fhrl_lane_madd(w, s, z, -1.0 / 5040.0);
  s = fhrl_lane_madd(w, s, z, 1.0 / 120.0);
  s = fhrl_lane_madd(w, s, z, -1.0 / 6.0);
  c = fhrl_lane_madd(w, c, z, -1.0 / 87178291200.0);
  c = fhrl_lane_madd(w, c, z, 1.0 / 479001600.0);
  c = fhrl_lane_madd(w, c, z, -1.0 / 3628800.0);
  c = fhrl_lane_madd(w, c, z, 1.0 / 40320.0);
  c = fhrl_lane_madd(w, c, z, -1.0 / 720.0);
  c = fhrl_lane_madd(w, c, z, 1.0 / 24.0);
  c = fhrl_lane_madd(w, c, z, -0.5);
  uint64_t turns;
  memcpy(&turns, &shifted, sizeof turns);
  turns += quarter;
  const double sine = fhrl_lane_madd(w, s * z, r, r), cosine = fhrl_lane_madd(w, c, z, 1.0);
  const double size = turns & 1 ? cosine : sine;
  return turns & 2 ? -size : size;
}

FHRL_INLINE double fhrl_lane_sin(fhrl_width w, double x) { return fhrl_lane_turn(w, x, 0); }
FHRL_INLINE double fhrl_lane_cos(fhrl_width w, double x) { return fhrl_lane_turn(w, x, 1); }

// z = A x + B u + b for every lane: A (rows, cols), B (rows, n_u), u (n_u) and b (rows; may be NULL) the same for all; x
// (cols, lanes), z (rows, lanes)
FHRL_INLINE void fhrl_lane_matvec(fhrl_width w, int rows, int cols, const double *A, const double *x, int n_u, const double *B,
  const double *u, const double *b, double *restrict z)
{
  for (int i = 0; i < rows; i++) {
    double held = b ? b[i] : 0.0, sum[FHRL_LANES];
    for (int j = 0; j < n_u; j++) held += B[(size_t)i * n_u + j] * u[j];
    for (int l = 0; l < w.lanes; l++) sum[l] = held;
    for (int j = 0; j < cols; j++)
#pragma GCC unroll 1
      for (int l = 0; l < w.lanes; l++) sum[l] = fhrl_lane_madd(w, A[(size_t)i * cols + j], FHRL_AT(x, j), sum[l]);
    for (int l = 0; l < w.lanes; l++) FHRL_AT(z, i) = sum[l];
  }
}
