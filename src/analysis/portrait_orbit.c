// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_orbit: orbits projected onto the plane of a portrait, in steps that the eye cannot tell from a curve
#include "analysis/portrait_orbit.h"

#include <math.h>

#include "analysis/metrics.h"

enum { POINTS_MAX = 20000 };

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

static fhrl_status follow(const fhrl_portrait *p, fhrl_integrator *it, const fhrl_solver *solver, double t_end, double arc,
  double scale, fhrl_portrait_rows *rows, fhrl_err *err)
{
  const double *x = fhrl_integrator_state(it), from[2] = {x[p->component[0]], x[p->component[1]]};
  pen k = {.low = {p->low[0], p->low[1]}, .high = {p->high[0], p->high[1]}, .scale = scale,
    .windowed = p->high[0] > p->low[0]};
  for (int i = 0; i < 2; i++) {
    k.at[i] = from[i];
    if (!k.windowed) k.low[i] = k.high[i] = from[i];
  }
  double dt = 0.01 * fmin(solver->output_every, t_end), gone = 0.0;
  FHRL_TRY(fhrl_portrait_add(rows, from[0], from[1], FHRL_NAN, FHRL_NAN, 0.0, err));
  for (int n = 1; n < POINTS_MAX && fhrl_integrator_now(it) < t_end && gone < arc && !far_out(&k); n++) {
    const double t = fmin(fhrl_integrator_now(it) + dt, t_end);
    if (fhrl_integrator_advance(it, t, NULL) != FHRL_OK) break; // a blow-up ends the orbit, not the portrait
    x = fhrl_integrator_state(it);
    const double to[2] = {x[p->component[0]], x[p->component[1]]}, way = move(&k, to);
    gone += way;
    // a step the eye can follow: 2 % of the window at most, without crawling where the orbit rests
    if (way > 0.01) dt *= fmax(0.3, 0.01 / way);
    else dt = fmin(dt * 1.5, solver->output_every);
    FHRL_TRY(fhrl_portrait_add(rows, to[0], to[1], FHRL_NAN, FHRL_NAN, t, err));
  }
  return fhrl_portrait_end(rows, err);
}

fhrl_status fhrl_portrait_orbit_draw(const fhrl_portrait *p, fhrl_system *run, const fhrl_input *in,
  const fhrl_solver *solver, double arc, double scale, const double x0[], fhrl_portrait_rows *rows, fhrl_err *err)
{
  fhrl_integrator *it = NULL;
  const fhrl_status made = fhrl_integrator_create(run, in, solver, 0.0, x0, &it, err);
  if (made == FHRL_NUMERIC) return FHRL_OK; // the field is not finite there: no orbit to draw
  if (made != FHRL_OK) return made;
  const fhrl_status status = follow(p, it, solver, fmin(solver->t_end, fhrl_input_end(in)), arc, scale, rows, err);
  fhrl_integrator_destroy(it);
  return status;
}
