// SPDX-License-Identifier: GPL-3.0-or-later
// test_fhrl_flow: trajectories of the split form and of the layer flow against the closed forms of theory 3
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dense.h"
#include "ode/integrator.h"
#include "support.h"
#include "variants.h"

enum { D, DRIVE, HOMEOSTASIS, MEMORY, BETA, GAMMA, KAPPA, EPSILON, LAMBDA, ETA, POLE, N_FHRL }; // parameters of fhrl
enum { L_D, L_R, L_ALPHA, L_BETA, L_GAMMA, L_C, L_RATE, L_POLE, N_LAYER };                      // and of fhrl_layer
enum { TANH, FASTWEIGHT, NONE };
enum { RADIAL, REENTRY, GAIN };
enum { OUTER, NORMALIZED };
enum { DIM = 4, N = DIM + DIM * DIM };

typedef struct run {
  fhrl_system *s;
  fhrl_integrator *it;
  double *u; // owned
} run;

// The model under its random matrices and a held random input, from x0.
static run begin(const char *name, const double p[], const double x0[], double rtol)
{
  const fhrl_solver how = {.method = FHRL_METHOD_ADAMS, .rtol = rtol, .atol = 1e-14, .max_steps = 10000000};
  run r = {NULL, NULL, NULL};
  fhrl_err err = {0};
  r.s = variants_bind(fhrl_system_find(name), p, 5, &r.u);
  assert_ok(fhrl_integrator_create(r.s, NULL, &how, 0.0, x0, &r.it, &err));
  return r;
}

static const double *at(run *r, double t)
{
  fhrl_err err = {0};
  assert_ok(fhrl_integrator_advance(r->it, t, &err));
  return fhrl_integrator_state(r->it);
}

static void end(run *r)
{
  fhrl_integrator_destroy(r->it);
  fhrl_system_destroy(r->s);
  free(r->u);
}

// y0 of norm rho in a fixed direction, A0 = 0
static void start(double rho, double x0[N])
{
  static const double direction[DIM] = {0.5, -0.1, 0.7, 0.5};
  memset(x0, 0, N * sizeof *x0);
  for (int i = 0; i < DIM; i++) x0[i] = rho * direction[i];
}

START_TEST(without_drive_the_radius_follows_its_closed_form)
{
  static const double rho0[] = {0.1, 0.6, 1.0, 3.7};
  const double kappa = 1.3, star = kappa / (1 + kappa);
  const double p[N_FHRL] = {DIM, NONE, RADIAL, OUTER, 0.5, 0.15, kappa, 0.0, 0.5, 0.1};
  double x0[N];
  start(rho0[_i], x0);
  run r = begin("fhrl", p, x0, 1e-11);
  for (int k = 1; k <= 40; k++) {
    const double t = 0.2 * k, want = star + (rho0[_i] - star) * exp(-(1 + kappa) * t); // 3b
    ck_assert_double_le(fabs(fhrl_norm(DIM, at(&r, t)) - want), 1e-8);
  }
  end(&r);
}
END_TEST

START_TEST(a_driven_trajectory_keeps_the_recentred_identity_and_its_bounds)
{
  const double kappa = 1.3, star = kappa / (1 + kappa), rho0 = 4.0, F = sqrt(DIM);
  const double p[N_FHRL] = {DIM, TANH, RADIAL, OUTER, 0.5, 0.15, kappa, 0.0, 0.5, 0.1};
  double x0[N], dx[N], f[N], sup = 0;
  start(rho0, x0);
  run r = begin("fhrl", p, x0, 1e-10);
  for (int k = 1; k <= 100; k++) {
    const double t = 0.1 * k, *x = at(&r, t), rho = fhrl_norm(DIM, x), e = rho - star;
    r.s->model->rhs(r.s, t, x, dx);
    r.s->model->split(r.s, 1, t, x, f);
    const double along = fhrl_dot(DIM, x, f) / rho;
    ck_assert_double_le(fabs(e * fhrl_dot(DIM, x, dx) / rho - (-(1 + kappa) * e * e + e * along)), 1e-10); // 3c
    const double decay = exp(-(1 + kappa) * t);
    ck_assert_double_le(rho, decay * rho0 + (1 - decay) * (kappa + F) / (1 + kappa) + 1e-9); // from every start
    sup = fmax(sup, fabs(along));
    ck_assert_double_le(fabs(e), decay * fabs(rho0 - star) + F / (1 + kappa) + 1e-9);
  }
  ck_assert_double_gt(sup, 0.1); // the drive was not idle
  end(&r);
}
END_TEST

START_TEST(with_w_r_minus_m_the_sphere_of_no_return_is_where_theory_has_it)
{
  // 3e: m = 2, kappa = 1, epsilon = .1: rho_c = 2.1
  static const double rho0[2] = {2.079, 2.121};
  const double p[N_FHRL] = {DIM, NONE, REENTRY, OUTER, 0.5, 0.15, 1.0, 0.1, 0.5, 0.0};
  double x0[N], minus[DIM * DIM] = {0};
  const double *m[6];
  for (int i = 0; i < DIM; i++) minus[i * (DIM + 1)] = -2.0;
  start(rho0[_i], x0);
  run r = begin("fhrl", p, x0, 1e-11);
  for (int k = 0; k < 6; k++) m[k] = r.s->m[k];
  m[fhrl_system_matrix(r.s->model, "W_r")] = minus;
  fhrl_system *s;
  fhrl_err err = {0};
  assert_ok(fhrl_system_bind(r.s->model, p, m, &s, &err));
  s->u = r.u;
  fhrl_integrator_destroy(r.it);
  fhrl_system_destroy(r.s);
  r.s = s;
  const fhrl_solver how = {.method = FHRL_METHOD_ADAMS, .rtol = 1e-11, .atol = 1e-16, .max_steps = 1000000};
  assert_ok(fhrl_integrator_create(s, NULL, &how, 0.0, x0, &r.it, &err));
  for (int k = 1; k <= 9; k++) { // rho' = rho (rho - 2.1)/(rho + .1), integrated by partial fractions
    const double t = 0.5 * k, rho = fhrl_norm(DIM, at(&r, t));
    const double elapsed = (22 * log((2.1 - rho) / (2.1 - rho0[_i])) - log(rho / rho0[_i])) / 21;
    ck_assert_double_eq_tol(elapsed, t, 1e-7);
  }
  const double rho = fhrl_norm(DIM, at(&r, 12.0));
  if (_i == 0) ck_assert_double_lt(rho, 1e-12);
  if (_i == 1) ck_assert_double_eq_tol(rho, 2745.73, 0.1);
  end(&r);
}
END_TEST

START_TEST(gain_alone_settles_where_theory_has_it)
{
  static const double beta[] = {0.75, 1.0, 0.5}, want[] = {1.0 / 3.0, 0.5, 0.0};
  double x0[N];
  const double p[N_FHRL] = {DIM, NONE, GAIN, OUTER, beta[_i], 0.15, 1.0, 0.0, 0.5, 0.0};
  start(1.9, x0);
  run r = begin("fhrl", p, x0, 1e-9);
  const double rho = fhrl_norm(DIM, at(&r, 30.0));
  if (_i < 2) ck_assert_double_eq_tol(rho, want[_i], 1e-6); // 3f
  if (_i == 2) {                                           // algebraic: rho' = -2 rho^2 + ..., so about 1/(2t)
    ck_assert_double_lt(rho, 0.05);
    ck_assert_double_gt(rho, 0.005);
  }
  end(&r);
}
END_TEST

START_TEST(gain_and_memory_stay_below_their_bounds)
{
  const double beta = 0.4, eta = 0.7, lambda = 0.5, rho0 = 3.0;
  const double p[N_FHRL] = {DIM, TANH, GAIN, NORMALIZED, beta, 0.3, 1.0, 0.0, lambda, eta};
  double x0[N];
  start(rho0, x0);
  for (int i = DIM; i < N; i++) x0[i] = 1.5 * ((i % 3) - 1);
  const double A0 = fhrl_norm(N - DIM, x0 + DIM);
  run r = begin("fhrl", p, x0, 1e-9);
  for (int k = 1; k <= 60; k++) {
    const double t = 0.25 * k, *x = at(&r, t), fast = exp(-2 * t), slow = exp(-lambda * t);
    ck_assert_double_le(fhrl_norm(DIM, x), fast * rho0 + (1 - fast) * (1 / beta + sqrt(DIM)) / 2 + 1e-8); // 3f
    ck_assert_double_le(fhrl_norm(N - DIM, x + DIM), slow * A0 + (1 - slow) * eta / lambda + 1e-8);       // 3g
  }
  end(&r);
}
END_TEST

// Theory 2a: d = 2, kappa = 1, lambda = .5, eta = .1, gamma W_v W_r = I, u = 0: from rho = 7 a blow-up at t = 4.3.
START_TEST(fast_weights_with_outer_products_can_blow_up)
{
  const double p[N_FHRL] = {2, FASTWEIGHT, RADIAL, OUTER, 0.5, 1.0, 1.0, 1e-6, 0.5, 0.1}, one[4] = {1, 0, 0, 1};
  const double x0[6] = {_i ? 7.0 : 6.0}, *const m[6] = {one, one, one, one, one, one}, zero[2] = {0, 0};
  const fhrl_solver how = {.method = FHRL_METHOD_ADAMS, .rtol = 1e-9, .atol = 1e-12, .max_steps = 1000000};
  fhrl_system *s;
  fhrl_integrator *it;
  fhrl_err err = {0};
  assert_ok(fhrl_system_bind(fhrl_system_find("fhrl"), p, m, &s, &err));
  s->u = zero;
  assert_ok(fhrl_integrator_create(s, NULL, &how, 0.0, x0, &it, &err));
  const fhrl_status status = fhrl_integrator_advance(it, 20.0, &err);
  if (_i == 0) ck_assert_int_eq(status, FHRL_OK);
  if (_i == 1) {
    ck_assert_int_eq(status, FHRL_NUMERIC);
    ck_assert_double_eq_tol(fhrl_integrator_now(it), 4.3, 0.1);
  }
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

enum { LD = 5, LR = 3, LN = LD + 2 * LR * LD };

static void layer_start(double x0[LN])
{
  for (int i = 0; i < LN; i++) x0[i] = 0.6 * sin(1.0 + 3.7 * i);
}

START_TEST(differences_of_slots_decay_at_the_rate_of_the_slots)
{
  const double p[N_LAYER] = {LD, LR, 0.1, 0.5, 0.4, 1.0, _i}, a = _i ? -log(0.9) : 0.1;
  double x0[LN];
  layer_start(x0);
  run r = begin("fhrl_layer", p, x0, 1e-11);
  for (int k = 1; k <= 20; k++) {
    const double *x = at(&r, k), decay = exp(-a * k);
    for (int side = 0; side < 2; side++)
      for (int i = 1; i < LR; i++)
        for (int j = 0; j < LD; j++) {
          const int first = LD + side * LR * LD + j, row = first + i * LD;
          ck_assert_double_eq_tol(x[row] - x[first], decay * (x0[row] - x0[first]), 1e-8); // 3h
        }
  }
  end(&r);
}
END_TEST

static double second_singular_value(const double x[LN])
{
  double A[LD * LD] = {0}, sigma[LD];
  fhrl_err err = {0};
  for (int i = 0; i < LR; i++)
    for (int j = 0; j < LD; j++)
      for (int k = 0; k < LD; k++) A[j * LD + k] += x[LD + i * LD + j] * x[LD + (LR + i) * LD + k];
  assert_ok(fhrl_dense_singular(LD, LD, A, sigma, NULL, &err));
  return sigma[1];
}

START_TEST(the_memory_collapses_to_rank_one_twice_as_fast)
{
  const double p[N_LAYER] = {LD, LR, 0.1, 0.5, 0.1, 1.0, 0};
  double x0[LN];
  layer_start(x0);
  run r = begin("fhrl_layer", p, x0, 1e-12);
  const double early = second_singular_value(at(&r, 60.0)), late = second_singular_value(at(&r, 75.0));
  ck_assert_double_eq_tol(log(early / late) / 15.0, 0.2, 0.004); // 3h: 2a
  end(&r);
}
END_TEST

START_TEST(the_layer_stays_below_its_bounds)
{
  const double beta = 0.3, c = 1.7, p[N_LAYER] = {LD, LR, 0.1, beta, 2.0, c, 0};
  double x0[LN], row0 = 0;
  layer_start(x0);
  for (int i = 0; i < LN; i++) x0[i] *= 3.0;
  for (int i = 0; i < 2 * LR; i++) row0 = fmax(row0, fhrl_norm(LD, x0 + LD + i * LD));
  const double rho0 = fhrl_norm(LD, x0);
  run r = begin("fhrl_layer", p, x0, 1e-9);
  for (int k = 1; k <= 60; k++) {
    const double t = 0.5 * k, *x = at(&r, t), decay = exp(-c * t);
    ck_assert_double_le(fhrl_norm(LD, x), decay * rho0 + (1 - decay) / beta + 1e-8); // 3f
    for (int i = 0; i < 2 * LR; i++)
      ck_assert_double_le(fhrl_norm(LD, x + LD + i * LD), fmax(1.0, row0) + 1e-8); // 3g
  }
  end(&r);
}
END_TEST

// From empty slots and without reentry |w| = r (1 - e^{-a t})^2 |k . v|, whatever y does, and y runs to infinity as the logarithm
// of its distance from the pole.
START_TEST(above_beta_one_the_pole_ends_the_layer_where_it_lies)
{
  static const fhrl_method methods[] = {
    FHRL_METHOD_ADAMS, FHRL_METHOD_BDF, FHRL_METHOD_DOP853, FHRL_METHOD_DOPRI5, FHRL_METHOD_VERNER};
  const double beta = 1.05, a = 0.1, p[N_LAYER] = {LD, LR, a, beta, 0.0, 1.0, 0, 1};
  double x0[LN] = {0}, k[LD], v[LD], *u;
  fhrl_err err = {0};
  fhrl_integrator *it;
  const fhrl_solver how = {.method = methods[_i], .rtol = 1e-9, .atol = 1e-12, .max_steps = 100000};
  fhrl_system *s = variants_bind(fhrl_system_find("fhrl_layer"), p, 5, &u);
  fhrl_matvec(LD, LD, s->m[1], u, k); // W_k, W_v; the biases are 0
  fhrl_matvec(LD, LD, s->m[2], u, v);
  const double level = 1.0 - 1.0 / beta, slope = LR * fabs(fhrl_dot(LD, k, v)) / fhrl_norm(LD, k);
  const double want = -log1p(-sqrt(level / slope)) / a;
  ck_assert_msg(want > 0.5, "the pole is at %g", want);
  assert_ok(fhrl_integrator_create(s, NULL, &how, 0.0, x0, &it, &err));
  assert_fails(fhrl_integrator_advance(it, 50.0, &err), FHRL_EVENT, &err, "fhrl_layer ends at t = ");
  ck_assert_msg(strstr(err.msg, "pole, the gain 1/(1 + beta (|w| - 1)) has its pole"), "%s", err.msg);
  ck_assert_double_eq_tol(fhrl_integrator_now(it), want, 2e-7);
  for (int i = 0; i < s->n; i++) ck_assert(isfinite(fhrl_integrator_state(it)[i]));
  long count;
  const fhrl_happening *happened = fhrl_integrator_events(it, &count);
  ck_assert_int_ge(count, 1);
  ck_assert_int_eq(happened[0].event, 0);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
  free(u);
}
END_TEST

// gain alone, beta = 2: rho' = -2 rho + rho/(1 + beta (rho - 1)) leads away from its pole 1/2 on either side, to 3/4 and to 0.
START_TEST(above_beta_one_the_pole_of_the_gain_is_refused_as_a_start_and_repels)
{
  const double p[N_FHRL] = {DIM, NONE, GAIN, OUTER, 2.0, 0.15, 1.0, 0.0, 0.5, 0.0, 1};
  double x0[N];
  for (int k = 0; k < 2; k++) {
    start(k == 0 ? 0.5 + 1e-6 : 0.5 - 1e-6, x0);
    run r = begin("fhrl", p, x0, 1e-10);
    ck_assert_double_eq_tol(fhrl_norm(DIM, at(&r, 40.0)), k == 0 ? 0.75 : 0.0, 1e-8);
    end(&r);
  }
  start(0.5, x0);
  double *u;
  fhrl_system *s = variants_bind(fhrl_system_find("fhrl"), p, 5, &u);
  ck_assert_str_eq(s->model->refuse_start(s, x0), "there the gain has its pole");
  fhrl_system_destroy(s);
  free(u);
}
END_TEST

START_TEST(beta_above_one_has_to_be_asked_for)
{
  const double layer[N_LAYER] = {LD, LR, 0.1, 1.5, 0.1, 1.0, 0, 0}, split[N_FHRL] = {DIM, NONE, GAIN, OUTER, 1.5, 0, 1, 0, 1, 0, 0};
  fhrl_dims dims;
  fhrl_err err;
  int n;
  assert_fails(fhrl_system_dims(fhrl_system_find("fhrl_layer"), layer, &dims, &n, &err), FHRL_ARG, &err, "or allow_pole = true");
  assert_fails(fhrl_system_dims(fhrl_system_find("fhrl"), split, &dims, &n, &err), FHRL_ARG, &err, "or allow_pole = true");
}
END_TEST

int main(void)
{
  Suite *s = suite_create("models/fhrl along trajectories");
  TCase *t = tcase_create("closed forms");
  tcase_set_timeout(t, 30);
  tcase_add_loop_test(t, without_drive_the_radius_follows_its_closed_form, 0, 4);
  tcase_add_test(t, a_driven_trajectory_keeps_the_recentred_identity_and_its_bounds);
  tcase_add_loop_test(t, with_w_r_minus_m_the_sphere_of_no_return_is_where_theory_has_it, 0, 2);
  tcase_add_loop_test(t, gain_alone_settles_where_theory_has_it, 0, 3);
  tcase_add_test(t, gain_and_memory_stay_below_their_bounds);
  tcase_add_loop_test(t, fast_weights_with_outer_products_can_blow_up, 0, 2);
  tcase_add_loop_test(t, differences_of_slots_decay_at_the_rate_of_the_slots, 0, 2);
  tcase_add_test(t, the_memory_collapses_to_rank_one_twice_as_fast);
  tcase_add_test(t, the_layer_stays_below_its_bounds);
  tcase_add_loop_test(t, above_beta_one_the_pole_ends_the_layer_where_it_lies, 0, 5);
  tcase_add_test(t, above_beta_one_the_pole_of_the_gain_is_refused_as_a_start_and_repels);
  tcase_add_test(t, beta_above_one_has_to_be_asked_for);
  suite_add_tcase(s, t);
  return run_suite(s);
}
