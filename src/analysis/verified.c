// SPDX-License-Identifier: GPL-3.0-or-later
// verified: bounds on norms and spectra of matrices that are proved, not only computed
#include "analysis/verified.h"

#include <arb_mat.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/ball.h"
#include "base/dense.h"

static void enclose(arb_mat_t out, const double M[])
{
  const slong rows = arb_mat_nrows(out), cols = arb_mat_ncols(out);
  for (slong i = 0; i < rows; i++)
    for (slong j = 0; j < cols; j++) arb_set_d(arb_mat_entry(out, i, j), M[i * cols + j]);
}

// Rows of `vectors` (n, n) as the columns of Q.
static void enclose_vectors(arb_mat_t Q, const double vectors[])
{
  const slong n = arb_mat_nrows(Q);
  for (slong i = 0; i < n; i++)
    for (slong j = 0; j < n; j++) arb_set_d(arb_mat_entry(Q, j, i), vectors[i * n + j]);
}

// Gershgorin's ends of the symmetric G.
static void discs(const arb_mat_t G, arb_t low, arb_t high)
{
  const slong n = arb_mat_nrows(G);
  arb_t sum, size, end;
  arb_init(sum);
  arb_init(size);
  arb_init(end);
  for (slong i = 0; i < n; i++) {
    arb_zero(sum);
    for (slong j = 0; j < n; j++) {
      if (j == i) continue;
      arb_abs(size, arb_mat_entry(G, i, j));
      arb_add(sum, sum, size, FHRL_BALL_BITS);
    }
    arb_sub(end, arb_mat_entry(G, i, i), sum, FHRL_BALL_BITS);
    if (i == 0) arb_set(low, end);
    else arb_min(low, low, end, FHRL_BALL_BITS);
    arb_add(end, arb_mat_entry(G, i, i), sum, FHRL_BALL_BITS);
    if (i == 0) arb_set(high, end);
    else arb_max(high, high, end, FHRL_BALL_BITS);
  }
  arb_clear(end);
  arb_clear(size);
  arb_clear(sum);
}

// Divides both ends by all that x'x can be, z'Q'Q z; 0 if Q need not span the space.
static int rescale(const arb_mat_t Q, arb_t low, arb_t high)
{
  const slong n = arb_mat_nrows(Q);
  arb_mat_t T, E;
  arb_t least, most, ratio;
  arb_mat_init(T, n, n);
  arb_mat_init(E, n, n);
  arb_init(least);
  arb_init(most);
  arb_init(ratio);
  arb_mat_transpose(T, Q);
  arb_mat_mul(E, T, Q, FHRL_BALL_BITS);
  discs(E, least, most);
  const int spans = arb_is_positive(least) && arb_is_finite(most);
  if (spans) {
    arb_div(ratio, low, most, FHRL_BALL_BITS); // the lesser quotient of the two is the bound, whatever the sign
    arb_div(low, low, least, FHRL_BALL_BITS);
    arb_min(low, low, ratio, FHRL_BALL_BITS);
    arb_div(ratio, high, most, FHRL_BALL_BITS);
    arb_div(high, high, least, FHRL_BALL_BITS);
    arb_max(high, high, ratio, FHRL_BALL_BITS);
  }
  arb_clear(ratio);
  arb_clear(most);
  arb_clear(least);
  arb_mat_clear(E);
  arb_mat_clear(T);
  return spans;
}

static fhrl_status not_orthogonal(fhrl_err *err)
{
  return fhrl_fail(err, FHRL_NUMERIC, "singular vectors too far from orthogonal to bound a norm with");
}

// |M| from its right singular vectors (one a row); M has at least as many rows as columns.
static fhrl_status norm_of(const arb_mat_t M, const double right[], double *upper, fhrl_err *err)
{
  const slong n = arb_mat_ncols(M);
  arb_mat_t Q, N, T, G;
  arb_t low, high;
  arb_mat_init(Q, n, n);
  arb_mat_init(N, arb_mat_nrows(M), n);
  arb_mat_init(T, n, arb_mat_nrows(M));
  arb_mat_init(G, n, n);
  arb_init(low);
  arb_init(high);
  enclose_vectors(Q, right);
  arb_mat_mul(N, M, Q, FHRL_BALL_BITS);
  arb_mat_transpose(T, N);
  arb_mat_mul(G, T, N, FHRL_BALL_BITS);
  discs(G, low, high);
  const int spans = rescale(Q, low, high);
  if (spans) {
    arb_sqrtpos(high, high, FHRL_BALL_BITS);
    *upper = fhrl_ball_high(high);
  }
  arb_clear(high);
  arb_clear(low);
  arb_mat_clear(G);
  arb_mat_clear(T);
  arb_mat_clear(N);
  arb_mat_clear(Q);
  return spans && isfinite(*upper) ? FHRL_OK : not_orthogonal(err);
}

// |M|, M enclosed and, for its singular vectors, rounded (rows, cols).
static fhrl_status norm_of_any(
  const arb_mat_t M, int rows, int cols, const double rounded[], double *upper, fhrl_err *err)
{
  const int n = rows < cols ? rows : cols, m = rows < cols ? cols : rows;
  fhrl_status status = FHRL_OK;
  arb_mat_t tall;
  arb_mat_init(tall, m, n);
  double *copy = malloc(((size_t)m * n + (size_t)n * n + (size_t)n) * sizeof *copy);
  if (copy == NULL)
    FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for the norm of a %d x %d matrix", rows, cols));
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < cols; j++)
      copy[rows < cols ? (size_t)j * n + i : (size_t)i * n + j] = rounded[(size_t)i * cols + j];
  if (rows < cols) arb_mat_transpose(tall, M);
  else arb_mat_set(tall, M);
  double *right = copy + (size_t)m * n;
  FHRL_DO(status, fhrl_dense_singular(m, n, copy, right + (size_t)n * n, right, err));
  status = norm_of(tall, right, upper, err);
done:
  free(copy);
  arb_mat_clear(tall);
  return status;
}

fhrl_status fhrl_verified_norm(int rows, int cols, const double M[], double *upper, fhrl_err *err)
{
  *upper = 0.0;
  if (rows == 0 || cols == 0) return FHRL_OK;
  arb_mat_t exact;
  arb_mat_init(exact, rows, cols);
  enclose(exact, M);
  const fhrl_status status = norm_of_any(exact, rows, cols, M, upper, err);
  arb_mat_clear(exact);
  return status;
}

fhrl_status fhrl_verified_norm_product(
  int rows, int inner, int cols, const double L[], const double R[], double *upper, fhrl_err *err)
{
  *upper = 0.0;
  if (rows == 0 || inner == 0 || cols == 0) return FHRL_OK;
  double *rounded = malloc((size_t)rows * cols * sizeof *rounded);
  if (rounded == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a %d x %d product", rows, cols);
  arb_mat_t left, right, product;
  arb_mat_init(left, rows, inner);
  arb_mat_init(right, inner, cols);
  arb_mat_init(product, rows, cols);
  enclose(left, L);
  enclose(right, R);
  arb_mat_mul(product, left, right, FHRL_BALL_BITS);
  fhrl_dense_multiply(rows, cols, inner, 1.0, L, R, 0.0, rounded);
  const fhrl_status status = norm_of_any(product, rows, cols, rounded, upper, err);
  arb_mat_clear(product);
  arb_mat_clear(right);
  arb_mat_clear(left);
  free(rounded);
  return status;
}

// Ends of the spectrum of (H + H')/2, H (n, n) enclosed and, for its eigenvectors, rounded. H is written to.
static fhrl_status symmetric_of(arb_mat_t H, const double rounded[], double *low, double *high, fhrl_err *err)
{
  const int n = (int)arb_mat_nrows(H);
  arb_mat_t Q, T, G;
  arb_t least, most;
  fhrl_status status = FHRL_OK;
  arb_mat_init(Q, n, n);
  arb_mat_init(T, n, n);
  arb_mat_init(G, n, n);
  arb_init(least);
  arb_init(most);
  double *half = malloc((2 * (size_t)n * n + (size_t)n) * sizeof *half);
  if (half == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for the spectrum of a %d x %d matrix", n, n));
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      half[(size_t)i * n + j] = 0.5 * (rounded[(size_t)i * n + j] + rounded[(size_t)j * n + i]);
  double *vectors = half + (size_t)n * n;
  FHRL_DO(status, fhrl_dense_symmetric(n, half, vectors + (size_t)n * n, vectors, err));
  arb_mat_transpose(T, H);
  arb_mat_add(H, H, T, FHRL_BALL_BITS);
  arb_mat_scalar_mul_2exp_si(H, H, -1);
  enclose_vectors(Q, vectors);
  arb_mat_mul(G, H, Q, FHRL_BALL_BITS);
  arb_mat_transpose(T, Q);
  arb_mat_mul(H, T, G, FHRL_BALL_BITS);
  discs(H, least, most);
  if (!rescale(Q, least, most)) FHRL_DO(status, not_orthogonal(err));
  *low = fhrl_ball_low(least);
  *high = fhrl_ball_high(most);
done:
  free(half);
  arb_clear(most);
  arb_clear(least);
  arb_mat_clear(G);
  arb_mat_clear(T);
  arb_mat_clear(Q);
  return status;
}

fhrl_status fhrl_verified_symmetric(int n, const double M[], double *low, double *high, fhrl_err *err)
{
  *low = *high = 0.0;
  if (n == 0) return FHRL_OK;
  arb_mat_t H;
  arb_mat_init(H, n, n);
  enclose(H, M);
  const fhrl_status status = symmetric_of(H, M, low, high, err);
  arb_mat_clear(H);
  return status;
}

fhrl_status fhrl_verified_lyapunov(int n, double kappa, const double W[], const double P[], double *low, fhrl_err *err)
{
  arb_mat_t H, M, K;
  arb_t scale;
  double high;
  double *rounded = malloc((size_t)n * n * sizeof *rounded);
  if (rounded == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a %d x %d product", n, n);
  arb_mat_init(H, n, n);
  arb_mat_init(M, n, n);
  arb_mat_init(K, n, n);
  arb_init(scale);
  arb_set_d(scale, 2.0 * kappa);
  enclose(M, W);
  arb_mat_scalar_mul_arb(M, M, scale, FHRL_BALL_BITS);
  for (int i = 0; i < n; i++) arb_add_ui(arb_mat_entry(M, i, i), arb_mat_entry(M, i, i), 2, FHRL_BALL_BITS);
  enclose(K, P);
  arb_mat_mul(H, K, M, FHRL_BALL_BITS); // twice P (1 + kappa W), whose symmetric part is asked
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      rounded[(size_t)i * n + j] = arf_get_d(arb_midref(arb_mat_entry(H, i, j)), ARF_RND_NEAR);
  const fhrl_status status = symmetric_of(H, rounded, low, &high, err);
  arb_clear(scale);
  arb_mat_clear(K);
  arb_mat_clear(M);
  arb_mat_clear(H);
  free(rounded);
  return status;
}
