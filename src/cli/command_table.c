// SPDX-License-Identifier: GPL-3.0-or-later
// command_table: every command; --help, doc/options.md and the man page are made from it
#include "analysis/probe.h"
#include "cli/command.h"
#include "cli/members.h"
#include "cli/setup.h"
#include "nn/train.h"

const char *const fhrl_command_table_sections[] = {"model", "train", "probe", "input", "solver", "start", "ensemble", "compare", "iss",
  "portrait", "exponents", "equilibria", "continue", "sweep"};
const int fhrl_command_table_section_count = FHRL_COUNT(fhrl_command_table_sections);

// What every command on a MODEL reads besides [model].
#define MODEL_KEYS                                                                                 \
  {"input", fhrl_input_fields, &fhrl_input_field_count},                                           \
    {"solver", fhrl_integrator_fields, &fhrl_integrator_field_count},                              \
    {"start", fhrl_setup_start_fields, &fhrl_setup_start_field_count}
#define END_KEYS {NULL, NULL, NULL}

static const int gpt_count = FHRL_GPT_KEY_COUNT, train_count = FHRL_TRAIN_KEY_COUNT;
static const fhrl_keys train_keys[] = {{"model", fhrl_gpt_fields, &gpt_count}, {"train", fhrl_train_fields, &train_count},
  END_KEYS};
static const fhrl_short train_shorts[] = {
  {"init", "FILE", "train.init", "Start from the weights of a checkpoint; short for --set train.init=FILE"},
  {NULL, NULL, NULL, NULL},
};
static const fhrl_keys probe_keys[] = {{"model", fhrl_gpt_fields, &gpt_count},
  {"probe", fhrl_probe_fields, &fhrl_probe_field_count}, END_KEYS};
static const fhrl_short probe_shorts[] = {
  {"bytes", "FILE", "probe.bytes", "Drive it with these bytes, T a sequence; short for --set probe.bytes=FILE"},
  {NULL, NULL, NULL, NULL},
};
static const fhrl_short simulate_shorts[] = {
  FHRL_SETUP_SHORTS,
  {"members", "N", "ensemble.members", "Integrate N trajectories from different starts; short for --set ensemble.members=N"},
  {NULL, NULL, NULL, NULL},
};
static const fhrl_keys simulate_keys[] = {MODEL_KEYS, {"ensemble", fhrl_members_fields, &fhrl_members_field_count},
  END_KEYS};

const fhrl_command fhrl_command_table[] = {
  {.name = "train",
    .input = "",
    .summary = "trains Tiny-GPT with FH-RL layers, or resumes",
    .leaves = "in run/ or the folder of -o: checkpoint.safetensors, state.safetensors, loss.tsv, loss.svg, run.json, config.ini",
    .run = fhrl_cmd_train,
    .shorts = train_shorts,
    .keys = train_keys},
  {.name = "probe",
    .input = "RUN",
    .summary = "drives a trained network with probe sequences and measures its layers",
    .leaves = "in RUN/probe/ or the folder of -o: metrics.json, metrics.tsv, layer<k>.nc, logits.nc, probe_irr.tsv, "
              "probe_rdp.tsv, probe.svg, run.json, config.ini",
    .run = fhrl_cmd_probe,
    .shorts = probe_shorts,
    .keys = probe_keys},
  {.name = "models",
    .input = "[NAME]",
    .summary = "lists the models, or one with its tables",
    .leaves = "nothing",
    .run = fhrl_cmd_models},
  {.name = "simulate",
    .input = "MODEL",
    .summary = "integrates one trajectory, or with --members many",
    .leaves = "with -o: trajectory.nc, trajectory.tsv (of many: ensemble.nc, ensemble.tsv), run.json, config.ini",
    .run = fhrl_cmd_simulate,
    .shorts = simulate_shorts,
    .keys = simulate_keys},
  {.name = NULL},
};
