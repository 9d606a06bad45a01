// SPDX-License-Identifier: GPL-3.0-or-later
// model: the one interface of flows dx/dt = rhs(t, x, u) and maps x' = step(t, x, u)
//
// A model is one .c file with one const descriptor. Everything else (configuration keys, --set, `fhrl models`, columns
// and units of files, the integrator, the contract tests) asks only the descriptor. A model's file includes this header
// alone and needs no symbol of the program.
//
// A file of your own, such as `fhrl models --template mine` writes, is compiled by the program when it is named as MODEL:
// `fhrl simulate ./mine.c` looks for fhrl_model_mine in it.
#pragma once

#include <math.h>
#include <stddef.h>

#include "base/field.h"
#include "ode/lanes.h"
#include "ode/wide.h"

enum { FHRL_BLOCK_MAX = 8, FHRL_MATRIX_MAX = 12, FHRL_CHECK_MAX = 8, FHRL_EVENT_MAX = 8 };

#define FHRL_PI 3.14159265358979323846

typedef struct fhrl_model fhrl_model;

typedef struct fhrl_shape {
  int rows, cols; // a vector has cols = 1
} fhrl_shape;

// What depends on the parameters. dims() is called with every state shape preset to 1 x 1, matrices to 0 x 0, functions of
// an event to 1, the rest 0.
typedef struct fhrl_dims {
  fhrl_shape state[FHRL_BLOCK_MAX];   // of each block of the state table; n is the sum of rows x cols
  fhrl_shape matrix[FHRL_MATRIX_MAX]; // of each matrix of the matrix table
  int event[FHRL_EVENT_MAX];          // functions of each event of the event table
  int n_u;                            // inputs
  int n_work;                         // doubles of scratch that the callbacks may use
} fhrl_dims;

// A bound model: what callbacks get. One per thread (work is written to).
typedef struct fhrl_system {
  const fhrl_model *model;
  int n;                  // states
  const double *p;        // (n_param) scalar parameters in table order (integers, choices and flags too)
  const double *const *m; // matrices, row-major, in table order, borrowed
  const double *u;        // (n_u) input at t, set by the caller of a callback
  double *work;           // (n_work) scratch, zero at first; nobody else writes to it between calls
  fhrl_cpu cpu;           // vector instructions that the callbacks may use (wide.h)
  fhrl_dims dims;
} fhrl_system;

// A matrix parameter. Unless given, its entries are drawn N(0, scale^2 / cols); the key NAME_scale (lower case) sets scale.
typedef struct fhrl_matrix {
  const char *name;
  double scale; // default of the key; 0: zeros
  const char *meaning;
} fhrl_matrix;

// A named part of the right-hand side. rhs is the sum of the terms: the auditor of the Lyapunov argument and the
// report of a non-finite right-hand side both ask for them one by one.
typedef struct fhrl_term {
  const char *name;    // such as "homeostasis"
  const char *meaning; // its formula
} fhrl_term;

// Where one of its functions g(t, x) changes sign the integrator stops, notes it, and restarts: kinks of the right-hand
// side, crossings of a section, poles. A function that stays 0 has not changed its sign.
typedef struct fhrl_event {
  const char *name;
  int direction; // 1: only where g rises; -1: only where it falls; 0: both
  int terminal;  // 1: the integration ends there
  const char *meaning;
} fhrl_event;

typedef enum fhrl_check_kind {
  FHRL_CHECK_EQUILIBRIUM, // rhs(x) = 0 (or step(x) = x) at the defaults, to tol (absolute)
  FHRL_CHECK_DIVERGENCE,  // trace of the Jacobian = value at every x, to tol
} fhrl_check_kind;

typedef struct fhrl_check {
  fhrl_check_kind kind;
  double x[FHRL_CHECK_MAX]; // a point; components beyond are 0
  double value, tol;
  const char *why;
} fhrl_check;

// Callbacks return 0, > 0 if the step may be retried with a smaller one, < 0 if it cannot (CVODE's convention).
typedef int fhrl_model_field(const fhrl_system *s, double t, const double x[], double out[]);
typedef int fhrl_model_jvp(const fhrl_system *s, double t, const double x[], const double v[], double Jv[]);
// rhs of FHRL_LANES trajectories side by side (lanes.h).
typedef void fhrl_model_lanes(const fhrl_system *s, const double t[], const double x[], double dx[]);

struct fhrl_model {
  const char *name, *summary, *reference, *time_unit;
  const fhrl_field *state; // blocks: name, default of every entry, unit, meaning
  int n_state;
  const fhrl_field *param; // scalar parameters: keys of [model]
  int n_param;
  const fhrl_field *obs; // scalar observables
  int n_obs;
  const fhrl_matrix *matrix;
  int n_matrix;
  const fhrl_term *term;
  int n_term;
  const fhrl_event *event;
  int n_event;
  const fhrl_check *check; // facts that the contract tests verify
  int n_check;
  void (*dims)(const double p[], fhrl_dims *out); // NULL: scalar states, no matrices, no input
  // Reason why these parameters cannot work together (static text), or NULL. The member may be NULL.
  const char *(*refuse)(const double p[]);
  // x0 from n standard normals; NULL: every entry at the default of its block.
  void (*start)(const fhrl_system *s, const double normal[], double x0[]);
  // Reason why no trajectory may start at x0 (a point where the field jumps), or NULL. The member may be NULL.
  const char *(*refuse_start)(const fhrl_system *s, const double x0[]);
  fhrl_model_field *rhs;     // a flow
  fhrl_model_field *step;    // a map (a model has at least one of the two)
  fhrl_model_jvp *jvp;       // exact Jacobian of rhs (of step where there is no rhs) times v; NULL: by differences
  int (*split)(const fhrl_system *s, int term, double t, const double x[], double dx[]); // one term of rhs
  fhrl_model_field *observe; // (n_obs) observables
  fhrl_model_field *events;  // every function of every event, in table order; a model has it if it has an event table
  // Optional: rhs for ensembles, (FHRL_LEVELS) by level of base/cpu.h, as FHRL_LANES_OF makes them; and whether it serves
  // these parameters (NULL: all).
  fhrl_model_lanes *const *lanes;
  int (*lanes_fit)(const double p[]);
};

// Raised whenever a model compiled before would be misread; the sizes catch what was forgotten.
enum { FHRL_MODEL_INTERFACE = 1, FHRL_MODEL_LAYOUT_COUNT = 8 };
#define FHRL_MODEL_LAYOUT                                                                          \
  {FHRL_MODEL_INTERFACE, (int)sizeof(fhrl_model), (int)sizeof(fhrl_field), (int)sizeof(fhrl_system),                      \
    (int)sizeof(fhrl_dims), (int)sizeof(fhrl_matrix) + 256 * (int)sizeof(fhrl_term), (int)sizeof(fhrl_event),             \
    (int)sizeof(fhrl_check)}
#ifdef FHRL_USER_MODEL // a library that the program loads says which interface it was compiled for
extern const int fhrl_model_interface[FHRL_MODEL_LAYOUT_COUNT];
__attribute__((weak)) const int fhrl_model_interface[FHRL_MODEL_LAYOUT_COUNT] = FHRL_MODEL_LAYOUT;
#endif

#define FHRL_COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))
// The tables under their fixed names; the last two for models that have them.
#define FHRL_TABLES                                                                                \
  .state = state, .n_state = FHRL_COUNT(state), .param = param, .n_param = FHRL_COUNT(param),      \
  .obs = obs, .n_obs = FHRL_COUNT(obs), .check = check, .n_check = FHRL_COUNT(check)
#define FHRL_MATRICES .matrix = matrix, .n_matrix = FHRL_COUNT(matrix)
#define FHRL_TERMS    .term = term, .n_term = FHRL_COUNT(term)

// ---- helpers for models' formulas; all arrays row-major, outputs distinct from inputs

// Eight partial sums: without -ffast-math the compiler may not reorder one sum, and would add one term per latency.
static inline double fhrl_dot(int n, const double a[], const double b[])
{
  double s[8] = {0.0}, rest = 0.0;
  int i = 0;
  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; k++) s[k] += a[i + k] * b[i + k];
  for (; i < n; i++) rest += a[i] * b[i];
  return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7])) + rest;
}

static inline double fhrl_norm(int n, const double a[]) { return sqrt(fhrl_dot(n, a, a)); }

// Largest |a_i|; it passes over a NaN.
static inline double fhrl_norm_max(int n, const double a[])
{
  double size = 0.0;
  for (int i = 0; i < n; i++) size = fmax(size, fabs(a[i]));
  return size;
}

// y = A x; A (rows, cols)
static inline void fhrl_matvec(int rows, int cols, const double A[], const double x[], double y[])
{
  for (int i = 0; i < rows; i++) y[i] = fhrl_dot(cols, A + (size_t)i * cols, x);
}

// y += a A x
static inline void fhrl_matvec_add(int rows, int cols, double a, const double A[], const double x[], double y[])
{
  for (int i = 0; i < rows; i++) y[i] += a * fhrl_dot(cols, A + (size_t)i * cols, x);
}

// y = A' x; x (rows), y (cols)
static inline void fhrl_matvec_transposed(int rows, int cols, const double A[], const double x[], double y[])
{
  for (int j = 0; j < cols; j++) y[j] = 0.0;
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < cols; j++) y[j] += A[(size_t)i * cols + j] * x[i];
}

// Sum of squares of rows (r, d) less their mean; mean (d) is scratch.
static inline double fhrl_spread(int r, int d, const double rows[], double mean[])
{
  double sum = 0.0;
  for (int j = 0; j < d; j++) mean[j] = 0.0;
  for (int i = 0; i < r; i++)
    for (int j = 0; j < d; j++) mean[j] += rows[(size_t)i * d + j] / r;
  for (int i = 0; i < r; i++)
    for (int j = 0; j < d; j++) {
      const double e = rows[(size_t)i * d + j] - mean[j];
      sum += e * e;
    }
  return sum;
}
