// SPDX-License-Identifier: GPL-3.0-or-later
// test_input: what u(t) is, where it jumps, and what is refused
#include "ode/input.h"

#include <math.h>

#include "base/random.h"
#include "support.h"

START_TEST(a_recording_is_held_over_each_token)
{
  fhrl_err err;
  fhrl_input in;
  const double value[] = {1.5, 2.5, -3.0, 4.25, 5.0, -6.5}; // three tokens of two channels
  assert_ok(fhrl_input_hold(&in, 3, 2, value, &err));
  static const struct {
    double t, jump;
    int token;
  } at[] = {{-2.5, 1.0, 0}, {0.0, 1.0, 0}, {0.999, 1.0, 0}, {1.0, 2.0, 1}, {1.75, 2.0, 1}, {2.0, HUGE_VAL, 2},
    {2.5, HUGE_VAL, 2}, {3.0, HUGE_VAL, 2}, {1e300, HUGE_VAL, 2}};
  for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
    double u[2];
    fhrl_input_at(&in, at[k].t, u);
    assert_close("u", u, value + 2 * at[k].token, 2, 0.0);
    ck_assert_double_eq(fhrl_input_break(&in, at[k].t), at[k].jump);
  }
  ck_assert_double_eq(fhrl_input_end(&in), 3.0);
  fhrl_input_free(&in);
  ck_assert_ptr_null(in.value);
}
END_TEST

START_TEST(a_recording_that_is_not_finite_is_refused)
{
  fhrl_err err;
  fhrl_input in;
  const double value[] = {1.5, 2.5, NAN, 4.25};
  assert_fails(fhrl_input_hold(&in, 2, 2, value, &err), FHRL_NUMERIC, &err, "token 1, channel 0 is nan");
}
END_TEST

static void configure(fhrl_config *c, const char *kind, const char *file)
{
  fhrl_err err;
  fhrl_config_init(c);
  assert_ok(fhrl_config_add(c, "input", fhrl_input_fields, fhrl_input_field_count, &err));
  assert_ok(fhrl_config_set(c, "input", "kind", kind, "--set", &err));
  assert_ok(fhrl_config_set(c, "input", "seed", "7", "--set", &err));
  assert_ok(fhrl_config_set(c, "input", "frequency", "0.25", "--set", &err));
  assert_ok(fhrl_config_set(c, "input", "file", file, "--set", &err));
}

START_TEST(amplitudes_are_drawn_from_their_own_stream)
{
  fhrl_err err;
  fhrl_config c;
  fhrl_input in;
  double drawn[3], u[3], want[3];
  fhrl_random_normal((fhrl_random){.seed = 7, .stream = FHRL_STREAM_INPUT}, 0, 3, drawn);
  static const char *const kinds[] = {"none", "constant", "auto", "sine"};
  for (int k = 0; k < 4; k++) {
    configure(&c, kinds[k], "");
    assert_ok(fhrl_input_init(&in, &c, 3, &err));
    const double t = 0.7, factor = k == 0 ? 0.0 : k == 3 ? 0.5 * sin(0.5 * 3.14159265358979323846 * t) : 0.5;
    for (int i = 0; i < 3; i++) want[i] = factor * drawn[i];
    fhrl_input_at(&in, t, u);
    assert_close(kinds[k], u, want, 3, 1e-15);
    ck_assert_double_eq(fhrl_input_break(&in, t), HUGE_VAL);
    ck_assert_double_eq(fhrl_input_end(&in), HUGE_VAL);
    fhrl_input_free(&in);
    fhrl_config_free(&c);
  }
}
END_TEST

START_TEST(auto_is_nothing_for_a_system_without_inputs)
{
  fhrl_err err;
  fhrl_config c;
  fhrl_input in;
  configure(&c, "auto", "/nowhere/layer0.nc");
  assert_ok(fhrl_input_init(&in, &c, 0, &err));
  ck_assert_int_eq(in.kind, FHRL_INPUT_NONE);
  fhrl_input_at(&in, 0.0, NULL);
  fhrl_input_free(&in);
  fhrl_config_free(&c);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("ode/input");
  TCase *t = tcase_create("input");
  tcase_add_test(t, a_recording_is_held_over_each_token);
  tcase_add_test(t, a_recording_that_is_not_finite_is_refused);
  tcase_add_test(t, amplitudes_are_drawn_from_their_own_stream);
  tcase_add_test(t, auto_is_nothing_for_a_system_without_inputs);
  suite_add_tcase(s, t);
  return run_suite(s);
}
