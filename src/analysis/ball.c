// SPDX-License-Identifier: GPL-3.0-or-later
// ball: real numbers with an error bound (Arb): what every result that is called proved rests on
#include "analysis/ball.h"

#include <assert.h>
#include <math.h>

void fhrl_ball_interval(arb_t out, double low, double high)
{
  assert(isfinite(low) && isfinite(high) && low <= high);
  arf_t a, b;
  arf_init(a);
  arf_init(b);
  arf_set_d(a, low);
  arf_set_d(b, high);
  arb_set_interval_arf(out, a, b, FHRL_BALL_BITS);
  arf_clear(a);
  arf_clear(b);
}

// One end of x as a double, rounded away from the ball.
static double end_of(const arb_t x, int upper)
{
  if (!arb_is_finite(x)) return upper ? HUGE_VAL : -HUGE_VAL;
  arf_t end;
  arf_init(end);
  if (upper)
    arb_get_ubound_arf(end, x, FHRL_BALL_BITS);
  else
    arb_get_lbound_arf(end, x, FHRL_BALL_BITS);
  const double out = arf_get_d(end, upper ? ARF_RND_CEIL : ARF_RND_FLOOR);
  arf_clear(end);
  return out;
}

double fhrl_ball_low(const arb_t x) { return end_of(x, 0); }
double fhrl_ball_high(const arb_t x) { return end_of(x, 1); }

double fhrl_ball_size(const arb_t x) { return fmax(-fhrl_ball_low(x), fhrl_ball_high(x)); }

int fhrl_ball_meet(arb_t out, const arb_t a, const arb_t b)
{
  if (!arb_overlaps(a, b)) return 0;
  return arb_intersection(out, a, b, FHRL_BALL_BITS);
}

const char *fhrl_ball_version(void) { return arb_version; }
