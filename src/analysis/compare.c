// SPDX-License-Identifier: GPL-3.0-or-later
// compare: a trained network against its continuous theory, layer by layer, on what it was recorded doing (theory 2b, 2c)
#include "analysis/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/compare_gather.h"
#include "base/signals.h"

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
  {"rtol", 1e-9, "1", "relative tolerance of the flow at c = 1, over a whole sequence: steps are taken at a hundredth of it", FHRL_REAL, 1e-13, 1e-3},
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

static const double *input_of(const fhrl_compare_work *w, int layer, int sequence)
{
  const fhrl_recording *r = &w->recording[layer];
  return r->x_pre + (size_t)sequence * r->tokens * r->d;
}

static fhrl_status measure_point(const fhrl_compare_work *w, fhrl_compare_task *p, fhrl_err *err)
{
  return fhrl_compare_measure_speed(w->plan, &w->one[p->layer], (fhrl_layer_rate)p->rate, fhrl_compare_speed(p->k),
    w->recording[p->layer].tokens, input_of(w, p->layer, p->sequence), &p->error, &p->network, err);
}

static fhrl_status measure_equilibrium(const fhrl_compare_work *w, const fhrl_compare_task *t, fhrl_err *err)
{
  const fhrl_recording *r = &w->recording[t->layer];
  fhrl_compare_rest *rest = &w->result[t->layer].rest[t->k];
  fhrl_compare_equilibria_place(r, w->sequences, t->k, w->plan->equilibria, &rest->sequence, &rest->token);
  const size_t at = ((size_t)rest->sequence * r->tokens + rest->token) * r->d;
  return fhrl_compare_equilibria_find(&w->one[t->layer], w->plan->rate, r->x_pre + at, r->y + at, rest, err);
}

static fhrl_status measure_exponent(const fhrl_compare_work *w, const fhrl_compare_task *t, fhrl_err *err)
{
  return fhrl_compare_exponents_measure(&w->one[t->layer], w->plan->rate, t->k, w->plan->exponent_rtol,
    smaller(w->plan->exponent_sequences, w->sequences), w->recording[t->layer].tokens, w->recording[t->layer].x_pre,
    &w->exponent[t->layer * FHRL_COMPARE_EXPONENTS_SIDES + t->k], err);
}

static fhrl_status measure_sequence(const fhrl_compare_work *w, const fhrl_compare_task *t, fhrl_err *err)
{
  const fhrl_recording *r = &w->recording[t->layer];
  const size_t at = (size_t)t->k * r->tokens * r->d;
  const int other = t->kind == FHRL_COMPARE_OTHER, place = t->layer * w->sequences + t->k;
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

static fhrl_status measure(fhrl_compare_work *w, fhrl_compare_task *t, fhrl_err *err)
{
  const int tokens = w->recording[t->layer].tokens;
  switch (t->kind) {
  case FHRL_COMPARE_EQUILIBRIUM: return measure_equilibrium(w, t, err);
  case FHRL_COMPARE_EXPONENT: return measure_exponent(w, t, err);
  case FHRL_COMPARE_POINT: return measure_point(w, t, err);
  case FHRL_COMPARE_AGAIN:
    return fhrl_compare_measure_again(w->plan, &w->one[t->layer], t->k, tokens, input_of(w, t->layer, 0),
      w->again[t->layer * FHRL_COMPARE_INTEGRATORS + t->k], err);
  case FHRL_COMPARE_SLOT:
    return fhrl_compare_slots_measure(&w->layer[t->layer], w->plan->rate, w->plan->curve_rtol, tokens,
      input_of(w, t->layer, 0), &w->result[t->layer].slots, err);
  case FHRL_COMPARE_SEQUENCE:
  case FHRL_COMPARE_OTHER: break;
  }
  return measure_sequence(w, t, err);
}

static void run_task(void *context, int number, int thread)
{
  fhrl_compare_work *w = context;
  fhrl_err *err = &w->err[number];
  w->status[number] = *fhrl_signals_flag() ? fhrl_fail(err, FHRL_INTERRUPT, "interrupted") : measure(w, &w->task[number], err);
  const int done = atomic_fetch_add(&w->done, 1) + 1;
  if (thread == 0 && w->progress) fhrl_progress_update(w->progress, done, NULL);
}

// Lists the tasks `count` of a kind in every layer; a first call with w->task NULL counts them.
static void list(fhrl_compare_work *w, fhrl_compare_kind what, int count)
{
  for (int k = 0; k < count; k++)
    for (int layer = 0; layer < w->layers; layer++) {
      if (w->task) w->task[w->tasks] = (fhrl_compare_task){.kind = what, .layer = layer, .k = k};
      w->tasks++;
    }
}

static void list_all(fhrl_compare_work *w)
{
  const int curve = smaller(w->plan->curve_sequences, w->sequences);
  w->tasks = 0;
  list(w, FHRL_COMPARE_EQUILIBRIUM, w->plan->equilibria);
  list(w, FHRL_COMPARE_EXPONENT, w->plan->exponent_sequences > 0 ? FHRL_COMPARE_EXPONENTS_SIDES : 0);
  for (int k = FHRL_COMPARE_SPEEDS - 1; k >= 0; k--)
    for (int rate = 0; rate < FHRL_COMPARE_RATES; rate++)
      for (int s = 0; s < curve; s++) {
        const int first = w->tasks;
        list(w, FHRL_COMPARE_POINT, 1);
        for (int i = first; w->task && i < w->tasks; i++)
          w->task[i] = (fhrl_compare_task){.kind = FHRL_COMPARE_POINT, .layer = w->task[i].layer, .k = k, .rate = rate, .sequence = s};
      }
  list(w, FHRL_COMPARE_AGAIN, FHRL_COMPARE_INTEGRATORS);
  list(w, FHRL_COMPARE_SEQUENCE, w->sequences);
  list(w, FHRL_COMPARE_OTHER, w->others);
  list(w, FHRL_COMPARE_SLOT, 1);
}

static fhrl_status make_room(fhrl_compare_work *w, int layer, fhrl_err *err)
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

static fhrl_status plan_work(fhrl_compare_work *w, fhrl_err *err)
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

static void drop_work(fhrl_compare_work *w)
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

fhrl_status fhrl_compare_run(const fhrl_compare_plan *plan, const fhrl_layer layers[], const fhrl_recording recordings[],
  int count, fhrl_team *team, fhrl_progress *progress, fhrl_compare_layer results[], fhrl_err *err)
{
  fhrl_compare_work w = {.plan = plan, .layer = layers, .recording = recordings, .result = results, .layers = count, .progress = progress};
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
  const char *no_rate = "compare.rate_sequences = 0";
  for (int i = 0; i < count; i++)
    if (layers[i].alpha == 1.0 && fhrl_compare_other(plan) == FHRL_LAYER_EXACT) {
      w.others = 0;
      no_rate = "alpha = 1 has no exact rate: -ln(1 - alpha) is infinite";
    }
  const fhrl_slots unknown = {FHRL_NAN, FHRL_NAN};
  for (int i = 0; i < count; i++)
    results[i] = (fhrl_compare_layer){.index = layers[i].index, .sequences = w.sequences, .tokens = recordings[i].tokens,
      .d = layers[i].d, .rate_reason = no_rate, .slots.network = unknown};
  w.one = calloc((size_t)count, sizeof *w.one);
  if (w.one == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d layers", count));
  for (int i = 0; i < count; i++) FHRL_DO(status, fhrl_layer_collapse(&layers[i], &w.one[i], err));
  FHRL_DO(status, plan_work(&w, err));
  if (progress) progress->total = w.tasks;
  fhrl_team_run(team, w.tasks, run_task, &w);
  status = fhrl_compare_gather_all(&w, err);
done:
  drop_work(&w);
  if (status != FHRL_OK)
    for (int i = 0; i < count; i++) fhrl_compare_free(&results[i]);
  return status;
}
