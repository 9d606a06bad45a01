// SPDX-License-Identifier: GPL-3.0-or-later
// compare_report: the JSON of `fhrl compare`, layer by layer
#include "analysis/compare_report.h"

#include <math.h>
#include <stdio.h>

static const char *const rates[FHRL_COMPARE_RATES] = {[FHRL_LAYER_PAPER] = "paper", [FHRL_LAYER_EXACT] = "exact"};

static void put_ladder(const fhrl_compare_ladder *l, fhrl_json *o)
{
  fhrl_json *array = fhrl_json_array();
  fhrl_json_put(o, "ladder", array);
  for (int k = 0; k < FHRL_COMPARE_RUNGS; k++) {
    fhrl_json *rung = fhrl_json_object();
    fhrl_json_real(rung, "h", ldexp(1.0, -k), NULL);
    fhrl_json_real(rung, "error_sup", l->error_sup[k], NULL);
    fhrl_json_real(rung, "error_rms", l->error_rms[k], NULL);
    fhrl_json_add(array, rung);
  }
  fhrl_json_real(o, "order", l->order, "an error of the ladder is zero");
  fhrl_json_real(o, "flow_rms", l->flow_rms, NULL);
  fhrl_json_real(o, "relative_at_1", l->relative_at_1, "the flow is zero");
}

static fhrl_json *both_rates(const fhrl_compare_layer *r)
{
  fhrl_json *o = fhrl_json_object();
  for (int rate = 0; rate < FHRL_COMPARE_RATES; rate++) {
    if (r->ladder[rate].sequences == 0) {
      fhrl_json_null(o, rates[rate], r->rate_reason);
      continue;
    }
    fhrl_json *one = fhrl_json_object();
    fhrl_json_put(o, rates[rate], one);
    fhrl_json_int(one, "sequences", r->ladder[rate].sequences);
    put_ladder(&r->ladder[rate], one);
  }
  return o;
}

static fhrl_json *curve(const fhrl_compare_layer *r)
{
  fhrl_json *array = fhrl_json_array();
  for (int rate = 0; rate < FHRL_COMPARE_RATES; rate++)
    for (int k = 0; k < FHRL_COMPARE_SPEEDS; k++) {
      fhrl_json *o = fhrl_json_object();
      fhrl_json_text(o, "rate", rates[rate]);
      fhrl_json_real(o, "c", fhrl_compare_speed(k), "infinite: y solves y = g(|w|) w at once");
      fhrl_json_real(o, "relative_rms", r->curve[rate][k], r->curve_reason[rate]);
      fhrl_json_add(array, o);
    }
  return array;
}

// ---- equilibria

static fhrl_json *equilibria(const fhrl_compare_layer *r)
{
  fhrl_json *array = fhrl_json_array();
  for (int i = 0; i < r->rests; i++) {
    const fhrl_compare_rest *q = &r->rest[i];
    fhrl_json *o = fhrl_json_object(), *leading = fhrl_json_array();
    fhrl_json_add(array, o);
    fhrl_json_int(o, "sequence", q->sequence);
    fhrl_json_int(o, "token", q->token);
    fhrl_json_real(o, "rho", q->rho, q->reason);
    fhrl_json_real(o, "residual", q->residual, q->reason);
    fhrl_json_real(o, "moved_by_network", q->moved, q->reason);
    fhrl_json_bool(o, "shared", q->shared);
    fhrl_json_real(o, "largest_real_part", q->growth, q->reason);
    fhrl_json_bool(o, "stable_in_flow", q->growth < 0.0);
    fhrl_json_real(o, "network_radius", q->radius, q->reason);
    fhrl_json_bool(o, "stable_in_network", q->radius < 1.0);
    fhrl_json_add_real(leading, q->re);
    fhrl_json_add_real(leading, q->im);
    fhrl_json_put(o, "network_multiplier", leading);
    fhrl_step_limit_json(&q->simultaneous, "h_c_simultaneous", "bifurcation_simultaneous", "check_simultaneous", o);
    fhrl_step_limit_json(&q->sequential, "h_c_sequential", "bifurcation_sequential", "check_sequential", o);
    fhrl_step_born_json(&q->born, o);
  }
  return array;
}

static fhrl_json *exponents(const fhrl_compare_layer *r)
{
  static const char *const name[FHRL_COMPARE_EXPONENTS_SIDES] = {"network", "flow"};
  fhrl_json *o = fhrl_json_object();
  fhrl_json_int(o, "tokens", r->exponents.tokens);
  for (int k = 0; k < FHRL_COMPARE_EXPONENTS_SIDES; k++) {
    const char *reason = r->exponents.tokens == 0 ? "compare.exponent_sequences = 0" : r->exponents.reason[k];
    const fhrl_exponents_estimate none = {.mean = FHRL_NAN, .standard_error = FHRL_NAN, .low = FHRL_NAN, .high = FHRL_NAN};
    const fhrl_exponents_estimate *e = r->exponents.tokens == 0 ? &none : &r->exponents.side[k];
    fhrl_json *side = fhrl_json_object();
    fhrl_json_put(o, name[k], side);
    fhrl_json_real(side, "value", e->mean, reason);
    fhrl_json_real(side, "standard_error", e->standard_error, isfinite(e->mean) ? "too few tokens" : reason);
    fhrl_json_real(side, "low", e->low, isfinite(e->mean) ? "too few tokens" : reason);
    fhrl_json_real(side, "high", e->high, isfinite(e->mean) ? "too few tokens" : reason);
  }
  return o;
}

// ---- metrics

static void put_metrics(const fhrl_compare_layer *r, int side, fhrl_json *o)
{
  static const char *const reason[FHRL_COMPARE_METRICS] = {"x_pre is zero at some token",
    "fewer than 12 sequences, or the window does not fit into one", "fewer than 3 tokens, or y is zero at one",
    "fewer than 3 tokens, or y is zero at one", "fewer than 3 tokens, or y is zero at one", "y is not finite"};
  const fhrl_slots *slots = side == FHRL_COMPARE_NETWORK ? &r->slots.network : &r->slots.side[side - FHRL_COMPARE_RUNG];
  const char *unknown = side == FHRL_COMPARE_NETWORK ? "the probe's metrics.json does not say" : "U'V is zero";
  for (int m = 0; m < FHRL_COMPARE_METRICS; m++) {
    const fhrl_mean mean = r->metric[m][side];
    char name[64];
    fhrl_json_real(o, fhrl_compare_metric_names[m], mean.value, reason[m]);
    snprintf(name, sizeof name, "%s_error", fhrl_compare_metric_names[m]);
    fhrl_json_real(o, name, mean.error, isnan(mean.value) ? reason[m] : "one sequence alone has no error");
  }
  fhrl_json_real(o, "effective_rank", slots->effective_rank, unknown);
  fhrl_json_real(o, "sigma_ratio", slots->ratio, unknown);
}

static fhrl_json *metrics(const fhrl_compare_layer *r)
{
  fhrl_json *o = fhrl_json_object(), *discrete = fhrl_json_object(), *continuous = fhrl_json_object();
  fhrl_json *rungs = fhrl_json_array();
  fhrl_json_put(o, "discrete", discrete);
  fhrl_json_put(o, "continuous", continuous);
  fhrl_json_put(o, "ladder", rungs);
  put_metrics(r, FHRL_COMPARE_NETWORK, discrete);
  put_metrics(r, FHRL_COMPARE_FLOW, continuous);
  for (int k = 0; k < FHRL_COMPARE_SLOTS_RUNGS; k++) {
    fhrl_json *rung = fhrl_json_object();
    fhrl_json_add(rungs, rung);
    fhrl_json_real(rung, "h", ldexp(1.0, -k), NULL);
    put_metrics(r, FHRL_COMPARE_RUNG + k, rung);
  }
  fhrl_json_real(o, "effective_rank_at_start", r->slots.start.effective_rank, "U'V is zero");
  fhrl_json_real(o, "sigma_ratio_at_start", r->slots.start.ratio, "U'V is zero");
  return o;
}

static fhrl_json *integrators(const fhrl_compare_plan *plan, const fhrl_compare_layer *r)
{
  fhrl_json *array = fhrl_json_array();
  for (int k = 0; k < FHRL_COMPARE_INTEGRATORS; k++) {
    fhrl_json *o = fhrl_json_object();
    fhrl_json_add(array, o);
    fhrl_json_text(o, "method", fhrl_compare_integrators[k]);
    fhrl_json_real(o, "difference", r->integrator_difference[k], NULL);
    fhrl_json_real(o, "relative", r->integrator_difference[k] / r->twin_size, "the flow is zero");
    fhrl_json_bool(o, "agrees", r->integrator_difference[k] <= plan->rtol * r->twin_size);
  }
  return array;
}

void fhrl_compare_report_json(const fhrl_compare_plan *plan, const fhrl_compare_layer results[], int count,
  fhrl_json *object)
{
  fhrl_json *layers = fhrl_json_array();
  fhrl_json_text(object, "rate", rates[plan->rate]);
  fhrl_json_put(object, "layers", layers);
  for (int i = 0; i < count; i++) {
    const fhrl_compare_layer *r = &results[i];
    fhrl_json *o = fhrl_json_object();
    fhrl_json_add(layers, o);
    fhrl_json_int(o, "layer", r->index);
    fhrl_json_int(o, "tokens", r->tokens);
    fhrl_json_real(o, "network_deviation", r->network_deviation, "the recorded y is zero");
    put_ladder(&r->ladder[plan->rate], o);
    fhrl_json_put(o, "rates", both_rates(r));
    fhrl_json_put(o, "c_curve", curve(r));
    fhrl_json_real(o, "c_star", r->c_star, r->c_star_reason);
    fhrl_json_real(o, "h_c_simultaneous", r->h_c_simultaneous, "no equilibrium found has one");
    fhrl_json_real(o, "h_c_sequential", r->h_c_sequential, "no equilibrium found has one");
    fhrl_json_put(o, "equilibria", equilibria(r));
    fhrl_json_put(o, "lambda_max", exponents(r));
    fhrl_json_put(o, "metrics", metrics(r));
    fhrl_json_put(o, "integrators", integrators(plan, r));
  }
}

void fhrl_compare_report_probed(const char *path, fhrl_compare_layer results[], int count)
{
  fhrl_json *probe = NULL;
  if (fhrl_json_load(path, &probe, NULL) != FHRL_OK) return; // a probe of another making may have none
  const fhrl_json *layers = fhrl_json_get(probe, "layers");
  for (int i = 0; layers && i < count && (size_t)results[i].index < fhrl_json_size(layers); i++) {
    const fhrl_json *layer = fhrl_json_at(layers, (size_t)results[i].index);
    results[i].slots.network = (fhrl_slots){fhrl_json_number(fhrl_json_get(layer, "slot_effective_rank")),
      fhrl_json_number(fhrl_json_get(layer, "slot_sigma_ratio"))};
  }
  fhrl_json_free(probe);
}
