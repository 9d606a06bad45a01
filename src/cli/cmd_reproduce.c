// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_reproduce: the paper's experiments over again, its figures from them, and a verdict on each of its claims
#include <stdio.h>
#include <string.h>

#include "analysis/reproduce_files.h"
#include "analysis/reproduce_page.h"
#include "base/progress.h"
#include "base/signals.h"
#include "cli/output.h"
#include "cli/version.h"

enum { CLAIMS = 32 };

static void show(void *context, double done, double total, double first, const char *note)
{
  fhrl_progress *p = context;
  p->total = total;
  p->first = first;
  fhrl_progress_update(p, done, note);
}

static fhrl_status take_path(const fhrl_config *config, const char *name, char path[FHRL_PATH_SIZE], fhrl_err *err)
{
  const char *text = fhrl_config_text(config, name);
  path[0] = '\0';
  return *text ? fhrl_file_join("", text, path, err) : FHRL_OK;
}

// What all networks share, from [model] and [train].
static fhrl_status read_shared(const fhrl_config *config, fhrl_gpt_config *model, fhrl_train_config *train, fhrl_err *err)
{
  double value[FHRL_GPT_KEY_COUNT];
  char name[80];
  for (int i = 0; i < FHRL_GPT_KEY_COUNT; i++) {
    snprintf(name, sizeof name, "model.%s", fhrl_gpt_fields[i].name);
    value[i] = fhrl_config_real(config, name);
  }
  FHRL_TRY(fhrl_gpt_configure(value, model, err));
  for (int i = 0; i < FHRL_TRAIN_KEY_COUNT; i++) {
    snprintf(name, sizeof name, "train.%s", fhrl_train_fields[i].name);
    train->value[i] = fhrl_config_real(config, name);
  }
  FHRL_TRY(take_path(config, "train.corpus", train->corpus, err));
  return fhrl_train_validate(train, err);
}

// Keys of [train] that the plan itself sets, or that have no meaning for it.
static fhrl_status refuse(const fhrl_config *config, fhrl_err *err)
{
  static const char *const keys[] = {"train.init", "train.eval_corpus", "train.freeze", "train.optimizer", "train.seeds",
    "train.probe_every", "train.held_out", "probe.source", "probe.bytes", "probe.corpus"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    const fhrl_field *f = NULL;
    const char *key = strchr(keys[i], '.') + 1, *text = fhrl_config_text(config, keys[i]);
    char usual[FHRL_FIELD_TEXT];
    for (int k = 0; k < FHRL_TRAIN_KEY_COUNT && keys[i][0] == 't'; k++)
      if (strcmp(fhrl_train_fields[k].name, key) == 0) f = &fhrl_train_fields[k];
    for (int k = 0; k < fhrl_probe_field_count && keys[i][0] == 'p'; k++)
      if (strcmp(fhrl_probe_fields[k].name, key) == 0) f = &fhrl_probe_fields[k];
    fhrl_field_default(f, usual, sizeof usual);
    if (strcmp(text, usual) != 0)
      return fhrl_fail(err, FHRL_ARG, "%s = %s: reproduce sets it itself, run by run; leave it at %s", keys[i], text,
        *usual ? usual : "nothing");
  }
  return FHRL_OK;
}

static fhrl_status make_config(const fhrl_run *run, fhrl_config *config, fhrl_err *err)
{
  FHRL_TRY(fhrl_config_add(config, "model", fhrl_gpt_fields, FHRL_GPT_KEY_COUNT, err));
  FHRL_TRY(fhrl_config_add(config, "train", fhrl_train_fields, FHRL_TRAIN_KEY_COUNT, err));
  FHRL_TRY(fhrl_config_add(config, "probe", fhrl_probe_fields, fhrl_probe_field_count, err));
  FHRL_TRY(fhrl_config_add(config, "reproduce", fhrl_reproduce_plan_fields, fhrl_reproduce_plan_field_count, err));
  FHRL_TRY(fhrl_command_configure(run, config, err));
  if (fhrl_config_real(config, "reproduce.quick") == 0.0) return refuse(config, err);
  for (int i = 0; fhrl_reproduce_plan_quick[i][0]; i++) {
    const char *const *q = fhrl_reproduce_plan_quick[i];
    char name[80];
    snprintf(name, sizeof name, "%s.%s", q[0], q[1]);
    if (!fhrl_config_is_set(config, name)) FHRL_TRY(fhrl_config_set(config, q[0], q[1], q[2], "--quick", err));
  }
  return refuse(config, err);
}

static void say(const fhrl_output *out, const fhrl_reproduce *r, const fhrl_claims_result results[])
{
  fhrl_output_say(out, "%d runs of %d networks, %d of them found finished\n\n", r->done, r->plan.count, r->found);
  for (int i = 0; i < r->done; i++)
    if (r->run[i].failed) fhrl_output_say(out, "failed: %s, seed %d: %s\n", r->run[i].item->name, r->numbers[i].seed, r->run[i].failed);
  if (r->failed > 0) fhrl_output_say(out, "\n");
  for (int i = 0; fhrl_claims_table[i].id; i++)
    fhrl_output_say(out, "%-14s %-15s %s\n", fhrl_claims_table[i].id, fhrl_claims_word(results[i].verdict), results[i].reason);
  fhrl_output_say(out, "\n");
}

static void draw(const fhrl_output *out)
{
  static const char *const figure[][2] = {{"fig2", "loss.tsv"}, {"fig3", "gamma.tsv"}, {"fig4", "gamma.tsv"}, {"fig5", "reentry.tsv"},
    {"fig6", "gamma.tsv"}, {"figS1", "gamma.tsv"}, {"figS2", "gamma.tsv"}};
  for (size_t i = 0; i < sizeof figure / sizeof *figure; i++)
    fhrl_output_draw(out, figure[i][0], (const char *const[]){figure[i][1], "runs.tsv"}, 2);
}

static fhrl_status conclude(const fhrl_output *out, const fhrl_reproduce *r, fhrl_err *err)
{
  fhrl_claims_result results[CLAIMS];
  const fhrl_claims_study study = fhrl_reproduce_study(r);
  for (int i = 0; fhrl_claims_table[i].id && i < CLAIMS; i++) fhrl_claims_judge(&fhrl_claims_table[i], &study, &results[i]);
  fhrl_reproduce_files_json(r, results, out->result);
  FHRL_TRY(fhrl_reproduce_files_save(r, results, out->folder, err));
  say(out, r, results);
  draw(out);
  FHRL_TRY(fhrl_reproduce_page_save(r, results, out->folder, fhrl_version_text(), err));
  fhrl_output_say(out, "report       %s/report.html\n", out->folder);
  return FHRL_OK;
}

static fhrl_status reproduce(const fhrl_run *run, fhrl_output *out, const fhrl_reproduce_plan *plan, fhrl_err *err)
{
  fhrl_reproduce r = {.done = 0};
  fhrl_progress progress;
  fhrl_progress_begin(&progress, fhrl_output_progress(out), "reproduce", 0.0, "steps");
  const fhrl_reproduce_job job = {out->folder, run->threads, fhrl_signals_flag(), show, &progress};
  fhrl_status status = fhrl_reproduce_go(plan, &job, &r, err);
  fhrl_progress_end(&progress);
  if (status == FHRL_INTERRUPT) fhrl_status_context(err, "to go on, give the same command again");
  if (status == FHRL_OK) status = conclude(out, &r, err);
  if (status == FHRL_OK) status = fhrl_output_finish(out, err);
  fhrl_reproduce_free(&r);
  return status;
}

fhrl_status fhrl_cmd_reproduce(const fhrl_run *run, fhrl_err *err)
{
  static fhrl_reproduce_plan plan; // large
  fhrl_config config;
  fhrl_output out = {0};
  fhrl_gpt_config model;
  fhrl_train_config train = fhrl_train_default();
  fhrl_status status = FHRL_OK;
  fhrl_config_init(&config);
  FHRL_DO(status, make_config(run, &config, err));
  FHRL_DO(status, read_shared(&config, &model, &train, err));
  FHRL_DO(status, fhrl_reproduce_plan_make(&config, &model, &train, &plan, err));
  FHRL_DO(status, fhrl_output_open(&out, run, "reproduction", "report.json", &config, plan.first, err));
  status = reproduce(run, &out, &plan, err);
done:
  fhrl_output_close(&out);
  fhrl_config_free(&config);
  return status;
}
