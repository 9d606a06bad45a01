// SPDX-License-Identifier: GPL-3.0-or-later
// test_train: a training that is stopped, killed, or run on another number of threads ends in the same bytes
#include "nn/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

static fhrl_err err;
static const char *const files[] = {"state.safetensors", "checkpoint.safetensors", "loss.tsv"};
enum { STEPS = 7 };

static fhrl_train_job make_job(const char *folder, int threads)
{
  fhrl_train_job job = {.model = {.vocabulary = 128,
                          .d = 12,
                          .heads = 2,
                          .layers = 2,
                          .T = 8,
                          .mlp = 2,
                          .r = 3,
                          .alpha = 0.2,
                          .beta = 0.5,
                          .gamma = 0.3,
                          .biases = 1,
                          .ema = 1,
                          .sigma = 0.05},
    .train = fhrl_train_default(),
    .folder = folder,
    .threads = threads};
  job.train.value[FHRL_TRAIN_STEPS] = STEPS;
  job.train.value[FHRL_TRAIN_BATCH] = 10; // two chunks and a half
  job.train.value[FHRL_TRAIN_LR] = 0.01;
  job.train.value[FHRL_TRAIN_CHECKPOINT_EVERY] = 3;
  return job;
}

static char *slurp(const char *folder, const char *name, size_t *size)
{
  char path[700], *data;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  assert_ok(fhrl_file_read(path, 1 << 24, &data, size, &err));
  return data;
}

static void assert_same_files(const char *a, const char *b)
{
  for (int i = 0; i < 3; i++) {
    size_t n, m;
    char *x = slurp(a, files[i], &n), *y = slurp(b, files[i], &m);
    ck_assert_msg(n == m && memcmp(x, y, n) == 0, "%s differs between %s and %s", files[i], a, b);
    free(x);
    free(y);
  }
}

static void clean(const char *folder)
{
  char path[700];
  for (int i = 0; i < 3; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, files[i]);
    remove(path);
  }
  snprintf(path, sizeof path, "%s/state.safetensors.tmp", folder);
  remove(path);
  remove(folder);
}

static fhrl_status train(fhrl_train_job job)
{
  fhrl_train *t = malloc(sizeof *t);
  fhrl_status status = fhrl_train_init(&job, t, &err);
  if (status == FHRL_OK) status = fhrl_train_run(t, &err);
  fhrl_train_free(t);
  free(t);
  return status;
}

// The undisturbed run on one thread, in a folder of its own; kept until the suite's end.
static char whole[600];
static void run_whole(void)
{
  snprintf(whole, sizeof whole, "%s", scratch("train.whole"));
  assert_ok(train(make_job(whole, 1)));
}
static void drop_whole(void) { clean(whole); }

typedef struct halt {
  int at;
  volatile sig_atomic_t stop;
} halt;
static void stop_at(void *context, int step, double loss, double rate)
{
  halt *h = context;
  ck_assert(isfinite(loss) && rate > 0);
  if (step == h->at) h->stop = 1;
}
static void die_at(void *context, int step, double loss, double rate)
{
  if (step == *(int *)context) raise(SIGKILL);
}

START_TEST(threads_do_not_change_a_bit)
{
  char folder[600];
  snprintf(folder, sizeof folder, "%s", scratch("train.threads"));
  assert_ok(train(make_job(folder, _i)));
  assert_same_files(folder, whole);
  clean(folder);
}
END_TEST

START_TEST(interrupted_training_resumes_to_the_same_bytes)
{
  char folder[600];
  snprintf(folder, sizeof folder, "%s", scratch("train.stop"));
  fhrl_train_job job = make_job(folder, 1 + _i % 2);
  halt h = {.at = _i};
  job.stop = &h.stop;
  job.progress = stop_at;
  job.context = &h;
  if (_i == 0) h.stop = 1; // before the first step: the initial state is there
  char part[64];
  snprintf(part, sizeof part, "after step %d; the state of step %d is saved", _i, _i / 3 * 3);
  const fhrl_status status = train(job);
  if (_i < STEPS)
    assert_fails(status, FHRL_INTERRUPT, &err, part);
  else
    ck_assert_int_eq(status, FHRL_OK); // all done: nothing to interrupt
  assert_ok(train(make_job(folder, 2 - _i % 2)));
  assert_same_files(folder, whole);
  clean(folder);
}
END_TEST

START_TEST(killed_training_resumes_to_the_same_bytes)
{
  char folder[600];
  int at = _i;
  snprintf(folder, sizeof folder, "%s", scratch("train.kill"));
  fflush(NULL);
  const pid_t child = fork();
  if (child == 0) {
    fhrl_train_job job = make_job(folder, 2);
    job.progress = die_at;
    job.context = &at;
    train(job);
    _exit(0);
  }
  int how;
  ck_assert_int_eq(waitpid(child, &how, 0), child);
  ck_assert(WIFSIGNALED(how));
  assert_ok(train(make_job(folder, 1)));
  assert_same_files(folder, whole);
  clean(folder);
}
END_TEST

START_TEST(a_finished_run_is_completed_from_its_state_alone)
{
  char folder[600], path[700];
  snprintf(folder, sizeof folder, "%s", scratch("train.state"));
  size_t n;
  char *state = slurp(whole, "state.safetensors", &n);
  fhrl_file f;
  snprintf(path, sizeof path, "%s/state.safetensors", folder);
  assert_ok(fhrl_file_begin(&f, path, &err));
  ck_assert_uint_eq(fwrite(state, 1, n, f.stream), n);
  assert_ok(fhrl_file_commit(&f, &err));
  free(state);
  assert_ok(train(make_job(folder, 2)));
  assert_same_files(folder, whole);
  clean(folder);
}
END_TEST

START_TEST(another_configuration_is_refused_by_name)
{
  fhrl_train_job job = make_job(whole, 1);
  job.train.value[FHRL_TRAIN_LR] = 0.02;
  assert_fails(train(job), FHRL_ARG, &err, "train.lr = 0.01, not 0.02");
  job = make_job(whole, 1);
  job.model.gamma = 0.31;
  assert_fails(train(job), FHRL_ARG, &err, "model.gamma = 0.3, not 0.31");
  job = make_job(whole, 1);
  job.train.value[FHRL_TRAIN_STEPS] = STEPS + 1;
  assert_fails(train(job), FHRL_ARG, &err, "train.steps");
  job = make_job(whole, 1);
  snprintf(job.train.corpus, sizeof job.train.corpus, "%s", test_data("golden/README.md"));
  job.model.vocabulary = 256;
  assert_fails(train(job), FHRL_ARG, &err, "model.vocabulary");
  job = make_job(whole, 1);
  snprintf(job.train.corpus, sizeof job.train.corpus, "%s/loss.tsv", whole);
  assert_fails(train(job), FHRL_ARG, &err, "train.corpus");
  job = make_job(whole, 1);
  snprintf(job.train.init, sizeof job.train.init, "%s/checkpoint.safetensors", whole);
  assert_fails(train(job), FHRL_ARG, &err, "train.init");
}
END_TEST

START_TEST(bad_settings_are_refused_by_name)
{
  fhrl_train_job job = make_job(NULL, 1);
  job.train.value[FHRL_TRAIN_BATCH] = 0;
  assert_fails(train(job), FHRL_ARG, &err, "train.batch = 0 is not allowed");
  job = make_job(NULL, 1);
  job.train.value[FHRL_TRAIN_STEPS] = 1.5;
  assert_fails(train(job), FHRL_ARG, &err, "train.steps");
  job = make_job(NULL, 0);
  assert_fails(train(job), FHRL_ARG, &err, "0 threads");
  job = make_job(NULL, 1);
  job.model.T = 4000;
  assert_fails(train(job), FHRL_ARG, &err, "the corpus has");
  job = make_job(NULL, 1);
  job.model.mlp = 3;
  snprintf(job.train.init, sizeof job.train.init, "%s/checkpoint.safetensors", whole);
  assert_fails(train(job), FHRL_ARG, &err, "model.mlp = 2, not 3");
}
END_TEST

START_TEST(training_goes_on_from_a_checkpoint)
{
  fhrl_train *t = malloc(sizeof *t);
  fhrl_train_job job = make_job(NULL, 1);
  job.model.gamma = 0.7; // no shape depends on it
  snprintf(job.train.init, sizeof job.train.init, "%s", whole);
  assert_ok(fhrl_train_init(&job, t, &err));
  fhrl_gpt gpt;
  assert_ok(fhrl_gpt_load(whole, &gpt, &err));
  ck_assert_mem_eq(gpt.weights, t->gpt.weights, gpt.count * sizeof *gpt.weights);
  ck_assert_double_eq(t->gpt.config.gamma, 0.7);
  ck_assert_double_nan(fhrl_train_final_loss(t));
  fhrl_gpt_free(&gpt);
  fhrl_train_free(t);
  free(t);
}
END_TEST

START_TEST(a_number_that_is_not_finite_stops_training_and_keeps_everything)
{
  fhrl_train *t = malloc(sizeof *t);
  char folder[600];
  snprintf(folder, sizeof folder, "%s", scratch("train.nan"));
  fhrl_train_job job = make_job(folder, 2);
  assert_ok(fhrl_train_init(&job, t, &err));
  for (int i = 0; i < 3; i++) assert_ok(fhrl_train_step(t, &err));
  size_t n, m;
  char *before = slurp(folder, files[0], &n);
  t->gpt.params.lnf_w[3] = NAN;
  assert_fails(fhrl_train_run(t, &err), FHRL_NUMERIC, &err, "step 4: the loss is not finite");
  t->gpt.params.lnf_w[3] = 1;
  // a finite query whose norm overflows: divided by it, it would pass as zero
  t->gpt.params.layer[1].fq[5] = 3e38f;
  fhrl_real first = t->gpt.weights[0];
  assert_fails(fhrl_train_run(t, &err), FHRL_NUMERIC, &err, "step 4: the ");
  ck_assert(t->gpt.weights[0] == first);
  ck_assert_int_eq(t->step, 3);
  char *after = slurp(folder, files[0], &m);
  ck_assert(n == m && memcmp(before, after, n) == 0);
  free(before);
  free(after);
  fhrl_train_free(t);
  free(t);
  clean(folder);
}
END_TEST

START_TEST(loss_falls_towards_the_floor)
{
  fhrl_train *t = malloc(sizeof *t);
  fhrl_train_job job = make_job(NULL, 2);
  job.train.value[FHRL_TRAIN_STEPS] = 150;
  assert_ok(fhrl_train_init(&job, t, &err));
  assert_ok(fhrl_train_run(t, &err));
  ck_assert_double_lt(fhrl_train_final_loss(t), 0.6 * t->loss[0]);
  ck_assert_double_gt(fhrl_train_final_loss(t), t->entropy_floor);
  ck_assert_double_gt(fhrl_train_rate(t), 0);
  fhrl_train_free(t);
  free(t);
}
END_TEST

int main(void)
{
  Suite *s = suite_create("nn/train");
  TCase *t = tcase_create("bits");
  tcase_set_timeout(t, 60);
  tcase_add_unchecked_fixture(t, run_whole, drop_whole);
  tcase_add_loop_test(t, threads_do_not_change_a_bit, 1, 5);
  tcase_add_loop_test(t, interrupted_training_resumes_to_the_same_bytes, 0, STEPS + 1);
  tcase_add_loop_test(t, killed_training_resumes_to_the_same_bytes, 1, STEPS + 1);
  tcase_add_test(t, a_finished_run_is_completed_from_its_state_alone);
  tcase_add_test(t, another_configuration_is_refused_by_name);
  tcase_add_test(t, bad_settings_are_refused_by_name);
  tcase_add_test(t, training_goes_on_from_a_checkpoint);
  tcase_add_test(t, a_number_that_is_not_finite_stops_training_and_keeps_everything);
  tcase_add_test(t, loss_falls_towards_the_floor);
  suite_add_tcase(s, t);
  return run_suite(s);
}
