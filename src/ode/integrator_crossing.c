// SPDX-License-Identifier: GPL-3.0-or-later
// integrator_crossing: sections located within a step by its dense output
//
// Nothing changes at a section, so nothing restarts there: a run has the same bits with and without them. The place is found
// as for events: by bisection to neighbouring times, of which the later one is noted.
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ode/integrator_state.h"

enum { BISECTIONS = 60 };
static const double gib_max = 4.0; // of states at crossings

fhrl_status fhrl_integrator_crossing_create(fhrl_integrator *it, fhrl_err *err)
{
  fhrl_integrator_cross *c = &it->cross;
  c->count = it->solver.crossings;
  if (c->count == 0) return FHRL_OK;
  c->x = malloc(((size_t)it->s->n + (size_t)it->s->model->n_obs) * sizeof *c->x);
  if (c->x == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for sections of %d states", it->s->n);
  c->obs = c->x + it->s->n;
  return FHRL_OK;
}

void fhrl_integrator_crossing_destroy(fhrl_integrator *it)
{
  free(it->cross.x);
  free(it->cross.at);
}

// Values less levels of all sections at (t, x) go to g.
static fhrl_status evaluate(fhrl_integrator *it, double t, const double x[], double g[], fhrl_err *err)
{
  const fhrl_crossing *section = it->solver.crossing;
  int observed = 0;
  for (int k = 0; k < it->cross.count; k++) observed |= section[k].observable;
  fhrl_integrator_input(it, t);
  if (observed && it->s->model->observe(it->s, t, x, it->cross.obs) != 0)
    return fhrl_fail(err, FHRL_NUMERIC, "the observables of %s cannot be evaluated at t = %.9g", it->s->model->name, t);
  for (int k = 0; k < it->cross.count; k++) {
    g[k] = fhrl_crossing_value(&section[k], x, it->cross.obs);
    if (!isfinite(g[k]))
      return fhrl_fail(err, FHRL_NUMERIC, "section '%s' of %s is %g at t = %.9g", section[k].text, it->s->model->name, g[k], t);
  }
  return FHRL_OK;
}

static int sign_of(double g) { return (g > 0.0) - (g < 0.0); }

static void keep_signs(fhrl_integrator_cross *c, const double g[])
{
  for (int k = 0; k < c->count && k < FHRL_CROSSING_MAX; k++)
    if (g[k] != 0.0) c->sign[k] = (signed char)sign_of(g[k]);
}

fhrl_status fhrl_integrator_crossing_begin(fhrl_integrator *it, fhrl_err *err)
{
  double g[FHRL_CROSSING_MAX];
  if (it->cross.count == 0) return FHRL_OK;
  FHRL_TRY(evaluate(it, it->now, it->x, g, err));
  memset(it->cross.sign, 0, sizeof it->cross.sign);
  keep_signs(&it->cross, g);
  return FHRL_OK;
}

static fhrl_status make_room(fhrl_integrator *it, long more, fhrl_err *err)
{
  fhrl_integrator_cross *c = &it->cross;
  if (c->crossings + more <= c->room) return FHRL_OK;
  const long room = c->crossings + more > 2 * c->room ? c->crossings + more : 2 * c->room;
  const double gib = (double)room * it->s->n * sizeof(double) / 0x1p30;
  if (gib > gib_max)
    return fhrl_fail(err, FHRL_LIMIT, "%ld crossings of sections by t = %.9g take %.1f GiB, more than %g", c->crossings + more,
      it->now, gib, gib_max);
  double *grown = realloc(c->at, (size_t)room * (size_t)it->s->n * sizeof *grown);
  if (grown == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %ld crossings", room);
  c->at = grown;
  c->room = room;
  return FHRL_OK;
}

fhrl_status fhrl_integrator_crossing_restore(fhrl_integrator *it, const double at[], long count, fhrl_err *err)
{
  if (count == 0) return FHRL_OK;
  FHRL_TRY(make_room(it, count, err));
  memcpy(it->cross.at, at, (size_t)count * (size_t)it->s->n * sizeof *at);
  it->cross.crossings = count;
  return FHRL_OK;
}

// The first time in (low, now] at which section k has its new sign, with the state there in cross.x.
static fhrl_status locate(fhrl_integrator *it, int k, int sign, double low, double *at, fhrl_err *err)
{
  double g[FHRL_CROSSING_MAX], high = it->now;
  memcpy(it->cross.x, it->x, (size_t)it->s->n * sizeof *it->x);
  for (int i = 0; i < BISECTIONS && high - low > 4.0 * DBL_EPSILON * fabs(high); i++) {
    const double middle = low + 0.5 * (high - low);
    FHRL_TRY(fhrl_integrator_event_dense(it, middle, it->cross.x, err));
    FHRL_TRY(evaluate(it, middle, it->cross.x, g, err));
    if (sign_of(g[k]) == sign)
      high = middle;
    else
      low = middle;
  }
  *at = high;
  if (high == it->now)
    memcpy(it->cross.x, it->x, (size_t)it->s->n * sizeof *it->x);
  else
    FHRL_TRY(fhrl_integrator_event_dense(it, high, it->cross.x, err));
  return FHRL_OK;
}

// Puts the state cross.x behind those of earlier times; `later` crossings of this step lie beyond it.
static void insert(fhrl_integrator *it, long later)
{
  fhrl_integrator_cross *c = &it->cross;
  const size_t n = (size_t)it->s->n, to = (size_t)(c->crossings - later);
  memmove(c->at + (to + 1) * n, c->at + to * n, (size_t)later * n * sizeof *c->at);
  memcpy(c->at + to * n, c->x, n * sizeof *c->at);
  c->crossings++;
}

fhrl_status fhrl_integrator_crossing_look(fhrl_integrator *it, double before, fhrl_err *err)
{
  fhrl_integrator_cross *c = &it->cross;
  double g[FHRL_CROSSING_MAX], found[FHRL_CROSSING_MAX];
  int seen = 0;
  FHRL_TRY(evaluate(it, it->now, it->x, g, err));
  for (int k = 0; k < c->count; k++) {
    const int sign = sign_of(g[k]), direction = it->solver.crossing[k].direction;
    double at;
    if (sign == 0 || c->sign[k] == 0 || sign == c->sign[k] || (direction != 0 && direction != sign)) continue;
    FHRL_TRY(make_room(it, 1, err));
    FHRL_TRY(locate(it, k, sign, before, &at, err));
    long later = 0;
    for (int j = 0; j < seen; j++) later += found[j] > at;
    insert(it, later);
    found[seen++] = at;
    FHRL_TRY(fhrl_integrator_event_note(it, at, it->s->model->n_event + k, 0, err));
  }
  keep_signs(c, g);
  return FHRL_OK;
}
