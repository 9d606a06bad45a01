// SPDX-License-Identifier: GPL-3.0-or-later
// prove: a complete list of the equilibria in a box, by ball arithmetic
#include "analysis/prove.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dense.h"

enum { N = FHRL_JET_MAX, BITS = FHRL_BALL_BITS, ROOTS_MAX = 1000, SHRINKS = 60, POLISH = 30 };

const fhrl_field fhrl_prove_fields[] = {
  {"seek", 0, "", "prove that the list of equilibria in the box is complete", FHRL_FLAG},
  {"box", 0, "state", "low,high of every free state, or low,high;low,high;... of each; empty: twice as far as those found, "
    "at least -2,2", FHRL_TEXT},
  {"boxes", 2e6, "1", "most boxes looked at", FHRL_INT, 1, 1e9},
  {"width", 1e-10, "1", "narrowest box that is cut, over the width of the whole", FHRL_REAL, 0, 1, FHRL_OPEN_LOW | FHRL_OPEN_HIGH},
};
const int fhrl_prove_field_count = FHRL_COUNT(fhrl_prove_fields);

typedef struct box {
  double low[N], high[N];
} box;

// The work of one proof.
typedef struct proof {
  const fhrl_ball_field *field;
  const fhrl_prove_plan *plan;
  fhrl_prove *out;
  int n;
  fhrl_jet F[N];
  arb_struct X[N], m[N], off[N];        // box, its middle, box - middle
  arb_struct centre[N], K[N], image[N]; // F(middle), K, Y F(m) + Y J (X - m)
  box *stack;                           // owned
  int depth, room;
} proof;

// ---- the plan

static int read_pair(const char **at, double *low, double *high)
{
  char *end;
  *low = strtod(*at, &end);
  if (end == *at || *end != ',') return 0;
  *at = end + 1;
  *high = strtod(*at, &end);
  if (end == *at) return 0;
  *at = end + strspn(end, " ");
  return isfinite(*low) && isfinite(*high) && *low < *high;
}

static fhrl_status read_box(const char *text, int n, fhrl_prove_plan *out, fhrl_err *err)
{
  const char *at = text;
  int i = 0;
  for (; i < n; i++) {
    if (!read_pair(&at, &out->low[i], &out->high[i])) break;
    if (*at == '\0' && i == 0) { // one for all
      for (int k = 1; k < n; k++) {
        out->low[k] = out->low[0];
        out->high[k] = out->high[0];
      }
      return FHRL_OK;
    }
    if (*at != (i + 1 < n ? ';' : '\0')) break;
    at += i + 1 < n;
  }
  if (i == n) return FHRL_OK;
  return fhrl_fail(err, FHRL_ARG, "proof.box = %.200s: write low,high once or for each of the %d free states, separated by ';', "
                                     "with low < high", text, n);
}

fhrl_status fhrl_prove_options(const fhrl_config *config, const fhrl_ball_field *field, const double *const start[],
  int count, fhrl_prove_plan *out, fhrl_err *err)
{
  *out = (fhrl_prove_plan){.boxes = (long)fhrl_config_real(config, "proof.boxes"),
    .width = fhrl_config_real(config, "proof.width")};
  const char *text = fhrl_config_text(config, "proof.box");
  if (*text) return read_box(text, field->n, out, err);
  double far = 1.0;
  for (int k = 0; k < count; k++)
    for (int i = 0; i < field->n; i++) far = fmax(far, fabs(start[k][i]));
  for (int i = 0; i < field->n; i++) {
    out->low[i] = -2.0 * far;
    out->high[i] = 2.0 * far;
  }
  return FHRL_OK;
}

// ---- one box

static double middle(const box *b, int i) { return 0.5 * (b->low[i] + b->high[i]); }

// F at the middle, F and J over the box, and Y from the middle of J. 0 if J has none or something is not finite.
static int evaluate(proof *p, const box *b, double Y[N * N], int *excluded)
{
  const int n = p->n;
  double J[N * N], unit[N], column[N];
  *excluded = 0;
  for (int i = 0; i < n; i++) {
    arb_set_d(&p->m[i], middle(b, i));
    fhrl_ball_interval(&p->X[i], b->low[i], b->high[i]);
    arb_sub(&p->off[i], &p->X[i], &p->m[i], BITS);
  }
  fhrl_ball_field_value(p->field, p->m, p->F);
  for (int i = 0; i < n; i++) arb_set(&p->centre[i], p->F[i].value);
  fhrl_ball_field_value(p->field, p->X, p->F);
  int finite = 1;
  for (int i = 0; i < n; i++) {
    if (arb_is_finite(p->F[i].value) && !arb_contains_zero(p->F[i].value)) *excluded = 1; // (1)
    for (int j = 0; j < n; j++) {
      finite &= arb_is_finite(p->F[i].slope[j]);
      J[i * n + j] = arf_get_d(arb_midref(p->F[i].slope[j]), ARF_RND_NEAR);
    }
  }
  if (*excluded || !finite) return 0;
  for (int j = 0; j < n; j++) {
    for (int i = 0; i < n; i++) unit[i] = i == j;
    if (fhrl_dense_solve(n, J, unit, column, NULL) != FHRL_OK) return 0;
    for (int i = 0; i < n; i++) Y[i * n + j] = column[i];
  }
  return 1;
}

// out = sum_j Y_ij v_j with the exact Y
static void row_times(int n, const double Y[], const arb_struct v[], arb_t out)
{
  arb_t y;
  arb_init(y);
  arb_zero(out);
  for (int j = 0; j < n; j++) {
    arb_set_d(y, Y[j]);
    arb_addmul(out, y, &v[j], BITS);
  }
  arb_clear(y);
}

// K and the preconditioned mean-value form of a box whose F, J, off, centre stand in p.
static void krawczyk(proof *p, const box *b, const double Y[])
{
  const int n = p->n;
  arb_struct column[N];
  arb_t sum, step;
  arb_init(sum);
  arb_init(step);
  for (int j = 0; j < n; j++) arb_init(&column[j]);
  for (int i = 0; i < n; i++) {
    row_times(n, Y + i * n, p->centre, step); // Y F(m)
    arb_set(&p->image[i], step);
    arb_set_d(&p->K[i], middle(b, i));
    arb_sub(&p->K[i], &p->K[i], step, BITS);
    for (int j = 0; j < n; j++) {
      for (int k = 0; k < n; k++) arb_set(&column[k], p->F[k].slope[j]);
      row_times(n, Y + i * n, column, sum); // (Y J)_ij
      arb_addmul(&p->image[i], sum, &p->off[j], BITS);
      arb_neg(sum, sum);
      if (i == j) arb_add_ui(sum, sum, 1, BITS);
      arb_addmul(&p->K[i], sum, &p->off[j], BITS); // (2)
    }
  }
  arb_clear(sum);
  arb_clear(step);
  for (int j = 0; j < n; j++) arb_clear(&column[j]);
}

typedef enum verdict { NONE, ONE, OPEN } verdict;

// What (1) and (2) say of a box. K stands in p for ONE, and for OPEN if `narrowed` is 1.
static verdict look(proof *p, const box *b, int *narrowed)
{
  double Y[N * N];
  int excluded, inside = 1;
  *narrowed = 0;
  if (!evaluate(p, b, Y, &excluded)) return excluded ? NONE : OPEN;
  krawczyk(p, b, Y);
  for (int i = 0; i < p->n; i++) {
    if (!arb_contains_zero(&p->image[i])) return NONE; // (1)
    inside &= fhrl_ball_low(&p->K[i]) > b->low[i] && fhrl_ball_high(&p->K[i]) < b->high[i];
  }
  if (inside) return ONE; // (2)
  *narrowed = 1;
  return OPEN;
}

// ---- roots

static box around(int n, const double x[], const double radius[])
{
  box b;
  for (int i = 0; i < n; i++) {
    b.low[i] = x[i] - radius[i];
    b.high[i] = x[i] + radius[i];
  }
  return b;
}

// x := middle of K until it no longer narrows; radius: its widest side, rounded up.
static void sharpen(proof *p, box b, fhrl_prove_root *r)
{
  int narrowed;
  double radius = HUGE_VAL;
  for (int k = 0; k < SHRINKS && look(p, &b, &narrowed) == ONE; k++) {
    double widest = 0.0;
    for (int i = 0; i < p->n; i++) {
      b.low[i] = fmax(b.low[i], fhrl_ball_low(&p->K[i]));
      b.high[i] = fmin(b.high[i], fhrl_ball_high(&p->K[i]));
      widest = fmax(widest, b.high[i] - b.low[i]);
      r->x[i] = middle(&b, i);
    }
    if (!(widest < 0.9 * radius)) break;
    radius = widest;
  }
  r->radius = radius; // of the whole side, so that rounding of the middle does no harm
}

// Index of a root in whose box b lies, or -1.
static int known(const proof *p, const box *b)
{
  for (int k = 0; k < p->out->roots; k++) {
    const fhrl_prove_root *r = &p->out->root[k];
    int inside = 1;
    for (int i = 0; i < p->n; i++) inside &= b->low[i] >= r->low[i] && b->high[i] <= r->high[i];
    if (inside) return k; // (3)
  }
  return -1;
}

// 1 inside the plan's box, 0 outside, -1 where its border runs through the enclosure.
static int position(const proof *p, const fhrl_prove_root *r)
{
  int inside = 1;
  for (int i = 0; i < p->n; i++) {
    const double low = p->plan->low[i], high = p->plan->high[i];
    if (r->x[i] + r->radius < low || r->x[i] - r->radius > high) return 0;
    if (r->x[i] - r->radius < low || r->x[i] + r->radius > high) inside = -1;
  }
  return inside;
}

// A box with exactly one root. It may have been met before: then its enclosure lies in the other's box.
static fhrl_status add_root(proof *p, const box *b, int given, fhrl_err *err)
{
  fhrl_prove *out = p->out;
  fhrl_prove_root r = {.given = given};
  memcpy(r.low, b->low, sizeof r.low);
  memcpy(r.high, b->high, sizeof r.high);
  sharpen(p, *b, &r);
  double radius[N];
  for (int i = 0; i < N; i++) radius[i] = r.radius;
  const box enclosure = around(p->n, r.x, radius);
  if (known(p, &enclosure) >= 0) return FHRL_OK;
  for (int k = 0; k < out->roots; k++) {
    int apart = 0;
    for (int i = 0; i < p->n; i++) apart |= fabs(r.x[i] - out->root[k].x[i]) > r.radius + out->root[k].radius;
    if (apart) continue;
    out->undecided++; // one root or two? never seen, and never counted
    return FHRL_OK;
  }
  if (out->roots == ROOTS_MAX) return fhrl_fail(err, FHRL_LIMIT, "more than %d equilibria in the box", ROOTS_MAX);
  r.position = position(p, &r);
  out->root[out->roots++] = r;
  out->inside += r.position == 1;
  return FHRL_OK;
}

// The widest box around x of which (2) holds, by halving; 1 if there is one no narrower than 1e-12 of the whole.
static int grow(proof *p, const double x[], box *out)
{
  double radius[N];
  int narrowed;
  for (int i = 0; i < p->n; i++) radius[i] = 0.25 * (p->plan->high[i] - p->plan->low[i]);
  for (int k = 0; k < 40; k++) {
    *out = around(p->n, x, radius);
    if (look(p, out, &narrowed) == ONE) return 1;
    for (int i = 0; i < p->n; i++) radius[i] *= 0.5;
  }
  return 0;
}

// A few steps of Newton's method with balls' middles: a root near a box that cannot be decided.
static int polish(proof *p, const box *b, double x[N])
{
  const int n = p->n;
  double Y[N * N];
  for (int i = 0; i < n; i++) x[i] = middle(b, i);
  for (int k = 0; k < POLISH; k++) {
    const box point = around(n, x, (const double[N]){0});
    int excluded;
    double step[N] = {0.0}, moved = 0.0;
    if (!evaluate(p, &point, Y, &excluded) && !excluded) return 0;
    if (excluded) { // a point is no root, of course: only its Jacobian is wanted
      double J[N * N], F[N];
      for (int i = 0; i < n; i++) {
        F[i] = arf_get_d(arb_midref(&p->centre[i]), ARF_RND_NEAR);
        for (int j = 0; j < n; j++) J[i * n + j] = arf_get_d(arb_midref(p->F[i].slope[j]), ARF_RND_NEAR);
        if (!isfinite(F[i])) return 0;
      }
      if (fhrl_dense_solve(n, J, F, step, NULL) != FHRL_OK) return 0;
    }
    for (int i = 0; i < n; i++) {
      x[i] -= step[i];
      moved = fmax(moved, fabs(step[i]) / (1.0 + fabs(x[i])));
    }
    if (moved < 1e-15) return 1;
  }
  return 1;
}

// ---- the cover

static fhrl_status push(proof *p, const box *b, fhrl_err *err)
{
  if (p->depth == p->room) {
    const int room = p->room ? 2 * p->room : 256;
    box *stack = realloc(p->stack, (size_t)room * sizeof *stack);
    if (stack == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d boxes", room);
    p->stack = stack;
    p->room = room;
  }
  p->stack[p->depth++] = *b;
  return FHRL_OK;
}

// Width of a side over that of the whole box.
static double relative_width(const proof *p, const box *b, int i)
{
  return (b->high[i] - b->low[i]) / (p->plan->high[i] - p->plan->low[i]);
}

static fhrl_status cut(proof *p, const box *b, fhrl_err *err)
{
  int widest = 0;
  for (int i = 1; i < p->n; i++)
    if (relative_width(p, b, i) > relative_width(p, b, widest)) widest = i;
  const double at = middle(b, widest);
  if (relative_width(p, b, widest) < p->plan->width || !(at > b->low[widest] && at < b->high[widest])) {
    for (int i = 0; i < p->n; i++) p->out->doubt[i] = middle(b, i);
    p->out->undecided++;
    return FHRL_OK;
  }
  box half = *b;
  half.low[widest] = at;
  FHRL_TRY(push(p, &half, err));
  half = *b;
  half.high[widest] = at;
  return push(p, &half, err);
}

// In the ball around a jump at y = 0 of which it is known that nothing rests there.
static int in_kink(const proof *p, const box *b)
{
  double square = 0.0;
  for (int i = 0; i < p->n; i++) {
    const double far = fmax(fabs(b->low[i]), fabs(b->high[i]));
    square += far * far;
  }
  return p->out->kink_radius > 0.0 && sqrt(square) < p->out->kink_radius * (1.0 - 1e-12);
}

// A root on a cut, which (2) can never see from one side: looked for near a small box that stays open.
static fhrl_status look_across(proof *p, const box *b, fhrl_err *err)
{
  double x[N], reach[N];
  box wide;
  for (int i = 0; i < p->n; i++) {
    if (relative_width(p, b, i) > 1e-3) return FHRL_OK;
    reach[i] = 0.0;
  }
  if (!polish(p, b, x)) return FHRL_OK;
  for (int i = 0; i < p->n; i++)
    if (!(fabs(x[i] - middle(b, i)) < 0.01 * (p->plan->high[i] - p->plan->low[i]))) return FHRL_OK; // some other box's
  const box point = around(p->n, x, reach);
  return known(p, &point) < 0 && grow(p, x, &wide) ? add_root(p, &wide, -1, err) : FHRL_OK;
}

static fhrl_status settle(proof *p, box b, fhrl_err *err)
{
  int narrowed;
  if (known(p, &b) >= 0 || in_kink(p, &b)) return FHRL_OK;
  const verdict v = look(p, &b, &narrowed);
  if (v == NONE) return FHRL_OK;
  if (v == ONE) return add_root(p, &b, -1, err);
  for (int i = 0; narrowed && i < p->n; i++) { // a root in b lies in K, too
    b.low[i] = fmax(b.low[i], fhrl_ball_low(&p->K[i]));
    b.high[i] = fmin(b.high[i], fhrl_ball_high(&p->K[i]));
    if (b.low[i] > b.high[i]) return FHRL_OK;
  }
  FHRL_TRY(look_across(p, &b, err));
  return known(p, &b) >= 0 ? FHRL_OK : cut(p, &b, err);
}

static fhrl_status cover(proof *p, fhrl_err *err)
{
  box whole;
  memcpy(whole.low, p->plan->low, sizeof whole.low);
  memcpy(whole.high, p->plan->high, sizeof whole.high);
  FHRL_TRY(push(p, &whole, err));
  while (p->depth > 0) {
    if (p->plan->stop && *p->plan->stop) {
      p->out->reason = "interrupted";
      return FHRL_OK;
    }
    if (p->out->boxes == p->plan->boxes) {
      p->out->reason = "more boxes are needed than allowed";
      return FHRL_OK;
    }
    p->out->boxes++;
    FHRL_TRY(settle(p, p->stack[--p->depth], err));
  }
  if (p->out->undecided > 0) p->out->reason = "some boxes could not be decided";
  return FHRL_OK;
}

static int at_jump(const proof *p, const double x[])
{
  double far = 0.0;
  for (int i = 0; i < p->n; i++) far = fmax(far, fabs(x[i]));
  return p->field->jumps && far < 1e-9;
}

static fhrl_status run(proof *p, const double *const start[], int count, fhrl_err *err)
{
  for (double r = 0.25; p->field->jumps && p->out->kink_radius == 0.0 && r > 1e-9; r *= 0.5)
    if (fhrl_ball_field_leaves_origin(p->field, r)) p->out->kink_radius = r;
  for (int k = 0; k < count; k++) {
    box b;
    if (!at_jump(p, start[k]) && grow(p, start[k], &b)) FHRL_TRY(add_root(p, &b, k, err));
  }
  p->out->reason = p->plan->hopeless;
  if (p->out->reason == NULL) FHRL_TRY(cover(p, err));
  p->out->complete = p->out->reason == NULL;
  return FHRL_OK;
}

fhrl_status fhrl_prove_run(const fhrl_ball_field *field, const fhrl_prove_plan *plan, const double *const start[],
  int count, fhrl_prove *out, fhrl_err *err)
{
  fhrl_prove result = {.root = calloc(ROOTS_MAX, sizeof *result.root)};
  proof p = {.field = field, .plan = plan, .out = &result, .n = field->n};
  arb_struct *const balls[] = {p.X, p.m, p.off, p.centre, p.K, p.image};
  if (result.root == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d equilibria", ROOTS_MAX);
  fhrl_jet_inits(N, p.F);
  for (int k = 0; k < FHRL_COUNT(balls); k++)
    for (int i = 0; i < N; i++) arb_init(&balls[k][i]);
  const fhrl_status status = run(&p, start, count, err);
  fhrl_jet_clears(N, p.F);
  for (int k = 0; k < FHRL_COUNT(balls); k++)
    for (int i = 0; i < N; i++) arb_clear(&balls[k][i]);
  free(p.stack);
  if (status == FHRL_OK) *out = result;
  else fhrl_prove_free(&result);
  return status;
}

void fhrl_prove_free(fhrl_prove *p)
{
  free(p->root);
  *p = (fhrl_prove){0};
}
