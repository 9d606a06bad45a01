// SPDX-License-Identifier: GPL-3.0-or-later
// command_table: every command; --help and doc/options.md are made from it
#include "analysis/compare.h"
#include "analysis/continuation.h"
#include "analysis/equilibria.h"
#include "analysis/exponents.h"
#include "analysis/iss.h"
#include "analysis/portrait.h"
#include "analysis/probe.h"
#include "analysis/reproduce.h"
#include "cli/command.h"
#include "cli/cmd_models.h"
#include "cli/members.h"
#include "cli/setup.h"
#include "cli/sweep_wishes.h"
#include "nn/sample.h"
#include "nn/train.h"

const char *const fhrl_command_table_sections[] = {"model", "train", "sample", "probe", "models", "input", "solver", "start", "ensemble", "compare",
  "iss",
  "portrait", "exponents", "equilibria", "proof", "continue", "reproduce", "sweep"};
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
  {"probe-every", "N", "train.probe_every", "Probe the layers every N steps; short for --set train.probe_every=N"},
  {NULL, NULL, NULL, NULL},
};
static const fhrl_keys probe_keys[] = {{"model", fhrl_gpt_fields, &gpt_count},
  {"probe", fhrl_probe_fields, &fhrl_probe_field_count}, END_KEYS};
static const fhrl_keys sample_keys[] = {{"model", fhrl_gpt_fields, &gpt_count},
  {"sample", fhrl_sample_fields, &fhrl_sample_field_count}, END_KEYS};
static const fhrl_short sample_shorts[] = {
  {"prompt", "TEXT", "sample.prompt", "What the network reads first; short for --set sample.prompt=TEXT"},
  {"bytes", "N", "sample.bytes", "How many bytes to write; short for --set sample.bytes=N"},
  {"temperature", "X", "sample.temperature", "0 takes the likeliest byte; short for --set sample.temperature=X"},
  {"top-k", "K", "sample.top_k", "Draw from the K likeliest bytes; short for --set sample.top_k=K"},
  {"seed", "N", "sample.seed", "Seed of the draws; short for --set sample.seed=N"},
  {NULL, NULL, NULL, NULL},
};
static const fhrl_short probe_shorts[] = {
  {"bytes", "FILE", "probe.bytes", "Drive it with these bytes, T a sequence; short for --set probe.bytes=FILE"},
  {NULL, NULL, NULL, NULL},
};
static const fhrl_keys compare_keys[] = {{"compare", fhrl_compare_fields, &fhrl_compare_field_count},
  {"input", fhrl_input_fields, &fhrl_input_field_count}, END_KEYS};
static const fhrl_short compare_shorts[] = {
  {"atlas", NULL, "compare.atlas", "Chart where network and flow end on the same attractor; resumable; short for --set compare.atlas=true"},
  {NULL, NULL, NULL, NULL},
};
static const fhrl_keys reproduce_keys[] = {{"reproduce", fhrl_reproduce_plan_fields, &fhrl_reproduce_plan_field_count},
  {"model", fhrl_gpt_fields, &gpt_count}, {"train", fhrl_train_fields, &train_count},
  {"probe", fhrl_probe_fields, &fhrl_probe_field_count}, END_KEYS};
static const fhrl_short reproduce_shorts[] = {
  {"quick", NULL, "reproduce.quick", "One seed, three gammas, few steps: a few minutes; short for --set reproduce.quick=true"},
  {NULL, NULL, NULL, NULL},
};
static const fhrl_keys models_keys[] = {{"models", fhrl_cmd_models_fields, &fhrl_cmd_models_field_count}, END_KEYS};
static const fhrl_short models_shorts[] = {
  {"template", "NAME", "models.template",
    "Write a commented file for a model NAME of your own, on standard output or as DIR/NAME.c; short for --set models.template=NAME"},
  {"check", NULL, "models.check", "Examine MODEL: does it keep what its tables and functions promise? short for --set models.check=true"},
  {NULL, NULL, NULL, NULL},
};
static const fhrl_short simulate_shorts[] = {
  FHRL_SETUP_SHORTS,
  {"members", "N", "ensemble.members", "Integrate N trajectories from different starts; short for --set ensemble.members=N"},
  {"vary", "AXES", "ensemble.vary", "Integrate at many parameter points; short for --set ensemble.vary=AXES"},
  {NULL, NULL, NULL, NULL},
};
static const fhrl_keys simulate_keys[] = {MODEL_KEYS, {"ensemble", fhrl_members_fields, &fhrl_members_field_count},
  END_KEYS};
static const fhrl_keys iss_keys[] = {MODEL_KEYS, {"iss", fhrl_iss_fields, &fhrl_iss_field_count}, END_KEYS};
static const fhrl_keys portrait_keys[] = {MODEL_KEYS, {"portrait", fhrl_portrait_fields, &fhrl_portrait_field_count},
  {"equilibria", fhrl_equilibrium_fields, &fhrl_equilibrium_field_count}, END_KEYS};
static const fhrl_keys exponents_keys[] = {MODEL_KEYS, {"exponents", fhrl_exponents_fields, &fhrl_exponents_field_count},
  END_KEYS};
static const fhrl_short exponents_shorts[] = {
  FHRL_SETUP_SHORTS,
  {"se", "X", "exponents.se", "Stop at this standard error; short for --set exponents.se=X"},
  {NULL, NULL, NULL, NULL},
};
static const fhrl_keys equilibria_keys[] = {MODEL_KEYS, {"equilibria", fhrl_equilibrium_fields, &fhrl_equilibrium_field_count},
  {"proof", fhrl_prove_fields, &fhrl_prove_field_count}, END_KEYS};
static const fhrl_short equilibria_shorts[] = {
  FHRL_SETUP_SHORTS,
  {"prove", NULL, "proof.seek", "Prove by ball arithmetic that the list is complete in a box; short for --set proof.seek=true"},
  {NULL, NULL, NULL, NULL},
};
static const fhrl_keys continue_keys[] = {MODEL_KEYS,
  {"continue", fhrl_continuation_fields, &fhrl_continuation_field_count}, END_KEYS};
static const fhrl_short continue_shorts[] = {
  FHRL_SETUP_SHORTS,
  {"in", "NAME", "continue.parameter", "The parameter to vary; short for --set continue.parameter=NAME"},
  {"low", "X", "continue.low", "Lower end of its range; short for --set continue.low=X"},
  {"high", "X", "continue.high", "Upper end of its range; short for --set continue.high=X"},
  {"from", "FILE:LABEL", "continue.from", "Start from a labelled point; short for --set continue.from=FILE:LABEL"},
  {NULL, NULL, NULL, NULL},
};

static const fhrl_keys sweep_keys[] = {{"sweep", fhrl_sweep_wishes_fields, &fhrl_sweep_wishes_field_count}, END_KEYS};
static const fhrl_short sweep_shorts[] = {
  {"plan", NULL, "sweep.plan", "Say what the points are, and compute none; short for --set sweep.plan=true"},
  {"retry", NULL, "sweep.retry", "Compute points again that have failed; short for --set sweep.retry=true"},
  {NULL, NULL, NULL, NULL},
};

const fhrl_command fhrl_command_table[] = {
  {.name = "train",
    .input = "",
    .summary = "trains Tiny-GPT with FH-RL layers, or resumes",
    .leaves = "in run/ or the folder of -o: checkpoint.safetensors and the one before it, state.safetensors, loss.tsv, "
              "loss.svg, with train.probe_every training.tsv and training.svg, run.json, config.ini; with train.seeds a folder "
              "seed<k> of these for each",
    .run = fhrl_cmd_train,
    .threaded = 1,
    .seed = "train.seed",
    .shorts = train_shorts,
    .keys = train_keys},
  {.name = "sample",
    .input = "RUN",
    .summary = "writes bytes that a trained network makes up, its memory carried along",
    .leaves = "the bytes on standard output; with -o: sample.txt, run.json, config.ini",
    .run = fhrl_cmd_sample,
    .seed = "sample.seed",
    .shorts = sample_shorts,
    .keys = sample_keys},
  {.name = "probe",
    .input = "RUN",
    .summary = "drives a trained network with probe sequences and measures its layers",
    .leaves = "in RUN/probe/ or the folder of -o: metrics.json, metrics.tsv, layer<k>.nc, logits.nc, probe_irr.tsv, "
              "probe_rdp.tsv, wr.tsv, wr_spectrum.tsv, probe.svg, wr.svg, run.json, config.ini",
    .run = fhrl_cmd_probe,
    .threaded = 1,
    .seed = "probe.seed",
    .shorts = probe_shorts,
    .keys = probe_keys},
  {.name = "compare",
    .input = "RUN",
    .summary = "sets a trained network against its continuous theory",
    .leaves = "in RUN/compare/ or the folder of -o: compare.json, compare.tsv, compare_token.tsv, "
              "compare_c.tsv, compare_metrics.tsv, compare_twin.tsv, twin.nc, compare_ladder.svg, compare_c.svg, "
              "compare_twin.svg, compare_metrics.svg, run.json, config.ini; with --atlas compare_atlas.tsv, compare_atlas.svg",
    .run = fhrl_cmd_compare,
    .threaded = 1,
    .shorts = compare_shorts,
    .keys = compare_keys},
  {.name = "models",
    .input = "[MODEL]",
    .summary = "lists the models, or one with its tables; begins one of your own, examines one",
    .leaves = "with -o: models.json, run.json, config.ini; with --template and -o DIR: DIR/NAME.c",
    .run = fhrl_cmd_models,
    .shorts = models_shorts,
    .keys = models_keys},
  {.name = "simulate",
    .input = "MODEL",
    .summary = "integrates one trajectory or steps a map; with --members many",
    .leaves = "with -o: trajectory.nc, trajectory.tsv (of many: ensemble.nc, ensemble.tsv), run.json, config.ini",
    .run = fhrl_cmd_simulate,
    .seed = "model.seed",
    .shorts = simulate_shorts,
    .keys = simulate_keys,
    .sections = 1},
  {.name = "iss",
    .input = "MODEL",
    .summary = "puts the Lyapunov argument on trial, inequality by inequality",
    .leaves = "with -o: iss.json, the tables iss.tsv, iss_profile.tsv, iss_front.tsv, iss_map.tsv, iss_gain.tsv, iss_reach.tsv, "
              "figures iss, iss_map, iss_gain, iss_reach (.svg and .png), run.json, config.ini",
    .run = fhrl_cmd_iss,
    .threaded = 1,
    .seed = "model.seed",
    .shorts = fhrl_setup_shorts,
    .keys = iss_keys,
    .requires = 1},
  {.name = "exponents",
    .input = "MODEL",
    .summary = "measures Lyapunov exponents, with error bars",
    .leaves = "with -o: exponents.json, exponents.tsv, exponents_spectrum.tsv, exponents.svg, exponents.png, run.json, config.ini",
    .run = fhrl_cmd_exponents,
    .seed = "model.seed",
    .shorts = exponents_shorts,
    .keys = exponents_keys},
  {.name = "equilibria",
    .input = "MODEL",
    .summary = "finds equilibria, their kinds, and the steps at which maps lose them",
    .leaves = "with -o: equilibria.json, equilibria.tsv, run.json, config.ini",
    .run = fhrl_cmd_equilibria,
    .seed = "model.seed",
    .shorts = equilibria_shorts,
    .keys = equilibria_keys},
  {.name = "continue",
    .input = "MODEL",
    .summary = "follows equilibria along a parameter and locates their bifurcations",
    .leaves = "with -o: branch.json, branch.tsv, branch.svg, branch.png, run.json, config.ini",
    .run = fhrl_cmd_continue,
    .seed = "model.seed",
    .shorts = continue_shorts,
    .keys = continue_keys},
  {.name = "portrait",
    .input = "MODEL",
    .summary = "draws a flow in a plane: two states, a slice, principal components, norms",
    .leaves = "in portrait-MODEL/ or the folder of -o: portrait.svg and .png, portrait.gp and .tsv to edit and redraw, "
              "portrait.json, run.json, config.ini",
    .run = fhrl_cmd_portrait,
    .seed = "model.seed",
    .shorts = fhrl_setup_shorts,
    .keys = portrait_keys,
    .previews = 1},
  {.name = "reproduce",
    .input = "",
    .summary = "repeats the paper's experiments: its figures, and a verdict on each of its claims",
    .leaves = "in reproduction/ or the folder of -o: report.html, report.json, fig2 to fig6, figS1 and figS2 as svg and png, their "
              "tables, runs/, run.json, config.ini",
    .run = fhrl_cmd_reproduce,
    .threaded = 1,
    .shorts = reproduce_shorts,
    .keys = reproduce_keys},
  {.name = "sweep",
    .input = "FILE.ini",
    .summary = "computes a grid over any keys of any command",
    .leaves = "in sweep-FILE/ or the folder of -o: points/ with a folder for each point, sweep.tsv, figures, run.json, config.ini",
    .run = fhrl_cmd_sweep,
    .shorts = sweep_shorts,
    .keys = sweep_keys},
  {.name = "plot",
    .input = "DIR",
    .summary = "draws again what a folder holds, from its tables",
    .leaves = "in DIR: its figures, as svg and png. A portrait is drawn by DIR/portrait.gp, which is gnuplot's to run: not in a "
              "folder that you do not trust",
    .run = fhrl_cmd_plot},
  {.name = NULL},
};
