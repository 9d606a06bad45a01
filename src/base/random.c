// SPDX-License-Identifier: GPL-3.0-or-later
// random: counter-based random numbers (Philox4x32-10; Salmon et al., SC 2011; Random123)
#include "base/random.h"

#include <math.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wshadow"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

static const double two_pi = 6.283185307179586476925286766559; // 2 pi

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

void fhrl_random_normal(fhrl_random at, size_t first, size_t n, double out[])
{
  for (size_t i = 0; i < n; i += 2) {
    double u[2];
    pair(at, (first + i) / 2, u);
    const double radius = sqrt(-2.0 * log(1.0 - u[0])); // 1-u in (0, 1]: the logarithm is finite
    out[i] = radius * cos(two_pi * u[1]);
    if (i + 1 < n) out[i + 1] = radius * sin(two_pi * u[1]);
  }
}

uint32_t fhrl_random_below(fhrl_random at, size_t index, uint64_t bound)
{
  double u;
  fhrl_random_uniform(at, index, 1, &u);
  return (uint32_t)(u * (double)bound); // u < 1 and bound <= 2^32: below bound; bias <= 2^-21
}
