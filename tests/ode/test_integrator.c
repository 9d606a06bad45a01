// SPDX-License-Identifier: GPL-3.0-or-later
// test_integrator: accuracy against closed forms, inputs that jump, restarts, threads
#include "ode/integrator.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "exponential.h"
#include "support.h"

static fhrl_err err;

static fhrl_solver tolerance(fhrl_method method, double rtol)
{
  return (fhrl_solver){.method = method, .rtol = rtol, .atol = 1e-2 * rtol, .max_steps = 1000000};
}

static fhrl_system *bind(const fhrl_model *model, const double p[], const double *const m[])
{
  fhrl_system *s = NULL;
  assert_ok(fhrl_system_bind(model, p, m, &s, &err));
  return s;
}

static fhrl_system *bind_linear(int n, int inputs, const double *A, const double *B)
{
  const double p[] = {n, inputs};
  const double *const m[] = {A, B};
  return bind(fhrl_system_find("linear"), p, m);
}

static fhrl_system *bind_lorenz(void)
{
  const double p[] = {10.0, 28.0, 8.0 / 3.0};
  return bind(fhrl_system_find("lorenz"), p, NULL);
}

static fhrl_integrator *create(fhrl_system *s, const fhrl_input *in, fhrl_solver solver, const double x0[])
{
  fhrl_integrator *it = NULL;
  assert_ok(fhrl_integrator_create(s, in, &solver, 0.0, x0, &it, &err));
  return it;
}

// A random n x n matrix, shifted so that every mode decays, and a random start.
static void random_stable(int n, double *A, double *x0)
{
  fhrl_random_normal((fhrl_random){.seed = 11, .stream = FHRL_STREAM_MATRICES}, 0, (size_t)n * (size_t)n, A);
  for (int i = 0; i < n * n; i++) A[i] *= 0.7 / sqrt(n);
  for (int i = 0; i < n; i++) A[i * n + i] -= 1.0;
  fhrl_random_normal((fhrl_random){.seed = 12, .stream = FHRL_STREAM_START}, 0, (size_t)n, x0);
}

static double largest_difference(int n, const double a[], const double b[])
{
  double worst = 0.0;
  for (int i = 0; i < n; i++) worst = fmax(worst, fabs(a[i] - b[i]));
  return worst;
}

// ---- accuracy

static const struct {
  fhrl_method method;
  int n; // bdf has a dense solver up to 256
} solvers[] = {{FHRL_METHOD_ADAMS, 6}, {FHRL_METHOD_BDF, 6}, {FHRL_METHOD_BDF, 65}, {FHRL_METHOD_BDF, 257},
  {FHRL_METHOD_DOP853, 6}, {FHRL_METHOD_DOP853, 65},
  {FHRL_METHOD_DOPRI5, 6}, {FHRL_METHOD_DOPRI5, 65}, {FHRL_METHOD_VERNER, 6}, {FHRL_METHOD_VERNER, 65}};

START_TEST(the_work_of_newtons_iteration_is_counted)
{
  double A[257 * 257], x0[257];
  for (int k = 0; k < 3; k++) {
    const int n = (const int[]){6, 257, 6}[k];
    random_stable(n, A, x0);
    fhrl_system *s = bind_linear(n, 0, A, NULL);
    fhrl_counters c;
    fhrl_integrator *it = create(s, NULL, tolerance(k < 2 ? FHRL_METHOD_BDF : FHRL_METHOD_DOP853, 1e-5), x0);
    assert_ok(fhrl_integrator_advance(it, 1.0, &err));
    assert_ok(fhrl_integrator_restart(it, fhrl_integrator_state(it), &err)); // what was counted before is kept
    assert_ok(fhrl_integrator_advance(it, 2.0, &err));
    fhrl_integrator_counters(it, &c);
    if (k < 2)
      ck_assert_int_ge(c.corrector_iterations, c.steps);
    else
      ck_assert_int_eq(c.corrector_iterations, 0);
    if (k == 0) { // dense: J by columns
      ck_assert_int_ge(c.jacobians, 2);
      ck_assert_int_eq(c.jvp_evals, 6 * c.jacobians);
      ck_assert_int_eq(c.linear_iterations, 0);
    } else if (k == 1) { // GMRES: a product for each direction
      ck_assert_int_eq(c.jacobians, 0);
      ck_assert_int_gt(c.linear_iterations, 0);
      ck_assert_int_ge(c.jvp_evals, c.linear_iterations);
    }
    fhrl_integrator_destroy(it);
    fhrl_system_destroy(s);
  }
}
END_TEST

START_TEST(the_error_against_the_matrix_exponential_follows_the_tolerance)
{
  const int n = solvers[_i].n;
  const size_t size = (size_t)n * (size_t)n;
  double *A = malloc(size * sizeof *A), *E = malloc(size * sizeof *E);
  double x0[257], want[257], error[8], sxx = 0, sxy = 0, sx = 0, sy = 0;
  random_stable(n, A, x0);
  matrix_exponential(n, A, 3.0, E);
  fhrl_matvec(n, n, E, x0, want);
  fhrl_system *s = bind_linear(n, 0, A, NULL);
  for (int k = 0; k < 8; k++) { // rtol 1e-4 .. 1e-11
    const double rtol = pow(10.0, -4 - k);
    fhrl_integrator *it = create(s, NULL, tolerance(solvers[_i].method, rtol), x0);
    assert_ok(fhrl_integrator_advance(it, 3.0, &err));
    ck_assert_double_eq(fhrl_integrator_now(it), 3.0);
    error[k] = largest_difference(n, fhrl_integrator_state(it), want);
    // decaying modes forget their errors, so that a few tolerances remain: 1.6 was the largest seen
    ck_assert_msg(error[k] <= 4.0 * rtol, "rtol %g: error %g", rtol, error[k]);
    const double x = -4 - k, y = log10(error[k]);
    sx += x / 8, sy += y / 8, sxx += x * x / 8, sxy += x * y / 8;
    fhrl_integrator_destroy(it);
  }
  const double slope = (sxy - sx * sy) / (sxx - sx * sx);
  ck_assert_msg(slope > 0.8 && slope < 1.2, "error goes as rtol^%g", slope);
  fhrl_system_destroy(s);
  free(A);
  free(E);
}
END_TEST

// The Lorenz system from (0, 1, 0) by 40-term Taylor steps in 40-digit arithmetic; two step sizes agree in all digits given
static const double at_2[] = {-7.7090811273304804951, -8.4495184368870236102, 24.992522486062431909};
static const double at_5[] = {-7.0006303829166122458, -6.7845057632212381598, 25.531054977514096338};

// Orbits of period 2 pi that end where they began: a rotation, whose error has no second term of odd order to hide the first,
// and Kepler's ellipse of eccentricity 1/10, because verner is of order 7 or more on everything linear. The slope of log error
// against log h over four step sizes between the first, too coarse ones and rounding.
static int kepler_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  const double square = x[0] * x[0] + x[1] * x[1], cube = square * sqrt(square);
  dx[0] = x[2];
  dx[1] = x[3];
  dx[2] = -x[0] / cube;
  dx[3] = -x[1] / cube;
  return 0;
}
static int rotation_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  for (int i = 0; i < 4; i += 2) {
    dx[i] = x[i + 1];
    dx[i + 1] = -x[i];
  }
  return 0;
}
static const fhrl_field plane[] = {{"a", 0.0, "1", "place"}, {"b", 0.0, "1", "place"}, {"c", 0.0, "1", "speed"}, {"d", 0.0, "1", "speed"}};
#define ORBIT(word, field) {.name = word, .state = plane, .n_state = 4, .rhs = field}
static const fhrl_model kepler = ORBIT("kepler", kepler_rhs), rotation = ORBIT("rotation", rotation_rhs);

static const struct {
  fhrl_method method;
  const fhrl_model *model;
  double order, orbits, steps; // the fewest steps
} fixed[] = {{FHRL_METHOD_DOPRI5, &rotation, 5.0, 8.0, 320.0}, {FHRL_METHOD_DOPRI5, &kepler, 5.0, 1.0, 320.0},
  {FHRL_METHOD_VERNER, &kepler, 6.0, 1.0, 160.0}, {FHRL_METHOD_DOP853, &rotation, 8.0, 8.0, 80.0}};

START_TEST(fixed_steps_converge_with_the_order_of_the_method)
{
  const double x0[] = {0.9, 0.0, 0.0, sqrt(1.1 / 0.9)}, t_end = fixed[_i].orbits * 2.0 * FHRL_PI, none = 0.0;
  double sxx = 0, sxy = 0, sx = 0, sy = 0;
  fhrl_system *s = bind(fixed[_i].model, &none, NULL);
  for (int k = 0; k < 4; k++) {
    const double steps = floor(fixed[_i].steps * pow(2.0, 0.5 * k));
    fhrl_solver solver = tolerance(fixed[_i].method, 1e-8);
    solver.step = t_end / steps;
    fhrl_integrator *it = create(s, NULL, solver, x0);
    assert_ok(fhrl_integrator_advance(it, t_end, &err));
    fhrl_counters c;
    fhrl_integrator_counters(it, &c);
    ck_assert_int_eq(c.steps, (long)steps);
    const double x = log(solver.step), y = log(largest_difference(4, fhrl_integrator_state(it), x0));
    sx += x / 4, sy += y / 4, sxx += x * x / 4, sxy += x * y / 4;
    fhrl_integrator_destroy(it);
  }
  const double slope = (sxy - sx * sy) / (sxx - sx * sx);
  ck_assert_msg(fabs(slope - fixed[_i].order) < 0.1, "error goes as h^%.3f", slope);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(lorenz_meets_values_of_an_independent_taylor_series)
{
  const double x0[] = {0.0, 1.0, 0.0};
  fhrl_system *s = bind_lorenz();
  for (int method = FHRL_METHOD_ADAMS; method <= FHRL_METHOD_VERNER; method++)
    for (double rtol = 1e-5; rtol > 1e-12; rtol *= 1e-3) {
      // local errors grow on the attractor, and BDF adds up ten times as many of them; seen, in tolerances: 134 and 363
      // with Adams, 3633 and 10700 with BDF
      const double factor = method == FHRL_METHOD_BDF ? 25.0 : 1.0;
      fhrl_integrator *it = create(s, NULL, tolerance((fhrl_method)method, rtol), x0);
      assert_ok(fhrl_integrator_advance(it, 2.0, &err));
      assert_close("x(2)", fhrl_integrator_state(it), at_2, 3, 400.0 * factor * rtol);
      assert_ok(fhrl_integrator_advance(it, 5.0, &err));
      assert_close("x(5)", fhrl_integrator_state(it), at_5, 3, 1000.0 * factor * rtol);
      fhrl_integrator_destroy(it);
    }
  fhrl_system_destroy(s);
}
END_TEST

// ---- inputs

enum { TRACE_MAX = 100000 };
static struct {
  double t, u;
} trace[TRACE_MAX];
static int traced;

static int traced_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  ck_assert_int_lt(traced, TRACE_MAX);
  trace[traced].t = t;
  trace[traced++].u = s->u[0];
  return fhrl_system_find("linear")->rhs(s, t, x, dx);
}

static const double held[] = {1.25, -0.5, -0.5, 3.0, 0.75}; // five tokens of one channel

// x at the end of `tokens` tokens, from exp of [[A, B u], [0, 0]] token by token.
static void exact_held(int n, const double *A, const double *B, int tokens, double x[])
{
  double M[16], E[16], y[4], next[4];
  ck_assert_int_le(n, 3);
  for (int k = 0; k < tokens; k++) {
    memset(M, 0, sizeof M);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) M[i * (n + 1) + j] = A[i * n + j];
      M[i * (n + 1) + n] = B[i] * held[k];
      y[i] = x[i];
    }
    y[n] = 1.0;
    matrix_exponential(n + 1, M, 1.0, E);
    fhrl_matvec(n + 1, n + 1, E, y, next);
    memcpy(x, next, (size_t)n * sizeof *x);
  }
}

START_TEST(a_held_input_gives_the_exact_solution_piece_by_piece)
{
  const double A[] = {-1.5, 2.0, 0.3, -2.0, -0.5, 0.0, 0.4, 0.0, -3.0}, B[] = {1.0, -0.5, 2.0}, x0[] = {0.3, -0.7, 0.2};
  fhrl_model model = *fhrl_system_find("linear");
  model.rhs = traced_rhs;
  const double p[] = {3, 1};
  const double *const m[] = {A, B};
  fhrl_system *s = bind(&model, p, m);
  fhrl_input in;
  assert_ok(fhrl_input_hold(&in, 5, 1, held, &err));
  for (int method = FHRL_METHOD_ADAMS; method <= FHRL_METHOD_VERNER; method++) {
    traced = 0;
    fhrl_integrator *it = create(s, &in, tolerance((fhrl_method)method, 1e-10), x0);
    double want[3];
    memcpy(want, x0, sizeof want);
    exact_held(3, A, B, 5, want);
    assert_ok(fhrl_integrator_advance(it, 2.5, &err)); // stop within a token, too
    assert_ok(fhrl_integrator_advance(it, 5.0, &err));
    assert_close("x(5)", fhrl_integrator_state(it), want, 3, 1e-8);
    fhrl_counters c;
    fhrl_integrator_counters(it, &c);
    ck_assert_int_eq(c.restarts, 4); // at 1, 2, 3, 4
    ck_assert_int_eq(c.rhs_evals, traced);
    // every evaluation used the input of the token that it lies in, and none looked back or ahead
    int token = 0;
    for (int i = 0; i < traced; i++) {
      if (trace[i].t > token + 1.0 || (trace[i].t == token + 1.0 && trace[i].u != held[token])) token++;
      ck_assert_msg(trace[i].t >= token && trace[i].t <= token + 1.0, "evaluation %d at t = %.17g in token %d", i,
        trace[i].t, token);
      ck_assert_msg(trace[i].u == held[token], "evaluation %d at t = %.17g used u = %g", i, trace[i].t, trace[i].u);
    }
    ck_assert_int_eq(token, 4);
    fhrl_integrator_destroy(it);
  }
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(a_sine_is_followed)
{
  const double A[] = {-0.8}, B[] = {1.0}, x0[] = {0.25}, w = 2.0 * FHRL_PI * 0.3;
  double amplitude[] = {1.7};
  const fhrl_input in = {.kind = FHRL_INPUT_SINE, .n_u = 1, .frequency = 0.3, .value = amplitude};
  fhrl_system *s = bind_linear(1, 1, A, B);
  fhrl_integrator *it = create(s, &in, tolerance(FHRL_METHOD_ADAMS, 1e-10), x0);
  assert_ok(fhrl_integrator_advance(it, 7.0, &err));
  // x' = -a x + c sin(w t): x = C e^{-a t} + c (a sin(w t) - w cos(w t)) / (a^2 + w^2)
  const double a = 0.8, c = 1.7, q = c / (a * a + w * w), want = (0.25 + q * w) * exp(-7.0 * a) +
    q * (a * sin(7.0 * w) - w * cos(7.0 * w));
  assert_close("x(7)", fhrl_integrator_state(it), &want, 1, 1e-8);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(no_evaluation_lies_beyond_the_end)
{
  const double A[] = {-1.0}, x0[] = {1.0}, B[] = {0.0}, none[] = {0.0};
  fhrl_model model = *fhrl_system_find("linear");
  model.rhs = traced_rhs;
  const double p[] = {1, 1};
  const double *const m[] = {A, B};
  fhrl_system *s = bind(&model, p, m);
  fhrl_input in;
  assert_ok(fhrl_input_hold(&in, 1, 1, none, &err));
  traced = 0;
  fhrl_integrator *it = create(s, &in, tolerance(FHRL_METHOD_ADAMS, 1e-8), x0);
  for (int k = 1; k <= 20; k++) {
    assert_ok(fhrl_integrator_advance(it, 0.37 * k, &err));
    ck_assert_double_eq(fhrl_integrator_now(it), 0.37 * k);
    for (int i = 0; i < traced; i++) ck_assert_double_le(trace[i].t, 0.37 * k);
  }
  const int before = traced;
  assert_ok(fhrl_integrator_advance(it, fhrl_integrator_now(it), &err)); // nothing to do
  ck_assert_int_eq(traced, before);
  assert_ok(fhrl_integrator_advance(it, nextafter(fhrl_integrator_now(it), 100.0), &err));
  ck_assert_double_eq(fhrl_integrator_now(it), nextafter(0.37 * 20, 100.0));
  assert_fails(fhrl_integrator_advance(it, 1.0, &err), FHRL_ARG, &err, "cannot go back from t = 7.4");
  assert_fails(fhrl_integrator_advance(it, NAN, &err), FHRL_ARG, &err, "cannot go back");
  fhrl_integrator_destroy(it);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

// ---- the method

static int relax_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = -s->p[0] * (x[0] - cos(t));
  return 0;
}
static int relax_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = -s->p[0] * v[0];
  return 0;
}
static const fhrl_field one_state[] = {{"x", 0.0, "1", "state"}};
static const fhrl_field rate[] = {{"rate", 1.0, "1", "rate"}};
static const fhrl_model relax = {
  .name = "relax", .state = one_state, .n_state = 1, .param = rate, .n_param = 1, .rhs = relax_rhs, .jvp = relax_jvp};

START_TEST(auto_goes_over_to_bdf_where_the_system_is_stiff)
{
  const double stiff = 1e4, x0 = 2.0;
  fhrl_system *s = bind(&relax, &stiff, NULL);
  fhrl_integrator *it = create(s, NULL, tolerance(FHRL_METHOD_AUTO, 1e-8), &x0);
  const char *why;
  ck_assert_str_eq(fhrl_integrator_method(it, &why), "dop853");
  ck_assert_str_eq(why, "not stiff so far");
  assert_ok(fhrl_integrator_advance(it, 10.0, &err));
  ck_assert_str_eq(fhrl_integrator_method(it, &why), "bdf");
  ck_assert_msg(strstr(why, "stiff at t = 0.1") && strstr(why, "decay at the rate 1e+04"), "%s", why);
  fhrl_counters c;
  fhrl_integrator_counters(it, &c);
  ck_assert_int_le(c.rhs_evals, 5000); // seen 3461; dop853 alone takes 278,000, bdf 451
  const double a = stiff, want = (a * a * cos(10.0) + a * sin(10.0)) / (a * a + 1.0);
  assert_close("x(10)", fhrl_integrator_state(it), &want, 1, 1e-7);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

// At tight tolerances the steps may be far below the bound of stability, without any failure: only the idle solution tells.
START_TEST(auto_goes_over_to_bdf_where_steps_are_caught_at_a_high_order)
{
  const double stiff = 1e3, x0 = 5.0;
  fhrl_system *s = bind(&relax, &stiff, NULL);
  fhrl_integrator *it = create(s, NULL, tolerance(FHRL_METHOD_AUTO, 1e-12), &x0);
  assert_ok(fhrl_integrator_advance(it, 10.0, &err));
  ck_assert_str_eq(fhrl_integrator_method(it, NULL), "bdf");
  const double a = stiff, want = (a * a * cos(10.0) + a * sin(10.0)) / (a * a + 1.0);
  assert_close("x(10)", fhrl_integrator_state(it), &want, 1, 1e-10);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(auto_stays_with_dop853_on_a_long_smooth_run)
{
  const double x0[] = {0.0, 1.0, 0.0}, circle[] = {0.0, 1.0}, A[] = {0.0, 1.0, -1.0, 0.0};
  fhrl_system *s = bind_lorenz();
  fhrl_integrator *it = create(s, NULL, tolerance(FHRL_METHOD_AUTO, 1e-6), x0);
  assert_ok(fhrl_integrator_advance(it, 300.0, &err)); // |lambda| t is 7000
  ck_assert_str_eq(fhrl_integrator_method(it, NULL), "dop853");
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
  s = bind_linear(2, 0, A, NULL);
  it = create(s, NULL, tolerance(FHRL_METHOD_AUTO, 1e-6), circle);
  assert_ok(fhrl_integrator_advance(it, 3000.0, &err));
  ck_assert_str_eq(fhrl_integrator_method(it, NULL), "dop853");
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

// ---- restarts and threads

START_TEST(a_run_that_restarts_at_checkpoints_can_be_repeated_from_any)
{
  const double x0[] = {0.0, 1.0, 0.0};
  fhrl_system *s = bind_lorenz();
  const fhrl_solver solver = tolerance(FHRL_METHOD_ADAMS, 1e-8);
  fhrl_integrator *it = create(s, NULL, solver, x0);
  double checkpoint[3], whole[3];
  for (int k = 1; k <= 10; k++) {
    assert_ok(fhrl_integrator_advance(it, 2.5 * k, &err));
    assert_ok(fhrl_integrator_restart(it, fhrl_integrator_state(it), &err));
    if (k == 4) memcpy(checkpoint, fhrl_integrator_state(it), sizeof checkpoint);
  }
  memcpy(whole, fhrl_integrator_state(it), sizeof whole);
  fhrl_integrator_destroy(it);
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 10.0, checkpoint, &it, &err));
  for (int k = 5; k <= 10; k++) {
    assert_ok(fhrl_integrator_advance(it, 2.5 * k, &err));
    assert_ok(fhrl_integrator_restart(it, fhrl_integrator_state(it), &err));
  }
  ck_assert_mem_eq(fhrl_integrator_state(it), whole, sizeof whole);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(restart_goes_on_from_the_state_it_is_given)
{
  const double A[] = {-0.5}, x0 = 1.0, other = -3.0;
  fhrl_system *s = bind_linear(1, 0, A, NULL);
  fhrl_integrator *it = create(s, NULL, tolerance(FHRL_METHOD_BDF, 1e-10), &x0);
  assert_ok(fhrl_integrator_advance(it, 1.0, &err));
  assert_ok(fhrl_integrator_restart(it, &other, &err));
  ck_assert_double_eq(*fhrl_integrator_state(it), -3.0);
  assert_ok(fhrl_integrator_advance(it, 2.0, &err));
  const double want = -3.0 * exp(-0.5);
  assert_close("x(2)", fhrl_integrator_state(it), &want, 1, 1e-8);
  fhrl_counters c;
  fhrl_integrator_counters(it, &c);
  ck_assert_int_eq(c.restarts, 1);
  ck_assert_int_gt(c.jvp_evals, 0);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

typedef struct job {
  fhrl_system *s;
  double x[3];
  fhrl_status status;
} job;

static void *run_job(void *argument)
{
  job *j = argument;
  fhrl_integrator *it = NULL;
  const fhrl_solver solver = tolerance(FHRL_METHOD_BDF, 1e-7);
  j->status = fhrl_integrator_create(j->s, NULL, &solver, 0.0, j->x, &it, NULL);
  for (int k = 1; j->status == FHRL_OK && k <= 50; k++) j->status = fhrl_integrator_advance(it, 0.2 * k, NULL);
  if (it) memcpy(j->x, fhrl_integrator_state(it), sizeof j->x);
  fhrl_integrator_destroy(it);
  return NULL;
}

START_TEST(threads_with_clones_find_what_one_thread_finds)
{
  enum { THREADS = 4 };
  fhrl_system *s = bind_lorenz();
  job alone[THREADS], together[THREADS];
  pthread_t thread[THREADS];
  for (int k = 0; k < THREADS; k++) {
    alone[k] = together[k] = (job){.x = {0.5 * k, 1.0 - k, 20.0}};
    assert_ok(fhrl_system_clone(s, &together[k].s, &err));
    alone[k].s = s;
    run_job(&alone[k]);
  }
  for (int k = 0; k < THREADS; k++) ck_assert_int_eq(pthread_create(&thread[k], NULL, run_job, &together[k]), 0);
  for (int k = 0; k < THREADS; k++) {
    pthread_join(thread[k], NULL);
    ck_assert_int_eq(alone[k].status, FHRL_OK);
    ck_assert_int_eq(together[k].status, FHRL_OK);
    ck_assert_mem_eq(alone[k].x, together[k].x, sizeof alone[k].x);
    fhrl_system_destroy(together[k].s);
  }
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(the_system_gets_its_input_back)
{
  const double A[] = {-1.0}, B[] = {1.0}, x0 = 0.5, mine[] = {0.25};
  fhrl_system *s = bind_linear(1, 1, A, B);
  s->u = mine;
  fhrl_integrator *it = create(s, NULL, tolerance(FHRL_METHOD_ADAMS, 1e-9), &x0);
  assert_ok(fhrl_integrator_advance(it, 40.0, &err));
  assert_close("x", fhrl_integrator_state(it), mine, 1, 1e-8); // without an input of its own: u as it stands in s
  fhrl_integrator_destroy(it);
  fhrl_input in;
  assert_ok(fhrl_input_hold(&in, 5, 1, held, &err));
  it = create(s, &in, tolerance(FHRL_METHOD_ADAMS, 1e-9), &x0);
  fhrl_integrator_destroy(it);
  ck_assert_ptr_eq(s->u, mine);
  fhrl_input_free(&in);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(the_options_are_the_fields_defaults)
{
  fhrl_config c;
  fhrl_solver o;
  fhrl_config_init(&c);
  assert_ok(fhrl_config_add(&c, "solver", fhrl_integrator_fields, fhrl_integrator_field_count, &err));
  assert_ok(fhrl_config_set(&c, "solver", "method", "bdf", "--set", &err));
  fhrl_integrator_options(&c, &o);
  ck_assert_int_eq(o.method, FHRL_METHOD_BDF);
  ck_assert_double_eq(o.rtol, 1e-8);
  ck_assert_double_eq(o.atol, 1e-10);
  ck_assert_double_eq(o.t_end, 100.0);
  ck_assert_int_eq(o.max_steps, 10000000);
  assert_fails(fhrl_config_set(&c, "solver", "atol", "0", "--set", &err), FHRL_ARG, &err, "solver.atol");
  fhrl_config_free(&c);
  ck_assert_ptr_nonnull(strchr(fhrl_integrator_version(), '.'));
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/integrator");
  TCase *t = tcase_create("integrator");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, the_error_against_the_matrix_exponential_follows_the_tolerance, 0, FHRL_COUNT(solvers));
  tcase_add_test(t, the_work_of_newtons_iteration_is_counted);
  tcase_add_loop_test(t, fixed_steps_converge_with_the_order_of_the_method, 0, FHRL_COUNT(fixed));
  tcase_add_test(t, lorenz_meets_values_of_an_independent_taylor_series);
  tcase_add_test(t, a_held_input_gives_the_exact_solution_piece_by_piece);
  tcase_add_test(t, a_sine_is_followed);
  tcase_add_test(t, no_evaluation_lies_beyond_the_end);
  tcase_add_test(t, auto_goes_over_to_bdf_where_the_system_is_stiff);
  tcase_add_test(t, auto_goes_over_to_bdf_where_steps_are_caught_at_a_high_order);
  tcase_add_test(t, auto_stays_with_dop853_on_a_long_smooth_run);
  tcase_add_test(t, a_run_that_restarts_at_checkpoints_can_be_repeated_from_any);
  tcase_add_test(t, restart_goes_on_from_the_state_it_is_given);
  tcase_add_test(t, threads_with_clones_find_what_one_thread_finds);
  tcase_add_test(t, the_system_gets_its_input_back);
  tcase_add_test(t, the_options_are_the_fields_defaults);
  suite_add_tcase(s, t);
  return run_suite(s);
}
