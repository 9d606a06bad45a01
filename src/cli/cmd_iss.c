// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_iss: puts the Lyapunov argument on trial for a model
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/iss.h"
#include "analysis/iss_lab.h"
#include "analysis/iss_report.h"
#include "base/progress.h"
#include "base/signals.h"
#include "cli/output.h"
#include "cli/setup.h"

static void show(void *context, double done, double total) { fhrl_progress_update(context, done, NULL); }

static void say_claim(const fhrl_output *out, const fhrl_iss_claim *c)
{
  const char *verdict = fhrl_iss_verdict_text(c->verdict);
  if (c->verdict == FHRL_ISS_OPEN || isnan(c->margin))
    fhrl_output_say(out, "%-20s %-9s %11s  %s\n", c->rule->id, verdict, "", *c->reason ? c->reason : c->rule->statement);
  else fhrl_output_say(out, "%-20s %-9s % 11.3e  %s\n", c->rule->id, verdict, c->margin, c->rule->statement);
}

static void say(const fhrl_output *out, const fhrl_iss *iss)
{
  const fhrl_iss_constants *k = &iss->constants;
  const fhrl_iss_claim *s15 = fhrl_iss_claim_of(iss, "S15");
  fhrl_output_say(out, "looked at    %s\n", iss->region);
  fhrl_output_say(out, "%-20s %-9s %11s  %s\n", "claim", "verdict", "margin", "statement, or why it is open");
  for (int i = 0; i < fhrl_iss_rules_count; i++) say_claim(out, &iss->claim[i]);
  if (s15->verdict == FHRL_ISS_VIOLATED)
    fhrl_output_say(out, "S15 witness  rho = %.6g: (rho-1) yhat'(-y) = %.6g > %.6g = -(rho-1)^2\n", s15->witness.rho,
      s15->witness.lhs, s15->witness.rhs);
  if (isnan(k->rho_star)) fhrl_output_say(out, "rho*         none: %s\n", k->rho_star_reason);
  else fhrl_output_say(out, "rho*         %.9g, the radius that homeostasis and leak alone attract to\n", k->rho_star);
  if (iss->view.home == FHRL_ISS_HOME_REENTRY)
    fhrl_output_say(out, "reentry      1 + kappa mu = %.6g, 1 + kappa min Re lambda(W_r) = %.6g%s\n",
      1.0 + iss->view.kappa * k->mu, 1.0 + iss->view.kappa * k->re_min, fhrl_iss_lab_divergent(iss) ? ": divergent" : "");
  if (isfinite(k->rho_c)) {
    fhrl_output_say(out, "rho_c        %.9g, where W_r = -m 1 turns from collapse to divergence if f = 0\n", k->rho_c);
    for (int i = iss->paths > 2 ? iss->paths - 2 : 0; i < iss->paths; i++)
      fhrl_output_say(out, "             from %.6g %s to %.6g\n", iss->path[i].rho_0,
        iss->path[i].diverged ? "it diverged" : "it went", iss->path[i].rho_end);
  }
  if (iss->view.r > 0)
    fhrl_output_say(out, "slots        effective rank %.6g of %d, sigma_2/sigma_1 = %.3g at the end of the first orbit\n",
      iss->slots.effective_rank, iss->view.r, iss->slots.ratio);
}

static void say_contraction(const fhrl_output *out, const fhrl_contraction *c)
{
  const fhrl_contraction_proof *p = &c->proof;
  if (c->pairs == 0) return;
  if (p->proved) fhrl_output_say(out, "contraction  certified at a rate of %.6g: %s\n", p->rate, p->region);
  else fhrl_output_say(out, "contraction  not certified: %s\n", p->reason);
  fhrl_output_say(out, "             measured: two copies approach at %.4g to %.4g", c->rate_least, c->rate_most);
  if (c->states > 0)
    fhrl_output_say(out, "; largest mu_1, mu_2, mu_inf with weights %.4g, %.4g, %.4g", c->norm[FHRL_LOGNORM_1].weighted,
      c->norm[FHRL_LOGNORM_2].weighted, c->norm[FHRL_LOGNORM_INF].weighted);
  fhrl_output_say(out, "\n");
}

static void say_lab(const fhrl_output *out, const fhrl_iss *iss, const fhrl_iss_lab *lab)
{
  const char *id;
  double rho;
  const fhrl_iss_reach *r = &lab->reach;
  if (fhrl_iss_lab_bounded(iss, lab, &id, &rho))
    fhrl_output_say(out, "bounded      certified (%s): rho <= %.6g in the end\n", id, rho);
  else fhrl_output_say(out, "bounded      not certified\n");
  if (r->starts > 0)
    fhrl_output_say(out, "trajectories %ld starts to t = %g: %ld above the bound on rho, %ld and %ld above those on V; %ld failed\n",
      r->starts, r->t_end, r->above, r->above_V, r->above_tight, r->failed);
  if (lab->gain.levels > 0) {
    const fhrl_iss_gain_level *l = &lab->gain.level[lab->gain.levels - 1];
    if (isnan(l->certified)) fhrl_output_say(out, "gain         nothing certified: %s\n", lab->gain.reason);
    else
      fhrl_output_say(out, "gain         |u| <= %g: rho <= %.6g certified, %.6g measured, tightness %.4g\n", l->u, l->certified,
        l->measured, l->measured / l->certified);
  }
  say_contraction(out, &lab->contraction);
}

typedef fhrl_status table_writer(const void *what, const char *path, fhrl_err *err);

static fhrl_status write_table(const fhrl_output *out, const char *name, table_writer *writer, const void *what, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_output_path(out, name, path, err));
  return writer(what, path, err);
}

static fhrl_status orbits(const void *what, const char *path, fhrl_err *err) { return fhrl_iss_report_orbits(what, path, err); }
static fhrl_status profile(const void *what, const char *path, fhrl_err *err) { return fhrl_iss_report_profile(what, path, err); }
static fhrl_status front(const void *what, const char *path, fhrl_err *err) { return fhrl_iss_lab_save_front(what, path, err); }
static fhrl_status map(const void *what, const char *path, fhrl_err *err) { return fhrl_iss_map_save(what, path, err); }
static fhrl_status gain(const void *what, const char *path, fhrl_err *err) { return fhrl_iss_gain_save(what, path, err); }
static fhrl_status reach(const void *what, const char *path, fhrl_err *err) { return fhrl_iss_reach_save(what, path, err); }

static fhrl_status save(const fhrl_output *out, const fhrl_iss *iss, const fhrl_iss_lab *lab, fhrl_err *err)
{
  char star[32], rate[32], drawn[16], starts[16];
  const int chain = !isnan(iss->constants.S22_c), repaired = !isnan(iss->constants.c);
  const int bounded = fhrl_iss_claim_of(iss, "gain_bound")->verdict != FHRL_ISS_OPEN;
  snprintf(star, sizeof star, "%.17g", iss->constants.rho_star);
  if (isnan(iss->constants.rho_star)) snprintf(star, sizeof star, "nan");
  snprintf(rate, sizeof rate, "%.17g", chain ? iss->constants.S22_c : 0.0);
  snprintf(drawn, sizeof drawn, "%d", lab->reach.drawn);
  snprintf(starts, sizeof starts, "%ld", lab->reach.starts);
  FHRL_TRY(write_table(out, "iss.tsv", orbits, iss, err));
  FHRL_TRY(write_table(out, "iss_profile.tsv", profile, iss, err));
  const char *const args[] = {"iss_profile.tsv", "iss.tsv", star, repaired ? "repaired" : chain ? "chain" : bounded ? "gain" : "none", rate};
  if (iss->paths > 0) fhrl_output_draw(out, "iss", args, FHRL_COUNT(args));
  if (iss->constants.front_count > 0) FHRL_TRY(write_table(out, "iss_front.tsv", front, iss, err));
  if (lab->map.radii > 0) {
    const char *const of_map[] = {"iss_map.tsv", star, rate};
    FHRL_TRY(write_table(out, "iss_map.tsv", map, &lab->map, err));
    if (chain) fhrl_output_draw(out, "iss_map", of_map, FHRL_COUNT(of_map));
  }
  if (lab->gain.levels > 0) {
    const char *const of_gain[] = {"iss_gain.tsv", star};
    FHRL_TRY(write_table(out, "iss_gain.tsv", gain, &lab->gain, err));
    fhrl_output_draw(out, "iss_gain", of_gain, FHRL_COUNT(of_gain));
  }
  if (lab->reach.starts > 0) {
    const char *const of_reach[] = {"iss_reach.tsv", drawn, starts, star, lab->reach.rule ? lab->reach.rule : "none",
      repaired ? "practical" : "none"};
    FHRL_TRY(write_table(out, "iss_reach.tsv", reach, &lab->reach, err));
    fhrl_output_draw(out, "iss_reach", of_reach, FHRL_COUNT(of_reach));
  }
  return FHRL_OK;
}

fhrl_status fhrl_cmd_iss(const fhrl_run *run, fhrl_err *err)
{
  const fhrl_section extra = {"iss", fhrl_iss_fields, fhrl_iss_field_count};
  fhrl_setup s;
  fhrl_output out = {0};
  fhrl_iss iss = {0};
  fhrl_iss_lab lab = {0};
  fhrl_iss_plan plan;
  fhrl_progress progress;
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_setup_open(&s, run, &extra, 1, err));
  if (run->require) FHRL_DO(status, fhrl_iss_require_known(run->require, err));
  fhrl_iss_options(&s.config, &plan);
  FHRL_DO(status, fhrl_output_open(&out, run, NULL, "iss.json", &s.config, s.seed, err));
  fhrl_progress_begin(&progress, fhrl_output_progress(&out), "iss", plan.trajectories + 1.0, "orbits");
  const fhrl_iss_watch watch = {.progress = show, .context = &progress, .stop = fhrl_signals_flag()};
  status = fhrl_iss_run(s.system, &s.input, &s.solver, &plan, s.x0, &watch, &iss, err);
  if (status == FHRL_OK) status = fhrl_iss_lab_run(&iss, &s.input, &s.solver, &plan, s.x0, run->threads, &lab, err);
  fhrl_progress_end(&progress);
  if (status != FHRL_OK) goto done;
  fhrl_iss_report_json(&iss, out.result);
  fhrl_iss_lab_json(&iss, &lab, out.result);
  say(&out, &iss);
  say_lab(&out, &iss, &lab);
  if (fhrl_output_has_folder(&out)) FHRL_DO(status, save(&out, &iss, &lab, err));
  FHRL_DO(status, fhrl_output_finish(&out, err));
  if (run->require) status = fhrl_iss_require(&iss, run->require, err);
done:
  fhrl_iss_lab_free(&lab);
  fhrl_iss_free(&iss);
  fhrl_output_close(&out);
  fhrl_setup_close(&s);
  return status;
}
