// SPDX-License-Identifier: GPL-3.0-or-later
// ensemble: many trajectories of one system from different starts, over threads
#include "ode/ensemble.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "ode/batch.h"

enum { THREADS_MAX = 256, GIB = 8 };

typedef struct shared {
  fhrl_ensemble *e;
  const fhrl_input *in;
  const fhrl_solver *solver;
  const volatile sig_atomic_t *stop;
  atomic_long next;
} shared;

// One thread: its own system, its own counts.
typedef struct worker {
  shared *all;
  fhrl_system *s; // owned
  double *u;      // owned: (n_u) a held input
  long steps, rhs_evals, first_failed;
  fhrl_err first_failure, err;
  fhrl_status status;
} worker;

fhrl_status fhrl_ensemble_init(fhrl_ensemble *e, long members, int n, fhrl_err *err)
{
  memset(e, 0, sizeof *e);
  const double gib = 2.0 * (double)members * n * sizeof(double) / 0x1p30;
  if (members < 1) return fhrl_fail(err, FHRL_ARG, "an ensemble of %ld members", members);
  if (gib > GIB) return fhrl_fail(err, FHRL_LIMIT, "%ld members of %d states take %.1f GiB, more than %d", members, n, gib, GIB);
  e->members = members;
  e->n = n;
  e->x0 = calloc(2 * (size_t)members * (size_t)n, sizeof *e->x0);
  e->member = calloc((size_t)members, sizeof *e->member);
  if (e->x0 == NULL || e->member == NULL) {
    fhrl_ensemble_free(e);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %ld members of %d states", members, n);
  }
  e->x = e->x0 + (size_t)members * (size_t)n;
  return FHRL_OK;
}

void fhrl_ensemble_free(fhrl_ensemble *e)
{
  free(e->x0);
  free(e->member);
  memset(e, 0, sizeof *e);
}

static long take(worker *w)
{
  if (w->all->stop && *w->all->stop) return -1;
  const long k = atomic_fetch_add(&w->all->next, 1);
  return k < w->all->e->members ? k : -1;
}

// Member k by an integrator of its own.
static void single(worker *w, long k)
{
  fhrl_ensemble *e = w->all->e;
  const size_t n = (size_t)e->n;
  double *x = e->x + (size_t)k * n;
  fhrl_integrator *it = NULL;
  fhrl_err err = {FHRL_OK, ""};
  fhrl_counters c = {0};
  memcpy(x, e->x0 + (size_t)k * n, n * sizeof *x);
  fhrl_status status = fhrl_integrator_create(w->s, w->all->in, w->all->solver, 0.0, x, &it, &err);
  if (status == FHRL_OK) {
    status = fhrl_integrator_advance(it, w->all->solver->t_end, &err);
    if (status == FHRL_EVENT) status = FHRL_OK; // its end
    memcpy(x, fhrl_integrator_state(it), n * sizeof *x);
    fhrl_integrator_counters(it, &c);
  }
  fhrl_integrator_destroy(it);
  w->steps += c.steps;
  w->rhs_evals += c.rhs_evals;
  e->member[k] = status == FHRL_OK ? FHRL_MEMBER_SINGLE : FHRL_MEMBER_FAILED;
  if (status != FHRL_OK && (w->first_failed < 0 || k < w->first_failed)) {
    w->first_failed = k;
    w->first_failure = err;
  }
}

static long next_start(void *context, double x[])
{
  worker *w = context;
  const long k = take(w);
  const size_t n = (size_t)w->all->e->n;
  if (k >= 0) memcpy(x, w->all->e->x0 + (size_t)k * n, n * sizeof *x);
  return k;
}

static void batch_done(void *context, long k, fhrl_batch_outcome outcome, const double x[], long steps, long rhs_evals)
{
  worker *w = context;
  const size_t n = (size_t)w->all->e->n;
  w->steps += steps;
  w->rhs_evals += rhs_evals;
  if (outcome != FHRL_BATCH_DONE) {
    const double *held = w->s->u;
    single(w, k);
    w->s->u = held;
    return;
  }
  memcpy(w->all->e->x + (size_t)k * n, x, n * sizeof *x);
  w->all->e->member[k] = FHRL_MEMBER_BATCH;
}

// Event functions that these parameters have.
static int events(const fhrl_system *s)
{
  int count = 0;
  for (int k = 0; k < s->model->n_event; k++) count += s->dims.event[k];
  return count;
}

// The batch knows held inputs, no events, and one method.
static int batched(const shared *all, const fhrl_system *s)
{
  const fhrl_input *in = all->in;
  const fhrl_method method = all->solver->method;
  return (method == FHRL_METHOD_AUTO || method == FHRL_METHOD_DOP853) && all->solver->step == 0.0 && events(s) == 0 &&
         s->model->rhs != NULL && (in == NULL || (!fhrl_input_varies(in) && fhrl_input_break(in, 0.0) == HUGE_VAL));
}

static void *work(void *argument)
{
  worker *w = argument;
  const fhrl_solver *solver = w->all->solver;
  if (batched(w->all, w->s)) {
    if (w->all->in) {
      fhrl_input_at(w->all->in, 0.0, w->u);
      w->s->u = w->u;
    }
    const fhrl_batch_work job = {.s = w->s, .rtol = solver->rtol, .atol = solver->atol, .t_end = solver->t_end,
      .max_steps = solver->max_steps, .next = next_start, .done = batch_done, .context = w};
    w->status = fhrl_batch_run(&job, &w->err);
  } else
    for (long k = take(w); k >= 0; k = take(w)) single(w, k);
  return NULL;
}

// Adds up what the workers did; nothing here depends on who did it.
static void gather(fhrl_ensemble *e, const worker w[], int threads)
{
  e->first_failed = -1;
  for (int i = 0; i < threads; i++) {
    e->steps += w[i].steps;
    e->rhs_evals += w[i].rhs_evals;
    if (w[i].first_failed < 0 || (e->first_failed >= 0 && e->first_failed < w[i].first_failed)) continue;
    e->first_failed = w[i].first_failed;
    e->first_failure = w[i].first_failure;
  }
  for (long k = 0; k < e->members; k++) {
    e->singles += e->member[k] == FHRL_MEMBER_SINGLE;
    e->failed += e->member[k] == FHRL_MEMBER_FAILED;
  }
}

fhrl_status fhrl_ensemble_run(fhrl_ensemble *e, const fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  int threads, const volatile sig_atomic_t *stop, fhrl_err *err)
{
  shared all = {.e = e, .in = in, .solver = solver, .stop = stop};
  pthread_t thread[THREADS_MAX];
  fhrl_status status = FHRL_OK;
  int ready = 0, started = 1;
  if (threads > THREADS_MAX) threads = THREADS_MAX;
  worker *w = calloc((size_t)threads, sizeof *w);
  if (w == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d threads", threads);
  atomic_init(&all.next, 0);
  for (; ready < threads; ready++) {
    w[ready] = (worker){.all = &all, .first_failed = -1};
    FHRL_DO(status, fhrl_system_clone(s, &w[ready].s, err));
    w[ready].s->u = s->u;
    w[ready].u = malloc(((size_t)s->dims.n_u + 1) * sizeof *w[ready].u);
    if (w[ready].u == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for an input"));
  }
  for (; started < threads; started++)
    if (pthread_create(&thread[started], NULL, work, &w[started]) != 0) break; // fewer threads, same results
  work(&w[0]);
  for (int i = 1; i < started; i++) pthread_join(thread[i], NULL);
  for (int i = 0; i < started && status == FHRL_OK; i++)
    if (w[i].status != FHRL_OK) {
      status = w[i].status;
      if (err) *err = w[i].err;
    }
  if (status == FHRL_OK && stop && *stop) status = fhrl_fail(err, FHRL_INTERRUPT, "interrupted");
  gather(e, w, threads);
done:
  for (int i = 0; i < threads && i <= ready; i++) {
    fhrl_system_destroy(w[i].s);
    free(w[i].u);
  }
  free(w);
  return status;
}
