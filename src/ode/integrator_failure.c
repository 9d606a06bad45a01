// SPDX-License-Identifier: GPL-3.0-or-later
// integrator_failure: why an integration ended before its time, in words that name component, time and term
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ode/integrator_state.h"

enum { NAME_SIZE = 64 };

static int first_bad(int n, const double a[])
{
  for (int i = 0; i < n; i++)
    if (!isfinite(a[i])) return i;
  return -1;
}

// The term of the right-hand side whose component i is not finite at (t, x); -1 if none is so by itself.
static int bad_term(fhrl_integrator *it, int i, double t, const double x[], double out[])
{
  const fhrl_system *s = it->s;
  for (int k = 0; s->model->split && k < s->model->n_term; k++) {
    memset(out, 0, (size_t)s->n * sizeof *out);
    if (s->model->split(s, k, t, x, out) != 0 || !isfinite(out[i])) return k;
  }
  return -1;
}

static fhrl_status say_bad(fhrl_integrator *it, fhrl_err *err)
{
  const fhrl_integrator_bad *b = &it->bad;
  const fhrl_model *m = it->s->model;
  char name[NAME_SIZE];
  double *dx = it->scratch;
  if (b->code != 0)
    return fhrl_fail(err, FHRL_NUMERIC, "%s of %s cannot be evaluated at t = %.9g (it returned %d)",
      b->jacobian ? "the Jacobian" : "the right-hand side", m->name, b->t, b->code);
  if (b->jacobian)
    return fhrl_fail(err, FHRL_NUMERIC, "the Jacobian of %s is not finite at t = %.9g", m->name, b->t);
  fhrl_integrator_rhs(it, b->t, b->x, dx);
  const int i = first_bad(it->s->n, dx);
  if (i < 0) return fhrl_fail(err, FHRL_NUMERIC, "the right-hand side of %s is not finite at t = %.9g", m->name, b->t);
  const double value = dx[i];
  fhrl_system_component(it->s, i, name, sizeof name);
  const int term = bad_term(it, i, b->t, b->x, dx);
  if (term < 0)
    return fhrl_fail(err, FHRL_NUMERIC, "d%s/dt of %s is %g at t = %.9g", name, m->name, fabs(value), b->t);
  return fhrl_fail(err, FHRL_NUMERIC, "d%s/dt of %s is %g at t = %.9g, in its term '%s' = %s", name, m->name, fabs(value),
    b->t, m->term[term].name, m->term[term].meaning);
}

// A state that grows without bound in finite time doubles ever faster: its growth time |x|^2 / (x'x') falls below any
// fraction of the time that it took to get there. For dx/dt = x^2 it is exactly the time that is left.
static int blows_up(fhrl_integrator *it, double *left)
{
  const int n = it->s->n;
  double *dx = it->scratch;
  if (fhrl_integrator_rhs(it, it->now, it->x, dx) != 0 || first_bad(n, dx) >= 0) return 0;
  double largest = 0.0;
  for (int i = 0; i < n; i++) largest = fmax(largest, fabs(it->x[i]));
  if (largest == 0.0) return 0;
  double square = 0.0, power = 0.0; // of x / largest: the squares themselves might overflow
  for (int i = 0; i < n; i++) {
    square += (it->x[i] / largest) * (it->x[i] / largest);
    power += (it->x[i] / largest) * (dx[i] / largest);
  }
  *left = square / power;
  return power > 0.0 && largest * sqrt(square) > 10.0 * it->start_norm && *left < 1e-6 * (it->now - it->start);
}

static fhrl_status say_blow_up(const fhrl_integrator *it, double left, fhrl_err *err)
{
  int worst = 0;
  char name[NAME_SIZE];
  for (int i = 1; i < it->s->n; i++)
    if (fabs(it->x[i]) > fabs(it->x[worst])) worst = i;
  fhrl_system_component(it->s, worst, name, sizeof name);
  return fhrl_fail(err, FHRL_NUMERIC, "%s blows up near t = %#.4g: %s is %.3g there and still growing", it->s->model->name,
    it->now + left, name, it->x[worst]);
}

// Where the method stood, for the end of a message.
static void describe(fhrl_integrator *it, const fhrl_engine_look *look, char out[], size_t size)
{
  char name[NAME_SIZE];
  double rate;
  fhrl_counters c;
  fhrl_integrator_counters(it, &c);
  const double mean_step = (it->now - it->origin) / (double)(c.steps > 0 ? c.steps : 1);
  fhrl_system_component(it->s, look->worst, name, sizeof name);
  const int used = snprintf(out, size, "t = %.9g (%s, h = %.3g, order %d; worst component %s, error %.2g of its tolerance)",
    it->now, fhrl_integrator_method(it, NULL), look->h, look->order, name, look->worst_ratio);
  if (!it->stiff && fhrl_integrator_choose_stiff(it, mean_step, &rate))
    snprintf(out + used, size - (size_t)used, "; the system looks stiff (modes decay at the rate %.2g): try method = bdf", rate);
}

// Steps too small to move t: the component whose rate, measured by its tolerance, is the largest asks for them.
static fhrl_status say_stalled(fhrl_integrator *it, fhrl_err *err)
{
  char name[NAME_SIZE];
  double *dx = it->scratch, fastest = 0.0;
  int worst = 0;
  fhrl_integrator_rhs(it, it->now, it->x, dx);
  for (int i = 0; i < it->s->n; i++) {
    const double speed = fabs(dx[i]) / (it->solver.rtol * fabs(it->x[i]) + it->solver.atol);
    if (speed > fastest) {
      fastest = speed;
      worst = i;
    }
  }
  fhrl_system_component(it->s, worst, name, sizeof name);
  return fhrl_fail(err, FHRL_NUMERIC, "the step size is lost in the rounding of t at t = %.9g (%s), where d%s/dt = %.3g",
    it->now, fhrl_integrator_method(it, NULL), name, dx[worst]);
}

fhrl_status fhrl_integrator_failure(fhrl_integrator *it, fhrl_engine_end end, fhrl_err *err)
{
  char where[512];
  double left;
  fhrl_engine_look look = {0};
  it->stale = 1;
  const int limit = end == FHRL_ENGINE_PAUSED || end == FHRL_ENGINE_LATE;
  if (!limit && blows_up(it, &left)) return say_blow_up(it, left, err);
  if (!limit && it->bad.count > 0) return say_bad(it, err);
  if (end == FHRL_ENGINE_STALLED) return say_stalled(it, err);
  it->engine->kind->look(it->engine, &look);
  describe(it, &look, where, sizeof where);
  switch (end) {
  case FHRL_ENGINE_PAUSED:
    return fhrl_fail(err, FHRL_LIMIT, "max_steps = %ld are used up at %s", it->solver.max_steps, where);
  case FHRL_ENGINE_LATE:
    return fhrl_fail(err, FHRL_LIMIT, "max_seconds = %g are used up at %s", it->solver.max_seconds, where);
  case FHRL_ENGINE_ERROR: return fhrl_fail(err, FHRL_NUMERIC, "the error test fails at every step size at %s", where);
  case FHRL_ENGINE_CORRECTOR: return fhrl_fail(err, FHRL_NUMERIC, "the corrector does not converge at %s", where);
  default: return fhrl_fail(err, FHRL_NUMERIC, "%s: the integration fails at %s", look.message, where);
  }
}
