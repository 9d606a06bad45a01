// SPDX-License-Identifier: GPL-3.0-or-later
// system: the registry of models, and a model bound to its parameters and matrices
#pragma once

#include <stdint.h>

#include "base/config.h"
#include "ode/model.h"

// The registry (models/models.def); NULL past the end, NULL if unknown.
const fhrl_model *fhrl_system_model(int index);
const fhrl_model *fhrl_system_find(const char *name);

// The keys of [model] for this model: name, seed, matrices, one NAME and one NAME_scale per matrix, and the
// parameters in table order. *fields is owned by the caller (free, strings included). Matrix keys take a literal: rows
// "a b; c d" (a vector also "a b c"), or "diag a" (a times the identity); empty: read from the file `matrices` if that
// is given, drawn otherwise. What the file lacks is drawn only where the matrix' own NAME_scale says so.
fhrl_status fhrl_system_fields(const fhrl_model *model, fhrl_field **fields, int *count, fhrl_err *err);

// Shapes and the number of states that these parameters p (n_param) give; FHRL_ARG if the model refuses them.
fhrl_status fhrl_system_dims(const fhrl_model *model, const double p[], fhrl_dims *dims, int *n, fhrl_err *err);

// Binds the model to a resolved [model] section. *out owns its parameters, matrices and scratch.
// FHRL_ARG if the model refuses the parameters, FHRL_FORMAT for a malformed literal or file, FHRL_NOMEM.
fhrl_status fhrl_system_create(const fhrl_model *model, const fhrl_config *config, fhrl_system **out, fhrl_err *err);

// Binds it to given values: p (n_param), m (n_matrix pointers to matrices of dims' shapes), both copied; u = 0. A model
// without jvp gets one by differences (difference.h): (*out)->model is then a copy of `model` that has it.
fhrl_status fhrl_system_bind(const fhrl_model *model, const double p[], const double *const m[], fhrl_system **out,
  fhrl_err *err);

// Another system with the same parameters and matrices (shared, so `s` must outlive it) and its own scratch.
fhrl_status fhrl_system_clone(const fhrl_system *s, fhrl_system **out, fhrl_err *err);
void fhrl_system_destroy(fhrl_system *s); // NULL-safe

// Index of a parameter or matrix by name, -1 if the model has none of that name.
int fhrl_system_param(const fhrl_model *model, const char *name);
int fhrl_system_matrix(const fhrl_model *model, const char *name);

// First component and shape of a state block by name; -1 if the model has none of that name.
int fhrl_system_block(const fhrl_system *s, const char *name, fhrl_shape *shape);

// Name of component i: "x", "y[3]" or "A[1,2]".
void fhrl_system_component(const fhrl_system *s, int i, char name[], size_t size);

// Columns of a table for the first `count` components (at most n): their names go to text (count), pointers to these to
// names (count) and, unless it is NULL, the units of their blocks (borrowed from the model) to units (count).
enum { FHRL_SYSTEM_NAME = 80 };
void fhrl_system_columns(const fhrl_system *s, int count, char text[][FHRL_SYSTEM_NAME], const char *names[],
  const char *units[]);

// The names of all components, each behind a blank, for a message on an unknown one: " y[0] y[1] ... y[63] z"; of a long
// block the first two and the last.
void fhrl_system_components(const fhrl_system *s, char text[], size_t size);

// The model's own start (stream START of the seed) or, if text is not empty, "a,b,c,..." (n numbers; else FHRL_ARG).
fhrl_status fhrl_system_start(const fhrl_system *s, uint32_t seed, const char *text, double x0[], fhrl_err *err);

// Dense Jacobian J (n, n) row-major from n products jvp; e: scratch (2 n). Returns what a jvp did if it was not 0.
int fhrl_system_jacobian(const fhrl_system *s, double t, const double x[], double e[], double J[]);
