// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_simulate: one trajectory of a model, a flow integrated or a map stepped; or an ensemble of them
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "base/signals.h"
#include "cli/members.h"
#include "cli/output.h"
#include "cli/setup.h"
#include "io/dataset.h"
#include "io/table.h"
#include "ode/iteration.h"
#include "ode/trajectory_part.h"

enum { SHOWN = 12, TSV_STATES = 64, NAME = 64 }; // states of the summary; states of the table, beyond which .nc has all

// What a running simulation keeps: how far it is, on the terminal and on the disk.
typedef struct keeper {
  fhrl_progress progress;
  fhrl_trajectory_part part;
  char path[FHRL_PATH_SIZE]; // of the part
} keeper;

static void show(void *context, double t, double t_end) { fhrl_progress_update(&((keeper *)context)->progress, t, NULL); }
static void show_between(void *context, double t) { show(context, t, 0.0); }

static fhrl_status keep(void *context, const fhrl_trajectory *tr, const fhrl_trajectory_kept *kept, fhrl_err *err)
{
  return fhrl_trajectory_part_append(&((keeper *)context)->part, tr, kept, err);
}

// ---- files

// failure: why the trajectory ends before t_end; empty if it does not. Likewise below.
static fhrl_status save_table(const fhrl_output *out, const fhrl_setup *s, const fhrl_trajectory *tr, const char *failure,
  fhrl_err *err)
{
  const fhrl_model *m = s->model;
  const int states = tr->n <= TSV_STATES ? tr->n : TSV_STATES, columns = 1 + states + m->n_obs;
  fhrl_status status = FHRL_OK;
  fhrl_table table = {0};
  char(*name)[FHRL_SYSTEM_NAME] = calloc((size_t)states, sizeof *name), path[FHRL_PATH_SIZE], schema[FHRL_ERR_SIZE + 64];
  const char **names = calloc(2 * (size_t)columns, sizeof *names), **units = names ? names + columns : NULL;
  if (!name || !names) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for a table of %d columns", columns));
  names[0] = "t";
  units[0] = m->time_unit;
  fhrl_system_columns(s->system, states, name, names + 1, units + 1);
  for (int i = 0; i < m->n_obs; i++) {
    names[1 + states + i] = m->obs[i].name;
    units[1 + states + i] = m->obs[i].unit;
  }
  FHRL_DO(status, fhrl_output_path(out, "trajectory.tsv", path, err));
  snprintf(schema, sizeof schema, "fhrl.trajectory/1%s%s", *failure ? "; it ends early: " : "", failure);
  FHRL_DO(status, fhrl_table_begin(&table, path, schema, names, units, columns, err));
  for (size_t k = 0; k < tr->count; k++) {
    fhrl_table_real(&table, tr->t[k]);
    for (int i = 0; i < states; i++) fhrl_table_real(&table, tr->x[k * (size_t)tr->n + i]);
    for (int i = 0; i < m->n_obs; i++) fhrl_table_real(&table, tr->obs[k * (size_t)tr->n_obs + i]);
  }
  status = fhrl_table_commit(&table, err);
done:
  free(name);
  free(names);
  return status;
}

// A row per crossing: which section, when, and the state.
static fhrl_status save_sections(const fhrl_output *out, const fhrl_setup *s, const fhrl_integrator *it, fhrl_err *err)
{
  const int n = s->system->n, states = n <= TSV_STATES ? n : TSV_STATES;
  fhrl_status status = FHRL_OK;
  fhrl_table table = {0};
  char name[TSV_STATES][FHRL_SYSTEM_NAME], which[FHRL_CROSSING_MAX * (FHRL_CROSSING_TEXT + 8)] = "", path[FHRL_PATH_SIZE];
  const char *names[TSV_STATES + 2] = {"section", "t"}, *units[TSV_STATES + 2] = {which, s->model->time_unit};
  for (int k = 0; k < s->solver.crossings; k++) {
    const size_t used = strlen(which);
    snprintf(which + used, sizeof which - used, "%s%d: %s", k > 0 ? "; " : "", k, s->section[k].text);
  }
  fhrl_system_columns(s->system, states, name, names + 2, NULL);
  for (int i = 0; i < states; i++) units[2 + i] = "as in trajectory.tsv";
  long count, crossings, c = 0;
  const fhrl_happening *happened = fhrl_integrator_events(it, &count);
  const double *at = fhrl_integrator_crossings(it, &crossings);
  FHRL_DO(status, fhrl_output_path(out, "sections.tsv", path, err));
  FHRL_DO(status, fhrl_table_begin(&table, path, "fhrl.sections/1", names, units, states + 2, err));
  for (long k = 0; k < count; k++) {
    if (happened[k].event < s->model->n_event) continue;
    fhrl_table_int(&table, happened[k].event - s->model->n_event);
    fhrl_table_real(&table, happened[k].t);
    for (int i = 0; i < states; i++) fhrl_table_real(&table, at[(size_t)c * (size_t)n + i]);
    c++;
  }
  status = fhrl_table_commit(&table, err);
done:
  return status;
}

// time, one variable per state block with its own shape, u, and one per observable
static fhrl_status save_dataset(const fhrl_output *out, const fhrl_setup *s, const fhrl_trajectory *tr, const char *failure,
  fhrl_err *err)
{
  const fhrl_model *m = s->model;
  const fhrl_dims *dims = &s->system->dims;
  const size_t K = tr->count, n = (size_t)tr->n;
  const int count = 2 + m->n_state + m->n_obs;
  fhrl_status status = FHRL_OK;
  fhrl_variable *v = calloc((size_t)count, sizeof *v);
  char(*rows)[NAME] = calloc((size_t)m->n_state, sizeof *rows), (*cols)[NAME] = calloc((size_t)m->n_state, sizeof *cols);
  double *data = malloc((K * (n + (size_t)m->n_obs) + 1) * sizeof *data), *next = data;
  int used = 0;
  char path[FHRL_PATH_SIZE], seed[24];
  if (!v || !rows || !cols || !data) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory to save %zu points", K));
  v[used++] = (fhrl_variable){"time", m->time_unit, "time", 1, {"time"}, {K}, tr->t};
  for (int b = 0, first = 0; b < m->n_state; b++) {
    const fhrl_shape shape = dims->state[b];
    const size_t size = (size_t)shape.rows * (size_t)shape.cols;
    for (size_t k = 0; k < K; k++) memcpy(next + k * size, tr->x + k * n + first, size * sizeof *next);
    snprintf(rows[b], NAME, "%s_row", m->state[b].name);
    snprintf(cols[b], NAME, "%s_column", m->state[b].name);
    v[used++] = (fhrl_variable){m->state[b].name, m->state[b].unit, m->state[b].meaning,
      1 + (size > 1) + (shape.cols > 1), {"time", rows[b], cols[b]}, {K, (size_t)shape.rows, (size_t)shape.cols}, next};
    next += K * size;
    first += (int)size;
  }
  if (tr->n_u > 0)
    v[used++] = (fhrl_variable){"u", "1", "input", 2, {"time", "input"}, {K, (size_t)tr->n_u}, tr->u};
  for (int i = 0; i < m->n_obs; i++) {
    for (size_t k = 0; k < K; k++) next[k] = tr->obs[k * (size_t)tr->n_obs + i];
    v[used++] = (fhrl_variable){m->obs[i].name, m->obs[i].unit, m->obs[i].meaning, 1, {"time"}, {K}, next};
    next += K;
  }
  snprintf(seed, sizeof seed, "%d", s->seed);
  const char *attributes[] = {"schema", "fhrl.trajectory/1", "model", m->name, "reference", m->reference, "seed", seed,
    "time_unit", m->time_unit, NULL, NULL, NULL, NULL, NULL};
  const char **more = attributes + 10;
  if (s->user.model) *more++ = "model_sha256", *more++ = s->user.digest;
  if (*failure) *more++ = "failure", *more++ = failure;
  FHRL_DO(status, fhrl_output_path(out, "trajectory.nc", path, err));
  status = fhrl_dataset_save(path, v, used, 0, attributes, err);
done:
  free(v);
  free(rows);
  free(cols);
  free(data);
  return status;
}

// ---- what is said

// Of a model's event, or of a section as it was asked for.
static const char *event_name(const fhrl_setup *s, int event)
{
  return event < s->model->n_event ? s->model->event[event].name : s->section[event - s->model->n_event].text;
}

static void report_events(const fhrl_output *out, const fhrl_setup *s, const fhrl_integrator *it)
{
  long count = 0;
  const fhrl_happening *happened = it ? fhrl_integrator_events(it, &count) : NULL; // a map has none
  fhrl_json *list = fhrl_json_array();
  fhrl_json_put(out->result, "events", list);
  for (long k = 0; k < count; k++) {
    const int event = happened[k].event;
    fhrl_json *one = fhrl_json_object();
    fhrl_json_add(list, one);
    fhrl_json_text(one, "name", event_name(s, event));
    fhrl_json_real(one, "t", happened[k].t, NULL);
    if (event < s->model->n_event && s->system->dims.event[event] > 1) fhrl_json_int(one, "index", happened[k].index);
  }
  for (int e = 0; e < s->model->n_event + s->solver.crossings; e++) {
    long times = 0, last = -1;
    for (long k = 0; k < count; k++)
      if (happened[k].event == e) {
        times++;
        last = k;
      }
    if (times > 0)
      fhrl_output_say(out, "%s %s: %ld times, last at t = %.10g\n", e < s->model->n_event ? "event       " : "section     ",
        event_name(s, e), times, happened[last].t);
  }
}

// How a trajectory came about.
typedef struct outcome {
  fhrl_integrator *it; // owned; NULL for a map
  const char *method;
  char why[256];
  fhrl_counters c;
  double wall, cpu;
  fhrl_err failure; // why it ended before t_end; code FHRL_OK: it did not
} outcome;

static void report(const fhrl_output *out, const fhrl_setup *s, const fhrl_trajectory *tr, const outcome *how)
{
  const int n = s->system->n;
  const double *x = tr->x + (tr->count - 1) * (size_t)n, t = tr->t[tr->count - 1];
  const char *method = how->method, *why = how->why;
  const fhrl_counters c = how->c;
  fhrl_json *o = out->result;
  fhrl_json_real(o, "t_end", t, NULL);
  fhrl_json_reals(o, "state", x, (size_t)n);
  fhrl_json_real(o, "input_end", fhrl_input_end(&s->input), "u(t) does not end");
  fhrl_json_int(o, "steps", c.steps);
  fhrl_json_int(o, "rhs_evals", c.rhs_evals);
  fhrl_json_int(o, "jvp_evals", c.jvp_evals);
  fhrl_json_int(o, "error_test_failures", c.error_test_failures);
  fhrl_json_int(o, "restarts", c.restarts);
  fhrl_json_int(o, "convergence_failures", c.convergence_failures);
  fhrl_json_int(o, "corrector_iterations", c.corrector_iterations);
  fhrl_json_int(o, "linear_iterations", c.linear_iterations);
  fhrl_json_int(o, "jacobians", c.jacobians);
  fhrl_json_real(o, "wall_s", how->wall, NULL);
  fhrl_json_real(o, "cpu_s", how->cpu, NULL);
  fhrl_json_real(o, "rhs_s", c.rhs_s, NULL);
  fhrl_json_text(o, "method", method);
  fhrl_json_text(o, "method_reason", why);
  fhrl_json_text(o, "failure", how->failure.code != FHRL_OK ? how->failure.msg : NULL);
  fhrl_output_say(out, "model        %s, %d states\n", s->model->name, n);
  fhrl_output_say(out, "end          t = %.10g %s\n", t, strcmp(s->model->time_unit, "1") ? s->model->time_unit : "");
  for (int i = 0; i < n && i < SHOWN; i++) {
    char name[NAME];
    fhrl_system_component(s->system, i, name, sizeof name);
    fhrl_output_say(out, "  %-10s % .10g\n", name, x[i]);
  }
  if (n > SHOWN) fhrl_output_say(out, "  ...        %d more\n", n - SHOWN);
  if (fhrl_input_end(&s->input) < t)
    fhrl_output_say(out, "input        recorded until t = %g, and held from there on\n", fhrl_input_end(&s->input));
  fhrl_output_say(out, "method       %s (%s)\n", method, why);
  if (s->model->rhs)
    fhrl_output_say(out, "work         %ld steps, %ld right-hand sides, %ld J v, %ld failed error tests\n", c.steps, c.rhs_evals,
      c.jvp_evals, c.error_test_failures);
  else
    fhrl_output_say(out, "work         %ld steps\n", c.steps);
  if (c.linear_iterations + c.jacobians > 0)
    fhrl_output_say(out, "Newton       %ld iterations, %ld of GMRES, %ld dense Jacobians, %ld failures to converge\n",
      c.corrector_iterations, c.linear_iterations, c.jacobians, c.convergence_failures);
  fhrl_output_say(out, "seconds      %.3g, of which %.3g in the %s\n", how->wall, c.rhs_s,
    s->model->rhs ? "right-hand side" : "steps");
}

// A flow along tr's grid, on from what the part has; counters and method are known even after a failure.
static fhrl_status integrate(fhrl_setup *s, fhrl_trajectory *tr, const fhrl_trajectory_watch *watch, const fhrl_trajectory_part *part,
  outcome *how, fhrl_err *err)
{
  const size_t last = tr->count - 1;
  const double t0 = tr->count > 0 ? tr->t[last] : 0.0, *x0 = tr->count > 0 ? tr->x + last * (size_t)tr->n : s->x0;
  FHRL_TRY(fhrl_integrator_create(s->system, &s->input, &s->solver, t0, x0, &how->it, err));
  fhrl_integrator *it = how->it;
  fhrl_status status = tr->count > 0
    ? fhrl_integrator_resume(it, &part->past, part->happened, part->events, part->at, part->crossings, err) : FHRL_OK;
  if (status != FHRL_OK) {
    fhrl_status_context(err, "%s", part->file.path);
    return status;
  }
  status = fhrl_trajectory_run(tr, it, s->system, &s->input, watch, err);
  const char *why, *method = fhrl_integrator_method(it, &why);
  how->method = method;
  snprintf(how->why, sizeof how->why, "%s", why);
  fhrl_integrator_counters(it, &how->c);
  return status;
}

static fhrl_status iterate(fhrl_setup *s, fhrl_trajectory *tr, const fhrl_trajectory_watch *watch, const fhrl_trajectory_part *part,
  outcome *how, fhrl_err *err)
{
  how->method = "map";
  how->c = part->past.counters;
  snprintf(how->why, sizeof how->why, "a map is stepped, exactly");
  return fhrl_iteration_run(tr, s->system, &s->input, s->x0, s->solver.max_steps, watch, &how->c, err);
}

// Opens FOLDER/trajectory.part, and takes from it what is there.
static fhrl_status open_part(const fhrl_output *out, const fhrl_setup *s, fhrl_trajectory *tr, keeper *k, fhrl_err *err)
{
  if (!fhrl_output_has_folder(out)) return FHRL_OK;
  FHRL_TRY(fhrl_output_path(out, "trajectory.part", k->path, err));
  char build[FHRL_SETUP_BUILD];
  const uint64_t identity = fhrl_trajectory_part_identity(s->system, &s->input, &s->solver, s->x0, fhrl_setup_build(s, build));
  FHRL_TRY(fhrl_trajectory_part_open(&k->part, k->path, identity, tr, err));
  if (tr->count == 0) return FHRL_OK;
  k->progress.first = k->progress.done = tr->t[tr->count - 1];
  fhrl_output_say(out, "resumed      from t = %.10g\n", tr->t[tr->count - 1]);
  return FHRL_OK;
}

static void say_resume(const fhrl_output *out, double t, fhrl_err *err)
{
  char from[64];
  snprintf(from, sizeof from, "to resume from t = %.9g", t);
  fhrl_output_resume(out, from, err);
}

static fhrl_status save(const fhrl_output *out, const fhrl_setup *s, const fhrl_trajectory *tr, const outcome *how, fhrl_err *err)
{
  const int sections = s->solver.crossings > 0;
  const char *failure = how->failure.code != FHRL_OK ? how->failure.msg : "";
  if (!fhrl_output_has_folder(out)) return FHRL_OK;
  FHRL_TRY(save_dataset(out, s, tr, failure, err));
  FHRL_TRY(save_table(out, s, tr, failure, err));
  if (sections) FHRL_TRY(save_sections(out, s, how->it, err));
  fhrl_output_say(out, "files        %s/trajectory.nc, .tsv, %srun.json\n", out->folder, sections ? "sections.tsv, " : "");
  return FHRL_OK;
}

// After a failure of the run, said in err. 1: what came before is a result, with its last state, and how->failure says the
// rest. 0: there is nothing before it, or its trajectory.part is of more use: the same command, when it may, goes on from there.
static int ended_early(const fhrl_output *out, const fhrl_setup *s, fhrl_trajectory *tr, keeper *k, outcome *how, fhrl_status status,
  const fhrl_err *err)
{
  const int of_numbers = status == FHRL_NUMERIC || status == FHRL_LIMIT;
  if (status == FHRL_INTERRUPT || tr->count == 0 || !of_numbers || (s->model->rhs && how->it == NULL)) {
    if (k->part.rows == 0 && status != FHRL_INTERRUPT) fhrl_trajectory_part_remove(&k->part);
    return 0;
  }
  if (how->it) fhrl_trajectory_end_early(tr, how->it, s->system, &s->input, NULL); // without it where it cannot be observed
  how->failure = *err;
  // only a limit of seconds may end otherwise the next time
  if (status == FHRL_LIMIT && how->c.steps < s->solver.max_steps && k->part.rows > 0)
    say_resume(out, tr->t[k->part.rows - 1], &how->failure);
  else
    fhrl_trajectory_part_remove(&k->part);
  return 1;
}

// FHRL_OK also if the run failed and what came before was saved: *failure then says why it did.
static fhrl_status simulate(const fhrl_output *out, fhrl_setup *s, fhrl_err *failure, fhrl_err *err)
{
  fhrl_trajectory tr = {0};
  outcome how = {0};
  keeper k = {0};
  fhrl_err reason = {FHRL_OK, ""};
  fhrl_status status = FHRL_OK;
  const char *unit = strcmp(s->model->time_unit, "1") == 0 ? "" : s->model->time_unit;
  const double begin = fhrl_clock_wall(), cpu = fhrl_clock_cpu();
  fhrl_progress_begin(&k.progress, fhrl_output_progress(out), "simulate", s->solver.t_end, unit);
  s->solver.stop = fhrl_signals_flag();
  s->solver.progress = show_between;
  s->solver.context = &k;
  FHRL_DO(status, fhrl_trajectory_init(&tr, s->system, &s->solver, 0.0, err));
  FHRL_DO(status, open_part(out, s, &tr, &k, err));
  const fhrl_trajectory_watch watch = {.progress = show, .context = &k, .stop = fhrl_signals_flag(),
    .restart_every = (size_t)s->solver.checkpoint_every, .boundary = keep};
  status = (s->model->rhs ? integrate : iterate)(s, &tr, &watch, &k.part, &how, &reason);
  fhrl_progress_end(&k.progress);
  if (status == FHRL_INTERRUPT && fhrl_output_has_folder(out))
    say_resume(out, k.part.rows > 0 ? tr.t[k.part.rows - 1] : 0.0, &reason);
  if (status != FHRL_OK && !ended_early(out, s, &tr, &k, &how, status, &reason))
    FHRL_DO(status, fhrl_fail(err, status, "%s", reason.msg));
  how.wall = fhrl_clock_wall() - begin;
  how.cpu = fhrl_clock_cpu() - cpu;
  report(out, s, &tr, &how);
  report_events(out, s, how.it);
  FHRL_DO(status, save(out, s, &tr, &how, err));
  *failure = how.failure;
  if (how.failure.code == FHRL_OK) fhrl_trajectory_part_remove(&k.part);
done:
  fhrl_trajectory_part_close(&k.part);
  fhrl_integrator_destroy(how.it);
  fhrl_trajectory_free(&tr);
  return status;
}

fhrl_status fhrl_cmd_simulate(const fhrl_run *run, fhrl_err *err)
{
  fhrl_setup s;
  fhrl_output out = {0};
  fhrl_status status = FHRL_OK;
  fhrl_members members = {0};
  fhrl_err failure = {FHRL_OK, ""};
  const fhrl_section ensemble = {"ensemble", fhrl_members_fields, fhrl_members_field_count};
  FHRL_DO(status, fhrl_setup_open(&s, run, &ensemble, 1, err));
  FHRL_DO(status, fhrl_members_plan(&members, run, &s, err));
  FHRL_DO(status, fhrl_output_open(&out, run, NULL, NULL, &s.config, s.seed, err));
  if (members.members > 0)
    FHRL_DO(status, fhrl_members_run(&members, &out, &s, run->threads, err));
  else
    FHRL_DO(status, simulate(&out, &s, &failure, err));
  FHRL_DO(status, fhrl_output_finish(&out, err));
  if (members.lost.code != FHRL_OK)
    status = fhrl_fail(err, FHRL_NUMERIC, "every one of %ld members failed, the first because %s", members.members,
      members.lost.msg);
  if (failure.code != FHRL_OK)
    status = fhrl_fail(err, failure.code, "%s%s%s", failure.msg, fhrl_output_has_folder(&out) ? "; the trajectory until there: " : "",
      out.folder);
done:
  fhrl_members_free(&members);
  fhrl_output_close(&out);
  fhrl_setup_close(&s);
  return status;
}
