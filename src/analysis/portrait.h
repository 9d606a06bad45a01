// SPDX-License-Identifier: GPL-3.0-or-later
// portrait: a flow in a plane: directions, nullclines, orbits, equilibria, manifolds of saddles, level sets, spheres
//
// A system of two states fills its plane, and all that is drawn is exact. One of more states is cut by a plane through a
// base point, where its other components stay (as does its input, at t = 0): directions, nullclines, spheres and level sets
// belong to that cut, orbits, equilibria and manifolds are of all states, projected. `slice` holds the other components
// for good: two states with a flow of their own. What each plane means: portrait_plane.h.
#pragma once

#include <signal.h>

#include "analysis/equilibrium.h"
#include "ode/integrator.h"

extern const fhrl_field fhrl_portrait_fields[]; // keys of [portrait]
extern const int fhrl_portrait_field_count;

// Equilibria of more states than this are not sought: each of Newton's steps would factor a dense matrix of that size.
enum { FHRL_PORTRAIT_NEWTON_STATES = 300 };
enum { FHRL_PORTRAIT_NAME = 64, FHRL_PORTRAIT_TITLE = 512, FHRL_PORTRAIT_COLUMNS = 5 };

typedef enum fhrl_portrait_kind {
  FHRL_PORTRAIT_STATES, // two components of all
  FHRL_PORTRAIT_SLICE,  // two components, all others held
  FHRL_PORTRAIT_PCA,    // the two principal components of an ensemble of orbits
  FHRL_PORTRAIT_NORMS,  // rho = |y| and |A|_F (of slots |U'V|_F)
  FHRL_PORTRAIT_RADIAL, // rho and d rho/dt = yhat'dy/dt
} fhrl_portrait_kind;

typedef enum fhrl_portrait_base {
  FHRL_PORTRAIT_AUTO,
  FHRL_PORTRAIT_AT_EQUILIBRIUM,
  FHRL_PORTRAIT_AT_START,
  FHRL_PORTRAIT_AT_END,
  FHRL_PORTRAIT_AT_ZERO,
  FHRL_PORTRAIT_AT_MEAN,
  FHRL_PORTRAIT_AT_GIVEN,
} fhrl_portrait_base;

typedef struct fhrl_portrait_plan {
  fhrl_portrait_kind plane;
  const char *x, *y;                   // components of states and slice; empty: the first two; borrowed, as all texts
  fhrl_portrait_base base;
  const char *at;                      // "a,b,...": the base point where it is given
  double x_low, x_high, y_low, y_high; // window; low = high: what is to be seen
  int arrows, grid;                    // per side: of directions, of the grid that lines are traced on
  int colour, nullclines;              // arrows show their speed; nullclines are drawn
  int orbits;                          // besides the model's own
  int random;                          // 1: from random points of the window, 0: from points spread evenly
  const char *starts;                  // "a b; c d": points of the plane that orbits start from, too
  uint32_t seed;                       // of random starts, and of the ensemble of pca
  double spread;                       // of the ensemble: x0 + spread N(0, 1); 0: the model's own start from other seeds
  double arc, reach;                   // lengths in sides of the window: of those orbits, of manifolds
  int manifolds;
  int levels;                          // level sets, besides those through saddles; 0: none at all
  const char *observable;              // of the level sets; empty: energy or invariant, where no orbit climbs it
  fhrl_equilibrium_plan equilibria;
  const volatile sig_atomic_t *stop;   // not 0: it is to end; NULL: nobody says
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
  FHRL_PORTRAIT_ORBITS,      // x, y, t; from points of the window or the ensemble
  FHRL_PORTRAIT_OWN,         // the same, from the model's own start
  FHRL_PORTRAIT_RESTS,       // x, y, kind: 0 stable, 1 unstable, 2 saddle, 3 centre, 4 degenerate, 5 of a continuum
  FHRL_PORTRAIT_SPHERES,     // |y| = rho*, 1 and the bound, |A| = its bound: x, y, which (fhrl_portrait_sphere)
  FHRL_PORTRAIT_UNSTABLE,    // x, y, t: manifolds that leave saddles
  FHRL_PORTRAIT_STABLE,      // x, y, t < 0: manifolds that end in them
  FHRL_PORTRAIT_DIRECTIONS,  // x, y, dx, dy, eigenvalue: eigenvectors of saddles, one row each way
  FHRL_PORTRAIT_LEVELS,      // x, y, level of the observable
  FHRL_PORTRAIT_PROFILE,     // radial: x, y, which (fhrl_portrait_curve): curves over rho
  FHRL_PORTRAIT_LAYERS
} fhrl_portrait_layer;

typedef enum fhrl_portrait_sphere {
  FHRL_PORTRAIT_RHO_STAR,
  FHRL_PORTRAIT_UNIT,
  FHRL_PORTRAIT_BOUND,
  FHRL_PORTRAIT_A_BAR,
} fhrl_portrait_sphere;

typedef enum fhrl_portrait_curve {
  FHRL_PORTRAIT_RAY,   // the whole d rho/dt along the ray through the base point
  FHRL_PORTRAIT_HOME,  // of leak and homeostasis alone
  FHRL_PORTRAIT_ABOVE, // the most and the least that the drive can make of it
  FHRL_PORTRAIT_BELOW,
} fhrl_portrait_curve;

typedef struct fhrl_portrait {
  fhrl_portrait_kind kind;
  char name[2][FHRL_PORTRAIT_NAME];  // of a quantity: "y[0]", "pc1", "rho", "norm_A", "rho_dot"
  char label[2][FHRL_PORTRAIT_NAME]; // as people read it, with unit
  char speed[FHRL_PORTRAIT_NAME];    // label of the arrows' speed
  double low[2], high[2];
  int alike;       // 1 if both axes are drawn to one scale
  int colour;      // the plan's
  double rho_star; // radius that homeostasis attracts to; NaN if there is none or the plane does not show it
  double bound;    // rho <= bound in the end, theory 3c, 3d, 3f; NaN likewise
  double A_bar;    // |A| <= A_bar in the end, theory 3g; NaN likewise
  double share[2]; // pca: of the ensemble's variance; else NaN
  int runaways;    // pca: members of the ensemble that were followed only until they were far out
  char title[FHRL_PORTRAIT_TITLE];                          // the model
  char note[FHRL_PORTRAIT_TITLE], held[FHRL_PORTRAIT_TITLE]; // what is exact and what projected; where the cut lies
  char level[FHRL_PORTRAIT_NAME]; // observable of the level sets; empty: none
  int level_kept;                 // 1 if the flow keeps it, to rounding
  int curves, surfaces; // manifolds of saddles that are curves, and those of more dimensions, which are not drawn
  fhrl_portrait_rows layer[FHRL_PORTRAIT_LAYERS];
  fhrl_equilibria equilibria; // of a slice: of its two states
  const volatile sig_atomic_t *stop; // the plan's, while it is made
} fhrl_portrait;

// From [portrait] and [equilibria]; texts are borrowed from the configuration. Unless they were set,
// equilibria.starts, equilibria.deflated and the grid are lowered for many states, whose Newton steps cost their cube.
void fhrl_portrait_options(const fhrl_config *config, int states, fhrl_portrait_plan *out);

// FHRL_ARG for a map, a system of one state, a plane that this model does not have, unknown components or observables,
// malformed points; FHRL_NUMERIC for pca of an ensemble that does not spread; FHRL_NOMEM; FHRL_INTERRUPT. Orbits that end
// early are drawn so far.
fhrl_status fhrl_portrait_make(fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver,
  const fhrl_portrait_plan *plan, const double x0[], fhrl_portrait *out, fhrl_err *err);
void fhrl_portrait_free(fhrl_portrait *p); // leaves it zeroed

// One more row; FHRL_NOMEM. end: ends the line that was being drawn.
fhrl_status fhrl_portrait_add(fhrl_portrait_rows *rows, double x, double y, double dx, double dy, double value,
  fhrl_err *err);
fhrl_status fhrl_portrait_end(fhrl_portrait_rows *rows, fhrl_err *err);

fhrl_status fhrl_portrait_stopped(const fhrl_portrait *p, fhrl_err *err); // FHRL_INTERRUPT once it is to end
