// SPDX-License-Identifier: GPL-3.0-or-later
// probe: every metric of a trained network, layer by layer, from what its layers did when driven with probe sequences
#include "analysis/probe.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/weight.h"

enum { CHANCE_DRAWS = 64 };

const fhrl_field fhrl_probe_fields[] = {
  {"sequences", 64, "1", "probe sequences (with bytes: as many as the file holds)", .kind = FHRL_INT, .low = 1, .high = 65536},
  {"seed", 1, "1", "seed of the probe bytes and of the nulls", .kind = FHRL_INT, .low = 0, .high = 4294967295.0},
  {"perturbations", 41, "1", "probes along which the drift is measured", .kind = FHRL_INT, .low = 3, .high = 65536},
  {"topk", 16, "1", "dimensions of the token subspace that W_r is compared with; unless set at most d - 1", .kind = FHRL_INT, .low = 1,
    .high = 65535},
  {"window", 32, "token", "tokens of the sliding window of ESRI", .kind = FHRL_INT, .low = 2, .high = 65536},
  {"surrogates", 200, "1", "draws of each null of the drift", .kind = FHRL_INT, .low = 20, .high = 100000},
  {"source", FHRL_PROBE_RANDOM, "", "where probe bytes come from", .kind = FHRL_CHOICE, .choices = "random|corpus"},
  {"corpus", 0, "", "the file that source = corpus draws from; empty: the one that RUN was trained on",
    .kind = FHRL_PATH},
  {"bytes", 0, "", "a file of probe sequences, T bytes each, instead of source", .kind = FHRL_PATH},
};
const int fhrl_probe_field_count = (int)(sizeof fhrl_probe_fields / sizeof *fhrl_probe_fields);

fhrl_status fhrl_probe_resolve(fhrl_config *config, int V, int d, fhrl_err *err)
{
  char text[16];
  const int most = V < d ? V : d - 1, topk = fhrl_config_int(config, "probe.topk");
  if (fhrl_config_is_set(config, "probe.topk") || topk <= most || most < 1) return FHRL_OK;
  snprintf(text, sizeof text, "%d", most);
  return fhrl_config_set(config, "probe", "topk", text, "the network's width", err);
}

fhrl_probe_plan fhrl_probe_options(const fhrl_config *config)
{
  return (fhrl_probe_plan){
    .sequences = fhrl_config_int(config, "probe.sequences"),
    .seed = (uint32_t)fhrl_config_real(config, "probe.seed"),
    .perturbations = fhrl_config_int(config, "probe.perturbations"),
    .topk = fhrl_config_int(config, "probe.topk"),
    .window = fhrl_config_int(config, "probe.window"),
    .surrogates = fhrl_config_int(config, "probe.surrogates"),
    .source = *fhrl_config_text(config, "probe.bytes") ? FHRL_PROBE_BYTES : fhrl_config_int(config, "probe.source"),
  };
}

fhrl_status fhrl_probe_embed(const fhrl_probe_plan *plan, int V, int d, const double E[], fhrl_probe_subspace *out,
  fhrl_err *err)
{
  *out = (fhrl_probe_subspace){.k = plan->topk, .d = d};
  out->top = malloc((size_t)plan->topk * d * sizeof *out->top);
  if (!out->top) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d directions", plan->topk);
  const fhrl_random at = {.seed = plan->seed, .stream = FHRL_STREAM_NULL, .layer = UINT32_MAX};
  fhrl_status status = fhrl_weight_top(V, d, plan->topk, E, out->top, err);
  if (status == FHRL_OK)
    status = fhrl_weight_chance(d, plan->topk, out->top, CHANCE_DRAWS, at, &out->chance, err);
  if (status != FHRL_OK) fhrl_probe_forget(out);
  return status;
}

void fhrl_probe_forget(fhrl_probe_subspace *s)
{
  free(s->top);
  *s = (fhrl_probe_subspace){0};
}

// ---- results

fhrl_status fhrl_probe_init(int N, int T, int d, int perturbations, fhrl_probe_result *out, fhrl_err *err)
{
  const size_t samples_size = (size_t)FHRL_PROBE_METRIC_COUNT * N, irr = (size_t)N * T, esri = 3 * (size_t)T;
  *out = (fhrl_probe_result){.N = N, .T = T, .perturbations = perturbations};
  out->sample = malloc(samples_size * sizeof *out->sample);
  out->irr_t = T ? malloc(irr * sizeof *out->irr_t) : NULL;
  out->esri_t = T ? malloc(esri * sizeof *out->esri_t) : NULL;
  out->sigma = d ? malloc((size_t)d * sizeof *out->sigma) : NULL;
  if (!out->sample || (T && (!out->irr_t || !out->esri_t)) || (d && !out->sigma)) {
    fhrl_probe_free(out);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for the metrics of %d probes", N);
  }
  for (size_t i = 0; i < samples_size; i++) out->sample[i] = FHRL_NAN;
  for (size_t i = 0; T && i < esri; i++) out->esri_t[i] = FHRL_NAN;
  for (int i = 0; i < d; i++) out->sigma[i] = FHRL_NAN;
  for (int m = 0; m < FHRL_PROBE_METRIC_COUNT; m++) out->value[m] = out->error[m] = FHRL_NAN;
  return FHRL_OK;
}

static const int sampled[] = {
#define M(name, label, is_sampled, unit, meaning, reason) is_sampled,
  FHRL_PROBE_METRICS(M)
#undef M
};

void fhrl_probe_summarise(fhrl_probe_result *out)
{
  for (int m = 0; m < FHRL_PROBE_METRIC_COUNT; m++) {
    if (!sampled[m]) continue;
    const fhrl_mean mean = fhrl_metrics_mean(out->N, out->sample + (size_t)m * out->N);
    out->value[m] = mean.value;
    out->error[m] = mean.error;
  }
}

fhrl_status fhrl_probe_average(int layers, const fhrl_probe_result results[], fhrl_probe_result *out, fhrl_err *err)
{
  const int N = results[0].N;
  const fhrl_probe_drift **drifts = malloc((size_t)layers * sizeof *drifts);
  if (!drifts) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d layers", layers);
  fhrl_status status = fhrl_probe_init(N, 0, 0, results[0].perturbations, out, err);
  out->has_y = results[0].has_y;
  if (status != FHRL_OK) goto done;
  for (int i = 0; i < FHRL_PROBE_METRIC_COUNT * N; i++) {
    out->sample[i] = 0.0;
    for (int l = 0; l < layers; l++) out->sample[i] += results[l].sample[i] / layers;
  }
  fhrl_probe_summarise(out);
  for (int m = 0; m < FHRL_PROBE_METRIC_COUNT; m++) {
    if (sampled[m]) continue;
    out->value[m] = 0.0;
    for (int l = 0; l < layers; l++) out->value[m] += results[l].value[m] / layers;
  }
  for (int i = 0; i < FHRL_PROBE_DIRECTIONS; i++) {
    for (int l = 0; l < layers; l++) drifts[l] = &results[l].drift[i];
    FHRL_DO(status, fhrl_probe_drift_average(layers, drifts, &out->drift[i], err));
  }
done:
  free(drifts);
  if (status != FHRL_OK) fhrl_probe_free(out);
  return status;
}

void fhrl_probe_free(fhrl_probe_result *result)
{
  for (int i = 0; i < FHRL_PROBE_DIRECTIONS; i++) fhrl_probe_drift_free(&result->drift[i]);
  free(result->sample);
  free(result->irr_t);
  free(result->esri_t);
  free(result->sigma);
  *result = (fhrl_probe_result){0};
}

// ---- the numbers by name

#define NO_BATCH   "a covariance is zero, or fewer than 2 probes or tokens"
#define NO_WINDOW  "a covariance is zero, or the window does not fit into a sequence"
#define NO_REENTRY "a denominator is zero at some token, or the layer has no W_r"
#define NO_WR      "W_r is zero, or the layer has none"
#define NO_SLOTS   "U'V is zero, or the layer has no slots"
static const fhrl_field metric[] = {
#define M(name, label, is_sampled, unit, meaning, reason) {label, 0, unit, meaning, .text = reason},
  FHRL_PROBE_METRICS(M)
#undef M
};

// One of frequency, magnitude and centroid.
static double part(fhrl_drift_peak p, int i) { return i == 0 ? p.frequency : i == 1 ? p.magnitude : p.centroid; }

static void each_drift(const fhrl_probe_result *r, int direction, fhrl_probe_visit *visit, void *context)
{
  static const char *const prefix[] = {"rdp", "rdp_mean", "rdp_out", "rdp_t"};
  static const char *const of[] = {"y at the last token along probes", "y averaged over tokens, along probes",
    "block output at the last token along probes", "y along tokens"};
  static const char *const quantity[] = {"frequency", "magnitude", "centroid"}, *const unit[] = {"1/sample", "1", "1/sample"};
  static const char *const null_name[] = {"null", "gaussian", "white"}, *const end[] = {"mean", "low", "high"};
  static const char *const under[] = {"random order", "iid normal vectors", "white noise"};
  const fhrl_probe_drift *d = &r->drift[direction];
  char name[64], meaning[128], reason[128] = "the similarities do not change, or a state is zero";
  if (d->M == 0 && direction == FHRL_PROBE_T) snprintf(reason, sizeof reason, "fewer than 3 tokens");
  if (!r->has_y && direction != FHRL_PROBE_K_OUT)
    snprintf(reason, sizeof reason, "the network has no such layer");
  else if (d->M == 0 && direction != FHRL_PROBE_T)
    snprintf(reason, sizeof reason, "perturbations = %d, but only %d sequences were recorded", r->perturbations, r->N);
  for (int q = 0; q < 3; q++) {
    snprintf(name, sizeof name, "%s_%s", prefix[direction], quantity[q]);
    snprintf(meaning, sizeof meaning, "RDP %s of %s (22)-(24)", quantity[q], of[direction]);
    visit(context, name, unit[q], meaning, d->M ? part(d->peak, q) : FHRL_NAN, reason);
    if (direction != FHRL_PROBE_T) continue;
    snprintf(name, sizeof name, "%s_%s_error", prefix[direction], quantity[q]);
    visit(context, name, unit[q], "its standard error over probes", d->M ? part(d->error, q) : FHRL_NAN,
      r->N < 2 ? "fewer than 2 probes" : reason);
  }
  for (int null = 0; null < FHRL_NULL_COUNT; null++)
    for (int q = 0; q < 3; q++) {
      if (direction == FHRL_PROBE_T && null == FHRL_NULL_GAUSSIAN) continue; // not drawn, probe_drift.h says why
      const fhrl_surrogate_bands *b = &d->band[null];
      const fhrl_band band = q == 0 ? b->frequency : q == 1 ? b->magnitude : b->centroid;
      const double value[3] = {band.mean, band.low, band.high};
      for (int e = 0; e < 3; e++) {
        snprintf(name, sizeof name, "%s_%s_%s%s%s", prefix[direction], null_name[null], q ? quantity[q] : "",
          q ? "_" : "", end[e]);
        snprintf(meaning, sizeof meaning, "%s of the %s under %s", end[e], quantity[q], under[null]);
        visit(context, name, unit[q], meaning, d->M ? value[e] : FHRL_NAN, reason);
      }
    }
}

void fhrl_probe_each(const fhrl_probe_result *result, fhrl_probe_visit *visit, void *context)
{
  char name[64];
  for (int m = 0; m < FHRL_PROBE_METRIC_COUNT; m++) {
    visit(context, metric[m].name, metric[m].unit, metric[m].meaning, result->value[m], metric[m].text);
    if (!sampled[m]) continue;
    snprintf(name, sizeof name, "%s_error", metric[m].name);
    visit(context, name, metric[m].unit, "its standard error over probes", result->error[m],
      result->N < 2 ? "fewer than 2 probes" : metric[m].text);
  }
  for (int i = 0; i < FHRL_PROBE_DIRECTIONS; i++) each_drift(result, i, visit, context);
}
