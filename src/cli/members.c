// SPDX-License-Identifier: GPL-3.0-or-later
// members: `fhrl simulate MODEL --members N`: an ensemble of starts
#include "cli/members.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/signals.h"
#include "io/dataset.h"
#include "io/table.h"
#include "ode/ensemble.h"

enum { TSV_STATES = 64, NAME = 64 };

const fhrl_field fhrl_members_fields[] = {
  {"members", 0, "1", "trajectories from different starts; 0: one trajectory", FHRL_INT, 0, 1e8},
  {"spread", 0.0, "state", "starts are x0 + this times N(0, 1); 0: the model's own start from the seeds start.seed + 0, 1, ...",
   FHRL_REAL, 0.0, 1e12},
};
const int fhrl_members_field_count = FHRL_COUNT(fhrl_members_fields);

static fhrl_status starts(const fhrl_setup *s, fhrl_ensemble *e, fhrl_err *err)
{
  const double spread = fhrl_config_real(&s->config, "ensemble.spread");
  const uint32_t seed = (uint32_t)fhrl_config_int(&s->config, "start.seed");
  const size_t n = (size_t)e->n;
  if (spread == 0.0 && *fhrl_config_text(&s->config, "start.x0"))
    return fhrl_fail(err, FHRL_ARG, "start.x0 without ensemble.spread would make all %ld members the same", e->members);
  for (long k = 0; k < e->members; k++) {
    double *x = e->x0 + (size_t)k * n;
    if (spread == 0.0) {
      FHRL_TRY(fhrl_system_start(s->system, seed + (uint32_t)k, "", x, err));
      continue;
    }
    const fhrl_random at = {.seed = seed, .stream = FHRL_STREAM_START, .sequence = (uint32_t)k + 1};
    fhrl_random_normal(at, 0, n, x);
    for (size_t i = 0; i < n; i++) x[i] = s->x0[i] + spread * x[i];
  }
  return FHRL_OK;
}

static fhrl_status save_table(const fhrl_output *out, const fhrl_setup *s, const fhrl_ensemble *e, fhrl_err *err)
{
  const int states = e->n <= TSV_STATES ? e->n : TSV_STATES, columns = 2 + states;
  fhrl_status status = FHRL_OK;
  fhrl_table table = {0};
  char name[TSV_STATES][NAME], path[FHRL_PATH_SIZE];
  const char *names[TSV_STATES + 2] = {"member", "way"}, *units[TSV_STATES + 2] = {"1", "batch 0, single 1, failed 2"};
  for (int block = 0, i = 0; block < s->model->n_state; block++)
    for (int k = 0; k < s->system->dims.state[block].rows * s->system->dims.state[block].cols && i < states; k++, i++) {
      fhrl_system_component(s->system, i, name[i], NAME);
      names[2 + i] = name[i];
      units[2 + i] = s->model->state[block].unit;
    }
  FHRL_DO(status, fhrl_output_path(out, "ensemble.tsv", path, err));
  FHRL_DO(status, fhrl_table_begin(&table, path, "fhrl.ensemble/1", names, units, columns, err));
  for (long k = 0; k < e->members; k++) {
    fhrl_table_real(&table, (double)k);
    fhrl_table_real(&table, e->member[k]);
    for (int i = 0; i < states; i++) fhrl_table_real(&table, e->x[(size_t)k * (size_t)e->n + i]);
  }
  status = fhrl_table_commit(&table, err);
done:
  return status;
}

static fhrl_status save_dataset(const fhrl_output *out, const fhrl_setup *s, const fhrl_ensemble *e, fhrl_err *err)
{
  const size_t members = (size_t)e->members, n = (size_t)e->n;
  char path[FHRL_PATH_SIZE];
  double *way = malloc(members * sizeof *way);
  if (way == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory to save %zu members", members);
  for (size_t k = 0; k < members; k++) way[k] = e->member[k];
  const fhrl_variable v[] = {
    {"start", "1", "state at t = 0, in the order of the state table", 2, {"member", "state"}, {members, n}, e->x0},
    {"end", "1", "state at t_end or, of a failed member, where it stopped", 2, {"member", "state"}, {members, n}, e->x},
    {"way", "1", "how it got there: 0 in a batch, 1 by an integrator of its own, 2 it failed", 1, {"member"}, {members}, way},
  };
  const char *const attributes[] = {"schema", "fhrl.ensemble/1", "model", s->model->name, "reference", s->model->reference,
    "time_unit", s->model->time_unit, s->user.model ? "model_sha256" : NULL, s->user.digest, NULL};
  fhrl_status status = fhrl_output_path(out, "ensemble.nc", path, err);
  if (status == FHRL_OK) status = fhrl_dataset_save(path, v, FHRL_COUNT(v), 0, attributes, err);
  free(way);
  return status;
}

static void report(const fhrl_output *out, const fhrl_setup *s, const fhrl_ensemble *e, double wall)
{
  fhrl_json *o = out->result;
  const double rate = (double)e->members / wall;
  fhrl_json_int(o, "members", e->members);
  fhrl_json_int(o, "failed", e->failed);
  fhrl_json_int(o, "singles", e->singles);
  fhrl_json_real(o, "t_end", s->solver.t_end, NULL);
  fhrl_json_int(o, "steps", e->steps);
  fhrl_json_int(o, "rhs_evals", e->rhs_evals);
  fhrl_json_real(o, "wall_s", wall, NULL);
  fhrl_json_real(o, "trajectories_per_second", rate, NULL);
  fhrl_output_say(out, "model        %s, %d states, %ld members to t = %g\n", s->model->name, e->n, e->members, s->solver.t_end);
  fhrl_output_say(out, "work         %ld steps, %ld right-hand sides\n", e->steps, e->rhs_evals);
  fhrl_output_say(out, "ways         %ld in batches, %ld by an integrator of their own, %ld failed\n",
    e->members - e->singles - e->failed, e->singles, e->failed);
  if (e->failed > 0) {
    fhrl_json_int(o, "first_failed", e->first_failed);
    fhrl_json_text(o, "first_failure", e->first_failure.msg);
    fhrl_output_say(out, "failed       member %ld: %s\n", e->first_failed, e->first_failure.msg);
  }
  fhrl_output_say(out, "seconds      %.3g, %.4g trajectories a second\n", wall, rate);
}

fhrl_status fhrl_members_run(const fhrl_output *out, const fhrl_setup *s, int threads, fhrl_err *err)
{
  fhrl_ensemble e = {0};
  fhrl_status status = FHRL_OK;
  if (s->solver.crossings > 0)
    FHRL_DO(status, fhrl_fail(err, FHRL_ARG, "solver.section belongs to one trajectory, not to an ensemble"));
  const long members = (long)fhrl_config_real(&s->config, "ensemble.members");
  FHRL_DO(status, fhrl_ensemble_init(&e, members, s->system->n, err));
  FHRL_DO(status, starts(s, &e, err));
  const double begin = fhrl_clock_wall();
  FHRL_DO(status, fhrl_ensemble_run(&e, s->system, &s->input, &s->solver, threads, fhrl_signals_flag(), err));
  report(out, s, &e, fhrl_clock_wall() - begin);
  if (fhrl_output_has_folder(out)) {
    FHRL_DO(status, save_dataset(out, s, &e, err));
    FHRL_DO(status, save_table(out, s, &e, err));
    fhrl_output_say(out, "files        %s/ensemble.nc, .tsv, run.json\n", out->folder);
  }
done:
  fhrl_ensemble_free(&e);
  return status;
}
