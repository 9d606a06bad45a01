// SPDX-License-Identifier: GPL-3.0-or-later
// test_ladder: the lowest rung is the network, one slot stands for equal ones, a sub-step is the flow's own
#include "analysis/ladder.h"

#include "golden_layer.h"

START_TEST(one_step_a_token_is_the_network)
{
  static const struct {
    char letter;
    const char *projections;
  } cases[] = {{'A', "own"}, {'C', "shared"}, {'F', "own"}};
  char name[64];
  const char letter = cases[_i / 4].letter;
  const int index = _i / 2 % 2;
  const fhrl_layer_rate rate = _i % 2 ? FHRL_LAYER_EXACT : FHRL_LAYER_PAPER;
  snprintf(name, sizeof name, "ladder_%d", _i);
  const char *folder = scratch(name);
  save_golden(folder, letter, cases[_i / 4].projections);
  fhrl_layer l;
  fhrl_system *s;
  fhrl_ladder ladder;
  fhrl_err err = {0};
  assert_ok(fhrl_layer_load(folder, index, &l, &err));
  assert_ok(fhrl_layer_bind(&l, 1.0, rate, &s, &err));
  assert_ok(fhrl_ladder_init(&ladder, s, 1, &err));
  snprintf(name, sizeof name, "golden/%c/expect.txt", letter);
  golden g = golden_load(test_data(name));
  snprintf(name, sizeof name, "x_pre.%d", index);
  const golden_record *u = golden_find(&g, name);
  snprintf(name, sizeof name, "y.%d", index);
  const golden_record *want = golden_find(&g, name);
  const size_t sequences = u->shape[0], tokens = u->shape[1], size = tokens * u->shape[2];
  double *y = malloc(size * sizeof *y);
  for (size_t b = 0; b < sequences; b++) {
    assert_ok(fhrl_ladder_run(&ladder, (int)tokens, u->value + b * size, y, &err));
    assert_close("y", y, want->value + b * size, size, 1e-9);
  }
  free(y);
  golden_free(&g);
  fhrl_ladder_free(&ladder);
  fhrl_system_destroy(s);
  fhrl_layer_free(&l);
}
END_TEST

START_TEST(one_slot_stands_for_r_equal_ones)
{
  enum { D = 9, T = 12 };
  fhrl_layer l = random_layer(5, D, 3, 0.8, 1.3), one;
  fhrl_system *many, *single;
  fhrl_ladder a, b;
  double *u = random_input(1, T, D), y[T * D], z[T * D];
  fhrl_err err = {0};
  assert_ok(fhrl_layer_collapse(&l, &one, &err));
  assert_ok(fhrl_layer_bind(&l, 1.0, FHRL_LAYER_EXACT, &many, &err));
  assert_ok(fhrl_layer_bind(&one, 1.0, FHRL_LAYER_EXACT, &single, &err));
  ck_assert_int_eq(single->n, 3 * D);
  assert_ok(fhrl_ladder_init(&a, many, 4, &err));
  assert_ok(fhrl_ladder_init(&b, single, 4, &err));
  assert_ok(fhrl_ladder_run(&a, T, u, y, &err));
  assert_ok(fhrl_ladder_run(&b, T, u, z, &err));
  assert_close("y", z, y, T * D, 1e-13);
  ck_assert_double_gt(fabs(y[T * D - 1]), 1e-3); // not zero for another reason
  fhrl_ladder_free(&a);
  fhrl_ladder_free(&b);
  fhrl_system_destroy(many);
  fhrl_system_destroy(single);
  fhrl_layer_free(&l);
  fhrl_layer_free(&one);
  free(u);
}
END_TEST

// A sub-step is the right-hand side of the flow, another model, taken first for U, V and then, at the old y, for y.
START_TEST(a_sub_step_is_the_flow_taken_in_two_halves)
{
  enum { D = 6, R = 2, N = D + 2 * R * D };
  const int m = 1 + 2 * (_i / 2), exact = _i % 2;
  fhrl_layer l = random_layer(6, D, R, 0.7, 1.4);
  fhrl_system *s;
  fhrl_ladder ladder;
  double *u = random_input(2, 1, D), z[N], want[N], f[N];
  fhrl_err err = {0};
  assert_ok(fhrl_layer_bind(&l, 1.7, exact ? FHRL_LAYER_EXACT : FHRL_LAYER_PAPER, &s, &err));
  assert_ok(fhrl_ladder_init(&ladder, s, m, &err));
  fhrl_random_normal((fhrl_random){.seed = 8, .stream = FHRL_STREAM_START}, 0, N, z);
  memcpy(want, z, sizeof want);
  s->u = u;
  const double a = exact ? -log(1 - l.alpha) : l.alpha, sigma = exact ? 1 - pow(1 - l.alpha, 1.0 / m) : l.alpha / m;
  for (int k = 0; k < m; k++) {
    s->model->rhs(s, 0.0, want, f);
    for (int i = D; i < N; i++) want[i] += sigma / a * f[i];
    s->model->rhs(s, 0.0, want, f);
    for (int i = 0; i < D; i++) want[i] += f[i] / m;
  }
  fhrl_ladder_token(&ladder, u, z);
  assert_close("z", z, want, N, 1e-13); // rounding of some 100 operations on numbers of order one
  fhrl_ladder_free(&ladder);
  fhrl_system_destroy(s);
  fhrl_layer_free(&l);
  free(u);
}
END_TEST

START_TEST(bad_rungs_and_bad_numbers_are_refused)
{
  fhrl_layer l = random_layer(7, 4, 1, 0.3, 1.0);
  fhrl_system *s;
  fhrl_ladder ladder;
  double u[8] = {1, 2, 3, 4, 5, NAN, 7, 8}, y[8];
  fhrl_err err = {0};
  assert_ok(fhrl_layer_bind(&l, 1.0, FHRL_LAYER_PAPER, &s, &err));
  assert_fails(fhrl_ladder_init(&ladder, s, 0, &err), FHRL_ARG, &err, "0 sub-steps");
  assert_ok(fhrl_ladder_init(&ladder, s, 2, &err));
  assert_fails(fhrl_ladder_run(&ladder, 2, u, y, &err), FHRL_NUMERIC, &err, "at token 1");
  fhrl_ladder_free(&ladder);
  fhrl_system_destroy(s);
  fhrl_layer_free(&l);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/ladder");
  TCase *t = tcase_create("ladder");
  tcase_add_loop_test(t, one_step_a_token_is_the_network, 0, 12);
  tcase_add_test(t, one_slot_stands_for_r_equal_ones);
  tcase_add_loop_test(t, a_sub_step_is_the_flow_taken_in_two_halves, 0, 6);
  tcase_add_test(t, bad_rungs_and_bad_numbers_are_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
