// SPDX-License-Identifier: GPL-3.0-or-later
// iteration: a map stepped from its start and recorded; its time is the number of steps done
#include "ode/iteration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum {
  CLOCK_EVERY = 16
}; // the clock is read at one step of so many: reading it costs as much as a small step

// What one run carries from step to step.
typedef struct iteration {
  fhrl_system *s;
  const fhrl_input *in;
  double *x, *next, *u; // (n), (n), (n_u)
  fhrl_counters count;
} iteration;

static fhrl_status check(const fhrl_system *s, const fhrl_input *in, fhrl_err *err)
{
  const fhrl_model *m = s->model;
  if (m->rhs)
    return fhrl_fail(err, FHRL_ARG, "%s is a flow: it is integrated, not stepped", m->name);
  if (in && in->n_u != s->dims.n_u)
    return fhrl_fail(err, FHRL_ARG, "%s takes %d inputs, not %d", m->name, s->dims.n_u, in->n_u);
  return FHRL_OK;
}

// x := step(x) from t to t + 1
static fhrl_status step(iteration *it, double t, fhrl_err *err)
{
  fhrl_system *s = it->s;
  const int timed = it->count.steps++ % CLOCK_EVERY == 0;
  const double begin = timed ? fhrl_clock_wall() : 0.0;
  if (it->in) fhrl_input_at(it->in, t, it->u);
  const int code = s->model->step(s, t, it->x, it->next);
  if (timed) it->count.rhs_s += CLOCK_EVERY * (fhrl_clock_wall() - begin);
  if (code != 0)
    return fhrl_fail(err, FHRL_NUMERIC, "%s cannot be stepped from t = %.0f (code %d)",
                     s->model->name, t, code);
  for (int i = 0; i < s->n; i++)
    if (!isfinite(it->next[i])) {
      char name[64];
      fhrl_system_component(s, i, name, sizeof name);
      return fhrl_fail(err, FHRL_NUMERIC,
                       "%s of %s is %g after the step from t = %.0f, where it was %.9g", name,
                       s->model->name, it->next[i], t, it->x[i]);
    }
  double *old = it->x;
  it->x = it->next;
  it->next = old;
  return FHRL_OK;
}

// To the next time of the grid.
static fhrl_status advance(iteration *it, double from, double to, long max_steps,
                           const fhrl_trajectory_watch *watch, fhrl_err *err)
{
  for (double t = from; t < to; t++) {
    if (watch->stop && *watch->stop)
      return fhrl_fail(err, FHRL_INTERRUPT, "interrupted at t = %.0f", t);
    if (it->count.steps >= max_steps)
      return fhrl_fail(err, FHRL_LIMIT, "max_steps = %ld are used up at t = %.0f", max_steps, t);
    FHRL_TRY(step(it, t, err));
  }
  return FHRL_OK;
}

static fhrl_status boundary(const iteration *it, const fhrl_trajectory *tr, const fhrl_trajectory_watch *watch, fhrl_err *err)
{
  fhrl_integrator_past past;
  if (watch->boundary == NULL || watch->restart_every == 0 || (tr->count - 1) % watch->restart_every != 0) return FHRL_OK;
  memset(&past, 0, sizeof past);
  past.counters = it->count;
  past.counters.rhs_evals = it->count.steps;
  const fhrl_trajectory_kept kept = {.past = &past};
  return watch->boundary(watch->context, tr, &kept, err);
}

fhrl_status fhrl_iteration_run(fhrl_trajectory *tr, fhrl_system *s, const fhrl_input *in,
                               const double x0[], long max_steps,
                               const fhrl_trajectory_watch *watch, fhrl_counters *counters,
                               fhrl_err *err)
{
  static const fhrl_trajectory_watch nobody = {NULL};
  const size_t n = (size_t)s->n, n_u = (size_t)s->dims.n_u;
  const double *u_before = s->u;
  fhrl_status status = FHRL_OK;
  if (watch == NULL) watch = &nobody;
  FHRL_TRY(check(s, in, err));
  double *store = malloc((2 * n + n_u) * sizeof *store);
  if (store == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory to step %d states", s->n);
  iteration it = {.s = s, .in = in, .x = store, .next = store + n, .u = store + 2 * n};
  if (counters) it.count = *counters;
  if (in) s->u = it.u;
  memcpy(it.x, tr->count == 0 ? x0 : tr->x + (tr->count - 1) * n, n * sizeof *it.x);
  if (tr->count == 0) FHRL_DO(status, fhrl_trajectory_record(tr, it.x, s, in, err));
  while (tr->count < tr->points) {
    const double to = tr->t[tr->count];
    FHRL_DO(status, advance(&it, tr->t[tr->count - 1], to, max_steps, watch, err));
    FHRL_DO(status, fhrl_trajectory_record(tr, it.x, s, in, err));
    FHRL_DO(status, boundary(&it, tr, watch, err));
    if (watch->progress) watch->progress(watch->context, to, tr->t[tr->points - 1]);
  }
done:
  it.count.rhs_evals = it.count.steps;
  if (counters) *counters = it.count;
  s->u = u_before;
  free(store);
  return status;
}
