// SPDX-License-Identifier: GPL-3.0-or-later
// iss_reach: the proved bounds beside what trajectories from a thousand starts do
#include "analysis/iss_reach.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "io/table.h"
#include "ode/ensemble.h"

enum { TIMES = 80, TIMES_VARYING = 16, FEWEST = 8 };
enum { ABOVE = 1, ABOVE_V = 2, ABOVE_TIGHT = 4, LOST = 8 };
// Entries of matrices and state that all members go through in one evaluation: at most so many. Under an input that varies
// every time is reached from the start anew.
static const double entries_held = 1e6, entries_varying = 1e5;

typedef struct level {
  double rate, value; // exp(-rate t) start + (1 - exp(-rate t)) value; rate NaN: there is no bound
} level;

typedef struct work {
  fhrl_iss *iss;
  const fhrl_iss_sample *q;
  const fhrl_input *in;
  fhrl_solver solver;
  int threads;
  fhrl_ensemble e;
  double *start, *rho_0, *rho; // owned as start: (members, n), (members), (members)
  unsigned char *above;        // owned: (members) bits: of the bounds it was ever above of, and LOST
  level radius, practical, tight;
  double A_sup, error;
} work;

static int held(const fhrl_input *in) { return !fhrl_input_varies(in) && fhrl_input_break(in, 0.0) == HUGE_VAL; }

static double bound(const level *l, double start, double t)
{
  if (isnan(l->rate)) return FHRL_NAN;
  const double decay = exp(-l->rate * t);
  return decay * start + (1.0 - decay) * l->value;
}

static long affordable(const fhrl_system *s, double entries, long wanted)
{
  double cost = s->n;
  for (int i = 0; i < s->model->n_matrix; i++) cost += (double)s->dims.matrix[i].rows * s->dims.matrix[i].cols;
  const long most = (long)(entries / cost);
  return wanted < most ? wanted : most > FEWEST ? most : wanted < FEWEST ? wanted : FEWEST;
}

static double larger(double a, double b) { return a > b ? a : b; }

// What holds of this system, and sup |A| over all times from these starts.
static void find_bounds(work *w, fhrl_iss_reach *out)
{
  const fhrl_iss_view *v = &w->iss->view;
  const fhrl_iss_constants *k = &w->iss->constants;
  const double none = FHRL_NAN, F = k->drive_sup;
  w->radius = w->practical = w->tight = (level){none, none};
  if (v->home == FHRL_ISS_HOME_RADIAL && !isnan(F)) {
    w->radius = (level){1.0 + v->kappa, (v->kappa * (1.0 + v->epsilon) + F) / (1.0 + v->kappa)};
    out->rule = "ultimate";
  } else if (v->home == FHRL_ISS_HOME_LAYER && v->beta <= 1.0) {
    w->radius = (level){v->c, 1.0 / v->beta};
    out->rule = "gain_bound";
  } else if (v->home == FHRL_ISS_HOME_GAIN && v->beta <= 1.0 && !isnan(F)) {
    w->radius = (level){2.0, 0.5 * (1.0 / v->beta + F)};
    out->rule = "gain_bound";
  }
  out->rate = w->radius.rate;
  out->level = w->radius.value;
  const double top = isnan(w->radius.rate) ? HUGE_VAL : larger(w->q->plan->rho_max, w->radius.value);
  const double Phi = v->memory == FHRL_ISS_MEMORY_NORMALIZED ? v->eta : v->eta * top * top;
  w->A_sup = v->lambda > 0.0 ? larger(w->q->A_max, Phi / v->lambda) : HUGE_VAL;
  const double A = w->A_sup * w->A_sup, u = k->u_bar * k->u_bar;
  if (v->home != FHRL_ISS_HOME_RADIAL) return;
  // constants that hold for |A| <= A_bar alone say nothing of larger memories on the way
  if (k->c > 0.0 && (k->c_A == 0.0 || isfinite(A)))
    w->practical = (level){2.0 * k->c, (k->c_0 + (k->c_A > 0.0 ? k->c_A * A : 0.0) + k->c_u * u) / (2.0 * k->c)};
  const fhrl_iss_tight *t = &k->tight;
  if (t->c > 0.0 && (t->c_A == 0.0 || isfinite(A)))
    w->tight = (level){2.0 * t->c, (t->c_0 + (t->c_A > 0.0 ? t->c_A * A : 0.0) + t->c_u * u) / (2.0 * t->c)};
}

static int by_size(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Members that failed are left out of the row, and of every comparison.
static void record(work *w, double t, fhrl_iss_reach *out)
{
  const fhrl_iss_view *v = &w->iss->view;
  double *row = out->row + (size_t)out->times * FHRL_ISS_REACH_COLUMNS,
         *path = out->path + (size_t)out->times * out->drawn;
  double V_most = 0.0, V_0_most = 0.0;
  long count = 0;
  for (long i = 0; i < w->e.members; i++) {
    const double rho = fhrl_norm(v->d, w->e.x + (size_t)i * w->e.n + v->y), V = 0.5 * (rho - 1.0) * (rho - 1.0);
    const double V_0 = 0.5 * (w->rho_0[i] - 1.0) * (w->rho_0[i] - 1.0), error = w->error * (1.0 + rho);
    if (w->e.member[i] == FHRL_MEMBER_FAILED && t > 0.0)
      w->above[i] |= LOST; // for good: from where it stopped it could go on
    if (i < out->drawn) path[i] = w->above[i] & LOST ? FHRL_NAN : rho;
    V_0_most = larger(V_0, V_0_most);
    if (w->above[i] & LOST) continue;
    w->rho[count++] = rho;
    V_most = larger(V, V_most);
    if (rho > bound(&w->radius, w->rho_0[i], t) + error) w->above[i] |= ABOVE; // a NaN is never exceeded
    if (V > bound(&w->practical, V_0, t) + error * (1.0 + rho)) w->above[i] |= ABOVE_V;
    if (V > bound(&w->tight, V_0, t) + error * (1.0 + rho)) w->above[i] |= ABOVE_TIGHT;
  }
  qsort(w->rho, (size_t)count, sizeof *w->rho, by_size);
  const double part[] = {0.0, 0.05, 0.5, 0.95, 1.0};
  row[FHRL_ISS_REACH_T] = t;
  for (int k = 0; k < FHRL_COUNT(part); k++)
    row[FHRL_ISS_REACH_LEAST + k] = count ? w->rho[(long)(part[k] * (double)(count - 1) + 0.5)] : FHRL_NAN;
  row[FHRL_ISS_REACH_V] = V_most;
  row[FHRL_ISS_REACH_BOUND] = bound(&w->radius, out->rho_0_max, t);
  row[FHRL_ISS_REACH_BOUND_V] = bound(&w->practical, V_0_most, t);
  row[FHRL_ISS_REACH_BOUND_TIGHT] = bound(&w->tight, V_0_most, t);
  out->times++;
}

// To time t: from where the members stand if the input is held, else from their starts (an ensemble begins at 0).
static fhrl_status carry(work *w, double from, double t, fhrl_err *err)
{
  const size_t bytes = (size_t)w->e.members * w->e.n * sizeof *w->start;
  fhrl_ensemble *e = &w->e;
  if (held(w->in)) {
    memcpy(e->x0, e->x, bytes);
    w->solver.t_end = t - from;
  } else {
    memcpy(e->x0, w->start, bytes);
    w->solver.t_end = t;
  }
  const fhrl_ensemble_watch watch = {.stop = w->iss->watch.stop};
  fhrl_ensemble_reopen(e);
  return fhrl_ensemble_run(e, w->iss->view.s, w->in, &w->solver, w->threads, &watch, err);
}

static void begin(work *w, fhrl_iss_reach *out)
{
  const size_t n = (size_t)w->e.n;
  for (long i = 0; i < w->e.members; i++) { // radii in an order that spreads the ones drawn over all of them
    const long turn = (i * 389) % w->e.members;
    fhrl_iss_sample_start(
      w->q, (int)i, w->q->plan->rho_max * ((double)turn + 0.5) / (double)w->e.members, w->start + (size_t)i * n);
    w->rho_0[i] = fhrl_norm(w->iss->view.d, w->start + (size_t)i * n + w->iss->view.y);
    out->rho_0_max = larger(out->rho_0_max, w->rho_0[i]);
  }
  memcpy(w->e.x, w->start, (size_t)w->e.members * n * sizeof *w->start);
}

static void sum_up(work *w, fhrl_iss_reach *out)
{
  const double *last = out->row + (size_t)(out->times - 1) * FHRL_ISS_REACH_COLUMNS;
  for (long i = 0; i < w->e.members; i++) {
    out->above += (w->above[i] & ABOVE) != 0;
    out->above_V += (w->above[i] & ABOVE_V) != 0;
    out->above_tight += (w->above[i] & ABOVE_TIGHT) != 0;
    out->failed += (w->above[i] & LOST) != 0;
  }
  out->tightness = last[FHRL_ISS_REACH_MOST] / last[FHRL_ISS_REACH_BOUND];
  out->tightness_V = last[FHRL_ISS_REACH_V] / fmin(last[FHRL_ISS_REACH_BOUND_V], last[FHRL_ISS_REACH_BOUND_TIGHT]);
}

static void finish(work *w)
{
  fhrl_ensemble_free(&w->e);
  free(w->start);
  free(w->above);
}

fhrl_status fhrl_iss_reach_find(fhrl_iss *iss, const fhrl_iss_sample *q, const fhrl_input *in,
  const fhrl_solver *solver, long starts, int threads, fhrl_iss_reach *out, fhrl_err *err)
{
  *out = (fhrl_iss_reach){.rate = FHRL_NAN, .level = FHRL_NAN, .tightness = FHRL_NAN, .tightness_V = FHRL_NAN};
  if (starts < 1) return FHRL_OK;
  fhrl_status status = FHRL_OK;
  work w = {.iss = iss, .q = q, .in = in, .solver = *solver, .threads = threads};
  fhrl_iss_reach r = *out;
  const int n = iss->view.s->n, times = held(in) ? TIMES : TIMES_VARYING;
  r.starts = affordable(iss->view.s, held(in) ? entries_held : entries_varying, starts);
  r.drawn = (int)(r.starts < FHRL_ISS_REACH_DRAWN ? r.starts : FHRL_ISS_REACH_DRAWN);
  r.t_end = fmin(solver->t_end, fhrl_input_end(in));
  w.error = 1e3 * (solver->rtol + solver->atol); // as along the orbits of the book
  FHRL_DO(status, fhrl_ensemble_init(&w.e, r.starts, n, 0, err));
  w.start = malloc((size_t)r.starts * ((size_t)n + 2) * sizeof *w.start);
  w.above = calloc((size_t)r.starts, 1);
  r.row = malloc((size_t)(times + 1) * (FHRL_ISS_REACH_COLUMNS + (size_t)r.drawn) * sizeof *r.row);
  if (w.start == NULL || w.above == NULL || r.row == NULL)
    FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %ld starts", r.starts));
  w.rho_0 = w.start + (size_t)r.starts * n;
  w.rho = w.rho_0 + r.starts;
  r.path = r.row + (size_t)(times + 1) * FHRL_ISS_REACH_COLUMNS;
  begin(&w, &r);
  find_bounds(&w, &r);
  record(&w, 0.0, &r);
  double from = 0.0;
  for (int k = 1; k <= times; k++) { // dense at the beginning, where it moves
    const double t = r.t_end * pow((double)k / times, 3.0);
    FHRL_DO(status, carry(&w, from, t, err));
    record(&w, t, &r);
    from = t;
  }
  sum_up(&w, &r);
done:
  finish(&w);
  if (status == FHRL_OK) *out = r;
  else fhrl_iss_reach_free(&r);
  return status;
}

void fhrl_iss_reach_free(fhrl_iss_reach *reach)
{
  free(reach->row);
  *reach = (fhrl_iss_reach){0};
}

fhrl_status fhrl_iss_reach_save(const fhrl_iss_reach *reach, const char *path, fhrl_err *err)
{
  static const char *const names[] = {
    "t", "rho_min", "rho_q05", "rho_median", "rho_q95", "rho_max", "V_max", "bound_rho", "bound_V", "bound_V_tight"};
  static const char *const units[] = {"time", "1", "1", "1", "1", "1", "1", "1", "1", "1"};
  fhrl_table t;
  FHRL_TRY(fhrl_table_begin(&t, path, "fhrl.iss.reach/1", names, units, FHRL_ISS_REACH_COLUMNS, err));
  for (int i = 0; i < reach->times; i++) fhrl_table_row(&t, reach->row + (size_t)i * FHRL_ISS_REACH_COLUMNS);
  for (int k = 0; k < reach->drawn; k++) {
    fhrl_table_break(&t); // of such a block t and the columns of rho alone say something: all are that member's
    for (int i = 0; i < reach->times; i++) {
      double row[FHRL_ISS_REACH_COLUMNS];
      for (int j = 0; j < FHRL_ISS_REACH_COLUMNS; j++) row[j] = FHRL_NAN;
      row[FHRL_ISS_REACH_T] = reach->row[(size_t)i * FHRL_ISS_REACH_COLUMNS];
      for (int j = FHRL_ISS_REACH_LEAST; j <= FHRL_ISS_REACH_MOST; j++)
        row[j] = reach->path[(size_t)i * reach->drawn + k];
      fhrl_table_row(&t, row);
    }
  }
  return fhrl_table_commit(&t, err);
}
