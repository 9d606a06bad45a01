// SPDX-License-Identifier: GPL-3.0-or-later
// deep_linear: one mode of a linear network with a hidden layer while it learns
//   tau da/dt = 2 a (s - a)                    (1)
// Source: A. M. Saxe, J. L. McClelland and S. Ganguli, Exact solutions to the nonlinear dynamics of learning in deep linear
// neural networks (2013), arXiv 1312.6120: a is the product of the two layers' weights along one mode of strength s.
// Exact solution: a(t) = s/(1 + (s/a0 - 1) exp(-2 s t/tau)).
#include "ode/model.h"

enum { S, TAU, N_PARAM };
enum { GROWTH, SATURATION };
static const fhrl_field state[] = {{"a", 0.001, "1", "what the network has learnt of the mode"}};
static const fhrl_field param[N_PARAM] = {
  [S] = {"s", 3.0, "1", "strength of the mode in the data", FHRL_REAL, 0.0, HUGE_VAL,
         FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
  [TAU] = {"tau", 1.0, "epoch", "inverse learning rate", FHRL_REAL, 0.0, HUGE_VAL,
           FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
};
static const fhrl_term term[] = {
  [GROWTH] = {"growth", "2 s a/tau"},
  [SATURATION] = {"saturation", "-2 a^2/tau"},
};
static const fhrl_field obs[] = {{"loss", 0.0, "1", "(s - a)^2/2"}};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM, {0.0}, .tol = 1e-15, .why = "nothing learnt is a saddle of the loss"},
  {FHRL_CHECK_EQUILIBRIUM, {3.0}, .tol = 1e-15, .why = "a = s: all is learnt"},
};

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  for (int l = 0; l < w.lanes; l++)
    FHRL_AT(dx, 0) = 2.0 * FHRL_AT(x, 0) * (FHRL_AT(s->p, S) - FHRL_AT(x, 0)) / FHRL_AT(s->p, TAU); // (1)
}
FHRL_RHS_OF(field)
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = 2.0 * (s->p[S] - 2.0 * x[0]) / s->p[TAU] * v[0];
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  dx[0] = 2.0 * x[0] * (which == GROWTH ? s->p[S] : -x[0]) / s->p[TAU];
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  y[0] = 0.5 * (s->p[S] - x[0]) * (s->p[S] - x[0]);
  return 0;
}

const fhrl_model fhrl_model_deep_linear = {
  .name = "deep_linear",
  .summary = "a mode of a deep linear network while it learns",
  .reference = "Saxe, McClelland and Ganguli (2013), arXiv 1312.6120",
  .time_unit = "epoch",
  FHRL_TABLES,
  FHRL_TERMS,
  .rhs = rhs,
  .lanes = lanes,
  .jvp = jvp,
  .split = split,
  .observe = observe,
};
