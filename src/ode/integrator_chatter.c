// SPDX-License-Identifier: GPL-3.0-or-later
// integrator_chatter: an integration that has come to slide along a jump of its right-hand side
//
// Where f jumps and both sides lead back to the jump (a gain 1/(1 + beta(|w| - 1)) with beta = 1 where w = 0, theory 2a, 3f; a relay),
// the solution in the sense of Filippov stays on it, but a method that knows only f crosses it at every step, and finds no step
// that is short enough: the steps shrink to what the tolerance takes for nothing, some 1e-8, for ever. Two signs tell this
// from decay that holds steps back, and end it before max_steps does:
//   (a) at the mean step h of the last steps, what is left would take more of them than may be made;
//   (b) f at x +- 10 h f is another than f at x, and at x +- 1000 h f is hardly another still. Where f is smooth on that scale
//       the difference grows a hundredfold.
#include <math.h>
#include <stdio.h>

#include "ode/integrator_state.h"

enum { LOOKS = 10, NAME_SIZE = 64 }; // looks in a row with both signs, 500 steps each
static const double near = 10.0, far = 1000.0; // steps along f
static const double other = 0.1;               // of |f|, a change that is no small one
static const double grown = 10.0;              // times as large, hardly

// |f(x + by f) - f| for f = scratch; f there in the other half of it. Not finite where f is not.
static double change(fhrl_integrator *it, double by)
{
  const int n = it->s->n;
  const double *f = it->scratch;
  double *there = it->scratch + n, *x = it->grid.x, square = 0.0; // between two steps nobody uses grid.x
  for (int i = 0; i < n; i++) x[i] = it->x[i] + by * f[i];
  if (fhrl_integrator_rhs(it, it->now, x, there) != 0) return HUGE_VAL;
  for (int i = 0; i < n; i++) square += (there[i] - f[i]) * (there[i] - f[i]);
  return sqrt(square);
}

// (b); h then has the sign of the side on which f is another.
static int jumps(fhrl_integrator *it, double *h)
{
  if (fhrl_integrator_rhs(it, it->now, it->x, it->scratch) != 0) return 0;
  const double size = fhrl_norm(it->s->n, it->scratch);
  for (int side = 0; side < 2; side++, *h = -*h) {
    const double close = change(it, near * *h);
    if (close > other * size && change(it, far * *h) < grown * close) return 1;
  }
  return 0;
}

// The term that jumps the most in component i between x and grid.x; -1 where the model does not tell.
static int jumping_term(fhrl_integrator *it, int i)
{
  const fhrl_system *s = it->s;
  double *out = it->scratch, most = 0.0;
  int found = -1;
  for (int k = 0; s->model->split && k < s->model->n_term; k++) {
    if (s->model->split(s, k, it->now, it->x, out) != 0) return -1;
    const double here = out[i];
    if (s->model->split(s, k, it->now, it->grid.x, out) != 0) return -1;
    if (fabs(out[i] - here) <= most) continue;
    most = fabs(out[i] - here);
    found = k;
  }
  return found;
}

static fhrl_status say(fhrl_integrator *it, double h, double left, fhrl_err *err)
{
  const fhrl_model *m = it->s->model;
  const double *f = it->scratch, *there = f + it->s->n;
  char name[NAME_SIZE], term[256] = "";
  int worst = 0;
  const double off = fhrl_norm(it->s->n, f) * near * fabs(h);
  change(it, near * h); // (b) went on from there
  for (int i = 1; i < it->s->n; i++)
    if (fabs(there[i] - f[i]) > fabs(there[worst] - f[worst])) worst = i;
  const double here = f[worst], beyond = there[worst];
  fhrl_system_component(it->s, worst, name, sizeof name);
  const int k = jumping_term(it, worst);
  if (k >= 0) snprintf(term, sizeof term, " in its term '%s' = %.150s", m->term[k].name, m->term[k].meaning);
  return fhrl_fail(err, FHRL_NUMERIC, "%s chatters at a jump of its right-hand side near t = %.6g: within %.1g of the state "
    "d%s/dt goes from %.3g to %.3g%s, from both sides the flow leads back there, and t = %g is %.1e steps of %.1g away; "
    "change what makes it jump (of a gain with beta = 1, which jumps at w = 0: beta < 1), or end before",
    m->name, it->now, off, name, here, beyond, term, it->now + left, left / fabs(h), fabs(h));
}

fhrl_status fhrl_integrator_chatter_look(fhrl_integrator *it, long steps, double t, fhrl_err *err)
{
  const long made = steps - it->chatter.steps;
  const double from = it->chatter.t, left = fmax(t, it->solver.t_end) - it->now;
  it->chatter.steps = steps;
  it->chatter.t = it->now;
  if (made <= 0 || it->solver.step > 0.0) return FHRL_OK;
  double h = (it->now - from) / (double)made;
  const int slow = h > 0.0 && left > h * (double)(it->solver.max_steps - steps);
  it->chatter.looks = slow && jumps(it, &h) ? it->chatter.looks + 1 : 0;
  return it->chatter.looks < LOOKS ? FHRL_OK : say(it, h, left, err);
}
