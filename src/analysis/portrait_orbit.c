// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_orbit: orbits projected onto the plane of a portrait, in steps that the eye cannot tell from a curve
#include "analysis/portrait_orbit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"

enum { POINTS_MAX = 20000, AT_REST = 100 }; // AT_REST: points without motion, after which none is waited for
enum { STRETCH = 16 };                      // points whose distance in time is chosen at once where little moves

typedef struct pen {
  double low[2], high[2]; // of the window, or of what the orbit has shown
  double at[2];
  double scale; // of lengths, without a window
  int windowed;
} pen;

static double side(const pen *k, int axis)
{
  const double length = k->high[axis] - k->low[axis];
  return k->windowed ? length : fmax(length, 0.1 * k->scale); // it has shown nothing at its start
}

// Moves to x, y; returns the way in sides of the window.
static double move(pen *k, const double to[2])
{
  double way = 0.0;
  for (int i = 0; i < 2; i++) {
    if (!k->windowed) {
      k->low[i] = fmin(k->low[i], to[i]);
      k->high[i] = fmax(k->high[i], to[i]);
    }
    way = hypot(way, (to[i] - k->at[i]) / side(k, i));
    k->at[i] = to[i];
  }
  return way;
}

static int far_out(const pen *k)
{
  int out = 0;
  for (int i = 0; i < 2; i++)
    out |= k->windowed ? k->at[i] < k->low[i] - side(k, i) || k->at[i] > k->high[i] + side(k, i)
                       : fabs(k->at[i]) > FHRL_PORTRAIT_ORBIT_FAR * k->scale;
  return out;
}

// Where the orbit is seen at t; the same place again where the field is not finite.
static void look(const fhrl_portrait_plane *plane, const fhrl_input *in, double t, const double x[], double at[2])
{
  double to[2];
  if (in) fhrl_input_at(in, t, plane->u);
  fhrl_portrait_plane_project(plane, t, x, to);
  for (int i = 0; i < 2; i++)
    if (isfinite(to[i])) at[i] = to[i];
}

// Counts points at which no component has moved from `anchor` (n) by more than the solver's tolerances allow for.
static int count_still(int n, const fhrl_solver *solver, const double x[], double anchor[], int still)
{
  for (int i = 0; i < n; i++)
    if (!(fabs(x[i] - anchor[i]) <= 100.0 * (solver->atol + solver->rtol * fabs(x[i])))) {
      memcpy(anchor, x, (size_t)n * sizeof *anchor);
      return 0;
    }
  return still + 1;
}

// An orbit while it is drawn.
typedef struct trail {
  const fhrl_portrait *p;
  const fhrl_portrait_plane *plane;
  const fhrl_input *in;
  const fhrl_solver *solver;
  const fhrl_portrait_path *path;
  fhrl_portrait_rows *rows;
  double *anchor; // (n)
  pen k;
  double t, gone, way; // the last point's time; way in all; the longest between two points since it was set to 0
  int points, still, over;
} trail;

static fhrl_status draw_point(void *context, double t, const double x[], fhrl_err *err)
{
  trail *w = context;
  double to[2] = {w->k.at[0], w->k.at[1]};
  if (w->over) return FHRL_OK; // the rest of a stretch
  if (fhrl_portrait_plane_refuses(w->plane, x)) { // by an error of the solver: it would go on where nothing is described
    w->over = 1;
    return FHRL_OK;
  }
  FHRL_TRY(fhrl_portrait_stopped(w->p, err));
  look(w->plane, w->in, t, x, to);
  const double way = move(&w->k, to);
  w->t = t;
  w->gone += way;
  w->way = fmax(w->way, way);
  w->points++;
  w->still = count_still(w->plane->s->n, w->solver, x, w->anchor, w->still);
  w->over = w->gone >= w->path->arc || far_out(&w->k) || w->points >= POINTS_MAX;
  return fhrl_portrait_add(w->rows, to[0], to[1], FHRL_NAN, FHRL_NAN, w->path->backward ? -t : t, err);
}

// The next stretch of points dt apart; *ended: 1 if the solver gave up within it.
static fhrl_status draw_stretch(trail *w, fhrl_integrator *it, double dt, int points, int *ended, fhrl_err *err)
{
  double t[STRETCH];
  const double from = fhrl_integrator_now(it);
  int n = 0;
  while (n < points && (n == 0 || t[n - 1] < w->path->t_end)) {
    t[n] = fmin(from + (n + 1) * dt, w->path->t_end);
    n++;
  }
  w->way = 0.0;
  fhrl_err why = {FHRL_OK, ""};
  const fhrl_status status = fhrl_integrator_sweep(it, t, (size_t)n, draw_point, w, &why);
  if (status == FHRL_NOMEM || status == FHRL_INTERRUPT) return fhrl_fail(err, status, "%s", why.msg);
  *ended = status != FHRL_OK; // a blow-up ends the orbit, not the portrait
  if (*ended && fhrl_integrator_now(it) > w->t)
    return draw_point(w, fhrl_integrator_now(it), fhrl_integrator_state(it), err);
  return FHRL_OK;
}

static fhrl_status follow(trail *w, fhrl_integrator *it, fhrl_err *err)
{
  const fhrl_portrait_path *path = w->path;
  const double *x = fhrl_integrator_state(it);
  double to[2] = {0.0, 0.0}, dt = path->first;
  look(w->plane, w->in, 0.0, x, to);
  w->k = (pen){.low = {w->p->low[0], w->p->low[1]}, .high = {w->p->high[0], w->p->high[1]}, .scale = path->scale,
    .windowed = w->p->high[0] > w->p->low[0]};
  for (int i = 0; i < 2; i++) {
    w->k.at[i] = to[i];
    if (!w->k.windowed) w->k.low[i] = w->k.high[i] = to[i];
  }
  if (!(dt > 0.0)) dt = 0.01 * fmin(w->solver->output_every, path->t_end);
  FHRL_TRY(fhrl_portrait_add(w->rows, to[0], to[1], FHRL_NAN, FHRL_NAN, 0.0, err));
  for (int ended = 0, points = 1; !ended && !w->over && fhrl_integrator_now(it) < path->t_end;) {
    const int leaving = path->first > 0.0 && w->gone < 0.02; // a saddle: slowly at first
    FHRL_TRY(draw_stretch(w, it, dt, points, &ended, err));
    const int moved = w->in && (fhrl_input_varies(w->in) || isfinite(fhrl_input_break(w->in, fhrl_integrator_now(it))));
    if (w->still > AT_REST && !leaving && !moved) break;
    // points that the eye takes for a curve: 2 % of the window apart at most, without crawling where the orbit rests; away
    // from a saddle distances grow exponentially, and a step may not grow into a leap
    points = leaving || w->way > 0.01 ? 1 : w->way > 0.003 ? STRETCH / 4 : STRETCH;
    if (w->way > 0.01) dt *= fmax(0.3, 0.01 / w->way);
    else if (!leaving || w->way < 0.3 * w->gone) dt = fmin(dt * 1.5, fmax(w->solver->output_every, path->first));
  }
  if (path->last) memcpy(path->last, fhrl_integrator_state(it), (size_t)w->plane->s->n * sizeof *path->last);
  return fhrl_portrait_end(w->rows, err);
}

fhrl_status fhrl_portrait_orbit_draw(const fhrl_portrait *p, const fhrl_portrait_plane *plane, fhrl_system *run,
  const fhrl_input *in, const fhrl_solver *solver, const fhrl_portrait_path *path, const double x0[],
  fhrl_portrait_rows *rows, fhrl_err *err)
{
  fhrl_integrator *it = NULL;
  const fhrl_status made = fhrl_integrator_create(run, in, solver, 0.0, x0, &it, err);
  if (path->last) memcpy(path->last, x0, (size_t)plane->s->n * sizeof *path->last);
  if (made == FHRL_NUMERIC) return FHRL_OK; // the field is not finite there: no orbit to draw
  if (made != FHRL_OK) return made;
  trail w = {.p = p, .plane = plane, .in = in, .solver = solver, .path = path, .rows = rows,
    .anchor = calloc((size_t)plane->s->n, sizeof *w.anchor)};
  const fhrl_status status = w.anchor ? follow(&w, it, err)
                                      : fhrl_fail(err, FHRL_NOMEM, "no memory for an orbit of %d states", plane->s->n);
  if (in) fhrl_input_at(in, 0.0, plane->u);
  free(w.anchor);
  fhrl_integrator_destroy(it);
  return status;
}
