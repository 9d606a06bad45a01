// SPDX-License-Identifier: GPL-3.0-or-later
// config: settings from .ini files and --set, checked against tables of fields
#include "base/config.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct fhrl_value {
  double number;
  char *text; // owned: as it would be written in an .ini
  int set;    // 1 if a setting gave it
} fhrl_value;

static int total(const fhrl_config *c)
{
  int n = 0;
  for (int s = 0; s < c->sections; s++) n += c->section[s].count;
  return n;
}

// Position of section.key in the values, -1 if the schema does not have it.
static int find(const fhrl_config *c, const char *section, size_t section_len, const char *key)
{
  for (int s = 0, base = 0; s < c->sections; base += c->section[s].count, s++) {
    const fhrl_section *x = &c->section[s];
    if (strlen(x->name) != section_len || memcmp(x->name, section, section_len) != 0) continue;
    for (int i = 0; i < x->count; i++)
      if (strcmp(x->field[i].name, key) == 0) return base + i;
  }
  return -1;
}

static int find_name(const fhrl_config *c, const char *name)
{
  const char *dot = strchr(name, '.');
  return dot ? find(c, name, (size_t)(dot - name), dot + 1) : -1;
}

static const fhrl_field *field_at(const fhrl_config *c, int index, const char **section)
{
  int s = 0;
  while (index >= c->section[s].count) index -= c->section[s++].count;
  if (section) *section = c->section[s].name;
  return &c->section[s].field[index];
}

// ---- text <-> value

static fhrl_status reject(const fhrl_field *f, const char *section, const char *text, const char *place, fhrl_err *err)
{
  char range[256];
  fhrl_field_range(f, range, sizeof range);
  return fhrl_fail(err, FHRL_ARG, "%s: %s.%s = '%.200s' is not allowed; allowed: %s", place, section, f->name, text,
    range);
}

static int parse_number(const char *text, double *value)
{
  char *end;
  errno = 0;
  *value = strtod(text, &end);
  if (end == text || *end != '\0') return 0;
  return !(errno == ERANGE && isinf(*value)); // an underflow to a tiny number is what was written
}

static int parse_flag(const char *text, double *value)
{
  static const char *const words[] = {"false", "true", "no", "yes", "0", "1"};
  for (int i = 0; i < 6; i++)
    if (strcmp(text, words[i]) == 0) {
      *value = i % 2;
      return 1;
    }
  return 0;
}

// An .ini's relative path is relative to the folder of the .ini; absolute from then on, so that the resolved
// configuration means the same from any folder.
static fhrl_status resolve_path(const char *text, const char *place, char out[FHRL_PATH_SIZE], fhrl_err *err)
{
  out[0] = '\0';
  if (*text == '\0') return FHRL_OK;
  char folder[FHRL_PATH_SIZE] = "", joined[FHRL_PATH_SIZE];
  const char *slash = strrchr(place, '/');
  const int from_file = strncmp(place, "--", 2) != 0;
  if (from_file && slash) {
    const size_t len = slash == place ? 1 : (size_t)(slash - place);
    if (len >= sizeof folder) return fhrl_fail(err, FHRL_ARG, "%.200s...: path too long", place);
    memcpy(folder, place, len);
  }
  FHRL_TRY(fhrl_file_join(folder, text, joined, err));
  return fhrl_file_absolute(joined, out, err);
}

static fhrl_status assign(fhrl_value *v, const fhrl_field *f, const char *section, const char *text, const char *place,
  fhrl_err *err)
{
  double number = 0.0;
  char path[FHRL_PATH_SIZE], word[64];
  fhrl_status status = FHRL_OK;
  switch (f->kind) {
  case FHRL_REAL:
  case FHRL_INT:
    if (!parse_number(text, &number) || !fhrl_field_admits(f, number)) return reject(f, section, text, place, err);
    break;
  case FHRL_CHOICE:
    number = fhrl_field_choice(f->choices, text);
    if (number < 0) return reject(f, section, text, place, err);
    break;
  case FHRL_FLAG:
    if (!parse_flag(text, &number)) return reject(f, section, text, place, err);
    snprintf(word, sizeof word, "%s", number != 0.0 ? "true" : "false");
    text = word;
    break;
  case FHRL_TEXT: break;
  case FHRL_PATH:
    status = resolve_path(text, place, path, err);
    if (status != FHRL_OK) {
      fhrl_status_context(err, "%.200s: %s.%s", place, section, f->name);
      return status;
    }
    text = path;
    break;
  }
  char *copy = strdup(text);
  if (copy == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %s.%s", section, f->name);
  free(v->text);
  v->text = copy;
  v->number = number;
  return FHRL_OK;
}

static fhrl_status set_default(fhrl_value *v, const fhrl_field *f, const char *section, fhrl_err *err)
{
  char text[FHRL_FIELD_TEXT];
  fhrl_field_default(f, text, sizeof text);
  return assign(v, f, section, text, "--default", err);
}

// ---- the table of values

void fhrl_config_init(fhrl_config *c) { memset(c, 0, sizeof *c); }

fhrl_status fhrl_config_add(fhrl_config *c, const char *name, const fhrl_field fields[], int count, fhrl_err *err)
{
  assert(c->sections < FHRL_SECTION_MAX);
  const int before = total(c);
  fhrl_value *value = realloc(c->value, (size_t)(before + count + 1) * sizeof *value);
  if (value == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for section [%s]", name);
  c->value = value;
  memset(value + before, 0, (size_t)count * sizeof *value);
  c->section[c->sections++] = (fhrl_section){name, fields, count};
  for (int i = 0; i < count; i++) FHRL_TRY(set_default(&value[before + i], &fields[i], name, err));
  return FHRL_OK;
}

void fhrl_config_free(fhrl_config *c)
{
  for (int i = total(c) - 1; i >= 0; i--) free(c->value[i].text);
  free(c->value);
  fhrl_config_init(c);
}

static fhrl_status unknown_section(const fhrl_config *c, const char *section, const char *place, fhrl_err *err)
{
  char list[400] = "";
  for (int s = 0; s < c->sections; s++) {
    const size_t used = strlen(list);
    snprintf(list + used, sizeof list - used, " [%s]", c->section[s].name);
  }
  return fhrl_fail(err, FHRL_ARG, "%s: no section [%s] here; allowed:%s", place, section, list);
}

static fhrl_status unknown_key(const fhrl_section *x, const char *key, const char *text, const char *place, fhrl_err *err)
{
  char list[700] = "";
  for (int i = 0; i < x->count; i++) {
    const size_t used = strlen(list);
    snprintf(list + used, sizeof list - used, " %s", x->field[i].name);
  }
  return fhrl_fail(err, FHRL_ARG, "%s: unknown key %s.%s = '%.100s'; allowed in [%s]:%s", place, x->name, key, text,
    x->name, list);
}

fhrl_status fhrl_config_set(fhrl_config *c, const char *section, const char *key, const char *text, const char *place,
  fhrl_err *err)
{
  const int i = find(c, section, strlen(section), key);
  if (i >= 0) {
    FHRL_TRY(assign(&c->value[i], field_at(c, i, NULL), section, text, place, err));
    c->value[i].set = 1;
    return FHRL_OK;
  }
  for (int s = 0; s < c->sections; s++)
    if (strcmp(c->section[s].name, section) == 0) return unknown_key(&c->section[s], key, text, place, err);
  return unknown_section(c, section, place, err);
}

static int known(const fhrl_config *c, const char *section)
{
  for (int s = 0; s < c->sections; s++)
    if (strcmp(c->section[s].name, section) == 0) return 1;
  return 0;
}

fhrl_status fhrl_config_apply(fhrl_config *c, const fhrl_settings *settings, const char *const others[], int n_others,
  fhrl_err *err)
{
  for (int i = 0; i < settings->count; i++) {
    const fhrl_setting *s = &settings->item[i];
    if (s->line > 0 && !known(c, s->section)) {
      int other = 0;
      for (int k = 0; k < n_others; k++) other |= strcmp(others[k], s->section) == 0;
      if (other) continue;
    }
    char place[FHRL_PATH_SIZE + 16];
    if (s->line > 0)
      snprintf(place, sizeof place, "%s:%d", s->place, s->line);
    else
      snprintf(place, sizeof place, "%s", s->place);
    FHRL_TRY(fhrl_config_set(c, s->section, s->key, s->value, place, err));
  }
  return FHRL_OK;
}

double fhrl_config_real(const fhrl_config *c, const char *name)
{
  const int i = find_name(c, name);
  assert(i >= 0);
  return c->value[i].number;
}

int fhrl_config_int(const fhrl_config *c, const char *name) { return (int)fhrl_config_real(c, name); }

const char *fhrl_config_text(const fhrl_config *c, const char *name)
{
  const int i = find_name(c, name);
  assert(i >= 0);
  return c->value[i].text;
}

int fhrl_config_is_set(const fhrl_config *c, const char *name)
{
  const int i = find_name(c, name);
  return i >= 0 && c->value[i].set;
}

int fhrl_config_has(const fhrl_config *c, const char *name) { return find_name(c, name) >= 0; }

void fhrl_config_each(const fhrl_config *c, fhrl_config_visit *visit, void *context)
{
  const int n = total(c);
  for (int i = 0; i < n; i++) {
    const char *section;
    const fhrl_field *f = field_at(c, i, &section);
    visit(context, section, f, c->value[i].text, c->value[i].number);
  }
}

// ---- the resolved file

typedef struct writer {
  FILE *stream;
  const char *section;
} writer;

static void write_key(void *context, const char *section, const fhrl_field *f, const char *text, double value)
{
  writer *w = context;
  if (w->section == NULL || strcmp(w->section, section) != 0) fprintf(w->stream, "\n[%s]\n", section);
  w->section = section;
  char range[256];
  fhrl_field_range(f, range, sizeof range);
  fprintf(w->stream, "# %s (%s)%s%s\n%s = %s\n", f->meaning, range, *f->unit ? ", unit " : "", f->unit, f->name, text);
}

fhrl_status fhrl_config_save(const fhrl_config *c, const char *path, const char *title, fhrl_err *err)
{
  fhrl_file file;
  FHRL_TRY(fhrl_file_begin(&file, path, err));
  fprintf(file.stream, "# %s\n# the resolved configuration: feeding it back with -c reproduces the run\n", title);
  writer w = {file.stream, NULL};
  fhrl_config_each(c, write_key, &w);
  return fhrl_file_commit(&file, err);
}

fhrl_status fhrl_config_same(const fhrl_config *c, const char *path, fhrl_err *err)
{
  fhrl_settings saved = {NULL, 0};
  fhrl_status status = fhrl_settings_read(path, &saved, err);
  const int n = total(c);
  for (int i = 0; status == FHRL_OK && i < n; i++) {
    const char *section;
    const fhrl_field *f = field_at(c, i, &section);
    const char *was = fhrl_settings_written(&saved, section, f->name);
    char usual[FHRL_FIELD_TEXT];
    fhrl_field_default(f, usual, sizeof usual); // a file from before the key was thought of
    if (strcmp(was ? was : usual, c->value[i].text) != 0)
      status = fhrl_fail(err, FHRL_ARG, "%s has %s.%s = '%s', now it is '%s'", path, section, f->name,
        was ? was : usual, c->value[i].text);
  }
  fhrl_settings_free(&saved);
  return status;
}
