// SPDX-License-Identifier: GPL-3.0-or-later
// output: the folder that a command leaves, and its result: JSON for programs, a summary for people
#include "cli/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/signals.h"
#include "cli/version.h"
#include "io/figure.h"

typedef struct visitor {
  fhrl_json *config, *section;
  const char *name;
} visitor;

static void add_key(void *context, const char *section, const fhrl_field *f, const char *text, double value)
{
  visitor *v = context;
  if (v->name == NULL || strcmp(v->name, section) != 0) {
    v->section = fhrl_json_object();
    fhrl_json_put(v->config, section, v->section);
    v->name = section;
  }
  switch (f->kind) {
  case FHRL_REAL: fhrl_json_real(v->section, f->name, value, NULL); break;
  case FHRL_INT: fhrl_json_int(v->section, f->name, (long long)value); break;
  case FHRL_FLAG: fhrl_json_bool(v->section, f->name, value != 0.0); break;
  case FHRL_CHOICE:
  case FHRL_TEXT:
  case FHRL_PATH: fhrl_json_text(v->section, f->name, text); break;
  }
}

static void add_config(fhrl_json *o, const fhrl_config *config)
{
  visitor v = {fhrl_json_object(), NULL, NULL};
  fhrl_json_put(o, "config", v.config);
  fhrl_config_each(config, add_key, &v);
}

static void begin_result(fhrl_output *out, long long seed)
{
  char schema[80];
  snprintf(schema, sizeof schema, "fhrl.%s/1", out->run->command->name);
  int n;
  const fhrl_library *libraries = fhrl_version_libraries(&n);
  fhrl_manifest_begin(&out->manifest, out->run->command->name, (uint32_t)seed, libraries, n);
  out->result = out->manifest.json;
  out->figures = fhrl_json_array();
  if (out->file) {
    fhrl_json_text(out->manifest.json, "result", out->file);
    out->result = fhrl_json_object();
    fhrl_json_text(out->result, "schema", schema);
    fhrl_json_text(out->result, "version", fhrl_version_text());
    fhrl_json_int(out->result, "seed", seed);
    add_config(out->result, out->config);
    fhrl_notes_put(out->run->notes, out->result);
  }
  add_config(out->manifest.json, out->config);
  fhrl_notes_put(out->run->notes, out->manifest.json);
}

fhrl_status fhrl_output_open(fhrl_output *out, const fhrl_run *run, const char *fallback, const char *file,
  const fhrl_config *config, long long seed, fhrl_err *err)
{
  *out = (fhrl_output){.run = run, .config = config, .file = file};
  begin_result(out, seed);
  const char *folder = run->folder ? run->folder : fallback;
  if (folder == NULL) return FHRL_OK;
  FHRL_TRY(fhrl_file_join("", folder, out->folder, err));
  const fhrl_status made = fhrl_file_folder(folder, err);
  if (made != FHRL_OK) {
    if (run->folder == NULL) fhrl_status_context(err, "-o DIR puts results elsewhere");
    return made;
  }
  char path[FHRL_PATH_SIZE], title[128];
  FHRL_TRY(fhrl_output_path(out, "config.ini", path, err));
  const fhrl_status same = fhrl_file_exists(path) ? fhrl_config_same(config, path, err) : FHRL_OK;
  if (same != FHRL_OK && same != FHRL_ARG) return same; // it cannot be read
  if (same != FHRL_OK) {
    fhrl_status_context(err, "%s holds another configuration; choose another folder with -o, or replace it with --force",
      folder);
    if (!run->force) return FHRL_ARG;
    out->replaced = 1;
  }
  snprintf(title, sizeof title, "fhrl %s %s", run->command->name, run->input ? run->input : "");
  const int first = !fhrl_file_exists(path);
  FHRL_TRY(fhrl_config_save(config, path, title, err));
  out->begun = first;
  return FHRL_OK;
}

int fhrl_output_has_folder(const fhrl_output *out) { return out->folder[0] != '\0'; }

fhrl_status fhrl_output_path(const fhrl_output *out, const char *name, char path[FHRL_PATH_SIZE], fhrl_err *err)
{
  return fhrl_file_join(out->folder, name, path, err);
}

// Puts a figure into run.json, so that `fhrl plot` can draw it again. own: by the script in the folder.
static void note_figure(const fhrl_output *out, const char *name, const char *const args[], int n, int own)
{
  fhrl_json *figure = fhrl_json_object(), *words = fhrl_json_array();
  fhrl_json_text(figure, "figure", name);
  fhrl_json_bool(figure, "own_script", own);
  for (int i = 0; i < n; i++) fhrl_json_add_text(words, args[i]);
  fhrl_json_put(figure, "arguments", words);
  fhrl_json_add(out->figures, figure);
}

fhrl_status fhrl_output_figure(const fhrl_output *out, const char *name, const char *const args[], int n, int own, fhrl_err *err)
{
  static const char *const endings[] = {"svg", "png"};
  char file[256], script[FHRL_PATH_SIZE], path[FHRL_PATH_SIZE], data[FHRL_OUTPUT_ARGS][FHRL_PATH_SIZE];
  const char *full[FHRL_OUTPUT_ARGS];
  if (n > FHRL_OUTPUT_ARGS) return fhrl_fail(err, FHRL_ARG, "figure %s: more than %d arguments", name, FHRL_OUTPUT_ARGS);
  for (int i = 0; i < n; i++) {
    const char *dot = strrchr(args[i], '.');
    full[i] = args[i];
    if (dot == NULL || strcmp(dot, ".tsv") != 0) continue;
    FHRL_TRY(fhrl_output_path(out, args[i], data[i], err));
    full[i] = data[i];
  }
  snprintf(file, sizeof file, "%s.gp", name);
  if (own) {
    FHRL_TRY(fhrl_output_path(out, file, path, err));
    FHRL_TRY(fhrl_file_absolute(path, script, err));
  } else
    snprintf(script, sizeof script, "%s", file);
  for (int k = 0; k < 2; k++) {
    snprintf(file, sizeof file, "%s.%s", name, endings[k]);
    FHRL_TRY(fhrl_output_path(out, file, path, err));
    FHRL_TRY(fhrl_figure_draw(script, path, full, n, err));
  }
  fhrl_output_say(out, "figure       %s/%s.svg (and .png%s)\n", out->folder, name, own ? ", .gp, .tsv" : "");
  return FHRL_OK;
}

static void draw(const fhrl_output *out, const char *name, const char *const args[], int n, int own)
{
  fhrl_err err = {FHRL_OK, ""};
  note_figure(out, name, args, n, own);
  if (!out->run->undrawn && fhrl_output_figure(out, name, args, n, own, &err) != FHRL_OK)
    fprintf(stderr, "fhrl %s: the figure %s was not drawn: %s\n", out->run->command->name, name, err.msg);
}

void fhrl_output_draw(const fhrl_output *out, const char *name, const char *const args[], int n) { draw(out, name, args, n, 0); }

void fhrl_output_draw_own(const fhrl_output *out, const char *name) { draw(out, name, NULL, 0, 1); }

fhrl_status fhrl_output_finish(fhrl_output *out, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  const fhrl_notes *notes = out->run->notes;
  out->begun = 0;
  if (fhrl_json_size(out->figures) > 0) {
    fhrl_json_put(out->manifest.json, "figures", out->figures);
    out->figures = NULL;
  }
  for (int i = 0; notes && i < notes->count; i++)
    if (notes->item[i].title) fhrl_output_say(out, "%-12s %s\n", notes->item[i].title, notes->item[i].line);
  if (fhrl_output_has_folder(out)) {
    if (out->file) {
      FHRL_TRY(fhrl_output_path(out, out->file, path, err));
      FHRL_TRY(fhrl_json_save(out->result, path, err));
    }
    FHRL_TRY(fhrl_output_path(out, "run.json", path, err));
    FHRL_TRY(fhrl_manifest_save(&out->manifest, path, err));
  }
  return out->run->json && !out->run->silent ? fhrl_json_print(out->result, stdout, err) : FHRL_OK;
}

void fhrl_output_close(fhrl_output *out)
{
  char path[FHRL_PATH_SIZE];
  if (out->begun && !*fhrl_signals_flag() && fhrl_output_path(out, "config.ini", path, NULL) == FHRL_OK &&
      fhrl_file_is_alone(path))
    remove(path);
  out->begun = 0;
  fhrl_json_free(out->figures);
  out->figures = NULL;
  if (out->file) fhrl_json_free(out->result);
  fhrl_manifest_free(&out->manifest);
  out->result = NULL;
}

void fhrl_output_resume(const fhrl_output *out, const char *what, fhrl_err *err)
{
  fhrl_status_context(err, "%s: fhrl %s %s -c %s/config.ini -o %s", what, out->run->command->name, out->run->input, out->folder,
    out->folder);
}

FILE *fhrl_output_progress(const fhrl_output *out) { return out->run->quiet ? NULL : stderr; }

void fhrl_output_say(const fhrl_output *out, const char *format, ...)
{
  if (out->run->json || out->run->silent) return;
  va_list args;
  va_start(args, format);
  vprintf(format, args);
  va_end(args);
}
