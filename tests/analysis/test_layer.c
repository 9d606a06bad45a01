// SPDX-License-Identifier: GPL-3.0-or-later
// test_layer: what is read of a checkpoint, what is refused, and the flow bound to it
#include "analysis/layer.h"

#include "golden_layer.h"

START_TEST(a_golden_layer_is_read_with_its_keys)
{
  const char *folder = scratch("layer_own");
  save_golden(folder, 'A', "own");
  fhrl_layer l;
  fhrl_err err = {0};
  assert_ok(fhrl_layer_load(folder, 1, &l, &err));
  ck_assert_int_eq(l.layers, 2);
  ck_assert_int_eq(l.d, 12);
  ck_assert_int_eq(l.r, 3);
  ck_assert_double_eq(l.gamma, 0.6);
  golden g = golden_load(test_data("golden/A/weights.txt"));
  assert_close("W_k", l.W_k, golden_find(&g, "blocks.1.fk.weight")->value, 144, 0.0);
  assert_close("W_r", l.W_r, golden_find(&g, "blocks.1.wr.weight")->value, 144, 0.0);
  for (int i = 0; i < 12; i++) ck_assert_double_eq(l.b_q[i], 0.0);
  golden_free(&g);
  fhrl_layer_free(&l);
  ck_assert_ptr_null(l.store);
}
END_TEST

START_TEST(shared_projections_bring_their_biases)
{
  char path[600];
  const char *folder = scratch("layer_shared");
  save_golden(folder, 'C', "shared");
  snprintf(path, sizeof path, "%s/checkpoint.safetensors", folder);
  fhrl_layer l;
  fhrl_err err = {0};
  assert_ok(fhrl_layer_load(path, 0, &l, &err)); // the file itself
  golden g = golden_load(test_data("golden/C/weights.txt"));
  assert_close("W_q", l.W_q, golden_find(&g, "blocks.0.wq.weight")->value, 144, 0.0);
  assert_close("b_v", l.b_v, golden_find(&g, "blocks.0.wv.bias")->value, 12, 0.0);
  golden_free(&g);
  fhrl_system *s = NULL;
  assert_ok(fhrl_layer_bind(&l, 2.5, FHRL_LAYER_EXACT, &s, &err));
  ck_assert_int_eq(s->n, 12 + 2 * 3 * 12);
  ck_assert_double_eq(s->p[fhrl_system_param(s->model, "c")], 2.5);
  ck_assert_double_eq(s->p[fhrl_system_param(s->model, "alpha")], 0.3);
  ck_assert_double_eq(s->p[fhrl_system_param(s->model, "rate")], 1.0);
  assert_close("b_k", s->m[fhrl_system_matrix(s->model, "b_k")], l.b_k, 12, 0.0);
  fhrl_system_destroy(s);
  fhrl_layer_free(&l);
}
END_TEST

// A checkpoint of one layer with these wr and fq (d = 2), and metadata.
static const char *save_small(const char *name, const double wr[], size_t wr_rows, const char *key, const char *value)
{
  static char path[600];
  const double w[4] = {0.5, 1.5, 2.5, 3.5};
  const fhrl_tensor t[4] = {
    {"blocks.0.wr.weight", FHRL_F64, 2, {wr_rows, 2}, 2 * wr_rows, wr},
    {"blocks.0.fq.weight", FHRL_F64, 2, {2, 2}, 4, w},
    {"blocks.0.fk.weight", FHRL_F64, 2, {2, 2}, 4, w},
    {"blocks.0.fv.weight", FHRL_F64, 2, {2, 2}, 4, w},
  };
  const char *const metadata[] = {"model.d", "2", key, value, NULL};
  fhrl_err err = {0};
  snprintf(path, sizeof path, "%s/small.safetensors", scratch(name));
  assert_ok(fhrl_safetensors_save(path, t, 4, metadata, &err));
  return path;
}

START_TEST(what_is_wrong_is_named)
{
  const double good[4] = {0.25, 0.5, 0.75, 1.0}, bad[4] = {0.25, NAN, 0.75, 1.0};
  fhrl_layer l;
  fhrl_err err = {0};
  assert_ok(fhrl_layer_load(save_small("s1", good, 2, NULL, NULL), 0, &l, &err));
  ck_assert_int_eq(l.r, 4); // keys that are absent have the network's defaults
  ck_assert_double_eq(l.alpha, 0.1);
  ck_assert_double_eq(l.gamma, 0.15);
  fhrl_layer_free(&l);
  assert_fails(fhrl_layer_load(save_small("s2", good, 2, NULL, NULL), 3, &l, &err), FHRL_ARG, &err, "no layer 3: it has 3");
  assert_fails(fhrl_layer_load(save_small("s3", good, 2, NULL, NULL), -1, &l, &err), FHRL_ARG, &err, "no layer -1");
  assert_fails(fhrl_layer_load(save_small("s4", good, 2, NULL, NULL), 1, &l, &err), FHRL_FORMAT, &err, "blocks.1.wr.weight");
  assert_fails(fhrl_layer_load(save_small("s5", good, 1, NULL, NULL), 0, &l, &err), FHRL_FORMAT, &err, "wr.weight");
  ck_assert_ptr_nonnull(strstr(err.msg, "small.safetensors"));
  assert_fails(fhrl_layer_load(save_small("s6", bad, 2, NULL, NULL), 0, &l, &err), FHRL_NUMERIC, &err, "wr.weight");
  assert_fails(fhrl_layer_load(save_small("s7", good, 2, "model.alpha", "1.5"), 0, &l, &err), FHRL_FORMAT, &err, "alpha");
  ck_assert_int_eq(err.code, FHRL_FORMAT);
  assert_fails(fhrl_layer_load(save_small("s8", good, 2, "model.projections", "both"), 0, &l, &err), FHRL_FORMAT, &err,
    "own|shared");
  // what a network may be and a flow not: the user's choice, not a broken file
  assert_fails(fhrl_layer_load(save_small("s9", good, 2, "model.beta", "0"), 0, &l, &err), FHRL_ARG, &err,
    "model.beta = 0: the network has no homeostasis");
  assert_fails(fhrl_layer_load(save_small("s10", good, 2, "model.gamma", "-0.3"), 0, &l, &err), FHRL_ARG, &err,
    "model.gamma = -0.3: the flow is built for gamma >= 0");
  assert_fails(fhrl_layer_load(save_small("s11", good, 2, "model.fast_weights", "delta"), 0, &l, &err), FHRL_ARG, &err,
    "model.fast_weights is not fhrl: the network has no FH-RL layers");
  assert_fails(fhrl_layer_load("nowhere.safetensors", 0, &l, &err), FHRL_IO, &err, "nowhere.safetensors");
}
END_TEST

START_TEST(keys_that_the_user_set_replace_the_layers_own)
{
  static const fhrl_field fields[] = {{"d", 8, "1", "", FHRL_INT}, {"r", 4, "1", "", FHRL_INT}, {"alpha", 0.1, "1", ""},
    {"beta", 0.5, "1", ""}, {"gamma", 0.15, "1", ""}};
  fhrl_layer l = random_layer(3, 5, 2, 0.6, 1.0);
  fhrl_config c;
  fhrl_settings settings = {0};
  fhrl_err err = {0};
  fhrl_config_init(&c);
  assert_ok(fhrl_config_add(&c, "model", fields, 5, &err));
  assert_ok(fhrl_settings_assign("model.gamma=1.25", &settings, &err));
  assert_ok(fhrl_config_apply(&c, &settings, NULL, 0, &err));
  assert_ok(fhrl_layer_override(&l, &c, &err));
  ck_assert_double_eq(l.gamma, 1.25);
  ck_assert_int_eq(l.r, 2); // a default replaces nothing
  assert_ok(fhrl_settings_assign("model.d=6", &settings, &err));
  assert_ok(fhrl_config_apply(&c, &settings, NULL, 0, &err));
  assert_fails(fhrl_layer_override(&l, &c, &err), FHRL_ARG, &err, "model.d = 6");
  fhrl_settings_free(&settings);
  fhrl_config_free(&c);
  fhrl_layer_free(&l);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/layer");
  TCase *t = tcase_create("layer");
  tcase_add_test(t, a_golden_layer_is_read_with_its_keys);
  tcase_add_test(t, shared_projections_bring_their_biases);
  tcase_add_test(t, what_is_wrong_is_named);
  tcase_add_test(t, keys_that_the_user_set_replace_the_layers_own);
  suite_add_tcase(s, t);
  return run_suite(s);
}
