// SPDX-License-Identifier: GPL-3.0-or-later
// test_sample: a network run byte by byte says what the full forward pass says; built in float and in double
#include "nn/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/engine.h"
#include "support.h"

static const double bound = sizeof(fhrl_real) == 8 ? 1e-11 : 2e-4;
static fhrl_err err;
enum { T = 9, V = 40, D = 12 };

static fhrl_gpt_config variant(int i)
{
  fhrl_gpt_config c = {.vocabulary = V, .d = D, .heads = 3, .layers = 2, .T = T, .mlp = 2, .r = 3, .alpha = 0.3,
    .beta = 0.5, .gamma = 0.7, .sigma = 0.1, .biases = 1, .ema = 1};
  c.projections = i == 1 ? FHRL_GPT_SHARED : FHRL_GPT_OWN;
  c.tied = i == 1;
  c.x_source = i == 2 ? FHRL_GPT_LN : FHRL_GPT_STREAM;
  c.biases = i != 2;
  c.ema = i == 3 ? 0.4 : 1;
  c.y_destination = i == 4 ? FHRL_GPT_TO_NONE : FHRL_GPT_TO_STREAM;
  c.fast_weights = i >= 5 ? i - 4 : FHRL_GPT_FHRL;
  return c;
}
enum { VARIANTS = 8 };

static fhrl_gpt make(fhrl_gpt_config c)
{
  fhrl_gpt gpt;
  assert_ok(fhrl_gpt_init(&c, &gpt, &err));
  fhrl_gpt_randomize(&gpt, 6);
  for (size_t i = 0; i < gpt.count; i++) gpt.weights[i] = gpt.weights[i] * 9 + (fhrl_real)(0.1 * sin((double)i));
  return gpt;
}

static unsigned char byte_at(int i) { return (unsigned char)(i * i * 7 % 37 + i % 3); }

// Logits of the last of n bytes by the full pass; what follows in its window cannot matter.
typedef struct wanted {
  int n;
  fhrl_real *logits;
} wanted;
static void visit(void *context, const fhrl_tape *tape, int first)
{
  const wanted *w = context;
  const size_t row = (size_t)tape->config.vocabulary;
  memcpy(w->logits, tape->logits + (size_t)(w->n - 1) * row, row * sizeof *w->logits);
}
static void full(const fhrl_gpt *gpt, const unsigned char *byte, int n, fhrl_real *logits)
{
  unsigned char window[64] = {0};
  fhrl_engine e;
  wanted w = {n, logits};
  memcpy(window, byte, (size_t)n);
  assert_ok(fhrl_engine_init(&gpt->config, 0, 1, &e, &err));
  assert_ok(fhrl_engine_forward(
    &e, gpt, &(fhrl_sequences){window, 1, gpt->config.T}, &(fhrl_noise){.off = 1}, visit, &w, &err));
  fhrl_engine_free(&e);
}

static void compare(const fhrl_sample *s, const fhrl_real *want)
{
  double got[V], wide[V], most = 1;
  for (int v = 0; v < V; v++) {
    got[v] = (double)s->logits[v];
    wide[v] = (double)want[v];
    most = fmax(most, fabs(wide[v]));
  }
  assert_close("logits", got, wide, V, bound * most);
}

// Also across two turns of the window, where the memory begins anew with it.
START_TEST(logits_are_those_of_the_full_pass_of_the_window)
{
  fhrl_gpt gpt = make(variant(_i));
  fhrl_sample s;
  fhrl_real want[V];
  assert_ok(fhrl_sample_init(&gpt, 0, &s, &err));
  for (int i = 0; i < 3 * T; i++) {
    assert_ok(fhrl_sample_feed(&s, byte_at(i), &err));
    for (int t = 0; t < s.t; t++) ck_assert_int_eq(s.window[t], byte_at(i + 1 - s.t + t));
    ck_assert_int_gt(s.t, i < T ? i : T / 2);
    full(&gpt, s.window, s.t, want);
    compare(&s, want);
  }
  fhrl_sample_free(&s);
  fhrl_gpt_free(&gpt);
}
END_TEST

// Without positions and attention nothing but the memory knows the past: carried, it makes a window of 8 bytes that
// turns again and again equal to one long window.
START_TEST(carried_memory_reaches_beyond_the_window)
{
  enum { LONG = 40 };
  static const int kind[] = {0, 3, 5, 6, 7};
  fhrl_gpt_config c = variant(kind[_i]), l;
  c.T = 7 + _i % 2;
  c.layers = 1;
  l = c;
  l.T = LONG;
  fhrl_gpt gpt = make(c), wide = make(l);
  memset(gpt.params.pos, 0, (size_t)c.T * D * sizeof *gpt.weights);
  memset(gpt.params.layer[0].wo, 0, D * D * sizeof *gpt.weights);
  memset(gpt.params.layer[0].bo, 0, D * sizeof *gpt.weights);
  const size_t head = (size_t)V * D, body = gpt.count - head - (size_t)c.T * D;
  memcpy(wide.params.tok, gpt.params.tok, head * sizeof *gpt.weights);
  memset(wide.params.pos, 0, (size_t)LONG * D * sizeof *gpt.weights);
  memcpy(wide.params.layer[0].ln1_w, gpt.params.layer[0].ln1_w, body * sizeof *gpt.weights);
  fhrl_sample with, without;
  fhrl_real want[V];
  unsigned char byte[LONG];
  double apart = 0;
  assert_ok(fhrl_sample_init(&gpt, 1, &with, &err));
  assert_ok(fhrl_sample_init(&gpt, 0, &without, &err));
  for (int i = 0; i < LONG; i++) {
    byte[i] = byte_at(i);
    assert_ok(fhrl_sample_feed(&with, byte[i], &err));
    assert_ok(fhrl_sample_feed(&without, byte[i], &err));
    full(&wide, byte, i + 1, want);
    compare(&with, want);
    for (int v = 0; v < V; v++) apart = fmax(apart, fabs((double)(with.logits[v] - without.logits[v])));
  }
  ck_assert_double_gt(apart, 100 * bound);
  fhrl_sample_free(&with);
  fhrl_sample_free(&without);
  fhrl_gpt_free(&gpt);
  fhrl_gpt_free(&wide);
}
END_TEST

START_TEST(bytes_are_drawn_as_their_probabilities_say)
{
  enum { DRAWS = 20000 };
  fhrl_gpt gpt = make(variant(0));
  fhrl_sample s;
  const fhrl_random at = {.seed = 2, .stream = FHRL_STREAM_SAMPLE};
  assert_ok(fhrl_sample_init(&gpt, 1, &s, &err));
  assert_ok(fhrl_sample_feed(&s, 3, &err));
  for (int v = 0; v < V; v++) s.logits[v] = (fhrl_real)sin(v);
  s.logits[30] = s.logits[8]; // a tie: 8 goes before
  for (int top_k = 0; top_k < 4; top_k += 3) {
    int seen[V] = {0};
    double total = 0;
    for (size_t i = 0; i < DRAWS; i++) seen[fhrl_sample_draw(&s, 0.5, top_k, at, i)]++;
    for (int v = 0; v < V; v++) {
      const int in = top_k == 0 || v == 14 || v == 33 || v == 8;
      total += in ? exp(2 * (double)s.logits[v]) : 0;
    }
    for (int v = 0; v < V; v++) {
      const int in = top_k == 0 || v == 14 || v == 33 || v == 8;
      const double p = in ? exp(2 * (double)s.logits[v]) / total : 0;
      ck_assert_double_eq_tol(seen[v] / (double)DRAWS, p, in ? 5 * sqrt(p / DRAWS) : 1e-300);
    }
  }
  double sum = 0;
  for (int v = 0; v < V; v++) sum += exp(-fhrl_sample_surprise(&s, (unsigned char)v));
  ck_assert_double_eq_tol(sum, 1, 1e-12);
  for (size_t i = 0; i < 50; i++) {
    ck_assert_int_eq(fhrl_sample_draw(&s, 0, 0, at, i), 33);
    ck_assert_int_eq(fhrl_sample_draw(&s, 5, 1, at, i), 33);
    ck_assert_int_eq(fhrl_sample_draw(&s, 1, 0, at, i), fhrl_sample_draw(&s, 1, V, at, i));
  }
  fhrl_sample_free(&s);
  fhrl_gpt_free(&gpt);
}
END_TEST

START_TEST(what_cannot_be_read_is_refused)
{
  fhrl_gpt gpt = make(variant(0));
  fhrl_sample s;
  assert_ok(fhrl_sample_init(&gpt, 1, &s, &err));
  assert_fails(fhrl_sample_feed(&s, V, &err), FHRL_ARG, &err, "byte 40 is outside the vocabulary of 40");
  gpt.params.lnf_w[2] = NAN;
  assert_fails(fhrl_sample_feed(&s, 1, &err), FHRL_NUMERIC, &err, "logit 0 is nan");
  fhrl_sample_free(&s);
  fhrl_gpt_free(&gpt);
}
END_TEST

int main(void)
{
  Suite *s = suite_create(sizeof(fhrl_real) == 8 ? "nn/sample" : "nn/sample_float");
  TCase *t = tcase_create("sample");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, logits_are_those_of_the_full_pass_of_the_window, 0, VARIANTS);
  tcase_add_loop_test(t, carried_memory_reaches_beyond_the_window, 0, 5);
  tcase_add_test(t, bytes_are_drawn_as_their_probabilities_say);
  tcase_add_test(t, what_cannot_be_read_is_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
