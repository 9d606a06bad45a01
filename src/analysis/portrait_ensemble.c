// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_ensemble: where the orbits of a portrait start, and the plane in which an ensemble of them spreads most
#include "analysis/portrait_ensemble.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "analysis/pca.h"
#include "analysis/portrait_orbit.h"
#include "base/random.h"

// States recorded: the cost of their components is the cube of their number where a state is larger.
enum { STATES_FEW = 600, STATES_MANY = 4000 };

int fhrl_portrait_ensemble_member(const fhrl_system *s, const fhrl_portrait_plan *plan, const double x0[], int k, double x[])
{
  const uint32_t member = (uint32_t)k + 1;
  if (plan->spread == 0.0 && s->model->start) return fhrl_system_start(s, plan->seed + member, "", x, NULL) == FHRL_OK;
  const double spread = plan->spread > 0.0 ? plan->spread : 1.0;
  const fhrl_random at = {.seed = plan->seed, .stream = FHRL_STREAM_START, .sequence = member};
  fhrl_random_normal(at, 0, (size_t)s->n, x);
  for (int i = 0; i < s->n; i++) x[i] = x0[i] + spread * x[i];
  return s->model->refuse_start == NULL || s->model->refuse_start(s, x) == NULL;
}

void fhrl_portrait_ensemble_point(const fhrl_portrait_plan *plan, int k, double out[2])
{
  double whole;
  if (plan->random) {
    fhrl_random_uniform((fhrl_random){.seed = plan->seed, .stream = FHRL_STREAM_START, .step = 1}, 2 * (size_t)k, 2, out);
    return;
  }
  out[0] = modf(0.5 + k * 0.7548776662466927, &whole); // powers of the plastic number: points that spread evenly
  out[1] = modf(0.5 + k * 0.5698402909980532, &whole);
}

void fhrl_portrait_ensemble_turn(uint32_t seed, int k, int d, double y[])
{
  const double length = fhrl_norm(d, y);
  const fhrl_random at = {.seed = seed, .stream = FHRL_STREAM_START, .step = 2, .sequence = (uint32_t)k};
  fhrl_random_normal(at, 0, (size_t)d, y);
  const double drawn = fhrl_norm(d, y);
  for (int i = 0; i < d; i++) y[i] *= length / drawn;
}

fhrl_status fhrl_portrait_ensemble_next(const char **at, double out[2], int *more, int k, fhrl_err *err)
{
  const char *from = *at + strspn(*at, " \t;");
  *more = *from != '\0';
  if (!*more) return FHRL_OK;
  const int size = (int)strcspn(from, ";");
  char *end = NULL;
  const char *read = from;
  for (int a = 0; a < 2; a++) {
    out[a] = strtod(read, &end);
    if (end == read || end > from + size || !isfinite(out[a]))
      return fhrl_fail(err, FHRL_ARG, "portrait.starts, point %d: '%.*s' is no pair of finite numbers; allowed: a b; c d; ...",
        k, size < 60 ? size : 60, from);
    read = end;
  }
  if (read + strspn(read, " \t") < from + size)
    return fhrl_fail(err, FHRL_ARG, "portrait.starts, point %d: more than two numbers in '%.*s'; allowed: a b; c d; ...", k,
      size < 60 ? size : 60, from);
  *at = from + size;
  return FHRL_OK;
}

typedef struct tape {
  double *at; // where the next state goes
  int n, count;
} tape;

static fhrl_status keep(void *context, double t, const double x[], fhrl_err *err)
{
  tape *w = context;
  memcpy(w->at, x, (size_t)w->n * sizeof *x);
  w->at += w->n;
  w->count++;
  return FHRL_OK;
}

// States of one orbit at equal times, its start left out; *count: how many there are before it ends. t (samples): scratch.
static fhrl_status record(fhrl_system *run, const fhrl_input *in, const fhrl_solver *solver, double t_end, int samples,
  const double x0[], double t[], double out[], int *count, fhrl_err *err)
{
  fhrl_integrator *it = NULL;
  *count = 0;
  const fhrl_status made = fhrl_integrator_create(run, in, solver, 0.0, x0, &it, err);
  if (made == FHRL_NUMERIC) return FHRL_OK; // the field is not finite there
  if (made != FHRL_OK) return made;
  tape w = {.at = out, .n = run->n};
  for (int i = 1; i <= samples; i++) t[i - 1] = i < samples ? t_end * i / samples : t_end;
  const fhrl_status swept = fhrl_integrator_sweep(it, t, (size_t)samples, keep, &w, NULL); // what it gave up on is as it is
  *count = w.count;
  fhrl_integrator_destroy(it);
  return swept == FHRL_NOMEM ? fhrl_fail(err, FHRL_NOMEM, "no memory for the orbits of an ensemble") : FHRL_OK;
}

// How many states of an orbit come before the first one that is far out: what runs away would be all that is seen.
static int count_near(int n, int count, const double states[], double far)
{
  int near = 0;
  while (near < count && fhrl_norm(n, states + (size_t)near * n) <= far) near++;
  return near;
}

static fhrl_status find_axes(fhrl_portrait *p, fhrl_portrait_plane *plane, int count, const double states[], fhrl_err *err)
{
  double variance[2] = {0.0, 0.0}, total = 0.0;
  const fhrl_status status =
    count < 3 ? fhrl_fail(err, FHRL_NUMERIC, "only %d states were reached", count)
              : fhrl_pca_find(count, plane->s->n, states, 2, plane->mean, plane->axis, variance, &total, err);
  if (status != FHRL_OK) fhrl_status_context(err, "portrait.plane = pca");
  FHRL_TRY(status);
  for (int a = 0; a < 2; a++) {
    p->share[a] = variance[a] / total;
    snprintf(p->label[a], sizeof p->label[a], "PC %d (%.3g %% of the variance)", a + 1, 100.0 * p->share[a]);
  }
  return FHRL_OK;
}

fhrl_status fhrl_portrait_ensemble_plane(fhrl_portrait *p, fhrl_portrait_plane *plane, fhrl_system *run, const fhrl_input *in,
  const fhrl_solver *solver, const fhrl_portrait_plan *plan, const double x0[], double **cloud, int *points, fhrl_err *err)
{
  const int most = plane->s->n <= FHRL_PORTRAIT_NEWTON_STATES ? STATES_MANY : STATES_FEW;
  const int each = most / (plan->orbits + 1) > 2 ? most / (plan->orbits + 1) : 2;
  double size = fhrl_norm(plane->s->n, x0); // of what the model's own orbit shows
  const size_t n = (size_t)plane->s->n, room = (size_t)each * (size_t)(plan->orbits + 1);
  const double t_end = fmin(solver->t_end, fhrl_input_end(in));
  double *states = malloc((room * n + n + (size_t)each) * sizeof *states), *seen = malloc(2 * room * sizeof *seen), *x = NULL;
  fhrl_status status = FHRL_OK;
  int count = 0;
  if (states == NULL || seen == NULL)
    FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %zu states of %zu components", room, n));
  x = states + room * n;
  for (int k = -1; k < plan->orbits; k++) {
    int some;
    if (k < 0) memcpy(x, x0, n * sizeof *x);
    else if (!fhrl_portrait_ensemble_member(plane->s, plan, x0, k, x)) continue;
    FHRL_DO(status, fhrl_portrait_stopped(p, err));
    FHRL_DO(status, record(run, in, solver, t_end, each, x, x + n, states + (size_t)count * n, &some, err));
    const double *first = states + (size_t)count * n;
    for (int i = 0; k < 0 && i < some; i++) size = fmax(size, fhrl_norm((int)n, first + (size_t)i * n));
    const int near = count_near((int)n, some, first, FHRL_PORTRAIT_ORBIT_FAR * (size + plan->spread));
    p->runaways += k >= 0 && near < some;
    count += k < 0 ? some : near;
  }
  FHRL_DO(status, find_axes(p, plane, count, states, err));
  for (int i = 0; i < count; i++) fhrl_portrait_plane_project(plane, 0.0, states + (size_t)i * n, seen + 2 * (size_t)i);
  *cloud = seen;
  *points = count;
  seen = NULL;
done:
  free(states);
  free(seen);
  return status;
}
