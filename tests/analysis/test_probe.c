// SPDX-License-Identifier: GPL-3.0-or-later
// test_probe: the metrics of a layer together: golden values, names, the same for any number of threads, undefined ones
#include "analysis/probe.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static fhrl_err err;

static const fhrl_probe_plan small = {
  .sequences = 2, .perturbations = 3, .topk = 4, .window = 5, .surrogates = 20, .seed = 7};

static void measure(const fhrl_probe_plan *plan, const fhrl_probe_layer *layer, const double E[], int V, int threads,
  fhrl_probe_result *out)
{
  fhrl_team *team;
  fhrl_probe_subspace subspace;
  assert_ok(fhrl_team_create(threads, &team, &err));
  assert_ok(fhrl_probe_embed(plan, V, layer->d, E, &subspace, &err));
  assert_ok(fhrl_probe_measure(plan, layer, &subspace, team, out, &err));
  fhrl_probe_forget(&subspace);
  fhrl_team_destroy(team);
}

// ---- against the golden networks: B = 2 sequences, T = 10, d = 12, r = 3, gamma = 0.6

typedef struct network {
  golden expect, weights;
} network;

static network load(const char *name)
{
  char path[64];
  network n;
  snprintf(path, sizeof path, "golden/%s/expect.txt", name);
  n.expect = golden_load(test_data(path));
  snprintf(path, sizeof path, "golden/%s/weights.txt", name);
  n.weights = golden_load(test_data(path));
  return n;
}

static const double *of(const golden *g, const char *format, int layer)
{
  char name[96];
  snprintf(name, sizeof name, "%s.%d", format, layer);
  return golden_find(g, name)->value;
}

static fhrl_probe_layer layer_of(const network *n, int l)
{
  char wr[64];
  snprintf(wr, sizeof wr, "blocks.%d.wr.weight", l);
  return (fhrl_probe_layer){.N = 2, .T = 10, .d = 12, .r = 3, .gamma = 0.6, .x_pre = of(&n->expect, "x_pre", l),
    .x = of(&n->expect, "x_in", l), .y = of(&n->expect, "y", l), .attention = of(&n->expect, "h_attn", l),
    .out = of(&n->expect, "h_out", l), .U = of(&n->expect, "U", l), .V = of(&n->expect, "V", l),
    .Wr = golden_find(&n->weights, wr)->value};
}

static void close_to(const char *name, double got, double want) { assert_close(name, &got, &want, 1, 1e-9); }

START_TEST(metrics_of_a_network_equal_the_golden_values)
{
  static const char *const name[] = {"A", "B", "C", "F"};
  network n = load(name[_i]);
  const double *E = golden_find(&n.weights, "tok.weight")->value;
  fhrl_probe_result result[2], mean;
  for (int l = 0; l < 2; l++) {
    const fhrl_probe_layer layer = layer_of(&n, l);
    fhrl_probe_result *r = &result[l];
    measure(&small, &layer, E, 16, 2, r);
    close_to("irr", r->value[FHRL_PROBE_IRR], of(&n.expect, "irr", l)[0]);
    close_to("irr_wr", r->value[FHRL_PROBE_IRR_WR], of(&n.expect, "irr_wr", l)[0]);
    assert_close("irr_t", r->irr_t, of(&n.expect, "irr_t", l), 20, 1e-9);
    close_to("esri_batch_y", r->value[FHRL_PROBE_ESRI_BATCH_Y], of(&n.expect, "esri_batch", l)[0]);
    close_to("esri_window_y", r->value[FHRL_PROBE_ESRI_WINDOW_Y], of(&n.expect, "esri_window5", l)[0]);
    double frequency = 0.0, magnitude = 0.0;
    for (int i = 0; i < 2; i++) {
      char key[64];
      snprintf(key, sizeof key, "rdp_fpeak.%d", l);
      frequency += of(&n.expect, key, i)[0] / 2.0;
      snprintf(key, sizeof key, "rdp_mag.%d", l);
      magnitude += of(&n.expect, key, i)[0] / 2.0;
    }
    close_to("rdp_t_frequency", r->drift[FHRL_PROBE_T].peak.frequency, frequency);
    close_to("rdp_t_magnitude", r->drift[FHRL_PROBE_T].peak.magnitude, magnitude);
    ck_assert_int_eq(r->drift[FHRL_PROBE_K].M, 0); // three perturbations asked for, two recorded
  }
  assert_ok(fhrl_probe_average(2, result, &mean, &err));
  close_to("irr", mean.value[FHRL_PROBE_IRR], golden_find(&n.expect, "irr")->value[0]);
  close_to("wr_fro", mean.value[FHRL_PROBE_WR_FROBENIUS], golden_find(&n.expect, "wr_fro")->value[0]);
  close_to("wr_aniso", mean.value[FHRL_PROBE_WR_ANISOTROPY], golden_find(&n.expect, "wr_aniso")->value[0]);
  close_to("wr_kappa", mean.value[FHRL_PROBE_WR_KAPPA_SV], golden_find(&n.expect, "wr_kappa")->value[0]);
  close_to("wr_align_topk", mean.value[FHRL_PROBE_WR_ALIGNMENT], golden_find(&n.expect, "wr_align_topk")->value[0]);
  close_to("wr_align_chance", mean.value[FHRL_PROBE_WR_CHANCE_LIMIT], golden_find(&n.expect, "wr_align_chance")->value[0]);
  if (_i == 1) // B has slot noise, A has none
    ck_assert_double_gt(mean.value[FHRL_PROBE_SLOT_RANK], 1.05);
  else
    ck_assert_double_eq_tol(mean.value[FHRL_PROBE_SLOT_RANK], 1.0, 1e-9);
  fhrl_probe_free(&mean);
  for (int l = 0; l < 2; l++) fhrl_probe_free(&result[l]);
  golden_free(&n.expect);
  golden_free(&n.weights);
}
END_TEST

// ---- on made-up recordings

enum { N = 12, T = 24, D = 10, R = 2, V = 16 };
typedef struct recording {
  double array[5][N * T * D], U[N * R * D], V[N * R * D], Wr[D * D], E[V * D];
} recording;

static fhrl_probe_layer made_up(recording *m, uint32_t seed)
{
  fhrl_random at = {.seed = seed, .stream = FHRL_STREAM_START};
  for (at.step = 0; at.step < 5; at.step++) fhrl_random_normal(at, 0, N * T * D, m->array[at.step]);
  for (int a = 0; a < 5; a++)
    for (int i = 0; i < N * T * D; i++) m->array[a][i] += a == 2 ? 0.0 : 0.5; // y about the origin
  fhrl_random_normal(at, 0, N * R * D, m->U);
  at.layer = 1;
  fhrl_random_normal(at, 0, N * R * D, m->V);
  at.layer = 2;
  fhrl_random_normal(at, 0, D * D, m->Wr);
  at.layer = 3;
  fhrl_random_normal(at, 0, V * D, m->E);
  return (fhrl_probe_layer){.N = N, .T = T, .d = D, .r = R, .gamma = 0.15, .x_pre = m->array[0], .x = m->array[1],
    .y = m->array[2], .attention = m->array[3], .out = m->array[4], .U = m->U, .V = m->V, .Wr = m->Wr};
}

static const fhrl_probe_plan plan = {
  .sequences = N, .perturbations = 11, .topk = 3, .window = 6, .surrogates = 40, .seed = 3};

typedef struct listing {
  char name[256][64];
  double value[256];
  int count, unexplained;
} listing;

static void list(void *context, const char *name, const char *unit, const char *meaning, double value, const char *reason)
{
  listing *l = context;
  ck_assert_int_lt(l->count, 256);
  ck_assert_int_gt((int)strlen(unit), 0);
  ck_assert_int_gt((int)strlen(meaning), 0);
  snprintf(l->name[l->count], sizeof l->name[0], "%s", name);
  l->value[l->count++] = value;
  if (isnan(value) && *reason == '\0') l->unexplained++;
}

static double get(const listing *l, const char *name)
{
  for (int i = 0; i < l->count; i++)
    if (strcmp(l->name[i], name) == 0) return l->value[i];
  ck_abort_msg("no metric %s", name);
  return 0.0;
}

START_TEST(every_promised_name_is_there_once_and_defined)
{
  static const char *const promised[] = {"irr", "irr_wr", "irr_attention", "irr_wr_attention", "irr_x", "irr_wr_x",
    "esri_batch_out", "esri_batch_x", "esri_batch_y", "esri_window_out", "esri_window_x", "esri_window_y",
    "rdp_frequency", "rdp_magnitude", "rdp_centroid", "rdp_t_frequency", "rdp_t_magnitude", "rdp_t_centroid",
    "rdp_null_mean", "rdp_null_low", "rdp_null_high", "wr_frobenius", "wr_anisotropy", "wr_kappa_sv",
    "wr_alignment_topk", "wr_alignment_chance", "slot_effective_rank", "rdp_mean_frequency", "rdp_white_mean",
    "rdp_gaussian_magnitude_high", "rdp_t_null_centroid_low", "slot_sigma_ratio", "irr_error", "rdp_t_centroid_error"};
  static recording m;
  static listing l;
  const fhrl_probe_layer layer = made_up(&m, 1);
  fhrl_probe_result r;
  measure(&plan, &layer, m.E, V, 2, &r);
  fhrl_probe_each(&r, list, &l);
  for (size_t i = 0; i < sizeof promised / sizeof *promised; i++) ck_assert(isfinite(get(&l, promised[i])));
  for (int i = 0; i < l.count; i++) {
    ck_assert_msg(isfinite(l.value[i]), "%s is %g", l.name[i], l.value[i]);
    for (int j = 0; j < i; j++) ck_assert_str_ne(l.name[i], l.name[j]);
  }
  fhrl_probe_free(&r);
}
END_TEST

START_TEST(the_number_of_threads_changes_no_bit)
{
  static recording m;
  static listing a, b;
  const fhrl_probe_layer layer = made_up(&m, 2);
  fhrl_probe_result r;
  measure(&plan, &layer, m.E, V, 1, &r);
  fhrl_probe_each(&r, list, &a);
  fhrl_probe_free(&r);
  measure(&plan, &layer, m.E, V, 5, &r);
  fhrl_probe_each(&r, list, &b);
  fhrl_probe_free(&r);
  ck_assert_int_eq(a.count, b.count);
  ck_assert_mem_eq(a.value, b.value, (size_t)a.count * sizeof *a.value);
}
END_TEST

START_TEST(denominators_and_gain_enter_as_they_should)
{
  static recording m;
  fhrl_probe_layer layer = made_up(&m, 3);
  fhrl_probe_result a, b;
  measure(&plan, &layer, m.E, V, 1, &a);
  layer.gamma *= 2.0;
  layer.attention = layer.x_pre;
  measure(&plan, &layer, m.E, V, 1, &b);
  ck_assert_double_eq_tol(b.value[FHRL_PROBE_IRR], 2.0 * a.value[FHRL_PROBE_IRR], 1e-15);
  ck_assert_double_eq_tol(b.error[FHRL_PROBE_IRR], 2.0 * a.error[FHRL_PROBE_IRR], 1e-15);
  ck_assert_double_eq(b.value[FHRL_PROBE_IRR_WR], a.value[FHRL_PROBE_IRR_WR]);
  ck_assert_double_eq(b.value[FHRL_PROBE_IRR_ATTENTION], b.value[FHRL_PROBE_IRR]);
  ck_assert_double_ne(a.value[FHRL_PROBE_IRR_ATTENTION], a.value[FHRL_PROBE_IRR]);
  fhrl_probe_free(&a);
  layer.gamma *= -1.0; // a ratio of norms has no sign
  measure(&plan, &layer, m.E, V, 1, &a);
  ck_assert_double_eq(a.value[FHRL_PROBE_IRR], b.value[FHRL_PROBE_IRR]);
  for (int i = 0; i < layer.N * layer.T; i++) ck_assert_double_eq(a.irr_t[i], b.irr_t[i]);
  fhrl_probe_free(&a);
  fhrl_probe_free(&b);
}
END_TEST

START_TEST(a_mean_over_equal_layers_is_the_layer)
{
  static recording m;
  static listing one, mean;
  const fhrl_probe_layer layer = made_up(&m, 4);
  fhrl_probe_result r[2], average;
  measure(&plan, &layer, m.E, V, 1, &r[0]);
  r[1] = r[0];
  assert_ok(fhrl_probe_average(2, r, &average, &err));
  fhrl_probe_each(&r[0], list, &one);
  fhrl_probe_each(&average, list, &mean);
  ck_assert_int_eq(one.count, mean.count);
  assert_close("mean", mean.value, one.value, (size_t)one.count, 1e-13); // errors and bands too: shared probes
  fhrl_probe_free(&average);
  fhrl_probe_free(&r[0]);
}
END_TEST

START_TEST(what_the_data_do_not_allow_is_undefined_with_a_reason)
{
  static recording m;
  static listing l;
  fhrl_probe_layer layer = made_up(&m, 5);
  fhrl_probe_result r;
  layer.N = 1; // one probe: no batch, no error, too few perturbations; and a window longer than the sequence
  fhrl_probe_plan long_window = plan;
  long_window.window = T;
  memset(m.array[0] + 3 * D, 0, D * sizeof(double)); // x_pre is zero at token 3
  measure(&long_window, &layer, m.E, V, 1, &r);
  fhrl_probe_each(&r, list, &l);
  static const char *const undefined[] = {"irr", "irr_error", "irr_x_error", "esri_batch_y", "esri_window_x",
    "rdp_frequency", "rdp_null_high", "rdp_t_frequency_error"};
  for (size_t i = 0; i < sizeof undefined / sizeof *undefined; i++) ck_assert(isnan(get(&l, undefined[i])));
  static const char *const defined[] = {"irr_x", "irr_attention", "rdp_t_frequency", "wr_frobenius"};
  for (size_t i = 0; i < sizeof defined / sizeof *defined; i++) ck_assert(isfinite(get(&l, defined[i])));
  ck_assert_int_eq(l.unexplained, 0);
  fhrl_probe_free(&r);
}
END_TEST

START_TEST(infinite_recordings_are_refused_with_their_place)
{
  static recording m;
  const fhrl_probe_layer layer = made_up(&m, 6);
  fhrl_team *team;
  fhrl_probe_subspace subspace;
  fhrl_probe_result r;
  assert_ok(fhrl_team_create(1, &team, &err));
  assert_ok(fhrl_probe_embed(&plan, V, D, m.E, &subspace, &err));
  m.array[2][(3 * T + 5) * D + 7] = (double)NAN;
  assert_fails(fhrl_probe_measure(&plan, &layer, &subspace, team, &r, &err), FHRL_NUMERIC, &err,
    "y of probe 3 is nan at token 5, channel 7");
  fhrl_probe_forget(&subspace);
  fhrl_probe_plan wide = plan;
  wide.topk = D;
  assert_fails(fhrl_probe_embed(&wide, V, D, m.E, &subspace, &err), FHRL_ARG, &err, "topk = 10");
  fhrl_team_destroy(team);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/probe");
  TCase *t = tcase_create("probe");
  tcase_set_timeout(t, 60);
  tcase_add_loop_test(t, metrics_of_a_network_equal_the_golden_values, 0, 4);
  tcase_add_test(t, every_promised_name_is_there_once_and_defined);
  tcase_add_test(t, the_number_of_threads_changes_no_bit);
  tcase_add_test(t, denominators_and_gain_enter_as_they_should);
  tcase_add_test(t, a_mean_over_equal_layers_is_the_layer);
  tcase_add_test(t, what_the_data_do_not_allow_is_undefined_with_a_reason);
  tcase_add_test(t, infinite_recordings_are_refused_with_their_place);
  suite_add_tcase(s, t);
  return run_suite(s);
}
