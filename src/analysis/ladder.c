// SPDX-License-Identifier: GPL-3.0-or-later
// ladder: the maps between a trained layer and its continuous limit (theory 2c)
#include "analysis/ladder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double parameter(const fhrl_system *s, const char *name) { return s->p[fhrl_system_param(s->model, name)]; }

double fhrl_ladder_rate(const fhrl_system *flow)
{
  const double alpha = parameter(flow, "alpha");
  return parameter(flow, "rate") != 0.0 ? -log1p(-alpha) : alpha;
}

double fhrl_ladder_share(const fhrl_system *flow, double h)
{
  const double ah = fhrl_ladder_rate(flow) * h;
  return parameter(flow, "rate") != 0.0 ? -expm1(-ah) : ah;
}

fhrl_status fhrl_ladder_init(fhrl_ladder *ladder, fhrl_system *flow, int m, fhrl_err *err)
{
  if (m < 1) return fhrl_fail(err, FHRL_ARG, "a token cannot be cut into %d sub-steps", m);
  const double h = 1.0 / m, sigma = fhrl_ladder_share(flow, h);
  double *work = malloc(4 * (size_t)flow->n * sizeof *work);
  if (work == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a ladder of %d states", flow->n);
  *ladder = (fhrl_ladder){flow, (int)parameter(flow, "d"), m, sigma, sigma / fhrl_ladder_rate(flow), h, work};
  return FHRL_OK;
}

void fhrl_ladder_free(fhrl_ladder *ladder)
{
  free(ladder->work);
  *ladder = (fhrl_ladder){0};
}

// The flow's callbacks cannot fail: fhrl_layer's return 0 for every state.
void fhrl_ladder_step(const fhrl_ladder *l, const double z[], double next[])
{
  const fhrl_system *s = l->flow;
  double *f = l->work;
  if (next != z) memcpy(next, z, (size_t)s->n * sizeof *next);
  s->model->rhs(s, 0.0, z, f);
  for (int i = l->d; i < s->n; i++) next[i] += l->slot * f[i]; // (1)
  s->model->rhs(s, 0.0, next, f);                              // its y is still the old one
  for (int i = 0; i < l->d; i++) next[i] += l->out * f[i]; // (2)
}

void fhrl_ladder_jvp(const fhrl_ladder *l, const double z[], const double v[], double Jv[])
{
  const fhrl_system *s = l->flow;
  double *f = l->work, *middle = f + s->n, *Jf = middle + s->n;
  memcpy(middle, z, (size_t)s->n * sizeof *middle);
  memcpy(Jv, v, (size_t)s->n * sizeof *Jv);
  s->model->rhs(s, 0.0, z, f);
  s->model->jvp(s, 0.0, z, v, Jf);
  for (int i = l->d; i < s->n; i++) {
    middle[i] += l->slot * f[i];
    Jv[i] += l->slot * Jf[i];
  }
  s->model->jvp(s, 0.0, middle, Jv, Jf);
  for (int i = 0; i < l->d; i++) Jv[i] += l->out * Jf[i];
}

fhrl_status fhrl_ladder_run(const fhrl_ladder *l, int tokens, const double u[], double y[], fhrl_err *err)
{
  const size_t d = (size_t)l->d;
  double *z = l->work + 3 * (size_t)l->flow->n;
  memset(z, 0, (size_t)l->flow->n * sizeof *z);
  for (int t = 0; t < tokens; t++) {
    l->flow->u = u + (size_t)t * d;
    for (int k = 0; k < l->m; k++) fhrl_ladder_step(l, z, z);
    for (size_t i = 0; i < d; i++)
      if (!isfinite(z[i])) return fhrl_fail(err, FHRL_NUMERIC, "ladder: y[%zu] is %g at token %d", i, z[i], t);
    memcpy(y + (size_t)t * d, z, d * sizeof *y);
  }
  return FHRL_OK;
}
