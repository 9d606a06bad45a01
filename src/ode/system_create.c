// SPDX-License-Identifier: GPL-3.0-or-later
// system_create: a model bound to [model]: its matrices from literals, from a file, or drawn
#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "io/safetensors.h"
#include "ode/system.h"

enum { KEY_SIZE = 80 };

static void matrix_key(const char *matrix, char key[KEY_SIZE])
{
  snprintf(key, KEY_SIZE, "model.%s", matrix);
}

static void scale_key(const char *matrix, char key[KEY_SIZE])
{
  snprintf(key, KEY_SIZE, "model.%s_scale", matrix);
  for (char *c = key; *c; c++) *c = (char)tolower((unsigned char)*c);
}

// ---- literals

static const char *skip_blanks(const char *at) { return at + strspn(at, " \t"); }

// One number that ends at a blank, a semicolon or the end of the text.
static int read_number(const char **at, double *value)
{
  char *end;
  *value = strtod(*at, &end);
  if (end == *at || !isfinite(*value) || strchr(" \t;", *end) == NULL)
    return 0; // strchr finds the end of the text, too
  *at = end;
  return 1;
}

static fhrl_status bad_number(const char *name, int row, int col, const char *at, fhrl_err *err)
{
  return fhrl_fail(err, FHRL_FORMAT, "matrix %s, row %d, column %d: '%.*s' is no finite number",
    name, row + 1, col + 1, (int)strcspn(at, " \t;"), at);
}

static fhrl_status parse_diagonal(
  const char *name, const char *at, fhrl_shape shape, double out[], fhrl_err *err)
{
  double value;
  if (shape.rows != shape.cols)
    return fhrl_fail(err, FHRL_FORMAT, "matrix %s is %d x %d: 'diag' needs a square one", name,
      shape.rows, shape.cols);
  at = skip_blanks(at);
  if (!read_number(&at, &value) || *skip_blanks(at) != '\0')
    return fhrl_fail(
      err, FHRL_FORMAT, "matrix %s: one finite number must follow 'diag', not '%.60s'", name, at);
  for (int i = 0; i < shape.rows; i++)
    for (int j = 0; j < shape.cols; j++) out[(size_t)i * shape.cols + j] = i == j ? value : 0.0;
  return FHRL_OK;
}

// "a b; c d". A vector may leave out the semicolons.
static fhrl_status parse_rows(
  const char *name, const char *at, fhrl_shape shape, double out[], fhrl_err *err)
{
  const int flat = shape.cols == 1 && strchr(at, ';') == NULL;
  const int rows = flat ? 1 : shape.rows, cols = flat ? shape.rows : shape.cols;
  for (int i = 0;; i++) {
    int j = 0;
    for (at = skip_blanks(at); *at != ';' && *at != '\0'; at = skip_blanks(at), j++) {
      double value;
      if (!read_number(&at, &value)) return bad_number(name, i, j, at, err);
      if (i < rows && j < cols) out[(size_t)i * cols + j] = value;
    }
    if (j != cols && i < rows)
      return fhrl_fail(
        err, FHRL_FORMAT, "matrix %s, row %d: %d numbers instead of %d", name, i + 1, j, cols);
    if (*at == '\0') {
      if (i + 1 == rows) return FHRL_OK;
      return fhrl_fail(err, FHRL_FORMAT, "matrix %s: %d rows instead of %d", name, i + 1, rows);
    }
    at++;
  }
}

static fhrl_status parse(
  const char *name, const char *text, fhrl_shape shape, double out[], fhrl_err *err)
{
  const char *at = skip_blanks(text);
  if (strncmp(at, "diag", 4) == 0) return parse_diagonal(name, at + 4, shape, out, err);
  return parse_rows(name, at, shape, out, err);
}

// ---- files and draws

static fhrl_status load(
  const fhrl_safetensors *file, const char *name, fhrl_shape shape, double out[], fhrl_err *err)
{
  const fhrl_tensor *tensor = fhrl_safetensors_find(file, name);
  const size_t size[2] = {(size_t)shape.rows, (size_t)shape.cols};
  const int rank =
    tensor && tensor->rank == 1 && shape.cols == 1 ? 1 : 2; // a vector may be stored as one
  return fhrl_safetensors_read(file, name, rank, size, out, err);
}

static void draw(uint32_t seed, int index, double scale, fhrl_shape shape, double out[])
{
  const size_t count = (size_t)shape.rows * (size_t)shape.cols;
  const fhrl_random at = {.seed = seed, .stream = FHRL_STREAM_MATRICES, .layer = (uint32_t)index};
  fhrl_random_normal(at, 0, count, out);
  const double factor = scale / sqrt((double)shape.cols);
  for (size_t i = 0; i < count; i++) out[i] *= factor;
}

static fhrl_status fill(const fhrl_config *config, const char *name, int index,
  const fhrl_safetensors *file, fhrl_shape shape, double out[], fhrl_err *err)
{
  char key[KEY_SIZE], scale[KEY_SIZE];
  matrix_key(name, key);
  scale_key(name, scale);
  const char *text = fhrl_config_text(config, key);
  if (*skip_blanks(text) != '\0') return parse(name, text, shape, out, err);
  if (shape.rows == 0 || shape.cols == 0) return FHRL_OK;
  if (file && (fhrl_safetensors_find(file, name) || !fhrl_config_is_set(config, scale)))
    return load(file, name, shape, out, err);
  draw((uint32_t)fhrl_config_real(config, "model.seed"), index, fhrl_config_real(config, scale),
    shape, out);
  return FHRL_OK;
}

// ---- binding

static void get_params(const fhrl_model *model, const fhrl_config *config, double p[])
{
  char key[KEY_SIZE];
  for (int i = 0; i < model->n_param; i++) {
    snprintf(key, sizeof key, "model.%s", model->param[i].name);
    p[i] = fhrl_config_real(config, key);
  }
}

static fhrl_status allocate(
  const fhrl_model *model, const fhrl_dims *dims, double *m[FHRL_MATRIX_MAX], fhrl_err *err)
{
  for (int k = 0; k < model->n_matrix; k++) {
    const size_t count = (size_t)dims->matrix[k].rows * (size_t)dims->matrix[k].cols;
    m[k] = malloc((count ? count : 1) * sizeof *m[k]);
    if (m[k] == NULL)
      return fhrl_fail(err, FHRL_NOMEM, "no memory for the %d x %d matrix %s", dims->matrix[k].rows,
        dims->matrix[k].cols, model->matrix[k].name);
  }
  return FHRL_OK;
}

fhrl_status fhrl_system_create(
  const fhrl_model *model, const fhrl_config *config, fhrl_system **out, fhrl_err *err)
{
  fhrl_status status = FHRL_OK;
  fhrl_dims dims;
  int n;
  double *m[FHRL_MATRIX_MAX] = {NULL};
  fhrl_safetensors *file = NULL;
  double *p = malloc((size_t)(model->n_param + 1) * sizeof *p);
  if (p == NULL)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for the parameters of %s", model->name);
  get_params(model, config, p);
  FHRL_DO(status, fhrl_system_dims(model, p, &dims, &n, err));
  FHRL_DO(status, allocate(model, &dims, m, err));
  const char *path = fhrl_config_text(config, "model.matrices");
  if (*path) FHRL_DO(status, fhrl_safetensors_open(path, &file, err));
  for (int k = 0; k < model->n_matrix; k++)
    FHRL_DO(status, fill(config, model->matrix[k].name, k, file, dims.matrix[k], m[k], err));
  const double *const matrices[FHRL_MATRIX_MAX] = {
    m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9], m[10], m[11]};
  FHRL_DO(status, fhrl_system_bind(model, p, matrices, out, err));
done:
  fhrl_safetensors_close(file);
  for (int k = 0; k < model->n_matrix; k++) free(m[k]);
  free(p);
  return status;
}
