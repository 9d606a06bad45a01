// SPDX-License-Identifier: GPL-3.0-or-later
// layer: one FH-RL layer of a checkpoint, in double, and the systems built from it
#include "analysis/layer.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "io/safetensors.h"

// What a layer needs of the network's [model] section, with the network's defaults.
enum { PROJECTIONS_OWN, PROJECTIONS_SHARED };
enum { Y_TO_STREAM, Y_TO_NONE };
enum { WEIGHTS_FHRL };
static const fhrl_field keys[] = {
  {"d", 192, "1", "channels", FHRL_INT, 1, 4096},
  {"layers", 3, "1", "layers", FHRL_INT, 1, 1024},
  {"r", 4, "1", "slots", FHRL_INT, 1, 256},
  {"alpha", 0.1, "1", "share of a slot renewed by a token", FHRL_REAL, 0, 1, FHRL_OPEN_LOW},
  {"beta", 0.5, "1", "strength of the gain", FHRL_REAL, 0, 1},
  {"gamma", 0.15, "1", "strength of reentry"},
  {"projections", PROJECTIONS_OWN, "", "query, key and value", FHRL_CHOICE, .choices = "own|shared"},
  {"biases", 1, "", "attention has biases", FHRL_FLAG},
  {"y_destination", Y_TO_STREAM, "", "where y goes", FHRL_CHOICE, .choices = "stream|none"},
  {"ema", 1, "token", "step of y", FHRL_REAL, 0, 1, FHRL_OPEN_LOW},
  {"fast_weights", WEIGHTS_FHRL, "", "kind of the layer", FHRL_CHOICE, .choices = "fhrl|hebbian|delta|retention"},
};
enum { N_KEY = FHRL_COUNT(keys) };

// The metadata's model.* keys, checked like an .ini: *config is the caller's to free, also after a failure.
static fhrl_status read_keys(const fhrl_safetensors *file, fhrl_config *config, fhrl_err *err)
{
  FHRL_TRY(fhrl_config_add(config, "model", keys, N_KEY, err));
  for (int k = 0; k < N_KEY; k++) {
    char name[64];
    snprintf(name, sizeof name, "model.%s", keys[k].name);
    const char *text = fhrl_safetensors_metadata(file, name);
    if (text && fhrl_config_set(config, "model", keys[k].name, text, fhrl_safetensors_path(file), err) != FHRL_OK) {
      if (err) err->code = FHRL_FORMAT; // the file's fault, not the user's
      return FHRL_FORMAT;
    }
  }
  return FHRL_OK;
}

// One matrix or bias: blocks.INDEX.NAME
static fhrl_status read_tensor(const fhrl_safetensors *file, int index, const char *name, int rank, int d, double out[],
  fhrl_err *err)
{
  char full[96];
  const size_t shape[2] = {(size_t)d, (size_t)d};
  snprintf(full, sizeof full, "blocks.%d.%s", index, name);
  return fhrl_safetensors_read(file, full, rank, shape, out, err);
}

static fhrl_status read_weights(const fhrl_safetensors *file, int shared, int biased, fhrl_layer *l, fhrl_err *err)
{
  static const char *const names[2][3] = {{"fq.weight", "fk.weight", "fv.weight"}, {"wq.weight", "wk.weight", "wv.weight"}};
  static const char *const biases[3] = {"wq.bias", "wk.bias", "wv.bias"};
  double *const W[3] = {l->W_q, l->W_k, l->W_v}, *const b[3] = {l->b_q, l->b_k, l->b_v};
  FHRL_TRY(read_tensor(file, l->index, "wr.weight", 2, l->d, l->W_r, err));
  for (int i = 0; i < 3; i++) {
    FHRL_TRY(read_tensor(file, l->index, names[shared][i], 2, l->d, W[i], err));
    if (shared && biased) FHRL_TRY(read_tensor(file, l->index, biases[i], 1, l->d, b[i], err));
  }
  return FHRL_OK;
}

// What a network may have as a control, and a flow not.
static fhrl_status check_values(const fhrl_layer *l, const char *of, fhrl_err *err)
{
  if (l->beta == 0.0)
    return fhrl_fail(err, FHRL_ARG, "%s: model.beta = 0: the network has no homeostasis, and nothing bounds its flow; "
      "only 0 < beta <= 1 is supported", of);
  if (l->gamma < 0.0)
    return fhrl_fail(err, FHRL_ARG, "%s: model.gamma = %g: the flow is built for gamma >= 0 alone", of, l->gamma);
  return FHRL_OK;
}

// A flow is built from Algorithm 1 as it stands.
static fhrl_status check_flow(const fhrl_config *config, const char *path, fhrl_err *err)
{
  const double ema = fhrl_config_real(config, "model.ema");
  if (fhrl_config_int(config, "model.y_destination") == Y_TO_NONE)
    return fhrl_fail(err, FHRL_ARG, "%s: model.y_destination = none: the network has no FH-RL layers", path);
  if (fhrl_config_int(config, "model.fast_weights") != WEIGHTS_FHRL)
    return fhrl_fail(err, FHRL_ARG, "%s: model.fast_weights is not fhrl: the network has no FH-RL layers", path);
  if (ema != 1.0)
    return fhrl_fail(err, FHRL_ARG, "%s: model.ema = %g: a token is %g units of the flow's time; only 1 is supported",
      path, ema, ema);
  return FHRL_OK;
}

// Zeros; sets the pointers into the store.
static fhrl_status allocate(fhrl_layer *l, fhrl_err *err)
{
  const size_t d = (size_t)l->d;
  l->store = calloc(4 * d * d + 3 * d, sizeof *l->store);
  if (l->store == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the weights of layer %d", l->index);
  l->W_q = l->store;
  l->W_k = l->W_q + d * d;
  l->W_v = l->W_k + d * d;
  l->W_r = l->W_v + d * d;
  l->b_q = l->W_r + d * d;
  l->b_k = l->b_q + d;
  l->b_v = l->b_k + d;
  return FHRL_OK;
}

fhrl_status fhrl_layer_path(const char *run, char path[FHRL_PATH_SIZE], fhrl_err *err)
{
  if (fhrl_file_is_folder(run)) return fhrl_file_join(run, "checkpoint.safetensors", path, err);
  return fhrl_file_join("", run, path, err);
}

fhrl_status fhrl_layer_home(const char *run, char home[FHRL_PATH_SIZE], fhrl_err *err)
{
  if (fhrl_file_is_folder(run)) return fhrl_file_join("", run, home, err);
  FHRL_TRY(fhrl_file_absolute(run, home, err));
  *strrchr(home, '/') = '\0'; // an absolute path has one
  return FHRL_OK;
}

fhrl_status fhrl_layer_load(const char *run, int index, fhrl_layer *out, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  fhrl_config config;
  fhrl_safetensors *file = NULL;
  fhrl_layer l = {.index = index};
  FHRL_TRY(fhrl_layer_path(run, path, err));
  FHRL_TRY(fhrl_safetensors_open(path, &file, err));
  fhrl_config_init(&config);
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, read_keys(file, &config, err));
  l.layers = fhrl_config_int(&config, "model.layers");
  l.d = fhrl_config_int(&config, "model.d");
  l.r = fhrl_config_int(&config, "model.r");
  l.alpha = fhrl_config_real(&config, "model.alpha");
  l.beta = fhrl_config_real(&config, "model.beta");
  l.gamma = fhrl_config_real(&config, "model.gamma");
  if (index < 0 || index >= l.layers) {
    FHRL_DO(status, fhrl_fail(err, FHRL_ARG, "%s: no layer %d: it has %d, counted from 0", path, index, l.layers));
  }
  FHRL_DO(status, check_flow(&config, path, err));
  FHRL_DO(status, check_values(&l, path, err));
  FHRL_DO(status, allocate(&l, err));
  FHRL_DO(status, read_weights(file, fhrl_config_int(&config, "model.projections") == PROJECTIONS_SHARED,
    fhrl_config_int(&config, "model.biases"), &l, err));
  *out = l;
done:
  fhrl_config_free(&config);
  fhrl_safetensors_close(file);
  if (status != FHRL_OK) fhrl_layer_free(&l);
  return status;
}

void fhrl_layer_free(fhrl_layer *layer)
{
  free(layer->store);
  *layer = (fhrl_layer){0};
}

fhrl_status fhrl_layer_collapse(const fhrl_layer *layer, fhrl_layer *out, fhrl_err *err)
{
  const size_t d = (size_t)layer->d;
  fhrl_layer one = *layer;
  FHRL_TRY(allocate(&one, err));
  memcpy(one.store, layer->store, (4 * d * d + 3 * d) * sizeof *one.store);
  one.r = 1;
  for (size_t i = 0; i < d * d; i++) one.W_v[i] *= layer->r;
  for (size_t i = 0; i < d; i++) one.b_v[i] *= layer->r;
  *out = one;
  return FHRL_OK;
}

fhrl_status fhrl_layer_override(fhrl_layer *layer, const fhrl_config *config, fhrl_err *err)
{
  if (fhrl_config_is_set(config, "model.d") && fhrl_config_int(config, "model.d") != layer->d)
    return fhrl_fail(err, FHRL_ARG, "model.d = %d, but the checkpoint's layers have d = %d",
      fhrl_config_int(config, "model.d"), layer->d);
  if (fhrl_config_is_set(config, "model.r")) layer->r = fhrl_config_int(config, "model.r");
  if (fhrl_config_is_set(config, "model.alpha")) layer->alpha = fhrl_config_real(config, "model.alpha");
  if (fhrl_config_is_set(config, "model.beta")) layer->beta = fhrl_config_real(config, "model.beta");
  if (fhrl_config_is_set(config, "model.gamma")) layer->gamma = fhrl_config_real(config, "model.gamma");
  return check_values(layer, "the configuration", err);
}

// ---- binding: all by name, the model's order of parameters and matrices is its own affair

enum { N_MATRIX = 7, N_OWN = 5 };
static const char *const matrix_names[N_MATRIX] = {"W_q", "W_k", "W_v", "W_r", "b_q", "b_k", "b_v"};
static const char *const own_names[N_OWN] = {"d", "r", "alpha", "beta", "gamma"};

int fhrl_layer_fits(const fhrl_model *model)
{
  for (int i = 0; i < N_MATRIX; i++)
    if (fhrl_system_matrix(model, matrix_names[i]) < 0) return 0;
  for (int i = 0; i < N_OWN; i++)
    if (fhrl_system_param(model, own_names[i]) < 0) return 0;
  return model->n_matrix == N_MATRIX;
}

static fhrl_status bind(const fhrl_layer *l, const fhrl_model *model, const double p[], fhrl_system **out, fhrl_err *err)
{
  const double *const value[N_MATRIX] = {l->W_q, l->W_k, l->W_v, l->W_r, l->b_q, l->b_k, l->b_v}, *m[N_MATRIX];
  for (int i = 0; i < N_MATRIX; i++) m[fhrl_system_matrix(model, matrix_names[i])] = value[i];
  return fhrl_system_bind(model, p, m, out, err);
}

fhrl_status fhrl_layer_bind(const fhrl_layer *l, double c, fhrl_layer_rate rate, fhrl_system **out, fhrl_err *err)
{
  const fhrl_model *model = fhrl_system_find("fhrl_layer");
  const struct {
    const char *name;
    double value;
  } scalar[] = {{"d", l->d}, {"r", l->r}, {"alpha", l->alpha}, {"beta", l->beta}, {"gamma", l->gamma}, {"c", c}, {"rate", rate}};
  double p[16] = {0.0}; // what is not named is 0
  assert(model->n_param <= FHRL_COUNT(p));
  for (int i = 0; i < FHRL_COUNT(scalar); i++) p[fhrl_system_param(model, scalar[i].name)] = scalar[i].value;
  return bind(l, model, p, out, err);
}

fhrl_status fhrl_layer_create(const fhrl_layer *l, const fhrl_model *model, fhrl_config *config, fhrl_system **out,
  fhrl_err *err)
{
  const double own[N_OWN] = {l->d, l->r, l->alpha, l->beta, l->gamma};
  fhrl_status status = FHRL_OK;
  char text[80];
  double *p = malloc((size_t)model->n_param * sizeof *p);
  if (p == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the parameters of %s", model->name);
  for (int i = 0; i < N_OWN; i++) {
    snprintf(text, sizeof text, "%.17g", own[i]);
    FHRL_DO(status, fhrl_config_set(config, "model", own_names[i], text, "checkpoint", err));
  }
  for (int i = 0; i < model->n_param; i++) {
    snprintf(text, sizeof text, "model.%s", model->param[i].name);
    p[i] = fhrl_config_real(config, text);
  }
  status = bind(l, model, p, out, err);
done:
  free(p);
  return status;
}
