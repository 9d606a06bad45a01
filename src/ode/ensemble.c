// SPDX-License-Identifier: GPL-3.0-or-later
// ensemble: many trajectories of one system from different starts, at different parameters, over threads
#include "ode/ensemble.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "ode/batch.h"

enum {
  THREADS_MAX = 256,
  GIB = 8,
  SHOW_EVERY = 256,
  N_BATCH = 512,         // states up to which members without a right-hand side for lanes gain from a batch
  EXPLICIT_STEPS = 20000 // steps after which one that is tried by itself with dop853 is left to the method asked for
};

// The members in the order in which they are taken come in two passes: those that the right-hand side for lanes serves,
// then the others.
enum { PASS_LANES, PASS_OTHERS, PASSES };

typedef struct shared {
  fhrl_ensemble *e;
  const fhrl_input *in;
  const fhrl_solver *solver;
  fhrl_ensemble_watch watch;
  atomic_long next[PASSES], done;
  atomic_int broken; // 1: no member can be kept any more
} shared;

// One thread: its own system, its own counts.
typedef struct worker {
  shared *all;
  fhrl_system *s;   // owned
  const double *p;  // of the system, for members without their own
  double *u;        // owned: (n_u) a held input
  int first;        // 1: the calling thread, which reports
  int pass;
  long shown, steps, rhs_evals, stiff;
  fhrl_failure failure[FHRL_FAILURES];
  int failures;
  fhrl_err err;
  fhrl_status status;
} worker;

fhrl_status fhrl_ensemble_init(fhrl_ensemble *e, long members, int n, int n_param, fhrl_err *err)
{
  memset(e, 0, sizeof *e);
  const double gib = (double)members * (2.0 * n + n_param) * sizeof(double) / 0x1p30;
  if (members < 1) return fhrl_fail(err, FHRL_ARG, "an ensemble of %ld members", members);
  if (gib > GIB) return fhrl_fail(err, FHRL_LIMIT, "%ld members of %d states take %.1f GiB, more than %d", members, n, gib, GIB);
  e->members = members;
  e->n = n;
  e->n_param = n_param;
  e->x0 = calloc(2 * (size_t)members * (size_t)n, sizeof *e->x0);
  e->member = calloc((size_t)members, sizeof *e->member);
  if (n_param > 0) e->p = calloc((size_t)members * (size_t)n_param, sizeof *e->p);
  if (e->x0 == NULL || e->member == NULL || (n_param > 0 && e->p == NULL)) {
    fhrl_ensemble_free(e);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %ld members of %d states", members, n);
  }
  e->x = e->x0 + (size_t)members * (size_t)n;
  fhrl_ensemble_reopen(e);
  return FHRL_OK;
}

void fhrl_ensemble_reopen(fhrl_ensemble *e)
{
  memset(e->member, FHRL_MEMBER_OPEN, (size_t)e->members);
  e->before = e->singles = e->failed = e->stiff = e->steps = e->rhs_evals = 0;
  e->failures = 0;
}

void fhrl_ensemble_free(fhrl_ensemble *e)
{
  free(e->x0);
  free(e->p);
  free(e->member);
  memset(e, 0, sizeof *e);
}

// ---- members

static const double *params_of(const worker *w, long k)
{
  return w->all->e->p ? w->all->e->p + (size_t)k * (size_t)w->all->e->n_param : w->p;
}

static int stopped(const shared *all) { return all->watch.stop && *all->watch.stop; }

static int ended(shared *all) { return stopped(all) || atomic_load(&all->broken); }

static void count_done(worker *w)
{
  shared *all = w->all;
  const long done = atomic_fetch_add(&all->done, 1) + 1;
  if (!w->first || all->watch.progress == NULL || done - w->shown < SHOW_EVERY) return;
  all->watch.progress(all->watch.context, done, all->e->members);
  w->shown = done;
}

// Keeps the failures of the lowest numbers, in order.
static void keep_failure(fhrl_failure list[], int *count, long k, const fhrl_err *err)
{
  int at = *count;
  while (at > 0 && list[at - 1].member > k) at--;
  if (at == FHRL_FAILURES) return;
  if (*count < FHRL_FAILURES) (*count)++;
  memmove(list + at + 1, list + at, (size_t)(*count - 1 - at) * sizeof *list);
  list[at] = (fhrl_failure){k, *err};
}

void fhrl_ensemble_take(fhrl_ensemble *e, const fhrl_ensemble_done *done, const double x[])
{
  e->member[done->member] = (unsigned char)done->way;
  memcpy(e->x + (size_t)done->member * (size_t)e->n, x, (size_t)e->n * sizeof *x);
  e->before++;
  e->stiff += done->stiff;
  e->steps += done->steps;
  e->rhs_evals += done->rhs_evals;
  if (done->way == FHRL_MEMBER_FAILED) keep_failure(e->failure, &e->failures, done->member, &done->err);
}

// A member has come to its end, and x of the ensemble has its state there.
static void finish(worker *w, const fhrl_ensemble_done *done)
{
  shared *all = w->all;
  const double *x = all->e->x + (size_t)done->member * (size_t)all->e->n;
  all->e->member[done->member] = (unsigned char)done->way;
  w->stiff += done->stiff;
  w->steps += done->steps;
  w->rhs_evals += done->rhs_evals;
  if (done->way == FHRL_MEMBER_FAILED) keep_failure(w->failure, &w->failures, done->member, &done->err);
  count_done(w);
  if (all->watch.keep == NULL || w->status != FHRL_OK) return;
  w->status = all->watch.keep(all->watch.keep_context, done, x, &w->err);
  if (w->status != FHRL_OK) atomic_store(&all->broken, 1);
}

// 1 if the model lets member k start; else it has failed.
static int may_start(worker *w, long k)
{
  fhrl_ensemble *e = w->all->e;
  const fhrl_model *m = w->s->model;
  const double *x0 = e->x0 + (size_t)k * (size_t)e->n;
  fhrl_ensemble_done done = {.member = k, .way = FHRL_MEMBER_FAILED};
  w->s->p = params_of(w, k);
  const char *why = m->refuse_start ? m->refuse_start(w->s, x0) : NULL;
  if (why == NULL) return 1;
  fhrl_fail(&done.err, FHRL_ARG, "%s cannot start here: %s", m->name, why);
  memcpy(e->x + (size_t)k * (size_t)e->n, x0, (size_t)e->n * sizeof *x0);
  finish(w, &done);
  return 0;
}

static int serves(const worker *w, const double p[])
{
  const fhrl_model *m = w->s->model;
  return m->lanes != NULL && (m->lanes_fit == NULL || m->lanes_fit(p));
}

// The next member of a pass, -1 if there is none.
static long take(worker *w)
{
  shared *all = w->all;
  while (!ended(all)) {
    const long k = atomic_fetch_add(&all->next[w->pass], 1);
    if (k >= all->e->members) return -1;
    if (all->e->member[k] != FHRL_MEMBER_OPEN) continue;
    if (serves(w, params_of(w, k)) != (w->pass == PASS_LANES)) continue;
    if (may_start(w, k)) return k;
  }
  return -1;
}

// A member from its start by an integrator of its own.
static fhrl_status carry(worker *w, fhrl_ensemble_done *done, const fhrl_solver *solver, fhrl_err *err)
{
  fhrl_ensemble *e = w->all->e;
  const long k = done->member;
  const size_t n = (size_t)e->n;
  double *x = e->x + (size_t)k * n;
  fhrl_integrator *it = NULL;
  fhrl_counters c = {0};
  memcpy(x, e->x0 + (size_t)k * n, n * sizeof *x);
  w->s->p = params_of(w, k);
  fhrl_status status = fhrl_integrator_create(w->s, w->all->in, solver, 0.0, x, &it, err);
  if (status == FHRL_OK) {
    status = fhrl_integrator_advance(it, solver->t_end, err);
    if (status == FHRL_EVENT) status = FHRL_OK; // its end
    memcpy(x, fhrl_integrator_state(it), n * sizeof *x);
    fhrl_integrator_counters(it, &c);
  }
  fhrl_integrator_destroy(it);
  done->steps += c.steps;
  done->rhs_evals += c.rhs_evals;
  return status;
}

// A member by itself: with dop853 first, where a batch would use it but would be too wide. One that is interrupted is not done.
static void single(worker *w, fhrl_ensemble_done *done, int explicit_first)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_status status = FHRL_LIMIT;
  if (explicit_first) {
    fhrl_solver solver = *w->all->solver;
    solver.method = FHRL_METHOD_DOP853;
    if (solver.max_steps > EXPLICIT_STEPS) solver.max_steps = EXPLICIT_STEPS;
    status = carry(w, done, &solver, &err);
    done->stiff = status == FHRL_LIMIT;
  }
  if (status != FHRL_OK && status != FHRL_INTERRUPT) status = carry(w, done, w->all->solver, &err);
  if (status == FHRL_INTERRUPT) return;
  done->way = status == FHRL_OK ? FHRL_MEMBER_SINGLE : FHRL_MEMBER_FAILED;
  if (status != FHRL_OK) done->err = err;
  finish(w, done);
}

// ---- batches

static long next_start(void *context, double x[], const double **p)
{
  worker *w = context;
  const long k = take(w);
  const size_t n = (size_t)w->all->e->n;
  if (k < 0) return k;
  memcpy(x, w->all->e->x0 + (size_t)k * n, n * sizeof *x);
  *p = params_of(w, k);
  return k;
}

static void batch_done(void *context, long k, fhrl_batch_outcome outcome, const double x[], long steps, long rhs_evals)
{
  worker *w = context;
  const size_t n = (size_t)w->all->e->n;
  fhrl_ensemble_done done = {.member = k, .way = FHRL_MEMBER_BATCH, .stiff = outcome == FHRL_BATCH_STIFF, .steps = steps,
    .rhs_evals = rhs_evals};
  if (outcome != FHRL_BATCH_DONE) {
    const double *held = w->s->u;
    single(w, &done, 0);
    w->s->u = held;
    return;
  }
  memcpy(w->all->e->x + (size_t)k * n, x, n * sizeof *x);
  finish(w, &done);
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
  const int many = batched(w->all, w->s);
  if (many && w->all->in) {
    fhrl_input_at(w->all->in, 0.0, w->u);
    w->s->u = w->u;
  }
  for (w->pass = 0; w->pass < PASSES && w->status == FHRL_OK; w->pass++) {
    const fhrl_batch_work job = {.s = w->s, .lanes = w->pass == PASS_LANES, .rtol = solver->rtol, .atol = solver->atol,
      .t_end = solver->t_end, .max_steps = solver->max_steps, .stop = w->all->watch.stop, .next = next_start,
      .done = batch_done, .context = w};
    if (w->pass == PASS_LANES && w->s->model->lanes == NULL) continue;
    if (many && (job.lanes || w->s->n <= N_BATCH)) {
      fhrl_err err;
      const fhrl_status status = fhrl_batch_run(&job, &err);
      if (w->status == FHRL_OK && status != FHRL_OK) {
        w->status = status;
        w->err = err;
      }
    } else
      for (long k = take(w); k >= 0; k = take(w)) single(w, &(fhrl_ensemble_done){.member = k}, many);
  }
  return NULL;
}

// ---- threads

// Adds up what the workers did; nothing here depends on who did it.
static void gather(fhrl_ensemble *e, const worker w[], int threads)
{
  for (int i = 0; i < threads; i++) {
    e->steps += w[i].steps;
    e->rhs_evals += w[i].rhs_evals;
    e->stiff += w[i].stiff;
    for (int f = 0; f < w[i].failures; f++)
      keep_failure(e->failure, &e->failures, w[i].failure[f].member, &w[i].failure[f].err);
  }
  for (long k = 0; k < e->members; k++) {
    e->singles += e->member[k] == FHRL_MEMBER_SINGLE;
    e->failed += e->member[k] == FHRL_MEMBER_FAILED;
  }
}

fhrl_status fhrl_ensemble_run(fhrl_ensemble *e, const fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  int threads, const fhrl_ensemble_watch *watch, fhrl_err *err)
{
  fhrl_solver stoppable = *solver;
  shared all = {.e = e, .in = in, .solver = &stoppable};
  pthread_t thread[THREADS_MAX];
  fhrl_status status = FHRL_OK;
  int ready = 0, started = 1;
  if (watch) all.watch = *watch;
  stoppable.stop = all.watch.stop;
  if (threads > THREADS_MAX) threads = THREADS_MAX;
  worker *w = calloc((size_t)threads, sizeof *w);
  if (w == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d threads", threads);
  for (int pass = 0; pass < PASSES; pass++) atomic_init(&all.next[pass], 0);
  atomic_init(&all.done, e->before);
  atomic_init(&all.broken, 0);
  for (; ready < threads; ready++) {
    w[ready].all = &all;
    w[ready].p = s->p;
    w[ready].first = ready == 0;
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
  if (status == FHRL_OK && stopped(&all))
    status = fhrl_fail(err, FHRL_INTERRUPT, "interrupted after %ld of %ld members", atomic_load(&all.done), e->members);
  gather(e, w, threads);
done:
  for (int i = 0; i < threads && i <= ready; i++) {
    fhrl_system_destroy(w[i].s);
    free(w[i].u);
  }
  free(w);
  return status;
}
