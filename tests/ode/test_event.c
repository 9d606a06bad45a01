// SPDX-License-Identifier: GPL-3.0-or-later
// test_event: sign changes located within a step, with direction, terminal or not, and restarted across
#include <math.h>
#include <string.h>

#include "ode/trajectory.h"
#include "support.h"

static fhrl_err err;
static const fhrl_method methods[] = {
  FHRL_METHOD_ADAMS, FHRL_METHOD_BDF, FHRL_METHOD_DOP853, FHRL_METHOD_DOPRI5, FHRL_METHOD_VERNER};

// A harmonic oscillator x = sin t, y = cos t.
static const fhrl_field xy[] = {{"x", 0.0, "1", "state"}, {"y", 1.0, "1", "state"}};
static int circle_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = x[1];
  dx[1] = -x[0];
  return 0;
}
static int circle_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[])
{
  return circle_rhs(s, t, v, Jv);
}
static const fhrl_event up_and_down[] = {{"up", 1, 0, "x rises through 0"}, {"down", -1, 0, "x falls through 0"},
  {"both", 0, 0, "y passes 0"}};
static int circle_events(const fhrl_system *s, double t, const double x[], double g[])
{
  g[0] = x[0];
  g[1] = x[0];
  g[2] = x[1];
  return 0;
}
#define CIRCLE .state = xy, .n_state = 2, .rhs = circle_rhs, .jvp = circle_jvp
static const fhrl_model circle = {.name = "circle", CIRCLE, .event = up_and_down, .n_event = 3, .events = circle_events};

static fhrl_integrator *create(const fhrl_model *m, fhrl_method method, const double x0[], fhrl_system **s)
{
  fhrl_integrator *it = NULL;
  const double p = 0.0;
  const fhrl_solver solver = {.method = method, .rtol = 1e-10, .atol = 1e-12, .max_steps = 100000};
  assert_ok(fhrl_system_bind(m, &p, NULL, s, &err));
  assert_ok(fhrl_integrator_create(*s, NULL, &solver, 0.0, x0, &it, &err));
  return it;
}

START_TEST(every_crossing_is_found_once_and_in_its_direction)
{
  fhrl_system *s;
  const double x0[] = {0.0, 1.0}; // on a zero: no event before x has a sign
  fhrl_integrator *it = create(&circle, methods[_i], x0, &s);
  long count;
  for (int k = 1; k <= 40; k++) assert_ok(fhrl_integrator_advance(it, 0.5 * k, &err));
  const fhrl_happening *e = fhrl_integrator_events(it, &count);
  ck_assert_int_eq(count, 12); // multiples of pi / 2 up to 20, without 0
  for (long k = 0; k < count; k++) {
    const double want = 0.5 * FHRL_PI * (double)(k + 1);
    ck_assert_msg(fabs(e[k].t - want) < 2e-8, "event %ld at %.12g instead of %.12g", k, e[k].t, want);
    ck_assert_int_eq(e[k].event, k % 2 == 0 ? 2 : k % 4 == 1 ? 1 : 0);
  }
  ck_assert_double_eq(fhrl_integrator_now(it), 20.0);
  const double want[] = {sin(20.0), cos(20.0)};
  assert_close("x(20)", fhrl_integrator_state(it), want, 2, 2e-8);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

static const fhrl_event end[] = {{"end", 1, 1, "x reaches 1/2"}};
static int end_events(const fhrl_system *s, double t, const double x[], double g[])
{
  g[0] = x[0] - 0.5;
  return 0;
}
static const fhrl_model ending = {.name = "ending", CIRCLE, .event = end, .n_event = 1, .events = end_events};

START_TEST(a_terminal_event_ends_the_integration_there)
{
  fhrl_system *s;
  const double x0[] = {0.0, 1.0};
  fhrl_integrator *it = create(&ending, methods[_i], x0, &s);
  assert_fails(fhrl_integrator_advance(it, 3.0, &err), FHRL_EVENT, &err, "ending ends at t = 0.52359877");
  ck_assert_ptr_nonnull(strstr(err.msg, "end, x reaches 1/2"));
  ck_assert_double_eq_tol(fhrl_integrator_now(it), FHRL_PI / 6.0, 1e-8);
  ck_assert_double_eq_tol(fhrl_integrator_state(it)[0], 0.5, 1e-12);
  fhrl_integrator_destroy(it);
  const fhrl_solver solver = {.method = methods[_i], .rtol = 1e-10, .atol = 1e-12, .t_end = 3.0, .output_every = 0.25,
    .max_steps = 1000};
  fhrl_trajectory tr;
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err));
  assert_ok(fhrl_trajectory_init(&tr, s, &solver, 0.0, &err));
  assert_ok(fhrl_trajectory_run(&tr, it, s, NULL, NULL, &err));
  ck_assert_int_eq(tr.count, 4); // 0, 1/4, 1/2 and the event
  ck_assert_int_eq(tr.points, 4);
  ck_assert_double_eq_tol(tr.t[3], FHRL_PI / 6.0, 1e-8);
  fhrl_trajectory_free(&tr);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

// What stops stays stopped: g is 0 from then on.
static int friction_rhs(const fhrl_system *s, double t, const double x[], double dx[])
{
  dx[0] = -1.0;
  dx[1] = x[1] > 0.0 ? -1.0 : 0.0; // y stops at 0 and stays there
  return 0;
}
static int friction_events(const fhrl_system *s, double t, const double x[], double g[])
{
  g[0] = x[1] > 0.0 ? x[1] : 0.0;
  return 0;
}
static const fhrl_event stop[] = {{"stop", 0, 0, "y stops"}};
static const fhrl_model friction = {.name = "friction", .state = xy, .n_state = 2, .rhs = friction_rhs, .jvp = circle_jvp,
  .event = stop, .n_event = 1, .events = friction_events};

START_TEST(a_function_that_stays_zero_neither_fires_nor_hangs)
{
  fhrl_system *s;
  const double x0[] = {0.0, 1.0};
  fhrl_integrator *it = create(&friction, FHRL_METHOD_DOP853, x0, &s);
  long count;
  assert_ok(fhrl_integrator_advance(it, 4.0, &err));
  fhrl_integrator_events(it, &count);
  ck_assert_int_eq(count, 0);
  ck_assert_double_eq_tol(fhrl_integrator_state(it)[1], 0.0, 1e-9);
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

static int bad_events(const fhrl_system *s, double t, const double x[], double g[])
{
  g[0] = t < 1.0 ? 1.0 : NAN;
  g[1] = 1.0;
  g[2] = 1.0;
  return 0;
}
static const fhrl_model bad = {.name = "bad", CIRCLE, .event = up_and_down, .n_event = 3, .events = bad_events};

START_TEST(an_event_function_that_is_not_finite_is_named)
{
  fhrl_system *s;
  const double x0[] = {0.0, 1.0};
  fhrl_integrator *it = create(&bad, methods[_i], x0, &s);
  assert_fails(fhrl_integrator_advance(it, 3.0, &err), FHRL_NUMERIC, &err, "event 'up' (function 0) of bad is nan at t = 1");
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

// ---- sections that a user asks for

static int circle_observe(const fhrl_system *s, double t, const double x[], double out[])
{
  out[0] = x[0] + x[1]; // sqrt(2) sin(t + pi / 4)
  return 0;
}
static const fhrl_field sum_field[] = {{"sum", 0.0, "1", "x + y"}};
static const fhrl_model plain = {.name = "plain", CIRCLE, .obs = sum_field, .n_obs = 1, .observe = circle_observe};
static const fhrl_model eventful = {.name = "eventful", CIRCLE, .obs = sum_field, .n_obs = 1, .observe = circle_observe,
  .event = up_and_down, .n_event = 3, .events = circle_events};

START_TEST(sections_are_located_in_order_with_their_states_and_change_nothing)
{
  const double x0[] = {0.0, 1.0}, p = 0.0;
  fhrl_system *s;
  fhrl_crossing section[FHRL_CROSSING_MAX];
  fhrl_solver solver = {.method = methods[_i], .rtol = 1e-10, .atol = 1e-12, .max_steps = 100000};
  double without[2];
  for (int with = 0; with < 2; with++) {
    fhrl_integrator *it;
    assert_ok(fhrl_system_bind(&plain, &p, NULL, &s, &err));
    if (with) assert_ok(fhrl_crossing_read(s, " x = 0.5 up;sum=0; y = 0 down ;", section, &solver.crossings, &err));
    solver.crossing = section;
    assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err));
    assert_ok(fhrl_integrator_advance(it, 20.0, &err));
    if (!with) memcpy(without, fhrl_integrator_state(it), sizeof without);
    if (with) {
      ck_assert_mem_eq(fhrl_integrator_state(it), without, sizeof without);
      long count, crossings;
      const fhrl_happening *e = fhrl_integrator_events(it, &count);
      const double *at = fhrl_integrator_crossings(it, &crossings);
      ck_assert_int_eq(count, 13); // pi/6, pi/2 + 2 k pi, 3/4 pi + k pi below 20
      ck_assert_int_eq(crossings, count);
      int seen[3] = {0};
      for (long k = 0; k < count; k++) {
        const double turn = 2.0 * FHRL_PI;
        const double want[3] = {FHRL_PI / 6 + turn * seen[0], 0.75 * FHRL_PI + 0.5 * turn * seen[1], FHRL_PI / 2 + turn * seen[2]};
        const int which = e[k].event;
        ck_assert(which >= 0 && which < 3 && (k == 0 || e[k].t > e[k - 1].t));
        ck_assert_msg(fabs(e[k].t - want[which]) < 2e-8, "section %d at %.12g instead of %.12g", which, e[k].t, want[which]);
        ck_assert_double_eq_tol(at[2 * k], sin(want[which]), 2e-8);
        ck_assert_double_eq_tol(at[2 * k + 1], cos(want[which]), 2e-8);
        seen[which]++;
      }
      ck_assert_int_eq(seen[0], 4);
      ck_assert_int_eq(seen[1], 6);
      ck_assert_int_eq(seen[2], 3);
    }
    fhrl_integrator_destroy(it);
    fhrl_system_destroy(s);
  }
}
END_TEST

START_TEST(sections_and_events_of_a_model_go_together)
{
  const double x0[] = {0.0, 1.0}, p = 0.0;
  fhrl_system *s;
  fhrl_crossing section[FHRL_CROSSING_MAX];
  fhrl_solver solver = {.method = methods[_i], .rtol = 1e-10, .atol = 1e-12, .max_steps = 100000, .crossing = section};
  fhrl_integrator *it;
  assert_ok(fhrl_system_bind(&eventful, &p, NULL, &s, &err));
  assert_ok(fhrl_crossing_read(s, "x = 0.999", section, &solver.crossings, &err)); // just before and after y passes 0
  assert_ok(fhrl_integrator_create(s, NULL, &solver, 0.0, x0, &it, &err));
  assert_ok(fhrl_integrator_advance(it, 3.0, &err));
  long count;
  const fhrl_happening *e = fhrl_integrator_events(it, &count);
  const double off = acos(0.999), want[] = {FHRL_PI / 2 - off, FHRL_PI / 2, FHRL_PI / 2 + off};
  const int which[] = {3, 2, 3};
  ck_assert_int_eq(count, 3);
  for (int k = 0; k < 3; k++) {
    ck_assert_int_eq(e[k].event, which[k]);
    ck_assert_double_eq_tol(e[k].t, want[k], 2e-8);
  }
  fhrl_integrator_destroy(it);
  fhrl_system_destroy(s);
}
END_TEST

START_TEST(a_section_that_cannot_be_read_is_quoted)
{
  static const char *const wrong[][2] = {{"x 0", "'x 0' is not NAME = LEVEL"}, {"q = 1", "circle has no state or observable 'q'"},
    {"x = ", "has no level"}, {"x = nan", "has no level"}, {"x = 1 left", "its direction is 'left'; allowed: up, down, both"},
    {"x=1;x=2;x=3;x=4;x=5;x=6;x=7;x=8;x=9", "more than 8 sections"},
    {"x = 0000000000000000000000000000000000000000000000000000000000000000000000000000000001", "too long"}};
  fhrl_system *s;
  fhrl_crossing section[FHRL_CROSSING_MAX];
  const double p = 0.0;
  int count = -1;
  assert_ok(fhrl_system_bind(&circle, &p, NULL, &s, &err));
  for (int k = 0; k < FHRL_COUNT(wrong); k++)
    assert_fails(fhrl_crossing_read(s, wrong[k][0], section, &count, &err), FHRL_ARG, &err, wrong[k][1]);
  ck_assert_int_eq(count, -1);
  assert_ok(fhrl_crossing_read(s, " ; ", section, &count, &err));
  ck_assert_int_eq(count, 0);
  fhrl_system_destroy(s);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/event");
  TCase *t = tcase_create("event");
  tcase_add_loop_test(t, every_crossing_is_found_once_and_in_its_direction, 0, FHRL_COUNT(methods));
  tcase_add_loop_test(t, a_terminal_event_ends_the_integration_there, 0, FHRL_COUNT(methods));
  tcase_add_test(t, a_function_that_stays_zero_neither_fires_nor_hangs);
  tcase_add_loop_test(t, an_event_function_that_is_not_finite_is_named, 0, FHRL_COUNT(methods));
  tcase_add_loop_test(t, sections_are_located_in_order_with_their_states_and_change_nothing, 0, FHRL_COUNT(methods));
  tcase_add_loop_test(t, sections_and_events_of_a_model_go_together, 0, FHRL_COUNT(methods));
  tcase_add_test(t, a_section_that_cannot_be_read_is_quoted);
  suite_add_tcase(s, t);
  return run_suite(s);
}
