// SPDX-License-Identifier: GPL-3.0-or-later
// reproduce_plan: which networks the paper's figures and claims need, and the controls beside them
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/reproduce.h"

const fhrl_field fhrl_reproduce_plan_fields[] = {
  {"gammas", 0, "1", "strengths of reentry in the paper's range, with commas between", FHRL_TEXT, 0, 0, 0, NULL,
    "0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3"},
  {"extended", 0, "1", "further strengths: the supplement's, and some about the peak of W_r; empty: none", FHRL_TEXT, 0, 0, 0, NULL,
    "0.0001, 0.001, 0.01, 0.02, 0.03, 0.04, 0.5, 1, 2, 3, 5"},
  {"seeds", 5, "1", "seeds of each of gammas, from train.seed", FHRL_INT, 1, 100, 0, NULL, NULL},
  {"extended_seeds", 4, "1", "seeds of each of extended", FHRL_INT, 1, 100, 0, NULL, NULL},
  {"control_seeds", 4, "1", "seeds of each control; 0: no controls", FHRL_INT, 0, 100, 0, NULL, NULL},
  {"sgd_lr", 0.3, "1", "learning rate of the control by gradient descent, whose decay is lowered so that it takes as much as "
    "AdamW's", FHRL_REAL, 0, 10, FHRL_OPEN_LOW, NULL, NULL},
  {"sgd_momentum", 0.9, "1", "and its momentum", FHRL_REAL, 0, 1, FHRL_OPEN_HIGH, NULL, NULL},
  {"sgd_clip", 1, "nat/byte", "and the largest norm of its gradient; 0: off", FHRL_REAL, 0, 1e9, 0, NULL, NULL},
  {"quick", 0, "1", "one seed, three gammas and few steps, where not set otherwise: a few minutes, and hardly a verdict", FHRL_FLAG,
    0, 0, 0, NULL, NULL},
};
const int fhrl_reproduce_plan_field_count = sizeof fhrl_reproduce_plan_fields / sizeof *fhrl_reproduce_plan_fields;

const char *const fhrl_reproduce_plan_quick[][3] = {
  {"reproduce", "gammas", "0, 0.05, 0.3"},
  {"reproduce", "extended", "5"},
  {"reproduce", "seeds", "1"},
  {"reproduce", "extended_seeds", "1"},
  {"reproduce", "control_seeds", "1"},
  {"model", "gamma", "0.05"},
  {"train", "steps", "100"},
  {"train", "batch", "8"},
  {NULL, NULL, NULL},
};

// The numbers of a list; FHRL_ARG for anything else. Duplicates are refused: they would be one run twice.
static fhrl_status read_list(const fhrl_config *config, const char *key, double out[FHRL_CLAIMS_GAMMAS], int *n, fhrl_err *err)
{
  const char *text = fhrl_config_text(config, key), *at = text;
  *n = 0;
  at += strspn(at, " \t");
  while (*at) {
    char *end;
    errno = 0;
    const double value = strtod(at, &end);
    const size_t blanks = strspn(end, " \t");
    if (end == at || errno || !isfinite(value) || (end[blanks] != ',' && end[blanks] != '\0') || value < 0.0 || value > 1000.0)
      return fhrl_fail(err, FHRL_ARG, "%s = %s: expected numbers in [0, 1000] with commas between", key, text);
    if (*n == FHRL_CLAIMS_GAMMAS / 2)
      return fhrl_fail(err, FHRL_ARG, "%s = %s: more than %d numbers", key, text, FHRL_CLAIMS_GAMMAS / 2);
    for (int i = 0; i < *n; i++)
      if (out[i] == value) return fhrl_fail(err, FHRL_ARG, "%s = %s: %g stands there twice", key, text, value);
    out[(*n)++] = value;
    at = end + blanks;
    if (*at == ',') at += 1 + strspn(at + 1, " \t");
  }
  return FHRL_OK;
}

static fhrl_reproduce_case *add(fhrl_reproduce_plan *plan, const fhrl_reproduce_case *base, fhrl_claims_role role, const char *name,
  const char *title, int seeds)
{
  fhrl_reproduce_case *c = &plan->item[plan->count++];
  *c = *base;
  c->role = role;
  c->title = title;
  c->seeds = seeds;
  snprintf(c->name, sizeof c->name, "%s", name);
  plan->runs += seeds;
  return c;
}

static fhrl_status add_gammas(fhrl_reproduce_plan *plan, const fhrl_reproduce_case *base, const fhrl_config *config, const char *key,
  fhrl_claims_role role, int seeds, double *last, fhrl_err *err)
{
  double gamma[FHRL_CLAIMS_GAMMAS];
  int n;
  FHRL_TRY(read_list(config, key, gamma, &n, err));
  for (int i = 0; i < n; i++) {
    char name[48];
    snprintf(name, sizeof name, "gamma%g", gamma[i]);
    for (int k = 0; k < plan->count; k++)
      if (strcmp(plan->item[k].name, name) == 0)
        return fhrl_fail(err, FHRL_ARG, "%s = %s: %g is one of reproduce.gammas", key, fhrl_config_text(config, key), gamma[i]);
    add(plan, base, role, name, "FH-RL", seeds)->model.gamma = gamma[i];
    *last = fmax(*last, gamma[i]);
  }
  return FHRL_OK;
}

// Each differs from [model] and [train] in one thing; those by descent have the smallest and the largest gamma of
// the range, and the largest of all.
static void add_controls(fhrl_reproduce_plan *plan, const fhrl_reproduce_case *base, const fhrl_config *config, double low,
  double high, double most, int seeds)
{
  static const struct {
    fhrl_claims_role role;
    const char *name, *title;
    int layer;
  } other[] = {{FHRL_CLAIMS_HEBBIAN, "hebbian", "fast weights of Ba et al. 2016", FHRL_GPT_HEBBIAN},
    {FHRL_CLAIMS_DELTA, "delta", "delta rule of Schlag et al. 2021", FHRL_GPT_DELTA},
    {FHRL_CLAIMS_RETENTION, "retention", "retention of Sun et al. 2023", FHRL_GPT_RETENTION}};
  const double lr = fhrl_config_real(config, "reproduce.sgd_lr");
  fhrl_reproduce_case *c;
  add(plan, base, FHRL_CLAIMS_UNTRAINED, "untrained", "FH-RL as initialised", seeds);
  add(plan, base, FHRL_CLAIMS_FROZEN, "frozen", "W_r frozen", seeds)->train.value[FHRL_TRAIN_FREEZE] = FHRL_FREEZE_WR;
  add(plan, base, FHRL_CLAIMS_FREE, "free", "homeostasis off", seeds)->model.beta = 0.0;
  add(plan, base, FHRL_CLAIMS_QUIET, "quiet", "slot noise off", seeds)->model.sigma = 0.0;
  const double gamma[] = {low, high, most};
  for (int i = 0; i < (most > high ? 3 : 2); i++) {
    char name[48];
    snprintf(name, sizeof name, "sgd%g", gamma[i]);
    c = add(plan, base, FHRL_CLAIMS_SGD, name, "gradient descent", seeds);
    c->model.gamma = gamma[i];
    c->train.value[FHRL_TRAIN_OPTIMIZER] = FHRL_TRAIN_SGD;
    c->train.value[FHRL_TRAIN_MOMENTUM] = fhrl_config_real(config, "reproduce.sgd_momentum");
    c->train.value[FHRL_TRAIN_CLIP] = fhrl_config_real(config, "reproduce.sgd_clip");
    c->train.value[FHRL_TRAIN_WEIGHT_DECAY] *= c->train.value[FHRL_TRAIN_LR] / lr;
    c->train.value[FHRL_TRAIN_LR] = lr;
  }
  add(plan, base, FHRL_CLAIMS_NONE, "none", "a GPT without FH-RL", seeds)->model.y_destination = FHRL_GPT_TO_NONE;
  for (int i = 0; i < 3; i++)
    add(plan, base, other[i].role, other[i].name, other[i].title, seeds)->model.fast_weights = other[i].layer;
}

fhrl_status fhrl_reproduce_plan_make(const fhrl_config *config, const fhrl_gpt_config *model, const fhrl_train_config *train,
  fhrl_reproduce_plan *out, fhrl_err *err)
{
  const fhrl_reproduce_case base = {.model = *model, .train = *train};
  const int controls = fhrl_config_int(config, "reproduce.control_seeds");
  double low = HUGE_VAL, high = 0.0;
  *out = (fhrl_reproduce_plan){.probe = fhrl_probe_options(config), .first = (int)train->value[FHRL_TRAIN_SEED]};
  FHRL_TRY(add_gammas(out, &base, config, "reproduce.gammas", FHRL_CLAIMS_GAMMA, fhrl_config_int(config, "reproduce.seeds"), &high, err));
  if (out->count == 0) return fhrl_fail(err, FHRL_ARG, "reproduce.gammas is empty");
  for (int i = 0; i < out->count; i++)
    if (out->item[i].model.gamma > 0.0) low = fmin(low, out->item[i].model.gamma);
  double most = high;
  FHRL_TRY(add_gammas(out, &base, config, "reproduce.extended", FHRL_CLAIMS_EXTENDED, fhrl_config_int(config, "reproduce.extended_seeds"),
    &most, err));
  if (controls > 0) {
    int among = 0;
    for (int i = 0; i < out->count; i++) among |= out->item[i].model.gamma == model->gamma;
    if (!among) return fhrl_fail(err, FHRL_ARG, "model.gamma = %g, which controls have, is none of reproduce.gammas or reproduce.extended",
      model->gamma);
    if (low >= high) return fhrl_fail(err, FHRL_ARG, "reproduce.gammas = %s: controls take two gammas above 0",
      fhrl_config_text(config, "reproduce.gammas"));
    add_controls(out, &base, config, low, high, most, controls);
  }
  if (model->y_destination != FHRL_GPT_TO_STREAM || model->fast_weights != FHRL_GPT_FHRL)
    return fhrl_fail(err, FHRL_ARG, "reproduce is about FH-RL layers: model.y_destination = stream and model.fast_weights = fhrl");
  return FHRL_OK;
}
