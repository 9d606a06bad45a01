// SPDX-License-Identifier: GPL-3.0-or-later
// kernel_rows: element-wise functions, sums and the optimiser's update on rows and flat arrays
//
//   Phi(-s) = exp(-s^2/2) t P(t),  t = 1/(1 + p s/sqrt 2)     (1)   P: gelu_fit.py, relative error 3e-8
//   exp(x) = 2^n exp(r),  r = x - n log 2, |r| <= log(2)/2     (2)   Taylor to r^7, relative error 6e-9
// The double build takes exp and erf from libm instead: there accuracy is wanted, not speed.
#include <math.h>
#include <stdint.h>
#include <tgmath.h>

#include "nn/kernel_vector.h"

#ifdef FHRL_NN_DOUBLE
static void exponential(int n, double *x)
{
  for (int i = 0; i < n; i++) x[i] = exp(x[i]);
}

void KERNEL(rows_gelu)(size_t n, const fhrl_real *x, fhrl_real *y, fhrl_real *slope)
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

static void exponential(int n, float *x)
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

void KERNEL(rows_gelu)(size_t n, const fhrl_real *x, fhrl_real *y, fhrl_real *slope)
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

fhrl_real KERNEL(rows_dot)(int n, const fhrl_real *a, const fhrl_real *b)
{
  vec sum = {0};
  int i = 0;
  for (; i + LANES <= n; i += LANES) sum += load(a + i) * load(b + i);
  fhrl_real result = total(sum);
  for (; i < n; i++) result += a[i] * b[i];
  return result;
}

static fhrl_real sum_of(int n, const fhrl_real *x)
{
  vec sum = {0};
  int i = 0;
  for (; i + LANES <= n; i += LANES) sum += load(x + i);
  fhrl_real result = total(sum);
  for (; i < n; i++) result += x[i];
  return result;
}

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

double KERNEL(rows_softmax)(int n, fhrl_real *x)
{
  const fhrl_real most = largest(n, x);
  for (int i = 0; i < n; i++) x[i] -= most;
  exponential(n, x);
  const fhrl_real sum = sum_of(n, x), share = 1 / sum;
  for (int i = 0; i < n; i++) x[i] *= share;
  return (double)most + log((double)sum);
}

void KERNEL(rows_norm)(
  int n, int C, const fhrl_real *x, const fhrl_real *w, const fhrl_real *b, fhrl_real *y, fhrl_real *stat)
{
  for (int i = 0; i < n; i++, x += C, y += C, stat += 2) {
    const fhrl_real mean = sum_of(C, x) / (fhrl_real)C;
    for (int j = 0; j < C; j++) y[j] = x[j] - mean;
    const fhrl_real variance = KERNEL(rows_dot)(C, y, y) / (fhrl_real)C;
    const fhrl_real overflow = variance - variance; // 0, or NaN where the row would otherwise pass as zero
    const fhrl_real scale = 1 / sqrt(variance + (fhrl_real)1e-5) + overflow;
    for (int j = 0; j < C; j++) y[j] = y[j] * scale * w[j] + b[j];
    stat[0] = mean;
    stat[1] = scale;
  }
}

void KERNEL(rows_norm_backward)(int n, int C, const fhrl_real *x, const fhrl_real *stat, const fhrl_real *w,
  const fhrl_real *gy, fhrl_real *gx, fhrl_real *gw, fhrl_real *gb)
{
  for (int i = 0; i < n; i++, x += C, gy += C, gx += C, stat += 2) {
    const fhrl_real mean = stat[0], scale = stat[1];
    vec one = {0}, two = {0};
    fhrl_real sum = 0, along = 0; // of g = gy w, and of g xhat
    int j = 0;
    for (; j + LANES <= C; j += LANES) {
      const vec g = load(gy + j) * load(w + j), hat = (load(x + j) - splat(mean)) * splat(scale);
      one += g;
      two += g * hat;
    }
    for (; j < C; j++) {
      sum += gy[j] * w[j];
      along += gy[j] * w[j] * (x[j] - mean) * scale;
    }
    sum = (sum + total(one)) / (fhrl_real)C;
    along = (along + total(two)) / (fhrl_real)C;
    for (j = 0; j < C; j++) {
      const fhrl_real hat = (x[j] - mean) * scale;
      gw[j] += gy[j] * hat;
      gb[j] += gy[j];
      gx[j] += scale * (gy[j] * w[j] - sum - hat * along);
    }
  }
}

void KERNEL(rows_sum)(int n, int C, const fhrl_real *x, int ld, fhrl_real *out)
{
  for (int i = 0; i < n; i++, x += ld)
    for (int j = 0; j < C; j++) out[j] += x[j];
}

void KERNEL(rows_scale)(size_t n, double scale, const float *x, fhrl_real *y)
{
  const fhrl_real by = (fhrl_real)scale;
  for (size_t i = 0; i < n; i++) y[i] = by * (fhrl_real)x[i];
}

void KERNEL(rows_add)(size_t n, const fhrl_real *x, fhrl_real *y)
{
  for (size_t i = 0; i < n; i++) y[i] += x[i];
}

void KERNEL(rows_multiply)(size_t n, const fhrl_real *x, fhrl_real *y)
{
  for (size_t i = 0; i < n; i++) y[i] *= x[i];
}

size_t KERNEL(rows_infinite)(size_t n, const fhrl_real *x)
{
  enum { BLOCK = 1024 }; // a branch per block: x * 0 is 0 for finite x and NaN otherwise
  for (size_t at = 0; at < n; at += BLOCK) {
    const size_t end = at + BLOCK < n ? at + BLOCK : n;
    vec zero = {0};
    fhrl_real rest = 0;
    size_t i = at;
    for (; i + LANES <= end; i += LANES) zero += load(x + i) * 0;
    for (; i < end; i++) rest += x[i] * 0;
    if (total(zero) + rest == 0) continue;
    for (i = at; i < end; i++)
      if (!(x[i] * 0 == 0)) return i;
  }
  return n;
}

void KERNEL(rows_adamw)(size_t n, double decay, double rate, double correction, double b1, double b2,
  double eps, const fhrl_real *restrict g, fhrl_real *restrict p, fhrl_real *restrict m,
  fhrl_real *restrict v)
{
  const fhrl_real keep = (fhrl_real)decay, step = (fhrl_real)rate, bias = (fhrl_real)(1 / sqrt(correction));
  const fhrl_real m0 = (fhrl_real)b1, m1 = (fhrl_real)(1 - b1), v0 = (fhrl_real)b2,
                  v1 = (fhrl_real)(1 - b2);
  const fhrl_real small = (fhrl_real)eps;
  for (size_t i = 0; i < n; i++) {
    m[i] = m0 * m[i] + m1 * g[i];
    v[i] = v0 * v[i] + v1 * g[i] * g[i];
    p[i] = keep * p[i] - step * m[i] / (sqrt(v[i]) * bias + small);
  }
}
