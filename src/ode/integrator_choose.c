// SPDX-License-Identifier: GPL-3.0-or-later
// integrator_choose: DOP853 or BDF
//
// `auto` begins with dop853 and not with adams: at rtol 1e-8 it takes up to 1.5 times the right-hand sides (down to a seventh,
// where Adams' small region of stability holds that one back), but what the methods do besides weighs more. Milliseconds,
// adams : dop853 : bdf, of lorenz 17 : 1.9 : 31, fhrl d = 2, 32, 96 .54 : .10 : .49, 8.5 : 2.9 : 16, 170 : 17 : 118, random_rnn
// n = 200, 1000 18 : 11 : 100, 271 : 278 : 595, hebbian_rnn 7.1 : .94 : 4.4, ltc 3.0 : .11 : .36, van_der_pol 3.4 : .42 : 8.8.
// Where fast modes have died out explicit steps h stay below a few times 1/rate, the time in which they decay, however slow the
// solution has become, and BDF is better. The product rate (t_end - t0) does not tell such systems: it is as large for a long
// run on the Lorenz attractor. What dop853 itself does tells them. Per 100 steps, for rtol 1e-4 .. 1e-12:
//   (a) relaxation to cos t at rates 1e3 .. 1e6, van der Pol mu = 30 .. 1000: h rate = 4.5 .. 6.4, the bound of stability being
//       6.3; at the tight tolerances it may be caught at .2 .. 1.5, while |f| / |x| h < .01 and rate > 100 |f| / |x|
//   (b) Lorenz (r = 28, 160), van der Pol mu = .1 .. 5, harmonic oscillator: h rate < 3, and never idle as in (a)
// The rule: at every 100th step look whether h rate > 4, or the solution is idle as in (a); at the second look in a row go
// over to BDF. With it the runs of (a) spent some 2,400 right-hand sides before (where BDF takes 180 .. 20,000 and dop853 up to
// more than 3,600,000), and every run of (b) stayed with dop853. The looks cost 2 % in products J v.
#include <math.h>
#include <stdio.h>

#include "base/random.h"
#include "ode/integrator_state.h"

enum { LOOKS = 2, ITERATIONS = 24 };
static const double bound = 4.0;     // h rate from here on: dop853 near its bound of stability, which is 6.3
static const double unstable = 0.25; // and adams, near its own
static const double caught = 0.02, idle_step = 0.01, idle_ratio = 100.0;

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

// At a high order the steps may be caught below the bound of stability, where only the solution's idleness tells.
static int idle(double h, double rate, double speed)
{
  return h * speed < idle_step && h * rate > caught && rate > idle_ratio * speed;
}

// What the message of a method that was asked for says: any sign that decay, not accuracy, held its steps back.
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
  const long steps = it->engine->kind->count(it->engine).steps - it->mark.steps;
  if (steps < FHRL_INTEGRATOR_WINDOW) return 0;
  const double h = (it->now - it->mark_t) / (double)steps, speed = motion(it), rate = decay_rate(it);
  fhrl_integrator_choose_mark(it);
  it->held = h * rate > bound || idle(h, rate, speed) ? it->held + 1 : 0;
  if (it->held < LOOKS) return 0;
  it->stiff = 1;
  snprintf(it->why, sizeof it->why, "stiff at t = %.4g: dop853 took steps of %.2g where modes decay at the rate %.2g", it->now, h,
    rate);
  return 1;
}
