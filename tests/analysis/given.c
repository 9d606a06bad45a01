// SPDX-License-Identifier: GPL-3.0-or-later
// given: a bound system with its input, solver and start, from settings as after --set
#include "given.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static void assign(const char *word, size_t len, fhrl_settings *settings)
{
  fhrl_err err = {FHRL_OK, ""};
  char text[512];
  snprintf(text, sizeof text, "%.*s", (int)len, word);
  char *value = strchr(text, '=');
  if (value && strncmp(text, "model.", 6) == 0 && text[6] >= 'A' && text[6] <= 'Z') // entries of a matrix
    for (; *value; value++)
      if (*value == '_') *value = ' ';
  assert_ok(fhrl_settings_assign(text, settings, &err));
}

given given_system(const char *model, const char *settings, fhrl_section section)
{
  fhrl_err err = {FHRL_OK, ""};
  given g = {0};
  fhrl_settings written = {0};
  const fhrl_model *m = fhrl_system_find(model);
  ck_assert_msg(m != NULL, "no model %s", model);
  int count;
  assert_ok(fhrl_system_fields(m, &g.fields, &count, &err));
  fhrl_config_init(&g.config);
  assert_ok(fhrl_config_add(&g.config, "model", g.fields, count, &err));
  assert_ok(fhrl_config_add(&g.config, "input", fhrl_input_fields, fhrl_input_field_count, &err));
  assert_ok(fhrl_config_add(&g.config, "solver", fhrl_integrator_fields, fhrl_integrator_field_count, &err));
  if (section.name) assert_ok(fhrl_config_add(&g.config, section.name, section.field, section.count, &err));
  for (const char *at = settings; *at;) {
    const size_t len = strcspn(at, " ");
    if (len > 0) assign(at, len, &written);
    at += len + (at[len] == ' ');
  }
  assert_ok(fhrl_config_apply(&g.config, &written, NULL, 0, &err));
  fhrl_settings_free(&written);
  assert_ok(fhrl_system_create(m, &g.config, &g.system, &err));
  assert_ok(fhrl_input_init(&g.input, &g.config, g.system->dims.n_u, &err));
  fhrl_integrator_options(&g.config, &g.solver);
  g.x0 = calloc((size_t)g.system->n, sizeof *g.x0);
  ck_assert_ptr_nonnull(g.x0);
  assert_ok(fhrl_system_start(g.system, 1, "", g.x0, &err));
  return g;
}

void given_free(given *g)
{
  free(g->x0);
  fhrl_input_free(&g->input);
  fhrl_system_destroy(g->system);
  fhrl_config_free(&g->config);
  free(g->fields);
  *g = (given){0};
}
