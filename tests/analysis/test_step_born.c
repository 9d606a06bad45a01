// SPDX-License-Identifier: GPL-3.0-or-later
// test_step_born: what is born where a map loses its equilibrium, on layers of one channel whose map can be written down
//
// d = r = 1, W_q = W_k = W_v = 1, gamma W_r = -b, beta = 1/2, and x = u - b y > 0: slots rest at 1, and
//   y' = (1 - h) y + h G(u - b y),  G(w) = 2 w/(1 + w)                                   (1)
// With b G'(w*) = B at the equilibrium the flip is at h_c = 2/(1 + B). G has no Schwarzian derivative, so that of (1) has there
// the sign of h_c - 1: below 1 a cycle grows out of the equilibrium, above 1 there is a jump.
#include "analysis/step_born.h"

#include "analysis/init.h"
#include "analysis/ladder_stability.h"
#include "analysis/metrics.h"
#include "golden_layer.h"

enum { STEPS = 20000, TAIL = 64 };

typedef struct scalar {
  double b, u, alpha;
} scalar;

static fhrl_layer layer_of(const scalar *s)
{
  fhrl_layer l = random_layer(1, 1, 1, 1.0, 1.0);
  l.W_q[0] = l.W_k[0] = l.W_v[0] = 1.0;
  l.W_r[0] = -s->b;
  l.alpha = s->alpha;
  return l;
}

// The map with its slots, whatever the sign of x: largest |y - at| of the last steps, and their period (0: none up to 16).
static double follow(const scalar *s, double h, double at, double y, int *period)
{
  double U = 1.0, V = 1.0, tail[TAIL], size = 0.0;
  for (int k = 0; k < STEPS; k++) {
    const double x = s->u - s->b * y, sign = x < 0.0 ? -1.0 : 1.0, share = s->alpha * h;
    U += share * (sign - U);
    V += share * (sign - V);
    const double w = U * V * x;
    y = (1.0 - h) * y + h * w / (0.5 + 0.5 * fabs(w));
    tail[k % TAIL] = y;
  }
  for (int k = 0; k < TAIL; k++) size = fmax(size, fabs(tail[k] - at));
  *period = 0;
  for (int p = 1; p <= 16 && *period == 0; p++) {
    double worst = 0.0;
    for (int k = 0; k < TAIL - p; k++)
      worst = fmax(worst, fabs(tail[(STEPS - 1 - k) % TAIL] - tail[(STEPS - 1 - k - p) % TAIL]));
    if (worst <= 1e-7 * size) *period = p;
  }
  return size;
}

// Of b G'(w*) = B at w* = 1/2.
static fhrl_step_born find(double B, scalar *s, double *y, double *h_c)
{
  const double w = 0.5, slope = 2.0 / ((1.0 + w) * (1.0 + w));
  fhrl_err err = {0};
  fhrl_system *flow;
  fhrl_step_born r;
  *y = 2.0 * w / (1.0 + w);
  *s = (scalar){.b = B / slope, .alpha = 0.1};
  s->u = w + s->b * *y;
  fhrl_layer l = layer_of(s);
  assert_ok(fhrl_layer_bind(&l, 1.0, FHRL_LAYER_PAPER, &flow, &err));
  double z[3] = {*y, 1.0, 1.0}, residual, S, K, re, im;
  assert_ok(fhrl_ladder_stability_equilibrium(flow, &s->u, z, &residual, &err));
  ck_assert_double_eq_tol(z[0], *y, 1e-10);
  assert_ok(fhrl_ladder_stability_blocks(flow, &s->u, z, &S, &K, &err));
  fhrl_step_limit limit = {.h_c = FHRL_NAN};
  assert_ok(fhrl_ladder_stability_limit(flow, &S, &K, 0.25, &limit.h_c, &err));
  *h_c = limit.h_c;
  limit.above.h = 1.02 * limit.h_c;
  assert_ok(fhrl_ladder_stability_leading(flow, &S, &K, limit.above.h, &re, &im, &err));
  limit.above.predicted = log(hypot(re, im));
  assert_ok(fhrl_step_born_find(flow, &s->u, z, &limit, &r, &err));
  fhrl_system_destroy(flow);
  fhrl_layer_free(&l);
  return r;
}

START_TEST(below_one_a_cycle_grows)
{
  scalar s;
  double y, h_c;
  int period;
  const fhrl_step_born r = find(1.5, &s, &y, &h_c);
  ck_assert_double_eq_tol(h_c, 0.8, 1e-7);
  ck_assert_int_eq(r.kind, FHRL_STEP_BORN_CYCLE);
  ck_assert_int_eq(r.period, 2);
  ck_assert_double_eq_tol(r.h, 0.808, 1e-6);
  ck_assert_double_eq_tol(r.size, follow(&s, r.h, y, y + 1e-3, &period), 1e-6 * r.size); // it has settled to 1e-6
  ck_assert_int_eq(period, 2);
  ck_assert_int_eq(r.jump, 0);
  ck_assert_str_eq(fhrl_step_born_text(&r), "cycle");
}
END_TEST

START_TEST(above_one_it_jumps)
{
  scalar s;
  double y, h_c;
  int period;
  const fhrl_step_born r = find(1.0 / 3.0, &s, &y, &h_c);
  ck_assert_double_eq_tol(h_c, 1.5, 1e-7);
  ck_assert_int_eq(r.jump, 1);
  const double far = follow(&s, 1.001 * h_c, y, y + 1e-3, &period); // ten times nearer it is as large
  ck_assert_double_gt(far, 0.75 * r.size);
  ck_assert_int_eq(period == 0, r.period == 0);
  ck_assert_double_lt(follow(&s, 0.999 * h_c, y, y + 1e-3, &period), 1e-3);
}
END_TEST

// Without reentry y' = (1 - h) y + const. beyond h = 2 grows for ever.
START_TEST(without_reentry_nothing_is_born)
{
  scalar s;
  double y, h_c;
  const fhrl_step_born r = find(0.0, &s, &y, &h_c);
  ck_assert_double_eq_tol(h_c, 2.0, 1e-7);
  ck_assert_int_eq(r.kind, FHRL_STEP_BORN_NOTHING);
  ck_assert(isnan(r.size));
}
END_TEST

// h_c = 1.9998 leaves too little room below h = 2, where y itself is lost.
START_TEST(what_cannot_be_waited_for_is_not_claimed)
{
  scalar s;
  double y, h_c;
  const fhrl_step_born r = find(1e-4, &s, &y, &h_c);
  ck_assert_int_eq(r.kind, FHRL_STEP_BORN_UNKNOWN);
  ck_assert_ptr_nonnull(strstr(r.reason, "too near to c h = 2"));
  ck_assert_ptr_eq(fhrl_step_born_text(&r), NULL);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/step_born");
  TCase *t = tcase_create("born");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, below_one_a_cycle_grows);
  tcase_add_test(t, above_one_it_jumps);
  tcase_add_test(t, without_reentry_nothing_is_born);
  tcase_add_test(t, what_cannot_be_waited_for_is_not_claimed);
  suite_add_tcase(s, t);
  return run_suite(s);
}
