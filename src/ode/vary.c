// SPDX-License-Identifier: GPL-3.0-or-later
// vary: parameter points of one model: axes of a grid, and ranges that every member draws from
#include "ode/vary.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"

enum { WORD = 64 };

// What an error message needs: where the text stands, and whose it is.
typedef struct reader {
  const fhrl_system *s;
  const char *place;
  fhrl_err *err;
} reader;

static fhrl_status wrong_value(const reader *r, const fhrl_field *f, const char *text)
{
  char range[256];
  fhrl_field_range(f, range, sizeof range);
  return fhrl_fail(r->err, FHRL_ARG, "%s: ensemble.vary: %s = '%.64s' is not allowed; allowed: %s", r->place, f->name, text,
    range);
}

static fhrl_status wrong_name(const reader *r, const char *name)
{
  char list[500] = "";
  const fhrl_model *m = r->s->model;
  if (fhrl_system_matrix(m, name) >= 0)
    return fhrl_fail(r->err, FHRL_ARG, "%s: ensemble.vary: %s is a matrix, which all members share; allowed: scalar parameters",
      r->place, name);
  for (int i = 0; i < m->n_param; i++) {
    const size_t used = strlen(list);
    snprintf(list + used, sizeof list - used, " %s", m->param[i].name);
  }
  return fhrl_fail(r->err, FHRL_ARG, "%s: ensemble.vary: %s has no parameter '%s'; allowed:%s", r->place, m->name, name, list);
}

// ---- axes

static int word_value(const fhrl_field *f, const char *text, double *value)
{
  switch (f->kind) {
  case FHRL_CHOICE: *value = fhrl_field_choice(f->choices, text); return *value >= 0.0;
  case FHRL_FLAG: *value = strcmp(text, "true") == 0; return *value == 1.0 || strcmp(text, "false") == 0;
  case FHRL_REAL:
  case FHRL_INT: return fhrl_text_number(text, value) && fhrl_field_admits(f, *value);
  default: return 0;
  }
}

static int same_shapes(const fhrl_system *s, const fhrl_dims *dims)
{
  const fhrl_dims *own = &s->dims;
  return own->n_u == dims->n_u && own->n_work == dims->n_work && memcmp(own->state, dims->state, sizeof own->state) == 0 &&
         memcmp(own->matrix, dims->matrix, sizeof own->matrix) == 0 && memcmp(own->event, dims->event, sizeof own->event) == 0;
}

// Appends a value that the field admits and the shapes do not depend on.
static fhrl_status append(const reader *r, fhrl_vary_axis *a, double value)
{
  const fhrl_system *s = r->s;
  const fhrl_field *f = &s->model->param[a->param];
  fhrl_dims dims;
  int n;
  if (!(f->kind == FHRL_CHOICE || f->kind == FHRL_FLAG || fhrl_field_admits(f, value))) {
    char text[32];
    snprintf(text, sizeof text, "%.17g", value);
    return wrong_value(r, f, text);
  }
  if (a->count >= FHRL_VARY_VALUES)
    return fhrl_fail(r->err, FHRL_LIMIT, "%s: ensemble.vary: %s has more than %d values", r->place, f->name, FHRL_VARY_VALUES);
  double *p = malloc((size_t)s->model->n_param * sizeof *p);
  if (p == NULL) return fhrl_fail(r->err, FHRL_NOMEM, "no memory for parameters");
  memcpy(p, s->p, (size_t)s->model->n_param * sizeof *p);
  p[a->param] = value;
  const fhrl_status status = fhrl_system_dims(s->model, p, &dims, &n, NULL); // alone it may be refused: with others it counts
  free(p);
  if (status == FHRL_OK && !same_shapes(s, &dims))
    return n != s->n
             ? fhrl_fail(r->err, FHRL_ARG, "%s: ensemble.vary: %s = %.10g changes the shapes of %s (%d states, not %d), which "
                 "all members share; allowed: parameters that leave them", r->place, f->name, value, s->model->name, n, s->n)
             : fhrl_fail(r->err, FHRL_ARG, "%s: ensemble.vary: %s = %.10g gives %s other matrices, inputs or events than the "
                 "rest, which all members share; allowed: parameters that leave them", r->place, f->name, value, s->model->name);
  if ((a->count & (a->count - 1)) == 0) { // room doubles at every power of 2
    double *grown = realloc(a->value, (size_t)(a->count ? 2 * a->count : 1) * sizeof *grown);
    if (grown == NULL) return fhrl_fail(r->err, FHRL_NOMEM, "no memory for %ld values", a->count);
    a->value = grown;
  }
  a->value[a->count++] = value;
  return FHRL_OK;
}

// start:step:stop
static fhrl_status parse_steps(const reader *r, fhrl_vary_axis *a, const char *text)
{
  const fhrl_field *f = &r->s->model->param[a->param];
  fhrl_text_steps s;
  if (!fhrl_text_steps_read(text, &s))
    return fhrl_fail(r->err, FHRL_ARG, "%s: ensemble.vary: %s = '%s' is no range; write start:step:stop", r->place, f->name, text);
  if (f->kind != FHRL_REAL && f->kind != FHRL_INT) return wrong_value(r, f, text);
  if (!(s.count >= 0.0))
    return fhrl_fail(r->err, FHRL_ARG, "%s: ensemble.vary: %s = '%s' never gets from %g to %g; allowed: a step towards stop",
      r->place, f->name, text, s.start, s.stop);
  if (s.count >= FHRL_VARY_VALUES)
    return fhrl_fail(r->err, FHRL_LIMIT, "%s: ensemble.vary: %s = '%s' has more than %d values", r->place, f->name, text,
      FHRL_VARY_VALUES);
  for (long k = 0; k <= (long)s.count; k++) FHRL_TRY(append(r, a, s.start + (double)k * s.step));
  return FHRL_OK;
}

static fhrl_status parse_list(const reader *r, fhrl_vary_axis *a, const char *begin, const char *end)
{
  const fhrl_field *f = &r->s->model->param[a->param];
  for (const char *at = begin;;) {
    const char *comma = memchr(at, ',', (size_t)(end - at)), *stop = comma ? comma : end;
    char item[WORD];
    double value;
    if (!fhrl_text_cut(at, stop, item, WORD)) return wrong_value(r, f, "(too long)");
    if (strchr(item, ':'))
      FHRL_TRY(parse_steps(r, a, item));
    else if (!word_value(f, item, &value))
      return wrong_value(r, f, item);
    else
      FHRL_TRY(append(r, a, value));
    if (comma == NULL) return FHRL_OK;
    at = comma + 1;
  }
}

// After `uniform` or `log`: LOW HIGH.
static fhrl_status parse_draw(const reader *r, fhrl_vary_axis *a, const char *begin, const char *end)
{
  const fhrl_field *f = &r->s->model->param[a->param];
  char text[WORD], low[WORD], high[WORD];
  const char *gap = NULL;
  const char *const word = a->kind == FHRL_VARY_LOG ? "log" : "uniform";
  if (fhrl_text_cut(begin, end, text, WORD)) gap = strpbrk(text, " \t");
  if (f->kind != FHRL_REAL)
    return fhrl_fail(r->err, FHRL_ARG, "%s: ensemble.vary: %s is no real number to draw; allowed: a list of values", r->place, f->name);
  if (gap == NULL || !fhrl_text_cut(text, gap, low, WORD) || !fhrl_text_cut(gap, text + strlen(text), high, WORD) || !fhrl_text_number(low, &a->low) ||
      !fhrl_text_number(high, &a->high) || !(a->low < a->high) || (a->kind == FHRL_VARY_LOG && !(a->low > 0.0)))
    return fhrl_fail(r->err, FHRL_ARG, "%s: ensemble.vary: %s = %s '%s' is no range; write %s LOW HIGH, LOW below HIGH%s", r->place,
      f->name, word, gap ? text : "", word, a->kind == FHRL_VARY_LOG ? " and positive" : "");
  const double middle = 0.5 * a->low + 0.5 * a->high;
  if (!fhrl_field_admits(f, a->low) && !fhrl_field_admits(f, nextafter(a->low, middle))) return wrong_value(r, f, low);
  if (!fhrl_field_admits(f, nextafter(a->high, middle))) return wrong_value(r, f, high);
  a->count = 1;
  return FHRL_OK;
}

static int begins(const char *at, const char *end, const char *word)
{
  const size_t len = strlen(word);
  return (size_t)(end - at) > len && memcmp(at, word, len) == 0 && isspace((unsigned char)at[len]);
}

static fhrl_status parse_axis(const reader *r, fhrl_vary *v, const char *begin, const char *end)
{
  char name[WORD];
  const char *equals = memchr(begin, '=', (size_t)(end - begin));
  if (equals == NULL || !fhrl_text_cut(begin, equals, name, WORD))
    return fhrl_fail(r->err, FHRL_ARG, "%s: ensemble.vary: '%.*s' is no axis; write NAME = values, axes joined by ;", r->place,
      (int)(end - begin < 60 ? end - begin : 60), begin);
  const int param = fhrl_system_param(r->s->model, name);
  if (param < 0) return wrong_name(r, name);
  for (int i = 0; i < v->axes; i++)
    if (v->axis[i].param == param)
      return fhrl_fail(r->err, FHRL_ARG, "%s: ensemble.vary: %s is given twice; allowed: one axis of it", r->place, name);
  if (v->axes == FHRL_VARY_AXES)
    return fhrl_fail(r->err, FHRL_LIMIT, "%s: ensemble.vary: more than %d axes", r->place, FHRL_VARY_AXES);
  fhrl_vary_axis *a = &v->axis[v->axes++];
  *a = (fhrl_vary_axis){.param = param};
  const char *at = equals + 1;
  while (at < end && isspace((unsigned char)*at)) at++;
  if (begins(at, end, "uniform"))
    a->kind = FHRL_VARY_UNIFORM;
  else if (begins(at, end, "log"))
    a->kind = FHRL_VARY_LOG;
  else
    return parse_list(r, a, at, end);
  v->random++;
  return parse_draw(r, a, at + (a->kind == FHRL_VARY_LOG ? 3 : 7), end);
}

fhrl_status fhrl_vary_parse(fhrl_vary *v, const fhrl_system *s, const char *text, const char *place, fhrl_err *err)
{
  const reader r = {s, place, err};
  fhrl_status status = FHRL_OK;
  memset(v, 0, sizeof *v);
  v->points = 1;
  if (text[strspn(text, " \t")] == '\0') return FHRL_OK;
  for (const char *at = text;;) {
    const char *stop = at + strcspn(at, ";");
    FHRL_DO(status, parse_axis(&r, v, at, stop));
    const double points = (double)v->points * (double)v->axis[v->axes - 1].count;
    if (points > 1e8) FHRL_DO(status, fhrl_fail(err, FHRL_LIMIT, "%s: ensemble.vary: %.3g points are more than 1e8", place, points));
    v->points = (long)points;
    if (*stop == '\0') return FHRL_OK;
    at = stop + 1;
  }
done:
  fhrl_vary_free(v);
  return status;
}

void fhrl_vary_free(fhrl_vary *v)
{
  for (int i = 0; i < v->axes; i++) free(v->axis[i].value);
  memset(v, 0, sizeof *v);
}

fhrl_status fhrl_vary_at(const fhrl_vary *v, const fhrl_system *s, uint32_t seed, long point, long k, double p[],
  fhrl_err *err)
{
  fhrl_dims dims;
  int n;
  memcpy(p, s->p, (size_t)s->model->n_param * sizeof *p);
  for (int i = v->axes - 1; i >= 0; i--) {
    const fhrl_vary_axis *a = &v->axis[i];
    if (a->kind == FHRL_VARY_GRID) {
      p[a->param] = a->value[point % a->count];
      point /= a->count;
      continue;
    }
    // starts draw in layer 0 of this stream
    const fhrl_random at = {.seed = seed, .stream = FHRL_STREAM_START, .layer = 1 + (uint32_t)i, .sequence = (uint32_t)k};
    double u;
    fhrl_random_uniform(at, 0, 1, &u);
    p[a->param] = a->kind == FHRL_VARY_LOG ? a->low * pow(a->high / a->low, u) : a->low + (a->high - a->low) * u;
    if (!fhrl_field_admits(&s->model->param[a->param], p[a->param])) p[a->param] = nextafter(a->low, a->high); // an open end
  }
  FHRL_TRY(fhrl_system_dims(s->model, p, &dims, &n, err));
  if (same_shapes(s, &dims)) return FHRL_OK;
  return fhrl_fail(err, FHRL_ARG, "ensemble.vary: together these parameters change the shapes of %s, which all members share",
    s->model->name);
}
