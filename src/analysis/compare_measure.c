// SPDX-License-Identifier: GPL-3.0-or-later
// compare_measure: the pieces of work of a comparison: a sequence on every rung, a point of the curve over c, the flow again
#include "analysis/compare_measure.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drift.h"
#include "analysis/held.h"
#include "analysis/ladder.h"
#include "analysis/slaved.h"
#include "analysis/spectrum.h"
#include "base/signals.h"

// Beyond this c, Adams' method is held to steps of about 1/c and BDF is the faster (measured at d = 192).
static const double stiff_beyond = 64.0;

// Solvers bound the error of a step. Over a sequence some tens of them add up: asking for a hundredth of what the result is to
// be good for keeps it so, at little cost, as steps are short where inputs change (measured at d = 192: 3 %).
static double of_a_step(double rtol) { return fmax(1e-2 * rtol, 1e-13); }

static fhrl_solver solver(double rtol, double c)
{
  const fhrl_method method = c > stiff_beyond && isfinite(c) ? FHRL_METHOD_BDF : FHRL_METHOD_ADAMS;
  return (fhrl_solver){.method = method, .rtol = rtol, .atol = 1e-3 * rtol, .max_steps = LONG_MAX};
}

static fhrl_status ladder(fhrl_system *flow, int m, int T, const double x_pre[], double y[], fhrl_err *err)
{
  fhrl_ladder l;
  if (*fhrl_signals_flag()) return fhrl_fail(err, FHRL_INTERRUPT, "interrupted");
  FHRL_TRY(fhrl_ladder_init(&l, flow, m, err));
  const fhrl_status status = fhrl_ladder_run(&l, T, x_pre, y, err);
  fhrl_ladder_free(&l);
  return status;
}

// Where samples of y go: at the tokens' ends to y (T, d), and every one to twin.
typedef struct samples {
  int d, per_token, slaved;
  double *y, *twin; // twin: NULL if not wanted
} samples;

static fhrl_status sample(void *context, int k, const fhrl_system *s, const double z[], fhrl_err *err)
{
  const samples *to = context;
  if (*fhrl_signals_flag()) return fhrl_fail(err, FHRL_INTERRUPT, "interrupted");
  if (to->twin) memcpy(to->twin + (size_t)(k - 1) * to->d, z, (size_t)to->d * sizeof *z);
  if (k % to->per_token != 0) return FHRL_OK;
  double *y = to->y + (size_t)(k / to->per_token - 1) * to->d;
  if (!to->slaved) {
    memcpy(y, z, (size_t)to->d * sizeof *y);
    return FHRL_OK;
  }
  const int solutions = fhrl_slaved_output(s, z, y);
  if (solutions == 1) return FHRL_OK;
  return fhrl_fail(err, FHRL_NUMERIC, "y = g(|w|) w has %d solutions at token %d", solutions, k / to->per_token - 1);
}

static double square_difference(size_t n, const double a[], const double b[], double *sup)
{
  double sum = 0.0;
  *sup = 0.0;
  for (size_t i = 0; i < n; i++) {
    const double e = a[i] - b[i];
    sum += e * e;
    *sup = fmax(*sup, fabs(e));
  }
  return sum;
}

// The metrics of y (T, d) in the order of their names; NaN where T is too short for one. work: (2 T).
static fhrl_status metrics(const fhrl_compare_plan *plan, const fhrl_layer *l, int T, const double x_pre[],
  const double y[], double work[], double out[FHRL_COMPARE_METRICS], fhrl_err *err)
{
  double *norm = work, *ratio = work + T;
  for (int m = 0; m < FHRL_COMPARE_METRICS; m++) out[m] = FHRL_NAN;
  fhrl_metrics_reentry(T, l->d, l->W_r, y, norm);
  fhrl_metrics_ratio(T, l->d, norm, x_pre, ratio);
  out[0] = fabs(l->gamma) * fhrl_metrics_mean(T, ratio).value;
  for (int t = 0; t < T; t++) norm[t] = fhrl_norm(l->d, y + (size_t)t * l->d);
  out[5] = fhrl_metrics_mean(T, norm).value;
  if (plan->window < T) FHRL_TRY(fhrl_spectrum_esri_window(T, l->d, plan->window, y, &out[1], err));
  if (T < 3) return FHRL_OK;
  fhrl_drift w;
  FHRL_TRY(fhrl_drift_init(&w, T - 1, err));
  fhrl_drift_cosines(T - 1, l->d, y, (size_t)l->d, norm);
  fhrl_drift_amplitude(&w, norm, ratio);
  const fhrl_drift_peak peak = fhrl_drift_find(&w, ratio);
  out[2] = peak.frequency;
  out[3] = peak.magnitude;
  out[4] = peak.centroid;
  fhrl_drift_free(&w);
  return FHRL_OK;
}

// The errors of rung k, and the flow's own size, token by token.
static void by_token(int T, int d, int k, const double rung[], const double flow[], double token[])
{
  for (int t = 0; t < T; t++) {
    double *row = token + (size_t)t * (1 + 2 * FHRL_COMPARE_RUNGS);
    const size_t at = (size_t)t * d;
    row[1 + k] = square_difference((size_t)d, rung + at, flow + at, &row[1 + FHRL_COMPARE_RUNGS + k]);
    row[0] = fhrl_dot(d, flow + at, flow + at);
  }
}

fhrl_status fhrl_compare_measure_sequence(const fhrl_compare_plan *plan, const fhrl_layer *l,
  const fhrl_compare_wanted *wanted, int T, const double x_pre[], const double y[], fhrl_compare_sequence *out, fhrl_err *err)
{
  const size_t size = (size_t)T * l->d;
  const fhrl_solver how = solver(of_a_step(plan->rtol), 1.0);
  fhrl_compare_sequence r = {0};
  fhrl_system *flow = NULL;
  fhrl_status status = FHRL_OK;
  double *flow_y = malloc((2 * size + 2 * (size_t)T) * sizeof *flow_y);
  if (flow_y == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a sequence of %d tokens", T);
  double *rung = flow_y + size, *work = rung + size;
  samples to = {l->d, wanted->flow_twin ? FHRL_COMPARE_TWIN : 1, 0, flow_y, wanted->flow_twin};
  FHRL_DO(status, fhrl_layer_bind(l, 1.0, wanted->rate, &flow, err));
  FHRL_DO(status, fhrl_held_run(flow, T, x_pre, &how, to.per_token, sample, &to, NULL, err));
  for (int k = 0; k < wanted->rungs; k++) {
    FHRL_DO(status, ladder(flow, 1 << k, T, x_pre, rung, err));
    r.squares[k] = square_difference(size, rung, flow_y, &r.sup[k]);
    if (k == 0) square_difference(size, rung, y, &r.deviation);
    if (wanted->token) by_token(T, l->d, k, rung, flow_y, wanted->token);
    if (wanted->metrics && k < FHRL_COMPARE_SLOTS_RUNGS)
      FHRL_DO(status, metrics(plan, l, T, x_pre, rung, work, r.metric[FHRL_COMPARE_RUNG + k], err));
  }
  for (size_t i = 0; i < size; i++) {
    r.flow_squares += flow_y[i] * flow_y[i];
    r.largest = fmax(r.largest, fabs(y[i]));
  }
  if (wanted->metrics) {
    FHRL_DO(status, metrics(plan, l, T, x_pre, y, work, r.metric[FHRL_COMPARE_NETWORK], err));
    FHRL_DO(status, metrics(plan, l, T, x_pre, flow_y, work, r.metric[FHRL_COMPARE_FLOW], err));
  }
  *out = r;
done:
  fhrl_system_destroy(flow);
  free(flow_y);
  return status;
}

fhrl_status fhrl_compare_measure_again(const fhrl_compare_plan *plan, const fhrl_layer *l, int k, int T,
  const double x_pre[], double y[], fhrl_err *err)
{
  static const fhrl_method method[FHRL_COMPARE_INTEGRATORS] = {FHRL_METHOD_BDF, FHRL_METHOD_DOP853};
  fhrl_solver how = solver(of_a_step(plan->rtol), 1.0);
  fhrl_system *flow = NULL;
  samples to = {l->d, 1, 0, y, NULL};
  how.method = method[k];
  FHRL_TRY(fhrl_layer_bind(l, 1.0, plan->rate, &flow, err));
  const fhrl_status status = fhrl_held_run(flow, T, x_pre, &how, 1, sample, &to, NULL, err);
  fhrl_system_destroy(flow);
  return status;
}

fhrl_status fhrl_compare_measure_speed(const fhrl_compare_plan *plan, const fhrl_layer *l, fhrl_layer_rate rate,
  double c, int T, const double x_pre[], double *error_squares, double *network_squares, fhrl_err *err)
{
  const size_t size = (size_t)T * l->d;
  const fhrl_solver how = solver(plan->curve_rtol, c);
  fhrl_system *flow = NULL, *network = NULL;
  fhrl_status status = FHRL_OK;
  double sup, *y = calloc(3 * size, sizeof *y), *network_y = y + size, *zero = network_y + size;
  if (y == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a sequence of %d tokens", T);
  samples to = {l->d, 1, isinf(c), y, NULL};
  FHRL_DO(status, fhrl_layer_bind(l, 1.0, rate, &network, err));
  FHRL_DO(status, ladder(network, 1, T, x_pre, network_y, err));
  FHRL_DO(status, isinf(c) ? fhrl_slaved_bind(l, rate, &flow, err) : fhrl_layer_bind(l, c, rate, &flow, err));
  FHRL_DO(status, fhrl_held_run(flow, T, x_pre, &how, 1, sample, &to, NULL, err));
  *error_squares = square_difference(size, y, network_y, &sup);
  *network_squares = square_difference(size, network_y, zero, &sup);
done:
  fhrl_system_destroy(flow);
  fhrl_system_destroy(network);
  free(y);
  return status;
}
