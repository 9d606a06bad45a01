// SPDX-License-Identifier: GPL-3.0-or-later
// portrait: a flow in the plane of two of its components: directions, nullclines, orbits, equilibria
//
// A system of more than two states is cut by the plane through a base point, where its other components stay (as does
// its input, at t = 0): directions and nullclines belong to that cut, orbits and equilibria are projected onto it.
#pragma once

#include "analysis/equilibrium.h"
#include "ode/integrator.h"

extern const fhrl_field fhrl_portrait_fields[]; // keys of [portrait]
extern const int fhrl_portrait_field_count;

// Equilibria of more states than this are not sought: each of Newton's steps would factor a dense matrix of that size.
enum { FHRL_PORTRAIT_NEWTON_STATES = 300 };
enum { FHRL_PORTRAIT_NAME = 64, FHRL_PORTRAIT_TITLE = 512, FHRL_PORTRAIT_COLUMNS = 5 };

typedef enum fhrl_portrait_base { FHRL_PORTRAIT_AT_EQUILIBRIUM, FHRL_PORTRAIT_AT_START, FHRL_PORTRAIT_AT_ZERO }
  fhrl_portrait_base;

typedef struct fhrl_portrait_plan {
  char x[FHRL_PORTRAIT_NAME], y[FHRL_PORTRAIT_NAME]; // components; empty: the first two
  double x_low, x_high, y_low, y_high;               // window; low = high: what is to be seen
  int arrows, grid;                                  // per side: of directions, of the nullclines' grid
  int orbits;                                        // from points of the window, besides the model's own start
  double arc;                                        // their length, in sides of the window
  fhrl_portrait_base base;
  fhrl_equilibrium_plan equilibria;
} fhrl_portrait_plan;

// Rows of the table of a layer: x, y and what the layer adds; a NaN row ends a line.
typedef struct fhrl_portrait_rows {
  double *value; // owned; (count, FHRL_PORTRAIT_COLUMNS)
  int count, room;
} fhrl_portrait_rows;

typedef enum fhrl_portrait_layer {
  FHRL_PORTRAIT_FIELD,       // x, y of the tail, dx, dy to the head, speed
  FHRL_PORTRAIT_NULL_ACROSS, // where dx/dt = 0
  FHRL_PORTRAIT_NULL_UP,     // where dy/dt = 0
  FHRL_PORTRAIT_ORBITS,      // x, y, NaN, NaN, t; from points of the window
  FHRL_PORTRAIT_OWN,         // the same, from the model's own start
  FHRL_PORTRAIT_RESTS,       // x, y, NaN, NaN, kind: 0 stable, 1 unstable, 2 saddle, 3 centre, 4 degenerate
  FHRL_PORTRAIT_CIRCLES,     // of radius rho* and 1, where the plane lies in y: x, y, NaN, NaN, radius
  FHRL_PORTRAIT_LAYERS
} fhrl_portrait_layer;

typedef struct fhrl_portrait {
  int component[2];
  char name[2][FHRL_PORTRAIT_NAME], unit[2][FHRL_PORTRAIT_NAME];
  double low[2], high[2];
  int alike;       // 1 if both axes are components of one block: drawn to one scale
  double rho_star; // radius of the first circle; NaN if there is none
  char title[FHRL_PORTRAIT_TITLE], note[FHRL_PORTRAIT_TITLE]; // the model; where the cut lies
  fhrl_portrait_rows layer[FHRL_PORTRAIT_LAYERS];
  fhrl_equilibria equilibria;
} fhrl_portrait;

void fhrl_portrait_options(const fhrl_config *config, fhrl_portrait_plan *out); // from [portrait] and [equilibria]

// FHRL_ARG for a map, a system of one state, an unknown component; FHRL_NOMEM. Orbits that end early are drawn so far.
fhrl_status fhrl_portrait_make(fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  const fhrl_portrait_plan *plan, const double x0[], fhrl_portrait *out, fhrl_err *err);
void fhrl_portrait_free(fhrl_portrait *p); // leaves it zeroed

// One more row; FHRL_NOMEM. end: ends the line that was being drawn.
fhrl_status fhrl_portrait_add(fhrl_portrait_rows *rows, double x, double y, double dx, double dy, double value,
  fhrl_err *err);
fhrl_status fhrl_portrait_end(fhrl_portrait_rows *rows, fhrl_err *err);
