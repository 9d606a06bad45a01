// SPDX-License-Identifier: GPL-3.0-or-later
// integrator: a system carried through time to a stated tolerance, restarted wherever its input jumps
#include "ode/integrator.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ode/dop853.h"
#include "ode/dopri5.h"
#include "ode/integrator_state.h"
#include "ode/sundials_cvode.h"
#include "ode/verner.h"

enum {
  CHUNK = 500,     // steps between two looks at the step size
  CLOCK_EVERY = 16 // the clock is read at one evaluation of so many: reading it costs as much as a small rhs
};

const fhrl_field fhrl_integrator_fields[] = {
  {"method", FHRL_METHOD_AUTO, "", "dop853 or adams (fewer right-hand sides, mostly more time) for smooth motion, verner and dopri5 at loose "
   "tolerances, bdf where fast modes have died out; auto: dop853, and bdf from where they hold it back",
   FHRL_CHOICE, .choices = "auto|adams|bdf|dop853|dopri5|verner"},
  {"rtol", 1e-8, "1", "relative tolerance of the local error", FHRL_REAL, 1e-14, 1.0, FHRL_OPEN_HIGH},
  {"atol", 1e-10, "state", "absolute tolerance of the local error", FHRL_REAL, 0.0, 1e6, FHRL_OPEN_LOW},
  {"t_end", 100.0, "time", "end of the integration, for a map the number of steps; it begins at 0", FHRL_REAL, 0.0, 1e12, FHRL_OPEN_LOW},
  {"output_every", 0.1, "time", "spacing of what is recorded", FHRL_REAL, 0.0, 1e12, FHRL_OPEN_LOW},
  {"max_steps", 1e7, "1", "steps in total before giving up", FHRL_INT, 1.0, 1e15},
  {"max_seconds", 0.0, "s", "wall-clock time of integrating before giving up; 0: no limit", FHRL_REAL, 0.0, 1e9},
  {"section", 0.0, "", "sections whose crossings a trajectory of simulate lists: NAME = LEVEL [up|down|both]; ... NAME is a state or an "
   "observable", FHRL_TEXT},
  {"step", 0.0, "time", "fixed step of dopri5, verner, dop853; 0: as the tolerances ask", FHRL_REAL, 0.0, 1e6},
  {"checkpoint_every", 200.0, "1", "recorded points between two restarts of the method, from which an interrupted run is resumed bit by bit; 0: none",
   FHRL_INT, 0.0, 1e9},
};
const int fhrl_integrator_field_count = (int)(sizeof fhrl_integrator_fields / sizeof fhrl_integrator_fields[0]);

void fhrl_integrator_options(const fhrl_config *config, fhrl_solver *out)
{
  *out = (fhrl_solver){0};
  out->method = (fhrl_method)fhrl_config_int(config, "solver.method");
  out->rtol = fhrl_config_real(config, "solver.rtol");
  out->atol = fhrl_config_real(config, "solver.atol");
  out->t_end = fhrl_config_real(config, "solver.t_end");
  out->output_every = fhrl_config_real(config, "solver.output_every");
  out->max_steps = (long)fhrl_config_real(config, "solver.max_steps");
  out->step = fhrl_config_real(config, "solver.step");
  out->max_seconds = fhrl_config_real(config, "solver.max_seconds");
  out->checkpoint_every = (long)fhrl_config_real(config, "solver.checkpoint_every");
}

// ---- evaluations

FHRL_CPU_INLINE void finite_body(const int width, int n, const double a[], int *out) { *out = fhrl_wide_finite(width, n, a); }

FHRL_WIDE_CLONES(fhrl_cpu_level(), finite, (int n, const double a[], int *out), (n, a, out))

static int all_finite(int n, const double a[])
{
  int result;
  finite(n, a, &result);
  return result;
}

// u at t as the present piece has it: the ends of the piece belong to it, whatever comes after them.
static void set_input(fhrl_integrator *it, double t)
{
  const double last = nextafter(it->until, -HUGE_VAL);
  fhrl_input_at(it->in, t < it->from ? it->from : t > last ? last : t, it->u);
}

void fhrl_integrator_input(fhrl_integrator *it, double t)
{
  it->s->u = it->in ? it->u : it->u_before;
  if (it->in && fhrl_input_varies(it->in)) set_input(it, t); // the other kinds are constant within a piece
}

int fhrl_integrator_rhs(fhrl_integrator *it, double t, const double x[], double dx[])
{
  const fhrl_system *s = it->s;
  fhrl_integrator_input(it, t);
  return s->model->rhs(s, t, x, dx);
}

int fhrl_integrator_jvp(fhrl_integrator *it, double t, const double x[], const double v[], double Jv[])
{
  const fhrl_system *s = it->s;
  fhrl_integrator_input(it, t);
  it->counters.jvp_evals++;
  return s->model->jvp(s, t, x, v, Jv);
}

// CVODE's fixed-point iteration takes "cannot" for "try a smaller step": from then on every answer is the same.
static int given_up(const fhrl_integrator *it) { return it->bad.count > FHRL_INTEGRATOR_BAD_MAX; }

// Remembers an evaluation that failed. A few are normal: the method tries a smaller step. At a wall in time or in
// state none gets past the earliest of them.
static int bad(fhrl_integrator *it, double t, const double x[], int code, int jacobian)
{
  fhrl_integrator_bad *b = &it->bad;
  if (b->count == 0 || t <= b->t) {
    b->t = t;
    b->code = code;
    b->jacobian = jacobian;
    memcpy(b->x, x, (size_t)it->s->n * sizeof *x);
  }
  b->count = code < 0 ? FHRL_INTEGRATOR_BAD_MAX + 1 : b->count + 1;
  return given_up(it) ? -1 : 1;
}

static int checked_rhs(void *context, double t, const double x[], double dx[])
{
  fhrl_integrator *it = context;
  if (given_up(it)) return -1;
  const int timed = it->counters.rhs_evals++ % CLOCK_EVERY == 0;
  const double begin = timed ? fhrl_clock_wall() : 0.0;
  const int code = fhrl_integrator_rhs(it, t, x, dx);
  if (timed) it->counters.rhs_s += CLOCK_EVERY * (fhrl_clock_wall() - begin);
  if (code != 0 || !all_finite(it->s->n, dx)) return bad(it, t, x, code, 0);
  if (it->bad.count > 0 && t > it->bad.t) it->bad.count = 0; // got past it
  return 0;
}

static int checked_jvp(void *context, double t, const double x[], const double v[], double Jv[])
{
  fhrl_integrator *it = context;
  if (given_up(it)) return -1;
  const int code = fhrl_integrator_jvp(it, t, x, v, Jv);
  if (code != 0 || !all_finite(it->s->n, Jv)) return bad(it, t, x, code, 1);
  return 0;
}

// ---- making and destroying

static fhrl_status check(const fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver, fhrl_err *err)
{
  const fhrl_model *m = s->model;
  if (m->rhs == NULL) return fhrl_fail(err, FHRL_ARG, "%s is a map: it is stepped, not integrated", m->name);
  if (in && in->n_u != s->dims.n_u)
    return fhrl_fail(err, FHRL_ARG, "%s takes %d inputs, not %d", m->name, s->dims.n_u, in->n_u);
  if (!(solver->rtol > 0.0 && solver->atol > 0.0))
    return fhrl_fail(err, FHRL_ARG, "tolerances rtol = %g and atol = %g must be positive", solver->rtol, solver->atol);
  if (solver->step > 0.0 && solver->method < FHRL_METHOD_DOP853)
    return fhrl_fail(err, FHRL_ARG, "a fixed step needs the method dopri5, verner or dop853");
  return FHRL_OK;
}

static fhrl_status allocate(fhrl_integrator *it, fhrl_err *err)
{
  const size_t n = (size_t)it->s->n, n_u = (size_t)it->s->dims.n_u;
  it->block = calloc(5 * n + n_u, sizeof *it->block);
  if (it->block == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for an integrator of %d states", it->s->n);
  it->x = it->block;
  it->bad.x = it->x + n;
  it->scratch = it->bad.x + n;
  it->grid.x = it->scratch + 2 * n;
  it->u = it->grid.x + n;
  return FHRL_OK;
}

// Takes the piece of u that begins at now.
static void open_piece(fhrl_integrator *it)
{
  it->from = it->now;
  it->until = it->in ? fhrl_input_break(it->in, it->now) : HUGE_VAL;
  if (it->in) set_input(it, it->now);
}

// A solver that meets a bad right-hand side at its start has no smaller step to try, so it is looked at before.
static fhrl_status begin(fhrl_integrator *it, const double x[], fhrl_err *err)
{
  const int n = it->s->n;
  for (int i = 0; i < n; i++)
    if (!isfinite(x[i])) {
      char name[64];
      fhrl_system_component(it->s, i, name, sizeof name);
      return fhrl_fail(err, FHRL_NUMERIC, "start of %s at t = %.9g: %s is %g", it->s->model->name, it->now, name, x[i]);
    }
  memmove(it->x, x, (size_t)n * sizeof *x); // a caller may hand back the state itself
  it->start = it->now;
  it->start_norm = fhrl_norm(n, it->x);
  it->bad.count = 0;
  it->stale = 1;
  if (checked_rhs(it, it->now, it->x, it->scratch) != 0) return fhrl_integrator_failure(it, FHRL_ENGINE_RHS, err);
  FHRL_TRY(fhrl_integrator_event_begin(it, err));
  return fhrl_integrator_crossing_begin(it, err);
}

// Adds what the engine counted.
static void count_engine(fhrl_engine *engine, fhrl_counters *to)
{
  const fhrl_engine_count c = engine->kind->count(engine);
  to->steps += c.steps;
  to->error_test_failures += c.error_test_failures;
  to->convergence_failures += c.convergence_failures;
  to->corrector_iterations += c.corrector_iterations;
  to->linear_iterations += c.linear_iterations;
  to->jacobians += c.jacobians;
}

static fhrl_status make_engine(fhrl_integrator *it, fhrl_err *err)
{
  if (it->engine) {
    count_engine(it->engine, &it->counters);
    it->engine->kind->destroy(it->engine);
    it->engine = NULL;
  }
  const fhrl_engine_problem problem = {.n = it->s->n, .rtol = it->solver.rtol, .atol = it->solver.atol,
    .step = it->solver.step, .x = it->x, .rhs = checked_rhs, .jvp = checked_jvp, .context = it};
  switch (it->stiff ? FHRL_METHOD_BDF : it->solver.method) {
  case FHRL_METHOD_ADAMS:
  case FHRL_METHOD_BDF: FHRL_TRY(fhrl_sundials_cvode_create(&problem, it->stiff, it->now, &it->engine, err)); break;
  case FHRL_METHOD_AUTO:
  case FHRL_METHOD_DOP853: FHRL_TRY(fhrl_dop853_create(&problem, it->now, &it->engine, err)); break;
  case FHRL_METHOD_DOPRI5: FHRL_TRY(fhrl_dopri5_create(&problem, it->now, &it->engine, err)); break;
  case FHRL_METHOD_VERNER: FHRL_TRY(fhrl_verner_create(&problem, it->now, &it->engine, err)); break;
  }
  it->stale = 0;
  fhrl_integrator_choose_mark(it);
  return FHRL_OK;
}

fhrl_status fhrl_integrator_create(fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver, double t0,
  const double x0[], fhrl_integrator **out, fhrl_err *err)
{
  FHRL_TRY(check(s, in, solver, err));
  fhrl_status status = FHRL_OK;
  fhrl_integrator *it = calloc(1, sizeof *it);
  if (it == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for an integrator");
  it->s = s;
  it->in = in;
  it->u_before = s->u;
  it->solver = *solver;
  it->now = it->origin = it->chatter.t = t0;
  it->begun = fhrl_clock_wall();
  FHRL_DO(status, allocate(it, err));
  FHRL_DO(status, fhrl_integrator_event_create(it, err));
  FHRL_DO(status, fhrl_integrator_crossing_create(it, err));
  open_piece(it);
  FHRL_DO(status, begin(it, x0, err));
  fhrl_integrator_choose(it);
  FHRL_DO(status, make_engine(it, err));
  *out = it;
  return FHRL_OK;
done:
  fhrl_integrator_destroy(it);
  return status;
}

void fhrl_integrator_destroy(fhrl_integrator *it)
{
  if (it == NULL) return;
  it->s->u = it->u_before;
  if (it->engine) it->engine->kind->destroy(it->engine);
  fhrl_integrator_event_destroy(it);
  fhrl_integrator_crossing_destroy(it);
  free(it->block);
  free(it);
}

fhrl_status fhrl_integrator_restart(fhrl_integrator *it, const double x[], fhrl_err *err)
{
  it->counters.restarts++;
  return begin(it, x, err);
}

// ---- over a restart, into another process

void fhrl_integrator_remember(const fhrl_integrator *it, fhrl_integrator_past *out)
{
  memset(out, 0, sizeof *out);
  out->stiff = it->stiff;
  snprintf(out->why, sizeof out->why, "%s", it->why);
  fhrl_integrator_counters(it, &out->counters);
}

fhrl_status fhrl_integrator_resume(fhrl_integrator *it, const fhrl_integrator_past *past, const fhrl_happening happened[],
  long count, const double at[], long crossings, fhrl_err *err)
{
  FHRL_TRY(fhrl_integrator_event_check(it, happened, count, crossings, err));
  if (past->stiff != it->stiff) {
    it->stiff = past->stiff;
    FHRL_TRY(make_engine(it, err));
  }
  snprintf(it->why, sizeof it->why, "%.*s", (int)sizeof past->why - 1, past->why);
  it->counters = past->counters;
  FHRL_TRY(fhrl_integrator_event_restore(it, happened, count, err));
  return fhrl_integrator_crossing_restore(it, at, crossings, err);
}

// ---- going on

// What concerns others than the numbers, and whether they get anywhere, every CHUNK steps.
static fhrl_status look_up(fhrl_integrator *it, long steps, double t, fhrl_err *err)
{
  const fhrl_solver *s = &it->solver;
  if (steps < it->look_at) return FHRL_OK;
  it->look_at = steps + CHUNK;
  if (s->stop && *s->stop) return fhrl_fail(err, FHRL_INTERRUPT, "interrupted at t = %.9g", it->now);
  if (s->max_seconds > 0.0 && fhrl_clock_wall() - it->begun > s->max_seconds)
    return fhrl_integrator_failure(it, FHRL_ENGINE_LATE, err);
  if (s->progress) s->progress(s->context, it->now);
  return fhrl_integrator_chatter_look(it, steps, t, err);
}

// The states of the grid up to now, from the engine's last step.
static fhrl_status fill_grid(fhrl_integrator *it, fhrl_err *err)
{
  fhrl_integrator_grid *g = &it->grid;
  while (g->next < g->count && g->t[g->next] <= it->now) {
    const double t = g->t[g->next];
    if (t < it->now) FHRL_TRY(fhrl_integrator_event_dense(it, t, g->x, err));
    g->next++;
    FHRL_TRY(g->record(g->context, t, t < it->now ? g->x : it->x, err));
  }
  return FHRL_OK;
}

// What lies within the step that began at `before`: events, crossings, times of the grid.
static fhrl_status look_back(fhrl_integrator *it, double before, fhrl_err *err)
{
  const fhrl_status status = it->watch.count > 0 ? fhrl_integrator_event_look(it, before, err) : FHRL_OK;
  if (status != FHRL_OK && status != FHRL_EVENT) return status;
  const fhrl_err event = status == FHRL_EVENT && err ? *err : (fhrl_err){FHRL_OK, ""};
  if (it->cross.count > 0) FHRL_TRY(fhrl_integrator_crossing_look(it, before, err));
  FHRL_TRY(fill_grid(it, err));
  if (status == FHRL_EVENT && err) *err = event;
  return status;
}

// Until t, or an event that the engine has to restart at.
static fhrl_status go(fhrl_integrator *it, double t, fhrl_err *err)
{
  const int watched = it->watch.count > 0 || it->cross.count > 0 || it->grid.t; // no step may pass unseen
  const long chunk = watched ? 1 : it->solver.method == FHRL_METHOD_AUTO ? FHRL_INTEGRATOR_WINDOW : CHUNK;
  for (;;) {
    fhrl_counters c;
    fhrl_integrator_counters(it, &c);
    const long left = it->solver.max_steps - c.steps;
    if (left <= 0) return fhrl_integrator_failure(it, FHRL_ENGINE_PAUSED, err);
    FHRL_TRY(look_up(it, c.steps, t, err));
    const double before = it->now;
    const fhrl_engine_end end = it->engine->kind->run(it->engine, t, left < chunk ? left : chunk, &it->now);
    if (watched && it->now > before) FHRL_TRY(look_back(it, before, err));
    if (it->stale) return FHRL_OK;
    if (end != FHRL_ENGINE_REACHED && end != FHRL_ENGINE_PAUSED) return fhrl_integrator_failure(it, end, err);
    if (fhrl_integrator_choose_again(it)) FHRL_TRY(make_engine(it, err));
    if (end == FHRL_ENGINE_REACHED) return FHRL_OK;
  }
}

static void renew(fhrl_integrator *it)
{
  it->engine->kind->restart(it->engine, it->now);
  fhrl_integrator_choose_mark(it);
  it->held = 0;
  it->bad.count = 0;
  it->stale = 0;
}

fhrl_status fhrl_integrator_advance(fhrl_integrator *it, double t, fhrl_err *err)
{
  if (!(t >= it->now)) return fhrl_fail(err, FHRL_ARG, "cannot go back from t = %.17g to %.17g", it->now, t);
  while (it->now < t) {
    const double target = t < it->until ? t : it->until;
    if (target - it->now <= 4.0 * DBL_EPSILON * fmax(fabs(target), fabs(it->now))) {
      it->now = target; // closer than time itself resolves
      it->stale = 1;
      if (it->grid.t) FHRL_TRY(fill_grid(it, err));
    } else {
      if (it->stale) renew(it);
      FHRL_TRY(go(it, target, err));
    }
    if (it->now == it->until) {
      open_piece(it);
      it->stale = 1;
      it->counters.restarts++;
    }
  }
  return FHRL_OK;
}

fhrl_status fhrl_integrator_sweep(fhrl_integrator *it, const double t[], size_t count, fhrl_integrator_record *record,
  void *context, fhrl_err *err)
{
  it->grid = (fhrl_integrator_grid){t, count, 0, record, context, it->grid.x};
  const fhrl_status status = fhrl_integrator_advance(it, t[count - 1], err);
  it->grid.t = NULL;
  return status;
}

// ---- looking

double fhrl_integrator_now(const fhrl_integrator *it) { return it->now; }

const double *fhrl_integrator_state(const fhrl_integrator *it) { return it->x; }

void fhrl_integrator_counters(const fhrl_integrator *it, fhrl_counters *out)
{
  *out = it->counters;
  if (it->engine) count_engine(it->engine, out);
}

const char *fhrl_integrator_method(const fhrl_integrator *it, const char **why)
{
  if (why) *why = it->why;
  return it->engine->kind->name;
}

const fhrl_happening *fhrl_integrator_events(const fhrl_integrator *it, long *count)
{
  *count = it->watch.happenings;
  return it->watch.happened;
}

const double *fhrl_integrator_crossings(const fhrl_integrator *it, long *count)
{
  *count = it->cross.crossings;
  return it->cross.at;
}

const char *fhrl_integrator_version(void) { return fhrl_sundials_cvode_version(); }
