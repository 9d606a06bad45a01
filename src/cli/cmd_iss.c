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
  if (c->verdict == FHRL_ISS_OPEN) fhrl_output_say(out, "%-20s %-9s %11s  %s\n", c->rule->id, verdict, "", c->reason);
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
    fhrl_output_say(out, "reentry      1 + kappa mu = %.6g, 1 + kappa min Re lambda(W_r) = %.6g\n",
      1.0 + iss->view.kappa * k->mu, 1.0 + iss->view.kappa * k->re_min);
  if (iss->view.r > 0)
    fhrl_output_say(out, "slots        effective rank %.6g of %d, sigma_2/sigma_1 = %.3g at the end of the first orbit\n",
      iss->slots.effective_rank, iss->view.r, iss->slots.ratio);
}

static fhrl_status save(const fhrl_output *out, const fhrl_iss *iss, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE], star[32], rate[32];
  FHRL_TRY(fhrl_output_path(out, "iss.tsv", path, err));
  FHRL_TRY(fhrl_iss_report_orbits(iss, path, err));
  FHRL_TRY(fhrl_output_path(out, "iss_profile.tsv", path, err));
  FHRL_TRY(fhrl_iss_report_profile(iss, path, err));
  snprintf(star, sizeof star, "%.17g", iss->constants.rho_star);
  snprintf(rate, sizeof rate, "%.17g", isnan(iss->constants.S22_c) ? 0.0 : iss->constants.S22_c);
  const int chain = !isnan(iss->constants.S22_c), repaired = !isnan(iss->constants.c);
  const int gain = fhrl_iss_claim_of(iss, "gain_bound")->verdict != FHRL_ISS_OPEN;
  const char *const args[] = {"iss_profile.tsv", "iss.tsv", isnan(iss->constants.rho_star) ? "nan" : star,
    repaired ? "repaired" : chain ? "chain" : gain ? "gain" : "none", rate};
  if (iss->paths > 0) fhrl_output_draw(out, "iss", args, FHRL_COUNT(args));
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
  if (fhrl_output_has_folder(&out)) FHRL_DO(status, save(&out, &iss, err));
  FHRL_DO(status, fhrl_output_finish(&out, err));
  if (run->require) status = fhrl_iss_require(&iss, run->require, err);
done:
  fhrl_iss_lab_free(&lab);
  fhrl_iss_free(&iss);
  fhrl_output_close(&out);
  fhrl_setup_close(&s);
  return status;
}
