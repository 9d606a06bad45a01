// SPDX-License-Identifier: GPL-3.0-or-later
// test_system: the registry, bound systems and their components, keys, starts
#include "ode/system.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "support.h"

// A model with a scalar, a vector and a matrix as states: n = 1 + r + r c.
enum { R, C };
static const fhrl_field blocks_state[] = {
  {"s", 0.5, "1", "a scalar"}, {"v", -1.25, "1", "a vector"}, {"M", 2.0, "m", "a matrix"}};
static const fhrl_field blocks_param[] = {
  [R] = {"r", 2.0, "1", "rows", FHRL_INT, 1.0, 9.0}, [C] = {"c", 3.0, "1", "columns", FHRL_INT, 1.0, 9.0}};
static void blocks_dims(const double p[], fhrl_dims *out)
{
  out->state[1].rows = (int)p[R];
  out->state[2] = (fhrl_shape){(int)p[R], (int)p[C]};
  out->n_work = out->state[1].rows;
}
static const char *blocks_refuse(const double p[]) { return p[R] == 7.0 ? "seven rows bring bad luck" : NULL; }
static const fhrl_model blocks = {.name = "blocks", .state = blocks_state, .n_state = 3, .param = blocks_param, .n_param = 2,
  .dims = blocks_dims, .refuse = blocks_refuse};

static fhrl_system *bind_lorenz(void)
{
  fhrl_err err;
  fhrl_system *s;
  const double p[] = {10.0, 28.0, 8.0 / 3.0};
  assert_ok(fhrl_system_bind(fhrl_system_find("lorenz"), p, NULL, &s, &err));
  return s;
}

START_TEST(every_registered_model_is_found_by_its_name)
{
  int count = 0;
  for (const fhrl_model *m; (m = fhrl_system_model(count)); count++) ck_assert_ptr_eq(fhrl_system_find(m->name), m);
  ck_assert_int_ge(count, 2);
  ck_assert_ptr_null(fhrl_system_model(-1));
  ck_assert_ptr_null(fhrl_system_find("lorentz"));
  const fhrl_model *linear = fhrl_system_find("linear");
  ck_assert_int_eq(fhrl_system_param(linear, "inputs"), 1);
  ck_assert_int_eq(fhrl_system_param(linear, "A"), -1);
  ck_assert_int_eq(fhrl_system_matrix(linear, "B"), 1);
  ck_assert_int_eq(fhrl_system_matrix(linear, "b"), -1);
}
END_TEST

START_TEST(components_are_named_by_block_and_index)
{
  fhrl_err err;
  fhrl_system *s;
  const double p[] = {2.0, 3.0};
  assert_ok(fhrl_system_bind(&blocks, p, NULL, &s, &err));
  ck_assert_int_eq(s->n, 1 + 2 + 6);
  static const char *const names[] = {"s", "v[0]", "v[1]", "M[0,0]", "M[0,1]", "M[0,2]", "M[1,0]", "M[1,1]", "M[1,2]"};
  for (int i = 0; i < s->n; i++) {
    char name[16];
    fhrl_system_component(s, i, name, sizeof name);
    ck_assert_str_eq(name, names[i]);
  }
  char text[9][FHRL_SYSTEM_NAME];
  const char *column[9] = {NULL}, *unit[9] = {NULL};
  fhrl_system_columns(s, 5, text, column, unit); // a table that leaves out the rest
  for (int i = 0; i < 5; i++) {
    ck_assert_str_eq(column[i], names[i]);
    ck_assert_str_eq(unit[i], i < 3 ? "1" : "m");
  }
  ck_assert_ptr_null(column[5]);
  fhrl_system_columns(s, 9, text, column, NULL);
  ck_assert_str_eq(column[8], "M[1,2]");
  fhrl_shape shape;
  ck_assert_int_eq(fhrl_system_block(s, "M", &shape), 3);
  ck_assert_int_eq(shape.rows, 2);
  ck_assert_int_eq(shape.cols, 3);
  ck_assert_int_eq(fhrl_system_block(s, "m", &shape), -1);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(refused_parameters_and_impossible_sizes_fail)
{
  fhrl_err err;
  fhrl_system *s = NULL;
  const double unlucky[] = {7.0, 1.0}, huge[] = {60000.0, 60000.0};
  assert_fails(fhrl_system_bind(&blocks, unlucky, NULL, &s, &err), FHRL_ARG, &err,
    "model blocks: seven rows bring bad luck");
  assert_fails(fhrl_system_bind(&blocks, huge, NULL, &s, &err), FHRL_ARG, &err, "3600060001 states");
  ck_assert_ptr_null(s);
  fhrl_system_destroy(NULL);
}
END_TEST

START_TEST(a_system_keeps_copies_and_starts_without_input)
{
  fhrl_err err;
  fhrl_system *s;
  double p[] = {2.0, 1.0}, A[] = {1.0, 2.0, 3.0, 4.0}, B[] = {0.3, 0.7};
  const double *const m[] = {A, B};
  assert_ok(fhrl_system_bind(fhrl_system_find("linear"), p, m, &s, &err));
  p[0] = A[0] = B[0] = -99.0;
  const double x[] = {0.5, -0.25}, want[] = {0.0, 0.5};
  double dx[2];
  ck_assert_int_eq(s->model->rhs(s, 0.0, x, dx), 0);
  assert_close("dx", dx, want, 2, 0.0);
  const double u[] = {2.0}, driven[] = {0.6, 1.9};
  s->u = u;
  ck_assert_int_eq(s->model->rhs(s, 0.0, x, dx), 0);
  assert_close("dx", dx, driven, 2, 1e-15);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(the_dense_jacobian_is_row_major)
{
  fhrl_system *s = bind_lorenz();
  const double x[] = {1.5, -2.5, 7.25};
  const double want[] = {-10.0, 10.0, 0.0, 28.0 - 7.25, -1.0, -1.5, -2.5, 1.5, -8.0 / 3.0};
  double e[6], J[9];
  ck_assert_int_eq(fhrl_system_jacobian(s, 0.0, x, e, J), 0);
  assert_close("J", J, want, 9, 1e-15);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(starts_are_defaults_draws_or_lists)
{
  fhrl_err err;
  fhrl_system *s = bind_lorenz();
  double x[3];
  const double first[] = {0.0, 1.0, 0.0}, listed[] = {1.5, -2.0, 300.0};
  assert_ok(fhrl_system_start(s, 1, NULL, x, &err));
  assert_close("x0", x, first, 3, 0.0);
  assert_ok(fhrl_system_start(s, 1, " 1.5 ,-2,3e2", x, &err));
  assert_close("x0", x, listed, 3, 0.0);
  fhrl_system_destroy(s);

  const double p[] = {2.0, 3.0};
  assert_ok(fhrl_system_bind(&blocks, p, NULL, &s, &err));
  double b[9];
  const double defaults[] = {0.5, -1.25, -1.25, 2, 2, 2, 2, 2, 2};
  assert_ok(fhrl_system_start(s, 1, "", b, &err));
  assert_close("x0", b, defaults, 9, 0.0);
  fhrl_system_destroy(s);

  const double size[] = {3.0, 0.0}, A[9] = {0};
  const double *const m[] = {A, NULL};
  assert_ok(fhrl_system_bind(fhrl_system_find("linear"), size, m, &s, &err));
  double normal[3], again[3];
  fhrl_random_normal((fhrl_random){.seed = 7, .stream = FHRL_STREAM_START}, 0, 3, normal);
  assert_ok(fhrl_system_start(s, 7, "", x, &err));
  assert_close("x0", x, normal, 3, 0.0);
  assert_ok(fhrl_system_start(s, 8, "", again, &err));
  ck_assert_double_ne(x[0], again[0]);
  fhrl_system_destroy(s);
}
END_TEST

static const struct {
  const char *text, *message;
} bad_start[] = {
  {"1,2", "start '1,2': 2 numbers for the 3 states of lorenz"},
  {"1,2,3,4", "start '1,2,3,4': 4 numbers for the 3 states of lorenz"},
  {"1,two,3", "'two' for y is no finite number"},
  {"1,2,nan", "'nan' for z is no finite number"},
  {"1,,3", "'' for y is no finite number"},
  {"1,2,3,", "'' for a component that the system does not have is no finite number"},
  {"1 5,2,3", "'1 5' for x is no finite number"},
  {"1,2,1e999", "'1e999' for z is no finite number"},
};

START_TEST(a_malformed_start_is_refused_and_nothing_is_written)
{
  fhrl_err err;
  fhrl_system *s = bind_lorenz();
  double x[] = {0.125, 0.25, 0.5};
  const double untouched[] = {0.125, 0.25, 0.5};
  assert_fails(fhrl_system_start(s, 1, bad_start[_i].text, x, &err), FHRL_ARG, &err, bad_start[_i].message);
  assert_close("x0", x, untouched, 3, 0.0);
  fhrl_system_destroy(s);
}
END_TEST

// ---- one system per thread

typedef struct worker {
  fhrl_system *s;
  double sum;
} worker;

static int scratch_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  for (int i = 0; i < 1000; i++) s->work[i] = t;
  dx[0] = 0.0;
  for (int i = 0; i < 1000; i++) dx[0] += s->work[i]; // 1000 t, unless another thread writes there
  return 0;
}
static void scratch_dims(const double p[], fhrl_dims *out) { out->n_work = 1000; }
static const fhrl_model scratchy = {
  .name = "scratchy", .state = blocks_state, .n_state = 1, .dims = scratch_dims, .rhs = scratch_rhs};

static void *work(void *argument)
{
  worker *w = argument;
  const double x = 0.0;
  for (int k = 1; k <= 2000; k++) {
    double dx;
    w->s->model->rhs(w->s, k, &x, &dx);
    w->sum += dx;
  }
  return NULL;
}

START_TEST(clones_share_parameters_but_no_scratch)
{
  enum { THREADS = 4 };
  fhrl_err err;
  fhrl_system *s;
  const double none = 0.0;
  assert_ok(fhrl_system_bind(&scratchy, &none, NULL, &s, &err));
  worker w[THREADS] = {{NULL}};
  pthread_t thread[THREADS];
  for (int k = 0; k < THREADS; k++) {
    assert_ok(fhrl_system_clone(s, &w[k].s, &err));
    ck_assert_ptr_ne(w[k].s->work, s->work);
    ck_assert_ptr_eq(w[k].s->p, s->p);
    ck_assert_int_eq(pthread_create(&thread[k], NULL, work, &w[k]), 0);
  }
  for (int k = 0; k < THREADS; k++) {
    pthread_join(thread[k], NULL);
    ck_assert_double_eq(w[k].sum, 1000.0 * 2000.0 * 2001.0 / 2.0);
    fhrl_system_destroy(w[k].s);
  }
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(the_keys_are_the_models_own_tables)
{
  fhrl_err err;
  fhrl_field *f;
  int n;
  assert_ok(fhrl_system_fields(fhrl_system_find("linear"), &f, &n, &err));
  static const char *const keys[] = {"name", "seed", "matrices", "A", "a_scale", "B", "b_scale", "n", "inputs"};
  ck_assert_int_eq(n, FHRL_COUNT(keys));
  for (int i = 0; i < n; i++) ck_assert_str_eq(f[i].name, keys[i]);
  ck_assert_str_eq(f[0].text, "linear");
  ck_assert_double_eq(f[4].value, 1.0);
  free(f);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/system");
  TCase *t = tcase_create("system");
  tcase_add_test(t, every_registered_model_is_found_by_its_name);
  tcase_add_test(t, components_are_named_by_block_and_index);
  tcase_add_test(t, refused_parameters_and_impossible_sizes_fail);
  tcase_add_test(t, a_system_keeps_copies_and_starts_without_input);
  tcase_add_test(t, the_dense_jacobian_is_row_major);
  tcase_add_test(t, starts_are_defaults_draws_or_lists);
  tcase_add_loop_test(t, a_malformed_start_is_refused_and_nothing_is_written, 0, FHRL_COUNT(bad_start));
  tcase_add_test(t, clones_share_parameters_but_no_scratch);
  tcase_add_test(t, the_keys_are_the_models_own_tables);
  suite_add_tcase(s, t);
  return run_suite(s);
}
