// SPDX-License-Identifier: GPL-3.0-or-later
// step_limit: the step at which a map made of a flow loses an equilibrium, and what iterating it there shows (theory 2c)
#include "analysis/step_limit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/ladder.h"
#include "analysis/ladder_stability.h"
#include "analysis/metrics.h"
#include "base/random.h"

// A deviation starts at `small` and is followed until it should have changed by exp(`changes`); what grows with the
// critical multipliers has outlived the rest by half of that.
static const double small = 1e-8, changes = 7.0, work_max = 1e7;
enum { STEPS_MIN = 20, STEPS_MAX = 200000 };

// z := one step of the map from z, in place; work is the map's own. 0 if it could be taken.
typedef struct stepper {
  fhrl_system *flow;
  double t, h;
  const double *u;
  const fhrl_ladder *ladder; // NULL: (1)
  double *rate;              // (n)
} stepper;

static int step(const stepper *m, double z[])
{
  if (m->ladder) {
    fhrl_ladder_token(m->ladder, m->u, z);
    return 0;
  }
  if (m->flow->model->rhs(m->flow, m->t, z, m->rate) != 0) return -1;
  for (int i = 0; i < m->flow->n; i++) z[i] += m->h * m->rate[i]; // (1)
  return 0;
}

static double distance(int n, const double x[], const double z[])
{
  double sum = 0.0;
  for (int i = 0; i < n; i++) sum += (z[i] - x[i]) * (z[i] - x[i]);
  return sqrt(sum);
}

// side->seen from iterating; NULL, or why that would take too long.
static const char *iterate(const stepper *m, const double x[], double z[], fhrl_step_side *side)
{
  const int n = m->flow->n;
  const double wanted = ceil(changes / fabs(side->predicted));
  side->seen = FHRL_NAN;
  if (!(wanted <= STEPS_MAX) || wanted * n > work_max) return "the multipliers are too close to 1 to be seen by iterating";
  const int half = (wanted < STEPS_MIN ? STEPS_MIN : (int)wanted) / 2;
  fhrl_random_normal((fhrl_random){.seed = 1, .stream = FHRL_STREAM_START, .sequence = 3}, 0, (size_t)n, z);
  const double scale = small * (1.0 + fhrl_norm(n, x)) / fhrl_norm(n, z);
  for (int i = 0; i < n; i++) z[i] = x[i] + scale * z[i];
  double first = 0.0;
  for (int k = 0; k < 2 * half; k++) {
    if (k == half) first = distance(n, x, z);
    if (step(m, z) != 0) return "the step could not be taken";
  }
  side->seen = log(distance(n, x, z) / first) / half;
  return isfinite(side->seen) ? NULL : "the deviation was lost in rounding";
}

static void judge(fhrl_step_limit *r)
{
  r->agrees = r->unchecked == NULL && r->below.seen < 0.0 && r->above.seen > 0.0;
}

fhrl_status fhrl_step_limit_simultaneous(fhrl_system *flow, double t, const double u[], const fhrl_equilibrium *q,
  fhrl_step_limit *out, fhrl_err *err)
{
  const size_t n = (size_t)flow->n;
  fhrl_step_limit r = {.h_c = q->h_c, .bifurcation = q->bifurcation, .below.seen = FHRL_NAN, .above.seen = FHRL_NAN};
  if (!isfinite(q->h_c)) {
    r.h_c = FHRL_NAN;
    r.reason = flow->model->rhs == NULL ? "a map has no step" : q->stable ? "no eigenvalue bounds the step"
                                                                          : "the flow's equilibrium is itself unstable";
    *out = r;
    return FHRL_OK;
  }
  double *work = malloc(2 * n * sizeof *work);
  if (work == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory to iterate %zu states", n);
  fhrl_step_side *const sides[] = {&r.below, &r.above};
  flow->u = u;
  for (int k = 0; k < 2; k++) {
    const double h = (k ? 1.02 : 0.98) * q->h_c;
    const stepper m = {.flow = flow, .t = t, .h = h, .u = u, .rate = work + n};
    double radius = 0.0;
    for (int i = 0; i < q->eigenvalues; i++) radius = fmax(radius, hypot(1.0 + h * q->re[i], h * q->im[i]));
    *sides[k] = (fhrl_step_side){.h = h, .predicted = log(radius)};
    const char *why = iterate(&m, q->x, work, sides[k]);
    if (why) r.unchecked = why;
  }
  judge(&r);
  free(work);
  *out = r;
  return FHRL_OK;
}

// ---- the ladder

int fhrl_step_limit_applies(const fhrl_system *flow) { return strcmp(flow->model->name, "fhrl_layer") == 0; }

// A step of any h is a token of the network whose rates are those of that step.
fhrl_status fhrl_step_limit_ladder(const fhrl_system *flow, double h, fhrl_ladder *ladder, fhrl_err *err)
{
  const fhrl_model *model = fhrl_system_find("fhrl_ladder");
  const fhrl_system *map;
  fhrl_ladder plain = {0};
  fhrl_system *scaled = NULL;
  fhrl_status status = FHRL_OK;
  double *p = malloc((size_t)model->n_param * sizeof *p);
  if (p == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the parameters of %s", model->name);
  FHRL_DO(status, fhrl_ladder_init(&plain, flow, 1, err));
  map = plain.map;
  memcpy(p, map->p, (size_t)model->n_param * sizeof *p);
  p[fhrl_system_param(model, "alpha")] = fhrl_ladder_share(flow, h);
  p[fhrl_system_param(model, "rate")] = 0.0; // the share is that of the step already
  p[fhrl_system_param(model, "c")] *= h;
  FHRL_DO(status, fhrl_system_bind(model, p, map->m, &scaled, err));
  fhrl_system_destroy(plain.map);
  plain.map = scaled;
  *ladder = plain;
done:
  free(p);
  if (status != FHRL_OK) fhrl_ladder_free(&plain);
  return status;
}

static fhrl_status look_around(fhrl_system *flow, const double u[], const fhrl_equilibrium *q, const double S[],
  const double K[], double z[], fhrl_step_limit *r, fhrl_err *err)
{
  fhrl_step_side *const sides[] = {&r->below, &r->above};
  for (int k = 0; k < 2; k++) {
    const double h = (k ? 1.02 : 0.98) * r->h_c;
    fhrl_ladder ladder;
    double radius;
    FHRL_TRY(fhrl_ladder_stability_radius(flow, S, K, h, &radius, err));
    FHRL_TRY(fhrl_step_limit_ladder(flow, h, &ladder, err));
    *sides[k] = (fhrl_step_side){.h = h, .predicted = log(radius)};
    const stepper m = {.flow = flow, .h = h, .u = u, .ladder = &ladder};
    const char *why = iterate(&m, q->x, z, sides[k]);
    if (why) r->unchecked = why;
    fhrl_ladder_free(&ladder);
  }
  return FHRL_OK;
}

fhrl_status fhrl_step_limit_sequential(fhrl_system *flow, const double u[], const fhrl_equilibrium *q, fhrl_step_limit *out,
  fhrl_err *err)
{
  const size_t d = (size_t)flow->p[fhrl_system_param(flow->model, "d")], n = (size_t)flow->n;
  fhrl_step_limit r = {.h_c = FHRL_NAN, .below.seen = FHRL_NAN, .above.seen = FHRL_NAN};
  fhrl_status status = FHRL_OK;
  double *S = malloc((2 * d * d + n) * sizeof *S), re, im;
  if (S == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the stability of %zu states", n);
  double *K = S + d * d, *z = K + d * d;
  if (!isfinite(q->h_c)) {
    r.reason = "the flow's equilibrium is itself unstable";
    goto done;
  }
  FHRL_DO(status, fhrl_ladder_stability_blocks(flow, u, q->x, S, K, err));
  FHRL_DO(status, fhrl_ladder_stability_limit(flow, S, K, 0.25 * fmin(q->h_c, 1.0), &r.h_c, err));
  if (isnan(r.h_c)) {
    r.reason = "the ladder is stable at every step up to 64 tokens";
    goto done;
  }
  FHRL_DO(status, fhrl_ladder_stability_leading(flow, S, K, r.h_c, &re, &im, err));
  r.bifurcation = im > 1e-7 ? "Neimark-Sacker" : re < 0.0 ? "flip" : "fold";
  FHRL_DO(status, look_around(flow, u, q, S, K, z, &r, err));
  judge(&r);
done:
  free(S);
  if (status == FHRL_OK) *out = r;
  return status;
}

void fhrl_step_limit_json(const fhrl_step_limit *limit, const char *h_c, const char *bifurcation, const char *check,
  fhrl_json *o)
{
  const fhrl_step_side *const side[] = {&limit->below, &limit->above};
  static const char *const name[] = {"below", "above"};
  fhrl_json_real(o, h_c, limit->h_c, limit->reason);
  fhrl_json_text(o, bifurcation, limit->bifurcation);
  if (limit->bifurcation == NULL) {
    fhrl_json_null(o, check, "no h_c");
    return;
  }
  fhrl_json *both = fhrl_json_object();
  fhrl_json_put(o, check, both);
  fhrl_json_bool(both, "agrees", limit->agrees);
  for (int k = 0; k < 2; k++) {
    fhrl_json *x = fhrl_json_object();
    fhrl_json_put(both, name[k], x);
    fhrl_json_real(x, "h", side[k]->h, NULL);
    fhrl_json_real(x, "predicted", side[k]->predicted, NULL);
    fhrl_json_real(x, "seen", side[k]->seen, limit->unchecked);
  }
}
