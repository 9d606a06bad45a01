// SPDX-License-Identifier: GPL-3.0-or-later
// hopf: normal form of a supercritical Hopf bifurcation
//   dx/dt = (mu - r^2) x - w y                 (1)   r^2 = x^2 + y^2
//   dy/dt = w x + (mu - r^2) y                 (2)
// Source: S. H. Strogatz, Nonlinear Dynamics and Chaos (1994), section 8.2: dr/dt = mu r - r^3, dphi/dt = w. For mu > 0
// the circle of radius sqrt(mu) attracts, with exponents 0 and -2 mu; for mu <= 0 the origin does.
#include "ode/model.h"

enum { X, Y, N_STATE };
enum { MU, W, N_PARAM };
enum { RADIAL, ROTATION };
static const fhrl_field state[N_STATE] = {
  [X] = {"x", 0.71, "1", "in-phase component"},
  [Y] = {"y", 0.33, "1", "quadrature component"},
};
static const fhrl_field param[N_PARAM] = {
  [MU] = {"mu", 0.25, "1/s", "distance from onset"},
  [W] = {"w", 1.30, "rad/s", "angular frequency"},
};
static const fhrl_term term[] = {
  [RADIAL] = {"radial", "(mu - r^2) (x, y)"},
  [ROTATION] = {"rotation", "w (-y, x)"},
};
static const fhrl_field obs[] = {{"r", 0.0, "1", "radius"}};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM, {0.0, 0.0}, .tol = 1e-15, .why = "the origin solves (1)-(2)"},
};

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  for (int l = 0; l < w.lanes; l++) {
    const double a = FHRL_AT(x, X), b = FHRL_AT(x, Y), g = FHRL_AT(s->p, MU) - (a * a + b * b);
    FHRL_AT(dx, X) = g * a - FHRL_AT(s->p, W) * b; // (1)
    FHRL_AT(dx, Y) = FHRL_AT(s->p, W) * a + g * b; // (2)
  }
}
FHRL_RHS_OF(field)
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const double *p = s->p;
  const double g = p[MU] - (x[X] * x[X] + x[Y] * x[Y]);
  const double dg = -2.0 * (x[X] * v[X] + x[Y] * v[Y]); // g, differentiated along v
  Jv[X] = g * v[X] + dg * x[X] - p[W] * v[Y];
  Jv[Y] = p[W] * v[X] + g * v[Y] + dg * x[Y];
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  const double *p = s->p;
  const double g = p[MU] - (x[X] * x[X] + x[Y] * x[Y]);
  dx[X] = which == RADIAL ? g * x[X] : -p[W] * x[Y];
  dx[Y] = which == RADIAL ? g * x[Y] : p[W] * x[X];
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  y[0] = hypot(x[X], x[Y]);
  return 0;
}

const fhrl_model fhrl_model_hopf = {
  .name = "hopf",
  .summary = "Hopf normal form: a limit cycle of known radius and exponents",
  .reference = "Strogatz (1994), Nonlinear Dynamics and Chaos, section 8.2",
  .time_unit = "s",
  FHRL_TABLES,
  FHRL_TERMS,
  .rhs = rhs,
  .lanes = lanes,
  .jvp = jvp,
  .split = split,
  .observe = observe,
};
