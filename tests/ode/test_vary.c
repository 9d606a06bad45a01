// SPDX-License-Identifier: GPL-3.0-or-later
// test_vary: parameter points: what may be written, what is refused and how, and which parameters a member gets
#include "ode/vary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static fhrl_err err;

static fhrl_system *bind(const char *name)
{
  const fhrl_model *m = fhrl_system_find(name);
  fhrl_config c;
  fhrl_field *fields;
  fhrl_system *s = NULL;
  int count;
  fhrl_config_init(&c);
  assert_ok(fhrl_system_fields(m, &fields, &count, &err));
  assert_ok(fhrl_config_add(&c, "model", fields, count, &err));
  assert_ok(fhrl_system_create(m, &c, &s, &err));
  fhrl_config_free(&c);
  free(fields);
  return s;
}

START_TEST(lists_and_steps_make_an_axis)
{
  static const double want[] = {0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 1e3};
  fhrl_vary v;
  fhrl_system *s = bind("van_der_pol");
  assert_ok(fhrl_vary_parse(&v, s, "mu = 0.5, 1:.5:3 ,1e3", "here", &err));
  ck_assert_int_eq(v.points, 7);
  for (int k = 0; k < 7; k++) ck_assert_double_eq(v.axis[0].value[k], want[k]);
  fhrl_vary_free(&v);
  assert_ok(fhrl_vary_parse(&v, s, " mu=.1:.1:1", "here", &err)); // ten times a tenth is not 1 in binary
  ck_assert_int_eq(v.points, 10);
  ck_assert_double_eq_tol(v.axis[0].value[9], 1.0, 1e-15);
  fhrl_vary_free(&v);
  assert_ok(fhrl_vary_parse(&v, s, "mu = 3:-1:-0.5", "here", &err));
  ck_assert_int_eq(v.points, 4);
  ck_assert_double_eq(v.axis[0].value[3], 0.0);
  fhrl_vary_free(&v);
  assert_ok(fhrl_vary_parse(&v, s, " \t", "here", &err));
  ck_assert_int_eq(v.axes, 0);
  ck_assert_int_eq(v.points, 1);
  fhrl_vary_free(&v);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(axes_make_a_grid_whose_last_runs_fastest)
{
  fhrl_vary v;
  fhrl_system *s = bind("lotka_volterra");
  double p[4];
  assert_ok(fhrl_vary_parse(&v, s, "d = 1, 2; a = 0.5:0.25:1; c = 0.1, 0.2", "here", &err));
  ck_assert_int_eq(v.points, 12);
  for (long k = 0; k < 12; k++) {
    assert_ok(fhrl_vary_at(&v, s, 1, k, 0, p, &err));
    ck_assert_double_eq(p[0], 0.5 + 0.25 * (double)(k / 2 % 3));
    ck_assert_double_eq(p[1], 0.5); // its default
    ck_assert_double_eq(p[2], k % 2 ? 0.2 : 0.1);
    ck_assert_double_eq(p[3], k < 6 ? 1.0 : 2.0);
  }
  fhrl_vary_free(&v);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(draws_fill_their_range_and_depend_on_seed_and_member_alone)
{
  enum { DRAWS = 2000 };
  fhrl_vary v;
  fhrl_system *s = bind("fhrl");
  const int kappa = fhrl_system_param(s->model, "kappa"), eta = fhrl_system_param(s->model, "eta"),
            drive = fhrl_system_param(s->model, "drive");
  double p[16], again[16], sum = 0.0, logs = 0.0, both = 0.0;
  assert_ok(fhrl_vary_parse(&v, s, "kappa = uniform 0.5 2.5; drive = tanh, none; eta = log 1e-3 10", "here", &err));
  ck_assert_int_eq(v.points, 2);
  ck_assert_int_eq(v.random, 2);
  for (long k = 0; k < DRAWS; k++) {
    assert_ok(fhrl_vary_at(&v, s, 7, 0, k, p, &err));
    assert_ok(fhrl_vary_at(&v, s, 7, 1, k, again, &err));
    ck_assert_double_eq(p[kappa], again[kappa]); // the same at every point: what differs is the point
    ck_assert_double_eq(p[drive], 0.0);
    ck_assert_double_eq(again[drive], 2.0);
    ck_assert(p[kappa] >= 0.5 && p[kappa] < 2.5 && p[eta] >= 1e-3 && p[eta] <= 10.0);
    sum += p[kappa];
    logs += log10(p[eta]);
    both += (p[kappa] - 1.5) * (log10(p[eta]) + 1.0);
  }
  // five standard deviations of means of 2000: 2/sqrt(12), 4/sqrt(12) and their product, over sqrt(2000)
  ck_assert_double_eq_tol(sum / DRAWS, 1.5, 0.065);
  ck_assert_double_eq_tol(logs / DRAWS, -1.0, 0.13);
  ck_assert_double_eq_tol(both / DRAWS, 0.0, 0.075);
  assert_ok(fhrl_vary_at(&v, s, 8, 1, 0, p, &err));
  assert_ok(fhrl_vary_at(&v, s, 7, 1, 0, again, &err));
  ck_assert_double_ne(p[kappa], again[kappa]);
  fhrl_vary_free(&v);
  fhrl_system_destroy(s);
}
END_TEST

static const struct {
  const char *model, *text;
  fhrl_status status;
  const char *part;
} refused[] = {
  {"van_der_pol", "nu = 1", FHRL_ARG, "x.ini:7: ensemble.vary: van_der_pol has no parameter 'nu'; allowed: mu"},
  {"van_der_pol", "1, 2", FHRL_ARG, "x.ini:7: ensemble.vary: '1, 2' is no axis; write NAME = values"},
  {"van_der_pol", "mu = 1;", FHRL_ARG, "'' is no axis"},
  {"van_der_pol", "mu =", FHRL_ARG, "mu = '' is not allowed; allowed: any number"},
  {"van_der_pol", "mu = 1,,2", FHRL_ARG, "mu = '' is not allowed"},
  {"van_der_pol", "mu = 1 2", FHRL_ARG, "mu = '1 2' is not allowed"},
  {"van_der_pol", "mu = nan", FHRL_ARG, "mu = 'nan' is not allowed"},
  {"van_der_pol", "mu = 1e999", FHRL_ARG, "mu = '1e999' is not allowed"},
  {"van_der_pol", "mu = 1:2", FHRL_ARG, "mu = '1:2' is no range; write start:step:stop"},
  {"van_der_pol", "mu = 1:1:2:3", FHRL_ARG, "mu = '1:1:2:3' is no range; write start:step:stop"},
  {"van_der_pol", "mu = 1:-1:2", FHRL_ARG, "mu = '1:-1:2' never gets from 1 to 2; allowed: a step towards stop"},
  {"van_der_pol", "mu = 1:0:2", FHRL_ARG, "never gets from 1 to 2"},
  {"van_der_pol", "mu = 0:1e-9:1", FHRL_LIMIT, "more than 1000000 values"},
  {"van_der_pol", "mu = 1; mu = 2", FHRL_ARG, "mu is given twice"},
  {"van_der_pol", "mu = uniform 1", FHRL_ARG, "mu = uniform '' is no range; write uniform LOW HIGH"},
  {"van_der_pol", "mu = uniform 2 1", FHRL_ARG, "mu = uniform '2 1' is no range; write uniform LOW HIGH, LOW below HIGH"},
  {"van_der_pol", "mu = log 0 1", FHRL_ARG, "write log LOW HIGH, LOW below HIGH and positive"},
  {"lotka_volterra", "a = 1, -0.5", FHRL_ARG, "a = '-0.5' is not allowed; allowed: number > 0"},
  {"lotka_volterra", "a = 1:-0.5:-1", FHRL_ARG, "a = '0' is not allowed; allowed: number > 0"},
  {"lotka_volterra", "a = uniform -1 1", FHRL_ARG, "a = '-1' is not allowed; allowed: number > 0"},
  {"fhrl_layer", "alpha = uniform 0.5 1.5", FHRL_ARG, "alpha = '1.5' is not allowed; allowed: number in "},
  {"fhrl", "d = 2, 3", FHRL_ARG, "d = 3 changes the shapes of fhrl (12 states, not 6), which all members share"},
  {"fhrl", "W = 1", FHRL_ARG, "W is a matrix, which all members share; allowed: scalar parameters"},
  {"fhrl", "drive = tanh, relu", FHRL_ARG, "drive = 'relu' is not allowed; allowed: tanh|fastweight|none"},
  {"fhrl", "drive = uniform 0 1", FHRL_ARG, "drive is no real number to draw"},
  {"fhrl", "drive = 0:1:2", FHRL_ARG, "drive = '0:1:2' is not allowed"},
  {"idp_hopfield", "P = 4, 3.5", FHRL_ARG, "P = '3.5' is not allowed; allowed: whole number"},
  {"fhrl", "kappa=1;gamma=1;lambda=1;eta=1;beta=1;epsilon=1;drive=none;memory=outer;homeostasis=none", FHRL_LIMIT,
   "more than 8 axes"},
  {"lorenz", "sigma = 1:1:1e4; r = 1:1:1e5", FHRL_LIMIT, "points are more than 1e8"},
};

START_TEST(what_cannot_be_is_refused_by_place_and_value)
{
  fhrl_vary v;
  fhrl_system *s = bind(refused[_i].model);
  assert_fails(fhrl_vary_parse(&v, s, refused[_i].text, "x.ini:7", &err), refused[_i].status, &err, refused[_i].part);
  assert_fails(refused[_i].status, refused[_i].status, &err, "x.ini:7: ensemble.vary");
  ck_assert_int_eq(v.axes, 0);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(values_that_a_model_refuses_together_are_found_at_their_point)
{
  double p[16];
  fhrl_vary v;
  fhrl_system *s = bind("fhrl_layer");
  assert_ok(fhrl_vary_parse(&v, s, "alpha = 0.5, 1; rate = paper, exact", "here", &err)); // -ln(1 - alpha) has to be finite
  for (long k = 0; k < 3; k++) assert_ok(fhrl_vary_at(&v, s, 1, k, 0, p, &err));
  assert_fails(fhrl_vary_at(&v, s, 1, 3, 0, p, &err), FHRL_ARG, &err, "model fhrl_layer: ");
  fhrl_vary_free(&v);
  fhrl_system_destroy(s);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/vary");
  TCase *t = tcase_create("vary");
  tcase_add_test(t, lists_and_steps_make_an_axis);
  tcase_add_test(t, axes_make_a_grid_whose_last_runs_fastest);
  tcase_add_test(t, draws_fill_their_range_and_depend_on_seed_and_member_alone);
  tcase_add_loop_test(t, what_cannot_be_is_refused_by_place_and_value, 0, FHRL_COUNT(refused));
  tcase_add_test(t, values_that_a_model_refuses_together_are_found_at_their_point);
  suite_add_tcase(s, t);
  return run_suite(s);
}
