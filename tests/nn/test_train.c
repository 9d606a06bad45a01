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
static const char *const files[] = {"state.safetensors", "checkpoint.safetensors", "checkpoint.previous.safetensors",
  "loss.tsv", "training.tsv"};
enum { STEPS = 7, FILES = sizeof files / sizeof *files };

// plain: as a user begins; rich: evaluated, observed, clipped, warmed up; descent: by SGD with a cosine
enum { PLAIN, RICH, DESCENT, STYLES };

static const char *const names[] = {"total", "undefined"}, *const units[] = {"1", "1"};
static fhrl_status observe(void *context, const fhrl_train *t, double row[], fhrl_err *e)
{
  for (int b = 0; b < 3; b++) {
    row[2 * b] = b;
    row[2 * b + 1] = NAN;
    for (size_t i = 0; i < t->gpt.count; i++) row[2 * b] += (double)t->gpt.weights[i];
  }
  return FHRL_OK;
}
static const fhrl_train_observer observer = {3, 2, names, units, observe, NULL};

static fhrl_train_job make_style(int style, const char *folder, int threads)
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
  if (style == PLAIN) return job;
  job.observer = &observer;
  job.train.value[FHRL_TRAIN_PROBE_EVERY] = 2;
  job.train.value[FHRL_TRAIN_EVAL_EVERY] = 2;
  job.train.value[FHRL_TRAIN_EVAL_ROWS] = 11;
  job.train.value[FHRL_TRAIN_HELD_OUT] = 0.3;
  job.train.value[FHRL_TRAIN_CLIP] = 0.5;
  job.train.value[FHRL_TRAIN_WARMUP] = 2;
  if (style == RICH) return job;
  job.train.value[FHRL_TRAIN_OPTIMIZER] = FHRL_TRAIN_SGD;
  job.train.value[FHRL_TRAIN_MOMENTUM] = 0.7;
  job.train.value[FHRL_TRAIN_LR] = 0.5;
  job.train.value[FHRL_TRAIN_SCHEDULE] = FHRL_TRAIN_COSINE;
  return job;
}

static fhrl_train_job make_job(const char *folder, int threads) { return make_style(PLAIN, folder, threads); }

static char *slurp(const char *folder, const char *name, size_t *size)
{
  char path[700], *data;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  assert_ok(fhrl_file_read(path, 1 << 24, &data, size, &err));
  return data;
}

static void assert_same_files(const char *a, const char *b)
{
  for (int i = 0; i < FILES; i++) {
    size_t n, m;
    char path[700];
    snprintf(path, sizeof path, "%s/%s", a, files[i]);
    if (!fhrl_file_exists(path)) {
      snprintf(path, sizeof path, "%s/%s", b, files[i]);
      ck_assert_msg(!fhrl_file_exists(path), "%s is in %s only", files[i], b);
      continue;
    }
    char *x = slurp(a, files[i], &n), *y = slurp(b, files[i], &m);
    ck_assert_msg(n == m && memcmp(x, y, n) == 0, "%s differs between %s and %s", files[i], a, b);
    free(x);
    free(y);
  }
}

static void clean(const char *folder) { remove_scratch(folder); }

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
static char whole[STYLES][600];
static void run_whole(void)
{
  for (int style = 0; style < STYLES; style++) {
    char name[32];
    snprintf(name, sizeof name, "train.whole%d", style);
    snprintf(whole[style], sizeof whole[style], "%s", scratch(name));
    assert_ok(train(make_style(style, whole[style], 1)));
  }
}
static void drop_whole(void)
{
  for (int style = 0; style < STYLES; style++) clean(whole[style]);
}

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
  const int style = _i % STYLES, threads = 1 + _i / STYLES;
  snprintf(folder, sizeof folder, "%s", scratch("train.threads"));
  assert_ok(train(make_style(style, folder, threads)));
  assert_same_files(folder, whole[style]);
  clean(folder);
}
END_TEST

START_TEST(interrupted_training_resumes_to_the_same_bytes)
{
  char folder[600];
  snprintf(folder, sizeof folder, "%s", scratch("train.stop"));
  const int style = _i % STYLES, at = _i / STYLES;
  fhrl_train_job job = make_style(style, folder, 1 + at % 2);
  halt h = {.at = at};
  job.stop = &h.stop;
  job.progress = stop_at;
  job.context = &h;
  if (at == 0) h.stop = 1; // before the first step: the initial state is there
  char part[64];
  snprintf(part, sizeof part, "after step %d; the state of step %d is saved", at, at / 3 * 3);
  const fhrl_status status = train(job);
  if (at < STEPS)
    assert_fails(status, FHRL_INTERRUPT, &err, part);
  else
    ck_assert_int_eq(status, FHRL_OK); // all done: nothing to interrupt
  assert_ok(train(make_style(style, folder, 2 - at % 2)));
  assert_same_files(folder, whole[style]);
  clean(folder);
}
END_TEST

START_TEST(killed_training_resumes_to_the_same_bytes)
{
  char folder[600];
  const int style = _i % STYLES;
  int at = 1 + _i / STYLES;
  snprintf(folder, sizeof folder, "%s", scratch("train.kill"));
  fflush(NULL);
  const pid_t child = fork();
  if (child == 0) {
    fhrl_train_job job = make_style(style, folder, 2);
    job.progress = die_at;
    job.context = &at;
    train(job);
    _exit(0);
  }
  int how;
  ck_assert_int_eq(waitpid(child, &how, 0), child);
  ck_assert(WIFSIGNALED(how));
  assert_ok(train(make_style(style, folder, 1)));
  assert_same_files(folder, whole[style]);
  clean(folder);
}
END_TEST

// Longer in several parts, with an end that is no scheduled checkpoint: the same as at one go.
START_TEST(prolonged_training_ends_in_the_same_bytes)
{
  char folder[600];
  const int first = 1 + _i / 2;
  snprintf(folder, sizeof folder, "%s", scratch("train.longer"));
  fhrl_train_job job = make_style(_i % 2, folder, 2);
  for (int steps = first; steps < STEPS; steps += 2) {
    job.train.value[FHRL_TRAIN_STEPS] = steps;
    assert_ok(train(job));
  }
  assert_ok(train(make_style(_i % 2, folder, 1)));
  assert_same_files(folder, whole[_i % 2]);
  job.train.value[FHRL_TRAIN_STEPS] = STEPS - 1;
  assert_fails(train(job), FHRL_ARG, &err, "train.steps = 7, not 6");
  clean(folder);
}
END_TEST

START_TEST(a_cosine_is_not_prolonged)
{
  fhrl_train_job job = make_style(DESCENT, whole[DESCENT], 1);
  job.train.value[FHRL_TRAIN_STEPS] = STEPS + 1;
  assert_fails(train(job), FHRL_ARG, &err, "only a run with schedule = constant may be prolonged");
}
END_TEST

static double *column(const char *folder, const char *file, const char *name, int *rows)
{
  char path[700], line[1000];
  static double value[100];
  int at = -1;
  snprintf(path, sizeof path, "%s/%s", folder, file);
  FILE *f = fopen(path, "r");
  ck_assert_ptr_nonnull(f);
  *rows = 0;
  while (fgets(line, sizeof line, f)) {
    if (line[0] == '#' || line[0] == '\n') continue;
    line[strcspn(line, "\n")] = '\0';
    char *rest = line;
    if (!strncmp(line, "step", 4)) {
      at = 0;
      for (char *word = strtok(rest, "\t"); word && strcmp(word, name); word = strtok(NULL, "\t")) at++;
      continue;
    }
    for (int k = 0; k < at; k++) rest = strchr(rest, '\t') + 1;
    value[(*rows)++] = strtod(rest, NULL);
  }
  fclose(f);
  return value;
}

START_TEST(tables_tell_rate_norm_and_held_out_loss)
{
  int rows;
  const double *lr = column(whole[DESCENT], "loss.tsv", "lr", &rows);
  ck_assert_int_eq(rows, STEPS);
  ck_assert_double_eq(lr[0], 0.25);
  ck_assert_double_eq(lr[1], 0.5);
  for (int i = 2; i < STEPS; i++)
    ck_assert_double_eq_tol(lr[i], 0.25 * (1 + cos((i - 2) * 3.141592653589793 / 5)), 1e-15);
  lr = column(whole[PLAIN], "loss.tsv", "lr", &rows);
  for (int i = 0; i < STEPS; i++) ck_assert_double_eq(lr[i], 0.01);
  const double *norm = column(whole[RICH], "loss.tsv", "gradient_norm", &rows);
  for (int i = 0; i < STEPS; i++) ck_assert_double_gt(norm[i], 0);
  const double *held = column(whole[RICH], "loss.tsv", "eval_loss", &rows);
  for (int i = 0; i < STEPS; i++)
    if (i % 2)
      ck_assert(held[i] > 1 && held[i] < 6);
    else
      ck_assert_double_nan(held[i]);
  const double *seen = column(whole[RICH], "training.tsv", "total", &rows);
  ck_assert_int_eq(rows, 3 * (1 + STEPS / 2));
  for (int i = 0; i < 4; i++) ck_assert_double_eq_tol(seen[8 + i] - seen[i], 2, 1e-12);
  const double *step = column(whole[RICH], "training.tsv", "step", &rows);
  ck_assert(step[0] == 0 && step[3] == 6 && step[4] == 0);
}
END_TEST

START_TEST(the_checkpoint_before_the_last_scheduled_one_is_kept)
{
  char path[700];
  fhrl_gpt last, before;
  snprintf(path, sizeof path, "%s/checkpoint.previous.safetensors", whole[RICH]);
  assert_ok(fhrl_gpt_load(whole[RICH], &last, &err));
  assert_ok(fhrl_gpt_load(path, &before, &err));
  ck_assert_int_eq(last.step, 7);
  ck_assert_int_eq(before.step, 6);
  ck_assert_mem_ne(last.weights, before.weights, last.count * sizeof *last.weights);
  fhrl_gpt_free(&last);
  fhrl_gpt_free(&before);
}
END_TEST

// The first step of SGD without momentum or decay is a known multiple of the gradient, and clipping fixes its length.
START_TEST(descent_and_clipping_move_weights_as_written)
{
  fhrl_train *t = malloc(sizeof *t);
  fhrl_train_job job = make_job(NULL, 2);
  job.train.value[FHRL_TRAIN_OPTIMIZER] = FHRL_TRAIN_SGD;
  job.train.value[FHRL_TRAIN_WEIGHT_DECAY] = 0;
  job.train.value[FHRL_TRAIN_LR] = 0.25;
  for (int clipped = 0; clipped < 2; clipped++) {
    job.train.value[FHRL_TRAIN_CLIP] = clipped ? 0.01 : 0;
    assert_ok(fhrl_train_init(&job, t, &err));
    fhrl_real *before = malloc(t->gpt.count * sizeof *before);
    memcpy(before, t->gpt.weights, t->gpt.count * sizeof *before);
    assert_ok(fhrl_train_step(t, &err));
    double square = 0, plain = 0;
    for (size_t i = 0; i < t->gpt.count; i++) {
      const double moved = (double)before[i] - (double)t->gpt.weights[i], g = (double)t->engine.buffer[i];
      square += moved * moved;
      plain += g * g;
    }
    ck_assert_double_eq_tol(t->norm[0], sqrt(plain), 1e-12 * sqrt(plain));
    ck_assert_double_eq_tol(sqrt(square), 0.25 * (clipped ? 0.01 : t->norm[0]), 1e-4 * sqrt(square));
    free(before);
    fhrl_train_free(t);
  }
  free(t);
}
END_TEST

START_TEST(a_finished_run_is_completed_from_its_state_alone)
{
  char folder[600], path[700];
  snprintf(folder, sizeof folder, "%s", scratch("train.state"));
  size_t n;
  char *state = slurp(whole[RICH], "state.safetensors", &n);
  fhrl_file f;
  snprintf(path, sizeof path, "%s/state.safetensors", folder);
  assert_ok(fhrl_file_begin(&f, path, &err));
  ck_assert_uint_eq(fwrite(state, 1, n, f.stream), n);
  assert_ok(fhrl_file_commit(&f, &err));
  free(state);
  assert_ok(train(make_style(RICH, folder, 2)));
  char path2[700];
  snprintf(path2, sizeof path2, "%s/checkpoint.previous.safetensors", whole[RICH]);
  remove(path2); // it cannot be had from the state, and is not needed for anything that follows
  assert_same_files(folder, whole[RICH]);
  clean(folder);
}
END_TEST

START_TEST(another_configuration_is_refused_by_name)
{
  fhrl_train_job job = make_job(whole[PLAIN], 1);
  job.train.value[FHRL_TRAIN_LR] = 0.02;
  assert_fails(train(job), FHRL_ARG, &err, "train.lr = 0.01, not 0.02");
  job = make_job(whole[PLAIN], 1);
  job.model.gamma = 0.31;
  assert_fails(train(job), FHRL_ARG, &err, "model.gamma = 0.3, not 0.31");
  job = make_job(whole[PLAIN], 1);
  job.train.value[FHRL_TRAIN_STEPS] = STEPS - 1;
  assert_fails(train(job), FHRL_ARG, &err, "train.steps = 7, not 6");
  job = make_job(whole[PLAIN], 1);
  snprintf(job.train.corpus, sizeof job.train.corpus, "%s", test_data("golden/README.md"));
  job.model.vocabulary = 256;
  assert_fails(train(job), FHRL_ARG, &err, "model.vocabulary");
  job = make_job(whole[PLAIN], 1);
  snprintf(job.train.corpus, sizeof job.train.corpus, "%s/loss.tsv", whole[PLAIN]);
  assert_fails(train(job), FHRL_ARG, &err, "train.corpus");
  job = make_job(whole[PLAIN], 1);
  snprintf(job.train.init, sizeof job.train.init, "%s/checkpoint.safetensors", whole[PLAIN]);
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
  static const struct {
    int key;
    double value;
    const char *part;
  } bad[] = {{FHRL_TRAIN_OPTIMIZER, 2, "adamw|sgd"}, {FHRL_TRAIN_EVAL_EVERY, 5, "nothing to evaluate on"},
    {FHRL_TRAIN_MOMENTUM, 0.5, "belongs to train.optimizer = sgd"}, {FHRL_TRAIN_MOMENTUM, 1, "train.momentum"},
    {FHRL_TRAIN_HELD_OUT, 0.99, "train.held_out"}, {FHRL_TRAIN_CLIP, -1, "train.clip"},
    {FHRL_TRAIN_HELD_OUT, 0.01, "bytes are held out"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    job = make_job(NULL, 1);
    job.train.value[bad[i].key] = bad[i].value;
    assert_fails(train(job), FHRL_ARG, &err, bad[i].part);
  }
  job = make_style(DESCENT, NULL, 1);
  job.train.value[FHRL_TRAIN_WARMUP] = STEPS;
  assert_fails(train(job), FHRL_ARG, &err, "leaves no step");
  job = make_style(RICH, NULL, 1);
  snprintf(job.train.eval_corpus, sizeof job.train.eval_corpus, "%s", test_data("golden/README.md"));
  assert_fails(train(job), FHRL_ARG, &err, "both say what to evaluate on");
  job.train.value[FHRL_TRAIN_HELD_OUT] = 0;
  job.model.vocabulary = 100;
  assert_fails(train(job), FHRL_ARG, &err, "vocabulary");
  job = make_job(NULL, 0);
  assert_fails(train(job), FHRL_ARG, &err, "0 threads");
  job = make_job(NULL, 1);
  job.model.T = 4000;
  assert_fails(train(job), FHRL_ARG, &err, "the corpus has");
  job = make_job(NULL, 1);
  job.model.mlp = 3;
  snprintf(job.train.init, sizeof job.train.init, "%s/checkpoint.safetensors", whole[PLAIN]);
  assert_fails(train(job), FHRL_ARG, &err, "model.mlp = 2, not 3");
}
END_TEST

START_TEST(training_goes_on_from_a_checkpoint)
{
  fhrl_train *t = malloc(sizeof *t);
  fhrl_train_job job = make_job(NULL, 1);
  job.model.gamma = 0.7; // no shape depends on it
  snprintf(job.train.init, sizeof job.train.init, "%s", whole[PLAIN]);
  assert_ok(fhrl_train_init(&job, t, &err));
  fhrl_gpt gpt;
  assert_ok(fhrl_gpt_load(whole[PLAIN], &gpt, &err));
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

// Element by element: what is frozen keeps its bits, what is not has moved.
START_TEST(what_is_frozen_stays_and_the_rest_learns)
{
  static const struct {
    int freeze, kind;
    const char *frozen; // the parts of a block that stay, "*": all and what is outside of blocks
  } cases[] = {{FHRL_FREEZE_WR, FHRL_GPT_FHRL, "wr"}, {FHRL_FREEZE_LAYER, FHRL_GPT_FHRL, "wr fq fk fv"},
    {FHRL_FREEZE_LAYER, FHRL_GPT_DELTA, "fq fk fv fs fo"}, {FHRL_FREEZE_LAYER, FHRL_GPT_HEBBIAN, "fh fx lnm fo"},
    {FHRL_FREEZE_REST, FHRL_GPT_RETENTION, "*"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    fhrl_train t;
    fhrl_gpt begin;
    fhrl_train_job job = make_style(_i ? DESCENT : RICH, NULL, 2);
    job.model.fast_weights = cases[i].kind;
    job.train.value[FHRL_TRAIN_FREEZE] = cases[i].freeze;
    assert_ok(fhrl_train_init(&job, &t, &err));
    assert_ok(fhrl_gpt_init(&job.model, &begin, &err));
    memcpy(begin.weights, t.gpt.weights, t.gpt.count * sizeof *begin.weights);
    assert_ok(fhrl_train_run(&t, &err));
    fhrl_gpt_tensor *tensor = malloc(FHRL_GPT_TENSORS_MAX * sizeof *tensor);
    const int count = fhrl_gpt_layout(&job.model, tensor, NULL);
    for (int k = 0; k < count; k++) {
      char part[40] = "", name[48];
      sscanf(tensor[k].name, "blocks.%*d.%39[^.]", part);
      snprintf(name, sizeof name, " %s ", part);
      char list[64];
      snprintf(list, sizeof list, " %s ", cases[i].frozen);
      const int layer = strstr(" wr fq fk fv fg fo ", name) && part[0];
      const int frozen = cases[i].frozen[0] == '*' ? !layer : part[0] && strstr(list, name);
      const int same = memcmp(begin.weights + tensor[k].offset, t.gpt.weights + tensor[k].offset,
                         tensor[k].count * sizeof *begin.weights) == 0;
      ck_assert_msg(same == !!frozen, "case %zu: %s %s", i, tensor[k].name, frozen ? "moved" : "did not learn");
    }
    free(tensor);
    fhrl_gpt_free(&begin);
    fhrl_train_free(&t);
  }
  fhrl_train t;
  fhrl_train_job job = make_job(NULL, 1);
  job.model.y_destination = FHRL_GPT_TO_NONE;
  job.train.value[FHRL_TRAIN_FREEZE] = FHRL_FREEZE_REST;
  assert_fails(fhrl_train_init(&job, &t, &err), FHRL_ARG, &err, "leaves nothing to learn");
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
  tcase_add_loop_test(t, threads_do_not_change_a_bit, 0, 4 * STYLES);
  tcase_add_loop_test(t, interrupted_training_resumes_to_the_same_bytes, 0, STYLES * (STEPS + 1));
  tcase_add_loop_test(t, killed_training_resumes_to_the_same_bytes, 0, STYLES * STEPS);
  tcase_add_loop_test(t, prolonged_training_ends_in_the_same_bytes, 0, 2 * 4);
  tcase_add_test(t, a_cosine_is_not_prolonged);
  tcase_add_test(t, tables_tell_rate_norm_and_held_out_loss);
  tcase_add_test(t, the_checkpoint_before_the_last_scheduled_one_is_kept);
  tcase_add_test(t, descent_and_clipping_move_weights_as_written);
  tcase_add_test(t, a_finished_run_is_completed_from_its_state_alone);
  tcase_add_test(t, another_configuration_is_refused_by_name);
  tcase_add_test(t, bad_settings_are_refused_by_name);
  tcase_add_test(t, training_goes_on_from_a_checkpoint);
  tcase_add_test(t, a_number_that_is_not_finite_stops_training_and_keeps_everything);
  tcase_add_loop_test(t, what_is_frozen_stays_and_the_rest_learns, 0, 2);
  tcase_add_test(t, loss_falls_towards_the_floor);
  suite_add_tcase(s, t);
  return run_suite(s);
}
