// SPDX-License-Identifier: GPL-3.0-or-later
// arc: equilibria of a flow (fixed points of a map) as curves z = (x, q) in the space of states and one parameter p = P q
#include "analysis/arc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/arnoldi.h"
#include "base/dense.h"
#include "base/random.h"

enum { STEPS = 16 };

static double size_of(int n, const double v[])
{
  double size = 0.0;
  for (int i = 0; i < n; i++)
    if (!(fabs(v[i]) <= size)) size = fabs(v[i]); // a NaN comes through
  return size;
}

// ---- the system at a value of its parameter

// A trial step of Newton's method may leave what the model allows: there it sees the nearest value allowed.
static void set_parameter(fhrl_arc *a, double q)
{
  const fhrl_field *f = a->field;
  double p = a->scale * q;
  if (f->low != 0.0 || f->high != 0.0) p = fmin(fmax(p, f->low), f->high);
  a->p[a->index] = p;
}

static int field(fhrl_arc *a, const double x[], double F[])
{
  const fhrl_model *m = a->s->model;
  if (m->refuse && m->refuse(a->p)) return -1;
  if ((a->map ? m->step : m->rhs)(a->s, a->t, x, F) != 0) return -1;
  for (int i = 0; a->map && i < a->n; i++) F[i] -= x[i];
  return isfinite(size_of(a->n, F)) ? 0 : -1;
}

static int product(fhrl_arc *a, const double x[], const double v[], double Jv[])
{
  if (a->s->model->jvp(a->s, a->t, x, v, Jv) != 0) return -1;
  for (int i = 0; a->map && i < a->n; i++) Jv[i] -= v[i];
  return 0;
}

// F_q at z, over what lies within the model's own range
static int parameter_slope(fhrl_arc *a, const double z[])
{
  const double off = 1e-6;
  double *low = a->e, *high = a->e + a->n;
  set_parameter(a, z[a->n] - off);
  const double from = a->p[a->index];
  if (field(a, z, low) != 0) return -1;
  set_parameter(a, z[a->n] + off);
  const double to = a->p[a->index];
  if (field(a, z, high) != 0) return -1;
  for (int i = 0; i < a->n; i++) a->Fq[i] = to > from ? (high[i] - low[i]) * a->scale / (to - from) : 0.0;
  set_parameter(a, z[a->n]);
  return 0;
}

double fhrl_arc_dot(const fhrl_arc *a, const double x[], const double y[])
{
  return fhrl_dot(a->n, x, y) / a->n + x[a->n] * y[a->n];
}

double fhrl_arc_residual(fhrl_arc *a, const double z[])
{
  set_parameter(a, z[a->n]);
  return field(a, z, a->rhs) == 0 ? size_of(a->n, a->rhs) : HUGE_VAL;
}

// ---- bordered systems

// M v at a->at, of n + 1 unknowns: [J F_q; c], c with the weights of (3) in it
static int bordered_product(void *context, const double z[], const double v[], double Mv[])
{
  fhrl_arc *a = context;
  if (product(a, a->at, v, Mv) != 0) return -1;
  for (int i = 0; i < a->n; i++) Mv[i] += a->Fq[i] * v[a->n];
  Mv[a->n] = fhrl_dot(a->n + 1, a->c, v);
  return 0;
}

// the same with one more border
static int twice_bordered_product(void *context, const double z[], const double v[], double Mv[])
{
  fhrl_arc *a = context;
  const int m = a->n + 1;
  if (bordered_product(a, z, v, Mv) != 0) return -1;
  for (int i = 0; i < m; i++) Mv[i] += a->border[0][i] * v[m];
  Mv[m] = fhrl_dot(m, a->border[1], v);
  return 0;
}

static int no_residual(void *context, const double x[], double F[]) { return -1; } // only linear systems are solved

// y (n + 1 + extra) with M y = a->rhs at z, with the row <c, .>; 0 if M is singular or GMRES fails.
static int solve(fhrl_arc *a, const double z[], const double c[], int extra, double y[])
{
  const int n = a->n, m = n + 1 + extra;
  for (int i = 0; i <= n; i++) a->c[i] = i < n ? c[i] / n : c[i];
  memcpy(a->at, z, (size_t)(n + 1) * sizeof *z);
  if (a->krylov[extra]) return fhrl_sundials_kinsol_linear(a->krylov[extra], a->at, a->rhs, 1e-11, y);
  double *J = a->M + (size_t)(n + 2) * (n + 2);
  if (fhrl_system_jacobian(a->s, a->t, z, a->e, J) != 0) return 0;
  for (int i = 0; i < n; i++) {
    double *row = a->M + (size_t)i * m;
    memcpy(row, J + (size_t)i * n, (size_t)n * sizeof *row);
    if (a->map) row[i] -= 1.0;
    row[n] = a->Fq[i];
    if (extra) row[n + 1] = a->border[0][i];
  }
  memcpy(a->M + (size_t)n * m, a->c, (size_t)(n + 1) * sizeof *a->c);
  if (extra) {
    a->M[(size_t)n * m + n + 1] = a->border[0][n];
    memcpy(a->M + (size_t)(n + 1) * m, a->border[1], (size_t)(n + 1) * sizeof *a->M);
    a->M[(size_t)(n + 1) * m + n + 1] = 0.0;
  }
  return fhrl_dense_solve(m, a->M, a->rhs, y, NULL) == FHRL_OK;
}

// F of (1)-(2) into a->rhs; its size, not finite where it is not defined
static double defect(fhrl_arc *a, const double z0[], const double c[], double sigma, const double z[])
{
  set_parameter(a, z[a->n]);
  if (field(a, z, a->rhs) != 0) return HUGE_VAL;
  double along = -sigma;
  for (int i = 0; i <= a->n; i++) along += c[i] * (z[i] - z0[i]) / (i < a->n ? a->n : 1);
  a->rhs[a->n] = along;
  return size_of(a->n + 1, a->rhs);
}

int fhrl_arc_correct(fhrl_arc *a, const double z0[], const double c[], double sigma, double z[])
{
  const int n = a->n;
  int reached = -1;
  double now = defect(a, z0, c, sigma, z);
  for (int k = 0; k < STEPS && isfinite(now); k++) {
    const int root = now <= a->plan.tolerance * (1.0 + size_of(n, z));
    if (root && reached < 0) reached = k;
    if (now == 0.0) break;
    if (parameter_slope(a, z) != 0 || !solve(a, z, c, 0, a->step)) break;
    for (int i = 0; i <= n; i++) a->trial[i] = z[i] - a->step[i];
    const double next = defect(a, z0, c, sigma, a->trial);
    if (reached >= 0 && !(next < 0.5 * now)) break; // polished as far as rounding lets
    if (!(next < 10.0 * now)) break;                // near the curve Newton's method gains at every step
    memcpy(z, a->trial, (size_t)(n + 1) * sizeof *z);
    now = next;
  }
  set_parameter(a, z[n]);
  return isfinite(now) ? reached : -1;
}

static int normalize(const fhrl_arc *a, double v[])
{
  const double norm = sqrt(fhrl_arc_dot(a, v, v));
  if (!isfinite(norm) || norm == 0.0) return 0;
  for (int i = 0; i <= a->n; i++) v[i] /= norm;
  return 1;
}

int fhrl_arc_tangent(fhrl_arc *a, const double z[], const double along[], double tangent[])
{
  set_parameter(a, z[a->n]);
  if (parameter_slope(a, z) != 0) return 0;
  memset(a->rhs, 0, (size_t)(a->n + 1) * sizeof *a->rhs);
  a->rhs[a->n] = 1.0;
  if (!solve(a, z, along, 0, a->step)) return 0;
  memcpy(tangent, a->step, (size_t)(a->n + 1) * sizeof *tangent);
  return normalize(a, tangent);
}

// [J F_q; t1] is singular with the kernel t2; bordered once more at random it is regular, and the solution is along t2.
int fhrl_arc_second(fhrl_arc *a, const double z[], const double t1[], double t2[])
{
  const int m = a->n + 1;
  set_parameter(a, z[a->n]);
  if (parameter_slope(a, z) != 0) return 0;
  for (int k = 0; k < 2; k++)
    fhrl_random_normal((fhrl_random){.seed = 1, .stream = FHRL_STREAM_START, .sequence = 5, .step = (uint32_t)k}, 0,
      (size_t)m, a->border[k]);
  memset(a->rhs, 0, (size_t)(m + 1) * sizeof *a->rhs);
  a->rhs[m] = 1.0;
  if (!solve(a, z, t1, 1, a->step)) return 0;
  memcpy(t2, a->step, (size_t)m * sizeof *t2);
  if (!normalize(a, t2)) return 0;
  const double along = fhrl_arc_dot(a, t1, t2);
  for (int i = 0; i < m; i++) t2[i] -= along * t1[i];
  return normalize(a, t2);
}

// ---- the spectrum

int fhrl_arc_values(const fhrl_arc *a) { return a->dense ? a->n : a->plan.leading + 1; }

static int jacobian_product(void *context, const double v[], double Jv[])
{
  fhrl_arc *a = context;
  return a->s->model->jvp(a->s, a->t, a->at, v, Jv);
}

// By modulus, descending; conjugates stay together, the positive imaginary part first.
static void sort_by_modulus(int n, double re[], double im[])
{
  for (int i = 1; i < n; i++) {
    const double r = re[i], s = im[i], size = hypot(r, s);
    int at = i;
    for (; at > 0 && hypot(re[at - 1], im[at - 1]) < size; at--) {
      re[at] = re[at - 1];
      im[at] = im[at - 1];
    }
    re[at] = r;
    im[at] = s;
  }
}

fhrl_status fhrl_arc_spectrum(fhrl_arc *a, const double z[], double re[], double im[], int *count, fhrl_err *err)
{
  set_parameter(a, z[a->n]);
  memcpy(a->at, z, (size_t)(a->n + 1) * sizeof *z);
  if (a->dense) {
    double *J = a->M + (size_t)(a->n + 2) * (a->n + 2);
    if (fhrl_system_jacobian(a->s, a->t, z, a->e, J) != 0)
      return fhrl_fail(err, FHRL_NUMERIC, "model %s: no Jacobian at %s = %.9g", a->s->model->name, a->field->name,
        a->p[a->index]);
    FHRL_TRY(fhrl_dense_eigenvalues(a->n, J, re, im, err));
    *count = a->n;
  } else {
    const fhrl_arnoldi_which which = a->map ? FHRL_ARNOLDI_LARGEST_MODULUS : FHRL_ARNOLDI_LARGEST_REAL;
    FHRL_TRY(fhrl_arnoldi_eigenvalues(a->n, a->plan.leading, which, jacobian_product, a, 1e-12, re, im, count, err));
  }
  if (a->map) sort_by_modulus(*count, re, im);
  return FHRL_OK;
}

// ---- making

static fhrl_status choose(fhrl_arc *a, const fhrl_model *m, const char *name, double low, double high, fhrl_err *err)
{
  char list[512] = "";
  a->index = fhrl_system_param(m, name);
  for (int i = 0; i < m->n_param; i++)
    if (m->param[i].kind == FHRL_REAL) {
      const size_t used = strlen(list);
      snprintf(list + used, sizeof list - used, " %s", m->param[i].name);
    }
  if (a->index < 0 || m->param[a->index].kind != FHRL_REAL)
    return fhrl_fail(err, FHRL_ARG, "continue.parameter = '%s' is no real parameter of %s; allowed:%s", name, m->name,
      *list ? list : " none, it has no real ones");
  a->field = &m->param[a->index];
  char range[256];
  fhrl_field_range(a->field, range, sizeof range);
  if (!fhrl_field_admits(a->field, low) || !fhrl_field_admits(a->field, high))
    return fhrl_fail(err, FHRL_ARG, "%s from continue.low = %g to continue.high = %g: allowed: %s", name, low, high, range);
  if (!(low < high))
    return fhrl_fail(err, FHRL_ARG, "continue.low = %g must be less than continue.high = %g", low, high);
  a->low = low;
  a->high = high;
  a->scale = high - low;
  return FHRL_OK;
}

// The model itself may refuse what its table allows.
static fhrl_status admit_ends(fhrl_arc *a, const fhrl_model *m, fhrl_err *err)
{
  const double ends[2] = {a->low, a->high}, here = a->p[a->index];
  for (int k = 0; k < 2 && m->refuse; k++) {
    a->p[a->index] = ends[k];
    const char *reason = m->refuse(a->p);
    a->p[a->index] = here;
    if (reason)
      return fhrl_fail(err, FHRL_ARG, "continue.%s = %g: model %s refuses %s = %g: %s", k ? "high" : "low", ends[k], m->name,
        a->field->name, ends[k], reason);
  }
  return FHRL_OK;
}

static fhrl_status allocate(fhrl_arc *a, fhrl_err *err)
{
  const size_t n = (size_t)a->n, wide = n + 2;
  a->block = calloc(n + 7 * wide + 2 * n + (a->dense ? wide * wide + n * n : 0), sizeof *a->block);
  if (a->block == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the continuation of %zu states", n);
  a->Fq = a->block;
  a->c = a->Fq + n;
  a->at = a->c + wide;
  a->border[0] = a->at + wide;
  a->border[1] = a->border[0] + wide;
  a->rhs = a->border[1] + wide;
  a->step = a->rhs + wide;
  a->trial = a->step + wide;
  a->e = a->trial + wide;
  a->M = a->e + 2 * n;
  for (int k = 0; k < 2 && !a->dense; k++) {
    const fhrl_sundials_kinsol_problem problem = {a->n + 1 + k, no_residual, k ? twice_bordered_product : bordered_product, a};
    FHRL_TRY(fhrl_sundials_kinsol_create(&problem, &a->krylov[k], err));
  }
  return FHRL_OK;
}

fhrl_status fhrl_arc_init(fhrl_arc *a, const fhrl_system *s, double t, const double u[], const char *name, double low,
  double high, const fhrl_arc_plan *plan, fhrl_err *err)
{
  const fhrl_model *m = s->model;
  *a = (fhrl_arc){.n = s->n, .t = t, .map = m->rhs == NULL, .plan = *plan};
  a->dense = s->n <= plan->dense || plan->leading > s->n - 3;
  FHRL_TRY(choose(a, m, name, low, high, err));
  if (m->jvp == NULL) return fhrl_fail(err, FHRL_ARG, "model %s has no jvp, which continuation needs", m->name);
  FHRL_TRY(fhrl_system_bind(m, s->p, s->m, &a->s, err));
  a->p = malloc((size_t)m->n_param * sizeof *a->p);
  a->u = calloc((size_t)s->dims.n_u + 1, sizeof *a->u);
  if (a->p == NULL || a->u == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the parameters of %s", m->name);
  memcpy(a->p, s->p, (size_t)m->n_param * sizeof *a->p);
  if (u) memcpy(a->u, u, (size_t)s->dims.n_u * sizeof *a->u);
  FHRL_TRY(admit_ends(a, m, err));
  a->s->p = a->p;
  a->s->u = a->u;
  return allocate(a, err);
}

void fhrl_arc_free(fhrl_arc *a)
{
  for (int k = 0; k < 2; k++) fhrl_sundials_kinsol_destroy(a->krylov[k]);
  fhrl_system_destroy(a->s);
  free(a->p);
  free(a->u);
  free(a->block);
  *a = (fhrl_arc){0};
}
