// SPDX-License-Identifier: GPL-3.0-or-later
// bench_train: our side of `make bench-train`: one network, timed on request
//
// Usage: bench_train KEY=VALUE...  with keys of [model], `batch` and `corpus`. Then one command per line on
// standard input, one line of answer each, so that bench_train.py can interleave several programs:
//   about               vector level, OpenBLAS
//   peak THREADS        highest rate of fused multiply-adds, 1e9 operations per second of processor time
//   sgemm SIZE          the same of OpenBLAS's product of two square matrices, one thread
//   step THREADS N      N training steps: wall and processor milliseconds of one
//   bits                whether gradients on one thread and on two agree bit by bit
//   export PREFIX       PREFIX.safetensors, PREFIX.bytes; loss and gradient norm there, without noise
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "nn/gemm.h"
#include "nn/train.h"

enum { THREADS = 2, STEPS = 1000000 };

static fhrl_train run[THREADS + 1]; // by number of threads; 0 is not used
static int ready[THREADS + 1];
static fhrl_train_job job;

static int fail(const char *what)
{
  printf("error %s\n", what);
  fflush(stdout);
  return 1;
}

// ---- the highest rate of fused multiply-adds: independent chains that never leave the registers
enum { CHAINS = 12, LANES = 16, TURNS = 4000000 };
typedef float vec __attribute__((vector_size(64)));

FHRL_CPU_INLINE void multiply_add_body(int turns, float out[LANES])
{
  vec x[CHAINS];
  const vec a = (vec){0} + 0.999f, b = (vec){0} + 1e-3f;
  for (int i = 0; i < CHAINS; i++) x[i] = (vec){0} + (float)i;
  for (int t = 0; t < turns; t++)
    for (int i = 0; i < CHAINS; i++) x[i] = x[i] * a + b;
  for (int i = 1; i < CHAINS; i++) x[0] += x[i];
  memcpy(out, &x[0], sizeof x[0]);
}
FHRL_CPU_CLONES(multiply_add, (int turns, float out[LANES]), (turns, out))

static double thread_time(void)
{
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *burn(void *seconds)
{
  float sink[LANES];
  const double begin = thread_time();
  multiply_add(TURNS, sink);
  *(double *)seconds = thread_time() - begin + 0.0 * (double)sink[0];
  return NULL;
}

static int peak(int threads)
{
  double seconds[THREADS], rate = 0.0;
  pthread_t other[THREADS];
  for (int i = 1; i < threads; i++)
    if (pthread_create(&other[i], NULL, burn, &seconds[i])) return fail("no thread");
  burn(&seconds[0]);
  for (int i = 1; i < threads; i++) pthread_join(other[i], NULL);
  for (int i = 0; i < threads; i++) rate += 2e-9 * CHAINS * LANES * TURNS / seconds[i];
  printf("%.1f\n", rate);
  return 0;
}

static int sgemm(int n)
{
  const size_t count = (size_t)n * n;
  float *a = malloc(3 * count * sizeof *a);
  if (a == NULL) return fail("no memory");
  for (size_t i = 0; i < 3 * count; i++) a[i] = (float)(i % 7) * 0.1f;
  fhrl_gemm_single_thread();
  double best = HUGE_VAL;
  for (int i = 0; i < 3; i++) {
    const double begin = fhrl_clock_cpu();
    fhrl_gemm(0, 0, n, n, n, 1, a, n, a + count, n, 0, a + 2 * count, n);
    best = fmin(best, fhrl_clock_cpu() - begin);
  }
  free(a);
  printf("%.1f\n", 2e-9 * (double)count * n / best);
  return 0;
}

// ---- training
static fhrl_train *on(int threads, fhrl_err *err)
{
  if (threads < 1 || threads > THREADS) return NULL;
  job.threads = threads;
  if (!ready[threads] && fhrl_train_init(&job, &run[threads], err) != FHRL_OK) return NULL;
  ready[threads] = 1;
  return &run[threads];
}

static int step(int threads, int n)
{
  fhrl_err err = {0};
  fhrl_train *t = on(threads, &err);
  if (t == NULL) return fail(err.msg);
  if (t->step == 0 && fhrl_train_step(t, &err) != FHRL_OK) return fail(err.msg); // warms caches and pages
  const double wall = fhrl_clock_wall(), cpu = fhrl_clock_cpu();
  for (int i = 0; i < n; i++)
    if (fhrl_train_step(t, &err) != FHRL_OK) return fail(err.msg);
  printf("%.3f %.3f\n", 1e3 * (fhrl_clock_wall() - wall) / n, 1e3 * (fhrl_clock_cpu() - cpu) / n);
  return 0;
}

static fhrl_status gradient(const fhrl_gpt_config *config, const fhrl_train *t, int threads,
  fhrl_engine *engine, double *loss, const fhrl_real **grads, fhrl_err *err)
{
  const int B = (int)job.train.value[FHRL_TRAIN_BATCH], T = config->T;
  const fhrl_sequences sequences = {.byte = t->batch, .n = B, .stride = T + 1};
  const fhrl_noise noise = {.seed = 1};
  fhrl_corpus_batch(&t->corpus, T, B, 1, 7, t->batch);
  FHRL_TRY(fhrl_engine_init(config, B, threads, engine, err));
  return fhrl_engine_gradient(engine, &t->gpt, &sequences, &noise, loss, grads, err);
}

static int bits(void)
{
  fhrl_err err = {0};
  fhrl_engine engine[THREADS] = {0};
  const fhrl_real *grads[THREADS] = {NULL};
  double loss[THREADS];
  const fhrl_train *t = on(1, &err);
  for (int i = 0; t && i < THREADS; i++)
    if (gradient(&job.model, t, i + 1, &engine[i], &loss[i], &grads[i], &err) != FHRL_OK) t = NULL;
  if (t == NULL)
    fail(err.msg);
  else
    puts(loss[0] == loss[1] && memcmp(grads[0], grads[1], t->gpt.count * sizeof *grads[0]) == 0 ? "equal"
                                                                                              : "different");
  for (int i = 0; i < THREADS; i++) fhrl_engine_free(&engine[i]);
  return t == NULL;
}

static int export(const char *prefix)
{
  fhrl_err err = {0};
  fhrl_engine engine = {0};
  const fhrl_real *grads;
  char path[FHRL_PATH_SIZE];
  double loss, square = 0.0;
  const fhrl_train *t = on(1, &err);
  fhrl_gpt_config quiet = job.model;
  quiet.sigma = 0.0;
  if (t == NULL || gradient(&quiet, t, 1, &engine, &loss, &grads, &err) != FHRL_OK) return fail(err.msg);
  for (size_t i = 0; i < t->gpt.count; i++) square += (double)grads[i] * (double)grads[i];
  fhrl_engine_free(&engine);
  snprintf(path, sizeof path, "%s.safetensors", prefix);
  if (fhrl_gpt_save(&t->gpt, path, &err) != FHRL_OK) return fail(err.msg);
  snprintf(path, sizeof path, "%s.bytes", prefix);
  FILE *f = fopen(path, "wb");
  const size_t size = (size_t)job.train.value[FHRL_TRAIN_BATCH] * (job.model.T + 1);
  const int written = f && fwrite(t->batch, 1, size, f) == size;
  if (f == NULL || fclose(f) != 0 || !written) return fail(path);
  printf("%.9g %.9g\n", loss, sqrt(square));
  return 0;
}

static int about(void)
{
  printf("%s; %s\n", fhrl_cpu_name(fhrl_cpu_level()), fhrl_gemm_version());
  return 0;
}

static int set(const char *key, const char *text, double value[])
{
  if (strcmp(key, "corpus") == 0) {
    snprintf(job.train.corpus, sizeof job.train.corpus, "%s", text);
    return 0;
  }
  if (strcmp(key, "batch") == 0) {
    job.train.value[FHRL_TRAIN_BATCH] = atof(text);
    return 0;
  }
  for (int i = 0; i < FHRL_GPT_KEY_COUNT; i++) {
    const fhrl_field *f = &fhrl_gpt_fields[i];
    if (strcmp(f->name, key) != 0) continue;
    value[i] = f->kind == FHRL_CHOICE ? fhrl_field_choice(f->choices, text) : atof(text);
    return 0;
  }
  printf("error no key %s\n", key);
  return 1;
}

static int configure(int argc, char **argv)
{
  fhrl_err err = {0};
  fhrl_gpt_config model = fhrl_gpt_default();
  double value[FHRL_GPT_KEY_COUNT];
  job.train = fhrl_train_default();
  job.train.value[FHRL_TRAIN_STEPS] = STEPS;
  fhrl_gpt_values(&model, value);
  for (int i = 1; i < argc; i++) {
    char *equals = strchr(argv[i], '=');
    if (equals == NULL) return fail("KEY=VALUE expected");
    *equals = '\0';
    if (set(argv[i], equals + 1, value)) return 1;
  }
  if (fhrl_gpt_configure(value, &job.model, &err) != FHRL_OK) return fail(err.msg);
  return 0;
}

static int answer(char *line)
{
  char word[512] = "";
  int a = 0, b = 0;
  if (strcmp(line, "about\n") == 0) return about();
  if (strcmp(line, "bits\n") == 0) return bits();
  if (sscanf(line, "peak %d", &a) == 1 && a >= 1 && a <= THREADS) return peak(a);
  if (sscanf(line, "sgemm %d", &a) == 1 && a >= 1) return sgemm(a);
  if (sscanf(line, "step %d %d", &a, &b) == 2) return step(a, b);
  if (sscanf(line, "export %511s", word) == 1) return export(word);
  return fail("unknown command");
}

int main(int argc, char **argv)
{
  char line[1024];
  int status = configure(argc, argv);
  while (status == 0 && fgets(line, sizeof line, stdin)) {
    status = answer(line);
    fflush(stdout);
  }
  for (int i = 1; i <= THREADS; i++)
    if (ready[i]) fhrl_train_free(&run[i]);
  return status;
}
