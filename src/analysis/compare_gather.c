// SPDX-License-Identifier: GPL-3.0-or-later
// compare_gather: the tasks of a comparison, and how their sums become its results
#include "analysis/compare_gather.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDER_RUNGS = 4, ESRI_SEQUENCES = 12 }; // theory 2c; theory 4: the window form is a mean over at least 12 probes

static int smaller(int a, int b) { return a < b ? a : b; }

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

static void gather_deviation(const fhrl_compare_work *w, int layer)
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

static void gather_tokens(const fhrl_compare_work *w, int layer)
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
static void gather_again(const fhrl_compare_work *w, int layer)
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

static fhrl_status gather_metrics(const fhrl_compare_work *w, int layer, fhrl_err *err)
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

static void gather_exponents(const fhrl_compare_work *w, int layer)
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
static fhrl_status gather_failures(fhrl_compare_work *w, fhrl_err *err)
{
  for (int i = 0; i < w->tasks; i++) { // the first in order, whichever thread met it first
    const fhrl_compare_task *t = &w->task[i];
    fhrl_compare_layer *r = &w->result[t->layer];
    if (w->status[i] == FHRL_OK) continue;
    const int hole = w->status[i] == FHRL_NUMERIC || w->status[i] == FHRL_LIMIT || w->status[i] == FHRL_ARG; // no such rate
    if (t->kind != FHRL_COMPARE_POINT || !hole) {
      if (err) *err = w->err[i];
      if (t->kind == FHRL_COMPARE_SEQUENCE || t->kind == FHRL_COMPARE_OTHER) fhrl_status_context(err, "layer %d, sequence %d", r->index, t->k);
      return w->status[i];
    }
  }
  return FHRL_OK;
}

static void gather_curves(fhrl_compare_work *w)
{
  for (int layer = 0; layer < w->layers; layer++)
    for (int rate = 0; rate < FHRL_COMPARE_RATES; rate++)
      for (int k = 0; k < FHRL_COMPARE_SPEEDS; k++) {
        fhrl_compare_layer *r = &w->result[layer];
        double error = 0.0, network = 0.0;
        for (int i = 0; i < w->tasks; i++) {
          const fhrl_compare_task *p = &w->task[i];
          if (p->kind != FHRL_COMPARE_POINT || p->layer != layer || p->rate != rate || p->k != k) continue;
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

fhrl_status fhrl_compare_gather_all(fhrl_compare_work *w, fhrl_err *err)
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
