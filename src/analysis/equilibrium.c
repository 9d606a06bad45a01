// SPDX-License-Identifier: GPL-3.0-or-later
// equilibrium: rest states of a flow, rhs(x) = 0, or fixed points of a map, step(x) = x, under a held input
#include "analysis/equilibrium.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/continuum.h"
#include "analysis/equilibrium_kind.h"
#include "base/random.h"

const fhrl_field fhrl_equilibrium_fields[] = {
  {"starts", 400, "1", "random starts of Newton's method", FHRL_INT, 0, 1e7},
  {"deflated", 40, "1", "further starts, with the roots found so far deflated", FHRL_INT, 0, 1e7},
  {"limit", 100, "1", "most equilibria kept; of more than that the list ends there", FHRL_INT, 1, 1e5},
  {"spread", 1, "state", "standard deviation of the starts, times 1/4, 1, 4, 16 in turn", FHRL_REAL, 0, 1e6, FHRL_OPEN_LOW},
  {"tolerance", 1e-11, "state", "largest residual of a root, times 1 + max |x|", FHRL_REAL, 0, 1, FHRL_OPEN_LOW},
  {"distinct", 1e-6, "state", "roots closer than this, times 1 + max |x|, are one", FHRL_REAL, 0, 1, FHRL_OPEN_LOW},
  {"method", FHRL_EQUILIBRIUM_AUTO, "", "Newton's method with a dense Jacobian or Newton-Krylov; auto: krylov above 300 states",
    FHRL_CHOICE, .choices = "auto|dense|krylov"},
  {"dense", 2000, "1", "states up to which all eigenvalues are computed", FHRL_INT, 1, 20000},
  {"leading", 12, "1", "above that: eigenvalues from each end of the spectrum", FHRL_INT, 1, 1000},
  {"seed", 1, "1", "of the starts", FHRL_INT, 0, 4294967295.0},
};
const int fhrl_equilibrium_field_count = FHRL_COUNT(fhrl_equilibrium_fields);

void fhrl_equilibrium_options(const fhrl_config *config, fhrl_equilibrium_plan *out)
{
  *out = (fhrl_equilibrium_plan){
    .starts = fhrl_config_int(config, "equilibria.starts"),
    .deflated = fhrl_config_int(config, "equilibria.deflated"),
    .limit = fhrl_config_int(config, "equilibria.limit"),
    .spread = fhrl_config_real(config, "equilibria.spread"),
    .tolerance = fhrl_config_real(config, "equilibria.tolerance"),
    .distinct = fhrl_config_real(config, "equilibria.distinct"),
    .method = (fhrl_equilibrium_method)fhrl_config_int(config, "equilibria.method"),
    .dense = fhrl_config_int(config, "equilibria.dense"),
    .leading = fhrl_config_int(config, "equilibria.leading"),
    .seed = (uint32_t)fhrl_config_real(config, "equilibria.seed"),
  };
}

// What one search carries.
typedef struct search {
  fhrl_newton newton;
  fhrl_continuum beside; // of the dense method; else zeroed
  const fhrl_equilibrium_plan *plan;
  fhrl_equilibria *all;
  double *x, *work;    // owned by x; (n) where Newton's method is, (4 n)
  const double **root; // owned; (limit) the states of the roots
} search;

static double distance(const search *w, const double x[], const double y[])
{
  double size = 0.0;
  if (w->beside.w) return fhrl_continuum_distance(&w->beside, x, y);
  for (int i = 0; i < w->all->n; i++) size = fmax(size, fabs(x[i] - y[i]));
  return size;
}

// The equilibrium that stands for the root x, which lies on a continuum of m dimensions (0: on none); NULL.
static fhrl_equilibrium *known(search *w, int m)
{
  fhrl_equilibria *all = w->all;
  const double near = w->plan->distinct * (1.0 + fhrl_norm_max(all->n, w->x));
  for (int k = 0; k < all->count; k++)
    if (distance(w, w->root[k], w->x) <= near) return &all->item[k];
  for (int k = 0; k < all->count && m > 0; k++)
    if (all->item[k].dimension == m && fhrl_continuum_leads(&w->beside, m, w->x, w->root[k])) return &all->item[k];
  return NULL;
}

// Stable in all directions but those of its continuum, whose eigenvalues are 0 (multipliers 1).
static int attracts(const fhrl_equilibrium *q, int map)
{
  int in = 0;
  for (int i = 0; i < q->eigenvalues; i++) in += (map ? hypot(q->re[i], q->im[i]) - 1.0 : q->re[i]) < -1e-8;
  return q->stable || (q->dimension > 0 && in == q->eigenvalues - q->dimension);
}

static fhrl_status add(search *w, int m, fhrl_err *err)
{
  fhrl_equilibria *all = w->all;
  if (w->beside.phases > 0) fhrl_continuum_unwind(&w->beside, w->x);
  const double nothing = 1e-14 * (1.0 + fhrl_norm_max(all->n, w->x)), residual = fhrl_norm_max(all->n, w->newton.F);
  for (int i = 0; i < all->n; i++)
    if (fabs(w->x[i]) <= nothing) w->x[i] = 0.0; // what rounding leaves of a zero
  FHRL_TRY(fhrl_equilibrium_kind_find(&w->newton, w->plan, w->x, &all->item[all->count], err));
  fhrl_equilibrium *q = &all->item[all->count];
  q->residual = residual;
  q->dimension = m;
  q->attracts = attracts(q, w->newton.map);
  q->reached = 1;
  w->root[all->count] = all->item[all->count].x;
  all->count++;
  return FHRL_OK;
}

// ---- many starts

static void place(const search *w, int k, const double x0[])
{
  static const double widths[] = {0.25, 1.0, 4.0, 16.0};
  const size_t n = (size_t)w->all->n;
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

// 1 where F is 0 at x alone, by convention, and jumps beside it: nothing rests there. F off x must be what J says.
static int jumps(search *w)
{
  const size_t n = (size_t)w->all->n;
  const double off = 1e-9 * (1.0 + fhrl_norm_max((int)n, w->x));
  double *beside = w->work, *d = beside + n, *F = d + n, *Jd = F + n;
  fhrl_random_normal((fhrl_random){.seed = 1, .stream = FHRL_STREAM_START, .sequence = 4}, 0, n, d);
  const double scale = off / fhrl_norm((int)n, d);
  for (size_t i = 0; i < n; i++) {
    d[i] *= scale;
    beside[i] = w->x[i] + d[i];
  }
  if (!isfinite(fhrl_newton_residual(&w->newton, beside, F)) || fhrl_newton_product(&w->newton, w->x, d, Jd) != 0) return 1;
  for (size_t i = 0; i < n; i++) F[i] -= Jd[i];
  return fhrl_norm_max((int)n, F) > 1e5 * off;
}

static fhrl_status try_start(search *w, int k, const double x0[], fhrl_err *err)
{
  fhrl_equilibria *all = w->all;
  place(w, k, x0);
  if (!fhrl_newton_solve(&w->newton, w->x)) return FHRL_OK;
  all->converged++;
  fhrl_equilibrium *q = known(w, 0);
  if (q == NULL && jumps(w)) return FHRL_OK;
  const int m = q == NULL && w->beside.w ? fhrl_continuum_dimension(&w->beside, w->x) : 0;
  if (m > 0) q = known(w, m);
  if (q) {
    q->reached++;
    return FHRL_OK;
  }
  if (all->count == w->plan->limit) {
    all->more = 1;
    return FHRL_OK;
  }
  all->deflated += w->newton.deflated > 0;
  return add(w, m, err);
}

static int continuum(const fhrl_equilibria *all)
{
  for (int k = 0; k < all->count; k++)
    if (!all->item[k].isolated) return 1;
  return all->more;
}

// Plain starts, then deflated ones from places of their own: but not where a continuum would be peeled off point by point.
static fhrl_status run(search *w, const double x0[], const fhrl_equilibrium_watch *watch, fhrl_err *err)
{
  fhrl_equilibria *all = w->all;
  const int plain = w->plan->starts + 2, total = plain + w->plan->deflated;
  for (int k = 0; k < total; k++) {
    if (watch && watch->stop && *watch->stop) {
      all->interrupted = 1;
      return FHRL_OK;
    }
    if (k >= plain && continuum(all)) break;
    w->newton.deflated = k >= plain ? all->count : 0;
    w->newton.root = w->root;
    all->starts++;
    FHRL_TRY(try_start(w, k, x0, err));
    if (watch && watch->progress) watch->progress(watch->context, k + 1.0, total);
  }
  return FHRL_OK;
}

fhrl_status fhrl_equilibrium_find(fhrl_system *s, double t, const double u[], const fhrl_equilibrium_plan *plan,
  const double x0[], const fhrl_equilibrium_watch *watch, fhrl_equilibria *out, fhrl_err *err)
{
  fhrl_equilibria all = {.n = s->n};
  search w = {.plan = plan, .all = &all};
  fhrl_status status = FHRL_OK;
  const int krylov = plan->method == FHRL_EQUILIBRIUM_AUTO ? s->n > FHRL_EQUILIBRIUM_NEWTON
                                                           : plan->method == FHRL_EQUILIBRIUM_KRYLOV;
  s->u = u;
  FHRL_DO(status, fhrl_newton_init(&w.newton, s, t, plan->tolerance, krylov, err));
  if (!krylov) FHRL_DO(status, fhrl_continuum_init(&w.beside, &w.newton, err));
  all.phases = w.beside.phases;
  all.item = calloc((size_t)plan->limit, sizeof *all.item);
  w.root = calloc((size_t)plan->limit, sizeof *w.root);
  w.x = malloc(5 * (size_t)s->n * sizeof *w.x);
  if (all.item == NULL || w.root == NULL || w.x == NULL)
    FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d equilibria", plan->limit));
  w.work = w.x + s->n;
  FHRL_DO(status, run(&w, x0, watch, err));
  sort(&all);
  *out = all;
done:
  free(w.x);
  free(w.root);
  fhrl_continuum_free(&w.beside);
  fhrl_newton_free(&w.newton);
  if (status != FHRL_OK) fhrl_equilibrium_free(&all);
  return status;
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
