// SPDX-License-Identifier: GPL-3.0-or-later
// test_failure: every way in which an integration can end before its time, and what the user then reads
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ode/integrator.h"
#include "support.h"

static fhrl_err err;

static const fhrl_field xy[] = {{"x", 1.0, "1", "state"}, {"y", 1.0, "1", "state"}};
static const fhrl_field number[] = {{"p", 1.0, "1", "parameter"}};
#define MODEL(word, states) .name = word, .state = xy, .n_state = states, .param = number, .n_param = 1

static fhrl_system *bind(const fhrl_model *model, double p)
{
  fhrl_system *s = NULL;
  assert_ok(fhrl_system_bind(model, &p, NULL, &s, &err));
  return s;
}

// Integrates from x0 to 1/2 and on to t_end, and expects it to fail with this code and words; returns the time reached.
static double fails(const fhrl_model *model, double p, fhrl_method method, const double x0[], double t_end, fhrl_status want,
  const char *words)
{
  fhrl_system *s = bind(model, p);
  const fhrl_solver solver = {.method = method, .rtol = 1e-6, .atol = 1e-8, .max_steps = 20000};
  fhrl_integrator *it = NULL;
  fhrl_status got = fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err);
  if (got == FHRL_OK) got = fhrl_integrator_advance(it, 0.5, &err);
  if (got == FHRL_OK) got = fhrl_integrator_advance(it, t_end, &err);
  assert_fails(got, want, &err, words);
  const double now = it ? fhrl_integrator_now(it) : 0.0;
  for (int i = 0; it && i < s->n; i++) ck_assert(isfinite(fhrl_integrator_state(it)[i])); // the last accepted one
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
  return now;
}

static int every[] = {FHRL_METHOD_ADAMS, FHRL_METHOD_BDF, FHRL_METHOD_DOP853, FHRL_METHOD_DOPRI5, FHRL_METHOD_VERNER};
static const char *const method_name[] = {"(adams, h = ", "(bdf, h = ", "(dop853, h = ", "(dopri5, h = ",
  "(verner, h = "};

// ---- a right-hand side that is not finite

static const fhrl_term terms[] = {{"decay", "-x"}, {"wall", "sqrt(p - t)"}};

static int wall_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = -x[0];
  dx[1] = -x[1] + sqrt(s->p[0] - t); // nan after t = p
  return 0;
}
static int wall_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = -v[0];
  Jv[1] = -v[1];
  return 0;
}
static int wall_split(const fhrl_system *s, int term, double t, const double x[], double dx[])
{
  dx[0] = term == 0 ? -x[0] : 0.0;
  dx[1] = term == 0 ? -x[1] : sqrt(s->p[0] - t);
  return 0;
}
static const fhrl_model wall = {
  MODEL("wall", 2), .term = terms, .n_term = 2, .rhs = wall_rhs, .jvp = wall_jvp, .split = wall_split};

START_TEST(nan_after_a_time_names_component_time_and_term)
{
  const double x0[] = {1.0, 0.5};
  const double now = fails(&wall, 1.25, every[_i], x0, 5.0, FHRL_NUMERIC, "dy/dt of wall is nan at t = 1.25");
  ck_assert_ptr_nonnull(strstr(err.msg, "in its term 'wall' = sqrt(p - t)"));
  ck_assert(now <= 1.25 && now > 1.2);
  ck_assert_double_le(fails(&wall, 5.0, every[_i], x0, 5.5, FHRL_NUMERIC, "dy/dt of wall is nan at t = 5"), 5.0);
}
END_TEST

START_TEST(nan_beyond_what_is_asked_for_does_no_harm)
{
  const double x0[] = {1.0, 0.5};
  fhrl_system *s = bind(&wall, 1.25);
  const fhrl_solver solver = {.method = (fhrl_method)every[_i], .rtol = 1e-6, .atol = 1e-8, .max_steps = 20000};
  fhrl_integrator *it;
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err));
  assert_ok(fhrl_integrator_advance(it, 1.25, &err));
  ck_assert_double_eq(fhrl_integrator_now(it), 1.25);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(nan_at_the_start_is_found_before_starting)
{
  const double x0[] = {1.0, 0.5}, bad[] = {1.0, INFINITY};
  fails(&wall, -2.0, every[_i], x0, 5.0, FHRL_NUMERIC, "dy/dt of wall is nan at t = 0, in its term 'wall'");
  fails(&wall, 9.0, every[_i], bad, 5.0, FHRL_NUMERIC, "start of wall at t = 0: y is inf");
}
END_TEST

// dx/dt = -sqrt(x) - p leaves the domain of the root when x reaches 0, at t = 2 (1 - p log((1 + p) / p)) from x = 1.
static int root_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = -sqrt(x[0]) - s->p[0];
  return 0;
}
static int root_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = -0.5 * v[0] / sqrt(x[0]);
  return 0;
}
static const fhrl_model root = {MODEL("root", 1), .rhs = root_rhs, .jvp = root_jvp};

START_TEST(leaving_the_domain_of_the_equations_is_reported_where_it_happens)
{
  const double x0 = 1.0, p = 0.125, at = 2.0 * (1.0 - p * log((1.0 + p) / p));
  const double now = fails(&root, p, every[_i], &x0, 5.0, FHRL_NUMERIC, "of root is");
  ck_assert_msg(fabs(now - at) < 1e-3, "ended at %g instead of %g", now, at);
}
END_TEST

// Decay whose right-hand side fails for p evaluations in a row.
static int calls;
static int hiccup_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  calls++;
  dx[0] = calls > 40 && calls <= 40 + (int)s->p[0] ? NAN : -x[0];
  return 0;
}
static int decay_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = -v[0];
  return 0;
}
static const fhrl_model hiccup = {MODEL("hiccup", 1), .rhs = hiccup_rhs, .jvp = decay_jvp};

START_TEST(a_few_bad_evaluations_are_recovered_from)
{
  const double x0 = 1.0, want = exp(-4.0);
  fhrl_system *s = bind(&hiccup, 6.0);
  const fhrl_solver solver = {.method = (fhrl_method)every[_i], .rtol = 1e-6, .atol = 1e-8, .max_steps = 20000};
  fhrl_integrator *it;
  calls = 0;
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, &x0, &it, &err));
  assert_ok(fhrl_integrator_advance(it, 4.0, &err));
  ck_assert_int_gt(calls, 46);
  assert_close("x(4)", fhrl_integrator_state(it), &want, 1, 1e-6);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
  calls = 0;
  fails(&hiccup, 9.0, every[_i], &x0, 4.0, FHRL_NUMERIC, "hiccup is not finite at t = ");
}
END_TEST

static int grow_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = s->p[0] * x[0];
  return 0;
}
static int grow_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = s->p[0] * v[0];
  return 0;
}

static int refuse_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = 1.0;
  return t > 1.5 ? (int)s->p[0] : 0;
}
static int nan_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = NAN;
  return 0;
}
static const fhrl_model refuse = {MODEL("refuse", 1), .rhs = refuse_rhs, .jvp = decay_jvp};
static const fhrl_model bent = {MODEL("bent", 1), .rhs = grow_rhs, .jvp = nan_jvp};

START_TEST(a_model_that_gives_up_is_quoted)
{
  const double x0 = 1.0;
  fails(&refuse, -3.0, every[_i], &x0, 2.0, FHRL_NUMERIC, "the right-hand side of refuse cannot be evaluated at t = ");
  ck_assert_ptr_nonnull(strstr(err.msg, "(it returned -3)"));
  fails(&refuse, 2.0, every[_i], &x0, 2.0, FHRL_NUMERIC, "the right-hand side of refuse cannot be evaluated at t = 1.5");
  ck_assert_ptr_nonnull(strstr(err.msg, "(it returned 2)"));
  fails(&bent, 1.0, FHRL_METHOD_BDF, &x0, 2.0, FHRL_NUMERIC, "the Jacobian of bent is not finite at t = ");
}
END_TEST

// ---- growth without bound

static int square_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = pow(x[0], s->p[0]);
  dx[1] = -x[1];
  return 0;
}
static int square_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = s->p[0] * pow(x[0], s->p[0] - 1.0) * v[0];
  Jv[1] = -v[1];
  return 0;
}
static const fhrl_model square = {MODEL("square", 2), .rhs = square_rhs, .jvp = square_jvp};

START_TEST(blow_up_is_called_so_with_its_time)
{
  const double x0[] = {1.0, 1.0}; // x = 1 / (1 - t), and 1 / sqrt(1 - 2 t) for the cube
  const double now = fails(&square, 2.0, every[_i], x0, 2.0, FHRL_NUMERIC, "square blows up near t = 1.000: x is ");
  ck_assert_double_le(fabs(now - 1.0), 1e-4);
  fails(&square, 3.0, every[_i], x0, 2.0, FHRL_NUMERIC, "square blows up near t = 0.5000: x is ");
}
END_TEST

static const fhrl_model grow = {MODEL("grow", 1), .rhs = grow_rhs, .jvp = grow_jvp};

START_TEST(exponential_growth_is_no_blow_up_until_numbers_end)
{
  const double x0 = 1.0;
  fhrl_system *s = bind(&grow, 100.0);
  const fhrl_solver solver = {.method = (fhrl_method)every[_i], .rtol = 1e-6, .atol = 1e-8, .max_steps = 100000};
  fhrl_integrator *it;
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, &x0, &it, &err));
  assert_ok(fhrl_integrator_advance(it, 6.0, &err));
  const double logarithm = log(*fhrl_integrator_state(it)), want = 600.0;
  assert_close("log x(6)", &logarithm, &want, 1, 0.01);
  assert_fails(fhrl_integrator_advance(it, 8.0, &err), FHRL_NUMERIC, &err, "at t = 7.0");
  ck_assert_ptr_null(strstr(err.msg, "blows up"));
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

// ---- steps

static int relax_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = -s->p[0] * (x[0] - cos(t));
  dx[1] = -x[1];
  return 0;
}
static int relax_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = -s->p[0] * v[0];
  Jv[1] = -v[1];
  return 0;
}
static const fhrl_model relax = {MODEL("relax", 2), .rhs = relax_rhs, .jvp = relax_jvp};

START_TEST(stiffness_under_an_explicit_method_is_recognised)
{
  const double x0[] = {0.0, 1.0};
  if (every[_i] == FHRL_METHOD_BDF) return;
  const double now = fails(&relax, 1e6, every[_i], x0, 10.0, FHRL_LIMIT, "max_steps = 20000 are used up at t = 0.");
  ck_assert_double_lt(now, 0.5);
  ck_assert_msg(strstr(err.msg, "the system looks stiff (modes decay at the rate 1e+06): try method = bdf"), "%s", err.msg);
  ck_assert_ptr_nonnull(strstr(err.msg, method_name[_i]));
}
END_TEST

// ---- limits that others set

static volatile sig_atomic_t stopped;
static double shown;
static void show(void *context, double t)
{
  shown = t;
  if (t > *(double *)context) stopped = 1;
}

// One interval that takes for ever: Lorenz, as far as the clock, a signal and the display go.
static fhrl_status endless(fhrl_method method, double max_seconds, double stop_after, double *now)
{
  fhrl_system *s = NULL;
  const double p[] = {10.0, 28.0, 8.0 / 3.0}, lorenz0[] = {0.0, 1.0, 0.0};
  fhrl_integrator *it;
  assert_ok(fhrl_system_bind(fhrl_system_find("lorenz"), p, NULL, &s, &err));
  const fhrl_solver solver = {.method = method, .rtol = 1e-6, .atol = 1e-8, .max_steps = 1000000000, .max_seconds = max_seconds,
    .stop = &stopped, .progress = show, .context = &stop_after};
  stopped = 0;
  shown = -1.0;
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, lorenz0, &it, &err));
  const fhrl_status status = fhrl_integrator_advance(it, 1e9, &err);
  *now = fhrl_integrator_now(it);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
  return status;
}

// ---- a jump that both sides lead back to

static int relay_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  const double push = x[0] + 0.5 * x[1] > 0.0 ? -1.0 : 1.0; // the line attracts while |x[1]/2| < 1, and is slid along
  dx[0] = push * s->p[0];
  dx[1] = -0.01 * x[1] + 0.1;
  return 0;
}
static int relay_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = 0.0;
  Jv[1] = -0.01 * v[1];
  return 0;
}
static int relay_split(const fhrl_system *s, int term, double t, const double x[], double dx[])
{
  relay_rhs(s, t, x, dx);
  dx[1 - term] = 0.0;
  return 0;
}
static const fhrl_term relay_terms[] = {{"relay", "+-p"}, {"drift", "-y/100 + 1/10"}};
static const fhrl_model relay = {
  MODEL("relay", 2), .term = relay_terms, .n_term = 2, .rhs = relay_rhs, .jvp = relay_jvp, .split = relay_split};

START_TEST(sliding_along_a_jump_ends_with_component_term_and_what_to_do)
{
  const double x0[] = {2.25, 0.0};
  const fhrl_solver solver = {.method = every[_i], .rtol = 1e-8, .atol = 1e-10, .max_steps = 10000000};
  fhrl_system *s = bind(&relay, 1.0);
  fhrl_integrator *it;
  fhrl_counters c;
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err));
  assert_ok(fhrl_integrator_advance(it, 2.0, &err)); // the jump is met at t = 2.25/(1 - 1/20) or a little later
  assert_fails(fhrl_integrator_advance(it, 1000.0, &err), FHRL_NUMERIC, &err, "relay chatters at a jump of its right-hand side near t = 2.");
  ck_assert_ptr_nonnull(strstr(err.msg, " dx/dt goes from "));
  ck_assert_ptr_nonnull(strstr(err.msg, " in its term 'relay' = +-p,"));
  ck_assert_ptr_nonnull(strstr(err.msg, "beta < 1"));
  fhrl_integrator_counters(it, &c);
  ck_assert_int_lt(c.steps, 20000);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

// It would use up its steps, too, but decay holds them back, which ends in the words for that.
START_TEST(decay_at_any_rate_is_no_chattering)
{
  static const double rates[] = {1e3, 1e6, 1e9};
  for (int k = 0; k < 3; k++) {
    const double A[] = {-rates[k], 0.0, 0.0, -1.0}, B[] = {0.0}, p[] = {2, 0}, x0[] = {1.0, 1.0};
    const double *const m[] = {A, B};
    const fhrl_solver solver = {.method = every[_i], .rtol = 1e-8, .atol = 1e-10, .max_steps = 30000};
    fhrl_system *s = NULL;
    fhrl_integrator *it;
    assert_ok(fhrl_system_bind(fhrl_system_find("linear"), p, m, &s, &err));
    assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err));
    if (every[_i] == FHRL_METHOD_BDF) assert_ok(fhrl_integrator_advance(it, 1e4, &err));
    else assert_fails(fhrl_integrator_advance(it, 1e4, &err), FHRL_LIMIT, &err, "the system looks stiff");
    fhrl_integrator_destroy(it);
    fhrl_system_destroy(s);
  }
}
END_TEST

START_TEST(the_clock_and_a_signal_are_seen_within_an_interval)
{
  double now;
  assert_fails(endless((fhrl_method)every[_i], 0.05, HUGE_VAL, &now), FHRL_LIMIT, &err, "max_seconds = 0.05 are used up at t = ");
  ck_assert_ptr_nonnull(strstr(err.msg, method_name[_i]));
  ck_assert_double_gt(now, 1.0);
  assert_fails(endless((fhrl_method)every[_i], 0.0, 20.0, &now), FHRL_INTERRUPT, &err, "interrupted at t = ");
  ck_assert_double_gt(now, 20.0);
  ck_assert_double_gt(shown, 20.0);
  ck_assert_double_le(shown, now);
}
END_TEST

START_TEST(many_steps_are_no_error_but_too_many_are)
{
  fhrl_system *s = NULL;
  const double p[] = {10.0, 28.0, 8.0 / 3.0}, lorenz0[] = {0.0, 1.0, 0.0};
  assert_ok(fhrl_system_bind(fhrl_system_find("lorenz"), p, NULL, &s, &err));
  const fhrl_solver solver = {.method = FHRL_METHOD_ADAMS, .rtol = 1e-6, .atol = 1e-8, .max_steps = 5001};
  fhrl_integrator *it;
  fhrl_counters c;
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, lorenz0, &it, &err));
  assert_ok(fhrl_integrator_advance(it, 20.0, &err)); // 2400 steps: more than CVODE's own 500
  assert_fails(fhrl_integrator_advance(it, 100.0, &err), FHRL_LIMIT, &err, "max_steps = 5001 are used up at t = 5");
  ck_assert_ptr_null(strstr(err.msg, "stiff"));
  fhrl_integrator_counters(it, &c);
  ck_assert_int_eq(c.steps, 5001);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

// A right-hand side that loses all continuity at t = 1/2.
static int noise_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  uint64_t bits;
  memcpy(&bits, &t, sizeof bits);
  bits = (bits ^ (bits >> 31)) * 0x7fb5d329728ea185u;
  bits = (bits ^ (bits >> 27)) * 0x81dadef4bc2dd44du;
  dx[0] = -x[0];
  dx[1] = t <= 0.5 ? 1.0 : s->p[0] * ((double)(bits >> 40) * 0x1p-24 - 0.5);
  return 0;
}
static const fhrl_model noise = {MODEL("noise", 2), .rhs = noise_rhs, .jvp = wall_jvp};

START_TEST(a_repeated_error_test_failure_names_the_worst_component)
{
  const double x0[] = {1.0, 0.0};
  fails(&noise, 1e14, every[_i], x0, 1.0, FHRL_NUMERIC, "the error test fails at every step size at t = ");
  ck_assert_msg(strstr(err.msg, method_name[_i]) && strstr(err.msg, "worst component y, error "), "%s",
    err.msg);
}
END_TEST

// A Jacobian that changes its sign at t = 1/4 sends Newton's iteration away.
static int wrong_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  Jv[0] = (t < 0.25 ? -1.0 : 1.0) * s->p[0] * v[0];
  Jv[1] = -v[1];
  return 0;
}
static const fhrl_model astray = {MODEL("astray", 2), .rhs = relax_rhs, .jvp = wrong_jvp};

START_TEST(a_corrector_that_does_not_converge_is_reported)
{
  const double x0[] = {0.0, 1.0};
  fails(&astray, 1e12, FHRL_METHOD_BDF, x0, 10.0, FHRL_NUMERIC, "the corrector does not converge at t = ");
  ck_assert_ptr_nonnull(strstr(err.msg, "(bdf, h = "));
}
END_TEST

// ---- what cannot begin

START_TEST(impossible_requests_are_refused)
{
  const double x0[] = {1.0, 1.0};
  fhrl_integrator *it = NULL;
  fhrl_solver solver = {.method = FHRL_METHOD_ADAMS, .rtol = 1e-6, .atol = 1e-8, .max_steps = 100};
  fhrl_model map = relax;
  map.rhs = NULL;
  fhrl_system *s = bind(&map, 1.0);
  assert_fails(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err), FHRL_ARG, &err, "relax is a map");
  fhrl_system_destroy(s);
  s = bind(&relax, 1.0);
  solver.atol = 0.0;
  assert_fails(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err), FHRL_ARG, &err, "atol = 0 must be positive");
  solver.atol = 1e-8;
  const fhrl_input wide = {.kind = FHRL_INPUT_NONE, .n_u = 3};
  assert_fails(fhrl_integrator_create(s, &wide, &solver, 0.0, x0, &it, &err), FHRL_ARG, &err, "takes 0 inputs, not 3");
  ck_assert_ptr_null(it);
  fhrl_integrator_destroy(NULL);
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err));
  const double bad[] = {1.0, NAN};
  assert_fails(fhrl_integrator_restart(it, bad, &err), FHRL_NUMERIC, &err, "start of relax at t = 0: y is nan");
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(nothing_is_ever_printed)
{
  FILE *heard = tmpfile();
  ck_assert_ptr_nonnull(heard);
  fflush(NULL);
  const int before[] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
  dup2(fileno(heard), STDOUT_FILENO);
  dup2(fileno(heard), STDERR_FILENO);
  const double x0[] = {1.0, 0.5};
  fails(&wall, 1.25, FHRL_METHOD_ADAMS, x0, 5.0, FHRL_NUMERIC, NULL);
  for (int k = 0; k < FHRL_COUNT(every); k++) fails(&square, 2.0, every[k], x0, 5.0, FHRL_NUMERIC, NULL);
  fails(&noise, 1e14, FHRL_METHOD_ADAMS, x0, 1.0, FHRL_NUMERIC, NULL);
  fails(&relax, 1e5, FHRL_METHOD_ADAMS, x0, 10.0, FHRL_LIMIT, NULL);
  fflush(NULL);
  dup2(before[0], STDOUT_FILENO);
  dup2(before[1], STDERR_FILENO);
  close(before[0]);
  close(before[1]);
  fseek(heard, 0, SEEK_END);
  ck_assert_int_eq(ftell(heard), 0);
  fclose(heard);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/failure");
  TCase *t = tcase_create("failure");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, nan_after_a_time_names_component_time_and_term, 0, FHRL_COUNT(every));
  tcase_add_loop_test(t, nan_beyond_what_is_asked_for_does_no_harm, 0, FHRL_COUNT(every));
  tcase_add_loop_test(t, nan_at_the_start_is_found_before_starting, 0, FHRL_COUNT(every));
  tcase_add_loop_test(t, leaving_the_domain_of_the_equations_is_reported_where_it_happens, 0, FHRL_COUNT(every));
  tcase_add_loop_test(t, a_few_bad_evaluations_are_recovered_from, 0, FHRL_COUNT(every));
  tcase_add_loop_test(t, a_model_that_gives_up_is_quoted, 0, FHRL_COUNT(every));
  tcase_add_loop_test(t, blow_up_is_called_so_with_its_time, 0, FHRL_COUNT(every));
  tcase_add_loop_test(t, exponential_growth_is_no_blow_up_until_numbers_end, 0, FHRL_COUNT(every));
  tcase_add_loop_test(t, stiffness_under_an_explicit_method_is_recognised, 0, FHRL_COUNT(every));
  tcase_add_loop_test(t, sliding_along_a_jump_ends_with_component_term_and_what_to_do, 0, FHRL_COUNT(every));
  tcase_add_loop_test(t, decay_at_any_rate_is_no_chattering, 0, FHRL_COUNT(every));
  tcase_add_loop_test(t, the_clock_and_a_signal_are_seen_within_an_interval, 0, FHRL_COUNT(every));
  tcase_add_test(t, many_steps_are_no_error_but_too_many_are);
  tcase_add_loop_test(t, a_repeated_error_test_failure_names_the_worst_component, 0, FHRL_COUNT(every));
  tcase_add_test(t, a_corrector_that_does_not_converge_is_reported);
  tcase_add_test(t, impossible_requests_are_refused);
  tcase_add_test(t, nothing_is_ever_printed);
  suite_add_tcase(s, t);
  return run_suite(s);
}
