// SPDX-License-Identifier: GPL-3.0-or-later
// portrait: a flow in the plane of two of its components: directions, nullclines, orbits, equilibria
#include "analysis/portrait.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/contour.h"
#include "analysis/iss_constants.h"
#include "analysis/metrics.h"
#include "analysis/portrait_orbit.h"

enum { SHOWN = 2 }; // components beyond the plane that the note names

const fhrl_field fhrl_portrait_fields[] = {
  {"x", 0, "", "component across, such as y[0] (empty: the first)", FHRL_TEXT},
  {"y", 0, "", "component up (empty: the second)", FHRL_TEXT},
  {"x_low", 0, "state", "window; x_low = x_high: what is to be seen", FHRL_REAL, -1e12, 1e12},
  {"x_high", 0, "state", "window", FHRL_REAL, -1e12, 1e12},
  {"y_low", 0, "state", "window; y_low = y_high: what is to be seen", FHRL_REAL, -1e12, 1e12},
  {"y_high", 0, "state", "window", FHRL_REAL, -1e12, 1e12},
  {"arrows", 24, "1", "arrows per side", FHRL_INT, 2, 200},
  {"grid", 200, "1", "points per side of the grid that nullclines are traced on", FHRL_INT, 4, 2000},
  {"orbits", 12, "1", "orbits from points of the window, besides the model's own start", FHRL_INT, 0, 1000},
  {"arc", 3, "1", "length of those orbits, in sides of the window", FHRL_REAL, 0, 1e6, FHRL_OPEN_LOW},
  {"base", FHRL_PORTRAIT_AT_EQUILIBRIUM, "", "where the components beyond the plane stay", FHRL_CHOICE,
    .choices = "equilibrium|start|zero"},
};
const int fhrl_portrait_field_count = FHRL_COUNT(fhrl_portrait_fields);

void fhrl_portrait_options(const fhrl_config *config, fhrl_portrait_plan *out)
{
  *out = (fhrl_portrait_plan){
    .x_low = fhrl_config_real(config, "portrait.x_low"),
    .x_high = fhrl_config_real(config, "portrait.x_high"),
    .y_low = fhrl_config_real(config, "portrait.y_low"),
    .y_high = fhrl_config_real(config, "portrait.y_high"),
    .arrows = fhrl_config_int(config, "portrait.arrows"),
    .grid = fhrl_config_int(config, "portrait.grid"),
    .orbits = fhrl_config_int(config, "portrait.orbits"),
    .arc = fhrl_config_real(config, "portrait.arc"),
    .base = (fhrl_portrait_base)fhrl_config_int(config, "portrait.base"),
  };
  snprintf(out->x, sizeof out->x, "%s", fhrl_config_text(config, "portrait.x"));
  snprintf(out->y, sizeof out->y, "%s", fhrl_config_text(config, "portrait.y"));
  fhrl_equilibrium_options(config, &out->equilibria);
}

// ---- rows

fhrl_status fhrl_portrait_add(fhrl_portrait_rows *rows, double x, double y, double dx, double dy, double value,
  fhrl_err *err)
{
  if (rows->count == rows->room) {
    const int room = rows->room ? 2 * rows->room : 256;
    double *grown = realloc(rows->value, (size_t)room * FHRL_PORTRAIT_COLUMNS * sizeof *grown);
    if (grown == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d rows of a portrait", room);
    rows->value = grown;
    rows->room = room;
  }
  const double row[FHRL_PORTRAIT_COLUMNS] = {x, y, dx, dy, value};
  memcpy(rows->value + (size_t)rows->count++ * FHRL_PORTRAIT_COLUMNS, row, sizeof row);
  return FHRL_OK;
}

fhrl_status fhrl_portrait_end(fhrl_portrait_rows *rows, fhrl_err *err)
{
  return fhrl_portrait_add(rows, FHRL_NAN, FHRL_NAN, FHRL_NAN, FHRL_NAN, FHRL_NAN, err);
}

// ---- axes and window

static const fhrl_field *block_of(const fhrl_system *s, int component)
{
  int block = 0, end = s->dims.state[0].rows * s->dims.state[0].cols;
  while (component >= end && block + 1 < s->model->n_state) {
    block++;
    end += s->dims.state[block].rows * s->dims.state[block].cols;
  }
  return &s->model->state[block];
}

static fhrl_status choose_axis(const fhrl_system *s, const char *wanted, int axis, fhrl_portrait *p, fhrl_err *err)
{
  for (int i = 0; i < s->n; i++) {
    char name[FHRL_PORTRAIT_NAME];
    fhrl_system_component(s, i, name, sizeof name);
    if (*wanted ? strcmp(name, wanted) != 0 : i != axis) continue;
    p->component[axis] = i;
    snprintf(p->name[axis], sizeof p->name[axis], "%s", name);
    snprintf(p->unit[axis], sizeof p->unit[axis], "%s", block_of(s, i)->unit);
    return FHRL_OK;
  }
  return fhrl_fail(err, FHRL_ARG, "portrait.%c = %s: %s has no such component", axis ? 'y' : 'x', wanted, s->model->name);
}

static fhrl_status choose_axes(const fhrl_system *s, const fhrl_portrait_plan *plan, fhrl_portrait *p, fhrl_err *err)
{
  if (s->model->rhs == NULL) return fhrl_fail(err, FHRL_ARG, "%s is a map: it has no vector field", s->model->name);
  if (s->n < 2) return fhrl_fail(err, FHRL_ARG, "%s has one state only: no plane to draw it in", s->model->name);
  FHRL_TRY(choose_axis(s, plan->x, 0, p, err));
  FHRL_TRY(choose_axis(s, plan->y, 1, p, err));
  if (p->component[0] == p->component[1])
    return fhrl_fail(err, FHRL_ARG, "portrait.x and portrait.y are both %s", p->name[0]);
  p->alike = block_of(s, p->component[0]) == block_of(s, p->component[1]);
  return FHRL_OK;
}

static void include(fhrl_portrait *p, int axis, double value)
{
  if (!isfinite(value)) return;
  p->low[axis] = fmin(p->low[axis], value);
  p->high[axis] = fmax(p->high[axis], value);
}

// How large the start and the equilibria are in the plane: an orbit that goes far beyond is leaving for good.
static double scale_of(const fhrl_portrait *p, const double x0[])
{
  double scale = 0.0;
  for (int axis = 0; axis < 2; axis++) {
    scale = fmax(scale, fabs(x0[p->component[axis]]));
    for (int i = 0; i < p->equilibria.count; i++)
      if (p->equilibria.item[i].isolated) scale = fmax(scale, fabs(p->equilibria.item[i].x[p->component[axis]]));
  }
  return scale > 0.0 ? scale : 1.0;
}

// Holds the model's own orbit (already drawn), isolated equilibria and circles, with a margin; then what the plan fixes.
static void choose_window(const fhrl_portrait_plan *plan, double scale, fhrl_portrait *p)
{
  const fhrl_portrait_rows *orbit = &p->layer[FHRL_PORTRAIT_OWN];
  double farthest = 0.0;
  for (int i = 0; i < orbit->count; i++)
    for (int axis = 0; axis < 2; axis++)
      farthest = fmax(farthest, fabs(orbit->value[(size_t)i * FHRL_PORTRAIT_COLUMNS + axis])); // fmax passes over a NaN
  const double seen = farthest < FHRL_PORTRAIT_ORBIT_FAR * scale ? farthest : 2.0 * scale;
  for (int axis = 0; axis < 2; axis++) {
    const int c = p->component[axis];
    p->low[axis] = HUGE_VAL;
    p->high[axis] = -HUGE_VAL;
    for (int i = 0; i < orbit->count; i++) {
      const double value = orbit->value[(size_t)i * FHRL_PORTRAIT_COLUMNS + axis];
      if (fabs(value) <= seen) include(p, axis, value);
    }
    for (int i = 0; i < p->equilibria.count; i++)
      if (p->equilibria.item[i].isolated) include(p, axis, p->equilibria.item[i].x[c]);
    if (!isnan(p->rho_star)) {
      include(p, axis, 1.0);
      include(p, axis, -1.0);
    }
    if (!(p->low[axis] <= p->high[axis])) p->low[axis] = p->high[axis] = 0.0;
  }
  const double span[2] = {p->high[0] - p->low[0], p->high[1] - p->low[1]}, wide = fmax(span[0], span[1]);
  for (int axis = 0; axis < 2; axis++) {
    double side = p->alike ? wide : span[axis];
    if (!(side > 1e-9)) side = wide > 1e-9 ? wide : 2.0;
    const double middle = 0.5 * (p->low[axis] + p->high[axis]);
    p->low[axis] = middle - 0.6 * side;
    p->high[axis] = middle + 0.6 * side;
  }
  const double fixed[2][2] = {{plan->x_low, plan->x_high}, {plan->y_low, plan->y_high}};
  for (int axis = 0; axis < 2; axis++)
    if (fixed[axis][0] < fixed[axis][1]) {
      p->low[axis] = fixed[axis][0];
      p->high[axis] = fixed[axis][1];
    }
}

// ---- layers

static double at(const fhrl_portrait *p, int axis, double part) { return p->low[axis] + part * (p->high[axis] - p->low[axis]); }

// Speed along the plane at x with its two components set; NaN where the field is not finite.
static void velocity(const fhrl_portrait *p, fhrl_system *s, double x[], double dx[], double across, double up, double v[2])
{
  x[p->component[0]] = across;
  x[p->component[1]] = up;
  const int bad = s->model->rhs(s, 0.0, x, dx) != 0;
  for (int i = 0; i < 2; i++) v[i] = bad || !isfinite(dx[p->component[i]]) ? FHRL_NAN : dx[p->component[i]];
}

static fhrl_status draw_field(fhrl_portrait *p, fhrl_system *s, int n, double x[], double dx[], fhrl_err *err)
{
  for (int i = 0; i < n * n; i++) {
    const double across = at(p, 0, (i % n + 0.5) / n), up = at(p, 1, (i / n + 0.5) / n);
    double v[2];
    velocity(p, s, x, dx, across, up, v);
    const double side[2] = {p->high[0] - p->low[0], p->high[1] - p->low[1]};
    const double seen = hypot(v[0] / side[0], v[1] / side[1]); // as long on paper as all others
    if (!(seen > 0.0)) continue;
    const double length = 0.7 / n / seen, step[2] = {v[0] * length, v[1] * length};
    FHRL_TRY(fhrl_portrait_add(&p->layer[FHRL_PORTRAIT_FIELD], across - 0.5 * step[0], up - 0.5 * step[1], step[0], step[1],
      hypot(v[0], v[1]), err));
  }
  return FHRL_OK;
}

static fhrl_status draw_nullclines(fhrl_portrait *p, fhrl_system *s, int n, double x[], double dx[], fhrl_err *err)
{
  double *f[2] = {malloc(2 * (size_t)n * (size_t)n * sizeof **f), NULL};
  if (f[0] == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a grid of %d x %d", n, n);
  f[1] = f[0] + (size_t)n * n;
  for (int i = 0; i < n * n; i++) {
    double v[2];
    velocity(p, s, x, dx, at(p, 0, (double)(i % n) / (n - 1)), at(p, 1, (double)(i / n) / (n - 1)), v);
    f[0][i] = v[0];
    f[1][i] = v[1];
  }
  fhrl_status status = FHRL_OK;
  for (int axis = 0; axis < 2 && status == FHRL_OK; axis++) {
    fhrl_contour c;
    status = fhrl_contour_zero(n, n, f[axis], &c, err);
    for (int i = 0; status == FHRL_OK && i < c.points; i++) // a NaN pair stays one
      status = fhrl_portrait_add(&p->layer[FHRL_PORTRAIT_NULL_ACROSS + axis], at(p, 0, c.point[2 * i] / (n - 1)),
        at(p, 1, c.point[2 * i + 1] / (n - 1)), FHRL_NAN, FHRL_NAN, FHRL_NAN, err);
    if (status == FHRL_OK) fhrl_contour_free(&c);
  }
  free(f[0]);
  return status;
}

static fhrl_status draw_rests(fhrl_portrait *p, fhrl_err *err)
{
  static const int mark[] = {[FHRL_EQUILIBRIUM_STABLE_NODE] = 0, [FHRL_EQUILIBRIUM_STABLE_FOCUS] = 0,
    [FHRL_EQUILIBRIUM_UNSTABLE_NODE] = 1, [FHRL_EQUILIBRIUM_UNSTABLE_FOCUS] = 1, [FHRL_EQUILIBRIUM_SADDLE] = 2,
    [FHRL_EQUILIBRIUM_CENTRE] = 3, [FHRL_EQUILIBRIUM_DEGENERATE] = 4};
  for (int i = 0; i < p->equilibria.count; i++) {
    const fhrl_equilibrium *q = &p->equilibria.item[i];
    if (!q->isolated) continue; // a continuum shows as a nullcline of both kinds
    FHRL_TRY(fhrl_portrait_add(&p->layer[FHRL_PORTRAIT_RESTS], q->x[p->component[0]], q->x[p->component[1]], FHRL_NAN, FHRL_NAN,
      mark[q->kind], err));
  }
  return FHRL_OK;
}

// Cut of the spheres |y| = rho* and |y| = 1 with the plane, where both axes are components of y.
static fhrl_status draw_circles(fhrl_portrait *p, const double base[], int y, int d, fhrl_err *err)
{
  enum { CORNERS = 180 };
  const double radius[2] = {p->rho_star, 1.0};
  double beyond = 0.0;
  for (int i = y; i < y + d; i++)
    if (i != p->component[0] && i != p->component[1]) beyond += base[i] * base[i];
  for (int k = 0; k < 2; k++) {
    const double cut = radius[k] * radius[k] - beyond;
    if (!(cut > 0.0)) continue;
    for (int i = 0; i <= CORNERS; i++) {
      const double angle = 2.0 * FHRL_PI * i / CORNERS;
      FHRL_TRY(fhrl_portrait_add(&p->layer[FHRL_PORTRAIT_CIRCLES], sqrt(cut) * cos(angle), sqrt(cut) * sin(angle), FHRL_NAN, FHRL_NAN,
        radius[k], err));
    }
    FHRL_TRY(fhrl_portrait_end(&p->layer[FHRL_PORTRAIT_CIRCLES], err));
  }
  return FHRL_OK;
}

// The radius that homeostasis attracts to, if the plane lies in the block y of such a system.
static fhrl_status find_radius(fhrl_portrait *p, fhrl_system *s, int *y, int *d, fhrl_err *err)
{
  fhrl_iss_view v;
  fhrl_iss_constants k;
  const fhrl_iss_choice choice = {.sector = FHRL_ISS_SECTOR_GIVEN};
  p->rho_star = FHRL_NAN;
  if (fhrl_iss_view_init(&v, s, NULL) != FHRL_OK) return FHRL_OK; // no block y, no homeostasis
  const fhrl_status status = fhrl_iss_constants_find(&v, &choice, 0.0, &k, err);
  const int inside = p->component[0] >= v.y && p->component[0] < v.y + v.d && p->component[1] >= v.y &&
                     p->component[1] < v.y + v.d;
  if (status == FHRL_OK && inside && k.rho_star > 0.0) p->rho_star = k.rho_star;
  *y = v.y;
  *d = v.d;
  fhrl_iss_view_free(&v);
  return status;
}

static fhrl_status draw_orbits(fhrl_portrait *p, fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  const fhrl_portrait_plan *plan, double x[], fhrl_err *err)
{
  for (int k = 0; k < plan->orbits; k++) {
    double part[2], whole;
    part[0] = modf(0.5 + k * 0.7548776662466927, &whole); // powers of the plastic number: points that spread evenly
    part[1] = modf(0.5 + k * 0.5698402909980532, &whole);
    for (int axis = 0; axis < 2; axis++) x[p->component[axis]] = at(p, axis, 0.04 + 0.92 * part[axis]);
    FHRL_TRY(fhrl_portrait_orbit_draw(p, s, in, solver, plan->arc, 0.0, x, &p->layer[FHRL_PORTRAIT_ORBITS], err));
  }
  return FHRL_OK;
}

// ---- the whole

// base (n): where the components beyond the plane stay, and a note that says so.
static void choose_base(const fhrl_system *s, const fhrl_portrait_plan *plan, const double x0[], double base[],
  fhrl_portrait *p)
{
  const fhrl_equilibrium *rest = NULL;
  for (int i = 0; i < p->equilibria.count && plan->base == FHRL_PORTRAIT_AT_EQUILIBRIUM; i++)
    if (rest == NULL || (p->equilibria.item[i].stable && !rest->stable)) rest = &p->equilibria.item[i];
  const int zero = plan->base == FHRL_PORTRAIT_AT_ZERO;
  for (int i = 0; i < s->n; i++) base[i] = zero ? 0.0 : rest ? rest->x[i] : x0[i];
  if (s->n == 2) return;
  char text[FHRL_PORTRAIT_TITLE / 2] = "";
  int shown = 0;
  for (int i = 0; i < s->n && !zero; i++) {
    char name[FHRL_PORTRAIT_NAME];
    if (i == p->component[0] || i == p->component[1]) continue;
    fhrl_system_component(s, i, name, sizeof name);
    if (shown++ < SHOWN) snprintf(text + strlen(text), sizeof text - strlen(text), ", %.20s = %.2g", name, base[i]);
  }
  snprintf(p->note, sizeof p->note, "cut at %s%s%s; orbits%s of all %d states, projected",
    zero ? "zero" : rest ? "an equilibrium" : "the start", text, shown > SHOWN ? ", ..." : "",
    p->equilibria.starts > 0 ? " and equilibria" : "", s->n);
}

static fhrl_status make(fhrl_portrait *p, fhrl_system *s, fhrl_system *run, const fhrl_input *in, const fhrl_solver *solver,
  const fhrl_portrait_plan *plan, const double x0[], double work[], fhrl_err *err)
{
  double *base = work, *x = base + s->n, *dx = x + s->n, *u = dx + s->n;
  int y = 0, d = 0;
  snprintf(p->title, sizeof p->title, "%s: %s", s->model->name, s->model->summary);
  FHRL_TRY(choose_axes(s, plan, p, err));
  FHRL_TRY(find_radius(p, s, &y, &d, err));
  fhrl_input_at(in, 0.0, u);
  if (s->model->jvp && s->n <= FHRL_PORTRAIT_NEWTON_STATES)
    FHRL_TRY(fhrl_equilibrium_find(s, 0.0, u, &plan->equilibria, x0, NULL, &p->equilibria, err));
  choose_base(s, plan, x0, base, p);
  const double scale = scale_of(p, x0);
  FHRL_TRY(fhrl_portrait_orbit_draw(p, run, in, solver, HUGE_VAL, scale, x0, &p->layer[FHRL_PORTRAIT_OWN], err));
  choose_window(plan, scale, p);
  memcpy(x, base, (size_t)s->n * sizeof *x);
  FHRL_TRY(draw_orbits(p, run, in, solver, plan, x, err));
  s->u = u;
  FHRL_TRY(draw_field(p, s, plan->arrows, x, dx, err));
  FHRL_TRY(draw_nullclines(p, s, plan->grid, x, dx, err));
  FHRL_TRY(draw_rests(p, err));
  return isnan(p->rho_star) ? FHRL_OK : draw_circles(p, base, y, d, err);
}

fhrl_status fhrl_portrait_make(fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  const fhrl_portrait_plan *plan, const double x0[], fhrl_portrait *out, fhrl_err *err)
{
  fhrl_portrait p = {.rho_star = FHRL_NAN};
  fhrl_system *run = NULL;
  double *work = calloc(3 * (size_t)s->n + (size_t)s->dims.n_u + 1, sizeof *work);
  if (work == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a portrait of %d states", s->n);
  fhrl_status status = fhrl_system_clone(s, &run, err);
  if (status == FHRL_OK) status = make(&p, s, run, in, solver, plan, x0, work, err);
  s->u = NULL; // it pointed into work
  fhrl_system_destroy(run);
  free(work);
  if (status == FHRL_OK) *out = p;
  else fhrl_portrait_free(&p);
  return status;
}

void fhrl_portrait_free(fhrl_portrait *p)
{
  for (int i = 0; i < FHRL_PORTRAIT_LAYERS; i++) free(p->layer[i].value);
  fhrl_equilibrium_free(&p->equilibria);
  *p = (fhrl_portrait){0};
}
