// SPDX-License-Identifier: GPL-3.0-or-later
// test_contour: zero lines of functions whose zero lines are known
#include "analysis/contour.h"

#include <math.h>

#include "support.h"

enum { N = 41 };
static double f[N * N];

static int lines(const fhrl_contour *c)
{
  int n = 0;
  for (int i = 0; i < c->points; i++) n += isnan(c->point[2 * i]);
  return n;
}

START_TEST(a_circle_is_one_closed_line)
{
  fhrl_err err = {FHRL_OK, ""};
  for (int i = 0; i < N * N; i++) f[i] = hypot(i % N - 20.3, i / N - 19.8) - 12.385;
  fhrl_contour c;
  assert_ok(fhrl_contour_zero(N, N, f, &c, &err));
  ck_assert_int_eq(lines(&c), 1);
  double length = 0.0;
  for (int i = 0; i + 2 < c.points; i++) {
    const double *p = c.point + 2 * i;
    ck_assert_double_eq_tol(hypot(p[0] - 20.3, p[1] - 19.8), 12.385, 0.02);
    length += hypot(p[2] - p[0], p[3] - p[1]);
  }
  ck_assert_double_eq_tol(length, 2 * 3.14159265 * 12.385, 0.1); // closed: the last point is the first
  fhrl_contour_free(&c);
}
END_TEST

START_TEST(a_straight_line_runs_from_border_to_border)
{
  fhrl_err err = {FHRL_OK, ""};
  for (int i = 0; i < N * N; i++) f[i] = 0.7 * (i % N) - (i / N) + 3.1; // y = 0.7 x + 3.1
  fhrl_contour c;
  assert_ok(fhrl_contour_zero(N, N, f, &c, &err));
  ck_assert_int_eq(lines(&c), 1);
  for (int i = 0; i + 1 < c.points; i++) ck_assert_double_eq_tol(c.point[2 * i + 1], 0.7 * c.point[2 * i] + 3.1, 1e-12);
  const double *last = c.point + 2 * (c.points - 2);
  ck_assert_double_eq_tol(fabs(last[0] - c.point[0]), 40, 1e-12);
  fhrl_contour_free(&c);
}
END_TEST

START_TEST(lines_that_cross_lose_no_part)
{
  fhrl_err err = {FHRL_OK, ""};
  for (int i = 0; i < N * N; i++) f[i] = (i % N - 20.4) * (i / N - 17.7);
  fhrl_contour c;
  assert_ok(fhrl_contour_zero(N, N, f, &c, &err));
  double length = 0.0;
  for (int i = 0; i + 1 < c.points; i++) {
    const double *p = c.point + 2 * i;
    if (!isnan(p[0]) && !isnan(p[2])) length += hypot(p[2] - p[0], p[3] - p[1]);
  }
  ck_assert_int_eq(lines(&c), 2);
  ck_assert_double_eq_tol(length, 80, 1.0);
  fhrl_contour_free(&c);
}
END_TEST

START_TEST(nothing_is_drawn_without_a_zero_or_a_number)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_contour c;
  for (int i = 0; i < N * N; i++) f[i] = 2.385;
  assert_ok(fhrl_contour_zero(N, N, f, &c, &err));
  ck_assert_int_eq(c.points, 0);
  fhrl_contour_free(&c);
  for (int i = 0; i < N * N; i++) f[i] = i % N < 20 ? -1.0 : (double)NAN;
  assert_ok(fhrl_contour_zero(N, N, f, &c, &err));
  ck_assert_int_eq(c.points, 0);
  fhrl_contour_free(&c);
}
END_TEST

static double reciprocal(void *context, double column, double row) { return 1.0 / (column - 20.3) + 0.02 * (row - 17.7); }

static double sign_of(void *context, double column, double row) { return column < 20.3 ? -1.0 : 1.0; }

// 1/(x - 20.3) + (y - 17.7)/50 changes sign across x = 20.3, where it does not vanish, and is zero on a hyperbola.
START_TEST(a_pole_is_no_zero_but_a_jump_is)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_contour c;
  int on = 0;
  for (int i = 0; i < N * N; i++) f[i] = reciprocal(NULL, i % N, i / N);
  assert_ok(fhrl_contour_zero_of(N, N, f, reciprocal, NULL, &c, &err));
  for (int i = 0; i < c.points; i++) {
    const double *p = c.point + 2 * i;
    if (isnan(p[0])) continue;
    ck_assert_double_eq_tol(p[1], 17.7 - 50.0 / (p[0] - 20.3), 1.0); // as near as a cell
    on++;
  }
  ck_assert_int_ge(on, 40);
  fhrl_contour_free(&c);
  assert_ok(fhrl_contour_zero(N, N, f, &c, &err)); // from the grid alone it cannot be told
  ck_assert_int_gt(c.points, on + N);
  fhrl_contour_free(&c);
  for (int i = 0; i < N * N; i++) f[i] = sign_of(NULL, i % N, i / N);
  assert_ok(fhrl_contour_zero_of(N, N, f, sign_of, NULL, &c, &err));
  ck_assert_int_eq(c.points, N + 1);
  fhrl_contour_free(&c);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/contour");
  TCase *t = tcase_create("zero lines");
  tcase_add_test(t, a_circle_is_one_closed_line);
  tcase_add_test(t, a_straight_line_runs_from_border_to_border);
  tcase_add_test(t, lines_that_cross_lose_no_part);
  tcase_add_test(t, nothing_is_drawn_without_a_zero_or_a_number);
  tcase_add_test(t, a_pole_is_no_zero_but_a_jump_is);
  suite_add_tcase(s, t);
  return run_suite(s);
}
