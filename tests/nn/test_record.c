// SPDX-License-Identifier: GPL-3.0-or-later
// test_record: recorded activations are the network's own, whatever the number of threads
#include "nn/record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"

static fhrl_err err;

START_TEST(records_equal_the_golden_tensors)
{
  golden_case c = case_load("B", FHRL_GPT_DETACHED);
  fhrl_record *r = malloc(sizeof *r);
  assert_ok(fhrl_record_run(&c.gpt, &c.sequences, &c.noise, 2, r, &err));
  const fhrl_record_layer *l = &r->layer[1];
  case_compare("record", l->x_pre, golden_find(&c.expect, "x_pre.1"), 1, 1e-4);
  case_compare("record", l->x, golden_find(&c.expect, "x_in.1"), 1, 1e-4);
  case_compare("record", l->y, golden_find(&c.expect, "y.1"), 1, 1e-4);
  case_compare("record", l->h_out, golden_find(&c.expect, "h_out.1"), 1, 1e-4);
  case_compare("record", l->U, golden_find(&c.expect, "U.1"), 1, 1e-4);
  case_compare("record", l->V, golden_find(&c.expect, "V.1"), 1, 1e-4);
  case_compare("record", r->logits, golden_find(&c.expect, "logits"), 1, 1e-4);
  // attention's output is what it adds: h_attn.1 - h_out.0
  const double *after = golden_find(&c.expect, "h_attn.1")->value,
               *before = golden_find(&c.expect, "h_out.0")->value;
  const size_t n = golden_find(&c.expect, "h_attn.1")->count;
  for (size_t i = 0; i < n; i++) ck_assert_double_eq_tol(l->attention[i], after[i] - before[i], 1e-4);
  fhrl_record_free(r);
  free(r);
  case_free(&c);
}
END_TEST

START_TEST(input_is_the_norm_where_x_is_read_from_it)
{
  golden_case c = case_load("G", FHRL_GPT_DETACHED);
  fhrl_record *r = malloc(sizeof *r);
  assert_ok(fhrl_record_run(&c.gpt, &c.sequences, &c.noise, 1, r, &err));
  case_compare("record", r->layer[1].x_pre, golden_find(&c.expect, "x_pre.1"), 1, 1e-4);
  const double *after = golden_find(&c.expect, "h_attn.1")->value,
               *before = golden_find(&c.expect, "h_out.0")->value;
  for (size_t i = 0; i < golden_find(&c.expect, "h_attn.1")->count; i++)
    ck_assert_double_eq_tol(r->layer[1].attention[i], after[i] - before[i], 1e-4);
  fhrl_record_free(r);
  free(r);
  case_free(&c);
}
END_TEST

START_TEST(threads_and_company_do_not_change_a_bit)
{
  enum { N = 11, T = 9 };
  fhrl_gpt gpt;
  fhrl_gpt_config c = {.vocabulary = 256,
    .d = 24,
    .heads = 3,
    .layers = 2,
    .T = T,
    .mlp = 2,
    .r = 2,
    .alpha = 0.1,
    .beta = 0.5,
    .gamma = 0.4,
    .biases = 1,
    .ema = 1,
    .sigma = 0.01};
  assert_ok(fhrl_gpt_init(&c, &gpt, &err));
  fhrl_gpt_randomize(&gpt, 2);
  unsigned char bytes[N * T];
  for (int i = 0; i < N * T; i++) bytes[i] = (unsigned char)(i * 37);
  const fhrl_sequences s = {bytes, N, T};
  const fhrl_noise noise = {.seed = 3};
  fhrl_record *a = malloc(sizeof *a), *b = malloc(sizeof *b);
  assert_ok(fhrl_record_run(&gpt, &s, &noise, 1, a, &err));
  assert_ok(fhrl_record_run(&gpt, &s, &noise, 3, b, &err));
  ck_assert_mem_eq(a->logits, b->logits, sizeof(fhrl_real) * N * T * 256);
  for (int l = 0; l < 2; l++) {
    ck_assert_mem_eq(a->layer[l].y, b->layer[l].y, sizeof(fhrl_real) * N * T * 24);
    ck_assert_mem_eq(a->layer[l].U, b->layer[l].U, sizeof(fhrl_real) * N * 2 * 24);
  }
  fhrl_record_free(a);
  fhrl_record_free(b);
  free(a);
  free(b);
  fhrl_gpt_free(&gpt);
}
END_TEST

START_TEST(what_cannot_be_recorded_is_refused)
{
  golden_case c = case_load("A", FHRL_GPT_DETACHED);
  fhrl_record *r = malloc(sizeof *r);
  fhrl_sequences s = c.sequences;
  s.n = 0;
  assert_fails(fhrl_record_run(&c.gpt, &s, &c.noise, 1, r, &err), FHRL_ARG, &err, "0 sequences");
  s.n = 2;
  c.bytes[s.stride + 3] = 200;
  assert_fails(fhrl_record_run(&c.gpt, &s, &c.noise, 1, r, &err), FHRL_ARG, &err,
    "byte 200 at position 3 of sequence 1");
  c.bytes[s.stride + 3] = 1;
  fhrl_gpt wide;
  const fhrl_gpt_config large = {.vocabulary = 2, .d = 256, .heads = 256, .layers = 1, .T = 4096, .mlp = 1,
    .r = 1, .alpha = 1, .beta = 1, .ema = 1};
  unsigned char *zeros = calloc(4096, 1);
  assert_ok(fhrl_gpt_init(&large, &wide, &err));
  assert_fails(fhrl_record_run(&wide, &(fhrl_sequences){zeros, 1, 4096}, &(fhrl_noise){.seed = 0}, 1, r, &err),
    FHRL_LIMIT, &err, "a thread's workspace would take");
  fhrl_gpt_free(&wide);
  free(zeros);
  c.gpt.params.pos[4 * c.gpt.config.d] = INFINITY;
  assert_fails(fhrl_record_run(&c.gpt, &s, &c.noise, 1, r, &err), FHRL_NUMERIC, &err, "is not finite");
  free(r);
  case_free(&c);
}
END_TEST

// What each kind of layer leaves: all, no slots, no y.
START_TEST(other_kinds_record_what_they_have)
{
  fhrl_gpt gpt;
  fhrl_record *r = malloc(sizeof *r);
  fhrl_gpt_config c = {.vocabulary = 9, .d = 8, .heads = 2, .layers = 2, .T = 6, .mlp = 2, .r = 2, .alpha = 0.3, .beta = 0.5,
    .gamma = 0.4, .biases = 1, .ema = 1, .fast_weights = _i};
  if (_i == 4) {
    c.fast_weights = FHRL_GPT_FHRL;
    c.y_destination = FHRL_GPT_TO_NONE;
  }
  unsigned char byte[3 * 6];
  for (int i = 0; i < 18; i++) byte[i] = (unsigned char)(i * i % 9);
  assert_ok(fhrl_gpt_init(&c, &gpt, &err));
  fhrl_gpt_randomize(&gpt, 3);
  assert_ok(fhrl_record_run(&gpt, &(fhrl_sequences){byte, 3, 6}, &(fhrl_noise){.off = 1}, 1, r, &err));
  for (int l = 0; l < 2; l++) {
    const fhrl_record_layer *layer = &r->layer[l];
    ck_assert(!layer->U == (_i != 0));
    ck_assert(!layer->y == (_i == 4));
    for (int i = 0; i < 3 * 6 * 8; i++) {
      if (_i != 0) ck_assert_float_eq(layer->x[i], layer->x_pre[i]);
      if (layer->y && i % 48 >= 8) ck_assert_float_ne(layer->y[i], 0);
      if (l == 1) ck_assert_double_eq_tol((double)layer->x_pre[i], (double)(r->layer[0].h_out[i] + layer->attention[i]), 1e-6);
    }
  }
  fhrl_record_free(r);
  free(r);
  fhrl_gpt_free(&gpt);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("nn/record");
  TCase *t = tcase_create("record");
  tcase_add_test(t, records_equal_the_golden_tensors);
  tcase_add_test(t, input_is_the_norm_where_x_is_read_from_it);
  tcase_add_test(t, threads_and_company_do_not_change_a_bit);
  tcase_add_test(t, what_cannot_be_recorded_is_refused);
  tcase_add_loop_test(t, other_kinds_record_what_they_have, 0, 5);
  suite_add_tcase(s, t);
  return run_suite(s);
}
