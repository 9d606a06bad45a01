// SPDX-License-Identifier: GPL-3.0-or-later
// noise: the slot noise of one token: given, drawn, or none
#include "nn/noise.h"

#include "base/random.h"
#include "nn/kernel.h"

const fhrl_real *fhrl_noise_row(
  const fhrl_noise *noise, fhrl_tape *tape, int layer, int first, int b, int t)
{
  const fhrl_gpt_config *c = &tape->config;
  const size_t row = 2 * (size_t)c->r * (size_t)c->d;
  if (noise->given)
    return noise->given + (((size_t)layer * noise->sequences + first + b) * c->T + t) * row;
  if (noise->off || !(c->sigma > 0.0)) return NULL;
  const fhrl_random at = {.seed = noise->seed, .stream = FHRL_STREAM_NOISE, .step = noise->step,
    .layer = (uint32_t)layer, .sequence = (uint32_t)(first + b)};
  fhrl_real *out = tape->noise + (size_t)b * row;
  fhrl_random_normal_float(at, (size_t)t * row, row, tape->normal);
  fhrl_kernel_table()->rows_scale(row, c->sigma, tape->normal, out);
  return out;
}
