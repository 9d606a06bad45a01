// SPDX-License-Identifier: GPL-3.0-or-later
// training: what is watched of a network's layers while it is trained: few and cheap numbers, of the same probes each time
#include "analysis/training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drift.h"
#include "analysis/metrics.h"
#include "analysis/probe_session.h"
#include "analysis/spectrum.h"
#include "analysis/weight.h"
#include "base/dense.h"
#include "nn/record.h"

enum { PROBES = 41, SEED = 1 }; // as many as the drift along probes is measured with

enum { IRR, IRR_WR, ESRI, RDP_FREQUENCY, RDP_MAGNITUDE, RDP_CENTROID, FROBENIUS, ANISOTROPY, RADIUS, COLUMNS };
const char *const fhrl_training_names[] = {[IRR] = "irr",
  [IRR_WR] = "irr_wr",
  [ESRI] = "esri_batch_y",
  [RDP_FREQUENCY] = "rdp_frequency",
  [RDP_MAGNITUDE] = "rdp_magnitude",
  [RDP_CENTROID] = "rdp_centroid",
  [FROBENIUS] = "wr_frobenius",
  [ANISOTROPY] = "wr_anisotropy",
  [RADIUS] = "reentry_radius"}; // largest |eigenvalue| of gamma W_r
const char *const fhrl_training_units[] = {"1", "1", "1", "1/sample", "1", "1/sample", "1", "1", "1"};
const int fhrl_training_count = COLUMNS;

typedef struct scratch { // of one layer, in double; owned
  double *y, *x_pre;      // (N, T, d)
  double *W;              // (d, d)
  double *norm, *ratio;   // (N, T)
  double *re, *im;        // (d)
} scratch;

static void scratch_free(scratch *s)
{
  free(s->y);
  free(s->x_pre);
  free(s->W);
  free(s->norm);
  free(s->ratio);
  free(s->re);
  free(s->im);
}

static fhrl_status scratch_init(const fhrl_gpt_config *c, scratch *s, fhrl_err *err)
{
  const size_t rows = (size_t)PROBES * c->T, d = (size_t)c->d;
  *s = (scratch){malloc(rows * d * sizeof(double)), malloc(rows * d * sizeof(double)), malloc(d * d * sizeof(double)),
    malloc(rows * sizeof(double)), malloc(rows * sizeof(double)), malloc(d * sizeof(double)), malloc(d * sizeof(double))};
  if (s->y && s->x_pre && s->W && s->norm && s->ratio && s->re && s->im) return FHRL_OK;
  return fhrl_fail(err, FHRL_NOMEM, "no memory for a layer of %d probes", PROBES);
}

static void widen(size_t n, const fhrl_real from[], double to[])
{
  for (size_t i = 0; i < n; i++) to[i] = (double)from[i];
}

// RDP of y at the last token along the probes.
static fhrl_status drift(const fhrl_gpt_config *c, const double y[], double row[COLUMNS], fhrl_err *err)
{
  const size_t stride = (size_t)c->T * c->d;
  double similarity[PROBES - 1], amplitude[PROBES];
  fhrl_drift w;
  FHRL_TRY(fhrl_drift_init(&w, PROBES - 1, err));
  fhrl_drift_cosines(PROBES - 1, c->d, y + stride - (size_t)c->d, stride, similarity);
  fhrl_drift_amplitude(&w, similarity, amplitude);
  const fhrl_drift_peak peak = fhrl_drift_find(&w, amplitude);
  fhrl_drift_free(&w);
  row[RDP_FREQUENCY] = peak.frequency;
  row[RDP_MAGNITUDE] = peak.magnitude;
  row[RDP_CENTROID] = peak.centroid;
  return FHRL_OK;
}

static fhrl_status measure_layer(const fhrl_gpt_config *c, scratch *s, double row[COLUMNS], fhrl_err *err)
{
  fhrl_weight weight;
  double radius = 0.0;
  FHRL_TRY(fhrl_spectrum_esri_batch(PROBES, c->T, c->d, s->y, NULL, &row[ESRI], err));
  FHRL_TRY(drift(c, s->y, row, err));
  row[IRR] = row[IRR_WR] = row[FROBENIUS] = row[ANISOTROPY] = row[RADIUS] = FHRL_NAN;
  if (c->fast_weights != FHRL_GPT_FHRL) return FHRL_OK; // no W_r
  fhrl_metrics_reentry(PROBES * c->T, c->d, s->W, s->y, s->norm);
  fhrl_metrics_ratio(PROBES * c->T, c->d, s->norm, s->x_pre, s->ratio);
  row[IRR_WR] = fhrl_metrics_mean_by_sequence(PROBES, c->T, s->ratio).value;
  row[IRR] = fabs(c->gamma) * row[IRR_WR];
  FHRL_TRY(fhrl_weight_measure(c->d, s->W, &weight, NULL, err));
  row[FROBENIUS] = weight.frobenius;
  row[ANISOTROPY] = weight.anisotropy;
  FHRL_TRY(fhrl_dense_eigenvalues(c->d, s->W, s->re, s->im, err));
  for (int i = 0; i < c->d; i++) radius = fmax(radius, hypot(s->re[i], s->im[i]));
  row[RADIUS] = fabs(c->gamma) * radius;
  return FHRL_OK;
}

fhrl_status fhrl_training_measure(const fhrl_gpt *gpt, int threads, double row[], fhrl_err *err)
{
  const fhrl_gpt_config *c = &gpt->config;
  const fhrl_probe_plan plan = {.sequences = PROBES, .seed = SEED, .source = FHRL_PROBE_RANDOM};
  const fhrl_noise none = {.off = 1};
  const size_t wide = (size_t)PROBES * c->T * c->d;
  unsigned char *byte = NULL;
  fhrl_record *record = calloc(1, sizeof *record);
  scratch s = {NULL};
  fhrl_status status;
  int N;
  FHRL_DO(status, record ? FHRL_OK : fhrl_fail(err, FHRL_NOMEM, "no memory for a record"));
  FHRL_DO(status, scratch_init(c, &s, err));
  FHRL_DO(status, fhrl_probe_session_bytes(&plan, "", c->T, c->vocabulary, &byte, &N, err));
  FHRL_DO(status, fhrl_record_run(gpt, &(fhrl_sequences){.byte = byte, .n = N, .stride = c->T}, &none, threads, record, err));
  for (int i = 0; i < c->layers; i++) {
    widen(wide, record->layer[i].y, s.y);
    widen(wide, record->layer[i].x_pre, s.x_pre);
    if (gpt->params.layer[i].wr) widen((size_t)c->d * c->d, gpt->params.layer[i].wr, s.W);
    status = measure_layer(c, &s, row + (size_t)i * COLUMNS, err);
    if (status != FHRL_OK) fhrl_status_context(err, "layer %d", i);
    if (status != FHRL_OK) goto done;
  }
done:
  if (record) fhrl_record_free(record);
  free(record);
  free(byte);
  scratch_free(&s);
  return status;
}
