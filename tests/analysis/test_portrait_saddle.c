// SPDX-License-Identifier: GPL-3.0-or-later
// test_portrait_saddle: manifolds of saddles that are known in closed form
#include "analysis/portrait_saddle.h"

#include <math.h>

#include "analysis/init.h"
#include "drawn.h"
#include "support.h"

START_TEST(eigenvectors_are_those_of_their_eigenvalue)
{
  fhrl_err err = {FHRL_OK, ""};
  // columns of P are the eigenvectors of J = P diag(1e5, 3, -0.25) Q, Q = P^-1
  const double P[3][3] = {{1, 1, 0}, {0, 1, 1}, {1, 0, 1}}, Q[3][3] = {{.5, -.5, .5}, {.5, .5, -.5}, {-.5, .5, .5}};
  const double lambda[3] = {1e5, 3, -0.25};
  double J[9] = {0}, work[9], v[3];
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      for (int k = 0; k < 3; k++) J[3 * i + j] += P[i][k] * lambda[k] * Q[k][j];
  for (int k = 0; k < 3; k++) {
    assert_ok(fhrl_portrait_saddle_vector(3, J, lambda[k], work, v, &err));
    for (int i = 0; i < 3; i++) ck_assert_double_eq_tol(v[i], P[i][k] / sqrt(2.0), 1e-9); // 1e5 eps/(distance of eigenvalues)
  }
}
END_TEST

START_TEST(a_linear_saddle_has_straight_manifolds)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("linear", "model.n=2 model.A=1_2;0_-1", &p, &g, &err)); // eigenvectors (1, 0) and (1, -1)
  ck_assert_int_eq(p.curves, 2);
  ck_assert_int_eq(p.surfaces, 0);
  double far[2] = {0.0, 0.0};
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_UNSTABLE); i++) {
    const double *r = row(&p, FHRL_PORTRAIT_UNSTABLE, i);
    if (isnan(r[X])) continue;
    ck_assert_double_eq_tol(r[Y], 0.0, 1e-12);
    far[r[X] > 0.0] = fmax(far[r[X] > 0.0], fabs(r[X]));
  }
  for (int k = 0; k < 2; k++) ck_assert_double_gt(far[k], 0.5 * (p.high[0] - p.low[0])); // both ways, out of the window
  far[0] = far[1] = 0.0;
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_STABLE); i++) {
    const double *r = row(&p, FHRL_PORTRAIT_STABLE, i);
    if (isnan(r[X])) continue;
    ck_assert_double_eq_tol(r[X] + r[Y], 0.0, 1e-9 * (1 + fabs(r[X])));
    if (!isnan(r[VALUE])) ck_assert_double_le(r[VALUE], 0.0); // it arrives at t = 0
    far[r[X] > 0.0] = fmax(far[r[X] > 0.0], fabs(r[X]));
  }
  for (int k = 0; k < 2; k++) ck_assert_double_gt(far[k], 0.5 * (p.high[0] - p.low[0]));
  ck_assert_int_eq(rows(&p, FHRL_PORTRAIT_DIRECTIONS), 4);
  for (int i = 0; i < 4; i++) {
    const double *r = row(&p, FHRL_PORTRAIT_DIRECTIONS, i);
    ck_assert_double_eq_tol(fabs(r[VALUE]), 1.0, 1e-12);
    if (r[VALUE] > 0.0) ck_assert_double_eq_tol(hypot(r[X], r[Y]), 0.0, 1e-12); // outward from the saddle
    else ck_assert_double_eq_tol(hypot(r[X] + r[DX], r[Y] + r[DY]), 0.0, 1e-12); // inward
  }
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

// ---- a ball in a double well: dx/dt = v, dv/dt = x - x^3; the saddle's separatrix is v^2 = x^2 - x^4/2

static const fhrl_field state[] = {{"x", 0.3, "1", "place"}, {"v", 0.0, "1", "speed"}};
static const fhrl_field obs[] = {{"energy", 0.0, "1", "v^2/2 - x^2/2 + x^4/4"}};

static int rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = x[1];
  dx[1] = x[0] - x[0] * x[0] * x[0];
  return 0;
}

static int jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = v[1];
  Jv[1] = (1 - 3 * x[0] * x[0]) * v[0];
  return 0;
}

static int observe(const fhrl_system *s, double t, const double x[], double y[])
{
  y[0] = 0.5 * x[1] * x[1] - 0.5 * x[0] * x[0] + 0.25 * x[0] * x[0] * x[0] * x[0];
  return 0;
}

static const fhrl_model well = {.name = "well", .summary = "double well", .time_unit = "1", .state = state, .n_state = 2,
  .obs = obs, .n_obs = 1, .rhs = rhs, .jvp = jvp, .observe = observe};

START_TEST(the_separatrix_of_a_double_well_is_its_level_set)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_system *s = NULL;
  fhrl_portrait p;
  const fhrl_input in = {.kind = FHRL_INPUT_NONE};
  const fhrl_solver solver = {.rtol = 1e-10, .atol = 1e-12, .t_end = 50, .output_every = 0.1, .max_steps = 1000000};
  const fhrl_portrait_plan plan = {.x = "", .y = "", .at = "", .starts = "", .observable = "", .x_low = -2, .x_high = 2,
    .y_low = -1, .y_high = 1, .arrows = 6, .grid = 40, .nullclines = 1, .manifolds = 1, .reach = 1.6, .levels = 4, .arc = 3,
    .equilibria = {.starts = 40, .limit = 10, .spread = 1, .tolerance = 1e-12, .distinct = 1e-6}};
  const double x0[2] = {0.3, 0.0};
  assert_ok(fhrl_system_bind(&well, NULL, NULL, &s, &err));
  assert_ok(fhrl_portrait_make(s, &in, &solver, &plan, x0, &p, &err));
  ck_assert_int_eq(rows(&p, FHRL_PORTRAIT_RESTS), 3);
  ck_assert_int_eq(p.curves, 2);
  double highest = 0.0;
  static const fhrl_portrait_layer layers[] = {FHRL_PORTRAIT_UNSTABLE, FHRL_PORTRAIT_STABLE};
  for (int k = 0; k < 2; k++)
    for (int i = 0; i < rows(&p, layers[k]); i++) {
      const double *r = row(&p, layers[k], i), x = r[X], v = r[Y];
      if (isnan(x)) continue;
      ck_assert_double_eq_tol(v * v, x * x - 0.5 * x * x * x * x, 1e-7); // the integrator's 1e-10 over 50 units of growth
      highest = fmax(highest, fabs(x));
    }
  ck_assert_double_eq_tol(highest, sqrt(2.0), 1e-3); // the turning point, seen to the steps of the pen
  ck_assert_int_eq(p.level_kept, 1);
  int through = 0;
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_LEVELS); i++) through += fabs(row(&p, FHRL_PORTRAIT_LEVELS, i)[VALUE]) < 1e-12;
  ck_assert_int_gt(through, 20); // the level of the saddle is among them
  fhrl_portrait_free(&p);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(only_manifolds_that_are_curves_are_drawn)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  // Lorenz: the origin leaves along one direction, the other two equilibria are reached along one
  assert_ok(drawn("lorenz", "portrait.x=x portrait.y=z solver.t_end=10", &p, &g, &err));
  ck_assert_int_eq(p.curves, 3);
  ck_assert_int_eq(p.surfaces, 3);
  // the branch that leaves the origin to the right turns about the equilibrium on the left first: the known z-symmetric curve
  int left = 0, right = 0;
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_UNSTABLE); i++) {
    const double *r = row(&p, FHRL_PORTRAIT_UNSTABLE, i);
    if (isnan(r[X])) continue;
    left += r[X] < -15;
    right += r[X] > 15;
  }
  ck_assert_int_gt(left, 0);
  ck_assert_int_eq(left, right);
  fhrl_portrait_free(&p);
  given_free(&g);
  assert_ok(drawn("lorenz", "portrait.manifolds=false solver.t_end=10", &p, &g, &err));
  ck_assert_int_eq(rows(&p, FHRL_PORTRAIT_UNSTABLE) + rows(&p, FHRL_PORTRAIT_STABLE) + rows(&p, FHRL_PORTRAIT_DIRECTIONS), 0);
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

START_TEST(a_manifold_gets_away_from_a_steep_saddle)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("fhrl", "model.d=1", &p, &g, &err)); // epsilon = 1e-6: an eigenvalue of 1e6, then speeds of order 1
  double nearest[2] = {HUGE_VAL, HUGE_VAL}; // of the two stable equilibria, to the unstable manifold
  int stable = 0;
  for (int k = 0; k < rows(&p, FHRL_PORTRAIT_RESTS); k++) {
    const double *rest = row(&p, FHRL_PORTRAIT_RESTS, k);
    if (rest[VALUE] != 0.0) continue;
    ck_assert_int_lt(stable, 2);
    for (int i = 0; i < rows(&p, FHRL_PORTRAIT_UNSTABLE); i++) {
      const double *r = row(&p, FHRL_PORTRAIT_UNSTABLE, i);
      nearest[stable] = fmin(nearest[stable], hypot(r[X] - rest[X], r[Y] - rest[Y])); // fmin passes over a NaN
    }
    stable++;
  }
  ck_assert_int_eq(stable, 2);
  for (int k = 0; k < 2; k++) ck_assert_double_lt(nearest[k], 1e-6);
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/portrait_saddle");
  TCase *t = tcase_create("saddles");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, eigenvectors_are_those_of_their_eigenvalue);
  tcase_add_test(t, a_linear_saddle_has_straight_manifolds);
  tcase_add_test(t, the_separatrix_of_a_double_well_is_its_level_set);
  tcase_add_test(t, only_manifolds_that_are_curves_are_drawn);
  tcase_add_test(t, a_manifold_gets_away_from_a_steep_saddle);
  suite_add_tcase(s, t);
  return run_suite(s);
}
