// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_sweep: a command at every point of a grid over keys of its configuration
#include "cli/cmd_sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/sweep_table.h"
#include "base/lock.h"
#include "base/progress.h"
#include "base/signals.h"
#include "cli/output.h"
#include "ode/user_model.h"

enum { KEPT = 5, SHOWN = 8, NAME = 128 }; // keys that belong to the folder's configuration; points and failures that are said
static const double patience_s = 60.0;    // for another process to write a file

const fhrl_field fhrl_cmd_sweep_fields[] = {
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
const int fhrl_cmd_sweep_field_count = FHRL_COUNT(fhrl_cmd_sweep_fields);

typedef struct sweep {
  const fhrl_run *run;
  const fhrl_command *command; // of the points
  char input[FHRL_PATH_SIZE];
  char folder[FHRL_PATH_SIZE];
  fhrl_settings all;    // owned: FILE, then what the command line says
  fhrl_settings wished, base; // the list is owned, the items are of `all`: [sweep] without axes; the points' configuration
  fhrl_config wishes;   // [sweep] without axes
  fhrl_config kept;     // what the folder's config.ini holds
  fhrl_field *field;    // owned; of kept
  fhrl_field own[KEPT + FHRL_SWEEP_PLAN_AXES]; // [sweep] of kept
  char shared[FHRL_DIGEST_SIZE], lock[FHRL_PATH_SIZE];
  int axes;             // of plan, the one that sweep.seeds adds aside
  long long seed;       // of the command
  fhrl_sweep_plan plan;
  fhrl_sweep_table table;
  fhrl_progress progress;
  fhrl_status status;   // of what was done in `look`
  int looked;
  fhrl_err *err;
} sweep;

// ---- what is asked for

static int is_axis(const fhrl_setting *x) { return strcmp(x->section, "sweep") == 0 && strchr(x->key, '.') != NULL; }

static fhrl_status read_settings(sweep *w, fhrl_err *err)
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
  FHRL_TRY(fhrl_config_add(&w->wishes, "sweep", fhrl_cmd_sweep_fields, fhrl_cmd_sweep_field_count, err));
  FHRL_TRY(fhrl_config_apply(&w->wishes, &w->wished, NULL, 0, err));
  return fhrl_sweep_table_read(fhrl_config_text(&w->wishes, "sweep.columns"), &w->table, err);
}

static fhrl_status find_command(sweep *w, fhrl_err *err)
{
  const char *name = fhrl_config_text(&w->wishes, "sweep.command");
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
static fhrl_status find_input(sweep *w, fhrl_err *err)
{
  const char *text = fhrl_config_text(&w->wishes, "sweep.input"), *wanted = w->command->input;
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
static fhrl_status choose_folder(sweep *w, fhrl_err *err)
{
  const char *slash = strrchr(w->run->input, '/'), *name = slash ? slash + 1 : w->run->input, *dot = strrchr(name, '.');
  char own[FHRL_PATH_SIZE];
  snprintf(own, sizeof own, "sweep-%.*s", dot && dot > name ? (int)(dot - name) : (int)strlen(name), name);
  return fhrl_file_join("", w->run->folder ? w->run->folder : own, w->folder, err);
}

// ---- the plan, once the configuration of the command is known

// Index of the first word on an axis over this key, and (last) of the last one, which counts: one of --set replaces one of the
// file. -1 if there is none.
static int axis_of(const sweep *w, const char *key, int *last)
{
  int first = -1;
  for (int i = 0; i < w->all.count; i++) {
    if (!is_axis(&w->all.item[i]) || strcmp(w->all.item[i].key, key) != 0) continue;
    if (first < 0) first = i;
    if (last) *last = i;
  }
  return first;
}

static fhrl_status add_axes(sweep *w, fhrl_config *config, fhrl_err *err)
{
  const int seeds = fhrl_config_int(&w->wishes, "sweep.seeds");
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
  const sweep *w;
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
static fhrl_status keep_base(sweep *w, const gathered *g, fhrl_err *err)
{
  const int counted = w->command->seed && fhrl_config_int(&w->wishes, "sweep.seeds") > 1;
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
static fhrl_status keep_wishes(sweep *w, fhrl_err *err)
{
  for (int i = 0; i < KEPT; i++) w->own[i] = fhrl_cmd_sweep_fields[i];
  for (int i = 0; i < w->axes; i++) {
    const fhrl_sweep_plan_axis *a = &w->plan.axis[i];
    w->own[KEPT + i] = (fhrl_field){a->key, 0, a->field->unit, a->field->meaning, .kind = FHRL_TEXT};
  }
  FHRL_TRY(fhrl_config_add(&w->kept, "sweep", w->own, KEPT + w->axes, err));
  for (int i = 0; i < KEPT; i++) {
    char key[NAME];
    snprintf(key, sizeof key, "sweep.%s", w->own[i].name);
    const char *text = strcmp(w->own[i].name, "input") == 0 ? w->input : fhrl_config_text(&w->wishes, key);
    FHRL_TRY(fhrl_config_set(&w->kept, "sweep", w->own[i].name, text, "--kept", err));
  }
  for (int i = 0; i < w->axes; i++)
    FHRL_TRY(fhrl_config_set(&w->kept, "sweep", w->plan.axis[i].key, w->plan.axis[i].text, "--kept", err));
  return FHRL_OK;
}

static fhrl_status make_plan(sweep *w, fhrl_config *config, fhrl_err *err)
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

// ---- the folder

// FHRL_ARG if the folder belongs to another sweep: to another command, input or configuration of the points. Other values of the
// axes, seeds and columns are the same sweep, grown or cut: points that it has are taken over.
static fhrl_status is_same(const sweep *w, const char *path, fhrl_err *err)
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

// Other processes of the same sweep may open it at this moment: one at a time.
static fhrl_status open_folder(sweep *w, const fhrl_run *run, fhrl_output *out, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  fhrl_run own = *run;
  own.force = 1; // what is_same lets pass
  FHRL_TRY(fhrl_file_folder(w->folder, err));
  FHRL_TRY(fhrl_file_join(w->folder, "sweep.lock", w->lock, err));
  FHRL_TRY(fhrl_lock_wait(w->lock, patience_s, fhrl_signals_flag(), err));
  fhrl_status status = fhrl_file_join(w->folder, "config.ini", path, err);
  if (status == FHRL_OK && fhrl_file_exists(path) && !run->force) status = is_same(w, path, err);
  if (status == FHRL_OK) status = fhrl_output_open(out, &own, w->folder, NULL, &w->kept, w->seed, err);
  out->run = run;
  fhrl_lock_release(w->lock);
  return status;
}

// ---- points

// In a process of its own: the settings that all share, and the values of the axes.
static fhrl_status compute(void *context, long k, const char *folder, int threads, fhrl_err *err)
{
  const sweep *w = context;
  fhrl_notes notes = {.count = 0};
  fhrl_run point = {.command = w->command, .input = *w->input ? w->input : NULL, .folder = folder, .force = w->run->force, .quiet = 1,
    .threads = threads, .undrawn = !fhrl_config_int(&w->wishes, "sweep.figures"), .notes = &notes};
  fhrl_status status = FHRL_OK;
  for (int i = 0; i < w->base.count; i++) FHRL_DO(status, fhrl_settings_add(&w->base.item[i], &point.settings, err));
  for (int i = 0; i < w->plan.axes; i++) {
    const fhrl_sweep_plan_axis *a = &w->plan.axis[i];
    char section[NAME], *value = a->value[fhrl_sweep_plan_at(&w->plan, i, k)], *key = strchr(a->key, '.') + 1;
    snprintf(section, sizeof section, "%.*s", (int)(key - 1 - a->key), a->key);
    const fhrl_setting x = {section, key, value, a->place, a->line};
    FHRL_DO(status, fhrl_settings_add(&x, &point.settings, err));
  }
  status = w->command->run(&point, err);
done:
  if (status != FHRL_OK) fprintf(stderr, "fhrl %s: %s\n", w->command->name, err->msg); // into said.txt
  fhrl_settings_free(&point.settings);
  return status;
}

static void show(void *context, long settled, long first, long failed, const char *note)
{
  sweep *w = context;
  char text[64];
  if (failed > 0) snprintf(text, sizeof text, "%ld failed, %.30s", failed, note);
  else snprintf(text, sizeof text, "%.60s", note);
  w->progress.first = (double)first;
  fhrl_progress_update(&w->progress, (double)settled, text);
}

// ---- what is said

static void say_plan(const sweep *w, const fhrl_output *out, const fhrl_sweep *s)
{
  const fhrl_sweep_plan *p = &w->plan;
  const long left = p->points - s->found;
  fhrl_output_say(out, "sweep        fhrl %s %s, %ld point%s in %s/points\n", w->command->name, w->input, p->points, p->points == 1 ? "" : "s",
    w->folder);
  for (int i = 0; i < p->axes; i++) {
    const fhrl_sweep_plan_axis *a = &p->axis[i];
    const int pure = a->field->unit[0] == '\0' || strcmp(a->field->unit, "1") == 0;
    fhrl_output_say(out, "axis         %-20s %ld value%s%s%s:", a->key, a->count, a->count == 1 ? "" : "s", pure ? "" : " in ", pure ? "" : a->field->unit);
    for (long j = 0; j < a->count; j++) {
      if (a->count > SHOWN && j == SHOWN - 2) fhrl_output_say(out, " ...");
      if (a->count <= SHOWN || j < SHOWN - 2 || j == a->count - 1) fhrl_output_say(out, " %s", a->value[j]);
    }
    fhrl_output_say(out, "\n");
  }
  if (s->found > 0) fhrl_output_say(out, "found        %ld settled already, %ld left\n", s->found, left);
  if (left > 0) fhrl_output_say(out, "at once      %d, of %d thread%s each\n", s->together, s->each, s->each == 1 ? "" : "s");
}

static void say_points(const sweep *w, const fhrl_output *out, const fhrl_sweep *s)
{
  static const char *const word[] = {"missing", "done", "failed"};
  fhrl_json *list = fhrl_json_array();
  for (long k = 0; k < w->plan.points; k++) {
    char name[FHRL_SWEEP_PLAN_NAME];
    fhrl_sweep_plan_name(&w->plan, k, name);
    fhrl_json *one = fhrl_json_object();
    fhrl_json_text(one, "point", name);
    fhrl_json_text(one, "state", word[s->state[k]]);
    fhrl_json_add(list, one);
    fhrl_output_say(out, "%-12s %s\n", word[s->state[k]], name);
  }
  fhrl_json_put(out->result, "plan", list);
}

static void report(const sweep *w, const fhrl_output *out, const fhrl_sweep *s, const fhrl_sweep_job *job, const char *table)
{
  fhrl_json *failures = fhrl_json_array();
  long said = 0;
  fhrl_json_int(out->result, "points", w->plan.points);
  fhrl_json_int(out->result, "done", s->done);
  fhrl_json_int(out->result, "failed", s->failed);
  fhrl_json_int(out->result, "skipped", s->found);
  fhrl_json_text(out->result, "table", table);
  fhrl_json_put(out->result, "failures", failures);
  if (table) fhrl_output_say(out, "done         %ld, %ld failed; %ld of them were there\n", s->done, s->failed, s->found);
  for (long k = 0; k < w->plan.points; k++) {
    char name[FHRL_SWEEP_PLAN_NAME], reason[FHRL_ERR_SIZE];
    if (s->state[k] != FHRL_SWEEP_FAILED) continue;
    fhrl_sweep_plan_name(&w->plan, k, name);
    fhrl_sweep_reason(job, k, reason);
    fhrl_json *one = fhrl_json_object();
    fhrl_json_text(one, "point", name);
    fhrl_json_text(one, "reason", reason);
    fhrl_json_add(failures, one);
    if (said++ < SHOWN) fhrl_output_say(out, "failed       %s: %s\n", name, reason);
  }
  if (said > SHOWN) fhrl_output_say(out, "             and %ld more, in sweep.tsv and run.json\n", said - SHOWN);
}

// A name that no result has is probably mistyped.
static void warn_unknown(const sweep *w, const fhrl_sweep *s)
{
  for (int i = 0; i < w->table.columns && s->done > 0; i++)
    if (w->table.known[i].points == 0)
      fprintf(stderr, "fhrl sweep: no point's %s has %s, which sweep.columns asks for; other columns: change it and start again\n",
        w->table.result, w->table.column[i]);
}

// ---- the command

static void draw(const sweep *w, const fhrl_output *out)
{
  const char *args[FHRL_SWEEP_TABLE_ARGS];
  const int n = fhrl_sweep_table_figure(&w->table, &w->plan, w->command->seed, "sweep.tsv", args);
  if (n > 0) fhrl_output_draw(out, "sweep", args, n);
}

// The table, figures and run.json; other processes of the same sweep may come to this, too: one at a time.
static fhrl_status conclude(sweep *w, fhrl_output *out, const fhrl_sweep_job *job, const fhrl_sweep *s, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_output_path(out, "sweep.tsv", path, err));
  FHRL_TRY(fhrl_lock_wait(w->lock, patience_s, fhrl_signals_flag(), err));
  fhrl_status status = fhrl_sweep_table_save(&w->table, job, s, path, err);
  if (status == FHRL_OK) {
    report(w, out, s, job, path);
    warn_unknown(w, s);
    fhrl_output_say(out, "table        %s\n", path);
    draw(w, out);
    status = fhrl_output_finish(out, err);
  }
  fhrl_lock_release(w->lock);
  return status;
}

static fhrl_status say_failed(const fhrl_sweep_job *job, const fhrl_sweep *s, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE], reason[FHRL_ERR_SIZE];
  for (long k = 0; k < job->plan->points; k++) {
    if (s->state[k] != FHRL_SWEEP_FAILED) continue;
    FHRL_TRY(fhrl_sweep_folder(job, k, path, err));
    fhrl_sweep_reason(job, k, reason);
    return fhrl_fail(err, FHRL_NUMERIC, "%ld of %ld points failed (--retry computes them again), the first in %s: %s", s->failed, job->plan->points,
      path, reason);
  }
  return FHRL_OK;
}

static fhrl_status run_points(sweep *w, const fhrl_run *run, const fhrl_sweep_job *job, fhrl_sweep *s, fhrl_output *out, fhrl_err *err)
{
  FHRL_TRY(open_folder(w, run, out, err));
  say_plan(w, out, s);
  fhrl_progress_begin(&w->progress, fhrl_output_progress(out), "sweep", (double)w->plan.points, "points");
  const fhrl_status status = fhrl_sweep_run(job, s, err);
  fhrl_progress_end(&w->progress);
  if (status == FHRL_INTERRUPT) fhrl_status_context(err, "to go on, give the same command again");
  FHRL_TRY(status);
  if (job->rank.rank == 0) FHRL_TRY(conclude(w, out, job, s, err));
  return say_failed(job, s, err);
}

static fhrl_status sweep_all(sweep *w, fhrl_config *config, fhrl_err *err)
{
  fhrl_run run = *w->run;
  fhrl_output out = {0};
  fhrl_sweep s = {0};
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, make_plan(w, config, err));
  const fhrl_rank rank = fhrl_rank_find();
  run.silent = rank.rank > 0; // one speaks for all
  run.quiet |= rank.rank > 0;
  const fhrl_sweep_job job = {.plan = &w->plan, .folder = w->folder, .shared = w->shared, .inside = w->command->threaded,
    .threads = rank.size > 1 && !run.threads_given ? 1 : run.threads, .retry = fhrl_config_int(&w->wishes, "sweep.retry"), .rank = rank,
    .stop = fhrl_signals_flag(), .compute = compute, .progress = show, .context = w};
  FHRL_DO(status, fhrl_sweep_look(&job, &s, err));
  if (fhrl_config_int(&w->wishes, "sweep.plan")) {
    run.folder = NULL;
    FHRL_DO(status, fhrl_output_open(&out, &run, NULL, NULL, &w->kept, w->seed, err));
    say_plan(w, &out, &s);
    say_points(w, &out, &s);
    report(w, &out, &s, &job, NULL);
    FHRL_DO(status, fhrl_output_finish(&out, err));
  } else
    status = run_points(w, &run, &job, &s, &out, err);
done:
  fhrl_sweep_free(&s);
  fhrl_output_close(&out);
  return status;
}

// Called when the command of the points has made its configuration, which lasts until this returns.
static void look(void *context, fhrl_config *config)
{
  sweep *w = context;
  w->looked = 1;
  w->status = sweep_all(w, config, w->err);
}

fhrl_status fhrl_cmd_sweep(const fhrl_run *run, fhrl_err *err)
{
  sweep *w = calloc(1, sizeof *w);
  fhrl_status status = FHRL_OK;
  fhrl_err ended = {FHRL_OK, ""};
  if (w == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a sweep");
  *w = (sweep){.run = run, .err = err};
  fhrl_config_init(&w->wishes);
  fhrl_config_init(&w->kept);
  fhrl_sweep_plan_init(&w->plan);
  FHRL_DO(status, read_settings(w, err));
  FHRL_DO(status, find_command(w, err));
  FHRL_DO(status, find_input(w, err));
  FHRL_DO(status, choose_folder(w, err));
  fhrl_notes notes = {.count = 0};
  const fhrl_run only_look = {.command = w->command, .input = *w->input ? w->input : NULL, .settings = w->base, .quiet = 1, .silent = 1,
    .threads = 1, .notes = &notes, .look = look, .context = w};
  status = w->command->run(&only_look, &ended);
  if (w->looked) status = w->status;
  else if (status != FHRL_OK) status = fhrl_fail(err, status, "%s", ended.msg);
  else status = fhrl_fail(err, FHRL_ARG, "fhrl %s has no configuration to sweep over", w->command->name);
done:
  fhrl_sweep_table_free(&w->table);
  fhrl_sweep_plan_free(&w->plan);
  fhrl_config_free(&w->kept);
  fhrl_config_free(&w->wishes);
  free(w->field);
  free(w->wished.item);
  free(w->base.item);
  fhrl_settings_free(&w->all);
  free(w);
  return status;
}
