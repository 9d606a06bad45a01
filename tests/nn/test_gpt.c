// SPDX-License-Identifier: GPL-3.0-or-later
// test_gpt: the configuration, the table of parameters, and checkpoints that may come from anywhere
#include "nn/gpt.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static fhrl_err err;

static size_t parameters(fhrl_gpt_config c)
{
  size_t total;
  fhrl_gpt_layout(&c, NULL, &total);
  return total;
}

START_TEST(parameters_are_as_many_as_designed)
{
  fhrl_gpt_config c = fhrl_gpt_default();
  ck_assert_uint_eq(parameters(c), 1456704);
  c.mlp = 4;
  c.tied = 1;
  ck_assert_uint_eq(parameters(c), 1851072);
  c.projections = FHRL_GPT_SHARED;
  ck_assert_uint_eq(parameters(c), 1519296);
}
END_TEST

// 3 x 192 x 192 and W_r per layer are FH-RL's own; biases are (6 + mlp) d, a further norm 2 d.
START_TEST(switches_add_and_take_away_parameters)
{
  const fhrl_gpt_config whole = fhrl_gpt_default();
  fhrl_gpt_config c = whole;
  c.biases = 0;
  ck_assert_uint_eq(parameters(c), 1456704 - 3 * 7 * 192);
  c = whole;
  c.x_source = FHRL_GPT_LN;
  ck_assert_uint_eq(parameters(c), 1456704 + 3 * 2 * 192);
  c = whole;
  c.y_destination = FHRL_GPT_TO_NONE;
  ck_assert_uint_eq(parameters(c), 1456704 - 3 * 4 * 192 * 192);
  c.projections = FHRL_GPT_SHARED;
  ck_assert_uint_eq(parameters(c), 1456704 - 3 * 4 * 192 * 192);
  c.x_source = FHRL_GPT_LN;
  assert_fails(fhrl_gpt_validate(&c, &err), FHRL_ARG, &err, "no layer that would read x");
}
END_TEST

// What W_r W_r^T is tells the starts apart; the other tensors do not depend on it.
START_TEST(reentry_matrix_starts_as_asked)
{
  enum { D = 48 };
  fhrl_gpt_config c = fhrl_gpt_default();
  c.d = D;
  c.layers = 2;
  fhrl_gpt usual;
  assert_ok(fhrl_gpt_init(&c, &usual, &err));
  fhrl_gpt_randomize(&usual, 3);
  for (c.wr_init = FHRL_GPT_WR_NORMAL; c.wr_init <= FHRL_GPT_WR_IDENTITY; c.wr_init++) {
    fhrl_gpt gpt;
    assert_ok(fhrl_gpt_init(&c, &gpt, &err));
    fhrl_gpt_randomize(&gpt, 3);
    const fhrl_real *W = gpt.params.layer[1].wr;
    const double diagonal = (double[]){0, D * 4e-4, 1, 0, 1}[c.wr_init];
    const double tolerance = (double[]){0, 0.6 * D * 4e-4, 1e-6, 1e-30, 1e-30}[c.wr_init];
    for (int i = 0; i < D; i++)
      for (int j = 0; j <= i; j++) {
        double product = 0;
        for (int k = 0; k < D; k++) product += (double)W[i * D + k] * (double)W[j * D + k];
        ck_assert_double_eq_tol(product, i == j ? diagonal : 0, tolerance);
      }
    if (c.wr_init == FHRL_GPT_WR_IDENTITY) ck_assert(W[D + 1] == 1 && W[1] == 0);
    ck_assert_mem_eq(gpt.params.layer[1].fq, usual.params.layer[1].fq, D * D * sizeof *W);
    fhrl_gpt_free(&gpt);
  }
  fhrl_gpt_free(&usual);
}
END_TEST

START_TEST(configuration_goes_there_and_back)
{
  double value[FHRL_GPT_KEY_COUNT], again[FHRL_GPT_KEY_COUNT];
  fhrl_gpt_config c = fhrl_gpt_default(), d;
  c.gamma = 0.37;
  c.r = 7;
  c.feedback_gradient = FHRL_GPT_STATE;
  fhrl_gpt_values(&c, value);
  for (int i = 0; i < FHRL_GPT_KEY_COUNT; i++)
    if (!strcmp(fhrl_gpt_fields[i].name, "r")) ck_assert_double_eq(value[i], 7);
  assert_ok(fhrl_gpt_configure(value, &d, &err));
  fhrl_gpt_values(&d, again);
  ck_assert_mem_eq(value, again, sizeof value);
}
END_TEST

START_TEST(bad_configurations_are_named)
{
  static const struct {
    const char *key;
    double value;
    const char *part;
  } bad[] = {
    {"heads", 5, "model.d = 192 is not a multiple of model.heads = 5"},
    {"T", 1, "model.T = 1 is not allowed"},
    {"alpha", 0, "(0, 1]"},
    {"beta", 1.25, "model.beta = 1.25"},
    {"beta", NAN, "model.beta"},
    {"sigma", -1e-3, "model.sigma"},
    {"gamma", INFINITY, "model.gamma"},
    {"tied", 2, "true|false"},
    {"projections", 2, "own|shared"},
    {"feedback_gradient", -1, "detached|full|state"},
    {"biases", 2, "true|false"},
    {"x_source", 2, "stream|ln"},
    {"y_destination", 2, "stream|none"},
    {"wr_init", 5, "uniform|normal"},
    {"ema", 0, "(0, 1]"},
    {"ema", 1.5, "model.ema = 1.5"},
    {"d", 1e12, "model.d"},
    {"vocabulary", 257, "model.vocabulary"},
  };
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    fhrl_gpt_config c = fhrl_gpt_default();
    double value[FHRL_GPT_KEY_COUNT];
    fhrl_gpt_values(&c, value);
    int found = 0;
    for (int i = 0; i < FHRL_GPT_KEY_COUNT; i++)
      if (!strcmp(fhrl_gpt_fields[i].name, bad[k].key)) value[i] = bad[k].value, found = 1;
    ck_assert_int_eq(found, 1);
    assert_fails(fhrl_gpt_configure(value, &c, &err), FHRL_ARG, &err, bad[k].part);
  }
  fhrl_gpt_config c = fhrl_gpt_default();
  c.d = 8190;
  c.layers = 10;
  assert_fails(fhrl_gpt_validate(&c, &err), FHRL_ARG, &err, "parameters");
}
END_TEST

static fhrl_gpt small(void)
{
  fhrl_gpt gpt;
  fhrl_gpt_config c = fhrl_gpt_default();
  c.d = 12;
  c.layers = 2;
  c.T = 6;
  c.gamma = 0.1;
  c.feedback_gradient = FHRL_GPT_FULL;
  assert_ok(fhrl_gpt_init(&c, &gpt, &err));
  fhrl_gpt_randomize(&gpt, 4);
  return gpt;
}

START_TEST(initial_weights_have_their_distributions)
{
  fhrl_gpt gpt;
  fhrl_gpt_config c = fhrl_gpt_default();
  assert_ok(fhrl_gpt_init(&c, &gpt, &err));
  fhrl_gpt_randomize(&gpt, 1);
  fhrl_gpt_tensor tensor[80];
  const int count = fhrl_gpt_layout(&c, tensor, NULL);
  for (int k = 0; k < count; k++) {
    const fhrl_real *w = gpt.weights + tensor[k].offset;
    double square = 0, most = 0;
    for (size_t i = 0; i < tensor[k].count; i++) {
      square += (double)w[i] * (double)w[i];
      most = fmax(most, fabs((double)w[i]));
    }
    square /= (double)tensor[k].count;
    if (strstr(tensor[k].name, "wr.weight")) {
      ck_assert_double_eq_tol(square, 1.0 / 192 / 3, 0.02 / 192 / 3);
      ck_assert_double_le(most, 1 / sqrt(192));
    } else if (tensor[k].rank == 2) {
      ck_assert_double_eq_tol(square, 4e-4, 2e-5);
    } else if (strstr(tensor[k].name, ".bias")) {
      ck_assert_double_eq(most, 0);
    } else {
      ck_assert_double_eq(square, 1);
    }
  }
  ck_assert(gpt.params.layer[0].wo[0] != gpt.params.layer[1].wo[0]);
  ck_assert(gpt.params.tok[0] != gpt.params.head[0]);
  fhrl_gpt_free(&gpt);
}
END_TEST

START_TEST(checkpoint_reads_back_what_was_written)
{
  char path[600];
  fhrl_gpt gpt = small(), back;
  const char *folder = scratch("gpt");
  snprintf(path, sizeof path, "%s/checkpoint.safetensors", folder);
  assert_ok(fhrl_gpt_save(&gpt, path, &err));
  assert_ok(fhrl_gpt_load(folder, &back, &err)); // a run's folder stands for its checkpoint
  double written[FHRL_GPT_KEY_COUNT], read[FHRL_GPT_KEY_COUNT];
  fhrl_gpt_values(&gpt.config, written);
  fhrl_gpt_values(&back.config, read);
  ck_assert_mem_eq(written, read, sizeof read);
  ck_assert_mem_eq(gpt.weights, back.weights, gpt.count * sizeof *gpt.weights);
  fhrl_gpt_free(&back);
  fhrl_gpt_free(&gpt);
  remove(path);
  remove(folder);
}
END_TEST

// A checkpoint written tensor by tensor, with one thing changed.
typedef struct twist {
  int leave_out, widen, nan, f64, extra;
  const char *key, *value; // a metadata entry of model.d = 12 ... replaced or added
} twist;

static void write(const char *path, const fhrl_gpt *gpt, twist w)
{
  fhrl_gpt_tensor layout[80];
  fhrl_tensor tensor[81];
  int count = fhrl_gpt_layout(&gpt->config, layout, NULL), n = 0;
  double *wide = malloc((gpt->count + 1000) * sizeof *wide);
  for (size_t i = 0; i < gpt->count; i++) wide[i] = gpt->weights[i];
  float nan[12] = {NAN};
  for (int k = 0; k < count; k++) {
    if (w.leave_out == k + 1) continue;
    fhrl_tensor t = fhrl_gpt_describe(&layout[k], layout[k].name, gpt->weights);
    if (w.f64)
      t =
        (fhrl_tensor){t.name, FHRL_F64, t.rank, {t.shape[0], t.shape[1]}, t.count, wide + layout[k].offset};
    if (w.widen == k + 1) t.shape[0]++, t.count += t.rank == 2 ? t.shape[1] : 1;
    if (w.nan && layout[k].count == 12) t.data = nan;
    tensor[n++] = t;
  }
  if (w.extra) tensor[n++] = (fhrl_tensor){"surplus", FHRL_F32, 1, {12}, 12, gpt->weights};
  const char *metadata[] = {
    "format", "fhrl", "model.d", "12", "model.layers", "2", "model.T", "6", NULL, NULL, NULL};
  if (w.key) {
    int i = 0;
    while (metadata[i] && strcmp(metadata[i], w.key)) i += 2;
    metadata[i] = w.key;
    metadata[i + 1] = w.value;
  }
  assert_ok(fhrl_safetensors_save(path, tensor, n, metadata, &err));
  free(wide);
}

START_TEST(foreign_checkpoints_load_or_say_why_not)
{
  static const struct {
    twist twist;
    fhrl_status status;
    const char *part;
  } cases[] = {
    {{.f64 = 1}, FHRL_OK, NULL},
    {{.leave_out = 3}, FHRL_FORMAT, "blocks.0.ln1.weight is missing"},
    {{.extra = 1}, FHRL_FORMAT, "surplus"},
    {{.widen = 1}, FHRL_FORMAT, "tok.weight"},
    {{.nan = 1}, FHRL_NUMERIC, "blocks.0.ln1.weight"},
    {{.key = "model.d", .value = "24"}, FHRL_FORMAT, "24"},
    {{.key = "model.heads", .value = "5"}, FHRL_FORMAT, "model.heads = 5"},
    {{.key = "model.heads", .value = "3x"}, FHRL_FORMAT, "model.heads = '3x'"},
    {{.key = "model.colour", .value = "red"}, FHRL_FORMAT, "unknown metadata key model.colour"},
    {{.key = "model.projections", .value = "mine"}, FHRL_FORMAT, "own|shared"},
    {{.key = "model.tied", .value = "true"}, FHRL_FORMAT, "head.weight"},
    {{.key = "model.gamma", .value = "0.25"}, FHRL_OK, NULL},
    {{.key = "format", .value = "pt"}, FHRL_FORMAT, "'pt'"},
  };
  char path[600];
  const char *folder = scratch("foreign");
  snprintf(path, sizeof path, "%s/x.safetensors", folder);
  fhrl_gpt gpt = small();
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    fhrl_gpt back = {.count = 0};
    write(path, &gpt, cases[k].twist);
    const fhrl_status status = fhrl_gpt_load(path, &back, &err);
    if (cases[k].status == FHRL_OK) {
      ck_assert_msg(status == FHRL_OK, "%s", err.msg);
      ck_assert_mem_eq(gpt.weights, back.weights, gpt.count * sizeof *gpt.weights);
      fhrl_gpt_free(&back);
    } else {
      assert_fails(status, cases[k].status, &err, cases[k].part);
      ck_assert_ptr_null(back.weights);
    }
  }
  fhrl_gpt_free(&gpt);
  remove(path);
  remove(folder);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("nn/gpt");
  TCase *t = tcase_create("gpt");
  tcase_add_test(t, parameters_are_as_many_as_designed);
  tcase_add_test(t, switches_add_and_take_away_parameters);
  tcase_add_test(t, reentry_matrix_starts_as_asked);
  tcase_add_test(t, configuration_goes_there_and_back);
  tcase_add_test(t, bad_configurations_are_named);
  tcase_add_test(t, initial_weights_have_their_distributions);
  tcase_add_test(t, checkpoint_reads_back_what_was_written);
  tcase_add_test(t, foreign_checkpoints_load_or_say_why_not);
  suite_add_tcase(s, t);
  return run_suite(s);
}
