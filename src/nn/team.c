// SPDX-License-Identifier: GPL-3.0-or-later
// team: a fixed number of threads that share out numbered tasks
#include "nn/team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct member {
  fhrl_team *team;
  int number;
  pthread_t thread;
} member;

struct fhrl_team {
  int size, started;
  pthread_mutex_t lock;
  pthread_cond_t begin, end;
  unsigned round; // of run; a change lets the threads go
  int stop, busy;
  fhrl_team_task *task; // of this round
  void *context;
  int tasks;
  atomic_int next;
  member *members; // owned; [0] is the caller
};

static void work(fhrl_team *team, int number)
{
  int task;
  while ((task = atomic_fetch_add(&team->next, 1)) < team->tasks) team->task(team->context, task, number);
}

static void *life(void *argument)
{
  const member *self = argument;
  fhrl_team *team = self->team;
  unsigned seen = 0;
  pthread_mutex_lock(&team->lock);
  for (;;) {
    while (team->round == seen && !team->stop) pthread_cond_wait(&team->begin, &team->lock);
    if (team->stop) break;
    seen = team->round;
    pthread_mutex_unlock(&team->lock);
    work(team, self->number);
    pthread_mutex_lock(&team->lock);
    if (--team->busy == 0) pthread_cond_signal(&team->end);
  }
  pthread_mutex_unlock(&team->lock);
  return NULL;
}

fhrl_status fhrl_team_create(int threads, fhrl_team **out, fhrl_err *err)
{
  if (threads < 1 || threads > 1024)
    return fhrl_fail(err, FHRL_ARG, "%d threads are not in 1 .. 1024", threads);
  fhrl_team *team = calloc(1, sizeof *team);
  member *members = calloc((size_t)threads, sizeof *members);
  if (team == NULL || members == NULL) {
    free(team);
    free(members);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %d threads", threads);
  }
  team->size = threads;
  team->members = members;
  pthread_mutex_init(&team->lock, NULL);
  pthread_cond_init(&team->begin, NULL);
  pthread_cond_init(&team->end, NULL);
  atomic_init(&team->next, 0);
  for (int i = 1; i < threads; i++, team->started++) {
    members[i] = (member){.team = team, .number = i};
    const int failed = pthread_create(&members[i].thread, NULL, life, &members[i]);
    if (failed) {
      fhrl_team_destroy(team);
      return fhrl_fail(
        err, FHRL_LIMIT, "cannot start thread %d of %d: %s", i + 1, threads, strerror(failed));
    }
  }
  *out = team;
  return FHRL_OK;
}

void fhrl_team_destroy(fhrl_team *team)
{
  if (team == NULL) return;
  pthread_mutex_lock(&team->lock);
  team->stop = 1;
  pthread_cond_broadcast(&team->begin);
  pthread_mutex_unlock(&team->lock);
  for (int i = 1; i <= team->started; i++) pthread_join(team->members[i].thread, NULL);
  pthread_cond_destroy(&team->end);
  pthread_cond_destroy(&team->begin);
  pthread_mutex_destroy(&team->lock);
  free(team->members);
  free(team);
}

int fhrl_team_size(const fhrl_team *team) { return team->size; }

void fhrl_team_run(fhrl_team *team, int tasks, fhrl_team_task *task, void *context)
{
  pthread_mutex_lock(&team->lock);
  team->task = task;
  team->context = context;
  team->tasks = tasks;
  atomic_store(&team->next, 0);
  team->busy = team->started;
  team->round++;
  pthread_cond_broadcast(&team->begin);
  pthread_mutex_unlock(&team->lock);
  work(team, 0);
  pthread_mutex_lock(&team->lock);
  while (team->busy > 0) pthread_cond_wait(&team->end, &team->lock);
  pthread_mutex_unlock(&team->lock);
}

int fhrl_team_processors(void)
{
  const long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > 1024 ? 1024 : (int)n;
}
