// SPDX-License-Identifier: GPL-3.0-or-later
// test_probe_session: what a network is driven with, that threads change no byte, and what the files hold
#include "analysis/probe_session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/probe_files.h"
#include "base/file.h"
#include "io/dataset.h"
#include "support.h"

static fhrl_err err;
enum { T = 24, V = 32, D = 12, N = 7, LAYERS = 2 };
static const fhrl_probe_plan plan = {
  .sequences = N, .perturbations = 6, .topk = 3, .window = 8, .surrogates = 20, .seed = 5};

static fhrl_gpt network(double sigma)
{
  fhrl_gpt_config c = fhrl_gpt_default();
  c.vocabulary = V;
  c.d = D;
  c.heads = 2;
  c.layers = LAYERS;
  c.T = T;
  c.r = 3;
  c.sigma = sigma;
  fhrl_gpt gpt;
  assert_ok(fhrl_gpt_init(&c, &gpt, &err));
  fhrl_gpt_randomize(&gpt, 3);
  return gpt;
}

static fhrl_probe_session session(const fhrl_probe_plan *p, double sigma, int threads)
{
  fhrl_gpt gpt = network(sigma);
  fhrl_probe_session s;
  unsigned char *byte;
  int n;
  assert_ok(fhrl_probe_session_bytes(p, "", T, V, &byte, &n, &err));
  assert_ok(fhrl_probe_session_run(&gpt, p, byte, n, threads, NULL, &s, &err));
  fhrl_gpt_free(&gpt);
  return s;
}

static void write_file(const char *path, const char *data, size_t size)
{
  FILE *f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fwrite(data, 1, size, f), size);
  ck_assert_int_eq(fclose(f), 0);
}

START_TEST(random_bytes_depend_on_the_seed_alone)
{
  unsigned char *a, *b, *c;
  int n;
  fhrl_probe_plan other = plan, longer = plan;
  other.seed = 6;
  longer.sequences = 2 * N;
  assert_ok(fhrl_probe_session_bytes(&plan, "", T, V, &a, &n, &err));
  ck_assert_int_eq(n, N);
  assert_ok(fhrl_probe_session_bytes(&longer, "", T, V, &b, &n, &err));
  ck_assert_mem_eq(a, b, N * T); // more sequences leave the first ones as they are
  assert_ok(fhrl_probe_session_bytes(&other, "", T, V, &c, &n, &err));
  ck_assert_mem_ne(a, c, N * T);
  int seen[256] = {0};
  for (int i = 0; i < 2 * N * T; i++) seen[b[i]] = 1;
  for (int i = 0; i < 2 * N * T; i++) ck_assert_int_lt(b[i], V);
  for (int i = 0; i < V; i++) ck_assert_int_eq(seen[i], 1);
  free(a);
  free(b);
  free(c);
}
END_TEST

START_TEST(corpus_bytes_are_pieces_of_the_corpus)
{
  const char text[] = "what folds back upon itself, and hears, is said to fold back";
  char path[600];
  unsigned char *byte;
  int n;
  fhrl_probe_plan p = plan;
  p.source = FHRL_PROBE_CORPUS;
  snprintf(path, sizeof path, "%s/corpus.txt", scratch("corpus"));
  write_file(path, text, sizeof text - 1);
  assert_ok(fhrl_probe_session_bytes(&p, path, T, 256, &byte, &n, &err));
  for (int i = 0; i < n; i++) {
    char piece[T + 1] = {0};
    memcpy(piece, byte + i * T, T);
    ck_assert_ptr_nonnull(strstr(text, piece));
  }
  ck_assert_mem_ne(byte, byte + T, T);
  free(byte);
  assert_fails(fhrl_probe_session_bytes(&p, path, 100, 256, &byte, &n, &err), FHRL_ARG, &err, "fewer than T = 100");
}
END_TEST

START_TEST(given_bytes_are_cut_into_whole_sequences)
{
  char path[600], data[3 * T];
  unsigned char *byte;
  int n;
  fhrl_probe_plan p = plan;
  p.source = FHRL_PROBE_BYTES;
  for (int i = 0; i < 3 * T; i++) data[i] = (char)(i % V);
  snprintf(path, sizeof path, "%s/bytes", scratch("bytes"));
  write_file(path, data, sizeof data);
  assert_ok(fhrl_probe_session_bytes(&p, path, T, V, &byte, &n, &err));
  ck_assert_int_eq(n, 3);
  ck_assert_mem_eq(byte, data, sizeof data);
  free(byte);
  assert_fails(fhrl_probe_session_bytes(&p, path, T - 1, V, &byte, &n, &err), FHRL_ARG, &err, "72 bytes");
  assert_fails(fhrl_probe_session_bytes(&p, "no/such/file", T, V, &byte, &n, &err), FHRL_IO, &err, "no/such/file");
}
END_TEST

START_TEST(slot_noise_enters_the_slots_and_nothing_else)
{
  fhrl_probe_session quiet = session(&plan, 0.0, 1), noisy = session(&plan, 0.3, 1);
  ck_assert_double_eq_tol(quiet.mean.value[FHRL_PROBE_SLOT_RANK], 1.0, 1e-5); // float: equal rows, rounding apart
  ck_assert_double_gt(noisy.mean.value[FHRL_PROBE_SLOT_RANK], 1.5);
  ck_assert_double_eq(quiet.mean.value[FHRL_PROBE_IRR], noisy.mean.value[FHRL_PROBE_IRR]);
  ck_assert_mem_eq(quiet.record.logits, noisy.record.logits, N * T * V * sizeof *quiet.record.logits);
  fhrl_probe_session_free(&quiet);
  fhrl_probe_session_free(&noisy);
}
END_TEST

static void read_file(const char *folder, const char *name, char **data, size_t *size)
{
  char path[FHRL_PATH_SIZE];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  assert_ok(fhrl_file_read(path, 1 << 26, data, size, &err));
}

START_TEST(the_number_of_threads_changes_no_byte_of_any_file)
{
  static const char *const name[] = {"metrics.json", "metrics.tsv", "probe_irr.tsv", "probe_rdp.tsv", "wr.tsv",
    "wr_spectrum.tsv", "layer0.nc", "layer1.nc", "logits.nc"};
  char folder[2][512];
  for (int i = 0; i < 2; i++) {
    char path[FHRL_PATH_SIZE];
    fhrl_probe_session s = session(&plan, 1e-2, i == 0 ? 1 : 3);
    snprintf(folder[i], sizeof folder[i], "%s", scratch(i == 0 ? "one" : "three"));
    assert_ok(fhrl_probe_files_save(&s, folder[i], "test", &err));
    fhrl_json *json = fhrl_json_object();
    fhrl_probe_files_json(&s, json);
    snprintf(path, sizeof path, "%s/metrics.json", folder[i]);
    assert_ok(fhrl_json_save(json, path, &err));
    fhrl_json_free(json);
    fhrl_probe_session_free(&s);
  }
  for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
    char *a, *b;
    size_t na, nb;
    read_file(folder[0], name[i], &a, &na);
    read_file(folder[1], name[i], &b, &nb);
    ck_assert_msg(na == nb && memcmp(a, b, na) == 0, "%s differs", name[i]);
    free(a);
    free(b);
  }
}
END_TEST

START_TEST(recordings_read_back_as_they_were)
{
  fhrl_probe_session s = session(&plan, 0.0, 1);
  char path[700];
  static double x[N * T * D], logits[N * T * V], bytes[N * T];
  const char *folder = scratch("recordings");
  assert_ok(fhrl_probe_files_save(&s, folder, "test", &err));
  snprintf(path, sizeof path, "%s/layer1.nc", folder);
  assert_ok(fhrl_dataset_read(path, "x_pre", 3, (const size_t[]){0, 0, 0}, (const size_t[]){N, T, D}, x, &err));
  for (int i = 0; i < N * T * D; i++) ck_assert_double_eq(x[i], (double)s.record.layer[1].x_pre[i]);
  char text[64];
  assert_ok(fhrl_dataset_attribute(path, "source", text, sizeof text, &err));
  ck_assert_str_eq(text, "random");
  assert_ok(fhrl_dataset_attribute(path, "layer", text, sizeof text, &err));
  ck_assert_str_eq(text, "1");
  snprintf(path, sizeof path, "%s/logits.nc", folder);
  assert_ok(fhrl_dataset_read(path, "logits", 3, (const size_t[]){0, 0, 0}, (const size_t[]){N, T, V}, logits, &err));
  for (int i = 0; i < N * T * V; i++) ck_assert_double_eq(logits[i], (double)s.record.logits[i]);
  assert_ok(fhrl_dataset_read(path, "bytes", 2, (const size_t[]){0, 0}, (const size_t[]){N, T}, bytes, &err));
  for (int i = 0; i < N * T; i++) ck_assert_double_eq(bytes[i], s.byte[i]);
  fhrl_probe_session_free(&s);
}
END_TEST

START_TEST(json_has_a_null_and_a_reason_where_there_is_no_number)
{
  fhrl_probe_plan few = plan;
  few.perturbations = 41;
  fhrl_probe_session s = session(&few, 0.0, 1);
  fhrl_json *json = fhrl_json_object();
  fhrl_probe_files_json(&s, json);
  const fhrl_json *layers = fhrl_json_get(json, "layers"), *mean = fhrl_json_get(json, "mean");
  ck_assert_uint_eq(fhrl_json_size(layers), LAYERS);
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(mean, "irr")), s.mean.value[FHRL_PROBE_IRR]);
  ck_assert_double_eq(fhrl_json_number(fhrl_json_get(fhrl_json_at(layers, 1), "wr_frobenius")),
    s.layer[1].value[FHRL_PROBE_WR_FROBENIUS]);
  ck_assert(isnan(fhrl_json_number(fhrl_json_get(mean, "rdp_frequency"))));
  ck_assert_str_eq(fhrl_json_string(fhrl_json_get(mean, "rdp_frequency_reason")),
    "perturbations = 41, but only 7 sequences were recorded");
  const char *folder = scratch("few");
  assert_ok(fhrl_probe_files_save(&s, folder, "test", &err)); // the spectra have nothing to show, and say so
  fhrl_json_free(json);
  fhrl_probe_session_free(&s);
}
END_TEST

static void count_layers(void *context, int layers) { *(int *)context = layers; }

START_TEST(a_watcher_sees_the_layers_and_can_stop)
{
  fhrl_gpt gpt = network(0.0);
  fhrl_probe_session s;
  unsigned char *byte;
  int n, layers = 0;
  volatile sig_atomic_t stop = 0;
  const fhrl_probe_watch watch = {count_layers, &layers, &stop};
  assert_ok(fhrl_probe_session_bytes(&plan, "", T, V, &byte, &n, &err));
  assert_ok(fhrl_probe_session_run(&gpt, &plan, byte, n, 1, &watch, &s, &err));
  ck_assert_int_eq(layers, LAYERS);
  fhrl_probe_session_free(&s);
  stop = 1;
  assert_ok(fhrl_probe_session_bytes(&plan, "", T, V, &byte, &n, &err));
  assert_fails(fhrl_probe_session_run(&gpt, &plan, byte, n, 1, &watch, &s, &err), FHRL_INTERRUPT, &err, "0 of 2 layers");
  fhrl_gpt_free(&gpt);
}
END_TEST

START_TEST(what_cannot_run_is_refused)
{
  fhrl_gpt gpt = network(0.0);
  fhrl_probe_session s;
  fhrl_probe_plan wide = plan;
  unsigned char *byte;
  int n;
  wide.topk = D;
  assert_ok(fhrl_probe_session_bytes(&plan, "", T, V, &byte, &n, &err));
  assert_fails(fhrl_probe_session_run(&gpt, &wide, byte, n, 1, NULL, &s, &err), FHRL_ARG, &err, "topk = 12");
  ck_assert_ptr_null(s.byte);
  assert_ok(fhrl_probe_session_bytes(&plan, "", T, V + 1, &byte, &n, &err));
  byte[3] = V;
  assert_fails(fhrl_probe_session_run(&gpt, &plan, byte, n, 1, NULL, &s, &err), FHRL_ARG, &err, "32");
  fhrl_gpt_free(&gpt);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("analysis/probe_session");
  TCase *t = tcase_create("session");
  tcase_set_timeout(t, 60);
  tcase_add_test(t, random_bytes_depend_on_the_seed_alone);
  tcase_add_test(t, corpus_bytes_are_pieces_of_the_corpus);
  tcase_add_test(t, given_bytes_are_cut_into_whole_sequences);
  tcase_add_test(t, slot_noise_enters_the_slots_and_nothing_else);
  tcase_add_test(t, the_number_of_threads_changes_no_byte_of_any_file);
  tcase_add_test(t, recordings_read_back_as_they_were);
  tcase_add_test(t, json_has_a_null_and_a_reason_where_there_is_no_number);
  tcase_add_test(t, a_watcher_sees_the_layers_and_can_stop);
  tcase_add_test(t, what_cannot_run_is_refused);
  suite_add_tcase(s, t);
  return run_suite(s);
}
