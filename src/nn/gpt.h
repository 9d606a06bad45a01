// SPDX-License-Identifier: GPL-3.0-or-later
// gpt: the Tiny-GPT with FH-RL layers: its configuration, its table of parameters, and where they are kept
//
// Letters of shapes, here and in every file of nn: B sequences, T tokens of a sequence, C = d channels, H
// heads, R = r rank slots, F = mlp * C, V vocabulary. Weights are (out, in), as on disk: y = x W^T + b.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/field.h"
#include "base/status.h"
#include "io/safetensors.h"
#include "nn/real.h"

// ---- configuration: the keys of [model], in the order of the table
#define FHRL_GPT_KEYS(K)                                                                           \
  K(int, vocabulary) K(int, d) K(int, heads) K(int, layers) K(int, T) K(int, mlp) K(int, tied)     \
  K(int, projections) K(int, r) K(double, alpha) K(double, beta) K(double, gamma) K(double, sigma) \
  K(int, feedback_gradient) K(int, biases) K(int, x_source) K(int, y_destination) K(int, wr_init)  \
  K(double, ema) K(int, fast_weights)

typedef struct fhrl_gpt_config {
#define K(type, name) type name;
  FHRL_GPT_KEYS(K)
#undef K
} fhrl_gpt_config;

enum { FHRL_GPT_OWN, FHRL_GPT_SHARED };                     // projections
enum { FHRL_GPT_DETACHED, FHRL_GPT_FULL, FHRL_GPT_STATE };  // feedback_gradient
enum { FHRL_GPT_STREAM, FHRL_GPT_LN };                      // x_source
enum { FHRL_GPT_TO_STREAM, FHRL_GPT_TO_NONE };              // y_destination: to none is a plain GPT
enum { FHRL_GPT_WR_UNIFORM, FHRL_GPT_WR_NORMAL, FHRL_GPT_WR_ORTHOGONAL, FHRL_GPT_WR_ZERO, FHRL_GPT_WR_IDENTITY };
enum { FHRL_GPT_FHRL, FHRL_GPT_HEBBIAN, FHRL_GPT_DELTA, FHRL_GPT_RETENTION }; // fast_weights (memory.h)
enum { FHRL_GPT_KEY_COUNT = 20, FHRL_GPT_LAYERS_MAX = 64 };
extern const fhrl_field fhrl_gpt_fields[FHRL_GPT_KEY_COUNT]; // names, defaults, ranges

// The defaults; the configuration from one number per key in table order, validated, and back.
// FHRL_ARG names the key, its value and what is allowed.
fhrl_gpt_config fhrl_gpt_default(void);
fhrl_status fhrl_gpt_configure(const double value[FHRL_GPT_KEY_COUNT], fhrl_gpt_config *out, fhrl_err *err);
void fhrl_gpt_values(const fhrl_gpt_config *config, double value[FHRL_GPT_KEY_COUNT]);
fhrl_status fhrl_gpt_validate(const fhrl_gpt_config *config, fhrl_err *err);

// ---- parameters: K(field, name on disk, rows, columns (0: a vector), initial value, present)
// Attention's weights and biases lie together, so that q, k, v are one product; FH-RL's likewise. A tensor's place in
// its list names its random numbers: a new one goes to the end.
#define FHRL_GPT_FRONT(K)                                                                          \
  K(tok, "tok.weight", V, C, NORMAL, 1)                                                            \
  K(pos, "pos.weight", T, C, NORMAL, 1)
#define FHRL_GPT_BLOCK(K)                                                                          \
  K(ln1_w, "ln1.weight", C, 0, ONE, 1)                                                             \
  K(ln1_b, "ln1.bias", C, 0, ZERO, 1)                                                              \
  K(wq, "wq.weight", C, C, NORMAL, 1)                                                              \
  K(wk, "wk.weight", C, C, NORMAL, 1)                                                              \
  K(wv, "wv.weight", C, C, NORMAL, 1)                                                              \
  K(bq, "wq.bias", C, 0, ZERO, BIAS)                                                                  \
  K(bk, "wk.bias", C, 0, ZERO, BIAS)                                                                  \
  K(bv, "wv.bias", C, 0, ZERO, BIAS)                                                                  \
  K(wo, "wo.weight", C, C, NORMAL, 1)                                                              \
  K(bo, "wo.bias", C, 0, ZERO, BIAS)                                                                  \
  K(wr, "wr.weight", C, C, REENTRY, FHRL)                                                             \
  K(fq, "fq.weight", C, C, NORMAL, OWN)                                                            \
  K(fk, "fk.weight", C, C, NORMAL, OWN)                                                            \
  K(fv, "fv.weight", C, C, NORMAL, OWN)                                                            \
  K(ln2_w, "ln2.weight", C, 0, ONE, 1)                                                             \
  K(ln2_b, "ln2.bias", C, 0, ZERO, 1)                                                              \
  K(fc1, "fc1.weight", F, C, NORMAL, 1)                                                            \
  K(b1, "fc1.bias", F, 0, ZERO, BIAS)                                                                 \
  K(fc2, "fc2.weight", C, F, NORMAL, 1)                                                            \
  K(b2, "fc2.bias", C, 0, ZERO, BIAS)                                                              \
  K(lnx_w, "lnf.weight", C, 0, ONE, LNX)                                                           \
  K(lnx_b, "lnf.bias", C, 0, ZERO, LNX)                                                            \
  K(fh, "fh.weight", C, C, NORMAL, HEBBIAN)                                                        \
  K(fx, "fx.weight", C, C, NORMAL, HEBBIAN)                                                        \
  K(lnm_w, "lnm.weight", C, 0, ONE, HEBBIAN)                                                       \
  K(lnm_b, "lnm.bias", C, 0, ZERO, HEBBIAN)                                                        \
  K(fs, "fs.weight", H, C, NORMAL, DELTA)                                                          \
  K(fg, "fg.weight", C, C, NORMAL, RETENTION)                                                      \
  K(fo, "fo.weight", C, C, NORMAL, OUT)
#define FHRL_GPT_BACK(K)                                                                           \
  K(lnf_w, "lnf.weight", C, 0, ONE, 1)                                                             \
  K(lnf_b, "lnf.bias", C, 0, ZERO, 1)                                                              \
  K(head, "head.weight", V, C, NORMAL, UNTIED)

#define K(field, name, rows, columns, init, present)                                                       \
  fhrl_real *field; // (rows, columns), borrowed; NULL if absent
typedef struct fhrl_gpt_layer {
  FHRL_GPT_BLOCK(K)
} fhrl_gpt_layer;
// Pointers into one arena; parameters, gradients and moments all have this form and the same offsets.
typedef struct fhrl_gpt_params {
  FHRL_GPT_FRONT(K)
  fhrl_gpt_layer layer[FHRL_GPT_LAYERS_MAX];
  FHRL_GPT_BACK(K)
} fhrl_gpt_params;
#undef K

typedef enum fhrl_gpt_start {
  FHRL_GPT_ZERO,
  FHRL_GPT_ONE,
  FHRL_GPT_NORMAL,
  FHRL_GPT_REENTRY // as wr_init says
} fhrl_gpt_start;

// One tensor of the table, with the layer's number in its name: "blocks.0.wr.weight".
typedef struct fhrl_gpt_tensor {
  char name[40];
  int rank;
  size_t shape[2], count, offset; // offset: elements from the start of an arena
  fhrl_gpt_start init;
  uint32_t layer, row;            // identity for the random numbers: layer (2^32-1: none), row of its table
} fhrl_gpt_tensor;

// The tensors of a valid configuration in order of their offsets, without gaps. tensors may be NULL (to
// count);
// returns how many, *total (or NULL) receives the number of parameters.
int fhrl_gpt_layout(const fhrl_gpt_config *config, fhrl_gpt_tensor tensors[], size_t *total);
enum { FHRL_GPT_TENSORS_MAX = 5 + 29 * FHRL_GPT_LAYERS_MAX };

// Pointers into an arena of *total elements.
void fhrl_gpt_bind(const fhrl_gpt_config *config, fhrl_real *arena, fhrl_gpt_params *out);

// ---- a network: configuration and weights; open, freed by fhrl_gpt_free, which leaves it zeroed
typedef struct fhrl_gpt {
  fhrl_gpt_config config;
  size_t count;           // parameters
  int step;               // of the training that made the weights; 0: none, or not known
  fhrl_real *weights;     // (count), owned, 64-byte aligned
  fhrl_gpt_params params; // pointers into weights
} fhrl_gpt;

// A network with all weights zero. FHRL_ARG for a configuration that fhrl_gpt_validate refuses, FHRL_NOMEM.
fhrl_status fhrl_gpt_init(const fhrl_gpt_config *config, fhrl_gpt *out, fhrl_err *err);
void fhrl_gpt_free(fhrl_gpt *gpt);

// Initial weights from stream INIT of the seed: N(0, 0.02), biases 0, gains 1; W_r as wr_init says: uniform in
// +-1/sqrt(C), N(0, 0.02), orthogonal (the rows of a normal matrix, orthonormalised), zero, or the identity.
void fhrl_gpt_randomize(fhrl_gpt *gpt, uint32_t seed);

// The tensor that element `index` of an arena belongs to: for messages.
fhrl_gpt_tensor fhrl_gpt_locate(const fhrl_gpt_config *config, size_t index);

// A tensor of an arena as an entry for a safetensors file; borrows name, t and arena.
fhrl_tensor fhrl_gpt_describe(const fhrl_gpt_tensor *t, const char *name, const fhrl_real *arena);

// ---- files: checkpoint.safetensors, tensors by their names, __metadata__ format = "fhrl", model.* keys, train.step
// Reads a checkpoint: the file, or the one in the folder `path`; F32 or F64; keys that are absent take their
// defaults. FHRL_FORMAT for keys that make no network, for a tensor that is missing, unknown or of another shape (both named),
// FHRL_NUMERIC for a weight that is not finite, FHRL_IO. *out is to be freed.
fhrl_status fhrl_gpt_load(const char *path, fhrl_gpt *out, fhrl_err *err);

// The weights alone; the file is old or new, never torn. FHRL_IO, FHRL_NOMEM.
fhrl_status fhrl_gpt_save(const fhrl_gpt *gpt, const char *path, fhrl_err *err);
