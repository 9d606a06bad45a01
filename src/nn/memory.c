// SPDX-License-Identifier: GPL-3.0-or-later
// memory: the layer of fast weights behind attention, of the kind that model.fast_weights names
#include "nn/memory.h"

#include "nn/arena.h"
#include "nn/delta.h"
#include "nn/hebbian.h"
#include "nn/retention.h"

// The controls, by their number in the table of keys; fhrl itself has arrays, noise and packed weights of its own.
static const struct control {
  size_t (*kept)(const fhrl_gpt_config *config), (*carried)(const fhrl_gpt_config *config);
  void (*forward)(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights);
  void (*backward)(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights, const fhrl_gpt_layer *grads);
  void (*token)(const fhrl_gpt_config *config, const fhrl_gpt_layer *weights, const fhrl_real *x, fhrl_real *state,
    fhrl_real *scratch, fhrl_real *y);
} controls[] = {
#define C(name) {fhrl_##name##_kept, fhrl_##name##_carried, fhrl_##name##_forward, fhrl_##name##_backward, fhrl_##name##_token}
  [FHRL_GPT_HEBBIAN] = C(hebbian),
  [FHRL_GPT_DELTA] = C(delta),
  [FHRL_GPT_RETENTION] = C(retention),
#undef C
};
enum { SCRATCH = 7 }; // rows of C that any token() may use

static const struct control *control_of(const fhrl_gpt_config *config)
{
  return config->fast_weights == FHRL_GPT_FHRL ? NULL : &controls[config->fast_weights];
}

size_t fhrl_memory_kept(const fhrl_gpt_config *config)
{
  const struct control *c = control_of(config);
  return c ? c->kept(config) : 0;
}

void fhrl_memory_forward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights,
  const fhrl_fhrl_packed *packed, const fhrl_noise *noise, int first)
{
  const struct control *c = control_of(&tape->config);
  if (c)
    c->forward(tape, index, weights);
  else
    fhrl_fhrl_forward(tape, index, weights, packed, noise, first);
}

void fhrl_memory_backward(fhrl_tape *tape, int index, const fhrl_gpt_layer *weights,
  const fhrl_fhrl_packed *packed, const fhrl_gpt_layer *grads)
{
  const struct control *c = control_of(&tape->config);
  if (c)
    c->backward(tape, index, weights, grads);
  else
    fhrl_fhrl_backward(tape, index, weights, packed, grads);
}

void fhrl_memory_bind(const fhrl_gpt_config *config, fhrl_real *base, size_t *cursor, fhrl_memory *out)
{
  const struct control *c = control_of(config);
  const size_t C = (size_t)config->d;
  *out = (fhrl_memory){.carried = c ? c->carried(config) : fhrl_fhrl_carried(config)};
  out->state = fhrl_arena_cut(base, cursor, out->carried);
  if (c) {
    out->y = fhrl_arena_cut(base, cursor, C);
    out->scratch = fhrl_arena_cut(base, cursor, SCRATCH * C + 2);
  } else {
    fhrl_fhrl_memory_bind(config, out->state, base, cursor, &out->fhrl);
    out->y = out->fhrl.y;
  }
}

void fhrl_memory_token(
  const fhrl_gpt_config *config, const fhrl_gpt_layer *weights, const fhrl_real *h1, const fhrl_memory *memory)
{
  const struct control *c = control_of(config);
  if (c)
    c->token(config, weights, h1, memory->state, memory->scratch, memory->y);
  else
    fhrl_fhrl_token(config, weights, h1, &memory->fhrl);
}
