// SPDX-License-Identifier: GPL-3.0-or-later
// test_idp_cycle: the cycle of memories as retrieval becomes fast: its period, its rate of convergence, and where it ends
//
// With FHRL_LONG in the environment (make check-long) the threshold is followed over four decades of epsilon.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "orbit.h"
#include "support.h"

static fhrl_err err;

// theory 5: as epsilon -> 0 T = ln Z with Z = kappa (1 - 1/Z) + Z^-(P-1), which begins at kappa_c = min sum_{j=-1}^{P-2} Z^-j
static const struct limit {
  int P;
  double period, threshold; // at kappa = 5; of kappa
  double order;             // of T(epsilon) - T in epsilon, seen for epsilon = 10^-3 .. 10^-4.5
} limits[] = {{4, 1.295027, 3.6107, 0.938}, {8, 1.285986, 3.9833, 0.936}};

enum { STATES_MAX = 16 + 8 };

static double excess(double kappa, int P, double Z) { return kappa * (1.0 - 1.0 / Z) + pow(Z, 1 - P) - Z; }

// The largest root for kappa = 5: the saliency falls back to it from above.
static double limit_period(int P)
{
  double low = 2.5, high = 5.0;
  for (int k = 0; k < 60; k++) {
    const double middle = 0.5 * (low + high);
    if (excess(5.0, P, middle) > 0.0)
      low = middle;
    else
      high = middle;
  }
  return log(low);
}

static double limit_threshold(int P)
{
  double least = HUGE_VAL;
  for (double Z = 1.001; Z < 6.0; Z += 1e-4) {
    double sum = 0.0;
    for (int j = -1; j <= P - 2; j++) sum += pow(Z, -j);
    least = fmin(least, sum);
  }
  return least;
}

START_TEST(the_limit_has_its_numbers)
{
  const struct limit *l = &limits[_i];
  ck_assert_double_eq_tol(limit_period(l->P), l->period, 5e-7);
  ck_assert_double_eq_tol(limit_threshold(l->P), l->threshold, 5e-5);
  // the threshold is where a root of the map is double
  const double kappa = limit_threshold(l->P);
  double best = -HUGE_VAL;
  for (double Z = 1.2; Z < 4.0; Z += 1e-4) best = fmax(best, excess(kappa, l->P, Z));
  ck_assert_double_eq_tol(best, 0.0, 1e-6);
}
END_TEST

static fhrl_system *network(int P, double epsilon, double kappa, double **u)
{
  return orbit_bind("idp_hopfield", (orbit_value[]){{"P", P}, {"epsilon", epsilon}, {"kappa", kappa}, {NULL}}, 1, u);
}

static fhrl_integrator *begin(fhrl_system *s, double rtol, const double x[])
{
  const fhrl_solver solver = {.method = FHRL_METHOD_DOP853, .rtol = rtol, .atol = 1e-2 * rtol, .max_steps = 100000000};
  fhrl_integrator *it;
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x, &it, &err));
  return it;
}

// Mean time between two switches over the last turn of the cycle within t = 40.
static double period(int P, double epsilon)
{
  double *u, x[STATES_MAX], last[16] = {0.0};
  long count, found = 0;
  fhrl_system *s = network(P, epsilon, 5.0, &u);
  orbit_start(s, 1, x);
  fhrl_integrator *it = begin(s, 1e-10, x);
  assert_ok(fhrl_integrator_advance(it, 40.0, &err));
  const fhrl_happening *happened = fhrl_integrator_events(it, &count);
  for (long k = 0; k < count; k++)
    if (strcmp(s->model->event[happened[k].event].name, "switch") == 0) last[found++ % 16] = happened[k].t;
  ck_assert_int_gt(found, 20); // each turn leaves .38 of what the start was off
  const double T = (last[(found - 1) % 16] - last[(found - 1 - P) % 16]) / P;
  fhrl_integrator_destroy(it);
  free(u);
  fhrl_system_destroy(s);
  return T;
}

static double determinant(const double a[3], const double b[3], const double c[3])
{
  return a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
}

// The delay of a switch is some epsilon ln(1/epsilon): T(epsilon) = T + epsilon (A ln(1/epsilon) + B) as long as epsilon is
// large against delta (1e-6), so that in the logarithms its order is a little below 1.
START_TEST(periods_converge_to_the_limit_at_a_known_rate)
{
  enum { POINTS = 4 };
  const struct limit *l = &limits[_i];
  const double T = limit_period(l->P);
  double epsilon[POINTS], seen[POINTS], mean_x = 0.0, mean_y = 0.0, xy = 0.0, xx = 0.0;
  for (int k = 0; k < POINTS; k++) {
    epsilon[k] = pow(10.0, -3.0 - 0.5 * k);
    seen[k] = period(l->P, epsilon[k]);
    ck_assert_double_gt(seen[k], T);
    mean_x += log(epsilon[k]) / POINTS;
    mean_y += log(seen[k] - T) / POINTS;
  }
  for (int k = 0; k < POINTS; k++) {
    const double x = log(epsilon[k]) - mean_x;
    xy += x * (log(seen[k] - T) - mean_y);
    xx += x * x;
  }
  ck_assert_double_eq_tol(xy / xx, l->order, 0.003);
  // T, A and B from three of them
  static const int at[] = {0, 2, 3};
  double one[3], slope[3], line[3], y[3];
  for (int k = 0; k < 3; k++) {
    const double e = epsilon[at[k]];
    one[k] = 1.0;
    slope[k] = e * log(1.0 / e);
    line[k] = e;
    y[k] = seen[at[k]];
  }
  const double all = determinant(one, slope, line), found = determinant(y, slope, line) / all;
  const double A = determinant(one, y, line) / all, B = determinant(one, slope, y) / all;
  printf("P = %d: T -> %.6f (theory %.6f), T(epsilon) - T ~ epsilon^%.3f = epsilon (%.3f ln(1/epsilon) + %.2f)\n", l->P, found, T,
    xy / xx, A, B);
  ck_assert_double_eq_tol(found, l->period, 1e-5);
  // and the fourth is where they say
  const double e = epsilon[1];
  ck_assert_double_eq_tol(seen[1] - found, e * (A * log(1.0 / e) + B), 0.01 * (seen[1] - found));
}
END_TEST

// ---- where the cycle ends

// Carries x on by T at kappa; 1 if memories are still recalled. Once they are not, everything decays.
static int lives(int P, double epsilon, double kappa, double T, double x[])
{
  double *u, most = 1.0;
  fhrl_system *s = network(P, epsilon, kappa, &u);
  fhrl_integrator *it = begin(s, 1e-8, x);
  for (double t = 5.0; t <= T && most > 0.1; t += 5.0) {
    assert_ok(fhrl_integrator_advance(it, t, &err));
    const double *alpha = fhrl_integrator_state(it) + 16;
    most = 0.0;
    for (int mu = 0; mu < P; mu++) most = fmax(most, alpha[mu]);
  }
  memcpy(x, fhrl_integrator_state(it), (size_t)s->n * sizeof *x);
  fhrl_integrator_destroy(it);
  free(u);
  fhrl_system_destroy(s);
  return most > 0.1;
}

// The cycle is followed down from kappa = 5, each time from where it was: from the model's start it would break earlier.
static double follow(int P, double epsilon, double lowest, double x[])
{
  double *u, kappa = 5.0;
  fhrl_system *s = network(P, epsilon, kappa, &u);
  orbit_start(s, 1, x);
  free(u);
  fhrl_system_destroy(s);
  for (; kappa > lowest; kappa -= 0.1) {
    double next[STATES_MAX];
    memcpy(next, x, sizeof next);
    if (!lives(P, epsilon, kappa, 25.0, next)) break;
    memcpy(x, next, sizeof next);
  }
  return kappa + 0.1; // the last that lived
}

START_TEST(the_cycle_ends_near_its_threshold)
{
  static const double alive[] = {3.545, 3.715}, dead[] = {3.52, 3.69}; // at epsilon = 1e-2; its limits are 3.6107 and 3.9833
  double x[STATES_MAX] = {0.0}, y[STATES_MAX];
  follow(limits[_i].P, 1e-2, alive[_i] + 0.1, x);
  ck_assert_int_eq(lives(limits[_i].P, 1e-2, alive[_i], 100.0, x), 1);
  memcpy(y, x, sizeof y);
  ck_assert_int_eq(lives(limits[_i].P, 1e-2, dead[_i], 200.0, y), 0);
}
END_TEST

// To 0.002; what dies slower than within 300 is missed, which is less.
static double threshold(int P, double epsilon)
{
  double x[STATES_MAX] = {0.0}, high = follow(P, epsilon, 2.0, x), low = high - 0.1;
  while (high - low > 2e-3) {
    const double middle = 0.5 * (low + high);
    double y[STATES_MAX];
    memcpy(y, x, sizeof y);
    if (lives(P, epsilon, middle, 300.0, y)) {
      high = middle;
      memcpy(x, y, sizeof y);
    } else
      low = middle;
  }
  return 0.5 * (low + high);
}

// Falls with epsilon at first, then rises: a slow retrieval hands more on, and in the end too late.
START_TEST(the_threshold_shifts_with_epsilon)
{
  enum { DECADES = 4 };
  const struct limit *l = &limits[_i];
  const double kappa_c = limit_threshold(l->P);
  double shift[DECADES];
  for (int k = 0; k < DECADES; k++) {
    const double epsilon = pow(10.0, -1.0 - k);
    shift[k] = threshold(l->P, epsilon) - kappa_c;
    printf("P = %d: kappa_c(%g) = %.3f, limit %.4f, shift %+.3f\n", l->P, epsilon, kappa_c + shift[k], kappa_c, shift[k]);
  }
  ck_assert_double_gt(shift[0], 0.4);
  for (int k = 1; k < DECADES; k++) ck_assert_double_lt(shift[k], -0.004);
  const double order = log10(shift[2] / shift[3]);
  printf("P = %d: between the last two its order is %.2f\n", l->P, order);
  ck_assert(order > 0.8 && order < 1.0); // as the delay, epsilon ln(1/epsilon): .87 for these two
}
END_TEST

int main(void)
{
  Suite *s = suite_create("models/idp_cycle");
  TCase *t = tcase_create("cycle");
  tcase_set_timeout(t, getenv("FHRL_LONG") ? 1800 : 60);
  tcase_add_loop_test(t, the_limit_has_its_numbers, 0, FHRL_COUNT(limits));
  tcase_add_loop_test(t, periods_converge_to_the_limit_at_a_known_rate, 0, FHRL_COUNT(limits));
  tcase_add_loop_test(t, the_cycle_ends_near_its_threshold, 0, FHRL_COUNT(limits));
  if (getenv("FHRL_LONG")) tcase_add_loop_test(t, the_threshold_shifts_with_epsilon, 0, FHRL_COUNT(limits));
  suite_add_tcase(s, t);
  return run_suite(s);
}
