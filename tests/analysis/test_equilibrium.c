// SPDX-License-Identifier: GPL-3.0-or-later
// test_equilibrium: rest states of systems whose rest states are known
#include "analysis/equilibrium.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/init.h"
#include "given.h"
#include "support.h"

static const fhrl_section section = {"equilibria", fhrl_equilibrium_fields, 0};

static fhrl_equilibria found(const char *model, const char *settings, given *g)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_section all = section;
  all.count = fhrl_equilibrium_field_count;
  *g = given_system(model, settings, all);
  double u[16] = {0};
  fhrl_equilibrium_plan plan;
  fhrl_equilibria e;
  fhrl_equilibrium_options(&g->config, &plan);
  fhrl_input_at(&g->input, 0.0, u);
  assert_ok(fhrl_equilibrium_find(g->system, 0.0, u, &plan, g->x0, NULL, &e, &err));
  ck_assert_int_gt(e.converged, 0);
  return e;
}

// 1 + the index of the equilibrium at x (n numbers), 0 if there is none within 1e-5.
static int at(const fhrl_equilibria *e, int n, const double x[])
{
  for (int i = 0; i < e->count; i++) {
    double off = 0.0;
    for (int k = 0; k < n; k++) off = fmax(off, fabs(e->item[i].x[k] - x[k]));
    if (off < 1e-5) return i + 1;
  }
  return 0;
}

START_TEST(tanh_network_has_nine_equilibria)
{
  given g;
  fhrl_equilibria e = found("fhrl", "model.W=diag_3 model.eta=0 model.kappa=1 model.epsilon=0.01 input.kind=none", &g);
  ck_assert_int_eq(e.count, 9);
  const double a = 0.99748, b = 0.848;
  const double known[9][6] = {{0, 0}, {a, 0}, {-a, 0}, {0, a}, {0, -a}, {b, b}, {b, -b}, {-b, b}, {-b, -b}};
  for (int i = 0; i < 9; i++) {
    int near = 0;
    for (int k = 0; k < e.count; k++) {
      const double *x = e.item[k].x;
      near += hypot(x[0] - known[i][0], x[1] - known[i][1]) < 1e-3 && fhrl_norm(4, x + 2) < 1e-9;
      ck_assert_double_le(e.item[k].residual, 1e-10);
    }
    ck_assert_msg(near == 1, "%d equilibria near (%g, %g)", near, known[i][0], known[i][1]);
  }
  ck_assert_double_le(fhrl_norm(6, e.item[0].x), 1e-12); // by distance from the origin
  ck_assert_int_eq(e.item[0].stable, 0);
  for (int k = 5; k < 9; k++) ck_assert_int_eq(e.item[k].stable, 1);
  for (int k = 1; k < 5; k++) ck_assert_int_eq(e.item[k].kind, FHRL_EQUILIBRIUM_SADDLE);
  fhrl_equilibrium_free(&e);
  given_free(&g);
}
END_TEST

START_TEST(lorenz_has_three)
{
  given g;
  fhrl_equilibria e = found("lorenz", "", &g);
  const double c = sqrt(72.0), plus[3] = {c, c, 27}, minus[3] = {-c, -c, 27}, zero[3] = {0};
  ck_assert_int_eq(e.count, 3);
  ck_assert_int_eq(at(&e, 3, zero), 1);
  ck_assert_int_eq(e.item[0].kind, FHRL_EQUILIBRIUM_SADDLE);
  ck_assert(at(&e, 3, plus) && at(&e, 3, minus));
  // sigma_i of the origin: -8/3 and (-11 +- sqrt(1201))/2
  ck_assert_double_eq_tol(e.item[0].re[0], (-11 + sqrt(1201.0)) / 2, 1e-10);
  ck_assert_double_eq_tol(e.item[0].re[2], (-11 - sqrt(1201.0)) / 2, 1e-10);
  ck_assert_double_eq_tol(e.item[1].re[0], 0.09395562398, 1e-8);
  ck_assert_double_eq_tol(fabs(e.item[1].im[0]), 10.1945052209, 1e-8);
  ck_assert(isnan(e.item[1].h_c));
  fhrl_equilibrium_free(&e);
  given_free(&g);
}
END_TEST

START_TEST(linear_systems_have_one_of_every_kind)
{
  static const struct {
    const char *matrix;
    fhrl_equilibrium_kind kind;
    double h_c;
    const char *bifurcation;
  } known[] = {
    {"-1_0.3;0_-2.5", FHRL_EQUILIBRIUM_STABLE_NODE, 0.8, "flip"},
    {"-1_3;-3_-1", FHRL_EQUILIBRIUM_STABLE_FOCUS, 0.2, "Neimark-Sacker"},
    {"-1_0;0_2", FHRL_EQUILIBRIUM_SADDLE, 0, NULL},
    {"1_0;0_2", FHRL_EQUILIBRIUM_UNSTABLE_NODE, 0, NULL},
    {"1_3;-3_1", FHRL_EQUILIBRIUM_UNSTABLE_FOCUS, 0, NULL},
    {"0_3;-3_0", FHRL_EQUILIBRIUM_CENTRE, 0, NULL},
  };
  char settings[128];
  snprintf(settings, sizeof settings, "model.n=2 model.A=%s equilibria.starts=20", known[_i].matrix);
  given g;
  fhrl_equilibria e = found("linear", settings, &g);
  ck_assert_int_eq(e.count, 1);
  ck_assert_msg(e.item[0].kind == known[_i].kind, "%s", fhrl_equilibrium_text(e.item[0].kind));
  ck_assert_double_le(fhrl_norm(2, e.item[0].x), 1e-12);
  ck_assert_int_eq(e.item[0].isolated, 1);
  if (known[_i].bifurcation) {
    ck_assert_double_eq_tol(e.item[0].h_c, known[_i].h_c, 1e-12);
    ck_assert_str_eq(e.item[0].bifurcation, known[_i].bifurcation);
  } else ck_assert(isnan(e.item[0].h_c) && e.item[0].bifurcation == NULL);
  fhrl_equilibrium_free(&e);
  given_free(&g);
}
END_TEST

// With d components |y| = rho* is a sphere of d - 1 dimensions, and the origin the only other rest.
START_TEST(a_sphere_of_rest_is_one_continuum)
{
  given g;
  char text[160];
  const int d = 2 + _i;
  snprintf(text, sizeof text, "model.drive=none model.eta=0 model.epsilon=0.01 model.d=%d equilibria.starts=60", d);
  fhrl_equilibria e = found("fhrl", text, &g);
  ck_assert_int_eq(e.count, 2);
  ck_assert_int_eq(e.more, 0);
  ck_assert_int_eq(e.phases, 0);
  ck_assert_int_eq(e.item[0].dimension, 0);
  ck_assert_int_eq(e.item[0].attracts, 0);
  const fhrl_equilibrium *q = &e.item[1];
  ck_assert_int_eq(q->dimension, d - 1);
  ck_assert_int_eq(q->attracts, 1);
  ck_assert_int_eq(q->stable, 0);
  ck_assert_int_eq(q->reached + e.item[0].reached, e.converged);
  ck_assert_double_eq_tol(fhrl_norm(d, q->x), 0.495, 1e-9); // (kappa - eps)/(1 + kappa)
  fhrl_equilibrium_free(&e);
  given_free(&g);
}
END_TEST

// Rests of three oscillators on a ring, up to a common phase: in phase, twisted by +-1, and two together and one opposite,
// of which there are three. What the phases are modulo 2 pi is no difference.
START_TEST(phases_and_their_common_shift_are_recognised)
{
  given g;
  fhrl_equilibria e = found("kuramoto_ring", "model.n=3 equilibria.starts=200", &g);
  ck_assert_int_eq(e.phases, 3);
  ck_assert_int_eq(e.count, 6);
  int attracting = 0;
  for (int i = 0; i < e.count; i++) {
    ck_assert_int_eq(e.item[i].dimension, 1);
    ck_assert_int_eq(e.item[i].isolated, 0);
    for (int k = 0; k < 3; k++) ck_assert_double_le(fabs(e.item[i].x[k]), FHRL_PI);
    attracting += e.item[i].attracts;
  }
  ck_assert_int_eq(attracting, 1); // 2 pi/3 is beyond pi/2
  fhrl_equilibrium_free(&e);
  given_free(&g);
}
END_TEST

// dx/dt = -x^3: J = 0 at the rest, but nothing rests beside it.
static int cubed(const fhrl_system *s, double t, const double x[], double out[])
{
  out[0] = -x[0] * x[0] * x[0];
  return 0;
}

static int cubed_jvp(const fhrl_system *s, double t, const double x[], const double v[], double out[])
{
  out[0] = -3.0 * x[0] * x[0] * v[0];
  return 0;
}

START_TEST(a_degenerate_rest_is_no_continuum)
{
  static const fhrl_field state[] = {{"x", 0.5, "1", "state"}};
  const fhrl_model model = {.name = "cubed", .time_unit = "1", .state = state, .n_state = 1, .rhs = cubed, .jvp = cubed_jvp};
  fhrl_equilibrium_plan plan = {.starts = 5, .limit = 10, .spread = 1.0, .tolerance = 1e-11, .distinct = 1e-2, .leading = 1, .seed = 1};
  fhrl_system *s;
  fhrl_equilibria e;
  fhrl_err err = {FHRL_OK, ""};
  assert_ok(fhrl_system_bind(&model, NULL, NULL, &s, &err));
  assert_ok(fhrl_equilibrium_find(s, 0.0, NULL, &plan, NULL, NULL, &e, &err));
  ck_assert_int_eq(e.count, 1);
  ck_assert_int_eq(e.item[0].dimension, 0);
  ck_assert_int_eq(e.item[0].isolated, 0);
  fhrl_equilibrium_free(&e);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(a_plane_of_rest_is_one_continuum)
{
  given g;
  fhrl_equilibria e = found("linear", "model.n=3 model.A=-1_0_0;0_0_0;0_0_0 equilibria.starts=30", &g);
  ck_assert_int_eq(e.count, 1);
  ck_assert_int_eq(e.item[0].dimension, 2);
  ck_assert_int_eq(e.item[0].attracts, 1);
  fhrl_equilibrium_free(&e);
  given_free(&g);
}
END_TEST

// x' = r x (1 - x): fixed points 0 and 1 - 1/r with multipliers r and 2 - r
static int logistic(const fhrl_system *s, double t, const double x[], double out[])
{
  out[0] = 2.385 * x[0] * (1.0 - x[0]);
  return 0;
}

static int logistic_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = 2.385 * (1.0 - 2.0 * x[0]) * v[0];
  return 0;
}

START_TEST(fixed_points_of_a_map_are_judged_by_their_multipliers)
{
  static const fhrl_field state[] = {{"x", 0.3, "1", "population"}};
  const fhrl_model map = {.name = "logistic", .state = state, .n_state = 1, .step = logistic, .jvp = logistic_jvp};
  fhrl_err err = {FHRL_OK, ""};
  fhrl_system s = {.model = &map, .n = 1, .dims = {.state = {{1, 1}}}};
  const fhrl_equilibrium_plan plan = {.starts = 20, .limit = 10, .spread = 1, .tolerance = 1e-12, .distinct = 1e-6, .seed = 3};
  fhrl_equilibria e;
  assert_ok(fhrl_equilibrium_find(&s, 0.0, NULL, &plan, NULL, NULL, &e, &err));
  ck_assert_int_eq(e.count, 2);
  ck_assert_double_eq_tol(e.item[0].re[0], 2.385, 1e-12);
  ck_assert_double_eq_tol(e.item[1].x[0], 1 - 1 / 2.385, 1e-12);
  ck_assert_double_eq_tol(e.item[1].re[0], 2 - 2.385, 1e-12);
  ck_assert(e.item[0].stable == 0 && e.item[1].stable == 1);
  fhrl_equilibrium_free(&e);
  fhrl_model blind = map;
  blind.jvp = NULL;
  s.model = &blind;
  assert_fails(fhrl_equilibrium_find(&s, 0.0, NULL, &plan, NULL, NULL, &e, &err), FHRL_ARG, &err, "jvp");
}
END_TEST

// 81 fixed points of 4 uncoupled units: few plain starts miss some, and deflation finds more of them
START_TEST(deflation_finds_what_plain_starts_miss)
{
  given g;
  const char *plain = "model.n=4 model.J=diag_1 model.g=3 equilibria.starts=6 equilibria.spread=0.5";
  char all[256];
  fhrl_equilibria few = found("random_rnn", strcat(strcpy(all, plain), " equilibria.deflated=0"), &g);
  given_free(&g);
  fhrl_equilibria more = found("random_rnn", strcat(strcpy(all, plain), " equilibria.deflated=200"), &g);
  ck_assert_int_lt(few.count, 20);
  ck_assert_int_ge(more.count, few.count + 5);
  ck_assert_int_eq(more.count - more.deflated, few.count);
  for (int k = 0; k < more.count; k++)
    for (int i = 0; i < 4; i++) { // x = 3 tanh x
      ck_assert_double_le(fabs(more.item[k].x[i] - 3 * tanh(more.item[k].x[i])), 1e-9);
      ck_assert_double_le(more.item[k].residual, 1e-10);
    }
  fhrl_equilibrium_free(&few);
  fhrl_equilibrium_free(&more);
  given_free(&g);
}
END_TEST

// Newton-Krylov and Arnoldi against dense matrices, on the same starts
START_TEST(without_matrices_the_same_is_found)
{
  given g;
  char all[256];
  const char *base = "model.n=30 model.g=1.4 equilibria.starts=60 equilibria.leading=8";
  fhrl_equilibria dense = found("random_rnn", strcat(strcpy(all, base), " equilibria.method=dense"), &g);
  given_free(&g);
  fhrl_equilibria part = found("random_rnn", strcat(strcpy(all, base), " equilibria.method=krylov equilibria.dense=5"), &g);
  int compared = 0;
  ck_assert_int_ge(dense.count, 2);
  for (int k = 0; k < dense.count; k++) {
    const int i = at(&part, 30, dense.item[k].x) - 1;
    if (i < 0) continue; // what a start leads to may differ
    const fhrl_equilibrium *a = &dense.item[k], *b = &part.item[i];
    ck_assert_int_eq(a->stable, b->stable);
    ck_assert_double_eq_tol(a->re[0], b->re[0], 1e-8);
    ck_assert(isnan(b->condition) && a->condition >= 1);
    ck_assert_int_lt(b->eigenvalues, a->eigenvalues);
    if (a->stable) ck_assert_double_eq_tol(a->h_c, b->h_c, 1e-8);
    compared++;
  }
  ck_assert_int_ge(compared, 2);
  fhrl_equilibrium_free(&dense);
  fhrl_equilibrium_free(&part);
  given_free(&g);
}
END_TEST

// With epsilon = 0 the field is 0 at y = 0 by convention alone, and of length kappa beside it
START_TEST(a_jump_is_no_equilibrium)
{
  given g;
  fhrl_equilibria e = found("fhrl", "model.epsilon=0 model.W=diag_3 model.eta=0 input.kind=none", &g);
  ck_assert_int_eq(e.count, 8);
  ck_assert_double_gt(fhrl_norm(2, e.item[0].x), 0.9);
  fhrl_equilibrium_free(&e);
  given_free(&g);
}
END_TEST

static volatile sig_atomic_t stop;

static void stop_soon(void *context, double done, double total) { stop = done >= 9; }

START_TEST(an_interruption_keeps_what_was_found)
{
  given g = given_system("lorenz", "", (fhrl_section){0});
  fhrl_err err = {FHRL_OK, ""};
  const fhrl_equilibrium_plan plan = {.starts = 50, .limit = 20, .spread = 1, .tolerance = 1e-12, .distinct = 1e-6, .seed = 1};
  const fhrl_equilibrium_watch watch = {.progress = stop_soon, .stop = &stop};
  fhrl_equilibria e;
  stop = 0;
  assert_ok(fhrl_equilibrium_find(g.system, 0.0, NULL, &plan, g.x0, &watch, &e, &err));
  ck_assert_int_eq(e.interrupted, 1);
  ck_assert_int_eq(e.starts, 9);
  ck_assert_int_ge(e.count, 1);
  fhrl_equilibrium_free(&e);
  given_free(&g);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/equilibrium");
  TCase *t = tcase_create("known");
  tcase_set_timeout(t, 30);
  tcase_add_test(t, tanh_network_has_nine_equilibria);
  tcase_add_test(t, lorenz_has_three);
  tcase_add_loop_test(t, linear_systems_have_one_of_every_kind, 0, 6);
  tcase_add_loop_test(t, a_sphere_of_rest_is_one_continuum, 0, 2);
  tcase_add_test(t, phases_and_their_common_shift_are_recognised);
  tcase_add_test(t, a_degenerate_rest_is_no_continuum);
  tcase_add_test(t, a_plane_of_rest_is_one_continuum);
  tcase_add_test(t, fixed_points_of_a_map_are_judged_by_their_multipliers);
  tcase_add_test(t, deflation_finds_what_plain_starts_miss);
  tcase_add_test(t, without_matrices_the_same_is_found);
  tcase_add_test(t, a_jump_is_no_equilibrium);
  tcase_add_test(t, an_interruption_keeps_what_was_found);
  suite_add_tcase(s, t);
  return run_suite(s);
}
