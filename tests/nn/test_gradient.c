// SPDX-License-Identifier: GPL-3.0-or-later
// test_gradient: the backward pass against central differences of a plainly written loss, under every switch
//
// A detached gradient is the gradient of a loss in which what is detached stays at its unperturbed value, so
// the reference takes that from a recorded run.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "reference.h"
#include "support.h"

enum { B = 6, T = 5, V = 7, R = 2, C = 6, BASIC = 2 * 2 * 3 * 2 }; // B: a full chunk and a part of one

// Besides projections, tied, feedback_gradient and noise, which go through all of their combinations with each.
static const struct {
  const char *name;
  int biases, x_source, y_destination;
  double ema;
} variant[] = {
  {"as designed", 1, FHRL_GPT_STREAM, FHRL_GPT_TO_STREAM, 1.0},
  {"no biases", 0, FHRL_GPT_STREAM, FHRL_GPT_TO_STREAM, 1.0},
  {"x from ln", 1, FHRL_GPT_LN, FHRL_GPT_TO_STREAM, 1.0},
  {"ema", 1, FHRL_GPT_STREAM, FHRL_GPT_TO_STREAM, 0.37},
  {"no biases, x from ln, ema", 0, FHRL_GPT_LN, FHRL_GPT_TO_STREAM, 0.61},
  {"no FH-RL", 1, FHRL_GPT_STREAM, FHRL_GPT_TO_NONE, 1.0},
  {"no FH-RL, no biases", 0, FHRL_GPT_STREAM, FHRL_GPT_TO_NONE, 1.0},
};
enum { CASES = BASIC * sizeof variant / sizeof *variant };

// The fast weights of others, which have none of those switches but tied and biases.
static const struct {
  const char *name;
  int fast_weights;
} control[] = {{"hebbian", FHRL_GPT_HEBBIAN}, {"delta", FHRL_GPT_DELTA}, {"retention", FHRL_GPT_RETENTION}};
enum { CONTROLS = 2 * 2 * sizeof control / sizeof *control };

static void fill(fhrl_gpt *gpt)
{
  const fhrl_random at = {.seed = 5, .stream = FHRL_STREAM_INIT};
  double *z = malloc((gpt->count + 1) * sizeof *z);
  fhrl_random_normal(at, 0, gpt->count, z);
  for (size_t i = 0; i < gpt->count; i++) {
    const fhrl_gpt_tensor t = fhrl_gpt_locate(&gpt->config, i);
    gpt->weights[i] = (fhrl_real)((t.init == FHRL_GPT_ONE) + 0.3 * z[i]);
  }
  free(z);
}

static fhrl_gpt_config small(void)
{
  return (fhrl_gpt_config){.vocabulary = V, .d = C, .heads = 2, .layers = 2, .T = T, .mlp = 2, .r = R, .alpha = 0.31,
    .beta = 0.57, .gamma = 0.73, .biases = 1, .ema = 1};
}

// The largest difference of any parameter's gradient, relative to the largest gradient.
static double check(fhrl_gpt_config c, int noisy, double h)
{
  fhrl_err err;
  fhrl_gpt gpt;
  assert_ok(fhrl_gpt_init(&c, &gpt, &err));
  fill(&gpt);
  unsigned char bytes[B * (T + 1)];
  for (int i = 0; i < B * (T + 1); i++) bytes[i] = (unsigned char)(i * i % 5 + i % 3);
  fhrl_real eps[2 * B * T * 2 * R * C];
  for (size_t i = 0; i < sizeof eps / sizeof *eps; i++) eps[i] = (fhrl_real)(0.4 * sin(7.1 * (double)i));
  const fhrl_sequences s = {bytes, B, T + 1};
  const fhrl_noise noise = {.given = noisy ? eps : NULL, .sequences = B};
  reference_past past = reference_record(&gpt, &s, &noise);
  fhrl_engine e;
  double loss, worst = 0, scale = 0;
  const fhrl_real *grads;
  assert_ok(fhrl_engine_init(&c, B, 1, &e, &err));
  assert_ok(fhrl_engine_gradient(&e, &gpt, &s, &noise, &loss, &grads, &err));
  const double plain = reference_loss(&gpt, &s, &noise, &past);
  assert_close("loss", &loss, &plain, 1, 1e-12);
  for (size_t i = 0; i < gpt.count; i++) scale = fmax(scale, fabs((double)grads[i]));
  for (size_t i = 0; i < gpt.count; i++) {
    const fhrl_real here = gpt.weights[i];
    gpt.weights[i] = (fhrl_real)((double)here + h);
    const double above = reference_loss(&gpt, &s, &noise, &past);
    gpt.weights[i] = (fhrl_real)((double)here - h);
    const double below = reference_loss(&gpt, &s, &noise, &past);
    gpt.weights[i] = here;
    const double difference = fabs((above - below) / (2 * h) - (double)grads[i]) / scale;
    const fhrl_gpt_tensor t = fhrl_gpt_locate(&c, i);
    ck_assert_msg(
      difference <= 1e-7, "%s[%zu]: %.3g of the largest gradient", t.name, i - t.offset, difference);
    worst = fmax(worst, difference);
  }
  fhrl_engine_free(&e);
  reference_free(&past);
  fhrl_gpt_free(&gpt);
  return worst;
}

START_TEST(gradient_equals_central_differences)
{
  fhrl_gpt_config c = small();
  c.projections = _i & 1;
  c.tied = _i >> 1 & 1;
  c.feedback_gradient = (_i >> 2) % 3;
  const int noisy = _i / 12 % 2, v = _i / BASIC;
  c.biases = variant[v].biases;
  c.x_source = variant[v].x_source;
  c.y_destination = variant[v].y_destination;
  c.ema = variant[v].ema;
  c.beta = v == 0 && c.tied ? 0.0 : c.beta; // without homeostasis
  const double worst = check(c, noisy, 1e-5);
  printf("%s: %s, %s, %s, %s: within %.2g\n", variant[v].name, c.projections ? "shared" : "own", c.tied ? "tied" : "untied",
    (const char *[]){"detached", "full", "state"}[c.feedback_gradient], noisy ? "noise" : "no noise",
    worst);
}
END_TEST

START_TEST(gradient_of_other_fast_weights_equals_central_differences)
{
  fhrl_gpt_config c = small();
  c.fast_weights = control[_i / 4].fast_weights;
  c.tied = _i & 1;
  c.biases = _i >> 1 & 1;
  const double worst = check(c, 0, 1e-6); // norms within a recurrence curve more
  printf("%s: %s, %s: within %.2g\n", control[_i / 4].name, c.tied ? "tied" : "untied", c.biases ? "biases" : "no biases", worst);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("nn/gradient");
  TCase *t = tcase_create("differences");
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, gradient_equals_central_differences, 0, CASES);
  tcase_add_loop_test(t, gradient_of_other_fast_weights_equals_central_differences, 0, CONTROLS);
  suite_add_tcase(s, t);
  return run_suite(s);
}
