// SPDX-License-Identifier: GPL-3.0-or-later
// runge_kutta: the frame of the explicit Runge-Kutta engines
#include "ode/runge_kutta.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"

enum {
  TERMS_MAX = 12,
  REJECTED_MAX = 24, // rejections in a row, each at least by the factor `shrink_most`, after which no step size will do
  ORDER_BELIEVED = 6, // rejections in a row after which the error is not of its order: f' jumps within the step
  LANES = 8,         // partial sums of an error norm
  LINE = 8           // doubles of a cache line
};
static const double safety = 0.9, shrink_most = 1.0 / 3.0, grow_most = 6.0; // II.4, and the defaults of dop853.f
static const double after_failure = 0.25; // a step that cannot be evaluated is tried again with so much of it

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

// ---- the error of an embedded pair

FHRL_CPU_INLINE double ratio_at(int i, const int count, const double w[], const double *const k[], const double *x,
  const double *next, double rtol, double atol)
{
  double sum = 0.0;
  for (int j = 0; j < count; j++) sum += w[j] * k[j][i];
  const double a = fabs(x[i]), b = fabs(next[i]);
  return sum / (atol + rtol * (a > b ? a : b));
}

// Several sums, because one would be a chain; `count` is a constant in every copy.
FHRL_CPU_INLINE double error_count(int n, const int count, const double w[], const double *const k[], const double *x,
  const double *next, double rtol, double atol)
{
  double part[LANES] = {0.0}, r[LANES];
  int i = 0;
  for (; i + LANES <= n; i += LANES) {
    for (int lane = 0; lane < LANES; lane++) r[lane] = ratio_at(i + lane, count, w, k, x, next, rtol, atol);
    for (int lane = 0; lane < LANES; lane++) part[lane] += r[lane] * r[lane];
  }
  for (int lane = 0; i + lane < n; lane++) {
    r[lane] = ratio_at(i + lane, count, w, k, x, next, rtol, atol);
    part[lane] += r[lane] * r[lane];
  }
  return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

FHRL_CPU_INLINE void embedded_body(int n, int count, const double w[], const double *const k[], const double *x,
  const double *next, double rtol, double atol, double *out)
{
  switch (count) {
  case 6: *out = error_count(n, 6, w, k, x, next, rtol, atol); break;
  case 7: *out = error_count(n, 7, w, k, x, next, rtol, atol); break;
  default: *out = error_count(n, count, w, k, x, next, rtol, atol);
  }
}

FHRL_CPU_CLONES(embedded,
  (int n, int count, const double w[], const double *const k[], const double *x, const double *next, double rtol, double atol,
    double *out),
  (n, count, w, k, x, next, rtol, atol, out))

// The weights h w[j] and vectors k[j] of a row; how many.
static int gather(const fhrl_runge_kutta *e, const fhrl_runge_kutta_term row[], double h, double w[], const double *k[])
{
  int count = 0;
  for (; row[count].stage >= 0; count++) {
    w[count] = h * row[count].weight;
    k[count] = e->k[row[count].stage];
  }
  return count;
}

double fhrl_runge_kutta_embedded(fhrl_runge_kutta *e, double h)
{
  double w[TERMS_MAX], sum;
  const double *k[TERMS_MAX];
  const fhrl_engine_problem *p = &e->problem;
  const int count = gather(e, e->method->e, h, w, k);
  embedded(p->n, count, w, k, e->x, e->next, p->rtol, p->atol, &sum);
  return sqrt(sum / p->n);
}

void fhrl_runge_kutta_combine(const fhrl_runge_kutta *e, const fhrl_runge_kutta_term row[], double h, const double *x, double *out)
{
  double w[TERMS_MAX];
  const double *k[TERMS_MAX];
  const int count = gather(e, row, h, w, k);
  add(e->problem.n, count, w, k, x, out);
}

// ---- steps

// The step that an error asks for goes as this.
static double root(const fhrl_runge_kutta *e, double a)
{
  return e->method->exponent == 0.125 ? sqrt(sqrt(sqrt(a))) : pow(a, e->method->exponent);
}

// sqrt of the mean of (a / tolerance at x)^2
static double weighted(const fhrl_runge_kutta *e, const double a[], const double minus[])
{
  const fhrl_engine_problem *p = &e->problem;
  double sum = 0.0;
  for (int i = 0; i < p->n; i++) {
    const double r = (a[i] - (minus ? minus[i] : 0.0)) / (p->atol + p->rtol * fabs(e->x[i]));
    sum += r * r;
  }
  return sqrt(sum / p->n);
}

// The first step, from the size of x, x' and x'' (II.4, "starting step size"), no longer than `most`.
static double first_step(fhrl_runge_kutta *e, double most)
{
  const fhrl_engine_problem *p = &e->problem;
  const double d0 = weighted(e, e->x, NULL), d1 = weighted(e, e->k[0], NULL);
  const double euler = fmin(most, d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1);
  for (int i = 0; i < p->n; i++) e->stage[i] = e->x[i] + euler * e->k[0][i];
  if (p->rhs(p->context, e->t + euler, e->stage, e->k[1]) != 0) return after_failure * euler;
  const double d2 = weighted(e, e->k[1], e->k[0]) / euler, larger = fmax(d1, d2);
  const double h = larger <= 1e-15 ? fmax(1e-6, 1e-3 * euler) : root(e, 0.01 / larger);
  return fmin(most, fmin(100.0 * euler, h));
}

// All stages of a step h; what rhs returned.
static int stages(fhrl_runge_kutta *e, double h)
{
  const fhrl_engine_problem *p = &e->problem;
  const fhrl_runge_kutta_method *m = e->method;
  for (int s = 1; s < m->last; s++) {
    fhrl_runge_kutta_combine(e, m->a[s], h, e->x, e->stage);
    const int failed = p->rhs(p->context, e->t + m->c[s] * h, e->stage, e->k[s]);
    if (failed) return failed;
  }
  return 0;
}

// A step h to `end`: *error over its tolerance (0 where the step is fixed), and k_S if the step will be taken.
static int attempt(fhrl_runge_kutta *e, double h, double end, double *error)
{
  const fhrl_engine_problem *p = &e->problem;
  const fhrl_runge_kutta_method *m = e->method;
  int failed = stages(e, h);
  if (failed) return failed;
  if (m->uses_last) {
    fhrl_runge_kutta_combine(e, m->a[m->last], h, e->x, e->next);
    failed = p->rhs(p->context, end, e->next, e->k[m->last]);
    if (failed) return failed;
  }
  *error = m->error(e, h);
  if (p->step > 0.0) *error = 0.0; // whatever it is
  return !m->uses_last && *error <= 1.0 ? p->rhs(p->context, end, e->next, e->k[m->last]) : 0;
}

static void accept(fhrl_runge_kutta *e, double h, double t)
{
  double *oldest = e->old;
  e->old = e->x;
  e->x = e->next;
  e->next = oldest;
  double *first = e->k[0];
  e->k[0] = e->k[e->method->last]; // the last evaluation is the next step's first
  e->k[e->method->last] = first;
  e->t_old = e->t;
  e->h_old = h;
  e->t = t;
  e->dense_ready = 0;
  e->count.steps++;
}

// How much of the wanted step is taken, given what is left: no leftover shorter than a tenth of a step, where it is free.
static double fit(const fhrl_runge_kutta *e, double left)
{
  if (e->problem.step > 0.0) return e->h * (1.0 + 1e-9) >= left ? left : e->h;
  return e->h >= left ? left : 2.0 * e->h > left ? 0.5 * left : e->h;
}

// One accepted step towards t. PAUSED: more is left.
static fhrl_engine_end step(fhrl_runge_kutta *e, double t)
{
  const fhrl_engine_problem *p = &e->problem;
  for (int rejected = 0;;) {
    const double left = t - e->t, h = fit(e, left), end = h == left ? t : e->t + h;
    if (e->t + 0.25 * h == e->t) return FHRL_ENGINE_STALLED;
    double error;
    const int failed = attempt(e, h, end, &error);
    if (failed) {
      if (failed < 0 || p->step > 0.0) return FHRL_ENGINE_RHS;
      e->h = after_failure * h;
      rejected++;
      continue;
    }
    if (error <= 1.0) {
      const double grow = rejected > 0 ? 1.0 : grow_most, wanted = e->h;
      accept(e, h, end);
      if (p->step == 0.0) e->h = h * fmin(grow, fmax(shrink_most, safety / root(e, error)));
      if (h < wanted && rejected == 0) e->h = fmax(e->h, wanted); // it was the end of the interval that cut it
      return end == t ? FHRL_ENGINE_REACHED : FHRL_ENGINE_PAUSED;
    }
    e->count.error_test_failures++;
    if (++rejected > REJECTED_MAX) return FHRL_ENGINE_ERROR;
    const int believed = error < HUGE_VAL && rejected <= ORDER_BELIEVED; // a NaN shrinks, too
    e->h = h * (believed ? fmax(shrink_most, safety / root(e, error)) : shrink_most);
  }
}

fhrl_engine_end fhrl_runge_kutta_run(fhrl_engine *base, double t, long steps, double *now)
{
  fhrl_runge_kutta *e = (fhrl_runge_kutta *)base;
  const fhrl_engine_problem *p = &e->problem;
  fhrl_engine_end end = FHRL_ENGINE_PAUSED;
  if (!e->started) {
    memcpy(e->x, p->x, (size_t)p->n * sizeof *e->x);
    if (p->rhs(p->context, e->t, e->x, e->k[0]) != 0) return FHRL_ENGINE_RHS;
    e->h = p->step > 0.0 ? p->step : first_step(e, t - e->t);
    e->started = 1;
  }
  for (long k = 0; k < steps && end == FHRL_ENGINE_PAUSED; k++) end = step(e, t);
  memcpy(p->x, e->x, (size_t)p->n * sizeof *e->x);
  *now = e->t;
  return end;
}

void fhrl_runge_kutta_restart(fhrl_engine *base, double t0)
{
  fhrl_runge_kutta *e = (fhrl_runge_kutta *)base;
  e->t = t0;
  e->started = 0;
}

// ---- dense output

// k_0 and k_S as they were called within the last step, or back again.
static void exchange(fhrl_runge_kutta *e)
{
  const int last = e->method->last;
  double *first = e->k[0];
  e->k[0] = e->k[last];
  e->k[last] = first;
}

void fhrl_runge_kutta_between(const fhrl_runge_kutta *e, double s, double x[])
{
  const double r = 1.0 - s, *first = e->k[0], *last = e->k[e->method->last];
  for (int i = 0; i < e->problem.n; i++) {
    const double rise = e->x[i] - e->old[i], bend = e->h_old * first[i] - rise, turn = rise - e->h_old * last[i] - bend;
    const double rest = e->poly[0][i] + s * (e->poly[1][i] + r * (e->poly[2][i] + s * e->poly[3][i]));
    x[i] = e->old[i] + s * (rise + r * (bend + s * (turn + r * rest))); // (2)
  }
}

int fhrl_runge_kutta_sample(fhrl_runge_kutta *e, double s, int stage)
{
  const fhrl_engine_problem *p = &e->problem;
  fhrl_runge_kutta_between(e, s, e->stage);
  return p->rhs(p->context, e->t_old + s * e->h_old, e->stage, e->k[stage]);
}

int fhrl_runge_kutta_dense(fhrl_engine *base, double t, double x[])
{
  fhrl_runge_kutta *e = (fhrl_runge_kutta *)base;
  int failed = 0;
  exchange(e);
  if (!e->dense_ready) {
    for (int j = 0; j < FHRL_RUNGE_KUTTA_POLYNOMIALS; j++) memset(e->poly[j], 0, (size_t)e->problem.n * sizeof *x);
    failed = e->method->prepare(e);
    e->dense_ready = !failed;
  }
  if (!failed) fhrl_runge_kutta_between(e, (t - e->t_old) / e->h_old, x);
  exchange(e);
  return failed;
}

// ---- looking

void fhrl_runge_kutta_look(fhrl_engine *base, fhrl_engine_look *out)
{
  fhrl_runge_kutta *e = (fhrl_runge_kutta *)base;
  const fhrl_engine_problem *p = &e->problem;
  *out = (fhrl_engine_look){.h = e->h, .order = e->method->order, .message = ""};
  memset(e->stage, 0, (size_t)p->n * sizeof *e->stage);
  fhrl_runge_kutta_combine(e, e->method->e, e->h, e->stage, e->next); // of the step that was tried last
  for (int i = 0; i < p->n; i++) {
    const double ratio = fabs(e->next[i]) / (p->atol + p->rtol * fabs(e->x[i]));
    if (ratio > out->worst_ratio) {
      out->worst_ratio = ratio;
      out->worst = i;
    }
  }
}

fhrl_engine_count fhrl_runge_kutta_counted(fhrl_engine *base) { return ((fhrl_runge_kutta *)base)->count; }

void fhrl_runge_kutta_destroy(fhrl_engine *base)
{
  free(((fhrl_runge_kutta *)base)->block);
  free(base);
}

fhrl_status fhrl_runge_kutta_create(const fhrl_runge_kutta_method *method, const fhrl_engine_kind *kind,
  const fhrl_engine_problem *problem, double t0, fhrl_engine **out, fhrl_err *err)
{
  const size_t n = ((size_t)problem->n + LINE - 1) / LINE * LINE;
  const size_t arrays = (size_t)method->stages + FHRL_RUNGE_KUTTA_POLYNOMIALS + 4, size = arrays * n * sizeof(double);
  assert(method->stages <= FHRL_RUNGE_KUTTA_STAGES);
  fhrl_runge_kutta *e = calloc(1, sizeof *e);
  double *next = aligned_alloc(LINE * sizeof *next, size); // written before it is read
  if (e == NULL || next == NULL) {
    free(e);
    free(next);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for an integrator of %d states", problem->n);
  }
  e->base.kind = kind;
  e->method = method;
  e->problem = *problem;
  e->t = t0;
  e->block = next;
  for (int s = 0; s < method->stages; s++, next += n) e->k[s] = next;
  for (int j = 0; j < FHRL_RUNGE_KUTTA_POLYNOMIALS; j++, next += n) e->poly[j] = next;
  e->old = next;
  e->next = next + n;
  e->stage = next + 2 * n;
  e->x = next + 3 * n;
  *out = &e->base;
  return FHRL_OK;
}
