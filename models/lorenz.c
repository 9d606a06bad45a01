// SPDX-License-Identifier: GPL-3.0-or-later
// lorenz: convection between two plates, the first strange attractor
//   dx/dt = sigma (y - x)                      (1)
//   dy/dt = r x - y - x z                      (2)
//   dz/dt = x y - b z                          (3)
// Source: E. N. Lorenz, Deterministic nonperiodic flow, J. Atmos. Sci. 20 (1963) 130-141, eqs. 25-27; the values of
// sigma, r, b and the start are those of its numerical example.
#include "ode/model.h"

enum { X, Y, Z, N_STATE };
enum { SIGMA, R, B, N_PARAM };
enum { LINEAR, QUADRATIC };
static const fhrl_field state[N_STATE] = {
  [X] = {"x", 0.0, "1", "intensity of the convection"},
  [Y] = {"y", 1.0, "1", "temperature difference between rising and sinking fluid"},
  [Z] = {"z", 0.0, "1", "distortion of the vertical temperature profile"},
};
static const fhrl_field param[N_PARAM] = {
  [SIGMA] = {"sigma", 10.0, "1", "Prandtl number"},
  [R] = {"r", 28.0, "1", "Rayleigh number over its critical value"},
  [B] = {"b", 8.0 / 3.0, "1", "geometry of the convection cell"},
};
static const fhrl_term term[] = {
  [LINEAR] = {"linear", "(sigma (y - x), r x - y, -b z)"},
  [QUADRATIC] = {"quadratic", "(0, -x z, x y)"},
};
static const fhrl_field obs[] = {{"energy", 0.0, "1", "(x^2 + y^2 + z^2) / 2"}};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM, {0.0, 0.0, 0.0}, .tol = 1e-15, .why = "the origin solves (1)-(3)"},
  {FHRL_CHECK_EQUILIBRIUM, {8.48528137423857, 8.48528137423857, 27.0}, .tol = 1e-12,
   .why = "x = y = sqrt(b (r - 1)) = sqrt(72), z = r - 1 solves (1)-(3)"},
  {FHRL_CHECK_DIVERGENCE, .value = -41.0 / 3.0, .tol = 1e-12,
   .why = "the trace is -(sigma + 1 + b) everywhere"},
};

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  for (int l = 0; l < w.lanes; l++) {
    const double a = FHRL_AT(x, X), b = FHRL_AT(x, Y), c = FHRL_AT(x, Z);
    FHRL_AT(dx, X) = FHRL_AT(s->p, SIGMA) * (b - a);   // (1)
    FHRL_AT(dx, Y) = FHRL_AT(s->p, R) * a - b - a * c; // (2)
    FHRL_AT(dx, Z) = a * b - FHRL_AT(s->p, B) * c;     // (3)
  }
}
FHRL_RHS_OF(field)
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const double *p = s->p;
  Jv[X] = p[SIGMA] * (v[Y] - v[X]);
  Jv[Y] = p[R] * v[X] - v[Y] - v[X] * x[Z] - x[X] * v[Z];
  Jv[Z] = v[X] * x[Y] + x[X] * v[Y] - p[B] * v[Z];
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  const double *p = s->p;
  const int linear = which == LINEAR;
  dx[X] = linear ? p[SIGMA] * (x[Y] - x[X]) : 0.0;
  dx[Y] = linear ? p[R] * x[X] - x[Y] : -x[X] * x[Z];
  dx[Z] = linear ? -p[B] * x[Z] : x[X] * x[Y];
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  y[0] = 0.5 * fhrl_dot(N_STATE, x, x);
  return 0;
}

const fhrl_model fhrl_model_lorenz = {
  .name = "lorenz",
  .summary = "Lorenz system of convection",
  .reference = "Lorenz (1963), J. Atmos. Sci. 20, 130-141",
  .time_unit = "1",
  FHRL_TABLES,
  FHRL_TERMS,
  .rhs = rhs,
  .lanes = lanes,
  .jvp = jvp,
  .split = split,
  .observe = observe,
};
