// SPDX-License-Identifier: GPL-3.0-or-later
// test_networks: liquid and random networks: the theorems and closed forms of the one, silence and chaos of the other
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "orbit.h"
#include "support.h"

static fhrl_err err;

static void uniform(uint32_t seed, uint32_t step, size_t n, double out[])
{
  fhrl_random_uniform((fhrl_random){.seed = seed, .stream = FHRL_STREAM_NULL, .step = step}, 0, n,
                      out);
}

// ---- ltc

enum { UNITS = 8, W = 0, U, B, A }; // most units; matrices of ltc

// A random network under an input held over unit times, from a start within its box.
typedef struct liquid {
  fhrl_system *s;
  fhrl_input input;
  double *u, tau, x0[UNITS];
} liquid;

static liquid make_liquid(uint32_t seed)
{
  liquid net;
  double dice[16], held[2 * 12], where[UNITS];
  uniform(seed, 0, 16, dice);
  uniform(seed, 1, UNITS, where);
  fhrl_random_normal((fhrl_random){.seed = seed, .stream = FHRL_STREAM_INPUT}, 0, 24, held);
  for (int i = 0; i < 24; i++) held[i] *= 3.0;
  const int n = 1 + (int)(UNITS * dice[0]);
  net.tau = pow(10.0, 2.0 * dice[1] - 1.0); // 0.1 .. 10
  const orbit_value values[] = {{"n", n}, {"tau", net.tau}, {NULL}};
  net.s = orbit_bind("ltc", values, seed, &net.u);
  assert_ok(fhrl_input_hold(&net.input, 12, 2, held, &err));
  for (int i = 0; i < n; i++) net.x0[i] = where[i] * net.s->m[A][i];
  return net;
}

static void drop_liquid(liquid *net)
{
  fhrl_input_free(&net->input);
  free(net->u);
  fhrl_system_destroy(net->s);
}

// What the terms say of the gate f at a state; its extremes.
static void gates(const fhrl_system *s, const double x[], double *low, double *high)
{
  double gate[UNITS];
  s->model->split(s, 1, 0.0, x, gate);
  *low = HUGE_VAL;
  *high = 0.0;
  for (int i = 0; i < s->n; i++) {
    if (fabs(s->m[A][i] - x[i]) < 1e-3) continue; // where the quotient has lost its digits
    const double f = gate[i] / (s->m[A][i] - x[i]);
    *low = fmin(*low, f);
    *high = fmax(*high, f);
  }
}

// Hasani et al. 2021, theorems 1 and 2, on 1000 networks: 100 in each of 10 loops.
START_TEST(time_constants_and_states_of_liquid_networks_stay_in_their_bounds)
{
  for (uint32_t k = 0; k < 100; k++) {
    liquid net = make_liquid(100 * (uint32_t)_i + k + 1);
    fhrl_trajectory tr = orbit_record(net.s, &net.input, net.x0, 0.25, 12.0, 1e-8);
    const int n = net.s->n;
    for (size_t at = 0; at < tr.count; at++) {
      const double *x = tr.x + at * (size_t)n, *obs = tr.obs + at * 3;
      double low, high, outside = 0.0;
      net.s->u = tr.u + at * 2;
      gates(net.s, x, &low, &high);
      if (high > 0.0) { // theorem 1, from the terms and from the observables
        ck_assert(low > 0.0 && high < 1.0);
        ck_assert_double_le(obs[1], net.tau / (1.0 + net.tau * high) + 1e-9 * net.tau);
        ck_assert_double_ge(obs[2], net.tau / (1.0 + net.tau * low) - 1e-9 * net.tau);
      }
      ck_assert(obs[1] >= net.tau / (1.0 + net.tau) && obs[1] <= obs[2] && obs[2] <= net.tau);
      for (int i = 0; i < n; i++) { // theorem 2
        const double a = net.s->m[A][i];
        outside = fmax(outside, fmax(x[i] - fmax(0.0, a), fmin(0.0, a) - x[i]));
      }
      ck_assert_double_le(outside, 1e-7); // ten times what the integration may err by
    }
    net.s->u = net.u;
    fhrl_trajectory_free(&tr);
    drop_liquid(&net);
  }
}
END_TEST

// Without recurrence f depends on the input alone.
static fhrl_system *frozen(uint32_t seed, double tau, double **u, double f[], double f_minus[])
{
  static const double zero[UNITS * UNITS] = {0.0};
  const orbit_value values[] = {{"n", UNITS}, {"tau", tau}, {NULL}};
  fhrl_system *drawn = orbit_bind("ltc", values, seed, u), *s;
  const double *m[] = {zero, drawn->m[U], drawn->m[B], drawn->m[A]};
  assert_ok(fhrl_system_bind(drawn->model, drawn->p, m, &s, &err));
  s->u = *u;
  for (int i = 0; i < UNITS; i++) {
    const double z = m[U][2 * i] * s->u[0] + m[U][2 * i + 1] * s->u[1];
    f[i] = 1.0 / (1.0 + exp(-z - m[B][i]));
    f_minus[i] = 1.0 / (1.0 + exp(z - m[B][i]));
  }
  fhrl_system_destroy(drawn);
  return s;
}

START_TEST(a_frozen_gate_has_a_closed_form_and_hasanis_is_an_approximation)
{
  double worst = 0.0, scale = 0.0;
  for (uint32_t seed = 1; seed <= 20; seed++) {
    const double tau = 0.2 * seed;
    double *u, f[UNITS], f_minus[UNITS], x[UNITS];
    fhrl_system *s = frozen(seed, tau, &u, f, f_minus);
    fhrl_random_normal((fhrl_random){.seed = seed, .stream = FHRL_STREAM_START}, 0, UNITS, x);
    fhrl_trajectory tr = orbit_record(s, NULL, x, 0.5, 60.0, 1e-13);
    for (size_t k = 0; k < tr.count; k++)
      for (int i = 0; i < UNITS; i++) {
        const double a = s->m[A][i], rate = 1.0 / tau + f[i], rest = f[i] * a / rate;
        const double got = tr.x[k * UNITS + (size_t)i];
        ck_assert_double_eq_tol(got, rest + (x[i] - rest) * exp(-rate * tr.t[k]), 1e-9);
        const double approximation = (x[i] - a) * exp(-rate * tr.t[k]) * f_minus[i] + a;
        worst = fmax(worst, fabs(approximation - got));
        scale = fmax(scale, fabs(got));
        // late, it is off by what the leak takes: |A|/(1 + tau f)
        if (k == tr.count - 1)
          ck_assert_double_eq_tol(fabs(approximation - got), fabs(a) / (1.0 + tau * f[i]), 1e-3);
      }
    fhrl_trajectory_free(&tr);
    free(u);
    fhrl_system_destroy(s);
  }
  printf("closed form of Hasani et al. 2022: largest error %.3f where |x| <= %.3f\n", worst, scale);
  ck_assert_double_gt(worst, 0.1); // no approximation to rely on for values
}
END_TEST

// ---- cfc

START_TEST(cfc_interpolates_between_its_heads)
{
  double *u, x[UNITS], zero[UNITS], one[UNITS], two[UNITS], far[UNITS];
  const double dt[] = {0.0, 0.4, 0.8, 1e6};
  double *const out[] = {zero, one, two, far};
  uniform(9, 0, UNITS, x);
  for (int k = 0; k < 4; k++) {
    fhrl_system *s = orbit_bind("cfc", (orbit_value[]){{"dt", dt[k]}, {NULL}}, 4, &u);
    s->model->step(s, 0.0, x, out[k]);
    for (int i = 0; i < UNITS; i++) ck_assert_double_lt(fabs(out[k][i]), 1.0);
    free(u);
    fhrl_system_destroy(s);
  }
  for (int i = 0; i < UNITS;
       i++) { // dt = 0: half of each; dt -> infinity: one of them, so the other is known
    const double other = 2.0 * zero[i] - far[i];
    const double share = (one[i] - other) / (far[i] - other),
                 later = (two[i] - other) / (far[i] - other);
    ck_assert(share > 0.5 && share < 1.0);
    ck_assert_double_eq_tol(log(later / (1.0 - later)), 2.0 * log(share / (1.0 - share)),
                            1e-9); // |f| dt
  }
}
END_TEST

// ---- random networks

enum { N_RANDOM = 200, RANDOM_SEEDS = 8 };

// What a network of gain g does after 200 times: its activity, its least speed since 100, its largest exponent from there.
static void watch(double g, uint32_t seed, double *rms, double *least, double *exponent)
{
  double *u, x[N_RANDOM];
  const orbit_value values[] = {{"n", N_RANDOM}, {"g", g}, {NULL}};
  fhrl_system *s = orbit_bind("random_rnn", values, seed, &u);
  orbit_start(s, seed, x);
  fhrl_trajectory tr = orbit_record(s, NULL, x, 1.0, 200.0, 1e-8);
  *least = HUGE_VAL;
  for (size_t k = 100; k < tr.count; k++) *least = fmin(*least, tr.obs[2 * k + 1]);
  *rms = tr.obs[2 * tr.count - 2];
  memcpy(x, tr.x + (tr.count - 1) * N_RANDOM, sizeof x);
  fhrl_trajectory_free(&tr);
  if (exponent) orbit_exponents(s, x, 1, 100.0, 0.05, exponent, NULL);
  free(u);
  fhrl_system_destroy(s);
}

START_TEST(below_one_a_random_network_falls_silent)
{
  static const double gain[] = {0.3, 0.5, 0.8};
  double rms, least;
  for (uint32_t seed = 1; seed <= RANDOM_SEEDS; seed++) {
    watch(gain[_i], seed, &rms, &least, NULL);
    ck_assert_double_lt(
      rms, 1e-6); // exp(-(1 - g) 200) and more: the edge of the spectrum is blurred at this size
  }
}
END_TEST

// Chaos for every g > 1 is a theorem of infinite networks. Of 200 units some networks rest at a point other than silence
// (3 of 12 at g = 1.5 in an independent program), so the claim here is on all: not silent; and on most: restless, and
// at g = 2 chaotic.
START_TEST(above_one_it_does_not_and_most_never_rest)
{
  static const double gain[] = {1.5, 2.0};
  double rms, least, exponent;
  int restless = 0, chaotic = 0;
  for (uint32_t seed = 1; seed <= RANDOM_SEEDS; seed++) {
    watch(gain[_i], seed, &rms, &least, &exponent);
    ck_assert_double_gt(rms, 0.3);
    restless += least > 0.01;
    chaotic += exponent > 0.01;
  }
  printf("g = %g: %d of %d networks restless, %d chaotic\n", gain[_i], restless, RANDOM_SEEDS,
         chaotic);
  ck_assert_int_ge(restless, 5);
  if (gain[_i] == 2.0) ck_assert_int_ge(chaotic, 5); // at 1.5 many cycle, at this size
}
END_TEST

START_TEST(without_plasticity_the_hebbian_network_is_the_random_one)
{
  enum { N = 40, ALL = N + N * N };
  double *u, *v, x[ALL] = {0.0}, y[N];
  const orbit_value still[] = {{"n", N}, {"k", 0.0}, {NULL}}, same[] = {{"n", N}, {NULL}};
  fhrl_system *hebbian = orbit_bind("hebbian_rnn", still, 7, &u),
              *random = orbit_bind("random_rnn", same, 7, &v);
  ck_assert_int_eq(hebbian->n, ALL);
  assert_close("J", hebbian->m[0], random->m[0], N * N, 0.0);
  orbit_start(random, 3, y);
  memcpy(x, y, sizeof y);
  fhrl_trajectory a = orbit_record(hebbian, NULL, x, 0.5, 10.0, 1e-12),
                  b = orbit_record(random, NULL, y, 0.5, 10.0, 1e-12);
  for (size_t k = 0; k < a.count; k++) {
    assert_close("x", a.x + k * ALL, b.x + k * N, N,
                 1e-8); // chaos has made little of 1e-12 by then
    ck_assert_double_eq(a.obs[3 * k + 2], 0.0);
  }
  fhrl_trajectory_free(&a);
  fhrl_trajectory_free(&b);
  free(u), free(v);
  fhrl_system_destroy(hebbian);
  fhrl_system_destroy(random);
}
END_TEST

START_TEST(hebbian_synapses_stay_symmetric_and_bounded)
{
  enum { N = 20, ALL = N + N * N };
  const double k = _i ? -2.0 : 2.0;
  double *u, x[ALL], most = 0.0;
  fhrl_system *s = orbit_bind("hebbian_rnn", (orbit_value[]){{"n", N}, {"k", k}, {NULL}}, 5, &u);
  orbit_start(s, 5, x);
  fhrl_trajectory tr = orbit_record(s, NULL, x, 0.5, 50.0, 1e-10);
  for (size_t at = 0; at < tr.count; at++) {
    const double *M = tr.x + at * ALL + N;
    double skew = 0.0;
    for (int i = 0; i < N; i++)
      for (int j = 0; j < i; j++) skew = fmax(skew, fabs(M[i * N + j] - M[j * N + i]));
    ck_assert_double_le(skew, 1e-12);
    ck_assert_double_le(tr.obs[3 * at + 2], fabs(k)); // |tanh x tanh x'|/n < 1
    most = fmax(most, tr.obs[3 * at + 2]);
  }
  ck_assert_double_gt(most, 0.1);
  fhrl_trajectory_free(&tr);
  free(u);
  fhrl_system_destroy(s);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("models/networks");
  TCase *t = tcase_create("networks");
  tcase_set_timeout(t, 180);
  tcase_add_loop_test(t, time_constants_and_states_of_liquid_networks_stay_in_their_bounds, 0, 10);
  tcase_add_test(t, a_frozen_gate_has_a_closed_form_and_hasanis_is_an_approximation);
  tcase_add_test(t, cfc_interpolates_between_its_heads);
  tcase_add_loop_test(t, below_one_a_random_network_falls_silent, 0, 3);
  tcase_add_loop_test(t, above_one_it_does_not_and_most_never_rest, 0, 2);
  tcase_add_test(t, without_plasticity_the_hebbian_network_is_the_random_one);
  tcase_add_loop_test(t, hebbian_synapses_stay_symmetric_and_bounded, 0, 2);
  suite_add_tcase(s, t);
  return run_suite(s);
}
