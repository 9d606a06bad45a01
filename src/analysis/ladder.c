// SPDX-License-Identifier: GPL-3.0-or-later
// ladder: the maps between a trained layer and its continuous limit (theory 2c)
#include "analysis/ladder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Both models call the same thing by the same name.
static fhrl_status bind(const fhrl_system *flow, int m, fhrl_system **map, fhrl_err *err)
{
  const fhrl_model *model = fhrl_system_find("fhrl_ladder");
  const double *matrix[FHRL_MATRIX_MAX];
  double *p = malloc((size_t)model->n_param * sizeof *p);
  if (p == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the parameters of a ladder");
  for (int i = 0; i < model->n_param; i++) {
    const char *name = model->param[i].name;
    p[i] = strcmp(name, "m") == 0 ? m : flow->p[fhrl_system_param(flow->model, name)];
  }
  for (int k = 0; k < model->n_matrix; k++) matrix[k] = flow->m[fhrl_system_matrix(flow->model, model->matrix[k].name)];
  const fhrl_status status = fhrl_system_bind(model, p, matrix, map, err);
  free(p);
  return status;
}

fhrl_status fhrl_ladder_init(fhrl_ladder *ladder, const fhrl_system *flow, int m, fhrl_err *err)
{
  fhrl_ladder l = {NULL, NULL};
  fhrl_status status = FHRL_OK;
  if (m < 1) return fhrl_fail(err, FHRL_ARG, "a token cannot be cut into %d sub-steps", m);
  FHRL_DO(status, bind(flow, m, &l.map, err));
  l.work = malloc(2 * (size_t)l.map->n * sizeof *l.work);
  if (l.work == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for a ladder of %d states", l.map->n));
  *ladder = l;
  return FHRL_OK;
done:
  fhrl_ladder_free(&l);
  return status;
}

void fhrl_ladder_free(fhrl_ladder *ladder)
{
  fhrl_system_destroy(ladder->map);
  free(ladder->work);
  *ladder = (fhrl_ladder){0};
}

// The step cannot fail: fhrl_ladder's returns 0 for every state.
void fhrl_ladder_token(const fhrl_ladder *l, const double u[], double z[])
{
  l->map->u = u;
  l->map->model->step(l->map, 0.0, z, l->work);
  memcpy(z, l->work, (size_t)l->map->n * sizeof *z);
}

fhrl_status fhrl_ladder_run(const fhrl_ladder *l, int tokens, const double u[], double y[], fhrl_err *err)
{
  const size_t n = (size_t)l->map->n, d = (size_t)l->map->dims.n_u;
  double *z = l->work + n;
  memset(z, 0, n * sizeof *z);
  for (int t = 0; t < tokens; t++) {
    fhrl_ladder_token(l, u + (size_t)t * d, z);
    for (size_t i = 0; i < d; i++)
      if (!isfinite(z[i])) return fhrl_fail(err, FHRL_NUMERIC, "ladder: y[%zu] is %g at token %d", i, z[i], t);
    memcpy(y + (size_t)t * d, z, d * sizeof *y);
  }
  return FHRL_OK;
}
