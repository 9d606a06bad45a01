// SPDX-License-Identifier: GPL-3.0-or-later
// system_fields: the keys of [model] that a model's own tables give
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ode/system.h"

static const fhrl_field common[] = {
  {"name", 0.0, "", "the system", FHRL_TEXT},
  {"seed", 1.0, "", "seed of the matrices that are drawn and of the start", FHRL_INT, 0.0,
    4294967295.0},
  {"matrices", 0.0, "", "safetensors file with the matrices by name; empty: drawn", FHRL_PATH},
};

enum { KEY_SIZE = 64 };

// The key that scales a drawn matrix: W_v has w_v_scale.
static void scale_key(const char *matrix, char key[KEY_SIZE])
{
  snprintf(key, KEY_SIZE, "%s_scale", matrix);
  for (char *c = key; *c; c++) *c = (char)tolower((unsigned char)*c);
}

fhrl_status fhrl_system_fields(
  const fhrl_model *model, fhrl_field **fields, int *count, fhrl_err *err)
{
  const int n = FHRL_COUNT(common) + 2 * model->n_matrix + model->n_param;
  const size_t table = (size_t)n * sizeof(fhrl_field);
  fhrl_field *f = malloc(
    table + (size_t)model->n_matrix * KEY_SIZE); // the names of the scales lie behind the table
  if (f == NULL)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for the keys of the model %s", model->name);
  char *key = (char *)f + table;
  int i = 0;
  for (; i < FHRL_COUNT(common); i++) f[i] = common[i];
  f[0].text = model->name;
  for (int k = 0; k < model->n_matrix; k++, key += KEY_SIZE) {
    const fhrl_matrix *m = &model->matrix[k];
    scale_key(m->name, key);
    f[i++] = (fhrl_field){.name = m->name, .unit = "", .meaning = m->meaning, .kind = FHRL_TEXT};
    f[i++] = (fhrl_field){.name = key,
      .value = m->scale,
      .unit = "1",
      .kind = FHRL_REAL,
      .high = 1e6,
      .meaning = "scale of that matrix where it is drawn: its entries are N(0, scale^2 / columns)"};
  }
  for (int k = 0; k < model->n_param; k++) f[i++] = model->param[k];
  *fields = f;
  *count = n;
  return FHRL_OK;
}
