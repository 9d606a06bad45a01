// SPDX-License-Identifier: GPL-3.0-or-later
// gpt: the Tiny-GPT with FH-RL layers: its configuration, its table of parameters, and where they are kept
#include "nn/gpt.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nn/arena.h"

const fhrl_field fhrl_gpt_fields[FHRL_GPT_KEY_COUNT] = {
  {"vocabulary", 256, "1", "number of different bytes", FHRL_INT, 2, 256, 0, NULL, NULL},
  {"d", 192, "1", "channels of the residual stream", FHRL_INT, 1, 8192, 0, NULL, NULL},
  {"heads", 3, "1", "attention heads; a divisor of d", FHRL_INT, 1, 256, 0, NULL, NULL},
  {"layers", 3, "1", "blocks", FHRL_INT, 1, FHRL_GPT_LAYERS_MAX, 0, NULL, NULL},
  {"T", 128, "token", "context length", FHRL_INT, 2, 4096, 0, NULL, NULL},
  {"mlp", 2, "1", "width of the MLP in units of d", FHRL_INT, 1, 16, 0, NULL, NULL},
  {"tied", 0, "1", "the head is the token embedding", FHRL_FLAG, 0, 0, 0, NULL, NULL},
  {"projections", FHRL_GPT_OWN, "1", "FH-RL's q, k, v: its own, or attention's with their biases",
    FHRL_CHOICE, 0, 0, 0, "own|shared", NULL},
  {"r", 4, "1", "rank slots of the fast weights", FHRL_INT, 1, 64, 0, NULL, NULL},
  {"alpha", 0.1, "1/token", "rate of the fast weights' moving average", FHRL_REAL, 0, 1, FHRL_OPEN_LOW,
    NULL, NULL},
  {"beta", 0.5, "1", "strength of homeostasis; 0: none (a control)", FHRL_REAL, 0, 1, 0, NULL, NULL},
  {"gamma", 0.15, "1", "strength of reentry", FHRL_REAL, 0, 0, 0, NULL, NULL},
  {"sigma", 1e-3, "1", "standard deviation of the slot noise", FHRL_REAL, 0, HUGE_VAL, FHRL_OPEN_HIGH, NULL,
    NULL},
  {"feedback_gradient", FHRL_GPT_DETACHED, "1",
    "what the backward pass cuts: y in the feedback, nothing, or y and the carried U and V", FHRL_CHOICE, 0,
    0, 0, "detached|full|state", NULL},
  {"biases", 1, "1", "attention and MLP have biases", FHRL_FLAG, 0, 0, 0, NULL, NULL},
  {"x_source", FHRL_GPT_STREAM, "1", "what FH-RL reads: the stream after attention, or its layer norm (a control)",
    FHRL_CHOICE, 0, 0, 0, "stream|ln", NULL},
  {"y_destination", FHRL_GPT_TO_STREAM, "1", "where y goes: to the stream, or none: a GPT without FH-RL layers",
    FHRL_CHOICE, 0, 0, 0, "stream|none", NULL},
  {"wr_init", FHRL_GPT_WR_UNIFORM, "1", "initial W_r: uniform in +-1/sqrt(d), or normal with deviation 0.02, ...",
    FHRL_CHOICE, 0, 0, 0, "uniform|normal|orthogonal|zero|identity", NULL},
  {"ema", 1, "token", "step of y and, times alpha, of the fast weights; 1: Algorithm 1", FHRL_REAL, 0, 1,
    FHRL_OPEN_LOW, NULL, NULL},
  {"fast_weights", FHRL_GPT_FHRL, "1", "the layer behind attention: fhrl, or as a control the fast weights of Ba et al. "
   "2016 (hebbian), Schlag et al. 2021 (delta), Sun et al. 2023 (retention)",
    FHRL_CHOICE, 0, 0, 0, "fhrl|hebbian|delta|retention", NULL},
};

fhrl_gpt_config fhrl_gpt_default(void)
{
  fhrl_gpt_config config;
  int i = 0;
#define K(type, name) config.name = (type)fhrl_gpt_fields[i++].value;
  FHRL_GPT_KEYS(K)
#undef K
  return config;
}

void fhrl_gpt_values(const fhrl_gpt_config *config, double value[FHRL_GPT_KEY_COUNT])
{
  int i = 0;
#define K(type, name) value[i++] = (double)config->name;
  FHRL_GPT_KEYS(K)
#undef K
}

fhrl_status fhrl_gpt_configure(const double value[FHRL_GPT_KEY_COUNT], fhrl_gpt_config *out, fhrl_err *err)
{
  fhrl_gpt_config config;
  for (int i = 0; i < FHRL_GPT_KEY_COUNT; i++) // before the conversion to int, which must be defined
    if (!(fabs(value[i]) < 1e9) && fhrl_gpt_fields[i].kind != FHRL_REAL)
      return fhrl_fail(err, FHRL_ARG, "model.%s = %g is out of range", fhrl_gpt_fields[i].name, value[i]);
  int i = 0;
#define K(type, name) config.name = (type)value[i++];
  FHRL_GPT_KEYS(K)
#undef K
  FHRL_TRY(fhrl_gpt_validate(&config, err));
  *out = config;
  return FHRL_OK;
}

static int words(const char *choices)
{
  int n = 1;
  for (const char *c = choices; *c; c++) n += *c == '|';
  return n;
}

// The other fast weights read the stream with projections of their own, and their step is a whole token.
static fhrl_status refuse_control(const fhrl_gpt_config *c, fhrl_err *err)
{
  if (c->fast_weights == FHRL_GPT_FHRL || c->y_destination == FHRL_GPT_TO_NONE) return FHRL_OK;
  const char *key = c->projections != FHRL_GPT_OWN ? "projections = shared"
                    : c->x_source != FHRL_GPT_STREAM ? "x_source = ln"
                    : c->ema < 1.0                  ? "ema below 1"
                                                    : NULL;
  if (key == NULL) return FHRL_OK;
  return fhrl_fail(err, FHRL_ARG, "model.%s belongs to model.fast_weights = fhrl alone", key);
}

fhrl_status fhrl_gpt_validate(const fhrl_gpt_config *config, fhrl_err *err)
{
  double value[FHRL_GPT_KEY_COUNT];
  fhrl_gpt_values(config, value);
  for (int i = 0; i < FHRL_GPT_KEY_COUNT; i++) {
    const fhrl_field *f = &fhrl_gpt_fields[i];
    const int last = f->kind == FHRL_CHOICE ? words(f->choices) - 1 : 1;
    const int admitted = f->kind == FHRL_CHOICE || f->kind == FHRL_FLAG ? value[i] >= 0 && value[i] <= last
                                                                        : fhrl_field_admits(f, value[i]);
    if (admitted) continue;
    char range[96];
    fhrl_field_range(f, range, sizeof range);
    return fhrl_fail(err, FHRL_ARG, "model.%s = %.17g is not allowed: %s", f->name, value[i], range);
  }
  if (config->d % config->heads != 0)
    return fhrl_fail(
      err, FHRL_ARG, "model.d = %d is not a multiple of model.heads = %d", config->d, config->heads);
  if (config->y_destination == FHRL_GPT_TO_NONE && config->x_source == FHRL_GPT_LN)
    return fhrl_fail(err, FHRL_ARG,
      "model.x_source = ln cannot work with model.y_destination = none: there is no layer that would read x");
  FHRL_TRY(refuse_control(config, err));
  size_t total;
  fhrl_gpt_layout(config, NULL, &total);
  if (total > (size_t)1 << 28) // 1 GiB of float, five times in training
    return fhrl_fail(err, FHRL_ARG, "the network would have %zu parameters, more than 2^28", total);
  return FHRL_OK;
}

// Visits every tensor in order: one place where the macros, the names and the shapes meet.
typedef struct cursor {
  fhrl_gpt_tensor *tensors; // or NULL
  int count;
  size_t offset;
} cursor;

static size_t place(cursor *at, const char *name, int layer, uint32_t row, size_t rows, size_t columns,
  fhrl_gpt_start init)
{
  const size_t offset = at->offset, count = rows * (columns ? columns : 1);
  if (at->tensors) {
    fhrl_gpt_tensor *t = &at->tensors[at->count];
    *t = (fhrl_gpt_tensor){.rank = columns ? 2 : 1,
      .shape = {rows, columns},
      .count = count,
      .offset = offset,
      .init = init,
      .layer = (uint32_t)layer,
      .row = row};
    if (layer < 0)
      snprintf(t->name, sizeof t->name, "%s", name);
    else
      snprintf(t->name, sizeof t->name, "blocks.%d.%s", layer, name);
  }
  at->count++;
  at->offset += count;
  return offset;
}

static int walk(const fhrl_gpt_config *c, fhrl_gpt_tensor tensors[], fhrl_real *arena,
  fhrl_gpt_params *params, size_t *total)
{
  const size_t C = (size_t)c->d, F = C * (size_t)c->mlp, V = (size_t)c->vocabulary, T = (size_t)c->T;
  const size_t H = (size_t)c->heads;
  const int any = c->y_destination != FHRL_GPT_TO_NONE, kind = c->fast_weights;
  const int FHRL = any && kind == FHRL_GPT_FHRL, HEBBIAN = any && kind == FHRL_GPT_HEBBIAN;
  const int DELTA = any && kind == FHRL_GPT_DELTA, RETENTION = any && kind == FHRL_GPT_RETENTION;
  const int OWN = any && !HEBBIAN && c->projections == FHRL_GPT_OWN, OUT = any && !FHRL;
  const int LNX = FHRL && c->x_source == FHRL_GPT_LN, BIAS = c->biases, UNTIED = !c->tied;
  cursor at = {tensors, 0, 0};
  fhrl_gpt_params *p = params;
  int layer = -1;
  uint32_t row = 0;
#define K(field, name, rows, columns, init, present)                                               \
  if (present) {                                                                                   \
    const size_t offset = place(&at, name, layer, row, rows, columns, FHRL_GPT_##init);             \
    if (p) p->field = arena + offset;                                                              \
  }                                                                                                \
  row++;
#define L(field, name, rows, columns, init, present)                                               \
  if (present) {                                                                                   \
    const size_t offset = place(&at, name, layer, row, rows, columns, FHRL_GPT_##init);             \
    if (p) p->layer[layer].field = arena + offset;                                                 \
  }                                                                                                \
  row++;
  FHRL_GPT_FRONT(K)
  for (layer = 0; layer < c->layers; layer++) {
    row = 0;
    FHRL_GPT_BLOCK(L)
  }
  layer = -1;
  row = 2; // behind the two of the front
  FHRL_GPT_BACK(K)
#undef K
#undef L
  if (total) *total = at.offset;
  return at.count;
}

int fhrl_gpt_layout(const fhrl_gpt_config *config, fhrl_gpt_tensor tensors[], size_t *total)
{
  return walk(config, tensors, NULL, NULL, total);
}

void fhrl_gpt_bind(const fhrl_gpt_config *config, fhrl_real *arena, fhrl_gpt_params *out)
{
  memset(out, 0, sizeof *out);
  walk(config, NULL, arena, out, NULL);
}

fhrl_status fhrl_gpt_init(const fhrl_gpt_config *config, fhrl_gpt *out, fhrl_err *err)
{
  FHRL_TRY(fhrl_gpt_validate(config, err));
  fhrl_gpt gpt = {.config = *config};
  fhrl_gpt_layout(config, NULL, &gpt.count);
  FHRL_TRY(fhrl_arena_new("the weights", gpt.count, &gpt.weights, err));
  fhrl_gpt_bind(config, gpt.weights, &gpt.params);
  *out = gpt;
  return FHRL_OK;
}

void fhrl_gpt_free(fhrl_gpt *gpt)
{
  fhrl_arena_free(gpt->weights);
  memset(gpt, 0, sizeof *gpt);
}

fhrl_gpt_tensor fhrl_gpt_locate(const fhrl_gpt_config *config, size_t index)
{
  fhrl_gpt_tensor tensor[FHRL_GPT_TENSORS_MAX];
  const int count = fhrl_gpt_layout(config, tensor, NULL);
  int k = 0;
  while (k + 1 < count && tensor[k + 1].offset <= index) k++;
  return tensor[k];
}

fhrl_tensor fhrl_gpt_describe(const fhrl_gpt_tensor *t, const char *name, const fhrl_real *arena)
{
  return (fhrl_tensor){.name = name, .dtype = sizeof(fhrl_real) == 8 ? FHRL_F64 : FHRL_F32, .rank = t->rank,
    .shape = {t->shape[0], t->shape[1]}, .count = t->count, .data = arena + t->offset};
}
