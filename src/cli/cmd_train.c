// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_train: trains Tiny-GPT with FH-RL layers; interrupted or killed, the same command resumes to the same bits
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/progress.h"
#include "base/signals.h"
#include "cli/output.h"
#include "io/table.h"
#include "nn/train.h"

static void show(void *context, int step, double loss, double tokens_per_second)
{
  char note[64];
  snprintf(note, sizeof note, "loss %.4f, %.0f tokens/s", loss, tokens_per_second);
  fhrl_progress_update(context, step, note);
}

static fhrl_status read_job(const fhrl_config *config, fhrl_train_job *job, fhrl_err *err)
{
  double value[FHRL_GPT_KEY_COUNT];
  char name[80];
  for (int i = 0; i < FHRL_GPT_KEY_COUNT; i++) {
    snprintf(name, sizeof name, "model.%s", fhrl_gpt_fields[i].name);
    value[i] = fhrl_config_real(config, name);
  }
  FHRL_TRY(fhrl_gpt_configure(value, &job->model, err));
  for (int i = 0; i < FHRL_TRAIN_KEY_COUNT; i++) {
    snprintf(name, sizeof name, "train.%s", fhrl_train_fields[i].name);
    job->train.value[i] = fhrl_config_real(config, name);
  }
  snprintf(job->train.corpus, sizeof job->train.corpus, "%s", fhrl_config_text(config, "train.corpus"));
  snprintf(job->train.init, sizeof job->train.init, "%s", fhrl_config_text(config, "train.init"));
  return fhrl_train_validate(&job->train, err);
}

// --force: what another configuration left must not be taken up.
static fhrl_status forget(const fhrl_output *out, fhrl_err *err)
{
  static const char *const files[] = {"state.safetensors", "checkpoint.safetensors", "loss.tsv", "run.json"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    char path[FHRL_PATH_SIZE];
    FHRL_TRY(fhrl_output_path(out, files[i], path, err));
    if (unlink(path) != 0 && errno != ENOENT)
      return fhrl_fail(err, FHRL_IO, "cannot remove %s: %s", path, strerror(errno));
  }
  return FHRL_OK;
}

static void report(const fhrl_output *out, const fhrl_train *t, const char *checkpoint)
{
  const double loss = fhrl_train_final_loss(t), rate = fhrl_train_rate(t);
  fhrl_json *o = out->result;
  fhrl_json_int(o, "parameters", (long long)t->gpt.count);
  fhrl_json_int(o, "steps", t->step);
  fhrl_json_real(o, "final_loss", loss, "no step was made");
  fhrl_json_real(o, "entropy_floor", t->entropy_floor, NULL);
  fhrl_json_real(o, "tokens_per_second", rate, "no step was made by this process");
  fhrl_json_int(o, "resumed_from", t->resumed);
  fhrl_json_text(o, "checkpoint", checkpoint);
  fhrl_output_say(out, "parameters   %zu\n", t->gpt.count);
  if (t->resumed == t->steps)
    fhrl_output_say(out, "steps        %d, all of them found in %s\n", t->step, out->folder);
  else if (t->resumed > 0)
    fhrl_output_say(out, "steps        %d, resumed from %d; %.0f tokens/s\n", t->step, t->resumed, rate);
  else
    fhrl_output_say(out, "steps        %d; %.0f tokens/s\n", t->step, rate);
  fhrl_output_say(out, "loss         %.4f nats per byte (mean of the last 20 steps)\n", loss);
  fhrl_output_say(out, "floor        %.4f nats per byte (entropy of the corpus' random chunks)\n", t->entropy_floor);
  fhrl_output_say(out, "checkpoint   %s\n", checkpoint);
}

static fhrl_status train(const fhrl_run *run, fhrl_output *out, fhrl_train_job *job, fhrl_err *err)
{
  fhrl_train t = {0};
  fhrl_progress progress;
  fhrl_status status = FHRL_OK;
  char checkpoint[FHRL_PATH_SIZE], floor_at[40];
  fhrl_progress_begin(&progress, fhrl_output_progress(out), "train", job->train.value[FHRL_TRAIN_STEPS], "steps");
  job->folder = out->folder;
  job->threads = run->threads;
  job->stop = fhrl_signals_flag();
  job->progress = show;
  job->context = &progress;
  if (out->replaced) FHRL_DO(status, forget(out, err));
  FHRL_DO(status, fhrl_train_init(job, &t, err));
  progress.first = progress.done = t.step;
  status = fhrl_train_run(&t, err);
  fhrl_progress_end(&progress);
  if (status == FHRL_INTERRUPT) fhrl_status_context(err, "to resume, give the same command again");
  if (status != FHRL_OK) goto done;
  FHRL_DO(status, fhrl_output_path(out, "checkpoint.safetensors", checkpoint, err));
  report(out, &t, checkpoint);
  snprintf(floor_at, sizeof floor_at, "%.17g", t.entropy_floor);
  fhrl_output_draw(out, "loss", (const char *const[]){"loss.tsv", floor_at}, 2);
  status = fhrl_output_finish(out, err);
done:
  fhrl_train_free(&t);
  return status;
}

fhrl_status fhrl_cmd_train(const fhrl_run *run, fhrl_err *err)
{
  fhrl_config config;
  fhrl_train_job job = {0};
  fhrl_output out = {0};
  fhrl_status status = FHRL_OK;
  fhrl_config_init(&config);
  FHRL_DO(status, fhrl_config_add(&config, "model", fhrl_gpt_fields, FHRL_GPT_KEY_COUNT, err));
  FHRL_DO(status, fhrl_config_add(&config, "train", fhrl_train_fields, FHRL_TRAIN_KEY_COUNT, err));
  FHRL_DO(status, fhrl_config_apply(&config, &run->settings, fhrl_command_table_sections, fhrl_command_table_section_count, err));
  FHRL_DO(status, read_job(&config, &job, err));
  FHRL_DO(status, fhrl_output_open(&out, run, "run", NULL, &config, fhrl_config_int(&config, "train.seed"), err));
  status = train(run, &out, &job, err);
done:
  fhrl_output_close(&out);
  fhrl_config_free(&config);
  return status;
}
