// SPDX-License-Identifier: GPL-3.0-or-later
// dense_hopfield: dense associative memory with a softmax, the continuous form of attention's retrieval
//   dx/dt = -x + X' q                          (1)   rows of X: the stored patterns
//   q     = softmax(b X x)                     (2)
// Source: H. Ramsauer et al., Hopfield networks is all you need (2021), arXiv 2008.02217, eqs. (2)-(3) in continuous time;
// D. Krotov and J. Hopfield, arXiv 2008.06996. With E = -ln(sum exp(b X x))/b + |x|^2/2, (1) is dx/dt = -grad E, so E never
// increases; a pattern is fixed up to an error that falls exponentially with b times its distance from the others.
#include "ode/model.h"

enum { N, PATTERNS, B, N_PARAM };
enum { ENERGY, WEIGHT, N_OBS };
enum { LEAK, RETRIEVAL };
static const fhrl_field state[] = {{"x", 0.0, "1", "query"}};
static const fhrl_field param[N_PARAM] = {
  [N] = {"n", 16, "1", "dimension of a pattern", FHRL_INT, 1, 4096},
  [PATTERNS] = {"patterns", 4, "1", "number of stored patterns", FHRL_INT, 1, 100000},
  [B] = {"b", 16.0, "1", "sharpness of the softmax", FHRL_REAL, 0.0, HUGE_VAL,
         FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
};
static const fhrl_matrix matrix[] = {
  {"X", 1.0, "stored patterns, (patterns, n): a row of drawn ones has norm about its scale"}};
static const fhrl_term term[] = {
  [LEAK] = {"leak", "-x"},
  [RETRIEVAL] = {"retrieval", "X' softmax(b X x)"},
};
static const fhrl_field obs[N_OBS] = {
  [ENERGY] = {"energy", 0.0, "1", "E, which never increases"},
  [WEIGHT] = {"weight", 0.0, "1", "largest entry of the softmax: 1 if one pattern is retrieved"},
};

static void dims(const double p[], fhrl_dims *out)
{
  out->state[0] = (fhrl_shape){(int)p[N], 1};
  out->matrix[0] = (fhrl_shape){(int)p[PATTERNS], (int)p[N]};
  out->n_work = 2 * (int)p[PATTERNS];
}

static void start(const fhrl_system *s, const double normal[], double x0[])
{
  for (int i = 0; i < s->n; i++) x0[i] = normal[i] / sqrt(s->n);
}

// (2) into q; returns ln(sum exp(b X x)). Shifted by the largest exponent: nothing overflows.
static double softmax(const fhrl_system *s, const double x[], double q[])
{
  const int count = (int)s->p[PATTERNS];
  fhrl_matvec(count, s->n, s->m[0], x, q);
  double top = q[0], sum = 0.0;
  for (int k = 1; k < count; k++) top = fmax(top, q[k]);
  for (int k = 0; k < count; k++) sum += q[k] = exp(s->p[B] * (q[k] - top));
  for (int k = 0; k < count; k++) q[k] /= sum;
  return log(sum) + s->p[B] * top;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  if (which == RETRIEVAL) {
    softmax(s, x, s->work);
    fhrl_matvec_transposed((int)s->p[PATTERNS], s->n, s->m[0], s->work, dx);
  } else
    for (int i = 0; i < s->n; i++) dx[i] = -x[i];
  return 0;
}

static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  split(s, RETRIEVAL, t, x, dx);
  for (int i = 0; i < s->n; i++) dx[i] -= x[i]; // (1)
  return 0;
}

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  const int count = s->dims.matrix[0].rows, n = s->n;
  double *restrict q = s->work;
  double top[FHRL_LANES], total[FHRL_LANES];
  fhrl_lane_matvec(w, count, n, s->m[0], x, 0, NULL, NULL, NULL, q);
  for (int l = 0; l < w.lanes; l++) top[l] = FHRL_AT(q, 0), total[l] = 0.0;
  for (int k = 1; k < count; k++)
#pragma GCC unroll 1
    for (int l = 0; l < w.lanes; l++) top[l] = FHRL_AT(q, k) > top[l] ? FHRL_AT(q, k) : top[l];
  for (int k = 0; k < count; k++)
#pragma GCC unroll 1
    for (int l = 0; l < w.lanes; l++) {
      FHRL_AT(q, k) = fhrl_lane_exp(w, FHRL_AT(s->p, B) * (FHRL_AT(q, k) - top[l]));
      total[l] += FHRL_AT(q, k);
    }
  for (int i = 0; i < n; i++) {
    double sum[FHRL_LANES];
    for (int l = 0; l < w.lanes; l++) sum[l] = 0.0;
    for (int k = 0; k < count; k++)
#pragma GCC unroll 1
      for (int l = 0; l < w.lanes; l++) sum[l] = fhrl_lane_madd(w, s->m[0][(size_t)k * n + i], FHRL_AT(q, k), sum[l]);
    for (int l = 0; l < w.lanes; l++) FHRL_AT(dx, i) = sum[l] / total[l] - FHRL_AT(x, i); // (1), (2)
  }
}
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const int count = (int)s->p[PATTERNS];
  double *q = s->work, *a = q + count;
  softmax(s, x, q);
  fhrl_matvec(count, s->n, s->m[0], v, a);
  const double mean = fhrl_dot(count, q, a);
  for (int k = 0; k < count; k++) a[k] = s->p[B] * q[k] * (a[k] - mean);
  fhrl_matvec_transposed(count, s->n, s->m[0], a, Jv);
  for (int i = 0; i < s->n; i++) Jv[i] -= v[i];
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  double *q = s->work, top = 0.0;
  y[ENERGY] = 0.5 * fhrl_dot(s->n, x, x) - softmax(s, x, q) / s->p[B];
  for (int k = 0; k < (int)s->p[PATTERNS]; k++) top = fmax(top, q[k]);
  y[WEIGHT] = top;
  return 0;
}

const fhrl_model fhrl_model_dense_hopfield = {
  .name = "dense_hopfield",
  .summary = "dense associative memory with a softmax",
  .reference =
    "Ramsauer et al. (2021), arXiv 2008.02217; Krotov and Hopfield (2021), arXiv 2008.06996",
  .time_unit = "1",
  .state = state,
  .n_state = FHRL_COUNT(state),
  .param = param,
  .n_param = N_PARAM,
  .obs = obs,
  .n_obs = N_OBS,
  FHRL_MATRICES,
  FHRL_TERMS,
  .dims = dims,
  .start = start,
  .rhs = rhs,
  .lanes = lanes,
  .jvp = jvp,
  .split = split,
  .observe = observe,
};
