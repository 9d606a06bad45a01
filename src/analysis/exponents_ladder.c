// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_ladder: exponents of one layer at every step size, beside those of its flow (theory 2c)
#include "analysis/exponents_ladder.h"

#include <math.h>
#include <string.h>

#include "analysis/metrics.h"

enum { FITTED = 4, PARAM_MAX = 32, LONGEST = 1000 }; // tokens of a rung

int fhrl_exponents_ladder_fits(const fhrl_model *model) { return strcmp(model->name, "fhrl_ladder") == 0; }

// The ladder at m sub-steps or, for m = 0, its flow: parameters and matrices of s by name. What the ladder does not have, such
// as the leave to meet the gain's pole, stays at the flow's default.
static fhrl_status bind(const fhrl_system *s, int m, fhrl_system **out, fhrl_err *err)
{
  const fhrl_model *model = m > 0 ? s->model : fhrl_system_find("fhrl_layer");
  const double *matrix[FHRL_MATRIX_MAX];
  double p[PARAM_MAX];
  if (model == NULL || model->n_param > PARAM_MAX) return fhrl_fail(err, FHRL_ARG, "no flow of %s is known", s->model->name);
  for (int i = 0; i < model->n_param; i++) {
    const int from = fhrl_system_param(s->model, model->param[i].name);
    p[i] = from < 0 ? model->param[i].value : m > 0 && strcmp(model->param[i].name, "m") == 0 ? m : s->p[from];
  }
  for (int i = 0; i < model->n_matrix; i++) {
    const int from = fhrl_system_matrix(s->model, model->matrix[i].name);
    if (from < 0) return fhrl_fail(err, FHRL_ARG, "%s has no matrix %s", s->model->name, model->matrix[i].name);
    matrix[i] = s->m[from];
  }
  return fhrl_system_bind(model, p, matrix, out, err);
}

static fhrl_status measure(fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver, const fhrl_exponents_plan *plan,
  const double x0[], const fhrl_exponents_watch *watch, fhrl_exponents_rung *rung, fhrl_err *err)
{
  fhrl_exponents e = {0};
  const fhrl_status status = fhrl_exponents_run(&e, s, in, solver, plan, x0, watch, err);
  for (int i = 0; i < e.k && i < FHRL_EXPONENTS_LADDER_SHOWN && status == FHRL_OK; i++) rung->exponent[i] = e.exponent[i];
  rung->converged = e.converged;
  fhrl_exponents_free(&e);
  return status;
}

static double order(const fhrl_exponents_ladder *ladder)
{
  const int flow = ladder->rungs - 1, first = flow - FITTED;
  double x[FITTED], y[FITTED], mx = 0.0, my = 0.0, xx = 0.0, xy = 0.0;
  if (first < 0) return FHRL_NAN;
  for (int i = 0; i < FITTED; i++) {
    const fhrl_exponents_rung *r = &ladder->rung[first + i];
    x[i] = log(r->h);
    y[i] = log(fabs(r->exponent[0].mean - ladder->rung[flow].exponent[0].mean));
    if (!isfinite(y[i])) return FHRL_NAN;
    mx += x[i] / FITTED;
    my += y[i] / FITTED;
  }
  for (int i = 0; i < FITTED; i++) {
    xx += (x[i] - mx) * (x[i] - mx);
    xy += (x[i] - mx) * (y[i] - my);
  }
  return xy / xx;
}

fhrl_status fhrl_exponents_ladder_climb(const fhrl_exponents *e, const fhrl_exponents_plan *plan, const double x0[], int rungs,
  const fhrl_exponents_watch *watch, fhrl_exponents_ladder *out, fhrl_err *err)
{
  const fhrl_system *s = e->s;
  fhrl_solver solver = e->solver;
  fhrl_exponents_plan each = *plan;
  solver.method = FHRL_METHOD_AUTO;
  solver.t_end = e->begun + floor(fmin(e->measured, LONGEST));
  each.k = plan->k > 0 && plan->k < FHRL_EXPONENTS_LADDER_SHOWN ? plan->k : FHRL_EXPONENTS_LADDER_SHOWN;
  if (each.k > s->n) each.k = s->n;
  each.se = 0.0;
  *out = (fhrl_exponents_ladder){.k = each.k};
  if (rungs > FHRL_EXPONENTS_LADDER_MAX) rungs = FHRL_EXPONENTS_LADDER_MAX;
  for (int i = 0; i <= rungs; i++) {
    fhrl_system *one = NULL;
    fhrl_exponents_rung *rung = &out->rung[i];
    rung->m = i < rungs ? 1 << i : 0;
    rung->h = i < rungs ? ldexp(1.0, -i) : 0.0;
    FHRL_TRY(bind(s, rung->m, &one, err));
    const fhrl_status status = measure(one, e->in, &solver, &each, x0, watch, rung, err);
    fhrl_system_destroy(one);
    FHRL_TRY(status);
    out->rungs++;
  }
  out->order = order(out);
  return FHRL_OK;
}

void fhrl_exponents_ladder_report(const fhrl_exponents_ladder *ladder, fhrl_json *o)
{
  fhrl_json *all = fhrl_json_array();
  fhrl_json_put(o, "ladder", all);
  for (int i = 0; i < ladder->rungs; i++) {
    const fhrl_exponents_rung *r = &ladder->rung[i];
    fhrl_json *one = fhrl_json_object(), *values = fhrl_json_array();
    fhrl_json_add(all, one);
    fhrl_json_real(one, "h", r->h, NULL);
    if (r->m > 0) fhrl_json_int(one, "m", r->m);
    else fhrl_json_null(one, "m", "the flow");
    fhrl_json_put(one, "exponents", values);
    for (int j = 0; j < ladder->k; j++) {
      fhrl_json *x = fhrl_json_object();
      fhrl_json_add(values, x);
      fhrl_json_real(x, "value", r->exponent[j].mean, "the Jacobian is singular: -infinity");
      fhrl_json_real(x, "standard_error", r->exponent[j].standard_error, "too few blocks: fewer than 32");
    }
    fhrl_json_bool(one, "converged", r->converged);
  }
  fhrl_json_real(o, "ladder_order", ladder->order, "fewer than four steps, or no difference to fit");
}
