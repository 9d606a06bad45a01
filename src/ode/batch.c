// SPDX-License-Identifier: GPL-3.0-or-later
// batch: DOP853 on many trajectories at once, one per lane of the vector unit, each with its own parameters and step size
//
// Every iteration tries one step in every lane. The lanes of one row are the innermost loop of everything, of a length
// known to the compiler, so that it becomes vector instructions; it is compiled once per vector level (base/cpu.h), with
// multiply-adds fused where there are any: the flags of this file (local.mk) allow it.
#include "ode/batch.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "ode/dop853_table.h"

enum {
  LANES = FHRL_LANES,
  REJECTED_MAX = 24, // as in dop853.c
  STIFF_HITS = 15,   // steps at the bound of stability, with never CALM others in a row between them, that make it stiff
  CALM = 6,
  LOOK = 4096,       // steps between two looks whether max_steps can do; a power of 2
  MANY = 20000       // steps to come that are worth a stiff trajectory's going elsewhere
};
static const double safety = 0.9, shrink_most = 1.0 / 3.0, grow_most = 6.0; // as in dop853.c
// h |J| from where a step is at the bound of stability (dop853.f; Hairer, Wanner, Solving ODE II, IV.2)
static const double bound = 6.1;

typedef struct batch {
  const fhrl_batch_work *work;
  int n;
  fhrl_model_lanes *field;          // NULL: rhs lane by lane
  fhrl_system wide;                 // the system as `field` sees it
  double *block;                    // owned: the arrays below
  double *x, *next, *stage;         // (n, LANES)
  double *k[FHRL_DOP853_STAGES];    // (n, LANES)
  double *p, *scratch;              // (n_param, LANES), (n_work, LANES) of `wide`
  double *column, *slope;           // (n), (2 n) of one lane
  const double *given[LANES];       // parameters of the trajectory in each lane
  double t[LANES], h[LANES], tried[LANES], at[LANES], error[LANES]; // at: time of a stage
  double mark[LANES];               // time of the last look
  long number[LANES];               // of the trajectory; -1 if the lane is idle
  long steps[LANES], evals[LANES], rejected[LANES], hits[LANES], calm[LANES];
  long end[LANES];                  // 0 or 1 + fhrl_batch_outcome
} batch;

// ---- right-hand sides

// One lane after the other through the model's own right-hand side; what it refuses becomes a NaN.
static void any_field(batch *b, const double *x, double *dx)
{
  fhrl_system *s = b->work->s;
  for (int l = 0; l < LANES; l++) {
    if (b->number[l] < 0) continue;
    for (int i = 0; i < b->n; i++) b->column[i] = x[i * LANES + l];
    s->p = b->given[l];
    const int failed = s->model->rhs(s, b->at[l], b->column, b->slope);
    for (int i = 0; i < b->n; i++) dx[i * LANES + l] = failed ? (double)NAN : b->slope[i];
  }
}

// At the time t + c h of every lane.
FHRL_CPU_INLINE void field(batch *b, double c, const double *x, double *dx)
{
  for (int l = 0; l < LANES; l++) b->at[l] = b->t[l] + c * b->h[l];
  if (b->field)
    b->field(&b->wide, b->at, x, dx);
  else
    any_field(b, x, dx);
}

// ---- one step in every lane

// out = x + h sum of the row; row and count are constants of the caller.
FHRL_CPU_INLINE void combine(const batch *b, const fhrl_dop853_row row, const int count, double *restrict out)
{
  for (int i = 0; i < b->n; i++)
    for (int l = 0; l < LANES; l++) {
      double sum = row[0].weight * b->k[row[0].stage][i * LANES + l];
#pragma GCC unroll 12
      for (int j = 1; j < count; j++) sum += row[j].weight * b->k[row[j].stage][i * LANES + l];
      out[i * LANES + l] = b->x[i * LANES + l] + b->h[l] * sum;
    }
}

FHRL_CPU_INLINE void estimate(batch *b)
{
  const double rtol = b->work->rtol, atol = b->work->atol;
  double fifth[LANES] = {0.0}, third[LANES] = {0.0};
  for (int i = 0; i < b->n; i++)
    for (int l = 0; l < LANES; l++) {
      const int e = i * LANES + l;
      double five = 0.0, three = 0.0;
#pragma GCC unroll 8
      for (int j = 0; j < 8; j++) {
        five += fhrl_dop853_e5[j].weight * b->k[fhrl_dop853_e5[j].stage][e];
        three += fhrl_dop853_a[12][j].weight * b->k[fhrl_dop853_a[12][j].stage][e];
      }
#pragma GCC unroll 3
      for (int j = 0; j < 3; j++) three -= fhrl_dop853_b3[j].weight * b->k[fhrl_dop853_b3[j].stage][e];
      const double old = fabs(b->x[e]), now = fabs(b->next[e]), scale = 1.0 / (atol + rtol * (old > now ? old : now));
      fifth[l] += (five * scale) * (five * scale);
      third[l] += (three * scale) * (three * scale);
    }
  for (int l = 0; l < LANES; l++) {
    const double blend = fifth[l] + 0.01 * third[l];
    b->error[l] = blend == 0.0 ? 0.0 : b->h[l] * fifth[l] / sqrt(b->n * blend);
  }
}

// Steps in a row, nearly, whose size is at the bound of stability: the last two evaluations are at nearly the same time, so
// that h |f(a) - f(b)| / |a - b| is h |J| along what separates them.
FHRL_CPU_INLINE void watch_stability(batch *b)
{
  double rise[LANES] = {0.0}, run[LANES] = {0.0};
  for (int i = 0; i < b->n; i++)
    for (int l = 0; l < LANES; l++) {
      const int e = i * LANES + l;
      const double df = b->k[12][e] - b->k[11][e], dx = b->next[e] - b->stage[e];
      rise[l] += df * df;
      run[l] += dx * dx;
    }
  for (int l = 0; l < LANES; l++) {
    const int at_bound = b->h[l] * b->h[l] * rise[l] > bound * bound * run[l], kept = b->error[l] <= 1.0;
    const long calm = b->calm[l] + 1;
    b->calm[l] = kept ? at_bound ? 0 : calm : b->calm[l];
    b->hits[l] = kept ? at_bound ? b->hits[l] + 1 : calm >= CALM ? 0 : b->hits[l] : b->hits[l];
  }
}

// What is accepted moves on.
FHRL_CPU_INLINE void accept(batch *b)
{
  double keep[LANES];
  for (int l = 0; l < LANES; l++) keep[l] = b->error[l] <= 1.0 ? 1.0 : 0.0;
  for (int i = 0; i < b->n; i++)
    for (int l = 0; l < LANES; l++) {
      const int e = i * LANES + l;
      b->x[e] = keep[l] > 0.0 ? b->next[e] : b->x[e];
      b->k[0][e] = keep[l] > 0.0 ? b->k[12][e] : b->k[0][e];
    }
}

// Time, counters, and the step that the error asks for next, of both kinds. h is 0 in an idle lane.
FHRL_CPU_INLINE void settle(batch *b)
{
  const double t_end = b->work->t_end;
  const long max_steps = b->work->max_steps;
  for (int l = 0; l < LANES; l++) {
    const double error = b->error[l], tried = b->h[l], left = t_end - b->t[l];
    const int kept = error <= 1.0, there = kept && tried >= left;
    const double wanted = safety / sqrt(sqrt(sqrt(error + DBL_MIN)));
    const double most = b->rejected[l] > 0 ? 1.0 : grow_most, less = wanted < most ? wanted : most; // a NaN: most
    const double factor = error < HUGE_VAL ? less > shrink_most ? less : shrink_most : shrink_most;
    const double t = there ? t_end : kept ? b->t[l] + tried : b->t[l], rest = t_end - t, h = tried * factor;
    const long steps = b->steps[l] + (kept ? 1 : 0), rejected = kept ? 0 : b->rejected[l] + 1;
    const int stiff = b->hits[l] >= STIFF_HITS && rest > MANY * tried;
    const int look = kept && (steps & (LOOK - 1)) == 0; // at this rate max_steps will not do: an integrator says why
    const int lost = look && rest * LOOK > (t - b->mark[l]) * (double)(max_steps - steps);
    const int stuck = !kept && (rejected > REJECTED_MAX || t + 0.25 * tried == t);
    b->t[l] = t;
    b->mark[l] = look ? t : b->mark[l];
    b->tried[l] = tried;
    b->h[l] = h >= rest ? rest : h;
    b->steps[l] = steps;
    b->evals[l] += 12;
    b->rejected[l] = rejected;
    b->end[l] = there ? 1 + FHRL_BATCH_DONE
                      : stiff ? 1 + FHRL_BATCH_STIFF : stuck || lost || steps >= max_steps ? 1 + FHRL_BATCH_FAILED : 0;
  }
}

FHRL_CPU_INLINE void step_body(batch *b)
{
#define FHRL_STAGE(s, count) combine(b, fhrl_dop853_a[s], count, b->stage), field(b, fhrl_dop853_c[s], b->stage, b->k[s])
  FHRL_STAGE(1, 1);
  FHRL_STAGE(2, 2);
  FHRL_STAGE(3, 2);
  FHRL_STAGE(4, 3);
  FHRL_STAGE(5, 3);
  FHRL_STAGE(6, 4);
  FHRL_STAGE(7, 5);
  FHRL_STAGE(8, 6);
  FHRL_STAGE(9, 7);
  FHRL_STAGE(10, 8);
  FHRL_STAGE(11, 9);
#undef FHRL_STAGE
  combine(b, fhrl_dop853_a[12], 8, b->next);
  field(b, 1.0, b->next, b->k[12]);
  estimate(b);
  for (int i = 0; i < b->n; i++) // a step to where the right-hand side is not finite is none
    for (int l = 0; l < LANES; l++) b->error[l] += b->k[12][i * LANES + l] - b->k[12][i * LANES + l];
  watch_stability(b);
  accept(b);
  settle(b);
}

FHRL_CPU_CLONES(step, (batch *b), (b))

// ---- lanes

// sqrt of the mean of ((a - minus) / tolerance at x)^2
static double weighted(const batch *b, const double a[], const double minus[], const double x[])
{
  double sum = 0.0;
  for (int i = 0; i < b->n; i++) {
    const double r = (a[i] - (minus ? minus[i] : 0.0)) / (b->work->atol + b->work->rtol * fabs(x[i]));
    sum += r * r;
  }
  return sqrt(sum / b->n);
}

// The first step of lane l from x = column and f = slope, as in dop853.c; column and slope are used up.
static double first_step(batch *b, int l)
{
  fhrl_system *s = b->work->s;
  double *x = b->column, *f = b->slope, *other = b->slope + b->n;
  const double d0 = weighted(b, x, NULL, x), d1 = weighted(b, f, NULL, x);
  const double euler = fmin(b->work->t_end, d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1);
  for (int i = 0; i < b->n; i++) x[i] += euler * f[i];
  if (s->model->rhs(s, euler, x, other) != 0) return 0.25 * euler;
  const double d2 = weighted(b, other, f, x) / euler, larger = fmax(d1, d2);
  const double h = larger <= 1e-15 ? fmax(1e-6, 1e-3 * euler) : pow(0.01 / larger, 0.125);
  b->evals[l]++;
  return fmin(b->work->t_end, fmin(100.0 * euler, h));
}

// Gives lane l its next trajectory; 0 if none is left.
static int refill(batch *b, int l)
{
  fhrl_system *s = b->work->s;
  const double *p = NULL;
  b->number[l] = b->work->next(b->work->context, b->column, &p);
  b->t[l] = b->h[l] = b->mark[l] = 0.0;
  b->steps[l] = b->evals[l] = b->rejected[l] = b->hits[l] = b->calm[l] = 0;
  if (b->number[l] < 0) return 0;
  s->p = b->given[l] = p;
  for (int i = 0; i < s->model->n_param; i++) b->p[i * LANES + l] = p[i];
  const int failed = s->model->rhs(s, 0.0, b->column, b->slope);
  b->evals[l] = 1;
  for (int i = 0; i < b->n; i++) {
    b->x[i * LANES + l] = b->column[i];
    b->k[0][i * LANES + l] = failed ? (double)NAN : b->slope[i];
  }
  b->h[l] = first_step(b, l);
  return 1;
}

// Hands over lane l, whose trajectory has ended, and refills it; 0 if it is idle from now on.
static int finish(batch *b, int l)
{
  for (int i = 0; i < b->n; i++) b->column[i] = b->x[i * LANES + l];
  b->work->done(b->work->context, b->number[l], (fhrl_batch_outcome)(b->end[l] - 1), b->column, b->steps[l], b->evals[l]);
  return refill(b, l);
}

static fhrl_status allocate(batch *b, fhrl_err *err)
{
  const fhrl_system *s = b->work->s;
  const size_t n = (size_t)b->n, wide = n * LANES, n_p = (size_t)s->model->n_param * LANES;
  const size_t n_work = (size_t)s->dims.n_work * LANES;
  const size_t count = ((FHRL_DOP853_STAGES + 3) * wide + n_p + n_work + 3 * n + 7) / 8 * 8;
  double *next = b->block = aligned_alloc(64, count * sizeof *next);
  if (next == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d trajectories of %d states", LANES, b->n);
  memset(next, 0, count * sizeof *next);
  b->x = next;
  b->next = next + wide;
  b->stage = next + 2 * wide;
  for (int k = 0; k < FHRL_DOP853_STAGES; k++) b->k[k] = next + (size_t)(3 + k) * wide;
  b->p = next + (FHRL_DOP853_STAGES + 3) * wide;
  b->scratch = b->p + n_p;
  b->column = b->scratch + n_work;
  b->slope = b->column + n;
  b->wide = *s;
  b->wide.p = b->p;
  b->wide.work = b->scratch;
  return FHRL_OK;
}

fhrl_status fhrl_batch_run(const fhrl_batch_work *work, fhrl_err *err)
{
  const double *p = work->s->p;
  batch *b = calloc(1, sizeof *b);
  if (b == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a batch of trajectories");
  b->work = work;
  b->n = work->s->n;
  b->field = work->lanes ? work->s->model->lanes[fhrl_cpu_level()] : NULL;
  const fhrl_status status = allocate(b, err);
  if (status == FHRL_OK) {
    int active = 0;
    for (int l = 0; l < LANES; l++) active += refill(b, l);
    while (active > 0 && !(work->stop && *work->stop)) {
      step(b);
      for (int l = 0; l < LANES; l++)
        if (b->end[l] != 0 && b->number[l] >= 0 && !finish(b, l)) active--;
    }
  }
  work->s->p = p;
  free(b->block);
  free(b);
  return status;
}
