// SPDX-License-Identifier: GPL-3.0-or-later
// ball: real numbers with an error bound (Arb): what every result that is called proved rests on
//
// A ball is a midpoint and a radius; every operation of Arb encloses the exact result for every choice of its arguments
// within their balls. Here is what lies between them and double: all conversions round outward.
#pragma once

#include <arb.h>

enum { FHRL_BALL_BITS = 128 }; // working precision: far beyond double, so that only the given widths count

// The smallest ball around [low, high] (finite, low <= high), its ends rounded outward at 128 bits.
void fhrl_ball_interval(arb_t out, double low, double high);

// Ends of a ball as doubles, rounded outward; -HUGE_VAL, HUGE_VAL where it is unbounded or undefined.
double fhrl_ball_low(const arb_t x);
double fhrl_ball_high(const arb_t x);

// Largest modulus of a member, rounded up.
double fhrl_ball_size(const arb_t x);

// out := what a and b have in common, or 0 if they are surely disjoint (out is then undefined). out may alias a or b.
int fhrl_ball_meet(arb_t out, const arb_t a, const arb_t b);

const char *fhrl_ball_version(void); // of Arb
