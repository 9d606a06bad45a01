// SPDX-License-Identifier: GPL-3.0-or-later
// henon_heiles: a star in the plane of a galaxy, a Hamiltonian system between order and chaos
//   H = (px^2 + py^2 + x^2 + y^2)/2 + x^2 y - y^3/3
//   dx/dt  = px                                (1)
//   dy/dt  = py                                (2)
//   dpx/dt = -x - 2 x y                        (3)
//   dpy/dt = -y - x^2 + y^2                    (4)
// Source: M. Henon and C. Heiles, The applicability of the third integral of motion: some numerical experiments,
// Astron. J. 69 (1964) 73-79. The default start has energy 1/8 and is chaotic; orbits of energy < 1/6 stay in the well.
#include "ode/model.h"

enum { X, Y, PX, PY, N_STATE };
enum { HARMONIC, CUBIC };
static const fhrl_field state[N_STATE] = {
  [X] = {"x", 0.0, "1", "position along the first axis"},
  [Y] = {"y", -0.25, "1", "position along the second axis"},
  [PX] = {"px", 0.4208127057650866, "1", "momentum along the first axis"},
  [PY] = {"py", 0.0, "1", "momentum along the second axis"},
};
static const fhrl_field param[] = {
  {"lambda", 1.0, "1", "strength of the cubic part of H: 1 in the source, 0 without coupling"},
};
static const fhrl_term term[] = {
  [HARMONIC] = {"harmonic", "(px, py, -x, -y)"},
  [CUBIC] = {"cubic", "lambda (0, 0, -2 x y, y^2 - x^2)"},
};
static const fhrl_field obs[] = {{"energy", 0.0, "1", "H, constant along an orbit"}};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM, {0.0}, .tol = 1e-15, .why = "the bottom of the well solves (1)-(4)"},
  {FHRL_CHECK_EQUILIBRIUM, {0.0, 1.0, 0.0, 0.0}, .tol = 1e-15, .why = "so does the pass at y = 1"},
  {FHRL_CHECK_DIVERGENCE, .value = 0.0, .tol = 1e-14, .why = "a Hamiltonian flow keeps volumes"},
};

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  for (int l = 0; l < w.lanes; l++) {
    const double a = FHRL_AT(x, X), b = FHRL_AT(x, Y), lambda = FHRL_AT(s->p, 0);
    FHRL_AT(dx, X) = FHRL_AT(x, PX);                 // (1)
    FHRL_AT(dx, Y) = FHRL_AT(x, PY);                 // (2)
    FHRL_AT(dx, PX) = -a - 2.0 * lambda * a * b;     // (3)
    FHRL_AT(dx, PY) = -b + lambda * (b * b - a * a); // (4)
  }
}
FHRL_RHS_OF(field)
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const double lambda = s->p[0];
  Jv[X] = v[PX];
  Jv[Y] = v[PY];
  Jv[PX] = -v[X] - 2.0 * lambda * (x[X] * v[Y] + x[Y] * v[X]);
  Jv[PY] = -v[Y] + 2.0 * lambda * (x[Y] * v[Y] - x[X] * v[X]);
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  const double lambda = s->p[0];
  const int harmonic = which == HARMONIC;
  dx[X] = harmonic ? x[PX] : 0.0;
  dx[Y] = harmonic ? x[PY] : 0.0;
  dx[PX] = harmonic ? -x[X] : -2.0 * lambda * x[X] * x[Y];
  dx[PY] = harmonic ? -x[Y] : lambda * (x[Y] * x[Y] - x[X] * x[X]);
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  y[0] = 0.5 * fhrl_dot(N_STATE, x, x) + s->p[0] * x[Y] * (x[X] * x[X] - x[Y] * x[Y] / 3.0);
  return 0;
}

const fhrl_model fhrl_model_henon_heiles = {
  .name = "henon_heiles",
  .summary = "Henon and Heiles' star: a Hamiltonian between order and chaos",
  .reference = "Henon and Heiles (1964), Astron. J. 69, 73-79",
  .time_unit = "1",
  FHRL_TABLES,
  FHRL_TERMS,
  .rhs = rhs,
  .lanes = lanes,
  .jvp = jvp,
  .split = split,
  .observe = observe,
};
