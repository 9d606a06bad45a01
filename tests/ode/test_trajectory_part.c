// SPDX-License-Identifier: GPL-3.0-or-later
// test_trajectory_part: a run that goes on from whatever a kill left of trajectory.part ends in the same bits, counters and
// events as one that was never stopped
#include "ode/trajectory_part.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "ode/iteration.h"
#include "support.h"

static fhrl_err err;
static char path[] = "test_trajectory_part.part";

// What a run is made of.
typedef struct scene {
  const char *name, *model;
  const char *set[8]; // key, value, ..., NULL
  double t_end, every;
} scene;

static const scene scenes[] = {
  {"adams", "lorenz", {"solver.method", "adams"}, 20.0, 0.05},
  {"bdf", "lorenz", {"solver.method", "bdf"}, 5.0, 0.05},
  {"dop853", "lorenz", {"solver.method", "dop853"}, 20.0, 0.05},
  {"dopri5", "lorenz", {"solver.method", "dopri5"}, 20.0, 0.05},
  {"verner", "lorenz", {"solver.method", "verner"}, 20.0, 0.05},
  {"fixed steps", "lorenz", {"solver.method", "dop853", "solver.step", "0.01"}, 20.0, 0.05},
  {"auto, which goes over to bdf", "van_der_pol", {"model.mu", "100"}, 200.0, 1.0},
  {"events", "idp_hopfield", {"solver.method", "dop853"}, 15.0, 0.1},
  {"events with adams", "idp_hopfield", {"solver.method", "adams"}, 6.0, 0.1},
  {"sections", "lorenz", {"solver.method", "dop853", "solver.section", "z = 27 up; x = 0"}, 20.0, 0.05},
  {"a constant input", "fhrl", {"solver.method", "adams"}, 20.0, 0.1},
  {"a sine", "fhrl", {"input.kind", "sine", "solver.method", "dop853"}, 20.0, 0.1},
  {"values held", "fhrl", {"input.kind", "held", "input.hold", "0.3", "solver.method", "verner"}, 20.0, 0.1},
  {"noise", "fhrl", {"input.kind", "noise", "solver.method", "adams"}, 10.0, 0.1},
  {"a recording", "fhrl", {"input.kind", "none", "solver.method", "adams"}, 20.0, 0.07}, // is replaced below
  {"a map", "idp_saliency", {NULL}, 300.0, 1.0},
};

// A bound system with its input, solver and start.
typedef struct stage {
  fhrl_system *s;
  fhrl_input in;
  fhrl_solver solver;
  fhrl_crossing section[FHRL_CROSSING_MAX];
  double x0[256];
} stage;

static void build(const scene *c, stage *out)
{
  fhrl_config config;
  fhrl_field *fields;
  int count;
  const fhrl_model *m = fhrl_system_find(c->model);
  fhrl_config_init(&config);
  assert_ok(fhrl_system_fields(m, &fields, &count, &err));
  assert_ok(fhrl_config_add(&config, "model", fields, count, &err));
  assert_ok(fhrl_config_add(&config, "input", fhrl_input_fields, fhrl_input_field_count, &err));
  assert_ok(fhrl_config_add(&config, "solver", fhrl_integrator_fields, fhrl_integrator_field_count, &err));
  assert_ok(fhrl_config_set(&config, "model", "name", c->model, "test", &err));
  for (int k = 0; k < 8 && c->set[k]; k += 2) {
    char section[32];
    const char *dot = strchr(c->set[k], '.');
    snprintf(section, sizeof section, "%.*s", (int)(dot - c->set[k]), c->set[k]);
    assert_ok(fhrl_config_set(&config, section, dot + 1, c->set[k + 1], "test", &err));
  }
  memset(out, 0, sizeof *out);
  assert_ok(fhrl_system_create(m, &config, &out->s, &err));
  ck_assert_int_le(out->s->n, 256);
  fhrl_integrator_options(&config, &out->solver);
  out->solver.t_end = c->t_end;
  out->solver.output_every = c->every;
  out->solver.checkpoint_every = 16;
  if (strcmp(c->name, "a recording") == 0) {
    double held[30 * 2];
    ck_assert_int_eq(out->s->dims.n_u, 2);
    fhrl_random_normal((fhrl_random){.seed = 5, .stream = FHRL_STREAM_INPUT}, 0, 60, held);
    assert_ok(fhrl_input_hold(&out->in, 30, 2, held, &err));
  } else
    assert_ok(fhrl_input_init(&out->in, &config, out->s->dims.n_u, &err));
  assert_ok(fhrl_system_start(out->s, 1, "", out->x0, &err));
  assert_ok(fhrl_crossing_read(out->s, fhrl_config_text(&config, "solver.section"), out->section, &out->solver.crossings, &err));
  out->solver.crossing = out->section;
  fhrl_config_free(&config);
  free(fields);
}

static void strike(stage *g)
{
  fhrl_system_destroy(g->s);
  fhrl_input_free(&g->in);
}

static fhrl_status keep(void *context, const fhrl_trajectory *tr, const fhrl_trajectory_kept *kept, fhrl_err *e)
{
  return fhrl_trajectory_part_append(context, tr, kept, e);
}

// What a run ends with.
typedef struct result {
  fhrl_trajectory tr;
  fhrl_counters c;
  fhrl_happening *happened; // owned
  long events, crossings;
  double *at; // owned: (crossings, n)
  size_t resumed; // points that were there
} result;

static void drop(result *r)
{
  free(r->happened);
  free(r->at);
  fhrl_trajectory_free(&r->tr);
}

// The run, on from the part that is there; the part stays, as if the process had been killed before it could remove it.
static void run(stage *g, result *out)
{
  fhrl_trajectory_part part;
  memset(out, 0, sizeof *out);
  assert_ok(fhrl_trajectory_init(&out->tr, g->s, &g->solver, 0.0, &err));
  assert_ok(fhrl_trajectory_part_open(&part, path, fhrl_trajectory_part_identity(g->s, &g->in, &g->solver, g->x0, "test"), &out->tr, &err));
  out->resumed = out->tr.count;
  const fhrl_trajectory_watch watch = {
    .context = &part, .restart_every = (size_t)g->solver.checkpoint_every, .boundary = keep};
  if (g->s->model->rhs) {
    const size_t last = out->tr.count - 1;
    fhrl_integrator *it;
    assert_ok(fhrl_integrator_create(g->s, &g->in, &g->solver, out->tr.count ? out->tr.t[last] : 0.0,
      out->tr.count ? out->tr.x + last * (size_t)out->tr.n : g->x0, &it, &err));
    if (out->tr.count) assert_ok(fhrl_integrator_resume(it, &part.past, part.happened, part.events, part.at, part.crossings, &err));
    assert_ok(fhrl_trajectory_run(&out->tr, it, g->s, &g->in, &watch, &err));
    fhrl_integrator_counters(it, &out->c);
    const fhrl_happening *happened = fhrl_integrator_events(it, &out->events);
    out->happened = malloc(((size_t)out->events + 1) * sizeof *happened);
    if (out->events) memcpy(out->happened, happened, (size_t)out->events * sizeof *happened);
    const double *at = fhrl_integrator_crossings(it, &out->crossings);
    const size_t size = (size_t)out->crossings * (size_t)out->tr.n * sizeof *at;
    out->at = malloc(size + 1);
    if (size) memcpy(out->at, at, size);
    fhrl_integrator_destroy(it);
  } else {
    out->c = part.past.counters;
    assert_ok(fhrl_iteration_run(&out->tr, g->s, &g->in, g->x0, 100000, &watch, &out->c, &err));
  }
  fhrl_trajectory_part_close(&part);
}

static void assert_same(const result *a, const result *b)
{
  const size_t row = 1 + (size_t)a->tr.n + (size_t)a->tr.n_u + (size_t)a->tr.n_obs;
  ck_assert_uint_eq(a->tr.count, a->tr.points);
  ck_assert_uint_eq(a->tr.count, b->tr.count);
  ck_assert_mem_eq(a->tr.t, b->tr.t, a->tr.points * row * sizeof(double)); // x, u and observables lie within t
  ck_assert_int_eq(a->c.steps, b->c.steps);
  ck_assert_int_eq(a->c.rhs_evals, b->c.rhs_evals);
  ck_assert_int_eq(a->c.jvp_evals, b->c.jvp_evals);
  ck_assert_int_eq(a->c.restarts, b->c.restarts);
  ck_assert_int_eq(a->c.corrector_iterations, b->c.corrector_iterations);
  ck_assert_int_eq(a->events, b->events);
  ck_assert_int_eq(a->crossings, b->crossings);
  if (a->crossings) ck_assert_mem_eq(a->at, b->at, (size_t)a->crossings * (size_t)a->tr.n * sizeof *a->at);
  if (a->events) ck_assert_mem_eq(a->happened, b->happened, (size_t)a->events * sizeof *a->happened);
}

static off_t size_of(const char *name)
{
  struct stat st;
  return stat(name, &st) == 0 ? st.st_size : -1;
}

START_TEST(what_any_kill_left_is_gone_on_from_to_the_same_bits)
{
  stage g;
  result whole;
  size_t most = 0;
  build(&scenes[_i], &g);
  unlink(path);
  run(&g, &whole);
  ck_assert_uint_eq(whole.resumed, 0);
  const off_t size = size_of(path);
  for (uint32_t k = 0; k < 5; k++) { // cut at any byte: later cuts first, for each resume makes the file whole again
    double where;
    result cut;
    fhrl_random_uniform((fhrl_random){.seed = 7, .stream = FHRL_STREAM_START, .sequence = k}, (size_t)_i, 1, &where);
    ck_assert_int_eq(truncate(path, (off_t)(where * (double)size)), 0);
    run(&g, &cut);
    if (cut.resumed > most) most = cut.resumed;
    assert_same(&whole, &cut);
    ck_assert_int_eq(size_of(path), size);
    drop(&cut);
  }
  ck_assert_uint_ge(most, 17); // at least one block was used
  drop(&whole);
  strike(&g);
  unlink(path);
}
END_TEST

START_TEST(a_block_that_is_not_as_it_was_written_is_not_believed)
{
  stage g;
  result whole, again;
  build(&scenes[0], &g);
  unlink(path);
  run(&g, &whole);
  const long size = (long)size_of(path);
  for (long at = 3; at < size; at += size / 23) { // one flipped bit in the head, a row, a count, a checksum
    FILE *f = fopen(path, "r+b");
    ck_assert_ptr_nonnull(f);
    fseek(f, at, SEEK_SET);
    const int byte = fgetc(f);
    fseek(f, at, SEEK_SET);
    fputc(byte ^ (1 << (at % 8)), f);
    fclose(f);
    run(&g, &again);
    ck_assert_uint_lt(again.resumed, whole.tr.count);
    assert_same(&whole, &again);
    drop(&again);
  }
  drop(&whole);
  strike(&g);
  unlink(path);
}
END_TEST

static uint64_t identity(const stage *g, const fhrl_system *s, const char *build_)
{
  return fhrl_trajectory_part_identity(s, &g->in, &g->solver, g->x0, build_);
}

START_TEST(the_part_of_another_run_is_begun_anew)
{
  stage g;
  result first, other;
  build(&scenes[10], &g);
  const uint64_t mine = identity(&g, g.s, "test");
  double *const changed[] = {&g.x0[1], &g.solver.rtol, &g.in.value[1], &g.solver.t_end};
  for (int k = 0; k < 4; k++) {
    const double before = *changed[k];
    *changed[k] = nextafter(before, 100.0);
    ck_assert(identity(&g, g.s, "test") != mine);
    *changed[k] = before;
  }
  double p[64], matrix[4];
  const double *m[FHRL_MATRIX_MAX];
  fhrl_system like = *g.s;
  memcpy(p, g.s->p, (size_t)g.s->model->n_param * sizeof *p);
  memcpy(m, g.s->m, (size_t)g.s->model->n_matrix * sizeof *m);
  memcpy(matrix, m[0], sizeof matrix);
  like.p = p;
  like.m = m;
  ck_assert(identity(&g, &like, "test") == mine);
  p[3] = nextafter(p[3], 100.0);
  ck_assert(identity(&g, &like, "test") != mine);
  p[3] = g.s->p[3];
  m[0] = matrix;
  matrix[2] = nextafter(matrix[2], 100.0);
  ck_assert(identity(&g, &like, "test") != mine);
  ck_assert(identity(&g, g.s, "another build") != mine);
  unlink(path);
  run(&g, &first);
  drop(&first);
  g.x0[0] += 0.5;
  run(&g, &other);
  ck_assert_uint_eq(other.resumed, 0);
  drop(&other);
  strike(&g);
  unlink(path);
}
END_TEST

START_TEST(a_place_that_cannot_be_written_is_named)
{
  stage g;
  fhrl_trajectory_part part;
  fhrl_trajectory tr;
  build(&scenes[0], &g);
  assert_ok(fhrl_trajectory_init(&tr, g.s, &g.solver, 0.0, &err));
  assert_fails(fhrl_trajectory_part_open(&part, "no/such/folder/x.part", 1, &tr, &err), FHRL_IO, &err, "cannot write no/such/folder/x.part");
  fhrl_trajectory_part_close(&part);
  assert_fails(fhrl_trajectory_part_open(&part, "/dev/null", 1, &tr, &err), FHRL_IO, &err, "it is no regular file");
  fhrl_trajectory_part_close(&part);
  part = (fhrl_trajectory_part){.file = {.stream = fopen("/dev/full", "w"), .path = "full"}};
  const fhrl_integrator_past past = {0};
  const fhrl_trajectory_kept kept = {.past = &past};
  if (part.file.stream) assert_fails(fhrl_trajectory_part_append(&part, &tr, &kept, &err), FHRL_IO, &err, "cannot write full: No space");
  fhrl_trajectory_part_close(&part);
  fhrl_trajectory_free(&tr);
  strike(&g);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/trajectory_part");
  TCase *t = tcase_create("trajectory_part");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, what_any_kill_left_is_gone_on_from_to_the_same_bits, 0, FHRL_COUNT(scenes));
  tcase_add_test(t, a_block_that_is_not_as_it_was_written_is_not_believed);
  tcase_add_test(t, the_part_of_another_run_is_begun_anew);
  tcase_add_test(t, a_place_that_cannot_be_written_is_named);
  suite_add_tcase(s, t);
  return run_suite(s);
}
