// SPDX-License-Identifier: GPL-3.0-or-later
// iss_ledger: the book of claims while states come in: margins, violations, witnesses, rows of the tables
#include "analysis/iss_ledger.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/iss_reduced.h"
#include "analysis/iss_report.h"
#include "analysis/metrics.h"

static const double vanished = 1e-140; // below it squares of rho underflow, and with them the precision of rho itself

fhrl_status fhrl_iss_ledger_open(fhrl_iss *iss, fhrl_err *err)
{
  iss->claim = calloc((size_t)fhrl_iss_rules_count, sizeof *iss->claim);
  if (iss->claim == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the claims");
  const fhrl_iss_frame f = {&iss->view, &iss->constants};
  for (int i = 0; i < fhrl_iss_rules_count; i++) {
    fhrl_iss_claim *c = &iss->claim[i];
    *c = (fhrl_iss_claim){.rule = &fhrl_iss_rules_table[i], .margin = FHRL_NAN, .allowance = FHRL_NAN};
    c->verdict = c->rule->open(&f, c->reason) ? FHRL_ISS_OPEN : FHRL_ISS_HELD;
  }
  iss->columns = fhrl_iss_report_columns();
  iss->reduced_gap = -HUGE_VAL;
  iss->S17_needed = iss->S22_allowed = iss->slots.effective_rank = iss->slots.ratio = FHRL_NAN;
  return FHRL_OK;
}

static fhrl_status remember(fhrl_iss_witness *w, const fhrl_iss *iss, const fhrl_iss_point *p, double t,
  fhrl_iss_pair pair, fhrl_err *err)
{
  const size_t n = (size_t)iss->view.s->n, n_u = (size_t)iss->view.s->dims.n_u;
  if (w->x == NULL) w->x = malloc(n * sizeof *w->x);
  if (w->u == NULL) w->u = malloc((n_u + 1) * sizeof *w->u);
  if (w->x == NULL || w->u == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a witness");
  memcpy(w->x, p->x, n * sizeof *w->x);
  if (n_u > 0) memcpy(w->u, p->u, n_u * sizeof *w->u);
  w->rho = p->rho;
  w->t = t;
  w->lhs = pair.lhs;
  w->rhs = pair.rhs;
  w->equal = pair.equal;
  return FHRL_OK;
}

static fhrl_status violation(fhrl_iss *iss, fhrl_iss_claim *c, const fhrl_iss_point *p, double t, fhrl_iss_pair pair,
  double gap, fhrl_err *err)
{
  const int first = c->witness.x == NULL;
  c->verdict = FHRL_ISS_VIOLATED;
  if (c->rule->along && !isnan(t)) c->of_orbits = 1;
  if (first) FHRL_TRY(remember(&c->witness, iss, p, t, pair, err));
  if (first || gap < c->margin) FHRL_TRY(remember(&c->worst, iss, p, t, pair, err));
  return FHRL_OK;
}

static fhrl_status weigh(fhrl_iss *iss, fhrl_iss_claim *c, const fhrl_iss_point *p, double t, fhrl_iss_pair pair,
  fhrl_err *err)
{
  const double gap = pair.equal ? -fabs(pair.rhs - pair.lhs) : pair.rhs - pair.lhs;
  if (isnan(gap))
    return fhrl_fail(err, FHRL_NUMERIC, "%s: %g against %g at rho = %g", c->rule->id, pair.lhs, pair.rhs, p->rho);
  c->compared++;
  if (gap < -pair.allowance) FHRL_TRY(violation(iss, c, p, t, pair, gap, err));
  if (c->compared == 1 || gap < c->margin) {
    c->margin = gap;
    c->allowance = pair.allowance;
  }
  return FHRL_OK;
}

fhrl_status fhrl_iss_ledger_violate(fhrl_iss *iss, fhrl_iss_claim *c, const fhrl_iss_point *p, fhrl_iss_pair pair,
  fhrl_err *err)
{
  FHRL_TRY(violation(iss, c, p, p->t, pair, pair.rhs - pair.lhs, err));
  c->margin = pair.rhs - pair.lhs;
  return FHRL_OK;
}

// One more row, its storage doubled when it is full.
static fhrl_status add_row(fhrl_iss *iss, double **out, fhrl_err *err)
{
  const int full = iss->rows >= 64 ? (iss->rows & (iss->rows - 1)) == 0 : iss->rows == 0;
  if (full) {
    const size_t rows = iss->rows ? 2 * (size_t)iss->rows : 64;
    double *grown = realloc(iss->row, rows * (size_t)iss->columns * sizeof *grown);
    if (grown == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %zu rows", rows);
    iss->row = grown;
  }
  *out = iss->row + (size_t)iss->rows++ * (size_t)iss->columns;
  return FHRL_OK;
}

// What constants the paper's chain would need where memory and input vanish. Closer to rho = 1 than this e is rounding.
static void needs(fhrl_iss *iss, const fhrl_iss_point *p)
{
  const double square = p->e * p->e, least = 1e-7;
  if (p->A != 0.0 || p->u_norm != 0.0 || fabs(p->e) < least || p->rho < vanished) return;
  const double c_f = fabs(p->e * p->drive) / square, c = -p->V_dot / square;
  if (isnan(iss->S17_needed) || c_f > iss->S17_needed) iss->S17_needed = c_f;
  if (isnan(iss->S22_allowed) || c < iss->S22_allowed) iss->S22_allowed = c;
}

fhrl_status fhrl_iss_ledger_enter(fhrl_iss *iss, const fhrl_iss_point *p, const fhrl_iss_orbit *orbit, int keep,
  fhrl_err *err)
{
  const fhrl_iss_frame f = {&iss->view, &iss->constants};
  if (iss->watch.stop && *iss->watch.stop)
    return fhrl_fail(err, FHRL_INTERRUPT, "interrupted after %d orbits", iss->paths);
  const double t = orbit ? p->t : FHRL_NAN;
  double *row = NULL;
  if (keep) {
    FHRL_TRY(add_row(iss, &row, err));
    const double head[] = {p->t, p->rho, p->V, p->V_dot, p->drive, p->A, p->u_norm};
    memcpy(row, head, sizeof head);
    row += sizeof head / sizeof *head;
  }
  for (int i = 0; i < fhrl_iss_rules_count; i++) {
    fhrl_iss_claim *c = &iss->claim[i];
    fhrl_iss_pair pair = {.lhs = FHRL_NAN, .rhs = FHRL_NAN};
    if (c->verdict != FHRL_ISS_OPEN && p->rho > vanished && c->rule->compare(&f, p, orbit, &pair))
      FHRL_TRY(weigh(iss, c, p, t, pair, err));
    else pair.lhs = pair.rhs = FHRL_NAN;
    if (keep) {
      *row++ = pair.lhs;
      *row++ = pair.rhs;
    }
  }
  needs(iss, p);
  if (fhrl_iss_reduced_knows(&iss->view) && p->rho > vanished)
    iss->reduced_gap = fmax(iss->reduced_gap, fhrl_iss_reduced_gap(&f, p));
  return FHRL_OK;
}
