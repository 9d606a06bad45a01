// SPDX-License-Identifier: GPL-3.0-or-later
// compare_verdict: may one reason about this network with its continuous theory, and up to which step h?
#include "analysis/compare_verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double sure = 2.0; // standard errors beyond which a sign is one

// ---- the criteria

// The largest h at which the ladder is within `limit` of the flow.
static double near_up_to(const fhrl_compare_ladder *l, double limit)
{
  if (!(l->flow_rms > 0.0)) return FHRL_NAN;
  for (int k = 0; k < FHRL_COMPARE_RUNGS; k++) {
    const double e = l->error_rms[k] / l->flow_rms;
    if (!(e <= limit)) continue;
    if (k == 0 || !(e > 0.0)) return ldexp(1.0, -k);
    const double coarser = l->error_rms[k - 1] / l->flow_rms;
    return ldexp(exp2(log(limit / e) / log(coarser / e)), -k);
  }
  return 0.0;
}

static void judge_near(const fhrl_compare_plan *plan, const fhrl_compare_layer results[], int count, fhrl_compare_verdict *v)
{
  v->near_flow = FHRL_COMPARE_YES;
  v->relative = -1.0;
  v->h_near = 1.0;
  for (int i = 0; i < count; i++) {
    const fhrl_compare_ladder *l = &results[i].ladder[plan->rate];
    const double h = near_up_to(l, plan->limit);
    if (isnan(h)) {
      v->near_flow = FHRL_COMPARE_UNDECIDED;
      v->relative = v->h_near = FHRL_NAN;
      v->relative_layer = results[i].index;
      return;
    }
    v->h_near = fmin(v->h_near, h);
    if (l->relative_at_1 > v->relative) {
      v->relative = l->relative_at_1;
      v->relative_layer = results[i].index;
    }
  }
  if (v->relative > plan->limit) v->near_flow = FHRL_COMPARE_NO;
}

static void judge_stability(const fhrl_compare_layer results[], int count, fhrl_compare_verdict *v)
{
  v->h_c = FHRL_NAN;
  for (int i = 0; i < count; i++) {
    v->h_c = fmin(v->h_c, results[i].h_c_sequential); // fmin passes over a NaN
    for (int k = 0; k < results[i].rests; k++) {
      const fhrl_compare_rest *r = &results[i].rest[k];
      v->sought++;
      if (r->reason[0] != '\0') continue;
      const int flow = r->growth < 0.0, network = r->radius < 1.0;
      v->found++;
      v->shared += r->shared;
      v->flow_stable += flow;
      v->network_stable += network;
      v->same += r->shared && flow == network;
      v->gained += !flow && network;
    }
  }
  v->stability = v->same < v->found ? FHRL_COMPARE_NO : v->found == 0 ? FHRL_COMPARE_UNDECIDED : FHRL_COMPARE_YES;
}

// -1, 1, or 0 where the errors do not tell. Of a singular Jacobian it is -infinity, which needs no error.
static int sign_of(double value, double error)
{
  return isinf(value) || fabs(value) > sure * error ? (value > 0.0 ? 1 : -1) : 0;
}

// By how many standard errors a sign is one.
static double clearness(const fhrl_exponents_estimate *e)
{
  return isinf(e->mean) ? HUGE_VAL : isnan(e->standard_error) ? -1.0 : fabs(e->mean) / e->standard_error;
}

static void judge_sign(const fhrl_compare_layer results[], int count, fhrl_compare_verdict *v)
{
  v->lambda_layer = -1;
  v->sign = FHRL_COMPARE_UNDECIDED;
  double least = HUGE_VAL;
  for (int i = 0; i < count; i++) {
    const fhrl_compare_exponents *e = &results[i].exponents;
    if (e->tokens == 0) return;
    fhrl_compare_answer answer = FHRL_COMPARE_UNDECIDED;
    double clear = HUGE_VAL; // by how many standard errors the less certain sign is one
    int sign[FHRL_COMPARE_EXPONENTS_SIDES];
    for (int k = 0; k < FHRL_COMPARE_EXPONENTS_SIDES; k++) {
      sign[k] = sign_of(e->side[k].mean, e->side[k].standard_error);
      clear = fmin(clear, clearness(&e->side[k]));
    }
    if (sign[0] != 0 && sign[1] != 0) answer = sign[0] == sign[1] ? FHRL_COMPARE_YES : FHRL_COMPARE_NO;
    // a layer that says no decides, then one that does not know, then the least certain
    const int worse = i == 0 || (answer != v->sign ? answer == FHRL_COMPARE_NO || (answer == FHRL_COMPARE_UNDECIDED &&
      v->sign == FHRL_COMPARE_YES) : clear < least);
    if (!worse) continue;
    least = clear;
    v->sign = answer;
    v->lambda_layer = results[i].index;
    for (int k = 0; k < FHRL_COMPARE_EXPONENTS_SIDES; k++) {
      v->lambda[k] = e->side[k].mean;
      v->error[k] = e->side[k].standard_error;
    }
  }
}

// ---- the sentence

static void say(fhrl_compare_verdict *v, const char *format, ...) FHRL_PRINTF(2, 3);
static void say(fhrl_compare_verdict *v, const char *format, ...)
{
  const size_t length = strlen(v->headline);
  va_list args;
  va_start(args, format);
  vsnprintf(v->headline + length, sizeof v->headline - length, format, args);
  va_end(args);
}

static void say_near(fhrl_compare_verdict *v)
{
  if (v->near_flow == FHRL_COMPARE_UNDECIDED)
    say(v, "the flow of layer %d is zero", v->relative_layer);
  else
    say(v, "y is %.3g %% off the flow's in layer %d (%s %.3g %%)", 100.0 * v->relative, v->relative_layer,
      v->near_flow == FHRL_COMPARE_YES ? "at most" : "more than", 100.0 * v->limit);
}

static void say_stability(fhrl_compare_verdict *v)
{
  if (v->stability == FHRL_COMPARE_UNDECIDED)
    say(v, "no equilibrium was found");
  else if (v->stability == FHRL_COMPARE_YES)
    say(v, "all %d equilibria found are shared, as stable in one as in the other", v->found);
  else
    say(v, "of %d equilibria %d are stable in the flow and %d in the network%s", v->found, v->flow_stable, v->network_stable,
      v->flow_stable == v->network_stable ? ", but not the same ones" : "");
}

static void say_exponent(fhrl_compare_verdict *v, const char *whose, int side)
{
  if (isfinite(v->lambda[side])) say(v, "%s %.3g ± %.1g", whose, v->lambda[side], v->error[side]);
  else say(v, "%s %s", whose, isnan(v->lambda[side]) ? "unknown" : "-infinity");
}

static void say_sign(fhrl_compare_verdict *v)
{
  static const char *const text[] = {"may differ in sign", "differ in sign", "have one sign"};
  if (v->lambda_layer < 0) {
    say(v, "exponents were not measured");
    return;
  }
  say(v, "the largest exponents %s (", text[v->sign + 1]);
  say_exponent(v, "network", 0);
  say_exponent(v, ", flow", 1);
  say(v, ")");
}

// What is said of h is what was measured there, so that it stands beside any answer at h = 1.
static void say_steps(fhrl_compare_verdict *v)
{
  if (isnan(v->h)) return;
  if (v->h > 0.0)
    say(v, "; steps of up to h = %.2g token stay near the flow and keep its equilibria%s", v->h,
      v->h < 1.0 ? " (the network's is h = 1)" : ", and the network's is h = 1");
  else
    say(v, "; no step stays near the flow, even at h = 1/%d (the network's is h = 1)", 1 << (FHRL_COMPARE_RUNGS - 1));
}

static void compose(fhrl_compare_verdict *v)
{
  say(v, "%s: ", v->all == FHRL_COMPARE_YES ? "The continuous theory describes this network"
                 : v->all == FHRL_COMPARE_NO ? "The continuous theory does not describe this network"
                                             : "Whether the continuous theory describes this network is undecided");
  say_near(v);
  say(v, "; ");
  say_stability(v);
  say(v, "; ");
  say_sign(v);
  say_steps(v);
  say(v, ".");
}

void fhrl_compare_verdict_find(const fhrl_compare_plan *plan, const fhrl_compare_layer results[], int count,
  fhrl_compare_verdict *out)
{
  fhrl_compare_verdict v = {.limit = plan->limit};
  judge_near(plan, results, count, &v);
  judge_stability(results, count, &v);
  judge_sign(results, count, &v);
  v.h = isnan(v.h_near) || v.gained > 0 ? FHRL_NAN : fmin(1.0, fmin(v.h_near, v.h_c));
  v.all = v.near_flow == FHRL_COMPARE_NO || v.stability == FHRL_COMPARE_NO || v.sign == FHRL_COMPARE_NO ? FHRL_COMPARE_NO
          : v.near_flow + v.stability + v.sign == 3                                                    ? FHRL_COMPARE_YES
                                                                                                     : FHRL_COMPARE_UNDECIDED;
  compose(&v);
  *out = v;
}

// ---- JSON

static fhrl_json *criterion(fhrl_json *array, const char *id, fhrl_compare_answer answer)
{
  static const char *const text[] = {"undecided", "no", "yes"};
  fhrl_json *o = fhrl_json_object();
  fhrl_json_add(array, o);
  fhrl_json_text(o, "id", id);
  fhrl_json_text(o, "held", text[answer + 1]);
  return o;
}

void fhrl_compare_verdict_report(const fhrl_compare_verdict *v, fhrl_json *object)
{
  static const char *const text[] = {"undecided", "no", "yes"};
  fhrl_json *o = fhrl_json_object(), *all = fhrl_json_array();
  fhrl_json_text(object, "headline", v->headline);
  fhrl_json_put(object, "verdict", o);
  fhrl_json_text(o, "held", text[v->all + 1]);
  fhrl_json_real(o, "up_to_h", v->h, isnan(v->h_near) ? "the flow is zero"
    : "an equilibrium that the flow leaves is stable in the network: from which h was not measured");
  fhrl_json_real(o, "up_to_h_near", v->h_near, "the flow is zero");
  fhrl_json_real(o, "up_to_h_stable", v->h_c, "no equilibrium that is stable in the flow is lost");
  fhrl_json_put(o, "criteria", all);
  fhrl_json *c = criterion(all, "near", v->near_flow);
  fhrl_json_real(c, "relative_at_1", v->relative, "the flow is zero");
  fhrl_json_real(c, "limit", v->limit, NULL);
  fhrl_json_int(c, "layer", v->relative_layer);
  c = criterion(all, "stability", v->stability);
  fhrl_json_int(c, "sought", v->sought);
  fhrl_json_int(c, "found", v->found);
  fhrl_json_int(c, "shared", v->shared);
  fhrl_json_int(c, "stable_in_flow", v->flow_stable);
  fhrl_json_int(c, "stable_in_network", v->network_stable);
  fhrl_json_int(c, "same_stability", v->same);
  c = criterion(all, "sign", v->sign);
  if (v->lambda_layer < 0) return;
  static const char *const side[FHRL_COMPARE_EXPONENTS_SIDES] = {"lambda_network", "lambda_flow"};
  fhrl_json_int(c, "layer", v->lambda_layer);
  for (int k = 0; k < FHRL_COMPARE_EXPONENTS_SIDES; k++) {
    char name[64];
    snprintf(name, sizeof name, "%s_error", side[k]);
    fhrl_json_real(c, side[k], v->lambda[k], "not measured");
    fhrl_json_real(c, name, v->error[k], "too few tokens");
  }
}
