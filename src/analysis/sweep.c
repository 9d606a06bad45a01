// SPDX-License-Identifier: GPL-3.0-or-later
// sweep: computes the points of a plan, each in a process and a folder of its own; several sweeps may share the work
#include "analysis/sweep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lock.h"
#include "base/worker.h"
#include "io/json.h"

static const double pause_s = 0.2; // between two looks at what others do

// A point under way.
typedef struct errand {
  const fhrl_sweep_job *job;
  long k;
  int threads;
  double begun;
  char folder[FHRL_PATH_SIZE], lock[FHRL_PATH_SIZE];
} errand;

typedef struct crew {
  const fhrl_sweep_job *job;
  fhrl_sweep *s;
  fhrl_worker *worker; // owned; (together)
  errand *errand;      // owned; (together)
  int busy;
  long *open;          // owned; points that are not settled, in the order they are taken
  long count, next, kept; // of open; the pass through it: next to try, and how many others were computing
  double passed;       // when the pass began
  long long *stamp;    // owned; of failed points to be computed again, the record's time; NULL: none
  long lost;           // points that somebody else interrupted
  fhrl_err why;        // of the first of them
  int stopped;         // 1 after the workers were told
} crew;

// ---- records

fhrl_status fhrl_sweep_folder(const fhrl_sweep_job *job, long k, char path[FHRL_PATH_SIZE], fhrl_err *err)
{
  char name[FHRL_SWEEP_PLAN_NAME], below[FHRL_SWEEP_PLAN_NAME + 8];
  fhrl_sweep_plan_name(job->plan, k, name);
  snprintf(below, sizeof below, "points/%s", name);
  return fhrl_file_join(job->folder, below, path, err);
}

static void fingerprint(const fhrl_sweep_job *job, long k, char hex[FHRL_DIGEST_SIZE])
{
  fhrl_digest d;
  fhrl_digest_begin(&d);
  fhrl_digest_text(&d, job->shared);
  for (int i = 0; i < job->plan->axes; i++) {
    const fhrl_sweep_plan_axis *a = &job->plan->axis[i];
    fhrl_digest_text(&d, a->key);
    fhrl_digest_text(&d, a->value[fhrl_sweep_plan_at(job->plan, i, k)]);
  }
  fhrl_digest_end(&d, hex);
}

static fhrl_status record_path(const fhrl_sweep_job *job, long k, char path[FHRL_PATH_SIZE], fhrl_err *err)
{
  char folder[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_sweep_folder(job, k, folder, err));
  return fhrl_file_join(folder, "point.json", path, err);
}

// What the record says, if it is of this configuration. *stamp: when it was written; reason: may be NULL.
static fhrl_sweep_state read_record(const fhrl_sweep_job *job, long k, char reason[FHRL_ERR_SIZE], long long *stamp)
{
  char path[FHRL_PATH_SIZE], print[FHRL_DIGEST_SIZE];
  struct stat st;
  fhrl_json *record = NULL;
  fhrl_sweep_state state = FHRL_SWEEP_MISSING;
  if (reason) reason[0] = '\0';
  if (record_path(job, k, path, NULL) != FHRL_OK || stat(path, &st) != 0 || fhrl_json_load(path, &record, NULL) != FHRL_OK) return state;
  const char *was = fhrl_json_string(fhrl_json_get(record, "fingerprint")), *word = fhrl_json_string(fhrl_json_get(record, "state"));
  const char *why = fhrl_json_string(fhrl_json_get(record, "reason"));
  fingerprint(job, k, print);
  if (was && word && strcmp(was, print) == 0)
    state = strcmp(word, "done") == 0 ? FHRL_SWEEP_DONE : strcmp(word, "failed") == 0 ? FHRL_SWEEP_FAILED : FHRL_SWEEP_MISSING;
  if (reason && why) snprintf(reason, FHRL_ERR_SIZE, "%s", why);
  if (stamp) *stamp = (long long)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
  fhrl_json_free(record);
  return state;
}

static fhrl_status write_record(const errand *e, const fhrl_err *ended, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE], print[FHRL_DIGEST_SIZE];
  fhrl_json *record = fhrl_json_object();
  fingerprint(e->job, e->k, print);
  fhrl_json_text(record, "schema", "fhrl.sweep.point/1");
  fhrl_json_text(record, "fingerprint", print);
  fhrl_json_text(record, "state", ended->code == FHRL_OK ? "done" : "failed");
  fhrl_json_text(record, "reason", ended->code == FHRL_OK ? NULL : ended->msg);
  fhrl_json_int(record, "exit_status", fhrl_status_exit(ended->code));
  fhrl_json_real(record, "wall_s", fhrl_clock_wall() - e->begun, NULL);
  fhrl_status status = record_path(e->job, e->k, path, err);
  if (status == FHRL_OK) status = fhrl_json_save(record, path, err);
  fhrl_json_free(record);
  return status;
}

void fhrl_sweep_reason(const fhrl_sweep_job *job, long k, char reason[FHRL_ERR_SIZE])
{
  read_record(job, k, reason, NULL);
}

static void settle(fhrl_sweep *s, long k, fhrl_sweep_state state)
{
  s->done += (state == FHRL_SWEEP_DONE) - (s->state[k] == FHRL_SWEEP_DONE);
  s->failed += (state == FHRL_SWEEP_FAILED) - (s->state[k] == FHRL_SWEEP_FAILED);
  s->state[k] = (unsigned char)state;
}

fhrl_status fhrl_sweep_look(const fhrl_sweep_job *job, fhrl_sweep *s, fhrl_err *err)
{
  memset(s, 0, sizeof *s);
  s->state = calloc((size_t)job->plan->points, sizeof *s->state);
  if (s->state == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %ld points", job->plan->points);
  for (long k = 0; k < job->plan->points; k++) settle(s, k, read_record(job, k, NULL, NULL));
  s->found = s->done + (job->retry ? 0 : s->failed);
  const long left = job->plan->points - s->found, own = (left + job->rank.size - 1) / job->rank.size;
  fhrl_sweep_plan_spread(own, job->threads, job->inside, &s->together, &s->each);
  return FHRL_OK;
}

void fhrl_sweep_free(fhrl_sweep *s)
{
  free(s->state);
  memset(s, 0, sizeof *s);
}

// ---- one point

static fhrl_status work(void *context, fhrl_err *err)
{
  const errand *e = context;
  FHRL_TRY(fhrl_lock_share(e->lock, err));
  return e->job->compute(e->job->context, e->k, e->folder, e->threads, err);
}

typedef enum outcome { STARTED, SETTLED, ELSEWHERE } outcome;

// Settled by somebody else since we looked? A failed one that is to be computed again is not, while it is the old record.
static int is_settled(const crew *c, long k)
{
  long long stamp = 0;
  const fhrl_sweep_state state = read_record(c->job, k, NULL, &stamp);
  if (state == FHRL_SWEEP_MISSING || (state == FHRL_SWEEP_FAILED && c->stamp && c->stamp[k] == stamp)) return 0;
  settle(c->s, k, state);
  return 1;
}

static fhrl_status start(crew *c, long k, outcome *out, fhrl_err *err)
{
  errand *e = &c->errand[c->busy];
  char said[FHRL_PATH_SIZE];
  int taken;
  *out = SETTLED;
  if (is_settled(c, k)) return FHRL_OK;
  *e = (errand){.job = c->job, .k = k, .threads = c->s->each, .begun = fhrl_clock_wall()};
  FHRL_TRY(fhrl_sweep_folder(c->job, k, e->folder, err));
  FHRL_TRY(fhrl_file_folder(e->folder, err));
  FHRL_TRY(fhrl_file_join(e->folder, "point.lock", e->lock, err));
  FHRL_TRY(fhrl_file_join(e->folder, "said.txt", said, err));
  FHRL_TRY(fhrl_lock_try(e->lock, &taken, NULL, err));
  *out = ELSEWHERE;
  if (!taken) return FHRL_OK;
  *out = is_settled(c, k) ? SETTLED : STARTED; // between the look and the lock
  fhrl_status status = FHRL_OK;
  if (*out == STARTED) status = fhrl_worker_start(&c->worker[c->busy], work, e, said, err);
  if (*out == SETTLED || status != FHRL_OK) {
    fhrl_lock_release(e->lock);
    return status;
  }
  c->busy++;
  return FHRL_OK;
}

// Takes what worker i has left.
static fhrl_status reap(crew *c, int i, fhrl_err *err)
{
  fhrl_err ended = {FHRL_OK, ""};
  fhrl_status status = FHRL_OK;
  const errand *e = &c->errand[i];
  fhrl_worker_end(&c->worker[i], &ended);
  if (ended.code != FHRL_INTERRUPT) {
    status = write_record(e, &ended, err);
    if (status == FHRL_OK) settle(c->s, e->k, ended.code == FHRL_OK ? FHRL_SWEEP_DONE : FHRL_SWEEP_FAILED);
  } else if (!c->stopped && c->lost++ == 0)
    c->why = ended;
  fhrl_lock_release(e->lock);
  c->busy--;
  c->worker[i] = c->worker[c->busy];
  c->errand[i] = c->errand[c->busy];
  return status;
}

// ---- all of them

static void tell(const crew *c, const char *note)
{
  char name[FHRL_SWEEP_PLAN_NAME] = "";
  if (c->job->progress == NULL) return;
  if (note == NULL && c->busy > 0) fhrl_sweep_plan_name(c->job->plan, c->errand[c->busy - 1].k, name);
  c->job->progress(c->job->context, c->s->done + c->s->failed, c->s->found, c->s->failed, note ? note : name);
}

// Points that are not settled, those of a rank's own share first, lest all begin with the same.
static fhrl_status gather(crew *c, fhrl_err *err)
{
  const fhrl_sweep_job *job = c->job;
  const long points = job->plan->points, first = (long)((double)points * job->rank.rank / job->rank.size);
  c->worker = calloc((size_t)c->s->together, sizeof *c->worker);
  c->errand = calloc((size_t)c->s->together, sizeof *c->errand);
  c->open = calloc((size_t)points, sizeof *c->open);
  if (job->retry) c->stamp = calloc((size_t)points, sizeof *c->stamp);
  if (!c->worker || !c->errand || !c->open || (job->retry && !c->stamp))
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %ld points", points);
  for (long i = 0; i < points; i++) {
    const long k = (first + i) % points;
    if (c->s->state[k] == FHRL_SWEEP_DONE || (c->s->state[k] == FHRL_SWEEP_FAILED && !job->retry)) continue;
    if (c->s->state[k] == FHRL_SWEEP_FAILED) {
      read_record(job, k, NULL, &c->stamp[k]);
      settle(c->s, k, FHRL_SWEEP_MISSING);
    }
    c->open[c->count++] = k;
  }
  return FHRL_OK;
}

// Starts points while there is room; after a pass through the open ones, those that others are computing are looked at again.
static fhrl_status fill(crew *c, fhrl_err *err)
{
  const double now = fhrl_clock_wall();
  if (c->next == c->count && c->kept > 0 && now - c->passed >= pause_s) {
    c->count = c->kept;
    c->next = c->kept = 0;
    c->passed = now;
  }
  while (c->busy < c->s->together && c->next < c->count) {
    const long k = c->open[c->next];
    outcome what;
    const fhrl_status status = start(c, k, &what, err);
    if (status != FHRL_OK && c->busy > 0 && what == STARTED) return FHRL_OK; // no room for another process now
    if (status != FHRL_OK) return status;
    c->next++;
    if (what == ELSEWHERE) c->open[c->kept++] = k;
    tell(c, NULL);
  }
  return FHRL_OK;
}

static void stop_all(crew *c)
{
  for (int i = 0; i < c->busy && !c->stopped; i++) fhrl_worker_stop(&c->worker[i]);
  c->stopped = 1;
}

static fhrl_status go(crew *c, fhrl_err *err)
{
  const volatile sig_atomic_t *stop = c->job->stop;
  fhrl_status status = FHRL_OK;
  tell(c, "");
  for (;;) {
    if (stop && *stop) stop_all(c);
    if (status == FHRL_OK && !c->stopped) status = fill(c, err);
    if (status != FHRL_OK) stop_all(c); // what cannot be recorded need not be computed
    const int idle = c->stopped || (c->next == c->count && c->kept == 0);
    if (c->busy == 0 && idle) return status;
    if (c->busy == 0 && c->kept > 0) tell(c, "waiting for others");
    const int i = fhrl_worker_wait(c->worker, c->busy, pause_s);
    if (i < 0) continue;
    const fhrl_status reaped = reap(c, i, status == FHRL_OK ? err : NULL);
    if (status == FHRL_OK) status = reaped;
    tell(c, NULL);
  }
}

fhrl_status fhrl_sweep_run(const fhrl_sweep_job *job, fhrl_sweep *s, fhrl_err *err)
{
  crew c = {.job = job, .s = s};
  const long points = job->plan->points;
  fhrl_status status = gather(&c, err);
  if (status == FHRL_OK) status = go(&c, err);
  if (status == FHRL_OK && c.stopped)
    status = fhrl_fail(err, FHRL_INTERRUPT, "interrupted: %ld of %ld points are settled", s->done + s->failed, points);
  if (status == FHRL_OK && c.lost > 0)
    status = fhrl_fail(err, FHRL_INTERRUPT, "%ld points were interrupted, the first because %s", c.lost, c.why.msg);
  free(c.worker);
  free(c.errand);
  free(c.open);
  free(c.stamp);
  return status;
}
