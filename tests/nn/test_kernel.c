// SPDX-License-Identifier: GPL-3.0-or-later
// test_kernel: the float kernels of every vector level against plain loops in double, at awkward sizes
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "nn/kernel.h"
#include "support.h"

static const fhrl_kernel *level(int i)
{
  fhrl_cpu_limit((fhrl_cpu)i); // a machine without it runs the next one below again
  return fhrl_kernel_table();
}

static void fill(float *x, size_t n, double phase)
{
  for (size_t i = 0; i < n; i++)
    x[i] = (float)(sin(1.7 * (double)i + phase) + 0.3 * cos(0.61 * (double)(i * i)));
}

START_TEST(matmul_equals_the_plain_product_at_any_size)
{
  static const int sizes[][3] = {
    {1, 1, 1}, {2, 7, 5}, {3, 12, 36}, {4, 192, 64}, {5, 33, 65}, {9, 192, 576}};
  const fhrl_kernel *k = level(_i);
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    const int rows = sizes[s][0], K = sizes[s][1], N = sizes[s][2];
    float *x = malloc((size_t)rows * K * 4), *w = malloc((size_t)N * K * 4), *b = malloc((size_t)N * 4);
    float *y = malloc((size_t)rows * N * 4), *packed = malloc(fhrl_kernel_packed(K, N) * 4);
    fill(x, (size_t)rows * K, 0.1);
    fill(w, (size_t)N * K, 0.2);
    fill(b, (size_t)N, 0.3);
    k->matmul_pack(K, N, w, 1, K, 0.5f, packed); // w is (N, K)
    k->matmul(rows, K, N, x, K, packed, b, 0, y, N);
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < N; j++) {
        double want = b[j];
        for (int l = 0; l < K; l++) want += 0.5 * (double)w[j * K + l] * (double)x[i * K + l];
        ck_assert_double_eq_tol(y[i * N + j], want, 1e-6 * (K + 1));
      }
    const double once = (double)y[N - 1] - (double)b[N - 1];
    k->matmul(rows, K, N, x, K, packed, y, N, y, N); // onto itself
    ck_assert_double_eq_tol(y[N - 1], (double)b[N - 1] + 2 * once, 1e-5);
    free(x);
    free(w);
    free(b);
    free(y);
    free(packed);
  }
}
END_TEST

START_TEST(matmul_gives_a_row_the_same_bits_in_any_company)
{
  const fhrl_kernel *k = level(_i);
  enum { K = 48, N = 80 };
  float x[7 * K], w[K * N], *packed = malloc(fhrl_kernel_packed(K, N) * 4), all[7 * N], one[N];
  fill(x, 7 * K, 0);
  fill(w, K * N, 1);
  k->matmul_pack(K, N, w, N, 1, 1, packed);
  k->matmul(7, K, N, x, K, packed, NULL, 0, all, N);
  for (int i = 0; i < 7; i++) {
    k->matmul(1, K, N, x + i * K, K, packed, NULL, 0, one, N);
    ck_assert_mem_eq(one, all + i * N, sizeof one);
  }
  free(packed);
}
END_TEST

// Plain loops for C = alpha op(A) op(B) + beta C, and the largest difference.
static double gemm_error(const fhrl_kernel *k, int flip_a, int flip_b, int m, int n, int depth)
{
  const int lda = (flip_a ? m : depth) + 3, ldb = (flip_b ? depth : n) + 1, ldc = n + 2;
  const size_t a = (size_t)(flip_a ? depth : m) * lda, b = (size_t)(flip_b ? n : depth) * ldb, c = (size_t)m * ldc;
  float *A = malloc((a + 1) * 4), *B = malloc((b + 1) * 4), *C = malloc(c * 4), *D = malloc(c * 4);
  double worst = 0;
  fill(A, a, 0.1);
  fill(B, b, 0.2);
  for (int beta = 0; beta < 2; beta++) {
    fill(C, c, 0.3);
    if (beta == 0) C[0] = NAN; // beta = 0 overwrites
    memcpy(D, C, c * 4);
    k->gemm(flip_a, flip_b, m, n, depth, 0.5f, A, lda, B, ldb, (float)beta, C, ldc);
    for (int i = 0; i < m; i++)
      for (int j = 0; j < ldc; j++) {
        double want = j < n && !beta ? 0 : (double)D[i * ldc + j];
        for (int l = 0; j < n && l < depth; l++)
          want += 0.5 * (double)A[flip_a ? l * lda + i : i * lda + l] * (double)B[flip_b ? j * ldb + l : l * ldb + j];
        const double error = fabs((double)C[i * ldc + j] - want);
        worst = error <= worst ? worst : error; // NaN too
      }
  }
  free(A);
  free(B);
  free(C);
  free(D);
  return worst;
}

START_TEST(gemm_equals_the_plain_product_at_any_size)
{
  static const int sizes[][3] = {{1, 1, 1}, {5, 3, 2}, {6, 64, 16}, {7, 65, 17}, {13, 130, 40}, {64, 64, 0},
    {10, 72, 300}, {128, 128, 64}, {11, 200, 513}};
  const fhrl_kernel *k = level(_i / 4);
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    const int *z = sizes[s];
    const double error = gemm_error(k, _i & 1, _i >> 1 & 1, z[0], z[1], z[2]);
    ck_assert_msg(error <= 1e-6 * (z[2] + 1), "(%d, %d, %d): error %g", z[0], z[1], z[2], error);
  }
}
END_TEST

// Every 331st float of [-87, -2^-30]: 600,000 of them.
START_TEST(exp_is_within_two_units_and_gives_the_same_bits_at_every_level)
{
  enum { BLOCK = 4096 };
  const fhrl_kernel *k = level(_i);
  const uint32_t first = 0xb0800000u, last = 0xc2ae0000u, step = 331; // bits of -2^-30 and of -87
  double worst = 0.0;
  for (uint32_t at = first; at < last; at += BLOCK * step) {
    float x[BLOCK], y[BLOCK], base[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      const uint32_t bits = at + step * (uint32_t)i < last ? at + step * (uint32_t)i : last;
      memcpy(&x[i], &bits, sizeof bits);
    }
    memcpy(y, x, sizeof y);
    memcpy(base, x, sizeof base);
    k->smooth_exp(BLOCK - 3, y); // the last lanes are not a whole vector
    level(FHRL_CPU_BASE)->smooth_exp(BLOCK - 3, base);
    level(_i);
    ck_assert_mem_eq(y, base, sizeof y);
    for (int i = 0; i < BLOCK - 3; i++) {
      const double want = exp((double)x[i]), unit = ldexp(1.0, ilogb(want) - 23);
      worst = fmax(worst, fabs((double)y[i] - want) / unit);
    }
  }
  ck_assert_msg(worst <= 2.0, "%g units in the last place", worst);
}
END_TEST

START_TEST(gelu_gives_the_same_bits_at_every_level)
{
  enum { N = 20003 };
  float *x = malloc(4 * N * sizeof *x), *y = x + N, *base = y + N, *slope = base + N;
  fill(x, N, 0.4);
  for (int i = 0; i < N; i++) x[i] *= 6.0f;
  level(FHRL_CPU_BASE)->smooth_gelu(N, x, base, slope);
  level(_i)->smooth_gelu(N, x, y, x);
  ck_assert_mem_eq(y, base, N * sizeof *y);
  ck_assert_mem_eq(x, slope, N * sizeof *y);
  free(x);
}
END_TEST

START_TEST(gelu_is_exact_to_a_few_units_of_float)
{
  enum { N = 30011 };
  const fhrl_kernel *k = level(_i);
  float *x = malloc(N * 4), *y = malloc(N * 4), *slope = malloc(N * 4);
  for (int i = 0; i < N; i++) x[i] = (float)(-15.0 + 30.0 * i / (N - 1));
  k->smooth_gelu(N, x, y, slope);
  for (int i = 0; i < N; i++) {
    const double at = x[i], below = 0.5 * erfc(-at * sqrt(0.5)),
                 bell = exp(-0.5 * at * at) * 0.3989422804014327;
    // the exponential carries the rounding of x^2/2 into the tail
    const double tail = at < 0 ? 1 + 0.5 * at * at : 1;
    ck_assert_double_le(fabs(y[i] - at * below), 1.5e-7 * fmax(1, fabs(at)));
    ck_assert_double_le(fabs(y[i] - at * below), 5e-7 * tail * fabs(at * below) + 2e-36);
    const double size = below + fabs(at) * bell;
    ck_assert_double_le(fabs(slope[i] - (below + at * bell)), 5e-7 * (1 + 0.5 * at * at) * size + 2e-36);
  }
  k->smooth_gelu(N, x, y, x); // the slope may take the place of x
  ck_assert_mem_eq(x, slope, N * 4);
  free(x);
  free(y);
  free(slope);
}
END_TEST

START_TEST(softmax_sums_to_one_and_passes_a_nan_on)
{
  const fhrl_kernel *k = level(_i);
  for (int n = 1; n < 70; n++) {
    float x[70];
    double sum = 0, plain = 0;
    fill(x, 70, n);
    for (int i = 0; i < n; i++) x[i] *= 20;
    for (int i = 0; i < n; i++) plain += exp(x[i]);
    const double expect = exp(x[n - 1]) / plain, lse = k->smooth_softmax(n, x);
    for (int i = 0; i < n; i++) sum += x[i];
    ck_assert_double_eq_tol(sum, 1, 1e-6);
    ck_assert_double_eq_tol(lse, log(plain), 1e-5);
    ck_assert_double_le(fabs(x[n - 1] - expect), 1e-5 * expect + 1e-37); // exponents down to -80 carry 5e-6
    x[n / 2] = NAN;
    ck_assert_double_nan(k->smooth_softmax(n, x));
    ck_assert_float_nan(x[0]);
  }
}
END_TEST

START_TEST(the_first_element_that_is_not_finite_is_found)
{
  const fhrl_kernel *k = level(_i);
  enum { N = 3001 };
  float x[N];
  for (int i = 0; i < N; i += 250) {
    fill(x, N, 0);
    ck_assert_uint_eq(k->rows_infinite(N, x), N);
    x[i] = i % 500 ? INFINITY : NAN;
    x[N - 1] = -INFINITY;
    ck_assert_uint_eq(k->rows_infinite(N, x), i);
  }
}
END_TEST

START_TEST(a_norm_that_overflows_shows_as_nan)
{
  const fhrl_kernel *k = level(_i);
  enum { C = 20, R = 2 };
  float qkv[3 * C], after[2 * R * C], note[3 * R + 1], y[C], w[C] = {0}, stat[2];
  fill(qkv, 3 * C, 0);
  k->slots_forward(C, R, 0.1f, 0.5f, qkv, NULL, NULL, after, note, y);
  ck_assert_float_finite(y[0]);
  qkv[3] = 3e30f;
  k->slots_forward(C, R, 0.1f, 0.5f, qkv, NULL, NULL, after, note, y);
  ck_assert_float_nan(y[0]);
  k->rows_norm(1, C, qkv, w, w, y, stat);
  ck_assert_float_nan(y[0]);
}
END_TEST

START_TEST(norm_has_zero_mean_and_unit_variance)
{
  const fhrl_kernel *k = level(_i);
  enum { C = 45 };
  float x[2 * C], y[2 * C], w[C], b[C], stat[4];
  fill(x, 2 * C, 3);
  for (int j = 0; j < C; j++) w[j] = 1, b[j] = 0, x[C + j] += 1000;
  k->rows_norm(2, C, x, w, b, y, stat);
  for (int i = 0; i < 2; i++) {
    double mean = 0, square = 0;
    for (int j = 0; j < C; j++)
      mean += y[i * C + j] / C, square += (double)y[i * C + j] * (double)y[i * C + j] / C;
    ck_assert_double_eq_tol(mean, 0, i ? 1e-3 : 1e-5); // the second row's 1000 leave four digits
    ck_assert_double_eq_tol(square, 1, 1e-3);
  }
}
END_TEST

int main(void)
{
  Suite *s = suite_create("nn/kernel");
  TCase *t = tcase_create("levels");
  tcase_add_loop_test(t, matmul_equals_the_plain_product_at_any_size, 0, 3);
  tcase_add_loop_test(t, matmul_gives_a_row_the_same_bits_in_any_company, 0, 3);
  tcase_add_loop_test(t, gemm_equals_the_plain_product_at_any_size, 0, 12); // level, orientation of A and B
  tcase_add_loop_test(t, exp_is_within_two_units_and_gives_the_same_bits_at_every_level, 0, 3);
  tcase_add_loop_test(t, gelu_gives_the_same_bits_at_every_level, 0, 3);
  tcase_add_loop_test(t, gelu_is_exact_to_a_few_units_of_float, 0, 3);
  tcase_add_loop_test(t, softmax_sums_to_one_and_passes_a_nan_on, 0, 3);
  tcase_add_loop_test(t, the_first_element_that_is_not_finite_is_found, 0, 3);
  tcase_add_loop_test(t, a_norm_that_overflows_shows_as_nan, 0, 3);
  tcase_add_loop_test(t, norm_has_zero_mean_and_unit_variance, 0, 3);
  suite_add_tcase(s, t);
  return run_suite(s);
}
