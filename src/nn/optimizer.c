// SPDX-License-Identifier: GPL-3.0-or-later
// optimizer: what surrounds the step of AdamW: the size of a gradient, the learning rate over time, and plain descent
#include "nn/optimizer.h"

#include <math.h>

enum { SLICES = 64, CHAINS = 8 }; // chains of additions side by side: one alone would wait for each

typedef struct job {
  size_t n;
  const fhrl_real *g;
  fhrl_real *out, *m;
  double lr, decay, momentum, scale;
  double square[SLICES];
} job;

static size_t bound_of(const job *j, int slice) { return j->n * (size_t)slice / SLICES; }

static void square_slice(void *context, int slice, int thread)
{
  job *j = context;
  double sum[CHAINS] = {0.0};
  const size_t to = bound_of(j, slice + 1);
  size_t i = bound_of(j, slice);
  for (; i + CHAINS <= to; i += CHAINS)
    for (int k = 0; k < CHAINS; k++) sum[k] += (double)j->g[i + k] * (double)j->g[i + k];
  for (; i < to; i++) sum[0] += (double)j->g[i] * (double)j->g[i];
  for (int k = 1; k < CHAINS; k++) sum[0] += sum[k];
  j->square[slice] = sum[0];
}

double fhrl_optimizer_norm(fhrl_team *team, size_t n, const fhrl_real *g)
{
  job j = {.n = n, .g = g};
  double sum = 0.0;
  fhrl_team_run(team, SLICES, square_slice, &j);
  for (int i = 0; i < SLICES; i++) sum += j.square[i];
  return sqrt(sum);
}

static void scale_slice(void *context, int slice, int thread)
{
  const job *j = context;
  const fhrl_real scale = (fhrl_real)j->scale;
  for (size_t i = bound_of(j, slice); i < bound_of(j, slice + 1); i++) j->out[i] = scale * j->g[i];
}

void fhrl_optimizer_scale(fhrl_team *team, size_t n, double scale, const fhrl_real *g, fhrl_real *out)
{
  job j = {.n = n, .g = g, .out = out, .scale = scale};
  fhrl_team_run(team, SLICES, scale_slice, &j);
}

double fhrl_optimizer_rate(const fhrl_optimizer_schedule *schedule, int step)
{
  const fhrl_optimizer_schedule *s = schedule;
  const double pi = 3.14159265358979323846;
  if (step < s->warmup) return s->lr * (step + 1) / s->warmup;
  if (!s->cosine) return s->lr;
  const double past = (double)(step - s->warmup) / (s->steps - s->warmup);
  return s->end + 0.5 * (s->lr - s->end) * (1.0 + cos(pi * past));
}

static void descend_slice(void *context, int slice, int thread)
{
  const job *j = context;
  const fhrl_real stay = (fhrl_real)(1.0 - j->lr * j->decay), lr = (fhrl_real)j->lr,
                  momentum = (fhrl_real)j->momentum;
  for (size_t i = bound_of(j, slice); i < bound_of(j, slice + 1); i++) {
    j->m[i] = momentum * j->m[i] + j->g[i];
    j->out[i] = stay * j->out[i] - lr * j->m[i];
  }
}

void fhrl_optimizer_descend(fhrl_team *team, double lr, double decay, double momentum, size_t n,
  const fhrl_real *g, fhrl_real *p, fhrl_real *m)
{
  job j = {.n = n, .g = g, .out = p, .m = m, .lr = lr, .decay = decay, .momentum = momentum};
  fhrl_team_run(team, SLICES, descend_slice, &j);
}
