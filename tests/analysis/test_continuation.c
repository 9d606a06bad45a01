// SPDX-License-Identifier: GPL-3.0-or-later
// test_continuation: branches and bifurcations that are known in closed form
#include "analysis/continuation_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/init.h"
#include "given.h"
#include "normal_forms.h"
#include "support.h"

static const fhrl_continuation_plan usual = {.parameter = "mu", .low = -1, .high = 1, .step = 0.01, .step_min = 1e-7,
  .step_max = 0.05, .bound = 1e4, .points = 400, .branches = 8, .switching = 1, .arc = {200, 10, 1e-11}};

static fhrl_continuation followed(int which, double mu, double x, double y)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_system *s = normal_forms_bind(which, mu);
  fhrl_continuation c;
  const double at[2] = {x, y};
  const fhrl_continuation_start start = {.x = at, .parameter = mu};
  assert_ok(fhrl_continuation_run(s, 0.0, NULL, &usual, &start, NULL, &c, &err));
  fhrl_system_destroy(s);
  return c;
}

static const fhrl_continuation_point *only(const fhrl_continuation *c, fhrl_continuation_kind kind, int count)
{
  const fhrl_continuation_point *found = NULL;
  int n = 0;
  for (int k = 0; k < c->branches; k++)
    for (int i = 0; i < c->branch[k].count; i++) {
      const fhrl_continuation_point *p = &c->branch[k].point[i];
      if (p->kind != kind || p->again) continue;
      if (found == NULL) found = p;
      n++;
    }
  ck_assert_msg(n == count, "%d points of kind %s instead of %d", n, fhrl_continuation_text(kind), count);
  return found;
}

// 1e-8 is what is promised; the interpolation reaches rounding
static void assert_located(const fhrl_continuation_point *p, double parameter, double x)
{
  ck_assert_double_eq_tol(p->parameter, parameter, 1e-10);
  ck_assert_double_eq_tol(p->z[0], x, 1e-8);
  ck_assert_double_le(p->error, 1e-8);
  ck_assert_double_le(p->residual, 1e-10);
}

START_TEST(a_pitchfork_is_located_and_its_arms_are_followed)
{
  fhrl_continuation c = followed(NORMAL_PITCHFORK, -0.5, 0.7 * sin(-0.5) + 0.01, 0.0);
  const double P = normal_forms_P;
  assert_located(only(&c, FHRL_CONTINUATION_BRANCH, 1), P, 0.7 * sin(P));
  ck_assert_int_eq(c.branches, 2);
  int sides[2] = {0};
  for (int i = 0; i < c.branch[1].count; i++) {
    const fhrl_continuation_point *p = &c.branch[1].point[i];
    const double z = p->z[0] - 0.7 * sin(p->parameter);
    ck_assert_double_eq_tol(z * z, p->parameter - P, 1e-8);
    if (p->kind == FHRL_CONTINUATION_BRANCH) continue;
    sides[z > 0]++;
    ck_assert_int_eq(p->stable, 1);
  }
  ck_assert(sides[0] > 5 && sides[1] > 5);
  for (int i = 0; i < c.branch[0].count; i++)
    if (c.branch[0].point[i].kind != FHRL_CONTINUATION_BRANCH)
      ck_assert_int_eq(c.branch[0].point[i].stable, c.branch[0].point[i].parameter < P);
  fhrl_continuation_free(&c);
}
END_TEST

START_TEST(a_pitchfork_is_located_from_an_arm_that_turns)
{
  const double P = normal_forms_P;
  fhrl_continuation c = followed(NORMAL_PITCHFORK, P + 0.25, 0.7 * sin(P + 0.25) + 0.5, 0.0);
  const fhrl_continuation_point *p = only(&c, FHRL_CONTINUATION_BRANCH, 1);
  assert_located(p, P, 0.7 * sin(P));
  only(&c, FHRL_CONTINUATION_FOLD, 0);
  ck_assert_int_eq(c.branches, 2);
  fhrl_continuation_free(&c);
}
END_TEST

START_TEST(a_fold_is_located)
{
  fhrl_continuation c = followed(NORMAL_FOLD, 0.9, 1.1, 0.5);
  assert_located(only(&c, FHRL_CONTINUATION_FOLD, 1), normal_forms_P, 0.4);
  only(&c, FHRL_CONTINUATION_BRANCH, 0);
  // both ends lie at the end of the range, one stable and one not
  const fhrl_continuation_branch *b = &c.branch[0];
  ck_assert_double_eq(b->point[0].parameter, 1.0);
  ck_assert_double_eq(b->point[b->count - 1].parameter, 1.0);
  ck_assert_int_ne(b->point[0].stable, b->point[b->count - 1].stable);
  ck_assert_str_eq(b->point[0].why, "the end of the parameter's range");
  fhrl_continuation_free(&c);
}
END_TEST

START_TEST(a_transcritical_point_is_located)
{
  const double P = normal_forms_P;
  fhrl_continuation c = followed(NORMAL_TRANSCRITICAL, -0.5, 0.7 * sin(-0.5), 0.0);
  assert_located(only(&c, FHRL_CONTINUATION_BRANCH, 1), P, 0.7 * sin(P));
  ck_assert_int_eq(c.branches, 2);
  for (int i = 0; i < c.branch[1].count; i++) {
    const fhrl_continuation_point *p = &c.branch[1].point[i];
    ck_assert_double_eq_tol(p->z[0] - 0.7 * sin(p->parameter), p->parameter - P, 1e-8);
  }
  fhrl_continuation_free(&c);
}
END_TEST

START_TEST(a_closed_branch_is_gone_round_once)
{
  fhrl_continuation c = followed(NORMAL_CIRCLE, 0.0, 1.0, 0.5);
  fhrl_continuation_plan wide = usual;
  fhrl_continuation_free(&c);
  fhrl_err err = {FHRL_OK, ""};
  fhrl_system *s = normal_forms_bind(NORMAL_CIRCLE, 0.0);
  const double at[2] = {1.0, 0.5};
  const fhrl_continuation_start start = {.x = at, .parameter = 0.0};
  wide.low = -2;
  wide.high = 2;
  assert_ok(fhrl_continuation_run(s, 0.0, NULL, &wide, &start, NULL, &c, &err));
  only(&c, FHRL_CONTINUATION_FOLD, 2);
  ck_assert_double_eq_tol(fabs(only(&c, FHRL_CONTINUATION_FOLD, 2)->parameter), 1.0, 1e-10);
  ck_assert_str_eq(c.branch[0].point[0].why, "the branch closes"); // reversed: its end comes first
  double length = 0;
  for (int i = 1; i < c.branch[0].count; i++)
    length += hypot(c.branch[0].point[i].z[0] - c.branch[0].point[i - 1].z[0],
      c.branch[0].point[i].parameter - c.branch[0].point[i - 1].parameter);
  ck_assert_double_eq_tol(length, 2 * FHRL_PI, 0.15); // once, to a step
  fhrl_continuation_free(&c);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(maps_bifurcate_where_their_multipliers_say)
{
  const double P = normal_forms_P;
  fhrl_continuation c = followed(NORMAL_FLIP, -0.5, 0.7 * sin(-0.5), 0.0);
  const fhrl_continuation_point *p = only(&c, FHRL_CONTINUATION_FLIP, 1);
  assert_located(p, P, 0.7 * sin(P));
  ck_assert_double_eq_tol(p->re, -1.0, 1e-9);
  fhrl_continuation_free(&c);

  c = followed(NORMAL_NEIMARK_SACKER, 0.0, 1 - 1 / (2 - P), 1 - 1 / (2 - P));
  p = only(&c, FHRL_CONTINUATION_NEIMARK_SACKER, 1);
  assert_located(p, P, 0.5);
  ck_assert_double_eq_tol(p->re, 0.5, 1e-8); // exp(+-i pi/3): x + y = 1, x y = 1 of the multipliers
  ck_assert_double_eq_tol(p->im, sqrt(0.75), 1e-8);
  fhrl_continuation_free(&c);

  c = followed(NORMAL_MAP_FOLD, 0.9, 0.7, 0.2);
  p = only(&c, FHRL_CONTINUATION_FOLD, 1);
  assert_located(p, P, 0.0);
  fhrl_continuation_free(&c);
}
END_TEST

// ---- models of the program

static fhrl_continuation followed_model(const char *model, const char *settings, const double x0[], const char *parameter,
  double low, double high, int dense)
{
  fhrl_err err = {FHRL_OK, ""};
  given g = given_system(model, settings, (fhrl_section){0});
  fhrl_continuation_plan plan = usual;
  plan.parameter = parameter;
  plan.low = low;
  plan.high = high;
  plan.arc.dense = dense;
  fhrl_continuation c;
  double *u = calloc((size_t)g.system->dims.n_u + 1, sizeof *u);
  ck_assert_ptr_nonnull(u);
  fhrl_input_at(&g.input, 0.0, u);
  const fhrl_continuation_start start = {.x = x0 ? x0 : g.x0,
    .parameter = g.system->p[fhrl_system_param(g.system->model, parameter)]};
  assert_ok(fhrl_continuation_run(g.system, 0.0, u, &plan, &start, NULL, &c, &err));
  free(u);
  given_free(&g);
  return c;
}

START_TEST(a_hopf_point_is_located_with_its_frequency)
{
  const double zero[2] = {0};
  fhrl_continuation c = followed_model("hopf", "", zero, "mu", -1, 1, 200);
  const fhrl_continuation_point *p = only(&c, FHRL_CONTINUATION_HOPF, 1);
  assert_located(p, 0.0, 0.0);
  ck_assert_double_eq_tol(p->im, 1.3, 1e-10);
  fhrl_continuation_free(&c);
}
END_TEST

// r = 1 and sigma (sigma + b + 3)/(sigma - b - 1) = 470/19 [Lorenz 1963]
START_TEST(lorenz_bifurcates_where_lorenz_said)
{
  const double zero[3] = {0};
  fhrl_continuation c = followed_model("lorenz", "", zero, "r", 0, 30, 200);
  ck_assert_double_eq_tol(only(&c, FHRL_CONTINUATION_BRANCH, 1)->parameter, 1.0, 1e-8);
  const fhrl_continuation_point *p = only(&c, FHRL_CONTINUATION_HOPF, 2);
  ck_assert_double_eq_tol(p->parameter, 470.0 / 19.0, 1e-8);
  ck_assert_double_eq_tol(p->im, sqrt(8.0 / 3.0 * (10.0 + 470.0 / 19.0)), 1e-7); // omega^2 = b (sigma + r)
  fhrl_continuation_free(&c);
}
END_TEST

START_TEST(without_matrices_the_same_is_found)
{
  const double zero[40] = {0};
  fhrl_continuation c[2];
  for (int k = 0; k < 2; k++)
    c[k] = followed_model("random_rnn", "model.n=40 model.g=0.6", zero, "g", 0.5, 1.3, k ? 10 : 200);
  ck_assert_int_eq(c[0].branches, c[1].branches);
  ck_assert_int_eq(c[0].labels, c[1].labels);
  int compared = 0;
  for (int b = 0; b < c[0].branches; b++)
    for (int i = 0, j = 0; i < c[0].branch[b].count; i++) {
      const fhrl_continuation_point *p = &c[0].branch[b].point[i];
      if (p->label == 0) continue;
      while (j < c[1].branch[b].count && c[1].branch[b].point[j].label != p->label) j++;
      ck_assert_int_lt(j, c[1].branch[b].count);
      const fhrl_continuation_point *q = &c[1].branch[b].point[j];
      ck_assert_int_eq(p->kind, q->kind);
      ck_assert_double_eq_tol(p->parameter, q->parameter, 1e-8);
      compared++;
    }
  ck_assert_int_ge(compared, 4);
  for (int k = 0; k < 2; k++) fhrl_continuation_free(&c[k]);
}
END_TEST

// ---- labels, refusals, interruption

START_TEST(a_branch_restarts_from_its_labels)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_system *s = normal_forms_bind(NORMAL_PITCHFORK, -0.5);
  fhrl_continuation_plan plan = usual;
  fhrl_continuation c;
  const double at[2] = {0.7 * sin(-0.5), 0.0};
  fhrl_continuation_start start = {.x = at, .parameter = -0.5};
  plan.switching = 0;
  assert_ok(fhrl_continuation_run(s, 0.0, NULL, &plan, &start, NULL, &c, &err));
  ck_assert_int_eq(c.branches, 1);
  ck_assert_int_eq(c.more, 1);
  const int label = only(&c, FHRL_CONTINUATION_BRANCH, 1)->label;
  const char *folder = scratch("continuation");
  char path[600], from[700];
  snprintf(path, sizeof path, "%s/branch.json", folder);
  fhrl_json *o = fhrl_json_object();
  fhrl_continuation_files_json(&c, s, o);
  assert_ok(fhrl_json_save(o, path, &err));
  fhrl_json_free(o);
  fhrl_continuation_free(&c);

  double *block = NULL;
  snprintf(from, sizeof from, "%s:%d", folder, label); // a folder stands for its branch.json
  assert_ok(fhrl_continuation_files_start(from, s, "mu", 2.0, &start, &block, &err));
  ck_assert_int_eq(start.fork, 1);
  ck_assert_double_eq_tol(start.parameter, normal_forms_P, 1e-10);
  assert_ok(fhrl_continuation_run(s, 0.0, NULL, &plan, &start, NULL, &c, &err));
  ck_assert_int_eq(c.branches, 1);
  for (int i = 0; i < c.branch[0].count; i++) { // the arms, not the branch that it was found on
    const double z = c.branch[0].point[i].z[0] - 0.7 * sin(c.branch[0].point[i].parameter);
    ck_assert_double_eq_tol(z * z, c.branch[0].point[i].parameter - normal_forms_P, 1e-8);
  }
  ck_assert_double_eq_tol(fabs(c.branch[0].point[0].z[0] - 0.7 * sin(1.0)), sqrt(1 - normal_forms_P), 1e-9);
  fhrl_continuation_free(&c);
  free(block);

  snprintf(from, sizeof from, "%s:77", path);
  assert_fails(fhrl_continuation_files_start(from, s, "mu", 2.0, &start, &block, &err), FHRL_ARG, &err, "no label 77");
  assert_fails(fhrl_continuation_files_start(path, s, "mu", 2.0, &start, &block, &err), FHRL_ARG, &err, "FILE:LABEL");
  remove_scratch(folder);
  fhrl_system_destroy(s);
}
END_TEST

static fhrl_status tried(int which, const char *parameter, double low, double high, double mu, fhrl_err *err)
{
  fhrl_system *s = normal_forms_bind(which, mu);
  fhrl_continuation_plan plan = usual;
  fhrl_continuation c;
  const double at[2] = {0.3, 0.1};
  const fhrl_continuation_start start = {.x = at, .parameter = mu};
  plan.parameter = parameter;
  plan.low = low;
  plan.high = high;
  const fhrl_status status = fhrl_continuation_run(s, 0.0, NULL, &plan, &start, NULL, &c, err);
  fhrl_system_destroy(s);
  return status;
}

START_TEST(what_cannot_be_followed_is_refused_with_the_reason)
{
  fhrl_err err = {FHRL_OK, ""};
  assert_fails(tried(NORMAL_FOLD, "nu", 0, 1, 0.5, &err), FHRL_ARG, &err, "'nu' is no real parameter of fold; allowed: mu");
  assert_fails(tried(NORMAL_FOLD, "k", 0, 1, 0.5, &err), FHRL_ARG, &err, "'k' is no real parameter");
  assert_fails(tried(NORMAL_FOLD, "mu", 0, 20, 0.5, &err), FHRL_ARG, &err, "allowed: number in [-10, 10]");
  assert_fails(tried(NORMAL_FOLD, "mu", 1, 0, 0.5, &err), FHRL_ARG, &err, "must be less");
  assert_fails(tried(NORMAL_FOLD, "mu", 0, 1, 2, &err), FHRL_ARG, &err, "outside the range");
  assert_fails(tried(NORMAL_NONE, "mu", 0, 1, 0.5, &err), FHRL_NUMERIC, &err, "no equilibrium of none at the start");
}
END_TEST

static volatile sig_atomic_t stop;

static void stop_soon(void *context, double points, double parameter) { stop = points >= 7; }

START_TEST(an_interruption_keeps_what_was_followed)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_system *s = normal_forms_bind(NORMAL_FOLD, 0.9);
  fhrl_continuation c;
  const double at[2] = {1.1, 0.5};
  const fhrl_continuation_start start = {.x = at, .parameter = 0.9};
  const fhrl_continuation_watch watch = {.progress = stop_soon, .stop = &stop};
  stop = 0;
  assert_ok(fhrl_continuation_run(s, 0.0, NULL, &usual, &start, &watch, &c, &err));
  ck_assert_int_eq(c.interrupted, 1);
  ck_assert_int_eq(c.branches, 1);
  ck_assert_int_ge(c.branch[0].count, 7);
  ck_assert_int_ge(c.labels, 1);
  fhrl_continuation_free(&c);
  fhrl_system_destroy(s);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/continuation");
  TCase *t = tcase_create("branches");
  tcase_set_timeout(t, 30);
  tcase_add_test(t, a_pitchfork_is_located_and_its_arms_are_followed);
  tcase_add_test(t, a_pitchfork_is_located_from_an_arm_that_turns);
  tcase_add_test(t, a_fold_is_located);
  tcase_add_test(t, a_transcritical_point_is_located);
  tcase_add_test(t, a_closed_branch_is_gone_round_once);
  tcase_add_test(t, maps_bifurcate_where_their_multipliers_say);
  tcase_add_test(t, a_hopf_point_is_located_with_its_frequency);
  tcase_add_test(t, lorenz_bifurcates_where_lorenz_said);
  tcase_add_test(t, without_matrices_the_same_is_found);
  tcase_add_test(t, a_branch_restarts_from_its_labels);
  tcase_add_test(t, what_cannot_be_followed_is_refused_with_the_reason);
  tcase_add_test(t, an_interruption_keeps_what_was_followed);
  suite_add_tcase(s, t);
  return run_suite(s);
}
