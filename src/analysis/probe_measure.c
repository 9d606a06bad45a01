// SPDX-License-Identifier: GPL-3.0-or-later
// probe_measure: the metrics of one layer, cut into tasks that threads share out
#include <math.h>
#include <stdlib.h>

#include "analysis/probe.h"
#include "analysis/slots.h"
#include "analysis/spectrum.h"
#include "analysis/weight.h"

// Every task writes to places of its own.
enum { BATCH = 0, ALONG_K = BATCH + 3, WEIGHTS = ALONG_K + 3, PROBES }; // first task of each kind; PROBES + n is probe n

typedef struct work {
  const fhrl_probe_plan *plan;
  const fhrl_probe_layer *layer;
  const fhrl_probe_subspace *subspace;
  fhrl_probe_result *out;
  const double *state[3];             // out, x, y: in the order of the ESRI metrics
  double *mean;                       // (N, d) y averaged over tokens
  fhrl_drift along_t;
  fhrl_drift_peak *sample, *null;     // (N), (N, FHRL_NULL_COUNT, M) along t
  fhrl_status *status;                // of each task
  fhrl_err *err;                      // of each task
} work;

static double *samples(const work *w, fhrl_probe_metric m) { return w->out->sample + (size_t)m * w->layer->N; }

static fhrl_random key(const fhrl_probe_plan *plan, uint32_t sequence)
{
  // no layer in it: layers see the same surrogates, as they see the same probes, and so a mean over layers has a null
  return (fhrl_random){.seed = plan->seed, .stream = FHRL_STREAM_NULL, .sequence = sequence};
}

static fhrl_status batch_task(const work *w, int which, fhrl_err *err)
{
  const fhrl_probe_layer *l = w->layer;
  double *value = &w->out->value[FHRL_PROBE_ESRI_BATCH_OUT + which];
  if (l->N < 2 || l->T < 2 || w->state[which] == NULL) return FHRL_OK;
  return fhrl_spectrum_esri_batch(l->N, l->T, l->d, w->state[which], w->out->esri_t + (size_t)which * l->T, value, err);
}

static fhrl_status along_k_task(const work *w, int which, fhrl_err *err)
{
  const fhrl_probe_layer *l = w->layer;
  const int K = w->plan->perturbations, d = l->d;
  const size_t row = (size_t)l->T * d, last = row - (size_t)d;
  if (K > l->N || (l->y == NULL && which != FHRL_PROBE_K_OUT)) return FHRL_OK;
  const double *h = which == FHRL_PROBE_K ? l->y + last : which == FHRL_PROBE_K_OUT ? l->out + last : w->mean;
  const size_t stride = which == FHRL_PROBE_K_MEAN ? (size_t)d : row;
  if (which == FHRL_PROBE_K_MEAN)
    for (int n = 0; n < K; n++)
      fhrl_spectrum_mean(l->T, d, l->y + (size_t)n * row, (size_t)d, w->mean + (size_t)n * d);
  return fhrl_probe_drift_along_k(K, d, h, stride, w->plan->surrogates, key(w->plan, (uint32_t)which),
    &w->out->drift[which], err);
}

static fhrl_status weights_task(const work *w, fhrl_err *err)
{
  const int d = w->layer->d, k = w->subspace->k;
  if (w->layer->Wr == NULL) return FHRL_OK;
  double *value = w->out->value, *scratch = malloc((size_t)k * d * sizeof *scratch);
  if (!scratch) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d directions", k);
  fhrl_weight m;
  const fhrl_status status = fhrl_weight_measure(d, w->layer->Wr, &m, w->out->sigma, err);
  if (status == FHRL_OK) {
    value[FHRL_PROBE_WR_FROBENIUS] = m.frobenius;
    value[FHRL_PROBE_WR_ANISOTROPY] = m.anisotropy;
    value[FHRL_PROBE_WR_KAPPA_SV] = m.kappa_sv;
    value[FHRL_PROBE_WR_ALIGNMENT] = fhrl_weight_alignment(d, k, w->layer->Wr, w->subspace->top, scratch);
    value[FHRL_PROBE_WR_CHANCE] = w->subspace->chance.mean;
    value[FHRL_PROBE_WR_CHANCE_LOW] = w->subspace->chance.low;
    value[FHRL_PROBE_WR_CHANCE_HIGH] = w->subspace->chance.high;
    value[FHRL_PROBE_WR_CHANCE_LIMIT] = (double)k / d;
  }
  free(scratch);
  return status;
}

// |y| over |x_pre| of probe n.
static fhrl_status output_ratio(const work *w, int n, fhrl_err *err)
{
  const fhrl_probe_layer *l = w->layer;
  const size_t at = (size_t)n * l->T * l->d;
  double *norm = malloc(2 * (size_t)l->T * sizeof *norm), *ratio = norm + l->T;
  if (!norm) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d tokens", l->T);
  for (int t = 0; t < l->T; t++) {
    const double *y = l->y + at + (size_t)t * l->d;
    double square = 0.0;
    for (int j = 0; j < l->d; j++) square += y[j] * y[j];
    norm[t] = sqrt(square);
  }
  fhrl_metrics_ratio(l->T, l->d, norm, l->x_pre + at, ratio);
  samples(w, FHRL_PROBE_Y_RATIO)[n] = fhrl_metrics_mean(l->T, ratio).value;
  free(norm);
  return FHRL_OK;
}

// IRR of probe n over its three denominators.
static fhrl_status reentry(const work *w, int n, fhrl_err *err)
{
  const fhrl_probe_layer *l = w->layer;
  const size_t at = (size_t)n * l->T * l->d;
  const double *denominator[3] = {l->x_pre, l->attention, l->x};
  double *norm = malloc(2 * (size_t)l->T * sizeof *norm), *scratch = norm + l->T;
  if (!norm) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d tokens", l->T);
  fhrl_metrics_reentry(l->T, l->d, l->Wr, l->y + at, norm);
  for (int i = 0; i < 3; i++) {
    double *ratio = i == 0 ? w->out->irr_t + (size_t)n * l->T : scratch;
    fhrl_metrics_ratio(l->T, l->d, norm, denominator[i] + at, ratio);
    const double mean = fhrl_metrics_mean(l->T, ratio).value;
    samples(w, (fhrl_probe_metric)(FHRL_PROBE_IRR + 2 * i))[n] = fabs(l->gamma) * mean; // a ratio of norms
    samples(w, (fhrl_probe_metric)(FHRL_PROBE_IRR_WR + 2 * i))[n] = mean;
  }
  for (int t = 0; t < l->T; t++) w->out->irr_t[(size_t)n * l->T + t] *= fabs(l->gamma);
  free(norm);
  return FHRL_OK;
}

static fhrl_status probe_task(const work *w, int n, fhrl_err *err)
{
  const fhrl_probe_layer *l = w->layer;
  const size_t at = (size_t)n * l->T * l->d, memory = (size_t)n * l->r * l->d;
  const int M = w->plan->surrogates;
  if (l->Wr) FHRL_TRY(reentry(w, n, err));
  for (int i = 0; i < 3 && w->plan->window < l->T; i++)
    if (w->state[i])
      FHRL_TRY(fhrl_spectrum_esri_window(l->T, l->d, w->plan->window, w->state[i] + at,
        samples(w, (fhrl_probe_metric)(FHRL_PROBE_ESRI_WINDOW_OUT + i)) + n, err));
  if (l->U) {
    fhrl_slots slots;
    FHRL_TRY(fhrl_slots_measure(l->r, l->d, l->U + memory, l->V + memory, &slots, err));
    samples(w, FHRL_PROBE_SLOT_RANK)[n] = slots.effective_rank;
    samples(w, FHRL_PROBE_SLOT_RATIO)[n] = slots.ratio;
  }
  if (l->y == NULL) return FHRL_OK;
  FHRL_TRY(output_ratio(w, n, err));
  if (w->along_t.n == 0) return FHRL_OK;
  return fhrl_probe_drift_along_t(&w->along_t, l->d, l->y + at, M,
    key(w->plan, (uint32_t)(FHRL_PROBE_DIRECTIONS + n)), &w->sample[n], w->null + (size_t)n * FHRL_NULL_COUNT * M, err);
}

static void run_task(void *context, int task, int thread)
{
  const work *w = context;
  fhrl_err *err = &w->err[task];
  w->status[task] = task < ALONG_K  ? batch_task(w, task - BATCH, err)
                    : task < WEIGHTS ? along_k_task(w, task - ALONG_K, err)
                    : task < PROBES  ? weights_task(w, err)
                                     : probe_task(w, task - PROBES, err);
}

static fhrl_status refuse_infinite(const fhrl_probe_layer *l, fhrl_err *err)
{
  const char *const name[] = {"x_pre", "x", "y", "attention", "out", "U", "V"};
  const double *const array[] = {l->x_pre, l->x, l->y, l->attention, l->out, l->U, l->V};
  for (int a = 0; a < 7; a++) {
    const int rows = a < 5 ? l->T : l->r;
    for (int n = 0; n < l->N && array[a]; n++)
      for (int i = 0; i < rows * l->d; i++) {
        const double v = array[a][((size_t)n * rows) * l->d + i];
        if (!isfinite(v))
          return fhrl_fail(err, FHRL_NUMERIC, "%s of probe %d is %g at %s %d, channel %d", name[a], n, v,
            a < 5 ? "token" : "slot", i / l->d, i % l->d);
      }
  }
  return FHRL_OK;
}

fhrl_status fhrl_probe_measure(const fhrl_probe_plan *plan, const fhrl_probe_layer *layer,
  const fhrl_probe_subspace *subspace, fhrl_team *team, fhrl_probe_result *out, fhrl_err *err)
{
  const int N = layer->N, T = layer->T, tasks = PROBES + N;
  const size_t n = (size_t)N, nulls = n * FHRL_NULL_COUNT * (size_t)plan->surrogates;
  work w = {.plan = plan, .layer = layer, .subspace = subspace, .out = out, .state = {layer->out, layer->x, layer->y}};
  *out = (fhrl_probe_result){0};
  FHRL_TRY(refuse_infinite(layer, err));
  FHRL_TRY(fhrl_probe_init(N, T, layer->d, plan->perturbations, out, err));
  out->has_y = layer->y != NULL;
  if (layer->Wr == NULL)
    for (int i = 0; i < N * T; i++) out->irr_t[i] = FHRL_NAN;
  fhrl_status status = FHRL_OK;
  w.mean = malloc(n * (size_t)layer->d * sizeof *w.mean);
  w.sample = malloc(n * sizeof *w.sample);
  w.null = malloc(nulls * sizeof *w.null);
  w.status = malloc((size_t)tasks * sizeof *w.status);
  w.err = malloc((size_t)tasks * sizeof *w.err);
  if (!w.mean || !w.sample || !w.null || !w.status || !w.err)
    FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for the nulls of %d probes", N));
  if (T >= 3) FHRL_DO(status, fhrl_drift_init(&w.along_t, T - 1, err));
  fhrl_team_run(team, tasks, run_task, &w);
  for (int task = 0; task < tasks; task++) // the first in order, whichever thread met it first
    if (w.status[task] != FHRL_OK) {
      if (err) *err = w.err[task];
      status = w.status[task];
      goto done;
    }
  fhrl_probe_summarise(out);
  if (T >= 3 && layer->y)
    status = fhrl_probe_drift_gather(N, plan->surrogates, w.sample, w.null, &out->drift[FHRL_PROBE_T], err);
done:
  fhrl_drift_free(&w.along_t);
  free(w.mean);
  free(w.sample);
  free(w.null);
  free(w.status);
  free(w.err);
  if (status != FHRL_OK) fhrl_probe_free(out);
  return status;
}
