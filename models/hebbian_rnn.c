// SPDX-License-Identifier: GPL-3.0-or-later
// hebbian_rnn: a random network whose synapses follow its activity
//   dx/dt   = -x + (g J + A) tanh(x)           (1)   J_ij ~ N(0, 1/n)
//   p dA/dt = -A + (k/n) tanh(x) tanh(x)'      (2)
// Source: D. G. Clark and L. F. Abbott, Theory of coupled neuronal-synaptic dynamics, arXiv 2302.08985. It is
// [FH-RL eq. S26] without homeostasis; k = 0 from A = 0 is random_rnn. |A|_F <= max(|A(0)|_F, |k|).
#include "ode/model.h"

enum { X, A, N_STATE };
enum { N, G, K, P, N_PARAM };
enum { RMS, SPEED, NORM_A, N_OBS };
enum { LEAK, RECURRENCE, PLASTICITY, DECAY, UPTAKE };
static const fhrl_field state[N_STATE] = {
  [X] = {"x", 0.0, "1", "units"},
  [A] = {"A", 0.0, "1", "what the synapses have taken up"},
};
static const fhrl_field param[N_PARAM] = {
  [N] = {"n", 24, "1", "number of units", FHRL_INT, 1, 4096},
  [G] = {"g", 1.5, "1", "gain of the fixed weights", FHRL_REAL, 0.0, HUGE_VAL, FHRL_OPEN_HIGH},
  [K] = {"k", 1.0, "1", "strength of plasticity: Hebbian > 0, anti-Hebbian < 0", FHRL_REAL, -1e6,
         1e6},
  [P] = {"p", 2.5, "1", "time constant of the synapses, that of a unit being 1", FHRL_REAL, 0.0,
         HUGE_VAL, FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
};
static const fhrl_matrix matrix[] = {{"J", 1.0, "fixed weights, (n, n)"}};
static const fhrl_term term[] = {
  [LEAK] = {"leak", "-x"},
  [RECURRENCE] = {"recurrence", "g J tanh(x)"},
  [PLASTICITY] = {"plasticity", "A tanh(x)"},
  [DECAY] = {"decay", "-A/p"},
  [UPTAKE] = {"uptake", "(k/(n p)) tanh(x) tanh(x)'"},
};
static const fhrl_field obs[N_OBS] = {
  [RMS] = {"rms", 0.0, "1", "|x|/sqrt(n)"},
  [SPEED] = {"speed", 0.0, "1", "|dx/dt|/sqrt(n), 0 at a fixed point"},
  [NORM_A] = {"norm_A", 0.0, "1", "Frobenius norm of A"},
};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM, {0.0}, .tol = 1e-15, .why = "silence solves (1)-(2)"},
};

static void dims(const double p[], fhrl_dims *out)
{
  const int n = (int)p[N];
  out->state[X] = (fhrl_shape){n, 1};
  out->state[A] = out->matrix[0] = (fhrl_shape){n, n};
  out->n_work = 3 * n;
}

static void start(const fhrl_system *s, const double normal[], double x0[])
{
  const int n = (int)s->p[N];
  for (int i = 0; i < s->n; i++) x0[i] = i < n ? normal[i] : 0.0;
}

static const double *rates(const fhrl_system *s, const double x[])
{
  for (int i = 0; i < (int)s->p[N]; i++) s->work[i] = tanh(x[i]);
  return s->work;
}

// (1), of phi = tanh(x)
static void units(const fhrl_system *s, const double x[], const double phi[], double dx[])
{
  const int n = (int)s->p[N];
  for (int i = 0; i < n; i++) dx[i] = s->p[G] * fhrl_dot(n, s->m[0] + (size_t)i * n, phi) - x[i];
  fhrl_matvec_add(n, n, 1.0, x + n, phi, dx);
}

static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  const int n = (int)s->p[N];
  const double *phi = rates(s, x), rate = 1.0 / s->p[P], up = s->p[K] / n;
  units(s, x, phi, dx);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      const size_t at = (size_t)(i + 1) * n + j;
      dx[at] = rate * (up * phi[i] * phi[j] - x[at]); // (2)
    }
  return 0;
}

// For ensembles of small networks: beyond, sixteen overflow the cache.
static int lanes_fit(const double p[]) { return p[N] <= 32; }

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  const int n = s->dims.state[X].rows;
  const double *a = x + (size_t)n * w.lanes;
  double *restrict da = dx + (size_t)n * w.lanes, *restrict phi = s->work;
  for (int i = 0; i < n; i++)
    for (int l = 0; l < w.lanes; l++) FHRL_AT(phi, i) = fhrl_lane_tanh(w, FHRL_AT(x, i));
  for (int i = 0; i < n; i++) {
    double sum[FHRL_LANES];
    for (int l = 0; l < w.lanes; l++) sum[l] = -FHRL_AT(x, i);
    for (int j = 0; j < n; j++) {
      const double J = s->m[0][i * n + j];
#pragma GCC unroll 1
      for (int l = 0; l < w.lanes; l++) {
        const double A_ij = FHRL_AT(a, i * n + j), up = FHRL_AT(s->p, K) / n * FHRL_AT(phi, i);
        sum[l] = fhrl_lane_madd(w, fhrl_lane_madd(w, FHRL_AT(s->p, G), J, A_ij), FHRL_AT(phi, j), sum[l]); // (1)
        FHRL_AT(da, i * n + j) = fhrl_lane_madd(w, up, FHRL_AT(phi, j), -A_ij) / FHRL_AT(s->p, P); // (2)
      }
    }
    for (int l = 0; l < w.lanes; l++) FHRL_AT(dx, i) = sum[l];
  }
}
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const int n = (int)s->p[N];
  const double *phi = rates(s, x), rate = 1.0 / s->p[P], up = s->p[K] / n;
  double *dphi = s->work + n;
  for (int i = 0; i < n; i++)
    dphi[i] = v[i] / (cosh(x[i]) * cosh(x[i])); // 1 - tanh^2 without cancellation
  for (int i = 0; i < n; i++) Jv[i] = s->p[G] * fhrl_dot(n, s->m[0] + (size_t)i * n, dphi) - v[i];
  fhrl_matvec_add(n, n, 1.0, x + n, dphi, Jv);
  fhrl_matvec_add(n, n, 1.0, v + n, phi, Jv);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      const size_t at = (size_t)(i + 1) * n + j;
      Jv[at] = rate * (up * (dphi[i] * phi[j] + phi[i] * dphi[j]) - v[at]);
    }
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  const int n = (int)s->p[N];
  const double *phi = rates(s, x), rate = 1.0 / s->p[P];
  for (int i = 0; i < s->n; i++) dx[i] = 0.0;
  for (int i = 0; i < n; i++) {
    if (which == LEAK) dx[i] = -x[i];
    if (which == RECURRENCE) dx[i] = s->p[G] * fhrl_dot(n, s->m[0] + (size_t)i * n, phi);
    if (which == PLASTICITY) dx[i] = fhrl_dot(n, x + (size_t)(i + 1) * n, phi);
    if (which != DECAY && which != UPTAKE) continue;
    for (int j = 0; j < n; j++) {
      const size_t at = (size_t)(i + 1) * n + j;
      dx[at] = rate * (which == DECAY ? -x[at] : s->p[K] / n * phi[i] * phi[j]);
    }
  }
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  const int n = (int)s->p[N];
  double *dx = s->work + 2 * n;
  units(s, x, rates(s, x), dx);
  y[RMS] = fhrl_norm(n, x) / sqrt(n);
  y[SPEED] = fhrl_norm(n, dx) / sqrt(n);
  y[NORM_A] = fhrl_norm(n * n, x + n);
  return 0;
}

const fhrl_model fhrl_model_hebbian_rnn = {
  .name = "hebbian_rnn",
  .summary = "random network with fast Hebbian synapses",
  .reference = "Clark and Abbott (2023), arXiv 2302.08985",
  .time_unit = "1",
  FHRL_TABLES,
  FHRL_MATRICES,
  FHRL_TERMS,
  .dims = dims,
  .start = start,
  .rhs = rhs,
  .lanes = lanes,
  .lanes_fit = lanes_fit,
  .jvp = jvp,
  .split = split,
  .observe = observe,
};
