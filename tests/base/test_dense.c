// SPDX-License-Identifier: GPL-3.0-or-later
// test_dense: decompositions of matrices whose answers are known on paper, and what is refused
#include "base/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "support.h"

enum { N = 23 };

static void normals(uint32_t sequence, size_t n, double out[])
{
  const fhrl_random at = {.seed = 5, .stream = FHRL_STREAM_MATRICES, .sequence = sequence};
  fhrl_random_normal(at, 0, n, out);
}

START_TEST(eigenvalues_of_a_block_triangular_matrix_are_those_of_its_blocks)
{
  // blocks: rotation (1.3 +- 2.1 i), the numbers -0.7 and 2.25; the rest above them changes nothing
  const double A[16] = {1.3, -2.1, 9.1, 3.2, 2.1, 1.3, -4.4, 0.2, 0, 0, -0.7, 5.5, 0, 0, 0, 2.25};
  double re[4], im[4];
  fhrl_err err = {0};
  assert_ok(fhrl_dense_eigenvalues(4, A, re, im, &err));
  const double want_re[4] = {2.25, 1.3, 1.3, -0.7}, want_im[4] = {0, 2.1, -2.1, 0};
  assert_close("re", re, want_re, 4, 1e-13);
  assert_close("im", im, want_im, 4, 1e-13);
}
END_TEST

START_TEST(symmetric_eigenvectors_rebuild_the_matrix)
{
  double A[N * N], w[N], w_only[N], Q[N * N], B[N * N];
  normals(1, N * N, A);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < i; j++) A[j * N + i] = A[i * N + j];
  fhrl_err err = {0};
  assert_ok(fhrl_dense_symmetric(N, A, w, Q, &err));
  assert_ok(fhrl_dense_symmetric(N, A, w_only, NULL, &err));
  assert_close("values alone", w_only, w, N, 1e-13);
  for (int i = 1; i < N; i++) ck_assert_double_ge(w[i - 1], w[i]);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      B[i * N + j] = 0;
      for (int k = 0; k < N; k++) B[i * N + j] += Q[k * N + i] * w[k] * Q[k * N + j];
    }
  assert_close("Q' diag(w) Q", B, A, N * N, 1e-12);
  for (int i = 0; i < N; i++) A[i] = i == 0 ? A[0] : 99.0; // above the diagonal nothing is read
  assert_ok(fhrl_dense_symmetric(N, A, w_only, NULL, &err));
  assert_close("lower triangle", w_only, w, N, 1e-12);
}
END_TEST

START_TEST(singular_values_are_square_roots_of_the_gram_matrix)
{
  const int shapes[3][2] = {{N, 7}, {7, N}, {N, N}};
  for (int s = 0; s < 3; s++) {
    const int rows = shapes[s][0], cols = shapes[s][1], k = rows < cols ? rows : cols;
    double A[N * N], G[N * N], sigma[N], alone[N], w[N], right[N * N], image[N];
    normals(2, (size_t)rows * cols, A);
    fhrl_err err = {0};
    assert_ok(fhrl_dense_singular(rows, cols, A, sigma, right, &err));
    assert_ok(fhrl_dense_singular(rows, cols, A, alone, NULL, &err));
    assert_close("values alone", alone, sigma, (size_t)k, 1e-13);
    fhrl_dense_multiply_rows(rows, rows, cols, 1.0, A, A, 0.0, G);
    assert_ok(fhrl_dense_symmetric(rows, G, w, NULL, &err));
    for (int i = 0; i < k; i++) {
      ck_assert_double_eq_tol(sigma[i] * sigma[i], w[i], 1e-11);
      for (int a = 0; a < rows; a++) {
        image[a] = 0;
        for (int j = 0; j < cols; j++) image[a] += A[a * cols + j] * right[i * cols + j];
      }
      double norm = 0;
      for (int a = 0; a < rows; a++) norm += image[a] * image[a];
      ck_assert_double_eq_tol(sqrt(norm), sigma[i], 1e-12); // ||A v_i|| = sigma_i
    }
  }
}
END_TEST

START_TEST(solve_returns_what_multiply_took)
{
  double A[N * N], x[N], b[N];
  normals(3, N * N, A);
  normals(4, N, x);
  fhrl_dense_multiply(N, 1, N, 1.0, A, x, 0.0, b);
  fhrl_err err = {0};
  assert_ok(fhrl_dense_solve(N, A, b, b, &err)); // in place
  assert_close("x", b, x, N, 1e-11);
}
END_TEST

START_TEST(factors_by_columns_solve_what_multiply_took)
{
  double A[N * N], columns[N * N], x[N], b[N];
  int pivot[N];
  normals(5, N * N, A);
  normals(6, N, x);
  fhrl_dense_multiply(N, 1, N, 1.0, A, x, 0.0, b);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) columns[j * N + i] = A[i * N + j];
  ck_assert_int_eq(fhrl_dense_factor(N, columns, pivot), 0);
  fhrl_dense_substitute(N, columns, pivot, b);
  assert_close("x", b, x, N, 1e-11);
  double flat[4] = {0.0, 0.0, 1.0, 2.0}; // its first column is 0
  ck_assert_int_eq(fhrl_dense_factor(2, flat, pivot), 1);
}
END_TEST

START_TEST(products_add_to_what_is_there)
{
  const double A[6] = {1, 2, 3, 4, 5, 6}, B[6] = {7, 8, 9, 10, 11, 12}, Bt[6] = {7, 9, 11, 8, 10, 12};
  double C[4] = {1, 1, 1, 1}, D[4] = {1, 1, 1, 1};
  const double want[4] = {0.5 * 58 + 2, 0.5 * 64 + 2, 0.5 * 139 + 2, 0.5 * 154 + 2};
  fhrl_dense_multiply(2, 2, 3, 0.5, A, B, 2.0, C);
  fhrl_dense_multiply_rows(2, 2, 3, 0.5, A, Bt, 2.0, D);
  assert_close("a A B + b C", C, want, 4, 1e-13);
  assert_close("a A B' + b C", D, want, 4, 1e-13);
}
END_TEST

START_TEST(singular_and_nonfinite_matrices_are_refused)
{
  const double flat[9] = {1, 2, 3, 2, 4, 6, 1, 0, 1}, holed[4] = {1, 2, NAN, 4}, b[3] = {1, 2, 3};
  double x[3] = {5, 5, 5}, im[3];
  fhrl_err err = {0};
  assert_fails(fhrl_dense_solve(3, flat, b, x, &err), FHRL_NUMERIC, &err, "singular");
  ck_assert_double_eq(x[0], 5); // untouched on failure
  assert_fails(fhrl_dense_solve(2, holed, b, x, &err), FHRL_NUMERIC, &err, "entry (1, 0)");
  assert_fails(fhrl_dense_eigenvalues(2, holed, x, im, &err), FHRL_NUMERIC, &err, "entry (1, 0) of a 2 x 2");
  assert_fails(fhrl_dense_symmetric(2, holed, x, NULL, &err), FHRL_NUMERIC, &err, "nan");
  assert_fails(fhrl_dense_singular(2, 2, holed, x, NULL, &err), FHRL_NUMERIC, &err, "entry (1, 0)");
}
END_TEST

START_TEST(a_condition_number_is_the_product_of_two_norms)
{
  // rows sums of [[4, 1], [2, -3]] are 5; its inverse is [[3, 1], [2, -4]]/14 with 6/14
  const double A[4] = {4, 1, 2, -3}, flat[4] = {1, 2, 2, 4};
  double condition;
  fhrl_err err = {0};
  assert_ok(fhrl_dense_condition(2, A, &condition, &err));
  ck_assert_double_eq_tol(condition, 5 * 6.0 / 14, 1e-13);
  assert_ok(fhrl_dense_condition(2, flat, &condition, &err));
  ck_assert(isinf(condition));
}
END_TEST

int main(void)
{
  fhrl_dense_init();
  Suite *s = suite_create("base/dense");
  TCase *t = tcase_create("dense");
  tcase_add_test(t, eigenvalues_of_a_block_triangular_matrix_are_those_of_its_blocks);
  tcase_add_test(t, symmetric_eigenvectors_rebuild_the_matrix);
  tcase_add_test(t, singular_values_are_square_roots_of_the_gram_matrix);
  tcase_add_test(t, solve_returns_what_multiply_took);
  tcase_add_test(t, factors_by_columns_solve_what_multiply_took);
  tcase_add_test(t, a_condition_number_is_the_product_of_two_norms);
  tcase_add_test(t, products_add_to_what_is_there);
  tcase_add_test(t, singular_and_nonfinite_matrices_are_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
