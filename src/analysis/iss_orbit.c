// SPDX-License-Identifier: GPL-3.0-or-later
// iss_orbit: one orbit under the eyes of the ledger, until t_end, divergence or a pole
#include "analysis/iss_orbit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/iss_ledger.h"
#include "analysis/metrics.h"
#include "analysis/slots.h"

enum { SLOT_VIEWS = 50 };            // of an orbit: each takes two singular value decompositions
static const double thinning = 0.02; // rows of the tables are this fraction of t apart, or one output

typedef struct walk {
  fhrl_iss *iss;
  fhrl_iss_path *path;
  fhrl_iss_orbit seen;
  const fhrl_input *in;
  const fhrl_solver *solver;
  double rho_limit;
  double drive[2], Phi[2];      // of the last two outputs, the latest first
  double kept;                  // t of the last row kept
  double *u;
  long output, slot_every;
} walk;

// Second difference with the last two values, which it moves on; 0 before there are two.
static double bend(long output, double last[2], double value)
{
  const double second = output < 2 ? 0.0 : fabs(value - 2.0 * last[0] + last[1]);
  last[1] = last[0];
  last[0] = value;
  return second;
}

// Brings what the orbit has shown up to date with its next output.
static fhrl_status follow(walk *w, const fhrl_iss_point *p, fhrl_err *err)
{
  fhrl_iss_orbit *o = &w->seen;
  const double drive = fabs(p->drive);
  if (w->output == 0) {
    *o = (fhrl_iss_orbit){.rho_0 = p->rho, .A_0 = p->A, .rho_min = p->rho, .rho_max = p->rho, .drive_sup = drive,
      .Phi_sup = p->Phi};
    w->path->rho_0 = p->rho;
  }
  o->drive_step = fmax(o->drive_step, bend(w->output, w->drive, p->drive));
  o->Phi_step = fmax(o->Phi_step, bend(w->output, w->Phi, p->Phi));
  o->t = p->t;
  o->rho_min = fmin(o->rho_min, p->rho);
  o->rho_max = fmax(o->rho_max, p->rho);
  o->drive_sup = fmax(o->drive_sup, drive);
  o->Phi_sup = fmax(o->Phi_sup, p->Phi);
  // local tolerances add up and are carried on by the flow; a thousand of them is far below any violation of note
  o->error = 1e3 * (w->solver->rtol * (1.0 + fmax(o->rho_max, p->A)) + w->solver->atol);
  o->sees_slots = w->iss->view.r > 0 && w->output % w->slot_every == 0;
  if (o->sees_slots) FHRL_TRY(fhrl_iss_view_slots(&w->iss->view, p->x, &o->slots, err));
  if (o->sees_slots && w->output == 0) o->slots_0 = o->slots;
  w->path->rho_max = o->rho_max;
  w->path->t_end = p->t;
  return FHRL_OK;
}

// Enters the present state; *over is set once the orbit has diverged.
static fhrl_status look(walk *w, const fhrl_integrator *it, int *over, fhrl_err *err)
{
  fhrl_iss *iss = w->iss;
  const double t = fhrl_integrator_now(it);
  fhrl_iss_point p;
  fhrl_input_at(w->in, t, w->u);
  FHRL_TRY(fhrl_iss_view_look(&iss->view, t, fhrl_integrator_state(it), w->u, &p, err));
  FHRL_TRY(follow(w, &p, err));
  const int keep = w->output == 0 || t - w->kept >= thinning * t;
  FHRL_TRY(fhrl_iss_ledger_enter(iss, &p, &w->seen, keep, err));
  if (keep) w->kept = t;
  w->path->rows += keep;
  w->output++;
  *over = p.rho > w->rho_limit && p.radial > 0.0;
  return FHRL_OK;
}

static fhrl_status walk_on(walk *w, fhrl_integrator *it, double t_end, fhrl_err *err)
{
  const double dt = w->solver->output_every;
  int over = 0;
  FHRL_TRY(look(w, it, &over, err));
  for (long k = 1; !over && (double)(k - 1) * dt < t_end; k++) {
    FHRL_TRY(fhrl_integrator_advance(it, fmin((double)k * dt, t_end), err));
    FHRL_TRY(look(w, it, &over, err));
  }
  w->path->diverged = over;
  return FHRL_OK;
}

static fhrl_status keep_last(fhrl_iss_path *path, const double x[], int n, fhrl_err *err)
{
  path->last = malloc((size_t)n * sizeof *path->last);
  if (path->last == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a state");
  memcpy(path->last, x, (size_t)n * sizeof *x);
  return FHRL_OK;
}

fhrl_status fhrl_iss_orbit_run(fhrl_iss *iss, fhrl_system *run, const fhrl_input *in, const fhrl_solver *solver,
  double rho_limit, const double x0[], fhrl_err *err)
{
  fhrl_err reason = {FHRL_OK, ""};
  fhrl_integrator *it = NULL;
  walk w = {.iss = iss, .path = &iss->path[iss->paths], .in = in, .solver = solver, .rho_limit = rho_limit};
  *w.path = (fhrl_iss_path){.first = iss->rows, .rho_0 = FHRL_NAN};
  w.u = calloc((size_t)run->dims.n_u + 1, sizeof *w.u);
  if (w.u == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for an input");
  const double t_end = fmin(solver->t_end, fhrl_input_end(in));
  w.slot_every = (long)ceil(t_end / solver->output_every / SLOT_VIEWS);
  if (w.slot_every < 1) w.slot_every = 1;
  fhrl_status status = fhrl_integrator_create(run, in, solver, 0.0, x0, &it, &reason);
  if (status == FHRL_OK) status = walk_on(&w, it, t_end, &reason);
  if (status == FHRL_NUMERIC || status == FHRL_LIMIT || status == FHRL_EVENT) { // the orbit's own end
    snprintf(w.path->reason, sizeof w.path->reason, "%.*s", FHRL_ISS_REASON - 1, reason.msg);
    w.path->diverged = w.path->rho_max > 1e3 * fmax(1.0, w.path->rho_0);
    status = FHRL_OK;
  } else if (status != FHRL_OK) status = fhrl_fail(err, status, "%s", reason.msg);
  if (status == FHRL_OK && w.path->diverged) status = keep_last(w.path, fhrl_integrator_state(it), run->n, err);
  if (status == FHRL_OK && w.path->rows > 0) iss->paths++;
  if (status == FHRL_OK && iss->paths == 1 && iss->view.r > 0) {
    const double *x = fhrl_integrator_state(it);
    status = fhrl_slots_measure(iss->view.r, iss->view.d, x + iss->view.U, x + iss->view.V, &iss->slots, err);
  }
  fhrl_integrator_destroy(it);
  free(w.u);
  return status;
}
