// SPDX-License-Identifier: GPL-3.0-or-later
// input_init: u(t) from a resolved [input] section: drawn amplitudes, or a recorded sequence
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "io/dataset.h"
#include "ode/input.h"

static const double two_pi = 6.283185307179586476925286766559; // 2 pi
static const char *const recorded = "x_pre"; // the name that `fhrl probe` gives to the layer's input

static fhrl_status load(fhrl_input *in, const char *path, int sequence, int n_u, fhrl_err *err)
{
  size_t size[3];
  if (*path == '\0') return fhrl_fail(err, FHRL_ARG, "input.kind = recorded needs input.file");
  FHRL_TRY(fhrl_dataset_shape(path, recorded, 3, size, err));
  if (size[2] != (size_t)n_u)
    return fhrl_fail(err, FHRL_ARG, "%s: %s has %zu channels, but the system takes %d inputs", path, recorded, size[2], n_u);
  if ((size_t)sequence >= size[0])
    return fhrl_fail(err, FHRL_ARG, "%s: input.sequence = %d, but %s has %zu sequences (counted from 0)", path, sequence,
      recorded, size[0]);
  if (size[1] == 0 || size[1] > 1000000000)
    return fhrl_fail(err, FHRL_FORMAT, "%s: %s has %zu tokens", path, recorded, size[1]);
  double *value = NULL;
  const size_t start[3] = {(size_t)sequence, 0, 0}, count[3] = {1, size[1], size[2]};
  fhrl_status status = fhrl_dataset_load(path, recorded, 3, start, count, &value, err);
  if (status == FHRL_OK) {
    status = fhrl_input_hold(in, (int)size[1], n_u, value, err);
    if (status != FHRL_OK) fhrl_status_context(err, "%s", path);
  }
  free(value);
  return status;
}

// The modes of `sines` and of `noise` with a flat spectrum: (n_u, modes, 3). Channel i draws from sequence 1 + i.
static void draw_modes(fhrl_input *in, const fhrl_config *config, fhrl_random at)
{
  const double low = fhrl_config_real(config, "input.frequency"), high = fhrl_config_real(config, "input.frequency_high");
  const double amplitude = fhrl_config_real(config, "input.amplitude");
  for (int i = 0; i < in->n_u; i++)
    for (int k = 0; k < in->modes; k++) {
      double *mode = in->value + 3 * ((size_t)i * (size_t)in->modes + (size_t)k), uniform[2], normal[2];
      at.sequence = 1 + (uint32_t)i;
      fhrl_random_uniform(at, 4 * (size_t)k, 2, uniform);
      fhrl_random_normal(at, 4 * (size_t)k + 2, 2, normal);
      const int noise = in->kind == FHRL_INPUT_NOISE;
      const double place = noise ? (k + uniform[0]) / in->modes : in->modes > 1 ? (double)k / (in->modes - 1) : 0.0;
      mode[0] = amplitude * (noise ? sqrt(2.0 / in->modes) : normal[0]);
      mode[1] = two_pi * (low + place * (high - low));
      mode[2] = two_pi * uniform[1];
    }
}

fhrl_status fhrl_input_init(fhrl_input *in, const fhrl_config *config, int n_u, fhrl_err *err)
{
  const char *path = fhrl_config_text(config, "input.file");
  fhrl_input_kind kind = (fhrl_input_kind)fhrl_config_int(config, "input.kind");
  if (kind == FHRL_INPUT_AUTO) kind = n_u == 0 ? FHRL_INPUT_NONE : *path ? FHRL_INPUT_RECORDED : FHRL_INPUT_CONSTANT;
  if (kind == FHRL_INPUT_RECORDED) return load(in, path, fhrl_config_int(config, "input.sequence"), n_u, err);
  const int modal = kind == FHRL_INPUT_SINES || kind == FHRL_INPUT_NOISE;
  const int modes = modal ? fhrl_config_int(config, "input.modes") : 0;
  const double amplitude = fhrl_config_real(config, "input.amplitude"), low = fhrl_config_real(config, "input.frequency");
  const double high = fhrl_config_real(config, "input.frequency_high"), slope = fhrl_config_real(config, "input.slope");
  if ((modal || kind == FHRL_INPUT_CHIRP) && high < low)
    return fhrl_fail(err, FHRL_ARG, "input.frequency_high = %g is below input.frequency = %g", high, low);
  double *value = malloc(((size_t)n_u * (modal ? 3 * (size_t)modes : 1) + 1) * sizeof *value);
  if (value == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d inputs", n_u);
  const fhrl_random at = {.seed = (uint32_t)fhrl_config_real(config, "input.seed"), .stream = FHRL_STREAM_INPUT};
  *in = (fhrl_input){.kind = kind, .n_u = n_u, .frequency = low, .modes = modes, .value = value};
  if (modal) {
    draw_modes(in, config, at);
    return FHRL_OK;
  }
  fhrl_random_normal(at, 0, (size_t)n_u, value);
  in->amplitude = amplitude;
  in->hold = fhrl_config_real(config, "input.hold");
  in->seed = at.seed;
  if (kind == FHRL_INPUT_LINEAR)
    in->slope = slope;
  else
    for (int i = 0; i < n_u; i++) value[i] *= amplitude;
  if (kind == FHRL_INPUT_CHIRP) in->slope = (high - low) / (2.0 * fhrl_config_real(config, "input.sweep"));
  return FHRL_OK;
}
