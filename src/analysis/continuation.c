// SPDX-License-Identifier: GPL-3.0-or-later
// continuation: branches of equilibria (of fixed points of a map) against a parameter, with their bifurcations
#include "analysis/continuation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/continuation_locate.h"
#include "analysis/equilibrium.h"
#include "analysis/newton.h"

enum { SOUGHT = 60 }; // starts, where x0 leads nowhere

const fhrl_field fhrl_continuation_fields[] = {
  {"parameter", 0, "", "real parameter of the model that is varied", FHRL_TEXT},
  {"low", 0, "parameter", "lower end of its range"},
  {"high", 0, "parameter", "upper end of its range"},
  {"from", 0, "", "FILE:LABEL, a labelled point of a branch.json to start from, or a folder with one; empty: from start.x0",
    FHRL_PATH},
  {"step", 0.01, "1", "first step of arclength: rms change of the state, and the parameter's over its range", FHRL_REAL, 0, 10,
    FHRL_OPEN_LOW},
  {"step_min", 1e-7, "1", "least step: a branch that needs a smaller one ends", FHRL_REAL, 0, 10, FHRL_OPEN_LOW},
  {"step_max", 0.05, "1", "greatest step", FHRL_REAL, 0, 10, FHRL_OPEN_LOW},
  {"points", 1000, "1", "most points to either side of a branch's start", FHRL_INT, 1, 1e6},
  {"branches", 8, "1", "most branches", FHRL_INT, 1, 1000},
  {"switch", 1, "", "take up the other branch at branch points", FHRL_FLAG},
  {"bound", 1e4, "state", "a branch ends where a component exceeds this", FHRL_REAL, 0, 1e12, FHRL_OPEN_LOW},
  {"tolerance", 1e-11, "state", "largest residual of a point, times 1 + max |x|", FHRL_REAL, 0, 1, FHRL_OPEN_LOW},
  {"dense", 200, "1", "states up to which matrices are formed; above, GMRES and Arnoldi", FHRL_INT, 0, 20000},
  {"leading", 10, "1", "above that: eigenvalues computed, those of largest growth", FHRL_INT, 1, 1000},
  {"show", 0, "", "ordinate of the figure: a state component, or norm; empty: the first component", FHRL_TEXT},
};
const int fhrl_continuation_field_count = FHRL_COUNT(fhrl_continuation_fields);

fhrl_status fhrl_continuation_options(const fhrl_config *config, fhrl_continuation_plan *out, fhrl_err *err)
{
  *out = (fhrl_continuation_plan){
    .parameter = fhrl_config_text(config, "continue.parameter"),
    .low = fhrl_config_real(config, "continue.low"),
    .high = fhrl_config_real(config, "continue.high"),
    .step = fhrl_config_real(config, "continue.step"),
    .step_min = fhrl_config_real(config, "continue.step_min"),
    .step_max = fhrl_config_real(config, "continue.step_max"),
    .bound = fhrl_config_real(config, "continue.bound"),
    .points = fhrl_config_int(config, "continue.points"),
    .branches = fhrl_config_int(config, "continue.branches"),
    .switching = fhrl_config_real(config, "continue.switch") != 0.0,
    .arc = {fhrl_config_int(config, "continue.dense"), fhrl_config_int(config, "continue.leading"),
      fhrl_config_real(config, "continue.tolerance")},
  };
  if (*out->parameter == '\0')
    return fhrl_fail(err, FHRL_ARG, "continue.parameter is not set: --set continue.parameter=NAME, with continue.low and "
                                    "continue.high");
  if (!fhrl_config_is_set(config, "continue.low") || !fhrl_config_is_set(config, "continue.high"))
    return fhrl_fail(err, FHRL_ARG, "the range of %s is not set: --set continue.low=A and --set continue.high=B", out->parameter);
  return FHRL_OK;
}

// A branch point whose other branch is still to be followed.
typedef struct fork {
  int branch, index; // where it is
  int met;           // how many branches are known to run through it
} fork;

typedef struct tracer {
  fhrl_arc arc;
  const fhrl_continuation_plan *plan;
  const fhrl_continuation_watch *watch;
  fhrl_continuation *all;
  fork *fork; // owned
  int forks, done;
  double *work; // owned; (2 (n + 1))
} tracer;

// ---- points of a branch

static fhrl_status append(tracer *w, int branch, const fhrl_continuation_point *p, fhrl_err *err)
{
  fhrl_continuation_branch *b = &w->all->branch[branch];
  const size_t m = (size_t)w->arc.n + 1;
  if (b->count == b->room) {
    const int room = b->room ? 2 * b->room : 64;
    fhrl_continuation_point *point = realloc(b->point, (size_t)room * sizeof *point);
    if (point == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d points of a branch", room);
    b->point = point;
    b->room = room;
  }
  fhrl_continuation_point q = *p;
  q.z = malloc(2 * m * sizeof *q.z);
  if (q.z == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a point of a branch");
  q.tangent = q.z + m;
  memcpy(q.z, p->z, m * sizeof *q.z);
  memcpy(q.tangent, p->tangent, m * sizeof *q.tangent);
  b->point[b->count++] = q;
  return FHRL_OK;
}

static fhrl_continuation_point plain_point(tracer *w, const fhrl_continuation_locate_point *p)
{
  fhrl_continuation_point q = {.kind = FHRL_CONTINUATION_REGULAR, .unstable = p->unstable, .stable = p->unstable == 0,
    .z = p->z, .tangent = p->tangent, .parameter = w->arc.scale * p->z[w->arc.n]};
  for (int k = 0; k < 2; k++) { // an end of the range is met exactly
    const double end = k ? w->arc.high : w->arc.low;
    if (fabs(q.parameter - end) < 1e-15 * w->arc.scale) q.parameter = end;
  }
  q.re = p->re[0];
  q.im = p->im[0];
  q.residual = fhrl_arc_residual(&w->arc, p->z);
  return q;
}

static int same_place(const tracer *w, const double a[], const double b[])
{
  double far = 0.0;
  for (int i = 0; i <= w->arc.n; i++) far = fmax(far, fabs(a[i] - b[i]) / (1.0 + fabs(a[i])));
  return far < 1e-5;
}

// A branch point already met, by another branch or at this branch's own birth.
static fork *known_fork(tracer *w, const double z[])
{
  for (int k = 0; k < w->forks; k++)
    if (same_place(w, w->all->branch[w->fork[k].branch].point[w->fork[k].index].z, z)) return &w->fork[k];
  return NULL;
}

typedef struct collector {
  tracer *w;
  int branch;
} collector;

static fhrl_status collect(void *context, const fhrl_continuation_point *special, fhrl_err *err)
{
  const collector *c = context;
  return append(c->w, c->branch, special, err);
}

// ---- one side of a branch

typedef enum outcome { GOES_ON, ENDS } outcome;

// From p along its tangent by the step: a converged neighbour in next, *newton = -1 if the step is too long. Off a branch
// point (fresh) the direction is only one across the old branch, which the new one need not keep.
static fhrl_status advance(tracer *w, const fhrl_continuation_locate_point *p, double step, int fresh,
  fhrl_continuation_locate_point *next, int *newton, fhrl_err *err)
{
  fhrl_arc *a = &w->arc;
  int ok;
  for (int i = 0; i <= a->n; i++) next->z[i] = p->z[i] + step * p->tangent[i];
  *newton = fhrl_arc_correct(a, p->z, p->tangent, step, next->z);
  if (*newton < 0) return FHRL_OK;
  FHRL_TRY(fhrl_continuation_locate_complete(a, p->tangent, next, &ok, err));
  // a sharp turn, or a correction as long as the step: perhaps another branch
  double off = 0.0;
  for (int i = 0; i <= a->n; i++) w->work[i] = next->z[i] - p->z[i] - step * p->tangent[i];
  off = sqrt(fhrl_arc_dot(a, w->work, w->work));
  if (!ok || fhrl_arc_dot(a, p->tangent, next->tangent) < (fresh ? 0.05 : 0.97) || off > (fresh ? 20.0 : 0.5) * step)
    *newton = -1;
  return FHRL_OK;
}

// The point of the last step where the parameter is at the end of its range.
static fhrl_status stop_at_end(tracer *w, const fhrl_continuation_locate_point *p, double q,
  fhrl_continuation_locate_point *next, int *ok, fhrl_err *err)
{
  fhrl_arc *a = &w->arc;
  double *only_q = w->work, *from = only_q + a->n + 1;
  const double part = (q - p->z[a->n]) / (next->z[a->n] - p->z[a->n]);
  memset(only_q, 0, (size_t)a->n * sizeof *only_q);
  only_q[a->n] = 1.0;
  for (int i = 0; i <= a->n; i++) from[i] = next->z[i] = p->z[i] + part * (next->z[i] - p->z[i]);
  from[a->n] = next->z[a->n] = q;
  *ok = fhrl_arc_correct(a, from, only_q, 0.0, next->z) >= 0;
  if (*ok) FHRL_TRY(fhrl_continuation_locate_complete(a, p->tangent, next, ok, err));
  return FHRL_OK;
}

// Whether the step from p to next passed the start of this side, as it does on a closed curve.
static int closes(const tracer *w, const fhrl_continuation_locate_point *p, const fhrl_continuation_locate_point *next,
  const double start[], const double tangent[])
{
  const fhrl_arc *a = &w->arc;
  double *off = w->work;
  for (int i = 0; i <= a->n; i++) off[i] = start[i] - p->z[i];
  const double along = fhrl_arc_dot(a, off, p->tangent), away = sqrt(fhrl_arc_dot(a, off, off));
  for (int i = 0; i <= a->n; i++) off[i] = next->z[i] - p->z[i];
  const double step = sqrt(fhrl_arc_dot(a, off, off));
  return along > 0.0 && along <= step && sqrt(fmax(away * away - along * along, 0.0)) < 0.1 * step &&
         fhrl_arc_dot(a, tangent, p->tangent) > 0.9;
}

static fhrl_status end_here(tracer *w, int branch, const char *why)
{
  fhrl_continuation_branch *b = &w->all->branch[branch];
  fhrl_continuation_point *last = &b->point[b->count - 1];
  if (last->kind == FHRL_CONTINUATION_REGULAR || last->kind == FHRL_CONTINUATION_START) last->kind = FHRL_CONTINUATION_END;
  last->why = why;
  return FHRL_OK;
}

// One step of a side: p moves on. fresh: p is a branch point, where nothing can be told yet.
static fhrl_status follow(tracer *w, int branch, fhrl_continuation_locate_point *p, fhrl_continuation_locate_point *next,
  double *step, int fresh, outcome *what, fhrl_err *err)
{
  fhrl_arc *a = &w->arc;
  const fhrl_continuation_plan *plan = w->plan;
  collector c = {w, branch};
  int newton, ok = 1;
  *what = ENDS;
  for (;;) {
    FHRL_TRY(advance(w, p, *step, fresh, next, &newton, err));
    if (newton >= 0) break;
    *step *= 0.5;
    if (*step < plan->step_min) return end_here(w, branch, "no further point could be had: the least step was reached");
  }
  const double q = next->z[a->n], low = a->low / a->scale, high = a->high / a->scale;
  const char *why = NULL;
  if (q < low || q > high) {
    FHRL_TRY(stop_at_end(w, p, q < low ? low : high, next, &ok, err));
    why = "the end of the parameter's range";
  } else if (fhrl_norm_max(a->n, next->z) > plan->bound) why = "a component exceeds continue.bound";
  if (!ok) return end_here(w, branch, why);
  if (!fresh) FHRL_TRY(fhrl_continuation_locate_between(a, p, next, collect, &c, err));
  const fhrl_continuation_point here = plain_point(w, next);
  FHRL_TRY(append(w, branch, &here, err));
  const fhrl_continuation_locate_point old = *p;
  *p = *next;
  *next = old;
  if (why) return end_here(w, branch, why);
  if (newton <= 3) *step = fmin(1.4 * *step, plan->step_max);
  else if (newton > 6) *step *= 0.7;
  *what = GOES_ON;
  return FHRL_OK;
}

// The side of a branch that begins at p (which is in the branch already) and runs along p->tangent.
static fhrl_status trace(tracer *w, int branch, fhrl_continuation_locate_point *p, int fresh, fhrl_err *err)
{
  fhrl_arc *a = &w->arc;
  const size_t size = (size_t)(a->n + 1) * sizeof *p->z;
  fhrl_continuation_locate_point next;
  double step = w->plan->step;
  outcome what = GOES_ON;
  fhrl_status status = FHRL_OK;
  double *start = malloc(2 * size);
  if (start == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a branch of %d states", a->n);
  double *tangent = start + a->n + 1;
  memcpy(start, p->z, size);
  memcpy(tangent, p->tangent, size);
  FHRL_DO(status, fhrl_continuation_locate_make(a, &next, err));
  for (int k = 0; k < w->plan->points && what == GOES_ON; k++) {
    if (w->watch->stop && *w->watch->stop) {
      w->all->interrupted = 1;
      status = end_here(w, branch, "interrupted");
      break;
    }
    if (k == w->plan->points - 1) {
      status = end_here(w, branch, "continue.points are used up");
      break;
    }
    FHRL_DO(status, follow(w, branch, p, &next, &step, fresh && k == 0, &what, err));
    // after the swap next is the point before p
    if (k > 3 && what == GOES_ON && closes(w, &next, p, start, tangent)) {
      status = end_here(w, branch, "the branch closes");
      break;
    }
    if (w->watch->progress) w->watch->progress(w->watch->context, k + 1.0, a->scale * p->z[a->n]);
  }
done:
  fhrl_continuation_locate_drop(&next);
  free(start);
  return status;
}

// ---- whole branches

static fhrl_status new_branch(tracer *w, int parent, int *index, fhrl_err *err)
{
  fhrl_continuation *all = w->all;
  fhrl_continuation_branch *branch = realloc(all->branch, (size_t)(all->branches + 1) * sizeof *branch);
  if (branch == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d branches", all->branches + 1);
  all->branch = branch;
  *index = all->branches++;
  branch[*index] = (fhrl_continuation_branch){.parent = parent};
  return FHRL_OK;
}

// The first side of a branch ends up before its start: the tangents keep pointing along the whole of it.
static void reverse(const tracer *w, fhrl_continuation_branch *b)
{
  for (int i = 0; i < b->count / 2; i++) {
    const fhrl_continuation_point p = b->point[i];
    b->point[i] = b->point[b->count - 1 - i];
    b->point[b->count - 1 - i] = p;
  }
  for (int i = 0; i < b->count; i++)
    for (int k = 0; k <= w->arc.n; k++) b->point[i].tangent[k] = -b->point[i].tangent[k];
}

// Labels in the order of the branch; its branch points join the forks.
static fhrl_status label(tracer *w, int index, fhrl_err *err)
{
  fhrl_continuation_branch *b = &w->all->branch[index];
  for (int i = 0; i < b->count; i++) {
    fhrl_continuation_point *p = &b->point[i];
    if (p->kind == FHRL_CONTINUATION_REGULAR) continue;
    p->label = ++w->all->labels;
    if (p->kind != FHRL_CONTINUATION_BRANCH) continue;
    fork *before = known_fork(w, p->z);
    if (before) {
      before->met++;
      p->again = w->all->branch[before->branch].point[before->index].label;
      continue;
    }
    fork *more = realloc(w->fork, (size_t)(w->forks + 1) * sizeof *more);
    if (more == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d branch points", w->forks + 1);
    w->fork = more;
    w->fork[w->forks++] = (fork){.branch = index, .index = i, .met = 1};
  }
  return FHRL_OK;
}

// A branch through z (n + 1) along the unit direction t: first against it, then along. kind: of z itself.
static fhrl_status draw(tracer *w, int parent, const double z[], const double t[], fhrl_continuation_kind kind, fhrl_err *err)
{
  fhrl_arc *a = &w->arc;
  const size_t size = (size_t)(a->n + 1) * sizeof *z;
  const int fresh = kind == FHRL_CONTINUATION_BRANCH;
  fhrl_continuation_locate_point p;
  int index = 0, ok = 1;
  fhrl_status status = FHRL_OK;
  FHRL_TRY(new_branch(w, parent, &index, err));
  FHRL_TRY(fhrl_continuation_locate_make(a, &p, err));
  for (int side = 0; side < 2 && !w->all->interrupted; side++) {
    memcpy(p.z, z, size);
    if (fresh) FHRL_DO(status, fhrl_arc_spectrum(a, z, p.re, p.im, &p.values, err));
    else FHRL_DO(status, fhrl_continuation_locate_complete(a, t, &p, &ok, err));
    if (!ok || fresh) memcpy(p.tangent, t, size);
    if (side == 0) {
      for (int i = 0; i <= a->n; i++) p.tangent[i] = -p.tangent[i];
      fhrl_continuation_point first = plain_point(w, &p);
      first.kind = fresh ? FHRL_CONTINUATION_BRANCH : FHRL_CONTINUATION_START;
      if (fresh) first.stable = 2;
      FHRL_DO(status, append(w, index, &first, err));
    }
    FHRL_DO(status, trace(w, index, &p, fresh, err));
    fhrl_continuation_branch *b = &w->all->branch[index];
    const char *why = b->point[b->count - 1].why;
    if (side == 0) reverse(w, b);
    if (side == 0 && why && strcmp(why, "the branch closes") == 0) break;
  }
  status = label(w, index, err);
done:
  fhrl_continuation_locate_drop(&p);
  return status;
}

// The other branch of every branch point that no second branch has come through yet.
static fhrl_status draw_forks(tracer *w, fhrl_err *err)
{
  fhrl_arc *a = &w->arc;
  double *z = malloc(3 * (size_t)(a->n + 1) * sizeof *z), *t1, *t2;
  if (z == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a branch of %d states", a->n);
  t1 = z + a->n + 1;
  t2 = t1 + a->n + 1;
  fhrl_status status = FHRL_OK;
  for (; w->done < w->forks && !w->all->interrupted; w->done++) {
    const fork f = w->fork[w->done];
    if (f.met > 1) continue;
    if (!w->plan->switching || w->all->branches >= w->plan->branches) {
      w->all->more++;
      continue;
    }
    const fhrl_continuation_point *p = &w->all->branch[f.branch].point[f.index];
    const int parent = p->label;
    memcpy(z, p->z, (size_t)(a->n + 1) * sizeof *z);
    memcpy(t1, p->tangent, (size_t)(a->n + 1) * sizeof *t1);
    if (!fhrl_arc_second(a, z, t1, t2)) {
      w->all->more++;
      continue;
    }
    FHRL_DO(status, draw(w, parent, z, t2, FHRL_CONTINUATION_BRANCH, err));
  }
done:
  free(z);
  return status;
}

// x (n) to the nearest of some equilibria that starts elsewhere lead to, at the parameter that a has. 0: there is none.
static int nearest(tracer *w, double x[])
{
  const fhrl_arc *a = &w->arc;
  const fhrl_equilibrium_plan plan = {.starts = SOUGHT, .limit = SOUGHT, .spread = 1.0, .tolerance = a->plan.tolerance,
    .distinct = 1e-6, .method = a->dense ? FHRL_EQUILIBRIUM_DENSE : FHRL_EQUILIBRIUM_KRYLOV,
    .dense = a->plan.dense > 0 ? a->plan.dense : 1, .leading = a->plan.leading, .seed = 1};
  const fhrl_equilibrium_watch watch = {.stop = w->watch->stop};
  fhrl_equilibria all;
  double least = HUGE_VAL;
  int at = -1;
  if (fhrl_equilibrium_find(a->s, a->t, a->u, &plan, NULL, &watch, &all, NULL) != FHRL_OK) return 0;
  for (int k = 0; k < all.count; k++) {
    double square = 0.0;
    for (int i = 0; i < a->n; i++) square += (all.item[k].x[i] - x[i]) * (all.item[k].x[i] - x[i]);
    if (square >= least) continue;
    least = square;
    at = k;
  }
  if (at >= 0) memcpy(x, all.item[at].x, (size_t)a->n * sizeof *x);
  w->all->sought = all.count;
  fhrl_equilibrium_free(&all);
  return at >= 0;
}

// The equilibrium at the start, by Newton's method in x at the given parameter, or by the labelled point's own tangent.
static fhrl_status settle(tracer *w, const fhrl_continuation_start *start, double z[], double t[], fhrl_err *err)
{
  fhrl_arc *a = &w->arc;
  const int n = a->n;
  const double q = start->parameter / a->scale;
  memcpy(z, start->x, (size_t)n * sizeof *z);
  z[n] = q;
  if (start->tangent) {
    double *from = w->work;
    const double norm = sqrt(fhrl_arc_dot(a, start->tangent, start->tangent));
    for (int i = 0; i <= n; i++) t[i] = start->tangent[i] / norm;
    memcpy(from, z, (size_t)(n + 1) * sizeof *from);
    if (fhrl_arc_correct(a, from, t, 0.0, z) >= 0 || start->fork) return FHRL_OK;
  } else {
    fhrl_newton newton;
    fhrl_arc_residual(a, z); // sets the parameter
    FHRL_TRY(fhrl_newton_init(&newton, a->s, a->t, a->plan.tolerance, !a->dense, err));
    const int found = fhrl_newton_solve(&newton, z);
    fhrl_newton_free(&newton);
    memset(t, 0, (size_t)n * sizeof *t);
    t[n] = 1.0;
    if (found) return FHRL_OK;
  }
  const double residual = fhrl_arc_residual(a, z);
  char other[160] = "; is the label of this model, with these parameters?";
  if (start->tangent == NULL) {
    memcpy(z, start->x, (size_t)n * sizeof *z);
    if (nearest(w, z)) return FHRL_OK;
    snprintf(other, sizeof other, ", and %d other starts led to none; give one near it with --x0, or begin at another "
      "value, --param %s=VALUE", SOUGHT, a->field->name);
  }
  return fhrl_fail(err, FHRL_NUMERIC, "no equilibrium of %s at the start, %s = %.9g: Newton's method stopped at a residual of "
    "%.3g%s", a->s->model->name, a->field->name, start->parameter, residual, other);
}

static fhrl_status run(tracer *w, const fhrl_continuation_start *start, fhrl_err *err)
{
  fhrl_arc *a = &w->arc;
  const size_t m = (size_t)a->n + 1;
  if (start->parameter < a->low || start->parameter > a->high)
    return fhrl_fail(err, FHRL_ARG, "the start has %s = %.9g, outside the range from continue.low = %g to continue.high = %g",
      a->field->name, start->parameter, a->low, a->high);
  double *z = malloc(3 * m * sizeof *z), *t = z + m, *other = t + m;
  if (z == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a branch of %d states", a->n);
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, settle(w, start, z, t, err));
  if (start->fork) {
    if (!fhrl_arc_second(a, z, t, other))
      FHRL_DO(status, fhrl_fail(err, FHRL_NUMERIC, "no other branch at this branch point: its kernel was not found"));
    FHRL_DO(status, draw(w, 0, z, other, FHRL_CONTINUATION_BRANCH, err));
    fork *own = known_fork(w, z);
    if (own) own->met = 2; // the branch that it was found on is in the other file
  } else FHRL_DO(status, draw(w, 0, z, t, FHRL_CONTINUATION_START, err));
  FHRL_DO(status, draw_forks(w, err));
done:
  free(z);
  return status;
}

fhrl_status fhrl_continuation_run(const fhrl_system *s, double t, const double u[], const fhrl_continuation_plan *plan,
  const fhrl_continuation_start *start, const fhrl_continuation_watch *watch, fhrl_continuation *out, fhrl_err *err)
{
  static const fhrl_continuation_watch nobody = {NULL};
  fhrl_continuation all = {.n = s->n, .low = plan->low, .high = plan->high};
  tracer w = {.plan = plan, .watch = watch ? watch : &nobody, .all = &all};
  fhrl_status status = FHRL_OK;
  snprintf(all.parameter, sizeof all.parameter, "%s", plan->parameter);
  FHRL_DO(status, fhrl_arc_init(&w.arc, s, t, u, plan->parameter, plan->low, plan->high, &plan->arc, err));
  w.work = malloc(2 * (size_t)(s->n + 1) * sizeof *w.work);
  if (w.work == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for a branch of %d states", s->n));
  FHRL_DO(status, run(&w, start, err));
  *out = all;
done:
  fhrl_arc_free(&w.arc);
  free(w.fork);
  free(w.work);
  if (status != FHRL_OK) fhrl_continuation_free(&all);
  return status;
}

void fhrl_continuation_free(fhrl_continuation *c)
{
  for (int k = 0; k < c->branches; k++) {
    for (int i = 0; i < c->branch[k].count; i++) free(c->branch[k].point[i].z);
    free(c->branch[k].point);
  }
  free(c->branch);
  *c = (fhrl_continuation){0};
}

const char *fhrl_continuation_text(fhrl_continuation_kind kind)
{
  static const char *const text[] = {"", "start", "end", "fold", "branch point", "Hopf", "flip", "Neimark-Sacker"};
  return text[kind];
}
