// SPDX-License-Identifier: GPL-3.0-or-later
// portrait_flow: a flow run backward, or with all but two of its states held: flows in their own right
#pragma once

#include "ode/system.h"

enum { FHRL_PORTRAIT_FLOW_NAME = 64 };

// Everything that takes a fhrl_system takes &f->system; its clones share the scratch of `whole`, so that one thread at a
// time may use them. A flow points into itself: it may not be moved.
typedef struct fhrl_portrait_flow {
  fhrl_model model;    // first: what a callback finds through its system
  fhrl_field state[2]; // of a planar one
  char name[2][FHRL_PORTRAIT_FLOW_NAME];
  fhrl_system system;  // model points to the member above; u is the caller's to set, as for any system
  fhrl_system *whole;  // owned: a clone of the flow that this is made from
  int planar, component[2];
  double sign;         // of time
  double *x, *v, *out; // owned (n each): the whole state, a direction, what came out
} fhrl_portrait_flow;

// dx/dt = -rhs(x), input held: solutions run backward. FHRL_NOMEM.
fhrl_status fhrl_portrait_flow_reverse(fhrl_portrait_flow *f, const fhrl_system *s, fhrl_err *err);

// The two components as a system of two states, all others as in base (n), which is copied. Observables and refused starts
// are those of the whole state; there are no events. FHRL_NOMEM.
fhrl_status fhrl_portrait_flow_hold(fhrl_portrait_flow *f, const fhrl_system *s, const int component[2], const double base[],
  fhrl_err *err);
void fhrl_portrait_flow_free(fhrl_portrait_flow *f); // leaves it zeroed

// The block of the state table that a component belongs to: its unit and meaning.
const fhrl_field *fhrl_portrait_flow_block(const fhrl_system *s, int component);
