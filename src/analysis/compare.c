// SPDX-License-Identifier: GPL-3.0-or-later
// compare: a trained network against its continuous theory, layer by layer, on what it was recorded doing (theory 2b, 2c)
#include "analysis/compare.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/compare_measure.h"
#include "base/signals.h"

enum { ORDER_RUNGS = 4, ESRI_SEQUENCES = 12 }; // theory 2c; theory 4: the window form is a mean over at least 12 probes

const fhrl_field fhrl_compare_fields[] = {
  {"rate", FHRL_LAYER_PAPER, "", "rate of U and V: alpha, or -ln(1 - alpha)", FHRL_CHOICE, .choices = "paper|exact"},
  {"sequences", 4, "1", "sequences for the ladder's errors", FHRL_INT, 1, 4096},
  {"metric_sequences", 12, "1", "sequences for the metrics; ESRI needs 12", FHRL_INT, 1, 4096},
  {"curve_sequences", 1, "1", "sequences for the curve over c", FHRL_INT, 1, 4096},
  {"window", 32, "tokens", "window of ESRI", FHRL_INT, 2, 4096},
  {"probe", 0, "", "folder with the recordings layer<k>.nc; empty: RUN/probe, probed first if need be", FHRL_PATH},
  {"rtol", 1e-9, "1", "relative tolerance of the flow at c = 1", FHRL_REAL, 1e-13, 1e-3},
  {"curve_rtol", 1e-4, "1", "relative tolerance of the flows of the curve over c", FHRL_REAL, 1e-13, 1e-3},
};
const int fhrl_compare_field_count = FHRL_COUNT(fhrl_compare_fields);
const char *const fhrl_compare_metric_names[FHRL_COMPARE_METRICS] = {"irr", "esri_window_y", "rdp_t_frequency"};

fhrl_compare_plan fhrl_compare_options(const fhrl_config *config)
{
  return (fhrl_compare_plan){
    .rate = (fhrl_layer_rate)fhrl_config_int(config, "compare.rate"),
    .sequences = fhrl_config_int(config, "compare.sequences"),
    .metric_sequences = fhrl_config_int(config, "compare.metric_sequences"),
    .curve_sequences = fhrl_config_int(config, "compare.curve_sequences"),
    .window = fhrl_config_int(config, "compare.window"),
    .rtol = fhrl_config_real(config, "compare.rtol"),
    .curve_rtol = fhrl_config_real(config, "compare.curve_rtol"),
  };
}

static int larger(int a, int b) { return a > b ? a : b; }
static int smaller(int a, int b) { return a < b ? a : b; }

int fhrl_compare_sequences(const fhrl_compare_plan *plan)
{
  return larger(larger(plan->sequences, plan->metric_sequences), plan->curve_sequences);
}

double fhrl_compare_speed(int k) { return k == FHRL_COMPARE_SPEEDS - 1 ? HUGE_VAL : ldexp(1.0, k - 1); }

void fhrl_compare_free(fhrl_compare_layer *result)
{
  free(result->flow_twin);
  free(result->twin);
  *result = (fhrl_compare_layer){0};
}

// ---- the work, as numbered tasks: the points of the curves, dearest first; equilibria; sequences

typedef struct point {
  int layer, k, rate, sequence;
  double error, network; // sums of squares
} point;

typedef struct work {
  const fhrl_compare_plan *plan;
  const fhrl_layer *layer;          // (layers), one slot each
  const fhrl_recording *recording;  // (layers)
  fhrl_compare_layer *result;       // (layers)
  int layers, sequences, points, tasks;
  point *point;                     // owned (points)
  fhrl_compare_sequence *sequence;  // owned (layers, sequences)
  fhrl_status *status;              // owned (tasks)
  fhrl_err *err;                    // owned (tasks)
  fhrl_progress *progress;
  atomic_int done;
} work;

static fhrl_status measure_point(const work *w, point *p, fhrl_err *err)
{
  const fhrl_recording *r = &w->recording[p->layer];
  return fhrl_compare_measure_speed(w->plan, &w->layer[p->layer], (fhrl_layer_rate)p->rate, fhrl_compare_speed(p->k),
    r->tokens, r->x_pre + (size_t)p->sequence * r->tokens * r->d, &p->error, &p->network, err);
}

static fhrl_status measure_stability(const work *w, int layer, fhrl_err *err)
{
  const fhrl_recording *r = &w->recording[layer];
  const size_t last = (size_t)(r->tokens - 1) * r->d;
  fhrl_system *flow = NULL;
  FHRL_TRY(fhrl_layer_bind(&w->layer[layer], 1.0, w->plan->rate, &flow, err));
  const fhrl_status status = fhrl_ladder_stability_find(flow, r->x_pre + last, r->y + last, &w->result[layer].stability, err);
  fhrl_system_destroy(flow);
  return status;
}

static fhrl_status measure_sequence(const work *w, int layer, int sequence, fhrl_err *err)
{
  const fhrl_recording *r = &w->recording[layer];
  const size_t at = (size_t)sequence * r->tokens * r->d;
  fhrl_compare_layer *result = &w->result[layer];
  return fhrl_compare_measure_sequence(w->plan, &w->layer[layer], r->tokens, r->x_pre + at, r->y + at,
    sequence < w->plan->sequences ? FHRL_COMPARE_RUNGS : 1, sequence == 0 ? result->flow_twin : NULL,
    sequence == 0 ? result->twin : NULL, &w->sequence[layer * w->sequences + sequence], err);
}

static void run_task(void *context, int task, int thread)
{
  work *w = context;
  fhrl_err *err = &w->err[task];
  const int equilibrium = task - w->points, sequence = equilibrium - w->layers;
  if (*fhrl_signals_flag())
    w->status[task] = fhrl_fail(err, FHRL_INTERRUPT, "interrupted");
  else
    w->status[task] = sequence >= 0      ? measure_sequence(w, sequence / w->sequences, sequence % w->sequences, err)
                      : equilibrium >= 0 ? measure_stability(w, equilibrium, err)
                                         : measure_point(w, &w->point[task], err);
  const int done = atomic_fetch_add(&w->done, 1) + 1;
  if (thread == 0 && w->progress) fhrl_progress_update(w->progress, done, NULL);
}

static fhrl_status plan_work(work *w, fhrl_err *err)
{
  const int curve = smaller(w->plan->curve_sequences, w->sequences);
  w->points = w->layers * FHRL_COMPARE_RATES * FHRL_COMPARE_SPEEDS * curve;
  w->tasks = w->points + w->layers * (1 + w->sequences);
  w->point = calloc((size_t)w->points, sizeof *w->point);
  w->sequence = calloc((size_t)w->layers * w->sequences, sizeof *w->sequence);
  w->status = calloc((size_t)w->tasks, sizeof *w->status);
  w->err = calloc((size_t)w->tasks, sizeof *w->err);
  if (!w->point || !w->sequence || !w->status || !w->err)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %d tasks of a comparison", w->tasks);
  point *p = w->point;
  for (int k = FHRL_COMPARE_SPEEDS - 1; k >= 0; k--)
    for (int layer = 0; layer < w->layers; layer++)
      for (int rate = 0; rate < FHRL_COMPARE_RATES; rate++)
        for (int s = 0; s < curve; s++) *p++ = (point){.layer = layer, .k = k, .rate = rate, .sequence = s};
  for (int layer = 0; layer < w->layers; layer++) {
    const size_t row = 1 + FHRL_COMPARE_CHANNELS, tokens = (size_t)w->recording[layer].tokens;
    fhrl_compare_layer *r = &w->result[layer];
    r->twin = malloc(tokens * row * sizeof *r->twin);
    r->flow_twin = malloc(tokens * FHRL_COMPARE_TWIN * row * sizeof *r->flow_twin);
    if (!r->twin || !r->flow_twin) return fhrl_fail(err, FHRL_NOMEM, "no memory for %zu tokens of a twin", tokens);
  }
  return FHRL_OK;
}

// ---- from the tasks' sums to the results

// Least-squares slope of log error over log h, for the smallest ORDER_RUNGS of h = 2^-k.
static double slope(const double error[FHRL_COMPARE_RUNGS])
{
  double sum = 0.0, weight = 0.0;
  const double middle = FHRL_COMPARE_RUNGS - 0.5 * (ORDER_RUNGS + 1);
  for (int k = FHRL_COMPARE_RUNGS - ORDER_RUNGS; k < FHRL_COMPARE_RUNGS; k++) {
    if (!(error[k] > 0.0)) return FHRL_NAN;
    sum -= (k - middle) * log2(error[k]);
    weight += (k - middle) * (k - middle);
  }
  return sum / weight;
}

static void gather_ladder(const work *w, int layer)
{
  const fhrl_recording *rec = &w->recording[layer];
  const fhrl_compare_sequence *s = w->sequence + (size_t)layer * w->sequences;
  const int used = smaller(w->plan->sequences, w->sequences);
  const double count = (double)used * rec->tokens * rec->d;
  fhrl_compare_layer *r = &w->result[layer];
  double flow = 0.0, deviation = 0.0, largest = 0.0;
  for (int k = 0; k < FHRL_COMPARE_RUNGS; k++) {
    double squares = 0.0;
    for (int i = 0; i < used; i++) {
      r->error_sup[k] = fmax(r->error_sup[k], s[i].sup[k]);
      squares += s[i].squares[k];
    }
    r->error_rms[k] = sqrt(squares / count);
  }
  for (int i = 0; i < used; i++) flow += s[i].flow_squares;
  for (int i = 0; i < w->sequences; i++) {
    deviation = fmax(deviation, s[i].deviation);
    largest = fmax(largest, s[i].largest);
  }
  r->flow_rms = sqrt(flow / count);
  r->order = slope(r->error_rms);
  r->relative_at_1 = r->flow_rms > 0.0 ? r->error_rms[0] / r->flow_rms : FHRL_NAN;
  r->network_deviation = deviation == 0.0 ? 0.0 : deviation / largest; // infinite where the network gave nothing
}

static fhrl_status gather_metrics(const work *w, int layer, fhrl_err *err)
{
  const fhrl_compare_sequence *s = w->sequence + (size_t)layer * w->sequences;
  const int used = smaller(w->plan->metric_sequences, w->sequences);
  double *value = malloc((size_t)used * sizeof *value);
  if (value == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the metrics of %d sequences", used);
  for (int m = 0; m < FHRL_COMPARE_METRICS; m++)
    for (int side = 0; side < 2; side++) {
      for (int i = 0; i < used; i++) value[i] = s[i].metric[side][m];
      fhrl_mean mean = fhrl_metrics_mean(used, value);
      if (m == 1 && used < ESRI_SEQUENCES) mean = (fhrl_mean){FHRL_NAN, FHRL_NAN};
      *(side ? &w->result[layer].metric[m].continuous : &w->result[layer].metric[m].discrete) = mean;
    }
  free(value);
  return FHRL_OK;
}

// A failure of one point leaves a hole in its curve; an interruption or want of memory ends the comparison.
static fhrl_status gather_curves(work *w, fhrl_err *err)
{
  for (int layer = 0; layer < w->layers; layer++)
    for (int rate = 0; rate < FHRL_COMPARE_RATES; rate++)
      for (int k = 0; k < FHRL_COMPARE_SPEEDS; k++) {
        fhrl_compare_layer *r = &w->result[layer];
        double error = 0.0, network = 0.0;
        for (int i = 0; i < w->points; i++) {
          const point *p = &w->point[i];
          if (p->layer != layer || p->rate != rate || p->k != k) continue;
          error += w->status[i] == FHRL_OK ? p->error : FHRL_NAN;
          network += p->network;
          if (w->status[i] == FHRL_OK) continue;
          if (w->status[i] != FHRL_NUMERIC && w->status[i] != FHRL_LIMIT) {
            if (err) *err = w->err[i];
            return w->status[i];
          }
          if (r->curve_reason[rate][0] == '\0')
            snprintf(r->curve_reason[rate], sizeof r->curve_reason[rate], "c = %g: %.140s", fhrl_compare_speed(k),
              w->err[i].msg);
        }
        r->curve[rate][k] = sqrt(error / network);
      }
  return FHRL_OK;
}

// The minimum between the ends, by a parabola over log2 c. The rounding of the integrations is no minimum: it has to lie
// below both ends by a part in a thousand. A limit that is not unique is left out; another hole leaves nothing to say.
static void find_c_star(const fhrl_compare_plan *plan, fhrl_compare_layer *r)
{
  const double *e = r->curve[plan->rate];
  const int finite = FHRL_COMPARE_SPEEDS - 2, end = isnan(e[finite + 1]) ? finite : finite + 1;
  int best = 0;
  r->c_star = FHRL_NAN;
  for (int k = 0; k <= end; k++) {
    if (isnan(e[k])) {
      r->c_star_reason = "the curve is not complete";
      return;
    }
    if (e[k] < e[best]) best = k;
  }
  if (best == 0 || e[best] > 0.999 * e[0])
    r->c_star_reason = "the error is least at the smallest c";
  else if (best > finite || (best < end && e[best] > 0.999 * e[end]))
    r->c_star_reason = "the error falls all the way to the largest c";
  else if (best == finite)
    r->c_star_reason = "the error is least at the largest finite c";
  else
    r->c_star = exp2(best - 1 + 0.5 * (e[best - 1] - e[best + 1]) / (e[best - 1] - 2.0 * e[best] + e[best + 1]));
}

static fhrl_status gather(work *w, fhrl_err *err)
{
  FHRL_TRY(gather_curves(w, err));
  for (int layer = 0; layer < w->layers; layer++) {
    const int equilibrium = w->points + layer, first = w->points + w->layers + layer * w->sequences;
    fhrl_compare_layer *r = &w->result[layer];
    for (int i = first; i < first + w->sequences; i++)
      if (w->status[i] != FHRL_OK) { // the first in order, whichever thread met it first
        if (err) *err = w->err[i];
        fhrl_status_context(err, "layer %d, sequence %d", r->index, i - first);
        return w->status[i];
      }
    if (w->status[equilibrium] == FHRL_NUMERIC) {
      r->stability = (fhrl_ladder_stability){FHRL_NAN, FHRL_NAN, FHRL_NAN, FHRL_NAN, FHRL_NAN, NULL};
      memcpy(r->stability_reason, w->err[equilibrium].msg, sizeof r->stability_reason);
    } else if (w->status[equilibrium] != FHRL_OK) {
      if (err) *err = w->err[equilibrium];
      return w->status[equilibrium];
    } else if (r->stability.reason) {
      snprintf(r->stability_reason, sizeof r->stability_reason, "%s", r->stability.reason);
    }
    gather_ladder(w, layer);
    FHRL_TRY(gather_metrics(w, layer, err));
    find_c_star(w->plan, r);
  }
  return FHRL_OK;
}

fhrl_status fhrl_compare_run(const fhrl_compare_plan *plan, const fhrl_layer layers[], const fhrl_recording recordings[],
  int count, fhrl_team *team, fhrl_progress *progress, fhrl_compare_layer results[], fhrl_err *err)
{
  work w = {.plan = plan, .recording = recordings, .result = results, .layers = count, .progress = progress};
  fhrl_status status = FHRL_OK;
  if (count < 1) return fhrl_fail(err, FHRL_ARG, "no layer to compare");
  w.sequences = fhrl_compare_sequences(plan);
  for (int i = 0; i < count; i++) {
    if (recordings[i].d != layers[i].d)
      return fhrl_fail(err, FHRL_ARG, "layer %d has d = %d, its recording %d channels", layers[i].index, layers[i].d,
        recordings[i].d);
    w.sequences = smaller(w.sequences, recordings[i].sequences);
  }
  for (int i = 0; i < count; i++)
    results[i] = (fhrl_compare_layer){.index = layers[i].index, .sequences = w.sequences, .tokens = recordings[i].tokens};
  fhrl_layer *one = calloc((size_t)count, sizeof *one);
  if (one == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d layers", count));
  w.layer = one;
  for (int i = 0; i < count; i++) FHRL_DO(status, fhrl_layer_collapse(&layers[i], &one[i], err));
  FHRL_DO(status, plan_work(&w, err));
  if (progress) progress->total = w.tasks;
  fhrl_team_run(team, w.tasks, run_task, &w);
  status = gather(&w, err);
done:
  for (int i = 0; one && i < count; i++) fhrl_layer_free(&one[i]);
  free(one);
  free(w.point);
  free(w.sequence);
  free(w.status);
  free(w.err);
  if (status != FHRL_OK)
    for (int i = 0; i < count; i++) fhrl_compare_free(&results[i]);
  return status;
}
