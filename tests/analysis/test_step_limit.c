// SPDX-License-Identifier: GPL-3.0-or-later
// test_step_limit: h_c against bisection on spectral radii of whole Jacobians, and what iterating shows on both sides
#include "analysis/step_limit.h"

#include "analysis/init.h"
#include "analysis/ladder.h"
#include "base/dense.h"
#include "given.h"
#include "golden_layer.h"

enum { D = 5, R = 3, N = D + 2 * R * D };

static double radius_of(int n, const double M[])
{
  fhrl_err err = {FHRL_OK, ""};
  double re[N], im[N], radius = 0;
  assert_ok(fhrl_dense_eigenvalues(n, M, re, im, &err));
  for (int i = 0; i < n; i++) radius = fmax(radius, hypot(re[i], im[i]));
  return radius;
}

// Of 1 + h J
static double euler_radius(int n, const double J[], double h)
{
  double M[N * N];
  for (int i = 0; i < n * n; i++) M[i] = (i % (n + 1) == 0) + h * J[i];
  return radius_of(n, M);
}

static fhrl_equilibrium found(fhrl_system *s, const double u[], const double x0[], fhrl_equilibria *all)
{
  fhrl_err err = {FHRL_OK, ""};
  const fhrl_equilibrium_plan plan = {.starts = 5, .limit = 20, .spread = 1, .tolerance = 1e-12, .distinct = 1e-6, .seed = 1};
  assert_ok(fhrl_equilibrium_find(s, 0.0, u, &plan, x0, NULL, all, &err));
  for (int i = 0; i < all->count; i++)
    if (all->item[i].stable) return all->item[i];
  ck_abort_msg("no stable equilibrium");
  return all->item[0];
}

START_TEST(the_formula_is_the_radius_of_eulers_step)
{
  static const char *const settings[] = {"model.n=2 model.A=-1_3;-3_-1", "model.n=2 model.A=-1_0.3;0_-2.5",
    "model.n=3 model.A=-1_2_0.5;-2_-1.2_0.3;0.1_0.2_-8", "model.n=3 model.A=-0.5_4_1;-4_-0.5_0;0_0_-0.1"};
  given g = given_system("linear", settings[_i], (fhrl_section){0});
  fhrl_err err = {FHRL_OK, ""};
  fhrl_equilibria all;
  fhrl_step_limit r;
  const fhrl_equilibrium q = found(g.system, NULL, NULL, &all);
  assert_ok(fhrl_step_limit_simultaneous(g.system, 0.0, NULL, &q, &r, &err));
  double low = 0.25 * r.h_c, high = 4 * r.h_c;
  while (high - low > 1e-9 * high) {
    const double middle = 0.5 * (low + high);
    *(euler_radius(g.system->n, g.system->m[0], middle) >= 1 ? &high : &low) = middle;
  }
  ck_assert_double_eq_tol(r.h_c, low, 1e-6 * low);
  ck_assert_str_eq(r.bifurcation, _i == 0 || _i == 3 ? "Neimark-Sacker" : "flip");
  ck_assert_ptr_null(r.unchecked);
  ck_assert_int_eq(r.agrees, 1);
  // a linear map grows as its multipliers say, but for how the norm turns with a pair
  ck_assert_double_eq_tol(r.below.seen, r.below.predicted, 0.1 * fabs(r.below.predicted));
  ck_assert_double_eq_tol(r.above.seen, r.above.predicted, 0.1 * fabs(r.above.predicted));
  fhrl_equilibrium_free(&all);
  given_free(&g);
}
END_TEST

// Spectral radius of the whole Jacobian of the ladder's step h: that of a token of a layer whose rates are h times as large.
static double ladder_radius(const fhrl_layer *layer, const double u[], const double z[], double h)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_layer faster = *layer;
  fhrl_ladder ladder;
  fhrl_system *flow;
  double J[N * N], e[2 * N];
  faster.alpha *= h;
  assert_ok(fhrl_layer_bind(&faster, h, FHRL_LAYER_PAPER, &flow, &err));
  assert_ok(fhrl_ladder_init(&ladder, flow, 1, &err));
  ladder.map->u = u;
  ck_assert_int_eq(fhrl_system_jacobian(ladder.map, 0.0, z, e, J), 0);
  const double radius = radius_of(N, J);
  fhrl_ladder_free(&ladder);
  fhrl_system_destroy(flow);
  return radius;
}

START_TEST(the_ladders_limit_is_the_radius_of_its_own_jacobian)
{
  fhrl_layer layer = random_layer((uint32_t)(50 + _i), D, R, 0.3 + 0.3 * _i, 1.5);
  double *u = random_input((uint32_t)(50 + _i), 1, D);
  fhrl_err err = {FHRL_OK, ""};
  fhrl_system *flow;
  fhrl_equilibria all;
  fhrl_step_limit euler, r;
  assert_ok(fhrl_layer_bind(&layer, 1.0, FHRL_LAYER_PAPER, &flow, &err));
  const fhrl_equilibrium q = found(flow, u, NULL, &all);
  ck_assert_int_eq(fhrl_step_limit_applies(flow), 1);
  assert_ok(fhrl_step_limit_simultaneous(flow, 0.0, u, &q, &euler, &err));
  assert_ok(fhrl_step_limit_sequential(flow, u, &q, &r, &err));
  double low = 0.25 * r.h_c, high = 1.5 * r.h_c;
  ck_assert_double_lt(ladder_radius(&layer, u, q.x, low), 1.0);
  ck_assert_double_gt(ladder_radius(&layer, u, q.x, high), 1.0);
  while (high - low > 1e-9 * high) {
    const double middle = 0.5 * (low + high);
    *(ladder_radius(&layer, u, q.x, middle) >= 1 ? &high : &low) = middle;
  }
  ck_assert_double_eq_tol(r.h_c, low, 1e-6 * low);
  ck_assert_int_eq(r.agrees, 1);
  ck_assert_int_eq(euler.agrees, 1);
  // the flow's own limit, from its whole Jacobian
  double J[N * N], e[2 * N];
  flow->u = u;
  ck_assert_int_eq(fhrl_system_jacobian(flow, 0.0, q.x, e, J), 0);
  ck_assert_double_eq_tol(euler_radius(N, J, euler.h_c), 1.0, 1e-9);
  ck_assert_double_lt(euler_radius(N, J, 0.999 * euler.h_c), 1.0);
  fhrl_equilibrium_free(&all);
  fhrl_system_destroy(flow);
  fhrl_layer_free(&layer);
  free(u);
}
END_TEST

START_TEST(without_a_stable_flow_there_is_no_step)
{
  given g = given_system("lorenz", "", (fhrl_section){0});
  fhrl_err err = {FHRL_OK, ""};
  const fhrl_equilibrium_plan plan = {.starts = 5, .limit = 20, .spread = 1, .tolerance = 1e-12, .distinct = 1e-6, .seed = 1};
  fhrl_equilibria all;
  fhrl_step_limit r;
  assert_ok(fhrl_equilibrium_find(g.system, 0.0, NULL, &plan, NULL, NULL, &all, &err));
  assert_ok(fhrl_step_limit_simultaneous(g.system, 0.0, NULL, &all.item[0], &r, &err));
  ck_assert(isnan(r.h_c) && r.bifurcation == NULL && strstr(r.reason, "unstable"));
  ck_assert_int_eq(fhrl_step_limit_applies(g.system), 0);
  fhrl_equilibrium_free(&all);
  given_free(&g);
}
END_TEST

// Eigenvalues -1e-6 +- i: each step changes a deviation by 1e-8, which no one can wait for
START_TEST(what_takes_too_long_to_see_is_not_claimed)
{
  given g = given_system("linear", "model.n=2 model.A=-0.000001_1;-1_-0.000001", (fhrl_section){0});
  fhrl_err err = {FHRL_OK, ""};
  fhrl_equilibria all;
  fhrl_step_limit r;
  const fhrl_equilibrium q = found(g.system, NULL, NULL, &all);
  assert_ok(fhrl_step_limit_simultaneous(g.system, 0.0, NULL, &q, &r, &err));
  ck_assert_ptr_nonnull(r.unchecked);
  ck_assert_int_eq(r.agrees, 0);
  ck_assert(isnan(r.below.seen));
  fhrl_equilibrium_free(&all);
  given_free(&g);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/step_limit");
  TCase *t = tcase_create("steps");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, the_formula_is_the_radius_of_eulers_step, 0, 4);
  tcase_add_loop_test(t, the_ladders_limit_is_the_radius_of_its_own_jacobian, 0, 4);
  tcase_add_test(t, without_a_stable_flow_there_is_no_step);
  tcase_add_test(t, what_takes_too_long_to_see_is_not_claimed);
  suite_add_tcase(s, t);
  return run_suite(s);
}
