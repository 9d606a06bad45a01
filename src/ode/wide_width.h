// SPDX-License-Identifier: GPL-3.0-or-later
// wide_width: the functions of wide.h for one FHRL_WIDTH; included by wide.h once for each, hence without a guard
//
// Vectors of exactly the width that a level has: wider ones a compiler takes apart badly, and loops that are left to it
// come out differently at every level of optimisation. No vector is an argument or a result: how those are passed depends
// on the level.

#define FHRL_WIDE_OF(name) FHRL_WIDE_JOIN(name, FHRL_WIDTH)
#define V                  FHRL_WIDE_OF(fhrl_wide_vector) // doubles
#define BITS               FHRL_WIDE_OF(fhrl_wide_bits)   // their bits, and masks
#define PARTS              (FHRL_WIDE / FHRL_WIDTH)       // vectors of a block
#define AT(x, i)           (*(const V *)((x) + (i)))
#define PUT(x, i)          (*(V *)((x) + (i)))

// Aligned like a double: a model's arrays are no better.
typedef double V __attribute__((vector_size(8 * FHRL_WIDTH), aligned(8), may_alias));
typedef uint64_t BITS __attribute__((vector_size(8 * FHRL_WIDTH), aligned(8), may_alias));

// Eight partial sums, in the order of fhrl_dot.
FHRL_CPU_INLINE double FHRL_WIDE_OF(fhrl_wide_total)(const V part[])
{
#if FHRL_WIDTH == 8
  const V s = part[0];
  return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
#elif FHRL_WIDTH == 4
  const V s = part[0] + part[1];
  return (s[0] + s[1]) + (s[2] + s[3]);
#else
  const V s = part[0] + part[2], t = part[1] + part[3];
  return (s[0] + s[1]) + (t[0] + t[1]);
#endif
}

FHRL_CPU_INLINE double FHRL_WIDE_OF(fhrl_wide_dot)(int n, const double a[], const double b[])
{
  V s[PARTS] = {{0.0}};
  double rest = 0.0;
  int i = 0;
  for (; i + FHRL_WIDE <= n; i += FHRL_WIDE) {
#pragma GCC unroll 4
    for (int p = 0; p < PARTS; p++) s[p] += AT(a, i + FHRL_WIDTH * p) * AT(b, i + FHRL_WIDTH * p);
  }
  for (; i < n; i++) rest += a[i] * b[i];
  return FHRL_WIDE_OF(fhrl_wide_total)(s) + rest;
}

// A number that is not finite has all bits of its exponent set: 1 more carries into the sign.
FHRL_CPU_INLINE int FHRL_WIDE_OF(fhrl_wide_finite)(int n, const double a[])
{
  const uint64_t one = 0x0010000000000000u, sign = 0x8000000000000000u;
  BITS seen[PARTS] = {{0}};
  uint64_t bits, rest = 0;
  int i = 0;
  for (; i + FHRL_WIDE <= n; i += FHRL_WIDE) {
#pragma GCC unroll 4
    for (int p = 0; p < PARTS; p++) seen[p] |= ((BITS)AT(a, i + FHRL_WIDTH * p) & ~sign) + one;
  }
  for (; i < n; i++) {
    memcpy(&bits, a + i, sizeof bits);
    rest |= (bits & ~sign) + one;
  }
  for (int p = 0; p < PARTS; p++)
    for (int k = 0; k < FHRL_WIDTH; k++) rest |= seen[p][k];
  return (rest & sign) == 0;
}

// `count` rows at a time: their sums do not wait for one another, and x is loaded once.
FHRL_CPU_INLINE void FHRL_WIDE_OF(fhrl_wide_matvec_rows)(const int count, int cols, const double A[], const double x[],
  double y[])
{
  V s[4][PARTS];
  double rest[4];
  int j = 0;
  for (int r = 0; r < count; r++) {
    for (int p = 0; p < PARTS; p++) s[r][p] = (V){0.0};
    rest[r] = 0.0;
  }
  for (; j + FHRL_WIDE <= cols; j += FHRL_WIDE) {
#pragma GCC unroll 4
    for (int p = 0; p < PARTS; p++) {
      const int k = j + FHRL_WIDTH * p;
      const V xk = AT(x, k);
#pragma GCC unroll 4
      for (int r = 0; r < count; r++) s[r][p] += AT(A, (size_t)r * cols + k) * xk;
    }
  }
  for (; j < cols; j++)
    for (int r = 0; r < count; r++) rest[r] += A[(size_t)r * cols + j] * x[j];
  for (int r = 0; r < count; r++) y[r] = FHRL_WIDE_OF(fhrl_wide_total)(s[r]) + rest[r];
}

FHRL_CPU_INLINE void FHRL_WIDE_OF(fhrl_wide_matvec)(int rows, int cols, const double A[], const double x[], double y[])
{
  const int count = FHRL_WIDTH == 2 ? 2 : 4; // as many as there are registers for
  int i = 0;
  for (; i + count <= rows; i += count)
    FHRL_WIDE_OF(fhrl_wide_matvec_rows)(count, cols, A + (size_t)i * cols, x, y + i);
  for (; i < rows; i++) FHRL_WIDE_OF(fhrl_wide_matvec_rows)(1, cols, A + (size_t)i * cols, x, y + i);
}

// ---- tanh

// Both halves come from Lambert's continued fraction tanh x = x/(1 + z/(3 + z/(5 + ...))), z = x^2:
//   below 0.75 as x - x z N(z) / D(z), its convergent of degree 17, off by 2e-19 of tanh x there;
//   from there as 1 - 2 / (exp 2x + 1), exp 2x = 2^k (E(h) + O(h)) / (E(h) - O(h)), h = x - k ln 2 / 2, |h| <= ln 2 / 4, where
//   O / E is its convergent of degree 11, off by 2e-19.
// One division serves either. The slope is (1 - t)(1 + t), or q (2 - q) where t = 1 - q.
FHRL_CPU_INLINE void FHRL_WIDE_OF(fhrl_wide_tanh_part)(const V *argument, V *to, V *slope)
{
  const double half_ln2_high = 0x1.62e42fefa0000p-2, half_ln2_low = 0x1.cf79abc9e3b3ap-41, inverse = 0x1.71547652b82fep+1;
  const double round = 0x1.8p52, limit = 350.0; // beyond it the slope has all but left the range of doubles
  const V x = *argument, one = (V){0.0} + 1.0;
  const BITS sign = (BITS)x & ((BITS){0} + 0x8000000000000000u), plain = (BITS)x ^ sign;
  const BITS over = (BITS)((V)plain > limit), under = (BITS)((V)plain < 0.75); // a NaN is neither, and stays one
  const V size = (V)((over & (BITS)(one * limit)) | (~over & plain));
  const V shifted = size * inverse + round, k = shifted - round; // k also in the low bits of `shifted`
  const V h = (size - k * half_ln2_high) - k * half_ln2_low, h2 = h * h, h4 = h2 * h2;
  const V even = (10395.0 + h2 * 4725.0) + h4 * (210.0 + h2), odd = h * ((10395.0 + h2 * 1260.0) + h4 * 21.0);
  const V scale = (V)(((BITS)shifted + 1023) << 52); // 2^k
  const V up = scale * (even + odd), down = even - odd;
  const V z = size * size, z2 = z * z;
  const V N = (11486475.0 + z * 810810.0) + z2 * (12870.0 + z * 44.0);
  const V D = ((34459425.0 + z * 16216200.0) + z2 * (945945.0 + z * 13860.0)) + (z2 * z2) * 45.0;
  const V above = (V)((under & (BITS)((size * z) * N)) | (~under & (BITS)(down + down)));
  const V below = (V)((under & (BITS)D) | (~under & (BITS)(up + down)));
  const V base = (V)((under & (BITS)size) | (~under & (BITS)one));
  const V q = above / below, t = base - q;
  *to = (V)((BITS)t | sign);
  if (slope) *slope = (V)((under & (BITS)((1.0 - t) * (1.0 + t))) | (~under & (BITS)(q * (2.0 - q))));
}

FHRL_CPU_INLINE void FHRL_WIDE_OF(fhrl_wide_tanh_block)(const double z[], double t[], double *slope)
{
#pragma GCC unroll 4
  for (int p = 0; p < FHRL_WIDE; p += FHRL_WIDTH)
    FHRL_WIDE_OF(fhrl_wide_tanh_part)((const V *)(z + p), (V *)(t + p), slope ? (V *)(slope + p) : NULL);
}

// ---- a memory that is read and changed

FHRL_CPU_INLINE void FHRL_WIDE_OF(fhrl_wide_memory_rows)(const int count, const int weighted, int d, const double *W,
  const double A[], const double y[], const double a[], const double b[], double lambda, const double *plus, double z[], double dA[])
{
  V s[4][PARTS];
  double rest[4];
  int j = 0;
  for (int r = 0; r < count; r++) {
    for (int p = 0; p < PARTS; p++) s[r][p] = (V){0.0};
    rest[r] = 0.0;
  }
  for (; j + FHRL_WIDE <= d; j += FHRL_WIDE) {
#pragma GCC unroll 4
    for (int p = 0; p < PARTS; p++) {
      const int k = j + FHRL_WIDTH * p;
      const V yk = AT(y, k), bk = AT(b, k);
#pragma GCC unroll 4
      for (int r = 0; r < count; r++) {
        const size_t at = (size_t)r * d + k;
        const V A_k = AT(A, at);
        V both = A_k;
        if (weighted) both += AT(W, at);
        s[r][p] += both * yk;
        PUT(dA, at) = a[r] * bk - lambda * A_k;
      }
    }
  }
  for (; j < d; j++)
    for (int r = 0; r < count; r++) {
      const size_t at = (size_t)r * d + j;
      const double A_j = A[at];
      rest[r] += (weighted ? A_j + W[at] : A_j) * y[j];
      dA[at] = a[r] * b[j] - lambda * A_j;
    }
  for (int r = 0; r < count; r++) z[r] = FHRL_WIDE_OF(fhrl_wide_total)(s[r]) + rest[r] + (plus ? plus[r] : 0.0);
}

FHRL_CPU_INLINE void FHRL_WIDE_OF(fhrl_wide_memory_all)(const int weighted, int d, const double *W, const double A[],
  const double y[], const double a[], const double b[], double lambda, const double *plus, double z[], double dA[])
{
  const int count = FHRL_WIDTH == 2 ? 2 : 4;
  int i = 0;
  for (; i + count <= d; i += count) {
    const size_t at = (size_t)i * d;
    FHRL_WIDE_OF(fhrl_wide_memory_rows)(count, weighted, d, weighted ? W + at : W, A + at, y, a + i, b, lambda,
      plus ? plus + i : NULL, z + i, dA + at);
  }
  for (; i < d; i++) {
    const size_t at = (size_t)i * d;
    FHRL_WIDE_OF(fhrl_wide_memory_rows)(1, weighted, d, weighted ? W + at : W, A + at, y, a + i, b, lambda,
      plus ? plus + i : NULL, z + i, dA + at);
  }
}

FHRL_CPU_INLINE void FHRL_WIDE_OF(fhrl_wide_memory)(int d, const double *W, const double A[], const double y[],
  const double a[], const double b[], double lambda, const double *plus, double z[], double dA[])
{
  if (W)
    FHRL_WIDE_OF(fhrl_wide_memory_all)(1, d, W, A, y, a, b, lambda, plus, z, dA);
  else
    FHRL_WIDE_OF(fhrl_wide_memory_all)(0, d, W, A, y, a, b, lambda, plus, z, dA);
}

FHRL_CPU_INLINE void FHRL_WIDE_OF(fhrl_wide_memory_tangent_rows)(const int count, const int weighted, int d, const double *W,
  const double A[], const double dA[], const double y[], const double dy[], const double a[], const double da[],
  const double b[], const double db[], double lambda, const double *plus, double z[], double dz[], double out[])
{
  V s[2][PARTS], ds[2][PARTS];
  double rest[2], drest[2];
  int j = 0;
  for (int r = 0; r < count; r++) {
    for (int p = 0; p < PARTS; p++) s[r][p] = ds[r][p] = (V){0.0};
    rest[r] = drest[r] = 0.0;
  }
  for (; j + FHRL_WIDE <= d; j += FHRL_WIDE) {
#pragma GCC unroll 4
    for (int p = 0; p < PARTS; p++) {
      const int k = j + FHRL_WIDTH * p;
      const V yk = AT(y, k), dyk = AT(dy, k), bk = AT(b, k), dbk = AT(db, k);
#pragma GCC unroll 2
      for (int r = 0; r < count; r++) {
        const size_t at = (size_t)r * d + k;
        const V dA_k = AT(dA, at);
        V both = AT(A, at);
        if (weighted) both += AT(W, at);
        s[r][p] += both * yk;
        ds[r][p] += both * dyk + dA_k * yk;
        PUT(out, at) = (da[r] * bk + a[r] * dbk) - lambda * dA_k;
      }
    }
  }
  for (; j < d; j++)
    for (int r = 0; r < count; r++) {
      const size_t at = (size_t)r * d + j;
      const double dA_j = dA[at], both = weighted ? A[at] + W[at] : A[at];
      rest[r] += both * y[j];
      drest[r] += both * dy[j] + dA_j * y[j];
      out[at] = (da[r] * b[j] + a[r] * db[j]) - lambda * dA_j;
    }
  for (int r = 0; r < count; r++) {
    z[r] = FHRL_WIDE_OF(fhrl_wide_total)(s[r]) + rest[r] + (plus ? plus[r] : 0.0);
    dz[r] = FHRL_WIDE_OF(fhrl_wide_total)(ds[r]) + drest[r];
  }
}

FHRL_CPU_INLINE void FHRL_WIDE_OF(fhrl_wide_memory_tangent)(int d, const double *W, const double A[], const double dA[],
  const double y[], const double dy[], const double a[], const double da[], const double b[], const double db[],
  double lambda, const double *plus, double z[], double dz[], double out[])
{
  const int count = FHRL_WIDTH == 2 ? 1 : 2;
  for (int i = 0; i < d;) {
    const size_t at = (size_t)i * d;
    const int two = count == 2 && i + 2 <= d;
#define FHRL_WIDE_ROWS(count, weighted)                                                            \
  FHRL_WIDE_OF(fhrl_wide_memory_tangent_rows)(count, weighted, d, weighted ? W + at : W, A + at, dA + at, y, dy, a + i, \
    da + i, b, db, lambda, plus ? plus + i : NULL, z + i, dz + i, out + at)
    if (two && W)
      FHRL_WIDE_ROWS(2, 1);
    else if (two)
      FHRL_WIDE_ROWS(2, 0);
    else if (W)
      FHRL_WIDE_ROWS(1, 1);
    else
      FHRL_WIDE_ROWS(1, 0);
#undef FHRL_WIDE_ROWS
    i += two ? 2 : 1;
  }
}

#undef FHRL_WIDE_OF
#undef V
#undef BITS
#undef PARTS
#undef AT
#undef PUT
