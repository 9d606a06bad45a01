// SPDX-License-Identifier: GPL-3.0-or-later
// test_input: what u(t) is, where it jumps, and what is refused
#include "ode/input.h"

#include <math.h>

#include "base/file.h"
#include "base/random.h"
#include "io/dataset.h"
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
  } at[] = {{-2.5, 1.0, 0}, {0.0, 1.0, 0}, {0.999, 1.0, 0}, {1.0, 2.0, 1}, {1.75, 2.0, 1},
    {2.0, HUGE_VAL, 2}, {2.5, HUGE_VAL, 2}, {3.0, HUGE_VAL, 2}, {1e300, HUGE_VAL, 2}};
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
  assert_fails(
    fhrl_input_hold(&in, 2, 2, value, &err), FHRL_NUMERIC, &err, "token 1, channel 0 is nan");
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
    const double t = 0.7,
                 factor = k == 0 ? 0.0
      : k == 3                   ? 0.5 * sin(0.5 * 3.14159265358979323846 * t)
                                 : 0.5;
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

enum { PROBES = 3, TOKENS = 4, CHANNELS = 2 };

// A file such as `fhrl probe` writes, with one value of choice.
static void record(const char *path, double special)
{
  fhrl_err err;
  double value[PROBES * TOKENS * CHANNELS];
  for (int i = 0; i < PROBES * TOKENS * CHANNELS; i++) value[i] = 0.5 * i - 3.0;
  value[13] = special; // probe 1, token 2, channel 1
  const fhrl_variable v = {.name = "x_pre",
    .unit = "1",
    .meaning = "input",
    .rank = 3,
    .dimension = {"probe", "token", "channel"},
    .size = {PROBES, TOKENS, CHANNELS},
    .data = value};
  static const char *const none[] = {NULL};
  assert_ok(fhrl_dataset_save(path, &v, 1, 0, none, &err));
}

START_TEST(one_sequence_of_a_file_is_read_or_the_reason_given)
{
  fhrl_err err;
  fhrl_config c;
  fhrl_input in = {0};
  const char *folder = scratch("input");
  char path[FHRL_PATH_SIZE];
  assert_ok(fhrl_file_join(folder, "layer0.nc", path, &err));
  record(path, 99.5);
  configure(&c, "auto", path);
  assert_ok(fhrl_config_set(&c, "input", "sequence", "1", "--set", &err));
  assert_ok(fhrl_input_init(&in, &c, CHANNELS, &err));
  ck_assert_int_eq(in.kind, FHRL_INPUT_RECORDED);
  ck_assert_double_eq(fhrl_input_end(&in), TOKENS);
  double u[CHANNELS];
  const double want[] = {0.5 * 12 - 3.0, 99.5};
  fhrl_input_at(&in, 2.25, u);
  assert_close("u", u, want, CHANNELS, 0.0);
  fhrl_input_free(&in);

  assert_fails(fhrl_input_init(&in, &c, 5, &err), FHRL_ARG, &err,
    "x_pre has 2 channels, but the system takes 5 inputs");
  assert_ok(fhrl_config_set(&c, "input", "sequence", "3", "--set", &err));
  assert_fails(fhrl_input_init(&in, &c, CHANNELS, &err), FHRL_ARG, &err,
    "input.sequence = 3, but x_pre has 3 sequences");
  assert_ok(fhrl_config_set(&c, "input", "sequence", "1", "--set", &err));
  record(path, NAN);
  assert_fails(fhrl_input_init(&in, &c, CHANNELS, &err), FHRL_NUMERIC, &err, "layer0.nc");
  fhrl_config_free(&c);

  configure(&c, "recorded", "");
  assert_fails(fhrl_input_init(&in, &c, CHANNELS, &err), FHRL_ARG, &err, "needs input.file");
  assert_ok(fhrl_config_set(&c, "input", "file", "/nowhere/layer0.nc", "--set", &err));
  assert_fails(fhrl_input_init(&in, &c, CHANNELS, &err), FHRL_IO, &err, "/nowhere/layer0.nc");
  fhrl_config_free(&c);
  ck_assert_ptr_null(in.value);
  remove_scratch(folder);
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
  tcase_add_test(t, one_sequence_of_a_file_is_read_or_the_reason_given);
  suite_add_tcase(s, t);
  return run_suite(s);
}
