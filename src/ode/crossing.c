// SPDX-License-Identifier: GPL-3.0-or-later
// crossing: sections that a user asks for, such as "z = 27 up": where a state or an observable passes a level
#include "ode/crossing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char blank[] = " \t";

// text[0 .. *len) without blanks on either side.
static const char *strip(const char *text, size_t *len)
{
  while (*len > 0 && strchr(blank, text[0])) text++, --*len;
  while (*len > 0 && strchr(blank, text[*len - 1])) --*len;
  return text;
}

static int find(const fhrl_system *s, const char *name, fhrl_crossing *out)
{
  char component[64];
  for (int i = 0; i < s->n; i++) {
    fhrl_system_component(s, i, component, sizeof component);
    if (strcmp(component, name) != 0) continue;
    out->index = i;
    return 1;
  }
  for (int i = 0; i < s->model->n_obs; i++)
    if (strcmp(s->model->obs[i].name, name) == 0) {
      out->observable = 1;
      out->index = i;
      return 1;
    }
  return 0;
}

// The names a section may have, for a message.
static void allowed(const fhrl_system *s, char *text, size_t size)
{
  fhrl_system_components(s, text, size);
  size_t used = strlen(text);
  for (int i = 0; i < s->model->n_obs && used < size; i++)
    used += (size_t)snprintf(text + used, size - used, " %s", s->model->obs[i].name);
}

// One section, text[0 .. len) without blanks around it.
static fhrl_status read_one(const fhrl_system *s, const char *text, size_t len, fhrl_crossing *out, fhrl_err *err)
{
  memset(out, 0, sizeof *out);
  if (len >= sizeof out->text) return fhrl_fail(err, FHRL_ARG, "a section of %zu characters is too long", len);
  memcpy(out->text, text, len);
  char *end, name[FHRL_CROSSING_TEXT], names[512];
  const char *equals = strchr(out->text, '=');
  if (equals == NULL) return fhrl_fail(err, FHRL_ARG, "section '%s' is not NAME = LEVEL [up|down|both]", out->text);
  size_t size = (size_t)(equals - out->text);
  const char *begin = strip(out->text, &size);
  memcpy(name, begin, size);
  name[size] = '\0';
  if (!find(s, name, out)) {
    allowed(s, names, sizeof names);
    return fhrl_fail(err, FHRL_ARG, "section '%s': %s has no state or observable '%s'; allowed:%s", out->text, s->model->name,
      name, names);
  }
  out->level = strtod(equals + 1, &end);
  if (end == equals + 1 || !isfinite(out->level))
    return fhrl_fail(err, FHRL_ARG, "section '%s' has no level: a number has to follow the =", out->text);
  end += strspn(end, blank);
  if (strcmp(end, "up") == 0)
    out->direction = 1;
  else if (strcmp(end, "down") == 0)
    out->direction = -1;
  else if (*end && strcmp(end, "both") != 0)
    return fhrl_fail(err, FHRL_ARG, "section '%s': its direction is '%s'; allowed: up, down, both", out->text, end);
  return FHRL_OK;
}

fhrl_status fhrl_crossing_read(const fhrl_system *s, const char *text, fhrl_crossing out[FHRL_CROSSING_MAX], int *count,
  fhrl_err *err)
{
  int used = 0;
  for (const char *next = text; *next;) {
    const size_t all = strcspn(next, ";");
    size_t len = all;
    const char *one = strip(next, &len);
    next += all + (next[all] == ';');
    if (len == 0) continue;
    if (used == FHRL_CROSSING_MAX) return fhrl_fail(err, FHRL_ARG, "more than %d sections", FHRL_CROSSING_MAX);
    FHRL_TRY(read_one(s, one, len, &out[used], err));
    used++;
  }
  if (used > 0 && s->model->rhs == NULL)
    return fhrl_fail(err, FHRL_ARG, "section '%s': %s is a map, which jumps across", out[0].text, s->model->name);
  *count = used;
  return FHRL_OK;
}
