// SPDX-License-Identifier: GPL-3.0-or-later
// equilibrium_kind: eigenvalues of an equilibrium and what follows from them: kind, stability, h_c
#include "analysis/equilibrium_kind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/arnoldi.h"
#include "analysis/metrics.h"
#include "base/dense.h"

enum { CONFIRMATIONS = 20 };
static const double arnoldi_tolerance = 1e-10;

// h_c and its bifurcation from one more eigenvalue, if that is met first.
static void limit_step(fhrl_equilibrium *q, double re, double im, double tiny)
{
  const double h = -2.0 * re / (re * re + im * im);
  if (h >= q->h_c) return;
  q->h_c = h;
  q->bifurcation = fabs(im) > tiny ? "Neimark-Sacker" : "flip";
}

static double boundary(const fhrl_equilibrium *q)
{
  return 1e-8 * fmax(1.0, fmax(fhrl_norm_max(q->eigenvalues, q->re), fhrl_norm_max(q->eigenvalues, q->im)));
}

void fhrl_equilibrium_kind_classify(fhrl_equilibrium *q, int map)
{
  const double tiny = boundary(q);
  int in = 0, out = 0, turning = 0, resting = 0;
  q->isolated = 1;
  for (int i = 0; i < q->eigenvalues; i++) {
    const double growth = map ? hypot(q->re[i], q->im[i]) - 1.0 : q->re[i];
    const int on = fabs(growth) <= tiny, turns = fabs(q->im[i]) > tiny;
    if (hypot(q->re[i] - map, q->im[i]) <= tiny) q->isolated = 0; // the eigenvalue 0 (multiplier 1) of a continuum
    in += !on && growth < 0.0;
    out += !on && growth > 0.0;
    resting += on && !turns;
    turning += turns;
  }
  q->stable = in == q->eigenvalues;
  if (in + out < q->eigenvalues)
    q->kind = in + out == 0 && resting == 0 ? FHRL_EQUILIBRIUM_CENTRE : FHRL_EQUILIBRIUM_DEGENERATE;
  else if (in > 0 && out > 0) q->kind = FHRL_EQUILIBRIUM_SADDLE;
  else if (in > 0) q->kind = turning ? FHRL_EQUILIBRIUM_STABLE_FOCUS : FHRL_EQUILIBRIUM_STABLE_NODE;
  else q->kind = turning ? FHRL_EQUILIBRIUM_UNSTABLE_FOCUS : FHRL_EQUILIBRIUM_UNSTABLE_NODE;
  q->h_c = FHRL_NAN;
  q->bifurcation = NULL;
  if (map || !q->stable) return;
  q->h_c = HUGE_VAL;
  for (int i = 0; i < q->eigenvalues; i++) limit_step(q, q->re[i], q->im[i], tiny);
}

// ---- the spectrum, whole or in part

static fhrl_status whole(const fhrl_newton *w, fhrl_equilibrium *q, fhrl_err *err)
{
  const size_t n = (size_t)w->s->n;
  fhrl_status status = FHRL_OK;
  double *J = malloc((n * n + 2 * n) * sizeof *J);
  if (J == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the Jacobian of %zu states", n);
  if (!fhrl_newton_matrix(w, q->x, J))
    FHRL_DO(status, fhrl_fail(err, FHRL_NUMERIC, "model %s: no Jacobian at an equilibrium", w->s->model->name));
  FHRL_DO(status, fhrl_dense_condition((int)n, J, &q->condition, err));
  for (size_t i = 0; w->map && i < n; i++) J[i * n + i] += 1.0;
  FHRL_DO(status, fhrl_dense_eigenvalues((int)n, J, q->re, q->im, err));
  q->eigenvalues = (int)n;
done:
  free(J);
  return status;
}

typedef struct product_at {
  const fhrl_newton *w;
  const double *x;
  double h; // 0: the Jacobian itself; else 1 + h J
} product_at;

static int multiply(void *context, const double v[], double Av[])
{
  const product_at *p = context;
  const int n = p->w->s->n, failed = p->w->s->model->jvp(p->w->s, p->w->t, p->x, v, Av);
  for (int i = 0; p->h > 0.0 && i < n; i++) Av[i] = v[i] + p->h * Av[i];
  return failed;
}

static void merge(fhrl_equilibrium *q, int found, const double re[], const double im[])
{
  for (int i = 0; i < found; i++) {
    int known = 0;
    for (int k = 0; k < q->eigenvalues; k++)
      known |= hypot(q->re[k] - re[i], q->im[k] - im[i]) <= 1e-7 * (1.0 + hypot(re[i], im[i]));
    if (known) continue;
    int at = q->eigenvalues++;
    for (; at > 0 && (q->re[at - 1] < re[i] || (q->re[at - 1] == re[i] && q->im[at - 1] < im[i])); at--) {
      q->re[at] = q->re[at - 1];
      q->im[at] = q->im[at - 1];
    }
    q->re[at] = re[i];
    q->im[at] = im[i];
  }
}

// The ends of the spectrum: of a flow its real parts decide stability and saddles, its moduli h_c.
static fhrl_status ends(const fhrl_newton *w, int k, fhrl_equilibrium *q, double work[], fhrl_err *err)
{
  static const fhrl_arnoldi_which which[] = {FHRL_ARNOLDI_LARGEST_MODULUS, FHRL_ARNOLDI_LARGEST_REAL,
    FHRL_ARNOLDI_SMALLEST_REAL};
  product_at p = {w, q->x, 0.0};
  int found;
  for (int i = 0; i < (w->map ? 1 : 3); i++) {
    FHRL_TRY(fhrl_arnoldi_eigenvalues(w->s->n, k, which[i], multiply, &p, arnoldi_tolerance, work, work + k + 1, &found,
      err));
    merge(q, found, work, work + k + 1);
  }
  return FHRL_OK;
}

// Eigenvalues inside the spectrum may bound h_c: lowers it until no multiplier of 1 + h_c J lies outside the circle.
static fhrl_status confirm_limit(const fhrl_newton *w, int k, fhrl_equilibrium *q, double work[], fhrl_err *err)
{
  const double tiny = boundary(q);
  for (int round = 0; round < CONFIRMATIONS; round++) {
    product_at p = {w, q->x, q->h_c};
    const double h = q->h_c;
    int found;
    FHRL_TRY(fhrl_arnoldi_eigenvalues(w->s->n, k, FHRL_ARNOLDI_LARGEST_MODULUS, multiply, &p, arnoldi_tolerance, work,
      work + k + 1, &found, err));
    for (int i = 0; i < found; i++)
      if (hypot(work[i], work[k + 1 + i]) > 1.0 + 1e-9) limit_step(q, (work[i] - 1.0) / h, work[k + 1 + i] / h, tiny);
    if (q->h_c == h) return FHRL_OK;
  }
  return FHRL_OK;
}

fhrl_status fhrl_equilibrium_kind_find(fhrl_newton *w, const fhrl_equilibrium_plan *plan, const double x[],
  fhrl_equilibrium *q, fhrl_err *err)
{
  const int n = w->s->n, part = plan->dense > 0 && n > plan->dense && plan->leading <= n - 3, k = plan->leading;
  const size_t room = part ? 3 * (size_t)(k + 1) : (size_t)n;
  fhrl_status status = FHRL_OK;
  double *work = NULL;
  *q = (fhrl_equilibrium){.x = malloc(((size_t)n + 2 * room) * sizeof *q->x), .condition = FHRL_NAN};
  if (q->x == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for an equilibrium");
  q->re = q->x + n;
  q->im = q->re + room;
  memcpy(q->x, x, (size_t)n * sizeof *x);
  if (part) {
    work = malloc(2 * (size_t)(k + 1) * sizeof *work);
    if (work == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_NOMEM, "no memory for %d eigenvalues", k));
    FHRL_DO(status, ends(w, k, q, work, err));
    fhrl_equilibrium_kind_classify(q, w->map);
    if (isfinite(q->h_c)) FHRL_DO(status, confirm_limit(w, k, q, work, err));
  } else {
    FHRL_DO(status, whole(w, q, err));
    fhrl_equilibrium_kind_classify(q, w->map);
  }
done:
  free(work);
  if (status != FHRL_OK) {
    free(q->x);
    *q = (fhrl_equilibrium){0};
  }
  return status;
}
