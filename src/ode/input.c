// SPDX-License-Identifier: GPL-3.0-or-later
// input: u(t), what drives a system from outside
#include "ode/input.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

static const double two_pi = 6.283185307179586476925286766559; // 2 pi

const fhrl_field fhrl_input_fields[] = {
  {"kind", FHRL_INPUT_AUTO, "", "what drives the system; auto: recorded if a file is given, else constant", FHRL_CHOICE,
   .choices = "auto|none|constant|sine|recorded|linear|sines|chirp|noise|held"},
  {"amplitude", 0.5, "1", "size of u: this times N(0, 1), drawn once for every channel; of noise its standard deviation", FHRL_REAL},
  {"frequency", 0.1, "1/time", "of a sine, cycles per unit of model time; the lowest of sines, a chirp or noise", FHRL_REAL, 0.0,
   1e6},
  {"frequency_high", 1.0, "1/time", "the highest of sines, a chirp or noise", FHRL_REAL, 0.0, 1e6},
  {"slope", 0.0, "1/time", "of linear: u is (amplitude + slope t) N(0, 1)", FHRL_REAL},
  {"sweep", 100.0, "time", "of a chirp: when it reaches frequency_high", FHRL_REAL, 0.0, 1e12, FHRL_OPEN_LOW},
  {"hold", 1.0, "time", "of held: how long a value lasts before the next one is drawn", FHRL_REAL, 0.0, 1e12, FHRL_OPEN_LOW},
  {"modes", 32.0, "1", "sines that are added up, or that make up noise", FHRL_INT, 1.0, 65536.0},
  {"seed", 1.0, "", "seed of the amplitudes", FHRL_INT, 0.0, 4294967295.0},
  {"file", 0.0, "", "recorded input: a file of `fhrl probe` with x_pre (probe, token, channel); its last token is held on after the end",
    FHRL_PATH},
  {"sequence", 0.0, "", "which of the recorded sequences (probe)", FHRL_INT, 0.0, 2147483647.0},
};
const int fhrl_input_field_count = (int)(sizeof fhrl_input_fields / sizeof fhrl_input_fields[0]);

fhrl_status fhrl_input_hold(fhrl_input *in, int tokens, int n_u, const double value[], fhrl_err *err)
{
  assert(tokens > 0 && n_u >= 0);
  const size_t count = (size_t)tokens * (size_t)n_u;
  double *copy = malloc((count + 1) * sizeof *copy);
  if (copy == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for an input of %d tokens", tokens);
  for (size_t i = 0; i < count; i++) {
    if (!isfinite(value[i])) {
      free(copy);
      return fhrl_fail(err, FHRL_NUMERIC, "input of token %zu, channel %zu is %g", i / (size_t)n_u, i % (size_t)n_u, value[i]);
    }
    copy[i] = value[i];
  }
  *in = (fhrl_input){.kind = FHRL_INPUT_RECORDED, .n_u = n_u, .tokens = tokens, .value = copy};
  return FHRL_OK;
}

void fhrl_input_free(fhrl_input *in)
{
  free(in->value);
  memset(in, 0, sizeof *in);
}

static double modes_at(int modes, const double mode[], double t)
{
  double sum = 0.0;
  for (int k = 0; k < modes; k++) sum += mode[3 * k] * sin(mode[3 * k + 1] * t + mode[3 * k + 2]);
  return sum;
}

// The token that holds at t; the first one before the recording, the last one after it.
static int token(const fhrl_input *in, double t)
{
  if (!(t >= 1.0)) return 0;
  return t >= in->tokens ? in->tokens - 1 : (int)t;
}

// The last k >= 0 with k hold <= t, as the times themselves round; of intervals that cannot be told apart, some one.
static double interval(const fhrl_input *in, double t)
{
  const double k_max = 9007199254740992.0; // 2^53
  double k = fmax(0.0, floor(t / in->hold));
  if (!(k < k_max)) return k_max;
  while (k > 0.0 && k * in->hold > t) k--;
  while ((k + 1.0) * in->hold <= t) k++;
  return k;
}

void fhrl_input_at(const fhrl_input *in, double t, double u[])
{
  switch (in->kind) {
  case FHRL_INPUT_AUTO:
  case FHRL_INPUT_NONE:
    for (int i = 0; i < in->n_u; i++) u[i] = 0.0;
    break;
  case FHRL_INPUT_CONSTANT:
    for (int i = 0; i < in->n_u; i++) u[i] = in->value[i];
    break;
  case FHRL_INPUT_SINE: {
    const double phase = sin(two_pi * in->frequency * t);
    for (int i = 0; i < in->n_u; i++) u[i] = in->value[i] * phase;
    break;
  }
  case FHRL_INPUT_LINEAR:
    for (int i = 0; i < in->n_u; i++) u[i] = in->value[i] * (in->amplitude + in->slope * t);
    break;
  case FHRL_INPUT_CHIRP: {
    const double phase = sin(two_pi * (in->frequency + in->slope * t) * t);
    for (int i = 0; i < in->n_u; i++) u[i] = in->value[i] * phase;
    break;
  }
  case FHRL_INPUT_SINES:
  case FHRL_INPUT_NOISE:
    for (int i = 0; i < in->n_u; i++) u[i] = modes_at(in->modes, in->value + 3 * (size_t)i * (size_t)in->modes, t);
    break;
  case FHRL_INPUT_HELD: {
    const uint64_t k = (uint64_t)interval(in, t);
    const fhrl_random at = {.seed = in->seed, .stream = FHRL_STREAM_INPUT, .step = (uint32_t)k, .layer = (uint32_t)(k >> 32)};
    fhrl_random_normal(at, 0, (size_t)in->n_u, u);
    for (int i = 0; i < in->n_u; i++) u[i] *= in->amplitude;
    break;
  }
  case FHRL_INPUT_RECORDED: {
    const double *held = in->value + (size_t)token(in, t) * (size_t)in->n_u;
    for (int i = 0; i < in->n_u; i++) u[i] = held[i];
    break;
  }
  }
}

int fhrl_input_varies(const fhrl_input *in) 
{
  return in->kind == FHRL_INPUT_SINE || in->kind == FHRL_INPUT_LINEAR || in->kind == FHRL_INPUT_SINES ||
         in->kind == FHRL_INPUT_CHIRP || in->kind == FHRL_INPUT_NOISE;
}

double fhrl_input_break(const fhrl_input *in, double t)
{
  if (in->kind == FHRL_INPUT_HELD) return fmax((interval(in, t) + 1.0) * in->hold, nextafter(t, HUGE_VAL));
  if (in->kind != FHRL_INPUT_RECORDED || token(in, t) == in->tokens - 1) return HUGE_VAL;
  return token(in, t) + 1.0;
}

double fhrl_input_end(const fhrl_input *in) { return in->kind == FHRL_INPUT_RECORDED ? (double)in->tokens : HUGE_VAL; }
