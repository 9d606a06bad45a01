// SPDX-License-Identifier: GPL-3.0-or-later
// setup: what every command on a MODEL begins with: its configuration, system, input, solver and start
#include "cli/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/layer.h"
#include "cli/operand.h"
#include "cli/version.h"
#include "ode/difference.h"

const fhrl_field fhrl_setup_start_fields[] = {
  {"x0", 0, "", "initial state a,b,c,...; empty: the model's own start", .kind = FHRL_TEXT},
  {"seed", 1, "1", "seed of a random start", .kind = FHRL_INT, .low = 0, .high = 2147483647},
};
const int fhrl_setup_start_field_count = FHRL_COUNT(fhrl_setup_start_fields);

const fhrl_short fhrl_setup_shorts[] = {
  FHRL_SETUP_SHORTS,
  {NULL, NULL, NULL, NULL},
};

// The model's own keys and, for a layer of a network, where it comes from, for a model of the user, what its source was.
static fhrl_status model_fields(fhrl_setup *s, int *count, fhrl_err *err)
{
  static const fhrl_field digest = {"source_sha256", 0, "", "of the model's source (of the library compiled from it, if it includes "
    "files of its own); empty: whatever it is now", .kind = FHRL_TEXT};
  static const fhrl_field source[] = {
    {"checkpoint", 0, "", "run folder or .safetensors file whose layer this is; empty: random weights", .kind = FHRL_PATH},
    {"layer", 0, "1", "layer of the checkpoint, from 0", .kind = FHRL_INT, .low = 0, .high = 1023},
  };
  int own = 0;
  FHRL_TRY(fhrl_system_fields(s->model, &s->fields, &own, err));
  const int user = s->user.model != NULL, extra = !user && fhrl_layer_fits(s->model) ? FHRL_COUNT(source) : user;
  s->keys = malloc((size_t)(own + extra) * sizeof *s->keys);
  if (s->keys == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for the keys of %s", s->model->name);
  memcpy(s->keys, s->fields, (size_t)own * sizeof *s->keys);
  memcpy(s->keys + own, user ? &digest : source, (size_t)extra * sizeof *s->keys);
  *count = own + extra;
  return FHRL_OK;
}

// A model of a layer, with what the checkpoint holds; the layer's own parameters go into the configuration.
static fhrl_status bind_layer(fhrl_setup *s, fhrl_err *err)
{
  fhrl_layer layer = {0};
  fhrl_config *c = &s->config;
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_layer_load(fhrl_config_text(c, "model.checkpoint"), fhrl_config_int(c, "model.layer"), &layer, err));
  FHRL_DO(status, fhrl_layer_override(&layer, c, err));
  status = fhrl_layer_create(&layer, s->model, c, &s->system, err);
done:
  fhrl_layer_free(&layer);
  return status;
}

// The source of a user's model is part of the configuration: what was meant for another one is refused.
static fhrl_status settle_source(fhrl_setup *s, const fhrl_run *run, fhrl_err *err)
{
  char place[FHRL_PATH_SIZE + 16];
  if (s->user.model == NULL) return FHRL_OK;
  const char *wanted = fhrl_config_text(&s->config, "model.source_sha256");
  if (*wanted && strcmp(wanted, s->user.identity) != 0 && !run->force) {
    fhrl_settings_place(&run->settings, "model", "source_sha256", place, sizeof place);
    return fhrl_fail(err, FHRL_ARG, "%s: model.source_sha256 = '%.80s', but %s has changed: now it is '%s'; --force takes it as it is",
      place, wanted, run->input, s->user.identity);
  }
  return fhrl_config_set(&s->config, "model", "source_sha256", s->user.identity, "MODEL", err);
}

static fhrl_status configure(fhrl_setup *s, const fhrl_run *run, const fhrl_section extra[], int n_extra, fhrl_err *err)
{
  int count = 0;
  FHRL_TRY(model_fields(s, &count, err));
  FHRL_TRY(fhrl_config_add(&s->config, "model", s->keys, count, err));
  FHRL_TRY(fhrl_config_add(&s->config, "input", fhrl_input_fields, fhrl_input_field_count, err));
  FHRL_TRY(fhrl_config_add(&s->config, "solver", fhrl_integrator_fields, fhrl_integrator_field_count, err));
  FHRL_TRY(fhrl_config_add(&s->config, "start", fhrl_setup_start_fields, fhrl_setup_start_field_count, err));
  for (int i = 0; i < n_extra; i++)
    FHRL_TRY(fhrl_config_add(&s->config, extra[i].name, extra[i].field, extra[i].count, err));
  FHRL_TRY(fhrl_config_set(&s->config, "model", "name", s->model->name, "MODEL", err));
  FHRL_TRY(fhrl_command_configure(run, &s->config, err));
  FHRL_TRY(settle_source(s, run, err));
  FHRL_TRY(fhrl_operand_agrees(run, &s->user, s->model, fhrl_config_text(&s->config, "model.name"), err));
  return fhrl_config_set(&s->config, "model", "name", s->model->name, "MODEL", err);
}

static void note(const fhrl_setup *s, fhrl_notes *notes)
{
  char line[192];
  snprintf(line, sizeof line, "by central differences, 2 right-hand sides each: %s has no jvp", s->model->name);
  fhrl_notes_add(notes, "jvp", fhrl_difference_text(s->model), fhrl_difference_used(s->model) ? "J v" : NULL, line);
  if (s->user.model == NULL) return;
  fhrl_notes_add(notes, "model_source", s->user.source, NULL, NULL);
  fhrl_notes_add(notes, "model_sha256", s->user.digest, NULL, NULL);
  if (s->user.command) fhrl_notes_add(notes, "model_compiler", s->user.command, NULL, NULL);
}

// Sections are read, so that a wrong one is never passed over, and refused where a command would not list their crossings.
static fhrl_status read_sections(fhrl_setup *s, const fhrl_run *run, fhrl_err *err)
{
  char place[FHRL_PATH_SIZE + 16];
  const char *text = fhrl_config_text(&s->config, "solver.section");
  fhrl_settings_place(&run->settings, "solver", "section", place, sizeof place);
  const fhrl_status status = fhrl_crossing_read(s->system, text, s->section, &s->solver.crossings, err);
  if (status != FHRL_OK) {
    fhrl_status_context(err, "%s: solver.section", place);
    return status;
  }
  if (s->solver.crossings > 0 && !run->command->sections)
    return fhrl_fail(err, FHRL_ARG, "%s: solver.section = '%s': fhrl %s lists no crossings, simulate does; "
      "--set solver.section= leaves them out", place, text, run->command->name);
  s->solver.crossing = s->section;
  return FHRL_OK;
}

static fhrl_status bind(fhrl_setup *s, const fhrl_run *run, fhrl_err *err)
{
  const int layered = fhrl_config_has(&s->config, "model.checkpoint");
  if (layered && *fhrl_config_text(&s->config, "model.checkpoint"))
    FHRL_TRY(bind_layer(s, err));
  else
    FHRL_TRY(fhrl_system_create(s->model, &s->config, &s->system, err));
  FHRL_TRY(fhrl_input_init(&s->input, &s->config, s->system->dims.n_u, err));
  fhrl_integrator_options(&s->config, &s->solver);
  FHRL_TRY(read_sections(s, run, err));
  s->seed = fhrl_config_int(&s->config, "model.seed");
  s->x0 = calloc((size_t)s->system->n, sizeof *s->x0);
  if (s->x0 == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d states", s->system->n);
  const char *x0 = fhrl_config_text(&s->config, "start.x0");
  return fhrl_system_start(s->system, (uint32_t)fhrl_config_int(&s->config, "start.seed"), x0, s->x0, err);
}

fhrl_status fhrl_setup_open(fhrl_setup *s, const fhrl_run *run, const fhrl_section extra[], int n_extra, fhrl_err *err)
{
  memset(s, 0, sizeof *s);
  fhrl_config_init(&s->config);
  FHRL_TRY(fhrl_operand_model(run, &s->user, &s->model, err));
  note(s, run->notes);
  FHRL_TRY(configure(s, run, extra, n_extra, err));
  return bind(s, run, err);
}

const char *fhrl_setup_build(const fhrl_setup *s, char build[FHRL_SETUP_BUILD])
{
  snprintf(build, FHRL_SETUP_BUILD, "%s%s%s", s->user.identity, s->user.model ? " " : "", fhrl_version_build());
  return build;
}

void fhrl_setup_close(fhrl_setup *s)
{
  free(s->x0);
  fhrl_input_free(&s->input);
  fhrl_system_destroy(s->system);
  fhrl_config_free(&s->config);
  free(s->keys);
  free(s->fields);
  fhrl_user_model_close(&s->user); // the last: names and tables lie in there
  memset(s, 0, sizeof *s);
}
