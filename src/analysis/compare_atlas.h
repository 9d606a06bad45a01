// SPDX-License-Identifier: GPL-3.0-or-later
// compare_atlas: where, over (gamma, beta) and over (gamma, h), ladder and flow of a layer end on the same attractor
//
// A cell: the layer at its gamma, beta and step h (h = 1: the network), u frozen at one recorded token, both sides from
// y = 0, U = V = 0 for 300 tokens. Where the flow has come to rest and the map has not, the map's leading multiplier at the
// flow's equilibrium says how it was lost. What a side that does not rest does instead is not looked into.
#pragma once

#include "analysis/layer.h"
#include "base/config.h"
#include "base/progress.h"
#include "io/json.h"
#include "nn/team.h"

typedef enum fhrl_compare_atlas_class {
  FHRL_COMPARE_ATLAS_SAME,      // both rest, at one state
  FHRL_COMPARE_ATLAS_FLIP,      // the flow rests; the map has lost its equilibrium: leading multiplier below -1
  FHRL_COMPARE_ATLAS_NS,        // likewise, a complex pair outside the unit circle
  FHRL_COMPARE_ATLAS_ELSEWHERE, // the flow rests, and the map would rest there, but has gone elsewhere, or is slow
  FHRL_COMPARE_ATLAS_DIFFERENT, // both rest, at different states
  FHRL_COMPARE_ATLAS_MAP_RESTS, // the map rests, the flow does not
  FHRL_COMPARE_ATLAS_NONE,      // neither rests
  FHRL_COMPARE_ATLAS_FAILED,    // could not be computed
  FHRL_COMPARE_ATLAS_CLASSES,
} fhrl_compare_atlas_class;
extern const char *const fhrl_compare_atlas_names[FHRL_COMPARE_ATLAS_CLASSES];

enum { FHRL_COMPARE_ATLAS_PLANES = 2 }; // (gamma, beta) at h = 1, and (gamma, h) at the layer's own beta

typedef struct fhrl_compare_atlas_cell {
  int done;
  fhrl_compare_atlas_class is;
  double gamma, beta, h;
  double rho_flow, rho_map; // |y| at the end
  double re, im;            // the map's leading multiplier at the flow's equilibrium; NaN where it was not asked for
} fhrl_compare_atlas_cell;

typedef struct fhrl_compare_atlas {
  int points;                    // a side of a plane
  double key;                    // of weights and input: cells of another layer are not taken over
  fhrl_compare_atlas_cell *cell; // owned: (planes, points, points), gamma runs last
} fhrl_compare_atlas;

// The grid: gamma 0 .. gamma_max, beta above 0 up to 1, h 1/2 .. 4 by equal ratios. FHRL_NOMEM.
fhrl_status fhrl_compare_atlas_init(fhrl_compare_atlas *a, const fhrl_layer *layer, const double u[], int points,
  double gamma_max, fhrl_err *err);
void fhrl_compare_atlas_free(fhrl_compare_atlas *a); // leaves it zeroed

// Takes over the cells of a file that run left. One that is absent, or of another grid or layer, is no loss: its cells are computed
// anew.
void fhrl_compare_atlas_take(fhrl_compare_atlas *a, const char *part);

// One cell of a layer with one slot under u (d): everything from its gamma, beta and h. FHRL_INTERRUPT, FHRL_NOMEM; what cannot
// be computed is a class.
fhrl_status fhrl_compare_atlas_look(const fhrl_layer *layer, fhrl_layer_rate rate, const double u[],
  fhrl_compare_atlas_cell *cell, fhrl_err *err);

// Computes the cells that are not done, row by row, on the team; after each row they are saved to `part`, from which the cells
// of an earlier run are first taken over. layer has one slot. progress counts cells. FHRL_INTERRUPT says how far it got.
fhrl_status fhrl_compare_atlas_run(fhrl_compare_atlas *a, const fhrl_layer *layer, fhrl_layer_rate rate, const double u[],
  fhrl_team *team, fhrl_progress *progress, const char *part, fhrl_err *err);

// A block per plane; and counts of each class.
fhrl_status fhrl_compare_atlas_save(const fhrl_compare_atlas *a, const char *path, fhrl_err *err);
void fhrl_compare_atlas_report(const fhrl_compare_atlas *a, int layer, fhrl_json *object);
