// SPDX-License-Identifier: GPL-3.0-or-later
// kernel_smooth: exp, gelu and softmax of rows
//
//   Phi(-s) = exp(-s^2/2) t P(t),  t = 1/(1 + p s/sqrt 2)     (1)   P: gelu_fit.py, relative error 3e-8
//   exp(x) = 2^n exp(r),  r = x - n log 2, |r| <= log(2)/2     (2)   Taylor to r^7, relative error 6e-9
// Built without contraction to FMA, unlike the other kernels: exp and gelu give the same bits at every level.
// The double build takes exp and erf from libm instead: there accuracy is wanted, not speed.
#include <math.h>
#include <stdint.h>
#include <tgmath.h>

#include "nn/kernel_vector.h"

#ifdef FHRL_NN_DOUBLE
void KERNEL(smooth_exp)(int n, fhrl_real *x)
{
  for (int i = 0; i < n; i++) x[i] = exp(x[i]);
}

void KERNEL(smooth_gelu)(size_t n, const fhrl_real *x, fhrl_real *y, fhrl_real *slope)
{
  static const double density = 0.39894228040143267794; // 1 / sqrt(2 pi)
  for (size_t i = 0; i < n; i++) {
    const double at = x[i], below = 0.5 * erfc(-at * 0.70710678118654752440);
    y[i] = at * below;
    slope[i] = below + at * density * exp(-0.5 * at * at);
  }
}
#else
typedef int32_t whole __attribute__((vector_size(FHRL_KERNEL_BYTES)));

// x in [-87, 0]; below, exp(-87) = 1.6e-38 stands for what would leave the normal range
INLINE vec exp_lanes(vec x) // (2)
{
  const vec low = splat(-87.0f);
  const whole tiny = x < low;
  x = (vec)((tiny & (whole)low) | (~tiny & (whole)x));
  const vec shift = splat(12582912.0f); // 1.5 2^23: adding it rounds to a whole number in the low bits
  const vec shifted = x * splat(1.44269504f) + shift, n = shifted - shift;
  const vec r = (x - n * splat(0.693359375f)) + n * splat(2.12194440e-4f); // log 2 in two parts
  vec p = splat(1.0f / 5040.0f);
  p = p * r + splat(1.0f / 720.0f);
  p = p * r + splat(1.0f / 120.0f);
  p = p * r + splat(1.0f / 24.0f);
  p = p * r + splat(1.0f / 6.0f);
  p = p * r + splat(0.5f);
  p = p * r + splat(1.0f);
  p = p * r + splat(1.0f);
  const whole exponent = ((whole)shifted - (whole)shift) << 23;
  return (vec)((whole)p + exponent);
}

void KERNEL(smooth_exp)(int n, fhrl_real *x)
{
  int i = 0;
  for (; i + LANES <= n; i += LANES) store(x + i, exp_lanes(load(x + i)));
  if (i < n) {
    float rest[LANES] = {0};
    for (int l = 0; i + l < n; l++) rest[l] = x[i + l];
    store(rest, exp_lanes(load(rest)));
    for (int l = 0; i + l < n; l++) x[i + l] = rest[l];
  }
}

INLINE void gelu_lanes(vec x, vec *y, vec *slope)
{
  static const float P[] = {0.105813802072f, 0.10518540338f, 0.103832724965f, 0.0551861750359f,
    0.153174928314f, -0.145452152611f, 0.253541775362f, -0.171909223048f, 0.042867372635f,
    -0.00224080369128f};
  const whole negative = x < splat(0.0f);
  const vec s = (vec)((whole)x & 0x7fffffff);
  const vec t = splat(1.0f) / (splat(1.0f) + s * splat(0.375f * 0.70710678f));
  const vec bell = exp_lanes(x * x * splat(-0.5f));
  vec p = splat(P[9]);
  UNROLL for (int k = 8; k >= 0; k--) p = p * t + splat(P[k]);
  const vec tail = bell * t * p, rest = splat(1.0f) - tail; // (1)
  const vec below = (vec)((negative & (whole)tail) | (~negative & (whole)rest));
  *y = x * below;
  *slope = below + x * bell * splat(0.39894228f); // Phi + x phi
}

void KERNEL(smooth_gelu)(size_t n, const fhrl_real *x, fhrl_real *y, fhrl_real *slope)
{
  size_t i = 0;
  vec a, b;
  for (; i + LANES <= n; i += LANES) {
    gelu_lanes(load(x + i), &a, &b);
    store(y + i, a);
    store(slope + i, b);
  }
  if (i < n) {
    float rest[2][LANES] = {{0}};
    for (size_t l = 0; i + l < n; l++) rest[0][l] = x[i + l];
    gelu_lanes(load(rest[0]), &a, &b);
    store(rest[0], a);
    store(rest[1], b);
    for (size_t l = 0; i + l < n; l++) {
      y[i + l] = rest[0][l];
      slope[i + l] = rest[1][l];
    }
  }
}
#endif

static fhrl_real largest(int n, const fhrl_real *x)
{
  fhrl_real
    lane[LANES]; // compared lane by lane: gcc makes that a vector maximum, which it may not for one value
  for (int l = 0; l < LANES; l++) lane[l] = x[l < n ? l : 0];
  int i = LANES;
  for (; i + LANES <= n; i += LANES)
    for (int l = 0; l < LANES; l++) lane[l] = x[i + l] > lane[l] ? x[i + l] : lane[l];
  for (; i < n; i++) lane[0] = x[i] > lane[0] ? x[i] : lane[0];
  for (int l = 1; l < LANES; l++) lane[0] = lane[l] > lane[0] ? lane[l] : lane[0];
  return lane[0];
}

double KERNEL(smooth_softmax)(int n, fhrl_real *x)
{
  const fhrl_real most = largest(n, x);
  for (int i = 0; i < n; i++) x[i] -= most;
  KERNEL(smooth_exp)(n, x);
  const fhrl_real sum = total_of(n, x), share = 1 / sum;
  for (int i = 0; i < n; i++) x[i] *= share;
  return (double)most + log((double)sum);
}
