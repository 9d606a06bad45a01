// SPDX-License-Identifier: GPL-3.0-or-later
// sweep_plan: the points of a sweep: axes over keys of a command's configuration, and a name for each point
#include "analysis/sweep_plan.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { PIECE = 40, PLACE = FHRL_PATH_SIZE + 16, DIGEST_SHOWN = 12 };

// What is needed to read an axis and to say what is wrong with it.
typedef struct reader {
  fhrl_config *config;
  fhrl_sweep_plan_axis *axis;
  char section[FHRL_SWEEP_PLAN_KEY], place[PLACE];
  const char *key;
  long limit; // of values
  fhrl_err *err;
} reader;

void fhrl_sweep_plan_init(fhrl_sweep_plan *p)
{
  memset(p, 0, sizeof *p);
  p->points = 1;
}

void fhrl_sweep_plan_free(fhrl_sweep_plan *p)
{
  for (int i = 0; i < p->axes; i++) {
    fhrl_sweep_plan_axis *a = &p->axis[i];
    for (long j = 0; j < a->count; j++) {
      free(a->value[j]);
      free(a->piece[j]);
    }
    free(a->value);
    free(a->piece);
    free(a->place);
    free(a->text);
  }
  fhrl_sweep_plan_init(p);
}

// ---- values

// What a name says of a value: of a path its last part, and only characters that every shell and file system takes.
static void name_piece(const fhrl_field *f, const char *text, char out[PIECE])
{
  const char *slash = f->kind == FHRL_PATH ? strrchr(text, '/') : NULL;
  snprintf(out, PIECE, "%s", slash && slash[1] ? slash + 1 : text);
  for (char *c = out; *c; c++)
    if (!isalnum((unsigned char)*c) && !strchr("._+-", *c)) *c = '_';
}

static int is_number(const fhrl_field *f) { return f->kind == FHRL_REAL || f->kind == FHRL_INT; }

static fhrl_status out_of_memory(const reader *r)
{
  return fhrl_fail(r->err, FHRL_NOMEM, "no memory for %ld values of %s", r->axis->count, r->axis->key);
}

// Room doubles at every power of 2.
static int grow(char ***list, long count)
{
  if (count & (count - 1)) return 1;
  char **grown = realloc(*list, (size_t)(count ? 2 * count : 1) * sizeof *grown);
  if (grown) *list = grown;
  return grown != NULL;
}

// Appends a value if the configuration takes it.
static fhrl_status append(const reader *r, const char *text)
{
  fhrl_sweep_plan_axis *a = r->axis;
  char number[32], piece[PIECE + 24];
  FHRL_TRY(fhrl_config_set(r->config, r->section, r->key, text, r->place, r->err));
  const char *value = fhrl_config_text(r->config, a->key);
  if (is_number(a->field)) {
    fhrl_text_shortest(fhrl_config_real(r->config, a->key), number, sizeof number);
    value = number;
  }
  if (a->count >= r->limit)
    return fhrl_fail(r->err, FHRL_ARG, "%s: %s has more than %ld values; allowed: %d points in all", r->place, a->key, r->limit,
      FHRL_SWEEP_PLAN_POINTS);
  name_piece(a->field, value, piece);
  for (long i = 0, same = 0; i < a->count; i++) {
    if (strcmp(a->value[i], value) == 0)
      return fhrl_fail(r->err, FHRL_ARG, "%s: %s has the value '%.200s' twice; allowed: each once", r->place, a->key, value);
    if (strcmp(a->piece[i], piece) != 0) continue;
    name_piece(a->field, value, piece); // another value, but the same name: numbered
    snprintf(piece + strlen(piece), 24, "+%ld", a->count + same++);
    i = -1;
  }
  if (!grow(&a->value, a->count) || !grow(&a->piece, a->count)) return out_of_memory(r);
  char *copy = strdup(value), *name = strdup(piece);
  if (!copy || !name) {
    free(copy);
    free(name);
    return out_of_memory(r);
  }
  a->value[a->count] = copy;
  a->piece[a->count++] = name;
  return FHRL_OK;
}

// start:step:stop
static fhrl_status append_range(const reader *r, const char *text)
{
  const char *name = r->axis->key;
  fhrl_text_steps s;
  if (!fhrl_text_steps_read(text, &s))
    return fhrl_fail(r->err, FHRL_ARG, "%s: %s = '%.200s' is no range; allowed: start:step:stop, three numbers", r->place, name, text);
  if (!(s.count >= 0.0))
    return fhrl_fail(r->err, FHRL_ARG, "%s: %s = '%.200s' never gets from %g to %g; allowed: a step towards the end", r->place, name,
      text, s.start, s.stop);
  if (!(s.count < (double)r->limit))
    return fhrl_fail(r->err, FHRL_ARG, "%s: %s = '%.200s' has %.6g values; allowed: %d points in all", r->place, name, text, s.count + 1.0,
      FHRL_SWEEP_PLAN_POINTS);
  for (long k = 0; k <= (long)s.count; k++) {
    char value[400];
    const double x = s.start + (double)k * s.step;
    if (s.decimals > FHRL_TEXT_DECIMALS) snprintf(value, sizeof value, "%.17g", x);
    else snprintf(value, sizeof value, "%.*f", s.decimals, x);
    FHRL_TRY(append(r, value));
  }
  return FHRL_OK;
}

static fhrl_status append_all(const reader *r, const char *text)
{
  const char *joint = strchr(text, ';') ? ";" : ",";
  char *item = malloc(strlen(text) + 1);
  fhrl_status status = item ? FHRL_OK : out_of_memory(r);
  for (const char *at = text; status == FHRL_OK && at;) {
    const char *end = at + strcspn(at, joint);
    if (!fhrl_text_cut(at, end, item, strlen(text) + 1) || *item == '\0')
      status = fhrl_fail(r->err, FHRL_ARG, "%s: %s = '%.200s' lacks a value; allowed: a, b, c or start:step:stop", r->place,
        r->axis->key, text);
    else if (is_number(r->axis->field) && strchr(item, ':'))
      status = append_range(r, item);
    else
      status = append(r, item);
    at = *end ? end + 1 : NULL;
  }
  free(item);
  return status;
}

// ---- axes

static void look_up(void *context, const char *section, const fhrl_field *field, const char *text, double value)
{
  reader *r = context;
  if (strcmp(section, r->section) == 0 && strcmp(field->name, r->key) == 0) r->axis->field = field;
}

// Short names where they tell axes apart.
static void label_axes(fhrl_sweep_plan *p)
{
  for (int i = 0; i < p->axes; i++) {
    fhrl_sweep_plan_axis *a = &p->axis[i];
    const char *last = strchr(a->key, '.') + 1;
    int shared = 0;
    for (int j = 0; j < p->axes; j++) shared |= j != i && strcmp(strchr(p->axis[j].key, '.') + 1, last) == 0;
    snprintf(a->label, sizeof a->label, "%s", shared ? a->key : last);
  }
}

// Of paths, that mean another file in another folder, the values; else what was written.
static fhrl_status keep_text(fhrl_sweep_plan_axis *a, const char *written, fhrl_err *err)
{
  size_t size = strlen(written) + 1;
  for (long i = 0; i < a->count; i++) size += strlen(a->value[i]) + 2;
  a->text = malloc(size);
  if (a->text == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the values of %s", a->key);
  strcpy(a->text, a->field->kind == FHRL_PATH ? "" : written);
  char *end = a->text;
  for (long i = 0; i < a->count && a->field->kind == FHRL_PATH; i++)
    end += sprintf(end, "%s%s", i == 0 ? "" : strchr(written, ';') ? "; " : ", ", a->value[i]);
  return FHRL_OK;
}

fhrl_status fhrl_sweep_plan_add(fhrl_sweep_plan *p, fhrl_config *config, const fhrl_setting *written, fhrl_err *err)
{
  reader r = {.config = config, .limit = FHRL_SWEEP_PLAN_POINTS, .err = err};
  const char *dot = strchr(written->key, '.');
  if (written->line > 0) snprintf(r.place, sizeof r.place, "%s:%d", written->place, written->line);
  else snprintf(r.place, sizeof r.place, "%s", written->place);
  if (dot == NULL || strlen(written->key) >= FHRL_SWEEP_PLAN_KEY)
    return fhrl_fail(err, FHRL_ARG, "%s: '%.100s' is no axis; allowed: full names such as model.gamma", r.place, written->key);
  for (int i = 0; i < p->axes; i++)
    if (strcmp(p->axis[i].key, written->key) == 0)
      return fhrl_fail(err, FHRL_ARG, "%s: there is another axis over %s; allowed: one", r.place, written->key);
  if (p->axes == FHRL_SWEEP_PLAN_AXES)
    return fhrl_fail(err, FHRL_ARG, "%s: %s is one axis too many; allowed: %d", r.place, written->key, FHRL_SWEEP_PLAN_AXES);
  fhrl_sweep_plan_axis *a = r.axis = &p->axis[p->axes++];
  *a = (fhrl_sweep_plan_axis){.line = written->line, .place = strdup(written->place)};
  if (a->place == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for an axis");
  snprintf(a->key, sizeof a->key, "%s", written->key);
  snprintf(r.section, sizeof r.section, "%.*s", (int)(dot - written->key), written->key);
  r.key = dot + 1;
  label_axes(p);
  fhrl_config_each(config, look_up, &r);
  if (a->field == NULL) return fhrl_config_set(config, r.section, r.key, written->value, r.place, err); // says what there is
  FHRL_TRY(append_all(&r, written->value));
  FHRL_TRY(keep_text(a, written->value, err));
  const double points = (double)p->points * (double)a->count;
  if (points > FHRL_SWEEP_PLAN_POINTS)
    return fhrl_fail(err, FHRL_ARG, "%s: with %s there are %.6g points; allowed: %d", r.place, a->key, points, FHRL_SWEEP_PLAN_POINTS);
  p->points *= a->count;
  return FHRL_OK;
}

fhrl_status fhrl_sweep_plan_seeds(fhrl_sweep_plan *p, fhrl_config *config, const char *key, int count, const char *place,
  fhrl_err *err)
{
  char name[FHRL_SWEEP_PLAN_KEY], text[80], where[PLACE];
  const double first = fhrl_config_real(config, key);
  snprintf(name, sizeof name, "%s", key);
  snprintf(where, sizeof where, "%s", place);
  snprintf(text, sizeof text, "%.0f:1:%.0f", first, first + count - 1.0);
  fhrl_setting seeds = {.section = where, .key = name, .value = text, .place = where};
  return fhrl_sweep_plan_add(p, config, &seeds, err);
}

// ---- points

long fhrl_sweep_plan_at(const fhrl_sweep_plan *p, int axis, long k)
{
  for (int i = p->axes - 1; i > axis; i--) k /= p->axis[i].count;
  return k % p->axis[axis].count;
}

void fhrl_sweep_plan_name(const fhrl_sweep_plan *p, long k, char name[FHRL_SWEEP_PLAN_NAME])
{
  char whole[FHRL_SWEEP_PLAN_AXES * (FHRL_SWEEP_PLAN_KEY + PIECE + 26)] = "point", hex[FHRL_DIGEST_SIZE];
  size_t used = 0;
  for (int i = 0; i < p->axes; i++) {
    const fhrl_sweep_plan_axis *a = &p->axis[i];
    used += (size_t)snprintf(whole + used, sizeof whole - used, "%s%s=%s", i ? "," : "", a->label, a->piece[fhrl_sweep_plan_at(p, i, k)]);
  }
  if (snprintf(name, FHRL_SWEEP_PLAN_NAME, "%s", whole) < FHRL_SWEEP_PLAN_NAME) return;
  fhrl_digest d;
  fhrl_digest_begin(&d);
  fhrl_digest_text(&d, whole);
  fhrl_digest_end(&d, hex);
  snprintf(name + FHRL_SWEEP_PLAN_NAME - DIGEST_SHOWN - 2, DIGEST_SHOWN + 2, "-%.*s", DIGEST_SHOWN, hex);
}

void fhrl_sweep_plan_spread(long left, int threads, int inside, int *together, int *each)
{
  const int most = left < threads ? (int)left : threads;
  int best = most > 0 ? most : 1;
  // rounds of `at` points, each of them faster by the threads it has, if those were perfectly used; the most points together
  // that take at most a quarter longer than no idle processor would
  for (int at = best; inside && at >= 1; at--) {
    const double rounds = ceil((double)left / at), time = rounds / (threads / at);
    if (time > 1.25 * (double)left / threads) continue;
    best = at;
    break;
  }
  *together = best;
  *each = threads / best;
}
