// SPDX-License-Identifier: GPL-3.0-or-later
// branch: proves that a function of a few real variables is positive on a box, by branch and bound in ball arithmetic
#include "analysis/branch.h"

#include <math.h>
#include <stdlib.h>

enum { DEPTH = 4096 }; // a box is halved into two: the stack grows by one a level

typedef struct box {
  double low[FHRL_BRANCH_MAX], high[FHRL_BRANCH_MAX];
} box;

static int widest(int n, const box *b, const double low[], const double high[])
{
  int side = -1;
  double most = 0.0;
  for (int i = 0; i < n; i++) {
    const double whole = high[i] - low[i], width = whole > 0.0 ? (b->high[i] - b->low[i]) / whole : 0.0;
    if (width > most) {
      most = width;
      side = i;
    }
  }
  return side;
}

static arb_srcptr on_box(fhrl_branch_form *f, const void *context, int n, const box *b, int middle, fhrl_reckon *r)
{
  arb_struct x[FHRL_BRANCH_MAX];
  forget(r);
  for (int i = 0; i < n; i++) {
    const double m = 0.5 * (b->low[i] + b->high[i]);
    x[i] = *between(r, middle ? m : b->low[i], middle ? m : b->high[i]); // borrowed: shares the digits of r's ball
  }
  return f(context, r, x);
}

static void middle_of(int n, const box *b, double at[])
{
  for (int i = 0; i < n; i++) at[i] = 0.5 * (b->low[i] + b->high[i]);
}

fhrl_status fhrl_branch_prove(fhrl_branch_form *f, const void *context, int n, const double low[], const double high[],
  double floor, long most, const volatile sig_atomic_t *stop, fhrl_branch *out, fhrl_err *err)
{
  box *stack = malloc(DEPTH * sizeof *stack);
  if (stack == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for boxes");
  fhrl_reckon r;
  fhrl_reckon_init(&r);
  *out = (fhrl_branch){.end = FHRL_BRANCH_PROVED, .least = HUGE_VAL};
  fhrl_status status = FHRL_OK;
  int depth = 1;
  for (int i = 0; i < n; i++) {
    stack[0].low[i] = low[i];
    stack[0].high[i] = high[i];
  }
  while (depth > 0) {
    if (stop && *stop) FHRL_DO(status, fhrl_fail(err, FHRL_INTERRUPT, "interrupted after %ld boxes", out->boxes));
    const box b = stack[--depth];
    out->boxes++;
    const double bound = fhrl_ball_low(on_box(f, context, n, &b, 0, &r));
    if (bound >= floor) {
      out->least = fmin(out->least, bound);
      continue;
    }
    middle_of(n, &b, out->at);
    const int side = widest(n, &b, low, high);
    const int refuted = fhrl_ball_high(on_box(f, context, n, &b, 1, &r)) < floor;
    if (refuted || side < 0 || out->boxes >= most || depth + 2 > DEPTH || out->at[side] <= b.low[side] ||
      out->at[side] >= b.high[side]) {
      out->end = refuted ? FHRL_BRANCH_REFUTED : FHRL_BRANCH_TIRED;
      break;
    }
    stack[depth] = stack[depth + 1] = b;
    stack[depth + 1].high[side] = stack[depth].low[side] = out->at[side]; // the lower half comes first
    depth += 2;
  }
done:
  fhrl_reckon_free(&r);
  free(stack);
  return status;
}
