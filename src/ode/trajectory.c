// SPDX-License-Identifier: GPL-3.0-or-later
// trajectory: an integration recorded on a grid of times: states, inputs and observables
#include "ode/trajectory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Spacing of the grid; a map has nothing between two steps.
static fhrl_status spacing(const fhrl_model *model, const fhrl_solver *solver, double length, double *every, fhrl_err *err)
{
  *every = solver->output_every;
  if (!(*every > 0.0)) return fhrl_fail(err, FHRL_ARG, "output_every = %g must be positive", *every);
  if (model->rhs) return FHRL_OK;
  *every = fmax(1.0, *every);
  if (*every == floor(*every) && length == floor(length)) return FHRL_OK;
  return fhrl_fail(err, FHRL_ARG, "%s is a map, which goes in whole steps: t_end = %g, output_every = %g", model->name,
    solver->t_end, *every);
}

fhrl_status fhrl_trajectory_init(fhrl_trajectory *tr, const fhrl_system *s, const fhrl_solver *solver, double t0,
  fhrl_err *err)
{
  const double length = solver->t_end - t0;
  double every;
  if (!(length > 0.0)) return fhrl_fail(err, FHRL_ARG, "t_end = %g is not after t = %g", solver->t_end, t0);
  FHRL_TRY(spacing(s->model, solver, length, &every, err));
  memset(tr, 0, sizeof *tr);
  tr->n = s->n;
  tr->n_u = s->dims.n_u;
  tr->n_obs = s->model->n_obs;
  // 1e-9 of an interval: 100 / 0.1 is meant to be 1000 intervals, whatever its last bit says
  const double intervals = fmax(1.0, ceil(length / every - 1e-9));
  const double row = 1.0 + tr->n + tr->n_u + tr->n_obs, gib = (intervals + 1.0) * row * sizeof(double) / 0x1p30;
  if (gib > FHRL_TRAJECTORY_GIB)
    return fhrl_fail(err, FHRL_LIMIT, "a trajectory of %.0f times and %d states takes %.1f GiB, more than %d: raise output_every",
      intervals + 1.0, tr->n, gib, FHRL_TRAJECTORY_GIB);
  tr->points = (size_t)intervals + 1;
  tr->t = malloc(tr->points * (size_t)row * sizeof *tr->t);
  if (tr->t == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a trajectory of %.1f GiB", gib);
  tr->x = tr->t + tr->points;
  tr->u = tr->x + tr->points * (size_t)tr->n;
  tr->obs = tr->u + tr->points * (size_t)tr->n_u;
  for (size_t k = 0; k < tr->points; k++) tr->t[k] = t0 + (double)k * every;
  tr->t[tr->points - 1] = solver->t_end;
  return FHRL_OK;
}

void fhrl_trajectory_free(fhrl_trajectory *tr)
{
  free(tr->t);
  memset(tr, 0, sizeof *tr);
}

fhrl_status fhrl_trajectory_record(fhrl_trajectory *tr, const double x[], fhrl_system *s, const fhrl_input *in,
  fhrl_err *err)
{
  const size_t k = tr->count;
  double *u = tr->u + k * (size_t)tr->n_u, *obs = tr->obs + k * (size_t)tr->n_obs;
  memcpy(tr->x + k * (size_t)tr->n, x, (size_t)tr->n * sizeof *x);
  if (in)
    fhrl_input_at(in, tr->t[k], u);
  else if (tr->n_u > 0)
    memcpy(u, s->u, (size_t)tr->n_u * sizeof *u);
  if (tr->n_obs > 0) {
    const double *before = s->u;
    s->u = u;
    const int failed = s->model->observe(s, tr->t[k], x, obs);
    s->u = before;
    for (int i = 0; i < tr->n_obs; i++)
      if (failed || !isfinite(obs[i]))
        return fhrl_fail(err, FHRL_NUMERIC, "observable %s of %s is not finite at t = %.9g", s->model->obs[i].name,
          s->model->name, tr->t[k]);
  }
  tr->count++;
  return FHRL_OK;
}

static fhrl_status boundary(const fhrl_trajectory *tr, fhrl_integrator *it, const fhrl_trajectory_watch *watch, fhrl_err *err)
{
  fhrl_integrator_past past;
  long count;
  FHRL_TRY(fhrl_integrator_restart(it, fhrl_integrator_state(it), err));
  if (watch->boundary == NULL) return FHRL_OK;
  fhrl_integrator_remember(it, &past);
  const fhrl_happening *happened = fhrl_integrator_events(it, &count);
  long crossings;
  const double *at = fhrl_integrator_crossings(it, &crossings);
  const fhrl_trajectory_kept kept = {&past, happened, count, at, crossings};
  return watch->boundary(watch->context, tr, &kept, err);
}

// What a state of the grid needs to be recorded.
typedef struct recorder {
  fhrl_trajectory *tr;
  fhrl_system *s;
  const fhrl_input *in;
  const fhrl_trajectory_watch *watch;
} recorder;

static fhrl_status record(void *context, double t, const double x[], fhrl_err *err)
{
  const recorder *r = context;
  const fhrl_trajectory_watch *watch = r->watch;
  FHRL_TRY(fhrl_trajectory_record(r->tr, x, r->s, r->in, err));
  if (watch->progress) watch->progress(watch->context, t, r->tr->t[r->tr->points - 1]);
  if (watch->stop && *watch->stop) return fhrl_fail(err, FHRL_INTERRUPT, "interrupted at t = %.9g", t);
  return FHRL_OK;
}

fhrl_status fhrl_trajectory_end_early(fhrl_trajectory *tr, const fhrl_integrator *it, fhrl_system *s, const fhrl_input *in,
  fhrl_err *err)
{
  const size_t k = tr->count, room = tr->points;
  const double t = fhrl_integrator_now(it);
  tr->points = k;
  if (k == room || (k > 0 && tr->t[k - 1] >= t)) return FHRL_OK;
  tr->t[k] = t;
  FHRL_TRY(fhrl_trajectory_record(tr, fhrl_integrator_state(it), s, in, err));
  tr->points = tr->count;
  return FHRL_OK;
}

fhrl_status fhrl_trajectory_run(fhrl_trajectory *tr, fhrl_integrator *it, fhrl_system *s, const fhrl_input *in,
  const fhrl_trajectory_watch *watch, fhrl_err *err)
{
  static const fhrl_trajectory_watch nobody = {NULL};
  if (watch == NULL) watch = &nobody;
  recorder r = {tr, s, in, watch};
  const size_t every = watch->restart_every;
  if (tr->count == 0) FHRL_TRY(fhrl_trajectory_record(tr, fhrl_integrator_state(it), s, in, err));
  assert(fhrl_integrator_now(it) == tr->t[tr->count - 1]);
  while (tr->count < tr->points) {
    const size_t k = tr->count, next = every > 0 ? (k + every - 1) / every * every : tr->points;
    const size_t last = next < tr->points - 1 ? next : tr->points - 1; // of this block
    if (watch->stop && *watch->stop) return fhrl_fail(err, FHRL_INTERRUPT, "interrupted at t = %.9g", tr->t[k - 1]);
    const fhrl_status status = fhrl_integrator_sweep(it, tr->t + k, last - k + 1, record, &r, err);
    if (status == FHRL_EVENT) return fhrl_trajectory_end_early(tr, it, s, in, err);
    FHRL_TRY(status);
    if (every > 0 && last % every == 0) FHRL_TRY(boundary(tr, it, watch, err));
  }
  return FHRL_OK;
}
