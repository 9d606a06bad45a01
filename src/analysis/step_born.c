// SPDX-License-Identifier: GPL-3.0-or-later
// step_born: what a map of a layer has in place of an equilibrium that it lost, just beyond the step at which it did (theory 2c)
#include "analysis/step_born.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/ladder.h"
#include "analysis/metrics.h"

enum { STEPS = 4000, PERIOD_MAX = 16, WINDOW = 64 };
static const double beyond = 0.01;   // of h_c, how far from it one looks
static const double start = 1e-2;    // of a deviation of y, relative to 1e-3 + |y*|
static const double same = 1e-6;     // of two states, relative to the size of what they belong to
static const double gone = 1e3;      // sizes 1 + |y*| beyond which it has run away
static const double slowest = 8e-3;  // growth a step that can still be waited for

// Distance of y from that of z.
static double off(int d, const double z[], const double x[])
{
  double sum = 0.0;
  for (int i = 0; i < d; i++) sum += (x[i] - z[i]) * (x[i] - z[i]);
  return sqrt(sum);
}

// Iterates x (n) in place; the last WINDOW y go to tail (WINDOW, d). 0 if it ran away.
static int iterate(const fhrl_ladder *map, const double u[], int d, const double z[], double x[], double tail[])
{
  const double limit = gone * (1.0 + fhrl_norm(d, z));
  for (int k = 0; k < STEPS; k++) {
    fhrl_ladder_token(map, u, x);
    if (!(off(d, z, x) <= limit)) return 0; // a NaN, too
    if (k >= STEPS - WINDOW) memcpy(tail + (size_t)(k - STEPS + WINDOW) * d, x, (size_t)d * sizeof *x);
  }
  return 1;
}

// What the tail is: its period from the last state backward.
static void classify(int d, const double z[], const double tail[], fhrl_step_born *r)
{
  const double *last = tail + (size_t)(WINDOW - 1) * d;
  r->size = 0.0;
  for (int k = 0; k < WINDOW; k++) r->size = fmax(r->size, off(d, z, tail + (size_t)k * d));
  if (!(r->size > same * (1.0 + fhrl_norm(d, z)))) {
    r->reason = "the map has not left it"; // along what was tried
    r->h = r->size = FHRL_NAN;
    return;
  }
  for (int period = 1; period <= PERIOD_MAX; period++) {
    double worst = 0.0;
    for (int k = 0; k < WINDOW - period; k++)
      worst = fmax(worst, off(d, last - (size_t)k * d, last - (size_t)(k + period) * d));
    if (worst > same * r->size) continue;
    r->kind = period == 1 ? FHRL_STEP_BORN_EQUILIBRIUM : FHRL_STEP_BORN_CYCLE;
    r->period = period == 1 ? 0 : period;
    return;
  }
  r->kind = FHRL_STEP_BORN_APERIODIC;
}

static fhrl_status look(fhrl_system *flow, const double u[], const double z[], const fhrl_step_limit *limit, double work[],
  fhrl_step_born *r, fhrl_err *err)
{
  const int d = flow->dims.n_u, n = flow->n;
  double *x = work, *tail = x + n, nearer = 0.0;
  fhrl_ladder map;
  memcpy(x, z, (size_t)n * sizeof *x);
  const double push = start * (1e-3 + fhrl_norm(d, z)) / sqrt(d);
  for (int i = 0; i < d; i++) x[i] += i % 2 ? -push : push; // some of it is along what grows
  FHRL_TRY(fhrl_step_limit_ladder(flow, r->h, &map, err));
  const int stays = iterate(&map, u, d, z, x, tail);
  fhrl_ladder_free(&map);
  if (!stays) {
    r->kind = FHRL_STEP_BORN_NOTHING;
    r->size = FHRL_NAN;
    return FHRL_OK;
  }
  classify(d, z, tail, r);
  if (r->kind == FHRL_STEP_BORN_UNKNOWN) return FHRL_OK;
  // a quarter of the way: what grows from nothing goes as the root of h - h_c and is half as large there
  FHRL_TRY(fhrl_step_limit_ladder(flow, limit->h_c + 0.25 * (r->h - limit->h_c), &map, err));
  if (iterate(&map, u, d, z, x, tail)) {
    for (int k = 0; k < WINDOW; k++) nearer = fmax(nearer, off(d, z, tail + (size_t)k * d));
    r->jump = nearer > 0.75 * r->size;
  }
  fhrl_ladder_free(&map);
  return FHRL_OK;
}

fhrl_status fhrl_step_born_find(fhrl_system *flow, const double u[], const double z[], const fhrl_step_limit *limit,
  fhrl_step_born *out, fhrl_err *err)
{
  fhrl_step_born r = {.h = FHRL_NAN, .size = FHRL_NAN};
  const double all = 2.0 / flow->p[fhrl_system_param(flow->model, "c")];
  fhrl_status status = FHRL_OK;
  *out = r;
  if (!isfinite(limit->h_c)) {
    out->reason = limit->reason;
    return FHRL_OK;
  }
  r.h = limit->h_c * (1.0 + beyond);
  if (limit->h_c < all && r.h > 0.5 * (limit->h_c + all)) r.h = 0.5 * (limit->h_c + all);
  // growth of the leading multiplier: linear in h about h_c
  if (!(limit->above.predicted / (limit->above.h - limit->h_c) * (r.h - limit->h_c) >= slowest)) {
    out->reason = "too near to c h = 2, beyond which y itself grows, to be waited for";
    return FHRL_OK;
  }
  double *work = malloc(((size_t)flow->n + (size_t)WINDOW * flow->dims.n_u) * sizeof *work);
  if (work == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory to iterate %d states", flow->n);
  status = look(flow, u, z, limit, work, &r, err);
  free(work);
  if (status == FHRL_OK) *out = r;
  return status;
}

const char *fhrl_step_born_text(const fhrl_step_born *born)
{
  static const char *const text[] = {NULL, "cycle", "aperiodic motion", "another equilibrium", "nothing, it runs away"};
  return text[born->kind];
}

void fhrl_step_born_json(const fhrl_step_born *born, fhrl_json *o)
{
  const char *what = fhrl_step_born_text(born);
  if (what == NULL) {
    fhrl_json_null(o, "born", born->reason);
    return;
  }
  fhrl_json *b = fhrl_json_object();
  fhrl_json_put(o, "born", b);
  fhrl_json_text(b, "what", what);
  fhrl_json_int(b, "period", born->period);
  fhrl_json_real(b, "at_h", born->h, NULL);
  fhrl_json_real(b, "size", born->size, "it runs away");
  fhrl_json_bool(b, "jump", born->jump);
}
