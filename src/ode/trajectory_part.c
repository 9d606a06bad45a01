// SPDX-License-Identifier: GPL-3.0-or-later
// trajectory_part: what a running simulation has behind it, on the disk: trajectory.part
#include "ode/trajectory_part.h"

#include <math.h>
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

static int all_finite(const double x[], size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (!isfinite(x[i])) return 0;
  return 1;
}

// Only what a run can have written: the checksum is proof against tearing, not against whoever writes such files.
static const char *impossible(const fhrl_trajectory *tr, size_t rows, const fhrl_integrator_past *past)
{
  const fhrl_counters *c = &past->counters;
  const long counts[] = {c->steps, c->rhs_evals, c->jvp_evals, c->error_test_failures, c->restarts, c->convergence_failures,
    c->corrector_iterations, c->linear_iterations, c->jacobians};
  if (!all_finite(tr->x + tr->count * (size_t)tr->n, rows * (size_t)tr->n)) return "a state that is not finite";
  if (!all_finite(tr->u + tr->count * (size_t)tr->n_u, rows * (size_t)tr->n_u)) return "an input that is not finite";
  if (!all_finite(tr->obs + tr->count * (size_t)tr->n_obs, rows * (size_t)tr->n_obs)) return "an observable that is not finite";
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    if (counts[i] < 0) return "a negative count";
  if (!(c->rhs_s >= 0.0) || !isfinite(c->rhs_s)) return "seconds that cannot be";
  if (past->stiff != 0 && past->stiff != 1) return "no known method";
  return memchr(past->why, '\0', sizeof past->why) ? NULL : "a text without an end";
}

// One whole block into tr and part; 0 if there is none. What a torn one leaves in tr lies beyond tr->count. *wrong: why a whole
// one cannot be.
static int get_block(fhrl_trajectory_part *part, fhrl_trajectory *tr, uint64_t left, const char **wrong)
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
  if ((*wrong = impossible(tr, (size_t)head[0], &past)) != NULL) return 0;
  tr->count += (size_t)head[0];
  part->rows = tr->count;
  part->events += (long)head[1];
  part->crossings += (long)head[2];
  part->past = past;
  return 1;
}

// The blocks that are whole; *end: where they end.
static fhrl_status get_blocks(fhrl_trajectory_part *part, fhrl_trajectory *tr, uint64_t size, uint64_t *end, fhrl_err *err)
{
  const char *wrong = NULL;
  while (get_block(part, tr, size - *end, &wrong)) *end = fhrl_part_at(&part->file);
  if (wrong == NULL) return FHRL_OK;
  return fhrl_fail(err, FHRL_FORMAT, "%s: the block at byte %ju holds %s; without this file the run begins anew", part->file.path,
    (uintmax_t)*end, wrong);
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
  FHRL_TRY(get_blocks(part, tr, size, &end, err));
  return fhrl_part_cut(&part->file, end, err);
}

// ---- writing

fhrl_status fhrl_trajectory_part_append(fhrl_trajectory_part *part, const fhrl_trajectory *tr,
  const fhrl_trajectory_kept *kept, fhrl_err *err)
{
  fhrl_part *f = &part->file;
  if (f->stream == NULL) return FHRL_OK;
  if (kept->events < part->events || kept->crossings < part->crossings) // they were in the file, but the run has none: a map
    return fhrl_fail(err, FHRL_FORMAT, "%s holds %ld events and %ld crossings, of which this run knows %ld and %ld; without this file it "
      "begins anew", f->path, part->events, part->crossings, kept->events, kept->crossings);
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
