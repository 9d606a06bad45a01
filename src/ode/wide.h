// SPDX-License-Identifier: GPL-3.0-or-later
// wide: inner loops of models in vector instructions, picked at run time, with the same bits at every level
//
// Every function takes a `width`, the doubles of one vector: 2, 4 or 8, a constant where a body is compiled. Sums run over
// eight partial sums in fixed order whatever the width (as fhrl_dot's do), and nothing is fused. A model writes
//   FHRL_CPU_INLINE void rhs_wide_body(const int width, const fhrl_system *s, const double x[], double dx[]) { ... }
//   FHRL_WIDE_CLONES(s->cpu, rhs_wide, (const fhrl_system *s, const double x[], double dx[]), (s, x, dx))
// which makes a static rhs_wide compiled for each level of base/cpu.h, and calls that from its rhs. All arrays row-major,
// outputs distinct from inputs unless said otherwise; nothing here needs a symbol of the program.
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/cpu.h"

enum { FHRL_WIDE = 8 }; // partial sums, and doubles that are worked on at a time

#define FHRL_WIDE_JOIN_(name, width) name##_##width
#define FHRL_WIDE_JOIN(name, width)  FHRL_WIDE_JOIN_(name, width)

#define FHRL_WIDTH 2
#include "ode/wide_width.h"
#undef FHRL_WIDTH
#define FHRL_WIDTH 4
#include "ode/wide_width.h"
#undef FHRL_WIDTH
#define FHRL_WIDTH 8
#include "ode/wide_width.h"
#undef FHRL_WIDTH

// The function of that width; `width` is a constant, so that the others vanish.
#define FHRL_WIDE_CALL(name, ...)                                                                  \
  (width == 8 ? name##_8(__VA_ARGS__) : width == 4 ? name##_4(__VA_ARGS__) : name##_2(__VA_ARGS__))

// a'b, bit for bit fhrl_dot
FHRL_CPU_INLINE double fhrl_wide_dot(const int width, int n, const double a[], const double b[])
{
  return FHRL_WIDE_CALL(fhrl_wide_dot, n, a, b);
}

// 1 if every entry is finite
FHRL_CPU_INLINE int fhrl_wide_finite(const int width, int n, const double a[]) { return FHRL_WIDE_CALL(fhrl_wide_finite, n, a); }

// y = A x; A (rows, cols)
FHRL_CPU_INLINE void fhrl_wide_matvec(const int width, int rows, int cols, const double A[], const double x[], double y[])
{
  FHRL_WIDE_CALL(fhrl_wide_matvec, rows, cols, A, x, y);
}

// t = tanh z and, unless it is NULL, slope = 1 - tanh^2 z, (n) each; t may be z. Within 2 ulp, the slope within 4 and without
// cancellation; odd, and a NaN stays one. What fills no block is taken by twos, and loaded one by one: a vector that is
// loaded right after its entries were stored waits for them all.
FHRL_CPU_INLINE void fhrl_wide_tanh(const int width, int n, const double z[], double t[], double *slope)
{
  int i = 0;
  for (; i + FHRL_WIDE <= n; i += FHRL_WIDE)
    FHRL_WIDE_CALL(fhrl_wide_tanh_block, z + i, t + i, slope ? slope + i : NULL);
  for (; i < n; i += 2) {
    const int two = i + 1 < n;
    const fhrl_wide_vector_2 x = {z[i], z[two ? i + 1 : i]};
    fhrl_wide_vector_2 y, s;
    fhrl_wide_tanh_part_2(&x, &y, &s);
    t[i] = y[0];
    if (slope) slope[i] = s[0];
    if (two) t[i + 1] = y[1];
    if (two && slope) slope[i + 1] = s[1];
  }
}

// One pass over a square memory A (d, d) that decays and takes up an outer product while it is read:
//   z = (W + A) y + plus,   dA = a b' - lambda A
// W (d, d) and plus (d) may be NULL: zeros.
FHRL_CPU_INLINE void fhrl_wide_memory(const int width, int d, const double *W, const double A[], const double y[],
  const double a[], const double b[], double lambda, const double *plus, double z[], double dA[])
{
  FHRL_WIDE_CALL(fhrl_wide_memory, d, W, A, y, a, b, lambda, plus, z, dA);
}

// The same and its derivative, along dA (d, d), and dy of y, da of a, db of b:
//   z = (W + A) y + plus,   dz = (W + A) dy + dA y,   out = da b' + a db' - lambda dA
FHRL_CPU_INLINE void fhrl_wide_memory_tangent(const int width, int d, const double *W, const double A[], const double dA[],
  const double y[], const double dy[], const double a[], const double da[], const double b[], const double db[],
  double lambda, const double *plus, double z[], double dz[], double out[])
{
  FHRL_WIDE_CALL(fhrl_wide_memory_tangent, d, W, A, dA, y, dy, a, da, b, db, lambda, plus, z, dz, out);
}

// A static void `name` of the always-inlined `name_body`, which takes the width before the parameters; level: a fhrl_cpu.
#define FHRL_WIDE_ARGUMENTS(...) __VA_ARGS__
#if defined(__x86_64__)
#define FHRL_WIDE_CLONES(level, name, parameters, arguments)                                       \
  __attribute__((target(FHRL_CPU_AVX512_TARGET))) static void name##_avx512 parameters             \
  {                                                                                                \
    name##_body(8, FHRL_WIDE_ARGUMENTS arguments);                                                 \
  }                                                                                                \
  __attribute__((target("avx2,fma"))) static void name##_avx2 parameters                           \
  {                                                                                                \
    name##_body(4, FHRL_WIDE_ARGUMENTS arguments);                                                 \
  }                                                                                                \
  static void name##_base parameters { name##_body(2, FHRL_WIDE_ARGUMENTS arguments); }            \
  static void name parameters                                                                      \
  {                                                                                                \
    const fhrl_cpu level_ = level;                                                                 \
    if (level_ == FHRL_CPU_AVX512)                                                                 \
      name##_avx512 arguments;                                                                     \
    else if (level_ == FHRL_CPU_AVX2)                                                              \
      name##_avx2 arguments;                                                                       \
    else                                                                                           \
      name##_base arguments;                                                                       \
  }
#else
#define FHRL_WIDE_CLONES(level, name, parameters, arguments)                                       \
  static void name parameters { name##_body(2, FHRL_WIDE_ARGUMENTS arguments); }
#endif
