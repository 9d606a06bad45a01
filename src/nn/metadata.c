// SPDX-License-Identifier: GPL-3.0-or-later
// metadata: configuration keys as the text entries of a safetensors file: "model.d" = "192"
#include "nn/metadata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char *keep(fhrl_metadata *m, const char *text)
{
  const size_t size = strlen(text) + 1;
  if (size > sizeof m->pool - m->used) return NULL;
  char *at = m->pool + m->used;
  memcpy(at, text, size);
  m->used += size;
  return at;
}

fhrl_status fhrl_metadata_put(fhrl_metadata *m, const char *key, const char *value, fhrl_err *err)
{
  const char *k = m->count < FHRL_METADATA_MAX ? keep(m, key) : NULL, *v = k ? keep(m, value) : NULL;
  if (v == NULL) return fhrl_fail(err, FHRL_LIMIT, "no room for the metadata entry %s", key);
  m->list[2 * m->count] = k;
  m->list[2 * m->count + 1] = v;
  m->usual[m->count] = 0;
  m->count++;
  return FHRL_OK;
}

static void write_value(const fhrl_field *f, double value, char out[64])
{
  int length;
  if (f->kind == FHRL_CHOICE) {
    const char *word = fhrl_field_word(f->choices, (int)value, &length);
    snprintf(out, 64, "%.*s", length, word);
  } else if (f->kind == FHRL_FLAG) {
    snprintf(out, 64, "%s", value != 0.0 ? "true" : "false");
  } else {
    fhrl_text_shortest(value, out, 64);
  }
}

fhrl_status fhrl_metadata_fields(fhrl_metadata *m, const char *section, const fhrl_field fields[],
  int count, const double value[], fhrl_err *err)
{
  for (int i = 0; i < count; i++) {
    char key[64], text[64];
    if (fields[i].kind == FHRL_TEXT || fields[i].kind == FHRL_PATH) continue;
    snprintf(key, sizeof key, "%s.%s", section, fields[i].name);
    write_value(&fields[i], value[i], text);
    FHRL_TRY(fhrl_metadata_put(m, key, text, err));
    m->usual[m->count - 1] = value[i] == fields[i].value;
  }
  return FHRL_OK;
}

static int read_value(const fhrl_field *f, const char *text, double *value)
{
  char *end;
  switch (f->kind) {
  case FHRL_CHOICE:
    *value = fhrl_field_choice(f->choices, text);
    return *value >= 0;
  case FHRL_FLAG:
    *value = strcmp(text, "true") == 0;
    return *value != 0.0 || strcmp(text, "false") == 0;
  default:
    *value = strtod(text, &end);
    return end != text && *end == '\0' && fhrl_field_admits(f, *value);
  }
}

fhrl_status fhrl_metadata_read(const fhrl_safetensors *file, const char *section, const fhrl_field fields[],
  int count, double value[], fhrl_err *err)
{
  const char *path = fhrl_safetensors_path(file), *key, *text;
  const size_t prefix = strlen(section) + 1;
  for (int i = 0; i < count; i++) value[i] = fields[i].value;
  for (int k = 0; (text = fhrl_safetensors_metadata_at(file, k, &key)); k++) {
    if (strncmp(key, section, prefix - 1) != 0 || key[prefix - 1] != '.') continue;
    int i = 0;
    while (i < count && strcmp(key + prefix, fields[i].name) != 0) i++;
    if (i == count) return fhrl_fail(err, FHRL_FORMAT, "%s: unknown metadata key %.80s", path, key);
    if (read_value(&fields[i], text, &value[i])) continue;
    char range[96];
    fhrl_field_range(&fields[i], range, sizeof range);
    return fhrl_fail(
      err, FHRL_FORMAT, "%s: metadata %s = '%.80s' is not allowed: %s", path, key, text, range);
  }
  return FHRL_OK;
}

fhrl_status fhrl_metadata_compare(const fhrl_metadata *m, const fhrl_safetensors *file, fhrl_err *err)
{
  for (int i = 0; i < m->count; i++) {
    const char *key = m->list[2 * i], *now = m->list[2 * i + 1],
               *then = fhrl_safetensors_metadata(file, key);
    if (then ? strcmp(now, then) == 0 : m->usual[i]) continue;
    return fhrl_fail(err, FHRL_ARG, "%s was made with %s = %.80s, not %s: a run resumes only as it began",
      fhrl_safetensors_path(file), key, then ? then : "(none)", now);
  }
  return FHRL_OK;
}
