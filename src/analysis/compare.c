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
  {"input", 0, "", "what drives both: recorded bytes, or a signal of [input], sampled once a token", FHRL_CHOICE,
   .choices = "recorded|constant|sine|linear|sines|chirp|noise|held"},
  {"sequences", 4, "1", "sequences for the ladder's errors", FHRL_INT, 1, 4096},
  {"rate_sequences", 1, "1", "sequences for the ladder's errors at the other rate; 0: none", FHRL_INT, 0, 4096},
  {"metric_sequences", 12, "1", "sequences for the metrics; ESRI needs 12", FHRL_INT, 1, 4096},
  {"curve_sequences", 1, "1", "sequences for the curve over c", FHRL_INT, 1, 4096},
  {"exponent_sequences", 4, "1", "sequences, end to end, for the Lyapunov exponents; 0: none", FHRL_INT, 0, 4096},
  {"equilibria", 3, "1", "recorded tokens whose input is frozen to look for equilibria", FHRL_INT, 1, 4096},
  {"window", 32, "tokens", "window of ESRI", FHRL_INT, 2, 4096},
  {"probe", 0, "", "folder with the recordings layer<k>.nc; empty: RUN/probe, probed first if need be", FHRL_PATH},
  {"rtol", 1e-9, "1", "relative tolerance of the flow at c = 1", FHRL_REAL, 1e-13, 1e-3},
  {"curve_rtol", 1e-4, "1", "relative tolerance of the flows of the curve over c", FHRL_REAL, 1e-13, 1e-3},
  {"exponent_rtol", 1e-6, "1", "relative tolerance of the flow's exponents", FHRL_REAL, 1e-13, 1e-3},
  {"limit", 0.1, "1", "relative error below which the headline calls a map near its flow", FHRL_REAL, 0, HUGE_VAL,
   FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
  {"atlas", 0, "", "chart where ladder and flow end on the same attractor, over (gamma, beta) and (gamma, h)", FHRL_FLAG},
  {"atlas_layer", 0, "1", "layer that is charted, from 0", FHRL_INT, 0, 1023},
  {"atlas_points", 13, "1", "points on each axis of the chart", FHRL_INT, 2, 512},
  {"atlas_gamma", 6, "1", "largest gamma of the chart", FHRL_REAL, 0, 1e6, FHRL_OPEN_LOW},
};
const int fhrl_compare_field_count = FHRL_COUNT(fhrl_compare_fields);
const char *const fhrl_compare_metric_names[FHRL_COMPARE_METRICS] = {"irr", "esri_window_y", "rdp_t_frequency",
  "rdp_t_magnitude", "rdp_t_centroid", "rho"};
const char *const fhrl_compare_integrators[FHRL_COMPARE_INTEGRATORS] = {"bdf", "dop853"};

fhrl_compare_plan fhrl_compare_options(const fhrl_config *config)
{
  return (fhrl_compare_plan){
    .rate = (fhrl_layer_rate)fhrl_config_int(config, "compare.rate"),
    .sequences = fhrl_config_int(config, "compare.sequences"),
    .rate_sequences = fhrl_config_int(config, "compare.rate_sequences"),
    .metric_sequences = fhrl_config_int(config, "compare.metric_sequences"),
    .curve_sequences = fhrl_config_int(config, "compare.curve_sequences"),
    .exponent_sequences = fhrl_config_int(config, "compare.exponent_sequences"),
    .equilibria = fhrl_config_int(config, "compare.equilibria"),
    .window = fhrl_config_int(config, "compare.window"),
    .rtol = fhrl_config_real(config, "compare.rtol"),
    .curve_rtol = fhrl_config_real(config, "compare.curve_rtol"),
    .exponent_rtol = fhrl_config_real(config, "compare.exponent_rtol"),
    .limit = fhrl_config_real(config, "compare.limit"),
  };
}

static int larger(int a, int b) { return a > b ? a : b; }
static int smaller(int a, int b) { return a < b ? a : b; }

int fhrl_compare_sequences(const fhrl_compare_plan *plan)
{
  return larger(larger(larger(plan->sequences, plan->rate_sequences), plan->metric_sequences),
    larger(plan->curve_sequences, plan->exponent_sequences));
}

int fhrl_compare_other(const fhrl_compare_plan *plan)
{
  return plan->rate == FHRL_LAYER_PAPER ? FHRL_LAYER_EXACT : FHRL_LAYER_PAPER;
}

double fhrl_compare_speed(int k) { return k == FHRL_COMPARE_SPEEDS - 1 ? HUGE_VAL : ldexp(1.0, k - 1); }

void fhrl_compare_free(fhrl_compare_layer *result)
{
  free(result->rest);
  free(result->token);
  free(result->flow_twin);
  free(result->twin);
  *result = (fhrl_compare_layer){0};
}

// ---- the work, as numbered tasks, dearest first

typedef enum kind { EQUILIBRIUM, EXPONENT, POINT, AGAIN, SEQUENCE, OTHER, SLOTS } kind;

typedef struct task {
  kind kind;
  int layer;
  int k;        // of what there are several of a layer: sequence, side, sample, integrator, point of the curve
  int rate;     // POINT
  int sequence; // POINT
  double error, network; // POINT: sums of squares
} task;

typedef struct work {
  const fhrl_compare_plan *plan;
  const fhrl_layer *layer;          // (layers), as they are
  fhrl_layer *one;                  // owned (layers), one slot each
  const fhrl_recording *recording;  // (layers)
  fhrl_compare_layer *result;       // (layers)
  int layers, sequences, others, tasks, room;
  task *task;                       // owned (room)
  fhrl_compare_sequence *sequence;  // owned (layers, sequences)
  fhrl_compare_sequence *other;     // owned (layers, others + 1), at the other rate
  double **token;                   // owned (layers * sequences) sums by token, owned each; NULL where not wanted
  double **again;                   // owned (layers * INTEGRATORS) y (T, d), owned each
  fhrl_compare_exponents *exponent; // owned (layers * SIDES): a task writes to none but its own
  fhrl_status *status;              // owned (tasks)
  fhrl_err *err;                    // owned (tasks)
  fhrl_progress *progress;
  atomic_int done;
} work;

static const double *input_of(const work *w, int layer, int sequence)
{
  const fhrl_recording *r = &w->recording[layer];
  return r->x_pre + (size_t)sequence * r->tokens * r->d;
}

static fhrl_status measure_point(const work *w, task *p, fhrl_err *err)
{
  return fhrl_compare_measure_speed(w->plan, &w->one[p->layer], (fhrl_layer_rate)p->rate, fhrl_compare_speed(p->k),
    w->recording[p->layer].tokens, input_of(w, p->layer, p->sequence), &p->error, &p->network, err);
}

static fhrl_status measure_equilibrium(const work *w, const task *t, fhrl_err *err)
{
  const fhrl_recording *r = &w->recording[t->layer];
  fhrl_compare_rest *rest = &w->result[t->layer].rest[t->k];
  fhrl_compare_equilibria_place(r, w->sequences, t->k, w->plan->equilibria, &rest->sequence, &rest->token);
  const size_t at = ((size_t)rest->sequence * r->tokens + rest->token) * r->d;
  return fhrl_compare_equilibria_find(&w->one[t->layer], w->plan->rate, r->x_pre + at, r->y + at, rest, err);
}

static fhrl_status measure_exponent(const work *w, const task *t, fhrl_err *err)
{
  return fhrl_compare_exponents_measure(&w->one[t->layer], w->plan->rate, t->k, w->plan->exponent_rtol,
    smaller(w->plan->exponent_sequences, w->sequences), w->recording[t->layer].tokens, w->recording[t->layer].x_pre,
    &w->exponent[t->layer * FHRL_COMPARE_EXPONENTS_SIDES + t->k], err);
}

static fhrl_status measure_sequence(const work *w, const task *t, fhrl_err *err)
{
  const fhrl_recording *r = &w->recording[t->layer];
  const size_t at = (size_t)t->k * r->tokens * r->d;
  const int other = t->kind == OTHER, place = t->layer * w->sequences + t->k;
  const int metrics = !other && t->k < w->plan->metric_sequences;
  const fhrl_compare_wanted wanted = {
    .rate = other ? (fhrl_layer_rate)fhrl_compare_other(w->plan) : w->plan->rate,
    .rungs = other || t->k < w->plan->sequences ? FHRL_COMPARE_RUNGS : metrics ? FHRL_COMPARE_SLOTS_RUNGS : 1,
    .metrics = metrics,
    .flow_twin = !other && t->k == 0 ? w->result[t->layer].flow_twin : NULL,
    .token = other ? NULL : w->token[place],
  };
  return fhrl_compare_measure_sequence(w->plan, &w->one[t->layer], &wanted, r->tokens, r->x_pre + at, r->y + at,
    other ? &w->other[t->layer * (w->others + 1) + t->k] : &w->sequence[place], err);
}

static fhrl_status measure(work *w, task *t, fhrl_err *err)
{
  const int tokens = w->recording[t->layer].tokens;
  switch (t->kind) {
  case EQUILIBRIUM: return measure_equilibrium(w, t, err);
  case EXPONENT: return measure_exponent(w, t, err);
  case POINT: return measure_point(w, t, err);
  case AGAIN:
    return fhrl_compare_measure_again(w->plan, &w->one[t->layer], t->k, tokens, input_of(w, t->layer, 0),
      w->again[t->layer * FHRL_COMPARE_INTEGRATORS + t->k], err);
  case SLOTS:
    return fhrl_compare_slots_measure(&w->layer[t->layer], w->plan->rate, w->plan->curve_rtol, tokens,
      input_of(w, t->layer, 0), &w->result[t->layer].slots, err);
  case SEQUENCE:
  case OTHER: break;
  }
  return measure_sequence(w, t, err);
}

static void run_task(void *context, int number, int thread)
{
  work *w = context;
  fhrl_err *err = &w->err[number];
  w->status[number] = *fhrl_signals_flag() ? fhrl_fail(err, FHRL_INTERRUPT, "interrupted") : measure(w, &w->task[number], err);
  const int done = atomic_fetch_add(&w->done, 1) + 1;
  if (thread == 0 && w->progress) fhrl_progress_update(w->progress, done, NULL);
}

// Lists the tasks `count` of a kind in every layer; a first call with w->task NULL counts them.
static void list(work *w, kind what, int count)
{
  for (int k = 0; k < count; k++)
    for (int layer = 0; layer < w->layers; layer++) {
      if (w->task) w->task[w->tasks] = (task){.kind = what, .layer = layer, .k = k};
      w->tasks++;
    }
}

static void list_all(work *w)
{
  const int curve = smaller(w->plan->curve_sequences, w->sequences);
  w->tasks = 0;
  list(w, EQUILIBRIUM, w->plan->equilibria);
  list(w, EXPONENT, w->plan->exponent_sequences > 0 ? FHRL_COMPARE_EXPONENTS_SIDES : 0);
  for (int k = FHRL_COMPARE_SPEEDS - 1; k >= 0; k--)
    for (int rate = 0; rate < FHRL_COMPARE_RATES; rate++)
      for (int s = 0; s < curve; s++) {
        const int first = w->tasks;
        list(w, POINT, 1);
        for (int i = first; w->task && i < w->tasks; i++)
          w->task[i] = (task){.kind = POINT, .layer = w->task[i].layer, .k = k, .rate = rate, .sequence = s};
      }
  list(w, AGAIN, FHRL_COMPARE_INTEGRATORS);
  list(w, SEQUENCE, w->sequences);
  list(w, OTHER, w->others);
  list(w, SLOTS, 1);
}

static fhrl_status make_room(work *w, int layer, fhrl_err *err)
{
  const fhrl_recording *rec = &w->recording[layer];
  const size_t size = (size_t)rec->tokens * rec->d, row = 1 + 2 * FHRL_COMPARE_RUNGS, tokens = (size_t)rec->tokens;
  fhrl_compare_layer *r = &w->result[layer];
  int full = 1;
  r->rest = calloc((size_t)w->plan->equilibria, sizeof *r->rest);
  r->rests = w->plan->equilibria;
  r->token = calloc(tokens * row, sizeof *r->token);
  r->twin = malloc(size * sizeof *r->twin);
  r->flow_twin = malloc(size * FHRL_COMPARE_TWIN * sizeof *r->flow_twin);
  for (int s = 0; s < w->sequences && s < w->plan->sequences; s++) {
    double **token = &w->token[layer * w->sequences + s];
    *token = malloc(tokens * row * sizeof **token);
    full = full && *token != NULL;
  }
  for (int k = 0; k < FHRL_COMPARE_INTEGRATORS; k++) {
    double **y = &w->again[layer * FHRL_COMPARE_INTEGRATORS + k];
    *y = malloc(size * sizeof **y);
    full = full && *y != NULL;
  }
  if (!full || !r->rest || !r->token || !r->twin || !r->flow_twin)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %zu tokens of a twin", tokens);
  memcpy(r->twin, rec->y, size * sizeof *r->twin);
  return FHRL_OK;
}

static fhrl_status plan_work(work *w, fhrl_err *err)
{
  const size_t layers = (size_t)w->layers, sequences = layers * (size_t)w->sequences;
  list_all(w);
  w->room = w->tasks;
  w->task = calloc((size_t)w->room, sizeof *w->task);
  w->sequence = calloc(sequences, sizeof *w->sequence);
  w->other = calloc(layers * (size_t)(w->others + 1), sizeof *w->other);
  w->token = calloc(sequences, sizeof *w->token);
  w->again = calloc(layers * FHRL_COMPARE_INTEGRATORS, sizeof *w->again);
  w->exponent = calloc(layers * FHRL_COMPARE_EXPONENTS_SIDES, sizeof *w->exponent);
  w->status = calloc((size_t)w->room, sizeof *w->status);
  w->err = calloc((size_t)w->room, sizeof *w->err);
  if (!w->task || !w->sequence || !w->other || !w->token || !w->again || !w->exponent || !w->status || !w->err)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %d tasks of a comparison", w->room);
  list_all(w);
  for (int layer = 0; layer < w->layers; layer++) FHRL_TRY(make_room(w, layer, err));
  return FHRL_OK;
}

static void drop_work(work *w)
{
  for (int i = 0; w->one && i < w->layers; i++) fhrl_layer_free(&w->one[i]);
  for (int i = 0; w->token && i < w->layers * w->sequences; i++) free(w->token[i]);
  for (int i = 0; w->again && i < w->layers * FHRL_COMPARE_INTEGRATORS; i++) free(w->again[i]);
  free(w->one);
  free(w->task);
  free(w->sequence);
  free(w->other);
  free(w->token);
  free(w->again);
  free(w->exponent);
  free(w->status);
  free(w->err);
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

static void gather_ladder(const fhrl_compare_sequence s[], int used, double values, fhrl_compare_ladder *r)
{
  const double count = used * values;
  double flow = 0.0;
  *r = (fhrl_compare_ladder){.sequences = used};
  for (int k = 0; k < FHRL_COMPARE_RUNGS; k++) {
    double squares = 0.0;
    for (int i = 0; i < used; i++) {
      r->error_sup[k] = fmax(r->error_sup[k], s[i].sup[k]);
      squares += s[i].squares[k];
    }
    r->error_rms[k] = sqrt(squares / count);
  }
  for (int i = 0; i < used; i++) flow += s[i].flow_squares;
  r->flow_rms = sqrt(flow / count);
  r->order = slope(r->error_rms);
  r->relative_at_1 = r->flow_rms > 0.0 ? r->error_rms[0] / r->flow_rms : FHRL_NAN;
}

static void gather_deviation(const work *w, int layer)
{
  const fhrl_compare_sequence *s = w->sequence + (size_t)layer * w->sequences;
  double deviation = 0.0, largest = 0.0;
  for (int i = 0; i < w->sequences; i++) {
    deviation = fmax(deviation, s[i].deviation);
    largest = fmax(largest, s[i].largest);
  }
  // infinite where the network gave nothing
  w->result[layer].network_deviation = deviation == 0.0 ? 0.0 : deviation / largest;
}

static void gather_tokens(const work *w, int layer)
{
  const int tokens = w->recording[layer].tokens, used = smaller(w->plan->sequences, w->sequences);
  const double count = (double)used * w->recording[layer].d;
  for (int t = 0; t < tokens; t++)
    for (int k = 0; k < 1 + 2 * FHRL_COMPARE_RUNGS; k++) {
      const size_t at = (size_t)t * (1 + 2 * FHRL_COMPARE_RUNGS) + (size_t)k;
      double sum = 0.0, sup = 0.0;
      for (int s = 0; s < used; s++) {
        const double value = w->token[layer * w->sequences + s][at];
        sum += value;
        sup = fmax(sup, value);
      }
      w->result[layer].token[at] = k <= FHRL_COMPARE_RUNGS ? sqrt(sum / count) : sup;
    }
}

// The flow at the tokens' ends by the other integrators, less the twin's.
static void gather_again(const work *w, int layer)
{
  fhrl_compare_layer *r = &w->result[layer];
  for (int t = 0; t < r->tokens; t++) {
    const double *y = r->flow_twin + ((size_t)(t + 1) * FHRL_COMPARE_TWIN - 1) * r->d;
    for (int k = 0; k < FHRL_COMPARE_INTEGRATORS; k++) {
      const double *other = w->again[layer * FHRL_COMPARE_INTEGRATORS + k] + (size_t)t * r->d;
      for (int i = 0; i < r->d; i++) {
        r->integrator_difference[k] = fmax(r->integrator_difference[k], fabs(other[i] - y[i]));
        r->twin_size = fmax(r->twin_size, fabs(y[i]));
      }
    }
  }
}

static fhrl_status gather_metrics(const work *w, int layer, fhrl_err *err)
{
  const fhrl_compare_sequence *s = w->sequence + (size_t)layer * w->sequences;
  const int used = smaller(w->plan->metric_sequences, w->sequences);
  double *value = malloc((size_t)used * sizeof *value);
  if (value == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the metrics of %d sequences", used);
  for (int m = 0; m < FHRL_COMPARE_METRICS; m++)
    for (int side = 0; side < FHRL_COMPARE_SIDES; side++) {
      for (int i = 0; i < used; i++) value[i] = s[i].metric[side][m];
      fhrl_mean mean = fhrl_metrics_mean(used, value);
      if (m == 1 && used < ESRI_SEQUENCES) mean = (fhrl_mean){FHRL_NAN, FHRL_NAN};
      w->result[layer].metric[m][side] = mean;
    }
  free(value);
  return FHRL_OK;
}

static void gather_exponents(const work *w, int layer)
{
  fhrl_compare_exponents *to = &w->result[layer].exponents;
  for (int k = 0; k < FHRL_COMPARE_EXPONENTS_SIDES; k++) {
    const fhrl_compare_exponents *from = &w->exponent[layer * FHRL_COMPARE_EXPONENTS_SIDES + k];
    to->tokens = from->tokens;
    to->side[k] = from->side[k];
    memcpy(to->reason[k], from->reason[k], sizeof to->reason[k]);
  }
}

static void gather_equilibria(fhrl_compare_layer *r)
{
  r->h_c_simultaneous = r->h_c_sequential = FHRL_NAN;
  for (int i = 0; i < r->rests; i++) { // fmin passes over a NaN
    r->h_c_simultaneous = fmin(r->h_c_simultaneous, r->rest[i].simultaneous.h_c);
    r->h_c_sequential = fmin(r->h_c_sequential, r->rest[i].sequential.h_c);
  }
}

// A failure of one point leaves a hole in its curve; everything else that fails ends the comparison.
static fhrl_status gather_failures(work *w, fhrl_err *err)
{
  for (int i = 0; i < w->tasks; i++) { // the first in order, whichever thread met it first
    const task *t = &w->task[i];
    fhrl_compare_layer *r = &w->result[t->layer];
    if (w->status[i] == FHRL_OK) continue;
    if (t->kind != POINT || (w->status[i] != FHRL_NUMERIC && w->status[i] != FHRL_LIMIT)) {
      if (err) *err = w->err[i];
      if (t->kind == SEQUENCE || t->kind == OTHER) fhrl_status_context(err, "layer %d, sequence %d", r->index, t->k);
      return w->status[i];
    }
  }
  return FHRL_OK;
}

static void gather_curves(work *w)
{
  for (int layer = 0; layer < w->layers; layer++)
    for (int rate = 0; rate < FHRL_COMPARE_RATES; rate++)
      for (int k = 0; k < FHRL_COMPARE_SPEEDS; k++) {
        fhrl_compare_layer *r = &w->result[layer];
        double error = 0.0, network = 0.0;
        for (int i = 0; i < w->tasks; i++) {
          const task *p = &w->task[i];
          if (p->kind != POINT || p->layer != layer || p->rate != rate || p->k != k) continue;
          error += w->status[i] == FHRL_OK ? p->error : FHRL_NAN;
          network += p->network;
          if (w->status[i] != FHRL_OK && r->curve_reason[rate][0] == '\0')
            snprintf(r->curve_reason[rate], sizeof r->curve_reason[rate], "c = %g: %.140s", fhrl_compare_speed(k),
              w->err[i].msg);
        }
        r->curve[rate][k] = sqrt(error / network);
      }
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
  FHRL_TRY(gather_failures(w, err));
  gather_curves(w);
  for (int layer = 0; layer < w->layers; layer++) {
    fhrl_compare_layer *r = &w->result[layer];
    const double values = (double)r->tokens * r->d;
    gather_ladder(w->sequence + (size_t)layer * w->sequences, smaller(w->plan->sequences, w->sequences), values,
      &r->ladder[w->plan->rate]);
    if (w->others > 0)
      gather_ladder(w->other + (size_t)layer * (w->others + 1), w->others, values, &r->ladder[fhrl_compare_other(w->plan)]);
    gather_deviation(w, layer);
    gather_tokens(w, layer);
    gather_again(w, layer);
    FHRL_TRY(gather_metrics(w, layer, err));
    gather_exponents(w, layer);
    gather_equilibria(r);
    find_c_star(w->plan, r);
  }
  return FHRL_OK;
}

fhrl_status fhrl_compare_run(const fhrl_compare_plan *plan, const fhrl_layer layers[], const fhrl_recording recordings[],
  int count, fhrl_team *team, fhrl_progress *progress, fhrl_compare_layer results[], fhrl_err *err)
{
  work w = {.plan = plan, .layer = layers, .recording = recordings, .result = results, .layers = count, .progress = progress};
  fhrl_status status = FHRL_OK;
  if (count < 1) return fhrl_fail(err, FHRL_ARG, "no layer to compare");
  w.sequences = fhrl_compare_sequences(plan);
  for (int i = 0; i < count; i++) {
    if (recordings[i].d != layers[i].d)
      return fhrl_fail(err, FHRL_ARG, "layer %d has d = %d, its recording %d channels", layers[i].index, layers[i].d,
        recordings[i].d);
    w.sequences = smaller(w.sequences, recordings[i].sequences);
  }
  w.others = smaller(plan->rate_sequences, w.sequences);
  const fhrl_slots unknown = {FHRL_NAN, FHRL_NAN};
  for (int i = 0; i < count; i++)
    results[i] = (fhrl_compare_layer){.index = layers[i].index, .sequences = w.sequences, .tokens = recordings[i].tokens,
      .d = layers[i].d, .slots.network = unknown};
  w.one = calloc((size_t)count, sizeof *w.one);
  if (w.one == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d layers", count));
  for (int i = 0; i < count; i++) FHRL_DO(status, fhrl_layer_collapse(&layers[i], &w.one[i], err));
  FHRL_DO(status, plan_work(&w, err));
  if (progress) progress->total = w.tasks;
  fhrl_team_run(team, w.tasks, run_task, &w);
  status = gather(&w, err);
done:
  drop_work(&w);
  if (status != FHRL_OK)
    for (int i = 0; i < count; i++) fhrl_compare_free(&results[i]);
  return status;
}
