// SPDX-License-Identifier: GPL-3.0-or-later
// rossler: chaos with a single product, a band that is stretched and folded over
//   dx/dt = -y - z                             (1)
//   dy/dt = x + a y                            (2)
//   dz/dt = b + z (x - c)                      (3)
// Source: O. E. Rossler, An equation for continuous chaos, Phys. Lett. A 57 (1976) 397-398. The paper's drawings are of
// a = b = 0.2, c = 5.7: largest exponent 0.0714; the sum of the exponents is the mean of the divergence a + x - c.
#include "ode/model.h"

enum { X, Y, Z, N_STATE };
enum { A, B, C, N_PARAM };
enum { ROTATION, FOLDING };
static const fhrl_field state[N_STATE] = {
  [X] = {"x", 1.0, "1", "in-phase component of the spiral"},
  [Y] = {"y", 1.0, "1", "quadrature component of the spiral"},
  [Z] = {"z", 0.0, "1", "height out of the plane of the spiral"},
};
static const fhrl_field param[N_PARAM] = {
  [A] = {"a", 0.2, "1", "rate at which the spiral unwinds"},
  [B] = {"b", 0.2, "1", "what lifts z off its plane"},
  [C] = {"c", 5.7, "1", "the x beyond which z grows"},
};
static const fhrl_term term[] = {
  [ROTATION] = {"rotation", "(-y - z, x + a y, 0)"},
  [FOLDING] = {"folding", "(0, 0, b + z (x - c))"},
};
static const fhrl_field obs[] = {
  {"divergence", 0.0, "1", "a + x - c; its mean is the sum of the exponents"}};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM,
   {0.0070262048341001295, -0.035131024170500645, 0.035131024170500645},
   .tol = 1e-14,
   .why = "x = -a y = a z with a z^2 - c z + b = 0 solves (1)-(3)"},
  {FHRL_CHECK_EQUILIBRIUM,
   {5.6929737951659, -28.464868975829496, 28.464868975829496},
   .tol = 1e-12,
   .why = "the other root of that equation"},
};

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  for (int l = 0; l < w.lanes; l++) {
    const double a = FHRL_AT(x, X), b = FHRL_AT(x, Y), c = FHRL_AT(x, Z);
    FHRL_AT(dx, X) = -b - c;                                        // (1)
    FHRL_AT(dx, Y) = a + FHRL_AT(s->p, A) * b;                      // (2)
    FHRL_AT(dx, Z) = FHRL_AT(s->p, B) + c * (a - FHRL_AT(s->p, C)); // (3)
  }
}
FHRL_RHS_OF(field)
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const double *p = s->p;
  Jv[X] = -v[Y] - v[Z];
  Jv[Y] = v[X] + p[A] * v[Y];
  Jv[Z] = v[Z] * (x[X] - p[C]) + x[Z] * v[X];
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  const double *p = s->p;
  const int rotation = which == ROTATION;
  dx[X] = rotation ? -x[Y] - x[Z] : 0.0;
  dx[Y] = rotation ? x[X] + p[A] * x[Y] : 0.0;
  dx[Z] = rotation ? 0.0 : p[B] + x[Z] * (x[X] - p[C]);
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  y[0] = s->p[A] + x[X] - s->p[C];
  return 0;
}

const fhrl_model fhrl_model_rossler = {
  .name = "rossler",
  .summary = "Rossler's band: chaos with a single product",
  .reference = "Rossler (1976), Phys. Lett. A 57, 397-398",
  .time_unit = "1",
  FHRL_TABLES,
  FHRL_TERMS,
  .rhs = rhs,
  .lanes = lanes,
  .jvp = jvp,
  .split = split,
  .observe = observe,
};
