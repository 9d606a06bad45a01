// SPDX-License-Identifier: GPL-3.0-or-later
// batch: DOP853 on many trajectories at once, one per lane of the vector unit, each with its own step size
//
// Every iteration tries one step in every lane. The lanes of one row are the innermost loop of everything, of a length
// known to the compiler, so that it becomes vector instructions; it is compiled once per vector level (base/cpu.h).
#include "ode/batch.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "ode/dop853_table.h"

enum {
  LANES = FHRL_BATCH_LANES,
  D_MAX = 8,         // of fhrl: beyond it a trajectory by itself fills the vectors
  REJECTED_MAX = 24, // as in dop853.c
  PATIENCE = 2000,   // steps before a trajectory may be called stiff
  MANY = 20000       // steps that are still to come make it so
};
static const double safety = 0.9, shrink_most = 1.0 / 3.0, grow_most = 6.0; // as in dop853.c

// fhrl with its default parts: dy/dt = -y + tanh(W y + A y + b) - kappa (rho - 1) y / (rho + epsilon),
// dA/dt = -lambda A + eta y y', b = B u.
typedef struct lanes {
  int d;
  double kappa, epsilon, lambda, eta, W[D_MAX * D_MAX], b[D_MAX];
} lanes;

typedef struct batch {
  const fhrl_batch_work *work;
  int n, own; // own: the model has a right-hand side for lanes
  lanes fhrl;
  double *block;                    // owned: the arrays below
  double *x, *next, *stage;         // (n, LANES)
  double *k[FHRL_DOP853_STAGES];    // (n, LANES)
  double *column, *slope;           // (n) of one lane
  double t[LANES], h[LANES], tried[LANES], error[LANES];
  long number[LANES], steps[LANES], evals[LANES]; // number: -1 if the lane is idle
  int rejected[LANES];
} batch;

// ---- right-hand sides

// tanh x = m / (m + 2), m = exp(2 |x|) - 1 = 2^k (exp r - 1) + (2^k - 1) with r in +-ln 2 / 2 and a Taylor series to r^13,
// whose rest is below 1e-17; no branch, so that a loop of it becomes vector instructions. Within 3 ulp of libm's.
FHRL_CPU_INLINE double tanh_lane(double x)
{
  const double ln2_high = 0x1.62e42fefa0000p-1, ln2_low = 0x1.cf79abc9e3b3ap-40, inverse = 0x1.71547652b82fep+0;
  const double round = 0x1.8p52;
  const double size = fabs(x) > 20.0 ? 20.0 : fabs(x), y = 2.0 * size; // a NaN stays one
  const double shifted = y * inverse + round, k = shifted - round;
  const double r = (y - k * ln2_high) - k * ln2_low;
  double p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r * r + r; // exp r - 1
  uint64_t bits;
  double scale;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52; // k is in the low bits of `shifted`
  memcpy(&scale, &bits, sizeof scale);
  const double m = scale * p + (scale - 1.0);
  return copysign(m / (m + 2.0), x);
}

FHRL_CPU_INLINE void own_field(const lanes *f, const int d, const double *restrict x, double *restrict dx)
{
  const double *y = x, *A = x + d * LANES;
  double pull[LANES];
  for (int l = 0; l < LANES; l++) {
    double square = 0.0;
    for (int i = 0; i < d; i++) square += y[i * LANES + l] * y[i * LANES + l];
    const double rho = sqrt(square), soft = rho + f->epsilon;
    pull[l] = -1.0 - (soft == 0.0 ? 0.0 : f->kappa * (rho - 1.0) / soft);
  }
  for (int i = 0; i < d; i++)
    for (int l = 0; l < LANES; l++) {
      double z = f->b[i];
      for (int j = 0; j < d; j++) z += (f->W[i * d + j] + A[(i * d + j) * LANES + l]) * y[j * LANES + l];
      dx[i * LANES + l] = pull[l] * y[i * LANES + l] + tanh_lane(z);
    }
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++)
      for (int l = 0; l < LANES; l++)
        dx[(d + i * d + j) * LANES + l] =
          f->eta * (y[i * LANES + l] * y[j * LANES + l]) - f->lambda * A[(i * d + j) * LANES + l];
}

// One lane after the other through the model's own right-hand side; what it refuses becomes a NaN.
static void any_field(batch *b, const double *x, double *dx)
{
  fhrl_system *s = b->work->s;
  for (int l = 0; l < LANES; l++) {
    if (b->number[l] < 0) continue;
    for (int i = 0; i < b->n; i++) b->column[i] = x[i * LANES + l];
    const int failed = s->model->rhs(s, b->t[l], b->column, b->slope);
    for (int i = 0; i < b->n; i++) dx[i * LANES + l] = failed ? (double)NAN : b->slope[i];
  }
}

FHRL_CPU_INLINE void field(batch *b, const double *x, double *dx)
{
  if (!b->own)
    any_field(b, x, dx);
  else if (b->fhrl.d == 2)
    own_field(&b->fhrl, 2, x, dx);
  else
    own_field(&b->fhrl, b->fhrl.d, x, dx);
}

static int lanes_of(const fhrl_system *s, lanes *out)
{
  const fhrl_model *m = s->model;
  static const char *const parts[] = {"drive", "homeostasis", "memory"};
  if (strcmp(m->name, "fhrl") != 0) return 0;
  const int d = s->dims.state[0].rows;
  for (int k = 0; k < 3; k++)
    if (s->p[fhrl_system_param(m, parts[k])] != 0.0) return 0; // the first choice of each is the default
  if (d > D_MAX) return 0;
  out->d = d;
  out->kappa = s->p[fhrl_system_param(m, "kappa")];
  out->epsilon = s->p[fhrl_system_param(m, "epsilon")];
  out->lambda = s->p[fhrl_system_param(m, "lambda")];
  out->eta = s->p[fhrl_system_param(m, "eta")];
  memcpy(out->W, s->m[fhrl_system_matrix(m, "W")], (size_t)d * (size_t)d * sizeof *out->W);
  fhrl_matvec(d, d, s->m[fhrl_system_matrix(m, "B")], s->u, out->b);
  return 1;
}

int fhrl_batch_field(const fhrl_system *s, const double x[], double dx[])
{
  lanes own;
  if (!lanes_of(s, &own)) return 0;
  own_field(&own, own.d, x, dx);
  return 1;
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

// What is accepted moves on; the step that the error asks for next, of both kinds. h is 0 in an idle lane.
FHRL_CPU_INLINE void choose(batch *b)
{
  double keep[LANES], factor[LANES];
  for (int l = 0; l < LANES; l++) {
    keep[l] = b->error[l] <= 1.0 ? 1.0 : 0.0;
    const double wanted = safety / sqrt(sqrt(sqrt(b->error[l] + DBL_MIN)));
    const double most = b->rejected[l] > 0 ? 1.0 : grow_most, bounded = wanted < most ? wanted : most; // a NaN: most
    factor[l] = bounded > shrink_most ? bounded : shrink_most;
  }
  for (int i = 0; i < b->n; i++)
    for (int l = 0; l < LANES; l++) {
      const int e = i * LANES + l;
      b->x[e] = keep[l] > 0.0 ? b->next[e] : b->x[e];
      b->k[0][e] = keep[l] > 0.0 ? b->k[12][e] : b->k[0][e];
    }
  for (int l = 0; l < LANES; l++) {
    b->tried[l] = b->h[l];
    b->h[l] *= b->error[l] < HUGE_VAL ? factor[l] : shrink_most;
  }
}

FHRL_CPU_INLINE void step_body(batch *b)
{
#define FHRL_STAGE(s, count) combine(b, fhrl_dop853_a[s], count, b->stage), field(b, b->stage, b->k[s])
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
  field(b, b->next, b->k[12]);
  estimate(b);
  for (int i = 0; i < b->n; i++) // a step to where the right-hand side is not finite is none
    for (int l = 0; l < LANES; l++) b->error[l] += b->k[12][i * LANES + l] - b->k[12][i * LANES + l];
  choose(b);
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
  b->number[l] = b->work->next(b->work->context, b->column);
  b->t[l] = b->h[l] = 0.0;
  b->steps[l] = b->evals[l] = b->rejected[l] = 0;
  if (b->number[l] < 0) return 0;
  const int failed = s->model->rhs(s, 0.0, b->column, b->slope);
  b->evals[l] = 1;
  for (int i = 0; i < b->n; i++) {
    b->x[i * LANES + l] = b->column[i];
    b->k[0][i * LANES + l] = failed ? (double)NAN : b->slope[i];
  }
  b->h[l] = first_step(b, l);
  return 1;
}

static int finish(batch *b, int l, fhrl_batch_outcome outcome)
{
  for (int i = 0; i < b->n; i++) b->column[i] = b->x[i * LANES + l];
  b->work->done(b->work->context, b->number[l], outcome, b->column, b->steps[l], b->evals[l]);
  return refill(b, l);
}

// After a step: time, counters, and whether the lane is done. Returns 0 if it is idle from now on.
static int settle(batch *b, int l)
{
  const double t_end = b->work->t_end, left = t_end - b->t[l];
  b->evals[l] += 12;
  if (b->error[l] <= 1.0) {
    b->t[l] = b->tried[l] >= left ? t_end : b->t[l] + b->tried[l];
    b->steps[l]++;
    b->rejected[l] = 0;
    if (b->t[l] == t_end) return finish(b, l, FHRL_BATCH_DONE);
    if (b->steps[l] >= b->work->max_steps) return finish(b, l, FHRL_BATCH_STIFF);
    if (b->steps[l] >= PATIENCE && (t_end - b->t[l]) > MANY * b->tried[l]) return finish(b, l, FHRL_BATCH_STIFF);
  } else if (++b->rejected[l] > REJECTED_MAX || b->t[l] + 0.25 * b->tried[l] == b->t[l])
    return finish(b, l, FHRL_BATCH_FAILED);
  const double rest = t_end - b->t[l];
  if (b->h[l] >= rest) b->h[l] = rest;
  return 1;
}

static fhrl_status allocate(batch *b, fhrl_err *err)
{
  const size_t n = (size_t)b->n, wide = n * LANES;
  double *next = b->block = aligned_alloc(64, ((FHRL_DOP853_STAGES + 3) * wide + 4 * n + 8) / 8 * 8 * sizeof *next);
  if (next == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d trajectories of %d states", LANES, b->n);
  memset(next, 0, ((FHRL_DOP853_STAGES + 3) * wide + 4 * n) * sizeof *next);
  b->x = next;
  b->next = next + wide;
  b->stage = next + 2 * wide;
  for (int s = 0; s < FHRL_DOP853_STAGES; s++) b->k[s] = next + (size_t)(3 + s) * wide;
  b->column = next + (FHRL_DOP853_STAGES + 3) * wide;
  b->slope = b->column + n;
  return FHRL_OK;
}

fhrl_status fhrl_batch_run(const fhrl_batch_work *work, fhrl_err *err)
{
  batch *b = calloc(1, sizeof *b);
  if (b == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a batch of trajectories");
  b->work = work;
  b->n = work->s->n;
  b->own = lanes_of(work->s, &b->fhrl);
  const fhrl_status status = allocate(b, err);
  if (status == FHRL_OK) {
    int active = 0;
    for (int l = 0; l < LANES; l++) active += refill(b, l);
    while (active > 0) {
      step(b);
      for (int l = 0; l < LANES; l++)
        if (b->number[l] >= 0 && !settle(b, l)) active--;
    }
  }
  free(b->block);
  free(b);
  return status;
}
