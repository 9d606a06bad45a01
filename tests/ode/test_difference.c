// SPDX-License-Identifier: GPL-3.0-or-later
// test_difference: J v without a jvp: as exact as theory says, at every scale, up to the edge of a domain
#include "ode/difference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "ode/integrator.h"
#include "ode/variant.h"
#include "support.h"

static fhrl_err err;

// A model of the registry as it is, and without its jvp, at its defaults.
static void both(const char *name, fhrl_model *blind, fhrl_system *s[2], double *u[2])
{
  static fhrl_variants all;
  const fhrl_model *m = fhrl_system_find(name);
  *blind = *m;
  blind->jvp = NULL;
  assert_ok(fhrl_variant_make(m, &all, &err));
  assert_ok(fhrl_variant_bind(m, all.p[0], 1, &s[0], &u[0], &err));
  assert_ok(fhrl_variant_bind(blind, all.p[0], 1, &s[1], &u[1], &err));
}

static double largest(int n, const double a[])
{
  double m = 0.0;
  for (int i = 0; i < n; i++) m = fmax(m, fabs(a[i]));
  return m;
}

static const char *const smooth[] = {"lorenz", "fhrl", "ltc", "dense_hopfield", "van_der_pol", "cfc"};

START_TEST(it_agrees_with_the_exact_product)
{
  fhrl_model blind;
  fhrl_system *s[2];
  double *u[2];
  both(smooth[_i], &blind, s, u);
  const int n = s[0]->n;
  double *x = malloc((size_t)(5 * n) * sizeof *x), *v = x + n, *exact = v + n, *got = exact + n, *f = got + n;
  ck_assert_ptr_nonnull(x);
  assert_ok(fhrl_variant_point(s[0], 3, 0.5, x, &err));
  fhrl_random_normal((fhrl_random){.seed = 9}, 0, (size_t)n, v);
  ck_assert_int_eq(s[0]->model->jvp(s[0], 0.0, x, v, exact), 0);
  ck_assert_int_eq(s[1]->model->jvp(s[1], 0.0, x, v, got), 0);
  const fhrl_model *m = s[0]->model;
  ck_assert_int_eq((m->rhs ? m->rhs : m->step)(s[0], 0.0, x, f), 0);
  // eps^(2/3) = 4e-11 of f at the scale of x, for v of order one; 25 for what f''' and sums in f add
  assert_close(smooth[_i], got, exact, (size_t)n, 1e-9 * (largest(n, f) + largest(n, exact)));
  free(x), free(u[0]), free(u[1]);
  fhrl_system_destroy(s[0]), fhrl_system_destroy(s[1]);
}
END_TEST

// ---- small models

static int cubic_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  const double c = s->p[0]; // the scale of x
  dx[0] = c * pow(x[0] / c, 3.0) + x[1];
  dx[1] = sin(x[1] / c) * c - x[0];
  return 0;
}

static fhrl_field xy[] = {{"x", 0.0, "1", "x"}, {"y", 0.0, "1", "y"}};
static const fhrl_field scale[] = {{"c", 1.0, "1", "scale"}};
static const fhrl_model cubic = {.name = "cubic", .state = xy, .n_state = 2, .param = scale, .n_param = 1, .rhs = cubic_rhs};

START_TEST(a_state_keeps_its_digits_at_any_scale)
{
  static const double scales[] = {1e-12, 1e-6, 1.0, 1e6, 1e12};
  const double c = scales[_i], x[] = {0.7 * c, -0.3 * c}, *const none[1] = {NULL};
  fhrl_field typical[2] = {xy[0], xy[1]};
  typical[0].value = typical[1].value = c;
  fhrl_model m = cubic;
  m.state = typical;
  fhrl_system *s;
  assert_ok(fhrl_system_bind(&m, &c, none, &s, &err));
  for (int k = 0; k < 3; k++) { // directions of any length, too
    const double long_ = pow(1e5, k - 1), v[] = {0.6 * long_, 0.8 * long_};
    const double want[] = {3.0 * 0.49 * v[0] + v[1], cos(-0.3) * v[1] - v[0]};
    double got[2];
    ck_assert_int_eq(s->model->jvp(s, 0.0, x, v, got), 0);
    assert_close("J v", got, want, 2, 3e-10 * long_);
  }
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(a_state_that_passes_zero_keeps_its_digits)
{
  const double c = 1.0, x[] = {1e-13, -1.0}, v[] = {1.0, 0.0}, want[] = {0.0, -1.0}, *const none[1] = {NULL};
  fhrl_system *s;
  double got[2];
  assert_ok(fhrl_system_bind(&cubic, &c, none, &s, &err));
  ck_assert_int_eq(s->model->jvp(s, 0.0, x, v, got), 0);
  assert_close("J v", got, want, 2, 1e-10);
  fhrl_system_destroy(s);
}
END_TEST

static int calls, refuse_all;
static int root_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  calls++;
  if (refuse_all) return refuse_all;
  dx[0] = sqrt(x[0]); // NaN below 0
  dx[1] = x[0] > 1.0 ? NAN : x[0] * x[1];
  return 0;
}
static const fhrl_model root = {.name = "root", .state = xy, .n_state = 2, .rhs = root_rhs};

START_TEST(at_an_edge_the_side_that_is_there_serves)
{
  const double v[] = {1.0, 0.0}, low[] = {1e-6, 2.0}, high[] = {1.0 - 1e-6, 2.0}, *const none[1] = {NULL};
  fhrl_system *s;
  double got[2];
  assert_ok(fhrl_system_bind(&root, NULL, none, &s, &err));
  calls = 0;
  ck_assert_int_eq(s->model->jvp(s, 0.0, low, v, got), 0); // below x = 0 there is nothing
  ck_assert_int_eq(calls, 3);
  ck_assert_double_eq_tol(got[1], 2.0, 1e-9); // linear in x
  ck_assert(got[0] > 0.0 && got[0] < 500.0);  // sqrt bends much there: 1/(2 sqrt x) = 500 from the upper side only
  ck_assert_int_eq(s->model->jvp(s, 0.0, high, v, got), 0);
  ck_assert_double_eq_tol(got[0], 0.5, 1e-5); // eps^(1/3) f''/2
  ck_assert_double_eq_tol(got[1], 2.0, 1e-9);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(what_cannot_be_had_is_said)
{
  const double x[] = {-1.0, 2.0}, fine[] = {0.5, 2.0}, v[] = {1.0, 0.0}, zero[] = {0.0, 0.0}, bad[] = {NAN, 0.0};
  const double *const none[1] = {NULL};
  fhrl_system *s;
  double got[2];
  assert_ok(fhrl_system_bind(&root, NULL, none, &s, &err));
  ck_assert(s->model->jvp(s, 0.0, x, v, got) != 0 || !isfinite(got[0]));
  ck_assert(s->model->jvp(s, 0.0, fine, bad, got) != 0 || !isfinite(got[0])); // a NaN in v is not hidden
  calls = 0;
  ck_assert_int_eq(s->model->jvp(s, 0.0, fine, zero, got), 0);
  ck_assert_int_eq(calls, 0); // J 0 = 0 needs no evaluation
  ck_assert(got[0] == 0.0 && got[1] == 0.0);
  refuse_all = -1;
  ck_assert_int_lt(s->model->jvp(s, 0.0, fine, v, got), 0);
  refuse_all = 0;
  fhrl_system_destroy(s);
}
END_TEST

// ---- who gets it

START_TEST(every_bound_system_has_it_and_a_clone_has_its_own_room)
{
  const double c = 1.0, x[] = {0.7, -0.3}, v[] = {0.6, 0.8}, *const none[1] = {NULL};
  fhrl_system *s, *other;
  double a[2], b[2];
  ck_assert(fhrl_difference_used(&cubic));
  assert_ok(fhrl_system_bind(&cubic, &c, none, &s, &err));
  assert_ok(fhrl_system_clone(s, &other, &err));
  ck_assert(s->model->jvp == fhrl_difference_jvp && fhrl_difference_used(s->model));
  ck_assert(s->work != other->work);
  ck_assert_int_eq(s->model->jvp(s, 0.0, x, v, a), 0);
  ck_assert_int_eq(other->model->jvp(other, 0.0, x, v, b), 0);
  ck_assert_mem_eq(a, b, sizeof a);
  ck_assert_str_eq(fhrl_difference_text(s->model), "differences");
  ck_assert_str_eq(fhrl_difference_text(fhrl_system_find("lorenz")), "exact");
  ck_assert(cubic.jvp == NULL); // the descriptor itself stays as it was
  fhrl_system_destroy(other);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(a_stiff_system_goes_the_same_way_by_bdf)
{
  static const fhrl_solver solver = {.method = FHRL_METHOD_BDF, .rtol = 1e-8, .atol = 1e-10, .t_end = 20.0,
    .output_every = 1.0, .max_steps = 100000};
  fhrl_model blind;
  fhrl_system *s[2];
  fhrl_counters c[2];
  double *u[2], x0[2], end[2][2];
  both("van_der_pol", &blind, s, u);
  for (int k = 0; k < 2; k++) {
    double p[8];
    memcpy(p, s[k]->p, (size_t)blind.n_param * sizeof *p);
    p[fhrl_system_param(&blind, "mu")] = 1000.0;
    fhrl_system *stiff;
    fhrl_integrator *it;
    const double *const none[1] = {NULL};
    assert_ok(fhrl_system_bind(k == 0 ? fhrl_system_find("van_der_pol") : &blind, p, none, &stiff, &err));
    assert_ok(fhrl_system_start(stiff, 1, NULL, x0, &err));
    assert_ok(fhrl_integrator_create(stiff, NULL, &solver, 0.0, x0, &it, &err));
    assert_ok(fhrl_integrator_advance(it, solver.t_end, &err));
    memcpy(end[k], fhrl_integrator_state(it), sizeof end[k]);
    fhrl_integrator_counters(it, &c[k]);
    fhrl_integrator_destroy(it);
    fhrl_system_destroy(stiff);
  }
  assert_close("x", end[1], end[0], 2, 1e-6); // both within the tolerance's error of the solution
  ck_assert_int_le(c[1].steps, 2 * c[0].steps);
  ck_assert_int_gt(c[1].jvp_evals, 0);
  for (int k = 0; k < 2; k++) free(u[k]), fhrl_system_destroy(s[k]);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/difference");
  TCase *t = tcase_create("difference");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, it_agrees_with_the_exact_product, 0, FHRL_COUNT(smooth));
  tcase_add_loop_test(t, a_state_keeps_its_digits_at_any_scale, 0, 5);
  tcase_add_test(t, a_state_that_passes_zero_keeps_its_digits);
  tcase_add_test(t, at_an_edge_the_side_that_is_there_serves);
  tcase_add_test(t, what_cannot_be_had_is_said);
  tcase_add_test(t, every_bound_system_has_it_and_a_clone_has_its_own_room);
  tcase_add_test(t, a_stiff_system_goes_the_same_way_by_bdf);
  suite_add_tcase(s, t);
  return run_suite(s);
}
