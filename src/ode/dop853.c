// SPDX-License-Identifier: GPL-3.0-or-later
// dop853: the explicit Runge-Kutta method DOP853 as an engine
#include "ode/dop853.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "ode/dop853_table.h"

enum {
  TERMS_MAX = 12,
  REJECTED_MAX = 24, // rejections in a row, each at least by the factor `shrink_most`, after which no step size will do
  ORDER_BELIEVED = 6, // rejections in a row after which the error is not of the order that its formula takes: f' jumps within the step
  LANES = 8          // partial sums of an error norm
};
static const double safety = 0.9, shrink_most = 1.0 / 3.0, grow_most = 6.0; // II.4, and the defaults of dop853.f
static const double after_failure = 0.25; // a step that cannot be evaluated is tried again with so much of it

typedef struct dop853 {
  fhrl_engine base; // first: the handle that callers hold
  fhrl_engine_problem problem;
  double t;
  double h;            // the step that the error test asks for next
  double t_old, h_old; // the last accepted step
  int started;         // k[0] and h belong to (t, x)
  int dense_ready;     // k[13] .. k[15] and `poly` belong to the last step
  double *block;       // owned: the arrays below, (n) each
  double *k[FHRL_DOP853_DENSE];
  double *old, *next, *stage; // x before the last step, x after the one that is tried, x of a stage
  double *poly[4];            // of the dense output
  fhrl_engine_count count;
} dop853;

// ---- arithmetic

// out = x + sum of w[j] k[j]; `count` is a constant in every copy, so that the inner loop unrolls.
FHRL_CPU_INLINE void add_count(int n, const int count, const double w[], const double *const k[], const double *restrict x,
  double *restrict out)
{
  for (int i = 0; i < n; i++) {
    double sum = w[0] * k[0][i];
    for (int j = 1; j < count; j++) sum += w[j] * k[j][i];
    out[i] = x[i] + sum;
  }
}

FHRL_CPU_INLINE void add_body(int n, int count, const double w[], const double *const k[], const double *x, double *out)
{
  switch (count) {
#define FHRL_CASE(c) case c: add_count(n, c, w, k, x, out); break;
    FHRL_CASE(1) FHRL_CASE(2) FHRL_CASE(3) FHRL_CASE(4) FHRL_CASE(5) FHRL_CASE(6) FHRL_CASE(7) FHRL_CASE(8) FHRL_CASE(9)
    FHRL_CASE(10) FHRL_CASE(11) FHRL_CASE(12)
#undef FHRL_CASE
  default: break;
  }
}

FHRL_CPU_CLONES(add, (int n, int count, const double w[], const double *const k[], const double *x, double *out),
  (n, count, w, k, x, out))

// out = x + h sum of the row
static void combine(const dop853 *e, const fhrl_dop853_row row, double h, const double *x, double *out)
{
  double w[TERMS_MAX];
  const double *k[TERMS_MAX];
  int count = 0;
  for (; row[count].stage >= 0; count++) {
    w[count] = h * row[count].weight;
    k[count] = e->k[row[count].stage];
  }
  add(e->problem.n, count, w, k, x, out);
}

static double total(const double part[LANES])
{
  return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

typedef struct errors {
  double fifth, third; // sums of squares of the two estimates over their tolerances, without h
} errors;

FHRL_CPU_INLINE void estimate_one(int i, int lane, const double *const k[], const double *x, const double *next, double rtol,
  double atol, double fifth[], double third[])
{
  double five = 0.0, three = 0.0;
  for (int j = 0; j < 8; j++) five += fhrl_dop853_e5[j].weight * k[j][i];
  for (int j = 0; j < 8; j++) three += fhrl_dop853_a[12][j].weight * k[j][i];
  three -= fhrl_dop853_b3[0].weight * k[0][i] + fhrl_dop853_b3[1].weight * k[4][i] + fhrl_dop853_b3[2].weight * k[7][i];
  const double a = fabs(x[i]), b = fabs(next[i]), scale = 1.0 / (atol + rtol * (a > b ? a : b));
  fifth[lane] += (five * scale) * (five * scale);
  third[lane] += (three * scale) * (three * scale);
}

// k: stages 0, 5 .. 11, the only ones that either estimate has.
FHRL_CPU_INLINE void estimate_body(int n, const double *const k[], const double *x, const double *next, double rtol, double atol,
  errors *out)
{
  double fifth[LANES] = {0.0}, third[LANES] = {0.0};
  int i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int lane = 0; lane < LANES; lane++) estimate_one(i + lane, lane, k, x, next, rtol, atol, fifth, third);
  for (int lane = 0; i + lane < n; lane++) estimate_one(i + lane, lane, k, x, next, rtol, atol, fifth, third);
  out->fifth = total(fifth);
  out->third = total(third);
}

FHRL_CPU_CLONES(estimate,
  (int n, const double *const k[], const double *x, const double *next, double rtol, double atol, errors *out),
  (n, k, x, next, rtol, atol, out))

// The error of a step h over its tolerance: dop853.f's blend, which is of order 8 in h.
static double error_of(const dop853 *e, double h)
{
  const double *const k[8] = {e->k[0], e->k[5], e->k[6], e->k[7], e->k[8], e->k[9], e->k[10], e->k[11]};
  errors sum;
  estimate(e->problem.n, k, e->problem.x, e->next, e->problem.rtol, e->problem.atol, &sum);
  const double blend = sum.fifth + 0.01 * sum.third;
  return blend > 0.0 ? fabs(h) * sum.fifth / sqrt(e->problem.n * blend) : 0.0;
}

// ---- steps

// sqrt of the mean of (a / tolerance at x)^2
static double weighted(const dop853 *e, const double a[], const double minus[])
{
  const fhrl_engine_problem *p = &e->problem;
  double sum = 0.0;
  for (int i = 0; i < p->n; i++) {
    const double r = (a[i] - (minus ? minus[i] : 0.0)) / (p->atol + p->rtol * fabs(p->x[i]));
    sum += r * r;
  }
  return sqrt(sum / p->n);
}

// The first step, from the size of x, x' and x'' (II.4, "starting step size"), no longer than `most`.
static double first_step(dop853 *e, double most)
{
  const fhrl_engine_problem *p = &e->problem;
  const double d0 = weighted(e, p->x, NULL), d1 = weighted(e, e->k[0], NULL);
  const double euler = fmin(most, d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1);
  for (int i = 0; i < p->n; i++) e->stage[i] = p->x[i] + euler * e->k[0][i];
  if (p->rhs(p->context, e->t + euler, e->stage, e->k[1]) != 0) return after_failure * euler;
  const double d2 = weighted(e, e->k[1], e->k[0]) / euler, larger = fmax(d1, d2);
  const double h = larger <= 1e-15 ? fmax(1e-6, 1e-3 * euler) : pow(0.01 / larger, 0.125);
  return fmin(most, fmin(100.0 * euler, h));
}

// All stages of a step h, and the new state; what rhs returned.
static int stages(dop853 *e, double h)
{
  const fhrl_engine_problem *p = &e->problem;
  for (int s = 1; s < 12; s++) {
    combine(e, fhrl_dop853_a[s], h, p->x, e->stage);
    const int failed = p->rhs(p->context, e->t + fhrl_dop853_c[s] * h, e->stage, e->k[s]);
    if (failed) return failed;
  }
  combine(e, fhrl_dop853_a[12], h, p->x, e->next);
  return 0;
}

static void accept(dop853 *e, double h, double t)
{
  const size_t size = (size_t)e->problem.n * sizeof *e->next;
  memcpy(e->old, e->problem.x, size);
  memcpy(e->problem.x, e->next, size);
  double *first = e->k[0];
  e->k[0] = e->k[12]; // the last evaluation is the next step's first
  e->k[12] = first;
  e->t_old = e->t;
  e->h_old = h;
  e->t = t;
  e->dense_ready = 0;
  e->count.steps++;
}

// How much of the wanted step is taken, given what is left: no leftover shorter than a tenth of a step, where it is free.
static double fit(const dop853 *e, double left)
{
  if (e->problem.step > 0.0) return e->h * (1.0 + 1e-9) >= left ? left : e->h;
  return e->h >= left ? left : 2.0 * e->h > left ? 0.5 * left : e->h;
}

// One accepted step towards t. PAUSED: more is left.
static fhrl_engine_end step(dop853 *e, double t)
{
  const fhrl_engine_problem *p = &e->problem;
  for (int rejected = 0;;) {
    const double left = t - e->t, h = fit(e, left), end = h == left ? t : e->t + h;
    if (e->t + 0.25 * h == e->t) return FHRL_ENGINE_STALLED;
    int failed = stages(e, h);
    const double error = failed || p->step > 0.0 ? 0.0 : error_of(e, h);
    if (!failed && error <= 1.0) failed = p->rhs(p->context, end, e->next, e->k[12]);
    if (failed) {
      if (failed < 0 || p->step > 0.0) return FHRL_ENGINE_RHS;
      e->h = after_failure * h;
      rejected++;
      continue;
    }
    if (error <= 1.0) {
      const double grow = rejected > 0 ? 1.0 : grow_most, wanted = e->h;
      accept(e, h, end);
      if (p->step == 0.0) e->h = h * fmin(grow, fmax(shrink_most, safety / pow(error, 0.125)));
      if (h < wanted && rejected == 0) e->h = fmax(e->h, wanted); // it was the end of the interval that cut it
      return end == t ? FHRL_ENGINE_REACHED : FHRL_ENGINE_PAUSED;
    }
    e->count.error_test_failures++;
    if (++rejected > REJECTED_MAX) return FHRL_ENGINE_ERROR;
    const int believed = error < HUGE_VAL && rejected <= ORDER_BELIEVED; // a NaN shrinks, too
    e->h = h * (believed ? fmax(shrink_most, safety / pow(error, 0.125)) : shrink_most);
  }
}

static fhrl_engine_end run(fhrl_engine *base, double t, long steps, double *now)
{
  dop853 *e = (dop853 *)base;
  const fhrl_engine_problem *p = &e->problem;
  fhrl_engine_end end = FHRL_ENGINE_PAUSED;
  if (!e->started) {
    if (p->rhs(p->context, e->t, p->x, e->k[0]) != 0) return FHRL_ENGINE_RHS;
    e->h = p->step > 0.0 ? p->step : first_step(e, t - e->t);
    e->started = 1;
  }
  for (long k = 0; k < steps && end == FHRL_ENGINE_PAUSED; k++) end = step(e, t);
  *now = e->t;
  return end;
}

static void restart(fhrl_engine *base, double t0)
{
  dop853 *e = (dop853 *)base;
  e->t = t0;
  e->started = 0;
}

// ---- dense output

static int prepare_dense(dop853 *e)
{
  const fhrl_engine_problem *p = &e->problem;
  const size_t size = (size_t)p->n * sizeof *e->stage;
  double *first = e->k[0];
  int failed = 0;
  e->k[0] = e->k[12]; // as they were called within that step
  e->k[12] = first;
  for (int s = 13; s < FHRL_DOP853_DENSE && !failed; s++) {
    combine(e, fhrl_dop853_a[s], e->h_old, e->old, e->stage);
    failed = p->rhs(p->context, e->t_old + fhrl_dop853_c[s] * e->h_old, e->stage, e->k[s]);
  }
  for (int j = 0; j < 4 && !failed; j++) {
    memset(e->stage, 0, size);
    combine(e, fhrl_dop853_d[j], e->h_old, e->stage, e->poly[j]);
  }
  e->k[12] = e->k[0];
  e->k[0] = first;
  e->dense_ready = !failed;
  return failed;
}

static int dense(fhrl_engine *base, double t, double x[])
{
  dop853 *e = (dop853 *)base;
  if (!e->dense_ready) {
    const int failed = prepare_dense(e);
    if (failed) return failed;
  }
  const double s = (t - e->t_old) / e->h_old, r = 1.0 - s;
  for (int i = 0; i < e->problem.n; i++) {
    const double rise = e->problem.x[i] - e->old[i], bend = e->h_old * e->k[12][i] - rise;
    const double turn = rise - e->h_old * e->k[0][i] - bend;
    const double rest = e->poly[0][i] + s * (e->poly[1][i] + r * (e->poly[2][i] + s * e->poly[3][i]));
    x[i] = e->old[i] + s * (rise + r * (bend + s * (turn + r * rest)));
  }
  return 0;
}

// ---- looking

static void look(fhrl_engine *base, fhrl_engine_look *out)
{
  dop853 *e = (dop853 *)base;
  const fhrl_engine_problem *p = &e->problem;
  *out = (fhrl_engine_look){.h = e->h, .order = 8, .message = ""};
  memset(e->stage, 0, (size_t)p->n * sizeof *e->stage);
  combine(e, fhrl_dop853_e5, e->h, e->stage, e->next); // of the step that was tried last
  for (int i = 0; i < p->n; i++) {
    const double ratio = fabs(e->next[i]) / (p->atol + p->rtol * fabs(p->x[i]));
    if (ratio > out->worst_ratio) {
      out->worst_ratio = ratio;
      out->worst = i;
    }
  }
}

static fhrl_engine_count count(fhrl_engine *base) { return ((dop853 *)base)->count; }

static void destroy(fhrl_engine *base)
{
  free(((dop853 *)base)->block);
  free(base);
}

static const fhrl_engine_kind kind = {"dop853", destroy, restart, run, dense, look, count};

fhrl_status fhrl_dop853_create(const fhrl_engine_problem *problem, double t0, fhrl_engine **out, fhrl_err *err)
{
  const size_t n = (size_t)problem->n;
  dop853 *e = calloc(1, sizeof *e);
  double *next = calloc(n * (FHRL_DOP853_DENSE + 7), sizeof *next);
  if (e == NULL || next == NULL) {
    free(e);
    free(next);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for an integrator of %d states", problem->n);
  }
  e->base.kind = &kind;
  e->problem = *problem;
  e->t = t0;
  e->block = next;
  for (int s = 0; s < FHRL_DOP853_DENSE; s++, next += n) e->k[s] = next;
  for (int j = 0; j < 4; j++, next += n) e->poly[j] = next;
  e->old = next;
  e->next = next + n;
  e->stage = next + 2 * n;
  *out = &e->base;
  return FHRL_OK;
}
