// SPDX-License-Identifier: GPL-3.0-or-later
// trained: what every command on a RUN's network begins with: its weights, and [model] as trained and as now wanted
#include "cli/trained.h"

#include <stdio.h>
#include <string.h>

// The checkpoint's own values are what [model] begins with; the settings may then replace some of them.
static fhrl_status take_model(const fhrl_gpt *gpt, const char *path, fhrl_config *config, fhrl_err *err)
{
  double value[FHRL_GPT_KEY_COUNT];
  fhrl_gpt_values(&gpt->config, value);
  for (int i = 0; i < FHRL_GPT_KEY_COUNT; i++) {
    const fhrl_field *f = &fhrl_gpt_fields[i];
    char text[64];
    int len = 0;
    if (f->kind == FHRL_CHOICE) {
      const char *word = fhrl_field_word(f->choices, (int)value[i], &len);
      snprintf(text, sizeof text, "%.*s", len, word);
    } else if (f->kind == FHRL_FLAG)
      snprintf(text, sizeof text, "%s", value[i] != 0.0 ? "true" : "false");
    else
      snprintf(text, sizeof text, "%.17g", value[i]);
    FHRL_TRY(fhrl_config_set(config, "model", f->name, text, path, err));
  }
  return FHRL_OK;
}

// [model] as configured; what the weights were trained with may change only where no shape depends on it.
static fhrl_status change_model(const fhrl_config *config, const char *path, fhrl_gpt *gpt, fhrl_err *err)
{
  static const char *const may_change[] = {"r", "alpha", "beta", "gamma", "sigma", "feedback_gradient", "wr_init", "ema"};
  double trained[FHRL_GPT_KEY_COUNT], value[FHRL_GPT_KEY_COUNT];
  fhrl_gpt_values(&gpt->config, trained);
  for (int i = 0; i < FHRL_GPT_KEY_COUNT; i++) {
    char name[80];
    int free_to_change = 0;
    snprintf(name, sizeof name, "model.%s", fhrl_gpt_fields[i].name);
    value[i] = fhrl_config_real(config, name);
    for (size_t j = 0; j < sizeof may_change / sizeof *may_change; j++)
      free_to_change |= strcmp(fhrl_gpt_fields[i].name, may_change[j]) == 0;
    if (value[i] != trained[i] && !free_to_change)
      return fhrl_fail(err, FHRL_ARG,
        "%s = %s is not what %s was trained with; r, alpha, beta, gamma, sigma and ema may change", name,
        fhrl_config_text(config, name), path);
  }
  return fhrl_gpt_configure(value, &gpt->config, err);
}

fhrl_status fhrl_trained_open(
  const fhrl_run *run, const char *path, fhrl_config *config, fhrl_gpt *gpt, fhrl_err *err)
{
  FHRL_TRY(fhrl_gpt_load(path, gpt, err));
  FHRL_TRY(take_model(gpt, path, config, err));
  FHRL_TRY(fhrl_command_configure(run, config, err));
  return change_model(config, path, gpt, err);
}
