// SPDX-License-Identifier: GPL-3.0-or-later
// portrait: a flow in a plane: directions, nullclines, orbits, equilibria, manifolds of saddles, level sets, spheres
#include "analysis/portrait.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"
#include "analysis/portrait_ensemble.h"
#include "analysis/portrait_flow.h"
#include "analysis/portrait_layers.h"
#include "analysis/portrait_orbit.h"
#include "analysis/portrait_radius.h"
#include "analysis/portrait_saddle.h"
#include "analysis/portrait_window.h"

enum { SHOWN = 3 };          // components beyond the plane that the caption names
enum { STEPS_MAX = 20000 };  // of an orbit besides the model's own; some hundreds are usual

const fhrl_field fhrl_portrait_fields[] = {
  {"plane", FHRL_PORTRAIT_STATES, "", "states: two components of all; slice: all others held; pca: principal components of an "
   "ensemble; norms: rho = |y| and |A|; radial: rho and d rho/dt", FHRL_CHOICE, .choices = "states|slice|pca|norms|radial"},
  {"x", 0, "", "states, slice: component across, such as y[0] (empty: the first)", FHRL_TEXT},
  {"y", 0, "", "states, slice: component up (empty: the second)", FHRL_TEXT},
  {"base", FHRL_PORTRAIT_AUTO, "", "where all beyond the plane stays: the stablest equilibrium, the start, the end of its orbit, "
   "zero, the mean (of pca), or given by `at`; auto: that if it is given, else of states and slice equilibrium, or start if "
   "none is found, of pca mean, of norms and radial end",
   FHRL_CHOICE, .choices = "auto|equilibrium|start|end|zero|mean|given"},
  {"at", 0, "", "the base point a,b,c,...: one number for every state", FHRL_TEXT},
  {"x_low", 0, "state", "window; x_low = x_high: what is to be seen", FHRL_REAL, -1e12, 1e12},
  {"x_high", 0, "state", "window", FHRL_REAL, -1e12, 1e12},
  {"y_low", 0, "state", "window; y_low = y_high: what is to be seen", FHRL_REAL, -1e12, 1e12},
  {"y_high", 0, "state", "window", FHRL_REAL, -1e12, 1e12},
  {"arrows", 24, "1", "arrows per side; 0: none", FHRL_INT, 0, 200},
  {"colour", 1, "", "colour of the arrows tells their speed", FHRL_FLAG},
  {"nullclines", 1, "", "lines where one of the two velocities vanishes", FHRL_FLAG},
  {"grid", 200, "1", "points per side of the grid that nullclines and level sets are traced on", FHRL_INT, 4, 2000},
  {"orbits", 12, "1", "orbits besides the model's own: from points of the window, of pca members of the ensemble", FHRL_INT, 0,
   1000},
  {"scatter", 0, "", "where those of the window start: spread evenly, or at random", FHRL_CHOICE, .choices = "even|random"},
  {"starts", 0, "", "points of the plane that orbits start from, too: a b; c d; ...", FHRL_TEXT},
  {"seed", 1, "1", "of random starts and of the ensemble", FHRL_INT, 0, 4294967295.0},
  {"spread", 0, "state", "pca: members start at x0 + this times N(0, 1); 0: at the model's own start from other seeds, 1 if it "
   "has but one", FHRL_REAL, 0, 1e12},
  {"arc", 3, "1", "length of those orbits, in sides of the window", FHRL_REAL, 0, 1e6, FHRL_OPEN_LOW},
  {"manifolds", 1, "", "stable and unstable manifolds of saddles where they are curves, and eigenvectors", FHRL_FLAG},
  {"reach", 4, "1", "length of each branch of a manifold, in sides of the window", FHRL_REAL, 0, 1e6, FHRL_OPEN_LOW},
  {"levels", 8, "1", "level sets of the observable, besides those through saddles; 0: none at all", FHRL_INT, 0, 200},
  {"observable", 0, "", "of the level sets; empty: energy or invariant, if the model has it and the flow never climbs it",
   FHRL_TEXT},
};
const int fhrl_portrait_field_count = FHRL_COUNT(fhrl_portrait_fields);

void fhrl_portrait_options(const fhrl_config *config, int states, fhrl_portrait_plan *out)
{
  *out = (fhrl_portrait_plan){
    .plane = (fhrl_portrait_kind)fhrl_config_int(config, "portrait.plane"),
    .x = fhrl_config_text(config, "portrait.x"),
    .y = fhrl_config_text(config, "portrait.y"),
    .base = (fhrl_portrait_base)fhrl_config_int(config, "portrait.base"),
    .at = fhrl_config_text(config, "portrait.at"),
    .x_low = fhrl_config_real(config, "portrait.x_low"),
    .x_high = fhrl_config_real(config, "portrait.x_high"),
    .y_low = fhrl_config_real(config, "portrait.y_low"),
    .y_high = fhrl_config_real(config, "portrait.y_high"),
    .arrows = fhrl_config_int(config, "portrait.arrows"),
    .colour = fhrl_config_int(config, "portrait.colour"),
    .nullclines = fhrl_config_int(config, "portrait.nullclines"),
    .grid = fhrl_config_int(config, "portrait.grid"),
    .orbits = fhrl_config_int(config, "portrait.orbits"),
    .random = fhrl_config_int(config, "portrait.scatter"),
    .starts = fhrl_config_text(config, "portrait.starts"),
    .seed = (uint32_t)fhrl_config_real(config, "portrait.seed"),
    .spread = fhrl_config_real(config, "portrait.spread"),
    .arc = fhrl_config_real(config, "portrait.arc"),
    .manifolds = fhrl_config_int(config, "portrait.manifolds"),
    .reach = fhrl_config_real(config, "portrait.reach"),
    .levels = fhrl_config_int(config, "portrait.levels"),
    .observable = fhrl_config_text(config, "portrait.observable"),
  };
  fhrl_equilibrium_options(config, &out->equilibria);
  const double most = 3e7 / ((double)states * states * states); // some tenths of a second
  if (!fhrl_config_is_set(config, "equilibria.starts") && out->equilibria.starts > most)
    out->equilibria.starts = (int)fmax(4.0, most);
  if (!fhrl_config_is_set(config, "equilibria.deflated") && out->equilibria.deflated > 0.1 * most)
    out->equilibria.deflated = (int)(0.1 * most);
  const double side = sqrt(4e7 / states);
  if (!fhrl_config_is_set(config, "portrait.grid") && out->grid > side) out->grid = (int)fmax(50.0, side);
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

fhrl_status fhrl_portrait_stopped(const fhrl_portrait *p, fhrl_err *err)
{
  return p->stop && *p->stop ? fhrl_fail(err, FHRL_INTERRUPT, "interrupted: a portrait is drawn as a whole") : FHRL_OK;
}

// ---- what a portrait is made with

typedef struct studio {
  fhrl_portrait *p;
  const fhrl_portrait_plan *plan;
  const fhrl_input *in;
  const fhrl_solver *solver;
  fhrl_system *whole;        // borrowed: the model's own
  fhrl_portrait_flow flow;   // of a slice
  fhrl_system *s, *run;      // what is drawn, the whole or the slice (borrowed); run: a clone for the integrator (owned)
  fhrl_portrait_plane plane; // of s
  fhrl_portrait_radius radius;
  int component[2];          // of the whole that the plane is spanned by
  double *base, *x0, *x, *last; // owned: (n of the whole) base point and, of s, start, scratch, end of its orbit
  double scale;
  const char *place;         // what the base point is
} studio;

// The horizon of orbits: a recording ends with its last token.
static double horizon(const studio *w) { return fmin(w->solver->t_end, fhrl_input_end(w->in)); }

static fhrl_status find_equilibria(studio *w, fhrl_err *err)
{
  fhrl_equilibrium_free(&w->p->equilibria);
  if (w->s->model->jvp == NULL || w->s->n > FHRL_PORTRAIT_NEWTON_STATES) return FHRL_OK;
  const fhrl_equilibrium_watch watch = {.stop = w->plan->stop};
  FHRL_TRY(fhrl_equilibrium_find(w->s, 0.0, w->plane.u, &w->plan->equilibria, w->x0, &watch, &w->p->equilibria, err));
  return fhrl_portrait_stopped(w->p, err);
}

static fhrl_status draw_own(studio *w, fhrl_err *err)
{
  fhrl_portrait_rows *rows = &w->p->layer[FHRL_PORTRAIT_OWN];
  const fhrl_portrait_path path = {.t_end = horizon(w), .arc = HUGE_VAL, .scale = w->scale, .last = w->last};
  rows->count = 0;
  return fhrl_portrait_orbit_draw(w->p, &w->plane, w->run, w->in, w->solver, &path, w->x0, rows, err);
}

// ---- the base point

static void name_base(studio *w)
{
  static const char *const how[] = {"held at", "held at", "through", "directions of y and A, and all else, as at",
    "curves: y along its direction at"};
  const fhrl_system *s = w->whole;
  const int spanned = w->plan->plane == FHRL_PORTRAIT_STATES || w->plan->plane == FHRL_PORTRAIT_SLICE;
  const int moving = fhrl_input_varies(w->in) || isfinite(fhrl_input_break(w->in, 0.0));
  char text[FHRL_PORTRAIT_TITLE / 2] = "";
  int shown = 0;
  for (int i = 0; i < s->n && spanned; i++) {
    char name[FHRL_PORTRAIT_NAME];
    if (i == w->component[0] || i == w->component[1]) continue;
    fhrl_system_component(s, i, name, sizeof name);
    if (shown++ < SHOWN)
      snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.20s = %.2g", shown > 1 ? ", " : ": ", name, w->base[i]);
  }
  snprintf(w->p->held, sizeof w->p->held, "%s %s%s%s%s%s", how[w->plan->plane], w->place, text, shown > SHOWN ? ", ..." : "",
    w->plan->plane == FHRL_PORTRAIT_RADIAL ? ", all else as there" : "", moving ? "; input as at t = 0" : "");
  if (w->p->runaways > 0)
    snprintf(w->p->held + strlen(w->p->held), sizeof w->p->held - strlen(w->p->held), "; %d orbit%s away and count%s only until then",
      w->p->runaways, w->p->runaways > 1 ? "s run" : " runs", w->p->runaways > 1 ? "" : "s");
}

// The stablest equilibrium; NULL if none is known. One of a continuum is no better than any other point.
static const fhrl_equilibrium *stablest(const fhrl_portrait *p)
{
  const fhrl_equilibrium *rest = NULL;
  for (int i = 0; i < p->equilibria.count; i++)
    if (p->equilibria.item[i].isolated && (rest == NULL || (p->equilibria.item[i].stable && !rest->stable)))
      rest = &p->equilibria.item[i];
  return rest;
}

static fhrl_portrait_base base_of(const fhrl_portrait_plan *plan)
{
  if (plan->base != FHRL_PORTRAIT_AUTO) return plan->base;
  if (*plan->at) return FHRL_PORTRAIT_AT_GIVEN;
  return plan->plane == FHRL_PORTRAIT_PCA                                              ? FHRL_PORTRAIT_AT_MEAN
         : plan->plane == FHRL_PORTRAIT_NORMS || plan->plane == FHRL_PORTRAIT_RADIAL ? FHRL_PORTRAIT_AT_END
                                                                                       : FHRL_PORTRAIT_AT_EQUILIBRIUM;
}

static fhrl_status check_base(const fhrl_portrait_plan *plan, fhrl_err *err)
{
  const fhrl_portrait_base base = base_of(plan);
  if (base == FHRL_PORTRAIT_AT_MEAN && plan->plane != FHRL_PORTRAIT_PCA)
    return fhrl_fail(err, FHRL_ARG, "portrait.base = mean: only the plane pca has the mean of an ensemble; allowed here: auto, "
                                    "equilibrium, start, end, zero, given");
  if (base == FHRL_PORTRAIT_AT_GIVEN && *plan->at == '\0')
    return fhrl_fail(err, FHRL_ARG, "portrait.base = given needs portrait.at = a,b,c,...: one number for every state");
  if (base != FHRL_PORTRAIT_AT_GIVEN && *plan->at)
    return fhrl_fail(err, FHRL_ARG, "portrait.at is given, but portrait.base says otherwise; allowed with it: auto, given");
  return FHRL_OK;
}

static fhrl_status choose_base(studio *w, fhrl_err *err)
{
  const size_t size = (size_t)w->whole->n * sizeof *w->base;
  const fhrl_equilibrium *rest = stablest(w->p);
  switch (base_of(w->plan)) {
  case FHRL_PORTRAIT_AT_END:
    w->place = "the end of the orbit";
    FHRL_TRY(draw_own(w, err));
    memcpy(w->base, w->last, size);
    break;
  case FHRL_PORTRAIT_AT_ZERO:
    w->place = "zero";
    memset(w->base, 0, size);
    break;
  case FHRL_PORTRAIT_AT_MEAN:
    w->place = "the mean";
    memcpy(w->base, w->plane.mean, size);
    break;
  case FHRL_PORTRAIT_AT_GIVEN: {
    w->place = "a given point";
    const fhrl_status status = fhrl_system_start(w->whole, 0, w->plan->at, w->base, err);
    if (status != FHRL_OK) fhrl_status_context(err, "portrait.at");
    FHRL_TRY(status);
    break;
  }
  case FHRL_PORTRAIT_AT_EQUILIBRIUM:
    w->place = rest ? "an equilibrium" : "the start";
    memcpy(w->base, rest ? rest->x : w->x0, size);
    break;
  default:
    w->place = "the start";
    memcpy(w->base, w->x0, size);
    break;
  }
  fhrl_portrait_plane_base(&w->plane, w->base, w->x0);
  if (w->whole->n > 2) name_base(w);
  return FHRL_OK;
}

// ---- the plane

static fhrl_status open(studio *w, fhrl_system *s, fhrl_err *err)
{
  w->s = s;
  FHRL_TRY(fhrl_portrait_plane_open(&w->plane, s, w->plan, w->p, err));
  fhrl_input_at(w->in, 0.0, w->plane.u);
  return fhrl_system_clone(s, &w->run, err);
}

static void close(studio *w)
{
  fhrl_portrait_plane_free(&w->plane);
  fhrl_system_destroy(w->run);
  w->run = NULL;
}

// From here on the two components alone move: a system of two states, of which the portrait is exact.
static fhrl_status hold(studio *w, fhrl_err *err)
{
  const fhrl_portrait_plan *planned = w->plan;
  fhrl_portrait_plan plan = *planned;
  plan.x = plan.y = "";
  close(w);
  FHRL_TRY(fhrl_portrait_flow_hold(&w->flow, w->whole, w->component, w->base, err));
  const double start[2] = {w->x0[w->component[0]], w->x0[w->component[1]]};
  memcpy(w->x0, start, sizeof start);
  const int alike = w->p->alike; // components of one block, as the whole has them
  w->plan = &plan;
  const fhrl_status status = open(w, &w->flow.system, err);
  w->plan = planned;
  w->p->alike = alike;
  FHRL_TRY(status);
  return find_equilibria(w, err);
}

static void describe(studio *w)
{
  fhrl_portrait *p = w->p;
  const int n = w->whole->n;
  const char *rest = w->whole->model->jvp && n <= FHRL_PORTRAIT_NEWTON_STATES ? " and equilibria" : "";
  snprintf(p->title, sizeof p->title, "%s: %s", w->whole->model->name, w->whole->model->summary);
  switch (p->kind) {
  case FHRL_PORTRAIT_STATES:
    if (n > 2)
      snprintf(p->note, sizeof p->note, "arrows and nullclines of the cut; orbits%s of all %d states, projected", rest, n);
    break;
  case FHRL_PORTRAIT_SLICE:
    if (n > 2) snprintf(p->note, sizeof p->note, "a flow of two states: the other %d are held", n - 2);
    break;
  case FHRL_PORTRAIT_PCA:
    snprintf(p->note, sizeof p->note, "plane of an ensemble of %d orbits; arrows and nullclines of the cut; orbits%s of all %d "
      "states, projected", w->plan->orbits + 1, rest, n);
    break;
  case FHRL_PORTRAIT_NORMS:
    snprintf(p->note, sizeof p->note, "arrows and nullclines with directions held; orbits%s of all %d states", rest, n);
    break;
  case FHRL_PORTRAIT_RADIAL:
    snprintf(p->note, sizeof p->note, "orbits%s of all %d states; arrows along the orbits", rest, n);
    break;
  }
}

// ---- what is drawn

static fhrl_status draw_orbit(studio *w, fhrl_err *err)
{
  const fhrl_portrait_path path = {.t_end = horizon(w), .arc = w->plan->arc};
  fhrl_solver solver = *w->solver;
  if (solver.max_steps > STEPS_MAX) solver.max_steps = STEPS_MAX; // a start that chatters about a kink must not hold up all
  return fhrl_portrait_orbit_draw(w->p, &w->plane, w->run, w->in, &solver, &path, w->x,
    &w->p->layer[FHRL_PORTRAIT_ORBITS], err);
}

static fhrl_status draw_orbits(studio *w, fhrl_err *err)
{
  const fhrl_portrait *p = w->p;
  for (int k = 0; k < w->plan->orbits; k++) {
    double at[2];
    if (p->kind == FHRL_PORTRAIT_PCA) {
      if (!fhrl_portrait_ensemble_member(w->s, w->plan, w->x0, k, w->x)) continue;
    } else {
      fhrl_portrait_ensemble_point(w->plan, k, at);
      for (int a = 0; a < 2; a++) at[a] = p->low[a] + (0.04 + 0.92 * at[a]) * (p->high[a] - p->low[a]);
      if (!fhrl_portrait_plane_lift(&w->plane, at, w->x)) continue;
      if (p->kind == FHRL_PORTRAIT_RADIAL) fhrl_portrait_ensemble_turn(w->plan->seed, k, w->plane.d, w->x + w->plane.y);
    }
    FHRL_TRY(draw_orbit(w, err));
  }
  const char *at = w->plan->starts;
  double point[2];
  for (int more = 1, k = 1; more; k++) {
    FHRL_TRY(fhrl_portrait_ensemble_next(&at, point, &more, k, err));
    if (!more) break;
    if (!fhrl_portrait_plane_lift(&w->plane, point, w->x))
      return fhrl_fail(err, FHRL_ARG, "portrait.starts, point %d: there is no state at %g %g", k, point[0], point[1]);
    FHRL_TRY(draw_orbit(w, err));
  }
  return FHRL_OK;
}

static fhrl_status draw_profile(studio *w, fhrl_err *err)
{
  enum { POINTS = 400 };
  fhrl_portrait *p = w->p;
  for (int end = 0; end < 2; end++) {
    FHRL_TRY(fhrl_portrait_add(&p->layer[FHRL_PORTRAIT_NULL_ACROSS], end ? p->high[0] : p->low[0], 0.0, FHRL_NAN, FHRL_NAN,
      FHRL_NAN, err));
  }
  return fhrl_portrait_radius_profile(p, &w->plane, &w->radius, fmax(0.0, p->low[0]), p->high[0], POINTS,
    &p->layer[FHRL_PORTRAIT_PROFILE], err);
}

static fhrl_status draw(studio *w, fhrl_err *err)
{
  fhrl_portrait *p = w->p;
  const fhrl_portrait_plan *plan = w->plan;
  const int radial = p->kind == FHRL_PORTRAIT_RADIAL;
  FHRL_TRY(draw_orbits(w, err));
  if (radial && plan->arrows > 0) FHRL_TRY(fhrl_portrait_layers_along(p, plan->arrows, err));
  if (!radial && plan->arrows > 0) FHRL_TRY(fhrl_portrait_layers_field(p, &w->plane, plan->arrows, err));
  if (!radial && plan->nullclines) FHRL_TRY(fhrl_portrait_layers_nullclines(p, &w->plane, plan->grid, err));
  if (radial) FHRL_TRY(draw_profile(w, err));
  FHRL_TRY(fhrl_portrait_layers_rests(p, &w->plane, err));
  FHRL_TRY(fhrl_portrait_layers_levels(p, &w->plane, plan->observable, plan->levels, plan->grid, w->x0, err));
  if (plan->manifolds) FHRL_TRY(fhrl_portrait_saddle_draw(p, &w->plane, w->run, w->solver, plan->reach, err));
  if (isnan(p->rho_star) && isnan(p->bound)) return FHRL_OK;
  return fhrl_portrait_radius_draw(p, &w->plane, &w->radius, w->base, w->component, plan->grid, err);
}

// The spheres that this plane shows.
static void show_radius(studio *w)
{
  if (!fhrl_portrait_radius_shown(&w->plane, &w->radius, w->component)) return;
  w->p->rho_star = w->radius.rho_star;
  w->p->bound = w->radius.bound;
  if (w->p->kind == FHRL_PORTRAIT_NORMS) w->p->A_bar = w->radius.A_bar;
}

// Points that the window of a radial plane must hold: all that the drive may make of the speed at radii up to 1.
static fhrl_status stretch(studio *w, double extra[4], int *count, fhrl_err *err)
{
  fhrl_portrait_rows rows = {0};
  const double reach = isfinite(w->p->bound) && w->p->bound < 3.0 ? fmax(1.0, w->p->bound) : 1.0;
  const fhrl_status status = fhrl_portrait_radius_profile(w->p, &w->plane, &w->radius, 0.05, 1.1 * reach, 60, &rows, err);
  for (int i = 0; i < rows.count; i++) {
    const double *r = rows.value + (size_t)i * FHRL_PORTRAIT_COLUMNS;
    if (!isfinite(r[1])) continue;
    if (*count == 0) extra[0] = extra[2] = r[0], extra[1] = extra[3] = r[1];
    *count = 2;
    extra[1] = fmin(extra[1], r[1]);
    extra[3] = fmax(extra[3], r[1]);
    extra[2] = fmax(extra[2], r[0]);
  }
  free(rows.value);
  return status;
}

static fhrl_status make(studio *w, fhrl_err *err)
{
  fhrl_portrait *p = w->p;
  double radial[4], *cloud = NULL; // (points, 2): what the window must hold
  int points = 0;
  FHRL_TRY(fhrl_portrait_window_check(w->plan, err));
  FHRL_TRY(open(w, w->whole, err));
  FHRL_TRY(check_base(w->plan, err));
  memcpy(w->component, w->plane.component, sizeof w->component);
  const int moving = fhrl_input_varies(w->in) || isfinite(fhrl_input_break(w->in, 0.0));
  FHRL_TRY(fhrl_portrait_radius_find(w->whole, moving ? HUGE_VAL : fhrl_norm(w->whole->dims.n_u, w->plane.u), &w->radius, err));
  show_radius(w);
  describe(w);
  FHRL_TRY(find_equilibria(w, err));
  w->scale = 1.0;
  if (p->kind == FHRL_PORTRAIT_PCA)
    FHRL_TRY(fhrl_portrait_ensemble_plane(p, &w->plane, w->run, w->in, w->solver, w->plan, w->x0, &cloud, &points, err));
  fhrl_status status = choose_base(w, err);
  if (status == FHRL_OK && p->kind == FHRL_PORTRAIT_SLICE && w->whole->n > 2) status = hold(w, err);
  if (status == FHRL_OK && p->kind == FHRL_PORTRAIT_RADIAL) status = stretch(w, radial, &points, err);
  w->scale = status == FHRL_OK ? fhrl_portrait_window_scale(p, &w->plane, w->x0) : 1.0;
  if (status == FHRL_OK) status = draw_own(w, err);
  if (status == FHRL_OK) fhrl_portrait_window_choose(p, &w->plane, w->plan, w->scale, cloud ? cloud : radial, points);
  free(cloud);
  return status == FHRL_OK ? draw(w, err) : status;
}

fhrl_status fhrl_portrait_make(fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  const fhrl_portrait_plan *plan, const double x0[], fhrl_portrait *out, fhrl_err *err)
{
  const double none = FHRL_NAN;
  fhrl_portrait p = {.kind = plan->plane, .rho_star = none, .bound = none, .A_bar = none, .share = {none, none},
    .colour = plan->colour, .stop = plan->stop};
  studio w = {.p = &p, .plan = plan, .in = in, .solver = solver, .whole = s};
  const size_t n = (size_t)s->n;
  w.base = calloc(4 * n + 2, sizeof *w.base);
  if (w.base == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for a portrait of %d states", s->n);
  w.x0 = w.base + n;
  w.x = w.x0 + n;
  w.last = w.x + n;
  memcpy(w.x0, x0, n * sizeof *x0);
  const fhrl_status status = make(&w, err);
  close(&w);
  fhrl_portrait_flow_free(&w.flow);
  free(w.base);
  p.stop = NULL;
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
