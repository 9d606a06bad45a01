// SPDX-License-Identifier: GPL-3.0-or-later
// slaved: the layer flow for c -> infinity: y follows the slots at once (theory 2b)
//   U, V as in fhrl_layer, with one slot (layer.h: collapse), and y the solution of  y = g(|w|) w,  w = (V . v(y)) U   (1)
// y lies along U: with nu = |U|, y = phi U and s = V . v(y) = s0 + B phi, s0 = V . (W_v u + b_v), B = V . gamma W_v W_r U,
//   s = s0 + B phi(s),  phi(s) = s/(1 - beta + beta nu |s|)                                                          (2)
// whose solution of the sign of s0 is a root of a quadratic, unique and the attracting one of the fast y. For
// B > 1 - beta there may be two more of the other sign, between which a trajectory's past would decide.
#pragma once

#include "analysis/layer.h"
#include "base/status.h"
#include "ode/model.h"

// State (U, V) of 2d; binds like fhrl_layer. Not in the registry: it is a limit, not a system of its own.
extern const fhrl_model fhrl_slaved_model;

// The limit system of a layer with one slot (FHRL_ARG otherwise). *out is the caller's.
fhrl_status fhrl_slaved_bind(const fhrl_layer *layer, fhrl_layer_rate rate, fhrl_system **out, fhrl_err *err);

// y (d) at the state z = (U, V) under s->u; returns the number of solutions of (2): 1, 2 or 3.
int fhrl_slaved_output(const fhrl_system *s, const double z[], double y[]);
