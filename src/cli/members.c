// SPDX-License-Identifier: GPL-3.0-or-later
// members: `fhrl simulate MODEL --members N --vary AXES`: an ensemble of starts and parameter points
#include "cli/members.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/signals.h"
#include "io/dataset.h"
#include "io/table.h"
#include "ode/ensemble_part.h"

enum { TSV_STATES = 64, NAME = 80, SHOWN = 5, FIXED = 3 }; // states of the table; failures said; columns before the parameters

const fhrl_field fhrl_members_fields[] = {
  {"members", 0, "1", "trajectories from different starts, of every parameter point; 0: one trajectory, or one for each point",
   FHRL_INT, 0, 1e8},
  {"spread", 0.0, "state", "starts are x0 + this times N(0, 1); 0: the model's own start from the seeds start.seed + 0, 1, ...",
   FHRL_REAL, 0.0, 1e12},
  {"vary", 0, "", "parameter points: axes NAME = a, b, start:step:stop joined by ; make a grid; NAME = uniform LOW HIGH or "
   "log LOW HIGH is drawn for every member", FHRL_TEXT},
};
const int fhrl_members_field_count = FHRL_COUNT(fhrl_members_fields);

// ---- what is asked for

fhrl_status fhrl_members_plan(fhrl_members *m, const fhrl_run *run, const fhrl_setup *s, fhrl_err *err)
{
  char place[FHRL_PATH_SIZE + 16];
  memset(m, 0, sizeof *m);
  fhrl_settings_place(&run->settings, "ensemble", "vary", place, sizeof place);
  FHRL_TRY(fhrl_vary_parse(&m->vary, s->system, fhrl_config_text(&s->config, "ensemble.vary"), place, err));
  m->starts = (long)fhrl_config_real(&s->config, "ensemble.members");
  if (m->starts == 0 && m->vary.axes > 0) m->starts = 1;
  m->members = m->starts * m->vary.points;
  const double spread = fhrl_config_real(&s->config, "ensemble.spread");
  if (m->members == 0 && spread > 0.0)
    return fhrl_fail(err, FHRL_ARG, "ensemble.spread = %g belongs to an ensemble: ensemble.members or ensemble.vary asks for one",
      spread);
  if (m->members > 0 && s->model->rhs == NULL)
    return fhrl_fail(err, FHRL_ARG, "%s is a map, and an ensemble integrates: ensemble.members and ensemble.vary belong to flows",
      s->model->name);
  if (m->members > 0 && s->solver.crossings > 0)
    return fhrl_fail(err, FHRL_ARG, "solver.section belongs to one trajectory, not to an ensemble");
  const int one_start = spread == 0.0 &&
                        (*fhrl_config_text(&s->config, "start.x0") || s->model->start == NULL);
  if (m->starts > 1 && one_start && m->vary.random == 0)
    return fhrl_fail(err, FHRL_ARG, "ensemble.members = %ld starts without ensemble.spread would all be the same: %s", m->starts,
      s->model->start ? "start.x0 is given" : "the model has one start");
  return FHRL_OK;
}

void fhrl_members_free(fhrl_members *m) { fhrl_vary_free(&m->vary); }

// ---- starts and parameters

// Start j of a point whose parameters s has.
static fhrl_status start(const fhrl_setup *setup, const fhrl_system *s, long j, double x[], fhrl_err *err)
{
  const double spread = fhrl_config_real(&setup->config, "ensemble.spread");
  const uint32_t seed = (uint32_t)fhrl_config_int(&setup->config, "start.seed");
  const char *x0 = fhrl_config_text(&setup->config, "start.x0");
  if (*x0)
    memcpy(x, setup->x0, (size_t)s->n * sizeof *x);
  else
    FHRL_TRY(fhrl_system_start(s, spread == 0.0 ? seed + (uint32_t)j : seed, "", x, err));
  if (spread == 0.0) return FHRL_OK;
  double *z = malloc((size_t)s->n * sizeof *z);
  if (z == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a start");
  fhrl_random_normal((fhrl_random){.seed = seed, .stream = FHRL_STREAM_START, .sequence = (uint32_t)j + 1}, 0, (size_t)s->n, z);
  for (int i = 0; i < s->n; i++) x[i] += spread * z[i];
  free(z);
  return FHRL_OK;
}

static fhrl_status fill(const fhrl_members *m, const fhrl_setup *setup, fhrl_ensemble *e, fhrl_err *err)
{
  const uint32_t seed = (uint32_t)fhrl_config_int(&setup->config, "start.seed");
  fhrl_system here = *setup->system; // the same but for its parameters
  for (long k = 0; k < e->members; k++) {
    if (*fhrl_signals_flag()) return fhrl_fail(err, FHRL_INTERRUPT, "interrupted before the first of %ld members", e->members);
    const long point = k / m->starts, j = k % m->starts;
    fhrl_status status = FHRL_OK;
    if (e->p) {
      double *p = e->p + k * e->n_param;
      status = fhrl_vary_at(&m->vary, setup->system, seed, point, j, p, err);
      here.p = p;
    }
    if (status == FHRL_OK) status = start(setup, &here, j, e->x0 + k * e->n, err);
    if (status != FHRL_OK) {
      fhrl_status_context(err, "member %ld", k);
      return status;
    }
  }
  return FHRL_OK;
}

// ---- files

static fhrl_status save_table(const fhrl_members *m, const fhrl_output *out, const fhrl_setup *s, const fhrl_ensemble *e,
  fhrl_err *err)
{
  const int states = e->n <= TSV_STATES ? e->n : TSV_STATES, axes = m->vary.axes, columns = FIXED + axes + states;
  fhrl_status status = FHRL_OK;
  fhrl_table table = {0};
  char name[FHRL_VARY_AXES + TSV_STATES][FHRL_SYSTEM_NAME], path[FHRL_PATH_SIZE];
  const char *names[FIXED + FHRL_VARY_AXES + TSV_STATES] = {"member", "point", "way"};
  const char *units[FIXED + FHRL_VARY_AXES + TSV_STATES] = {"1", "1", "batch 0, single 1, failed 2"};
  for (int a = 0; a < axes; a++) {
    const fhrl_field *f = &s->model->param[m->vary.axis[a].param];
    snprintf(name[a], sizeof name[a], "model.%s", f->name);
    names[FIXED + a] = name[a];
    units[FIXED + a] = f->kind == FHRL_CHOICE ? f->choices : f->unit;
  }
  fhrl_system_columns(s->system, states, name + axes, names + FIXED + axes, units + FIXED + axes);
  FHRL_DO(status, fhrl_output_path(out, "ensemble.tsv", path, err));
  FHRL_DO(status, fhrl_table_begin(&table, path, "fhrl.ensemble/2", names, units, columns, err));
  for (long k = 0; k < e->members; k++) {
    fhrl_table_real(&table, (double)k);
    fhrl_table_real(&table, (double)(k / m->starts));
    fhrl_table_real(&table, e->member[k]);
    for (int a = 0; a < axes; a++) fhrl_table_real(&table, e->p[k * e->n_param + m->vary.axis[a].param]);
    for (int i = 0; i < states; i++) fhrl_table_real(&table, e->x[k * e->n + i]);
  }
  status = fhrl_table_commit(&table, err);
done:
  return status;
}

static fhrl_status save_dataset(const fhrl_members *m, const fhrl_output *out, const fhrl_setup *s, const fhrl_ensemble *e,
  fhrl_err *err)
{
  enum { OWN = 4 };
  const size_t members = (size_t)e->members, n = (size_t)e->n;
  const int axes = m->vary.axes;
  char path[FHRL_PATH_SIZE], name[FHRL_VARY_AXES][NAME], seed[24];
  double *way = malloc((size_t)(2 + axes) * members * sizeof *way), *point = way + members;
  if (way == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory to save %zu members", members);
  for (size_t k = 0; k < members; k++) {
    way[k] = e->member[k];
    point[k] = (double)(k / (size_t)m->starts);
  }
  fhrl_variable v[OWN + FHRL_VARY_AXES] = {
    {"start", "1", "state at t = 0, in the order of the state table", 2, {"member", "state"}, {members, n}, e->x0},
    {"end", "1", "state at t_end or, of a failed member, where it stopped", 2, {"member", "state"}, {members, n}, e->x},
    {"way", "1", "how it got there: 0 in a batch, 1 by an integrator of its own, 2 it failed", 1, {"member"}, {members}, way},
    {"point", "1", "parameter point", 1, {"member"}, {members}, point},
  };
  for (int a = 0; a < axes; a++) {
    const int param = m->vary.axis[a].param;
    const fhrl_field *f = &s->model->param[param];
    double *value = point + (size_t)(1 + a) * members;
    for (size_t k = 0; k < members; k++) value[k] = e->p[k * (size_t)e->n_param + (size_t)param];
    snprintf(name[a], NAME, "model.%s", f->name);
    v[OWN + a] = (fhrl_variable){name[a], f->kind == FHRL_CHOICE ? f->choices : f->unit, f->meaning, 1, {"member"}, {members}, value};
  }
  snprintf(seed, sizeof seed, "%d", s->seed);
  const char *const attributes[] = {"schema", "fhrl.ensemble/2", "model", s->model->name, "reference", s->model->reference,
    "seed", seed, "time_unit", s->model->time_unit, s->user.model ? "model_sha256" : NULL, s->user.digest, NULL};
  fhrl_status status = fhrl_output_path(out, "ensemble.nc", path, err);
  if (status == FHRL_OK) status = fhrl_dataset_save(path, v, OWN + axes, 0, attributes, err);
  free(way);
  return status;
}

// ---- what is said

// "member 17 (mu = 3, eta = .1)", and the same for programs.
static void report_failure(const fhrl_members *m, const fhrl_output *out, const fhrl_setup *s, const fhrl_ensemble *e,
  const fhrl_failure *f, int shown, fhrl_json *list)
{
  fhrl_json *one = fhrl_json_object(), *params = fhrl_json_object();
  char where[512] = "";
  for (int a = 0; a < m->vary.axes; a++) {
    const int param = m->vary.axis[a].param;
    const double value = e->p[f->member * e->n_param + param];
    const size_t used = strlen(where);
    snprintf(where + used, sizeof where - used, "%s%s = %.6g", a ? ", " : " (", s->model->param[param].name, value);
    fhrl_json_real(params, s->model->param[param].name, value, NULL);
  }
  fhrl_json_add(list, one);
  fhrl_json_int(one, "member", f->member);
  fhrl_json_put(one, "parameters", params);
  fhrl_json_text(one, "reason", f->err.msg);
  if (shown) fhrl_output_say(out, "failed       member %ld%s%s: %s\n", f->member, where, *where ? ")" : "", f->err.msg);
}

static void report(const fhrl_members *m, const fhrl_output *out, const fhrl_setup *s, const fhrl_ensemble *e, double wall)
{
  fhrl_json *o = out->result, *failures = fhrl_json_array();
  const double rate = (double)(e->members - e->before) / wall; // of this run
  fhrl_json_int(o, "members", e->members);
  fhrl_json_int(o, "points", m->vary.points);
  fhrl_json_int(o, "failed", e->failed);
  fhrl_json_int(o, "singles", e->singles);
  fhrl_json_int(o, "stiff", e->stiff);
  fhrl_json_real(o, "t_end", s->solver.t_end, NULL);
  fhrl_json_int(o, "steps", e->steps);
  fhrl_json_int(o, "rhs_evals", e->rhs_evals);
  fhrl_json_real(o, "wall_s", wall, NULL);
  fhrl_json_real(o, "trajectories_per_second", rate, NULL);
  fhrl_output_say(out, "model        %s, %d states, %ld members to t = %g\n", s->model->name, e->n, e->members, s->solver.t_end);
  if (m->vary.axes > 0)
    fhrl_output_say(out, "points       %ld of %d parameters, %ld starts each\n", m->vary.points, m->vary.axes, m->starts);
  fhrl_output_say(out, "work         %ld steps, %ld right-hand sides\n", e->steps, e->rhs_evals);
  fhrl_output_say(out, "ways         %ld in batches, %ld by an integrator of their own (%ld stiff), %ld failed\n",
    e->members - e->singles - e->failed, e->singles, e->stiff, e->failed);
  fhrl_json_put(o, "failures", failures);
  for (int f = 0; f < e->failures; f++) report_failure(m, out, s, e, &e->failure[f], f < SHOWN, failures);
  if (e->failed > SHOWN) fhrl_output_say(out, "             %ld more have `way` 2 in the files\n", e->failed - SHOWN);
  fhrl_output_say(out, "seconds      %.3g, %.4g trajectories a second\n", wall, rate);
}

static void show(void *context, long done, long members) { fhrl_progress_update(context, (double)done, NULL); }

// Opens FOLDER/ensemble.part, and takes from it the members that are done.
static fhrl_status open_part(const fhrl_output *out, const fhrl_setup *s, fhrl_ensemble *e, char path[FHRL_PATH_SIZE],
  fhrl_ensemble_part *part, fhrl_err *err)
{
  if (!fhrl_output_has_folder(out)) return FHRL_OK;
  FHRL_TRY(fhrl_output_path(out, "ensemble.part", path, err));
  char build[FHRL_SETUP_BUILD];
  const uint64_t identity = fhrl_ensemble_part_identity(e, s->system, &s->input, &s->solver, fhrl_setup_build(s, build));
  FHRL_TRY(fhrl_ensemble_part_open(part, path, identity, e, err));
  if (e->before > 0) fhrl_output_say(out, "resumed      with %ld of %ld members done\n", e->before, e->members);
  return FHRL_OK;
}

static fhrl_status save(const fhrl_members *m, const fhrl_output *out, const fhrl_setup *s, const fhrl_ensemble *e, fhrl_err *err)
{
  if (!fhrl_output_has_folder(out)) return FHRL_OK;
  FHRL_TRY(save_dataset(m, out, s, e, err));
  FHRL_TRY(save_table(m, out, s, e, err));
  fhrl_output_say(out, "files        %s/ensemble.nc, .tsv, run.json\n", out->folder);
  return FHRL_OK;
}

fhrl_status fhrl_members_run(fhrl_members *m, const fhrl_output *out, const fhrl_setup *s, int threads, fhrl_err *err)
{
  fhrl_ensemble e = {0};
  fhrl_ensemble_part part = {.n = 0};
  fhrl_progress progress;
  fhrl_status status = FHRL_OK;
  char path[FHRL_PATH_SIZE];
  const int n_param = m->vary.axes > 0 ? s->model->n_param : 0;
  FHRL_DO(status, fhrl_ensemble_init(&e, m->members, s->system->n, n_param, err));
  FHRL_DO(status, fill(m, s, &e, err));
  FHRL_DO(status, open_part(out, s, &e, path, &part, err));
  const double begin = fhrl_clock_wall();
  fhrl_progress_begin(&progress, fhrl_output_progress(out), "simulate", (double)m->members, "members");
  progress.first = progress.done = (double)e.before;
  const fhrl_ensemble_watch watch = {show, &progress, fhrl_signals_flag(), fhrl_ensemble_part_keep, &part};
  status = fhrl_ensemble_run(&e, s->system, &s->input, &s->solver, threads, &watch, err);
  if (status == FHRL_OK) fhrl_progress_update(&progress, (double)m->members, NULL);
  fhrl_progress_end(&progress);
  if (status == FHRL_INTERRUPT && fhrl_output_has_folder(out)) fhrl_output_resume(out, "to resume", err);
  if (status != FHRL_OK) goto done;
  report(m, out, s, &e, fhrl_clock_wall() - begin);
  if (e.failed == e.members) m->lost = e.failure[0].err;
  FHRL_DO(status, save(m, out, s, &e, err));
  fhrl_ensemble_part_remove(&part);
done:
  fhrl_ensemble_part_close(&part);
  fhrl_ensemble_free(&e);
  return status;
}
