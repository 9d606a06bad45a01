// SPDX-License-Identifier: GPL-3.0-or-later
// variants: parameter sets of a model: every combination of its choices, at the defaults and away from them
#include "variants.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "support.h"

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

static void add(const fhrl_model *model, const double p[], variants *out)
{
  double factor[VARIANT_PARAM];
  const uint32_t k = (uint32_t)out->count;
  fhrl_random_uniform((fhrl_random){.seed = 77, .stream = FHRL_STREAM_NULL, .step = k}, 0, VARIANT_PARAM, factor);
  memcpy(out->p[out->count++], p, (size_t)model->n_param * sizeof *p);
  double *other = out->p[out->count++];
  for (int i = 0; i < model->n_param; i++) {
    const fhrl_field *f = &model->param[i];
    other[i] = p[i];
    if (f->kind == FHRL_REAL) other[i] = clip(f, p[i] == 0.0 ? 0.1 * factor[i] : p[i] * (0.7 + 0.6 * factor[i]));
    if (f->kind == FHRL_INT) other[i] = clip(f, p[i] + 1.0);
  }
}

void variants_make(const fhrl_model *model, variants *out)
{
  double p[VARIANT_PARAM];
  int all = 1;
  ck_assert_int_le(model->n_param, VARIANT_PARAM);
  out->count = 0;
  for (int i = 0; i < model->n_param; i++) {
    p[i] = model->param[i].value;
    all = all > VARIANT_MAX ? all : all * values(&model->param[i]);
  }
  add(model, p, out);
  if (all <= VARIANT_MAX / 2) {
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
      for (int v = 0, n = values(&model->param[i]); n > 1 && v < n && out->count + 2 <= VARIANT_MAX; v++) {
        for (int j = 0; j < model->n_param; j++) p[j] = j == i ? v : model->param[j].value;
        add(model, p, out);
      }
  }
  for (int j = 0; j < model->n_param; j++) p[j] = model->param[j].value;
  for (int i = 0; i < model->n_param; i++)
    if (model->param[i].kind == FHRL_FLAG && out->count + 2 <= VARIANT_MAX) {
      p[i] = 1.0 - p[i];
      add(model, p, out);
      p[i] = 1.0 - p[i];
    }
}

static double *draw(fhrl_random at, size_t n, double factor)
{
  double *value = malloc((n + 1) * sizeof *value);
  ck_assert_ptr_nonnull(value);
  fhrl_random_normal(at, 0, n, value);
  for (size_t i = 0; i < n; i++) value[i] *= factor;
  return value;
}

fhrl_system *variants_bind(const fhrl_model *model, const double p[], uint32_t seed, double **u)
{
  fhrl_err err;
  fhrl_dims dims;
  fhrl_system *s = NULL;
  double *m[FHRL_MATRIX_MAX] = {NULL};
  const double *shared[FHRL_MATRIX_MAX] = {NULL};
  int n;
  const char *why = model->refuse ? model->refuse(p) : NULL;
  const fhrl_status status = fhrl_system_dims(model, p, &dims, &n, &err);
  if (why) {
    assert_fails(status, FHRL_ARG, &err, why);
    ck_assert_uint_gt(strlen(why), 10);
    return NULL;
  }
  ck_assert_msg(status == FHRL_OK, "%s: %s", model->name, err.msg);
  for (int k = 0; k < model->n_matrix; k++) {
    const fhrl_random at = {.seed = seed, .stream = FHRL_STREAM_MATRICES, .layer = (uint32_t)k};
    const fhrl_shape shape = dims.matrix[k];
    ck_assert_msg(shape.rows >= 0 && shape.cols >= 0, "%s: matrix %s has no shape", model->name, model->matrix[k].name);
    shared[k] = m[k] = draw(at, (size_t)shape.rows * (size_t)shape.cols,
      model->matrix[k].scale / sqrt(shape.cols > 0 ? shape.cols : 1));
  }
  assert_ok(fhrl_system_bind(model, p, shared, &s, &err));
  for (int k = 0; k < model->n_matrix; k++) free(m[k]);
  s->u = *u = draw((fhrl_random){.seed = seed, .stream = FHRL_STREAM_INPUT}, (size_t)dims.n_u, 0.5);
  return s;
}

void variants_point(const fhrl_system *s, uint32_t seed, double spread, double x[])
{
  fhrl_err err;
  assert_ok(fhrl_system_start(s, seed, NULL, x, &err));
  double *z = draw((fhrl_random){.seed = seed, .stream = FHRL_STREAM_NULL}, (size_t)s->n, spread);
  // a factor keeps signs, for systems whose states must be positive
  for (int i = 0; i < s->n; i++) x[i] = x[i] == 0.0 ? z[i] : x[i] * exp(z[i]);
  free(z);
}
