// SPDX-License-Identifier: GPL-3.0-or-later
// iss_sample: the states at which the inequalities are compared: a grid of radii in several directions, then random
#include "analysis/iss_sample.h"

#include <string.h>

#include "base/random.h"

enum { NO_MEMORY, ALONG_Y, AT_RANDOM, KINDS };               // of the grid
enum { AT_DIRECTION = 1, AT_MEMORY, AT_INPUT, AT_SIZE, AT_V }; // sequences of the random numbers
enum { FOR_GRID, FOR_SAMPLES, FOR_STARTS };                  // layers of the random numbers

static void add_radius(fhrl_iss_sample *q, double rho)
{
  if (rho > 0.0 && rho <= q->plan->rho_max && q->radii < FHRL_ISS_RADII) q->radius[q->radii++] = rho;
}

void fhrl_iss_sample_init(fhrl_iss_sample *q, const fhrl_iss_view *v, const fhrl_iss_plan *plan,
  const fhrl_iss_constants *k, const double base[])
{
  static const double grid[] = {0.5, 1.0, 1e-9, 1e-6, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95,
    0.99, 0.999, 1 - 1e-6, 1 + 1e-6, 1.001, 1.01, 1.05, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 6.0, 10.0};
  *q = (fhrl_iss_sample){.v = v, .plan = plan, .base = base, .A_max = plan->A_max};
  if (v->drive == FHRL_ISS_DRIVE_FASTWEIGHT && k->A_bar < q->A_max) q->A_max = k->A_bar; // the region of (3)
  if (k->u_bar > 0.0) q->u_max = fmax(plan->u_max, k->u_bar);
  for (int i = 0; i < FHRL_COUNT(grid); i++) add_radius(q, grid[i]);
  for (int i = -3; i <= 1; i++) add_radius(q, v->epsilon * pow(10.0, i)); // NaN and 0 are left out
  add_radius(q, 0.9 * k->rho_star);
  add_radius(q, 1.1 * k->rho_star);
  add_radius(q, plan->rho_max);
  q->count = (long)KINDS * plan->directions * q->radii + plan->samples;
}

// Fills v (n) with random vector number k of that length (0: zeros).
static void direction(fhrl_random at, int k, int n, double length, double v[])
{
  if (n == 0) return;
  fhrl_random_normal(at, (size_t)k * (size_t)(n + n % 2), (size_t)n, v);
  const double size = fhrl_norm(n, v);
  for (int i = 0; i < n; i++) v[i] *= size > 0.0 ? length / size : 0.0;
}

// A = size yhat yhat': the memory that adds most to the drive along y. The block is square.
static void along_y(const fhrl_iss_view *v, double size, double x[])
{
  const double *y = x + v->y;
  const double square = fhrl_dot(v->d, y, y);
  for (int i = 0; i < v->n_A; i++) x[v->A + i] = size * y[i / v->d] * y[i % v->d] / square;
}

static void memory(const fhrl_iss_sample *q, fhrl_random at, int kind, double size, double x[])
{
  const fhrl_iss_view *v = q->v;
  at.sequence = AT_MEMORY;
  if (v->n_A > 0 && kind == ALONG_Y) along_y(v, size, x);
  else if (v->n_A > 0) direction(at, 0, v->n_A, kind == NO_MEMORY ? 0.0 : size, x + v->A);
  // rows of the slots have at most unit length; along y all rows are one
  for (int i = 0; i < v->r; i++) {
    const double length = kind == NO_MEMORY ? 0.0 : 1.0;
    const int row = kind == AT_RANDOM ? i : 0;
    at.sequence = AT_MEMORY;
    direction(at, row, v->d, length, x + v->U + (size_t)i * v->d);
    at.sequence = AT_V;
    direction(at, row, v->d, length, x + v->V + (size_t)i * v->d);
  }
}

static void grid_state(const fhrl_iss_sample *q, long index, double x[], double u[])
{
  const fhrl_iss_view *v = q->v;
  const int i = (int)(index % q->radii), k = (int)(index / q->radii % q->plan->directions);
  const int kind = (int)(index / q->radii / q->plan->directions);
  fhrl_random at = {.seed = q->plan->seed, .stream = FHRL_STREAM_START, .step = (uint32_t)k, .layer = FOR_GRID,
    .sequence = AT_DIRECTION};
  if (k > 0) direction(at, 0, v->d, q->radius[i], x + v->y);
  else {
    memset(x + v->y, 0, (size_t)v->d * sizeof *x);
    x[v->y] = q->radius[i]; // an axis: |y| is the radius to the last bit
  }
  at.step = (uint32_t)index;
  memory(q, at, kind, q->A_max, x);
  at.sequence = AT_INPUT;
  direction(at, 0, v->s->dims.n_u, kind == AT_RANDOM ? q->u_max : 0.0, u);
}

static void random_state(const fhrl_iss_sample *q, long index, double x[], double u[])
{
  const fhrl_iss_view *v = q->v;
  double size[5];
  fhrl_random at = {.seed = q->plan->seed, .stream = FHRL_STREAM_START, .step = (uint32_t)index, .layer = FOR_SAMPLES,
    .sequence = AT_SIZE};
  fhrl_random_uniform(at, 0, 5, size);
  const double low = 1e-6;
  const double rho = size[0] < 0.5 ? q->plan->rho_max * (1.0 - size[1])
                                   : low * pow(q->plan->rho_max / low, size[1]);
  at.sequence = AT_DIRECTION;
  direction(at, 0, v->d, rho, x + v->y);
  memory(q, at, size[2] < 1.0 / 3.0 ? ALONG_Y : size[2] < 2.0 / 3.0 ? AT_RANDOM : NO_MEMORY, q->A_max * size[3], x);
  at.sequence = AT_INPUT;
  direction(at, 0, v->s->dims.n_u, q->u_max * size[4], u);
}

void fhrl_iss_sample_state(const fhrl_iss_sample *q, long index, double x[], double u[])
{
  const long grid = q->count - q->plan->samples;
  memcpy(x, q->base, (size_t)q->v->s->n * sizeof *x);
  if (index < grid) grid_state(q, index, x, u);
  else random_state(q, index - grid, x, u);
}

void fhrl_iss_sample_start(const fhrl_iss_sample *q, int index, double radius, double x[])
{
  const fhrl_random at = {.seed = q->plan->seed, .stream = FHRL_STREAM_START, .step = (uint32_t)index, .layer = FOR_STARTS,
    .sequence = AT_DIRECTION};
  memcpy(x, q->base, (size_t)q->v->s->n * sizeof *x);
  direction(at, 0, q->v->d, radius, x + q->v->y);
  memory(q, at, index % 2 ? AT_RANDOM : NO_MEMORY, q->A_max, x);
}
