// SPDX-License-Identifier: GPL-3.0-or-later
// variant: parameter sets of a model: every combination of its choices, at the defaults and away from them
#include "ode/variant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

static int values(const fhrl_field *f)
{
  if (f->kind != FHRL_CHOICE) return 1;
  int n = 0, len;
  while (fhrl_field_word(f->choices, n, &len)) n++;
  return n;
}

static double clip(const fhrl_field *f, double value)
{
  return fhrl_field_admits(f, value) ? value : f->value;
}

static void add(const fhrl_model *model, const double p[], fhrl_variants *out)
{
  double factor[FHRL_VARIANT_PARAM];
  const uint32_t k = (uint32_t)out->count;
  fhrl_random_uniform((fhrl_random){.seed = 77, .stream = FHRL_STREAM_NULL, .step = k}, 0, FHRL_VARIANT_PARAM, factor);
  memcpy(out->p[out->count++], p, (size_t)model->n_param * sizeof *p);
  double *other = out->p[out->count++];
  for (int i = 0; i < model->n_param; i++) {
    const fhrl_field *f = &model->param[i];
    other[i] = p[i];
    if (f->kind == FHRL_REAL) other[i] = clip(f, p[i] == 0.0 ? 0.1 * factor[i] : p[i] * (0.7 + 0.6 * factor[i]));
    if (f->kind == FHRL_INT) other[i] = clip(f, p[i] + 1.0);
  }
}

fhrl_status fhrl_variant_make(const fhrl_model *model, fhrl_variants *out, fhrl_err *err)
{
  double p[FHRL_VARIANT_PARAM] = {0.0};
  int all = 1;
  if (model->n_param > FHRL_VARIANT_PARAM)
    return fhrl_fail(err, FHRL_LIMIT, "model %s has %d parameters; at most %d are varied", model->name, model->n_param,
      FHRL_VARIANT_PARAM);
  out->count = 0;
  for (int i = 0; i < model->n_param; i++) {
    p[i] = model->param[i].value;
    all = all > FHRL_VARIANT_MAX ? all : all * values(&model->param[i]);
  }
  add(model, p, out);
  if (all <= FHRL_VARIANT_MAX / 2) {
    for (int c = 1; c < all; c++) { // c counts in mixed base, starting from the defaults
      for (int i = 0, rest = c; i < model->n_param; i++) {
        const int n = values(&model->param[i]);
        if (n > 1) p[i] = ((int)model->param[i].value + rest % n) % n;
        rest /= n;
      }
      add(model, p, out);
    }
  } else {
    for (int i = 0; i < model->n_param; i++)
      for (int v = 0, n = values(&model->param[i]); n > 1 && v < n && out->count + 2 <= FHRL_VARIANT_MAX; v++) {
        for (int j = 0; j < model->n_param; j++) p[j] = j == i ? v : model->param[j].value;
        add(model, p, out);
      }
  }
  for (int j = 0; j < model->n_param; j++) p[j] = model->param[j].value;
  for (int i = 0; i < model->n_param; i++)
    if (model->param[i].kind == FHRL_FLAG && out->count + 2 <= FHRL_VARIANT_MAX) {
      p[i] = 1.0 - p[i];
      add(model, p, out);
      p[i] = 1.0 - p[i];
    }
  return FHRL_OK;
}

static fhrl_status draw(fhrl_random at, size_t n, double factor, double **out, fhrl_err *err)
{
  double *value = malloc((n + 1) * sizeof *value);
  if (value == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %zu numbers", n);
  fhrl_random_normal(at, 0, n, value);
  for (size_t i = 0; i < n; i++) value[i] *= factor;
  *out = value;
  return FHRL_OK;
}

fhrl_status fhrl_variant_bind(const fhrl_model *model, const double p[], uint32_t seed, fhrl_system **s, double **u,
  fhrl_err *err)
{
  fhrl_dims dims;
  double *m[FHRL_MATRIX_MAX] = {NULL};
  const double *shared[FHRL_MATRIX_MAX] = {NULL};
  fhrl_status status = FHRL_OK;
  int n;
  *s = NULL;
  *u = NULL;
  if (model->refuse && model->refuse(p)) return FHRL_OK;
  FHRL_TRY(fhrl_system_dims(model, p, &dims, &n, err));
  for (int k = 0; k < model->n_matrix; k++) {
    const fhrl_random at = {.seed = seed, .stream = FHRL_STREAM_MATRICES, .layer = (uint32_t)k};
    const fhrl_shape shape = dims.matrix[k];
    FHRL_DO(status, draw(at, (size_t)shape.rows * (size_t)shape.cols,
      model->matrix[k].scale / sqrt(shape.cols > 0 ? shape.cols : 1), &m[k], err));
    shared[k] = m[k];
  }
  FHRL_DO(status, draw((fhrl_random){.seed = seed, .stream = FHRL_STREAM_INPUT}, (size_t)dims.n_u, 0.5, u, err));
  status = fhrl_system_bind(model, p, shared, s, err);
  if (status == FHRL_OK) (*s)->u = *u;
done:
  for (int k = 0; k < model->n_matrix; k++) free(m[k]);
  if (status != FHRL_OK) {
    free(*u);
    *u = NULL;
  }
  return status;
}

fhrl_status fhrl_variant_point(const fhrl_system *s, uint32_t seed, double spread, double x[], fhrl_err *err)
{
  double *z = NULL;
  FHRL_TRY(fhrl_system_start(s, seed, NULL, x, err));
  FHRL_TRY(draw((fhrl_random){.seed = seed, .stream = FHRL_STREAM_NULL}, (size_t)s->n, spread, &z, err));
  // a factor keeps signs, for systems whose states must be positive
  for (int i = 0; i < s->n; i++) x[i] = x[i] == 0.0 ? z[i] : x[i] * exp(z[i]);
  free(z);
  return FHRL_OK;
}
