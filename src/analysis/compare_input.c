// SPDX-License-Identifier: GPL-3.0-or-later
// compare_input: drives network and flow with a signal instead of recorded bytes
#include "analysis/compare_input.h"

#include <stdio.h>
#include <string.h>

#include "analysis/ladder.h"
#include "ode/input.h"

// A configuration of [input] alone, with the kind that is wanted and the seed of a sequence.
static fhrl_status configure(const fhrl_config *from, const char *kind, int sequence, fhrl_config *to, fhrl_err *err)
{
  FHRL_TRY(fhrl_config_add(to, "input", fhrl_input_fields, fhrl_input_field_count, err));
  for (int i = 0; i < fhrl_input_field_count; i++) {
    char name[64];
    snprintf(name, sizeof name, "input.%s", fhrl_input_fields[i].name);
    FHRL_TRY(fhrl_config_set(to, "input", fhrl_input_fields[i].name, fhrl_config_text(from, name), "[input]", err));
  }
  char seed[32];
  snprintf(seed, sizeof seed, "%.0f", fhrl_config_real(from, "input.seed") + sequence);
  FHRL_TRY(fhrl_config_set(to, "input", "seed", seed, "compare.input", err));
  return fhrl_config_set(to, "input", "kind", kind, "compare.input", err);
}

static fhrl_status draw(const fhrl_config *config, const char *kind, int sequence, int tokens, int d, double u[],
  fhrl_err *err)
{
  fhrl_config own;
  fhrl_input in = {0};
  fhrl_status status = FHRL_OK;
  fhrl_config_init(&own);
  FHRL_DO(status, configure(config, kind, sequence, &own, err));
  FHRL_DO(status, fhrl_input_init(&in, &own, d, err));
  for (int t = 0; t < tokens; t++) fhrl_input_at(&in, t, u + (size_t)t * d);
done:
  fhrl_input_free(&in);
  fhrl_config_free(&own);
  return status;
}

// y (sequences, tokens, d) of the network under x_pre; slots are equal without noise, so one of them will do.
static fhrl_status answer(const fhrl_layer *layer, fhrl_recording *r, fhrl_err *err)
{
  fhrl_layer one = {0};
  fhrl_system *flow = NULL;
  fhrl_ladder network = {0};
  fhrl_status status = FHRL_OK;
  FHRL_DO(status, fhrl_layer_collapse(layer, &one, err));
  FHRL_DO(status, fhrl_layer_bind(&one, 1.0, FHRL_LAYER_PAPER, &flow, err));
  FHRL_DO(status, fhrl_ladder_init(&network, flow, 1, err));
  for (int s = 0; s < r->sequences; s++) {
    const size_t at = (size_t)s * r->tokens * r->d;
    FHRL_DO(status, fhrl_ladder_run(&network, r->tokens, r->x_pre + at, r->y + at, err));
  }
done:
  fhrl_ladder_free(&network);
  fhrl_system_destroy(flow);
  fhrl_layer_free(&one);
  return status;
}

fhrl_status fhrl_compare_input_apply(const fhrl_config *config, const fhrl_layer layers[], fhrl_recording recordings[],
  int count, fhrl_err *err)
{
  const char *kind = fhrl_config_text(config, "compare.input"), *said = fhrl_config_text(config, "input.kind");
  if (*fhrl_config_text(config, "input.file"))
    return fhrl_fail(err, FHRL_ARG, "input.file: recorded inputs are those of compare.probe");
  if (strcmp(said, "auto") != 0 && strcmp(said, kind) != 0)
    return fhrl_fail(err, FHRL_ARG, "input.kind = %s, but compare.input = %s: the latter decides, leave the former out", said,
      kind);
  if (strcmp(kind, "recorded") == 0) return FHRL_OK;
  for (int i = 0; i < count; i++) {
    fhrl_recording *r = &recordings[i];
    if (r->d != layers[i].d)
      return fhrl_fail(err, FHRL_ARG, "layer %d has d = %d, its recording %d channels", layers[i].index, layers[i].d, r->d);
    for (int s = 0; s < r->sequences; s++)
      FHRL_TRY(draw(config, kind, s, r->tokens, r->d, r->x_pre + (size_t)s * r->tokens * r->d, err));
    FHRL_TRY(answer(&layers[i], r, err));
  }
  return FHRL_OK;
}
