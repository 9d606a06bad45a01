// SPDX-License-Identifier: GPL-3.0-or-later
// equilibrium: rest states of a flow, rhs(x) = 0, or fixed points of a map, step(x) = x, under a held input
#include "analysis/equilibrium.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "base/dense.h"
#include "base/random.h"

enum { NEWTON_MAX = 100, HALVINGS = 30 };

const fhrl_field fhrl_equilibrium_fields[] = {
  {"starts", 400, "1", "random starts of Newton's method", FHRL_INT, 0, 1e7},
  {"limit", 100, "1", "most equilibria kept; more of them are probably a continuum", FHRL_INT, 1, 1e5},
  {"spread", 1, "state", "standard deviation of the starts, times 1/4, 1, 4, 16 in turn", FHRL_REAL, 0, 1e6, FHRL_OPEN_LOW},
  {"tolerance", 1e-11, "state", "largest residual of a root, times 1 + max |x|", FHRL_REAL, 0, 1, FHRL_OPEN_LOW},
  {"distinct", 1e-6, "state", "roots closer than this, times 1 + max |x|, are one", FHRL_REAL, 0, 1, FHRL_OPEN_LOW},
  {"seed", 1, "1", "of the starts", FHRL_INT, 0, 4294967295.0},
};
const int fhrl_equilibrium_field_count = FHRL_COUNT(fhrl_equilibrium_fields);

void fhrl_equilibrium_options(const fhrl_config *config, fhrl_equilibrium_plan *out)
{
  *out = (fhrl_equilibrium_plan){
    .starts = fhrl_config_int(config, "equilibria.starts"),
    .limit = fhrl_config_int(config, "equilibria.limit"),
    .spread = fhrl_config_real(config, "equilibria.spread"),
    .tolerance = fhrl_config_real(config, "equilibria.tolerance"),
    .distinct = fhrl_config_real(config, "equilibria.distinct"),
    .seed = (uint32_t)fhrl_config_real(config, "equilibria.seed"),
  };
}

// ---- Newton's method

typedef struct solver {
  fhrl_system *s;
  const fhrl_equilibrium_plan *plan;
  double t;
  int map;
  double *block;                          // owned: all below
  double *x, *F, *trial, *G, *step, *e, *J; // (n) each, e (2 n), J (n, n)
} solver;

static fhrl_status open_solver(solver *w, fhrl_system *s, const fhrl_equilibrium_plan *plan, double t, fhrl_err *err)
{
  const size_t n = (size_t)s->n;
  if (s->model->jvp == NULL)
    return fhrl_fail(err, FHRL_ARG, "model %s has no jvp, which Newton's method needs", s->model->name);
  *w = (solver){.s = s, .plan = plan, .t = t, .map = s->model->rhs == NULL, .block = malloc((7 * n + n * n) * sizeof *w->block)};
  if (w->block == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for Newton's method on %zu states", n);
  w->x = w->block;
  w->F = w->x + n;
  w->trial = w->F + n;
  w->G = w->trial + n;
  w->step = w->G + n;
  w->e = w->step + n;
  w->J = w->e + 2 * n;
  return FHRL_OK;
}

static double size_of(int n, const double v[])
{
  double size = 0.0;
  for (int i = 0; i < n; i++)
    if (!(fabs(v[i]) <= size)) size = fabs(v[i]); // a NaN comes through
  return size;
}

// F = rhs(x), or step(x) - x; returns its Euclidean norm, not finite if it cannot be had.
static double residual(const solver *w, const double x[], double F[])
{
  const fhrl_system *s = w->s;
  if ((w->map ? s->model->step : s->model->rhs)(s, w->t, x, F) != 0) return HUGE_VAL;
  for (int i = 0; w->map && i < s->n; i++) F[i] -= x[i];
  return fhrl_norm(s->n, F);
}

// J of F at w->x; 0 if it is not finite.
static int newton_matrix(const solver *w)
{
  const int n = w->s->n;
  if (fhrl_system_jacobian(w->s, w->t, w->x, w->e, w->J) != 0) return 0;
  for (int i = 0; w->map && i < n; i++) w->J[(size_t)i * n + i] -= 1.0;
  return isfinite(size_of(n * n, w->J));
}

// step = -F/J; a singular J is moved off its singularity by a little of the identity.
static int newton_step(const solver *w)
{
  const int n = w->s->n;
  if (fhrl_dense_solve(n, w->J, w->F, w->step, NULL) == FHRL_OK) return 1;
  const double shift = -1e-8 * (1.0 + size_of(n * n, w->J));
  for (int i = 0; i < n; i++) w->J[(size_t)i * n + i] += shift;
  return fhrl_dense_solve(n, w->J, w->F, w->step, NULL) == FHRL_OK;
}

static int is_root(const solver *w)
{
  return size_of(w->s->n, w->F) <= w->plan->tolerance * (1.0 + size_of(w->s->n, w->x));
}

// From w->x to a root in w->x; 1 if it got there. Each step is halved until the residual falls.
static int newton(const solver *w)
{
  const int n = w->s->n;
  double norm = residual(w, w->x, w->F);
  int polished = 0; // one more step after the tolerance is met is nearly free and squares the error
  for (int k = 0; k < NEWTON_MAX && isfinite(norm); k++) {
    const int root = is_root(w);
    if (root && polished++) return 1;
    if (!newton_matrix(w) || !newton_step(w)) return root;
    double part = 1.0, found = HUGE_VAL;
    for (int h = 0; h < HALVINGS && !(found < norm * (1.0 - 1e-4 * part)); h++, part *= 0.5) {
      for (int i = 0; i < n; i++) w->trial[i] = w->x[i] - part * w->step[i];
      found = residual(w, w->trial, w->G);
    }
    if (!(found < norm)) return root;
    memcpy(w->x, w->trial, (size_t)n * sizeof *w->x);
    memcpy(w->F, w->G, (size_t)n * sizeof *w->F);
    norm = found;
  }
  return isfinite(norm) && is_root(w);
}

// ---- what kind of equilibrium

static void classify(fhrl_equilibrium *q, int n, int map)
{
  const double scale = fmax(1.0, fmax(size_of(n, q->re), size_of(n, q->im))), tiny = 1e-8 * scale;
  int in = 0, out = 0, turning = 0, resting = 0;
  q->isolated = 1;
  for (int i = 0; i < n; i++) {
    const double growth = map ? hypot(q->re[i], q->im[i]) - 1.0 : q->re[i];
    const int on = fabs(growth) <= tiny, turns = fabs(q->im[i]) > tiny;
    if (hypot(q->re[i] - map, q->im[i]) <= tiny) q->isolated = 0; // the eigenvalue 0 (multiplier 1) of a continuum
    in += !on && growth < 0.0;
    out += !on && growth > 0.0;
    resting += on && !turns;
    turning += turns;
  }
  q->stable = in == n;
  if (in + out < n) q->kind = in + out == 0 && resting == 0 ? FHRL_EQUILIBRIUM_CENTRE : FHRL_EQUILIBRIUM_DEGENERATE;
  else if (in > 0 && out > 0) q->kind = FHRL_EQUILIBRIUM_SADDLE;
  else if (in > 0) q->kind = turning ? FHRL_EQUILIBRIUM_STABLE_FOCUS : FHRL_EQUILIBRIUM_STABLE_NODE;
  else q->kind = turning ? FHRL_EQUILIBRIUM_UNSTABLE_FOCUS : FHRL_EQUILIBRIUM_UNSTABLE_NODE;
  q->h_c = FHRL_NAN;
  if (map || !q->stable) return;
  q->h_c = HUGE_VAL;
  for (int i = 0; i < n; i++) {
    const double h = -2.0 * q->re[i] / (q->re[i] * q->re[i] + q->im[i] * q->im[i]);
    if (h >= q->h_c) continue;
    q->h_c = h;
    q->bifurcation = fabs(q->im[i]) > tiny ? "Neimark-Sacker" : "flip";
  }
}

static int known(const fhrl_equilibria *all, const solver *w)
{
  const int n = all->n;
  const double near = w->plan->distinct * (1.0 + size_of(n, w->x));
  for (int k = 0; k < all->count; k++) {
    double distance = 0.0;
    for (int i = 0; i < n; i++) distance = fmax(distance, fabs(all->item[k].x[i] - w->x[i]));
    if (distance <= near) return 1;
  }
  return 0;
}

static fhrl_status add(fhrl_equilibria *all, const solver *w, fhrl_err *err)
{
  const size_t n = (size_t)all->n;
  fhrl_equilibrium *q = &all->item[all->count];
  *q = (fhrl_equilibrium){.x = malloc(3 * n * sizeof *q->x)};
  if (q->x == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for an equilibrium");
  all->count++;
  q->re = q->x + n;
  q->im = q->re + n;
  const double nothing = 1e-14 * (1.0 + size_of(all->n, w->x)); // what rounding leaves of a zero
  for (size_t i = 0; i < n; i++) q->x[i] = fabs(w->x[i]) <= nothing ? 0.0 : w->x[i];
  q->residual = size_of(all->n, w->F);
  if (fhrl_system_jacobian(w->s, w->t, w->x, w->e, w->J) != 0)
    return fhrl_fail(err, FHRL_NUMERIC, "model %s: no Jacobian at an equilibrium", w->s->model->name);
  FHRL_TRY(fhrl_dense_eigenvalues(all->n, w->J, q->re, q->im, err));
  classify(q, all->n, w->map);
  return FHRL_OK;
}

// ---- many starts

static void place(const solver *w, int k, const double x0[])
{
  static const double widths[] = {0.25, 1.0, 4.0, 16.0};
  const size_t n = (size_t)w->s->n;
  const fhrl_random at = {.seed = w->plan->seed, .stream = FHRL_STREAM_START, .step = (uint32_t)k, .sequence = 1};
  if (k == 0 && x0) memcpy(w->x, x0, n * sizeof *w->x);
  else if (k <= 1) memset(w->x, 0, n * sizeof *w->x);
  else {
    fhrl_random_normal(at, 0, n, w->x);
    for (size_t i = 0; i < n; i++) w->x[i] *= w->plan->spread * widths[k % 4];
  }
}

// By distance from the origin, then by components, descending; rounding must not decide between mirror images.
static int before(int n, const double x[], const double y[])
{
  const double fine = 1e6, d = round(fine * fhrl_norm(n, x)) - round(fine * fhrl_norm(n, y));
  if (d != 0.0) return d < 0.0;
  for (int i = 0; i < n; i++) {
    const double c = round(fine * x[i]) - round(fine * y[i]);
    if (c != 0.0) return c > 0.0;
  }
  return 0;
}

static void sort(fhrl_equilibria *all)
{
  for (int k = 1; k < all->count; k++) {
    const fhrl_equilibrium q = all->item[k];
    int at = k;
    for (; at > 0 && before(all->n, q.x, all->item[at - 1].x); at--) all->item[at] = all->item[at - 1];
    all->item[at] = q;
  }
}

fhrl_status fhrl_equilibrium_find(fhrl_system *s, double t, const double u[], const fhrl_equilibrium_plan *plan,
  const double x0[], fhrl_equilibria *out, fhrl_err *err)
{
  solver w;
  fhrl_equilibria all = {.n = s->n, .starts = plan->starts + 2};
  s->u = u;
  FHRL_TRY(open_solver(&w, s, plan, t, err));
  fhrl_status status = FHRL_OK;
  all.item = calloc((size_t)plan->limit, sizeof *all.item);
  if (all.item == NULL) status = fhrl_fail(err, FHRL_NOMEM, "no memory for %d equilibria", plan->limit);
  for (int k = 0; k < all.starts && status == FHRL_OK; k++) {
    place(&w, k, x0);
    if (!newton(&w)) continue;
    all.converged++;
    if (known(&all, &w)) continue;
    if (all.count == plan->limit) all.more = 1;
    else status = add(&all, &w, err);
  }
  free(w.block);
  if (status != FHRL_OK) {
    fhrl_equilibrium_free(&all);
    return status;
  }
  sort(&all);
  *out = all;
  return FHRL_OK;
}

void fhrl_equilibrium_free(fhrl_equilibria *all)
{
  for (int i = 0; i < all->count; i++) free(all->item[i].x);
  free(all->item);
  *all = (fhrl_equilibria){0};
}

const char *fhrl_equilibrium_text(fhrl_equilibrium_kind kind)
{
  static const char *const text[] = {"stable node", "stable focus", "saddle", "unstable node", "unstable focus", "centre",
    "degenerate"};
  return text[kind];
}
