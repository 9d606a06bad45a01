// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_models: lists the models, or one with its tables
#include <stdlib.h>

#include "cli/output.h"
#include "ode/system.h"

static void list(const fhrl_output *out)
{
  const fhrl_model *m;
  fhrl_json *models = fhrl_json_array();
  for (int i = 0; (m = fhrl_system_model(i)); i++) {
    fhrl_output_say(out, "%-16s %-5s %s\n", m->name, m->rhs ? "flow" : "map", m->summary);
    fhrl_json *o = fhrl_json_object();
    fhrl_json_text(o, "name", m->name);
    fhrl_json_text(o, "kind", m->rhs ? "flow" : "map");
    fhrl_json_text(o, "summary", m->summary);
    fhrl_json_add(models, o);
  }
  fhrl_json_put(out->result, "models", models);
}

// One table: a line and an object per field.
static void show(const fhrl_output *out, const char *title, const char *key, const fhrl_field fields[], int n, int ranged)
{
  fhrl_json *array = fhrl_json_array();
  if (n > 0) fhrl_output_say(out, "\n%s\n", title);
  for (int i = 0; i < n; i++) {
    const fhrl_field *f = &fields[i];
    char range[256] = "", text[FHRL_FIELD_TEXT];
    if (ranged) {
      fhrl_field_range(f, range, sizeof range);
      fhrl_field_default(f, text, sizeof text);
      fhrl_output_say(out, "  %-12s %-10s %-8s %-30s %s\n", f->name, text, f->unit, range, f->meaning);
    } else
      fhrl_output_say(out, "  %-12s %-8s %s\n", f->name, f->unit, f->meaning);
    fhrl_json *o = fhrl_json_object();
    fhrl_json_text(o, "name", f->name);
    fhrl_json_text(o, "unit", f->unit);
    fhrl_json_text(o, "meaning", f->meaning);
    if (ranged) fhrl_json_text(o, "range", range);
    if (ranged) fhrl_json_text(o, "default", text);
    fhrl_json_add(array, o);
  }
  fhrl_json_put(out->result, key, array);
}

static fhrl_status one(const fhrl_output *out, const fhrl_model *m, fhrl_err *err)
{
  fhrl_field *keys;
  int count;
  FHRL_TRY(fhrl_system_fields(m, &keys, &count, err));
  fhrl_output_say(out, "%s: %s\n%s\ntime unit: %s\n", m->name, m->summary, m->reference, m->time_unit);
  fhrl_json_text(out->result, "name", m->name);
  fhrl_json_text(out->result, "summary", m->summary);
  fhrl_json_text(out->result, "reference", m->reference);
  fhrl_json_text(out->result, "time_unit", m->time_unit);
  show(out, "States (name, unit, meaning)", "states", m->state, m->n_state, 0);
  show(out, "Observables (name, unit, meaning)", "observables", m->obs, m->n_obs, 0);
  for (int i = 0; i < m->n_term; i++)
    fhrl_output_say(out, "%s  %-14s %s\n", i == 0 ? "\nTerms of the right-hand side\n" : "", m->term[i].name,
      m->term[i].meaning);
  show(out, "Keys of [model] (name, default, unit, allowed, meaning)", "keys", keys, count, 1);
  free(keys);
  return FHRL_OK;
}

fhrl_status fhrl_cmd_models(const fhrl_run *run, fhrl_err *err)
{
  fhrl_config config;
  fhrl_config_init(&config);
  fhrl_output out = {0};
  const fhrl_model *m = run->input ? fhrl_system_find(run->input) : NULL;
  fhrl_status status = FHRL_OK;
  if (run->input && m == NULL)
    return fhrl_fail(err, FHRL_ARG, "no model '%s'; `fhrl models` lists them", run->input);
  FHRL_DO(status, fhrl_config_apply(&config, &run->settings, fhrl_command_table_sections, fhrl_command_table_section_count, err));
  FHRL_DO(status, fhrl_output_open(&out, run, NULL, "models.json", &config, 0, err));
  if (m)
    FHRL_DO(status, one(&out, m, err));
  else
    list(&out);
  status = fhrl_output_finish(&out, err);
done:
  fhrl_output_close(&out);
  fhrl_config_free(&config);
  return status;
}
