// SPDX-License-Identifier: GPL-3.0-or-later
// random: counter-based random numbers (Philox4x32-10; Salmon et al., SC 2011; Random123)
//
// A number is a pure function of (seed, stream) and of where it is used: (step, layer, sequence, index).
// Nothing is carried from one draw to the next, so a resumed run, another number of threads or another
// order of evaluation draws the same numbers.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum fhrl_stream {
  FHRL_STREAM_INIT,     // initial weights
  FHRL_STREAM_DATA,     // order of the training data
  FHRL_STREAM_NOISE,    // slot noise, (2)-(3)
  FHRL_STREAM_PROBE,    // probe bytes
  FHRL_STREAM_MATRICES, // matrices of a model
  FHRL_STREAM_INPUT,    // inputs u(t)
  FHRL_STREAM_START,    // initial states
  FHRL_STREAM_NULL,     // surrogate data of the nulls
  FHRL_STREAM_SAMPLE,   // bytes drawn from a network
} fhrl_stream;

// Names one sequence of numbers; the index within it counts from 0.
typedef struct fhrl_random {
  uint32_t seed;
  fhrl_stream stream;
  uint32_t step, layer, sequence;
} fhrl_random;

// out[i] = number of index first + i: uniform in [0, 1) with 53 bits, or standard normal (Box-Muller: a pair
// of indices (2k, 2k+1) shares two uniforms). first must be even for normals. Cannot fail.
void fhrl_random_uniform(fhrl_random at, size_t first, size_t n, double out[]);
void fhrl_random_normal(fhrl_random at, size_t first, size_t n, double out[]);

// The same for noise by the million: standard normals in float, any `first`. Number i comes from block
// 64 (i / 256) + i % 64: its words 2 p and 2 p + 1 give the radius and the angle of a Box-Muller pair, p = i / 128 % 2,
// whose cosine is meant if i / 64 is even and whose sine if it is odd. Tails end at 6.8. A sequence is read either with this
// or with the functions above: they share blocks.
void fhrl_random_normal_float(fhrl_random at, size_t first, size_t n, float out[]);

// A whole number in 0 .. bound-1 (bound in 1 .. 2^32), from the uniform of that index.
uint32_t fhrl_random_below(fhrl_random at, size_t index, uint64_t bound);

// The raw block, for the known-answer test of Random123: key (seed, stream), counter (step, layer, sequence, index).
void fhrl_random_block(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]);
