// SPDX-License-Identifier: GPL-3.0-or-later
// contract_table: what a model's tables promise
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ode/contract.h"
#include "ode/system.h"

enum { STATES = 100000000 }; // a vector of so many is .8 GB, and no method has fewer than ten of them

static fhrl_status broken(const fhrl_model *m, const char *table, int i, const char *what, fhrl_err *err)
{
  return fhrl_fail(err, FHRL_FORMAT, "model %s: entry %d of the table %s %s", m->name, i, table, what);
}

static int proper(const char *name)
{
  if (name == NULL || !isalpha((unsigned char)name[0]) || strlen(name) >= 48) return 0; // 48: names of files' variables
  for (const char *c = name; *c; c++)
    if (!isalnum((unsigned char)*c) && *c != '_') return 0;
  return 1;
}

// An entry that a designated initialiser left out is all zeros: the count and the enumeration do not agree.
static fhrl_status named(const fhrl_model *m, const char *table, int i, const char *name, const char *meaning, fhrl_err *err)
{
  char what[160];
  if (name == NULL) return broken(m, table, i, "has no name: is an index left out, or the count too large?", err);
  if (!proper(name)) {
    snprintf(what, sizeof what, "is named '%.60s'; allowed: a letter, then letters, digits and _, at most 47", name);
    return broken(m, table, i, what, err);
  }
  snprintf(what, sizeof what, "(%s) has no meaning", name);
  return meaning && *meaning ? FHRL_OK : broken(m, table, i, what, err);
}

static fhrl_status counted(const fhrl_model *m, const char *table, const void *entries, int count, int most, fhrl_err *err)
{
  if (count < 0 || (count > 0 && entries == NULL) || count > most)
    return fhrl_fail(err, FHRL_FORMAT, "model %s: the table %s has %d entries%s; allowed: 0 to %d", m->name, table, count,
      count > 0 && entries == NULL ? " but is NULL" : "", most);
  return FHRL_OK;
}

static fhrl_status fields(const fhrl_model *m, const char *table, const fhrl_field f[], int count, fhrl_err *err)
{
  char what[160];
  FHRL_TRY(counted(m, table, f, count, 4096, err));
  for (int i = 0; i < count; i++) {
    FHRL_TRY(named(m, table, i, f[i].name, f[i].meaning, err));
    snprintf(what, sizeof what, "(%s) has no unit; write \"1\" for a pure number", f[i].name);
    if (f[i].unit == NULL) return broken(m, table, i, what, err);
    snprintf(what, sizeof what, "(%s) has the default %g", f[i].name, f[i].value);
    if (!isfinite(f[i].value)) return broken(m, table, i, what, err);
    snprintf(what, sizeof what, "has the name of an earlier one, %s", f[i].name);
    for (int j = 0; j < i; j++)
      if (strcmp(f[i].name, f[j].name) == 0) return broken(m, table, i, what, err);
  }
  return FHRL_OK;
}

// Defaults of parameters lie in their ranges, and are numbers.
static fhrl_status defaults(const fhrl_model *m, fhrl_err *err)
{
  char range[256], what[400];
  for (int i = 0; i < m->n_param; i++) {
    const fhrl_field *f = &m->param[i];
    int good = 0, len;
    snprintf(what, sizeof what, "(%s) is no number; a parameter is FHRL_REAL, FHRL_INT, FHRL_CHOICE or FHRL_FLAG", f->name);
    switch (f->kind) {
    case FHRL_REAL:
    case FHRL_INT: good = fhrl_field_admits(f, f->value); break;
    case FHRL_CHOICE:
      if (f->choices == NULL || *f->choices == '\0') return broken(m, "param", i, "is a choice without choices", err);
      good = f->value >= 0.0 && f->value < 4096.0 && f->value == floor(f->value) &&
             fhrl_field_word(f->choices, (int)f->value, &len) != NULL;
      break;
    case FHRL_FLAG: good = f->value == 0.0 || f->value == 1.0; break;
    default: return broken(m, "param", i, what, err);
    }
    if (good) continue;
    fhrl_field_range(f, range, sizeof range);
    snprintf(what, sizeof what, "(%s) has the default %g, which is not allowed; allowed: %s", f->name, f->value, range);
    return broken(m, "param", i, what, err);
  }
  return FHRL_OK;
}

// Keys of [model], and variables of one file: each name stands for one thing.
static fhrl_status distinct(const fhrl_model *m, fhrl_err *err)
{
  fhrl_field *keys;
  int n;
  fhrl_status status = FHRL_OK;
  for (int i = 0; i < m->n_state && status == FHRL_OK; i++) {
    const char *name = m->state[i].name;
    if (strcmp(name, "time") == 0 || strcmp(name, "u") == 0)
      return broken(m, "state", i, "is named as time or the input are in files", err);
    for (int j = 0; j < m->n_obs; j++)
      if (strcmp(name, m->obs[j].name) == 0) return broken(m, "obs", j, "has the name of a state", err);
  }
  for (int i = 0; i < m->n_param; i++)
    if (strcmp(m->param[i].name, "source_sha256") == 0)
      return broken(m, "param", i, "(source_sha256) is named as the key that says which source a run was of", err);
  FHRL_TRY(fhrl_system_fields(m, &keys, &n, err));
  for (int i = 0; i < n && status == FHRL_OK; i++)
    for (int j = 0; j < i && status == FHRL_OK; j++)
      if (strcmp(keys[i].name, keys[j].name) == 0)
        status = fhrl_fail(err, FHRL_FORMAT, "model %s: the key model.%s would be there twice: name, seed and matrices, "
                                             "matrices' names and their NAME_scale are taken", m->name, keys[i].name);
  free(keys);
  return status;
}

static fhrl_status callbacks(const fhrl_model *m, fhrl_err *err)
{
  if (m->rhs == NULL && m->step == NULL)
    return fhrl_fail(err, FHRL_FORMAT, "model %s has neither rhs (a flow) nor step (a map)", m->name);
  const struct {
    const char *table, *callback;
    int has_table, has_callback;
  } pair[] = {
    {"obs", "observe", m->n_obs > 0, m->observe != NULL},
    {"term", "split", m->n_term > 0, m->split != NULL},
    {"event", "events", m->n_event > 0, m->events != NULL},
  };
  for (int i = 0; i < FHRL_COUNT(pair); i++)
    if (pair[i].has_table != pair[i].has_callback)
      return fhrl_fail(err, FHRL_FORMAT, "model %s has %s %s but no %s %s", m->name, pair[i].has_table ? "the table" : "the function",
        pair[i].has_table ? pair[i].table : pair[i].callback, pair[i].has_table ? "function" : "table",
        pair[i].has_table ? pair[i].callback : pair[i].table);
  return FHRL_OK;
}

static fhrl_status checks(const fhrl_model *m, fhrl_err *err)
{
  FHRL_TRY(counted(m, "check", m->check, m->n_check, 4096, err));
  for (int i = 0; i < m->n_check; i++) {
    const fhrl_check *c = &m->check[i];
    if (c->kind != FHRL_CHECK_EQUILIBRIUM && c->kind != FHRL_CHECK_DIVERGENCE)
      return broken(m, "check", i, "is of no kind that there is", err);
    if (c->why == NULL || *c->why == '\0') return broken(m, "check", i, "says no reason (.why)", err);
    if (!(c->tol > 0.0 && c->tol < HUGE_VAL)) return broken(m, "check", i, "has no positive tolerance (.tol)", err);
    for (int k = 0; k < FHRL_CHECK_MAX; k++)
      if (!isfinite(c->x[k])) return broken(m, "check", i, "has a point that is not finite", err);
  }
  return FHRL_OK;
}

// dims() at the defaults.
static fhrl_status shapes(const fhrl_model *m, fhrl_err *err)
{
  fhrl_dims dims;
  int n;
  double *p = malloc(((size_t)m->n_param + 1) * sizeof *p);
  if (p == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the parameters of %s", m->name);
  for (int i = 0; i < m->n_param; i++) p[i] = m->param[i].value;
  fhrl_status status = fhrl_system_dims(m, p, &dims, &n, err);
  if (status == FHRL_OK && n > STATES)
    status = fhrl_fail(err, FHRL_LIMIT, "model %s: %d states, more than %d", m->name, n, STATES);
  free(p);
  if (status != FHRL_OK && err) {
    fhrl_status_context(err, "at the defaults");
    err->code = FHRL_FORMAT; // the file's fault, not the user's
  }
  return status == FHRL_OK ? FHRL_OK : FHRL_FORMAT;
}

fhrl_status fhrl_contract_table_check(const fhrl_model *m, fhrl_err *err)
{
  if (!proper(m->name))
    return fhrl_fail(err, FHRL_FORMAT, "the model's .name is '%.60s'; allowed: a letter, then letters, digits and _",
      m->name ? m->name : "(NULL)");
  const char *const text[] = {m->summary, m->reference, m->time_unit};
  static const char *const member[] = {"summary", "reference", "time_unit"};
  for (int i = 0; i < 3; i++)
    if (text[i] == NULL || *text[i] == '\0')
      return fhrl_fail(err, FHRL_FORMAT, "model %s has no .%s", m->name, member[i]);
  FHRL_TRY(counted(m, "state", m->state, m->n_state, FHRL_BLOCK_MAX, err));
  if (m->n_state == 0) return fhrl_fail(err, FHRL_FORMAT, "model %s has no state table", m->name);
  FHRL_TRY(fields(m, "state", m->state, m->n_state, err));
  FHRL_TRY(fields(m, "param", m->param, m->n_param, err));
  FHRL_TRY(fields(m, "obs", m->obs, m->n_obs, err));
  FHRL_TRY(counted(m, "matrix", m->matrix, m->n_matrix, FHRL_MATRIX_MAX, err));
  for (int i = 0; i < m->n_matrix; i++) {
    FHRL_TRY(named(m, "matrix", i, m->matrix[i].name, m->matrix[i].meaning, err));
    if (!(m->matrix[i].scale >= 0.0 && m->matrix[i].scale <= 1e6))
      return broken(m, "matrix", i, "has no scale between 0 and 1e6", err);
  }
  FHRL_TRY(counted(m, "term", m->term, m->n_term, 64, err));
  for (int i = 0; i < m->n_term; i++) {
    FHRL_TRY(named(m, "term", i, m->term[i].name, m->term[i].meaning, err));
    for (int j = 0; j < i; j++)
      if (strcmp(m->term[i].name, m->term[j].name) == 0) return broken(m, "term", i, "has the name of an earlier one", err);
  }
  FHRL_TRY(counted(m, "event", m->event, m->n_event, FHRL_EVENT_MAX, err));
  for (int i = 0; i < m->n_event; i++) {
    FHRL_TRY(named(m, "event", i, m->event[i].name, m->event[i].meaning, err));
    if (m->event[i].direction < -1 || m->event[i].direction > 1)
      return broken(m, "event", i, "has a direction other than -1, 0, 1", err);
  }
  FHRL_TRY(callbacks(m, err));
  FHRL_TRY(checks(m, err));
  FHRL_TRY(defaults(m, err));
  FHRL_TRY(distinct(m, err));
  return shapes(m, err);
}
