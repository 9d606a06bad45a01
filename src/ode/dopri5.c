// SPDX-License-Identifier: GPL-3.0-or-later
// dopri5: the explicit Runge-Kutta pair 5(4) of Dormand and Prince as an engine
#include "ode/dopri5.h"

#include <string.h>

#include "ode/dopri5_table.h"
#include "ode/runge_kutta.h"

static int prepare(fhrl_runge_kutta *e)
{
  memset(e->stage, 0, (size_t)e->problem.n * sizeof *e->stage);
  fhrl_runge_kutta_combine(e, fhrl_dopri5_d, e->h_old, e->stage, e->poly[0]);
  return 0;
}

static const fhrl_runge_kutta_method method = {.name = "dopri5", .order = 5, .exponent = 1.0 / 5.0, .last = 6,
  .stages = FHRL_DOPRI5_STAGES, .uses_last = 1, .c = fhrl_dopri5_c, .a = fhrl_dopri5_a, .e = fhrl_dopri5_e,
  .error = fhrl_runge_kutta_embedded, .prepare = prepare};
static const fhrl_engine_kind kind = FHRL_RUNGE_KUTTA_KIND("dopri5");

fhrl_status fhrl_dopri5_create(const fhrl_engine_problem *problem, double t0, fhrl_engine **out, fhrl_err *err)
{
  return fhrl_runge_kutta_create(&method, &kind, problem, t0, out, err);
}
