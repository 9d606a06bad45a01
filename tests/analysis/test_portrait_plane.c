// SPDX-License-Identifier: GPL-3.0-or-later
// test_portrait_plane: slices, norms, radial speeds and principal components show what the whole system does there
#include "analysis/portrait_plane.h"

#include <math.h>
#include <string.h>

#include "analysis/init.h"
#include "analysis/portrait_flow.h"
#include "drawn.h"
#include "support.h"

// Direction and speed of arrow i, and its middle.
static double arrow(const fhrl_portrait *p, int i, double at[2], double direction[2])
{
  const double *r = row(p, FHRL_PORTRAIT_FIELD, i), length = hypot(r[DX], r[DY]);
  for (int a = 0; a < 2; a++) {
    at[a] = r[a] + 0.5 * r[DX + a];
    direction[a] = r[DX + a] / length;
  }
  return r[VALUE];
}

START_TEST(a_slice_is_the_flow_with_all_else_held)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("fhrl", "portrait.plane=slice portrait.at=0,0,0.3,-0.2,0.1,0.25 solver.t_end=20", &p, &g, &err));
  ck_assert_int_eq(p.equilibria.n, 2);
  ck_assert_ptr_nonnull(strstr(p.held, "a given point: A[0,0] = 0.3"));
  ck_assert_ptr_nonnull(strstr(p.note, "the other 4 are held"));
  double x[6] = {0, 0, 0.3, -0.2, 0.1, 0.25}, dx[6], u[2];
  fhrl_input_at(&g.input, 0.0, u);
  g.system->u = u;
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_FIELD); i++) {
    double way[2];
    const double speed = arrow(&p, i, x, way);
    ck_assert_int_eq(g.system->model->rhs(g.system, 0.0, x, dx), 0);
    ck_assert_double_eq_tol(speed, hypot(dx[0], dx[1]), 1e-12);
    for (int a = 0; a < 2; a++) ck_assert_double_eq_tol(way[a] * speed, dx[a], 1e-12);
  }
  for (int k = 0; k < p.equilibria.count; k++) { // at rest in the slice, whatever A would like to do
    memcpy(x, p.equilibria.item[k].x, 2 * sizeof *x);
    ck_assert_int_eq(g.system->model->rhs(g.system, 0.0, x, dx), 0);
    ck_assert_double_le(hypot(dx[0], dx[1]), 1e-10);
  }
  ck_assert_int_gt(p.equilibria.count, 0);
  const double *last = row(&p, FHRL_PORTRAIT_OWN, rows(&p, FHRL_PORTRAIT_OWN) - 2);
  memcpy(x, last, 2 * sizeof *x);
  ck_assert_int_eq(g.system->model->rhs(g.system, 0.0, x, dx), 0);
  ck_assert_double_le(hypot(dx[0], dx[1]), 1e-6); // its orbit ends in one of them
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

// The derivative along v, by differences of rhs: as good as 1e-9 with steps of 1e-6 on states of order 1.
static void check_jvp(const fhrl_system *s, const double x[], const double v[])
{
  double plus[6], minus[6], at[6], Jv[6];
  for (int sign = -1; sign <= 1; sign += 2) {
    for (int i = 0; i < s->n; i++) at[i] = x[i] + sign * 1e-6 * v[i];
    ck_assert_int_eq(s->model->rhs(s, 0.0, at, sign > 0 ? plus : minus), 0);
  }
  ck_assert_int_eq(s->model->jvp(s, 0.0, x, v, Jv), 0);
  for (int i = 0; i < s->n; i++) ck_assert_double_eq_tol(Jv[i], (plus[i] - minus[i]) / 2e-6, 1e-8);
}

START_TEST(a_reversed_flow_runs_backward_and_knows_its_jacobian)
{
  fhrl_err err = {FHRL_OK, ""};
  given g = given_system("fhrl", "", (fhrl_section){0});
  fhrl_portrait_flow back, plane;
  const double x[6] = {0.4, -0.7, 0.3, -0.2, 0.1, 0.25}, v[6] = {1.1, 0.6, -0.4, 0.9, 0.2, -0.3}, u[2] = {0.2, -0.3};
  const int component[2] = {1, 3};
  double forward[6], backward[6], two[2] = {-0.7, -0.2};
  assert_ok(fhrl_portrait_flow_reverse(&back, g.system, &err));
  assert_ok(fhrl_portrait_flow_hold(&plane, g.system, component, x, &err));
  g.system->u = back.system.u = plane.system.u = u;
  ck_assert_int_eq(g.system->model->rhs(g.system, 0.0, x, forward), 0);
  ck_assert_int_eq(back.system.model->rhs(&back.system, 0.0, x, backward), 0);
  for (int i = 0; i < 6; i++) ck_assert_double_eq(backward[i], -forward[i]);
  check_jvp(&back.system, x, v);
  ck_assert_int_eq(plane.system.n, 2);
  ck_assert_int_eq(plane.system.model->rhs(&plane.system, 0.0, two, backward), 0);
  for (int a = 0; a < 2; a++) ck_assert_double_eq(backward[a], forward[component[a]]);
  check_jvp(&plane.system, two, v);
  char name[32];
  fhrl_system_component(&plane.system, 1, name, sizeof name);
  ck_assert_str_eq(name, "A[0,1]");
  fhrl_portrait_flow_free(&back);
  fhrl_portrait_flow_free(&plane);
  given_free(&g);
}
END_TEST

START_TEST(the_plane_of_norms_follows_its_closed_form)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  // without drive y keeps its direction and A tends to a yhat yhat': d rho/dt and d|A|/dt depend on the norms alone
  assert_ok(drawn("fhrl", "portrait.plane=norms model.drive=none model.epsilon=0.01 solver.t_end=80", &p, &g, &err));
  const double kappa = 1, eps = 0.01, lambda = 0.5, eta = 0.1, rho_star = (kappa - eps) / (1 + kappa);
  ck_assert_double_eq(p.low[0], 0.0);
  ck_assert_double_eq(p.low[1], 0.0);
  ck_assert_double_eq_tol(p.rho_star, rho_star, 1e-12);
  const double bound = 1.01 / 2.0;
  ck_assert_double_eq_tol(p.A_bar, eta * bound * bound / lambda, 1e-12);
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_FIELD); i++) {
    double at[2], way[2];
    const double speed = arrow(&p, i, at, way);
    const double want[2] = {-(1 + kappa) * at[0] * (at[0] - rho_star) / (at[0] + eps), -lambda * at[1] + eta * at[0] * at[0]};
    for (int a = 0; a < 2; a++) ck_assert_double_eq_tol(way[a] * speed, want[a], 1e-9);
  }
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_NULL_UP); i++) { // |A| = eta rho^2/lambda, a parabola traced on a grid of 80
    const double *r = row(&p, FHRL_PORTRAIT_NULL_UP, i);
    if (!isnan(r[X])) ck_assert_double_eq_tol(r[Y], eta * r[X] * r[X] / lambda, 1e-4);
  }
  const double *last = row(&p, FHRL_PORTRAIT_OWN, rows(&p, FHRL_PORTRAIT_OWN) - 2);
  ck_assert_double_eq_tol(last[X], rho_star, 1e-6);
  ck_assert_double_eq_tol(last[Y], eta * rho_star * rho_star / lambda, 1e-6);
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

START_TEST(norms_of_slots_move_as_differences_say)
{
  fhrl_err err = {FHRL_OK, ""};
  given g = given_system("fhrl_layer", "model.d=5 model.r=3", (fhrl_section){0});
  fhrl_portrait_plane plane;
  fhrl_portrait p = {0};
  const fhrl_portrait_plan plan = {.plane = FHRL_PORTRAIT_NORMS, .x = "", .y = ""};
  double x[35], moved[35], dx[35], v[2], ends[2][2], at[2];
  for (int i = 0; i < 35; i++) x[i] = sin(1.3 * i + 0.4);
  assert_ok(fhrl_portrait_plane_open(&plane, g.system, &plan, &p, &err));
  fhrl_input_at(&g.input, 0.0, plane.u);
  fhrl_portrait_plane_velocity(&plane, x, v);
  ck_assert_int_eq(g.system->model->rhs(g.system, 0.0, x, dx), 0);
  for (int k = 0; k < 2; k++) {
    for (int i = 0; i < 35; i++) moved[i] = x[i] + (k ? -1e-6 : 1e-6) * dx[i];
    fhrl_portrait_plane_project(&plane, 0.0, moved, ends[k]);
  }
  for (int a = 0; a < 2; a++) ck_assert_double_eq_tol(v[a], (ends[0][a] - ends[1][a]) / 2e-6, 1e-8);
  fhrl_portrait_plane_base(&plane, x, x);
  const double wanted[2] = {0.7, 1.9};
  ck_assert_int_eq(fhrl_portrait_plane_lift(&plane, wanted, moved), 1);
  fhrl_portrait_plane_project(&plane, 0.0, moved, at);
  for (int a = 0; a < 2; a++) ck_assert_double_eq_tol(at[a], wanted[a], 1e-12); // there and back
  fhrl_portrait_plane_free(&plane);
  given_free(&g);
}
END_TEST

START_TEST(radial_speeds_follow_their_closed_form)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("fhrl", "portrait.plane=radial model.drive=none model.epsilon=0.01 model.d=3", &p, &g, &err));
  static const fhrl_portrait_layer layers[] = {FHRL_PORTRAIT_OWN, FHRL_PORTRAIT_ORBITS, FHRL_PORTRAIT_PROFILE};
  for (int k = 0; k < 3; k++) {
    ck_assert_int_gt(rows(&p, layers[k]), 50);
    for (int i = 0; i < rows(&p, layers[k]); i++) {
      const double *r = row(&p, layers[k], i);
      if (isnan(r[X])) continue;
      ck_assert_double_eq_tol(r[Y], -2.0 * r[X] * (r[X] - 0.495) / (r[X] + 0.01), 1e-12); // no drive: all curves are one
    }
  }
  ck_assert_int_gt(rows(&p, FHRL_PORTRAIT_FIELD), 0); // arrows along the orbits
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

START_TEST(radial_velocity_is_the_rate_of_the_radial_speed)
{
  fhrl_err err = {FHRL_OK, ""};
  given g = given_system("fhrl", "model.d=3", (fhrl_section){0});
  fhrl_portrait_plane plane;
  fhrl_portrait p = {0};
  const fhrl_portrait_plan plan = {.plane = FHRL_PORTRAIT_RADIAL, .x = "", .y = ""};
  double x[12], moved[12], dx[12], v[2], ends[2][2];
  for (int i = 0; i < 12; i++) x[i] = 0.5 * cos(0.9 * i + 0.2);
  assert_ok(fhrl_portrait_plane_open(&plane, g.system, &plan, &p, &err));
  fhrl_input_at(&g.input, 0.0, plane.u);
  fhrl_portrait_plane_velocity(&plane, x, v);
  ck_assert_int_eq(g.system->model->rhs(g.system, 0.0, x, dx), 0);
  for (int k = 0; k < 2; k++) {
    for (int i = 0; i < 12; i++) moved[i] = x[i] + (k ? -1e-6 : 1e-6) * dx[i];
    fhrl_portrait_plane_project(&plane, 0.0, moved, ends[k]);
  }
  for (int a = 0; a < 2; a++) ck_assert_double_eq_tol(v[a], (ends[0][a] - ends[1][a]) / 2e-6, 1e-8);
  fhrl_portrait_plane_free(&plane);
  given_free(&g);
}
END_TEST

START_TEST(every_orbit_stays_below_the_bound_in_the_end)
{
  static const struct {
    const char *model, *settings;
    double bound;
  } all[] = {
    {"fhrl", "model.kappa=2 model.epsilon=0.1", (2 * 1.1 + 1.4142135623730951) / 3}, // 3c, F = sqrt(2)
    {"fhrl", "model.homeostasis=gain model.beta=0.8", (1 / 0.8 + 1.4142135623730951) / 2}, // 3f
    {"fhrl", "model.homeostasis=none", 1.4142135623730951},
    {"fhrl_layer", "model.beta=0.4", 2.5}, // 3f
  };
  for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
    fhrl_err err = {FHRL_OK, ""};
    given g;
    fhrl_portrait p;
    char settings[200];
    snprintf(settings, sizeof settings, "%s portrait.plane=norms solver.t_end=50", all[k].settings);
    assert_ok(drawn(all[k].model, settings, &p, &g, &err));
    ck_assert_double_eq_tol(p.bound, all[k].bound, 1e-12);
    const double *last = row(&p, FHRL_PORTRAIT_OWN, rows(&p, FHRL_PORTRAIT_OWN) - 2);
    ck_assert_double_lt(last[X], p.bound);
    fhrl_portrait_free(&p);
    given_free(&g);
  }
}
END_TEST

START_TEST(a_flow_in_a_plane_is_found_by_its_principal_components)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  // the third state dies out at once, the other two turn about the origin: all variance lies in them
  assert_ok(drawn("linear", "model.n=3 model.A=-0.02_1_0;-1_-0.02_0;0_0_-40 portrait.plane=pca solver.t_end=60", &p, &g, &err));
  ck_assert_double_eq_tol(p.share[0] + p.share[1], 1.0, 1e-6); // samples keep less than exp(-40 * 60/666) of the third
  ck_assert_double_ge(p.share[0], p.share[1]);
  const double *own = row(&p, FHRL_PORTRAIT_OWN, 0);
  ck_assert_double_lt(fabs(hypot(own[X], own[Y]) - hypot(g.x0[0], g.x0[1])), 0.2); // distances are kept, but for the mean
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_FIELD); i++) {
    double at[2], way[2];
    const double speed = arrow(&p, i, at, way);
    ck_assert_double_gt(speed, 0.0);
  }
  ck_assert_int_eq(rows(&p, FHRL_PORTRAIT_RESTS), 1);
  ck_assert_double_lt(hypot(row(&p, FHRL_PORTRAIT_RESTS, 0)[X], row(&p, FHRL_PORTRAIT_RESTS, 0)[Y]), 0.2);
  ck_assert_ptr_nonnull(strstr(p.label[0], "% of the variance"));
  fhrl_portrait_free(&p);
  given_free(&g);
  assert_fails(drawn("linear", "model.n=3 model.A=diag_0 portrait.plane=pca portrait.orbits=0 solver.t_end=1", &p, &g, &err),
    FHRL_NUMERIC, &err, "portrait.plane = pca");
  given_free(&g);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/portrait_plane");
  TCase *t = tcase_create("planes");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, a_slice_is_the_flow_with_all_else_held);
  tcase_add_test(t, a_reversed_flow_runs_backward_and_knows_its_jacobian);
  tcase_add_test(t, the_plane_of_norms_follows_its_closed_form);
  tcase_add_test(t, norms_of_slots_move_as_differences_say);
  tcase_add_test(t, radial_speeds_follow_their_closed_form);
  tcase_add_test(t, radial_velocity_is_the_rate_of_the_radial_speed);
  tcase_add_test(t, every_orbit_stays_below_the_bound_in_the_end);
  tcase_add_test(t, a_flow_in_a_plane_is_found_by_its_principal_components);
  suite_add_tcase(s, t);
  return run_suite(s);
}
