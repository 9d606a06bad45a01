// SPDX-License-Identifier: GPL-3.0-or-later
// drawn: a portrait of a model from settings as after --set
#include "drawn.h"

fhrl_status drawn(const char *model, const char *settings, fhrl_portrait *p, given *g, fhrl_err *err)
{
  *g = given_system(model, settings, (fhrl_section){"portrait", fhrl_portrait_fields, fhrl_portrait_field_count});
  const fhrl_config *c = &g->config;
  // the plan of equilibria is fixed: one more section would only hold its defaults
  const fhrl_portrait_plan plan = {
    .plane = (fhrl_portrait_kind)fhrl_config_int(c, "portrait.plane"),
    .x = fhrl_config_text(c, "portrait.x"),
    .y = fhrl_config_text(c, "portrait.y"),
    .base = (fhrl_portrait_base)fhrl_config_int(c, "portrait.base"),
    .at = fhrl_config_text(c, "portrait.at"),
    .x_low = fhrl_config_real(c, "portrait.x_low"),
    .x_high = fhrl_config_real(c, "portrait.x_high"),
    .y_low = fhrl_config_real(c, "portrait.y_low"),
    .y_high = fhrl_config_real(c, "portrait.y_high"),
    .arrows = 12,
    .grid = 80,
    .colour = 1,
    .nullclines = fhrl_config_int(c, "portrait.nullclines"),
    .orbits = fhrl_config_is_set(c, "portrait.orbits") ? fhrl_config_int(c, "portrait.orbits") : 5,
    .random = fhrl_config_int(c, "portrait.scatter"),
    .starts = fhrl_config_text(c, "portrait.starts"),
    .seed = (uint32_t)fhrl_config_real(c, "portrait.seed"),
    .spread = fhrl_config_real(c, "portrait.spread"),
    .arc = 3,
    .manifolds = fhrl_config_int(c, "portrait.manifolds"),
    .reach = 4,
    .levels = fhrl_config_int(c, "portrait.levels"),
    .observable = fhrl_config_text(c, "portrait.observable"),
    .equilibria = {.starts = 100, .limit = 50, .spread = 1, .tolerance = 1e-11, .distinct = 1e-6},
  };
  return fhrl_portrait_make(g->system, &g->input, &g->solver, &plan, g->x0, p, err);
}

const double *row(const fhrl_portrait *p, fhrl_portrait_layer layer, int i)
{
  return p->layer[layer].value + (size_t)i * FHRL_PORTRAIT_COLUMNS;
}

int rows(const fhrl_portrait *p, fhrl_portrait_layer layer) { return p->layer[layer].count; }
