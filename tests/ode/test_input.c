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

static void make(fhrl_input *in, const char *kind, int n_u, const char *const set[][2], int sets)
{
  fhrl_config c;
  fhrl_err err;
  configure(&c, kind, "");
  for (int k = 0; k < sets; k++) assert_ok(fhrl_config_set(&c, "input", set[k][0], set[k][1], "--set", &err));
  assert_ok(fhrl_input_init(in, &c, n_u, &err));
  fhrl_config_free(&c);
}

START_TEST(a_linear_input_and_a_chirp_have_the_amplitudes_of_a_sine)
{
  static const char *const linear_keys[][2] = {{"amplitude", "2"}, {"slope", "-0.5"}};
  static const char *const chirp_keys[][2] = {{"amplitude", "2"}, {"frequency", "0.25"}, {"frequency_high", "1.25"},
    {"sweep", "4"}};
  fhrl_input constant, linear, chirp;
  double normal[3], u[3], want[3];
  make(&constant, "constant", 3, linear_keys, 1);
  make(&linear, "linear", 3, linear_keys, 2);
  make(&chirp, "chirp", 3, chirp_keys, 4);
  fhrl_input_at(&constant, 0.0, normal); // 2 N
  for (double t = 0.0; t < 5.0; t += 0.73) {
    fhrl_input_at(&linear, t, u);
    for (int i = 0; i < 3; i++) want[i] = normal[i] * (1.0 - 0.25 * t);
    assert_close("linear", u, want, 3, 1e-14);
    fhrl_input_at(&chirp, t, u);
    // cycles: the integral of 0.25 + t / 4
    for (int i = 0; i < 3; i++) want[i] = normal[i] * sin(2.0 * 3.14159265358979323846 * (0.25 * t + 0.125 * t * t));
    assert_close("chirp", u, want, 3, 1e-13);
  }
  ck_assert_int_eq(fhrl_input_varies(&linear), 1);
  ck_assert_int_eq(fhrl_input_varies(&constant), 0);
  ck_assert_double_eq(fhrl_input_break(&chirp, 1.0), HUGE_VAL);
  fhrl_input_free(&constant);
  fhrl_input_free(&linear);
  fhrl_input_free(&chirp);
}
END_TEST

// Power at `cycles` per record of a recorded u.
static double power(int samples, const double u[], int cycles)
{
  double c = 0.0, s = 0.0;
  for (int k = 0; k < samples; k++) {
    const double phase = 2.0 * 3.14159265358979323846 * cycles * k / samples;
    c += u[k] * cos(phase) / samples;
    s += u[k] * sin(phase) / samples;
  }
  return 2.0 * (c * c + s * s);
}

START_TEST(noise_keeps_to_its_band_and_its_variance_and_is_frozen)
{
  static const char *const keys[][2] = {{"amplitude", "0.75"}, {"frequency", "0.5"}, {"frequency_high", "1.5"}, {"modes", "64"}};
  enum { SAMPLES = 2048 };
  static double record[2][SAMPLES];
  const double T = 512.0;
  fhrl_input in, again;
  make(&in, "noise", 2, keys, 4);
  make(&again, "noise", 2, keys, 4);
  double square[2] = {0.0}, cross = 0.0, u[2], v[2];
  for (int k = 0; k < SAMPLES; k++) {
    fhrl_input_at(&in, T * k / SAMPLES, u);
    fhrl_input_at(&again, T * k / SAMPLES, v);
    ck_assert_mem_eq(u, v, sizeof u);
    for (int i = 0; i < 2; i++) square[i] += (record[i][k] = u[i]) * u[i] / SAMPLES;
    cross += u[0] * u[1] / SAMPLES;
  }
  for (int i = 0; i < 2; i++) {
    ck_assert_double_eq_tol(square[i], 0.75 * 0.75, 0.06);
    double inside = 0.0, outside = 0.0;
    for (int k = 1; k <= 1000; k += 7) { // in units of 1 / T: the band is 256 .. 768
      if (k < 240 || k > 784) outside += power(SAMPLES, record[i], k);
      if (k > 272 && k < 752) inside += power(SAMPLES, record[i], k);
    }
    ck_assert_msg(outside < 0.02 * inside, "%g outside of the band, %g inside", outside, inside);
  }
  ck_assert_double_le(fabs(cross), 0.1); // channels are independent
  fhrl_input_free(&in);
  fhrl_input_free(&again);
}
END_TEST

START_TEST(sines_have_their_frequencies_and_a_band_upside_down_is_refused)
{
  static const char *const keys[][2] = {{"frequency", "0.25"}, {"frequency_high", "0.75"}, {"modes", "3"}};
  fhrl_input in;
  fhrl_config c;
  fhrl_err err;
  make(&in, "sines", 1, keys, 3);
  double square = 0.0, sum = 0.0, u[1], record[1024];
  for (int k = 0; k < 1024; k++) {
    fhrl_input_at(&in, 16.0 * k / 1024, u);
    square += (record[k] = u[0]) * u[0] / 1024;
  }
  for (int k = 1; k <= 3; k++) sum += power(1024, record, 4 * k);
  ck_assert_double_gt(square, 0.0);
  ck_assert_double_eq_tol(sum, square, 1e-10); // all of it
  fhrl_input_free(&in);
  configure(&c, "chirp", "");
  assert_ok(fhrl_config_set(&c, "input", "frequency_high", "0.01", "--set", &err));
  assert_fails(fhrl_input_init(&in, &c, 1, &err), FHRL_ARG, &err, "input.frequency_high = 0.01 is below");
  fhrl_config_free(&c);
}
END_TEST

START_TEST(held_values_last_for_their_intervals_and_are_drawn_from_the_frozen_path)
{
  static const char *const keys[][2] = {{"amplitude", "0.5"}, {"hold", "0.1"}};
  fhrl_input in;
  double u[2], before[2] = {0.0, 0.0}, sum = 0.0, square = 0.0, lag = 0.0;
  make(&in, "held", 2, keys, 2);
  double t = 0.0;
  for (int k = 0; k < 20000; k++) { // every break follows the one before, whatever multiples of 0.1 round to
    const double end = fhrl_input_break(&in, t);
    ck_assert_double_eq(end, (k + 1) * 0.1);
    fhrl_input_at(&in, t, u);
    const double first = u[0];
    fhrl_input_at(&in, nextafter(end, 0.0), u);
    ck_assert_double_eq(u[0], first);
    sum += u[0], square += u[0] * u[0], lag += u[0] * before[0] + u[0] * u[1];
    ck_assert(u[0] != before[0]);
    before[0] = u[0];
    t = end;
  }
  ck_assert_double_le(fabs(sum / 20000), 4.0 * 0.5 / sqrt(20000));                   // four standard errors
  ck_assert_double_eq_tol(square / 20000, 0.25, 4.0 * 0.25 * sqrt(2.0 / 20000));
  ck_assert_double_le(fabs(lag / 20000), 4.0 * 0.25 * sqrt(2.0 / 20000)); // neither neighbours nor channels are alike
  ck_assert_int_eq(fhrl_input_varies(&in), 0);
  fhrl_input_at(&in, -3.0, u); // before 0 the first
  fhrl_input_at(&in, 0.05, before);
  ck_assert_double_eq(u[1], before[1]);
  fhrl_input_free(&in);
}
END_TEST

START_TEST(a_linear_input_may_begin_at_nothing)
{
  static const char *const keys[][2] = {{"amplitude", "0"}, {"slope", "0.25"}}, *const one[][2] = {{"amplitude", "1"}};
  fhrl_input in, constant;
  double u[2], normal[2];
  make(&in, "linear", 2, keys, 2);
  make(&constant, "constant", 2, one, 1);
  fhrl_input_at(&constant, 0.0, normal);
  fhrl_input_at(&in, 3.0, u);
  for (int i = 0; i < 2; i++) ck_assert_double_eq_tol(u[i], 0.75 * normal[i], 1e-15);
  fhrl_input_free(&in);
  fhrl_input_free(&constant);
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
  const fhrl_variable v = {.name = "x_pre", .unit = "1", .meaning = "input", .rank = 3,
    .dimension = {"probe", "token", "channel"}, .size = {PROBES, TOKENS, CHANNELS}, .data = value};
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

  assert_fails(fhrl_input_init(&in, &c, 5, &err), FHRL_ARG, &err, "x_pre has 2 channels, but the system takes 5 inputs");
  assert_ok(fhrl_config_set(&c, "input", "sequence", "3", "--set", &err));
  assert_fails(fhrl_input_init(&in, &c, CHANNELS, &err), FHRL_ARG, &err, "input.sequence = 3, but x_pre has 3 sequences");
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
  tcase_add_test(t, a_linear_input_and_a_chirp_have_the_amplitudes_of_a_sine);
  tcase_add_test(t, noise_keeps_to_its_band_and_its_variance_and_is_frozen);
  tcase_add_test(t, sines_have_their_frequencies_and_a_band_upside_down_is_refused);
  tcase_add_test(t, held_values_last_for_their_intervals_and_are_drawn_from_the_frozen_path);
  tcase_add_test(t, a_linear_input_may_begin_at_nothing);
  tcase_add_test(t, auto_is_nothing_for_a_system_without_inputs);
  tcase_add_test(t, one_sequence_of_a_file_is_read_or_the_reason_given);
  suite_add_tcase(s, t);
  return run_suite(s);
}
