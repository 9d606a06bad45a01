// SPDX-License-Identifier: GPL-3.0-or-later
// verner: Verner's explicit Runge-Kutta pair 6(5) as an engine
//
// Its dense output is raised order by order (Enright, Jackson, Norsett and Thomsen, ACM TOMS 12 (1986) 193-218), with g(s) =
// s (1 - s) and C the cubic of Hermite:
//   C + g^2 A             meets h f(C) at s = 1/4                                  local error h^5         (1)
//   C + g^2 (P_0 + s P_1) meets h f of (1) at s = 1/4 and s = 3/4                  local error h^6         (2)
#include "ode/verner.h"

#include "ode/runge_kutta.h"
#include "ode/verner_table.h"

enum { FIRST = FHRL_VERNER_STAGES, LOW, HIGH }; // stages of the dense output: of (1), of (2) at 1/4 and 3/4
static const double low = 0.25, high = 0.75;

// What d/ds of C lacks of h k[stage] at s, in component i.
static double lack(const fhrl_runge_kutta *e, int i, double s, int stage)
{
  const double r = 1.0 - s, rise = e->x[i] - e->old[i], first = e->h_old * e->k[0][i];
  const double last = e->h_old * e->k[FHRL_VERNER_STAGES - 1][i], bend = first - rise, turn = rise - last - bend;
  return e->h_old * e->k[stage][i] - (rise + (r - s) * bend + s * (2.0 * r - s) * turn);
}

static int prepare(fhrl_runge_kutta *e)
{
  const int n = e->problem.n;
  const double g = low * (1.0 - low), slope = 2.0 * g * (1.0 - 2.0 * low); // g, and d/ds g^2: of the other sign at 3/4
  int failed = fhrl_runge_kutta_sample(e, low, FIRST);
  if (failed) return failed;
  for (int i = 0; i < n; i++) e->poly[0][i] = lack(e, i, low, FIRST) / slope; // (1)
  failed = fhrl_runge_kutta_sample(e, low, LOW);
  if (!failed) failed = fhrl_runge_kutta_sample(e, high, HIGH);
  if (failed) return failed;
  for (int i = 0; i < n; i++) { // slope (P_0 + low P_1) + g^2 P_1 = a, -slope (P_0 + high P_1) + g^2 P_1 = b     (2)
    const double a = lack(e, i, low, LOW), b = lack(e, i, high, HIGH);
    e->poly[1][i] = (a + b) / (2.0 * g * g - slope * (high - low));
    e->poly[0][i] = (a - g * g * e->poly[1][i]) / slope - low * e->poly[1][i];
  }
  return 0;
}

static double finish(fhrl_runge_kutta *e, double h)
{
  fhrl_runge_kutta_combine(e, fhrl_verner_a[FHRL_VERNER_STAGES - 1], h, e->x, e->next);
  return fhrl_runge_kutta_embedded(e, h);
}

static const fhrl_runge_kutta_method method = {.name = "verner", .order = 6, .exponent = 1.0 / 6.0, .last = 8,
  .stages = FHRL_VERNER_DENSE, .c = fhrl_verner_c, .a = fhrl_verner_a, .e = fhrl_verner_e,
  .error = finish, .prepare = prepare};
static const fhrl_engine_kind kind = FHRL_RUNGE_KUTTA_KIND("verner");

fhrl_status fhrl_verner_create(const fhrl_engine_problem *problem, double t0, fhrl_engine **out, fhrl_err *err)
{
  return fhrl_runge_kutta_create(&method, &kind, problem, t0, out, err);
}
