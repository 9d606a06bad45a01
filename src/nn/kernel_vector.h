// SPDX-License-Identifier: GPL-3.0-or-later
// kernel_vector: the widest vector of the level that an object is built for, for kernel_*.c alone
//
// kernel_*.c is compiled once per level with the level's -m flags; FHRL_KERNEL_LEVEL (base, avx2, avx512)
// ends the names of what it exports. The generic vectors of gcc and clang serve all levels with one text.
#pragma once

#include "nn/kernel.h"

#ifndef FHRL_KERNEL_LEVEL
#define FHRL_KERNEL_LEVEL base
#endif
#define FHRL_KERNEL_PASTE(name, level) fhrl_kernel_##name##_##level
#define FHRL_KERNEL_EXPAND(name, level) FHRL_KERNEL_PASTE(name, level)
#define KERNEL(name) FHRL_KERNEL_EXPAND(name, FHRL_KERNEL_LEVEL)

#define K(name) extern fhrl_##name##_fn KERNEL(name);
FHRL_KERNELS(K)
#undef K

#if defined(__AVX512F__)
#define FHRL_KERNEL_BYTES 64
#elif defined(__AVX2__)
#define FHRL_KERNEL_BYTES 32
#else
#define FHRL_KERNEL_BYTES 16
#endif
enum { LANES = FHRL_KERNEL_BYTES / (int)sizeof(fhrl_real) };

typedef fhrl_real vec __attribute__((vector_size(FHRL_KERNEL_BYTES)));
typedef fhrl_real vec_anywhere
  __attribute__((vector_size(FHRL_KERNEL_BYTES), aligned(sizeof(fhrl_real)), may_alias));

// gcc needs to be told to unroll small constant loops whose accumulators must stay in registers; clang
// does it
#if defined(__GNUC__) && !defined(__clang__)
#define UNROLL _Pragma("GCC unroll 16")
#else
#define UNROLL
#endif
#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const fhrl_real *p) { return *(const vec_anywhere *)p; }
INLINE void store(fhrl_real *p, vec x) { *(vec_anywhere *)p = x; }
INLINE vec splat(fhrl_real x) { return x - (vec){0}; }

// Sum of the lanes, halving: a fixed order.
INLINE fhrl_real total(vec x)
{
  fhrl_real lane[LANES];
  store(lane, x);
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int l = 0; l < half; l++) lane[l] += lane[l + half];
  return lane[0];
}

// Sum of n numbers: lanes first, then what is left of them.
INLINE fhrl_real total_of(int n, const fhrl_real *x)
{
  vec sum = {0};
  int i = 0;
  for (; i + LANES <= n; i += LANES) sum += load(x + i);
  fhrl_real result = total(sum);
  for (; i < n; i++) result += x[i];
  return result;
}
