// SPDX-License-Identifier: GPL-3.0-or-later
// adamw: the optimiser (Loshchilov and Hutter 2019), in PyTorch's order
#include "nn/adamw.h"

#include <math.h>

#include "nn/kernel.h"

enum { SLICES = 64 };

typedef struct job {
  const fhrl_adamw *adam;
  double rate, correction;
  size_t n;
  const fhrl_real *g;
  fhrl_real *p, *m, *v;
} job;

static void slice(void *context, int task, int thread)
{
  const job *j = context;
  const fhrl_adamw *a = j->adam;
  const size_t from = j->n * (size_t)task / SLICES, to = j->n * ((size_t)task + 1) / SLICES;
  fhrl_kernel_table()->rows_adamw(to - from, 1.0 - a->lr * a->decay, j->rate, j->correction, a->b1, a->b2,
    a->eps, j->g + from, j->p + from, j->m + from, j->v + from);
}

void fhrl_adamw_step(const fhrl_adamw *adam, fhrl_team *team, int t, size_t n, const fhrl_real *g,
  fhrl_real *p, fhrl_real *m, fhrl_real *v)
{
  job j = {.adam = adam, .n = n, .g = g, .p = p, .m = m, .v = v};
  j.rate = adam->lr / (1.0 - pow(adam->b1, t));
  j.correction = 1.0 - pow(adam->b2, t);
  fhrl_team_run(team, SLICES, slice, &j);
}
