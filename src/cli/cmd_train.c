// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_train: trains Tiny-GPT with FH-RL layers; interrupted or killed, the same command resumes to the same bits
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/metrics.h"
#include "analysis/training.h"
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

static void take_path(const fhrl_config *config, const char *name, char path[FHRL_PATH_SIZE])
{
  snprintf(path, FHRL_PATH_SIZE, "%s", fhrl_config_text(config, name));
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
  take_path(config, "train.corpus", job->train.corpus);
  take_path(config, "train.eval_corpus", job->train.eval_corpus);
  take_path(config, "train.init", job->train.init);
  if (job->train.value[FHRL_TRAIN_PROBE_EVERY] > 0.0 && job->model.y_destination == FHRL_GPT_TO_NONE)
    return fhrl_fail(err, FHRL_ARG, "train.probe_every = %g finds nothing to probe: model.y_destination = none",
      job->train.value[FHRL_TRAIN_PROBE_EVERY]);
  return fhrl_train_validate(&job->train, err);
}

// --force: what another configuration left must not be taken up.
static fhrl_status forget(const fhrl_output *out, fhrl_err *err)
{
  static const char *const files[] = {"state.safetensors", "checkpoint.safetensors", "checkpoint.previous.safetensors",
    "loss.tsv", "training.tsv", "run.json"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    char path[FHRL_PATH_SIZE];
    FHRL_TRY(fhrl_output_path(out, files[i], path, err));
    if (unlink(path) != 0 && errno != ENOENT)
      return fhrl_fail(err, FHRL_IO, "cannot remove %s: %s", path, strerror(errno));
  }
  return FHRL_OK;
}

// A folder that holds the same run with fewer steps takes the new number, so that it is continued and not refused.
// Not with a cosine, whose every learning rate depends on it.
static fhrl_status prolong(fhrl_config *config, const char *folder, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE], wanted[32];
  fhrl_settings saved = {NULL, 0};
  FHRL_TRY(fhrl_file_join(folder, "config.ini", path, err));
  if (!fhrl_file_exists(path) || fhrl_config_int(config, "train.schedule") != FHRL_TRAIN_CONSTANT) return FHRL_OK;
  fhrl_status status = fhrl_settings_read(path, &saved, err);
  const char *was = status == FHRL_OK ? fhrl_settings_written(&saved, "train", "steps") : NULL;
  if (was && strtod(was, NULL) < fhrl_config_real(config, "train.steps")) {
    snprintf(wanted, sizeof wanted, "%s", fhrl_config_text(config, "train.steps"));
    FHRL_DO(status, fhrl_config_set(config, "train", "steps", was, path, err));
    const int same = fhrl_config_same(config, path, NULL) == FHRL_OK;
    FHRL_DO(status, fhrl_config_set(config, "train", "steps", wanted, path, err));
    if (same) status = fhrl_config_save(config, path, "fhrl train", err);
  }
done:
  fhrl_settings_free(&saved);
  return status;
}

static void report(const fhrl_output *out, const fhrl_train *t, const char *checkpoint)
{
  const double loss = fhrl_train_final_loss(t), rate = fhrl_train_rate(t), held = fhrl_train_held_loss(t);
  fhrl_json *o = out->result;
  fhrl_json_int(o, "parameters", (long long)t->gpt.count);
  fhrl_json_int(o, "steps", t->step);
  fhrl_json_real(o, "final_loss", loss, "no step was made");
  fhrl_json_real(o, "entropy_floor", t->entropy_floor, NULL);
  fhrl_json_bool(o, "entropy_floor_exact", t->floor_exact);
  fhrl_json_real(o, "eval_loss", held, "no evaluation was asked for, or none was due");
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
  fhrl_output_say(out, "floor        %.4f nats per byte (entropy of the corpus' random chunks%s)\n", t->entropy_floor,
    t->floor_exact ? "" : ", at most: repetitions not counted");
  if (!isnan(held)) fhrl_output_say(out, "held out     %.4f nats per byte, after the last evaluation\n", held);
  fhrl_output_say(out, "checkpoint   %s\n", checkpoint);
}

static void draw(const fhrl_output *out, const fhrl_train *t)
{
  char floor_at[40];
  snprintf(floor_at, sizeof floor_at, "%.17g", t->entropy_floor);
  const char *held = fhrl_train_evaluations(t, t->step) > 0 ? "held-out" : "none";
  fhrl_output_draw(out, "loss", (const char *const[]){"loss.tsv", floor_at, held}, 3);
  if (fhrl_train_observations(t, t->step) > 0)
    fhrl_output_draw(out, "training", (const char *const[]){"training.tsv"}, 1);
}

static fhrl_status observe(void *context, const fhrl_train *train, double row[], fhrl_err *err)
{
  const fhrl_run *run = context;
  return fhrl_training_measure(&train->gpt, run->threads, row, err);
}

// Trains in the folder that `out` has opened; *loss: of the last 20 steps.
static fhrl_status train(fhrl_run *run, fhrl_output *out, fhrl_train_job *job, double *loss, fhrl_err *err)
{
  fhrl_train t = {0};
  fhrl_progress progress;
  fhrl_status status = FHRL_OK;
  char checkpoint[FHRL_PATH_SIZE];
  const fhrl_train_observer observer = {
    job->model.layers, fhrl_training_count, fhrl_training_names, fhrl_training_units, observe, run};
  fhrl_progress_begin(&progress, fhrl_output_progress(out), "train", job->train.value[FHRL_TRAIN_STEPS], "steps");
  job->folder = out->folder;
  job->threads = run->threads;
  job->stop = fhrl_signals_flag();
  job->progress = show;
  job->context = &progress;
  job->observer = &observer;
  if (out->replaced) FHRL_DO(status, forget(out, err));
  FHRL_DO(status, fhrl_train_init(job, &t, err));
  progress.first = progress.done = t.step;
  status = fhrl_train_run(&t, err);
  fhrl_progress_end(&progress);
  if (status == FHRL_INTERRUPT) fhrl_status_context(err, "to resume, give the same command again");
  if (status != FHRL_OK) goto done;
  FHRL_DO(status, fhrl_output_path(out, "checkpoint.safetensors", checkpoint, err));
  report(out, &t, checkpoint);
  draw(out, &t);
  *loss = fhrl_train_final_loss(&t);
done:
  fhrl_train_free(&t);
  return status;
}

static fhrl_status make_config(const fhrl_run *run, fhrl_config *config, fhrl_err *err)
{
  fhrl_config_init(config);
  FHRL_TRY(fhrl_config_add(config, "model", fhrl_gpt_fields, FHRL_GPT_KEY_COUNT, err));
  FHRL_TRY(fhrl_config_add(config, "train", fhrl_train_fields, FHRL_TRAIN_KEY_COUNT, err));
  return fhrl_command_configure(run, config, err);
}

// One of several seeds, as a run of its own in OUT/seed<k>.
static fhrl_status train_seed(const fhrl_run *all, const fhrl_output *parent, const fhrl_train_job *job, double seed,
  fhrl_json *runs, double *loss, fhrl_err *err)
{
  fhrl_config config;
  fhrl_output out = {0};
  fhrl_run run = *all;
  fhrl_train_job own = *job;
  fhrl_status status = FHRL_OK;
  char name[32], text[24], folder[FHRL_PATH_SIZE];
  snprintf(text, sizeof text, "%.0f", seed);
  snprintf(name, sizeof name, "seed%s", text);
  own.train.value[FHRL_TRAIN_SEED] = seed;
  own.train.value[FHRL_TRAIN_SEEDS] = 1;
  FHRL_DO(status, make_config(all, &config, err));
  FHRL_DO(status, fhrl_config_set(&config, "train", "seed", text, "train.seeds", err));
  FHRL_DO(status, fhrl_config_set(&config, "train", "seeds", "1", "train.seeds", err));
  FHRL_DO(status, fhrl_output_path(parent, name, folder, err));
  run.folder = folder;
  FHRL_DO(status, prolong(&config, folder, err));
  FHRL_DO(status, fhrl_output_open(&out, &run, NULL, NULL, &config, (long long)seed, err));
  fhrl_output_say(&out, "\nseed         %s\n", text);
  FHRL_DO(status, train(&run, &out, &own, loss, err));
  run.json = 0; // what is printed is the result of all
  FHRL_DO(status, fhrl_output_finish(&out, err));
  fhrl_json *entry = fhrl_json_object();
  fhrl_json_int(entry, "seed", (long long)seed);
  fhrl_json_text(entry, "folder", folder);
  fhrl_json_real(entry, "final_loss", *loss, "no step was made");
  fhrl_json_add(runs, entry);
done:
  if (status != FHRL_OK) fhrl_status_context(err, "%s", name);
  fhrl_output_close(&out);
  fhrl_config_free(&config);
  return status;
}

static fhrl_status train_seeds(const fhrl_run *run, fhrl_output *out, const fhrl_train_job *job, fhrl_err *err)
{
  const int count = (int)job->train.value[FHRL_TRAIN_SEEDS];
  double loss[1000];
  fhrl_json *runs = fhrl_json_array();
  fhrl_json_put(out->result, "runs", runs);
  for (int i = 0; i < count; i++)
    FHRL_TRY(train_seed(run, out, job, job->train.value[FHRL_TRAIN_SEED] + i, runs, &loss[i], err));
  const fhrl_mean mean = fhrl_metrics_mean(count, loss);
  fhrl_json_real(out->result, "final_loss", mean.value, "no step was made");
  fhrl_json_real(out->result, "final_loss_error", mean.error, "fewer than 2 seeds");
  fhrl_output_say(out, "\nseeds        %d; loss %.4f +- %.4f nats per byte\n", count, mean.value, mean.error);
  return FHRL_OK;
}

fhrl_status fhrl_cmd_train(const fhrl_run *run, fhrl_err *err)
{
  fhrl_config config;
  fhrl_run own = *run;
  fhrl_train_job job = {0};
  fhrl_output out = {0};
  fhrl_status status = FHRL_OK;
  double loss;
  FHRL_DO(status, make_config(run, &config, err));
  FHRL_DO(status, read_job(&config, &job, err));
  FHRL_DO(status, prolong(&config, run->folder ? run->folder : "run", err));
  FHRL_DO(status, fhrl_output_open(&out, run, "run", NULL, &config, (long long)job.train.value[FHRL_TRAIN_SEED], err));
  if (job.train.value[FHRL_TRAIN_SEEDS] > 1)
    FHRL_DO(status, train_seeds(run, &out, &job, err));
  else
    FHRL_DO(status, train(&own, &out, &job, &loss, err));
  status = fhrl_output_finish(&out, err);
done:
  fhrl_output_close(&out);
  fhrl_config_free(&config);
  return status;
}
