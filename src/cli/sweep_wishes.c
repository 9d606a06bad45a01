// SPDX-License-Identifier: GPL-3.0-or-later
// sweep_wishes: what FILE.ini and the command line ask a sweep for: command, input, configuration of the points, axes
#include "cli/sweep_wishes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ode/user_model.h"

enum { KEPT = FHRL_SWEEP_WISHES_KEPT, NAME = 128 };

const fhrl_field fhrl_sweep_wishes_fields[] = {
  {"command", 0, "", "computes a point; the axes are further keys of this section: SECTION.KEY = a, b, start:step:stop "
   "(joined by ; where values have commas), a full name as after --set", FHRL_TEXT},
  {"input", 0, "", "its MODEL or RUN; the path of a MODEL of your own counts after --set alone", FHRL_TEXT},
  {"seeds", 1, "1", "of every point so many, with the seed of the command counted up", FHRL_INT, 1, FHRL_SWEEP_PLAN_POINTS},
  {"columns", 0, "", "what sweep.tsv takes from each result, by paths such as final_loss, mean.irr, exponents[0].value; empty: "
   "every number at its top", FHRL_TEXT},
  {"figures", 0, "", "draw the figures of every point, too; `fhrl plot` draws them later", FHRL_FLAG},
  {"plan", 0, "", "say what the points are, and compute none", FHRL_FLAG},
  {"retry", 0, "", "compute points again that have failed", FHRL_FLAG},
};
const int fhrl_sweep_wishes_field_count = FHRL_COUNT(fhrl_sweep_wishes_fields);

// ---- what is asked for

static int is_axis(const fhrl_setting *x) { return strcmp(x->section, "sweep") == 0 && strchr(x->key, '.') != NULL; }

static fhrl_status read_settings(fhrl_sweep_wishes *w, fhrl_err *err)
{
  FHRL_TRY(fhrl_settings_read(w->run->input, &w->all, err));
  for (int i = 0; i < w->run->settings.count; i++) FHRL_TRY(fhrl_settings_add(&w->run->settings.item[i], &w->all, err));
  w->wished.item = calloc((size_t)w->all.count + 1, sizeof *w->wished.item);
  w->base.item = calloc((size_t)w->all.count + 1, sizeof *w->base.item);
  if (!w->wished.item || !w->base.item) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d settings", w->all.count);
  for (int i = 0; i < w->all.count; i++) {
    fhrl_settings *to = strcmp(w->all.item[i].section, "sweep") == 0 ? &w->wished : &w->base;
    if (!is_axis(&w->all.item[i])) to->item[to->count++] = w->all.item[i];
  }
  FHRL_TRY(fhrl_config_add(&w->config, "sweep", fhrl_sweep_wishes_fields, fhrl_sweep_wishes_field_count, err));
  FHRL_TRY(fhrl_config_apply(&w->config, &w->wished, NULL, 0, err));
  return fhrl_sweep_table_read(fhrl_config_text(&w->config, "sweep.columns"), &w->table, err);
}

static fhrl_status find_command(fhrl_sweep_wishes *w, fhrl_err *err)
{
  const char *name = fhrl_config_text(&w->config, "sweep.command");
  char list[400] = "", place[FHRL_PATH_SIZE + 16];
  w->command = fhrl_command_find(name);
  if (w->command && w->command->run != fhrl_cmd_sweep && w->command->run != fhrl_cmd_plot) return FHRL_OK;
  for (const fhrl_command *c = fhrl_command_table; c->name; c++) {
    const size_t used = strlen(list);
    if (c->run != fhrl_cmd_sweep && c->run != fhrl_cmd_plot) snprintf(list + used, sizeof list - used, " %s", c->name);
  }
  fhrl_settings_place(&w->all, "sweep", "command", place, sizeof place);
  return fhrl_fail(err, FHRL_ARG, "%s: sweep.command = '%.100s' is not allowed; allowed:%s", *name ? place : w->run->input, name, list);
}

// A RUN is a path, of an .ini relative to that. Of models a path is code, which no configuration may have run.
static fhrl_status find_input(fhrl_sweep_wishes *w, fhrl_err *err)
{
  const char *text = fhrl_config_text(&w->config, "sweep.input"), *wanted = w->command->input;
  const fhrl_setting *from = NULL;
  char place[FHRL_PATH_SIZE + 16], joined[FHRL_PATH_SIZE];
  for (int i = 0; i < w->wished.count; i++)
    if (strcmp(w->wished.item[i].key, "input") == 0) from = &w->wished.item[i];
  fhrl_settings_place(&w->all, "sweep", "input", place, sizeof place);
  if (*text == '\0' && *wanted && *wanted != '[')
    return fhrl_fail(err, FHRL_ARG, "%s: sweep.input is missing; allowed: the %s of fhrl %s", w->run->input, wanted, w->command->name);
  if (*text && *wanted == '\0')
    return fhrl_fail(err, FHRL_ARG, "%s: sweep.input = '%.200s': fhrl %s takes none", place, text, w->command->name);
  if (*text && strstr(wanted, "MODEL") && fhrl_user_model_is_path(text) && from && from->line > 0)
    return fhrl_fail(err, FHRL_ARG, "%s: sweep.input = '%.200s' is not allowed here: a model's own file is compiled and run only if the "
      "command line names it; allowed: --set sweep.input=%.200s", place, text, text);
  if (strcmp(wanted, "RUN") != 0 || *text == '\0') return fhrl_file_join("", text, w->input, err);
  const char *slash = from && from->line > 0 ? strrchr(from->place, '/') : NULL;
  snprintf(place, sizeof place, "%.*s", slash ? (int)(slash - from->place) + 1 : 0, from ? from->place : "");
  FHRL_TRY(fhrl_file_join(place, text, joined, err));
  return fhrl_file_absolute(joined, w->input, err);
}

// The folder of -o, else sweep-FILE without its ending, in the working folder.
static fhrl_status choose_folder(fhrl_sweep_wishes *w, fhrl_err *err)
{
  const char *slash = strrchr(w->run->input, '/'), *name = slash ? slash + 1 : w->run->input, *dot = strrchr(name, '.');
  char own[FHRL_PATH_SIZE];
  snprintf(own, sizeof own, "sweep-%.*s", dot && dot > name ? (int)(dot - name) : (int)strlen(name), name);
  return fhrl_file_join("", w->run->folder ? w->run->folder : own, w->folder, err);
}

fhrl_status fhrl_sweep_wishes_read(fhrl_sweep_wishes *w, const fhrl_run *run, fhrl_err *err)
{
  memset(w, 0, sizeof *w);
  w->run = run;
  fhrl_config_init(&w->config);
  fhrl_config_init(&w->kept);
  fhrl_sweep_plan_init(&w->plan);
  FHRL_TRY(read_settings(w, err));
  FHRL_TRY(find_command(w, err));
  FHRL_TRY(find_input(w, err));
  return choose_folder(w, err);
}

void fhrl_sweep_wishes_free(fhrl_sweep_wishes *w)
{
  fhrl_sweep_table_free(&w->table);
  fhrl_sweep_plan_free(&w->plan);
  fhrl_config_free(&w->kept);
  fhrl_config_free(&w->config);
  free(w->field);
  free(w->wished.item);
  free(w->base.item);
  fhrl_settings_free(&w->all);
  memset(w, 0, sizeof *w);
}

// ---- the plan, once the configuration of the command is known

// Index of the first word on an axis over this key, and (last) of the last one, which counts: one of --set replaces one of the
// file. -1 if there is none.
static int axis_of(const fhrl_sweep_wishes *w, const char *key, int *last)
{
  int first = -1;
  for (int i = 0; i < w->all.count; i++) {
    if (!is_axis(&w->all.item[i]) || strcmp(w->all.item[i].key, key) != 0) continue;
    if (first < 0) first = i;
    if (last) *last = i;
  }
  return first;
}

static fhrl_status add_axes(fhrl_sweep_wishes *w, fhrl_config *config, fhrl_err *err)
{
  const int seeds = fhrl_config_int(&w->config, "sweep.seeds");
  char place[FHRL_PATH_SIZE + 16];
  for (int i = 0; i < w->all.count; i++) {
    int last = i;
    if (axis_of(w, w->all.item[i].key, &last) != i) continue; // axes stay in the order in which they were first named
    const fhrl_setting *x = &w->all.item[last];
    if (strcmp(x->key, "model.name") == 0)
      return fhrl_fail(err, FHRL_ARG, "%s:%d: model.name is no axis; allowed: sweep.input, which says what model", x->place, x->line);
    FHRL_TRY(fhrl_sweep_plan_add(&w->plan, config, x, err));
  }
  w->axes = w->plan.axes;
  if (seeds == 1) return FHRL_OK;
  fhrl_settings_place(&w->all, "sweep", "seeds", place, sizeof place);
  if (w->command->seed == NULL)
    return fhrl_fail(err, FHRL_ARG, "%s: sweep.seeds = %d: fhrl %s has no seed; allowed: 1", place, seeds, w->command->name);
  return fhrl_sweep_plan_seeds(&w->plan, config, w->command->seed, seeds, place, err);
}

// Keys that the settings give, with their texts; borrowed from the command's configuration.
typedef struct gathered {
  const fhrl_sweep_wishes *w;
  fhrl_field *field;
  struct {
    const char *section, *text;
  } *of;
  int count;
} gathered;

static void gather(void *context, const char *section, const fhrl_field *f, const char *text, double value)
{
  gathered *g = context;
  if (fhrl_settings_written(&g->w->base, section, f->name) == NULL) return;
  g->field[g->count] = *f;
  g->of[g->count].section = section;
  g->of[g->count++].text = text;
}

// What the points share goes into the folder's configuration and, but for keys that axes replace, into the fingerprint of each.
static fhrl_status keep_base(fhrl_sweep_wishes *w, const gathered *g, fhrl_err *err)
{
  const int counted = w->command->seed && fhrl_config_int(&w->config, "sweep.seeds") > 1;
  fhrl_digest d;
  fhrl_digest_begin(&d);
  fhrl_digest_text(&d, w->command->name);
  fhrl_digest_text(&d, w->input);
  for (int i = 0, n; i < g->count; i += n) {
    const char *section = g->of[i].section;
    for (n = 1; i + n < g->count && strcmp(g->of[i + n].section, section) == 0; n++) continue;
    FHRL_TRY(fhrl_config_add(&w->kept, section, &g->field[i], n, err));
    for (int j = i; j < i + n; j++) {
      char key[NAME];
      FHRL_TRY(fhrl_config_set(&w->kept, section, g->field[j].name, g->of[j].text, "--kept", err));
      snprintf(key, sizeof key, "%s.%s", section, g->field[j].name);
      if (axis_of(w, key, NULL) >= 0 || (counted && strcmp(w->command->seed, key) == 0)) continue;
      fhrl_digest_text(&d, key);
      fhrl_digest_text(&d, g->of[j].text);
    }
  }
  fhrl_digest_end(&d, w->shared);
  return FHRL_OK;
}

// [sweep] of the folder's configuration: without what only this run was asked for, and with the axes.
static fhrl_status keep_wishes(fhrl_sweep_wishes *w, fhrl_err *err)
{
  for (int i = 0; i < KEPT; i++) w->own[i] = fhrl_sweep_wishes_fields[i];
  for (int i = 0; i < w->axes; i++) {
    const fhrl_sweep_plan_axis *a = &w->plan.axis[i];
    w->own[KEPT + i] = (fhrl_field){a->key, 0, a->field->unit, a->field->meaning, .kind = FHRL_TEXT};
  }
  FHRL_TRY(fhrl_config_add(&w->kept, "sweep", w->own, KEPT + w->axes, err));
  for (int i = 0; i < KEPT; i++) {
    char key[NAME];
    snprintf(key, sizeof key, "sweep.%s", w->own[i].name);
    const char *text = strcmp(w->own[i].name, "input") == 0 ? w->input : fhrl_config_text(&w->config, key);
    FHRL_TRY(fhrl_config_set(&w->kept, "sweep", w->own[i].name, text, "--kept", err));
  }
  for (int i = 0; i < w->axes; i++)
    FHRL_TRY(fhrl_config_set(&w->kept, "sweep", w->plan.axis[i].key, w->plan.axis[i].text, "--kept", err));
  return FHRL_OK;
}

fhrl_status fhrl_sweep_wishes_plan(fhrl_sweep_wishes *w, fhrl_config *config, fhrl_err *err)
{
  const size_t room = (size_t)w->base.count + 1; // each of them gives one key
  gathered g = {.w = w};
  fhrl_status status = FHRL_OK;
  g.field = w->field = calloc(room, sizeof *g.field);
  g.of = calloc(room, sizeof *g.of);
  if (!g.field || !g.of) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d settings", w->base.count));
  fhrl_config_each(config, gather, &g);
  if (w->command->seed && fhrl_config_has(config, w->command->seed)) w->seed = (long long)fhrl_config_real(config, w->command->seed);
  FHRL_DO(status, keep_base(w, &g, err));
  FHRL_DO(status, add_axes(w, config, err));
  status = keep_wishes(w, err);
done:
  free(g.of);
  return status;
}

// ---- a point, and another run of the sweep

fhrl_status fhrl_sweep_wishes_point(const fhrl_sweep_wishes *w, long k, fhrl_settings *out, fhrl_err *err)
{
  for (int i = 0; i < w->base.count; i++) FHRL_TRY(fhrl_settings_add(&w->base.item[i], out, err));
  for (int i = 0; i < w->plan.axes; i++) {
    const fhrl_sweep_plan_axis *a = &w->plan.axis[i];
    char section[NAME], *value = a->value[fhrl_sweep_plan_at(&w->plan, i, k)], *key = strchr(a->key, '.') + 1;
    snprintf(section, sizeof section, "%.*s", (int)(key - 1 - a->key), a->key);
    const fhrl_setting x = {section, key, value, a->place, a->line};
    FHRL_TRY(fhrl_settings_add(&x, out, err));
  }
  return FHRL_OK;
}

fhrl_status fhrl_sweep_wishes_same(const fhrl_sweep_wishes *w, const char *path, fhrl_err *err)
{
  fhrl_settings saved = {NULL, 0};
  char key[NAME], was[2 * NAME] = "", now[2 * NAME] = "";
  FHRL_TRY(fhrl_settings_read(path, &saved, err));
  for (int i = 0; i < saved.count && !*was; i++) {
    const fhrl_setting *x = &saved.item[i];
    snprintf(key, sizeof key, "%s.%s", x->section, x->key);
    if (strcmp(x->section, "sweep") == 0 && strcmp(x->key, "command") != 0 && strcmp(x->key, "input") != 0) continue;
    const char *text = fhrl_config_has(&w->kept, key) ? fhrl_config_text(&w->kept, key) : NULL;
    if (text && strcmp(text, x->value) == 0) continue;
    snprintf(was, sizeof was, "%s = '%.100s'", key, x->value);
    snprintf(now, sizeof now, text ? "it is '%.100s'" : "it is not given", text);
  }
  for (int s = 0; s < w->kept.sections && !*was; s++)
    for (int i = 0; i < w->kept.section[s].count && strcmp(w->kept.section[s].name, "sweep") != 0; i++) {
      const fhrl_section *x = &w->kept.section[s];
      if (fhrl_settings_written(&saved, x->name, x->field[i].name)) continue;
      snprintf(key, sizeof key, "%s.%s", x->name, x->field[i].name);
      snprintf(was, sizeof was, "no %s", key);
      snprintf(now, sizeof now, "it is '%.100s'", fhrl_config_text(&w->kept, key));
    }
  fhrl_settings_free(&saved);
  return *was ? fhrl_fail(err, FHRL_ARG, "%s has %s, now %s; choose another folder with -o, or replace it with --force", path, was, now) : FHRL_OK;
}
