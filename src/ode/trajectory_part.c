// SPDX-License-Identifier: GPL-3.0-or-later
// trajectory_part: what a running simulation has behind it, on the disk: trajectory.part
#include "ode/trajectory_part.h"

#include <stdlib.h>
#include <string.h>

static const char magic[8] = {'f', 'h', 'r', 'l', 'p', 'a', 'r', 't'};
enum { HEAD = 24 }; // bytes before the first block

uint64_t fhrl_trajectory_part_identity(const fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver, const double x0[],
  const char *build)
{
  const fhrl_model *m = s->model;
  uint64_t sum = fhrl_part_mix(fhrl_part_seed(), build, strlen(build));
  sum = fhrl_part_mix(sum, m->name, strlen(m->name));
  sum = fhrl_part_mix(sum, s->p, (size_t)m->n_param * sizeof *s->p);
  for (int k = 0; k < m->n_matrix; k++)
    sum = fhrl_part_mix(sum, s->m[k], (size_t)s->dims.matrix[k].rows * (size_t)s->dims.matrix[k].cols * sizeof(double));
  const double numbers[] = {solver->method, solver->rtol, solver->atol, solver->t_end, solver->output_every,
    (double)solver->max_steps, solver->step, (double)solver->checkpoint_every, in->kind, in->n_u, in->frequency, in->slope,
    in->amplitude, in->hold, (double)in->seed};
  sum = fhrl_part_mix(sum, numbers, sizeof numbers);
  const size_t values = in->kind == FHRL_INPUT_AUTO || in->kind == FHRL_INPUT_NONE ? 0
                        : in->kind == FHRL_INPUT_RECORDED                         ? (size_t)in->tokens
                        : in->modes > 0                                           ? 3 * (size_t)in->modes
                                                                                  : 1;
  if (in->n_u > 0) sum = fhrl_part_mix(sum, in->value, values * (size_t)in->n_u * sizeof *in->value);
  for (int k = 0; k < solver->crossings; k++) sum = fhrl_part_mix(sum, solver->crossing[k].text, strlen(solver->crossing[k].text));
  return fhrl_part_mix(sum, x0, (size_t)s->n * sizeof *x0);
}

// ---- rows

static size_t row_of(const fhrl_trajectory *tr) { return 1 + (size_t)tr->n + (size_t)tr->n_u + (size_t)tr->n_obs; }

static int get_row(fhrl_part *f, const fhrl_trajectory *tr, size_t k)
{
  const size_t d = sizeof(double), n = (size_t)tr->n, n_u = (size_t)tr->n_u, n_obs = (size_t)tr->n_obs;
  double t;
  return fhrl_part_get(f, &t, d) && t == tr->t[k] && fhrl_part_get(f, tr->x + k * n, n * d) &&
         fhrl_part_get(f, tr->u + k * n_u, n_u * d) && fhrl_part_get(f, tr->obs + k * n_obs, n_obs * d);
}

static int put_row(fhrl_part *f, const fhrl_trajectory *tr, size_t k)
{
  const size_t d = sizeof(double), n = (size_t)tr->n, n_u = (size_t)tr->n_u, n_obs = (size_t)tr->n_obs;
  return fhrl_part_put(f, tr->t + k, d) && fhrl_part_put(f, tr->x + k * n, n * d) && fhrl_part_put(f, tr->u + k * n_u, n_u * d) &&
         fhrl_part_put(f, tr->obs + k * n_obs, n_obs * d);
}

// ---- reading

// Room for `more` behind the `used` elements of an array, of which no more than `left` bytes of the file can tell.
static int make_room(void **array, size_t used, uint64_t more, size_t size, uint64_t left)
{
  if (more > left / size) return 0;
  if (more == 0) return 1;
  void *grown = realloc(*array, (used + (size_t)more) * size);
  if (grown) *array = grown;
  return grown != NULL;
}

// Events and crossings, behind those of earlier blocks.
static int get_events(fhrl_trajectory_part *part, uint64_t events, uint64_t crossings, size_t n, uint64_t left)
{
  void *happened = part->happened, *at = part->at;
  const size_t row = n * sizeof(double), used = (size_t)part->events, crossed = (size_t)part->crossings;
  int good = make_room(&happened, used, events, sizeof *part->happened, left);
  part->happened = happened;
  good = good && make_room(&at, crossed, crossings, row, left);
  part->at = at;
  return good && (events == 0 || fhrl_part_get(&part->file, part->happened + used, (size_t)events * sizeof *part->happened)) &&
         (crossings == 0 || fhrl_part_get(&part->file, part->at + crossed * n, (size_t)crossings * row));
}

// One whole block into tr and part; 0 if there is none. What a torn one leaves in tr lies beyond tr->count.
static int get_block(fhrl_trajectory_part *part, fhrl_trajectory *tr, uint64_t left)
{
  fhrl_part *f = &part->file;
  uint64_t head[3];
  fhrl_integrator_past past;
  fhrl_part_begin(f);
  if (!fhrl_part_get(f, head, sizeof head) || head[0] == 0 || head[0] > tr->points - tr->count) return 0;
  for (size_t k = 0; k < head[0]; k++)
    if (!get_row(f, tr, tr->count + k)) return 0;
  if (!get_events(part, head[1], head[2], (size_t)tr->n, left)) return 0;
  if (!fhrl_part_get(f, &past, sizeof past) || !fhrl_part_get_end(f)) return 0;
  tr->count += (size_t)head[0];
  part->rows = tr->count;
  part->events += (long)head[1];
  part->crossings += (long)head[2];
  part->past = past;
  return 1;
}

fhrl_status fhrl_trajectory_part_open(fhrl_trajectory_part *part, const char *path, uint64_t identity, fhrl_trajectory *tr, fhrl_err *err)
{
  const uint64_t row = row_of(tr);
  uint64_t size, end = HEAD;
  char head[HEAD];
  memset(part, 0, sizeof *part);
  memcpy(head, magic, sizeof magic);
  memcpy(head + 8, &identity, 8);
  memcpy(head + 16, &row, 8);
  FHRL_TRY(fhrl_part_open(&part->file, path, head, HEAD, &size, err));
  if (size == 0) return FHRL_OK;
  while (get_block(part, tr, size - end)) end = fhrl_part_at(&part->file);
  return fhrl_part_cut(&part->file, end, err);
}

// ---- writing

fhrl_status fhrl_trajectory_part_append(fhrl_trajectory_part *part, const fhrl_trajectory *tr,
  const fhrl_trajectory_kept *kept, fhrl_err *err)
{
  fhrl_part *f = &part->file;
  if (f->stream == NULL) return FHRL_OK;
  const size_t row = (size_t)tr->n * sizeof(double);
  const uint64_t head[3] = {
    tr->count - part->rows, (uint64_t)(kept->events - part->events), (uint64_t)(kept->crossings - part->crossings)};
  fhrl_part_begin(f);
  int good = fhrl_part_put(f, head, sizeof head);
  for (size_t k = part->rows; good && k < tr->count; k++) good = put_row(f, tr, k);
  if (head[1] > 0) good = good && fhrl_part_put(f, kept->happened + part->events, (size_t)head[1] * sizeof *kept->happened);
  if (head[2] > 0) good = good && fhrl_part_put(f, kept->at + (size_t)part->crossings * (size_t)tr->n, (size_t)head[2] * row);
  good = good && fhrl_part_put(f, kept->past, sizeof *kept->past) && fhrl_part_put_end(f);
  FHRL_TRY(fhrl_part_keep(f, good, err));
  part->rows = tr->count;
  part->events = kept->events;
  part->crossings = kept->crossings;
  part->past = *kept->past;
  return FHRL_OK;
}

// ---- the end

static void release(fhrl_trajectory_part *part)
{
  free(part->happened);
  free(part->at);
  memset(part, 0, sizeof *part);
}

void fhrl_trajectory_part_close(fhrl_trajectory_part *part)
{
  fhrl_part_close(&part->file);
  release(part);
}

void fhrl_trajectory_part_remove(fhrl_trajectory_part *part)
{
  fhrl_part_remove(&part->file);
  release(part);
}
