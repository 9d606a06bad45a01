// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz_part: trajectory.part, from which a simulation is resumed
//
// The first byte chooses the run, and whether the checksums and the identity are put right, as a forger would: what lies
// behind them has to be looked at too.
#include "ode/trajectory_part.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "ode/iteration.h"

enum { RUNS = 3, SEALED = 128, HEAD = 24 };
static fhrl_err err;

static struct run {
  const char *model, *section;
  double t_end, every;
  fhrl_system *s;
  fhrl_input in;
  fhrl_solver solver;
  fhrl_crossing crossing[FHRL_CROSSING_MAX];
  double x0[64];
  uint64_t identity;
} runs[RUNS] = {
  {"lorenz", "z = 27 up; x = 0", 2.0, 0.1},
  {"idp_hopfield", "", 4.0, 0.25},
  {"idp_saliency", "", 12.0, 1.0},
};

static void prepare(struct run *r)
{
  fhrl_config c;
  fhrl_field *fields;
  int count;
  const fhrl_model *m = fhrl_system_find(r->model);
  fhrl_config_init(&c);
  fuzz_claim(fhrl_system_fields(m, &fields, &count, &err) == FHRL_OK && fhrl_config_add(&c, "model", fields, count, &err) == FHRL_OK &&
               fhrl_config_add(&c, "input", fhrl_input_fields, fhrl_input_field_count, &err) == FHRL_OK &&
               fhrl_config_add(&c, "solver", fhrl_integrator_fields, fhrl_integrator_field_count, &err) == FHRL_OK &&
               fhrl_system_create(m, &c, &r->s, &err) == FHRL_OK && r->s->n <= 64 &&
               fhrl_input_init(&r->in, &c, r->s->dims.n_u, &err) == FHRL_OK, "%s", err.msg);
  fhrl_integrator_options(&c, &r->solver);
  r->solver.t_end = r->t_end;
  r->solver.output_every = r->every;
  r->solver.max_steps = 2000;
  r->solver.checkpoint_every = 4;
  r->solver.method = FHRL_METHOD_DOPRI5;
  r->solver.crossing = r->crossing;
  fuzz_claim(fhrl_crossing_read(r->s, r->section, r->crossing, &r->solver.crossings, &err) == FHRL_OK &&
               fhrl_system_start(r->s, 1, "", r->x0, &err) == FHRL_OK, "%s", err.msg);
  r->identity = fhrl_trajectory_part_identity(r->s, &r->in, &r->solver, r->x0, "fuzz");
  fhrl_config_free(&c);
  free(fields);
}

static void setup(void)
{
  for (int i = 0; i < RUNS; i++) prepare(&runs[i]);
}

// ---- the format once more, by its description

// The checksum runs over the pieces as they are written: each begins a word of its own.
static void seal(const struct run *r, unsigned char *bytes, size_t size)
{
  const fhrl_system *s = r->s;
  const size_t n = (size_t)s->n, n_u = (size_t)s->dims.n_u, n_obs = (size_t)s->model->n_obs;
  const uint64_t row = 1 + n + n_u + n_obs;
  if (size < HEAD) return;
  memcpy(bytes, "fhrlpart", 8);
  memcpy(bytes + 8, &r->identity, 8);
  memcpy(bytes + 16, &row, 8);
  for (size_t at = HEAD; size - at >= 24;) {
    uint64_t head[3], sum = fhrl_part_mix(fhrl_part_seed(), bytes + at, 24);
    memcpy(head, bytes + at, sizeof head);
    const size_t left = size - at - 24;
    if (head[0] > left / 8 / row || head[1] > left / sizeof(fhrl_happening) || head[2] > left / 8 / n) return;
    const size_t rows = (size_t)head[0] * row * 8, events = (size_t)head[1] * sizeof(fhrl_happening), crossings = (size_t)head[2] * n * 8;
    if (rows + events + crossings + sizeof(fhrl_integrator_past) + 8 > left) return;
    at += 24;
    sum = fhrl_part_mix(sum, bytes + at, rows + events + crossings + sizeof(fhrl_integrator_past)); // all of them whole words
    at += rows + events + crossings + sizeof(fhrl_integrator_past);
    memcpy(bytes + at, &sum, 8);
    at += 8;
  }
}

// ---- reading

static fhrl_status keep(void *context, const fhrl_trajectory *tr, const fhrl_trajectory_kept *kept, fhrl_err *e)
{
  return fhrl_trajectory_part_append(context, tr, kept, e);
}

// What a list of events is used for.
static void look_at_events(const struct run *r, const fhrl_integrator *it)
{
  long count, crossings, c = 0;
  const fhrl_happening *h = fhrl_integrator_events(it, &count);
  const double *at = fhrl_integrator_crossings(it, &crossings);
  const int own = r->s->model->n_event;
  for (long k = 0; k < count; k++) {
    fuzz_claim(h[k].event >= 0 && h[k].event < own + r->solver.crossings, "event %d", h[k].event);
    fuzz_claim(k == 0 || h[k].t >= h[k - 1].t, "event %ld at %g, before the one that precedes it", k, h[k].t);
    if (h[k].event < own)
      fuzz_claim(h[k].index >= 0 && h[k].index < r->s->dims.event[h[k].event], "event %d, index %d", h[k].event, h[k].index);
    else
      c++;
  }
  fuzz_claim(c == crossings, "%ld crossings among the events, but %ld states of them", c, crossings);
  fuzz_finite("crossings", at, (size_t)crossings * (size_t)r->s->n);
}

// As `fhrl simulate` goes on from a part; `part` has been opened.
static fhrl_status go_on(struct run *r, fhrl_trajectory *tr, fhrl_trajectory_part *part)
{
  const size_t last = tr->count - 1, n = (size_t)tr->n;
  const fhrl_trajectory_watch watch = {.context = part, .restart_every = (size_t)r->solver.checkpoint_every, .boundary = keep};
  fhrl_integrator *it = NULL;
  fhrl_counters counters = part->past.counters;
  if (r->s->model->rhs == NULL)
    return fuzz_judge(fhrl_iteration_run(tr, r->s, &r->in, r->x0, r->solver.max_steps, &watch, &counters, &err), &err, NULL);
  fhrl_status status = fuzz_judge(fhrl_integrator_create(r->s, &r->in, &r->solver, tr->count ? tr->t[last] : 0.0,
    tr->count ? tr->x + last * n : r->x0, &it, &err), &err, NULL);
  if (status == FHRL_OK && tr->count)
    status = fuzz_judge(fhrl_integrator_resume(it, &part->past, part->happened, part->events, part->at, part->crossings, &err), &err, NULL);
  if (status == FHRL_OK) {
    status = fhrl_trajectory_run(tr, it, r->s, &r->in, &watch, &err);
    look_at_events(r, it);
  }
  fhrl_integrator_destroy(it);
  return status;
}

static void seeds(fuzz_give *give)
{
  for (int i = 0; i < RUNS; i++) {
    fhrl_trajectory tr;
    fhrl_trajectory_part part;
    char *bytes;
    size_t size;
    fuzz_put("a.part", "", 0);
    fuzz_claim(fhrl_trajectory_init(&tr, runs[i].s, &runs[i].solver, 0.0, &err) == FHRL_OK &&
                 fhrl_trajectory_part_open(&part, "a.part", runs[i].identity, &tr, &err) == FHRL_OK, "%s", err.msg);
    fuzz_claim(go_on(&runs[i], &tr, &part) == FHRL_OK, "%s: %s", runs[i].model, err.msg);
    fhrl_trajectory_part_close(&part);
    fhrl_trajectory_free(&tr);
    fuzz_claim(fhrl_file_read("a.part", (size_t)1 << 20, &bytes, &size, &err) == FHRL_OK, "%s", err.msg);
    if (size > HEAD + 2000) size = HEAD + 2000; // of a long one its first blocks
    unsigned char *seed = malloc(size + 1);
    fuzz_claim(seed != NULL, "no memory");
    memcpy(seed + 1, bytes, size);
    for (int sealed = 0; sealed < 2; sealed++) {
      seed[0] = (unsigned char)(i + sealed * SEALED);
      give(seed, size + 1);
    }
    free(seed);
    free(bytes);
  }
}

static fhrl_status one(const unsigned char *data, size_t size)
{
  fhrl_trajectory tr;
  fhrl_trajectory_part part;
  if (size == 0) return FHRL_OK;
  struct run *r = &runs[data[0] % SEALED % RUNS];
  unsigned char *bytes = malloc(size);
  fuzz_claim(bytes != NULL, "no memory");
  memcpy(bytes, data + 1, size - 1);
  if (data[0] >= SEALED) seal(r, bytes, size - 1);
  fuzz_put("a.part", bytes, size - 1);
  free(bytes);
  fuzz_claim(fhrl_trajectory_init(&tr, r->s, &r->solver, 0.0, &err) == FHRL_OK, "%s", err.msg);
  fhrl_status status = fuzz_judge(fhrl_trajectory_part_open(&part, "a.part", r->identity, &tr, &err), &err, "a.part");
  if (status == FHRL_OK) {
    fuzz_claim(tr.count <= tr.points, "%zu points of %zu", tr.count, tr.points);
    fuzz_finite("x", tr.x, tr.count * (size_t)tr.n);
    fuzz_finite("u", tr.u, tr.count * (size_t)tr.n_u);
    fuzz_finite("obs", tr.obs, tr.count * (size_t)tr.n_obs);
    go_on(r, &tr, &part);
  }
  fhrl_trajectory_part_close(&part);
  fhrl_trajectory_free(&tr);
  return status;
}

const fuzz_target fuzz_subject = {"part", .flips = 200, .setup = setup, .seeds = seeds, .one = one};
