// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_probe: freezes a trained network, drives it with probe sequences, and measures what its layers do
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/layer.h"
#include "analysis/probe_files.h"
#include "base/progress.h"
#include "base/signals.h"
#include "cli/output.h"
#include "cli/trained.h"
#include "cli/version.h"

// The file that probe bytes come from: that of `bytes` or `corpus`, else the corpus of RUN's own config.ini, if any.
static fhrl_status source_path(const fhrl_config *config, const char *home, char out[FHRL_PATH_SIZE], fhrl_err *err)
{
  const char *given = fhrl_config_text(config, "probe.bytes");
  if (*given == '\0') given = fhrl_config_text(config, "probe.corpus");
  if (*given) return fhrl_file_join("", given, out, err);
  char ini[FHRL_PATH_SIZE];
  out[0] = '\0';
  FHRL_TRY(fhrl_file_join(home, "config.ini", ini, err));
  if (!fhrl_file_exists(ini)) return FHRL_OK;
  fhrl_settings settings = {NULL, 0};
  fhrl_status status = fhrl_settings_read(ini, &settings, err);
  const char *corpus = status == FHRL_OK ? fhrl_settings_written(&settings, "train", "corpus") : NULL;
  if (corpus && *corpus) status = fhrl_file_join(*corpus == '/' ? "" : home, corpus, out, err);
  fhrl_settings_free(&settings);
  return status;
}

static void show(void *context, int layers) { fhrl_progress_update(context, layers, NULL); }

static void say_row(const fhrl_output *out, const char *name, const fhrl_probe_result *r)
{
  const double *v = r->value;
  const fhrl_probe_drift *k = &r->drift[FHRL_PROBE_K];
  fhrl_output_say(out, "%-6s %8.5f %8.5f %9.5f %9.2e %9.2e", name, v[FHRL_PROBE_IRR], r->error[FHRL_PROBE_IRR],
    v[FHRL_PROBE_IRR_ATTENTION], v[FHRL_PROBE_ESRI_BATCH_Y], v[FHRL_PROBE_ESRI_WINDOW_Y]);
  if (k->M == 0)
    fhrl_output_say(out, "   %6s %17s %6s %17s", "-", "", "-", "");
  else
    fhrl_output_say(out, "   %6.3f [%6.3f, %6.3f] %7.3f [%6.3f, %6.3f]", k->peak.frequency,
      k->band[FHRL_NULL_PERMUTED].frequency.low, k->band[FHRL_NULL_PERMUTED].frequency.high, k->peak.centroid,
      k->band[FHRL_NULL_PERMUTED].centroid.low, k->band[FHRL_NULL_PERMUTED].centroid.high);
  fhrl_output_say(out, " %9.4f\n", v[FHRL_PROBE_SLOT_RANK]);
}

static void say(const fhrl_output *out, const fhrl_probe_session *s)
{
  fhrl_output_say(out, "%d sequences of %d bytes, gamma %g\n\n", s->N, s->config.T, s->config.gamma);
  fhrl_output_say(out, "%-6s %8s %8s %9s %9s %9s   %6s %-17s %6s %-17s %9s\n", "layer", "IRR", "+-", "/attn.", "ESRI bat.",
    "ESRI win.", "RDP f", "[95 % by chance]", "centr.", "[95 % by chance]", "slot rank");
  for (int i = 0; i < s->config.layers; i++) {
    char name[16];
    snprintf(name, sizeof name, "%d", i);
    say_row(out, name, &s->layer[i]);
  }
  say_row(out, "mean", &s->mean);
  if (s->wr == NULL) fhrl_output_say(out, "\nno W_r here: IRR, slots and W_r's own numbers are undefined (nan)\n");
  fhrl_output_say(out, "\nIRR over x_pre and over the attention's output; ESRI and RDP of y, the latter along %d probes\n",
    s->plan.perturbations);
}

static fhrl_status probe(const fhrl_run *run, const fhrl_config *config, const fhrl_gpt *gpt, const char *home,
  fhrl_output *out, fhrl_err *err)
{
  const fhrl_probe_plan plan = fhrl_probe_options(config);
  fhrl_probe_session session = {.N = 0};
  fhrl_progress progress;
  const fhrl_probe_watch watch = {show, &progress, fhrl_signals_flag()};
  char path[FHRL_PATH_SIZE];
  unsigned char *byte;
  int N;
  FHRL_TRY(source_path(config, home, path, err));
  FHRL_TRY(fhrl_probe_session_bytes(&plan, path, gpt->config.T, gpt->config.vocabulary, &byte, &N, err));
  fhrl_progress_begin(&progress, fhrl_output_progress(out), "probe", gpt->config.layers, "layers");
  fhrl_status status = fhrl_probe_session_run(gpt, &plan, byte, N, run->threads, &watch, &session, err);
  fhrl_progress_end(&progress);
  if (status != FHRL_OK) return status;
  fhrl_probe_files_json(&session, out->result);
  FHRL_DO(status, fhrl_probe_files_save(&session, out->folder, fhrl_version_text(), err));
  say(out, &session);
  fhrl_output_draw(out, "probe", (const char *const[]){"probe_irr.tsv", "probe_rdp.tsv"}, 2);
  if (session.wr) fhrl_output_draw(out, "wr", (const char *const[]){"wr.tsv", "wr_spectrum.tsv"}, 2);
  status = fhrl_output_finish(out, err);
done:
  fhrl_probe_session_free(&session);
  return status;
}

fhrl_status fhrl_cmd_probe(const fhrl_run *run, fhrl_err *err)
{
  fhrl_config config;
  fhrl_gpt gpt = {.count = 0};
  fhrl_output out = {0};
  fhrl_status status = FHRL_OK;
  char path[FHRL_PATH_SIZE], home[FHRL_PATH_SIZE], folder[FHRL_PATH_SIZE];
  fhrl_config_init(&config);
  FHRL_DO(status, fhrl_layer_path(run->input, path, err));
  FHRL_DO(status, fhrl_layer_home(run->input, home, err));
  FHRL_DO(status, fhrl_file_join(home, "probe", folder, err));
  FHRL_DO(status, fhrl_config_add(&config, "model", fhrl_gpt_fields, FHRL_GPT_KEY_COUNT, err));
  FHRL_DO(status, fhrl_config_add(&config, "probe", fhrl_probe_fields, fhrl_probe_field_count, err));
  FHRL_DO(status, fhrl_trained_open(run, path, &config, &gpt, err));
  FHRL_DO(status, fhrl_probe_resolve(&config, gpt.config.vocabulary, gpt.config.d, err));
  FHRL_DO(status,
    fhrl_output_open(&out, run, folder, "metrics.json", &config, (long long)fhrl_config_real(&config, "probe.seed"), err));
  status = probe(run, &config, &gpt, home, &out, err);
done:
  fhrl_output_close(&out);
  fhrl_gpt_free(&gpt);
  fhrl_config_free(&config);
  return status;
}
