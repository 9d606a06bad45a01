// SPDX-License-Identifier: GPL-3.0-or-later
// iss_lab: what lies beyond single claims: the front of constants, bounds beside trajectories, gain, contraction, map
#include "analysis/iss_lab.h"

#include <math.h>
#include <string.h>

#include "analysis/metrics.h"
#include "io/table.h"

fhrl_status fhrl_iss_lab_run(fhrl_iss *iss, const fhrl_input *in, const fhrl_solver *solver, const fhrl_iss_plan *plan,
  const double x0[], int threads, fhrl_iss_lab *out, fhrl_err *err)
{
  fhrl_iss_lab lab = {0};
  fhrl_iss_sample q;
  fhrl_status status = FHRL_OK;
  fhrl_iss_sample_init(&q, &iss->view, plan, &iss->constants, x0);
  FHRL_DO(status, fhrl_iss_map_find(iss, &q, plan->map, &lab.map, err));
  FHRL_DO(status, fhrl_iss_reach_find(iss, &q, in, solver, plan->starts, threads, &lab.reach, err));
  FHRL_DO(status, fhrl_iss_gain_find(iss, &q, in, solver, plan->gain_levels, &lab.gain, err));
  const fhrl_iss_frame f = {&iss->view, &iss->constants};
  long boxes;
  char reason[FHRL_ISS_REASON];
  FHRL_DO(status,
    fhrl_iss_gain_radius(&f, iss->constants.u_bar, plan->boxes, iss->watch.stop, &lab.radius, &boxes, reason, err));
  status = fhrl_contraction_find(iss, &q, in, solver, plan->pairs, &lab.contraction, err);
done:
  if (status == FHRL_OK) *out = lab;
  else fhrl_iss_lab_free(&lab);
  return status;
}

void fhrl_iss_lab_free(fhrl_iss_lab *lab)
{
  fhrl_iss_map_free(&lab->map);
  fhrl_iss_reach_free(&lab->reach);
  fhrl_contraction_free(&lab->contraction);
  *lab = (fhrl_iss_lab){0};
}

int fhrl_iss_lab_bounded(const fhrl_iss *iss, const fhrl_iss_lab *lab, const char **id, double *rho)
{
  static const char *const proofs[] = {
    "gain_bound", "ultimate", "reentry_dissipative", "reentry_spectral", "practical_tight", "practical"};
  const fhrl_iss_constants *k = &iss->constants;
  if (isfinite(lab->radius) && !(iss->reduced_gap > 0.0)) {
    *id = "gain";
    *rho = lab->radius;
    return 1;
  }
  for (int i = 0; i < FHRL_COUNT(proofs); i++) {
    const fhrl_iss_claim *c = fhrl_iss_claim_of(iss, proofs[i]);
    if (c->verdict != FHRL_ISS_CERTIFIED || (strcmp(proofs[i], "ultimate") == 0 && isnan(k->drive_sup))) continue;
    *id = proofs[i];
    *rho = FHRL_NAN;
    for (int j = 0; j < c->proof.constants; j++)
      if (strcmp(c->proof.constant[j].name, "rho_ultimate") == 0) *rho = c->proof.constant[j].value;
    if (strcmp(*id, "ultimate") == 0)
      *rho = (iss->view.kappa * (1.0 + iss->view.epsilon) + k->drive_sup) / (1.0 + iss->view.kappa);
    if (strcmp(*id, "reentry_dissipative") == 0)
      *rho = fmax(1.0, k->drive_sup / fmin(1.0, 1.0 + iss->view.kappa * k->mu));
    if (strcmp(*id, "practical_tight") == 0) *rho = 1.0 + sqrt(2.0 * k->tight.V_ultimate);
    if (strcmp(*id, "reentry_spectral") == 0 && isnan(*rho)) continue; // it is divergence that is proved
    return isfinite(*rho);
  }
  return 0;
}

int fhrl_iss_lab_divergent(const fhrl_iss *iss)
{
  int diverged = 0;
  for (int i = 0; i < iss->paths; i++) diverged |= iss->path[i].diverged;
  return iss->view.home == FHRL_ISS_HOME_REENTRY && diverged && 1.0 + iss->view.kappa * iss->constants.re_min < 0.0;
}

// ---- JSON

static void put_front(const fhrl_iss *iss, fhrl_json *result)
{
  const fhrl_iss_constants *k = &iss->constants;
  fhrl_json *front = fhrl_json_array();
  for (int i = 0; i < k->front_count; i++) {
    const fhrl_iss_tight *t = &k->front[i];
    fhrl_json *o = fhrl_json_object();
    fhrl_json_real(o, "c", t->c, NULL);
    fhrl_json_real(o, "c_0", t->c_0, NULL);
    fhrl_json_real(o, "c_A", t->c_A, NULL);
    fhrl_json_real(o, "c_u", t->c_u, NULL);
    fhrl_json_real(o, "V_ultimate", t->V_ultimate, NULL);
    fhrl_json_bool(o, "bounded_drive", t->bounded);
    fhrl_json_add(front, o);
  }
  fhrl_json_put(result, "front", front);
}

static void put_reentry(const fhrl_iss *iss, fhrl_json *result)
{
  const fhrl_iss_constants *k = &iss->constants;
  if (iss->view.home != FHRL_ISS_HOME_REENTRY) {
    fhrl_json_null(result, "reentry", "homeostasis is not reentry (S10)");
    return;
  }
  int diverged = 0;
  for (int i = 0; i < iss->paths; i++) diverged += iss->path[i].diverged;
  const double dissipative = 1.0 + iss->view.kappa * k->mu, spectral = 1.0 + iss->view.kappa * k->re_min;
  fhrl_json *o = fhrl_json_object();
  fhrl_json_real(o, "dissipative", dissipative, NULL);
  fhrl_json_int(o, "dissipative_sign", (dissipative > 0.0) - (dissipative < 0.0));
  fhrl_json_real(o, "spectral", spectral, NULL);
  fhrl_json_int(o, "spectral_sign", (spectral > 0.0) - (spectral < 0.0));
  fhrl_json_real(o, "rho_c", k->rho_c, "W_r is no -m 1 with kappa m > 1");
  fhrl_json_int(o, "orbits_diverged", diverged);
  fhrl_json_bool(o, "divergent", fhrl_iss_lab_divergent(iss));
  fhrl_json_put(result, "reentry", o);
}

static void put_bounded(const fhrl_iss *iss, const fhrl_iss_lab *lab, fhrl_json *result)
{
  const char *id = NULL;
  double rho = FHRL_NAN;
  fhrl_json *o = fhrl_json_object();
  const int bounded = fhrl_iss_lab_bounded(iss, lab, &id, &rho);
  fhrl_json_bool(o, "certified", bounded);
  fhrl_json_text(o, "by", bounded ? id : NULL);
  fhrl_json_real(o, "rho_ultimate", bounded ? rho : FHRL_NAN, "no bound is proved");
  fhrl_json_put(result, "bounded", o);
}

static void put_reach(const fhrl_iss_reach *r, fhrl_json *result)
{
  if (r->starts == 0) {
    fhrl_json_null(result, "trajectories", "iss.starts = 0");
    return;
  }
  fhrl_json *o = fhrl_json_object();
  fhrl_json_int(o, "starts", r->starts);
  fhrl_json_int(o, "failed", r->failed);
  fhrl_json_real(o, "t_end", r->t_end, NULL);
  fhrl_json_text(o, "bound", r->rule);
  fhrl_json_real(o, "rate", r->rate, "no bound on rho is known");
  fhrl_json_real(o, "level", r->level, "no bound on rho is known");
  fhrl_json_real(
    o, "rho_end", r->row[(size_t)(r->times - 1) * FHRL_ISS_REACH_COLUMNS + FHRL_ISS_REACH_MOST], "no member got there");
  fhrl_json_real(o, "tightness", r->tightness, "no bound on rho is known");
  fhrl_json_real(o, "tightness_V", r->tightness_V, "no bound on V is known");
  fhrl_json_int(o, "above_bound", r->above);
  fhrl_json_int(o, "above_practical", r->above_V);
  fhrl_json_int(o, "above_practical_tight", r->above_tight);
  fhrl_json_put(result, "trajectories", o);
}

static void put_gain(const fhrl_iss_gain *g, fhrl_json *result)
{
  if (g->levels == 0) {
    fhrl_json_null(result, "gain", "iss.gain_levels = 0, or the system has no input");
    return;
  }
  fhrl_json *o = fhrl_json_object(), *levels = fhrl_json_array();
  for (int i = 0; i < g->levels; i++) {
    const fhrl_iss_gain_level *l = &g->level[i];
    fhrl_json *level = fhrl_json_object();
    fhrl_json_real(level, "u", l->u, NULL);
    fhrl_json_real(level, "measured", l->measured, "an orbit ended early or grew without bound");
    fhrl_json_real(level, "certified", l->certified, g->reason);
    const int small = l->certified < 1e-6; // a quotient of two numbers that vanish says nothing
    fhrl_json_real(level, "tightness", small ? FHRL_NAN : l->measured / l->certified,
      g->reason[0] ? g->reason
        : small    ? "rho vanishes"
                   : "not measured");
    fhrl_json_int(level, "boxes", l->boxes);
    fhrl_json_add(levels, level);
  }
  fhrl_json_put(o, "levels", levels);
  fhrl_json_int(o, "inputs", g->inputs);
  fhrl_json_real(o, "t_end", g->t_end, NULL);
  fhrl_json_put(result, "gain", o);
}

static fhrl_json *certificate(const fhrl_contraction_proof *p)
{
  fhrl_json *o = fhrl_json_object(), *constants = fhrl_json_object();
  fhrl_json_bool(o, "certified", p->proved);
  fhrl_json_text(o, "reason", p->reason[0] ? p->reason : NULL);
  fhrl_json_text(o, "region", p->region[0] ? p->region : NULL);
  fhrl_json_bool(o, "invariant", p->invariant);
  fhrl_json_real(o, "rate", p->rate, p->reason);
  fhrl_json_int(o, "boxes", p->boxes);
  for (int i = 0; i < p->constants; i++) fhrl_json_real(constants, p->constant[i].name, p->constant[i].value, NULL);
  fhrl_json_put(o, "constants", constants);
  return o;
}

static void put_contraction(const fhrl_contraction *c, fhrl_json *result)
{
  static const char *const names[FHRL_LOGNORM_KINDS] = {"mu_1", "mu_2", "mu_inf"};
  static const char none[] = "no Jacobian was looked at";
  if (c->pairs == 0) {
    fhrl_json_null(result, "contraction", "iss.pairs = 0");
    return;
  }
  fhrl_json *o = fhrl_json_object(), *pairs = fhrl_json_array();
  fhrl_json_int(o, "jacobians", c->states);
  for (int k = 0; k < FHRL_LOGNORM_KINDS; k++) {
    const fhrl_contraction_norm *m = &c->norm[k];
    fhrl_json *norm = fhrl_json_object();
    const double nothing = c->states ? 0.0 : FHRL_NAN;
    fhrl_json_real(norm, "largest", m->worst + nothing, none);
    fhrl_json_real(norm, "mean", m->mean + nothing, none);
    fhrl_json_real(norm, "weighted_largest", m->weighted + nothing, none);
    fhrl_json_real(norm, "weighted_mean", m->w_mean + nothing, none);
    if (c->states && c->n <= 64) fhrl_json_reals(norm, "weights", c->weights + (size_t)k * c->n, (size_t)c->n);
    fhrl_json_put(o, names[k], norm);
  }
  for (int k = 0; k < c->pairs; k++) {
    const fhrl_contraction_pair *p = &c->pair[k];
    fhrl_json *pair = fhrl_json_object();
    fhrl_json_real(pair, "distance_0", p->d_0, NULL);
    fhrl_json_real(pair, "distance_end", p->d_end, NULL);
    fhrl_json_real(pair, "t_end", p->t_end, NULL);
    fhrl_json_real(pair, "rate", p->rate, "too few distances between the transient and what the integrator resolves");
    fhrl_json_add(pairs, pair);
  }
  fhrl_json_put(o, "pairs", pairs);
  fhrl_json_real(o, "approach_least", c->rate_least, "no pair has a rate");
  fhrl_json_real(o, "approach_most", c->rate_most, "no pair has a rate");
  fhrl_json_put(o, "certificate", certificate(&c->proof));
  fhrl_json_put(result, "contraction", o);
}

void fhrl_iss_lab_json(const fhrl_iss *iss, const fhrl_iss_lab *lab, fhrl_json *result)
{
  put_front(iss, result);
  put_reentry(iss, result);
  put_bounded(iss, lab, result);
  put_reach(&lab->reach, result);
  put_gain(&lab->gain, result);
  put_contraction(&lab->contraction, result);
}

fhrl_status fhrl_iss_lab_save_front(const fhrl_iss *iss, const char *path, fhrl_err *err)
{
  static const char *const names[] = {"c", "c_0", "c_A", "c_u", "V_ultimate", "bounded_drive"};
  static const char *const units[] = {"1/time", "1/time", "1/time", "1/time", "1", "1"};
  const fhrl_iss_constants *k = &iss->constants;
  fhrl_table t;
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.iss.front/1", names, units, FHRL_COUNT(names), err));
  for (int i = 0; i < k->front_count; i++) {
    const fhrl_iss_tight *f = &k->front[i];
    const double row[] = {f->c, f->c_0, f->c_A, f->c_u, f->V_ultimate, f->bounded};
    fhrl_table_row(&t, row);
  }
  return fhrl_table_commit(&t, err);
}
