// SPDX-License-Identifier: GPL-3.0-or-later
// iss_report: verdicts as JSON, orbits as tables
#include "analysis/iss_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/table.h"

static const struct {
  const char *name, *unit;
} head[] = {{"t", "time"}, {"rho", "1"}, {"V", "1"}, {"V_dot", "1/time"}, {"yhat_f", "1/time"}, {"A", "1"}, {"u", "1"}};

int fhrl_iss_report_columns(void) { return FHRL_COUNT(head) + 2 * fhrl_iss_rules_count; }

void fhrl_iss_report_column(int i, char name[FHRL_ISS_REPORT_NAME], const char **unit)
{
  const int rule = i - FHRL_COUNT(head);
  *unit = rule < 0 ? head[i].unit : "1";
  if (rule < 0) snprintf(name, FHRL_ISS_REPORT_NAME, "%s", head[i].name);
  else
    snprintf(name, FHRL_ISS_REPORT_NAME, "%s_%s", fhrl_iss_rules_table[rule / 2].id, rule % 2 ? "rhs" : "lhs");
}

// ---- JSON

static void put_matrix(fhrl_json *object, const char *name, fhrl_shape shape, const double x[])
{
  if (shape.cols == 1) {
    fhrl_json_reals(object, name, x, (size_t)shape.rows);
    return;
  }
  fhrl_json *rows = fhrl_json_array();
  for (int i = 0; i < shape.rows; i++) {
    fhrl_json *row = fhrl_json_array();
    for (int j = 0; j < shape.cols; j++) fhrl_json_add_real(row, x[(size_t)i * shape.cols + j]);
    fhrl_json_add(rows, row);
  }
  fhrl_json_put(object, name, rows);
}

static fhrl_json *witness(const fhrl_iss *iss, const fhrl_iss_witness *w)
{
  const fhrl_system *s = iss->view.s;
  fhrl_json *out = fhrl_json_object(), *state = fhrl_json_object();
  int at = 0;
  for (int i = 0; i < s->model->n_state; i++) {
    put_matrix(state, s->model->state[i].name, s->dims.state[i], w->x + at);
    at += s->dims.state[i].rows * s->dims.state[i].cols;
  }
  fhrl_json_reals(state, "u", w->u, (size_t)s->dims.n_u);
  fhrl_json_real(state, "rho", w->rho, NULL);
  fhrl_json_real(state, "t", w->t, "a sampled state, not of an orbit");
  fhrl_json_put(out, "state", state);
  fhrl_json_real(out, "lhs", w->lhs, NULL);
  fhrl_json_real(out, "rhs", w->rhs, NULL);
  fhrl_json_bool(out, "verified", w->verified);
  fhrl_json_real(out, "gap_low", w->gap_low, w->verified ? NULL : "a claim about orbits: no single state decides it");
  return out;
}

static void put_witness(fhrl_json *object, const char *key, const fhrl_iss *iss, const fhrl_iss_witness *w)
{
  if (w->x) fhrl_json_put(object, key, witness(iss, w));
  else fhrl_json_null(object, key, NULL);
}

static void put_certificate(fhrl_json *object, const fhrl_iss_proof *p)
{
  if (p->method == NULL) {
    fhrl_json_null(object, "certificate", NULL);
    return;
  }
  fhrl_json *out = fhrl_json_object(), *constants = fhrl_json_object();
  fhrl_json_text(out, "method", p->method);
  fhrl_json_text(out, "form", p->form);
  fhrl_json_text(out, "region", p->region);
  for (int i = 0; i < p->constants; i++) fhrl_json_real(constants, p->constant[i].name, p->constant[i].value, NULL);
  fhrl_json_put(out, "constants", constants);
  fhrl_json_int(out, "boxes", p->boxes);
  fhrl_json_real(out, "margin", p->margin, "an identity");
  fhrl_json_real(out, "residual", p->residual, "no identity is part of it");
  fhrl_json_put(object, "certificate", out);
}

// Value and origin of a constant by name: of the table, or a parameter of the model; 0 if it plays no part here.
static int find_constant(const fhrl_iss *iss, const char *name, double *value, const char **source)
{
  const char *at;
  for (int i = 0; fhrl_iss_constants_at(&iss->constants, i, &at, value, source); i++)
    if (strcmp(at, name) == 0) return 1;
  const fhrl_system *s = iss->view.s;
  const int i = fhrl_system_param(s->model, name);
  if (i < 0) return 0;
  *value = s->p[i];
  *source = "given: a parameter of the model";
  return 1;
}

static fhrl_json *constants_of(const fhrl_iss *iss, const char *uses)
{
  fhrl_json *out = fhrl_json_object();
  for (const char *at = uses; *at;) {
    char name[32];
    double value;
    const char *source;
    const size_t len = strcspn(at, " ");
    snprintf(name, sizeof name, "%.*s", (int)len, at);
    if (find_constant(iss, name, &value, &source)) {
      fhrl_json *c = fhrl_json_object();
      fhrl_json_real(c, "value", value, NULL);
      fhrl_json_text(c, "source", source);
      fhrl_json_put(out, name, c);
    }
    at += len + (at[len] == ' ');
  }
  return out;
}

static fhrl_json *inequality(const fhrl_iss *iss, const fhrl_iss_claim *c)
{
  const int open = c->verdict == FHRL_ISS_OPEN;
  fhrl_json *out = fhrl_json_object();
  fhrl_json_text(out, "id", c->rule->id);
  fhrl_json_text(out, "statement", c->rule->statement);
  fhrl_json_text(out, "source", c->rule->source);
  fhrl_json_text(out, "verdict", fhrl_iss_verdict_text(c->verdict));
  fhrl_json_text(out, "reason", c->reason[0] ? c->reason : NULL);
  const char *const unseen = open ? c->reason : "nothing was compared";
  fhrl_json_real(out, "margin", c->margin, unseen);
  fhrl_json_real(out, "allowance", c->allowance, unseen);
  fhrl_json_int(out, "compared", c->compared);
  put_witness(out, "witness", iss, &c->witness);
  put_witness(out, "worst", iss, &c->worst);
  fhrl_json_text(out, "region", open ? NULL : c->proof.method ? c->proof.region : iss->region);
  fhrl_json_put(out, "constants", constants_of(iss, c->rule->uses));
  put_certificate(out, &c->proof);
  return out;
}

static void put_constants(const fhrl_iss *iss, fhrl_json *result)
{
  const char *name, *source;
  double value;
  fhrl_json *values = fhrl_json_object(), *sources = fhrl_json_object();
  for (int i = 0; fhrl_iss_constants_at(&iss->constants, i, &name, &value, &source); i++) {
    fhrl_json_real(values, name, value, NULL);
    fhrl_json_text(sources, name, source);
  }
  const struct {
    const char *name, *source;
    double value;
  } seen[] = {
    {"S17_c_f_needed", "seen: largest |e yhat'f|/e^2 at A = 0, u = 0", iss->S17_needed},
    {"S22_c_allowed", "seen: least -V_dot/e^2 at A = 0, u = 0", iss->S22_allowed},
    {"slot_effective_rank", "seen: of U'V at the end of the first orbit", iss->slots.effective_rank},
    {"slot_ratio", "seen: sigma_2/sigma_1 of U'V at the end of the first orbit", iss->slots.ratio},
  };
  for (int i = 0; i < FHRL_COUNT(seen); i++)
    if (isfinite(seen[i].value)) {
      fhrl_json_real(values, seen[i].name, seen[i].value, NULL);
      fhrl_json_text(sources, seen[i].name, seen[i].source);
    }
  fhrl_json_put(result, "constants", values);
  fhrl_json_put(result, "constants_source", sources);
}

void fhrl_iss_report_json(const fhrl_iss *iss, fhrl_json *result)
{
  fhrl_json_real(result, "rho_star", iss->constants.rho_star, iss->constants.rho_star_reason);
  put_constants(iss, result);
  fhrl_json_int(result, "states", iss->states);
  fhrl_json_int(result, "searched", iss->searched);
  fhrl_json_text(result, "looked_at", iss->region);
  fhrl_json *claims = fhrl_json_array(), *orbits = fhrl_json_array();
  for (int i = 0; i < fhrl_iss_rules_count; i++) fhrl_json_add(claims, inequality(iss, &iss->claim[i]));
  fhrl_json_put(result, "inequalities", claims);
  for (int i = 0; i < iss->paths; i++) {
    const fhrl_iss_path *p = &iss->path[i];
    fhrl_json *orbit = fhrl_json_object();
    fhrl_json_real(orbit, "rho_0", p->rho_0, NULL);
    fhrl_json_real(orbit, "rho_max", p->rho_max, NULL);
    fhrl_json_real(orbit, "rho_end", p->rho_end, NULL);
    fhrl_json_real(orbit, "t_end", p->t_end, NULL);
    fhrl_json_bool(orbit, "diverged", p->diverged);
    fhrl_json_text(orbit, "ended", p->reason[0] ? p->reason : NULL);
    fhrl_json_add(orbits, orbit);
  }
  fhrl_json_put(result, "orbits", orbits);
}

// ---- tables

// One gnuplot index for each block of rows.
static fhrl_status save(const fhrl_iss *iss, const char *path, const char *schema, const fhrl_iss_path block[], int blocks,
  fhrl_err *err)
{
  fhrl_table t;
  char (*text)[FHRL_ISS_REPORT_NAME] = malloc((size_t)iss->columns * sizeof *text);
  const char **names = malloc(2 * (size_t)iss->columns * sizeof *names), **units = names + iss->columns;
  fhrl_status status;
  if (text == NULL || names == NULL) {
    status = fhrl_fail(err, FHRL_NOMEM, "no memory for %d columns", iss->columns);
    goto done;
  }
  for (int i = 0; i < iss->columns; i++) {
    fhrl_iss_report_column(i, text[i], &units[i]);
    names[i] = text[i];
  }
  FHRL_DO(status, fhrl_table_begin(&t, path, schema, names, units, iss->columns, err));
  for (int k = 0; k < blocks; k++) {
    if (k > 0) fhrl_table_break(&t);
    const double *row = iss->row + (size_t)block[k].first * (size_t)iss->columns;
    for (int i = 0; i < block[k].rows; i++, row += iss->columns) fhrl_table_row(&t, row);
  }
  status = fhrl_table_commit(&t, err);
done:
  free(text);
  free(names);
  return status;
}

fhrl_status fhrl_iss_report_orbits(const fhrl_iss *iss, const char *path, fhrl_err *err)
{
  return save(iss, path, "fhrl.iss.orbits/1", iss->path, iss->paths, err);
}

fhrl_status fhrl_iss_report_profile(const fhrl_iss *iss, const char *path, fhrl_err *err)
{
  const fhrl_iss_path all = {.first = iss->profile, .rows = iss->rows - iss->profile};
  return save(iss, path, "fhrl.iss.profile/1", &all, 1, err);
}
