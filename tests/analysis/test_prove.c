// SPDX-License-Identifier: GPL-3.0-or-later
// test_prove: right-hand sides in balls against those in double, and complete lists of equilibria that are known
#include "analysis/prove.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/equilibrium.h"
#include "analysis/init.h"
#include "base/random.h"
#include "given.h"
#include "support.h"

static const char *const settings_of[][2] = {
  {"lorenz", ""}, {"rossler", ""}, {"van_der_pol", "model.mu=1.7"}, {"lotka_volterra", ""}, {"hopf", ""},
  {"henon_heiles", "model.lambda=0.8"}, {"linear", "model.n=3 model.inputs=2"}, {"random_rnn", "model.n=3"},
  {"ltc", "model.n=3 model.inputs=2 model.tau=1.3"},
  {"fhrl", "model.d=3 model.epsilon=0.3"},
  {"fhrl", "model.d=2 model.memory=normalized model.eta=0.4 model.epsilon=0.01"},
  {"fhrl", "model.d=2 model.drive=fastweight model.homeostasis=gain model.beta=0.7 model.eta=0.6"},
  {"fhrl", "model.d=3 model.drive=fastweight model.memory=normalized model.homeostasis=reentry model.epsilon=0.2"},
  {"fhrl", "model.d=2 model.drive=none model.kappa=3 model.homeostasis=radial model.eta=0"},
  {"fhrl", "model.d=2 model.homeostasis=none"},
};
enum { SETTINGS = sizeof settings_of / sizeof *settings_of, N = FHRL_JET_MAX };

// F and its derivative along v at a point x of free states, in double: the other states at their equilibrium values.
// fhrl's A is Phi/lambda, which the model's own rhs and jvp tell: with A = 0 the rate of A is Phi.
static void in_double(const fhrl_system *s, int n, const double x[], const double v[], double F[], double Jv[])
{
  const double lambda = n < s->n ? s->p[fhrl_system_param(s->model, "lambda")] : 1.0;
  double *full = calloc(4 * (size_t)s->n, sizeof *full), *dir = full + s->n, *rate = dir + s->n, *change = rate + s->n;
  memcpy(full, x, (size_t)n * sizeof *x);
  memcpy(dir, v, (size_t)n * sizeof *v);
  if (n < s->n) {
    s->model->rhs(s, 0.0, full, rate);
    s->model->jvp(s, 0.0, full, dir, change);
    for (int i = n; i < s->n; i++) {
      full[i] = rate[i] / lambda;
      dir[i] = change[i] / lambda;
    }
  }
  s->model->rhs(s, 0.0, full, rate);
  s->model->jvp(s, 0.0, full, dir, change);
  memcpy(F, rate, (size_t)n * sizeof *F);
  memcpy(Jv, change, (size_t)n * sizeof *Jv);
  free(full);
}

// 1 if the ball holds the number but for what double loses.
static int holds(const arb_t ball, double number)
{
  const double slack = 1e-12 * (1.0 + fabs(number));
  return fhrl_ball_low(ball) <= number + slack && fhrl_ball_high(ball) >= number - slack;
}

START_TEST(fields_in_balls_enclose_those_in_double)
{
  fhrl_err err = {FHRL_OK, ""};
  given g = given_system(settings_of[_i][0], settings_of[_i][1], (fhrl_section){0});
  double u[16] = {0.3, -0.7, 0.45}, draw[8], x[N], v[N], F[N], Jv[N], low[N], high[N];
  g.system->u = u;
  fhrl_ball_field field;
  assert_ok(fhrl_ball_field_init(&field, g.system, &err));
  fhrl_jet jets[N];
  arb_struct box[N];
  fhrl_jet_inits(N, jets);
  for (int i = 0; i < N; i++) arb_init(&box[i]);
  for (int k = 0; k < 40; k++) {
    const double width = k % 4 == 0 ? 0.0 : pow(10.0, -k % 4 * 2 + 1) * 0.01;
    fhrl_random_normal((fhrl_random){.seed = 5, .stream = FHRL_STREAM_NULL, .step = (uint32_t)k}, 0, 8, draw);
    for (int i = 0; i < field.n; i++) {
      x[i] = 0.8 * draw[i];
      v[i] = 0.0;
      low[i] = x[i] - width * fabs(draw[4 + i % 4]);
      high[i] = x[i] + width;
      fhrl_ball_interval(&box[i], low[i], high[i]);
    }
    fhrl_ball_field_value(&field, box, jets);
    for (int j = 0; j < field.n; j++) {
      v[j] = 1.0;
      in_double(g.system, field.n, x, v, F, Jv);
      v[j] = 0.0;
      for (int i = 0; i < field.n; i++) {
        ck_assert_msg(holds(jets[i].value, F[i]), "F[%d] = %g in [%g, %g]", i, F[i], fhrl_ball_low(jets[i].value),
          fhrl_ball_high(jets[i].value));
        ck_assert_msg(holds(jets[i].slope[j], Jv[i]), "J[%d, %d] = %g in [%g, %g]", i, j, Jv[i],
          fhrl_ball_low(jets[i].slope[j]), fhrl_ball_high(jets[i].slope[j]));
        if (width > 0.0) continue; // at a point they are tight, too
        ck_assert_double_le(fhrl_ball_high(jets[i].value) - fhrl_ball_low(jets[i].value), 1e-14 * (1 + fabs(F[i])));
        ck_assert_double_le(fhrl_ball_high(jets[i].slope[j]) - fhrl_ball_low(jets[i].slope[j]), 1e-13 * (1 + fabs(Jv[i])));
      }
    }
  }
  fhrl_jet_clears(N, jets);
  for (int i = 0; i < N; i++) arb_clear(&box[i]);
  given_free(&g);
}
END_TEST

// Over boxes around the kink every value and slope met inside is enclosed.
START_TEST(the_kink_at_the_origin_is_enclosed)
{
  fhrl_err err = {FHRL_OK, ""};
  given g = given_system("fhrl", "model.d=2 model.W=diag_3 model.eta=0 model.epsilon=0.01", (fhrl_section){0});
  double u[2] = {0}, draw[8], v[2] = {0}, F[2], Jv[2];
  g.system->u = u;
  fhrl_ball_field field;
  assert_ok(fhrl_ball_field_init(&field, g.system, &err));
  fhrl_jet jets[N];
  arb_struct box[N];
  fhrl_jet_inits(N, jets);
  for (int i = 0; i < N; i++) arb_init(&box[i]);
  for (int i = 0; i < 2; i++) fhrl_ball_interval(&box[i], -0.003, 0.004);
  fhrl_ball_field_value(&field, box, jets);
  for (int k = 0; k < 200; k++) {
    fhrl_random_uniform((fhrl_random){.seed = 6, .stream = FHRL_STREAM_NULL, .step = (uint32_t)k}, 0, 8, draw);
    const double shrink = k % 2 ? 1.0 : 1e-6, x[2] = {shrink * (0.007 * draw[0] - 0.003), shrink * (0.007 * draw[1] - 0.003)};
    for (int j = 0; j < 2; j++) {
      v[j] = 1.0;
      in_double(g.system, 2, x, v, F, Jv);
      v[j] = 0.0;
      for (int i = 0; i < 2; i++) ck_assert(holds(jets[i].value, F[i]) && holds(jets[i].slope[j], Jv[i]));
    }
  }
  fhrl_jet_clears(N, jets);
  for (int i = 0; i < N; i++) arb_clear(&box[i]);
  given_free(&g);
}
END_TEST

// Proves with (or, blind, without) what Newton's method finds.
static fhrl_prove proved(const char *model, const char *settings, const char *box, int blind)
{
  fhrl_err err = {FHRL_OK, ""};
  char all[512];
  snprintf(all, sizeof all, "%s proof.box=%s", settings, box);
  const fhrl_section section = {"proof", fhrl_prove_fields, fhrl_prove_field_count};
  given g = given_system(model, all, section);
  double u[16] = {0};
  fhrl_input_at(&g.input, 0.0, u);
  const fhrl_equilibrium_plan plan = {.starts = 100, .limit = 100, .spread = 1, .tolerance = 1e-11, .distinct = 1e-6, .seed = 1};
  fhrl_equilibria e;
  const double *start[100];
  fhrl_ball_field field;
  fhrl_prove_plan prove;
  fhrl_prove p;
  assert_ok(fhrl_equilibrium_find(g.system, 0.0, u, &plan, g.x0, NULL, &e, &err));
  for (int i = 0; i < e.count; i++) start[i] = e.item[i].x;
  assert_ok(fhrl_ball_field_init(&field, g.system, &err));
  assert_ok(fhrl_prove_options(&g.config, &field, start, e.count, &prove, &err));
  prove.boxes = 30000;
  assert_ok(fhrl_prove_run(&field, &prove, start, blind ? 0 : e.count, &p, &err));
  fhrl_equilibrium_free(&e);
  given_free(&g);
  return p;
}

static int root_at(const fhrl_prove *p, double x, double y, double tolerance)
{
  int found = 0;
  for (int k = 0; k < p->roots; k++) found += hypot(p->root[k].x[0] - x, p->root[k].x[1] - y) < tolerance;
  return found;
}

static const char nine[] = "model.W=diag_3 model.eta=0 model.kappa=1 model.epsilon=0.01 input.kind=none";

// The axes' and the diagonals' roots lie on the very cuts of the box: blind, the cover has to look across them.
START_TEST(the_tanh_network_has_exactly_nine_equilibria)
{
  fhrl_prove p = proved("fhrl", nine, "-2,2", _i);
  const double a = 0.99748, b = 0.848;
  ck_assert_int_eq(p.complete, 1);
  ck_assert_int_eq(p.inside, 9);
  ck_assert_int_eq(p.undecided, 0);
  ck_assert_int_eq(root_at(&p, 0, 0, 1e-12), 1);
  for (int side = -1; side <= 1; side += 2) {
    ck_assert_int_eq(root_at(&p, side * a, 0, 1e-4) + root_at(&p, 0, side * a, 1e-4), 2);
    ck_assert_int_eq(root_at(&p, side * b, b, 1e-4) + root_at(&p, side * b, -b, 1e-4), 2);
  }
  for (int k = 0; k < p.roots; k++) ck_assert_double_le(p.root[k].radius, 1e-12);
  fhrl_prove_free(&p);
}
END_TEST

START_TEST(known_systems_have_as_many_as_known)
{
  static const struct {
    const char *model, *settings, *box;
    int count;
  } known[] = {
    {"van_der_pol", "", "-3,3", 1},
    {"lotka_volterra", "", "-1,6", 2},
    {"lotka_volterra", "", "1,6;-1,6", 1},
    {"lorenz", "", "-50,50", 3},
    {"henon_heiles", "", "-2,2", 4},
    {"fhrl", nine, "0.1,2", 1},
    {"fhrl", "model.d=3 model.W=diag_3 model.eta=0 model.epsilon=0.01 input.kind=none", "-2,2", 27},
    {"fhrl", "model.epsilon=0 model.kappa=3", "-2,2", 2},
  };
  fhrl_prove p = proved(known[_i / 2].model, known[_i / 2].settings, known[_i / 2].box, _i % 2);
  ck_assert_int_eq(p.complete, 1);
  ck_assert_int_eq(p.inside, known[_i / 2].count);
  fhrl_prove_free(&p);
}
END_TEST

// theory 5 of Lotka and Volterra: (0, 0) lies on this box's corner
START_TEST(a_root_on_the_border_is_told_apart)
{
  fhrl_prove p = proved("lotka_volterra", "", "0,6", 0);
  ck_assert_int_eq(p.inside, 1);
  ck_assert_int_eq(root_at(&p, 0, 0, 1e-9), 1);
  for (int k = 0; k < p.roots; k++)
    if (fabs(p.root[k].x[0]) < 1e-9) ck_assert_int_eq(p.root[k].position, -1);
  fhrl_prove_free(&p);
}
END_TEST

// dx/dt = A x with a singular A rests along a line: nothing that could be counted, and no proof is claimed
START_TEST(a_continuum_is_never_counted)
{
  fhrl_prove p = proved("linear", "model.n=2 model.A=1_1;1_1", "-1,1", 1);
  ck_assert_int_eq(p.complete, 0);
  ck_assert_ptr_nonnull(p.reason);
  ck_assert_int_eq(p.inside, 0);
  fhrl_prove_free(&p);
}
END_TEST

static fhrl_status opened(const char *model, const char *settings, const char *box, fhrl_err *err)
{
  char all[512];
  snprintf(all, sizeof all, "%s proof.box=%s", settings, box);
  given g = given_system(model, all, (fhrl_section){"proof", fhrl_prove_fields, fhrl_prove_field_count});
  fhrl_ball_field field;
  fhrl_prove_plan plan;
  fhrl_status status = fhrl_ball_field_init(&field, g.system, err);
  if (status == FHRL_OK) status = fhrl_prove_options(&g.config, &field, NULL, 0, &plan, err);
  given_free(&g);
  return status;
}

START_TEST(what_cannot_be_proved_is_refused_with_the_reason)
{
  fhrl_err err = {FHRL_OK, ""};
  assert_fails(opened("dense_hopfield", "", "", &err), FHRL_ARG, &err, "not written in balls");
  assert_fails(opened("fhrl", "model.d=5", "", &err), FHRL_ARG, &err, "5 free states");
  assert_fails(opened("fhrl", "model.lambda=0", "", &err), FHRL_ARG, &err, "lambda = 0");
  assert_fails(opened("fhrl", "model.homeostasis=reentry model.epsilon=0", "", &err), FHRL_ARG, &err, "jumps");
  assert_fails(opened("fhrl", "", "2,-2", &err), FHRL_ARG, &err, "low < high");
  assert_fails(opened("fhrl", "", "-1,1;-1", &err), FHRL_ARG, &err, "each of the 2 free states");
  assert_fails(opened("fhrl", "", "-1,1;-1,1;-1,1", &err), FHRL_ARG, &err, "proof.box");
  ck_assert_int_eq(opened("fhrl", "", "-1,1;-1,2", &err), FHRL_OK);
}
END_TEST

int main(void)
{
  fhrl_init_libraries();
  Suite *s = suite_create("analysis/prove");
  TCase *t = tcase_create("balls");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, fields_in_balls_enclose_those_in_double, 0, SETTINGS);
  tcase_add_test(t, the_kink_at_the_origin_is_enclosed);
  tcase_add_loop_test(t, the_tanh_network_has_exactly_nine_equilibria, 0, 2);
  tcase_add_loop_test(t, known_systems_have_as_many_as_known, 0, 16);
  tcase_add_test(t, a_root_on_the_border_is_told_apart);
  tcase_add_test(t, a_continuum_is_never_counted);
  tcase_add_test(t, what_cannot_be_proved_is_refused_with_the_reason);
  suite_add_tcase(s, t);
  return run_suite(s);
}
