// SPDX-License-Identifier: GPL-3.0-or-later
// exponents_tangent: an orbit with k tangent vectors beside it, of a flow or of a map
//
// A flow and its variational equation are one system of n + k n (+ 1) states that the integrator carries on as it does
// any other: the same tolerances hold the orbit and, vector by vector, the tangents; inputs and their jumps, events, limits
// and messages are its own.
//   dx/dt = f(t, x, u(t)),   dv_i/dt = J(t, x, u(t)) v_i,   dq/dt = tr J                       (1)
// Of a map x' = step(x), v_i' = J(x) v_i, and q' = q + ln |det J|.                             (2)
// Implicit methods get J for every vector and nothing of how J changes with x: their corrector then converges a little
// more slowly, to the same solution.
//
// Where u jumps, at a given time, tangents pass unchanged. So they do at an event with a right-hand side that is continuous
// there (a kink). Where it jumps from f- to f+ as g crosses 0, they are multiplied by the saltation matrix
//   S = I + (f+ - f-) grad g' / (grad g . f-)                                                  (3)
// with both sides and grad g from differences.
#pragma once

#include "ode/integrator.h"

typedef struct fhrl_exponents_tangent fhrl_exponents_tangent; // opaque: an extended system and its integrator, or a map

// s at (t0, x0 (n)) with k >= 0 tangents v (k, n) row-major, whose rows stay unset if v is NULL (k = 0). traced: q is carried
// along, at the price of n products J v an evaluation. s, in are borrowed; s->u is put back by destroy. A map needs whole
// times. FHRL_ARG for k > n or a model without J v, what fhrl_integrator_create says, FHRL_NOMEM.
fhrl_status fhrl_exponents_tangent_create(fhrl_system *s, const fhrl_input *in, const fhrl_solver *solver, int k, int traced,
  double t0, const double x0[], const double v[], fhrl_exponents_tangent **out, fhrl_err *err);
void fhrl_exponents_tangent_destroy(fhrl_exponents_tangent *tg); // NULL-safe

// To t >= now. FHRL_NUMERIC with time and component where the orbit is not finite or blows up, FHRL_EVENT at a terminal event of the
// model, FHRL_LIMIT beyond max_steps: state and tangents are then those last accepted.
fhrl_status fhrl_exponents_tangent_advance(fhrl_exponents_tangent *tg, double t, fhrl_err *err);

// V = Q R: the vectors become orthonormal, and growth (k) the logarithms of the diagonal of R. Where a vector has no part of its
// own left (J is singular), growth is -INFINITY and another vector takes its place.
fhrl_status fhrl_exponents_tangent_orthonormalize(fhrl_exponents_tangent *tg, double growth[], fhrl_err *err);

double fhrl_exponents_tangent_now(const fhrl_exponents_tangent *tg);
const double *fhrl_exponents_tangent_state(const fhrl_exponents_tangent *tg);   // (n), borrowed
const double *fhrl_exponents_tangent_vectors(const fhrl_exponents_tangent *tg); // (k, n), borrowed
double fhrl_exponents_tangent_trace(const fhrl_exponents_tangent *tg);          // q since create; NaN if not traced
long fhrl_exponents_tangent_saltations(const fhrl_exponents_tangent *tg);       // times (3) was not I
void fhrl_exponents_tangent_counters(const fhrl_exponents_tangent *tg, fhrl_counters *out);
const char *fhrl_exponents_tangent_method(const fhrl_exponents_tangent *tg);    // of integration, or "map"

// Rows of v (k, n) made orthonormal by Gram and Schmidt, each projected twice; growth (k) as above, -INFINITY where a row
// depends on those before it, which is then replaced. Cannot fail for k <= n.
void fhrl_exponents_tangent_gram_schmidt(int k, int n, double v[], double growth[]);
