// SPDX-License-Identifier: GPL-3.0-or-later
// random_rnn: a large network with random weights, silent or chaotic
//   dx/dt = -x + g J tanh(x)                   (1)   J_ij ~ N(0, 1/n)
// Source: H. Sompolinsky, A. Crisanti and H. J. Sommers, Chaos in random neural networks, Phys. Rev. Lett. 61 (1988)
// 259-262. As n -> infinity all activity dies out for g < 1 and is chaotic for g > 1; of some hundred units a network may
// also come to rest at a point other than silence, or on a cycle.
#include "ode/model.h"

enum { N, G, N_PARAM };
enum { RMS, SPEED, N_OBS };
enum { LEAK, RECURRENCE };
static const fhrl_field state[] = {{"x", 0.0, "1", "units"}};
static const fhrl_field param[N_PARAM] = {
  [N] = {"n", 200, "1", "number of units", FHRL_INT, 1, 16384},
  [G] = {"g", 1.5, "1", "gain", FHRL_REAL, 0.0, HUGE_VAL, FHRL_OPEN_HIGH},
};
static const fhrl_matrix matrix[] = {{"J", 1.0, "weights, (n, n)"}};
static const fhrl_term term[] = {
  [LEAK] = {"leak", "-x"},
  [RECURRENCE] = {"recurrence", "g J tanh(x)"},
};
static const fhrl_field obs[N_OBS] = {
  [RMS] = {"rms", 0.0, "1", "|x|/sqrt(n)"},
  [SPEED] = {"speed", 0.0, "1", "|dx/dt|/sqrt(n), 0 at a fixed point"},
};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM, {0.0}, .tol = 1e-15, .why = "silence solves (1)"},
};

static void dims(const double p[], fhrl_dims *out)
{
  const int n = (int)p[N];
  out->state[0] = (fhrl_shape){n, 1};
  out->matrix[0] = (fhrl_shape){n, n};
  out->n_work = 2 * n;
}

static void start(const fhrl_system *s, const double normal[], double x0[])
{
  for (int i = 0; i < s->n; i++) x0[i] = normal[i];
}

static void recurrence(const fhrl_system *s, const double x[], double dx[])
{
  const int n = s->n;
  for (int i = 0; i < n; i++) s->work[i] = tanh(x[i]);
  for (int i = 0; i < n; i++) dx[i] = s->p[G] * fhrl_dot(n, s->m[0] + (size_t)i * n, s->work);
}

static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  recurrence(s, x, dx);
  for (int i = 0; i < s->n; i++) dx[i] -= x[i]; // (1)
  return 0;
}

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  const int n = s->n;
  double *restrict phi = s->work;
  for (int i = 0; i < n; i++)
    for (int l = 0; l < w.lanes; l++) FHRL_AT(phi, i) = fhrl_lane_tanh(w, FHRL_AT(x, i));
  fhrl_lane_matvec(w, n, n, s->m[0], phi, 0, NULL, NULL, NULL, dx);
  for (int i = 0; i < n; i++)
    for (int l = 0; l < w.lanes; l++) FHRL_AT(dx, i) = FHRL_AT(s->p, G) * FHRL_AT(dx, i) - FHRL_AT(x, i); // (1)
}
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const int n = s->n;
  for (int i = 0; i < n; i++)
    s->work[i] = v[i] / (cosh(x[i]) * cosh(x[i])); // 1 - tanh^2 without cancellation
  for (int i = 0; i < n; i++)
    Jv[i] = s->p[G] * fhrl_dot(n, s->m[0] + (size_t)i * n, s->work) - v[i];
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  if (which == RECURRENCE)
    recurrence(s, x, dx);
  else
    for (int i = 0; i < s->n; i++) dx[i] = -x[i];
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  double *dx = s->work + s->n;
  rhs(s, t, x, dx);
  y[RMS] = fhrl_norm(s->n, x) / sqrt(s->n);
  y[SPEED] = fhrl_norm(s->n, dx) / sqrt(s->n);
  return 0;
}

const fhrl_model fhrl_model_random_rnn = {
  .name = "random_rnn",
  .summary = "random network, silent for g < 1 and chaotic for g > 1",
  .reference = "Sompolinsky, Crisanti and Sommers (1988), Phys. Rev. Lett. 61, 259-262",
  .time_unit = "1",
  FHRL_TABLES,
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
