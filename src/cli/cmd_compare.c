// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_compare: sets a trained network against its continuous theory, layer by layer
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/compare_atlas.h"
#include "analysis/compare_files.h"
#include "analysis/compare_input.h"
#include "analysis/compare_report.h"
#include "analysis/compare_verdict.h"
#include "analysis/probe.h"
#include "base/progress.h"
#include "cli/output.h"
#include "nn/gpt.h"
#include "ode/input.h"

typedef struct subject {
  int count;
  long long seed;         // of the probe
  fhrl_layer *layer;      // owned (count)
  fhrl_recording *recording; // owned (count)
  fhrl_compare_layer *result; // owned (count)
} subject;

static void drop(subject *s)
{
  for (int i = 0; i < s->count; i++) {
    if (s->layer) fhrl_layer_free(&s->layer[i]);
    if (s->recording) fhrl_recording_free(&s->recording[i]);
    if (s->result) fhrl_compare_free(&s->result[i]);
  }
  free(s->layer);
  free(s->recording);
  free(s->result);
}

// RUN has not been probed yet: does what `fhrl probe RUN` does with the [probe] of our configuration files.
static fhrl_status probe_first(const fhrl_run *run, fhrl_err *err)
{
  fhrl_run first = *run;
  first.folder = NULL;
  first.silent = 1;
  first.settings = (fhrl_settings){malloc((size_t)(run->settings.count + 1) * sizeof *first.settings.item), 0};
  if (first.settings.item == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the settings of probe");
  for (int i = 0; i < run->settings.count; i++)
    if (strcmp(run->settings.item[i].section, "probe") == 0)
      first.settings.item[first.settings.count++] = run->settings.item[i];
  for (const fhrl_command *c = fhrl_command_table; c->name; c++)
    if (c->run == fhrl_cmd_probe) first.command = c;
  const fhrl_status status = fhrl_cmd_probe(&first, err);
  free(first.settings.item); // a copy of borrowed items
  return status;
}

// Folder of the recordings: compare.probe, else RUN/probe, which is made if it is not there.
static fhrl_status find_probe(const fhrl_run *run, const fhrl_config *config, const char *home, char folder[FHRL_PATH_SIZE],
  fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  const char *given = fhrl_config_text(config, "compare.probe");
  if (*given) return fhrl_file_join("", given, folder, err);
  FHRL_TRY(fhrl_file_join(home, "probe", folder, err));
  FHRL_TRY(fhrl_file_join(folder, "layer0.nc", path, err));
  return fhrl_file_exists(path) ? FHRL_OK : probe_first(run, err);
}

// What the probe was made with: it may have had another gamma, say, than the checkpoint.
static fhrl_status as_probed(const char *folder, subject *s, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  fhrl_settings settings = {NULL, 0};
  fhrl_config config;
  FHRL_TRY(fhrl_file_join(folder, "config.ini", path, err));
  if (!fhrl_file_exists(path)) return FHRL_OK;
  fhrl_status status = FHRL_OK;
  fhrl_config_init(&config);
  FHRL_DO(status, fhrl_settings_read(path, &settings, err));
  FHRL_DO(status, fhrl_config_add(&config, "model", fhrl_gpt_fields, FHRL_GPT_KEY_COUNT, err));
  FHRL_DO(status, fhrl_config_add(&config, "probe", fhrl_probe_fields, fhrl_probe_field_count, err));
  FHRL_DO(status, fhrl_config_apply(&config, &settings, NULL, 0, err));
  s->seed = (long long)fhrl_config_real(&config, "probe.seed");
  for (int i = 0; i < s->count; i++) FHRL_DO(status, fhrl_layer_override(&s->layer[i], &config, err));
done:
  fhrl_config_free(&config);
  fhrl_settings_free(&settings);
  return status;
}

static fhrl_status load(const fhrl_run *run, const fhrl_config *config, const char *folder, const fhrl_compare_plan *plan,
  subject *s, fhrl_err *err)
{
  fhrl_layer first;
  char name[32], path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_layer_load(run->input, 0, &first, err));
  const int layers = first.layers;
  fhrl_layer_free(&first);
  s->layer = calloc((size_t)layers, sizeof *s->layer);
  s->recording = calloc((size_t)layers, sizeof *s->recording);
  s->result = calloc((size_t)layers, sizeof *s->result);
  if (!s->layer || !s->recording || !s->result) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d layers", layers);
  s->count = layers;
  for (int i = 0; i < layers; i++) {
    FHRL_TRY(fhrl_layer_load(run->input, i, &s->layer[i], err));
    snprintf(name, sizeof name, "layer%d.nc", i);
    FHRL_TRY(fhrl_file_join(folder, name, path, err));
    FHRL_TRY(fhrl_recording_load(path, fhrl_compare_sequences(plan), &s->recording[i], err));
  }
  FHRL_TRY(as_probed(folder, s, err));
  return fhrl_compare_input_apply(config, s->layer, s->recording, s->count, err);
}

static void say_number(const fhrl_output *out, int digits, double value)
{
  char text[32];
  snprintf(text, sizeof text, "%.*g", digits, value);
  fhrl_output_say(out, " %9s", isnan(value) ? "-" : text);
}

// What becomes of the equilibrium that each layer's ladder loses first.
static void say_born(const fhrl_output *out, const subject *s)
{
  for (int i = 0; i < s->count; i++) {
    const fhrl_compare_layer *r = &s->result[i];
    const int first = fhrl_compare_equilibria_first(r->rest, r->rests);
    if (first < 0) continue;
    const fhrl_compare_rest *q = &r->rest[first];
    const fhrl_step_born *b = &q->born;
    fhrl_output_say(out, "layer %d loses an equilibrium at h_c = %.4g by a %s; born there: ", r->index, q->sequential.h_c,
      q->sequential.bifurcation);
    if (b->kind == FHRL_STEP_BORN_CYCLE) fhrl_output_say(out, "a cycle of %d steps", b->period);
    else fhrl_output_say(out, "%s", b->kind == FHRL_STEP_BORN_UNKNOWN ? b->reason : fhrl_step_born_text(b));
    if (isfinite(b->size))
      fhrl_output_say(out, ", |y - y*| <= %.3g at h = %.5g%s", b->size, b->h, b->jump ? ", by a jump" : "");
    fhrl_output_say(out, "\n");
  }
  fhrl_output_say(out, "\n");
}

static void say(const fhrl_output *out, const fhrl_compare_plan *plan, const subject *s)
{
  static const char *const heads[] = {"order", "h = 1", "exact", "c = 1", "c = inf", "c*", "h_c", "IRR net", "IRR flow",
    "lam. net", "lam. flow"};
  const int last = FHRL_COMPARE_SPEEDS - 1;
  fhrl_output_say(out, "%d tokens of %d sequences, rate %s, input %s\n\nlayer", s->result[0].tokens, s->result[0].sequences,
    fhrl_config_text(out->config, "compare.rate"), fhrl_config_text(out->config, "compare.input"));
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) fhrl_output_say(out, " %9s", heads[i]);
  fhrl_output_say(out, "\n");
  for (int i = 0; i < s->count; i++) {
    const fhrl_compare_layer *r = &s->result[i];
    fhrl_output_say(out, "%5d", r->index);
    say_number(out, 4, r->ladder[plan->rate].order);
    say_number(out, 4, r->ladder[plan->rate].relative_at_1);
    say_number(out, 4, r->ladder[FHRL_LAYER_EXACT].sequences ? r->ladder[FHRL_LAYER_EXACT].relative_at_1 : FHRL_NAN);
    say_number(out, 4, r->curve[plan->rate][1]);
    say_number(out, 4, r->curve[plan->rate][last]);
    say_number(out, 3, r->c_star);
    say_number(out, 4, r->h_c_sequential);
    say_number(out, 5, r->metric[0][FHRL_COMPARE_NETWORK].value);
    say_number(out, 5, r->metric[0][FHRL_COMPARE_FLOW].value);
    for (int k = 0; k < FHRL_COMPARE_EXPONENTS_SIDES; k++)
      say_number(out, 4, r->exponents.tokens > 0 ? r->exponents.side[k].mean : FHRL_NAN);
    fhrl_output_say(out, "\n");
  }
  fhrl_output_say(out,
    "\norder: of the ladder's convergence to the flow; h = 1: rms distance of the network from the flow (c = 1), over the\n"
    "flow's rms; exact: the same at rate -ln(1 - alpha); c = 1, c = inf: rms distance over the network's rms; c*: the c in\n"
    "between at which it is least; h_c: least step at which the ladder loses an equilibrium; lam.: largest Lyapunov exponents\n\n");
}

// What the network's layers say in one sentence, cut where a line ends.
static void say_headline(const fhrl_output *out, const char *text)
{
  int column = 0;
  while (*text) {
    const int word = (int)strcspn(text, " ");
    if (column > 0 && column + 1 + word > 118) {
      fhrl_output_say(out, "\n");
      column = 0;
    }
    fhrl_output_say(out, "%s%.*s", column > 0 ? " " : "", word, text);
    column += word + (column > 0);
    text += word + (text[word] == ' ');
  }
  fhrl_output_say(out, "\n\n");
}

// The chart of one layer, under x_pre of the last token of the first sequence. What an interrupted run computed is taken over.
static fhrl_status chart(fhrl_output *out, const fhrl_compare_plan *plan, const subject *s, fhrl_team *team, fhrl_err *err)
{
  const int k = fhrl_config_int(out->config, "compare.atlas_layer");
  char part[FHRL_PATH_SIZE], path[FHRL_PATH_SIZE];
  fhrl_layer one = {0};
  fhrl_compare_atlas atlas = {0};
  fhrl_progress progress;
  fhrl_status status = FHRL_OK;
  if (k >= s->count) return fhrl_fail(err, FHRL_ARG, "compare.atlas_layer = %d: there are %d layers, from 0", k, s->count);
  const fhrl_recording *r = &s->recording[k];
  const double *u = r->x_pre + (size_t)(r->tokens - 1) * r->d;
  fhrl_progress_begin(&progress, fhrl_output_progress(out), "atlas", 0.0, "cells");
  FHRL_DO(status, fhrl_output_path(out, "compare_atlas.part", part, err));
  if (out->replaced) remove(part); // of another configuration
  FHRL_DO(status, fhrl_layer_collapse(&s->layer[k], &one, err));
  FHRL_DO(status, fhrl_compare_atlas_init(&atlas, &one, u, fhrl_config_int(out->config, "compare.atlas_points"),
    fhrl_config_real(out->config, "compare.atlas_gamma"), err));
  FHRL_DO(status, fhrl_compare_atlas_run(&atlas, &one, plan->rate, u, team, &progress, part, err));
  FHRL_DO(status, fhrl_output_path(out, "compare_atlas.tsv", path, err));
  FHRL_DO(status, fhrl_compare_atlas_save(&atlas, path, err));
  fhrl_compare_atlas_report(&atlas, k, out->result);
  remove(part);
done:
  fhrl_progress_end(&progress);
  fhrl_compare_atlas_free(&atlas);
  fhrl_layer_free(&one);
  return status;
}

static fhrl_status compare(const fhrl_run *run, fhrl_output *out, const fhrl_compare_plan *plan, const char *probed,
  subject *s, fhrl_err *err)
{
  char metrics[FHRL_PATH_SIZE];
  fhrl_compare_verdict verdict;
  fhrl_team *team = NULL;
  fhrl_progress progress;
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_team_create(run->threads, &team, err));
  fhrl_progress_begin(&progress, fhrl_output_progress(out), "compare", 0.0, "tasks");
  status = fhrl_compare_run(plan, s->layer, s->recording, s->count, team, &progress, s->result, err);
  fhrl_progress_end(&progress);
  if (status != FHRL_OK) goto done;
  FHRL_DO(status, fhrl_file_join(probed, "metrics.json", metrics, err));
  if (fhrl_config_int(out->config, "compare.input") == 0) fhrl_compare_report_probed(metrics, s->result, s->count);
  fhrl_compare_verdict_find(plan, s->result, s->count, &verdict);
  fhrl_compare_verdict_report(&verdict, out->result);
  fhrl_compare_report_json(plan, s->result, s->count, out->result);
  FHRL_DO(status, fhrl_compare_files_save(plan, s->result, s->count, out->folder, err));
  const int charted = fhrl_config_int(out->config, "compare.atlas");
  if (charted) FHRL_DO(status, chart(out, plan, s, team, err));
  say(out, plan, s);
  say_born(out, s);
  say_headline(out, verdict.headline);
  fhrl_output_draw(out, "compare_ladder", (const char *const[]){"compare.tsv"}, 1);
  fhrl_output_draw(out, "compare_c", (const char *const[]){"compare_c.tsv"}, 1);
  fhrl_output_draw(out, "compare_twin", (const char *const[]){"compare_twin.tsv"}, 1);
  fhrl_output_draw(out, "compare_metrics", (const char *const[]){"compare_metrics.tsv"}, 1);
  if (charted) fhrl_output_draw(out, "compare_atlas", (const char *const[]){"compare_atlas.tsv"}, 1);
  status = fhrl_output_finish(out, err);
done:
  fhrl_team_destroy(team);
  return status;
}

fhrl_status fhrl_cmd_compare(const fhrl_run *run, fhrl_err *err)
{
  fhrl_config config;
  fhrl_output out = {0};
  subject s = {0};
  fhrl_status status = FHRL_OK;
  char home[FHRL_PATH_SIZE], probed[FHRL_PATH_SIZE], folder[FHRL_PATH_SIZE];
  fhrl_config_init(&config);
  FHRL_DO(status, fhrl_config_add(&config, "compare", fhrl_compare_fields, fhrl_compare_field_count, err));
  FHRL_DO(status, fhrl_config_add(&config, "input", fhrl_input_fields, fhrl_input_field_count, err));
  FHRL_DO(status, fhrl_command_configure(run, &config, err));
  const fhrl_compare_plan plan = fhrl_compare_options(&config);
  FHRL_DO(status, fhrl_layer_home(run->input, home, err));
  FHRL_DO(status, fhrl_file_join(home, "compare", folder, err));
  FHRL_DO(status, find_probe(run, &config, home, probed, err));
  FHRL_DO(status, load(run, &config, probed, &plan, &s, err));
  FHRL_DO(status, fhrl_output_open(&out, run, folder, "compare.json", &config, s.seed, err));
  status = compare(run, &out, &plan, probed, &s, err);
done:
  fhrl_output_close(&out);
  drop(&s);
  fhrl_config_free(&config);
  return status;
}
