// SPDX-License-Identifier: GPL-3.0-or-later
// equilibria: all that `fhrl equilibria` finds out: rest states, the steps at which maps lose them, the proof, and its files
#include "analysis/equilibria.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "io/table.h"

// ---- finding out

static fhrl_status limits(fhrl_system *s, double t, const double u[], fhrl_equilibria_report *r, fhrl_err *err)
{
  const size_t count = (size_t)r->found.count + 1; // not 0
  r->simultaneous = calloc(count, sizeof *r->simultaneous);
  r->root = malloc(count * sizeof *r->root);
  if (fhrl_step_limit_applies(s)) r->sequential = calloc(count, sizeof *r->sequential);
  if (r->simultaneous == NULL || r->root == NULL || (fhrl_step_limit_applies(s) && r->sequential == NULL))
    return fhrl_fail(err, FHRL_NOMEM, "no memory for the steps of %d equilibria", r->found.count);
  for (int i = 0; i < r->found.count; i++) {
    r->root[i] = -1;
    FHRL_TRY(fhrl_step_limit_simultaneous(s, t, u, &r->found.item[i], &r->simultaneous[i], err));
    if (r->sequential) FHRL_TRY(fhrl_step_limit_sequential(s, u, &r->found.item[i], &r->sequential[i], err));
  }
  return FHRL_OK;
}

// Pairs what was found with what was proved: an equilibrium belongs to the root in whose box it lies.
static void pair(fhrl_equilibria_report *r)
{
  const fhrl_prove *p = &r->proof;
  for (int k = 0; k < p->roots; k++) {
    int paired = 0;
    for (int i = 0; i < r->found.count; i++) {
      int inside = 1;
      for (int j = 0; j < r->field.n; j++)
        inside &= r->found.item[i].x[j] >= p->root[k].low[j] && r->found.item[i].x[j] <= p->root[k].high[j];
      if (!inside) continue;
      r->root[i] = k;
      paired = 1;
    }
    r->missed += !paired && p->root[k].position == 1;
  }
}

static fhrl_status prove(const fhrl_config *config, const fhrl_equilibrium_watch *watch, fhrl_equilibria_report *r,
  fhrl_err *err)
{
  const double **start = malloc(((size_t)r->found.count + 1) * sizeof *start);
  if (start == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d equilibria", r->found.count);
  for (int i = 0; i < r->found.count; i++) start[i] = r->found.item[i].x;
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_prove_options(config, &r->field, start, r->found.count, &r->plan, err));
  r->plan.stop = watch ? watch->stop : NULL;
  for (int i = 0; i < r->found.count; i++)
    if (!r->found.item[i].isolated) r->plan.hopeless = "equilibria that are not isolated cannot be counted";
  FHRL_DO(status, fhrl_prove_run(&r->field, &r->plan, start, r->found.count, &r->proof, err));
  pair(r);
done:
  free(start);
  return status;
}

fhrl_status fhrl_equilibria_run(fhrl_system *s, double t, const double u[], const fhrl_equilibrium_plan *plan,
  const fhrl_config *config, const double x0[], const fhrl_equilibrium_watch *watch, fhrl_equilibria_report *out,
  fhrl_err *err)
{
  fhrl_equilibria_report r = {.sought = fhrl_config_real(config, "proof.seek") != 0.0};
  fhrl_status status = FHRL_OK;
  s->u = u;
  if (r.sought) {
    FHRL_TRY(fhrl_ball_field_init(&r.field, s, err));
    FHRL_TRY(fhrl_prove_options(config, &r.field, NULL, 0, &r.plan, err));
  }
  FHRL_DO(status, fhrl_equilibrium_find(s, t, u, plan, x0, watch, &r.found, err));
  FHRL_DO(status, limits(s, t, u, &r, err));
  if (r.sought) FHRL_DO(status, prove(config, watch, &r, err));
  *out = r;
done:
  if (status != FHRL_OK) fhrl_equilibria_free(&r);
  return status;
}

void fhrl_equilibria_free(fhrl_equilibria_report *r)
{
  fhrl_equilibrium_free(&r->found);
  free(r->simultaneous);
  free(r->sequential);
  free(r->root);
  fhrl_prove_free(&r->proof);
  *r = (fhrl_equilibria_report){0};
}

// ---- files

static void add_equilibrium(const fhrl_equilibria_report *r, int i, const fhrl_system *s, fhrl_json *all)
{
  const fhrl_equilibrium *q = &r->found.item[i];
  fhrl_json *o = fhrl_json_object(), *values = fhrl_json_array();
  fhrl_json_reals(o, "state", q->x, (size_t)s->n);
  fhrl_json_real(o, "residual", q->residual, NULL);
  fhrl_json_real(o, "condition", q->condition, isinf(q->condition) ? "singular" : "the Jacobian is too large to be formed");
  for (int k = 0; k < q->eigenvalues; k++) {
    fhrl_json *pair_of = fhrl_json_array();
    fhrl_json_add_real(pair_of, q->re[k]);
    fhrl_json_add_real(pair_of, q->im[k]);
    fhrl_json_add(values, pair_of);
  }
  fhrl_json_put(o, "eigenvalues", values);
  fhrl_json_bool(o, "eigenvalues_complete", q->eigenvalues == s->n);
  fhrl_json_text(o, "kind", fhrl_equilibrium_text(q->kind));
  fhrl_json_bool(o, "stable", q->stable);
  fhrl_json_bool(o, "isolated", q->isolated);
  fhrl_json_int(o, "dimension", q->dimension);
  fhrl_json_bool(o, "attracts", q->attracts);
  fhrl_json_int(o, "reached", q->reached);
  fhrl_step_limit_json(&r->simultaneous[i], "h_c", "bifurcation_at_h_c", "check", o);
  if (r->sequential)
    fhrl_step_limit_json(&r->sequential[i], "h_c_sequential", "bifurcation_at_h_c_sequential", "check_sequential", o);
  if (r->sought) {
    fhrl_json_bool(o, "proved", r->root[i] >= 0);
    fhrl_json_real(o, "proved_radius", r->root[i] >= 0 ? r->proof.root[r->root[i]].radius : FHRL_NAN,
      "no ball around it was shown to hold exactly one equilibrium");
  }
  fhrl_json_add(all, o);
}

static void add_proof(const fhrl_equilibria_report *r, fhrl_json *result)
{
  const fhrl_prove *p = &r->proof;
  fhrl_json *o = fhrl_json_object(), *sides = fhrl_json_array(), *roots = fhrl_json_array();
  fhrl_json_bool(o, "complete", p->complete);
  if (p->reason) fhrl_json_text(o, "complete_reason", p->reason);
  for (int i = 0; i < r->field.n; i++) {
    fhrl_json *side = fhrl_json_array();
    fhrl_json_add_real(side, r->plan.low[i]);
    fhrl_json_add_real(side, r->plan.high[i]);
    fhrl_json_add(sides, side);
  }
  fhrl_json_put(o, "box", sides);
  fhrl_json_int(o, "inside", p->inside);
  fhrl_json_int(o, "missed", r->missed);
  fhrl_json_int(o, "boxes", p->boxes);
  fhrl_json_int(o, "undecided", p->undecided);
  if (p->undecided) fhrl_json_reals(o, "undecided_at", p->doubt, (size_t)r->field.n);
  fhrl_json_text(o, "eliminated", r->field.eliminated);
  fhrl_json_text(o, "kink", r->field.kink);
  fhrl_json_real(o, "kink_radius", p->kink_radius > 0.0 ? p->kink_radius : FHRL_NAN, "the field does not jump, or no ball was "
    "shown to be empty");
  for (int k = 0; k < p->roots; k++) {
    fhrl_json *root = fhrl_json_object();
    fhrl_json_reals(root, "state", p->root[k].x, (size_t)r->field.n);
    fhrl_json_real(root, "radius", p->root[k].radius, NULL);
    fhrl_json_text(root, "position", p->root[k].position == 1 ? "inside" : p->root[k].position == 0 ? "outside" : "border");
    fhrl_json_add(roots, root);
  }
  fhrl_json_put(o, "roots", roots);
  fhrl_json_put(result, "proof", o);
}

void fhrl_equilibria_json(const fhrl_equilibria_report *r, const fhrl_system *s, fhrl_json *result)
{
  fhrl_json *all = fhrl_json_array();
  for (int i = 0; i < r->found.count; i++) add_equilibrium(r, i, s, all);
  fhrl_json_put(result, "equilibria", all);
  fhrl_json_int(result, "starts", r->found.starts);
  fhrl_json_int(result, "converged", r->found.converged);
  fhrl_json_int(result, "phases", r->found.phases);
  fhrl_json_int(result, "by_deflation", r->found.deflated);
  fhrl_json_bool(result, "more", r->found.more);
  fhrl_json_bool(result, "interrupted", r->found.interrupted);
  if (r->sought) add_proof(r, result);
  else fhrl_json_null(result, "proof", "not sought: --prove");
}

enum { FIXED = 10 };

fhrl_status fhrl_equilibria_table(const fhrl_equilibria_report *r, const fhrl_system *s, const char *path, fhrl_err *err)
{
  static const char *const head[FIXED] = {"number", "kind", "stable", "isolated", "residual", "condition", "re", "im", "h_c",
    "h_c_sequential"};
  const int columns = FIXED + s->n;
  const char **names = malloc(2 * (size_t)columns * sizeof *names), **units = names + columns;
  char(*text)[FHRL_SYSTEM_NAME] = malloc((size_t)s->n * sizeof *text);
  fhrl_status status = FHRL_OK;
  fhrl_table t = {0};
  if (names == NULL || text == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d columns", columns));
  for (int i = 0; i < columns; i++) units[i] = i < FIXED ? "" : "state";
  memcpy(names, head, sizeof head);
  fhrl_system_columns(s, s->n, text, names + FIXED, NULL);
  FHRL_DO(status, fhrl_table_begin(&t, path, "fhrl.equilibria/1: re, im of the first eigenvalue", names, units, columns, err));
  for (int i = 0; i < r->found.count; i++) {
    const fhrl_equilibrium *q = &r->found.item[i];
    fhrl_table_int(&t, i);
    fhrl_table_text(&t, fhrl_equilibrium_text(q->kind));
    fhrl_table_int(&t, q->stable);
    fhrl_table_int(&t, q->isolated);
    fhrl_table_real(&t, q->residual);
    fhrl_table_real(&t, q->condition);
    fhrl_table_real(&t, q->re[0]);
    fhrl_table_real(&t, q->im[0]);
    fhrl_table_real(&t, r->simultaneous[i].h_c);
    fhrl_table_real(&t, r->sequential ? r->sequential[i].h_c : FHRL_NAN);
    for (int k = 0; k < s->n; k++) fhrl_table_real(&t, q->x[k]);
  }
  status = fhrl_table_commit(&t, err);
done:
  free(names);
  free(text);
  return status;
}
