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

enum { SHOWN = 12, TSV_STATES = 64, NAME = 64 }; // states of the summary; states of the table, beyond which .nc has all

static void show(void *context, double t, double t_end) { fhrl_progress_update(context, t, NULL); }

// ---- files

static fhrl_status save_table(const fhrl_output *out, const fhrl_setup *s, const fhrl_trajectory *tr, fhrl_err *err)
{
  const fhrl_model *m = s->model;
  const int states = tr->n <= TSV_STATES ? tr->n : TSV_STATES, columns = 1 + states + m->n_obs;
  fhrl_status status = FHRL_OK;
  fhrl_table table = {0};
  char(*name)[NAME] = calloc((size_t)columns, sizeof *name), path[FHRL_PATH_SIZE];
  const char **names = calloc(2 * (size_t)columns, sizeof *names), **units = names ? names + columns : NULL;
  if (!name || !names) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for a table of %d columns", columns));
  names[0] = "t";
  units[0] = m->time_unit;
  for (int i = 0; i < states; i++) {
    fhrl_system_component(s->system, i, name[1 + i], NAME);
    names[1 + i] = name[1 + i];
    units[1 + i] = m->state[0].unit;
  }
  for (int block = 0, i = 0; block < m->n_state; block++)
    for (int k = 0; k < s->system->dims.state[block].rows * s->system->dims.state[block].cols && i < states; k++, i++)
      units[1 + i] = m->state[block].unit;
  for (int i = 0; i < m->n_obs; i++) {
    names[1 + states + i] = m->obs[i].name;
    units[1 + states + i] = m->obs[i].unit;
  }
  FHRL_DO(status, fhrl_output_path(out, "trajectory.tsv", path, err));
  FHRL_DO(status, fhrl_table_begin(&table, path, "fhrl.trajectory/1", names, units, columns, err));
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

// time, one variable per state block with its own shape, u, and one per observable
static fhrl_status save_dataset(const fhrl_output *out, const fhrl_setup *s, const fhrl_trajectory *tr, fhrl_err *err)
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
  const char *const attributes[] = {"schema", "fhrl.trajectory/1", "model", m->name, "reference", m->reference, "seed", seed,
    "time_unit", m->time_unit, NULL};
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

static void report_events(const fhrl_output *out, const fhrl_setup *s, const fhrl_integrator *it)
{
  long count = 0;
  const fhrl_happening *happened = it ? fhrl_integrator_events(it, &count) : NULL; // a map has none
  fhrl_json *list = fhrl_json_array();
  fhrl_json_put(out->result, "events", list);
  for (long k = 0; k < count; k++) {
    const fhrl_event *event = &s->model->event[happened[k].event];
    fhrl_json *one = fhrl_json_object();
    fhrl_json_add(list, one);
    fhrl_json_text(one, "name", event->name);
    fhrl_json_real(one, "t", happened[k].t, NULL);
    if (s->system->dims.event[happened[k].event] > 1) fhrl_json_int(one, "index", happened[k].index);
  }
  for (int e = 0; e < s->model->n_event; e++) {
    long times = 0, last = -1;
    for (long k = 0; k < count; k++)
      if (happened[k].event == e) {
        times++;
        last = k;
      }
    if (times > 0)
      fhrl_output_say(out, "event        %s: %ld times, last at t = %.10g\n", s->model->event[e].name, times, happened[last].t);
  }
}

// How a trajectory came about.
typedef struct outcome {
  fhrl_integrator *it; // owned; NULL for a map
  const char *method;
  char why[256];
  fhrl_counters c;
  double wall;
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
  fhrl_json_int(o, "steps", c.steps);
  fhrl_json_int(o, "rhs_evals", c.rhs_evals);
  fhrl_json_int(o, "jvp_evals", c.jvp_evals);
  fhrl_json_int(o, "error_test_failures", c.error_test_failures);
  fhrl_json_int(o, "restarts", c.restarts);
  fhrl_json_real(o, "wall_s", how->wall, NULL);
  fhrl_json_real(o, "rhs_s", c.rhs_s, NULL);
  fhrl_json_text(o, "method", method);
  fhrl_json_text(o, "method_reason", why);
  fhrl_output_say(out, "model        %s, %d states\n", s->model->name, n);
  fhrl_output_say(out, "end          t = %.10g %s\n", t, strcmp(s->model->time_unit, "1") ? s->model->time_unit : "");
  for (int i = 0; i < n && i < SHOWN; i++) {
    char name[NAME];
    fhrl_system_component(s->system, i, name, sizeof name);
    fhrl_output_say(out, "  %-10s % .10g\n", name, x[i]);
  }
  if (n > SHOWN) fhrl_output_say(out, "  ...        %d more\n", n - SHOWN);
  fhrl_output_say(out, "method       %s (%s)\n", method, why);
  if (s->model->rhs)
    fhrl_output_say(out, "work         %ld steps, %ld right-hand sides, %ld J v, %ld failed error tests\n", c.steps, c.rhs_evals,
      c.jvp_evals, c.error_test_failures);
  else
    fhrl_output_say(out, "work         %ld steps\n", c.steps);
  fhrl_output_say(out, "seconds      %.3g, of which %.3g in the %s\n", how->wall, c.rhs_s,
    s->model->rhs ? "right-hand side" : "steps");
}

// A flow along tr's grid; counters and method are known even after a failure.
static fhrl_status integrate(fhrl_setup *s, fhrl_trajectory *tr, const fhrl_trajectory_watch *watch, outcome *how,
  fhrl_err *err)
{
  FHRL_TRY(fhrl_integrator_create(s->system, &s->input, &s->solver, 0.0, s->x0, &how->it, err));
  fhrl_integrator *it = how->it;
  const fhrl_status status = fhrl_trajectory_run(tr, it, s->system, &s->input, watch, err);
  const char *why, *method = fhrl_integrator_method(it, &why);
  how->method = method;
  snprintf(how->why, sizeof how->why, "%s", why);
  fhrl_integrator_counters(it, &how->c);
  return status;
}

static fhrl_status iterate(fhrl_setup *s, fhrl_trajectory *tr, const fhrl_trajectory_watch *watch, outcome *how,
  fhrl_err *err)
{
  how->method = "map";
  snprintf(how->why, sizeof how->why, "a map is stepped, exactly");
  return fhrl_iteration_run(tr, s->system, &s->input, s->x0, s->solver.max_steps, watch, &how->c, err);
}

static fhrl_status simulate(const fhrl_output *out, fhrl_setup *s, fhrl_err *err)
{
  fhrl_trajectory tr = {0};
  outcome how = {0};
  fhrl_progress progress;
  fhrl_status status = FHRL_OK;
  const char *unit = strcmp(s->model->time_unit, "1") == 0 ? "" : s->model->time_unit;
  const double begin = fhrl_clock_wall();
  fhrl_progress_begin(&progress, fhrl_output_progress(out), "simulate", s->solver.t_end, unit);
  FHRL_DO(status, fhrl_trajectory_init(&tr, s->system, &s->solver, 0.0, err));
  const fhrl_trajectory_watch watch = {.progress = show, .context = &progress, .stop = fhrl_signals_flag()};
  status = (s->model->rhs ? integrate : iterate)(s, &tr, &watch, &how, err);
  fhrl_progress_end(&progress);
  if (status != FHRL_OK) goto done;
  how.wall = fhrl_clock_wall() - begin;
  report(out, s, &tr, &how);
  report_events(out, s, how.it);
  if (fhrl_output_has_folder(out)) {
    FHRL_DO(status, save_dataset(out, s, &tr, err));
    FHRL_DO(status, save_table(out, s, &tr, err));
    fhrl_output_say(out, "files        %s/trajectory.nc, .tsv, run.json\n", out->folder);
  }
done:
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
  const fhrl_section ensemble = {"ensemble", fhrl_members_fields, fhrl_members_field_count};
  FHRL_DO(status, fhrl_setup_open(&s, run, &ensemble, 1, err));
  FHRL_DO(status, fhrl_members_plan(&members, run, &s, err));
  FHRL_DO(status, fhrl_output_open(&out, run, NULL, NULL, &s.config, s.seed, err));
  if (members.members > 0)
    FHRL_DO(status, fhrl_members_run(&members, &out, &s, run->threads, err));
  else
    FHRL_DO(status, simulate(&out, &s, err));
  status = fhrl_output_finish(&out, err);
done:
  fhrl_members_free(&members);
  fhrl_output_close(&out);
  fhrl_setup_close(&s);
  return status;
}
