// SPDX-License-Identifier: GPL-3.0-or-later
// random: counter-based random numbers (Philox4x32-10; Salmon et al., SC 2011; Random123)
//
// Training draws millions of normals per step, so they come in blocks of LANES pairs whose loops the
// compiler turns into vectors. Every operation below is a correctly rounded one and none is fused: the
// bits are the same for each vector level, each cut of a sequence and each compiler.
//   log(1+f) = f - s (f - R),  s = f/(2+f),  R = 2/3 s^2 + 2/5 s^4 + ...      (1)  |s| <= 0.172, to s^18
//   sin, cos of |a| <= pi/4 by their power series, to a^15 and a^16           (2)
#include "base/random.h"

#include <math.h>
#include <string.h>

#include "base/cpu.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wshadow"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

enum { LANES = 64 }; // pairs of a block

void fhrl_random_block(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4])
{
  const philox4x32_key_t k = {{key[0], key[1]}};
  const philox4x32_ctr_t c = {{counter[0], counter[1], counter[2], counter[3]}};
  const philox4x32_ctr_t r = philox4x32_R(10, c, k);
  for (int i = 0; i < 4; i++) out[i] = r.v[i];
}

// The pair (2 block, 2 block + 1) of uniforms in [0, 1).
static void pair(fhrl_random at, size_t block, double u[2])
{
  const uint32_t key[2] = {at.seed, (uint32_t)at.stream};
  const uint32_t counter[4] = {at.step, at.layer, at.sequence, (uint32_t)block};
  uint32_t w[4];
  fhrl_random_block(key, counter, w);
  u[0] = (double)((((uint64_t)w[0] << 32) | w[1]) >> 11) * 0x1p-53;
  u[1] = (double)((((uint64_t)w[2] << 32) | w[3]) >> 11) * 0x1p-53;
}

void fhrl_random_uniform(fhrl_random at, size_t first, size_t n, double out[])
{
  double u[2];
  for (size_t i = 0; i < n; i++) {
    const size_t index = first + i;
    if (i == 0 || index % 2 == 0) pair(at, index / 2, u);
    out[i] = u[index % 2];
  }
}

FHRL_CPU_INLINE uint64_t bits_of(double x)
{
  uint64_t b;
  memcpy(&b, &x, sizeof b);
  return b;
}

FHRL_CPU_INLINE double from_bits(uint64_t b)
{
  double x;
  memcpy(&x, &b, sizeof x);
  return x;
}

// Blocks `block` .. block + LANES - 1 of Philox4x32-10, the words apart: w[word][lane].
FHRL_CPU_INLINE void philox(fhrl_random at, uint32_t block, uint32_t w[4][LANES])
{
  for (int l = 0; l < LANES; l++) {
    uint32_t c0 = at.step, c1 = at.layer, c2 = at.sequence, c3 = block + (uint32_t)l;
    uint32_t k0 = at.seed, k1 = (uint32_t)at.stream;
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 10
#endif
    for (int round = 0; round < 10; round++) {
      const uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
      c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
      c1 = (uint32_t)p1;
      c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
      c3 = (uint32_t)p0;
      k0 += 0x9E3779B9u; // golden ratio
      k1 += 0xBB67AE85u; // sqrt(3) - 1
    }
    w[0][l] = c0;
    w[1][l] = c1;
    w[2][l] = c2;
    w[3][l] = c3;
  }
}

// The 53-bit uniform of pair(), from signed conversions, which every vector level has.
FHRL_CPU_INLINE double uniform(uint32_t high, uint32_t low)
{
  const double a = (double)(int32_t)(high ^ 0x80000000u) + 2147483648.0;
  return a * 0x1p-32 + (double)(int32_t)(low >> 11) * 0x1p-53; // exact: 53 bits in all
}

// log(x) for a normal x > 0, within 2 ulp or so.
FHRL_CPU_INLINE double logarithm(double x) // (1)
{
  const uint64_t root_half = 0x3fe6a09e00000000u;                       // about sqrt(1/2)
  const uint64_t shifted = bits_of(x) + (0x3ff0000000000000u - root_half);
  const double m = from_bits((shifted & 0x000fffffffffffffu) + root_half); // in [sqrt(1/2), sqrt(2))
  const double k = from_bits((shifted >> 52) | 0x4330000000000000u) - (0x1p52 + 1023.0);
  const double f = m - 1.0, s = f / (2.0 + f), z = s * s;
  double R = 2.0 / 19.0;
  R = R * z + 2.0 / 17.0;
  R = R * z + 2.0 / 15.0;
  R = R * z + 2.0 / 13.0;
  R = R * z + 2.0 / 11.0;
  R = R * z + 2.0 / 9.0;
  R = R * z + 2.0 / 7.0;
  R = R * z + 2.0 / 5.0;
  R = R * z + 2.0 / 3.0;
  const double half = 0.5 * f * f, tail = s * (half + R * z); // f - s (f - R) with less rounding
  const double high = 0x1.62e42fee00000p-1, low = 0x1.a39ef35793c76p-33; // log 2 in two parts, k high exact
  return k * high - ((half - (tail + k * low)) - f);
}

// cos and sin of 2 pi u, u in [0, 1): the quarter turn nearest to u is taken off exactly.
FHRL_CPU_INLINE void turn(double u, double *cosine, double *sine) // (2)
{
  const double shift = 0x1.8p52, shifted = 4.0 * u + shift; // rounds to a whole number in the low bits
  const double a = (u - 0.25 * (shifted - shift)) * 6.283185307179586476925286766559, z = a * a;
  double s = -1.0 / 1307674368000.0, c = 1.0 / 20922789888000.0;
  s = s * z + 1.0 / 6227020800.0;
  s = s * z - 1.0 / 39916800.0;
  s = s * z + 1.0 / 362880.0;
  s = s * z - 1.0 / 5040.0;
  s = s * z + 1.0 / 120.0;
  s = s * z - 1.0 / 6.0;
  s = a + a * (s * z);
  c = c * z - 1.0 / 87178291200.0;
  c = c * z + 1.0 / 479001600.0;
  c = c * z - 1.0 / 3628800.0;
  c = c * z + 1.0 / 40320.0;
  c = c * z - 1.0 / 720.0;
  c = c * z + 1.0 / 24.0;
  c = c * z - 0.5;
  c = 1.0 + c * z;
  const uint64_t q = bits_of(shifted), odd = (uint64_t)0 - (q & 1), S = bits_of(s), C = bits_of(c);
  *cosine = from_bits(((S & odd) | (C & ~odd)) ^ (((q + 1) & 2) << 62));
  *sine = from_bits(((C & odd) | (S & ~odd)) ^ ((q & 2) << 62));
}

// LANES pairs of normals.
FHRL_CPU_INLINE void normals_body(fhrl_random at, uint32_t block, double out[2 * LANES])
{
  uint32_t w[4][LANES];
  double a[LANES], b[LANES];
  philox(at, block, w);
  for (int l = 0; l < LANES; l++) {
    double cosine, sine;
    const double radius = sqrt(-2.0 * logarithm(1.0 - uniform(w[0][l], w[1][l]))); // 1-u in (0, 1]
    turn(uniform(w[2][l], w[3][l]), &cosine, &sine);
    a[l] = radius * cosine;
    b[l] = radius * sine;
  }
  for (int l = 0; l < LANES; l++) {
    out[2 * l] = a[l];
    out[2 * l + 1] = b[l];
  }
}
FHRL_CPU_CLONES(normals, (fhrl_random at, uint32_t block, double out[2 * LANES]), (at, block, out))

void fhrl_random_normal(fhrl_random at, size_t first, size_t n, double out[])
{
  const size_t whole = n - n % (2 * LANES);
  for (size_t i = 0; i < whole; i += 2 * LANES) normals(at, (uint32_t)((first + i) / 2), out + i);
  if (whole == n) return;
  double rest[2 * LANES];
  normals(at, (uint32_t)((first + whole) / 2), rest);
  memcpy(out + whole, rest, (n - whole) * sizeof *out);
}

// ---- the same in float, for slot noise: one block of the generator gives four
FHRL_CPU_INLINE float float_from_bits(uint32_t b)
{
  float x;
  memcpy(&x, &b, sizeof x);
  return x;
}

FHRL_CPU_INLINE uint32_t bits_of_float(float x)
{
  uint32_t b;
  memcpy(&b, &x, sizeof b);
  return b;
}

// -2 log u for u = (w + 1/2) / 2^32 rounded to float, so in (0, 1]; w's lowest bit is not used.
FHRL_CPU_INLINE float radius_squared(uint32_t w) // (1), to s^9
{
  const float u = (float)(int32_t)(w >> 1) * 0x1p-31f + 0x1p-33f;
  const uint32_t root_half = 0x3f3504f3u, shifted = bits_of_float(u) + (0x3f800000u - root_half);
  const float m = float_from_bits((shifted & 0x007fffffu) + root_half);
  const float k = (float)((int32_t)(shifted >> 23) - 127);
  const float f = m - 1.0f, s = f / (2.0f + f), z = s * s, half = 0.5f * f * f;
  float R = 2.0f / 9.0f;
  R = R * z + 2.0f / 7.0f;
  R = R * z + 2.0f / 5.0f;
  R = R * z + 2.0f / 3.0f;
  const float high = 0x1.62e4p-1f, low = 0x1.7f7d1cp-20f; // log 2 in two parts, k high exact
  return -2.0f * (k * high - ((half - (s * (half + R * z) + k * low)) - f));
}

// radius times cosine and sine of 2 pi w / 2^32: the nearest quarter turn comes off in whole numbers.
FHRL_CPU_INLINE void turn_float(uint32_t w, float radius, float *cosine, float *sine) // (2), to a^9, a^10
{
  const uint32_t q = (w + 0x20000000u) >> 30;
  const float a = (float)(int32_t)(w - (q << 30)) * (6.2831853f * 0x1p-32f), z = a * a;
  float s = 1.0f / 362880.0f, c = -1.0f / 3628800.0f;
  s = s * z - 1.0f / 5040.0f;
  s = s * z + 1.0f / 120.0f;
  s = s * z - 1.0f / 6.0f;
  s = a + a * (s * z);
  c = c * z + 1.0f / 40320.0f;
  c = c * z - 1.0f / 720.0f;
  c = c * z + 1.0f / 24.0f;
  c = c * z - 0.5f;
  c = 1.0f + c * z;
  const uint32_t odd = 0u - (q & 1u), S = bits_of_float(s * radius), C = bits_of_float(c * radius);
  *cosine = float_from_bits(((S & odd) | (C & ~odd)) ^ (((q + 1u) & 2u) << 30));
  *sine = float_from_bits(((C & odd) | (S & ~odd)) ^ ((q & 2u) << 30));
}

FHRL_CPU_INLINE void floats_body(fhrl_random at, uint32_t block, float out[4 * LANES])
{
  uint32_t w[4][LANES];
  philox(at, block, w);
  for (int p = 0; p < 2; p++)
    for (int l = 0; l < LANES; l++) {
      const float radius = sqrtf(radius_squared(w[2 * p][l]));
      turn_float(w[2 * p + 1][l], radius, &out[2 * p * LANES + l], &out[(2 * p + 1) * LANES + l]);
    }
}
FHRL_CPU_CLONES(floats, (fhrl_random at, uint32_t block, float out[4 * LANES]), (at, block, out))

void fhrl_random_normal_float(fhrl_random at, size_t first, size_t n, float out[])
{
  enum { GROUP = 4 * LANES };
  while (n > 0) {
    const size_t skip = first % GROUP, left = GROUP - skip, count = n < left ? n : left;
    const uint32_t block = (uint32_t)(first / GROUP * LANES);
    if (count == GROUP) {
      floats(at, block, out);
    } else {
      float group[GROUP];
      floats(at, block, group);
      memcpy(out, group + skip, count * sizeof *out);
    }
    first += count;
    out += count;
    n -= count;
  }
}

uint32_t fhrl_random_below(fhrl_random at, size_t index, uint64_t bound)
{
  double u;
  fhrl_random_uniform(at, index, 1, &u);
  return (uint32_t)(u * (double)bound); // u < 1 and bound <= 2^32: below bound; bias <= 2^-21
}
