// SPDX-License-Identifier: GPL-3.0-or-later
// test_ensemble_part: an ensemble that goes on from whatever a kill left of ensemble.part ends in the same bits, ways, counts and
// failures as one that was never stopped, on any number of threads
#include "ode/ensemble_part.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "support.h"

static fhrl_err err;
static char path[] = "test_ensemble_part.part";

enum { MEMBERS = 60 };

// Ensembles over one parameter, low to high, whose members go all the ways that there are.
typedef struct scene {
  const char *name, *model, *param;
  double low, high, t_end;
  fhrl_method method;
  int refused; // every that-many-th start is one that the model refuses; 0: none
} scene;

static const scene scenes[] = {
  {"a batch", "lorenz", "r", 5.0, 30.0, 10.0, FHRL_METHOD_AUTO, 0},
  {"one by one", "van_der_pol", "mu", 0.1, 3.0, 10.0, FHRL_METHOD_ADAMS, 0},
  {"some leave the batch as stiff", "van_der_pol", "mu", 1.0, 1500.0, 500.0, FHRL_METHOD_AUTO, 0},
  {"some may not start", "lotka_volterra", "b", 0.3, 0.7, 5.0, FHRL_METHOD_DOP853, 3},
  {"some blow up", "deep_linear", "s", 0.5, 2.0, 20.0, FHRL_METHOD_AUTO, 4},
};

typedef struct stage {
  fhrl_system *s;
  fhrl_input in;
  fhrl_solver solver;
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
  assert_ok(fhrl_system_create(m, &config, &out->s, &err));
  assert_ok(fhrl_input_init(&out->in, &config, out->s->dims.n_u, &err));
  out->solver = (fhrl_solver){.method = c->method, .rtol = 1e-8, .atol = 1e-10, .t_end = c->t_end, .max_steps = 1000000};
  fhrl_config_free(&config);
  free(fields);
}

static void strike(stage *g)
{
  fhrl_system_destroy(g->s);
  fhrl_input_free(&g->in);
}

static void make(const scene *c, const stage *g, fhrl_ensemble *e)
{
  const int n = g->s->n, n_param = g->s->model->n_param, at = fhrl_system_param(g->s->model, c->param);
  assert_ok(fhrl_ensemble_init(e, MEMBERS, n, n_param, &err));
  for (long k = 0; k < MEMBERS; k++) {
    memcpy(e->p + k * n_param, g->s->p, (size_t)n_param * sizeof *e->p);
    e->p[k * n_param + at] = c->low + (c->high - c->low) * (double)k / (MEMBERS - 1);
    assert_ok(fhrl_system_start(g->s, (uint32_t)k + 1, "", e->x0 + k * n, &err));
    if (c->refused && k % c->refused == 1) e->x0[k * n] = -1.0;
  }
}

// The ensemble, on from the part that is there, which stays, as if the process had been killed before it could remove it.
static void run(const scene *c, const stage *g, int threads, fhrl_ensemble *out)
{
  fhrl_ensemble_part part;
  make(c, g, out);
  const uint64_t identity = fhrl_ensemble_part_identity(out, g->s, &g->in, &g->solver, "test");
  assert_ok(fhrl_ensemble_part_open(&part, path, identity, out, &err));
  const fhrl_ensemble_watch watch = {.keep = fhrl_ensemble_part_keep, .keep_context = &part};
  assert_ok(fhrl_ensemble_run(out, g->s, &g->in, &g->solver, threads, &watch, &err));
  fhrl_ensemble_part_close(&part);
}

static void assert_same(const fhrl_ensemble *a, const fhrl_ensemble *b)
{
  ck_assert_mem_eq(a->x, b->x, (size_t)MEMBERS * (size_t)a->n * sizeof *a->x);
  ck_assert_mem_eq(a->member, b->member, MEMBERS);
  ck_assert_int_eq(a->steps, b->steps);
  ck_assert_int_eq(a->rhs_evals, b->rhs_evals);
  ck_assert_int_eq(a->stiff, b->stiff);
  ck_assert_int_eq(a->singles, b->singles);
  ck_assert_int_eq(a->failed, b->failed);
  ck_assert_int_eq(a->failures, b->failures);
  for (int f = 0; f < a->failures; f++) {
    ck_assert_int_eq(a->failure[f].member, b->failure[f].member);
    ck_assert_int_eq(a->failure[f].err.code, b->failure[f].err.code);
    ck_assert_str_eq(a->failure[f].err.msg, b->failure[f].err.msg);
  }
}

static off_t size_of(const char *name)
{
  struct stat st;
  return stat(name, &st) == 0 ? st.st_size : -1;
}

START_TEST(what_any_kill_left_is_gone_on_from_to_the_same_bits)
{
  const scene *c = &scenes[_i];
  stage g;
  fhrl_ensemble whole;
  build(c, &g);
  unlink(path);
  run(c, &g, 2, &whole);
  ck_assert_int_eq(whole.before, 0);
  ck_assert_int_eq(whole.singles > 0, c->method == FHRL_METHOD_ADAMS || strstr(c->name, "stiff") != NULL);
  ck_assert_int_eq(whole.failed > 0, c->refused > 0);
  const off_t size = size_of(path);
  long most = 0;
  for (uint32_t k = 0; k < 12; k++) { // cut at any byte: a resume makes the file whole again
    double where;
    fhrl_ensemble cut;
    fhrl_random_uniform((fhrl_random){.seed = 7, .stream = FHRL_STREAM_START, .sequence = k}, (size_t)_i, 1, &where);
    ck_assert_int_eq(truncate(path, (off_t)(where * (double)size)), 0);
    run(c, &g, 1 + (int)k % 4, &cut);
    if (cut.before > most) most = cut.before;
    ck_assert_int_lt(cut.before, MEMBERS);
    assert_same(&whole, &cut);
    ck_assert_int_eq(size_of(path), size);
    fhrl_ensemble_free(&cut);
  }
  ck_assert_int_gt(most, MEMBERS / 2); // or the cuts prove little
  fhrl_ensemble again;
  run(c, &g, 3, &again); // killed after the last member: nothing is left to do
  ck_assert_int_eq(again.before, MEMBERS);
  assert_same(&whole, &again);
  fhrl_ensemble_free(&again);
  fhrl_ensemble_free(&whole);
  strike(&g);
  unlink(path);
}
END_TEST

START_TEST(a_record_that_is_not_as_it_was_written_is_not_believed)
{
  const scene *c = &scenes[3];
  stage g;
  fhrl_ensemble whole, again;
  build(c, &g);
  unlink(path);
  run(c, &g, 1, &whole);
  const long size = (long)size_of(path);
  for (long at = 3; at < size; at += size / 40) { // one flipped bit in the head, a number, a state, a reason, a checksum
    FILE *f = fopen(path, "r+b");
    ck_assert_ptr_nonnull(f);
    fseek(f, at, SEEK_SET);
    const int byte = fgetc(f);
    fseek(f, at, SEEK_SET);
    fputc(byte ^ (1 << (at % 8)), f);
    fclose(f);
    run(c, &g, 1, &again);
    ck_assert_int_lt(again.before, MEMBERS);
    assert_same(&whole, &again);
    fhrl_ensemble_free(&again);
  }
  fhrl_ensemble_free(&whole);
  strike(&g);
  unlink(path);
}
END_TEST

START_TEST(the_part_of_another_ensemble_is_begun_anew)
{
  const scene *c = &scenes[0];
  stage g;
  fhrl_ensemble first, other;
  fhrl_ensemble_part part;
  build(c, &g);
  make(c, &g, &first);
  const uint64_t mine = fhrl_ensemble_part_identity(&first, g.s, &g.in, &g.solver, "test");
  double *const changed[] = {&first.x0[0], &first.x0[3 * MEMBERS - 1], &first.p[3 * MEMBERS - 1], &g.solver.rtol, &g.solver.t_end};
  for (int k = 0; k < FHRL_COUNT(changed); k++) {
    const double before = *changed[k];
    *changed[k] = nextafter(before, 100.0);
    ck_assert(fhrl_ensemble_part_identity(&first, g.s, &g.in, &g.solver, "test") != mine);
    *changed[k] = before;
  }
  ck_assert(fhrl_ensemble_part_identity(&first, g.s, &g.in, &g.solver, "another build") != mine);
  ck_assert(fhrl_ensemble_part_identity(&first, g.s, &g.in, &g.solver, "test") == mine);
  fhrl_ensemble_free(&first);
  unlink(path);
  run(c, &g, 2, &first);
  make(c, &g, &other);
  assert_ok(fhrl_ensemble_part_open(&part, path, mine + 1, &other, &err));
  ck_assert_int_eq(other.before, 0);
  ck_assert_int_eq(size_of(path), 24); // the head alone
  fhrl_ensemble_part_remove(&part);
  ck_assert_int_eq(size_of(path), -1);
  fhrl_ensemble_free(&first);
  fhrl_ensemble_free(&other);
  strike(&g);
}
END_TEST

START_TEST(a_disk_without_room_ends_the_run_and_is_named)
{
  const scene *c = &scenes[_i];
  stage g;
  fhrl_ensemble e;
  fhrl_ensemble_part part;
  FILE *full = fopen("/dev/full", "w");
  build(c, &g);
  make(c, &g, &e);
  assert_fails(fhrl_ensemble_part_open(&part, "/dev/null", 1, &e, &err), FHRL_IO, &err, "it is no regular file");
  fhrl_ensemble_part_close(&part);
  unlink(path);
  assert_ok(fhrl_ensemble_part_open(&part, path, 1, &e, &err));
  if (full) {
    fclose(part.file.stream);
    part.file.stream = full;
    const fhrl_ensemble_watch watch = {.keep = fhrl_ensemble_part_keep, .keep_context = &part};
    assert_fails(fhrl_ensemble_run(&e, g.s, &g.in, &g.solver, 2, &watch, &err), FHRL_IO, &err,
      "cannot write test_ensemble_part.part: No space");
  }
  fhrl_ensemble_part_remove(&part);
  fhrl_ensemble_free(&e);
  strike(&g);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/ensemble_part");
  TCase *t = tcase_create("ensemble_part");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, what_any_kill_left_is_gone_on_from_to_the_same_bits, 0, FHRL_COUNT(scenes));
  tcase_add_test(t, a_record_that_is_not_as_it_was_written_is_not_believed);
  tcase_add_test(t, the_part_of_another_ensemble_is_begun_anew);
  tcase_add_loop_test(t, a_disk_without_room_ends_the_run_and_is_named, 0, 2);
  suite_add_tcase(s, t);
  return run_suite(s);
}
