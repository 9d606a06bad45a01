// SPDX-License-Identifier: GPL-3.0-or-later
// input_init: u(t) from a resolved [input] section: drawn amplitudes, or a recorded sequence
#include <stdlib.h>

#include "base/random.h"
#include "io/dataset.h"
#include "ode/input.h"

// the name that `fhrl probe` gives to the layer's input
static const char *const recorded = "x_pre";

static fhrl_status load(fhrl_input *in, const char *path, int sequence, int n_u, fhrl_err *err)
{
  size_t size[3];
  if (*path == '\0') return fhrl_fail(err, FHRL_ARG, "input.kind = recorded needs input.file");
  FHRL_TRY(fhrl_dataset_shape(path, recorded, 3, size, err));
  if (size[2] != (size_t)n_u)
    return fhrl_fail(err, FHRL_ARG, "%s: %s has %zu channels, but the system takes %d inputs", path,
      recorded, size[2], n_u);
  if ((size_t)sequence >= size[0])
    return fhrl_fail(err, FHRL_ARG,
      "%s: input.sequence = %d, but %s has %zu sequences (counted from 0)", path, sequence,
      recorded, size[0]);
  if (size[1] == 0 || size[1] > 1000000000)
    return fhrl_fail(err, FHRL_FORMAT, "%s: %s has %zu tokens", path, recorded, size[1]);
  double *value = malloc((size[1] * size[2] + 1) * sizeof *value);
  if (value == NULL)
    return fhrl_fail(err, FHRL_NOMEM, "no memory for %zu tokens of %s", size[1], path);
  const size_t start[3] = {(size_t)sequence, 0, 0}, count[3] = {1, size[1], size[2]};
  fhrl_status status = fhrl_dataset_read(path, recorded, 3, start, count, value, err);
  if (status == FHRL_OK) {
    status = fhrl_input_hold(in, (int)size[1], n_u, value, err);
    if (status != FHRL_OK) fhrl_status_context(err, "%s", path);
  }
  free(value);
  return status;
}

fhrl_status fhrl_input_init(fhrl_input *in, const fhrl_config *config, int n_u, fhrl_err *err)
{
  const char *path = fhrl_config_text(config, "input.file");
  fhrl_input_kind kind = (fhrl_input_kind)fhrl_config_int(config, "input.kind");
  if (kind == FHRL_INPUT_AUTO)
    kind = n_u == 0 ? FHRL_INPUT_NONE : *path ? FHRL_INPUT_RECORDED : FHRL_INPUT_CONSTANT;
  if (kind == FHRL_INPUT_RECORDED)
    return load(in, path, fhrl_config_int(config, "input.sequence"), n_u, err);
  double *value = malloc(((size_t)n_u + 1) * sizeof *value);
  if (value == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d inputs", n_u);
  const fhrl_random at = {
    .seed = (uint32_t)fhrl_config_real(config, "input.seed"), .stream = FHRL_STREAM_INPUT};
  fhrl_random_normal(at, 0, (size_t)n_u, value);
  for (int i = 0; i < n_u; i++) value[i] *= fhrl_config_real(config, "input.amplitude");
  *in = (fhrl_input){.kind = kind, .n_u = n_u, .value = value};
  in->frequency = fhrl_config_real(config, "input.frequency");
  return FHRL_OK;
}
