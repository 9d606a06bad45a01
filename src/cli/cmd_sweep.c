// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_sweep: a command at every point of a grid over keys of its configuration
#include <stdio.h>
#include <string.h>

#include "base/lock.h"
#include "base/progress.h"
#include "base/signals.h"
#include "cli/output.h"
#include "cli/sweep_wishes.h"

enum { SHOWN = 8 };                    // values and failures that are said
static const double patience_s = 60.0; // for another process to write a file

typedef struct sweep {
  fhrl_sweep_wishes *w;
  fhrl_progress progress;
  fhrl_status status; // of what was done in `look`
  int looked;
  fhrl_err *err;
} sweep;

// ---- the folder

// Other processes of the same sweep may open it at this moment: one at a time.
static fhrl_status open_folder(const fhrl_sweep_wishes *w, char lock[FHRL_PATH_SIZE], const fhrl_run *run, fhrl_output *out, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  fhrl_run own = *run;
  own.force = 1; // what fhrl_sweep_wishes_same lets pass
  FHRL_TRY(fhrl_file_folder(w->folder, err));
  FHRL_TRY(fhrl_file_join(w->folder, "sweep.lock", lock, err));
  FHRL_TRY(fhrl_lock_wait(lock, patience_s, fhrl_signals_flag(), err));
  fhrl_status status = fhrl_file_join(w->folder, "config.ini", path, err);
  if (status == FHRL_OK && fhrl_file_exists(path) && !run->force) status = fhrl_sweep_wishes_same(w, path, err);
  if (status == FHRL_OK) status = fhrl_output_open(out, &own, w->folder, NULL, &w->kept, w->seed, err);
  out->run = run;
  fhrl_lock_release(lock);
  return status;
}

// ---- points

// In a process of its own.
static fhrl_status compute(void *context, long k, const char *folder, int threads, fhrl_err *err)
{
  const fhrl_sweep_wishes *w = ((const sweep *)context)->w;
  fhrl_notes notes = {.count = 0};
  fhrl_run point = {.command = w->command, .input = *w->input ? w->input : NULL, .folder = folder, .force = w->run->force, .quiet = 1,
    .threads = threads, .undrawn = !fhrl_config_int(&w->config, "sweep.figures"), .notes = &notes};
  fhrl_status status = fhrl_sweep_wishes_point(w, k, &point.settings, err);
  if (status == FHRL_OK) status = w->command->run(&point, err);
  if (status != FHRL_OK) fprintf(stderr, "fhrl %s: %s\n", w->command->name, err->msg); // into said.txt
  fhrl_settings_free(&point.settings);
  return status;
}

static void show(void *context, long settled, long first, long failed, const char *note)
{
  fhrl_progress *p = &((sweep *)context)->progress;
  char text[64];
  if (failed > 0) snprintf(text, sizeof text, "%ld failed, %.30s", failed, note);
  else snprintf(text, sizeof text, "%.60s", note);
  p->first = (double)first;
  fhrl_progress_update(p, (double)settled, text);
}

// ---- what is said

static void say_plan(const fhrl_sweep_wishes *w, const fhrl_output *out, const fhrl_sweep *s)
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

static void say_points(const fhrl_sweep_wishes *w, const fhrl_output *out, const fhrl_sweep *s)
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

static void report(const fhrl_sweep_wishes *w, const fhrl_output *out, const fhrl_sweep *s, const fhrl_sweep_job *job, const char *table)
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
static void warn_unknown(const fhrl_sweep_wishes *w, const fhrl_sweep *s)
{
  for (int i = 0; i < w->table.columns && s->done > 0; i++)
    if (w->table.known[i].points == 0)
      fprintf(stderr, "fhrl sweep: no point's %s has %s, which sweep.columns asks for; other columns: change it and start again\n",
        w->table.result, w->table.column[i]);
}

// ---- the command

static void draw(const fhrl_sweep_wishes *w, const fhrl_output *out)
{
  const char *args[FHRL_SWEEP_TABLE_ARGS];
  const int n = fhrl_sweep_table_figure(&w->table, &w->plan, w->command->seed, "sweep.tsv", args);
  if (n > 0) fhrl_output_draw(out, "sweep", args, n);
}

// The table, figures and run.json; other processes of the same sweep may come to this, too: one at a time.
static fhrl_status conclude(fhrl_sweep_wishes *w, const char *lock, fhrl_output *out, const fhrl_sweep_job *job, const fhrl_sweep *s, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_output_path(out, "sweep.tsv", path, err));
  FHRL_TRY(fhrl_lock_wait(lock, patience_s, fhrl_signals_flag(), err));
  fhrl_status status = fhrl_sweep_table_save(&w->table, job, s, path, err);
  if (status == FHRL_OK) {
    report(w, out, s, job, path);
    warn_unknown(w, s);
    fhrl_output_say(out, "table        %s\n", path);
    draw(w, out);
    status = fhrl_output_finish(out, err);
  }
  fhrl_lock_release(lock);
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

static fhrl_status run_points(sweep *own, const fhrl_run *run, const fhrl_sweep_job *job, fhrl_sweep *s, fhrl_output *out, fhrl_err *err)
{
  char lock[FHRL_PATH_SIZE];
  FHRL_TRY(open_folder(own->w, lock, run, out, err));
  say_plan(own->w, out, s);
  fhrl_progress_begin(&own->progress, fhrl_output_progress(out), "sweep", (double)job->plan->points, "points");
  const fhrl_status status = fhrl_sweep_run(job, s, err);
  fhrl_progress_end(&own->progress);
  if (status == FHRL_INTERRUPT) fhrl_status_context(err, "to go on, give the same command again");
  FHRL_TRY(status);
  if (job->rank.rank > 0) return FHRL_OK; // mpirun ends the rest once one fails, and the first has the table to write
  FHRL_TRY(conclude(own->w, lock, out, job, s, err));
  return say_failed(job, s, err);
}

static fhrl_status sweep_all(sweep *own, fhrl_config *config, fhrl_err *err)
{
  fhrl_sweep_wishes *w = own->w;
  fhrl_run run = *w->run;
  fhrl_output out = {0};
  fhrl_sweep s = {0};
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_sweep_wishes_plan(w, config, err));
  const fhrl_rank rank = fhrl_rank_find();
  run.silent = rank.rank > 0; // one speaks for all
  run.quiet |= rank.rank > 0;
  const fhrl_sweep_job job = {.plan = &w->plan, .folder = w->folder, .shared = w->shared, .inside = w->command->threaded,
    .threads = rank.size > 1 && !run.threads_given ? 1 : run.threads, .retry = fhrl_config_int(&w->config, "sweep.retry"), .rank = rank,
    .stop = fhrl_signals_flag(), .compute = compute, .progress = show, .context = own};
  FHRL_DO(status, fhrl_sweep_look(&job, &s, err));
  if (fhrl_config_int(&w->config, "sweep.plan")) {
    run.folder = NULL;
    FHRL_DO(status, fhrl_output_open(&out, &run, NULL, NULL, &w->kept, w->seed, err));
    say_plan(w, &out, &s);
    say_points(w, &out, &s);
    report(w, &out, &s, &job, NULL);
    FHRL_DO(status, fhrl_output_finish(&out, err));
  } else
    status = run_points(own, &run, &job, &s, &out, err);
done:
  fhrl_sweep_free(&s);
  fhrl_output_close(&out);
  return status;
}

// Called when the command of the points has made its configuration, which lasts until this returns.
static void look(void *context, fhrl_config *config)
{
  sweep *own = context;
  own->looked = 1;
  own->status = sweep_all(own, config, own->err);
}

fhrl_status fhrl_cmd_sweep(const fhrl_run *run, fhrl_err *err)
{
  fhrl_sweep_wishes w;
  sweep own = {.w = &w, .err = err};
  fhrl_err ended = {FHRL_OK, ""};
  fhrl_notes notes = {.count = 0};
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_sweep_wishes_read(&w, run, err));
  const fhrl_run only_look = {.command = w.command, .input = *w.input ? w.input : NULL, .settings = w.base, .quiet = 1, .silent = 1,
    .threads = 1, .notes = &notes, .look = look, .context = &own};
  status = w.command->run(&only_look, &ended);
  if (own.looked) status = own.status;
  else if (status != FHRL_OK) status = fhrl_fail(err, status, "%s", ended.msg);
  else status = fhrl_fail(err, FHRL_ARG, "fhrl %s has no configuration to sweep over", w.command->name);
done:
  fhrl_sweep_wishes_free(&w);
  return status;
}
