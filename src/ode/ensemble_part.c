// SPDX-License-Identifier: GPL-3.0-or-later
// ensemble_part: what a running ensemble has behind it, on the disk: ensemble.part
#include "ode/ensemble_part.h"

#include <stdlib.h>
#include <string.h>

#include "ode/trajectory_part.h"

static const char magic[8] = {'f', 'h', 'r', 'l', 'm', 'e', 'm', 'b'};
enum { HEAD = 24 }; // bytes before the first record
enum { MEMBER, WAY, STIFF, STEPS, EVALS, CODE, LENGTH, NUMBERS };

uint64_t fhrl_ensemble_part_identity(const fhrl_ensemble *e, const fhrl_system *s, const fhrl_input *in,
  const fhrl_solver *solver, const char *build)
{
  const uint64_t sizes[] = {(uint64_t)e->members, (uint64_t)e->n, (uint64_t)e->n_param, (uint64_t)s->cpu};
  const size_t members = (size_t)e->members;
  uint64_t sum = fhrl_trajectory_part_identity(s, in, solver, e->x0, build);
  sum = fhrl_part_mix(sum, sizes, sizeof sizes);
  sum = fhrl_part_mix(sum, e->x0, members * (size_t)e->n * sizeof *e->x0);
  return e->p ? fhrl_part_mix(sum, e->p, members * (size_t)e->n_param * sizeof *e->p) : sum;
}

// One whole record into e; 0 if there is none.
static int take_record(fhrl_part *f, fhrl_ensemble *e, double x[])
{
  uint64_t number[NUMBERS];
  fhrl_ensemble_done done = {0};
  fhrl_part_begin(f);
  if (!fhrl_part_get(f, number, sizeof number) || number[MEMBER] >= (uint64_t)e->members ||
      number[WAY] > FHRL_MEMBER_FAILED || number[LENGTH] >= FHRL_ERR_SIZE)
    return 0;
  if (!fhrl_part_get(f, x, (size_t)e->n * sizeof *x) || !fhrl_part_get(f, done.err.msg, (size_t)number[LENGTH]) ||
      !fhrl_part_get_end(f) || e->member[number[MEMBER]] != FHRL_MEMBER_OPEN)
    return 0;
  done.member = (long)number[MEMBER];
  done.way = (fhrl_member)number[WAY];
  done.stiff = number[STIFF] != 0;
  done.steps = (long)number[STEPS];
  done.rhs_evals = (long)number[EVALS];
  done.err.code = (fhrl_status)number[CODE];
  fhrl_ensemble_take(e, &done, x);
  return 1;
}

fhrl_status fhrl_ensemble_part_open(fhrl_ensemble_part *part, const char *path, uint64_t identity, fhrl_ensemble *e, fhrl_err *err)
{
  const uint64_t n = (uint64_t)e->n;
  uint64_t size, end = HEAD;
  char head[HEAD];
  *part = (fhrl_ensemble_part){.n = e->n};
  memcpy(head, magic, sizeof magic);
  memcpy(head + 8, &identity, 8);
  memcpy(head + 16, &n, 8);
  pthread_mutex_init(&part->lock, NULL); // cannot fail without attributes
  FHRL_TRY(fhrl_part_open(&part->file, path, head, HEAD, &size, err));
  if (size == 0) return FHRL_OK;
  double *x = malloc((size_t)e->n * sizeof *x);
  if (x == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory to read %s", path);
  while (take_record(&part->file, e, x)) end = fhrl_part_at(&part->file);
  free(x);
  return fhrl_part_cut(&part->file, end, err);
}

fhrl_status fhrl_ensemble_part_keep(void *context, const fhrl_ensemble_done *done, const double x[], fhrl_err *err)
{
  fhrl_ensemble_part *part = context;
  fhrl_part *f = &part->file;
  if (f->stream == NULL) return FHRL_OK;
  const size_t length = done->way == FHRL_MEMBER_FAILED ? strlen(done->err.msg) : 0;
  const uint64_t number[NUMBERS] = {(uint64_t)done->member, (uint64_t)done->way, (uint64_t)done->stiff, (uint64_t)done->steps,
    (uint64_t)done->rhs_evals, (uint64_t)done->err.code, (uint64_t)length};
  pthread_mutex_lock(&part->lock);
  fhrl_part_begin(f);
  const int good = fhrl_part_put(f, number, sizeof number) && fhrl_part_put(f, x, (size_t)part->n * sizeof *x) &&
                   fhrl_part_put(f, done->err.msg, length) && fhrl_part_put_end(f);
  const fhrl_status status = fhrl_part_keep_some(f, good, err);
  pthread_mutex_unlock(&part->lock);
  return status;
}

static void release(fhrl_ensemble_part *part)
{
  if (part->n > 0) pthread_mutex_destroy(&part->lock);
  part->n = 0;
}

void fhrl_ensemble_part_close(fhrl_ensemble_part *part)
{
  fhrl_part_close(&part->file);
  release(part);
}

void fhrl_ensemble_part_remove(fhrl_ensemble_part *part)
{
  fhrl_part_remove(&part->file);
  release(part);
}
