// SPDX-License-Identifier: GPL-3.0-or-later
// lotka_volterra: predators and their prey
//   dx/dt = x (a - b y)                        (1)
//   dy/dt = y (c x - d)                        (2)
// Source: A. J. Lotka, Analytical note on certain rhythmic relations in organic systems, PNAS 6 (1920) 410-415;
// V. Volterra, Fluctuations in the abundance of a species considered mathematically, Nature 118 (1926) 558-560.
// Along every orbit c x - d ln x + b y - a ln y stays what it is.
#include "ode/model.h"

enum { X, Y, N_STATE };
enum { A, B, C, D, N_PARAM };
enum { GROWTH, ENCOUNTER };
static const fhrl_field state[N_STATE] = {
  [X] = {"x", 2.0, "1", "prey"},
  [Y] = {"y", 1.0, "1", "predators"},
};
static const fhrl_field param[N_PARAM] = {
  [A] = {"a", 1.0, "1/time", "growth of the prey alone", FHRL_REAL, 0.0, HUGE_VAL,
         FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
  [B] = {"b", 0.5, "1/time", "prey lost to a predator", FHRL_REAL, 0.0, HUGE_VAL,
         FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
  [C] = {"c", 0.25, "1/time", "predators gained from a prey", FHRL_REAL, 0.0, HUGE_VAL,
         FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
  [D] = {"d", 1.0, "1/time", "decay of the predators alone", FHRL_REAL, 0.0, HUGE_VAL,
         FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
};
static const fhrl_term term[] = {
  [GROWTH] = {"growth", "(a x, -d y)"},
  [ENCOUNTER] = {"encounter", "(-b x y, c x y)"},
};
static const fhrl_field obs[] = {
  {"invariant", 0.0, "1/time", "c x - d ln x + b y - a ln y, constant along an orbit"}};
static const fhrl_check check[] = {
  {FHRL_CHECK_EQUILIBRIUM, {0.0, 0.0}, .tol = 1e-15, .why = "without any there will be none"},
  {FHRL_CHECK_EQUILIBRIUM, {4.0, 2.0}, .tol = 1e-15, .why = "x = d/c, y = a/b solves (1)-(2)"},
};

static const char *refuse_start(const fhrl_system *s, const double x0[])
{
  return x0[X] > 0.0 && x0[Y] > 0.0
           ? NULL
           : "both populations must be positive: the invariant has their logarithms";
}

FHRL_INLINE void field(const fhrl_system *s, const double *t, const double *x, double *restrict dx, const fhrl_width w)
{
  for (int l = 0; l < w.lanes; l++) {
    const double prey = FHRL_AT(x, X), predators = FHRL_AT(x, Y);
    FHRL_AT(dx, X) = prey * (FHRL_AT(s->p, A) - FHRL_AT(s->p, B) * predators); // (1)
    FHRL_AT(dx, Y) = predators * (FHRL_AT(s->p, C) * prey - FHRL_AT(s->p, D)); // (2)
  }
}
FHRL_RHS_OF(field)
FHRL_LANES_OF(field)

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  const double *p = s->p;
  Jv[X] = v[X] * (p[A] - p[B] * x[Y]) - p[B] * x[X] * v[Y];
  Jv[Y] = v[Y] * (p[C] * x[X] - p[D]) + p[C] * x[Y] * v[X];
  return 0;
}

static int split(const fhrl_system *s, int which, double t, const double x[], double dx[])
{
  const double *p = s->p;
  const int growth = which == GROWTH;
  dx[X] = growth ? p[A] * x[X] : -p[B] * x[X] * x[Y];
  dx[Y] = growth ? -p[D] * x[Y] : p[C] * x[X] * x[Y];
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  const double *p = s->p;
  y[0] = p[C] * x[X] - p[D] * log(x[X]) + p[B] * x[Y] - p[A] * log(x[Y]);
  return 0;
}

const fhrl_model fhrl_model_lotka_volterra = {
  .name = "lotka_volterra",
  .summary = "predators and prey: closed orbits around an equilibrium",
  .reference = "Lotka (1920), PNAS 6, 410-415; Volterra (1926), Nature 118, 558-560",
  .time_unit = "1",
  FHRL_TABLES,
  FHRL_TERMS,
  .refuse_start = refuse_start,
  .rhs = rhs,
  .lanes = lanes,
  .jvp = jvp,
  .split = split,
  .observe = observe,
};
