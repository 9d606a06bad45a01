// SPDX-License-Identifier: GPL-3.0-or-later
// reckon: formulas in ball arithmetic that read as formulas
//
// Every operation gives a new ball, borrowed until the next reset; nothing is allocated between init and free but what
// Arb's numbers take beyond 128 bits. A formula that needs more than FHRL_RECKON_SLOTS balls is a programmer's mistake.
#pragma once

#include <arb.h>
#include <assert.h>

#include "analysis/ball.h"

enum { FHRL_RECKON_SLOTS = 192 };

typedef struct fhrl_reckon {
  arb_ptr slot; // owned (FHRL_RECKON_SLOTS)
  int used;
} fhrl_reckon;

void fhrl_reckon_init(fhrl_reckon *r);
void fhrl_reckon_free(fhrl_reckon *r); // leaves it zeroed

static inline void forget(fhrl_reckon *r) { r->used = 0; }

static inline arb_ptr fresh(fhrl_reckon *r)
{
  assert(r->used < FHRL_RECKON_SLOTS);
  return r->slot + r->used++;
}

static inline arb_srcptr exactly(fhrl_reckon *r, double x)
{
  arb_ptr out = fresh(r);
  arb_set_d(out, x);
  return out;
}

static inline arb_srcptr between(fhrl_reckon *r, double low, double high)
{
  arb_ptr out = fresh(r);
  fhrl_ball_interval(out, low, high);
  return out;
}

static inline arb_srcptr plus(fhrl_reckon *r, arb_srcptr a, arb_srcptr b)
{
  arb_ptr out = fresh(r);
  arb_add(out, a, b, FHRL_BALL_BITS);
  return out;
}

static inline arb_srcptr minus(fhrl_reckon *r, arb_srcptr a, arb_srcptr b)
{
  arb_ptr out = fresh(r);
  arb_sub(out, a, b, FHRL_BALL_BITS);
  return out;
}

static inline arb_srcptr product(fhrl_reckon *r, arb_srcptr a, arb_srcptr b)
{
  arb_ptr out = fresh(r);
  arb_mul(out, a, b, FHRL_BALL_BITS);
  return out;
}

static inline arb_srcptr over(fhrl_reckon *r, arb_srcptr a, arb_srcptr b)
{
  arb_ptr out = fresh(r);
  arb_div(out, a, b, FHRL_BALL_BITS);
  return out;
}

// a^2, of a ball about 0 too never negative.
static inline arb_srcptr square(fhrl_reckon *r, arb_srcptr a)
{
  arb_ptr out = fresh(r);
  arb_sqr(out, a, FHRL_BALL_BITS);
  if (arb_contains_zero(a)) arb_nonnegative_part(out, out);
  return out;
}

static inline arb_srcptr root(fhrl_reckon *r, arb_srcptr a)
{
  arb_ptr out = fresh(r);
  arb_sqrtpos(out, a, FHRL_BALL_BITS);
  return out;
}

static inline arb_srcptr saturated(fhrl_reckon *r, arb_srcptr a)
{
  arb_ptr out = fresh(r);
  arb_tanh(out, a, FHRL_BALL_BITS);
  return out;
}

static inline arb_srcptr negative(fhrl_reckon *r, arb_srcptr a)
{
  arb_ptr out = fresh(r);
  arb_neg(out, a);
  return out;
}

static inline arb_srcptr magnitude(fhrl_reckon *r, arb_srcptr a)
{
  arb_ptr out = fresh(r);
  arb_abs(out, a);
  return out;
}

static inline arb_srcptr lesser(fhrl_reckon *r, arb_srcptr a, arb_srcptr b)
{
  arb_ptr out = fresh(r);
  arb_min(out, a, b, FHRL_BALL_BITS);
  return out;
}

static inline arb_srcptr greater(fhrl_reckon *r, arb_srcptr a, arb_srcptr b)
{
  arb_ptr out = fresh(r);
  arb_max(out, a, b, FHRL_BALL_BITS);
  return out;
}
