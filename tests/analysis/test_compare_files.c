// SPDX-License-Identifier: GPL-3.0-or-later
// test_compare_files: recordings that do not hold what they should, and results with holes in them
#include "analysis/compare_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/compare_report.h"
#include "analysis/compare_verdict.h"
#include "analysis/recording.h"
#include "io/dataset.h"
#include "support.h"

enum { PROBES = 3, TOKENS = 4, CHANNELS = 2, SIZE = PROBES * TOKENS * CHANNELS };

// A recording whose y has `tokens` tokens; returns its path (static).
static const char *save(const char *name, const double x_pre[], const double y[], size_t tokens)
{
  static char path[600];
  const fhrl_variable v[2] = {
    {"x_pre", "1", "input", 3, {"probe", "token", "channel"}, {PROBES, TOKENS, CHANNELS}, x_pre},
    {"y", "1", "output", 3, {"probe", tokens == TOKENS ? "token" : "other", "channel"}, {PROBES, tokens, CHANNELS}, y},
  };
  fhrl_err err = {0};
  snprintf(path, sizeof path, "%s/layer0.nc", scratch(name));
  assert_ok(fhrl_dataset_save(path, v, 2, 0, (const char *const[]){NULL}, &err));
  return path;
}

START_TEST(the_first_sequences_are_read)
{
  double x_pre[SIZE], y[SIZE];
  for (int i = 0; i < SIZE; i++) {
    x_pre[i] = 0.5 + i;
    y[i] = -2.0 * i;
  }
  fhrl_recording r;
  fhrl_err err = {0};
  const char *path = save("recording", x_pre, y, TOKENS);
  assert_ok(fhrl_recording_load(path, 2, &r, &err));
  ck_assert_int_eq(r.sequences, 2);
  ck_assert_int_eq(r.tokens, TOKENS);
  ck_assert_int_eq(r.d, CHANNELS);
  assert_close("x_pre", r.x_pre, x_pre, 2 * TOKENS * CHANNELS, 0.0);
  assert_close("y", r.y, y, 2 * TOKENS * CHANNELS, 0.0);
  fhrl_recording_free(&r);
  assert_ok(fhrl_recording_load(path, 99, &r, &err)); // as many as there are
  ck_assert_int_eq(r.sequences, PROBES);
  fhrl_recording_free(&r);
}
END_TEST

START_TEST(what_is_wrong_with_a_recording_is_named)
{
  double x_pre[SIZE] = {0}, y[SIZE] = {0};
  fhrl_recording r;
  fhrl_err err = {0};
  assert_fails(fhrl_recording_load("nowhere.nc", 2, &r, &err), FHRL_IO, &err, "nowhere.nc");
  assert_fails(fhrl_recording_load(save("shorter", x_pre, y, TOKENS - 1), 2, &r, &err), FHRL_FORMAT, &err,
    "x_pre is 3 x 4 x 2 and y 3 x 3 x 2");
  y[TOKENS * CHANNELS + CHANNELS + 1] = NAN;
  assert_fails(fhrl_recording_load(save("hole", x_pre, y, TOKENS), 2, &r, &err), FHRL_NUMERIC, &err,
    "y of probe 1, token 1, channel 1 is nan");
}
END_TEST

START_TEST(holes_are_null_with_their_reasons)
{
  enum { WIDTH = 2 };
  double flow_twin[TOKENS * FHRL_COMPARE_TWIN * WIDTH] = {0}, twin[TOKENS * WIDTH] = {3.0, 4.0};
  double token[TOKENS * (1 + 2 * FHRL_COMPARE_RUNGS)] = {0};
  fhrl_compare_rest rest[2] = {{.sequence = 1, .token = 3, .rho = FHRL_NAN, .growth = FHRL_NAN, .radius = FHRL_NAN,
    .reason = "no rest"}, {.rho = 0.5, .shared = 1, .growth = -0.25, .radius = 1.125}};
  rest[0].simultaneous.h_c = rest[0].sequential.h_c = FHRL_NAN;
  fhrl_compare_layer r = {.index = 2, .sequences = 1, .tokens = TOKENS, .d = WIDTH, .c_star = FHRL_NAN, .rate_reason = "compare.rate_sequences = 0",
    .c_star_reason = "because", .h_c_sequential = FHRL_NAN, .h_c_simultaneous = 0.875, .flow_twin = flow_twin, .twin = twin,
    .token = token, .rests = 2, .rest = rest};
  r.ladder[FHRL_LAYER_EXACT] = (fhrl_compare_ladder){.sequences = 1, .order = 1.015625, .flow_rms = 2.0, .relative_at_1 = 0.5};
  r.curve[FHRL_LAYER_EXACT][3] = FHRL_NAN;
  snprintf(r.curve_reason[FHRL_LAYER_EXACT], sizeof r.curve_reason[0], "c = 4: too hard");
  const fhrl_compare_plan plan = {.rate = FHRL_LAYER_EXACT, .limit = 0.1};
  fhrl_compare_verdict verdict;
  fhrl_json *object = fhrl_json_object(), *back;
  char path[600];
  fhrl_err err = {0};
  const char *folder = scratch("files");
  fhrl_compare_verdict_find(&plan, &r, 1, &verdict);
  fhrl_compare_verdict_report(&verdict, object);
  fhrl_compare_report_json(&plan, &r, 1, object);
  snprintf(path, sizeof path, "%s/compare.json", folder);
  assert_ok(fhrl_json_save(object, path, &err));
  fhrl_json_free(object);
  assert_ok(fhrl_json_load(path, &back, &err));
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(back, "rate")), "exact");
  const fhrl_json *l = fhrl_json_at(fhrl_json_get(back, "layers"), 0);
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(l, "order")), 1.015625);
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(l, "layer")), 2);
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(l, "c_star_reason")), "because");
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(l, "h_c_sequential_reason")), "no equilibrium found has one");
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(l, "h_c_simultaneous")), 0.875);
  const fhrl_json *q = fhrl_json_get(l, "equilibria");
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(fhrl_json_at(q, 0), "rho_reason")), "no rest");
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(fhrl_json_at(q, 1), "network_radius")), 1.125);
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(fhrl_json_get(l, "rates"), "paper_reason")), "compare.rate_sequences = 0");
  const fhrl_json *lambda = fhrl_json_get(fhrl_json_get(l, "lambda_max"), "flow");
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(lambda, "value_reason")), "compare.exponent_sequences = 0");
  ck_assert_ptr_nonnull(strstr(fhrl_json_string(fhrl_json_get(back, "headline")), "does not describe"));
  const fhrl_json *curve = fhrl_json_get(l, "c_curve");
  ck_assert_uint_eq(fhrl_json_size(curve), FHRL_COMPARE_RATES * FHRL_COMPARE_SPEEDS);
  const fhrl_json *hole = fhrl_json_at(curve, FHRL_COMPARE_SPEEDS + 3);
  ck_assert(isnan(fhrl_json_number(fhrl_json_get(hole, "relative_rms"))));
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(hole, "relative_rms_reason")), "c = 4: too hard");
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(hole, "c")), 4.0);
  fhrl_json_free(back);
  assert_ok(fhrl_compare_files_save(&plan, &r, 1, folder, &err));
  assert_fails(fhrl_compare_files_save(&plan, &r, 1, "no/such/folder", &err), FHRL_IO, &err, "no/such/folder/compare.tsv");
}
END_TEST

// One axis of time for both: the flow at each look, the network at tokens' ends alone.
START_TEST(the_twins_share_one_axis_of_time)
{
  enum { WIDTH = 2, ROWS = TOKENS * FHRL_COMPARE_TWIN };
  double flow_twin[ROWS * WIDTH], twin[TOKENS * WIDTH], token[TOKENS * (1 + 2 * FHRL_COMPARE_RUNGS)] = {0};
  double time[ROWS], flow[ROWS * WIDTH], network[ROWS * WIDTH];
  const size_t start[3] = {0}, count[3] = {1, ROWS, WIDTH};
  char path[600];
  fhrl_err err = {0};
  for (int i = 0; i < ROWS * WIDTH; i++) flow_twin[i] = 0.125 * i;
  for (int i = 0; i < TOKENS * WIDTH; i++) twin[i] = -i;
  const fhrl_compare_layer r = {.sequences = 1, .tokens = TOKENS, .d = WIDTH, .flow_twin = flow_twin, .twin = twin, .token = token};
  const fhrl_compare_plan plan = {.rate = FHRL_LAYER_PAPER};
  const char *folder = scratch("twins");
  assert_ok(fhrl_compare_files_save(&plan, &r, 1, folder, &err));
  snprintf(path, sizeof path, "%s/twin.nc", folder);
  assert_ok(fhrl_dataset_read(path, "time", 1, start, count + 1, time, &err));
  assert_ok(fhrl_dataset_read(path, "flow_y", 3, start, count, flow, &err));
  assert_ok(fhrl_dataset_read(path, "network_y", 3, start, count, network, &err));
  assert_close("flow", flow, flow_twin, ROWS * WIDTH, 0.0);
  for (int k = 0; k < ROWS; k++) {
    const int ends = (k + 1) % FHRL_COMPARE_TWIN == 0, t = (k + 1) / FHRL_COMPARE_TWIN;
    ck_assert_double_eq(time[k], (k + 1.0) / FHRL_COMPARE_TWIN);
    for (int i = 0; i < WIDTH; i++) {
      if (ends) ck_assert_double_eq(network[k * WIDTH + i], twin[(t - 1) * WIDTH + i]);
      else ck_assert(isnan(network[k * WIDTH + i]));
    }
  }
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/compare_files");
  TCase *t = tcase_create("files");
  tcase_add_test(t, the_first_sequences_are_read);
  tcase_add_test(t, what_is_wrong_with_a_recording_is_named);
  tcase_add_test(t, holes_are_null_with_their_reasons);
  tcase_add_test(t, the_twins_share_one_axis_of_time);
  suite_add_tcase(s, t);
  return run_suite(s);
}
