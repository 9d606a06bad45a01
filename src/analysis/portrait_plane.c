// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_plane: the plane of a portrait: states projected onto it, its points lifted to states
#include "analysis/portrait_plane.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "analysis/portrait_flow.h"

// ---- names

static int has_unit(const char *unit) { return *unit && strcmp(unit, "1") != 0; }

static void label(fhrl_portrait *p, int axis, const char *name, const char *text, const char *unit)
{
  snprintf(p->name[axis], sizeof p->name[axis], "%s", name);
  snprintf(p->label[axis], sizeof p->label[axis], has_unit(unit) ? "%s [%s]" : "%s", text, unit);
}

// Speeds of two unlike quantities have no unit in common.
static void label_speed(const fhrl_system *s, const char *unit_x, const char *unit_y, fhrl_portrait *p)
{
  const char *time = s->model->time_unit ? s->model->time_unit : "1";
  if (strcmp(unit_x, unit_y) != 0 || (!has_unit(unit_x) && !has_unit(time)))
    snprintf(p->speed, sizeof p->speed, "speed in the plane");
  else
    snprintf(p->speed, sizeof p->speed, "speed in the plane [%s%s%s]", has_unit(unit_x) ? unit_x : "1",
      has_unit(time) ? "/" : "", has_unit(time) ? time : "");
}

// ---- opening

static fhrl_status choose_component(fhrl_portrait_plane *k, const char *wanted, int axis, fhrl_portrait *p, fhrl_err *err)
{
  const fhrl_system *s = k->s;
  char name[FHRL_PORTRAIT_NAME], list[512];
  for (int i = 0; i < s->n; i++) {
    fhrl_system_component(s, i, name, sizeof name);
    if (*wanted ? strcmp(name, wanted) != 0 : i != axis) continue;
    k->component[axis] = i;
    label(p, axis, name, name, fhrl_portrait_flow_block(s, i)->unit);
    return FHRL_OK;
  }
  fhrl_system_components(s, list, sizeof list);
  return fhrl_fail(err, FHRL_ARG, "portrait.%c = %.100s: %s has no such component; allowed:%s", axis ? 'y' : 'x', wanted,
    s->model->name, list);
}

static fhrl_status choose_components(fhrl_portrait_plane *k, const fhrl_portrait_plan *plan, fhrl_portrait *p, fhrl_err *err)
{
  FHRL_TRY(choose_component(k, plan->x, 0, p, err));
  FHRL_TRY(choose_component(k, plan->y, 1, p, err));
  const fhrl_field *across = fhrl_portrait_flow_block(k->s, k->component[0]);
  const fhrl_field *up = fhrl_portrait_flow_block(k->s, k->component[1]);
  if (k->component[0] == k->component[1])
    return fhrl_fail(err, FHRL_ARG, "portrait.x and portrait.y are both %s", p->name[0]);
  label_speed(k->s, across->unit, up->unit, p);
  p->alike = across == up;
  return FHRL_OK;
}

static void find_blocks(fhrl_portrait_plane *k)
{
  fhrl_shape shape;
  k->y = fhrl_system_block(k->s, "y", &shape);
  k->d = k->y < 0 ? 0 : shape.rows * shape.cols;
  if (k->d < 2) k->d = 0; // the `y` of a planar textbook system is no vector of activities
  k->A = fhrl_system_block(k->s, "A", &shape);
  if (k->A >= 0) k->n_A = shape.rows * shape.cols;
  k->U = fhrl_system_block(k->s, "U", &shape);
  k->V = fhrl_system_block(k->s, "V", &shape);
  if (k->U >= 0 && k->V >= 0 && shape.cols == k->d) k->r = shape.rows;
}

static fhrl_status choose_norms(fhrl_portrait_plane *k, const fhrl_portrait_plan *plan, fhrl_portrait *p, fhrl_err *err)
{
  static const char *const word[] = {"states", "slice", "pca", "norms", "radial"};
  const int radial = k->kind == FHRL_PORTRAIT_RADIAL;
  const char *rate = k->s->model->time_unit ? k->s->model->time_unit : "1";
  char unit[FHRL_PORTRAIT_NAME] = "1";
  if (k->d == 0 || (!radial && k->n_A == 0 && k->r == 0))
    return fhrl_fail(err, FHRL_ARG, "portrait.plane = %s: %s has no vector y%s; allowed here: states, slice, pca%s",
      word[k->kind], k->s->model->name, k->d == 0 ? "" : " with a memory A or slots U, V", k->d == 0 ? "" : ", radial");
  if (radial && k->s->model->jvp == NULL)
    return fhrl_fail(err, FHRL_ARG, "portrait.plane = radial: %s has no Jacobian, which d2y/dt2 needs", k->s->model->name);
  if (has_unit(rate)) snprintf(unit, sizeof unit, "1/%s", rate);
  label(p, 0, "rho", "ρ = ‖y‖", "1");
  if (radial) label(p, 1, "rho_dot", "dρ/dt = ŷ·dy/dt", unit);
  else label(p, 1, "norm_A", k->n_A > 0 ? "‖A‖" : "‖A‖ = ‖UᵀV‖", "1");
  label_speed(k->s, "1", radial ? unit : "1", p);
  return FHRL_OK;
}

static void choose_pca(fhrl_portrait_plane *k, fhrl_portrait *p)
{
  label(p, 0, "pc1", "first principal component", "1"); // shares are added once they are known
  label(p, 1, "pc2", "second principal component", "1");
  const fhrl_model *m = k->s->model;
  int same = 1;
  for (int i = 1; i < m->n_state; i++) same &= strcmp(m->state[i].unit, m->state[0].unit) == 0;
  label_speed(k->s, m->state[0].unit, same ? m->state[0].unit : "", p);
  p->alike = 1;
}

fhrl_status fhrl_portrait_plane_open(fhrl_portrait_plane *k, fhrl_system *s, const fhrl_portrait_plan *plan, fhrl_portrait *p,
  fhrl_err *err)
{
  *k = (fhrl_portrait_plane){.kind = plan->plane == FHRL_PORTRAIT_SLICE ? FHRL_PORTRAIT_STATES : plan->plane, .s = s};
  if (s->model->rhs == NULL) return fhrl_fail(err, FHRL_ARG, "%s is a map: it has no vector field", s->model->name);
  if (s->n < 2) return fhrl_fail(err, FHRL_ARG, "%s has one state only: no plane to draw it in", s->model->name);
  const int linear = k->kind == FHRL_PORTRAIT_STATES;
  if (!linear && (*plan->x || *plan->y))
    return fhrl_fail(err, FHRL_ARG, "portrait.%c = %s: only the planes states and slice are spanned by components",
      *plan->x ? 'x' : 'y', *plan->x ? plan->x : plan->y);
  find_blocks(k);
  if (linear) FHRL_TRY(choose_components(k, plan, p, err));
  else if (k->kind == FHRL_PORTRAIT_PCA) choose_pca(k, p);
  else FHRL_TRY(choose_norms(k, plan, p, err));
  const size_t n = (size_t)s->n;
  k->base = calloc(8 * n + (size_t)s->dims.n_u + 1, sizeof *k->base);
  if (k->base == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a portrait of %d states", s->n);
  k->mean = k->base + n;
  k->axis = k->mean + n;
  k->ray = k->axis + 2 * n;
  k->x = k->ray + n;
  k->dx = k->x + n;
  k->ddx = k->dx + n;
  k->u = k->ddx + n;
  s->u = k->u;
  return FHRL_OK;
}

void fhrl_portrait_plane_free(fhrl_portrait_plane *k)
{
  if (k->s && k->base) k->s->u = NULL;
  free(k->base);
  *k = (fhrl_portrait_plane){0};
}

int fhrl_portrait_plane_linear(const fhrl_portrait_plane *k)
{
  return k->kind == FHRL_PORTRAIT_STATES || k->kind == FHRL_PORTRAIT_PCA;
}

// ---- norms

// |A|, or |U'V| from products of rows.
static double memory_norm(const fhrl_portrait_plane *k, const double x[])
{
  if (k->n_A > 0) return fhrl_norm(k->n_A, x + k->A);
  double sum = 0.0;
  for (int i = 0; i < k->r; i++)
    for (int j = 0; j < k->r; j++)
      sum += fhrl_dot(k->d, x + k->U + (size_t)i * k->d, x + k->U + (size_t)j * k->d) *
             fhrl_dot(k->d, x + k->V + (size_t)i * k->d, x + k->V + (size_t)j * k->d);
  return sqrt(fmax(sum, 0.0));
}

// d|A|/dt (3); at A = 0 the speed of leaving it.
static double memory_rate(const fhrl_portrait_plane *k, const double x[], const double dx[])
{
  const double norm = memory_norm(k, x);
  if (k->n_A > 0) return norm > 0.0 ? fhrl_dot(k->n_A, x + k->A, dx + k->A) / norm : fhrl_norm(k->n_A, dx + k->A);
  double sum = 0.0;
  for (int i = 0; i < k->r; i++)
    for (int j = 0; j < k->r; j++) {
      const size_t a = (size_t)i * k->d, b = (size_t)j * k->d;
      const double *U = x + k->U, *V = x + k->V, *dU = dx + k->U, *dV = dx + k->V;
      sum += fhrl_dot(k->d, U + a, dU + b) * fhrl_dot(k->d, V + b, V + a) +
             fhrl_dot(k->d, U + a, U + b) * fhrl_dot(k->d, dV + b, V + a);
    }
  return norm > 0.0 ? sum / norm : 0.0; // A = U'V is of second order in slots that leave 0
}

static void unit(int n, const double from[], const double otherwise[], double out[])
{
  const double *v = fhrl_norm(n, from) > 1e-9 ? from : otherwise;
  const double norm = fhrl_norm(n, v);
  for (int i = 0; i < n; i++) out[i] = norm > 0.0 ? v[i] / norm : i == 0;
}

// Directions of A or of the slots: the base's, else what a memory of y yhat' would have.
static void memory_ray(fhrl_portrait_plane *k, const double base[])
{
  const double *y = k->ray + k->y;
  if (k->n_A > 0) {
    for (int i = 0; i < k->n_A; i++) k->x[i] = k->n_A == k->d * k->d ? y[i / k->d] * y[i % k->d] : i == 0;
    unit(k->n_A, base + k->A, k->x, k->ray + k->A);
    return;
  }
  const int empty = !(memory_norm(k, base) > 1e-9), size = k->r * k->d;
  for (int i = 0; i < size; i++) {
    k->ray[k->U + i] = empty ? y[i % k->d] : base[k->U + i];
    k->ray[k->V + i] = empty ? y[i % k->d] : base[k->V + i];
  }
  const double root = sqrt(memory_norm(k, k->ray));
  for (int i = 0; i < size; i++) {
    k->ray[k->U + i] /= root;
    k->ray[k->V + i] /= root;
  }
}

void fhrl_portrait_plane_base(fhrl_portrait_plane *k, const double base[], const double x0[])
{
  memmove(k->base, base, (size_t)k->s->n * sizeof *base);
  if (k->d == 0) return;
  unit(k->d, k->base + k->y, x0 + k->y, k->ray + k->y);
  if (k->n_A > 0 || k->r > 0) memory_ray(k, k->base);
}

// ---- there and back

// dy/dt and more at x: 0 if the field is not finite there.
static int flow_at(const fhrl_portrait_plane *k, double t, const double x[])
{
  return k->s->model->rhs(k->s, t, x, k->dx) == 0 && isfinite(fhrl_norm(k->s->n, k->dx));
}

static double radial_speed(const fhrl_portrait_plane *k, const double x[])
{
  const double rho = fhrl_norm(k->d, x + k->y);
  return rho > 0.0 ? fhrl_dot(k->d, x + k->y, k->dx + k->y) / rho : fhrl_norm(k->d, k->dx + k->y);
}

void fhrl_portrait_plane_direction(const fhrl_portrait_plane *k, const double v[], double out[2])
{
  for (int a = 0; a < 2; a++)
    out[a] = k->kind == FHRL_PORTRAIT_STATES ? v[k->component[a]] : fhrl_dot(k->s->n, k->axis + (size_t)a * k->s->n, v);
}

void fhrl_portrait_plane_project(const fhrl_portrait_plane *k, double t, const double x[], double at[2])
{
  switch (k->kind) {
  case FHRL_PORTRAIT_PCA:
    for (int i = 0; i < k->s->n; i++) k->x[i] = x[i] - k->mean[i];
    fhrl_portrait_plane_direction(k, k->x, at);
    break;
  case FHRL_PORTRAIT_NORMS:
    at[0] = fhrl_norm(k->d, x + k->y);
    at[1] = memory_norm(k, x);
    break;
  case FHRL_PORTRAIT_RADIAL:
    at[0] = fhrl_norm(k->d, x + k->y);
    at[1] = flow_at(k, t, x) ? radial_speed(k, x) : FHRL_NAN;
    break;
  default: fhrl_portrait_plane_direction(k, x, at); break;
  }
}

int fhrl_portrait_plane_lift(const fhrl_portrait_plane *k, const double at[2], double x[])
{
  const int n = k->s->n;
  memcpy(x, k->base, (size_t)n * sizeof *x);
  switch (k->kind) {
  case FHRL_PORTRAIT_PCA:
    for (int i = 0; i < n; i++) k->x[i] = k->base[i] - k->mean[i];
    for (int a = 0; a < 2; a++) {
      const double *e = k->axis + (size_t)a * n, step = at[a] - fhrl_dot(n, e, k->x);
      for (int i = 0; i < n; i++) x[i] += step * e[i];
    }
    break;
  case FHRL_PORTRAIT_NORMS:
  case FHRL_PORTRAIT_RADIAL:
    if (at[0] < 0.0) return 0;
    for (int i = k->y; i < k->y + k->d; i++) x[i] = at[0] * k->ray[i];
    if (k->kind == FHRL_PORTRAIT_RADIAL) break;
    if (at[1] < 0.0) return 0;
    for (int i = 0; i < k->n_A; i++) x[k->A + i] = at[1] * k->ray[k->A + i];
    for (int i = 0; i < k->r * k->d; i++) {
      x[k->U + i] = sqrt(at[1]) * k->ray[k->U + i];
      x[k->V + i] = sqrt(at[1]) * k->ray[k->V + i];
    }
    break;
  default:
    for (int a = 0; a < 2; a++) x[k->component[a]] = at[a];
    break;
  }
  return k->s->model->refuse_start == NULL || k->s->model->refuse_start(k->s, x) == NULL;
}

int fhrl_portrait_plane_refuses(const fhrl_portrait_plane *k, const double x[])
{
  const fhrl_system *s = k->s;
  if (s->model->refuse_start == NULL) return 0;
  for (int sign = -1; sign <= 1; sign++) {
    for (int i = 0; i < s->n; i++) k->ddx[i] = x[i] + sign * 1e-9 * (1.0 + fabs(x[i]));
    if (s->model->refuse_start(s, k->ddx) == NULL) return 0;
  }
  return 1;
}

void fhrl_portrait_plane_velocity(const fhrl_portrait_plane *k, const double x[], double v[2])
{
  v[0] = v[1] = FHRL_NAN;
  if (!flow_at(k, 0.0, x)) return;
  if (fhrl_portrait_plane_linear(k)) {
    fhrl_portrait_plane_direction(k, k->dx, v);
    return;
  }
  v[0] = radial_speed(k, x);
  if (k->kind == FHRL_PORTRAIT_NORMS) {
    v[1] = memory_rate(k, x, k->dx);
    return;
  }
  const double *y = x + k->y, rho = fhrl_norm(k->d, y), speed = fhrl_norm(k->d, k->dx + k->y);
  if (rho == 0.0 || k->s->model->jvp(k->s, 0.0, x, k->dx, k->ddx) != 0) return;
  v[1] = (fhrl_dot(k->d, y, k->ddx + k->y) + speed * speed - v[0] * v[0]) / rho; // (4)
}
