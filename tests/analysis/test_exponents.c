// SPDX-License-Identifier: GPL-3.0-or-later
// test_exponents: Lyapunov exponents, and what is said of their attractor, on systems where both are known
#include "analysis/exponents.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/exponents_ladder.h"
#include "analysis/init.h"
#include "base/dense.h"
#include "base/random.h"
#include "given.h"
#include "support.h"

static fhrl_section section(void)
{
  return (fhrl_section){"exponents", fhrl_exponents_fields, fhrl_exponents_field_count};
}

static given last; // what the exponents that `measured` returned borrow

// Measured on a model under these settings; to be freed by done, one at a time.
static fhrl_exponents measured(const char *model, const char *settings)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_exponents_plan plan;
  fhrl_exponents e = {0};
  last = given_system(model, settings, section());
  assert_ok(fhrl_exponents_resolve(&last.config, &last.input, &err));
  fhrl_integrator_options(&last.config, &last.solver);
  fhrl_exponents_options(&last.config, &plan);
  assert_ok(fhrl_exponents_run(&e, last.system, &last.input, &last.solver, &plan, last.x0, NULL, &err));
  return e;
}

static void done(fhrl_exponents *e)
{
  fhrl_exponents_free(e);
  given_free(&last);
}

// Within max(3 standard errors, 1e-6), the acceptance of the issue.
static void expect(const fhrl_exponents *e, int i, double want)
{
  const fhrl_exponents_estimate *x = &e->exponent[i];
  ck_assert_msg(fabs(x->mean - want) <= fmax(3.0 * x->standard_error, 1e-6), "lambda_%d = %.9g with error %.2g, not %.9g", i + 1,
    x->mean, x->standard_error, want);
}

// ---- flows

START_TEST(lorenz_is_what_it_is_known_to_be)
{
  fhrl_exponents e = measured("lorenz", "exponents.se=0.002");
  ck_assert_int_eq(e.k, 3);
  expect(&e, 0, 0.90563);
  expect(&e, 1, 0.0);
  expect(&e, 2, -41.0 / 3.0 - 0.90563);
  ck_assert_double_le(e.exponent[0].standard_error, 0.002);
  ck_assert_double_eq_tol(e.sum.mean, -41.0 / 3.0, 1e-6);
  ck_assert_double_eq_tol(e.trace_mean, -41.0 / 3.0, 1e-9); // a constant, integrated
  ck_assert_double_eq_tol(e.kaplan_yorke, 2.0 + 0.90563 / (41.0 / 3.0 + 0.90563), 4.0 * e.kaplan_yorke_se);
  ck_assert_double_le(e.kaplan_yorke_se, 2e-4);
  ck_assert_int_eq(e.attractor, FHRL_EXPONENTS_CHAOTIC);
  ck_assert_int_eq(e.zero_expected, 1);
  ck_assert_int_eq(e.zero, 1);
  ck_assert_int_eq(e.converged, 1);
  ck_assert_int_eq(e.switched, 0);
  ck_assert_double_eq_tol(e.share[0] + e.share[1] + e.share[2], 1.0, 1e-12);
  done(&e);
}
END_TEST

START_TEST(rossler_and_its_mean_divergence)
{
  fhrl_exponents e = measured("rossler", "solver.t_end=20000");
  expect(&e, 0, 0.0714);
  expect(&e, 1, 0.0);
  ck_assert_double_eq_tol(e.sum.mean, e.trace_mean, 1e-6);
  ck_assert_double_eq(e.begun + e.measured, 20000.0);
  ck_assert_int_eq(e.attractor, FHRL_EXPONENTS_CHAOTIC);
  done(&e);
}
END_TEST

START_TEST(henon_heiles_exponents_come_in_pairs)
{
  fhrl_exponents e = measured("henon_heiles", "solver.t_end=20000");
  for (int i = 0; i < 2; i++)
    ck_assert_double_eq_tol(e.exponent[i].mean, -e.exponent[3 - i].mean,
      fmax(3.0 * hypot(e.exponent[i].standard_error, e.exponent[3 - i].standard_error), 1e-6));
  ck_assert_double_eq_tol(e.sum.mean, 0.0, 1e-6);
  ck_assert_double_eq_tol(e.trace_mean, 0.0, 1e-12);
  ck_assert_int_eq(e.attractor, FHRL_EXPONENTS_CHAOTIC);
  ck_assert_double_eq_tol(e.kaplan_yorke, 4.0, 1e-2); // volume is kept
  done(&e);
}
END_TEST

START_TEST(hopf_cycle_has_zero_and_minus_two_mu)
{
  fhrl_exponents e = measured("hopf", "model.mu=0.31 model.w=1.7");
  expect(&e, 0, 0.0);
  expect(&e, 1, -0.62);
  ck_assert_int_eq(e.attractor, FHRL_EXPONENTS_PERIODIC);
  ck_assert_double_eq_tol(e.period, 2.0 * FHRL_PI / 1.7, 1e-7);
  ck_assert_double_eq(e.kaplan_yorke, 1.0);
  done(&e);
}
END_TEST

START_TEST(van_der_pol_is_periodic)
{
  static const double mu[] = {1.0, 3.0}, period[] = {6.66328686, 8.85909550};
  char settings[64];
  snprintf(settings, sizeof settings, "model.mu=%g", mu[_i]);
  fhrl_exponents e = measured("van_der_pol", settings);
  ck_assert_int_eq(e.attractor, FHRL_EXPONENTS_PERIODIC);
  ck_assert_double_eq_tol(e.period, period[_i], 1e-6);
  expect(&e, 0, 0.0);
  ck_assert_double_eq_tol(e.sum.mean, e.trace_mean, 1e-6);
  done(&e);
}
END_TEST

START_TEST(linear_exponents_are_real_parts)
{
  char settings[512];
  double A[9], re[3], im[3];
  fhrl_err err = {FHRL_OK, ""};
  fhrl_random_normal((fhrl_random){.seed = 2385 + (uint32_t)_i, .stream = FHRL_STREAM_NULL}, 0, 8, A);
  fhrl_random_normal((fhrl_random){.seed = 2385 + (uint32_t)_i, .stream = FHRL_STREAM_NULL}, 8, 1, A + 8);
  for (int i = 0; i < 3; i++) A[4 * i] -= 1.5; // most of them are stable
  snprintf(settings, sizeof settings, "exponents.se=0.0005 model.A=%.17g_%.17g_%.17g;%.17g_%.17g_%.17g;%.17g_%.17g_%.17g", A[0], A[1], A[2],
    A[3], A[4], A[5], A[6], A[7], A[8]);
  assert_ok(fhrl_dense_eigenvalues(3, A, re, im, &err));
  fhrl_exponents e = measured("linear", settings);
  for (int i = 0; i < 3; i++) expect(&e, i, re[i]);
  ck_assert_double_eq_tol(e.sum.mean, A[0] + A[4] + A[8], 1e-6);
  if (re[0] < 0.0) {
    ck_assert_int_eq(e.attractor, FHRL_EXPONENTS_EQUILIBRIUM);
    ck_assert_int_eq(e.zero_expected, 0);
    for (int i = 0; i < 3; i++) ck_assert_double_eq_tol(e.eigenvalue[i], re[i], 1e-12);
  } else ck_assert_int_eq(e.left, 1);
  done(&e);
}
END_TEST

START_TEST(silence_of_a_random_network_is_an_equilibrium)
{
  fhrl_exponents e = measured("random_rnn", "model.n=40 model.g=0.8 exponents.k=5");
  ck_assert_int_eq(e.attractor, FHRL_EXPONENTS_EQUILIBRIUM);
  for (int i = 0; i < 5; i++) expect(&e, i, e.eigenvalue[i]);
  ck_assert_double_lt(e.exponent[0].mean, 0.0);
  ck_assert_double_eq(e.kaplan_yorke, 0.0);
  done(&e);
}
END_TEST

START_TEST(strong_random_networks_are_chaotic)
{
  fhrl_exponents e = measured("random_rnn", "model.n=60 model.g=4 solver.t_end=4000 solver.rtol=1e-6 solver.atol=1e-8");
  ck_assert_int_eq(e.attractor, FHRL_EXPONENTS_CHAOTIC);
  ck_assert_double_gt(e.exponent[0].low, 0.0);
  ck_assert_int_eq(e.zero_expected, 1);
  ck_assert(isnan(e.trace_mean));
  done(&e);
}
END_TEST

START_TEST(an_attractor_found_late_is_seen)
{
  // below r = 24.06 chaos of the Lorenz system is a transient: from some start it outlasts the one that is discarded
  int late = 0;
  for (int i = 0; i < 6; i++) {
    fhrl_err err = {FHRL_OK, ""};
    given g = given_system("lorenz", "model.r=22.5", section());
    const fhrl_solver solver = {.method = FHRL_METHOD_DOP853, .rtol = 1e-8, .atol = 1e-10, .t_end = 1500.0, .max_steps = 10000000};
    const fhrl_exponents_plan plan = {.k = 1, .transient = 10.0, .seed = 1};
    const double x0[3] = {1.0 + i, 1.0, 20.1};
    fhrl_exponents e = {0};
    assert_ok(fhrl_exponents_run(&e, g.system, &g.input, &solver, &plan, x0, NULL, &err));
    const double change = (e.exponent[0].mean - -0.07005368668) * e.measured; // Re of the eigenvalues where it ends
    if (e.attractor == FHRL_EXPONENTS_EQUILIBRIUM && change > 10.0) {
      late++;
      ck_assert_int_eq(e.switched, 1);
      ck_assert_int_eq(e.converged, 0);
    }
    fhrl_exponents_free(&e);
    given_free(&g);
  }
  ck_assert_int_ge(late, 2);
}
END_TEST

START_TEST(driven_flows_have_no_zero_exponent)
{
  fhrl_exponents e = measured("linear", "model.n=2 model.inputs=1 model.A=-0.3_1;-1_-0.4 model.B=1;0.5 input.kind=sine");
  ck_assert_int_eq(e.driven, 1);
  ck_assert_int_eq(e.zero_expected, 0);
  ck_assert_ptr_nonnull(e.zero_reason);
  expect(&e, 0, -0.35); // the input does not enter the tangents of a linear system
  expect(&e, 1, -0.35);
  ck_assert_int_eq(e.attractor, FHRL_EXPONENTS_UNDECIDED);
  done(&e);
}
END_TEST

START_TEST(bdf_carries_tangents_too)
{
  fhrl_exponents e = measured("van_der_pol", "model.mu=3 solver.method=bdf solver.t_end=400");
  ck_assert_str_eq(fhrl_exponents_tangent_method(e.tg), "bdf");
  ck_assert_double_eq_tol(e.sum.mean, e.trace_mean, 1e-5); // its own accuracy is a hundred times lower than dop853's
  done(&e);
}
END_TEST

// ---- events

// An oscillator pushed by friction that helps, x'' = -x - c x' + F sign x': the right-hand side jumps at x' = 0.
static const double push_c = 0.2, push_F = 0.3;

static int push_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = x[1];
  dx[1] = -x[0] - push_c * x[1] + (x[1] > 0.0 ? push_F : -push_F);
  return 0;
}

static int push_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = v[1];
  Jv[1] = -v[0] - push_c * v[1];
  return 0;
}

static int push_events(const fhrl_system *s, double t, const double x[], double g[])
{
  g[0] = x[1];
  return 0;
}

START_TEST(saltation_makes_the_exponents_of_a_jump)
{
  static const fhrl_field state[] = {{"x", 1.0, "1", "place"}, {"v", 0.5, "1", "speed"}};
  static const fhrl_event event[] = {{"turn", 0, 0, "v = 0"}};
  static const fhrl_model push = {.name = "push", .time_unit = "1", .state = state, .n_state = 2, .event = event, .n_event = 1,
    .rhs = push_rhs, .jvp = push_jvp, .events = push_events};
  fhrl_err err = {FHRL_OK, ""};
  fhrl_system *s = NULL;
  const double none = 0.0, x0[2] = {1.0, 0.5};
  const double *const no_matrix = &none;
  assert_ok(fhrl_system_bind(&push, &none, &no_matrix, &s, &err));
  const fhrl_solver solver = {.method = FHRL_METHOD_AUTO, .rtol = 1e-9, .atol = 1e-11, .t_end = 3000.0, .max_steps = 10000000};
  const fhrl_exponents_plan plan = {.transient = 200.0, .seed = 1};
  fhrl_exponents e = {0};
  assert_ok(fhrl_exponents_run(&e, s, NULL, &solver, &plan, x0, NULL, &err));
  // from turn to turn the amplitude obeys A' = F + (A + F) q with q = exp(-c T / 4) in half a period T / 2: exponent -c / 2,
  // where the divergence alone says -c
  expect(&e, 0, 0.0);
  expect(&e, 1, -0.5 * push_c);
  ck_assert_double_eq_tol(e.sum.mean, e.trace_mean, 1e-6);
  ck_assert_double_eq_tol(e.trace_mean, -0.5 * push_c, 1e-3); // ln det S by turns: an error of a turn over the time
  ck_assert_int_eq(e.attractor, FHRL_EXPONENTS_PERIODIC);
  ck_assert_double_eq_tol(e.period, 2.0 * FHRL_PI / sqrt(1.0 - 0.25 * push_c * push_c), 1e-7);
  ck_assert_int_gt(fhrl_exponents_tangent_saltations(e.tg), 900);
  fhrl_exponents_free(&e);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(kinks_need_no_saltation)
{
  fhrl_exponents e = measured("idp_hopfield", "model.epsilon=0.1 solver.t_end=150 exponents.transient=50");
  ck_assert_int_eq(fhrl_exponents_tangent_saltations(e.tg), 0);
  ck_assert_int_eq(e.attractor, FHRL_EXPONENTS_PERIODIC);
  ck_assert_double_eq_tol(e.period, 4.0 * 1.82617, 4e-5); // theory 5
  expect(&e, 0, 0.0);
  done(&e);
}
END_TEST

// ---- maps

START_TEST(saliency_map_has_the_slope_of_its_fixed_point)
{
  fhrl_exponents e = measured("idp_saliency", "");
  const double Z = 0.5 * (5.0 + sqrt(5.0));
  expect(&e, 0, log(5.0 / (Z * Z)));
  ck_assert_double_eq_tol(e.sum.mean, e.trace_mean, 1e-12);
  ck_assert_int_eq(e.attractor, FHRL_EXPONENTS_EQUILIBRIUM);
  ck_assert_int_eq(e.zero_expected, 0);
  done(&e);
}
END_TEST

static int logistic_step(const fhrl_system *s, double t, const double x[], double z[])
{
  z[0] = s->p[0] * x[0] * (1.0 - x[0]);
  return 0;
}

static int logistic_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = s->p[0] * (1.0 - 2.0 * x[0]) * v[0];
  return 0;
}

static const fhrl_field logistic_state[] = {{"x", 0.3, "1", "state"}}, logistic_param[] = {{"a", 4.0, "1", "steepness"}};
static const fhrl_model logistic = {.name = "logistic", .time_unit = "step", .state = logistic_state, .n_state = 1,
  .param = logistic_param, .n_param = 1, .step = logistic_step, .jvp = logistic_jvp};

START_TEST(a_map_that_blows_up_names_component_and_step)
{
  const double none = 0.0, a = 4.5, x0 = 0.5;
  const double *const no_matrix = &none;
  fhrl_err err = {FHRL_OK, ""};
  fhrl_system *s = NULL;
  fhrl_exponents e = {0};
  assert_ok(fhrl_system_bind(&logistic, &a, &no_matrix, &s, &err));
  const fhrl_solver solver = {.rtol = 1e-8, .atol = 1e-10, .t_end = 1000.0, .max_steps = 10000};
  const fhrl_exponents_plan plan = {.seed = 1};
  assert_fails(fhrl_exponents_run(&e, s, NULL, &solver, &plan, &x0, NULL, &err), FHRL_NUMERIC, &err,
    "x of logistic is -inf after the step from t = 10, where it was");
  ck_assert_double_gt(e.measured, 0.0); // until then there was something to measure
  fhrl_exponents_free(&e);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(logistic_map_is_chaotic_or_periodic)
{
  // superstable cycles have exponent -infinity: a = 3.83 is near one of period 3
  static const double a[] = {4.0, 3.83, 3.2}, x0 = 0.3141;
  static const fhrl_exponents_attractor want[] = {FHRL_EXPONENTS_CHAOTIC, FHRL_EXPONENTS_PERIODIC, FHRL_EXPONENTS_PERIODIC};
  static const double period[] = {NAN, 3.0, 2.0};
  const double none = 0.0;
  const double *const no_matrix = &none;
  fhrl_err err = {FHRL_OK, ""};
  fhrl_system *s = NULL;
  fhrl_exponents e = {0};
  assert_ok(fhrl_system_bind(&logistic, &a[_i], &no_matrix, &s, &err));
  const fhrl_solver solver = {.rtol = 1e-8, .atol = 1e-10, .t_end = 100000.0, .max_steps = 10000000};
  const fhrl_exponents_plan plan = {.transient = 1000.0, .seed = 1, .every = 1.0};
  assert_ok(fhrl_exponents_run(&e, s, NULL, &solver, &plan, &x0, NULL, &err));
  ck_assert_int_eq(e.attractor, want[_i]);
  if (_i == 0) expect(&e, 0, log(2.0)); // exactly
  else ck_assert_double_eq(e.period, period[_i]);
  if (_i == 2) expect(&e, 0, 0.5 * log(fabs(4.0 + 2.0 * 3.2 - 3.2 * 3.2))); // multiplier of the 2-cycle
  ck_assert_double_eq_tol(e.sum.mean, e.trace_mean, 1e-10);
  fhrl_exponents_free(&e);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(ladder_exponents_climb_to_those_of_the_flow)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_exponents e = measured("fhrl_ladder", "model.d=6 model.r=2 solver.t_end=600");
  const fhrl_exponents_plan plan = {.k = 2, .transient = 100.0, .seed = 1};
  fhrl_exponents_ladder l;
  double *x0 = calloc((size_t)e.n, sizeof *x0);
  assert_ok(fhrl_exponents_ladder_climb(&e, &plan, x0, 7, NULL, &l, &err));
  ck_assert_int_eq(l.rungs, 8);
  ck_assert_double_eq(l.rung[7].h, 0.0);
  // at rest ln(1 + h lambda)/h = lambda - h lambda^2/2: order 1
  ck_assert_double_eq_tol(l.order, 1.0, 0.05);
  ck_assert_double_lt(fabs(l.rung[6].exponent[0].mean - l.rung[7].exponent[0].mean), 0.03 * fabs(l.rung[7].exponent[0].mean));
  ck_assert_double_eq_tol(l.rung[0].exponent[0].mean, e.exponent[0].mean,
    3.0 * hypot(l.rung[0].exponent[0].standard_error, e.exponent[0].standard_error) + 1e-6);
  free(x0);
  done(&e);
}
END_TEST

START_TEST(driven_ladder_climbs_to_its_driven_flow)
{
  enum { TOKENS = 500, D = 4 };
  fhrl_err err = {FHRL_OK, ""};
  given g = given_system("fhrl_ladder", "model.d=4 model.r=1 model.gamma=0.9 solver.t_end=1000", section());
  double u[TOKENS * D];
  fhrl_random_normal((fhrl_random){.seed = 11, .stream = FHRL_STREAM_NULL}, 0, TOKENS * D, u);
  fhrl_input_free(&g.input);
  assert_ok(fhrl_input_hold(&g.input, TOKENS, D, u, &err));
  const fhrl_exponents_plan plan = {.k = 2, .transient = 50.0, .seed = 1};
  fhrl_exponents e = {0};
  fhrl_exponents_ladder l;
  assert_ok(fhrl_exponents_run(&e, g.system, &g.input, &g.solver, &plan, g.x0, NULL, &err));
  ck_assert_int_eq(e.driven, 1);
  ck_assert_double_eq(e.begun + e.measured, TOKENS); // the end of the recording
  ck_assert_int_eq(e.zero_expected, 0);
  assert_ok(fhrl_exponents_ladder_climb(&e, &plan, g.x0, 6, NULL, &l, &err));
  ck_assert_double_eq_tol(l.order, 1.0, 0.1);
  // the exponent of a driven flow that forgets: the same from another start, on the same input
  ck_assert_double_lt(e.exponent[0].high, 0.0);
  for (int i = 0; i < g.system->n; i++) g.x0[i] = 0.3 * cos(1.0 + i);
  fhrl_exponents other = {0};
  assert_ok(fhrl_exponents_run(&other, g.system, &g.input, &g.solver, &plan, g.x0, NULL, &err));
  ck_assert_double_eq_tol(other.exponent[0].mean, e.exponent[0].mean, 3.0 / e.measured); // what the transient leaves, e^3 at most
  fhrl_exponents_free(&other);
  fhrl_exponents_free(&e);
  given_free(&g);
}
END_TEST

START_TEST(singular_jacobians_are_minus_infinity_not_numbers)
{
  // without reentry y' does not depend on y: d of the multipliers are 0
  fhrl_exponents e = measured("fhrl_ladder", "model.d=3 model.r=1 model.gamma=0 solver.t_end=400 exponents.k=9");
  int infinite = 0;
  for (int i = 0; i < 9; i++) infinite += isinf(e.exponent[i].mean) && e.exponent[i].mean < 0.0;
  ck_assert_int_eq(infinite, 3);
  for (int i = 0; i < 6; i++) expect(&e, i, log(0.9)); // 1 - alpha
  ck_assert(isnan(e.exponent[8].standard_error));
  done(&e);
}
END_TEST

// ---- refusals, and ends before their time

static fhrl_status tried(const char *model, const char *settings, fhrl_exponents *e, fhrl_err *err)
{
  given g = given_system(model, settings, section());
  fhrl_exponents_plan plan;
  fhrl_status status = fhrl_exponents_resolve(&g.config, &g.input, err);
  fhrl_integrator_options(&g.config, &g.solver);
  fhrl_exponents_options(&g.config, &plan);
  if (status == FHRL_OK) status = fhrl_exponents_run(e, g.system, &g.input, &g.solver, &plan, g.x0, NULL, err);
  fhrl_exponents_free(e);
  given_free(&g);
  return status;
}

START_TEST(impossible_requests_are_refused)
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_exponents e = {0};
  assert_fails(tried("lorenz", "exponents.k=4", &e, &err), FHRL_ARG, &err, "exponents.k = 4: lorenz has 3 states");
  assert_fails(tried("lorenz", "solver.t_end=10 exponents.transient=10", &e, &err), FHRL_ARG, &err, "leaves nothing before the end at 10");
  assert_fails(tried("idp_saliency", "solver.t_end=10.5", &e, &err), FHRL_ARG, &err, "goes in whole steps");
  assert_fails(tried("lorenz", "solver.t_end=10 exponents.every=20", &e, &err), FHRL_ARG, &err, "longer than what is measured");
  assert_fails(tried("lorenz", "solver.max_steps=500", &e, &err), FHRL_LIMIT, &err, "max_steps = 500 are used up");
  assert_fails(tried("fhrl", "model.drive=fastweight model.W_r=diag_6.666666666666667 model.W_v=diag_1 model.B=diag_0 model.epsilon=0.1", &e, &err),
    FHRL_OK, &err, NULL);
}
END_TEST

START_TEST(configuration_is_resolved_into_itself)
{
  fhrl_err err = {FHRL_OK, ""};
  given g = given_system("lorenz", "solver.t_end=500", section());
  for (int i = 0; i < 2; i++) { // the second time nothing changes
    assert_ok(fhrl_exponents_resolve(&g.config, &g.input, &err));
    ck_assert_double_eq(fhrl_config_real(&g.config, "exponents.se"), 0.0);
    ck_assert_double_eq(fhrl_config_real(&g.config, "exponents.transient"), 50.0);
    ck_assert_double_eq(fhrl_config_real(&g.config, "solver.t_end"), 500.0);
  }
  given_free(&g);
  g = given_system("lorenz", "", section());
  assert_ok(fhrl_exponents_resolve(&g.config, &g.input, &err));
  ck_assert_double_eq(fhrl_config_real(&g.config, "exponents.se"), 0.001);
  ck_assert_double_eq(fhrl_config_real(&g.config, "solver.t_end"), 1e5);
  given_free(&g);
}
END_TEST

START_TEST(interruption_keeps_what_was_measured)
{
  fhrl_err err = {FHRL_OK, ""};
  given g = given_system("lorenz", "", section());
  const fhrl_exponents_plan plan = {.k = 2, .se = 1e-3, .transient = 20.0, .seed = 1};
  fhrl_exponents e = {0};
  assert_ok(fhrl_exponents_begin(&e, g.system, &g.input, &g.solver, &plan, g.x0, &err));
  assert_fails(fhrl_exponents_finish(&e, &err), FHRL_ARG, &err, "no interval of lorenz");
  while (e.phase != FHRL_EXPONENTS_MEASURING || e.blocks.intervals < 200) assert_ok(fhrl_exponents_step(&e, &err));
  assert_ok(fhrl_exponents_finish(&e, &err));
  ck_assert_double_gt(e.measured, 0.0);
  ck_assert_int_eq(e.converged, 0);
  ck_assert_double_eq_tol(e.exponent[0].mean, 0.9, 0.5);
  fhrl_exponents_free(&e);
  given_free(&g);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *suite = suite_create("exponents");
  TCase *flows = tcase_create("flows"), *events = tcase_create("events"), *maps = tcase_create("maps"),
        *ends = tcase_create("ends");
  tcase_set_timeout(flows, 60);
  tcase_set_timeout(events, 60);
  tcase_set_timeout(maps, 60);
  tcase_add_test(flows, lorenz_is_what_it_is_known_to_be);
  tcase_add_test(flows, rossler_and_its_mean_divergence);
  tcase_add_test(flows, henon_heiles_exponents_come_in_pairs);
  tcase_add_test(flows, hopf_cycle_has_zero_and_minus_two_mu);
  tcase_add_loop_test(flows, van_der_pol_is_periodic, 0, 2);
  tcase_add_loop_test(flows, linear_exponents_are_real_parts, 0, 8);
  tcase_add_test(flows, silence_of_a_random_network_is_an_equilibrium);
  tcase_add_test(flows, strong_random_networks_are_chaotic);
  tcase_add_test(flows, an_attractor_found_late_is_seen);
  tcase_add_test(flows, driven_flows_have_no_zero_exponent);
  tcase_add_test(flows, bdf_carries_tangents_too);
  tcase_add_test(events, saltation_makes_the_exponents_of_a_jump);
  tcase_add_test(events, kinks_need_no_saltation);
  tcase_add_test(maps, saliency_map_has_the_slope_of_its_fixed_point);
  tcase_add_loop_test(maps, logistic_map_is_chaotic_or_periodic, 0, 3);
  tcase_add_test(maps, ladder_exponents_climb_to_those_of_the_flow);
  tcase_add_test(maps, driven_ladder_climbs_to_its_driven_flow);
  tcase_add_test(maps, a_map_that_blows_up_names_component_and_step);
  tcase_add_test(maps, singular_jacobians_are_minus_infinity_not_numbers);
  tcase_add_test(ends, impossible_requests_are_refused);
  tcase_add_test(ends, configuration_is_resolved_into_itself);
  tcase_add_test(ends, interruption_keeps_what_was_measured);
  suite_add_tcase(suite, flows);
  suite_add_tcase(suite, events);
  suite_add_tcase(suite, maps);
  suite_add_tcase(suite, ends);
  return run_suite(suite);
}
