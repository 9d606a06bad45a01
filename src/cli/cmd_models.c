// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_models: lists the models, or one with its tables; begins a model of one's own, and examines one
#include "cli/cmd_models.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/operand.h"
#include "cli/output.h"
#include "ode/contract.h"
#include "ode/difference.h"
#include "ode/system.h"
#include "ode/user_template.h"

const fhrl_field fhrl_cmd_models_fields[] = {
  {"template", 0, "", "name of a model of your own to begin; empty: none", FHRL_TEXT},
  {"check", 0, "", "examine MODEL instead of showing its tables", FHRL_FLAG},
};
const int fhrl_cmd_models_field_count = FHRL_COUNT(fhrl_cmd_models_fields);

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
  for (int i = 0; i < m->n_event; i++)
    fhrl_output_say(out, "%s  %-14s %s\n", i == 0 ? "\nEvents\n" : "", m->event[i].name, m->event[i].meaning);
  if (fhrl_difference_used(m)) fhrl_output_say(out, "\nJ v: by central differences (it has no jvp)\n");
  fhrl_json_text(out->result, "jvp", fhrl_difference_text(m));
  show(out, "Keys of [model] (name, default, unit, allowed, meaning)", "keys", keys, count, 1);
  free(keys);
  return FHRL_OK;
}

// Every fact of the contract, with its verdict; FHRL_FORMAT if one is broken.
static fhrl_status check(const fhrl_output *out, const fhrl_model *m, fhrl_err *broken, fhrl_err *err)
{
  fhrl_json *array = fhrl_json_array();
  int count = 0;
  fhrl_json_text(out->result, "name", m->name);
  fhrl_json_put(out->result, "facts", array);
  fhrl_output_say(out, "%-16s %-8s %6s  %s\n", "fact", "verdict", "cases", "what it says, or what breaks it");
  for (int i = 0; i < fhrl_contract_fact_count; i++) {
    const fhrl_contract_fact *fact = &fhrl_contract_facts[i];
    fhrl_contract_finding found;
    fhrl_output_say(out, "%-16s ", fact->name);
    fflush(stdout); // a model that crashes shows in which fact
    FHRL_TRY(fhrl_contract_examine(m, i, &found, err));
    const char *verdict = fhrl_contract_text(found.verdict);
    fhrl_output_say(out, "%-8s %6d  %s\n", verdict, found.cases,
      found.verdict == FHRL_CONTRACT_HELD ? fact->meaning : found.why.msg);
    fhrl_json *o = fhrl_json_object();
    fhrl_json_text(o, "fact", fact->name);
    fhrl_json_text(o, "meaning", fact->meaning);
    fhrl_json_text(o, "verdict", found.verdict == FHRL_CONTRACT_EMPTY ? "not promised" : verdict);
    fhrl_json_int(o, "cases", found.cases);
    fhrl_json_text(o, "why", found.verdict == FHRL_CONTRACT_HELD ? NULL : found.why.msg);
    fhrl_json_add(array, o);
    count += found.verdict == FHRL_CONTRACT_BROKEN;
  }
  fhrl_json_text(out->result, "jvp", fhrl_difference_text(m));
  if (count > 0)
    fhrl_fail(broken, FHRL_FORMAT, "model %s breaks %d of the %d facts", m->name, count, fhrl_contract_fact_count);
  return FHRL_OK;
}

// The template on standard output or, with -o, as a file, which is never replaced.
static fhrl_status begin(const fhrl_run *run, const char *name, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE], *text;
  if (run->input) return fhrl_fail(err, FHRL_ARG, "--template=%s takes no MODEL, but %s is given", name, run->input);
  if (run->json) return fhrl_fail(err, FHRL_ARG, "--template=%s writes a file in C; --json would have nothing to say", name);
  if (run->folder) {
    FHRL_TRY(fhrl_user_template_save(name, run->folder, path, err));
    printf("%s is yours to change; it runs as it stands: fhrl simulate %s%s\n", path, path[0] == '/' || path[0] == '.' ? "" : "./",
      path);
    return FHRL_OK;
  }
  FHRL_TRY(fhrl_user_template_text(name, &text, err));
  fputs(text, stdout);
  free(text);
  return FHRL_OK;
}

fhrl_status fhrl_cmd_models(const fhrl_run *run, fhrl_err *err)
{
  fhrl_config config;
  fhrl_config_init(&config);
  fhrl_output out = {0};
  fhrl_user_model user = {0};
  const fhrl_model *m = NULL;
  fhrl_err broken = {FHRL_OK, ""};
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_config_add(&config, "models", fhrl_cmd_models_fields, fhrl_cmd_models_field_count, err));
  FHRL_DO(status, fhrl_command_configure(run, &config, err));
  const char *name = fhrl_config_text(&config, "models.template");
  const int checking = fhrl_config_int(&config, "models.check");
  if (*name) {
    status = begin(run, name, err);
    goto done;
  }
  if (checking && run->input == NULL) FHRL_DO(status, fhrl_fail(err, FHRL_ARG, "--check examines a MODEL, but none is given"));
  if (run->input) FHRL_DO(status, fhrl_operand_model(run, &user, &m, err));
  FHRL_DO(status, fhrl_output_open(&out, run, NULL, "models.json", &config, 0, err));
  if (m == NULL)
    list(&out);
  else if (checking)
    FHRL_DO(status, check(&out, m, &broken, err));
  else
    FHRL_DO(status, one(&out, m, err));
  FHRL_DO(status, fhrl_output_finish(&out, err));
  if (broken.code != FHRL_OK) status = fhrl_fail(err, broken.code, "%s", broken.msg);
done:
  fhrl_output_close(&out);
  fhrl_user_model_close(&user);
  fhrl_config_free(&config);
  return status;
}
