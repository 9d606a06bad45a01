// SPDX-License-Identifier: GPL-3.0-or-later
// iss_view: a system as the Lyapunov argument sees it: radius, radial parts of its terms, memory, slots
#include "analysis/iss_view.h"

#include <complex.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "analysis/slots.h"

static double number(const fhrl_system *s, const char *name)
{
  const int i = fhrl_system_param(s->model, name);
  return i < 0 ? FHRL_NAN : s->p[i];
}

// 1 if the choice parameter `name` of the system stands at `word`.
static int chosen(const fhrl_system *s, const char *name, const char *word)
{
  const int i = fhrl_system_param(s->model, name);
  return i >= 0 && s->model->param[i].kind == FHRL_CHOICE &&
         fhrl_field_choice(s->model->param[i].choices, word) == (int)s->p[i];
}

static int term(const fhrl_model *m, const char *name)
{
  for (int i = 0; m->split && i < m->n_term; i++)
    if (strcmp(m->term[i].name, name) == 0) return i;
  return -1;
}

static void classify(fhrl_iss_view *v)
{
  const fhrl_system *s = v->s;
  v->drive = chosen(s, "drive", "none")         ? FHRL_ISS_DRIVE_NONE
             : chosen(s, "drive", "tanh")       ? FHRL_ISS_DRIVE_TANH
             : chosen(s, "drive", "fastweight") ? FHRL_ISS_DRIVE_FASTWEIGHT
                                                : FHRL_ISS_DRIVE_OTHER;
  v->home = v->r > 0                            ? FHRL_ISS_HOME_LAYER
            : chosen(s, "homeostasis", "none")    ? FHRL_ISS_HOME_NONE
            : chosen(s, "homeostasis", "radial")  ? FHRL_ISS_HOME_RADIAL
            : chosen(s, "homeostasis", "reentry") ? FHRL_ISS_HOME_REENTRY
            : chosen(s, "homeostasis", "gain")    ? FHRL_ISS_HOME_GAIN
                                                  : FHRL_ISS_HOME_OTHER;
  v->memory = chosen(s, "memory", "outer")        ? FHRL_ISS_MEMORY_OUTER
              : chosen(s, "memory", "normalized") ? FHRL_ISS_MEMORY_NORMALIZED
                                                  : FHRL_ISS_MEMORY_OTHER;
}

fhrl_status fhrl_iss_view_init(fhrl_iss_view *v, fhrl_system *s, fhrl_err *err)
{
  *v = (fhrl_iss_view){.s = s};
  fhrl_shape shape;
  v->y = fhrl_system_block(s, "y", &shape);
  v->leak = term(s->model, "leak");
  if (v->y < 0 || v->leak < 0 || s->model->rhs == NULL)
    return fhrl_fail(err, FHRL_ARG, "model %s is no flow with a state block y and a term leak: its radius |y| is what "
                                    "is audited", s->model->name);
  v->d = shape.rows * shape.cols;
  v->A = fhrl_system_block(s, "A", &shape);
  if (v->A >= 0) v->n_A = shape.rows * shape.cols;
  v->U = fhrl_system_block(s, "U", &shape);
  v->V = fhrl_system_block(s, "V", &shape);
  if (v->U >= 0 && v->V >= 0 && shape.cols == v->d) v->r = shape.rows;
  v->term_drive = term(s->model, "drive");
  v->term_home = term(s->model, "homeostasis");
  v->term_memory = term(s->model, "memory");
  classify(v);
  v->kappa = number(s, "kappa");
  v->epsilon = number(s, "epsilon");
  v->lambda = number(s, "lambda");
  v->eta = number(s, "eta");
  v->beta = number(s, "beta");
  v->gamma = number(s, "gamma");
  v->c = number(s, "c");
  const double alpha = number(s, "alpha");
  v->rate = chosen(s, "rate", "exact") ? -log1p(-alpha) : alpha;
  const size_t slots = (size_t)v->r * (size_t)(2 * v->d + 1);
  v->u = calloc((size_t)s->dims.n_u + 1, sizeof *v->u);
  v->work = malloc((2 * (size_t)s->n + slots) * sizeof *v->work);
  if (v->u == NULL || v->work == NULL) {
    fhrl_iss_view_free(v);
    return fhrl_fail(err, FHRL_NOMEM, "no memory for a view of %d states", s->n);
  }
  return FHRL_OK;
}

void fhrl_iss_view_free(fhrl_iss_view *v)
{
  if (v->s && v->s->u == v->u) v->s->u = NULL;
  free(v->u);
  free(v->work);
  *v = (fhrl_iss_view){0};
}

// yhat'v of a vector of y's length; |v| where y = 0 has no direction.
static double along(const fhrl_iss_view *v, const double y[], double rho, const double vector[])
{
  return rho > 0.0 ? fhrl_dot(v->d, y, vector) / rho : fhrl_norm(v->d, vector);
}

// yhat' of one term, and the size of its y block; NaN where the model does not split.
static double radial_part(const fhrl_iss_view *v, int which, double t, const double x[], double rho, double part[],
  double *size)
{
  *size = 0.0;
  if (which < 0 || v->s->model->split(v->s, which, t, x, part) != 0) return FHRL_NAN;
  *size = fhrl_norm(v->d, part + v->y);
  return along(v, x + v->y, rho, part + v->y);
}

// dV/dt = d/dh V(y + h dy) at h = 0, as the imaginary part of V(y + i h dy)/h: exact to rounding, and another road
// than e yhat'dy/dt.
static double complex_step(int d, const double y[], const double dy[])
{
  const double h = 1e-30;
  double part[2] = {0.0, 0.0}; // real and imaginary part of sum (z + i h dz)^2; CMPLX is not everywhere
  double scale = 0.0;          // y = scale z: squares of a y that has all but vanished would underflow
  for (int i = 0; i < d; i++) scale = fmax(scale, fabs(y[i]));
  for (int i = 0; i < d && scale > 0.0; i++) {
    const double z = y[i] / scale, dz = dy[i] / scale;
    part[0] += z * z - h * h * dz * dz;
    part[1] += 2.0 * h * z * dz;
  }
  double complex square;
  memcpy(&square, part, sizeof square);
  const double complex e = scale * csqrt(square) - 1.0;
  return cimag(0.5 * e * e) / h;
}

fhrl_status fhrl_iss_view_look(fhrl_iss_view *v, double t, const double x[], const double u[], fhrl_iss_point *p,
  fhrl_err *err)
{
  fhrl_system *s = v->s;
  const size_t n_u = (size_t)s->dims.n_u;
  double *dx = v->work, *part = v->work + s->n;
  if (n_u > 0) memcpy(v->u, u, n_u * sizeof *u);
  s->u = v->u;
  const double rho = fhrl_norm(v->d, x + v->y);
  if (s->model->rhs(s, t, x, dx) != 0) return fhrl_fail(err, FHRL_NUMERIC, "rhs refuses the state at t = %g", t);
  for (int i = 0; i < s->n; i++)
    if (!isfinite(dx[i])) {
      char name[64];
      fhrl_system_component(s, i, name, sizeof name);
      return fhrl_fail(err, FHRL_NUMERIC, "d%s/dt = %g at t = %g, |y| = %g", name, dx[i], t, rho);
    }
  *p = (fhrl_iss_point){.x = x, .u = u, .t = t, .rho = rho, .e = rho - 1.0};
  p->V = 0.5 * p->e * p->e;
  p->radial = along(v, x + v->y, rho, dx + v->y);
  p->speed = fhrl_norm(v->d, dx + v->y);
  p->V_dot = p->e * p->radial;
  p->step = complex_step(v->d, x + v->y, dx + v->y);
  double size;
  p->leak = radial_part(v, v->leak, t, x, rho, part, &size);
  p->drive = radial_part(v, v->term_drive, t, x, rho, part, &p->drive_size);
  p->home = radial_part(v, v->term_home, t, x, rho, part, &p->home_size);
  if (v->n_A > 0) p->A = fhrl_norm(v->n_A, x + v->A);
  if (v->n_A > 0 && v->term_memory >= 0 && s->model->split(s, v->term_memory, t, x, part) == 0)
    p->Phi = fhrl_norm(v->n_A, part + v->A);
  if (n_u > 0) p->u_norm = fhrl_norm((int)n_u, u);
  return FHRL_OK;
}

// ---- slots

// D = M without its mean row; returns the largest row of D, *row that of M.
static double deviations(int r, int d, const double M[], double D[], double *row)
{
  double spread = 0.0;
  *row = 0.0;
  for (int k = 0; k < d; k++) {
    double mean = 0.0;
    for (int i = 0; i < r; i++) mean += M[(size_t)i * d + k] / r;
    for (int i = 0; i < r; i++) D[(size_t)i * d + k] = M[(size_t)i * d + k] - mean;
  }
  for (int i = 0; i < r; i++) {
    spread = fmax(spread, fhrl_norm(d, D + (size_t)i * d));
    *row = fmax(*row, fhrl_norm(d, M + (size_t)i * d));
  }
  return spread;
}

fhrl_status fhrl_iss_view_slots(fhrl_iss_view *v, const double x[], fhrl_iss_slots *out, fhrl_err *err)
{
  const int r = v->r, d = v->d;
  double *DU = v->work + 2 * (size_t)v->s->n, *DV = DU + (size_t)r * d, *sigma = DV + (size_t)r * d;
  fhrl_iss_slots k = {0};
  const double spread_U = deviations(r, d, x + v->U, DU, &k.row_U), spread_V = deviations(r, d, x + v->V, DV, &k.row_V);
  k.spread = fmax(spread_U, spread_V);
  FHRL_TRY(fhrl_slots_values(r, d, DU, DV, sigma, err));
  k.cross = sigma[0];
  FHRL_TRY(fhrl_slots_values(r, d, x + v->U, x + v->V, sigma, err));
  k.sigma1 = sigma[0];
  k.sigma2 = r > 1 ? sigma[1] : 0.0;
  *out = k;
  return FHRL_OK;
}
