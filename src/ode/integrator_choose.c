// SPDX-License-Identifier: GPL-3.0-or-later
// integrator_choose: Adams or BDF
//
// Adams costs least per step, but where fast modes have died out its steps h stay below the time 1/rate in which they
// decay, however slow the solution has become. The product rate (t_end - t0) does not tell such systems: it is as
// large for a long run on the Lorenz attractor, where BDF is the slower one. What Adams itself does tells them. Per 500
// steps, measured for rtol 1e-4 .. 1e-12:
//   (a) relaxation to cos t at rates 1e2 .. 1e6, van der Pol mu = 10 .. 1000: mostly h rate = .25 .. .9 and 2 .. 250
//       failures of the fixed-point iteration; at the tight tolerances the steps may also be caught at a high order with
//       h rate = .03 .. .3 and no failure at all, while |f| / |x| h < .01 and rate > 100 |f| / |x|
//   (b) Lorenz (r = 28, 160), van der Pol mu = .1, 1, harmonic oscillator: h rate = .00 .. .22, no failure, and
//       never idle at two looks in a row
// The rule: begin with Adams; every 500 steps go over to BDF if two or more failed and h rate > 1/4, or at the second
// look in a row at which the solution is idle as in (a). With it most runs of (a) took at most 1.5 times the
// evaluations of the better method (1.8 at van der Pol mu = 1000, for the first 500 steps; up to 10^3 times fewer than
// Adams), and every run of (b) stayed with Adams.
#include <math.h>
#include <stdio.h>

#include "base/random.h"
#include "ode/integrator_state.h"

enum { WINDOW = 500, FAILURES = 2, LOOKS = 2, ITERATIONS = 24 };
static const double unstable = 0.25; // h rate from here on: Adams at its bound of stability
static const double caught = 0.02;   // h rate from here on: worth a change if the solution is idle
static const double idle_step = 0.01, idle_ratio = 100.0;

// Decay rate -v'Jv of the fastest mode v at (now, x), by power iteration; where the fastest modes are a complex pair,
// the mean over the latter half of the iterations is the rate of their envelope. 0 if there is none.
static double decay_rate(fhrl_integrator *it)
{
  const int n = it->s->n;
  double *v = it->scratch, *w = it->scratch + n, rate = 0.0;
  fhrl_random_normal((fhrl_random){.stream = FHRL_STREAM_START, .sequence = 1}, 0, (size_t)n, v);
  for (int k = 0; k < ITERATIONS; k++) {
    const double norm = fhrl_norm(n, v);
    if (!(norm > 0.0 && norm < HUGE_VAL)) return 0.0;
    for (int i = 0; i < n; i++) v[i] /= norm;
    if (fhrl_integrator_jvp(it, it->now, it->x, v, w) != 0) return 0.0;
    if (k >= ITERATIONS / 2) rate -= fhrl_dot(n, v, w) / (ITERATIONS - ITERATIONS / 2);
    for (int i = 0; i < n; i++) v[i] = w[i];
  }
  return rate;
}

// How fast the state changes by its own size: |f| / |x|; not a number or infinite, hence not idle, at x = 0.
static double motion(fhrl_integrator *it)
{
  const int n = it->s->n;
  if (fhrl_integrator_rhs(it, it->now, it->x, it->scratch) != 0) return HUGE_VAL;
  return fhrl_norm(n, it->scratch) / fhrl_norm(n, it->x);
}

static int idle(double h, double rate, double speed)
{
  return h * speed < idle_step && h * rate > caught && rate > idle_ratio * speed;
}

int fhrl_integrator_choose_stiff(fhrl_integrator *it, double h, double *rate)
{
  const double speed = motion(it);
  *rate = decay_rate(it);
  return h * *rate > unstable || idle(h, *rate, speed);
}

void fhrl_integrator_choose(fhrl_integrator *it)
{
  it->stiff = it->solver.method == FHRL_METHOD_BDF;
  snprintf(it->why, sizeof it->why, "%s", it->solver.method == FHRL_METHOD_AUTO ? "not stiff so far" : "asked for");
}

void fhrl_integrator_choose_mark(fhrl_integrator *it)
{
  it->mark = it->engine->kind->count(it->engine);
  it->mark_t = it->now;
}

int fhrl_integrator_choose_again(fhrl_integrator *it)
{
  if (it->solver.method != FHRL_METHOD_AUTO || it->stiff) return 0;
  const fhrl_engine_count c = it->engine->kind->count(it->engine);
  const long steps = c.steps - it->mark.steps, failures = c.convergence_failures - it->mark.convergence_failures;
  if (steps < WINDOW) return 0;
  const double h = (it->now - it->mark_t) / (double)steps, speed = motion(it);
  fhrl_integrator_choose_mark(it);
  const int failing = failures >= FAILURES;
  const double rate = failing || h * speed < idle_step ? decay_rate(it) : 0.0; // worth 24 products only then
  it->idle = idle(h, rate, speed) ? it->idle + 1 : 0;
  if (!(failing && h * rate > unstable) && it->idle < LOOKS) return 0;
  it->stiff = 1;
  snprintf(it->why, sizeof it->why, "stiff at t = %.4g: adams took steps of %.2g where modes decay at the rate %.2g", it->now,
    h, rate);
  return 1;
}
