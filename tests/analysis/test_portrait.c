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
#include "drawn.h"
#include "io/figure.h"
#include "support.h"

START_TEST(a_linear_plane_has_straight_nullclines_and_arrows_of_one_length)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("linear", "model.n=2 model.A=-0.3_2;-1_-0.2 solver.t_end=20", &p, &g, &err));
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_NULL_ACROSS); i++) {
    const double *r = row(&p, FHRL_PORTRAIT_NULL_ACROSS, i);
    if (!isnan(r[X])) ck_assert_double_eq_tol(-0.3 * r[X] + 2 * r[Y], 0.0, 1e-12);
  }
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_NULL_UP); i++) {
    const double *r = row(&p, FHRL_PORTRAIT_NULL_UP, i);
    if (!isnan(r[X])) ck_assert_double_eq_tol(-r[X] - 0.2 * r[Y], 0.0, 1e-12);
  }
  ck_assert_int_eq(rows(&p, FHRL_PORTRAIT_FIELD), 144);
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
  ck_assert_int_eq(rows(&p, FHRL_PORTRAIT_RESTS), 1);
  ck_assert_double_eq(row(&p, FHRL_PORTRAIT_RESTS, 0)[VALUE], 0.0); // stable
  ck_assert_int_eq(rows(&p, FHRL_PORTRAIT_SPHERES), 0);
  ck_assert_int_eq(rows(&p, FHRL_PORTRAIT_UNSTABLE), 0);
  ck_assert_double_eq(row(&p, FHRL_PORTRAIT_OWN, 0)[X], g.x0[0]);
  ck_assert_str_eq(p.note, ""); // two states fill their plane: there is nothing to say
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

START_TEST(arrows_look_equally_long_where_the_axes_differ)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("van_der_pol", "portrait.y_low=-30 portrait.y_high=30", &p, &g, &err));
  const double side[2] = {p.high[0] - p.low[0], p.high[1] - p.low[1]};
  ck_assert_double_eq(side[1], 60.0);
  ck_assert_int_gt(rows(&p, FHRL_PORTRAIT_FIELD), 140);
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_FIELD); i++) {
    const double *r = row(&p, FHRL_PORTRAIT_FIELD, i);
    ck_assert_double_eq_tol(hypot(r[DX] / side[0], r[DY] / side[1]), 0.7 / 12, 1e-13);
  }
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

START_TEST(predators_and_prey_have_their_known_nullclines_and_level_sets)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("lotka_volterra", "", &p, &g, &err)); // a = 1, b = 0.5, c = 0.25, d = 1
  ck_assert_double_eq(p.low[0], 0.0); // no margin where there are no populations
  ck_assert_double_eq(p.low[1], 0.0);
  int straight = 0;
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_NULL_ACROSS); i++) {
    const double *r = row(&p, FHRL_PORTRAIT_NULL_ACROSS, i);
    if (isnan(r[X])) continue;
    ck_assert(fabs(r[Y] - 2.0) < 1e-12 || r[X] == 0.0); // y = a/b, or no prey
    straight += fabs(r[Y] - 2.0) < 1e-12;
  }
  ck_assert_int_ge(straight, 79);
  straight = 0;
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_NULL_UP); i++) {
    const double *r = row(&p, FHRL_PORTRAIT_NULL_UP, i);
    if (isnan(r[X])) continue;
    ck_assert(fabs(r[X] - 4.0) < 1e-12 || r[Y] == 0.0); // x = d/c, or no predators
    straight += fabs(r[X] - 4.0) < 1e-12;
  }
  ck_assert_int_ge(straight, 79);
  ck_assert_str_eq(p.level, "invariant");
  ck_assert_int_eq(p.level_kept, 1);
  int far = 0;
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_LEVELS); i++) {
    const double *r = row(&p, FHRL_PORTRAIT_LEVELS, i), x = r[X], y = r[Y];
    if (isnan(x) || x < 1.0 || y < 0.5) continue; // the logarithms bend too much for the grid nearer the axes
    far++;
    // linear interpolation: at most h^2/8 times the second derivative, (h = 0.12, 1/x^2 <= 1), (h = 0.06, 1/y^2 <= 4)
    ck_assert_double_eq_tol(0.25 * x - log(x) + 0.5 * y - log(y), r[VALUE], 2e-3);
  }
  ck_assert_int_gt(far, 500);
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

START_TEST(level_sets_are_drawn_where_the_flow_never_climbs)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("lorenz", "solver.t_end=5", &p, &g, &err)); // has an energy, which rises and falls
  ck_assert_str_eq(p.level, "");
  ck_assert_int_eq(rows(&p, FHRL_PORTRAIT_LEVELS), 0);
  fhrl_portrait_free(&p);
  given_free(&g);
  assert_ok(drawn("lorenz", "solver.t_end=5 portrait.observable=energy portrait.base=zero", &p, &g, &err));
  ck_assert_str_eq(p.level, "energy");
  ck_assert_int_eq(p.level_kept, 0);
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_LEVELS); i++) {
    const double *r = row(&p, FHRL_PORTRAIT_LEVELS, i);
    if (!isnan(r[X])) ck_assert_double_eq_tol(0.5 * (r[X] * r[X] + r[Y] * r[Y]), r[VALUE], 0.2); // z = 0; h = 0.7: h^2/8 twice
  }
  fhrl_portrait_free(&p);
  given_free(&g);
  assert_ok(drawn("dense_hopfield", "model.n=2 solver.t_end=5", &p, &g, &err)); // its energy never increases
  ck_assert_str_eq(p.level, "energy");
  ck_assert_int_eq(p.level_kept, 0);
  fhrl_portrait_free(&p);
  given_free(&g);
  assert_ok(drawn("henon_heiles", "solver.t_end=5", &p, &g, &err));
  int through = 0;
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_LEVELS); i++)
    through += fabs(row(&p, FHRL_PORTRAIT_LEVELS, i)[VALUE] - 1.0 / 6.0) < 1e-12; // of the three passes
  ck_assert_int_gt(through, 100);
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
  ck_assert_double_eq_tol(p.bound, 1.01 / 2.0, 1e-12); // (kappa (1 + eps) + 0)/(1 + kappa)
  const double *last = row(&p, FHRL_PORTRAIT_OWN, rows(&p, FHRL_PORTRAIT_OWN) - 2); // before the end of the line
  ck_assert_double_eq_tol(hypot(last[X], last[Y]), 0.495, 1e-6);
  const double *first = row(&p, FHRL_PORTRAIT_SPHERES, 0);
  ck_assert_double_eq_tol(hypot(first[X], first[Y]), 0.495, 1e-12);
  ck_assert_double_eq(first[VALUE], FHRL_PORTRAIT_RHO_STAR);
  ck_assert_int_eq(p.equilibria.count, 2); // the circle is a continuum of equilibria: only the isolated one is marked
  ck_assert_int_eq(rows(&p, FHRL_PORTRAIT_RESTS), 1);
  ck_assert_ptr_nonnull(strstr(p.note, "all 6 states"));
  ck_assert_ptr_nonnull(strstr(p.held, "A[0,0] = 0"));
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
  ck_assert_str_eq(p.name[1], "z");
  ck_assert_int_eq(rows(&p, FHRL_PORTRAIT_RESTS), 3);
  ck_assert(p.low[0] < -15 && p.high[0] > 15 && p.high[1] > 40);
  ck_assert_int_eq(p.alike, 0);
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

START_TEST(what_cannot_be_drawn_is_refused_by_name)
{
  static const struct {
    const char *model, *settings;
    const char *says;
  } bad[] = {
    {"lorenz", "portrait.x=w", "portrait.x = w: lorenz has no such component; allowed: x y z"},
    {"lorenz", "portrait.x=z portrait.y=z", "both z"},
    {"linear", "model.n=1", "one state"},
    {"lorenz", "portrait.plane=norms", "lorenz has no vector y; allowed here: states, slice, pca"},
    {"lorenz", "portrait.plane=radial", "lorenz has no vector y"},
    {"fhrl", "portrait.plane=pca portrait.x=y[0]", "only the planes states and slice are spanned by components"},
    {"fhrl", "portrait.base=mean", "portrait.base = mean: only the plane pca"},
    {"fhrl", "portrait.base=given", "portrait.base = given needs portrait.at"},
    {"fhrl", "portrait.base=zero portrait.at=1,2,3,4,5,6", "portrait.base says otherwise"},
    {"fhrl", "portrait.at=1,2", "portrait.at: start '1,2': 2 numbers for the 6 states of fhrl"},
    {"fhrl", "portrait.x_low=1 portrait.x_high=0", "portrait.x_low = 1 lies above portrait.x_high = 0"},
    {"lorenz", "solver.t_end=1 portrait.observable=mass",
      "portrait.observable = mass: lorenz has no such observable; allowed: energy"},
    {"van_der_pol", "solver.t_end=1 portrait.starts=1", "portrait.starts, point 1: '1' is no pair of finite numbers"},
    {"lotka_volterra", "solver.t_end=1 portrait.x_low=-1 portrait.x_high=4", NULL}, // drawn, where there are populations
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    fhrl_err err = {FHRL_OK, ""};
    given g;
    fhrl_portrait p;
    const fhrl_status status = drawn(bad[i].model, bad[i].settings, &p, &g, &err);
    ck_assert_int_eq(status, bad[i].says ? FHRL_ARG : FHRL_OK);
    if (bad[i].says) ck_assert_msg(strstr(err.msg, bad[i].says) != NULL, "%s", err.msg);
    else fhrl_portrait_free(&p);
    given_free(&g);
  }
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

START_TEST(it_ends_when_it_is_told_to)
{
  fhrl_err err = {FHRL_OK, ""};
  given g = given_system("lorenz", "", (fhrl_section){"portrait", fhrl_portrait_fields, fhrl_portrait_field_count});
  const volatile sig_atomic_t stop = 2;
  fhrl_portrait p;
  const fhrl_portrait_plan plan = {.x = "", .y = "", .at = "", .starts = "", .observable = "", .arrows = 4, .grid = 10, .arc = 1,
    .reach = 1, .equilibria = {.starts = 4, .limit = 5, .spread = 1, .tolerance = 1e-11, .distinct = 1e-6}, .stop = &stop};
  assert_fails(fhrl_portrait_make(g.system, &g.input, &g.solver, &plan, g.x0, &p, &err), FHRL_INTERRUPT, &err, "interrupted");
  given_free(&g);
}
END_TEST

// Begins a row of ORBITS: the first, or one after the end of a line.
static int begins(const fhrl_portrait *p, int i) { return i == 0 || isnan(row(p, FHRL_PORTRAIT_ORBITS, i - 1)[X]); }

START_TEST(orbits_start_where_they_are_told_to)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("van_der_pol", "portrait.orbits=0 portrait.starts=1.5\t-0.25;-0.5\t2;", &p, &g, &err));
  const double want[2][2] = {{1.5, -0.25}, {-0.5, 2.0}};
  int k = 0;
  for (int i = 0; i < rows(&p, FHRL_PORTRAIT_ORBITS); i++) {
    if (!begins(&p, i)) continue;
    ck_assert_int_lt(k, 2);
    ck_assert_double_eq(row(&p, FHRL_PORTRAIT_ORBITS, i)[X], want[k][0]);
    ck_assert_double_eq(row(&p, FHRL_PORTRAIT_ORBITS, i)[Y], want[k][1]);
    k++;
  }
  ck_assert_int_eq(k, 2);
  fhrl_portrait_free(&p);
  given_free(&g);
}
END_TEST

START_TEST(random_starts_follow_their_seed)
{
  double first[3][2];
  static const char *const settings[] = {"portrait.scatter=random portrait.seed=7", "portrait.scatter=random portrait.seed=7",
    "portrait.scatter=random portrait.seed=8"};
  for (int k = 0; k < 3; k++) {
    fhrl_err err = {FHRL_OK, ""};
    given g;
    fhrl_portrait p;
    assert_ok(drawn("van_der_pol", settings[k], &p, &g, &err));
    for (int a = 0; a < 2; a++) {
      first[k][a] = row(&p, FHRL_PORTRAIT_ORBITS, 0)[a];
      ck_assert(first[k][a] > p.low[a] && first[k][a] < p.high[a]);
    }
    fhrl_portrait_free(&p);
    given_free(&g);
  }
  ck_assert_mem_eq(first[0], first[1], sizeof first[0]);
  ck_assert_double_ne(first[0][0], first[2][0]);
}
END_TEST

// The names in the first line of index k that is no comment, in text.
static const char *names_of(const char *text, int k, char line[256])
{
  for (; k > 0 && text; k--) {
    text = strstr(text, "\n\n\n");
    if (text) text += 3;
  }
  while (text && *text == '#') text = strchr(text, '\n') + 1;
  ck_assert_ptr_nonnull(text);
  snprintf(line, 256, "%.*s", (int)strcspn(text, "\n"), text);
  return line;
}

START_TEST(the_script_left_behind_draws_the_figure)
{
  fhrl_err err = {FHRL_OK, ""};
  given g;
  fhrl_portrait p;
  assert_ok(drawn("fhrl", "model.W=diag_3 model.eta=0 model.epsilon=0.01", &p, &g, &err));
  char table[600], script[FHRL_PATH_SIZE], figure[600], relative[600], line[256], *text;
  size_t size;
  const char *folder = scratch("portrait");
  snprintf(p.title, sizeof p.title, "it's %s", "`quoted`"); // nothing in a title is run
  snprintf(table, sizeof table, "%s/portrait.tsv", folder);
  snprintf(relative, sizeof relative, "%s/portrait.gp", folder);
  assert_ok(fhrl_portrait_save_table(&p, table, &err));
  assert_ok(fhrl_portrait_save_script(&p, relative, &err));
  assert_ok(fhrl_file_absolute(relative, script, &err));
  static const char *const endings[] = {"svg", "png", "txt", "six"};
  for (int i = 0; i < 4; i++) {
    snprintf(figure, sizeof figure, "%s/portrait.%s", folder, endings[i]);
    assert_ok(fhrl_figure_draw(script, figure, NULL, 0, &err));
    ck_assert(fhrl_file_exists(figure));
  }
  assert_ok(fhrl_file_read(table, 1 << 24, &text, &size, &err));
  ck_assert_str_eq(names_of(text, FHRL_PORTRAIT_FIELD, line), "x\ty\tdx\tdy\tspeed");
  ck_assert_str_eq(names_of(text, FHRL_PORTRAIT_NULL_UP, line), "x\ty");
  ck_assert_str_eq(names_of(text, FHRL_PORTRAIT_OWN, line), "x\ty\tt");
  ck_assert_str_eq(names_of(text, FHRL_PORTRAIT_RESTS, line), "x\ty\tkind");
  ck_assert_str_eq(names_of(text, FHRL_PORTRAIT_DIRECTIONS, line), "x\ty\tdx\tdy\teigenvalue");
  ck_assert_str_eq(names_of(text, FHRL_PORTRAIT_PROFILE, line), "x\ty\twhich");
  free(text);
  remove_scratch(folder);
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
  tcase_add_test(t, arrows_look_equally_long_where_the_axes_differ);
  tcase_add_test(t, predators_and_prey_have_their_known_nullclines_and_level_sets);
  tcase_add_test(t, level_sets_are_drawn_where_the_flow_never_climbs);
  tcase_add_test(t, homeostasis_alone_shows_its_circle);
  tcase_add_test(t, any_two_components_span_a_plane);
  tcase_add_test(t, what_cannot_be_drawn_is_refused_by_name);
  tcase_add_test(t, an_orbit_that_leaves_for_good_does_not_stretch_the_window);
  tcase_add_test(t, it_ends_when_it_is_told_to);
  tcase_add_test(t, orbits_start_where_they_are_told_to);
  tcase_add_test(t, random_starts_follow_their_seed);
  tcase_add_test(t, the_script_left_behind_draws_the_figure);
  suite_add_tcase(s, t);
  return run_suite(s);
}
