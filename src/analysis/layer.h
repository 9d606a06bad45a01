// SPDX-License-Identifier: GPL-3.0-or-later
// layer: one FH-RL layer of a checkpoint, in double, and the systems built from it
//
// A checkpoint is read by its tensors' names alone: the network's code is not needed. Slot noise is a matter of training
// and does not enter here.
#pragma once

#include "base/config.h"
#include "base/status.h"
#include "ode/system.h"

// Shapes (d, d) and (d), row-major (out, in): projected = W x + b.
typedef struct fhrl_layer {
  int index, layers; // this layer, and how many the network has; from 0
  int d, r;
  double alpha, beta, gamma;
  double *W_q, *W_k, *W_v, *W_r; // borrowed from store
  double *b_q, *b_k, *b_v;       // borrowed from store; zero unless the layer shares the attention's projections
  double *store;                 // owned
} fhrl_layer;

// How fast U and V follow: alpha, or -ln(1 - alpha) (theory 2b).
typedef enum fhrl_layer_rate { FHRL_LAYER_PAPER, FHRL_LAYER_EXACT } fhrl_layer_rate;

// Path of a run's checkpoint: RUN itself if it is no folder, else RUN/checkpoint.safetensors.
fhrl_status fhrl_layer_path(const char *run, char path[FHRL_PATH_SIZE], fhrl_err *err);

// The folder that a run's results go below: RUN itself, or the one that its file lies in.
fhrl_status fhrl_layer_home(const char *run, char home[FHRL_PATH_SIZE], fhrl_err *err);

// Reads layer `index` of a run (a folder with checkpoint.safetensors, or a .safetensors file). Keys that its metadata
// lacks have their defaults. FHRL_ARG: no such layer; FHRL_IO, FHRL_FORMAT: unreadable, malformed, a tensor that is
// missing or has another shape (file, tensor and both shapes are named); FHRL_NUMERIC: a weight is not finite.
fhrl_status fhrl_layer_load(const char *run, int index, fhrl_layer *out, fhrl_err *err);
void fhrl_layer_free(fhrl_layer *layer); // leaves it zeroed

// Lets the keys of [model] that the user set (r, alpha, beta, gamma) replace the layer's own, so that `fhrl_layer` can be
// studied off its checkpoint's values. FHRL_ARG if a given d is not the checkpoint's, or for values
// that a network may have and a flow not.
fhrl_status fhrl_layer_override(fhrl_layer *layer, const fhrl_config *config, fhrl_err *err);

// The same layer with one slot. From U = V = 0 all r slots stay equal (theory 3h), so w = r u (v . W_v x) with the one
// row u, v: r = 1 with r W_v, r b_v is the same system with d + 2d states instead of d + 2rd. *out owns its copies.
fhrl_status fhrl_layer_collapse(const fhrl_layer *layer, fhrl_layer *out, fhrl_err *err);

// The flow `fhrl_layer` with these weights at the rate c of y [1/token]. *out owns copies of them.
fhrl_status fhrl_layer_bind(const fhrl_layer *layer, double c, fhrl_layer_rate rate, fhrl_system **out, fhrl_err *err);

// 1 if a model is a layer of the network: it has a layer's matrices and its d, r, alpha, beta and gamma, by name.
int fhrl_layer_fits(const fhrl_model *model);

// A model that fits, with these weights and the parameters of a resolved [model] section, whose d, r, alpha, beta and gamma
// become the layer's own. *out owns copies. FHRL_ARG if the model refuses them.
fhrl_status fhrl_layer_create(const fhrl_layer *layer, const fhrl_model *model, fhrl_config *config, fhrl_system **out,
  fhrl_err *err);
