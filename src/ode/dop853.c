// SPDX-License-Identifier: GPL-3.0-or-later
// dop853: the explicit Runge-Kutta method DOP853 as an engine
#include "ode/dop853.h"

#include <math.h>
#include <string.h>

#include "base/cpu.h"
#include "ode/dop853_table.h"
#include "ode/runge_kutta.h"

enum { LANES = 8 }; // partial sums of an error norm

// ---- the error estimate

static double total(const double part[LANES])
{
  return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

typedef struct errors {
  double fifth, third; // sums of squares of the two estimates over their tolerances, without h
} errors;

// k: stages 0, 5 .. 11, the only ones that the new state or either estimate has.
FHRL_CPU_INLINE void finish_one(int i, int lane, double h, const double *const k[], const double *restrict x,
  double *restrict next, double rtol, double atol, double fifth[], double third[])
{
  double five = 0.0, sum = 0.0;
  for (int j = 0; j < 8; j++) {
    five += fhrl_dop853_e5[j].weight * k[j][i];
    sum += fhrl_dop853_a[12][j].weight * k[j][i];
  }
  const double three =
    sum - (fhrl_dop853_b3[0].weight * k[0][i] + fhrl_dop853_b3[1].weight * k[4][i] + fhrl_dop853_b3[2].weight * k[7][i]);
  next[i] = x[i] + h * sum;
  const double a = fabs(x[i]), b = fabs(next[i]), scale = 1.0 / (atol + rtol * (a > b ? a : b));
  fifth[lane] += (five * scale) * (five * scale);
  third[lane] += (three * scale) * (three * scale);
}

// The new state of a step h and its errors, in one pass over the stages.
FHRL_CPU_INLINE void finish_body(int n, double h, const double *const k[], const double *restrict x, double *restrict next,
  double rtol, double atol, errors *out)
{
  double fifth[LANES] = {0.0}, third[LANES] = {0.0};
  int i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int lane = 0; lane < LANES; lane++) finish_one(i + lane, lane, h, k, x, next, rtol, atol, fifth, third);
  for (int lane = 0; i + lane < n; lane++) finish_one(i + lane, lane, h, k, x, next, rtol, atol, fifth, third);
  out->fifth = total(fifth);
  out->third = total(third);
}

FHRL_CPU_CLONES(finish,
  (int n, double h, const double *const k[], const double *x, double *next, double rtol, double atol, errors *out),
  (n, h, k, x, next, rtol, atol, out))

// next = x after a step h. Returns its error over its tolerance: dop853.f's blend, which is of order 8 in h.
static double take(fhrl_runge_kutta *e, double h)
{
  const double *const k[8] = {e->k[0], e->k[5], e->k[6], e->k[7], e->k[8], e->k[9], e->k[10], e->k[11]};
  errors sum;
  finish(e->problem.n, h, k, e->x, e->next, e->problem.rtol, e->problem.atol, &sum);
  const double blend = sum.fifth + 0.01 * sum.third;
  return blend == 0.0 ? 0.0 : fabs(h) * sum.fifth / sqrt(e->problem.n * blend);
}

// ---- dense output

static int prepare(fhrl_runge_kutta *e)
{
  const fhrl_engine_problem *p = &e->problem;
  for (int s = FHRL_DOP853_STAGES; s < FHRL_DOP853_DENSE; s++) {
    fhrl_runge_kutta_combine(e, fhrl_dop853_a[s], e->h_old, e->old, e->stage);
    const int failed = p->rhs(p->context, e->t_old + fhrl_dop853_c[s] * e->h_old, e->stage, e->k[s]);
    if (failed) return failed;
  }
  memset(e->stage, 0, (size_t)p->n * sizeof *e->stage);
  for (int j = 0; j < 4; j++) fhrl_runge_kutta_combine(e, fhrl_dop853_d[j], e->h_old, e->stage, e->poly[j]);
  return 0;
}

static const fhrl_runge_kutta_method method = {.name = "dop853", .order = 8, .exponent = 0.125, .last = 12,
  .stages = FHRL_DOP853_DENSE, .c = fhrl_dop853_c, .a = fhrl_dop853_a, .e = fhrl_dop853_e5, .error = take, .prepare = prepare};
static const fhrl_engine_kind kind = FHRL_RUNGE_KUTTA_KIND("dop853");

fhrl_status fhrl_dop853_create(const fhrl_engine_problem *problem, double t0, fhrl_engine **out, fhrl_err *err)
{
  return fhrl_runge_kutta_create(&method, &kind, problem, t0, out, err);
}
