// SPDX-License-Identifier: GPL-3.0-or-later
// fuzz_system: what stands in the values of a configuration: matrices, starts, sections, ensembles, boxes, lists
//
// A bound system has finite parameters and matrices of its shapes, and its input a next jump that lies ahead.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/portrait_ensemble.h"
#include "analysis/prove.h"
#include "analysis/reproduce.h"
#include "fuzz/fuzz.h"
#include "ode/integrator.h"
#include "ode/vary.h"

static fhrl_err err;
static const fhrl_field texts[] = {
  {"x0", .kind = FHRL_TEXT, .unit = "", .meaning = ""},
  {"vary", .kind = FHRL_TEXT, .unit = "", .meaning = ""},
  {"starts", .kind = FHRL_TEXT, .unit = "", .meaning = ""},
};

static void seeds(fuzz_give *give)
{
  static const char *const good[] = {
    ("[model]\nname = lorenz\nr = 28\n[text]\nx0 = 1, -2.5,3e1\nvary = r = 1, 2, 10:5:30; b = uniform 1 2\nstarts = 1 2; 3 4\n"
    "[solver]\nsection = z = 27 up; x = 0\n[proof]\nbox = -1,2;0,3;-1,1\n[reproduce]\ngammas = 0, 0.15, 0.3\n"),
    "[model]\nname = fhrl\nd = 2\nW_r = 0.5 0; 0 0.25\nW_v = diag 2\n[input]\nkind = held\nhold = 0.3\n",
    "[model]\nname = fhrl_layer\nd = 2\nr = 2\n[input]\nkind = chirp\nfrequency = 0.1\nfrequency_high = 2\n",
    "[model]\nname = idp_hopfield\n[input]\nkind = noise\nmodes = 4\n",
    "[model]\nname = cfc\nn = 3\n",
  };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) give(good[i], strlen(good[i]));
}

// What a user asked for is built, however large; here only what is small.
static int is_small(const fhrl_model *m, const fhrl_config *c)
{
  double p[64];
  fhrl_dims dims;
  char key[80];
  int n;
  fuzz_claim(m->n_param <= 64, "%s has more than 64 parameters", m->name);
  for (int i = 0; i < m->n_param; i++) {
    snprintf(key, sizeof key, "model.%s", m->param[i].name);
    p[i] = fhrl_config_real(c, key);
  }
  if (fuzz_judge(fhrl_system_dims(m, p, &dims, &n, &err), &err, NULL) != FHRL_OK || n > 1000) return 0;
  for (int k = 0; k < m->n_matrix; k++)
    if ((double)dims.matrix[k].rows * dims.matrix[k].cols > 1e5) return 0;
  return dims.n_u <= 1000 && fhrl_config_real(c, "input.modes") * dims.n_u <= 1e4;
}

static void try_input(const fhrl_config *c, int n_u)
{
  static const double times[] = {0.0, 0.3, 1.0, 12345.678, 1e9};
  fhrl_input in = {0};
  double *u = malloc(((size_t)n_u + 1) * sizeof *u);
  fuzz_claim(u != NULL, "no memory");
  if (fuzz_judge(fhrl_input_init(&in, c, n_u, &err), &err, NULL) == FHRL_OK)
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
      const double next = fhrl_input_break(&in, times[i]);
      fhrl_input_at(&in, times[i], u);
      fuzz_claim(next > times[i], "the input's next jump after %g is at %g", times[i], next);
    }
  fhrl_input_free(&in);
  free(u);
}

static fhrl_status try_system(const fhrl_model *m, const fhrl_config *c)
{
  fhrl_system *s = NULL;
  fhrl_vary vary = {.axes = 0};
  fhrl_crossing section[FHRL_CROSSING_MAX];
  int sections;
  fhrl_status status = fuzz_judge(fhrl_system_create(m, c, &s, &err), &err, NULL);
  if (status != FHRL_OK) return status;
  fuzz_finite("p", s->p, (size_t)m->n_param);
  for (int k = 0; k < m->n_matrix; k++)
    for (int i = 0; i < s->dims.matrix[k].rows * s->dims.matrix[k].cols; i++)
      fuzz_claim(!isnan(s->m[k][i]), "%s[%d] is NaN", m->matrix[k].name, i);
  double *x0 = malloc((size_t)s->n * sizeof *x0), *p = malloc(((size_t)m->n_param + 1) * sizeof *p);
  fuzz_claim(x0 && p, "no memory");
  const char *text = fhrl_config_text(c, "text.x0");
  status = fuzz_judge(fhrl_system_start(s, 1, text, x0, &err), &err, NULL);
  if (status == FHRL_OK && *text) fuzz_finite("x0", x0, (size_t)s->n);
  if (status == FHRL_OK)
    status = fuzz_judge(fhrl_crossing_read(s, fhrl_config_text(c, "solver.section"), section, &sections, &err), &err, NULL);
  if (status == FHRL_OK)
    status = fuzz_judge(fhrl_vary_parse(&vary, s, fhrl_config_text(c, "text.vary"), "a.ini:7", &err), &err, "a.ini:7");
  if (status == FHRL_OK) {
    fuzz_claim(vary.points >= 1, "%ld points", vary.points);
    fuzz_judge(fhrl_vary_at(&vary, s, 1, vary.points - 1, vary.points - 1, p, &err), &err, NULL);
  }
  fhrl_vary_free(&vary);
  try_input(c, s->dims.n_u);
  free(x0);
  free(p);
  fhrl_system_destroy(s);
  return status;
}

static fhrl_status try_lists(const fhrl_config *c)
{
  static fhrl_reproduce_plan plan;
  static fhrl_prove_plan prove;
  const fhrl_ball_field field = {.n = 3};
  const fhrl_gpt_config model = fhrl_gpt_default();
  const fhrl_train_config train = fhrl_train_default();
  const char *at = fhrl_config_text(c, "text.starts");
  fhrl_status status = FHRL_OK;
  double point[2];
  int more = 1;
  for (int k = 0; more && status == FHRL_OK; k++) {
    const char *before = at;
    status = fuzz_judge(fhrl_portrait_ensemble_next(&at, point, &more, k, &err), &err, "portrait.starts");
    fuzz_claim(status != FHRL_OK || !more || at > before, "portrait.starts does not end");
    if (status == FHRL_OK && more) fuzz_finite("portrait.starts", point, 2);
  }
  if (status == FHRL_OK) status = fuzz_judge(fhrl_prove_options(c, &field, NULL, 0, &prove, &err), &err, "proof.box");
  if (status == FHRL_OK) status = fuzz_judge(fhrl_reproduce_plan_make(c, &model, &train, &plan, &err), &err, NULL);
  return status;
}

static fhrl_status one(const unsigned char *data, size_t size)
{
  fhrl_settings settings = {NULL, 0};
  fhrl_config c;
  fhrl_field *fields = NULL;
  int count;
  fuzz_put("a.ini", data, size);
  fhrl_config_init(&c);
  fhrl_status status = fuzz_judge(fhrl_settings_read("a.ini", &settings, &err), &err, "a.ini");
  const char *name = status == FHRL_OK ? fhrl_settings_written(&settings, "model", "name") : NULL;
  const fhrl_model *m = fhrl_system_find(name ? name : "lorenz");
  if (m == NULL) m = fhrl_system_find("lorenz");
  fuzz_claim(fhrl_system_fields(m, &fields, &count, &err) == FHRL_OK && fhrl_config_add(&c, "model", fields, count, &err) == FHRL_OK &&
               fhrl_config_add(&c, "input", fhrl_input_fields, fhrl_input_field_count, &err) == FHRL_OK &&
               fhrl_config_add(&c, "solver", fhrl_integrator_fields, fhrl_integrator_field_count, &err) == FHRL_OK &&
               fhrl_config_add(&c, "proof", fhrl_prove_fields, fhrl_prove_field_count, &err) == FHRL_OK &&
               fhrl_config_add(&c, "reproduce", fhrl_reproduce_plan_fields, fhrl_reproduce_plan_field_count, &err) == FHRL_OK &&
               fhrl_config_add(&c, "probe", fhrl_probe_fields, fhrl_probe_field_count, &err) == FHRL_OK &&
               fhrl_config_add(&c, "text", texts, sizeof texts / sizeof *texts, &err) == FHRL_OK, "the schema: %s", err.msg);
  if (status == FHRL_OK) status = fuzz_judge(fhrl_config_apply(&c, &settings, NULL, 0, &err), &err, "a.ini");
  if (status == FHRL_OK) status = try_lists(&c);
  if (status == FHRL_OK && is_small(m, &c)) status = try_system(m, &c);
  fhrl_config_free(&c);
  fhrl_settings_free(&settings);
  free(fields);
  return status;
}

const fuzz_target fuzz_subject = {"system", .flips = 256, .seeds = seeds, .one = one};
