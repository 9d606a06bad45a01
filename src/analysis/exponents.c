// SPDX-License-Identifier: GPL-3.0-or-later
// exponents: the first k Lyapunov exponents of a flow or a map, with standard errors, checks, and what was measured on
#include "analysis/exponents.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/exponents_judge.h"
#include "analysis/metrics.h"
#include "base/random.h"

enum { ALL_STATES = 8, FIRST = 3, PIECES = 50, INTERVALS_MIN = 4096, LOOK_BLOCKS = 256 };
static const double spread_wanted = 3.0;    // ln of what vectors grow or shrink against each other between two orthonormalizations
static const double first_every = 0.25;     // the first of the aligning, over the time in which a vector changes by its own size
static const double look_ratio = 1.04;      // between the times of two running estimates
static const double t_end_default = 1e5, t_end_asked = 1e6, transient_default = 200.0, transient_part = 0.1;
static const double max_steps_default = 1e10; // time is what bounds a measurement
static const double rtol_default = 1e-9; // 1e-8 leaves errors of 1e-7 of the fastest exponent, such as 1.3e-6 of Lorenz' third

const fhrl_field fhrl_exponents_fields[] = {
  {"k", 0.0, "1", "exponents, from the largest down; 0: all of up to 8 states, else the first 3", FHRL_INT, 0.0, 65536.0},
  {"se", 0.001, "1/time", "stop once the standard error of each is at most this; 0, which is meant where solver.t_end is given and "
   "this is not: at solver.t_end",
   FHRL_REAL, 0.0, HUGE_VAL, FHRL_OPEN_HIGH},
  {"transient", 200.0, "time", "what comes before is discarded: half for the orbit, half for the directions of its tangents; unless "
   "given at most a tenth of the end",
   FHRL_REAL, 0.0, 1e12},
  {"every", 0.0, "time", "between two orthonormalizations; 0: until vectors differ in growth by e^3", FHRL_REAL, 0.0, 1e6},
  {"seed", 1.0, "1", "seed of the tangents' first directions", FHRL_INT, 0.0, 4294967295.0},
  {"rungs", 7.0, "1", "of fhrl_ladder: steps h = 1, 1/2, 1/4, ... whose exponents are set beside the flow's; 0: none", FHRL_INT, 0.0, 12.0},
};
const int fhrl_exponents_field_count = FHRL_COUNT(fhrl_exponents_fields);

void fhrl_exponents_options(const fhrl_config *config, fhrl_exponents_plan *out)
{
  out->k = fhrl_config_int(config, "exponents.k");
  out->se = fhrl_config_real(config, "exponents.se");
  out->transient = fhrl_config_real(config, "exponents.transient");
  out->every = fhrl_config_real(config, "exponents.every");
  out->seed = (uint32_t)fhrl_config_real(config, "exponents.seed");
}

static fhrl_status resolve_one(fhrl_config *config, const char *section, const char *key, double value, fhrl_err *err)
{
  char text[32];
  snprintf(text, sizeof text, "%.17g", value);
  return fhrl_config_set(config, section, key, text, "the rule of [exponents]", err);
}

fhrl_status fhrl_exponents_resolve(fhrl_config *config, const fhrl_input *in, fhrl_err *err)
{
  const int end_given = fhrl_config_is_set(config, "solver.t_end"), se_given = fhrl_config_is_set(config, "exponents.se");
  const double end_of_input = in ? fhrl_input_end(in) : HUGE_VAL;
  if (!end_given)
    FHRL_TRY(resolve_one(config, "solver", "t_end", fmin(end_of_input, se_given ? t_end_asked : t_end_default), err));
  if (end_given && !se_given) FHRL_TRY(resolve_one(config, "exponents", "se", 0.0, err));
  if (!fhrl_config_is_set(config, "solver.rtol")) FHRL_TRY(resolve_one(config, "solver", "rtol", rtol_default, err));
  if (!fhrl_config_is_set(config, "solver.atol")) FHRL_TRY(resolve_one(config, "solver", "atol", 0.01 * rtol_default, err));
  if (!fhrl_config_is_set(config, "solver.max_steps")) FHRL_TRY(resolve_one(config, "solver", "max_steps", max_steps_default, err));
  const double end = fmin(end_of_input, fhrl_config_real(config, "solver.t_end"));
  if (!fhrl_config_is_set(config, "exponents.transient"))
    FHRL_TRY(resolve_one(config, "exponents", "transient", floor(fmin(transient_default, transient_part * end) * 1e3) / 1e3, err));
  const double transient = fhrl_config_real(config, "exponents.transient");
  if (!(transient < end))
    return fhrl_fail(err, FHRL_ARG, "exponents.transient = %g leaves nothing before the end at %g", transient, end);
  return FHRL_OK;
}

// ---- beginning

// Whole steps for a map, whole tokens for a recording, whose jumps then coincide with orthonormalizations.
static int whole(const fhrl_exponents *e)
{
  return e->s->model->rhs == NULL || (e->in && e->in->kind == FHRL_INPUT_RECORDED);
}

static int driven(const fhrl_input *in)
{
  return in && in->n_u > 0 && (fhrl_input_varies(in) || isfinite(fhrl_input_break(in, 0.0)));
}

static fhrl_status prepare(fhrl_exponents *e, fhrl_err *err)
{
  const fhrl_model *m = e->s->model;
  if (e->plan.k > e->n) return fhrl_fail(err, FHRL_ARG, "exponents.k = %d: %s has %d states", e->plan.k, m->name, e->n);
  e->k = e->plan.k > 0 ? e->plan.k : e->n <= ALL_STATES ? e->n : FIRST;
  e->traced = e->k == e->n;
  e->driven = driven(e->in);
  e->t_end = fmin(e->solver.t_end, e->in ? fhrl_input_end(e->in) : HUGE_VAL);
  if (m->rhs == NULL && (e->t_end != floor(e->t_end) || e->plan.every != floor(e->plan.every)))
    return fhrl_fail(err, FHRL_ARG, "%s is a map, which goes in whole steps: t_end = %g, every = %g", m->name, e->t_end, e->plan.every);
  if (whole(e)) e->plan.transient = floor(e->plan.transient);
  if (!(e->plan.transient < e->t_end))
    return fhrl_fail(err, FHRL_ARG, "a transient of %g leaves nothing before the end at %g", e->plan.transient, e->t_end);
  if (e->plan.every > e->t_end - e->plan.transient)
    return fhrl_fail(err, FHRL_ARG, "exponents.every = %g is longer than what is measured, %g", e->plan.every,
      e->t_end - e->plan.transient);
  const size_t k = (size_t)e->k;
  e->room = FHRL_EXPONENTS_ROWS;
  e->share = calloc(k * (size_t)m->n_state, sizeof *e->share);
  e->growth = calloc(k, sizeof *e->growth);
  e->row = calloc((size_t)e->room * (1 + 3 * k), sizeof *e->row);
  e->exponent = calloc(k, sizeof *e->exponent);
  e->eigenvalue = calloc(k, sizeof *e->eigenvalue);
  if (e->share == NULL || e->growth == NULL || e->row == NULL || e->exponent == NULL || e->eigenvalue == NULL)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %d exponents", e->k);
  return FHRL_OK;
}

fhrl_status fhrl_exponents_begin(fhrl_exponents *e, fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  const fhrl_exponents_plan *plan, const double x0[], fhrl_err *err)
{
  *e = (fhrl_exponents){.s = s, .in = in, .solver = *solver, .plan = *plan, .n = s->n, .phase = FHRL_EXPONENTS_SETTLING,
    .worst_se = FHRL_NAN};
  fhrl_status status = FHRL_OK;
  if (solver->crossings > 0)
    FHRL_DO(status, fhrl_fail(err, FHRL_ARG, "solver.section belongs to a trajectory; exponents know of none"));
  FHRL_DO(status, prepare(e, err));
  FHRL_DO(status, fhrl_exponents_tangent_create(s, in, solver, 0, 0, 0.0, x0, NULL, &e->tg, err));
done:
  if (status != FHRL_OK) fhrl_exponents_free(e);
  return status;
}

void fhrl_exponents_free(fhrl_exponents *e)
{
  fhrl_exponents_tangent_destroy(e->tg);
  fhrl_exponents_blocks_free(&e->blocks);
  free(e->share);
  free(e->growth);
  free(e->row);
  free(e->exponent);
  free(e->eigenvalue);
  memset(e, 0, sizeof *e);
}

// ---- settling and aligning

// How often a vector changes by its own size: sets the first interval.
static double fastest(fhrl_exponents *e, const double v[], double Jv[])
{
  const double *x = fhrl_exponents_tangent_state(e->tg);
  double largest = 0.0;
  for (int i = 0; i < e->k; i++) {
    if (e->s->model->jvp(e->s, fhrl_exponents_tangent_now(e->tg), x, v + (size_t)i * e->n, Jv) != 0) continue;
    const double norm = fhrl_norm(e->n, Jv);
    if (norm < HUGE_VAL) largest = fmax(largest, norm);
  }
  return largest;
}

// The orbit has settled: tangents in random directions join it. What `auto` said of its stiffness holds for them, too; otherwise
// dop853, which loses nothing by the restart that every orthonormalization is.
static fhrl_status join(fhrl_exponents *e, fhrl_err *err)
{
  const size_t n = (size_t)e->n, k = (size_t)e->k, even = n * k + (n * k) % 2;
  double *v = malloc((even + 2 * n) * sizeof *v), *Jv = v ? v + even : NULL, *x = v ? Jv + n : NULL;
  fhrl_exponents_tangent *tg = NULL;
  fhrl_status status = FHRL_OK;
  if (v == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d tangents of %d states", e->k, e->n);
  fhrl_random_normal((fhrl_random){.seed = e->plan.seed, .stream = FHRL_STREAM_START, .layer = 1}, 0, n * k, v);
  fhrl_exponents_tangent_gram_schmidt(e->k, e->n, v, e->growth);
  const double rate = fastest(e, v, Jv), now = fhrl_exponents_tangent_now(e->tg);
  e->every = e->plan.every > 0.0 ? e->plan.every : whole(e) ? 1.0 : rate > 0.0 ? first_every / rate : 1.0;
  if (e->solver.method == FHRL_METHOD_AUTO)
    e->solver.method = strcmp(fhrl_exponents_tangent_method(e->tg), "bdf") == 0 ? FHRL_METHOD_BDF : FHRL_METHOD_DOP853;
  fhrl_exponents_tangent_counters(e->tg, &e->settled);
  memcpy(x, fhrl_exponents_tangent_state(e->tg), n * sizeof *x);
  fhrl_exponents_tangent_destroy(e->tg); // before the next: each puts the system's input back
  e->tg = NULL;
  FHRL_DO(status, fhrl_exponents_tangent_create(e->s, e->in, &e->solver, e->k, e->traced, now, x, v, &tg, err));
  e->tg = tg;
  e->phase = FHRL_EXPONENTS_ALIGNING;
done:
  free(v);
  return status;
}

static fhrl_status settle(fhrl_exponents *e, fhrl_err *err)
{
  const double now = fhrl_exponents_tangent_now(e->tg);
  double end = 0.5 * e->plan.transient, piece = e->plan.transient / PIECES;
  if (whole(e)) {
    end = floor(end);
    piece = fmax(1.0, floor(piece));
  }
  if (now >= end) return join(e, err);
  return fhrl_exponents_tangent_advance(e->tg, fmin(end, now + piece), err);
}

// An interval in which no vector grows or shrinks against another by more than wanted, were all intervals like the last.
static double next_every(const fhrl_exponents *e, double length)
{
  double high = 0.0, low = 0.0;
  for (int i = 0; i < e->k; i++) {
    if (!isfinite(e->growth[i])) continue;
    high = fmax(high, e->growth[i]);
    low = fmin(low, e->growth[i]);
  }
  const double ratio = high > low ? spread_wanted / (high - low) : 2.0;
  const double next = length * fmin(2.0, fmax(0.5, ratio));
  return whole(e) ? (next >= 1.0 || e->s->model->rhs == NULL ? fmax(1.0, floor(next)) : 1.0 / ceil(1.0 / next)) : next;
}

// Measuring begins: its intervals are equal, so that blocks are.
static fhrl_status measure(fhrl_exponents *e, fhrl_err *err)
{
  e->begun = fhrl_exponents_tangent_now(e->tg);
  e->trace_begun = e->trace_last = fhrl_exponents_tangent_trace(e->tg);
  e->norm_begun = fhrl_norm(e->n, fhrl_exponents_tangent_state(e->tg));
  const double length = e->t_end - e->begun;
  if (!(e->plan.every > 0.0)) {
    const double most = length / INTERVALS_MIN;
    if (e->every > most) e->every = whole(e) ? fmax(1.0, floor(most)) : most;
    if (!whole(e)) e->every = length / ceil(length / e->every);
  }
  FHRL_TRY(fhrl_exponents_blocks_init(&e->blocks, e->k, e->every, err));
  memset(e->share, 0, (size_t)e->k * (size_t)e->s->model->n_state * sizeof *e->share);
  e->next_look = 0.0;
  e->phase = FHRL_EXPONENTS_MEASURING;
  return FHRL_OK;
}

static fhrl_status align(fhrl_exponents *e, fhrl_err *err)
{
  const double now = fhrl_exponents_tangent_now(e->tg), left = e->plan.transient - now;
  if (!(left > 0.0)) return measure(e, err);
  const double length = fmin(left, e->every);
  FHRL_TRY(fhrl_exponents_tangent_advance(e->tg, length == left ? e->plan.transient : now + length, err));
  FHRL_TRY(fhrl_exponents_tangent_orthonormalize(e->tg, e->growth, err));
  // slowly: one interval is not like another
  if (!(e->plan.every > 0.0) && length == e->every) e->every = pow(e->every, 0.75) * pow(next_every(e, length), 0.25);
  if (!(e->plan.every > 0.0) && whole(e)) e->every = next_every(e, length);
  return FHRL_OK;
}

// ---- measuring

static void add_shares(fhrl_exponents *e)
{
  const int blocks = e->s->model->n_state;
  const double *v = fhrl_exponents_tangent_vectors(e->tg);
  for (int i = 0; i < e->k; i++)
    for (int b = 0; b < blocks; b++) {
      const int size = e->s->dims.state[b].rows * e->s->dims.state[b].cols;
      e->share[i * blocks + b] += fhrl_dot(size, v, v);
      v += size;
    }
}

void fhrl_exponents_look(const fhrl_exponents *e, int i, fhrl_exponents_estimate *out)
{
  for (int j = 0; j < e->k; j++) e->growth[j] = i == j; // as coefficients: the next interval sets it anew
  fhrl_exponents_blocks_estimate(&e->blocks, e->growth, out);
}

// Keeps a row of running estimates; 1 if every error is as small as was asked for.
static int look(fhrl_exponents *e)
{
  const int width = 1 + 3 * e->k;
  double *row = e->row + (size_t)e->rows * width;
  int reached = e->plan.se > 0.0;
  e->worst_se = 0.0;
  if (e->rows == e->room) row = e->row + (size_t)(e->rows - 1) * width; // the last is the newest
  else e->rows++;
  row[0] = fhrl_exponents_blocks_time(&e->blocks);
  for (int i = 0; i < e->k; i++) {
    fhrl_exponents_estimate seen;
    fhrl_exponents_look(e, i, &seen);
    row[1 + 3 * i] = seen.mean;
    row[2 + 3 * i] = seen.low;
    row[3 + 3 * i] = seen.high;
    if (!isfinite(seen.mean)) continue;
    if (!(seen.standard_error <= e->worst_se)) e->worst_se = seen.standard_error;
    if (!(seen.standard_error <= e->plan.se)) reached = 0;
  }
  return reached && e->blocks.count >= LOOK_BLOCKS;
}

static fhrl_status measure_on(fhrl_exponents *e, fhrl_err *err)
{
  const double next = e->begun + (double)(e->blocks.intervals + 1) * e->every;
  const int last = next + 0.5 * e->every > e->t_end;
  if (next > e->t_end + 1e-9 * e->every) { // a map or a recording: the rest is no whole interval
    e->phase = FHRL_EXPONENTS_DONE;
    return FHRL_OK;
  }
  FHRL_TRY(fhrl_exponents_tangent_advance(e->tg, last && !whole(e) ? e->t_end : next, err));
  FHRL_TRY(fhrl_exponents_tangent_orthonormalize(e->tg, e->growth, err));
  fhrl_exponents_blocks_add(&e->blocks, e->growth);
  add_shares(e);
  e->trace_last = fhrl_exponents_tangent_trace(e->tg);
  const double time = fhrl_exponents_blocks_time(&e->blocks);
  if (last) e->phase = FHRL_EXPONENTS_DONE;
  if (time < e->next_look && !last) return FHRL_OK;
  e->next_look = look_ratio * time;
  if (look(e)) e->phase = FHRL_EXPONENTS_DONE;
  return FHRL_OK;
}

fhrl_status fhrl_exponents_step(fhrl_exponents *e, fhrl_err *err)
{
  switch (e->phase) {
  case FHRL_EXPONENTS_SETTLING: return settle(e, err);
  case FHRL_EXPONENTS_ALIGNING: return align(e, err);
  case FHRL_EXPONENTS_MEASURING: return measure_on(e, err);
  case FHRL_EXPONENTS_DONE: break;
  }
  return FHRL_OK;
}

// ---- the end

fhrl_status fhrl_exponents_finish(fhrl_exponents *e, fhrl_err *err)
{
  const int blocks = e->s->model->n_state;
  const double intervals = (double)e->blocks.intervals;
  if (e->blocks.intervals == 0)
    return fhrl_fail(err, FHRL_ARG, "no interval of %s has been measured", e->s->model->name);
  e->measured = fhrl_exponents_blocks_time(&e->blocks);
  for (int i = 0; i < e->k; i++) {
    fhrl_exponents_look(e, i, &e->exponent[i]);
    for (int b = 0; b < blocks; b++) e->share[i * blocks + b] /= intervals;
  }
  for (int i = 0; i < e->k; i++) e->growth[i] = 1.0;
  fhrl_exponents_blocks_estimate(&e->blocks, e->growth, &e->sum);
  return fhrl_exponents_judge(e, err);
}

fhrl_status fhrl_exponents_run(fhrl_exponents *e, fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  const fhrl_exponents_plan *plan, const double x0[], const fhrl_exponents_watch *watch, fhrl_err *err)
{
  static const fhrl_exponents_watch nobody = {NULL, NULL, NULL};
  fhrl_err end = {FHRL_OK, ""};
  fhrl_status status = FHRL_OK;
  if (watch == NULL) watch = &nobody;
  FHRL_TRY(fhrl_exponents_begin(e, s, in, solver, plan, x0, err));
  while (e->phase != FHRL_EXPONENTS_DONE && status == FHRL_OK) {
    status = watch->stop && *watch->stop ? fhrl_fail(&end, FHRL_INTERRUPT, "interrupted at t = %.9g", fhrl_exponents_tangent_now(e->tg))
                                         : fhrl_exponents_step(e, &end);
    if (watch->progress) watch->progress(watch->context, e);
  }
  if (e->blocks.intervals > 0) FHRL_TRY(fhrl_exponents_finish(e, err));
  return status == FHRL_OK ? FHRL_OK : fhrl_fail(err, status, "%s", end.msg);
}

const char *fhrl_exponents_attractor_text(fhrl_exponents_attractor attractor)
{
  static const char *const text[] = {"undecided", "equilibrium", "periodic", "chaotic"};
  return text[attractor];
}

double fhrl_exponents_expected_end(const fhrl_exponents *e)
{
  if (e->rows == 0 || !(e->plan.se > 0.0) || !(e->worst_se >= 0.0)) return e->t_end;
  const double ratio = e->worst_se / e->plan.se, time = fhrl_exponents_blocks_time(&e->blocks);
  const double looked = e->row[(size_t)(e->rows - 1) * (1 + 3 * (size_t)e->k)]; // when worst_se was
  return fmin(e->t_end, e->begun + fmax(time, looked * ratio * ratio));
}
