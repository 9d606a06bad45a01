// SPDX-License-Identifier: GPL-3.0-or-later
// linear: a linear system with constant coefficients, the integrator's yardstick
//   dx/dt = A x + B u                          (1)
// Source: any textbook.  Exact solution for a held u: x(t) = exp(At) x0 + int_0^t exp(As) ds B u.
#include "ode/model.h"

enum { N, INPUTS, N_PARAM };
enum { A, B };
enum { FLOW, INPUT };
static const fhrl_field state[] = {{"x", 0.0, "1", "state"}};
static const fhrl_field param[N_PARAM] = {
  [N] = {"n", 3.0, "1", "number of states", FHRL_INT, 1.0, 4096.0},
  [INPUTS] = {"inputs", 0.0, "1", "number of inputs u", FHRL_INT, 0.0, 4096.0},
};
static const fhrl_matrix matrix[] = {
  [A] = {"A", 1.0, "coefficients of the state (n x n)"},
  [B] = {"B", 1.0, "coefficients of the input (n x inputs)"},
};
static const fhrl_term term[] = {
  [FLOW] = {"flow", "A x"},
  [INPUT] = {"input", "B u"},
};
static const fhrl_field obs[] = {{"norm", 0.0, "1", "Euclidean norm of x"}};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM, {0.0}, .tol = 1e-15, .why = "without input the origin solves (1)"},
};

static void dims(const double p[], fhrl_dims *out)
{
  const int n = (int)p[N], inputs = (int)p[INPUTS];
  out->state[0] = (fhrl_shape){n, 1};
  out->matrix[A] = (fhrl_shape){n, n};
  out->matrix[B] = (fhrl_shape){n, inputs};
  out->n_u = inputs;
}

static void start(const fhrl_system *s, const double normal[], double x0[])
{
  for (int i = 0; i < s->n; i++) x0[i] = normal[i];
}

static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  fhrl_matvec(s->n, s->n, s->m[A], x, dx);
  fhrl_matvec_add(s->n, s->dims.n_u, 1.0, s->m[B], s->u, dx); // (1)
  return 0;
}

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  fhrl_lane_matvec(w, s->n, s->n, s->m[A], x, s->dims.n_u, s->m[B], s->u, NULL, dx); // (1)
}
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  fhrl_matvec(s->n, s->n, s->m[A], v, Jv);
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  if (which == FLOW)
    fhrl_matvec(s->n, s->n, s->m[A], x, dx);
  else
    fhrl_matvec(s->n, s->dims.n_u, s->m[B], s->u, dx);
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  y[0] = fhrl_norm(s->n, x);
  return 0;
}

const fhrl_model fhrl_model_linear = {
  .name = "linear",
  .summary = "linear system with constant coefficients",
  .reference = "any textbook",
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
