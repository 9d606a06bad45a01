// SPDX-License-Identifier: GPL-3.0-or-later
// system: the registry of models, and a model bound to its parameters and matrices
#include "ode/system.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ode/difference.h"

#define FHRL_MODEL(name) extern const fhrl_model fhrl_model_##name;
#include "../../models/models.def"
#undef FHRL_MODEL

static const fhrl_model *const registry[] = {
#define FHRL_MODEL(name) &fhrl_model_##name,
#include "../../models/models.def"
#undef FHRL_MODEL
};

// What stands behind a fhrl_system. A clone has its own u and work only.
typedef struct bound {
  fhrl_system s; // first: the handle that callers hold
  fhrl_model completed; // the descriptor of a model without jvp, with one by differences; else not used
  double *own;   // owned: parameters and matrices; NULL in a clone
  double *local; // owned: u = 0 and work
  const double *matrix[FHRL_MATRIX_MAX];
} bound;

const fhrl_model *fhrl_system_model(int index)
{
  return index >= 0 && index < FHRL_COUNT(registry) ? registry[index] : NULL;
}

const fhrl_model *fhrl_system_find(const char *name)
{
  for (int i = 0; i < FHRL_COUNT(registry); i++)
    if (strcmp(registry[i]->name, name) == 0) return registry[i];
  return NULL;
}

int fhrl_system_param(const fhrl_model *model, const char *name)
{
  for (int i = 0; i < model->n_param; i++)
    if (strcmp(model->param[i].name, name) == 0) return i;
  return -1;
}

int fhrl_system_matrix(const fhrl_model *model, const char *name)
{
  for (int i = 0; i < model->n_matrix; i++)
    if (strcmp(model->matrix[i].name, name) == 0) return i;
  return -1;
}

// What a model's dims() may not say, whatever the parameters.
static fhrl_status sensible(const fhrl_model *model, const fhrl_dims *dims, fhrl_err *err)
{
  for (int i = 0; i < model->n_state; i++)
    if (dims->state[i].rows < 0 || dims->state[i].cols < 0)
      return fhrl_fail(err, FHRL_ARG, "model %s: the state %s is %d x %d", model->name, model->state[i].name,
        dims->state[i].rows, dims->state[i].cols);
  for (int i = 0; i < model->n_matrix; i++)
    if (dims->matrix[i].rows < 0 || dims->matrix[i].cols < 0)
      return fhrl_fail(err, FHRL_ARG, "model %s: the matrix %s is %d x %d", model->name, model->matrix[i].name,
        dims->matrix[i].rows, dims->matrix[i].cols);
  for (int i = 0; i < model->n_event; i++)
    if (dims->event[i] < 0)
      return fhrl_fail(err, FHRL_ARG, "model %s: the event %s has %d functions", model->name, model->event[i].name,
        dims->event[i]);
  if (dims->n_u < 0 || dims->n_work < 0)
    return fhrl_fail(err, FHRL_ARG, "model %s: %d inputs and %d doubles of scratch", model->name, dims->n_u, dims->n_work);
  return FHRL_OK;
}

fhrl_status fhrl_system_dims(const fhrl_model *model, const double p[], fhrl_dims *dims, int *n, fhrl_err *err)
{
  const char *why = model->refuse ? model->refuse(p) : NULL;
  if (why) return fhrl_fail(err, FHRL_ARG, "model %s: %s", model->name, why);
  assert(model->n_state <= FHRL_BLOCK_MAX && model->n_matrix <= FHRL_MATRIX_MAX);
  memset(dims, 0, sizeof *dims);
  for (int i = 0; i < model->n_state; i++) dims->state[i] = (fhrl_shape){1, 1};
  assert(model->n_event <= FHRL_EVENT_MAX);
  for (int i = 0; i < model->n_event; i++) dims->event[i] = 1;
  if (model->dims) model->dims(p, dims);
  FHRL_TRY(sensible(model, dims, err));
  double total = 0.0; // a double: the product of two large dimensions may not fit an int
  for (int i = 0; i < model->n_state; i++) total += (double)dims->state[i].rows * dims->state[i].cols;
  if (total < 1.0 || total > INT_MAX)
    return fhrl_fail(err, FHRL_ARG, "model %s: %.0f states is not between 1 and %d", model->name, total, INT_MAX);
  *n = (int)total;
  return FHRL_OK;
}

// ---- binding

enum { LINE = 8 }; // doubles of a cache line, which every matrix begins with

static size_t entries(fhrl_shape shape) { return (size_t)shape.rows * (size_t)shape.cols; }

static size_t whole_lines(size_t count) { return (count + LINE - 1) / LINE * LINE; }

static fhrl_status no_memory(const fhrl_model *model, fhrl_err *err)
{
  return fhrl_fail(err, FHRL_NOMEM, "no memory for the model %s", model->name);
}

// Gives b a zero input and scratch of its own.
static fhrl_status make_local(bound *b, fhrl_err *err)
{
  const size_t n_u = (size_t)b->s.dims.n_u;
  const size_t spare = fhrl_difference_used(b->s.model) ? 2 * (size_t)b->s.n : 0;
  b->local = calloc(n_u + (size_t)b->s.dims.n_work + spare + 1, sizeof *b->local);
  if (b->local == NULL) return no_memory(b->s.model, err);
  b->s.u = b->local;
  b->s.work = b->local + n_u;
  return FHRL_OK;
}

// Copies p and m into one block of b's own.
static fhrl_status make_own(bound *b, const double p[], const double *const m[], fhrl_err *err)
{
  const fhrl_model *model = b->s.model;
  size_t size = whole_lines((size_t)model->n_param);
  for (int k = 0; k < model->n_matrix; k++) size += whole_lines(entries(b->s.dims.matrix[k]));
  double *at = b->own = aligned_alloc(LINE * sizeof *at, (size + LINE) * sizeof *at);
  if (at == NULL) return no_memory(model, err);
  b->s.p = at;
  for (int i = 0; i < model->n_param; i++) at[i] = p[i];
  at += whole_lines((size_t)model->n_param);
  for (int k = 0; k < model->n_matrix; k++) {
    const size_t count = entries(b->s.dims.matrix[k]);
    b->matrix[k] = at;
    if (count > 0) memcpy(at, m[k], count * sizeof *at);
    at += whole_lines(count);
  }
  return FHRL_OK;
}

fhrl_status fhrl_system_bind(const fhrl_model *model, const double p[], const double *const m[], fhrl_system **out,
  fhrl_err *err)
{
  fhrl_status status = FHRL_OK;
  bound *b = calloc(1, sizeof *b);
  if (b == NULL) return no_memory(model, err);
  b->s.model = model;
  b->s.m = b->matrix;
  b->s.cpu = fhrl_cpu_level();
  if (model->jvp == NULL) {
    b->completed = *model;
    b->completed.jvp = fhrl_difference_jvp;
    b->s.model = &b->completed;
  }
  FHRL_DO(status, fhrl_system_dims(model, p, &b->s.dims, &b->s.n, err));
  FHRL_DO(status, make_own(b, p, m, err));
  FHRL_DO(status, make_local(b, err));
  *out = &b->s;
  return FHRL_OK;
done:
  fhrl_system_destroy(&b->s);
  return status;
}

fhrl_status fhrl_system_clone(const fhrl_system *s, fhrl_system **out, fhrl_err *err)
{
  bound *b = calloc(1, sizeof *b);
  if (b == NULL) return no_memory(s->model, err);
  b->s = *s; // parameters and matrices stay those of s
  const fhrl_status status = make_local(b, err);
  if (status != FHRL_OK)
    fhrl_system_destroy(&b->s);
  else
    *out = &b->s;
  return status;
}

void fhrl_system_destroy(fhrl_system *s)
{
  if (s == NULL) return;
  bound *b = (bound *)s; // s is its first member
  free(b->own);
  free(b->local);
  free(b);
}

// ---- components

int fhrl_system_block(const fhrl_system *s, const char *name, fhrl_shape *shape)
{
  int first = 0;
  for (int i = 0; i < s->model->n_state; i++) {
    const fhrl_shape here = s->dims.state[i];
    if (strcmp(s->model->state[i].name, name) == 0) {
      *shape = here;
      return first;
    }
    first += here.rows * here.cols;
  }
  return -1;
}

// The state block that component i belongs to; *within: its place there.
static int block_of(const fhrl_system *s, int i, int *within)
{
  assert(i >= 0 && i < s->n);
  int block = 0;
  while (i >= s->dims.state[block].rows * s->dims.state[block].cols) {
    i -= s->dims.state[block].rows * s->dims.state[block].cols;
    block++;
  }
  *within = i;
  return block;
}

void fhrl_system_component(const fhrl_system *s, int i, char name[], size_t size)
{
  int k;
  const int block = block_of(s, i, &k);
  const fhrl_shape shape = s->dims.state[block];
  const char *word = s->model->state[block].name;
  if (shape.rows == 1 && shape.cols == 1)
    snprintf(name, size, "%s", word);
  else if (shape.cols == 1)
    snprintf(name, size, "%s[%d]", word, k);
  else
    snprintf(name, size, "%s[%d,%d]", word, k / shape.cols, k % shape.cols);
}

void fhrl_system_columns(const fhrl_system *s, int count, char text[][FHRL_SYSTEM_NAME], const char *names[],
  const char *units[])
{
  int within;
  for (int i = 0; i < count; i++) {
    fhrl_system_component(s, i, text[i], FHRL_SYSTEM_NAME);
    names[i] = text[i];
    if (units) units[i] = s->model->state[block_of(s, i, &within)].unit;
  }
}

void fhrl_system_components(const fhrl_system *s, char text[], size_t size)
{
  enum { WHOLE = 6, BEGIN = 2 };
  char name[64];
  size_t used = 0;
  if (size > 0) text[0] = '\0';
  for (int block = 0, first = 0; block < s->model->n_state; block++) {
    const int count = s->dims.state[block].rows * s->dims.state[block].cols;
    for (int k = 0; k < count && used < size; k++) {
      const int skip = count > WHOLE && k == BEGIN;
      if (skip) k = count - 1;
      fhrl_system_component(s, first + k, name, sizeof name);
      used += (size_t)snprintf(text + used, size - used, "%s %s", skip ? " ..." : "", name);
    }
    first += count;
  }
}

int fhrl_system_jacobian(const fhrl_system *s, double t, const double x[], double e[], double J[])
{
  const int n = s->n;
  double *column = e + n;
  memset(e, 0, (size_t)n * sizeof *e);
  for (int j = 0; j < n; j++) {
    e[j] = 1.0;
    const int failed = s->model->jvp(s, t, x, e, column);
    if (failed) return failed;
    e[j] = 0.0;
    for (int i = 0; i < n; i++) J[(size_t)i * n + j] = column[i];
  }
  return 0;
}
