// SPDX-License-Identifier: GPL-3.0-or-later
// van_der_pol: an oscillator whose friction drives small motion and damps large motion
//   dx/dt = v                                  (1)
//   dv/dt = mu (1 - x^2) v - x                 (2)
// Source: B. van der Pol, On relaxation-oscillations, Phil. Mag. 2 (1926) 978-992, as a system of first order.
// The limit cycle has period 6.66328686 at mu = 1 and 8.85909550 at mu = 3.
#include "ode/model.h"

enum { X, V, N_STATE };
enum { MU, N_PARAM };
enum { OSCILLATOR, FRICTION };
static const fhrl_field state[N_STATE] = {
  [X] = {"x", 2.0, "1", "position"},
  [V] = {"v", 0.0, "1", "velocity"},
};
static const fhrl_field param[N_PARAM] = {
  [MU] = {"mu", 1.0, "1", "strength of the friction"},
};
static const fhrl_term term[] = {
  [OSCILLATOR] = {"oscillator", "(v, -x)"},
  [FRICTION] = {"friction", "(0, mu (1 - x^2) v)"},
};
static const fhrl_field obs[] = {{"energy", 0.0, "1", "(x^2 + v^2) / 2"}};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM, {0.0, 0.0}, .tol = 1e-15, .why = "the origin solves (1)-(2)"},
};

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  for (int l = 0; l < w.lanes; l++) {
    const double a = FHRL_AT(x, X), v = FHRL_AT(x, V);
    FHRL_AT(dx, X) = v;                                         // (1)
    FHRL_AT(dx, V) = FHRL_AT(s->p, MU) * (1.0 - a * a) * v - a; // (2)
  }
}
FHRL_RHS_OF(field)
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const double mu = s->p[MU];
  Jv[X] = v[V];
  Jv[V] = mu * (1.0 - x[X] * x[X]) * v[V] - (2.0 * mu * x[X] * x[V] + 1.0) * v[X];
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  const int oscillator = which == OSCILLATOR;
  dx[X] = oscillator ? x[V] : 0.0;
  dx[V] = oscillator ? -x[X] : s->p[MU] * (1.0 - x[X] * x[X]) * x[V];
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  y[0] = 0.5 * (x[X] * x[X] + x[V] * x[V]);
  return 0;
}

const fhrl_model fhrl_model_van_der_pol = {
  .name = "van_der_pol",
  .summary = "van der Pol oscillator: a limit cycle by nonlinear friction",
  .reference = "van der Pol (1926), Phil. Mag. 2, 978-992",
  .time_unit = "1",
  FHRL_TABLES,
  FHRL_TERMS,
  .rhs = rhs,
  .lanes = lanes,
  .jvp = jvp,
  .split = split,
  .observe = observe,
};
