// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_exponents: Lyapunov exponents of a model, with standard errors and what checks them
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/exponents.h"
#include "analysis/exponents_ladder.h"
#include "analysis/exponents_report.h"
#include "base/progress.h"
#include "base/signals.h"
#include "cli/output.h"
#include "cli/setup.h"

enum { SHOWN = 12 };

static void show(void *context, const fhrl_exponents *e)
{
  fhrl_progress *p = context;
  char note[64] = "settling";
  if (e->rows > 0) {
    const double *last = e->row + (size_t)(e->rows - 1) * (1 + 3 * (size_t)e->k);
    if (isnan(e->worst_se)) snprintf(note, sizeof note, "lambda_1 = %.5g", last[1]);
    else snprintf(note, sizeof note, "lambda_1 = %.5g, largest error %.2g", last[1], e->worst_se);
    p->total = fhrl_exponents_expected_end(e);
  }
  fhrl_progress_update(p, fhrl_exponents_tangent_now(e->tg), note);
}

// ---- what is said

static void say_exponents(const fhrl_output *out, const fhrl_exponents *e, const char *unit)
{
  const fhrl_model *m = e->s->model;
  fhrl_output_say(out, "exponents    %11s %10s   %-24s share of its vector in\n", unit, "error", "95 % interval");
  fhrl_output_say(out, "%51s ", "");
  for (int b = 0; b < m->n_state; b++) fhrl_output_say(out, " %6s", m->state[b].name);
  fhrl_output_say(out, "\n");
  for (int i = 0; i < e->k && i < SHOWN; i++) {
    const fhrl_exponents_estimate *x = &e->exponent[i];
    if (isnan(x->standard_error))
      fhrl_output_say(out, "  lambda_%-3d % 12.6g %10s   %-24s", i + 1, x->mean, "-",
        isfinite(x->mean) ? "none: too few blocks" : "none: J is singular");
    else
      fhrl_output_say(out, "  lambda_%-3d % 12.6g %10.2g   [% .6g, % .6g]", i + 1, x->mean, x->standard_error, x->low, x->high);
    for (int b = 0; b < m->n_state; b++) fhrl_output_say(out, " %6.3f", e->share[i * m->n_state + b]);
    fhrl_output_say(out, "%s\n", x->correlated ? "  (long correlations)" : "");
  }
  if (e->k > SHOWN) fhrl_output_say(out, "  ...        %d more\n", e->k - SHOWN);
}

static void say_checks(const fhrl_output *out, const fhrl_exponents *e)
{
  const int map = e->s->model->rhs == NULL;
  if (e->traced)
    fhrl_output_say(out, "sum          % .9g, %s % .9g: they differ by %.1e\n", e->sum.mean,
      map ? "mean ln |det J|" : "mean divergence", e->trace_mean, fabs(e->sum.mean - e->trace_mean));
  else fhrl_output_say(out, "sum          % .9g of the first %d of %d\n", e->sum.mean, e->k, e->n);
  const fhrl_exponents_estimate *zero = e->zero >= 0 ? &e->exponent[e->zero] : NULL;
  if (zero && isnan(zero->standard_error))
    fhrl_output_say(out, "zero         lambda_%d = %.2g is the nearest; without an error nobody can tell\n", e->zero + 1, zero->mean);
  else if (zero)
    fhrl_output_say(out, "zero         lambda_%d = %.2g with error %.2g: the direction of the orbit\n", e->zero + 1, zero->mean,
      zero->standard_error);
  else fhrl_output_say(out, "zero         none%s: %s\n", e->zero_expected ? " seen" : " expected", e->zero_reason);
  if (isnan(e->kaplan_yorke)) fhrl_output_say(out, "Kaplan-Yorke unknown: %s\n", e->kaplan_yorke_reason);
  else if (isnan(e->kaplan_yorke_se)) fhrl_output_say(out, "Kaplan-Yorke %.6g without an error\n", e->kaplan_yorke);
  else fhrl_output_say(out, "Kaplan-Yorke %.6g with error %.2g\n", e->kaplan_yorke, e->kaplan_yorke_se);
  fhrl_output_say(out, "attractor    %s: %s\n", fhrl_exponents_attractor_text(e->attractor), e->attractor_reason);
  if (!isnan(e->eigenvalue_difference))
    fhrl_output_say(out, "eigenvalues  of the Jacobian there differ from the exponents by at most %.1e\n", e->eigenvalue_difference);
  fhrl_output_say(out, "%s%s\n", e->converged ? "converged    " : "not converged: ", e->converged_reason);
}

static void say(const fhrl_output *out, const fhrl_exponents *e)
{
  const fhrl_model *m = e->s->model;
  char unit[64];
  snprintf(unit, sizeof unit, strcmp(m->time_unit, "1") ? "1/%s" : "%s", m->rhs || strcmp(m->time_unit, "1") ? m->time_unit : "1/step");
  fhrl_output_say(out, "model        %s, %d states%s\n", m->name, e->n, e->driven ? ", driven: exponents conditional on u(t)" : "");
  fhrl_output_say(out, "measured     %.6g from t = %.6g on, orthonormalized every %.4g; method %s\n", e->measured, e->begun, e->every,
    fhrl_exponents_tangent_method(e->tg));
  const int blocks = e->exponent[0].blocks, few = blocks < FHRL_EXPONENTS_BLOCKS_MIN;
  fhrl_output_say(out, "errors       %s %d blocks of %.4g", few ? "none, from" : "from", blocks, e->exponent[0].block_length);
  if (few) fhrl_output_say(out, ": %d are the least; measure for longer%s", FHRL_EXPONENTS_BLOCKS_MIN,
      e->in && isfinite(fhrl_input_end(e->in)) ? ", with a longer recording" : "");
  fhrl_output_say(out, "\n");
  say_exponents(out, e, unit);
  say_checks(out, e);
}

static void say_ladder(const fhrl_output *out, const fhrl_exponents_ladder *l)
{
  fhrl_output_say(out, "ladder       h         lambda_map/h [1/token], first %d, towards those of the flow (h = 0)\n", l->k);
  for (int i = 0; i < l->rungs; i++) {
    fhrl_output_say(out, "             %-9.6g", l->rung[i].h);
    for (int j = 0; j < l->k; j++) {
      const fhrl_exponents_estimate *x = &l->rung[i].exponent[j];
      if (isnan(x->standard_error)) fhrl_output_say(out, " % .6g (-)", x->mean);
      else fhrl_output_say(out, " % .6g (%.1g)", x->mean, x->standard_error);
    }
    fhrl_output_say(out, "\n");
  }
  if (!isnan(l->order)) fhrl_output_say(out, "             lambda_1 approaches its limit with order %.2f\n", l->order);
}

// ---- the command

static fhrl_status save(const fhrl_output *out, const fhrl_exponents *e, fhrl_err *err)
{
  const char *const args[] = {"exponents.tsv", "exponents_spectrum.tsv", e->s->model->time_unit};
  char path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_output_path(out, "exponents.tsv", path, err));
  FHRL_TRY(fhrl_exponents_report_running(e, path, err));
  FHRL_TRY(fhrl_output_path(out, "exponents_spectrum.tsv", path, err));
  FHRL_TRY(fhrl_exponents_report_spectrum(e, path, err));
  fhrl_output_draw(out, "exponents", args, FHRL_COUNT(args));
  return FHRL_OK;
}

static fhrl_status climb(const fhrl_output *out, const fhrl_setup *s, const fhrl_exponents_plan *plan, const fhrl_exponents *e,
  fhrl_err *err)
{
  fhrl_exponents_ladder ladder;
  const int rungs = fhrl_config_int(&s->config, "exponents.rungs");
  const fhrl_exponents_watch watch = {.stop = fhrl_signals_flag()};
  if (rungs == 0 || !fhrl_exponents_ladder_fits(s->model)) return FHRL_OK;
  FHRL_TRY(fhrl_exponents_ladder_climb(e, plan, s->x0, rungs, &watch, &ladder, err));
  fhrl_exponents_ladder_report(&ladder, out->result);
  say_ladder(out, &ladder);
  return FHRL_OK;
}

fhrl_status fhrl_cmd_exponents(const fhrl_run *run, fhrl_err *err)
{
  const fhrl_section extra = {"exponents", fhrl_exponents_fields, fhrl_exponents_field_count};
  fhrl_setup s;
  fhrl_output out = {0};
  fhrl_exponents e = {0};
  fhrl_exponents_plan plan;
  fhrl_progress progress;
  fhrl_err end = {FHRL_OK, ""};
  fhrl_status status = FHRL_OK, ended;
  FHRL_DO(status, fhrl_setup_open(&s, run, &extra, 1, err));
  FHRL_DO(status, fhrl_exponents_resolve(&s.config, &s.input, err));
  fhrl_integrator_options(&s.config, &s.solver);
  fhrl_exponents_options(&s.config, &plan);
  FHRL_DO(status, fhrl_output_open(&out, run, NULL, "exponents.json", &s.config, s.seed, err));
  fhrl_progress_begin(&progress, fhrl_output_progress(&out), "exponents", s.solver.t_end,
    strcmp(s.model->time_unit, "1") == 0 ? "" : s.model->time_unit);
  const fhrl_exponents_watch watch = {.progress = show, .context = &progress, .stop = fhrl_signals_flag()};
  ended = fhrl_exponents_run(&e, s.system, &s.input, &s.solver, &plan, s.x0, &watch, &end);
  fhrl_progress_end(&progress);
  // what was measured before an interruption or a failure is worth having
  if (e.measured > 0.0) {
    fhrl_exponents_report_json(&e, out.result);
    say(&out, &e);
    if (ended == FHRL_OK) ended = climb(&out, &s, &plan, &e, &end);
    if (fhrl_output_has_folder(&out)) FHRL_DO(status, save(&out, &e, err));
    FHRL_DO(status, fhrl_output_finish(&out, err));
  }
  if (ended != FHRL_OK) status = fhrl_fail(err, ended, "%s", end.msg);
done:
  fhrl_exponents_free(&e);
  fhrl_output_close(&out);
  fhrl_setup_close(&s);
  return status;
}
