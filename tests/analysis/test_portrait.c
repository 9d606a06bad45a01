// SPDX-License-Identifier: GPL-3.0-or-later
// test_portrait: what is drawn lies where the system says, and the script that stays behind redraws it
#include "analysis/portrait.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/init.h"
#include "analysis/portrait_save.h"
#include "base/file.h"
#include "given.h"
#include "io/figure.h"
#include "support.h"

enum { X, Y, DX, DY, VALUE };

// The equilibria's plan is fixed: one more section would only hold its defaults.
static fhrl_portrait_plan planned(const fhrl_config *config)
{
  fhrl_portrait_plan plan = {.arrows = 12, .grid = 80, .orbits = 5, .arc = 3};
  snprintf(plan.x, sizeof plan.x, "%s", fhrl_config_text(config, "portrait.x"));
  snprintf(plan.y, sizeof plan.y, "%s", fhrl_config_text(config, "portrait.y"));
  plan.base = (fhrl_portrait_base)fhrl_config_int(config, "portrait.base");
  plan.equilibria = (fhrl_equilibrium_plan){.starts = 100, .limit = 50, .spread = 1, .tolerance = 1e-11, .distinct = 1e-6};
  return plan;
}

static fhrl_status drawn(const char *model, const char *settings, fhrl_portrait *p, given *g, fhrl_err *err)
{
  *g = given_system(model, settings, (fhrl_section){"portrait", fhrl_portrait_fields, fhrl_portrait_field_count});
  const fhrl_portrait_plan plan = planned(&g->config);
  return fhrl_portrait_make(g->system, &g->input, &g->solver, &plan, g->x0, p, err);
}

static const double *row(const fhrl_portrait *p, fhrl_portrait_layer layer, int i)
{
  return p->layer[layer].value + (size_t)i * FHRL_PORTRAIT_COLUMNS;
}

START_TEST(a_linear_plane_has_straight_nullclines_and_arrows_of_one_length)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("linear", "model.n=2 model.A=-0.3_2;-1_-0.2 solver.t_end=20", &p, &g, &err));
  for (int i = 0; i < p.layer[FHRL_PORTRAIT_NULL_ACROSS].count; i++) {
    const double *r = row(&p, FHRL_PORTRAIT_NULL_ACROSS, i);
    if (!isnan(r[X])) ck_assert_double_eq_tol(-0.3 * r[X] + 2 * r[Y], 0.0, 1e-12);
  }
  for (int i = 0; i < p.layer[FHRL_PORTRAIT_NULL_UP].count; i++) {
    const double *r = row(&p, FHRL_PORTRAIT_NULL_UP, i);
    if (!isnan(r[X])) ck_assert_double_eq_tol(-r[X] - 0.2 * r[Y], 0.0, 1e-12);
  }
  ck_assert_int_eq(p.layer[FHRL_PORTRAIT_FIELD].count, 144);
  const double side = p.high[0] - p.low[0];
  ck_assert_double_eq_tol(side, p.high[1] - p.low[1], 1e-12); // components of one block: one scale
  for (int i = 0; i < 144; i++) {
    const double *r = row(&p, FHRL_PORTRAIT_FIELD, i), x = r[X] + 0.5 * r[DX], y = r[Y] + 0.5 * r[DY];
    const double v[2] = {-0.3 * x + 2 * y, -x - 0.2 * y};
    ck_assert_double_eq_tol(hypot(r[DX], r[DY]), 0.7 / 12 * side, 1e-12);
    ck_assert_double_eq_tol(r[DX] * v[1] - r[DY] * v[0], 0.0, 1e-12);
    ck_assert_double_gt(r[DX] * v[0] + r[DY] * v[1], 0.0);
    ck_assert_double_eq_tol(r[VALUE], hypot(v[0], v[1]), 1e-12);
  }
  ck_assert_int_eq(p.layer[FHRL_PORTRAIT_RESTS].count, 1);
  ck_assert_double_eq(row(&p, FHRL_PORTRAIT_RESTS, 0)[VALUE], 0.0); // stable
  ck_assert_int_eq(p.layer[FHRL_PORTRAIT_CIRCLES].count, 0);
  ck_assert_double_eq(row(&p, FHRL_PORTRAIT_OWN, 0)[X], g.x0[0]);
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

START_TEST(homeostasis_alone_shows_its_circle)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("fhrl", "model.drive=none model.epsilon=0.01 model.eta=0 solver.t_end=30", &p, &g, &err));
  ck_assert_double_eq_tol(p.rho_star, 0.495, 1e-12);
  const double *last = row(&p, FHRL_PORTRAIT_OWN, p.layer[FHRL_PORTRAIT_OWN].count - 2); // before the end of the line
  ck_assert_double_eq_tol(hypot(last[X], last[Y]), 0.495, 1e-6);
  const double *first = row(&p, FHRL_PORTRAIT_CIRCLES, 0);
  ck_assert_double_eq_tol(hypot(first[X], first[Y]), 0.495, 1e-12);
  ck_assert_int_eq(p.equilibria.more, 1); // the circle is a continuum of equilibria: only the isolated one is marked
  ck_assert_int_eq(p.layer[FHRL_PORTRAIT_RESTS].count, 1);
  ck_assert_ptr_nonnull(strstr(p.note, "all 6 states"));
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

START_TEST(any_two_components_span_a_plane)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("lorenz", "portrait.x=x portrait.y=z portrait.base=start solver.t_end=20", &p, &g, &err));
  ck_assert_int_eq(p.component[1], 2);
  ck_assert_int_eq(p.layer[FHRL_PORTRAIT_RESTS].count, 3);
  ck_assert(p.low[0] < -15 && p.high[0] > 15 && p.high[1] > 40);
  ck_assert_int_eq(p.alike, 0);
  fhrl_portrait_free(&p);
  given_free(&g);
  assert_fails(drawn("lorenz", "portrait.x=w", &p, &g, &err), FHRL_ARG, &err, "portrait.x = w");
  given_free(&g);
  assert_fails(drawn("lorenz", "portrait.x=z portrait.y=z", &p, &g, &err), FHRL_ARG, &err, "both z");
  given_free(&g);
  assert_fails(drawn("linear", "model.n=1", &p, &g, &err), FHRL_ARG, &err, "one state");
  given_free(&g);
}
END_TEST

START_TEST(an_orbit_that_leaves_for_good_does_not_stretch_the_window)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("linear", "model.n=2 model.A=1_0;0_-1", &p, &g, &err));
  ck_assert_double_lt(p.high[0] - p.low[0], 20);
  ck_assert_double_eq(row(&p, FHRL_PORTRAIT_RESTS, 0)[VALUE], 2.0); // saddle
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

START_TEST(the_script_left_behind_draws_the_figure)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("fhrl", "model.W=diag_3 model.eta=0 model.epsilon=0.01", &p, &g, &err));
  char table[600], script[FHRL_PATH_SIZE], figure[600], relative[600];
  const char *folder = scratch("portrait");
  snprintf(p.title, sizeof p.title, "it's %s", "`quoted`"); // nothing in a title is run
  snprintf(table, sizeof table, "%s/portrait.tsv", folder);
  snprintf(relative, sizeof relative, "%s/portrait.gp", folder);
  assert_ok(fhrl_portrait_save_table(&p, table, &err));
  assert_ok(fhrl_portrait_save_script(&p, relative, &err));
  assert_ok(fhrl_file_absolute(relative, script, &err));
  static const char *const endings[] = {"svg", "png"};
  for (int i = 0; i < 2; i++) {
    snprintf(figure, sizeof figure, "%s/portrait.%s", folder, endings[i]);
    assert_ok(fhrl_figure_draw(script, figure, NULL, 0, &err));
    ck_assert(fhrl_file_exists(figure));
  }
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/portrait");
  TCase *t = tcase_create("planes");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, a_linear_plane_has_straight_nullclines_and_arrows_of_one_length);
  tcase_add_test(t, homeostasis_alone_shows_its_circle);
  tcase_add_test(t, any_two_components_span_a_plane);
  tcase_add_test(t, an_orbit_that_leaves_for_good_does_not_stretch_the_window);
  tcase_add_test(t, the_script_left_behind_draws_the_figure);
  suite_add_tcase(s, t);
  return run_suite(s);
}
