// SPDX-License-Identifier: GPL-3.0-or-later
// settings: what a user wrote, in .ini files and after --set, each with its place
#include "base/settings.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INI_LIMIT = 1 << 20, SETTINGS_MAX = 4096 }; // bytes; settings of one file: each keeps the file's name

static char *trim(char *s)
{
  while (isspace((unsigned char)*s)) s++;
  char *end = s + strlen(s);
  while (end > s && isspace((unsigned char)end[-1])) end--;
  *end = '\0';
  return s;
}

static fhrl_status append(fhrl_settings *settings, const char *section, const char *key, const char *value,
  const char *place, int line, fhrl_err *err)
{
  fhrl_setting *item = realloc(settings->item, (size_t)(settings->count + 1) * sizeof *item);
  if (item == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d settings", settings->count + 1);
  settings->item = item;
  fhrl_setting s = {strdup(section), strdup(key), strdup(value), strdup(place), line};
  if (!s.section || !s.key || !s.value || !s.place) {
    free(s.section), free(s.key), free(s.value), free(s.place);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %d settings", settings->count + 1);
  }
  settings->item[settings->count++] = s;
  return FHRL_OK;
}

static int is_word(const char *s, const char *beside)
{
  if (*s == '\0') return 0;
  for (; *s; s++)
    if (!isalnum((unsigned char)*s) && !strchr(beside, *s)) return 0;
  return 1;
}

static int name_ok(const char *s) { return is_word(s, "_-"); }

// A key may be the full name of another one, as the axes of a sweep are: names joined by dots.
static int key_ok(const char *s)
{
  for (const char *dot = s; (dot = strchr(dot, '.')); dot++)
    if (dot == s || dot[1] == '.' || dot[1] == '\0') return 0;
  return is_word(s, "_-.");
}

static const fhrl_setting *written_in(const fhrl_settings *settings, int from, const char *section, const char *key)
{
  for (int i = from; i < settings->count; i++)
    if (strcmp(settings->item[i].section, section) == 0 && strcmp(settings->item[i].key, key) == 0)
      return &settings->item[i];
  return NULL;
}

// One line of an .ini: a section, a key, or nothing; section[] carries the current one.
static fhrl_status read_line(char *text, char section[64], const char *path, int line, int first,
  fhrl_settings *settings, fhrl_err *err)
{
  char *s = trim(text);
  if (*s == '\0' || *s == '#' || *s == ';') return FHRL_OK;
  if (*s == '[') {
    char *end = strchr(s, ']');
    if (end == NULL || *trim(end + 1) != '\0')
      return fhrl_fail(err, FHRL_ARG, "%s:%d: '%s' is no section; write [name] alone on its line", path, line, s);
    *end = '\0';
    char *name = trim(s + 1);
    if (!name_ok(name) || strlen(name) >= 64)
      return fhrl_fail(err, FHRL_ARG, "%s:%d: '%s' is no name of a section; allowed: letters, digits, _ and -", path,
        line, name);
    strcpy(section, name);
    return FHRL_OK;
  }
  char *equals = strchr(s, '=');
  if (equals == NULL)
    return fhrl_fail(err, FHRL_ARG, "%s:%d: '%.100s' is no setting; write key = value", path, line, s);
  *equals = '\0';
  char *key = trim(s), *value = trim(equals + 1);
  if (!key_ok(key))
    return fhrl_fail(err, FHRL_ARG, "%s:%d: '%.100s' is no key; allowed: letters, digits, _ and -", path, line, key);
  if (*section == '\0')
    return fhrl_fail(err, FHRL_ARG, "%s:%d: key '%s' stands before any [section]", path, line, key);
  for (const char *c = value; *c; c++)
    if ((unsigned char)*c < 0x20 && *c != '\t')
      return fhrl_fail(err, FHRL_ARG, "%s:%d: the value of %s holds a control character (byte %d)", path, line, key, *c);
  const fhrl_setting *before = written_in(settings, first, section, key);
  if (before)
    return fhrl_fail(err, FHRL_ARG, "%s:%d: key '%s' of [%s] is given twice, first in line %d", path, line, key,
      section, before->line);
  if (settings->count - first >= SETTINGS_MAX)
    return fhrl_fail(err, FHRL_LIMIT, "%s:%d: more than %d settings in one file", path, line, SETTINGS_MAX);
  return append(settings, section, key, value, path, line, err);
}

fhrl_status fhrl_settings_read(const char *path, fhrl_settings *settings, fhrl_err *err)
{
  char *data, section[64] = "";
  size_t size;
  FHRL_TRY(fhrl_file_read(path, INI_LIMIT, &data, &size, err));
  fhrl_status status = FHRL_OK;
  if (memchr(data, '\0', size)) status = fhrl_fail(err, FHRL_ARG, "%s: holds a NUL byte; is it an .ini?", path);
  const int first = settings->count;
  char *next = strncmp(data, "\xEF\xBB\xBF", 3) == 0 ? data + 3 : data; // a byte-order mark is no part of line 1
  for (int line = 1; status == FHRL_OK && next && *next; line++) {
    char *text = next;
    next = strchr(text, '\n');
    if (next) *next++ = '\0';
    status = read_line(text, section, path, line, first, settings, err);
  }
  free(data);
  return status;
}

fhrl_status fhrl_settings_assign(const char *assignment, fhrl_settings *settings, fhrl_err *err)
{
  const char *equals = strchr(assignment, '='), *dot = strchr(assignment, '.');
  if (equals == NULL || dot == NULL || dot > equals)
    return fhrl_fail(err, FHRL_ARG, "--set %s: write section.key=value", assignment);
  char *copy = strdup(assignment);
  if (copy == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for --set");
  copy[dot - assignment] = copy[equals - assignment] = '\0';
  char *section = trim(copy), *key = trim(copy + (dot - assignment) + 1);
  char *value = trim(copy + (equals - assignment) + 1);
  const fhrl_status status = name_ok(section) && key_ok(key)
    ? append(settings, section, key, value, "--set", 0, err)
    : fhrl_fail(err, FHRL_ARG, "--set %s: write section.key=value", assignment);
  free(copy);
  return status;
}

fhrl_status fhrl_settings_add(const fhrl_setting *item, fhrl_settings *settings, fhrl_err *err)
{
  return append(settings, item->section, item->key, item->value, item->place, item->line, err);
}

const char *fhrl_settings_written(const fhrl_settings *settings, const char *section, const char *key)
{
  const char *value = NULL;
  for (int i = 0; i < settings->count; i++)
    if (strcmp(settings->item[i].section, section) == 0 && strcmp(settings->item[i].key, key) == 0)
      value = settings->item[i].value;
  return value;
}

void fhrl_settings_place(const fhrl_settings *settings, const char *section, const char *key, char *place, size_t size)
{
  snprintf(place, size, "%s.%s", section, key);
  for (int i = 0; i < settings->count; i++) {
    const fhrl_setting *x = &settings->item[i];
    if (strcmp(x->section, section) != 0 || strcmp(x->key, key) != 0) continue;
    if (x->line > 0)
      snprintf(place, size, "%s:%d", x->place, x->line);
    else
      snprintf(place, size, "%s", x->place);
  }
}

void fhrl_settings_free(fhrl_settings *settings)
{
  for (int i = 0; i < settings->count; i++) {
    fhrl_setting *s = &settings->item[i];
    free(s->section), free(s->key), free(s->value), free(s->place);
  }
  free(settings->item);
  *settings = (fhrl_settings){NULL, 0};
}
