// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_orbit: orbits projected onto the plane of a portrait, in steps that the eye cannot tell from a curve
#include "analysis/portrait_orbit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/metrics.h"

enum { POINTS_MAX = 20000, AT_REST = 100 }; // AT_REST: steps without motion, after which none is waited for

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

// Counts steps in which no component has moved from `anchor` (n) by more than the solver's tolerances allow for.
static int count_still(int n, const fhrl_solver *solver, const double x[], double anchor[], int still)
{
  for (int i = 0; i < n; i++)
    if (!(fabs(x[i] - anchor[i]) <= 100.0 * (solver->atol + solver->rtol * fabs(x[i])))) {
      memcpy(anchor, x, (size_t)n * sizeof *anchor);
      return 0;
    }
  return still + 1;
}

static fhrl_status follow(const fhrl_portrait *p, const fhrl_portrait_plane *plane, fhrl_integrator *it, const fhrl_input *in,
  const fhrl_solver *solver, const fhrl_portrait_path *path, double anchor[], fhrl_portrait_rows *rows, fhrl_err *err)
{
  const double sign = path->backward ? -1.0 : 1.0;
  double to[2] = {0.0, 0.0}, dt = path->first, gone = 0.0;
  look(plane, in, 0.0, fhrl_integrator_state(it), to);
  pen k = {.low = {p->low[0], p->low[1]}, .high = {p->high[0], p->high[1]}, .scale = path->scale,
    .windowed = p->high[0] > p->low[0]};
  for (int i = 0; i < 2; i++) {
    k.at[i] = to[i];
    if (!k.windowed) k.low[i] = k.high[i] = to[i];
  }
  if (!(dt > 0.0)) dt = 0.01 * fmin(solver->output_every, path->t_end);
  int still = 0;
  FHRL_TRY(fhrl_portrait_add(rows, to[0], to[1], FHRL_NAN, FHRL_NAN, 0.0, err));
  for (int n = 1; n < POINTS_MAX && fhrl_integrator_now(it) < path->t_end && gone < path->arc && !far_out(&k); n++) {
    FHRL_TRY(fhrl_portrait_stopped(p, err));
    const double t = fmin(fhrl_integrator_now(it) + dt, path->t_end), before = fhrl_integrator_now(it);
    const int failed = fhrl_integrator_advance(it, t, NULL) != FHRL_OK; // a blow-up ends the orbit, not the portrait
    if (failed && !(fhrl_integrator_now(it) > before)) break;
    look(plane, in, fhrl_integrator_now(it), fhrl_integrator_state(it), to);
    const double way = move(&k, to);
    gone += way;
    FHRL_TRY(fhrl_portrait_add(rows, to[0], to[1], FHRL_NAN, FHRL_NAN, sign * fhrl_integrator_now(it), err));
    still = count_still(plane->s->n, solver, fhrl_integrator_state(it), anchor, still);
    const int leaving = path->first > 0.0 && gone < 0.02; // a saddle: slowly at first
    const int moved = in && (fhrl_input_varies(in) || isfinite(fhrl_input_break(in, fhrl_integrator_now(it)))); // still to come
    if (failed || (still > AT_REST && !leaving && !moved)) break;
    // a step the eye can follow: 2 % of the window at most, without crawling where the orbit rests; away from a saddle
    // distances grow exponentially, and a step may not grow into a leap
    if (way > 0.01) dt *= fmax(0.3, 0.01 / way);
    else if (!leaving || way < 0.3 * gone) dt = fmin(dt * 1.5, fmax(solver->output_every, path->first));
  }
  if (path->last) memcpy(path->last, fhrl_integrator_state(it), (size_t)plane->s->n * sizeof *path->last);
  return fhrl_portrait_end(rows, err);
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
  double *anchor = calloc((size_t)plane->s->n, sizeof *anchor);
  const fhrl_status status = anchor ? follow(p, plane, it, in, solver, path, anchor, rows, err)
                                    : fhrl_fail(err, FHRL_NOMEM, "no memory for an orbit of %d states", plane->s->n);
  if (in) fhrl_input_at(in, 0.0, plane->u);
  free(anchor);
  fhrl_integrator_destroy(it);
  return status;
}
