// SPDX-License-Identifier: GPL-3.0-or-later
// reproduce: the paper's experiments over again: networks over gamma and seeds, and controls, trained and probed
#include "analysis/reproduce.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/probe_files.h"
#include "analysis/probe_session.h"
#include "base/dense.h"
#include "base/digest.h"
#include "nn/corpus.h"

enum { PROBES = 30 }; // steps of training that the two probes of a run are counted as, for the time left

typedef struct errand {
  const fhrl_reproduce_job *job;
  double done, total, first;
  char note[64];
  uint64_t corpus; // fingerprint
} errand;

static void tell(errand *e, double steps)
{
  if (e->job->progress) e->job->progress(e->job->context, e->done + steps, e->total, e->first, e->note);
}

static double steps_of(const fhrl_reproduce_case *c)
{
  return c->role == FHRL_CLAIMS_UNTRAINED ? 0.0 : c->train.value[FHRL_TRAIN_STEPS];
}

// ---- what tells a run from another: all that its numbers depend on

static void digest_numbers(fhrl_digest *d, const double value[], int n)
{
  char text[40];
  for (int i = 0; i < n; i++) {
    snprintf(text, sizeof text, "%.17g", value[i]);
    fhrl_digest_text(d, text);
  }
}

static void fingerprint(const fhrl_reproduce_case *c, const fhrl_probe_plan *probe, uint64_t corpus, int seed, char hex[FHRL_DIGEST_SIZE])
{
  double model[FHRL_GPT_KEY_COUNT];
  const double rest[] = {c->role, seed, probe->sequences, probe->perturbations, probe->topk, probe->window, probe->surrogates, probe->seed,
    (double)(corpus >> 32), (double)(corpus & 0xffffffffu)};
  fhrl_digest d;
  fhrl_gpt_values(&c->model, model);
  fhrl_digest_begin(&d);
  digest_numbers(&d, model, FHRL_GPT_KEY_COUNT);
  for (int i = 0; i < FHRL_TRAIN_KEY_COUNT; i++)
    if (i != FHRL_TRAIN_SEED && i != FHRL_TRAIN_CHECKPOINT_EVERY) digest_numbers(&d, &c->train.value[i], 1);
  digest_numbers(&d, rest, (int)(sizeof rest / sizeof *rest));
  fhrl_digest_end(&d, hex);
}

// ---- one run

static fhrl_status forget(const char *folder, const char *const names[], int n, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  for (int i = 0; i < n; i++) {
    FHRL_TRY(fhrl_file_join(folder, names[i], path, err));
    if (unlink(path) != 0 && errno != ENOENT) return fhrl_fail(err, FHRL_IO, "cannot remove %s: %s", path, strerror(errno));
  }
  return FHRL_OK;
}

// Of another configuration nothing is taken up: `print` says which one a folder belongs to.
static fhrl_status claim_folder(const char *folder, const char *print, fhrl_err *err)
{
  static const char *const all[] = {"state.safetensors", "checkpoint.safetensors", "checkpoint.previous.safetensors", "loss.tsv",
    "training.tsv", "result.json"};
  char path[FHRL_PATH_SIZE];
  fhrl_json *was = NULL;
  FHRL_TRY(fhrl_file_folder(folder, err));
  FHRL_TRY(fhrl_file_join(folder, "begun.json", path, err));
  const char *old = fhrl_file_exists(path) && fhrl_json_load(path, &was, NULL) == FHRL_OK
                      ? fhrl_json_string(fhrl_json_get(was, "fingerprint")) : NULL;
  const int same = old && strcmp(old, print) == 0;
  fhrl_json_free(was);
  if (same) return FHRL_OK;
  FHRL_TRY(forget(folder, all, (int)(sizeof all / sizeof *all), err));
  fhrl_json *now = fhrl_json_object();
  fhrl_json_text(now, "fingerprint", print);
  const fhrl_status status = fhrl_json_save(now, path, err);
  fhrl_json_free(now);
  return status;
}

static fhrl_status probe(const fhrl_gpt *gpt, const fhrl_probe_plan *base, int source, const char *corpus, const errand *e,
  fhrl_json *into, const char *name, fhrl_err *err)
{
  fhrl_probe_plan plan = *base;
  fhrl_probe_session session = {.N = 0};
  const fhrl_probe_watch watch = {NULL, NULL, e->job->stop};
  unsigned char *byte;
  int N;
  plan.source = source;
  FHRL_TRY(fhrl_probe_session_bytes(&plan, corpus, gpt->config.T, gpt->config.vocabulary, &byte, &N, err));
  FHRL_TRY(fhrl_probe_session_run(gpt, &plan, byte, N, e->job->threads, &watch, &session, err));
  fhrl_json *object = fhrl_json_object();
  fhrl_probe_files_json(&session, object);
  fhrl_json_put(into, name, object);
  fhrl_probe_session_free(&session);
  return FHRL_OK;
}

// Least over largest singular value of the token embedding: above 0 its rows span all d channels.
static fhrl_status flatness(const fhrl_gpt *gpt, double *out, fhrl_err *err)
{
  const int V = gpt->config.vocabulary, d = gpt->config.d, k = V < d ? V : d;
  double *E = malloc((size_t)V * d * sizeof *E), *sigma = malloc((size_t)k * sizeof *sigma);
  fhrl_status status = E && sigma ? FHRL_OK : fhrl_fail(err, FHRL_NOMEM, "no memory for the token embedding");
  for (size_t i = 0; status == FHRL_OK && i < (size_t)V * d; i++) E[i] = (double)gpt->params.tok[i];
  if (status == FHRL_OK) status = fhrl_dense_singular(V, d, E, sigma, NULL, err);
  if (status == FHRL_OK) *out = V < d ? 0.0 : sigma[k - 1] / sigma[0];
  free(E);
  free(sigma);
  return status;
}

static fhrl_status measure(const fhrl_reproduce_plan *plan, const fhrl_reproduce_case *c, const fhrl_gpt *gpt, const errand *e,
  fhrl_json *o, fhrl_err *err)
{
  double flat = FHRL_NAN;
  FHRL_TRY(flatness(gpt, &flat, err));
  fhrl_json_real(o, "token_flatness", flat, NULL);
  FHRL_TRY(probe(gpt, &plan->probe, FHRL_PROBE_RANDOM, "", e, o, "random", err));
  return probe(gpt, &plan->probe, FHRL_PROBE_CORPUS, c->train.corpus, e, o, "corpus", err);
}

static void trained_step(void *context, int step, double loss, double tokens_per_second) { tell(context, step); }

static fhrl_status train(const fhrl_reproduce_plan *plan, const fhrl_reproduce_case *c, int seed, const char *folder, errand *e,
  fhrl_json *o, fhrl_err *err)
{
  fhrl_train t = {0};
  fhrl_train_job job = {.model = c->model, .train = c->train, .folder = folder, .threads = e->job->threads, .stop = e->job->stop,
    .progress = trained_step, .context = e};
  job.train.value[FHRL_TRAIN_SEED] = seed;
  job.train.value[FHRL_TRAIN_SEEDS] = 1;
  fhrl_status status = fhrl_train_init(&job, &t, err);
  if (status == FHRL_OK) status = fhrl_train_run(&t, err);
  if (status != FHRL_OK) goto done;
  fhrl_json_int(o, "parameters", (long long)t.gpt.count);
  fhrl_json_int(o, "steps", t.step);
  fhrl_json_real(o, "final_loss", fhrl_train_final_loss(&t), NULL);
  fhrl_json_real(o, "entropy_floor", t.entropy_floor, NULL);
  fhrl_json_bool(o, "entropy_floor_exact", t.floor_exact);
  fhrl_json_reals(o, "loss", t.loss, (size_t)t.step);
  status = measure(plan, c, &t.gpt, e, o, err);
done:
  fhrl_train_free(&t);
  return status;
}

static fhrl_status leave_untrained(const fhrl_reproduce_plan *plan, const fhrl_reproduce_case *c, int seed, const char *folder,
  const errand *e, fhrl_json *o, fhrl_err *err)
{
  fhrl_gpt gpt = {.count = 0};
  char path[FHRL_PATH_SIZE];
  FHRL_TRY(fhrl_gpt_init(&c->model, &gpt, err));
  fhrl_gpt_randomize(&gpt, (uint32_t)seed);
  fhrl_json_int(o, "parameters", (long long)gpt.count);
  fhrl_json_int(o, "steps", 0);
  fhrl_json_null(o, "final_loss", "it was not trained");
  fhrl_json_null(o, "entropy_floor", "it was not trained");
  fhrl_status status = fhrl_file_join(folder, "checkpoint.safetensors", path, err);
  if (status == FHRL_OK) status = fhrl_gpt_save(&gpt, path, err);
  if (status == FHRL_OK) status = measure(plan, c, &gpt, e, o, err);
  fhrl_gpt_free(&gpt);
  return status;
}

static fhrl_status finish(const fhrl_reproduce_plan *plan, const fhrl_reproduce_case *c, int seed, const char *folder, const char *result,
  errand *e, fhrl_err *err)
{
  static const char *const spent[] = {"state.safetensors", "checkpoint.previous.safetensors"}; // 23 MB of a network of the paper's
  fhrl_json *o = fhrl_json_object();
  fhrl_json_text(o, "schema", "fhrl.reproduce.run/1");
  fhrl_json_text(o, "case", c->name);
  fhrl_json_int(o, "seed", seed);
  fhrl_json_real(o, "gamma", c->model.gamma, NULL);
  fhrl_status status = c->role == FHRL_CLAIMS_UNTRAINED ? leave_untrained(plan, c, seed, folder, e, o, err)
                                                         : train(plan, c, seed, folder, e, o, err);
  if (status == FHRL_NUMERIC) { // one network that diverges takes no other with it
    fhrl_json_text(o, "failed", err ? err->msg : fhrl_status_text(status));
    status = FHRL_OK;
  }
  if (status == FHRL_OK) status = fhrl_json_save(o, result, err);
  if (status == FHRL_OK) status = forget(folder, spent, 2, err);
  fhrl_json_free(o);
  return status;
}

static fhrl_status take_failure(fhrl_reproduce_run *run, const char *why, fhrl_err *err)
{
  run->failed = why ? strdup(why) : NULL;
  return why && !run->failed ? fhrl_fail(err, FHRL_NOMEM, "no memory for a message") : FHRL_OK;
}

static fhrl_status take_loss(fhrl_reproduce_run *run, const fhrl_json *loss, fhrl_claims_run *numbers, fhrl_err *err)
{
  const size_t n = loss ? fhrl_json_size(loss) : 0;
  if (n == 0) return FHRL_OK;
  run->loss = malloc(n * sizeof *run->loss);
  if (!run->loss) return fhrl_fail(err, FHRL_NOMEM, "no memory for %zu losses", n);
  for (size_t i = 0; i < n; i++) run->loss[i] = fhrl_json_number(fhrl_json_at(loss, i));
  numbers->loss = run->loss;
  numbers->steps = (int)n;
  return FHRL_OK;
}

// The numbers of a finished run from its result.json, which is not kept: its thousands of nodes would pin the pages
// between the buffers of one network and the next.
static fhrl_status take(fhrl_reproduce_run *run, int seed, const char *path, fhrl_claims_run *numbers, fhrl_err *err)
{
  fhrl_json *json;
  FHRL_TRY(fhrl_json_load(path, &json, err));
  *numbers = (fhrl_claims_run){.role = run->item->role, .gamma = run->item->model.gamma, .seed = seed};
  for (int i = 0; i < FHRL_CLAIMS_NUMBER_COUNT; i++) {
    const fhrl_claims_quantity *q = &fhrl_claims_quantities[i];
    const fhrl_json *from = *q->part ? fhrl_json_get(fhrl_json_get(json, q->part), "mean") : json;
    numbers->value[i] = fhrl_json_number(fhrl_json_get(from, q->key));
  }
  fhrl_status status = take_failure(run, fhrl_json_string(fhrl_json_get(json, "failed")), err);
  if (status == FHRL_OK) status = take_loss(run, fhrl_json_get(json, "loss"), numbers, err);
  fhrl_json_free(json);
  return status;
}

// ---- all of them

static fhrl_status one(const fhrl_reproduce_plan *plan, const fhrl_reproduce_case *c, int seed, errand *e, fhrl_reproduce *out,
  fhrl_err *err)
{
  char name[96], print[FHRL_DIGEST_SIZE], path[FHRL_PATH_SIZE];
  fhrl_reproduce_run *run = &out->run[out->done];
  run->item = c;
  snprintf(name, sizeof name, "runs/%s/seed%d", c->name, seed);
  snprintf(e->note, sizeof e->note, "%s, seed %d (%d of %d)", c->name, seed, out->done + 1, plan->runs);
  fingerprint(c, &plan->probe, e->corpus, seed, print);
  FHRL_TRY(fhrl_file_join(e->job->folder, name, run->folder, err));
  FHRL_TRY(claim_folder(run->folder, print, err));
  FHRL_TRY(fhrl_file_join(run->folder, "result.json", path, err));
  if (fhrl_file_exists(path)) {
    out->found++;
    e->first += steps_of(c) + PROBES;
  } else {
    tell(e, 0.0);
    FHRL_TRY(finish(plan, c, seed, run->folder, path, e, err));
  }
  e->done += steps_of(c) + PROBES;
  tell(e, 0.0);
  return take(run, seed, path, &out->numbers[out->done], err);
}

static fhrl_status print_corpus(const char *path, uint64_t *print, fhrl_err *err)
{
  fhrl_corpus corpus = {0};
  FHRL_TRY(fhrl_corpus_load(path, &corpus, err));
  const fhrl_status status = fhrl_corpus_print(&corpus, print, err);
  fhrl_corpus_free(&corpus);
  return status;
}

fhrl_status fhrl_reproduce_go(const fhrl_reproduce_plan *plan, const fhrl_reproduce_job *job, fhrl_reproduce *out, fhrl_err *err)
{
  errand e = {.job = job};
  int most = 0;
  *out = (fhrl_reproduce){.plan = *plan};
  plan = &out->plan; // what runs point to must last as long as they do
  out->run = calloc((size_t)plan->runs, sizeof *out->run);
  out->numbers = calloc((size_t)plan->runs, sizeof *out->numbers);
  if (!out->run || !out->numbers) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d runs", plan->runs);
  FHRL_TRY(print_corpus(plan->item[0].train.corpus, &e.corpus, err));
  for (int i = 0; i < plan->count; i++) {
    e.total += plan->item[i].seeds * (steps_of(&plan->item[i]) + PROBES);
    if (plan->item[i].seeds > most) most = plan->item[i].seeds;
  }
  for (int k = 0; k < most; k++) // all cases of a seed first: a study of few seeds is whole as well
    for (int i = 0; i < plan->count; i++) {
      if (k >= plan->item[i].seeds) continue;
      if (job->stop && *job->stop) return fhrl_fail(err, FHRL_INTERRUPT, "%d of %d runs are finished", out->done, plan->runs);
      const fhrl_status status = one(plan, &plan->item[i], plan->first + k, &e, out, err);
      if (status != FHRL_OK) {
        fhrl_status_context(err, "%s, seed %d", plan->item[i].name, plan->first + k);
        return status;
      }
      out->failed += out->run[out->done++].failed != NULL;
    }
  return FHRL_OK;
}

void fhrl_reproduce_free(fhrl_reproduce *r)
{
  for (int i = 0; r->run && i < r->plan.runs; i++) {
    free(r->run[i].loss);
    free(r->run[i].failed);
  }
  free(r->run);
  free(r->numbers);
  *r = (fhrl_reproduce){.done = 0};
}

fhrl_claims_study fhrl_reproduce_study(const fhrl_reproduce *r)
{
  const fhrl_gpt_config *m = &r->plan.item[0].model;
  return (fhrl_claims_study){.run = r->numbers, .runs = r->done, .d = m->d, .vocabulary = m->vocabulary, .r = m->r};
}
