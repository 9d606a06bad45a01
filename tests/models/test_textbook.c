// SPDX-License-Identifier: GPL-3.0-or-later
// test_textbook: oscillators, populations, chaos: periods, invariants, exponents that are known
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dense.h"
#include "orbit.h"
#include "support.h"

static fhrl_err err;

// Time, at least 1, until x[0] next passes zero upwards; x is carried there. Newton's method from a bracket.
static double to_crossing(fhrl_system *s, double x[])
{
  const double stride = 0.05;
  double base[2], now[2], t = 1.0, tau = 0.0;
  memcpy(now, x, sizeof now);
  orbit_carry(s, t, now);
  do {
    memcpy(base, now, sizeof base);
    orbit_carry(s, stride, now);
    t += stride;
  } while (!(base[0] < 0.0 && now[0] >= 0.0));
  t -= stride;
  memcpy(now, base, sizeof now);
  for (int k = 0; k < 6; k++) {
    double dx[2];
    s->model->rhs(s, 0.0, now, dx);
    tau -= now[0] / dx[0];
    memcpy(now, base, sizeof now);
    orbit_carry(s, tau, now);
  }
  memcpy(x, now, sizeof now);
  return t + tau;
}

START_TEST(van_der_pol_has_its_period)
{
  static const double mu[] = {1.0, 3.0}, period[] = {6.66328686, 8.85909550}; // to all digits given
  double *u, x[2];
  fhrl_system *s = orbit_bind("van_der_pol", (orbit_value[]){{"mu", mu[_i]}, {NULL}}, 1, &u);
  orbit_start(s, 1, x);
  orbit_carry(s, 100.0, x);
  to_crossing(s, x);
  ck_assert_double_eq_tol(to_crossing(s, x), period[_i], 6e-9);
  free(u);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(lotka_volterra_keeps_its_invariant)
{
  static const orbit_value values[] = {{"a", 1.1}, {"b", 0.4}, {"c", 0.1}, {"d", 0.7}, {NULL}};
  double *u, x[] = {12.0, 5.0}, lowest = HUGE_VAL, highest = -HUGE_VAL, most = 0.0;
  fhrl_system *s = orbit_bind("lotka_volterra", values, 1, &u);
  fhrl_trajectory tr = orbit_record(s, NULL, x, 0.25, 200.0, 1e-12);
  for (size_t k = 0; k < tr.count; k++) {
    lowest = fmin(lowest, tr.obs[k]);
    highest = fmax(highest, tr.obs[k]);
    most = fmax(most, tr.x[2 * k]);
  }
  ck_assert_double_gt(most, 15.0);             // a large orbit, not the equilibrium
  ck_assert_double_le(highest - lowest, 1e-8); // some 1e4 steps with errors of 1e-12 each
  fhrl_trajectory_free(&tr);
  assert_fails(fhrl_system_start(s, 1, "0,1", x, &err), FHRL_ARG, &err,
               "populations must be positive");
  free(u);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(henon_heiles_keeps_its_energy)
{
  double *u, x[4], worst = 0.0;
  fhrl_system *s = orbit_bind("henon_heiles", NULL, 1, &u);
  orbit_start(s, 1, x);
  fhrl_trajectory tr = orbit_record(s, NULL, x, 0.5, 1000.0, 1e-12);
  ck_assert_double_eq_tol(tr.obs[0], 0.125, 1e-16);
  for (size_t k = 0; k < tr.count; k++) worst = fmax(worst, fabs(tr.obs[k] - 0.125));
  ck_assert_double_le(worst, 1e-9); // some 1e4 steps with errors of 1e-12 each
  fhrl_trajectory_free(&tr);
  free(u);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(hopf_goes_to_its_circle_at_its_rate)
{
  const double mu = 0.36, w = 2.0;
  double *u, x[2], r2, exponent[2];
  fhrl_system *s = orbit_bind("hopf", (orbit_value[]){{"mu", mu}, {"w", w}, {NULL}}, 1, &u);
  for (double t = 0.5; t < 9.0;
       t *= 2.0) { // d(r^2)/dt = 2 r^2 (mu - r^2), and the angle grows as w t
    x[0] = 0.1;
    x[1] = 0.0;
    orbit_carry(s, t, x);
    r2 = mu / (1.0 + (mu / 0.01 - 1.0) * exp(-2.0 * mu * t));
    ck_assert_double_eq_tol(x[0], sqrt(r2) * cos(w * t), 1e-9);
    ck_assert_double_eq_tol(x[1], sqrt(r2) * sin(w * t), 1e-9);
  }
  orbit_carry(s, 100.0, x);
  ck_assert_double_eq_tol(hypot(x[0], x[1]), sqrt(mu), 1e-10);
  orbit_exponents(s, x, 2, 400.0, 0.01, exponent, NULL);
  ck_assert_double_eq_tol(exponent[0], 0.0,
                          0.01); // some 1/T: the tangents turn to their directions first
  ck_assert_double_eq_tol(exponent[1], -2.0 * mu, 0.01);
  ck_assert_double_eq_tol(exponent[0] + exponent[1], -2.0 * mu, 1e-7);
  free(u);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(chaos_has_its_exponents)
{
  static const struct {
    const char *name;
    double T, h, largest,
      tolerance; // 0.9056 and 0.0714 are literature; a mean over T is known to some T^(-1/2)
  } known[] = {{"lorenz", 4000.0, 0.005, 0.9056, 0.005}, {"rossler", 10000.0, 0.01, 0.0714, 0.001}};
  double *u, x[3], exponent[3], divergence;
  fhrl_system *s = orbit_bind(known[_i].name, NULL, 1, &u);
  orbit_start(s, 1, x);
  orbit_carry(s, 50.0, x);
  orbit_exponents(s, x, 3, known[_i].T, known[_i].h, exponent, &divergence);
  ck_assert_double_eq_tol(exponent[0], known[_i].largest, known[_i].tolerance);
  ck_assert_double_eq_tol(exponent[1], 0.0, 0.003);
  // Liouville: volumes shrink by the divergence; the error is that of the steps and of the trapezium
  ck_assert_double_eq_tol(exponent[0] + exponent[1] + exponent[2], divergence, 1e-4);
  if (_i == 0) ck_assert_double_eq_tol(divergence, -41.0 / 3.0, 1e-9);
  if (_i == 1) ck_assert_double_lt(divergence, -5.0);
  free(u);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(a_hamiltonian_has_its_exponents_in_pairs)
{
  double *u, x[4], exponent[4], divergence;
  fhrl_system *s = orbit_bind("henon_heiles", NULL, 1, &u);
  orbit_start(s, 1, x);
  orbit_exponents(s, x, 4, 5000.0, 0.02, exponent, &divergence);
  ck_assert_double_gt(exponent[0], 0.03); // chaotic
  ck_assert_double_eq_tol(divergence, 0.0, 1e-15);
  ck_assert_double_eq_tol(exponent[0] + exponent[3], 0.0, 0.003); // log(T)/T
  ck_assert_double_eq_tol(exponent[1] + exponent[2], 0.0, 0.003);
  ck_assert_double_eq_tol(exponent[1], 0.0, 0.003);
  ck_assert_double_eq_tol(exponent[0] + exponent[1] + exponent[2] + exponent[3], 0.0, 1e-6);
  free(u);
  fhrl_system_destroy(s);
}
END_TEST

static int descending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x < y) - (x > y);
}

START_TEST(a_linear_system_has_the_real_parts_of_its_eigenvalues)
{
  enum { N = 5 };
  for (uint32_t seed = 1; seed <= 4; seed++) {
    double *u, x[N], exponent[N], re[N], im[N], divergence, trace = 0.0;
    fhrl_system *s = orbit_bind("linear", (orbit_value[]){{"n", N}, {NULL}}, seed, &u);
    orbit_start(s, seed, x);
    assert_ok(fhrl_dense_eigenvalues(N, s->m[0], re, im, &err));
    qsort(re, N, sizeof *re, descending);
    orbit_exponents(s, x, N, 200.0, 0.01, exponent, &divergence);
    qsort(exponent, N, sizeof *exponent, descending);
    for (int i = 0; i < N; i++) {
      ck_assert_double_eq_tol(exponent[i], re[i], 0.03); // a few 1/T: directions, and the turning of complex pairs
      trace += re[i];
    }
    ck_assert_double_eq_tol(divergence, trace, 1e-12);
    free(u);
    fhrl_system_destroy(s);
  }
}
END_TEST

enum { RING = 20 };

static fhrl_system *ring(int q, double spread, double **u)
{
  return orbit_bind("kuramoto_ring",
                    (orbit_value[]){{"n", RING}, {"q", q}, {"spread", spread}, {"K", 0.7}, {NULL}},
                    1, u);
}

START_TEST(twisted_states_are_stable_below_a_quarter_turn)
{
  const double K = 0.7, turn = 2.0 * FHRL_PI * _i / RING;
  double *u, x[RING], dx[RING], e[2 * RING], J[RING * RING], re[RING], im[RING],
    growth = -HUGE_VAL, want = -HUGE_VAL, obs[2];
  fhrl_system *s = ring(_i, 0.0, &u);
  orbit_start(s, 1, x);
  s->model->rhs(s, 0.0, x, dx);
  for (int i = 0; i < RING; i++) ck_assert_double_le(fabs(dx[i]), 1e-13);
  s->model->observe(s, 0.0, x, obs);
  ck_assert_double_eq_tol(obs[0], _i == 0 ? 1.0 : 0.0, 1e-14);
  if (_i < RING / 2) ck_assert_double_eq_tol(obs[1], _i, 1e-13);
  ck_assert_int_eq(fhrl_system_jacobian(s, 0.0, x, e, J), 0);
  assert_ok(fhrl_dense_eigenvalues(RING, J, re, im, &err));
  for (int k = 0, zeros = 0; k < RING; k++) {
    if (zeros == 0 && fabs(re[k]) < 1e-12)
      zeros++; // a turn of all phases together
    else
      growth = fmax(growth, re[k]);
  }
  for (int k = 1; k < RING; k++)
    want = fmax(want, -2.0 * K * cos(turn) * (1.0 - cos(2.0 * FHRL_PI * k / RING)));
  ck_assert_double_eq_tol(growth, want, 1e-12);
  if (4 * _i < RING) ck_assert_double_lt(growth, -0.01);
  if (4 * _i > RING) ck_assert_double_gt(growth, 0.01);
  free(u);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(a_disturbed_twist_returns_or_unwinds)
{
  static const int q[] = {0, 1, 3, 4, 6, 8};
  double *u, x[RING], obs[2];
  fhrl_system *s = ring(q[_i], 0.01, &u);
  orbit_start(s, 2, x);
  orbit_carry(s, 400.0, x);
  s->model->observe(s, 0.0, x, obs);
  if (4 * q[_i] < RING)
    ck_assert_double_eq_tol(obs[1], q[_i], 1e-9);
  else
    ck_assert_double_lt(fabs(obs[1]), q[_i] - 0.5);
  free(u);
  fhrl_system_destroy(s);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("models/textbook");
  TCase *t = tcase_create("textbook");
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, van_der_pol_has_its_period, 0, 2);
  tcase_add_test(t, lotka_volterra_keeps_its_invariant);
  tcase_add_test(t, henon_heiles_keeps_its_energy);
  tcase_add_test(t, hopf_goes_to_its_circle_at_its_rate);
  tcase_add_loop_test(t, chaos_has_its_exponents, 0, 2);
  tcase_add_test(t, a_hamiltonian_has_its_exponents_in_pairs);
  tcase_add_test(t, a_linear_system_has_the_real_parts_of_its_eigenvalues);
  tcase_add_loop_test(t, twisted_states_are_stable_below_a_quarter_turn, 0, RING / 2 + 1);
  tcase_add_loop_test(t, a_disturbed_twist_returns_or_unwinds, 0, 6);
  suite_add_tcase(s, t);
  return run_suite(s);
}
