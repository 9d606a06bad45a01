// SPDX-License-Identifier: GPL-3.0-or-later
// integrator_event: sign changes of a model's event functions, located within a step by its dense output
//
// The engine makes one step at a time. Where a function's sign differs from its last one that was not 0, the step is
// bisected to neighbouring times: the event is the later of the two, where the new sign holds already. So the restart
// begins on the new side, and an event cannot find itself again; a function that stays 0 has not changed.
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ode/integrator_state.h"

enum { HAPPENINGS_MAX = 1000000, BISECTIONS = 60 };

fhrl_status fhrl_integrator_event_create(fhrl_integrator *it, fhrl_err *err)
{
  fhrl_integrator_watch *w = &it->watch;
  w->count = 0;
  for (int k = 0; k < it->s->model->n_event; k++) w->count += it->s->dims.event[k];
  if (w->count == 0) return FHRL_OK;
  w->sign = calloc((size_t)w->count, sizeof *w->sign);
  w->g = calloc((size_t)w->count + (size_t)it->s->n, sizeof *w->g);
  if (w->sign == NULL || w->g == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d event functions", w->count);
  w->x = w->g + w->count;
  return FHRL_OK;
}

void fhrl_integrator_event_destroy(fhrl_integrator *it)
{
  free(it->watch.sign);
  free(it->watch.g);
  free(it->watch.happened);
}

// Event that function k belongs to, and which of its functions k is.
static int event_of(const fhrl_integrator *it, int k, int *index)
{
  int event = 0;
  while (k >= it->s->dims.event[event]) k -= it->s->dims.event[event++];
  *index = k;
  return event;
}

// g at (t, x). A root finder fed with a NaN need not end.
static fhrl_status evaluate(fhrl_integrator *it, double t, const double x[], fhrl_err *err)
{
  const fhrl_model *m = it->s->model;
  double *g = it->watch.g;
  fhrl_integrator_input(it, t);
  const int code = m->events(it->s, t, x, g);
  if (code != 0)
    return fhrl_fail(err, FHRL_NUMERIC, "the events of %s cannot be evaluated at t = %.9g (it returned %d)", m->name, t, code);
  for (int k = 0; k < it->watch.count; k++)
    if (!isfinite(g[k])) {
      int index;
      const int event = event_of(it, k, &index);
      return fhrl_fail(err, FHRL_NUMERIC, "event '%s' (function %d) of %s is %g at t = %.9g", m->event[event].name, index,
        m->name, g[k], t);
    }
  return FHRL_OK;
}

// 1 if g has crossed 0 in a direction that its event asks for.
static int crossed(const fhrl_integrator *it, int k)
{
  const double g = it->watch.g[k];
  const int sign = (g > 0.0) - (g < 0.0), before = it->watch.sign[k];
  int index;
  if (sign == 0 || before == 0 || sign == before) return 0;
  const int direction = it->s->model->event[event_of(it, k, &index)].direction;
  return direction == 0 || direction == sign;
}

static int any_crossed(const fhrl_integrator *it)
{
  for (int k = 0; k < it->watch.count; k++)
    if (crossed(it, k)) return 1;
  return 0;
}

static void keep_signs(fhrl_integrator *it)
{
  fhrl_integrator_watch *w = &it->watch;
  for (int k = 0; k < w->count; k++)
    if (w->g[k] != 0.0) w->sign[k] = w->g[k] > 0.0 ? 1 : -1;
}

fhrl_status fhrl_integrator_event_begin(fhrl_integrator *it, fhrl_err *err)
{
  if (it->watch.count == 0) return FHRL_OK;
  FHRL_TRY(evaluate(it, it->now, it->x, err));
  memset(it->watch.sign, 0, (size_t)it->watch.count);
  keep_signs(it);
  return FHRL_OK;
}

fhrl_status fhrl_integrator_event_check(const fhrl_integrator *it, const fhrl_happening happened[], long count, long crossings,
  fhrl_err *err)
{
  const int own = it->s->model->n_event, all = own + it->solver.crossings;
  long crossed = 0;
  if (count > HAPPENINGS_MAX) return fhrl_fail(err, FHRL_FORMAT, "%ld events are more than %d", count, HAPPENINGS_MAX);
  for (long k = 0; k < count; k++) {
    const fhrl_happening *h = &happened[k];
    const int known = h->event >= 0 && h->event < all && h->index >= 0 && (h->event >= own || h->index < it->s->dims.event[h->event]);
    if (!known || !(h->t <= it->now) || (k > 0 && !(h->t >= happened[k - 1].t)))
      return fhrl_fail(err, FHRL_FORMAT, "event %ld (number %d, component %d, t = %g) is none that the run can have had by t = %g", k + 1,
        h->event, h->index, h->t, it->now);
    crossed += h->event >= own;
  }
  if (crossed != crossings)
    return fhrl_fail(err, FHRL_FORMAT, "%ld of the events are crossings of sections, but there are %ld states of crossings", crossed, crossings);
  return FHRL_OK;
}

fhrl_status fhrl_integrator_event_restore(fhrl_integrator *it, const fhrl_happening happened[], long count, fhrl_err *err)
{
  fhrl_integrator_watch *w = &it->watch;
  if (count == 0) return FHRL_OK;
  fhrl_happening *copy = malloc((size_t)count * sizeof *copy);
  if (copy == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %ld events", count);
  memcpy(copy, happened, (size_t)count * sizeof *copy);
  free(w->happened);
  w->happened = copy;
  w->happenings = w->room = count;
  return FHRL_OK;
}

fhrl_status fhrl_integrator_event_note(fhrl_integrator *it, double t, int event, int index, fhrl_err *err)
{
  fhrl_integrator_watch *w = &it->watch;
  if (w->happenings == HAPPENINGS_MAX)
    return fhrl_fail(err, FHRL_LIMIT, "more than %d events of %s by t = %.9g", HAPPENINGS_MAX, it->s->model->name, t);
  if (w->happenings == w->room) {
    const long room = w->room > 0 ? 2 * w->room : 64;
    fhrl_happening *more = realloc(w->happened, (size_t)room * sizeof *more);
    if (more == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %ld events", room);
    w->happened = more;
    w->room = room;
  }
  long place = w->happenings++;
  for (; place > 0 && w->happened[place - 1].t > t; place--) w->happened[place] = w->happened[place - 1];
  w->happened[place] = (fhrl_happening){t, event, index};
  return FHRL_OK;
}

fhrl_status fhrl_integrator_event_dense(fhrl_integrator *it, double t, double x[], fhrl_err *err)
{
  if (it->engine->kind->dense(it->engine, t, x) == 0) return FHRL_OK;
  return fhrl_fail(err, FHRL_NUMERIC, "no state of %s between steps could be found at t = %.9g", it->s->model->name, t);
}

// The time of the earliest event in (low, high], where g crosses; the state there in watch.x, the functions in watch.g.
static fhrl_status locate(fhrl_integrator *it, double low, double high, double *at, fhrl_err *err)
{
  for (int k = 0; k < BISECTIONS && high - low > 4.0 * DBL_EPSILON * fabs(high); k++) {
    const double middle = low + 0.5 * (high - low);
    FHRL_TRY(fhrl_integrator_event_dense(it, middle, it->watch.x, err));
    FHRL_TRY(evaluate(it, middle, it->watch.x, err));
    if (any_crossed(it))
      high = middle;
    else
      low = middle;
  }
  *at = high;
  if (high == it->now)
    memcpy(it->watch.x, it->x, (size_t)it->s->n * sizeof *it->x);
  else
    FHRL_TRY(fhrl_integrator_event_dense(it, high, it->watch.x, err));
  return evaluate(it, high, it->watch.x, err);
}

fhrl_status fhrl_integrator_event_look(fhrl_integrator *it, double before, fhrl_err *err)
{
  fhrl_integrator_watch *w = &it->watch;
  const fhrl_event *table = it->s->model->event;
  double at;
  int last = -1;
  FHRL_TRY(evaluate(it, it->now, it->x, err));
  if (!any_crossed(it)) {
    keep_signs(it);
    return FHRL_OK;
  }
  FHRL_TRY(locate(it, before, it->now, &at, err));
  memcpy(it->x, w->x, (size_t)it->s->n * sizeof *it->x);
  it->now = at;
  it->stale = 1;
  it->counters.restarts++;
  for (int k = 0; k < w->count; k++) {
    int index;
    if (!crossed(it, k)) continue;
    const int event = event_of(it, k, &index);
    FHRL_TRY(fhrl_integrator_event_note(it, at, event, index, err));
    if (table[event].terminal) last = event;
  }
  keep_signs(it);
  if (last < 0) return FHRL_OK;
  return fhrl_fail(err, FHRL_EVENT, "%s ends at t = %.9g: %s, %s", it->s->model->name, at, table[last].name,
    table[last].meaning);
}
